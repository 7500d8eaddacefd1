"""What an office did in its partner villages in a month or a quarter, for the page and for the papers."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from kentongan.agencies.models import Agency
from kentongan.agreements.facts import Actor
from kentongan.alerts.models import Alert
from kentongan.events.models import Event
from kentongan.intake.models import Report

from .models import NEVER_PARTNER, PartnerVillage, Visit
from .rules import SUSPENDED, Month, is_partner_on, months_of_quarter
from .standing import VillageStanding, standing_of, start_of, villages_by_place
from .vocabulary import FUNCTIONS, TOPICS, labels, terms

Inside = Mapping[int, Sequence[UUID]]
"""For each place the partner villages that it is or lies in."""

OfficesAt = Mapping[int, Collection[str]]
"""For each such place the offices whose they are."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How often a topic or function came up, and of a function how many people."""

    code: str
    label: str
    visits: int
    heads: int | None = None


@dataclass(frozen=True, slots=True)
class VisitLine:
    """A visit of the period as a paper shows it."""

    visit: Any
    topics: tuple[str, ...]
    met: tuple[tuple[str, int], ...]  # function, heads


@dataclass(frozen=True, slots=True)
class VillageLine:
    """A partner village in the period."""

    standing: VillageStanding
    planned: int  # planned for the period and not cancelled: done or still open
    done: int
    cancelled: int
    nil: int
    heads: int
    reports: int | None  # null: the reader's role reads no reports
    nil_reports: int | None
    events: int | None


@dataclass(frozen=True, slots=True)
class MonthlyReport:
    """What one office did and heard in a period (`after` excluded); late and silent as of its last day, or of today before that."""

    office: str
    office_name: str
    first: date
    after: date
    as_of: date
    made_at: datetime
    partners: int
    began: int
    ended: int
    suspended: int
    planned: int
    done: int
    cancelled: int
    nil: int
    by_kind: tuple[tuple[str, str, int], ...]  # code, label, done
    heads: int
    uncounted: int  # done, and nobody counted who attended
    topics: tuple[Tally, ...]
    met: tuple[Tally, ...]
    reports: int | None
    nil_reports: int | None
    events: int | None
    alerts: int | None
    alerts_closed: int | None
    alerts_true: int | None
    lines: tuple[VillageLine, ...]
    visits: tuple[VisitLine, ...]  # done, by day
    open_visits: tuple[VisitLine, ...]  # planned and not done yet

    @property
    def overdue(self) -> tuple[VillageStanding, ...]:
        return tuple(line.standing for line in self.lines if line.standing.is_overdue) if self.has_begun else ()

    @property
    def silent(self) -> tuple[VillageStanding, ...]:
        return tuple(line.standing for line in self.lines if line.standing.is_silent) if self.has_begun else ()

    @property
    def month(self) -> Month:
        return Month(self.first)

    @property
    def has_begun(self) -> bool:
        """Whether there is anything to tell of it yet but what is planned."""
        return self.first <= self.as_of


@dataclass(frozen=True, slots=True)
class QuarterlyReport:
    """A quarter: its months one by one, and the whole."""

    year: int
    quarter: int
    whole: MonthlyReport
    months: tuple[MonthlyReport, ...]


def monthly_report(office: str, month: Month, actor: Actor, at: datetime) -> MonthlyReport:
    """Return the month of an office as far as the actor may see it; of an office in nobody's view an empty one."""
    return monthly_reports([office], month, actor, at)[0]


def monthly_reports(offices: Sequence[str], month: Month, actor: Actor, at: datetime) -> list[MonthlyReport]:
    """Return the month of each office, in the order given; a fixed number of queries."""
    return _reports(offices, month.first, month.after, actor, at)


def quarterly_report(office: str, year: int, quarter: int, actor: Actor, at: datetime) -> QuarterlyReport:
    """Return the quarter (1 to 4) of an office as far as the actor may see it."""
    months = months_of_quarter(year, quarter)
    (whole,) = _reports([office], months[0].first, months[2].after, actor, at)
    return QuarterlyReport(year, quarter, whole, tuple(monthly_report(office, one, actor, at) for one in months))


