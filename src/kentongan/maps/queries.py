"""What may be drawn: reads through the gate, never a protected row, never more precise than what is known."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from kentongan.agreements.facts import Actor
from kentongan.agreements.models import Handling
from kentongan.agreements.registry import on_refugees
from kentongan.alerts.models import Alert
from kentongan.alerts.queries import with_next_due
from kentongan.events.models import Classification, Event
from kentongan.places.models import Place
from kentongan.places.queries import facilities_on
from kentongan.vocabulary.models import Kind
from kentongan.watch.models import Finding, FindingMember
from kentongan.watch.streams import streams

from .forms import Selection
from .geometry import Point, padded_hull

MOST_DRAWN = 4000
HULL_MARGIN_M = 2500.0

VILLAGE_LEVELS = frozenset({"village", "suco", "aldeia"})
UNDRAWN_LEVELS = frozenset({"country"})  # a point in the middle of a state says nothing

PRECISION_LABELS = {
    "village": _("desa"),
    "approximate": _("titik perkiraan"),
    "district": _("hanya kecamatan yang diketahui"),
    "post": _("hanya posto yang diketahui"),
    "regency": _("hanya kabupaten yang diketahui"),
    "city": _("hanya kota yang diketahui"),
    "municipality": _("hanya munisipio yang diketahui"),
    "province": _("hanya provinsi yang diketahui"),
    "sea": _("wilayah laut"),
}

CLASS_ORDER = ("offence", "movement", "issue", "modus", "status", "response")
"""Which of several kinds gives an event its symbol: the first class that stands."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something is drawn, and how precisely that is known."""

    lon: float
    lat: float
    precision: str  # a key of PRECISION_LABELS

    @property
    def is_area(self) -> bool:
        return self.precision != "village"

    @property
    def precision_written(self) -> str:
        """How precisely the place is known, in words."""
        return str(PRECISION_LABELS[self.precision])


@dataclass(frozen=True, slots=True)
class DrawnEvent:
    """An event as the map and the table beside it show it."""

    id: str
    title: str
    address: str
    state: str
    happened_from: date | None
    happened_to: date | None
    date_precision: str
    known_on: date
    kinds: tuple[str, ...]
    kind_class: str
    place: str
    province: str  # code of the province, or of Timor-Leste
    spot: Spot | None
    is_personal: bool


@dataclass(frozen=True, slots=True)
class DrawnAlert:
    """An open alert as the map and the table beside it show it."""

    id: str
    title: str
    address: str
    state: str
    is_urgent: bool
    due_at: datetime
    is_overdue: bool
    addressee: str
    place: str
    spot: Spot | None
    is_personal: bool


@dataclass(frozen=True, slots=True)
class DrawnMember:
    """A place inside a finding."""

    place: str
    spot: Spot
    observed: int
    is_centre: bool


@dataclass(frozen=True, slots=True)
class DrawnFinding:
    """A finding as the map and the table beside it show it."""

    id: str
    title: str
    address: str
    type: str
    state: str
    window_from: date
    window_to: date
    observed: int
    expected: float
    recurrence_days: float
    places: int
    members: tuple[DrawnMember, ...]
    is_personal: bool

    @property
    def last_day(self) -> date:
        """The last day inside the window."""
        return self.window_to - timedelta(days=1)


def drawable_events(actor: Actor, *, at: datetime) -> QuerySet[Event]:
    """Return the visible events that may be on a map: standing ones, never protected, never about refugees or asylum-seekers.

    A withdrawn classification as protected keeps an event off the map too: the doubt is on the side of the person.
    """
    standing = Event.objects.visible_to(actor, at=at).filter(state__in=(Event.State.PROPOSED, Event.State.CONFIRMED))
    return standing.exclude(handling=Handling.PROTECTED).filter(~Exists(_spoke_of_protected("pk")))


def _spoke_of_protected(event: str) -> QuerySet[Classification]:
    return Classification.objects.filter(event=OuterRef(event), kind__is_protected=True)


def within(events: QuerySet[Event], selection: Selection) -> QuerySet[Event]:
    """Return the events of the days and kinds; one without a date counts on the day it became known."""
    ends_after = Q(happened_to__gt=selection.since) | Q(happened_to__isnull=True, happened_from__gte=selection.since)
    dated = Q(happened_from__lt=selection.until) & ends_after
    undated = Q(happened_from__isnull=True, known_at__date__gte=selection.since, known_at__date__lt=selection.until)
    chosen = events.filter(dated | undated)
    return chosen.filter(_has_kind(kind__in=selection.kinds)) if selection.kinds else chosen


