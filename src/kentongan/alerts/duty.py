"""Who is there: an agency's hours, its duty roster, whom a step of the ladder tells. Reads only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils import timezone

from kentongan.agencies.models import Agency, Officer, Posting
from kentongan.agencies.queries import ancestors_on
from kentongan.agreements.access import role_table
from kentongan.kit.periods import civil_day

from . import calendars, ladder_rules
from .ladder_rules import ADDRESSEE_DUTY, ADDRESSEE_PARENT, NOBODY_THERE, OWNER_DUTY, Staff
from .models import Alert, DutyShift, OfficeHours

LEADER_ROLE = "leader"


@dataclass(frozen=True, slots=True)
class Hearer:
    """An officer who is told, for which agency and why; without an officer, an agency in which nobody was there."""

    officer: Officer | None
    agency: Agency
    why: str
    for_whom: str  # the audience of the step

    @property
    def ref(self) -> str:
        """The officer's reference, blank for nobody."""
        return self.officer.ref if self.officer else ""


def zone_of(agency: Agency) -> ZoneInfo:
    """Return the zone in which the agency keeps its hours: that of its seat, or the installation's where none is known."""
    own = timezone.get_default_timezone()
    otherwise = own if isinstance(own, ZoneInfo) else ZoneInfo("Asia/Makassar")
    return calendars.zone_at(agency.country, agency.seat.code if agency.seat else "", otherwise=otherwise)


def hours_of(agency: Agency, *, at: datetime) -> tuple[calendars.Hours, ...]:
    """Return the agency's hours that hold at the instant: its own, or its country's."""
    rows = OfficeHours.objects.filter(_holds(at), agency=agency)
    own = tuple(calendars.Hours(row.weekday, row.opens, row.closes) for row in rows)
    return own or calendars.hours_of_country(agency.country)


def is_open(agency: Agency, *, at: datetime) -> bool:
    """Tell whether the agency is open at the instant: within its hours, and on no holiday of its country."""
    closed: Iterable[date] = calendars.holidays_of(agency.country)
    return calendars.is_open(hours_of(agency, at=at), closed, zone=zone_of(agency), at=at)


def shifts_at(agency: Agency | str, *, at: datetime) -> QuerySet[DutyShift]:
    """Return the shifts that run at the instant: planned ones, and handed over ones until their hand-over."""
    key = agency if isinstance(agency, str) else agency.pk
    runs = Q(state=DutyShift.State.PLANNED) | Q(state=DutyShift.State.HANDED_OVER, handed_over_at__gt=at)
    return DutyShift.objects.filter(runs, agency_id=key, starts_at__lte=at, ends_at__gt=at)


def staff_of(agency: Agency, *, at: datetime) -> tuple[Staff, dict[str, Officer]]:
    """Return whom the agency has at the instant, and the officers by their keys. Who left is not on duty any more."""
    serving = (
        Posting.objects.filter(agency=agency, ended_at__isnull=True, started_at__lte=at, officer__is_active=True)
        .select_related("officer")
        .order_by("officer__username")
    )
    roles = {str(posting.officer_id): posting.role for posting in serving}
    officers = {str(posting.officer_id): posting.officer for posting in serving}
    planned = [str(key) for key in shifts_at(agency, at=at).order_by("starts_at").values_list("officer_id", flat=True)]
    return Staff(
        on_duty=tuple(dict.fromkeys(key for key in planned if key in roles)),
        acting=tuple(key for key, role in roles.items() if _acts(role)),
        leaders=tuple(key for key, role in roles.items() if role == LEADER_ROLE),
    ), officers


def hearers(alert: Alert, whom: Iterable[str], *, at: datetime) -> list[Hearer]:
    """Return who is told by a step for these audiences, each officer once.

    Where an audience of the addressed side is nobody, the sender's desk is told at once instead of waiting for its turn.
    """
    found: list[Hearer] = []
    for audience in whom:
        told = _of_audience(alert, audience, at=at)
        found += told
        if all(one.officer is None for one in told) and not audience.startswith("owner"):
            found += _of_audience(alert, OWNER_DUTY, at=at)
    return list({(one.ref, one.agency.pk): one for one in reversed(found)}.values())[::-1]


def parent_of(agency: Agency, *, at: datetime) -> Agency | None:
    """Return the nearest agency above it on that day that can be told of an alert."""
    above = ancestors_on(agency.pk, civil_day(at))
    there = Agency.objects.in_bulk(above)
    return next((there[key] for key in above if there[key].is_active and not there[key].is_forum), None)


def _of_audience(alert: Alert, audience: str, *, at: datetime) -> list[Hearer]:
    agency: Agency | None = alert.addressee if audience.startswith("addressee") else alert.owner
    if audience == ADDRESSEE_PARENT:
        agency = parent_of(alert.addressee, at=at)
    if agency is None:
        return [Hearer(None, alert.addressee, NOBODY_THERE, audience)]
    staff, officers = staff_of(agency, at=at)
    if audience in (ADDRESSEE_DUTY, ADDRESSEE_PARENT, OWNER_DUTY):
        keys, why = ladder_rules.hearers(staff, is_open=is_open(agency, at=at))
    else:
        keys, why = ladder_rules.leaders_or_all(staff)
    if not keys:
        return [Hearer(None, agency, why, audience)]
    return [Hearer(officers[key], agency, why, audience) for key in keys]


def _acts(role: str) -> bool:
    return role_table().get(role, {}).get("alerts", (False, False))[1]


def _holds(at: datetime) -> Q:
    return Q(valid_from__lte=at) & (Q(valid_to__isnull=True) | Q(valid_to__gt=at))
