"""Pages by which reports come in, and the list of them."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kentongan.agreements.access import demand_act
from kentongan.agreements.doors import acting, actor_of
from kentongan.agreements.facts import Actor
from kentongan.agreements.listings import note_list
from kentongan.agreements.modules import ModuleOff, is_on
from kentongan.vault.rules import MODULE as VAULT

from .actions import BatchReceived, BatchRefused, KeyUsedForOther, receive, receive_all, receive_good_ones
from .batches import Batch, batch_of
from .drafts import DraftRefused, ReportDraft, ReporterDraft
from .formats import FileRefused, documents_in
from .formats.tables import bad_rows_csv
from .forms import FieldReportForm, ImportForm, NilReportForm, ReportFilterForm, ReportForm, show_refusal
from .models import Report
from .queries import reports_listed
from .reporter_question import ReporterForm

PAGE = 25


@require_safe
@acting
def report_list(request: HttpRequest) -> HttpResponse:
    """Show the reports that the gate lets this officer see."""
    actor, at = actor_of(request), timezone.now()
    form = ReportFilterForm(request.GET)
    chosen: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    words = chosen.get("q", "")
    found = reports_listed(
        actor,
        at=at,
        words=words,
        channel=chosen.get("channel", ""),
        kind=chosen.get("kind", ""),
        first=chosen.get("first"),
        last=chosen.get("last"),
    )
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    note_list("reports", words=words, found=page.paginator.count, by=actor, at=at)
    context = {"page": page, "form": form, "may_send": "reports" in actor.acts, "is_filtered": any(chosen.values())}
    return render(request, "intake/report_list.html", context)


@require_http_methods(["GET", "POST"])
@acting
def report_new(request: HttpRequest) -> HttpResponse:
    """Paste or upload one report."""
    demand_act(actor_of(request), "reports")
    form = ReportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and form.draft is not None:
        draft = form.draft
        if answer := _received(request, form, lambda: draft):
            for note in form.notes:
                messages.info(request, note)
            return answer
    return _form_page(request, "intake/report_new.html", form)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@acting
def report_field(request: HttpRequest) -> HttpResponse:
    """Report from the field on one page."""
    demand_act(actor_of(request), "reports")
    form = FieldReportForm(request.POST or None, initial={"on": timezone.localdate()})
    who = ReporterForm(request.POST or None) if is_on(VAULT, at=timezone.now()) else None
    is_valid = form.is_valid() and (who is None or who.is_valid())
    if request.method == "POST" and is_valid:
        reporter = who.draft() if who else None
        if answer := _received(request, form, form.draft, reporter):
            return answer
    return _form_page(request, "intake/report_field.html", form, reporter=who)


@require_http_methods(["GET", "POST"])
@acting
def report_nil(request: HttpRequest) -> HttpResponse:
    """Report that there was nothing to report."""
    demand_act(actor_of(request), "reports")
    today = timezone.localdate()
    form = NilReportForm(request.POST or None, initial={"first": today, "last": today})
    if request.method == "POST" and form.is_valid() and (answer := _received(request, form, form.draft)):
        return answer
    return _form_page(request, "intake/report_nil.html", form)


@require_http_methods(["GET", "POST"])
@acting
def report_import(request: HttpRequest) -> HttpResponse:
    """Receive a file of many reports: all, or the good ones with the bad ones handed back."""
    actor = actor_of(request)
    demand_act(actor, "reports")
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method != "POST" or not form.is_valid():
        return _form_page(request, "intake/report_import.html", form)
    file = form.cleaned_data["file"]
    try:
        content = file.read()
        batch = batch_of(documents_in(content), content, file.name, channel=Report.Channel.UPLOAD)
        outcome = _import(batch, actor, skip_bad=form.cleaned_data["skip_bad"])
    except FileRefused as refusal:
        form.add_error("file", refusal.message)
        return _form_page(request, "intake/report_import.html", form)
    except BatchRefused as refusal:
        context = {"form": form, "refusal": refusal, "faults": refusal.faults[:200], "notes": batch.notes}
        return render(request, "intake/report_import.html", context, status=422)
    return _import_page(request, batch, outcome)


@require_POST
@acting
def report_import_bad(request: HttpRequest) -> HttpResponse:
    """Hand the bad rows back as a file; they come from the officer's own page and are not stored."""
    demand_act(actor_of(request), "reports")
    answer = HttpResponse(request.POST.get("rows", ""), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="baris-salah.csv"'
    return answer


def _import(batch: Batch, actor: Actor, *, skip_bad: bool) -> BatchReceived:
    receive_them = receive_good_ones if skip_bad else receive_all
    return receive_them(drafts=batch.drafts, faults=batch.faults, by=actor, at=timezone.now())


def _import_page(request: HttpRequest, batch: Batch, outcome: BatchReceived) -> HttpResponse:
    bad = bad_rows_csv(batch.table, outcome.faults) if batch.table and outcome.faults else ""
    context = {
        "form": ImportForm(),
        "outcome": outcome,
        "notes": batch.notes[:200],
        "faults": outcome.faults[:200],
        "bad_rows": bad,
        "summary": ngettext("%(n)s laporan baru disimpan.", "%(n)s laporan baru disimpan.", outcome.new)
        % {"n": outcome.new},
    }
    return render(request, "intake/report_import.html", context)


def _received(
    request: HttpRequest, form: Any, make: Callable[[], ReportDraft], reporter: ReporterDraft | None = None
) -> HttpResponse | None:
    """Receive the draft and go to its page, or return None with the faults on the form."""
    try:
        received = receive(draft=make(), reporter=reporter, by=actor_of(request), at=timezone.now())
    except DraftRefused as refusal:
        show_refusal(form, refusal)
        return None
    except (KeyUsedForOther, ModuleOff) as refusal:
        form.add_error(None, refusal.message)
        return None
    if received.identity is not None:
        messages.success(
            request,
            _("Identitas pelapor disimpan tersandi sebagai %(pseudonym)s; pakai samaran itu.")
            % {"pseudonym": received.identity.pseudonym},
        )
    if received.is_new:
        messages.success(request, _("Laporan diterima. Terima kasih."))
    else:
        messages.info(request, _("Laporan yang sama sudah pernah diterima, jadi tidak disimpan dua kali."))
    return redirect("report_detail", received.report.pk)


def _form_page(request: HttpRequest, template: str, form: Any, **more: Any) -> HttpResponse:
    is_wrong = form.errors or any(getattr(other, "errors", None) for other in more.values())
    return render(request, template, {"form": form, **more}, status=422 if is_wrong else 200)
