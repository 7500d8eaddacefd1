"""Findings over the API, as rows and as GeoJSON of their members."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, FilterLookup, FilterSchema, Query, Router, Schema
from ninja.pagination import paginate

from kentongan.agreements import access
from kentongan.agreements.doors import actor_of
from kentongan.agreements.listings import Listing
from kentongan.agreements.schemas import ReleaseOut
from kentongan.audit import trail
from kentongan.audit.catalogue import Trail

from .models import ExplainedSurge, Finding
from .queries import explained_surges_for

router = Router(tags=["findings"])


class MemberOut(Schema):
    """A place inside a finding."""

    place: str = Field(alias="place.code")
    name: str = Field(alias="place.name")
    observed: int
    expected: float
    is_centre: bool


class ExplainedSurgeOut(Schema):
    """A surge of a whole area that this finding explains: no finding of its own."""

    place: str = Field(alias="place.code")
    name: str = Field(alias="place.name")
    level: str
    window_from: date
    window_to: date
    observed: int
    expected: float


class FindingOut(Schema):
    """What a watch found: observed against expected, and how often chance alone gives as much."""

    id: UUID
    owner: str = Field(alias="owner_id")
    type: str
    stream: str
    level: str
    state: str
    window_from: date | None
    window_to: date | None
    first_as_of: date
    last_as_of: date
    observed: int | None
    expected: float | None
    relative_risk: float | None
    llr: float | None
    p_value: float | None
    recurrence_days: float | None
    radius_m: float | None
    history_weeks: int
    members: list[MemberOut]
    explained_surges: list[ExplainedSurgeOut]
    outcome: str
    is_simulated: bool
    release: ReleaseOut | None = Field(None, description="Set where the row is shared in part; null where it is whole")

    @staticmethod
    def resolve_explained_surges(finding: Finding, context: dict[str, Any]) -> list[ExplainedSurge]:
        """Return what the finding's page shows the token's officer."""
        return explained_surges_for(actor_of(context["request"]), finding)


class FindingFilter(FilterSchema):
    """Which findings."""

    state: str | None = None
    stream: str | None = None
    type: str | None = None
    window_from: Annotated[
        date | None, FilterLookup("window_to__gt"), Field(description="Windows that reach past this day")
    ] = None
    window_to: Annotated[date | None, FilterLookup("window_from__lt")] = None


class MembersOut(Schema):
    """The members with coordinates, as a GeoJSON geometry; longitude first."""

    type: str = "MultiPoint"
    coordinates: list[tuple[float, float]]


class FeatureOut(Schema):
    """A finding as a GeoJSON feature."""

    type: str = "Feature"
    id: UUID
    geometry: MembersOut
    properties: FindingOut


class FeaturesOut(Schema):
    """GeoJSON."""

    type: str = "FeatureCollection"
    features: list[FeatureOut]


@router.get("", response=list[FindingOut], operation_id="list_findings", summary="Findings, the latest first")
@paginate(Listing)
def list_findings(request: HttpRequest, which: Query[FindingFilter]) -> QuerySet[Finding]:
    """Return the findings that the gate shows to the token's officer."""
    return which.filter(_shown(request))


@router.get("/geojson", response=FeaturesOut, operation_id="map_findings", summary="Findings for a map")
def map_findings(
    request: HttpRequest,
    which: Query[FindingFilter],
    limit: Annotated[int, Query(ge=1, le=5000)] = 500,
) -> dict[str, object]:
    """Return the same findings as GeoJSON."""
    return {
        "features": [
            {"id": finding.pk, "geometry": {"coordinates": _points(finding)}, "properties": finding}
            for finding in which.filter(_shown(request))[:limit]
        ]
    }


@router.get("/{finding_id}", response=FindingOut, operation_id="get_finding", summary="One finding")
def get_finding(request: HttpRequest, finding_id: UUID) -> Finding:
    """Return the finding; refused and absent look the same."""
    return access.fetch(Finding, finding_id, actor_of(request), at=timezone.now())


def _shown(request: HttpRequest) -> QuerySet[Finding]:
    actor, at = actor_of(request), timezone.now()
    trail.note_look(Trail.RECORDS_LISTED, by=actor, at=at, facts={"category": "findings", "door": "api"})
    return Finding.objects.visible_to(actor, at=at).prefetch_related(
        "members__place", "explained_surges__place", "explained_surges__run"
    )


def _points(finding: Finding) -> list[tuple[float, float]]:
    places = [member.place for member in finding.members.all()]
    return [(place.lon, place.lat) for place in places if place.lon is not None and place.lat is not None]
