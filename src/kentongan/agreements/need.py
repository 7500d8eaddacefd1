"""Looks in need (break-glass, R24): a reason first, at most three hours, told to the owner at once, reviewed in 48 hours."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import models, transaction
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kentongan.agencies.models import Agency, Officer
from kentongan.audit import outbox, trail
from kentongan.audit.catalogue import Trail
from kentongan.audit.models import TrailRow
from kentongan.kit.errors import KentonganError
from kentongan.kit.ids import new_id
from kentongan.messages.actions import put
from kentongan.messages.rules import Channel

from .access import (
    RoleMayNotAct,
    category_of,
    demand_person,
    judge,
    judged_part,
    not_visible,
    protected_models,
)
from .facts import Actor, Decision
from .models import BreakGlass, Grant, Handling, ProtectedRow
from .registry import handling_of
from .rules import CLOSED_KINDS, VAULT

OPEN_FOR = timedelta(hours=3)
REVIEW_WITHIN = timedelta(hours=48)
LEAST_WORDS = 5
OPENED = frozenset({str(Handling.RESTRICTED), str(Handling.PERSONAL)})
"""Handlings of rows that open in need. Protected ones never do: R11 has no exception."""

REVIEWERS = frozenset({"leader", "coordinator", "overseer"})
"""Roles at the owner, and at those it answers to, that are told of a look in need and judge it."""

GLASS_BROKEN = "break_glass.opened"
"""The outbox topic by which the owner is told."""


class ReasonTooShort(KentonganError):
    """A look in need says why in a sentence."""

    code = "agreements.reason_too_short"


class AlreadyOpen(KentonganError):
    """The record is open to the officer as a whole."""

    code = "agreements.already_open"


class AlreadyReviewed(KentonganError):
    """Somebody gave the verdict first."""

    code = "agreements.already_reviewed"


def may_break_glass(actor: Actor, category: str) -> bool:
    """Return whether this officer may look in need at rows of the category at all; no row is looked at.

    Never the vault, never military and intelligence agencies (R27), and nobody who acts for another state (R21).
    """
    return (
        category in actor.reads
        and category not in VAULT
        and actor.agency_kind not in CLOSED_KINDS
        and actor.state == actor.home
    )


def demand_may_break_glass(actor: Actor, category: str) -> None:
    """Raise RoleMayNotAct unless this officer may look in need at rows of the category."""
    demand_person(actor)
    if not may_break_glass(actor, category):
        raise RoleMayNotAct(
            _("Peran atau instansi Anda tidak dapat memecah kaca untuk data ini. Mintalah kepada instansi pemiliknya.")
        )


def break_glass(*, model: type[ProtectedRow], pk: UUID | str, reason: str, by: Actor, at: datetime) -> BreakGlass:
    """The officer's agency sees the whole record for three hours; the owner knows, and judges within 48 hours.

    Raises NotVisible for what is absent and for what may not be opened, after the same steps. Outside of the deed's
    transaction, so that the refusal stays in the trail.
    """
    category = category_of(model)
    demand_may_break_glass(by, category)
    _demand_reason(reason)
    found = judged_part(model, pk)
    row = found if found is not None else model(id=pk, owner_id="", handling=Handling.OPEN)
    decision = judge(by, row, at=at)
    if not _opens_in_need(row, by, decision) or found is None:
        reasons = ("in need", *(decision.reasons if found is not None else ("absent",)))
        trail.note_look(Trail.ACCESS_REFUSED, by=by, at=at, on=row.ref, reasons=reasons)
        refusal = not_visible()
        refusal.asked = (model, pk)
        raise refusal
    if decision.is_whole:
        raise AlreadyOpen(
            _("Catatan ini sudah terbuka bagi Anda seutuhnya. Bukalah langsung; tidak perlu memecah kaca.")
        )
    return _open(row, category, reason.strip(), by=by, at=at)


@transaction.atomic
def note_seen(*, by: Actor, at: datetime) -> int:
    """The owner's reviewers have seen the looks in need that were new; return how many were."""
    if by.role not in REVIEWERS:
        return 0
    new = list(BreakGlass.objects.filter(owner_id=by.agency, seen_by_owner_at__isnull=True).order_by("opened_at"))
    for glass in new:
        if BreakGlass.objects.filter(pk=glass.pk, seen_by_owner_at__isnull=True).update(seen_by_owner_at=at):
            trail.record(Trail.GLASS_SEEN, by=by, at=at, on=glass.ref)
    return len(new)