def event_layer(actor: Actor, selection: Selection, *, at: datetime) -> list[DrawnEvent]:
    """Return what happened or is alleged, newest first; what was only a response of an agency is on the other layer."""
    happenings = drawable_events(actor, at=at).filter(
        ~_has_kind() | _has_kind(~Q(kind__kind_class=Kind.Class.RESPONSE))
    )
    return _drawn_events(within(happenings, selection))


def response_layer(actor: Actor, selection: Selection, *, at: datetime) -> list[DrawnEvent]:
    """Return what agencies did: events with a kind of class response, newest first."""
    responses = drawable_events(actor, at=at).filter(_has_kind(kind__kind_class=Kind.Class.RESPONSE))
    return _drawn_events(within(responses, selection))


def kinds_in(actor: Actor, selection: Selection, *, at: datetime) -> list[tuple[str, str, int]]:
    """Return code, label and number of events of each kind that occurs in those days, the most frequent first."""
    everything = within(drawable_events(actor, at=at), Selection(selection.since, selection.until))
    counted = (
        Classification.objects.filter(event__in=everything.order_by().values("pk"), withdrawn_at__isnull=True)
        .annotate(code=F("kind__code"), label=F(f"kind__{_label_column()}"))
        .values_list("code", "label")
        .annotate(number=Count("event", distinct=True))
        .order_by("-number", "code")
    )
    return [(code, label, number) for code, label, number in counted]


def _label_column() -> str:
    return "label_en" if get_language() == "en" else "label_id"


def _has_kind(*conditions: Q, **more: Any) -> Exists:
    return Exists(Classification.objects.filter(*conditions, event=OuterRef("pk"), withdrawn_at__isnull=True, **more))


def _drawn_events(events: QuerySet[Event]) -> list[DrawnEvent]:
    standing = Classification.objects.filter(withdrawn_at__isnull=True).select_related("kind")
    rows = (
        events.select_related("place__parent__parent")
        .prefetch_related(Prefetch("classifications", queryset=standing))
        .order_by(F("happened_from").desc(nulls_last=True), "-known_at", "-id")[:MOST_DRAWN]
    )
    return [_drawn_event(row) for row in rows]


def _drawn_event(event: Event) -> DrawnEvent:
    kinds = sorted(
        {c.kind for c in event.classifications.all()}, key=lambda kind: (CLASS_ORDER.index(kind.kind_class), kind.code)
    )
    return DrawnEvent(
        id=str(event.pk),
        title=event.title,
        address=reverse("event_detail", args=[event.pk]),
        state=event.state,
        happened_from=event.happened_from,
        happened_to=event.happened_to,
        date_precision=event.precision,
        known_on=event.known_at.date(),
        kinds=tuple(getattr(kind, _label_column()) for kind in kinds),
        kind_class=kinds[0].kind_class if kinds else "issue",
        place=written(event.place),
        province=province_of(event.place),
        spot=spot_of(event.place),
        is_personal=event.handling == Handling.PERSONAL,
    )


def alert_layer(actor: Actor, *, at: datetime) -> list[DrawnAlert]:
    """Return the open alerts that the officer may see, the next due first; none on refugees, or whose cause is protected."""
    open_ones = (
        Alert.objects.visible_to(actor, at=at)
        .exclude(state=Alert.State.CLOSED)
        .filter(~on_refugees(Alert), ~Exists(_spoke_of_protected("event")))
        .select_related("addressee", "place__parent__parent", "event__place__parent__parent")
    )
    alerts = list(with_next_due(open_ones).order_by("next_due", "id")[:MOST_DRAWN])
    centres = _centres([alert.finding_id for alert in alerts if alert.place is None and alert.finding_id], actor, at=at)
    return [_drawn_alert(alert, centres.get(alert.finding_id), at=at) for alert in alerts]


def _centres(findings: Iterable[UUID], actor: Actor, *, at: datetime) -> dict[UUID, Place]:
    """Return the places in the middle of findings, of those whose places the officer may see."""
    seen = Finding.objects.visible_to(actor, at=at).filter(pk__in=findings, members__is_centre=True).order_by()
    centres = dict(seen.values_list("pk", "members__place"))
    places = Place.objects.select_related("parent__parent").in_bulk(list(centres.values()))
    return {finding: places[place] for finding, place in centres.items()}


def _drawn_alert(alert: Any, centre: Place | None, *, at: datetime) -> DrawnAlert:
    place = alert.place or (alert.event.place if alert.event else None) or centre
    due: datetime = alert.next_due
    return DrawnAlert(
        id=str(alert.pk),
        title=alert.title,
        address=reverse("alert_detail", args=[alert.pk]),
        state=alert.state,
        is_urgent=alert.is_urgent,
        due_at=due,
        is_overdue=due <= at,
        addressee=str(alert.addressee),
        place=written(place),
        spot=spot_of(place),
        is_personal=alert.handling == Handling.PERSONAL,
    )


