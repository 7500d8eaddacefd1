"""Findings from what a run saw: a known one is extended, a new one raised, none raised twice."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings

from kentongan.agreements.rules import Actor
from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.intake.actions import retention_end
from kentongan.intake.legal_bases import legal_basis_for

from .gathering import located
from .models import Finding, FindingMember, FindingSighting, WatchRun
from .rules import Extent, overlap, same_finding
from .scanning import Seen

HANDLING = "restricted"


@dataclass(frozen=True, slots=True)
class _Known:
    """A finding as one run saw it."""

    finding: Finding
    type: str
    extent: Extent


def record_seen(run: WatchRun, seen: Sequence[Seen], *, by: Actor, at: datetime) -> int:
    """Every cluster and silence stands in exactly one finding; return how many findings are new."""
    known = _sightings(run, seen)
    taken: set[object] = set()
    raised = 0
    for one, extent in zip(
        seen, _extents((s.stream, s.level, s.places, s.window_from, s.window_to) for s in seen), strict=True
    ):
        finding = _same(known, one.type, extent)
        if finding is None:
            finding = _raise(run, one, by=by, at=at)
            raised += 1
            known.append(_Known(finding, one.type, extent))
            _note_sighting(finding, run, one, is_new=True)
        elif finding.pk not in taken:
            if not finding.sightings.filter(run=run).exists():
                _note_sighting(finding, run, one, is_new=False)
            if run.as_of >= finding.last_as_of:
                _extend(finding, run, one)
            trail.record(Trail.FINDING_EXTENDED, by=by, at=at, on=finding.ref, facts={"run": f"watchrun:{run.pk}"})
        taken.add(finding.pk)
    return raised


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
    extents = _extents((r.finding.stream, r.level, frozenset(r.members), r.window_from, r.window_to) for r in rows)
    findings = {r.finding_id: r.finding for r in rows}  # one object for each finding, so that it changes in one place
    return [_Known(findings[r.finding_id], r.finding.type, e) for r, e in zip(rows, extents, strict=True)]


def _extents(rows: Iterable[tuple[str, str, frozenset[int], date, date]]) -> list[Extent]:
    rows = list(rows)
    district_of = {
        place: units.district.key
        for place, units in located({p for row in rows for p in row[2]}).items()
        if units.district
    }
    return [
        Extent(
            stream=stream,
            level=level,
            members=members,
            districts=frozenset(district_of[place] for place in members if place in district_of),
            window_from=window_from,
            window_to=window_to,
        )
        for stream, level, members, window_from, window_to in rows
    ]


def _same(known: Sequence[_Known], kind: str, extent: Extent) -> Finding | None:
    """Return the finding that has most in common with what was seen, if it is the same one."""
    same = [k for k in known if k.type == kind and same_finding(k.extent, extent)]
    return max(same, key=lambda k: overlap(k.extent, extent)).finding if same else None


def _raise(run: WatchRun, seen: Seen, *, by: Actor, at: datetime) -> Finding:
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
        first_as_of=run.as_of,
        last_as_of=run.as_of,
        is_simulated=settings.IS_DEMONSTRATION,
        **_figures(seen),
    )
    _set_members(finding, seen)
    facts = {"stream": seen.stream, "run": f"watchrun:{run.pk}", "p": seen.p_value}
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
