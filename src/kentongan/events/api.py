"""Events over the API, as rows and as GeoJSON. Protected rows never leave by this door, not even to their owner."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, FilterLookup, FilterSchema, Query, Router, Schema
from ninja.pagination import paginate

from kentongan.agreements import access
from kentongan.agreements.doors import actor_of
from kentongan.agreements.facts import Actor
from kentongan.agreements.listings import Listing
from kentongan.agreements.schemas import ReleaseOut
from kentongan.audit import trail
from kentongan.audit.catalogue import Trail

from .models import Event
from .queries import each_said_once

router = Router(tags=["events"])


class ClassificationOut(Schema):
    """An alleged kind: who says so, since when, and why."""

    kind: str = Field(alias="kind_id")
    alleged_by: str = Field(
        description="`officer:`, `agency:` or `reading:` with its id; without the id where that is not shared"
    )
    alleged_at: datetime
    why: str = Field(description="Blank where it is not shared")
    confidence: float


class EventOut(Schema):
    """What is held of an event now."""

    id: UUID
    number: str
    owner: str = Field(alias="owner_id")
    title: str
    state: str
    version: int
    place: str | None = Field(None, alias="place.code")
    place_candidates: list[str] = Field(alias="place_open")
    happened_from: date | None
    happened_to: date | None
    precision: str
    known_at: datetime
    persons: int | None
    source_grade: str
    classifications: list[ClassificationOut]
    is_simulated: bool
    release: ReleaseOut | None = Field(None, description="Set where the row is shared in part; null where it is whole")

    @staticmethod
    def resolve_classifications(event: Event) -> list[object]:
        """Return those that stand, what several readings say alike once."""
        return list(each_said_once(one for one in event.classifications.all() if one.withdrawn_at is None))


class EventFilter(FilterSchema):
    """Which events."""

    state: str | None = None
    kind: Annotated[str | None, FilterLookup("classifications__kind_id")] = None
    happened_from: Annotated[date | None, FilterLookup("happened_from__gte")] = None
    happened_to: Annotated[
        date | None, FilterLookup("happened_from__lt"), Field(description="The first day that is no longer wanted")
    ] = None
    place: Annotated[str | None, FilterLookup("place__code")] = None


class PointOut(Schema):
    """A GeoJSON point, longitude first."""

    type: str = "Point"
    coordinates: tuple[float, float]


class FeatureOut(Schema):
    """An event as a GeoJSON feature; without a point while its place is open."""

    type: str = "Feature"
    id: UUID
    geometry: PointOut | None
    properties: EventOut


class FeaturesOut(Schema):
    """GeoJSON, at most `limit` features."""

    type: str = "FeatureCollection"
    features: list[FeatureOut]


@router.get("", response=list[EventOut], operation_id="list_events", summary="Events, the latest known first")
@paginate(Listing)
def list_events(request: HttpRequest, which: Query[EventFilter]) -> QuerySet[Event]:
    """Return the events that the gate shows to the token's officer."""
    return which.filter(_shown(request)).distinct()


@router.get("/geojson", response=FeaturesOut, operation_id="map_events", summary="Events for a map")
def map_events(
    request: HttpRequest,
    which: Query[EventFilter],
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1000,
) -> dict[str, object]:
    """Return the same events as GeoJSON."""
    events = which.filter(_shown(request)).distinct()[:limit]
    return {"features": [{"id": event.pk, "geometry": _point(event), "properties": event} for event in events]}


@router.get("/{event_id}", response=EventOut, operation_id="get_event", summary="One event")
def get_event(request: HttpRequest, event_id: UUID) -> Event:
    """Return the event; refused, protected and absent look the same."""
    return access.fetch(Event, event_id, actor_of(request), at=timezone.now(), never=frozenset({"protected"}))


def _shown(request: HttpRequest) -> QuerySet[Event]:
    actor: Actor = actor_of(request)
    at = timezone.now()
    trail.note_look(Trail.RECORDS_LISTED, by=actor, at=at, facts={"category": "events", "door": "api"})
    shown = Event.objects.visible_to(actor, at=at).exclude(handling="protected").exclude(state=Event.State.MERGED)
    return shown.select_related("place").prefetch_related("classifications")


def _point(event: Event) -> dict[str, object] | None:
    if event.place is None or event.place.lon is None:
        return None
    return {"coordinates": (event.place.lon, event.place.lat)}
