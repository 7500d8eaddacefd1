"""Reads behind the page of outcomes: the alerts of a period that an officer sees, by kind and place."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from kentongan.agreements.access import GatedQuerySet
from kentongan.agreements.cells import PARTNER_CELL, Shown, shown_table
from kentongan.agreements.facts import FULL, Actor
from kentongan.events.models import Event
from kentongan.places.models import Place, PlaceAncestor
from kentongan.vocabulary.models import Kind
from kentongan.watch.models import Finding
from kentongan.watch.streams import kinds_of, label_of, streams

from .labels import MATTERS, word
from .models import Alert
from .outcomes import Course, Summary, summary

AREAS: Mapping[str, tuple[str, ...]] = {
    "regency": ("regency", "city", "municipality"),
    "province": ("province", "municipality"),
}
"""What a place is summed up to: a municipality of Timor-Leste lies in no province and stands for one."""

OTHER, MATTER = "other", "matter:"


@dataclass(frozen=True, slots=True)
class Line:
    """The alerts of one kind in one area (None: the place is known more coarsely, or not shown)."""

    kind: str
    area: Place | None
    summary: Summary


@dataclass(frozen=True, slots=True)
class Outcomes:
    """The alerts of a period as of an instant: a line for each kind and area, one for each kind, and one for all.

    `partly` are those of which the reader is not shown the outcome: they are in no line.
    """

    lines: tuple[Line, ...]
    by_kind: tuple[Line, ...]
    whole: Summary
    partly: int
    as_of: datetime


def outcomes_of(actor: Actor, *, first: datetime, end: datetime, as_of: datetime, area: str, at: datetime) -> Outcomes:
    """Return what became of the alerts raised in [first, end), as known at `as_of`, from what the actor sees at `at`."""
    seen = Alert.objects.visible_to(actor, at=at).filter(raised_at__gte=first, raised_at__lt=end, raised_at__lte=as_of)
    rows = list(seen.select_related("place").order_by("raised_at", "id"))
    told = [row for row in rows if row.release is None or row.release.release_of("outcome") == FULL]
    kinds = _kinds_of_alerts(told, actor, at=at)
    areas = _areas((row.place_id for row in told), AREAS[area])
    courses: defaultdict[tuple[str, int | None], list[Course]] = defaultdict(list)
    for row in told:
        courses[kinds[row.pk], areas.get(row.place_id)].append(_course(row))
    places = Place.objects.in_bulk([key for _kind, key in courses if key is not None])
    lines = [
        Line(kind, places.get(key) if key is not None else None, summary(some, at=as_of))
        for (kind, key), some in courses.items()
    ]
    return Outcomes(
        lines=tuple(sorted(lines, key=lambda line: (_rank(line.kind), line.area.code if line.area else "~"))),
        by_kind=tuple(_by_kind(courses, as_of=as_of)),
        whole=summary((one for some in courses.values() for one in some), at=as_of),
        partly=len(rows) - len(told),
        as_of=as_of,
    )


def shown_cells(outcomes: Outcomes, *, k: int = PARTNER_CELL) -> Shown:
    """Return the counts of the lines as they may leave the installation: no cell from 1 to k - 1, nor what betrays one.

    On the page every counted alert is one that the reader can open; a file goes on to people for whom that does not hold.
    """
    counts = [
        [one.true, one.false, one.benign, one.others, one.open] for one in (line.summary for line in outcomes.lines)
    ]
    return shown_table(counts, k=k, with_columns=False) if counts else Shown((), (), (), None)


def kind_word(kind: str, language: str) -> str:
    """Return what a kind of alerts is called."""
    if kind.startswith(MATTER):
        return _("Perihal: %(matter)s") % {"matter": word(MATTERS, kind.removeprefix(MATTER))}
    return _("Kejadian di luar aliran") if kind == OTHER else label_of(kind, language)


def _kinds_of_alerts(alerts: Iterable[Alert], actor: Actor, *, at: datetime) -> dict[UUID, str]:
    """Return each alert's stream: that of its finding or its event; where neither is shown, the matter it was raised for."""
    alerts = list(alerts)
    findings = _visible(Finding.objects.visible_to(actor, at=at), [alert.finding_id for alert in alerts])
    shown = _visible(
        Event.objects.visible_to(actor, at=at).prefetch_related("classifications"), [alert.event_id for alert in alerts]
    )
    counted = [(s.code, kinds_of(s, Kind.objects.values_list("code", "kind_class"))) for s in streams()]
    found = {}
    for alert in alerts:
        finding, event = findings.get(alert.finding_id), shown.get(alert.event_id)
        if finding is not None:
            found[alert.pk] = finding.stream
        elif event is not None:
            found[alert.pk] = _stream_of_event(event, counted)
        else:
            found[alert.pk] = f"{MATTER}{alert.matter}"
    return found


def _visible(rows: GatedQuerySet, keys: Iterable[Any]) -> dict[Any, Any]:
    wanted = {key for key in keys if key is not None}
    return {row.pk: row for row in rows.filter(pk__in=wanted)} if wanted else {}


def _stream_of_event(event: Any, counted: Iterable[tuple[str, frozenset[str]]]) -> str:
    """Return the first stream that counts the event: each alert is in one line only."""
    standing = {one.kind_id for one in event.classifications.all() if one.withdrawn_at is None}
    return next((code for code, kinds in counted if kinds & standing), OTHER)


def _areas(places: Iterable[int | None], levels: tuple[str, ...]) -> dict[int | None, int]:
    wanted = {place for place in places if place is not None}
    rows = PlaceAncestor.objects.filter(descendant__in=wanted, ancestor__level__in=levels).order_by("-depth")
    return dict(rows.values_list("descendant_id", "ancestor_id"))  # the nearest stands last and is kept


def _course(alert: Alert) -> Course:
    return Course(
        raised_at=alert.raised_at,
        acknowledged_at=alert.acknowledged_at,
        verified_at=alert.verified_at,
        closed_at=alert.closed_at,
        outcome=alert.outcome,
    )


def _by_kind(courses: Mapping[tuple[str, int | None], list[Course]], *, as_of: datetime) -> Iterable[Line]:
    for kind in sorted({kind for kind, _area in courses}, key=_rank):
        of_kind = (one for (other, _area), some in courses.items() if other == kind for one in some)
        yield Line(kind, None, summary(of_kind, at=as_of))


def _rank(kind: str) -> tuple[int, str]:
    order = [*(stream.code for stream in streams()), "silence", OTHER]
    return (order.index(kind) if kind in order else len(order), kind)
