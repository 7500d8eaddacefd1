"""The door to the gazetteer: finding a unit by its name or code. The gazetteer is public, so it needs no gate."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from .gazetteer import Unit, load_gazetteer
from .search import Hit, search

HITS = 25
SUGGESTIONS = 8
LONGEST_QUERY = 120


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """One line of the answer, as the page and the suggestions show it."""

    code: str
    name: str
    written: str
    why: str
    score: float
    is_approximate: bool


@login_required
@require_safe
def place_search(request: HttpRequest) -> HttpResponse:
    """Answer a name with the units it may mean, a code with its place; `format=json` answers suggestions while typing."""
    query = request.GET.get("q", "").strip()[:LONGEST_QUERY]
    if request.GET.get("format") == "json":
        return JsonResponse({"places": [_suggestion(hit) for hit in search(query, SUGGESTIONS)]})
    gazetteer = load_gazetteer()
    if code := gazetteer.current_code(query.upper()):
        return redirect("place_detail", code=code)
    shown = {
        "query": query,
        "found": [_found(hit) for hit in search(query, HITS)],
        "provinces": _named(gazetteer.children("ID")),
        "municipalities": _named(gazetteer.children("TL")),
    }
    return render(request, "places/search.html", shown)


def _found(hit: Hit) -> FoundPlace:
    unit, gazetteer = hit.unit, load_gazetteer()
    return FoundPlace(
        code=unit.code,
        name=gazetteer.titled(gazetteer.row(unit.code)),
        written=gazetteer.written(unit.code),
        why=hit.explained(gettext),
        score=hit.score,
        is_approximate=unit.is_approximate,
    )


def _suggestion(hit: Hit) -> dict[str, object]:
    unit = hit.unit
    return {
        "code": unit.code,
        "name": unit.name,
        "written": load_gazetteer().written(unit.code),
        "level": unit.level,
        "facility": hit.facility,
        "score": hit.score,
        "lat": unit.lat,
        "lon": unit.lon,
    }


def _named(units: tuple[Unit, ...]) -> list[tuple[str, str]]:
    return [(unit.code, unit.name) for unit in units]
