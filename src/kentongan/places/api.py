"""Places over the API: the gazetteer is public, so no gate stands before it."""

from typing import Annotated

from django.http import Http404, HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from .gazetteer import Unit, load_gazetteer
from .search import search

router = Router(tags=["places"])


class PlaceOut(Schema):
    """A unit of the gazetteer under its current code."""

    code: str
    name: str
    level: str
    country: str
    written: str = Field(description="The name with the units it lies in")
    parent: str | None
    lat: float | None
    lon: float | None
    is_approximate: bool
    former_codes: list[str]


class FoundPlace(PlaceOut):
    """A place that a search found, with how well it fits."""

    score: float


def described(unit: Unit) -> dict[str, object]:
    """Return what the API says of a unit."""
    return {
        "code": unit.code,
        "name": unit.name,
        "level": unit.level,
        "country": unit.country,
        "written": load_gazetteer().written(unit.code),
        "parent": unit.parent,
        "lat": unit.lat,
        "lon": unit.lon,
        "is_approximate": unit.is_approximate,
        "former_codes": [former.code for former in unit.former_codes],
    }


@router.get("", response=list[FoundPlace], operation_id="search_places", summary="Find places by name")
def search_places(
    request: HttpRequest,  # noqa: ARG001 - the framework's signature
    q: Annotated[str, Query(min_length=2, max_length=120, description='As people write it: "Desa Silawan, Belu"')],
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
) -> list[dict[str, object]]:
    """Return the units whose names fit, best first; typing errors and former spellings are forgiven."""
    return [{**described(hit.unit), "score": round(hit.score, 1)} for hit in search(q, limit=limit)]


@router.get("/{code}", response=PlaceOut, operation_id="get_place", summary="One place by any code it ever had")
def get_place(request: HttpRequest, code: str) -> dict[str, object]:  # noqa: ARG001 - the framework's signature
    """Return the place; a former code answers with the current one."""
    gazetteer = load_gazetteer()
    current = gazetteer.current_code(code)
    if current is None:
        raise Http404(code)
    return described(gazetteer.at(current))


@router.get(
    "/{code}/children",
    response=list[PlaceOut],
    operation_id="list_children",
    summary="The units directly inside a place",
)
def list_children(request: HttpRequest, code: str) -> list[dict[str, object]]:  # noqa: ARG001 - the framework's signature
    """Return the children in the order of their codes."""
    gazetteer = load_gazetteer()
    current = gazetteer.current_code(code)
    if current is None:
        raise Http404(code)
    return [described(unit) for unit in gazetteer.children(current)]
