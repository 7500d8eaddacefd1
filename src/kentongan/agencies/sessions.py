"""Deeds on sessions: begun at a sign-in, ended at a sign-out, by the officer, by an administrator or by another deed."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Subquery

from kentongan.audit import trail
from kentongan.audit.catalogue import Trail

from .models import Officer, OfficerSession, Posting
from .second_factor import has_own_factor

SEEN_EVERY = timedelta(minutes=5)
"""How exact "last seen" is: a write for every page would cost more than it tells."""

KEPT_FOR = timedelta(days=90)
"""How long a session that is not used is remembered; the trail keeps the deed without address and device."""

BY_OFFICER, BY_ADMINISTRATOR, SIGNED_OUT = "by_officer", "by_administrator", "signed_out"
POSTING_ENDED, ACCOUNT_REVOKED, PASSWORD_CHANGED = "posting_ended", "account_revoked", "password_changed"


class Oneself:
    """An officer as the actor of changes to the own account, whether on duty or not."""

    def __init__(self, officer: Officer) -> None:
        posting = officer.postings.filter(ended_at__isnull=True).first()
        self.ref = officer.ref
        self.agency = posting.agency_id if posting else ""
        self.purpose = ""


@transaction.atomic
def begin_session(
    *, officer: Officer, method: str, is_vouched: bool, address: str | None, device: str, by: trail.Acting, at: datetime
) -> OfficerSession:
    """The session is listed, and its row of the trail knows neither address nor device."""
    session = OfficerSession.objects.create(
        officer=officer,
        started_at=at,
        last_seen_at=at,
        address=address,
        device=device[:200],
        method=method,
        is_vouched=is_vouched,
    )
    trail.record(
        Trail.SIGNED_IN, by=by, at=at, on=session.ref, facts={"method": method, "provider_vouches": is_vouched}
    )
    return session


@transaction.atomic
def sign_out(*, session: OfficerSession, by: trail.Acting, at: datetime) -> None:
    """The session has ended because the officer signed out; signing out twice is once."""
    if _ended(OfficerSession.objects.filter(pk=session.pk), reason=SIGNED_OUT, at=at):
        trail.record(Trail.SIGNED_OUT, by=by, at=at, on=session.ref)


@transaction.atomic
def end_one(*, officer: Officer, session: UUID, by: trail.Acting, at: datetime) -> bool:
    """One of the officer's own sessions opens nothing any more; return whether it was open until now."""
    if not _ended(officer.sessions.filter(pk=session), reason=BY_OFFICER, at=at):
        return False
    trail.record(Trail.SESSIONS_ENDED, by=by, at=at, on=f"session:{session}", facts={"reason": BY_OFFICER})
    return True


@transaction.atomic
def end_all(
    *, officer: Officer, reason: str, by: trail.Acting, at: datetime, keep: UUID | None = None, why: str = ""
) -> int:
    """No session of the officer opens anything any more but the kept one; return how many ended now."""
    others = officer.sessions.exclude(pk=keep) if keep else officer.sessions.all()
    number = _ended(others, reason=reason, at=at)
    if number:
        facts = {"reason": reason, "sessions": number}
        trail.record(Trail.SESSIONS_ENDED, by=by, at=at, on=officer.ref, why=why, facts=facts)
    return number


def forget_old(*, at: datetime) -> int:
    """Sessions unused for KEPT_FOR are gone, whoever's they were, and what browsers left that expired; return how many."""
    Session.objects.filter(expire_date__lt=at).delete()
    return OfficerSession.objects.filter(last_seen_at__lt=at - KEPT_FOR).delete()[0]


def note_seen(session: OfficerSession, *, address: str | None, at: datetime) -> None:
    """Remember when and from where the session was last used, as exactly as SEEN_EVERY."""
    if at - session.last_seen_at >= SEEN_EVERY:
        OfficerSession.objects.filter(pk=session.pk).update(last_seen_at=at, address=address or session.address)


def open_sessions(officer: Officer, *, at: datetime) -> QuerySet[OfficerSession]:
    """Return the officer's sessions that still open something, the latest first."""
    alive_since = at - timedelta(seconds=settings.SESSION_COOKIE_AGE) - SEEN_EVERY
    return officer.sessions.filter(ended_at__isnull=True, last_seen_at__gt=alive_since).order_by("-last_seen_at")


def session_at_the_door(pk: str, officer: Officer) -> OfficerSession | None:
    """Return the session with `role`, that of the open posting, and `has_factor`; one question for every page.

    A provider's second factor counts for the session that it vouches for, and for no sign-in with the password here.
    """
    serving = Posting.objects.filter(officer=OuterRef("officer"), ended_at__isnull=True)
    with_factor = Officer.objects.filter(has_own_factor(), pk=OuterRef("officer"))
    return (
        OfficerSession.objects.filter(pk=pk, officer=officer)
        .annotate(role=Subquery(serving.values("role")[:1]), has_factor=Exists(with_factor))
        .first()
    )


def _ended(sessions: QuerySet[OfficerSession], *, reason: str, at: datetime) -> int:
    return sessions.filter(ended_at__isnull=True).update(ended_at=at, end_reason=reason)
