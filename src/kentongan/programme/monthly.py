"""What an office did in its partner villages in a month or a quarter, for the page and for the papers."""

from collections import Counter
from collections.abc import Sequence
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

from .models import PartnerVillage, Visit
from .rules import Month, is_partner_on, months_of_quarter
from .standing import VillageStanding, standing_of, start_of, villages_by_place
from .vocabulary import FUNCTIONS, TOPICS, labels, terms


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
    """What one office did and heard in a period (`after` excluded); late and silent as of its end, or of today before that."""

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
        return tuple(line.standing for line in self.lines if line.standing.is_overdue)

    @property
    def silent(self) -> tuple[VillageStanding, ...]:
        return tuple(line.standing for line in self.lines if line.standing.is_silent)

    @property
    def month(self) -> Month:
        return Month(self.first)


@dataclass(frozen=True, slots=True)
class QuarterlyReport:
    """A quarter: its months one by one, and the whole."""

    year: int
    quarter: int
    whole: MonthlyReport
    months: tuple[MonthlyReport, ...]


def monthly_report(office: str, month: Month, actor: Actor, at: datetime) -> MonthlyReport:
    """Return the month of an office as far as the actor may see it; of an office in nobody's view an empty one."""
    return _report(office, month.first, month.after, actor, at)


def quarterly_report(office: str, year: int, quarter: int, actor: Actor, at: datetime) -> QuarterlyReport:
    """Return the quarter (1 to 4) of an office as far as the actor may see it."""
    months = months_of_quarter(year, quarter)
    whole = _report(office, months[0].first, months[2].after, actor, at)
    return QuarterlyReport(year, quarter, whole, tuple(monthly_report(office, one, actor, at) for one in months))


