"""Where the sign-in library meets the project: what it reports becomes a session and a row of the trail.

The library offers signals for this and nothing else. They carry nothing between rooms: every receiver calls one deed.
"""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.http import HttpRequest
from django.utils import timezone

from kentongan.audit import trail
from kentongan.audit.catalogue import Trail

from . import sessions
from .models import Officer, OfficerSession

SESSION_KEY = "officer_session"
VOUCHED = "outside_provider_vouches"
"""Set on the session by the outside entrance to the officer whom the provider vouches for, and to nobody else: the sign-in
may stop half-way, and somebody else may then sign in with a password in the same browser."""


class Visitor:
    """Somebody at the entrance whom nobody knows yet."""

    ref, agency, purpose = "visitor:unknown", "", ""


def connect() -> None:
    """From now on sign-ins, sign-outs and second factors leave their sessions and rows."""
    user_logged_in.connect(_begun, dispatch_uid="kentongan.session_begun")
    user_logged_out.connect(_ended, dispatch_uid="kentongan.session_ended")
    authentication_failed.connect(_factor_refused, dispatch_uid="kentongan.factor_refused")
    post_save.connect(_factor_saved, sender=Authenticator, dispatch_uid="kentongan.factor_saved")
    post_delete.connect(_factor_deleted, sender=Authenticator, dispatch_uid="kentongan.factor_deleted")


def address_of(request: HttpRequest) -> str | None:
    """Return the address that the request came from, behind as many proxies as the installation trusts."""
    try:
        return str(get_adapter().get_client_ip(request))
    except PermissionDenied:
        return None


def note_refused_sign_in(*, known: Officer | None, why: str) -> None:
    """The trail knows of a refused sign-in: on whose account, never what was typed."""
    subject = known.ref if known else ""
    trail.note_look(Trail.SIGN_IN_REFUSED, by=Visitor(), at=timezone.now(), on=subject, reasons=[why])


def _begun(request: HttpRequest, user: Officer, **_more: object) -> None:
    is_vouched = request.session.pop(VOUCHED, "") == user.ref and _came_from_outside(request, user)
    _ended(request=request, user=user)  # signing in again within a session begins another one
    session = sessions.begin_session(
        officer=user,
        method=_method(request, user),
        is_vouched=is_vouched,
        address=address_of(request),
        device=request.META.get("HTTP_USER_AGENT", ""),
        by=sessions.Oneself(user),
        at=timezone.now(),
    )
    request.session[SESSION_KEY] = str(session.pk)


def _came_from_outside(request: HttpRequest, officer: Officer) -> bool:
    records = get_authentication_records(request, officer)
    return any(record.get("method") == "socialaccount" for record in records)


def _method(request: HttpRequest, officer: Officer) -> str:
    """Return the strongest thing by which the officer was known in this sign-in."""
    records = get_authentication_records(request, officer)
    last: dict[str, Any] = records[-1] if records else {}
    if last.get("method") == "mfa":
        return str(last.get("type", ""))
    return "outside" if last.get("method") == "socialaccount" else "password"


def _ended(request: HttpRequest, user: Officer | None, **_more: object) -> None:
    known = request.session.get(SESSION_KEY)
    session = OfficerSession.objects.filter(pk=known, officer=user).first() if known and user else None
    if session and user:
        sessions.sign_out(session=session, by=sessions.Oneself(user), at=timezone.now())


def _factor_refused(user: Officer, **_more: object) -> None:
    trail.note_look(Trail.SECOND_FACTOR_REFUSED, by=Visitor(), at=timezone.now(), on=user.ref)


def _factor_saved(instance: Authenticator, created: bool, **_more: object) -> None:
    if created:
        _record(Trail.SECOND_FACTOR_ADDED, instance)


def _factor_deleted(instance: Authenticator, **_more: object) -> None:
    _record(Trail.SECOND_FACTOR_REMOVED, instance)


def _record(event: Trail, factor: Authenticator) -> None:
    with transaction.atomic():  # the same transaction as the row's: see EntranceMiddleware
        by = sessions.Oneself(factor.user)
        trail.record(event, by=by, at=timezone.now(), on=factor.user.ref, facts={"kind": factor.type})
