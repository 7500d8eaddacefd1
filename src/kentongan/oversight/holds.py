"""Deeds on legal holds: placed by a leader, looked at again by a named reviewer, lifted with a reason.

A hold whose review is overdue still holds: forgetting a date must not destroy evidence. It is shown as overdue instead.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import transaction
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kentongan.agencies.models import Agency, Officer
from kentongan.agreements.access import RoleMayNotAct, category_of, demand_person, not_visible, protected_models
from kentongan.agreements.facts import Actor
from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.kit.errors import KentonganError
from kentongan.messages.actions import put
from kentongan.messages.rules import Channel

from .matters import one_matter
from .models import HeldRecord, HoldReview, LegalHold
from .rules import HOLDS, OVERSEER, SEES_RETENTION

REVIEWERS = HOLDS | {OVERSEER}
"""Roles that may be named as the reviewer of a hold."""

PLACED = gettext_lazy("Anda ditunjuk meninjau sebuah penahanan catatan, paling lambat %(day)s")
REVIEWED = gettext_lazy("Penahanan catatan yang Anda pasang sudah ditinjau; ditinjau lagi paling lambat %(day)s")


class HoldRefused(KentonganError):
    """The hold cannot be placed, reviewed or lifted like this."""

    code = "oversight.hold_refused"


def holds_in_view(actor: Actor) -> QuerySet[LegalHold]:
    """Return the holds on the own agency's records, the ones to be reviewed first on top."""
    if actor.role not in SEES_RETENTION:
        return LegalHold.objects.none()
    return (
        LegalHold.objects.filter(owner=actor.agency).select_related("reviewer").prefetch_related("records", "reviews")
    )


def possible_reviewers(actor: Actor) -> QuerySet[Officer]:
    """Return the other officers on duty in the agency who may review a hold that this one places."""
    serving = {"postings__agency": actor.agency, "postings__ended_at": None, "postings__role__in": sorted(REVIEWERS)}
    others = Officer.objects.filter(is_active=True, **serving).exclude(pk=actor.ref.removeprefix("officer:"))
    return others.order_by("full_name", "username")


@transaction.atomic
def place(
    *,
    records: Iterable[str] = (),
    category: str = "",
    why: str,
    legal_basis: str,
    reviewer: Officer,
    review_on: date,
    by: Actor,
    at: datetime,
) -> LegalHold:
    """The records, or all of a category, are kept whatever retention says, until the hold is lifted.

    A held event keeps the events that it was merged with, and the reports and readings that stand behind them.
    """
    demand_leader(by)
    refs = sorted({ref.strip() for ref in records if ref.strip()})
    if bool(refs) == bool(category):
        raise HoldRefused(_("Sebut catatannya satu per satu, atau satu jenis data seluruhnya; bukan keduanya."))
    if category and category not in protected_models().values():
        raise HoldRefused(_("Jenis data %(category)s tidak dikenal.") % {"category": category})
    if not why.strip() or not legal_basis.strip():
        raise HoldRefused(_("Tulis alasan dan dasar hukum penahanan ini."))
    _demand_reviewer(reviewer, by)
    _demand_later(review_on, at)
    Agency.objects.select_for_update(no_key=True).get(pk=by.agency)  # what erases meanwhile waits, or came first
    hold = LegalHold.objects.create(
        owner_id=by.agency,
        category=category,
        why=why,
        legal_basis=legal_basis,
        placed_by=by.ref,
        placed_at=at,
        reviewer=reviewer,
        review_on=review_on,
    )
    kept = _with_what_stands_behind([_own_record(ref, by) for ref in refs])
    HeldRecord.objects.bulk_create(HeldRecord(hold=hold, category=of, record=key) for of, key in sorted(kept))
    facts = {"category": category, "records": len(kept), "reviewer": reviewer.ref, "review_on": review_on.isoformat()}
    trail.record(Trail.HOLD_PLACED, by=by, at=at, on=hold.ref, why=why, facts=facts)
    _tell(reviewer, Trail.HOLD_PLACED, PLACED, hold, at=at)
    return hold


