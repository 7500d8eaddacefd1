"""What stands between a sign-in and the first page: a session that is open, a password of one's own, a second factor."""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from . import sessions
from .models import Officer, OfficerSession
from .second_factor import is_required_here
from .sign_ins import SESSION_KEY, address_of


class EntranceMiddleware:
    """Ends what has been ended elsewhere, and leads whoever still lacks something to the page where it is set up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and not request.path.startswith(settings.STATIC_URL):
            officer = request.user
            session = sessions.session_at_the_door(request.session.get(SESSION_KEY) or _NOBODYS, officer)
            if session is None or session.ended_at is not None:
                return self._turned_away(request)
            sessions.note_seen(session, address=address_of(request), at=timezone.now())
            request.second_factor_missing = _lacks_second_factor(session)  # type: ignore[attr-defined]  # the account page says so
            if wanted := _led_to(request, officer, session):
                return redirect(wanted)
        return self._answer(request)

    def _turned_away(self, request: HttpRequest) -> HttpResponse:
        logout(request)
        messages.warning(request, _("Sesi ini sudah diakhiri. Masuk lagi untuk melanjutkan."))
        return redirect("account_login")

    def _answer(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST" or not request.path.startswith(reverse("mfa_index")):
            return self.get_response(request)
        with transaction.atomic():  # a factor and its row of the trail are written together, or neither
            answer = self.get_response(request)
            if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
                transaction.set_rollback(True)
        return answer


_NOBODYS = "00000000-0000-0000-0000-000000000000"


def _lacks_second_factor(session: OfficerSession) -> bool:
    role = getattr(session, "role", None)  # nobody's role where the officer serves nowhere: such a one sees nothing
    has_factor = session.is_vouched or getattr(session, "has_factor", False)
    return role is not None and not has_factor and is_required_here(role)


def _led_to(request: HttpRequest, officer: Officer, session: OfficerSession) -> str | None:
    """Return the name of the page that comes before everything else, or None."""
    if officer.must_change_password and not session.is_vouched:
        return None if _is_open(request.path, "password_change") else "password_change"
    if _lacks_second_factor(session):
        return None if _is_open(request.path, "mfa_index", "account_reauthenticate", "password_change") else "mfa_index"
    return None


def _is_open(path: str, *names: str) -> bool:
    always = ("account_logout", "set_language")
    return path in [reverse(name) for name in (*always, *names)] or (
        "mfa_index" in names and path.startswith(reverse("mfa_index"))
    )