def finding_layer(actor: Actor, selection: Selection, *, at: datetime) -> list[DrawnFinding]:
    """Return the findings whose window touches those days, newest first, without dismissed ones."""
    members = FindingMember.objects.select_related("place__parent__parent").order_by("-observed", "place__code")
    findings = (
        Finding.objects.visible_to(actor, at=at)
        .filter(window_from__lt=selection.until, window_to__gt=selection.since)
        .exclude(state=Finding.State.DISMISSED)
        .exclude(handling=Handling.PROTECTED)
        .prefetch_related(Prefetch("members", queryset=members))
    )
    return [_drawn_finding(finding) for finding in findings[:MOST_DRAWN]]


def _drawn_finding(finding: Finding) -> DrawnFinding:
    members = tuple(
        DrawnMember(written(member.place), spot, member.observed, member.is_centre)
        for member in finding.members.all()
        if (spot := spot_of(member.place)) is not None
    )
    titles: dict[str, str] = {
        Finding.Type.SILENCE: gettext("Senyap"),
        Finding.Type.SURGE: gettext("Lonjakan: %(what)s"),
        Finding.Type.CLUSTER: gettext("Gugus: %(what)s"),
    }
    title = titles[finding.type] % {"what": stream_label(finding.stream)}
    return DrawnFinding(
        id=str(finding.pk),
        title=title,
        address=reverse("finding_detail", args=[finding.pk]),
        type=finding.type,
        state=finding.state,
        window_from=finding.window_from,
        window_to=finding.window_to,
        observed=finding.observed,
        expected=finding.expected,
        recurrence_days=finding.recurrence_days,
        places=len(finding.members.all()),
        members=members,
        is_personal=finding.handling == Handling.PERSONAL,
    )


def stream_label(code: str) -> str:
    """Return the name of a stream of the watch in the reader's language."""
    stream = next((s for s in streams() if s.code == code), None)
    if stream is None:
        return code
    return stream.label_en if get_language() == "en" else stream.label_id


def spot_of(place: Place | None) -> Spot | None:
    """Return where a place is drawn; None without a point or when the place is a whole state."""
    if place is None or place.lat is None or place.lon is None or place.level in UNDRAWN_LEVELS:
        return None
    if place.level in VILLAGE_LEVELS:
        return Spot(place.lon, place.lat, "approximate" if place.is_approximate else "village")
    return Spot(place.lon, place.lat, place.level)


def written(place: Place | None) -> str:
    """Return the place with the two units around it: "Silawan, Tasifeto Timur, Belu"."""
    names: list[str] = []
    while place is not None and place.level != "country":
        names.append(place.name)
        place = place.parent if len(names) < 3 else None  # two units above are fetched with the place
    return ", ".join(names)


def province_of(place: Place | None) -> str:
    """Return the code of the province that holds a place; TL for Timor-Leste, where everything is near; empty elsewhere."""
    if place is None or place.level in ("country", "sea"):
        return ""
    return {"ID": place.code[:2], "TL": "TL"}.get(place.country, "")


def hull_of(finding: DrawnFinding) -> list[Point]:
    """Return the ring around the members of a finding; empty when none has a point."""
    return padded_hull([Point(m.spot.lon, m.spot.lat) for m in finding.members], margin_m=HULL_MARGIN_M)


@dataclass(frozen=True, slots=True)
class DrawnPost:
    """A facility, drawn once at each place where it may lie."""

    name: str
    kind: str
    status: str
    place: str
    lon: float
    lat: float
    is_settled: bool


def posts(*, on: date) -> list[DrawnPost]:
    """Return every border post, port and airport with its status on that day; an unresolved one at each candidate."""
    facilities = facilities_on(on).select_related("place__parent__parent")
    candidates = Prefetch("candidates", queryset=Place.objects.select_related("parent__parent"))
    return [drawn for facility in facilities.prefetch_related(candidates) for drawn in _drawn_posts(facility)]


def _drawn_posts(facility: Any) -> Iterable[DrawnPost]:
    status = facility.status or "unknown"
    if facility.lon is not None and facility.lat is not None:
        place = written(facility.place or facility.candidates.first())
        yield DrawnPost(
            facility.name, facility.kind, status, place, facility.lon, facility.lat, facility.place is not None
        )
        return
    for candidate in [facility.place] if facility.place else facility.candidates.all():
        if spot := spot_of(candidate):
            yield DrawnPost(
                facility.name, facility.kind, status, written(candidate), spot.lon, spot.lat, facility.place is not None
            )
