"""The map with the table beside it, as one piece that any page of the web room can hold.

The web and maps rooms know nothing of each other's code; this tag is where they meet.
"""

from typing import Any

from django import template
from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Max, Min
from django.template import RequestContext
from django.urls import reverse
from django.utils import timezone

from kentongan.agencies.models import Agency
from kentongan.agreements.doors import actor_of
from kentongan.maps import queries
from kentongan.maps.features import day_of
from kentongan.maps.forms import map_filter
from kentongan.maps.labels import alert_state, event_state, facility_kind, facility_status, finding_state, recurrence
from kentongan.places.models import Place, PlaceAncestor

register = template.Library()

ROWS_A_PAGE = 25
REGION = (94.0, -11.5, 129.0, 6.5)
"""West, south, east, north: what is shown when the officer's own area is not known."""

register.filter("day_of", day_of)
register.filter("event_state", event_state)
register.filter("alert_state", alert_state)
register.filter("finding_state", finding_state)
register.filter("recurrence", recurrence)
register.filter("facility_kind", facility_kind)
register.filter("facility_status", facility_status)
register.filter("stream_label", queries.stream_label)
register.filter("where", queries.written)


@register.inclusion_tag("maps/_panel.html", takes_context=True)
def map_panel(context: RequestContext) -> dict[str, Any]:
    """Return the map's addresses, the filter, and the rows of all three layers in tables."""
    request = context["request"]
    actor, at = actor_of(request), timezone.now()
    wanted = map_filter(request)
    wanted.full_clean()
    selection = wanted.selection  # the last 90 days when what was asked for cannot be drawn
    events = queries.event_layer(actor, selection, at=at)
    return {
        "request": request,
        "filter": wanted,
        "selection": selection,
        "kinds": queries.kinds_in(actor, selection, at=at),
        "events": Paginator(events, ROWS_A_PAGE).get_page(request.GET.get("page")),
        "not_drawn": sum(event.spot is None for event in events),
        "responses": queries.response_layer(actor, selection, at=at),
        "alerts": queries.alert_layer(actor, at=at),
        "findings": queries.finding_layer(actor, selection, at=at),
        "query": selection.as_query(),
        "keeps_view": True,
        **_frame(own_box(actor.agency)),
    }


@register.inclusion_tag("maps/_map.html", takes_context=True)
def map_around(context: RequestContext, place: Place) -> dict[str, Any]:
    """Return the map around one place, with the last 90 days."""
    box = box_of(place)
    return {"request": context["request"], "query": "", **_frame(box or REGION), "has_point": box is not None}


def _frame(box: tuple[float, float, float, float]) -> dict[str, Any]:
    return {
        "box": ",".join(f"{edge:.4f}" for edge in box),
        "village_tiles": reverse("map_villages", args=[0, 0, 0]).replace("0/0/0", "{z}/{x}/{y}"),
        "tile_server": settings.TILE_SERVER,
        "base_pmtiles": settings.BASE_PMTILES,
    }


def own_box(agency: str) -> tuple[float, float, float, float]:
    """Return the box of the province or state in which the agency has its seat; the whole region when that is not known."""
    seat = Agency.objects.filter(pk=agency).values_list("seat_id", flat=True).first()
    above = PlaceAncestor.objects.filter(descendant=seat).exclude(ancestor__level="country").order_by("-depth")
    top = above.select_related("ancestor").first() if seat else None
    return (box_of(top.ancestor) if top else None) or REGION


def box_of(place: Place) -> tuple[float, float, float, float] | None:
    """Return the box around a place and all that lies in it, a few kilometres wide at least; None without any point."""
    inside = Place.objects.filter(
        pk__in=PlaceAncestor.objects.filter(ancestor=place).values("descendant"), lat__isnull=False
    )
    edges = inside.aggregate(w=Min("lon"), s=Min("lat"), e=Max("lon"), n=Max("lat"))
    if edges["w"] is None:
        return None
    margin = max(0.04, (edges["n"] - edges["s"]) * 0.05)
    return edges["w"] - margin, edges["s"] - margin, edges["e"] + margin, edges["n"] + margin
