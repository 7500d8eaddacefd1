"""Reads over watches, runs and findings, through the gate."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from kentongan.agreements.access import NotVisible
from kentongan.agreements.facts import Actor
from kentongan.agreements.rules import CLOSED_KINDS
from kentongan.events.models import Event
from kentongan.places.models import PlaceAncestor
from kentongan.vocabulary.models import Kind

from .explain import Explanation, Facts, explain
from .models import ExplainedSurge, Finding, FindingMember, FindingSighting, Watch, WatchRun
from .streams import SILENCE, kinds_of, label_of, streams

MOST_EVENTS = 200


@dataclass(frozen=True, slots=True)
class ScanLine:
    """One line of a run's result: what was counted, what it could not use, the most likely candidate."""

    type: str
    label: str
    level: str
    cases: int
    places: int
    coarse: int
    without_coordinates: int
    observed: int | None
    expected: float | None
    p_value: float | None
    recurrence_days: float | None
    members: Sequence[str]


def owners_in_view(actor: Actor) -> frozenset[str]:
    """Return the agencies whose watches and runs the actor sees: the own and, unless military or intelligence, those below."""
    if "findings" not in actor.reads:
        return frozenset()
    below = {agency for agency, category in actor.supervises if category == "findings"}
    return frozenset({actor.agency, *(() if actor.agency_kind in CLOSED_KINDS else below)})


def watches_in_view(actor: Actor) -> QuerySet[Watch]:
    """Return the watches that the actor sees, the own ones first."""
    return Watch.objects.filter(owner__in=owners_in_view(actor)).select_related("owner").order_by("name")


def watch_in_view(actor: Actor, pk: UUID) -> Watch:
    """Return the watch, or raise NotVisible."""
    watch = watches_in_view(actor).filter(pk=pk).first()
    if watch is None:
        raise NotVisible(_("Pemantauan ini tidak ada atau tidak terbuka bagi Anda."))
    return watch


def runs_in_view(actor: Actor) -> QuerySet[WatchRun]:
    """Return the runs that the actor sees, the latest first."""
    return WatchRun.objects.filter(watch__owner__in=owners_in_view(actor)).select_related("watch__owner")


def run_in_view(actor: Actor, pk: UUID, *, at: datetime) -> WatchRun:
    """Return the run as it stands at the instant, or raise NotVisible."""
    run = runs_in_view(actor).filter(pk=pk).first()
    if run is None:
        raise NotVisible(_("Pemantauan ini tidak ada atau tidak terbuka bagi Anda."))
    return as_it_stands(run, at=at)


def as_it_stands(run: WatchRun, *, at: datetime) -> WatchRun:
    """Return the run to show: one whose lease has ended was interrupted, though nobody has marked its row yet."""
    if run.state == WatchRun.State.RUNNING and run.lease_until is not None and run.lease_until < at:
        run.state = WatchRun.State.ABANDONED
    return run


def sightings_of_run(run: WatchRun, actor: Actor, *, at: datetime) -> QuerySet[FindingSighting]:
    """Return what the run saw, with its figures of that day, of the findings that the actor sees; the rarest first."""
    visible = Finding.objects.visible_to(actor, at=at).order_by()
    found = FindingSighting.objects.filter(run=run, finding__in=visible.values("pk"))
    findings = Prefetch("finding", queryset=visible.select_related("place", "owner"))
    return found.prefetch_related(findings).order_by("p_value", "finding_id")


def findings_listed(
    actor: Actor,
    *,
    at: datetime,
    state: str = "",
    stream: str = "",
    type: str = "",  # noqa: A002 - the column's name
) -> QuerySet[Any]:
    """Return the findings that the actor sees, the latest first, by the filters that are set."""
    chosen = {name: value for name, value in (("state", state), ("stream", stream), ("type", type)) if value}
    found = Finding.objects.visible_to(actor, at=at).filter(**chosen)
    return found.select_related("place", "owner").order_by("-last_as_of", "p_value", "id")


def events_inside(finding: Finding, actor: Actor, *, at: datetime) -> QuerySet[Any]:
    """Return the confirmed events in the finding's places and window and of its stream that the actor sees."""
    stream = next((s for s in streams() if s.code == finding.stream), None)
    if stream is None:
        return Event.objects.none()
    kinds = kinds_of(stream, Kind.objects.values_list("code", "kind_class"))
    inside = PlaceAncestor.objects.filter(ancestor__in=finding.members.values("place")).values("descendant")
    events = Event.objects.visible_to(actor, at=at).filter(
        state=Event.State.CONFIRMED,
        place__in=inside,
        happened_from__gte=finding.window_from,
        happened_from__lt=finding.window_to,
    )
    standing = Q(classifications__kind__in=kinds, classifications__withdrawn_at__isnull=True)
    return (
        events.filter(standing)
        .exclude(handling="protected")
        .distinct()
        .select_related("place")
        .order_by("-happened_from", "id")
    )


def explanation_of(finding: Finding, *, members: Sequence[FindingMember]) -> Explanation:
    """Return the sentences that say why the finding was raised, and what would make it false."""
    return explain(
        Facts(
            type=finding.type,
            stream=finding.stream,
            level=finding.level,
            place=finding.place.name if finding.place else "",
            members=len(members),
            window_from=finding.window_from,
            window_to=finding.window_to,
            observed=finding.observed,
            expected=finding.expected,
            recurrence_days=finding.recurrence_days,
            radius_m=finding.radius_m,
            baseline_events=finding.baseline_events,
            baseline_weeks=len(finding.weeks),
            history_weeks=finding.history_weeks,
            needed_places=tuple(member.place.name for member in members if member.is_needed),
            needed_weeks=tuple(date.fromisoformat(day) for day in finding.needed_weeks),
        )
    )


def explained_surges_for(actor: Actor, finding: Finding) -> list[ExplainedSurge]:
    """Return the surges of whole areas that the finding explains, each as the latest run saw it: to its owner alone.

    A grant shares the finding; the areas around it are not what was shared.
    """
    if finding.owner_id != actor.agency:
        return []
    latest: dict[int, ExplainedSurge] = {}
    # In Python: a list of findings has them at hand already.
    surges = sorted(finding.explained_surges.all(), key=lambda surge: (surge.run.as_of, surge.pk), reverse=True)
    for surge in surges:
        latest.setdefault(surge.place_id, surge)
    return list(latest.values())


def chart_weeks(finding: Finding) -> list[tuple[date, int, float]]:
    """Return the weeks of the finding's chart."""
    return [(date.fromisoformat(day), observed, expected) for day, observed, expected in finding.weeks]


def scan_lines(run: WatchRun, *, language: str) -> list[ScanLine]:
    """Return the result of a run as lines of a table."""
    return [_line(scan, language) for scan in run.result.get("scans", ())]


def stream_choices(language: str) -> list[tuple[str, str]]:
    """Return every stream of findings with its label, silence last."""
    return [(code, label_of(code, language)) for code in (*(s.code for s in streams()), SILENCE)]


def _line(scan: dict[str, Any], language: str) -> ScanLine:
    best = scan["best"] or {}
    return ScanLine(
        type=scan.get("type", SILENCE if scan["stream"] == SILENCE else Finding.Type.CLUSTER),
        label=label_of(scan["stream"], language),
        level=scan["level"],
        cases=scan["cases"],
        places=scan["places"],
        coarse=scan["unseen"]["coarse"],
        without_coordinates=scan["unseen"]["without_coordinates"],
        observed=best.get("observed"),
        expected=best.get("expected"),
        p_value=best.get("p"),
        recurrence_days=best.get("recurrence_days"),
        members=best.get("members", ()),
    )
