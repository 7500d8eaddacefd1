"""Partner villages of the office in Atambua with the visits of half a year: one visit is late, one village is silent, two are planned."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction

from kentongan.agencies.models import Officer
from kentongan.agencies.queries import place_by_code
from kentongan.agreements.access import actor_for
from kentongan.agreements.facts import Actor
from kentongan.audit import outbox
from kentongan.events import tasks as events_tasks
from kentongan.kit.periods import WITA, start_of_day
from kentongan.kit.shipped_tables import TableLine, table_entries
from kentongan.places.models import Place
from kentongan.programme import actions
from kentongan.programme.actions import Designation, VisitDone
from kentongan.programme.models import Visit
from kentongan.programme.queries import standing_partner_of

OFFICE, VISITING = "kanim-atambua", "analis.atambua"
SIMULATED = "SIMULASI"
NIL_SPAN = timedelta(days=13)
PLANNED_BEFORE = timedelta(days=7)
PLANNED_NEXT = {"53.04.02.2001": 10, "53.04.02.2002": 12}
"""Visits to come, so many days after the end of the simulation."""

TOPICS = (("reporting", "trafficking"), ("safe_migration", "passport"), ("foreigners", "crossing"), ("reporting",))
HEADS = (14, 37, 22, 18)


@dataclass(frozen=True, slots=True)
class Visited:
    """A partner village of the simulation and how many days before its end it was designated and visited."""

    place: str
    since_ago: int | None  # None: the register knows it from public facts
    visits_ago: tuple[int, ...]
    kinds: tuple[str, ...]
    is_nil: bool


def visited_villages() -> tuple[Visited, ...]:
    """Return the villages that the simulated officer visits."""
    return table_entries("kentongan.demonstration", "data/visits.csv", _visited)


@transaction.atomic
def visit_partners(ends: date, *, at: datetime) -> int:
    """The villages are partners, were visited and will be; return how many visits that made. A second start adds nothing."""
    if Visit.objects.filter(owner=OFFICE, is_simulated=True).exists():
        return 0
    officer = Officer.objects.get(username=VISITING)
    made = 0
    for row in visited_villages():
        place = place_by_code(row.place)
        if place is not None:
            _designate(row, place, officer, ends)
            made += _visit(row, place, officer, ends)
            made += _plan_next(row, place, officer, ends, at)
    outbox.drain(events_tasks.CONSUMERS, worker="demonstration", clock=lambda: at)
    return made


def _visited(line: TableLine) -> Visited:
    since = line.text("since_ago")
    return Visited(
        line.required("place"),
        int(since) if since else None,
        tuple(int(ago) for ago in line.parts("visits_ago")),
        line.parts("kinds"),
        line.one_of("nil", frozenset({"yes", "no"})) == "yes",
    )


def _designate(row: Visited, place: Place, officer: Officer, ends: date) -> None:
    if row.since_ago is not None:
        day = ends - timedelta(days=row.since_ago)
        told = Designation(decree_number=f"{SIMULATED}/{place.code}", decree_on=day, partner_from=day)
        by, at = _acting(officer, day)
        actions.designate(place=place, designation=told, by=by, at=at, is_simulated=True)
    village = standing_partner_of(place, OFFICE)
    if village is not None:
        first = ends - timedelta(days=max(row.visits_ago)) - PLANNED_BEFORE
        by, at = _acting(officer, first)
        actions.assign_officer(village=village, officer=officer, served_from=first, by=by, at=at)


def _visit(row: Visited, place: Place, officer: Officer, ends: date) -> int:
    for n, (ago, kind) in enumerate(zip(row.visits_ago, row.kinds, strict=True)):
        day = ends - timedelta(days=ago)
        by, planned_at = _acting(officer, day - PLANNED_BEFORE)
        visit = actions.plan_visit(
            place=place, planned_on=day, kind=kind, officer=officer, key=_key(place, day, "rencana"), why=SIMULATED, by=by,
            at=planned_at, is_simulated=True,
        )  # fmt: skip
        by, done_at = _acting(officer, day)
        done = VisitDone(
            done_on=day, topics=TOPICS[n % len(TOPICS)], met={"village_head": 1, "hamlet_head": 2 + n}, heads=HEADS[n % len(HEADS)],
            notes=SIMULATED, is_nil=row.is_nil, nil_from=day - NIL_SPAN if row.is_nil else None,
        )  # fmt: skip
        actions.record_visit(
            visit=visit, version=visit.version, done=done, key=_key(place, day, "catat"), by=by, at=done_at
        )
    return len(row.visits_ago)


def _plan_next(row: Visited, place: Place, officer: Officer, ends: date, at: datetime) -> int:
    if (after := PLANNED_NEXT.get(row.place)) is None:
        return 0
    day = ends + timedelta(days=after)
    by = actor_for(officer, purpose="prevention", at=at)
    actions.plan_visit(
        place=place, planned_on=day, kind=Visit.Kind.VISIT, officer=officer, key=_key(place, day, "rencana"), why=SIMULATED,
        by=by, at=at, is_simulated=True,
    )  # fmt: skip
    return 1


def _acting(officer: Officer, day: date) -> tuple[Actor, datetime]:
    """Return the officer acting in the morning of the day, and that instant."""
    at = start_of_day(day, WITA) + timedelta(hours=10)
    return actor_for(officer, purpose="prevention", at=at), at


def _key(place: Place, day: date, what: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"kentongan:{what}:{place.code}:{day}")
