"""Pages of an officer's own account: security, sessions, the password and the keys for the API."""

from datetime import timedelta
from uuid import UUID

from allauth.account import app_settings as account_settings
from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kentongan.kit.errors import KentonganError
from kentongan.vocabulary.purposes import PURPOSE_LABELS

from . import identities, limits, sessions, staff
from .doors import officer_of, too_many
from .forms import PasswordForm, TokenForm
from .labels import device_words, scope_choices, scope_words
from .models import OfficerSession
from .rules import ROLE_LABELS
from .second_factor import ENROLLED_TYPES, is_required
from .sessions import Oneself
from .sign_ins import SESSION_KEY


@require_safe
@login_required
@never_cache
def account_security(request: HttpRequest) -> HttpResponse:
    """Show what protects the own account; whoever must set up a second factor is led here first."""
    officer = officer_of(request)
    posting = officer.postings.filter(ended_at__isnull=True).select_related("agency").first()
    factors = Authenticator.objects.filter(user=officer)
    context = {
        "officer": officer,
        "posting": posting,
        "role": ROLE_LABELS.get(posting.role, posting.role) if posting else "",
        "is_required": posting is not None and is_required(posting.role, optional=settings.MFA_OPTIONAL_ROLES),
        "is_missing": getattr(request, "second_factor_missing", False),
        "is_demonstration": settings.IS_DEMONSTRATION,
        "has_factor": factors.filter(type__in=ENROLLED_TYPES).exists(),
        "totp": factors.filter(type=Authenticator.Type.TOTP).first(),
        "passkeys": factors.filter(type=Authenticator.Type.WEBAUTHN).count(),
        "recovery": _recovery_codes_left(factors.filter(type=Authenticator.Type.RECOVERY_CODES).first()),
        "sessions": sessions.open_sessions(officer, at=timezone.now()).count(),
        "identity": identities.identity_of(officer),
        "provider": settings.OIDC_NAME,
    }
    return render(request, "agencies/account_security.html", context)


def _recovery_codes_left(codes: Authenticator | None) -> int | None:
    return len(codes.wrap().get_unused_codes()) if codes else None


@require_safe
@login_required
@never_cache
def session_list(request: HttpRequest) -> HttpResponse:
    """Show where the officer is signed in."""
    rows = [
        (session, device_words(session.device), str(session.pk) == request.session.get(SESSION_KEY))
        for session in sessions.open_sessions(officer_of(request), at=timezone.now())
    ]
    return render(request, "agencies/session_list.html", {"rows": rows})


@require_POST
@login_required
def session_end(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End one of one's own sessions."""
    officer = officer_of(request)
    if not sessions.end_one(officer=officer, session=pk, by=Oneself(officer), at=timezone.now()):
        raise Http404
    messages.success(request, _("Sesi diakhiri."))
    return redirect("session_list")


@require_POST
@login_required
def session_end_others(request: HttpRequest) -> HttpResponse:
    """End all of one's own sessions but this one."""
    officer = officer_of(request)
    number = sessions.end_all(
        officer=officer,
        reason=sessions.BY_OFFICER,
        keep=UUID(request.session[SESSION_KEY]),
        by=Oneself(officer),
        at=timezone.now(),
    )
    messages.success(
        request, _("Semua sesi lain diakhiri.") if number else _("Tidak ada sesi lain yang masih terbuka.")
    )
    return redirect("session_list")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def password_change(request: HttpRequest) -> HttpResponse:
    """Choose a password of one's own."""
    officer = officer_of(request)
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and limits.is_exhausted(limits.PASSWORD_CHECKS, officer.ref):
        return too_many(request)
    if form.is_valid():
        said = form.cleaned_data
        try:
            staff.change_own_password(
                officer=officer,
                present=said["present"],
                wanted=said["wanted"],
                session=UUID(request.session[SESSION_KEY]),
                by=Oneself(officer),
                at=timezone.now(),
            )
        except KentonganError as refusal:
            if isinstance(refusal, staff.PresentPasswordWrong):
                limits.take(limits.PASSWORD_CHECKS, officer.ref)
            form.add_error(None, [refusal.message, *refusal.details])
        else:
            update_session_auth_hash(request, officer)
            messages.success(request, _("Sandi diganti."))
            return redirect("home")
    context = {"form": form, "is_first": officer.must_change_password}
    return render(request, "agencies/password_change.html", context, status=422 if form.errors else 200)


def _asks_again(request: HttpRequest) -> bool:
    """Tell whether a key is issued only after another proof; whom the provider has just vouched for has given it there."""
    since = timezone.now() - timedelta(seconds=account_settings.REAUTHENTICATION_TIMEOUT)
    return request.method == "POST" and not _vouched_session(request).filter(started_at__gt=since).exists()


def _vouched_session(request: HttpRequest) -> QuerySet[OfficerSession]:
    return officer_of(request).sessions.filter(pk=UUID(request.session[SESSION_KEY]), is_vouched=True)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@reauthentication_required(enabled=_asks_again)  # type: ignore[untyped-decorator]  # allauth ships no types
@never_cache
def token_list(request: HttpRequest) -> HttpResponse:
    """Show one's own keys and issue a new one; its secret is shown in the answer, once."""
    officer, at = officer_of(request), timezone.now()
    scopes = scope_choices(getattr(request, "actor", None))
    form = TokenForm(request.POST or None, scopes=scopes)
    issued = None
    if form.is_valid():
        said = form.cleaned_data
        try:
            issued = staff.issue_token(
                officer=officer,
                name=said["name"],
                purpose=said["purpose"],
                scopes=said["scopes"],
                expires_at=at + timedelta(days=said["days"]),
                by=Oneself(officer),
                at=at,
            )
        except KentonganError as refusal:
            form.add_error(None, [refusal.message, *refusal.details])
        else:
            form = TokenForm(scopes=scopes)
    tokens = [
        {
            "token": token,
            "purpose": PURPOSE_LABELS.get(token.purpose, token.purpose),
            "role": ROLE_LABELS.get(token.role, token.role),
            "scopes": [scope_words(scope) for scope in token.scopes],
        }
        for token in officer.tokens.select_related("agency").order_by("-created_at")
    ]
    context = {
        "tokens": tokens,
        "form": form,
        "issued": issued,
        "at": at,
        "is_vouched": _vouched_session(request).exists(),
        "provider": settings.OIDC_NAME,
    }
    return render(request, "agencies/token_list.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def token_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw one of one's own keys."""
    officer = officer_of(request)
    token = officer.tokens.filter(pk=pk).first()
    if token is None:
        raise Http404
    staff.revoke_token(token=token, by=Oneself(officer), at=timezone.now())
    messages.success(request, _("Kunci dicabut."))
    return redirect("token_list")
