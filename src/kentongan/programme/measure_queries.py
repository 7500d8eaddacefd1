"""Do partner villages give more and earlier warnings? What the actor sees, set beside villages that were like them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from django.db.models import Q
from django.utils import timezone
from numpy.typing import NDArray

from kentongan.agreements.facts import Actor
from kentongan.engine.lead_times import Histories, LeadTimes, Matching, Measure, MeasureOptions, match, measure
from kentongan.events.models import Event
from kentongan.places.gazetteer import SMALLEST
from kentongan.places.models import Place
from kentongan.vocabulary.models import Kind
from kentongan.vulnerability.factors import STREAM_OF
from kentongan.vulnerability.index_arrays import array_of
from kentongan.vulnerability.index_models import IndexRun
from kentongan.vulnerability.queries import latest_run, runs_in_view
from kentongan.watch.streams import kinds_of, streams

from .models import NEVER_PARTNER
from .planning_queries import sees_plans
from .queries import partner_villages

SEED = 1
MOST_RUNS = 120
KM_PER_DEGREE = 111.2
LONG_AGO = -1e6
"""A day before every run: what is like then can be told by place only."""

MEASURES = ("score", "x", "y")
DAY_KNOWN = (Event.Precision.INSTANT, Event.Precision.DAY)

USUAL = MeasureOptions()
PROVINCE_LETTERS = 2
"""A code begins with its province: "53", "36"; "TL"."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Partners:
    """How many partner villages were in view, and how many could enter the comparison."""

    seen: int
    undated: int  # the source does not say since when
    not_villages: int  # only the district is known, or the index does not know the village
    before_observation: int  # partners already when the first event became known: counted from that day on
    without_index: int  # designated before the first run of the index: matched by place only
    unmatched: tuple[str, ...]  # names: no like village


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeMeasure:
    """The comparison as of a day. `found` is None where there is nothing to compare at all."""

    index: str
    as_of: date
    observed_from: date | None
    events: int  # confirmed and in view, of the index's kinds
    partners: Partners
    imbalance: tuple[float, ...]
    found: Measure | None  # lead times up to the event warned of
    to_confirmation: LeadTimes | None


def may_measure(actor: Actor) -> bool:
    """Return whether the role sees what is compared: the programme, every village's level, and events."""
    return sees_plans(actor) and "events" in actor.reads


def programme_measure(actor: Actor, *, index: str, at: datetime, options: MeasureOptions = USUAL) -> ProgrammeMeasure:
    """Return what the events, partner villages and runs that the actor sees say of the programme, as of the day."""
    today = timezone.localdate(at)
    run = latest_run(actor, index, at)
    rows = _events(actor, index, at)
    register = list(partner_villages(actor, at=at).exclude(NEVER_PARTNER))
    provinces = {one.place.code[:PROVINCE_LETTERS] for one in register if one.place is not None}
    known = _Known(run, provinces) if run is not None else None
    events = (
        [(known.row_of(place), seen, happened, decided) for place, seen, happened, decided in rows] if known else []
    )
    events = [event for event in events if event[0] is not None]
    first = min((seen for _row, seen, _happened, _decided in events), default=None)
    since, until, partners, names = _partners(register, known, first)
    if known is None or first is None or not names:
        return ProgrammeMeasure(
            index=index,
            as_of=today,
            observed_from=_day(first),
            events=len(rows),
            partners=partners,
            imbalance=(),
            found=None,
            to_confirmation=None,
        )
    days, measures = known.measures(_runs(actor, run, at))
    histories = Histories(
        days=days, measures=measures, designated_on=since, ended_on=until, observed_from=float(first),
        observed_to=float(max(today.toordinal(), first + 1)),
    )  # fmt: skip
    matching = match(histories)
    partners = _with_matching(partners, matching, names, since, days)
    dated = [event for event in events if event[2] is not None]
    found = _measured(histories, matching, events, [event[2] for event in events], options)
    lead = _measured(histories, matching, dated, [event[2] for event in dated], options).lead
    confirmed = _measured(histories, matching, events, [event[3] for event in events], options).lead
    return ProgrammeMeasure(
        index=index, as_of=today, observed_from=_day(first), events=len(rows), partners=partners,
        imbalance=tuple(float(one) for one in matching.imbalance),
        found=Measure(sets=found.sets, after=found.after, before=found.before, lead=lead), to_confirmation=confirmed,
    )  # fmt: skip


