"""Findings from what a run saw: a known one is extended, a new one raised, none raised twice.

A surge of a whole area that clusters inside it explain is no second alarm: it is said on the cluster's finding.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.conf import settings

from kentongan.agreements.facts import Actor
from kentongan.agreements.onward import Came, end_grants_held_back, strictest
from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.intake.actions import retention_end
from kentongan.intake.legal_bases import legal_basis_for

from .gathering import around, located
from .models import ExplainedSurge, Finding, FindingMember, FindingSighting, WatchRun
from .rules import Extent, overlap, same_finding
from .scanning import Seen
from .trends import Cell, Surge

HANDLING = "restricted"

CameInto = Callable[[Seen], frozenset[Came]]
"""Under what came, and from whom, whatever others gave of what was seen."""


@dataclass(frozen=True, slots=True)
class _Known:
    """A finding as one run saw it."""

    finding: Finding
    type: str
    extent: Extent


class SeenRow(NamedTuple):
    """What a run saw, before its places are placed."""

    stream: str
    type: str
    level: str
    members: frozenset[int]
    window_from: date
    window_to: date
    observed: int


def record_seen(run: WatchRun, seen: Sequence[Seen], *, came_into: CameInto, by: Actor, at: datetime) -> int:
    """Everything that was seen stands in exactly one finding; return how many findings are new."""
    known = _sightings(run, seen)
    taken: set[object] = set()
    raised = 0
    for one, extent in zip(seen, extents_of(_row(s) for s in seen), strict=True):
        finding = _same(known, one.type, extent)
        if finding is None:
            finding = _raise(run, one, came=came_into(one), by=by, at=at)
            raised += 1
            known.append(_Known(finding, one.type, extent))
            _note_sighting(finding, run, one, is_new=True)
        elif finding.pk not in taken:
            if not finding.sightings.filter(run=run).exists():
                _note_sighting(finding, run, one, is_new=False)
            if run.as_of >= finding.last_as_of:
                _extend(finding, run, one)
            facts = {"run": f"watchrun:{run.pk}", **_carry(finding, came_into(one), at=at)}
            trail.record(Trail.FINDING_EXTENDED, by=by, at=at, on=finding.ref, facts=facts)
        taken.add(finding.pk)
    return raised


def record_surges(run: WatchRun, surges: Sequence[Surge], *, came_into: CameInto, by: Actor, at: datetime) -> int:
    """Every surge stands in one finding: its own, or that of the clusters inside which explain it; return how many are new.

    Clusters count that this run or a run as of an earlier day saw, whatever was made of them since. A surge that has a
    finding of its own already keeps it.
    """
    own = []
    known = _sightings(run, [surge.seen for surge in surges])
    for surge, extent in zip(surges, extents_of(_row(surge.seen) for surge in surges), strict=True):
        explains = None if _same(known, surge.seen.type, extent) else _explaining(run, surge)
        if explains is None:
            own.append(surge.seen)
        elif _note_explained(explains, run, surge.seen):
            carried = _carry(explains, came_into(surge.seen), at=at)
            facts = {"run": f"watchrun:{run.pk}", "surge_of": f"place:{surge.seen.centre}", **carried}
            trail.record(Trail.FINDING_EXTENDED, by=by, at=at, on=explains.ref, facts=facts)
    return record_seen(run, own, came_into=came_into, by=by, at=at)


def _explaining(run: WatchRun, surge: Surge) -> Finding | None:
    """Return the cluster finding that has most of the surge's events, when without all clusters' there would be none."""
    rows = (
        FindingSighting.objects.filter(
            finding__watch=run.watch,
            finding__stream=surge.seen.stream,
            finding__type=Finding.Type.CLUSTER,
            run__as_of__lte=run.as_of,
            window_to__gt=date.fromordinal(surge.first_day),
        )
        .select_related("finding")
        .order_by("-run__as_of", "-id")
    )
    cells = [(row.finding, Cell(frozenset(row.members), row.window_from, row.window_to)) for row in rows]
    cells = [(finding, cell) for finding, cell in cells if surge.events_in([cell])]
    if not cells or surge.stands_without([cell for _finding, cell in cells]):
        return None
    return max(cells, key=lambda pair: surge.events_in([pair[1]]))[0]


def _note_explained(finding: Finding, run: WatchRun, seen: Seen) -> bool:
    """Say on the finding that it explains the surge; tell whether that is new for the run."""
    _noted, is_new = ExplainedSurge.objects.get_or_create(
        finding=finding,
        run=run,
        place_id=seen.centre,
        defaults={
            "level": seen.level,
            "window_from": seen.window_from,
            "window_to": seen.window_to,
            "observed": seen.observed,
            "expected": seen.expected,
            "p_value": seen.p_value,
        },
    )
    return is_new


def _sightings(run: WatchRun, seen: Sequence[Seen]) -> list[_Known]:
    """Return what earlier runs saw near the windows of this one, whichever day they looked as of."""
    if not seen:
        return []
    rows = list(
        FindingSighting.objects.filter(
            finding__watch=run.watch,
            finding__stream__in={s.stream for s in seen},
            window_from__lte=max(s.window_to for s in seen),
            window_to__gte=min(s.window_from for s in seen),
        )
        .select_related("finding")
        .order_by("-run__as_of", "-id")
    )
    extents = extents_of(
        SeenRow(r.finding.stream, r.finding.type, r.level, frozenset(r.members), r.window_from, r.window_to, r.observed)
        for r in rows
    )
    findings = {r.finding_id: r.finding for r in rows}  # one object for each finding, so that it changes in one place
    return [_Known(findings[r.finding_id], r.finding.type, e) for r, e in zip(rows, extents, strict=True)]


def _row(seen: Seen) -> SeenRow:
    return SeenRow(seen.stream, seen.type, seen.level, seen.places, seen.window_from, seen.window_to, seen.observed)


def extents_of(rows: Iterable[SeenRow]) -> list[Extent]:
    """Return what each of the rows covers, with the districts that its places lie in."""
    rows = list(rows)
    district_of = {
        place: units.district.key
        for place, units in located({p for row in rows for p in row.members}).items()
        if units.district
    }
    areas = around({p for row in rows if row.type == Finding.Type.SURGE for p in row.members})
    return [
        Extent(
            stream=row.stream,
            level=row.level,
            members=row.members,
            districts=frozenset(district_of[place] for place in row.members if place in district_of),
            window_from=row.window_from,
            window_to=row.window_to,
            observed=row.observed,
            around=frozenset().union(*(areas.get(place, frozenset()) for place in row.members)),
        )
        for row in rows
    ]


def _same(known: Sequence[_Known], kind: str, extent: Extent) -> Finding | None:
    """Return the finding that has most in common with what was seen, if it is the same one."""
    same = [k for k in known if k.type == kind and same_finding(k.extent, extent)]
    return max(same, key=lambda k: overlap(k.extent, extent)).finding if same else None


def _carry(finding: Finding, came: frozenset[Came], *, at: datetime) -> dict[str, object]:
    """What others gave binds the finding that counts it, and what bound it before still does; return what is new to tell.

    Whom the finding was shown to and may now not be given to, sees it no longer.
    """
    known = {(under, owner) for under, owner in finding.counted_under}
    if came <= known:
        return {}
    finding.counted_under = sorted(known | came)
    finding.agreement_ref = strictest((under for under, _owner in known | came), at=at)
    Finding.objects.filter(pk=finding.pk).update(
        counted_under=finding.counted_under, agreement_ref=finding.agreement_ref
    )
    return {"under": finding.agreement_ref, "closed_to": end_grants_held_back(finding, known | came, at=at)}


def _raise(run: WatchRun, seen: Seen, *, came: frozenset[Came], by: Actor, at: datetime) -> Finding:
    finding = Finding.objects.create(
        watch=run.watch,
        owner=run.watch.owner,
        place_id=seen.centre,
        handling=HANDLING,
        purpose=run.purpose,
        legal_basis=legal_basis_for(run.purpose),
        retain_until=retention_end(run.as_of),
        type=seen.type,
        stream=seen.stream,
        agreement_ref=strictest((under for under, _owner in came), at=at),
        counted_under=sorted(came),
        first_as_of=run.as_of,
        last_as_of=run.as_of,
        is_simulated=settings.IS_DEMONSTRATION,
        **_figures(seen),
    )
    _set_members(finding, seen)
    facts = {"stream": seen.stream, "run": f"watchrun:{run.pk}", "p": seen.p_value}
    if finding.agreement_ref:
        facts["under"] = finding.agreement_ref
    trail.record(Trail.FINDING_RAISED, by=by, at=at, on=finding.ref, facts=facts)
    return finding


def _extend(finding: Finding, run: WatchRun, seen: Seen) -> None:
    """The finding shows the extent and the figures of its latest run; who judged it and how stays."""
    for name, value in _figures(seen).items():
        setattr(finding, name, value)
    finding.place_id = seen.centre
    finding.last_as_of = run.as_of
    finding.save(update_fields=[*_figures(seen), "place", "last_as_of"])
    finding.members.all().delete()
    _set_members(finding, seen)


def _figures(seen: Seen) -> dict[str, object]:
    return {
        "level": seen.level,
        "window_from": seen.window_from,
        "window_to": seen.window_to,
        "observed": seen.observed,
        "expected": seen.expected,
        "relative_risk": seen.relative_risk,
        "llr": seen.llr,
        "p_value": seen.p_value,
        "recurrence_days": seen.recurrence_days,
        "radius_m": seen.radius_m,
        "weeks": [[week.starts_on.isoformat(), week.observed, round(week.expected, 4)] for week in seen.weeks],
        "needed_weeks": [week.starts_on.isoformat() for week in seen.weeks if week.is_needed],
        "baseline_events": seen.baseline_events,
        "history_weeks": seen.history_weeks,
    }


def _set_members(finding: Finding, seen: Seen) -> None:
    FindingMember.objects.bulk_create(
        [
            FindingMember(
                finding=finding,
                place_id=m.place,
                observed=m.observed,
                expected=m.expected,
                is_centre=m.is_centre,
                is_needed=m.is_needed,
                weeks=list(m.weeks),
            )
            for m in seen.members
        ]
    )


def _note_sighting(finding: Finding, run: WatchRun, seen: Seen, *, is_new: bool) -> None:
    FindingSighting.objects.create(
        finding=finding,
        run=run,
        level=seen.level,
        window_from=seen.window_from,
        window_to=seen.window_to,
        members=sorted(seen.places),
        observed=seen.observed,
        expected=seen.expected,
        p_value=seen.p_value,
        recurrence_days=seen.recurrence_days,
        is_new=is_new,
    )
