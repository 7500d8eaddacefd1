"""Pages of an officer's own account: the password and the keys for the API."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from kentongan.kit.errors import KentonganError
from kentongan.vocabulary.purposes import PURPOSE_LABELS

from . import staff
from .doors import officer_of
from .forms import PasswordForm, TokenForm
from .models import Officer


class _Oneself:
    """The officer as the actor of changes to the own account, whether on duty or not."""

    def __init__(self, officer: Officer) -> None:
        posting = officer.postings.filter(ended_at__isnull=True).first()
        self.ref = officer.ref
        self.agency = posting.agency_id if posting else ""
        self.purpose = ""


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def password_change(request: HttpRequest) -> HttpResponse:
    """Choose a password of one's own."""
    officer = officer_of(request)
    form = PasswordForm(request.POST or None)
    if form.is_valid():
        said = form.cleaned_data
        try:
            staff.change_own_password(
                officer=officer, present=said["present"], wanted=said["wanted"], by=_Oneself(officer), at=timezone.now()
            )
        except KentonganError as refusal:
            form.add_error(None, [refusal.message, *refusal.details])
        else:
            update_session_auth_hash(request, officer)
            messages.success(request, _("Sandi diganti."))
            return redirect("home")
    context = {"form": form, "is_first": officer.must_change_password}
    return render(request, "agencies/password_change.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def token_list(request: HttpRequest) -> HttpResponse:
    """Show one's own keys and issue a new one; its secret is shown in the answer, once."""
    officer, at = officer_of(request), timezone.now()
    form = TokenForm(request.POST or None)
    issued = None
    if form.is_valid():
        said = form.cleaned_data
        expires_at = at + timedelta(days=said["days"])
        issued = staff.issue_token(
            officer=officer,
            name=said["name"],
            purpose=said["purpose"],
            expires_at=expires_at,
            by=_Oneself(officer),
            at=at,
        )
        form = TokenForm()
    tokens = [
        (token, PURPOSE_LABELS.get(token.purpose, token.purpose)) for token in officer.tokens.order_by("-created_at")
    ]
    context = {"tokens": tokens, "form": form, "issued": issued, "at": at}
    return render(request, "agencies/token_list.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def token_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw one of one's own keys."""
    officer = officer_of(request)
    token = officer.tokens.filter(pk=pk).first()
    if token is None:
        raise Http404
    staff.revoke_token(token=token, by=_Oneself(officer), at=timezone.now())
    messages.success(request, _("Kunci dicabut."))
    return redirect("token_list")