@transaction.atomic
def review(*, glass: BreakGlass, verdict: str, why: str, by: Actor, at: datetime) -> None:
    """The look in need is judged, with the reason; an unjustified one that is still open ends."""
    demand_person(by)
    if by.role not in REVIEWERS or not _is_reviewed_by(by, glass):
        raise RoleMayNotAct(_("Yang menilai adalah pimpinan, koordinator atau pengawas dari instansi pemilik data."))
    _demand_reason(why)
    open_one = BreakGlass.objects.filter(pk=glass.pk, reviewed_at__isnull=True)
    verdict = BreakGlass.Verdict(verdict).value
    if not open_one.update(reviewed_at=at, reviewed_by=by.ref, verdict=verdict, verdict_why=why.strip()[:500]):
        raise AlreadyReviewed(_("Pembukaan darurat ini sudah dinilai oleh petugas lain. Muat ulang halamannya."))
    if verdict == BreakGlass.Verdict.UNJUSTIFIED:
        Grant.objects.filter(pk=glass.grant_id, valid_to__gt=at, valid_from__lt=at).update(valid_to=at)
    facts = {"verdict": verdict, "late": at >= glass.review_by}
    trail.record(Trail.GLASS_REVIEWED, by=by, at=at, on=glass.ref, why=why.strip(), facts=facts)
    _tell_reviewed(glass, verdict, at=at)


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many looks in need wait for a verdict, and for how many of them the 48 hours are over."""

    open: int
    overdue: int


def waiting_for(actor: Actor, *, at: datetime) -> Waiting:
    """Return what waits for this reviewer's verdict; for any other role nothing."""
    if actor.role not in REVIEWERS:
        return Waiting(0, 0)
    unjudged = BreakGlass.objects.filter(owner_id__in=_owners(actor), reviewed_at__isnull=True).order_by()
    found = unjudged.aggregate(open=Count("pk"), overdue=Count("pk", filter=Q(review_by__lte=at)))
    return Waiting(found["open"], found["overdue"])


def glass_in_view(actor: Actor) -> models.QuerySet[BreakGlass]:
    """Return the looks in need that the officer may know of: those at its agency's data if it judges them, and its own agency's."""
    own = Q(grant__agency_id=actor.agency) if actor.role in REVIEWERS else Q(officer=actor.ref)
    told = Q(owner_id__in=_owners(actor)) if actor.role in REVIEWERS else Q()
    shown = BreakGlass.objects.filter(own | told if told else own)
    return shown.select_related("grant__agency", "owner")


def open_glasses(row: ProtectedRow, actor: Actor, *, at: datetime) -> list[BreakGlass]:
    """Return the looks in need by which the record is open to the officer's agency now, the one that lasts longest first."""
    standing = BreakGlass.objects.filter(
        grant__record=row.pk, grant__category=category_of(type(row)), grant__agency=actor.agency,
        grant__valid_from__lte=at, grant__valid_to__gt=at,
    )  # fmt: skip
    return list(standing.select_related("grant").order_by("-grant__valid_to"))


def overdue_reviews(actor: Actor, *, at: datetime) -> models.QuerySet[BreakGlass]:
    """Return the looks in need in view whose verdict should have been given, the longest overdue first."""
    return glass_in_view(actor).filter(reviewed_at__isnull=True, review_by__lte=at).order_by("review_by")


def record_ref(glass: BreakGlass) -> str:
    """Return the reference of the record that was opened."""
    model = next(m for m, category in protected_models().items() if category == glass.grant.category)
    return f"{model._meta.model_name}:{glass.grant.record}"


