"""Reads behind a proposal for a threshold: what a watch found in a period, through the gate, and what became of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from kentongan.agreements.access import NotVisible
from kentongan.agreements.facts import Actor
from kentongan.places.models import Place

from . import queries
from .learning import Advice, Candidate, PastFinding, advise
from .models import Finding, FindingSighting, StreamShare, ThresholdProposal, Watch, WatchRun
from .recording import SeenRow, extents_of
from .rules import Extent
from .shares import even_limits, shares_in_force
from .streams import streams

LEARNING_TYPES = (Finding.Type.CLUSTER, Finding.Type.SURGE)
"""Silence has one budget over all villages, and no share of a stream."""


@dataclass(frozen=True, slots=True)
class Period:
    """The days on one of which a finding was first seen; `end` is excluded."""

    first: date
    end: date


def watch_in_view(actor: Actor, pk: UUID) -> Watch:
    """Return the watch, or raise NotVisible."""
    watch = queries.watches_in_view(actor).filter(pk=pk).first()
    if watch is None:
        raise NotVisible(_("Pemantauan ini tidak ada atau tidak terbuka bagi Anda."))
    return watch


def proposal_in_view(actor: Actor, pk: UUID) -> ThresholdProposal:
    """Return the proposal, or raise NotVisible."""
    found = ThresholdProposal.objects.filter(watch__in=queries.watches_in_view(actor), pk=pk).select_related("watch")
    proposal = found.first()
    if proposal is None:
        raise NotVisible(_("Usulan ini tidak ada atau tidak terbuka bagi Anda."))
    return proposal


def proposals_of(watch: Watch) -> QuerySet[ThresholdProposal]:
    """Return the watch's proposals, the latest first. Callers have the watch in view."""
    return watch.proposals.select_related("watch")


def number_waiting(watches: QuerySet[Watch]) -> dict[UUID, int]:
    """Return how many proposals wait for each of the watches that have one."""
    waiting = ThresholdProposal.objects.filter(watch__in=watches.order_by(), state=ThresholdProposal.State.WAITING)
    rows = waiting.order_by().values_list("watch").annotate(number=Count("pk"))
    return dict(rows)


def shares_of(watch: Watch) -> QuerySet[StreamShare]:
    """Return every share that a stream of the watch has had, the latest first."""
    return watch.shares.order_by("-valid_from", "-id")


def advice_for(watch: Watch, actor: Actor, period: Period, *, at: datetime, only: str = "") -> dict[str, Advice]:
    """Return what the outcomes of the period say about each stream's threshold, from what the actor sees of the watch."""
    codes = [only] if only else [stream.code for stream in streams()]
    even, shares = even_limits(watch), shares_in_force(watch, at=at)
    past = _past_findings(watch, actor, period, at=at)
    candidates = _candidates(watch, period, codes)
    advice = {}
    for code in codes:
        seen = candidates.get(code, [])
        known = _known_extents(watch, code, actor, at=at) if seen else []
        advice[code] = advise(past.get(code, []), seen, known, even=even, share_now=shares.get(code, 1.0))
    return advice


def _past_findings(watch: Watch, actor: Actor, period: Period, *, at: datetime) -> dict[str, list[PastFinding]]:
    rows = (
        Finding.objects.visible_to(actor, at=at)
        .filter(watch=watch, type__in=LEARNING_TYPES, first_as_of__gte=period.first, first_as_of__lt=period.end)
        .prefetch_related("sightings__run")
    )
    found: dict[str, list[PastFinding]] = {}
    for row in rows:
        sightings = tuple(sorted((sighting.run.as_of, sighting.p_value) for sighting in row.sightings.all()))
        one = PastFinding(
            type=row.type,
            outcome=row.outcome,
            is_put_aside=row.state == Finding.State.DISMISSED and not row.outcome,
            sightings=sightings,
        )
        found.setdefault(row.stream, []).append(one)
    return found


def _candidates(watch: Watch, period: Period, codes: Sequence[str]) -> dict[str, list[Candidate]]:
    """Return the most likely candidates that the runs of the period kept, by stream, placed by today's codes."""
    runs = WatchRun.objects.filter(
        watch=watch, state=WatchRun.State.DONE, as_of__gte=period.first, as_of__lt=period.end
    )
    best = [
        (scan, scan["best"])
        for result in runs.order_by("as_of", "id").values_list("result", flat=True)
        for scan in result.get("scans", ())
        if scan["stream"] in codes and scan["best"]
    ]
    places = _places_by_code(code for _scan, one in best for code in one["members"])
    rows = [_seen_row(scan, one, places) for scan, one in best]
    found: dict[str, list[Candidate]] = {}
    for (scan, one), extent in zip(best, extents_of(rows), strict=True):
        kind = scan.get("type", Finding.Type.CLUSTER)
        found.setdefault(scan["stream"], []).append(Candidate(type=kind, p_value=one["p"], extent=extent))
    return found


def _seen_row(scan: Mapping[str, Any], one: Mapping[str, Any], places: Mapping[str, int]) -> SeenRow:
    return SeenRow(
        stream=scan["stream"],
        type=scan.get("type", Finding.Type.CLUSTER),
        level=scan["level"],
        members=frozenset(places[code] for code in one["members"] if code in places),
        window_from=date.fromisoformat(one["from"]),
        window_to=date.fromisoformat(one["to"]),
        observed=one["observed"],
    )


def _places_by_code(codes: Iterable[str]) -> dict[str, int]:
    return dict(Place.objects.filter(code__in=set(codes)).values_list("code", "pk"))


def _known_extents(watch: Watch, stream: str, actor: Actor, *, at: datetime) -> list[Extent]:
    visible = Finding.objects.visible_to(actor, at=at).filter(watch=watch, stream=stream, type__in=LEARNING_TYPES)
    rows = FindingSighting.objects.filter(finding__in=visible.order_by().values("pk")).select_related("finding")
    return extents_of(
        SeenRow(
            row.finding.stream, row.finding.type, row.level, frozenset(row.members), row.window_from, row.window_to, row.observed
        )
        for row in rows
    )  # fmt: skip
