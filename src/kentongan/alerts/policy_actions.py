"""Deeds on policy: an agency's own figures for the ladder, and its office hours. Dated, with a reason, by an administrator."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from kentongan.agencies.actions import demand_administration
from kentongan.agencies.models import Agency
from kentongan.agencies.rules import Administering
from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.kit.errors import KentonganError

from .calendars import Hours
from .ladder_rules import CHANNELS, CLASSES, Change, LadderFaulty, shipped_ladders, with_changes
from .models import LadderChange, OfficeHours
from .steps import changes_in_force


class ReasonMissing(KentonganError):
    """A change of policy says why."""

    code = "alerts.policy_reason_missing"


@transaction.atomic
def change_step(
    *, agency: Agency, alert_class: str, change: Change, why: str, by: Administering, at: datetime
) -> LadderChange:
    """Alerts to the agency that are raised from now on climb with these figures in that step; earlier ladders stay."""
    demand_administration(by, agency.pk, at=at)
    _demand_reason(why)
    if alert_class not in CLASSES or change.number not in {step.number for step in shipped_ladders()[alert_class]}:
        raise LadderFaulty(_("Langkah itu tidak ada di tangga."))
    if not set(change.channels) <= set(CHANNELS):
        raise LadderFaulty(_("Saluran itu tidak dikenal."))
    beside = [row for row in changes_in_force(agency.pk, alert_class, at=at) if row.number != change.number]
    _demand_ladder(alert_class, [*beside, change])
    _end(agency, alert_class, change.number, at=at)
    row = LadderChange.objects.create(
        agency=agency, alert_class=alert_class, number=change.number, after_minutes=change.after_minutes,
        channels=list(change.channels), valid_from=at, why=why.strip()[:300], by=by.ref,
    )  # fmt: skip
    facts = {
        "class": alert_class, "number": change.number, "minutes": change.after_minutes, "channels": list(change.channels),
    }  # fmt: skip
    trail.record(Trail.LADDER_CHANGED, by=by, at=at, on=agency.ref, why=why.strip(), facts=facts)
    return row


@transaction.atomic
def end_change(*, agency: Agency, alert_class: str, number: int, why: str, by: Administering, at: datetime) -> None:
    """The shipped figures hold again in that step, for alerts that are raised from now on."""
    demand_administration(by, agency.pk, at=at)
    _demand_reason(why)
    beside = [row for row in changes_in_force(agency.pk, alert_class, at=at) if row.number != number]
    _demand_ladder(alert_class, beside)
    if _end(agency, alert_class, number, at=at):
        facts = {"class": alert_class, "number": number, "minutes": None}
        trail.record(Trail.LADDER_CHANGED, by=by, at=at, on=agency.ref, why=why.strip(), facts=facts)


@transaction.atomic
def set_hours(*, agency: Agency, hours: Iterable[Hours], why: str, by: Administering, at: datetime) -> None:
    """The agency is open at these hours from now on; without any, at those of its country."""
    demand_administration(by, agency.pk, at=at)
    _demand_reason(why)
    OfficeHours.objects.filter(agency=agency, valid_to__isnull=True).update(valid_to=at)
    rows = OfficeHours.objects.bulk_create(
        OfficeHours(agency=agency, weekday=row.weekday, opens=row.opens, closes=row.closes, valid_from=at, by=by.ref)
        for row in dict.fromkeys(hours)
    )
    facts = {"hours": [[row.weekday, f"{row.opens:%H:%M}", f"{row.closes:%H:%M}"] for row in rows]}
    trail.record(Trail.OFFICE_HOURS_SET, by=by, at=at, on=agency.ref, why=why.strip(), facts=facts)


def _demand_ladder(alert_class: str, changes: Iterable[Change]) -> None:
    """Raise LadderFaulty, in the language of the page, unless the shipped steps with these figures make a ladder."""
    try:
        with_changes(shipped_ladders()[alert_class], changes)
    except LadderFaulty as fault:
        raise LadderFaulty(_(fault.message)) from None


def _end(agency: Agency, alert_class: str, number: int, *, at: datetime) -> int:
    standing = LadderChange.objects.filter(agency=agency, alert_class=alert_class, number=number, valid_to__isnull=True)
    return standing.update(valid_to=at)


def _demand_reason(why: str) -> None:
    if not why.strip():
        raise ReasonMissing(_("Tuliskan mengapa angkanya diubah; alasannya ikut tercatat."))