def _reports(offices: Sequence[str], first: date, after: date, actor: Actor, at: datetime) -> list[MonthlyReport]:
    period = _Period(first, after, min(after - timedelta(days=1), timezone.localdate(at)))
    villages = (
        PartnerVillage.objects.visible_to(actor, at=at)
        .filter(owner__in=offices)
        .exclude(NEVER_PARTNER)
        .select_related("place__parent__parent", "owner")
    )
    held = sorted((one for one in villages if _holds_in(one, first, after)), key=_by_code)
    visits = _visits(offices, first, after, actor, at)
    inside = villages_by_place(held)
    owners = {one.pk: one.owner_id for one in held}
    offices_at = {place: {owners[key] for key in keys} for place, keys in inside.items()}
    heard = _Heard.of(inside, offices_at, first, after, actor, at)
    alerts = _Alerts.of(offices_at, first, after, actor, at)
    standing = standing_of(held, actor, on=period.as_of, at=at)
    names = dict(Agency.objects.filter(pk__in=offices).values_list("pk", "name"))
    return [
        _report(
            office,
            names.get(office, office),
            period,
            [one for one in standing if one.village.owner_id == office],
            [one for one in visits if one.owner_id == office],
            heard,
            alerts,
            at,
        )
        for office in offices
    ]


@dataclass(frozen=True, slots=True)
class _Period:
    """A period (`after` excluded), and the day as of which it is judged."""

    first: date
    after: date
    as_of: date

    def holds(self, day: date | None) -> bool:
        return day is not None and self.first <= day < self.after


def _report(
    office: str,
    name: str,
    period: _Period,
    standing: Sequence[VillageStanding],
    visits: Sequence[Any],
    heard: "_Heard",
    alerts: "_Alerts",
    at: datetime,
) -> MonthlyReport:
    villages = [one.village for one in standing]
    done = [one for one in visits if one.state == Visit.State.DONE and period.holds(one.done_on)]
    kinds = Counter(one.kind for one in done)
    return MonthlyReport(
        office=office,
        office_name=name,
        first=period.first,
        after=period.after,
        as_of=period.as_of,
        made_at=at,
        partners=sum(is_partner_on(one.partner_from, one.partner_to, period.as_of) for one in villages),
        began=sum(period.holds(one.partner_from) for one in villages),
        ended=sum(period.holds(one.partner_to) for one in villages),
        suspended=sum(one.status == SUSPENDED for one in standing),
        planned=sum(_is_planned_in(one, period) for one in visits),
        done=len(done),
        cancelled=sum(_is_cancelled_in(one, period) for one in visits),
        nil=sum(one.is_nil for one in done),
        by_kind=tuple((code, str(label), kinds[code]) for code, label in Visit.Kind.choices),
        heads=sum(one.heads or 0 for one in done),
        uncounted=sum(one.heads is None for one in done),
        topics=_topics(done),
        met=_met(done),
        reports=heard.once["reports", office] if heard.sees_reports else None,
        nil_reports=heard.once["nil", office] if heard.sees_reports else None,
        events=heard.once["events", office] if heard.sees_events else None,
        alerts=alerts.raised[office] if alerts.are_seen else None,
        alerts_closed=alerts.closed[office] if alerts.are_seen else None,
        alerts_true=alerts.true[office] if alerts.are_seen else None,
        lines=tuple(_line(one, period, visits, done, heard) for one in standing),
        visits=tuple(visit_line(one) for one in sorted(done, key=lambda one: (one.done_on, str(one.pk)))),
        open_visits=tuple(visit_line(one) for one in visits if one.state == Visit.State.PLANNED),
    )


def visit_line(visit: Any) -> VisitLine:
    """Return the visit with its codes in words."""
    names = labels(FUNCTIONS, [code for code, _heads in visit.met])
    numbers = [heads for _code, heads in visit.met]
    return VisitLine(visit, tuple(labels(TOPICS, visit.topics)), tuple(zip(names, numbers, strict=True)))


def _holds_in(village: Any, first: date, after: date) -> bool:
    began, to = village.partner_from, village.partner_to
    return (began is None or began < after) and (to is None or first <= to)


def _by_code(village: Any) -> tuple[str, str, str]:
    """The usual order, by the place as it is released: the gate gives none to a list where a field may be hidden."""
    return village.place.code if village.place else "~", village.owner_id, str(village.pk)


def in_period(first: date, after: date) -> Q:
    """Return the filter for visits that are planned for the period (`after` excluded) or done in it."""
    return Q(planned_on__gte=first, planned_on__lt=after) | Q(done_on__gte=first, done_on__lt=after)


def _visits(offices: Sequence[str], first: date, after: date, actor: Actor, at: datetime) -> list[Any]:
    own = Visit.objects.visible_to(actor, at=at).filter(in_period(first, after), owner__in=offices)
    return list(own.select_related("place__parent", "officer", "owner").order_by("planned_on", "id"))


def _is_planned_in(visit: Any, period: _Period) -> bool:
    return period.holds(visit.planned_on) and visit.state != Visit.State.CANCELLED


def _is_cancelled_in(visit: Any, period: _Period) -> bool:
    return period.holds(visit.planned_on) and visit.state == Visit.State.CANCELLED