@transaction.atomic
def review(*, hold: LegalHold, version: int, why: str, review_on: date, by: Actor, at: datetime) -> None:
    """The named reviewer has looked at the hold: it is still needed, and the next review has its day."""
    demand_person(by)
    if by.ref != hold.reviewer.ref:
        raise RoleMayNotAct(_("Penahanan ini ditinjau oleh petugas yang ditunjuk sebagai peninjaunya."))
    if not why.strip():
        raise HoldRefused(_("Tulis mengapa penahanan ini masih diperlukan."))
    _demand_later(review_on, at)
    _change(hold, version, review_on=review_on)
    HoldReview.objects.create(hold=hold, at=at, by=by.ref, why=why, review_on=review_on)
    facts = {"review_on": review_on.isoformat()}
    trail.record(Trail.HOLD_REVIEWED, by=by, at=at, on=hold.ref, why=why, facts=facts)
    placer = Officer.objects.filter(pk=hold.placed_by.partition(":")[2], is_active=True).first()
    if placer is not None:
        _tell(placer, Trail.HOLD_REVIEWED, REVIEWED, hold, at=at)


@transaction.atomic
def lift(*, hold: LegalHold, version: int, why: str, by: Actor, at: datetime) -> None:
    """The hold keeps nothing any more; what is due goes with the next night's run."""
    demand_leader(by)
    if hold.owner_id != by.agency:
        raise not_visible()
    if not why.strip():
        raise HoldRefused(_("Tulis mengapa penahanan ini berakhir."))
    _change(hold, version, lifted_at=at, lifted_by=by.ref, lifted_why=why)
    trail.record(Trail.HOLD_LIFTED, by=by, at=at, on=hold.ref, why=why)


def demand_leader(by: Actor) -> None:
    """Raise RoleMayNotAct unless the officer may hold records and let them go."""
    demand_person(by)
    if by.role not in HOLDS:
        raise RoleMayNotAct(_("Penahanan dipasang dan diakhiri oleh pimpinan. Mintalah kepada pimpinan instansi Anda."))


def _demand_reviewer(reviewer: Officer, by: Actor) -> None:
    if not possible_reviewers(by).filter(pk=reviewer.pk).exists():
        raise HoldRefused(_("Peninjau adalah pimpinan atau pengawas lain yang bertugas di instansi Anda."))


def _demand_later(review_on: date, at: datetime) -> None:
    if review_on <= timezone.localdate(at):
        raise HoldRefused(_("Hari peninjauan harus sesudah hari ini."))


def _change(hold: LegalHold, version: int, **changed: Any) -> None:
    standing = LegalHold.objects.filter(pk=hold.pk, lifted_at__isnull=True, version=version)
    if not standing.update(version=F("version") + 1, **changed):
        raise HoldRefused(
            _("Penahanan ini sudah diubah oleh petugas lain, atau sudah berakhir. Lihat keadaannya sekarang.")
        )
    hold.refresh_from_db()


def _tell(officer: Officer, event: Trail, said: Promise, hold: LegalHold, *, at: datetime) -> None:
    """Put the message in the language of the country; it names the day of the next look, no record and no reason."""
    with translation.override("id"):
        subject = str(said) % {"day": date_format(hold.review_on, "j M Y")}
    put(
        to=officer, channels=[Channel.INAPP], topic=event.value, subject=subject, body="", link=reverse("retention"),
        about=hold.ref, key=f"{event.value}:{hold.pk}:{hold.version}", handling="restricted", at=at,
    )  # fmt: skip


def _own_record(ref: str, by: Actor) -> tuple[str, UUID]:
    """Return category and key of a record of the own agency; what is absent and what is another's are refused alike."""
    kind, _colon, key = ref.partition(":")
    for model in protected_models():
        if kind == model._meta.model_name:
            try:
                found = model._default_manager.filter(pk=UUID(key), owner=by.agency).exists()
            except ValueError:
                break
            if found:
                return category_of(model), UUID(key)
    raise HoldRefused(_("%(ref)s bukan catatan instansi Anda. Periksa rujukannya.") % {"ref": ref})


def _with_what_stands_behind(kept: list[tuple[str, UUID]]) -> set[tuple[str, UUID]]:
    events = one_matter(key for category, key in kept if category == "events")
    reports = [key for category, key in kept if category == "reports"]
    reports += (
        apps.get_model("events", "EventReport").objects.filter(event__in=events).values_list("report_id", flat=True)
    )
    readings = apps.get_model("events", "ReadingRow").objects.filter(report__in=reports).values_list("pk", flat=True)
    behind = {"events": events, "reports": reports, "readings": readings}
    return {*kept, *((category, key) for category, keys in behind.items() for key in keys)}