class _Known:
    """The villages of the latest run in the provinces that have partner villages, in the order of the run."""

    def __init__(self, run: IndexRun, provinces: Collection[str]) -> None:
        places = np.asarray(array_of(run, "places"), dtype=np.int64)
        near = Q()
        for province in provinces:
            near |= Q(code__startswith=province)
        inside = Place.objects.filter(near, level__in=SMALLEST).values_list("pk", flat=True) if provinces else ()
        kept = np.isin(places, np.array(list(inside), dtype=np.int64))
        lat, lon = (np.asarray(array_of(run, name), dtype=np.float64)[kept] for name in ("lat", "lon"))
        self.places: NDArray[np.int64] = places[kept]
        self.x_km = lon * KM_PER_DEGREE * np.cos(np.radians(lat))
        self.y_km = lat * KM_PER_DEGREE

    def row_of(self, place: int | None) -> int | None:
        """Return the row of the village; None for what is none of them."""
        if place is None:
            return None
        row = int(np.searchsorted(self.places, place))
        return row if row < self.places.size and self.places[row] == place else None

    def measures(self, runs: Sequence[IndexRun]) -> tuple[Floats, Floats]:
        """Return the days from which measures held and the measures: score and place; before the first run, place alone."""
        days, tables = [LONG_AGO], [np.zeros(self.places.size)]
        for run in runs:
            score = np.full(self.places.size, np.nan)
            places = np.asarray(array_of(run, "places"), dtype=np.int64)
            rows = np.searchsorted(self.places, places).clip(max=self.places.size - 1)
            same = self.places[rows] == places
            score[rows[same]] = array_of(run, "score")[same]
            days.append(float(run.as_of.toordinal()))
            tables.append(score)
        table = np.stack([np.stack([one, self.x_km, self.y_km], axis=1) for one in tables])
        return np.array(days), np.asarray(table, dtype=np.float64)


def _runs(actor: Actor, latest: Any, at: datetime) -> list[IndexRun]:
    """Return the runs of the same owner and index that the actor sees whole, one a day, the oldest first."""
    found = runs_in_view(actor, at=at).filter(
        owner=latest.owner_id, index=latest.index, state=IndexRun.State.DONE, is_trial=False, villages__gt=0
    )
    by_day = {run.as_of: run for run in found.order_by("-as_of", "id")[:MOST_RUNS] if run.release is None}
    return [by_day[day] for day in sorted(by_day)]


def _events(actor: Actor, index: str, at: datetime) -> list[tuple[int, int, int | None, int | None]]:
    """Return (place, day first known, day it happened if known to the day, day confirmed) of each confirmed event in view."""
    stream = next(one for one in streams() if one.code == STREAM_OF[index])
    kinds = kinds_of(stream, Kind.objects.values_list("code", "kind_class"))
    seen = Event.objects.visible_to(actor, at=at).filter(
        state=Event.State.CONFIRMED, place__isnull=False, classifications__kind__in=kinds,
        classifications__withdrawn_at__isnull=True,
    )  # fmt: skip
    rows = seen.exclude(handling="protected").order_by().distinct()
    return [
        (
            place,
            timezone.localdate(known).toordinal(),
            happened.toordinal() if happened and precision in DAY_KNOWN else None,
            timezone.localdate(decided).toordinal() if decided else None,
        )
        for _pk, place, known, happened, precision, decided in rows.values_list(
            "pk", "place_id", "known_at", "happened_from", "precision", "decided_at"
        )
    ]


def _partners(
    register: Sequence[Any], known: _Known | None, first: int | None
) -> tuple[Floats, Floats, Partners, dict[int, str]]:
    """Return since when and until when each village of the run was a partner, and what of the register could be used."""
    size = known.places.size if known is not None else 0
    since, until = np.full(size, np.nan), np.full(size, np.nan)
    seen = undated = not_villages = early = 0
    names: dict[int, str] = {}
    for one in register:
        seen += 1
        row = known.row_of(one.place_id) if known is not None else None
        if row is None:
            not_villages += 1
        elif one.partner_from is None:
            undated += 1
        elif first is not None:
            start = max(one.partner_from.toordinal(), first)
            end = one.partner_to.toordinal() if one.partner_to else np.nan
            if end <= start:
                continue
            early += start > one.partner_from.toordinal()
            if np.isnan(since[row]) or start < since[row]:
                since[row], until[row] = start, end
            names[row] = one.place.name
    partners = Partners(
        seen=seen, undated=undated, not_villages=not_villages, before_observation=early, without_index=0, unmatched=()
    )
    return since, until, partners, names


def _with_matching(
    partners: Partners, matching: Matching, names: dict[int, str], since: Floats, days: Floats
) -> Partners:
    first_run = float(days[1]) if days.size > 1 else np.inf
    return Partners(
        seen=partners.seen,
        undated=partners.undated,
        not_villages=partners.not_villages,
        before_observation=partners.before_observation,
        without_index=int((since < first_run).sum()),
        unmatched=tuple(names[row] for row in matching.unmatched if row in names),
    )


def _measured(
    histories: Histories, matching: Matching, events: Sequence[tuple[Any, ...]], ends: Sequence[int | None],
    options: MeasureOptions,
) -> Measure:  # fmt: skip
    return measure(
        histories,
        matching,
        village=np.array([event[0] for event in events], dtype=np.int64),
        reported_on=np.array([event[1] for event in events], dtype=np.float64),
        ended_on=np.array([np.nan if end is None else end for end in ends], dtype=np.float64),
        rng=np.random.default_rng(SEED),
        options=options,
    )


def _day(ordinal: int | None) -> date | None:
    return date.fromordinal(ordinal) if ordinal is not None else None