def _report(office: str, first: date, after: date, actor: Actor, at: datetime) -> MonthlyReport:
    as_of = max(first, min(after - timedelta(days=1), timezone.localdate(at)))
    villages = list(
        PartnerVillage.objects.visible_to(actor, at=at)
        .filter(owner=office)
        .exclude(status=PartnerVillage.Status.PROPOSED)
        .select_related("place__parent__parent", "owner")
    )
    held = [one for one in villages if _holds_in(one, first, after)]
    visits = _visits(office, first, after, actor, at)
    done = [one for one in visits if one.state == Visit.State.DONE and first <= one.done_on < after]
    heard = _Heard.of(held, first, after, actor, at)
    lines = [
        _line(standing, visits, done, heard)
        for standing in standing_of(held, actor, on=as_of, at=at)
    ]  # fmt: skip
    kinds = Counter(one.kind for one in done)
    raised, closed, true = _alerts(held, first, after, actor, at)
    return MonthlyReport(
        office=office,
        office_name=Agency.objects.filter(pk=office).values_list("name", flat=True).first() or office,
        first=first,
        after=after,
        as_of=as_of,
        made_at=at,
        partners=sum(is_partner_on(one.partner_from, one.partner_to, as_of) for one in held),
        began=sum(one.partner_from is not None and first <= one.partner_from < after for one in held),
        ended=sum(one.partner_to is not None and first <= one.partner_to < after for one in held),
        suspended=sum(one.status == PartnerVillage.Status.SUSPENDED for one in held),
        planned=sum(_is_planned_in(one, first, after) for one in visits),
        done=len(done),
        cancelled=sum(_is_cancelled_in(one, first, after) for one in visits),
        nil=sum(one.is_nil for one in done),
        by_kind=tuple((code, str(label), kinds[code]) for code, label in Visit.Kind.choices),
        heads=sum(one.heads or 0 for one in done),
        uncounted=sum(one.heads is None for one in done),
        topics=_topics(done),
        met=_met(done),
        reports=heard.total(heard.reports),
        nil_reports=heard.total(heard.nil),
        events=heard.total(heard.events),
        alerts=raised,
        alerts_closed=closed,
        alerts_true=true,
        lines=tuple(lines),
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


def _visits(office: str, first: date, after: date, actor: Actor, at: datetime) -> list[Any]:
    own = Visit.objects.visible_to(actor, at=at).filter(owner=office)
    within = Q(planned_on__gte=first, planned_on__lt=after) | Q(done_on__gte=first, done_on__lt=after)
    return list(own.filter(within).select_related("place__parent", "officer", "owner").order_by("planned_on", "id"))


def _is_planned_in(visit: Any, first: date, after: date) -> bool:
    is_in = visit.planned_on is not None and first <= visit.planned_on < after
    return is_in and visit.state != Visit.State.CANCELLED


def _is_cancelled_in(visit: Any, first: date, after: date) -> bool:
    is_in = visit.planned_on is not None and first <= visit.planned_on < after
    return is_in and visit.state == Visit.State.CANCELLED


@dataclass(frozen=True, slots=True)
class _Heard:
    """How many reports, nil reports and events of each partner village came in the period; each through its own gate."""

    reports: Counter[UUID]
    nil: Counter[UUID]
    events: Counter[UUID]
    sees_reports: bool
    sees_events: bool
    once: dict[str, int]

    @classmethod
    def of(cls, villages: Sequence[Any], first: date, after: date, actor: Actor, at: datetime) -> "_Heard":
        inside = villages_by_place(villages)
        since, until = start_of(first), start_of(after)
        reports: Counter[UUID] = Counter()
        nil: Counter[UUID] = Counter()
        events: Counter[UUID] = Counter()
        once = {"reports": 0, "nil": 0, "events": 0}
        if "reports" in actor.reads:
            rows = Report.objects.visible_to(actor, at=at).filter(
                place__in=list(inside), received_at__gte=since, received_at__lt=until
            )
            for place, is_nil in rows.order_by().values_list("place_id", "is_nil"):
                once["nil" if is_nil else "reports"] += 1
                (nil if is_nil else reports).update(inside[place])
        if "events" in actor.reads:
            there = Event.objects.visible_to(actor, at=at).filter(
                place__in=list(inside), known_at__gte=since, known_at__lt=until,
                state__in=(Event.State.PROPOSED, Event.State.CONFIRMED),
            )  # fmt: skip
            for place in there.order_by().values_list("place_id", flat=True):
                once["events"] += 1
                events.update(inside[place])
        return cls(reports, nil, events, "reports" in actor.reads, "events" in actor.reads, once)

    def total(self, of: Counter[UUID]) -> int | None:
        """Return how many there are in all, each once though it lie in two partner areas."""
        if of is self.events:
            return self.once["events"] if self.sees_events else None
        return self.once["nil" if of is self.nil else "reports"] if self.sees_reports else None


def _line(standing: VillageStanding, visits: Sequence[Any], done: Sequence[Any], heard: _Heard) -> VillageLine:
    key = standing.village.pk
    here = [one for one in visits if one.village_id == key]
    done_here = [one for one in done if one.village_id == key]
    done_keys = {one.pk for one in done_here}
    return VillageLine(
        standing=standing,
        planned=sum(one.state == Visit.State.PLANNED or (one.pk in done_keys and one.planned_on is not None) for one in here),
        done=len(done_here),
        cancelled=sum(one.state == Visit.State.CANCELLED for one in here),
        nil=sum(one.is_nil for one in done_here),
        heads=sum(one.heads or 0 for one in done_here),
        reports=heard.reports[key] if heard.sees_reports else None,
        nil_reports=heard.nil[key] if heard.sees_reports else None,
        events=heard.events[key] if heard.sees_events else None,
    )  # fmt: skip


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


def _alerts(
    villages: Sequence[Any], first: date, after: date, actor: Actor, at: datetime
) -> tuple[int | None, int | None, int | None]:
    """Return how many alerts on these villages were raised and closed in the period, and how many were true."""
    if "alerts" not in actor.reads:
        return None, None, None
    since, until = start_of(first), start_of(after)
    there = Alert.objects.visible_to(actor, at=at).filter(place__in=list(villages_by_place(villages)))
    closed = there.filter(state=Alert.State.CLOSED, closed_at__gte=since, closed_at__lt=until)
    true = closed.filter(outcome__in=(Alert.Outcome.TRUE, Alert.Outcome.HANDED_OVER))
    return there.filter(raised_at__gte=since, raised_at__lt=until).count(), closed.count(), true.count()
