"""Administration pages of agencies and officers: configuration only, never content."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kentongan.kit.errors import KentonganError
from kentongan.kit.periods import civil_day

from . import actions, forms, identities, imports, queries, sessions, staff
from .doors import administering, administrator_of
from .labels import ATTRIBUTES, COUNTRIES, FUNCTIONS, KINDS, LEVELS, MATTERS, NAME_KINDS, word
from .models import Agency, ApiToken, Officer
from .rules import ROLE_LABELS
from .second_factor import has_own_factor, has_second_factor

PAGE = 25


@require_safe
@administering
def agency_list(request: HttpRequest) -> HttpResponse:
    """Show the agencies that this administrator looks after."""
    form = forms.SearchForm(request.GET)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    found = queries.administered_agencies(administrator_of(request), on=_today())
    if words:
        found = found.filter(
            Q(names__name__icontains=words) | Q(name__icontains=words) | Q(pk__icontains=words)
        ).distinct()
    page = Paginator(found.select_related("seat"), PAGE).get_page(request.GET.get("page"))
    rows = [(agency, word(KINDS, agency.kind), word(LEVELS, agency.level)) for agency in page]
    return render(request, "agencies/agency_list.html", {"page": page, "rows": rows, "form": form, "words": words})


@require_safe
@administering
def agency_detail(request: HttpRequest, pk: str) -> HttpResponse:
    """Show an agency with its dated names, parents, competences, positions and officers."""
    return _agency_page(request, _agency(request, pk))


@require_http_methods(["GET", "HEAD", "POST"])
@administering
def agency_new(request: HttpRequest) -> HttpResponse:
    """Make an agency."""
    by, at = administrator_of(request), timezone.now()
    form = forms.AgencyForm(request.POST or None, agencies=queries.administered_agencies(by, on=_today()))
    if form.is_valid():
        try:
            agency = actions.create_agency(draft=form.draft(), by=by, at=at)
        except KentonganError as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("Instansi %(name)s dibuat.") % {"name": agency.name})
            return redirect("agency_detail", agency.pk)
    return _form_page(request, form, title=_("Instansi baru"), back="agency_list", button=_("Buat instansi"))


@require_POST
@administering
def agency_rename(request: HttpRequest, pk: str) -> HttpResponse:
    """Give an agency a new name from a day on."""
    agency, form = _agency(request, pk), forms.RenameForm(request.POST)

    def deed(said: dict[str, Any]) -> None:
        actions.rename_agency(agency=agency, **said, by=administrator_of(request), at=timezone.now())

    return _agency_deed(request, agency, "rename", form, deed, _("Nama baru dicatat."))


@require_POST
@administering
def agency_close(request: HttpRequest, pk: str) -> HttpResponse:
    """End an agency on a day."""
    agency, form = _agency(request, pk), forms.CloseForm(request.POST)

    def deed(said: dict[str, Any]) -> None:
        actions.close_agency(agency=agency, on=said["on"], by=administrator_of(request), at=timezone.now())

    return _agency_deed(request, agency, "close", form, deed, _("Instansi ditutup."))


@require_POST
@administering
def agency_position(request: HttpRequest, pk: str) -> HttpResponse:
    """Say who holds a position from a day on."""
    agency, form = _agency(request, pk), forms.PositionForm(request.POST)

    def deed(said: dict[str, Any]) -> None:
        actions.fill_position(agency=agency, **said, by=administrator_of(request), at=timezone.now())

    return _agency_deed(request, agency, "position", form, deed, _("Pejabat dicatat."))


@require_http_methods(["GET", "HEAD", "POST"])
@administering
def agency_import(request: HttpRequest) -> HttpResponse:
    """Take in agencies from a file: all, or none with every fault named."""
    form = forms.ImportForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            made = imports.import_agencies(
                text=form.cleaned_data["file"], by=administrator_of(request), at=timezone.now()
            )
        except KentonganError as refusal:
            return _import_page(request, form, imports.AGENCY_COLUMNS, "agency_list", refusal)
        messages.success(request, _("%(n)d instansi dibuat.") % {"n": len(made)})
        return redirect("agency_list")
    return _import_page(request, form, imports.AGENCY_COLUMNS, "agency_list")


@require_safe
@administering
def officer_list(request: HttpRequest) -> HttpResponse:
    """Show the officers that this administrator looks after."""
    form = forms.SearchForm(request.GET)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    found = queries.administered_officers(administrator_of(request), on=_today())
    if words:
        found = found.filter(
            Q(username__icontains=words) | Q(full_name__icontains=words) | Q(agency_id__icontains=words)
        )
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    served: list[tuple[Officer, str, str]] = [(o, getattr(o, "agency_id", ""), getattr(o, "role", "")) for o in page]
    names = queries.names_of(agency for _officer, agency, _role in served)
    rows = [(officer, names.get(agency, "–"), ROLE_LABELS.get(role, "–")) for officer, agency, role in served]
    return render(request, "agencies/officer_list.html", {"page": page, "rows": rows, "form": form, "words": words})


@require_http_methods(["GET", "HEAD", "POST"])
@administering
def officer_new(request: HttpRequest) -> HttpResponse:
    """Make an account; the answer shows its first password, once."""
    by = administrator_of(request)
    form = forms.OfficerForm(request.POST or None, agencies=queries.administered_agencies(by, on=_today()))
    if form.is_valid():
        try:
            account = staff.create_officer(**form.cleaned_data, by=by, at=timezone.now())
        except KentonganError as refusal:
            form.add_error(None, refusal.message)
        else:
            return _first_passwords_page(request, [account])
    return _form_page(request, form, title=_("Petugas baru"), back="officer_list", button=_("Buat akun"))


@require_http_methods(["GET", "HEAD", "POST"])
@administering
def officer_import(request: HttpRequest) -> HttpResponse:
    """Take in officers from a file; the answer shows their first passwords, once."""
    form = forms.ImportForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            accounts = imports.import_officers(
                text=form.cleaned_data["file"], by=administrator_of(request), at=timezone.now()
            )
        except KentonganError as refusal:
            return _import_page(request, form, imports.OFFICER_COLUMNS, "officer_list", refusal)
        return _first_passwords_page(request, accounts)
    return _import_page(request, form, imports.OFFICER_COLUMNS, "officer_list")


@require_safe
@administering
def officer_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show an officer's account, postings and keys."""
    return _officer_page(request, _officer(request, pk))


