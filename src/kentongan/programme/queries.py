"""Reads over partner villages and visits, through the gate; the papers' figures are in monthly.py."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from kentongan.agencies.models import Agency, Officer
from kentongan.agreements.access import role_table
from kentongan.agreements.facts import Actor
from kentongan.places.models import Place, PlaceAncestor

from .models import PartnerVillage, Visit
from .monthly import MonthlyReport, QuarterlyReport, in_period, monthly_report, monthly_reports, quarterly_report
from .rules import CATEGORY, STANDING, Month, Pace
from .standing import VillageStanding, paces_of, standing_of

__all__ = [
    "MonthlyReport", "OfficeStanding", "QuarterlyReport", "VillageStanding", "month_of_offices", "monthly_report",
    "office_staff", "offices_in_view", "pace_of", "partner_at", "partner_villages", "partners_standing",
    "quarterly_report", "round_of", "sees_whole", "standing_by_office", "standing_partner_of", "visits_at",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class OfficeStanding:
    """An office with its partner villages, for the region above it."""

    office: str
    name: str
    villages: tuple[VillageStanding, ...]

    @property
    def overdue(self) -> int:
        return sum(one.is_overdue for one in self.villages)

    @property
    def silent(self) -> int:
        return sum(one.is_silent for one in self.villages)


def partner_villages(
    actor: Actor, *, at: datetime, office: str = "", status: str = "", places: Sequence[int] | None = None
) -> QuerySet[Any]:
    """Return the partner villages that the actor sees, by the filters that are set, in the order of their codes."""
    found = PartnerVillage.objects.visible_to(actor, at=at)
    if office:
        found = found.filter(owner=office)
    if status:
        found = found.filter(status=status)
    if places is not None:
        found = found.filter(place__in=places)
    return found.select_related("place__parent__parent", "owner").order_by("place__code", "owner_id", "id")


def partners_standing(
    actor: Actor, *, at: datetime, office: str = "", status: str = "", on: date | None = None
) -> list[VillageStanding]:
    """Return the partner villages that the actor sees, each as it stands on the day, today if none is named."""
    found = list(partner_villages(actor, at=at, office=office, status=status))
    return standing_of(found, actor, on=on or timezone.localdate(at), at=at)


def standing_by_office(villages: Sequence[VillageStanding], actor: Actor) -> list[OfficeStanding]:
    """Return the villages by office, the actor's own first and the others by name."""
    offices = {one.village.owner_id: one.village.owner.name for one in villages}
    order = sorted(offices, key=lambda office: (office != actor.agency, offices[office]))
    return [
        OfficeStanding(office, offices[office], tuple(one for one in villages if one.village.owner_id == office))
        for office in order
    ]


def offices_in_view(actor: Actor, *, at: datetime) -> list[Agency]:
    """Return the offices of whose programme the actor sees something, the own first where it has one."""
    partners = PartnerVillage.objects.visible_to(actor, at=at).order_by().values_list("owner_id", flat=True)
    visits = Visit.objects.visible_to(actor, at=at).order_by().values_list("owner_id", flat=True)
    offices = Agency.objects.filter(pk__in={*partners.distinct(), *visits.distinct()})
    return sorted(offices, key=lambda one: (one.pk != actor.agency, one.name))


def sees_whole(office: str, actor: Actor) -> bool:
    """Return whether the actor sees the programme of the office whole: the own one, or one below. Only they print its report."""
    return office == actor.agency or (office, CATEGORY) in actor.supervises


def partner_at(place: Place, actor: Actor, *, at: datetime) -> Any | None:
    """Return the partnership of a place that the actor sees: the own before others', a standing one before one that ended."""
    found = list(partner_villages(actor, at=at, places=[place.pk]))
    found.sort(key=lambda one: one.partner_to or date.max, reverse=True)
    found.sort(key=lambda one: (one.owner_id != actor.agency, one.status not in STANDING))
    return found[0] if found else None


def standing_partner_of(place: Place, office: str) -> PartnerVillage | None:
    """Return the standing partnership of the office that the place is or lies in, the nearest."""
    above = list(PlaceAncestor.objects.filter(descendant=place).order_by("depth").values_list("ancestor_id", flat=True))
    rows = {
        one.place_id: one
        for one in PartnerVillage.objects.filter(owner=office, place__in=above, status__in=STANDING)
    }  # fmt: skip
    return next((rows[key] for key in above if key in rows), None)


def visits_at(place: Place, actor: Actor, *, at: datetime) -> QuerySet[Any]:
    """Return the visits to the place and to what lies in it that the actor sees, the latest first."""
    there = PlaceAncestor.objects.filter(ancestor=place).values("descendant")
    found = Visit.objects.visible_to(actor, at=at).filter(place__in=there)
    return found.select_related("place", "owner", "officer").order_by("-done_on", "-planned_on", "-id")


def round_of(officer: Officer, month: Month, actor: Actor, *, at: datetime) -> list[Any]:
    """Return the officer's visits planned for or done in the month, by day."""
    own = Visit.objects.visible_to(actor, at=at).filter(officer=officer, owner=actor.agency)
    near = own.filter(in_period(month.first, month.after)).select_related("place__parent")
    rows = [one for one in near if month.holds(one.done_on or one.planned_on)]
    return sorted(rows, key=lambda one: (one.done_on or one.planned_on, str(one.pk)))


def month_of_offices(month: Month, actor: Actor, *, at: datetime) -> list[MonthlyReport]:
    """Return the month of every office in view, the own first."""
    return monthly_reports([office.pk for office in offices_in_view(actor, at=at)], month, actor, at)


def pace_of(office: str) -> Pace:
    """Return how often the office wants its partner villages visited and heard."""
    return paces_of({office})[office]


def office_staff(office: str) -> QuerySet[Officer]:
    """Return the officers who serve in the office now in a role that acts in the programme."""
    roles = [role for role, table in role_table().items() if table.get(CATEGORY, (False, False))[1]]
    serving = Officer.objects.filter(
        is_active=True, postings__agency=office, postings__ended_at__isnull=True, postings__role__in=roles
    )
    return serving.distinct().order_by("full_name", "username")
