"""Pages of instruments and clauses: what is signed, what it opens, what a draft would open, and who changes it."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kentongan.agencies.labels import CATEGORIES, word
from kentongan.agencies.models import Agency
from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.kit.errors import KentonganError
from kentongan.vocabulary.models import Kind

from . import actions, forms, judging, queries, shown, simulating
from .access import demand_act, not_visible
from .doors import acting, actor_of
from .facts import Actor
from .labels import RELEASES
from .models import Clause, Instrument, Signatory

PAGE = 25
Deed = Callable[[dict[str, Any], Actor, datetime], object]


@require_safe
@acting
def instrument_list(request: HttpRequest) -> HttpResponse:
    """Show the instruments that the officer may read, with how they stand on a day."""
    actor, at = actor_of(request), timezone.now()
    form = forms.InstrumentFilterForm(request.GET)
    said: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    on = said.get("on")
    found = queries.instruments_listed(
        actor,
        at=at,
        on=_instant(on, at),
        status=said.get("status", ""),
        kind=said.get("kind", ""),
        words=said.get("q", ""),
    )
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": shown.instrument_rows(page, at=_instant(on, at)),
        "form": form,
        "on": on,
        "is_filtered": any(said.values()),
        "may_record": "instruments" in actor.acts,
    }
    return render(request, "agreements/instrument_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def instrument_new(request: HttpRequest) -> HttpResponse:
    """Record a signed paper."""
    actor, at = actor_of(request), timezone.now()
    demand_act(actor, actions.CATEGORY)
    form = forms.NewInstrumentForm(
        request.POST or None,
        parents=queries.possible_parents(actor, at=at),
        agencies=queries.possible_parties(),
        initial={"parent": request.GET.get("parent", "")},
    )
    if form.is_valid():
        try:
            made = actions.record_instrument(draft=form.draft(), parties=form.sides(), by=actor, at=at)
        except actions.DraftRefused as refusal:
            form.add_faults(refusal.faults)
        else:
            messages.success(request, _("Instrumen dicatat. Ia belum membuka apa pun sebelum klausulnya disetujui."))
            return redirect("instrument_detail", made.pk)
    context = {"form": form, "heading": _("Catat instrumen"), "button": _("Catat instrumen")}
    return render(request, "agreements/instrument_form.html", context, status=422 if form.errors else 200)


@require_safe
@acting
def instrument_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show an instrument: its place in the tree, its parties, its clauses in words, and what the officer may do."""
    return _detail(request, _instrument(request, pk))


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def instrument_correct(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Set right what was recorded wrongly."""
    actor, at = actor_of(request), timezone.now()
    demand_act(actor, actions.CATEGORY)
    instrument = _instrument(request, pk)
    parents = [one for one in queries.possible_parents(actor, at=at) if one.pk != instrument.pk]
    form = forms.CorrectForm(request.POST or None, parents=parents, initial=forms.initial_of_instrument(instrument))
    if form.is_valid():
        said = form.cleaned_data
        try:
            actions.correct_instrument(
                instrument=instrument, version=said["version"], draft=form.draft(), why=said["why"], by=actor, at=at
            )
        except actions.DraftRefused as refusal:
            form.add_faults(refusal.faults)
        except KentonganError as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("Catatan instrumen diperbaiki."))
            return redirect("instrument_detail", instrument.pk)
    context = {
        "form": form,
        "instrument": instrument,
        "heading": _("Perbaiki catatan instrumen"),
        "button": _("Simpan perbaikan"),
    }
    return render(request, "agreements/instrument_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def instrument_document(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Hand out the document, or keep one that is sent."""
    instrument = _instrument(request, pk)
    if request.method == "POST":
        form = forms.DocumentForm(request.POST, request.FILES)

        def deed(said: dict[str, Any], by: Actor, at: datetime) -> None:
            file = said["file"]
            actions.attach_document(
                instrument=instrument, version=said["version"], content=file.read(), name=file.name, by=by, at=at
            )

        return _deed(request, instrument, "document", form, deed, _("Naskah disimpan."))
    if not instrument.document_checksum:
        raise not_visible()
    trail.note_export(by=actor_of(request), at=timezone.now(), rows=1, on=instrument.ref)
    answer = HttpResponse(bytes(instrument.document or b""), content_type="application/octet-stream")
    name = get_valid_filename(instrument.document_name) or "naskah"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_POST
@acting
def party_add(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Add a party."""
    instrument = _instrument(request, pk)
    form = forms.PartyForm(request.POST, agencies=queries.possible_parties())

    def deed(said: dict[str, Any], by: Actor, at: datetime) -> None:
        side = forms.side_from(said["party"])
        actions.add_party(instrument=instrument, version=said["version"], party=side, by=by, at=at)

    return _deed(request, instrument, "party", form, deed, _("Pihak ditambahkan."))


@require_POST
@acting
def party_remove(request: HttpRequest, pk: UUID, party: int) -> HttpResponse:
    """Take a party out."""
    instrument = _instrument(request, pk)
    found = instrument.parties.filter(pk=party).first()
    if found is None:
        raise not_visible()

    def deed(said: dict[str, Any], by: Actor, at: datetime) -> None:
        actions.remove_party(party=found, version=said["version"], by=by, at=at)

    return _deed(request, instrument, "", forms.Versioned(request.POST), deed, _("Pihak dihapus."))


@require_POST
@acting
def signatory_add(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say who signed for a party."""
    instrument = _instrument(request, pk)
    form = forms.SignatoryForm(request.POST, parties=instrument.parties.all())

    def deed(said: dict[str, Any], by: Actor, at: datetime) -> None:
        actions.add_signatory(
            party=said["party"],
            version=said["version"],
            name=said["name"],
            position=said["position"],
            rank=said["rank"],
            officer=said["username"],
            by=by,
            at=at,
        )

    return _deed(request, instrument, "signatory", form, deed, _("Penanda tangan dicatat."))


@require_POST
@acting
def signatory_remove(request: HttpRequest, pk: UUID, signatory: int) -> HttpResponse:
    """Take a signatory out."""
    instrument = _instrument(request, pk)
    found = Signatory.objects.filter(party__instrument=instrument, pk=signatory).first()
    if found is None:
        raise not_visible()

    def deed(said: dict[str, Any], by: Actor, at: datetime) -> None:
        actions.remove_signatory(signatory=found, version=said["version"], by=by, at=at)

    return _deed(request, instrument, "", forms.Versioned(request.POST), deed, _("Penanda tangan dihapus."))


@require_POST
@acting
def instrument_suspend(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Suspend an instrument."""
    coming = _("Instrumen akan ditangguhkan mulai %(day)s. Sebelum hari itu Anda dapat menariknya kembali.")
    return _changing(request, pk, "suspend", actions.suspend, _("Instrumen ditangguhkan."), coming)


@require_POST
@acting
def instrument_resume(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Lift a suspension."""
    coming = _("Instrumen akan diberlakukan lagi mulai %(day)s. Sebelum hari itu Anda dapat menariknya kembali.")
    return _changing(request, pk, "resume", actions.resume, _("Instrumen diberlakukan lagi."), coming)


@require_POST
@acting
def instrument_withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Withdraw an instrument for good."""
    coming = _("Instrumen akan dicabut mulai %(day)s. Sebelum hari itu Anda dapat menariknya kembali.")
    return _changing(request, pk, "withdraw", actions.withdraw, _("Instrumen dicabut."), coming)


@require_POST
@acting
def instrument_take_back(request: HttpRequest, pk: UUID, announced: int) -> HttpResponse:
    """Take back what was announced for a later day."""
    instrument = _instrument(request, pk)
    found = instrument.changes.select_related("agency").filter(pk=announced).first()
    if found is None:
        raise not_visible()

    def deed(said: dict[str, Any], by: Actor, at: datetime) -> None:
        actions.take_back(change=found, version=said["version"], why=said["why"], by=by, at=at)

    form = forms.TakeBackForm(request.POST)
    return _deed(request, instrument, f"take-back-{found.pk}", form, deed, _("Ditarik kembali: tidak jadi berlaku."))


@require_POST
@acting
def instrument_renew(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give a party's word for a longer term."""
    instrument = _instrument(request, pk)

    def deed(said: dict[str, Any], by: Actor, at: datetime) -> None:
        actions.renew(
            instrument=instrument, version=said["version"], until=said["until"], why=said["why"], by=by, at=at
        )

    return _deed(
        request, instrument, "renew", forms.RenewForm(request.POST), deed, _("Pernyataan perpanjangan dicatat.")
    )


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def clause_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Draft a clause."""
    actor, at = actor_of(request), timezone.now()
    demand_act(actor, actions.CATEGORY)
    instrument = _instrument(request, pk)
    form = _clause_form(request, instrument, initial={"precision": Clause.Precision.VILLAGE})
    if _is_complete(form, instrument, at):
        try:
            made = actions.draft_clause(instrument=instrument, draft=form.draft(), by=actor, at=at)
        except actions.DraftRefused as refusal:
            form.add_faults(refusal.faults)
        except KentonganError as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("Draf klausul %(number)d disimpan.") % {"number": made.number})
            return redirect(_address_of(made))
    return _clause_page(request, instrument, form, _("Draf klausul baru"))


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def clause_change(request: HttpRequest, pk: UUID, clause: UUID) -> HttpResponse:
    """Change a draft."""
    actor, at = actor_of(request), timezone.now()
    demand_act(actor, actions.CATEGORY)
    instrument = _instrument(request, pk)
    found = _clause(instrument, clause)
    form = _clause_form(request, instrument, initial=forms.initial_of(found))
    if _is_complete(form, instrument, at):
        try:
            actions.change_draft(
                clause=found, version=form.cleaned_data["version"] or 0, draft=form.draft(), by=actor, at=at
            )
        except actions.DraftRefused as refusal:
            form.add_faults(refusal.faults)
        except KentonganError as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("Draf diubah. Persetujuan yang sudah diberikan gugur."))
            return redirect(_address_of(found))
    return _clause_page(request, instrument, form, _("Ubah draf klausul %(number)d") % {"number": found.number})


@require_safe
@acting
def clause_test(request: HttpRequest, pk: UUID, clause: UUID) -> HttpResponse:
    """Show what somebody would see of one of one's own records, without and with the clause; nothing is written."""
    actor, at = actor_of(request), timezone.now()
    instrument = _instrument(request, pk)
    found = _clause(instrument, clause)
    form = forms.SimulationForm(
        request.GET if "agency" in request.GET else None,
        readers=queries.possible_readers(found, on=timezone.localdate(at)),
        records=shown.record_choices(simulating.own_records(actor, found.releases, at=at)),
        initial={
            "on": timezone.localdate(at),
            "purpose": found.purposes[0] if found.purposes else "",
            "role": "analyst",
        },
    )
    result, row = None, None
    if form.is_valid():
        said = form.cleaned_data
        record = forms.record_from(said["other"]) if said["other"] else said["record"]
        row = simulating.own_record(actor, record, at=at) if record else None
        if row is None:
            form.add_error("record", _("Pilih salah satu catatan milik instansi Anda."))
        else:
            reader = simulating.Reader(
                agency=Agency.objects.get(pk=said["agency"]),
                role=said["role"],
                purpose=said["purpose"],
                at=simulating.instant_of(said["on"], now=at),
            )
            result = simulating.simulate(found, row, reader)
    context = {
        "instrument": instrument,
        "one": shown.clause_shown(found, at=at, is_instrument_in_force=_is_in_force(instrument, at)),
        "form": form,
        "row": row,
        "result": shown.simulation_shown(result) if result else None,
    }
    return render(request, "agreements/clause_test.html", context)


@require_POST
@acting
def clause_approve(request: HttpRequest, pk: UUID, clause: UUID) -> HttpResponse:
    """Give a party's word for a clause."""
    instrument = _instrument(request, pk)
    found = _clause(instrument, clause)

    def deed(said: dict[str, Any], by: Actor, at: datetime) -> None:
        actions.approve_clause(clause=found, version=said["version"], position=said["position"], by=by, at=at)

    return _deed(
        request, instrument, f"approve-{found.pk}", forms.ApproveForm(request.POST), deed, _("Persetujuan dicatat.")
    )


@require_POST
@acting
def clause_end(request: HttpRequest, pk: UUID, clause: UUID) -> HttpResponse:
    """End a clause, or put a draft away."""
    instrument = _instrument(request, pk)
    found = _clause(instrument, clause)

    def deed(said: dict[str, Any], by: Actor, at: datetime) -> None:
        actions.end_clause(
            clause=found, version=said["version"], why=said["why"], effective_at=_since(said, at), by=by, at=at
        )

    form = forms.ReasonForm(request.POST)
    done = _told(form, _("Klausul diakhiri."), _("Klausul akan diakhiri mulai %(day)s."))
    return _deed(request, instrument, f"end-{found.pk}", form, deed, done)


@require_safe
@acting
def matrix(request: HttpRequest) -> HttpResponse:
    """Show who may see what of whom for which purpose on a day, as the clauses in force say."""
    actor, at = actor_of(request), timezone.now()
    form = forms.MatrixForm(request.GET, agencies=Agency.objects.filter(is_active=True))
    said: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    agency, on = said.get("agency"), said.get("on")
    flows = queries.matrix(
        actor,
        at=at,
        on=_instant(on, at),
        receiver=agency.pk if agency else "",
        purpose=said.get("purpose", ""),
    )
    categories = [c for c in CATEGORIES if any(c in cells for cells in flows.values())]
    context = {
        "form": form,
        "on": on or timezone.localdate(at),
        "columns": [word(CATEGORIES, category) for category in categories],
        "rows": shown.matrix_rows(flows, categories),
    }
    return render(request, "agreements/matrix.html", context)


# --- what the doors share ---


def _instrument(request: HttpRequest, pk: UUID) -> Instrument:
    """Return the instrument if the officer may read it; refused and absent are answered alike."""
    actor, at = actor_of(request), timezone.now()
    found: Instrument | None = Instrument.objects.visible_to(actor, at=at).filter(pk=pk).defer("document").first()
    if found is None:
        trail.note_look(Trail.ACCESS_REFUSED, by=actor, at=at, on=f"instrument:{pk}")
        raise not_visible()
    return found


def _clause(instrument: Instrument, pk: UUID) -> Clause:
    found = queries.clauses_of(instrument).filter(pk=pk).first()
    if found is None:
        raise not_visible()
    return found


def _deed(request: HttpRequest, instrument: Instrument, name: str, form: Form, deed: Deed, done: str) -> HttpResponse:
    """Do the deed and lead back to the instrument; a faulty form is shown again where it stood."""
    actor, at = actor_of(request), timezone.now()
    demand_act(actor, actions.CATEGORY)
    if not form.is_valid():
        return _detail(request, instrument, {name: form}, status=422)
    try:
        deed(form.cleaned_data, actor, at)
    except actions.DraftRefused as refusal:
        messages.error(request, " ".join([refusal.message, *refusal.details]))
    except KentonganError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, done)
    return redirect("instrument_detail", instrument.pk)


def _changing(
    request: HttpRequest, pk: UUID, name: str, change: Callable[..., object], done: str, coming: str
) -> HttpResponse:
    instrument = _instrument(request, pk)

    def deed(said: dict[str, Any], by: Actor, at: datetime) -> None:
        change(
            instrument=instrument,
            version=said["version"],
            why=said["why"],
            effective_at=_since(said, at),
            by=by,
            at=at,
        )

    form = forms.ReasonForm(request.POST)
    return _deed(request, instrument, name, form, deed, _told(form, done, coming))


def _told(form: Form, done: str, coming: str) -> str:
    """Return what is said of a deed: that it is done, or from which later day it will hold."""
    since = _since(form.cleaned_data, timezone.now()) if form.is_valid() else None
    return coming % {"day": date_format(form.cleaned_data["since"], "j M Y")} if since else done


def _since(said: dict[str, Any], at: datetime) -> datetime | None:
    """Return from when: at once where no day was given or today's, else the beginning of the day."""
    day = said["since"]
    return None if day is None or day == timezone.localdate(at) else actions.start_of(day)


def _detail(
    request: HttpRequest, instrument: Instrument, faulty: dict[str, Form] | None = None, *, status: int = 200
) -> HttpResponse:
    context = shown.instrument_page(instrument, actor_of(request), at=timezone.now(), faulty=faulty or {})
    return render(request, "agreements/instrument_detail.html", context, status=status)


def _clause_form(request: HttpRequest, instrument: Instrument, initial: dict[str, Any]) -> forms.ClauseForm:
    return forms.ClauseForm(
        request.POST or None,
        sides=shown.side_choices(instrument, on=timezone.localdate()),
        kinds=Kind.objects.filter(is_protected=False, is_election=False).order_by("pk"),
        initial=initial,
    )


def _is_complete(form: forms.ClauseForm, instrument: Instrument, at: datetime) -> bool:
    """Return whether the form can become a draft; if not, it shows all that stands in the way, not only the first."""
    if not form.is_bound or form.is_valid():
        return form.is_bound
    faults = judging.faults_of_clause(form.draft(), list(instrument.parties.all()), on=timezone.localdate(at))
    form.add_faults({name: texts for name, texts in faults.items() if name not in form.errors})
    return False


def _clause_page(request: HttpRequest, instrument: Instrument, form: forms.ClauseForm, heading: str) -> HttpResponse:
    context = {"form": form, "instrument": instrument, "heading": heading, "columns": RELEASES.values()}
    return render(request, "agreements/clause_form.html", context, status=422 if form.errors else 200)


def _address_of(clause: Clause) -> str:
    return f"{reverse('instrument_detail', args=[clause.instrument_id])}#klausul-{clause.number}"


def _instant(on: date | None, at: datetime) -> datetime:
    return simulating.instant_of(on, now=at) if on else at


def _is_in_force(instrument: Instrument, at: datetime) -> bool:
    return queries.statuses_of([instrument], at) == ["in_force"]