@require_POST
@administering
def officer_post(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Post an officer to an agency in a role."""
    by = administrator_of(request)
    officer = _officer(request, pk)
    form = forms.PostingForm(request.POST, agencies=queries.administered_agencies(by, on=_today()))

    def deed(said: dict[str, Any]) -> None:
        staff.post_officer(officer=officer, **said, by=by, at=timezone.now())

    return _officer_deed(request, officer, "posting", form, deed, _("Penugasan dicatat."))


@require_POST
@administering
def officer_leave(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End an officer's service."""
    officer, form = _officer(request, pk), forms.ReasonForm(request.POST)

    def deed(said: dict[str, Any]) -> None:
        staff.end_service(officer=officer, why=said["why"], by=administrator_of(request), at=timezone.now())

    return _officer_deed(request, officer, "leave", form, deed, _("Petugas tidak lagi bertugas."))


@require_POST
@administering
def officer_revoke(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Shut an officer's account."""
    officer, form = _officer(request, pk), forms.ReasonForm(request.POST)

    def deed(said: dict[str, Any]) -> None:
        staff.revoke_officer(officer=officer, why=said["why"], by=administrator_of(request), at=timezone.now())

    return _officer_deed(request, officer, "revoke", form, deed, _("Akun dicabut; semua sesi dan kuncinya berakhir."))


@require_POST
@administering
def officer_password(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give an officer a new first password; the answer shows it, once."""
    officer, form = _officer(request, pk), forms.ReasonForm(request.POST)
    if not form.is_valid():
        return _officer_page(request, officer, {"password": form}, status=422)
    try:
        account = staff.reset_password(
            officer=officer, why=form.cleaned_data["why"], by=administrator_of(request), at=timezone.now()
        )
    except KentonganError as refusal:
        messages.error(request, refusal.message)
        return redirect("officer_detail", officer.pk)
    return _first_passwords_page(request, [account])


@require_POST
@administering
def officer_sessions(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Sign an officer out everywhere."""
    officer, form = _officer(request, pk), forms.ReasonForm(request.POST)

    def deed(said: dict[str, Any]) -> None:
        staff.end_sessions(officer=officer, why=said["why"], by=administrator_of(request), at=timezone.now())

    return _officer_deed(request, officer, "sessions", form, deed, _("Semua sesi petugas ini diakhiri."))


@require_POST
@administering
def officer_second_factor(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take away a second factor that was lost."""
    officer, form = _officer(request, pk), forms.ReasonForm(request.POST)

    def deed(said: dict[str, Any]) -> None:
        staff.reset_second_factor(officer=officer, why=said["why"], by=administrator_of(request), at=timezone.now())

    done = _("Faktor kedua dihapus; petugas memasang yang baru saat masuk.")
    return _officer_deed(request, officer, "second_factor", form, deed, done)


@require_POST
@administering
def officer_identity(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Link an officer's account of the outside provider."""
    officer, form = _officer(request, pk), forms.IdentityForm(request.POST)

    def deed(said: dict[str, Any]) -> None:
        identities.link_identity(officer=officer, **said, by=administrator_of(request), at=timezone.now())

    return _officer_deed(request, officer, "identity", form, deed, _("Akun luar dihubungkan."))


@require_POST
@administering
def officer_identity_unlink(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Unlink an officer's account of the outside provider."""
    officer, form = _officer(request, pk), forms.ReasonForm(request.POST)

    def deed(said: dict[str, Any]) -> None:
        identities.unlink_identity(officer=officer, why=said["why"], by=administrator_of(request), at=timezone.now())

    return _officer_deed(request, officer, "identity_unlink", form, deed, _("Akun luar dilepas."))


@require_POST
@administering
def officer_token(request: HttpRequest, pk: UUID, token: int) -> HttpResponse:
    """Withdraw one key of an officer."""
    officer, form = _officer(request, pk), forms.ReasonForm(request.POST, auto_id=f"kunci-{token}-%s")
    key = officer.tokens.filter(pk=token).first()
    if key is None:
        raise Http404

    def deed(said: dict[str, Any]) -> None:
        staff.withdraw_token(token=key, why=said["why"], by=administrator_of(request), at=timezone.now())

    return _officer_deed(request, officer, f"token-{token}", form, deed, _("Kunci dicabut."))


def _today() -> date:
    return civil_day(timezone.now())


def _agency(request: HttpRequest, pk: str) -> Agency:
    agency = queries.administered_agencies(administrator_of(request), on=_today()).filter(pk=pk).first()
    if agency is None:
        raise Http404
    return agency


def _officer(request: HttpRequest, pk: UUID) -> Officer:
    officer = queries.administered_officers(administrator_of(request), on=_today()).filter(pk=pk).first()
    if officer is None:
        raise Http404
    return officer


def _agency_page(
    request: HttpRequest, agency: Agency, faulty: dict[str, Form] | None = None, *, status: int = 200
) -> HttpResponse:
    today = {"on": _today()}
    page_forms = {
        "rename": forms.RenameForm(initial={"name": agency.name, "abbrev": agency.abbrev, **today}, auto_id="nama-%s"),
        "close": forms.CloseForm(initial=today, auto_id="tutup-%s"),
        "position": forms.PositionForm(initial=today, auto_id="jabatan-%s"),
    }
    postings = (
        agency.postings.filter(ended_at__isnull=True).select_related("officer").order_by("role", "officer__username")
    )
    competences = agency.competences.prefetch_related("roots", "exceptions").order_by("matter")
    context = {
        "agency": agency,
        "names": [(n, word(NAME_KINDS, n.kind)) for n in agency.names.order_by("kind", "-valid_from", "name")],
        "parents": agency.parents.select_related("parent").order_by("-valid_from"),
        "classes": [(c, word(ATTRIBUTES, c.attribute)) for c in agency.classes.order_by("attribute")],
        "kind": word(KINDS, agency.kind),
        "level": word(LEVELS, agency.level),
        "country": word(COUNTRIES, agency.country),
        "competences": [(c, word(MATTERS, c.matter)) for c in competences],
        "memberships": [(m, word(FUNCTIONS, m.function)) for m in agency.memberships.select_related("forum")],
        "positions": agency.positions.prefetch_related("holders").order_by("title"),
        "postings": [(posting, ROLE_LABELS.get(posting.role, posting.role)) for posting in postings],
        "forms": page_forms | (faulty or {}),
    }
    return render(request, "agencies/agency_detail.html", context, status=status)


def _officer_page(
    request: HttpRequest, officer: Officer, faulty: dict[str, Form] | None = None, *, status: int = 200
) -> HttpResponse:
    reach = queries.administered_agencies(administrator_of(request), on=_today())
    page_forms = {
        "posting": forms.PostingForm(agencies=reach, auto_id="tugas-%s"),
        "leave": forms.ReasonForm(auto_id="berhenti-%s"),
        "revoke": forms.ReasonForm(auto_id="cabut-%s"),
        "password": forms.ReasonForm(auto_id="sandi-%s"),
        "sessions": forms.ReasonForm(auto_id="sesi-%s"),
        "second_factor": forms.ReasonForm(auto_id="faktor-%s"),
        "identity": forms.IdentityForm(auto_id="akun-luar-%s"),
        "identity_unlink": forms.ReasonForm(auto_id="lepas-%s"),
    }
    postings = officer.postings.select_related("agency").order_by("-started_at", "-id")
    account, now = Officer.objects.filter(pk=officer.pk), timezone.now()
    context = {
        "officer": officer,
        "is_oneself": officer.pk == request.user.pk,
        "postings": [(posting, ROLE_LABELS.get(posting.role, posting.role)) for posting in postings],
        "tokens": [
            (token, _token_form(token, faulty or {}, at=now)) for token in officer.tokens.order_by("-created_at")
        ],
        "sessions": sessions.open_sessions(officer, at=now).count(),
        "has_factor": account.filter(has_own_factor()).exists(),
        "has_factor_outside": account.filter(has_second_factor()).exists(),
        "has_lapsed_password": account.filter(staff.with_lapsed_first_password(at=now)).exists(),
        "provider": settings.OIDC_NAME,
        "identity": identities.identity_of(officer),
        "forms": page_forms | (faulty or {}),
    }
    return render(request, "agencies/officer_detail.html", context, status=status)


def _token_form(token: ApiToken, faulty: dict[str, Form], *, at: datetime) -> Form | None:
    """Return the form that withdraws the key; None where it opens nothing any more."""
    if token.revoked_at or token.expires_at <= at:
        return None
    return faulty.get(f"token-{token.pk}") or forms.ReasonForm(auto_id=f"kunci-{token.pk}-%s")


def _first_passwords_page(request: HttpRequest, accounts: list[staff.NewAccount]) -> HttpResponse:
    context = {"accounts": accounts, "days": staff.FIRST_PASSWORD_LASTS.days}
    return render(request, "agencies/passwords.html", context)


def _agency_deed(
    request: HttpRequest, agency: Agency, name: str, form: Form, deed: Callable[[dict[str, Any]], None], done: str
) -> HttpResponse:
    if not form.is_valid():
        return _agency_page(request, agency, {name: form}, status=422)
    _do(request, deed, form, done)
    return redirect("agency_detail", agency.pk)


def _officer_deed(
    request: HttpRequest, officer: Officer, name: str, form: Form, deed: Callable[[dict[str, Any]], None], done: str
) -> HttpResponse:
    if not form.is_valid():
        return _officer_page(request, officer, {name: form}, status=422)
    _do(request, deed, form, done)
    return redirect("officer_detail", officer.pk)


def _do(request: HttpRequest, deed: Callable[[dict[str, Any]], None], form: Form, done: str) -> None:
    try:
        deed(form.cleaned_data)
    except actions.NotYoursToAdminister:
        raise
    except KentonganError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, done)


def _form_page(request: HttpRequest, form: Form, *, title: str, back: str, button: str) -> HttpResponse:
    context = {"form": form, "heading": title, "back": back, "button": button}
    return render(request, "agencies/form.html", context, status=422 if form.errors else 200)


def _import_page(
    request: HttpRequest, form: Form, columns: tuple[str, ...], back: str, refusal: KentonganError | None = None
) -> HttpResponse:
    context = {"form": form, "columns": columns, "back": back, "refusal": refusal, "most_faults": 200}
    return render(request, "agencies/import.html", context, status=422 if refusal or form.errors else 200)