def looks_made(glasses: Iterable[BreakGlass]) -> dict[UUID, int]:
    """Return how often each look in need was used: openings of the record with the grant as the reason."""
    by_reason = {f"granted because of {glass.ref}": glass.pk for glass in glasses}
    refs = {record_ref(glass) for glass in glasses}
    made = dict.fromkeys(by_reason.values(), 0)
    looks = TrailRow.objects.filter(event=Trail.RECORD_READ.value, subject__in=refs).order_by("id")
    for reasons in looks.values_list("reasons", flat=True):
        for reason in reasons:
            if reason in by_reason:
                made[by_reason[reason]] += 1
    return made


def officers_named(refs: Iterable[str]) -> dict[str, str]:
    """Return the names of officers by their references."""
    keys = {ref.partition(":")[2] for ref in refs if ref.startswith("officer:")}
    return {officer.ref: str(officer) for officer in Officer.objects.filter(pk__in=keys)}


def may_review(actor: Actor, glass: BreakGlass) -> bool:
    """Return whether this officer gives the verdict that is still missing."""
    return glass.reviewed_at is None and actor.role in REVIEWERS and _is_reviewed_by(actor, glass)


@transaction.atomic
def _open(row: ProtectedRow, category: str, reason: str, *, by: Actor, at: datetime) -> BreakGlass:
    key = new_id()
    glass = BreakGlass(
        pk=key, owner_id=row.owner_id, officer=by.ref, reason=reason[:500], opened_at=at, review_by=at + REVIEW_WITHIN
    )
    glass.grant = Grant.objects.create(
        category=category,
        record=row.pk,
        agency_id=by.agency,
        valid_from=at,
        valid_to=at + OPEN_FOR,
        cause=Grant.Cause.BREAK_GLASS,
        because=glass.ref,
    )
    glass.save(force_insert=True)
    trail.record(
        Trail.GLASS_BROKEN, by=by, at=at, on=row.ref, why=reason, reasons=(glass.ref,), facts={"owner": row.owner_id}
    )
    outbox.put(GLASS_BROKEN, ref=glass.ref, at=at, facts={"owner": row.owner_id, "by": by.agency, "record": row.ref})
    return glass


def _tell_reviewed(glass: BreakGlass, verdict: str, *, at: datetime) -> None:
    """Whoever broke the glass finds the verdict, in the language of the country; the message names no record and no reason."""
    officer = Officer.objects.filter(pk=glass.officer.partition(":")[2], is_active=True).first()
    if officer is None:
        return
    with translation.override("id"):
        subject = _("Pembukaan darurat Anda sudah dinilai: %(verdict)s") % {
            "verdict": BreakGlass.Verdict(verdict).label
        }
    put(
        to=officer, channels=[Channel.INAPP], topic=Trail.GLASS_REVIEWED.value, subject=subject, body="",
        link=reverse("glass_list"), about=glass.ref, key=f"{Trail.GLASS_REVIEWED.value}:{glass.pk}", handling="restricted", at=at,
    )  # fmt: skip


def _opens_in_need(row: ProtectedRow, by: Actor, decision: Decision) -> bool:
    """Return whether the record may be opened in need, or is open; an absent one is asked the same questions.

    An alert is handled as what it is about: of a protected event it opens to nobody either.
    """
    owners_state = Agency.objects.filter(pk=row.owner_id).values_list("country", flat=True).first()
    return decision.is_whole or (handling_of(row) in OPENED and owners_state == by.state)


def _demand_reason(reason: str) -> None:
    if len(reason.split()) < LEAST_WORDS:
        raise ReasonTooShort(
            ngettext(
                "Tuliskan alasannya dalam satu kalimat, sedikitnya %(least)d kata.",
                "Tuliskan alasannya dalam satu kalimat, sedikitnya %(least)d kata.",
                LEAST_WORDS,
            )
            % {"least": LEAST_WORDS}
        )


def _owners(actor: Actor) -> set[str]:
    return {actor.agency, *(agency for agency, _category in actor.supervises)}


def _is_reviewed_by(actor: Actor, glass: BreakGlass) -> bool:
    return glass.owner_id in _owners(actor) and glass.grant.agency_id != actor.agency