@dataclass(frozen=True, slots=True)
class _Heard:
    """How many reports, nil reports and events of each partner village came in the period; each through its own gate.

    `once` holds them by what they are and by office, each once though it lie in two partner areas of the office.
    """

    reports: Counter[UUID]
    nil: Counter[UUID]
    events: Counter[UUID]
    sees_reports: bool
    sees_events: bool
    once: Counter[tuple[str, str]]

    @classmethod
    def of(cls, inside: Inside, offices: OfficesAt, first: date, after: date, actor: Actor, at: datetime) -> "_Heard":
        since, until = start_of(first), start_of(after)
        counts: dict[str, Counter[UUID]] = {"reports": Counter(), "nil": Counter(), "events": Counter()}
        once: Counter[tuple[str, str]] = Counter()

        def count(what: str, place: int) -> None:
            counts[what].update(inside[place])
            once.update((what, office) for office in offices[place])

        if "reports" in actor.reads:
            rows = Report.objects.visible_to(actor, at=at).filter(
                place__in=list(inside), received_at__gte=since, received_at__lt=until
            )
            for place, is_nil in rows.order_by().values_list("place_id", "is_nil"):
                count("nil" if is_nil else "reports", place)
        if "events" in actor.reads:
            there = Event.objects.visible_to(actor, at=at).filter(
                place__in=list(inside), known_at__gte=since, known_at__lt=until,
                state__in=(Event.State.PROPOSED, Event.State.CONFIRMED),
            )  # fmt: skip
            for place in there.order_by().values_list("place_id", flat=True):
                count("events", place)
        return cls(**counts, sees_reports="reports" in actor.reads, sees_events="events" in actor.reads, once=once)


def _line(
    standing: VillageStanding, period: _Period, visits: Sequence[Any], done: Sequence[Any], heard: _Heard
) -> VillageLine:
    key = standing.village.pk
    here = [one for one in visits if one.village_id == key]
    done_here = [one for one in done if one.village_id == key]
    return VillageLine(
        standing=standing,
        planned=sum(_is_planned_in(one, period) for one in here),
        done=len(done_here),
        cancelled=sum(_is_cancelled_in(one, period) for one in here),
        nil=sum(one.is_nil for one in done_here),
        heads=sum(one.heads or 0 for one in done_here),
        reports=heard.reports[key] if heard.sees_reports else None,
        nil_reports=heard.nil[key] if heard.sees_reports else None,
        events=heard.events[key] if heard.sees_events else None,
    )


def _topics(done: Sequence[Any]) -> tuple[Tally, ...]:
    counts = Counter(code for one in done for code in set(one.topics))
    return tuple(Tally(code, labels(TOPICS, [code])[0], n) for code, n in _ordered(counts, TOPICS))


def _met(done: Sequence[Any]) -> tuple[Tally, ...]:
    counts = Counter(code for one in done for code in {code for code, _heads in one.met})
    heads: Counter[str] = Counter()
    for one in done:
        for code, number in one.met:
            heads[code] += number
    return tuple(Tally(code, labels(FUNCTIONS, [code])[0], n, heads[code]) for code, n in _ordered(counts, FUNCTIONS))


def _ordered(counts: Counter[str], name: str) -> list[tuple[str, int]]:
    order = {code: n for n, code in enumerate(terms(name))}
    return sorted(counts.items(), key=lambda pair: (-pair[1], order.get(pair[0], len(order)), pair[0]))


@dataclass(frozen=True, slots=True)
class _Alerts:
    """How many alerts on the villages of each office were raised and closed in the period, and how many were true."""

    raised: Counter[str]
    closed: Counter[str]
    true: Counter[str]
    are_seen: bool

    @classmethod
    def of(cls, offices: OfficesAt, first: date, after: date, actor: Actor, at: datetime) -> "_Alerts":
        found = cls(Counter(), Counter(), Counter(), "alerts" in actor.reads)
        if not found.are_seen:
            return found
        since, until = start_of(first), start_of(after)
        was_raised = Q(raised_at__gte=since, raised_at__lt=until)
        was_closed = Q(state=Alert.State.CLOSED, closed_at__gte=since, closed_at__lt=until)
        there = Alert.objects.visible_to(actor, at=at).filter(was_raised | was_closed, place__in=list(offices))
        rows = there.order_by().values_list("place_id", "raised_at", "state", "closed_at", "outcome")
        for place, raised_at, state, closed_at, outcome in rows:
            if since <= raised_at < until:
                found.raised.update(offices[place])
            if state == Alert.State.CLOSED and closed_at is not None and since <= closed_at < until:
                found.closed.update(offices[place])
                if outcome in (Alert.Outcome.TRUE, Alert.Outcome.HANDED_OVER):
                    found.true.update(offices[place])
        return found
