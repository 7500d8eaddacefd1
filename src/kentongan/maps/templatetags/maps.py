"""The map with the table beside it, as one piece that any page of the web room can hold.

The web and maps rooms know nothing of each other's code; this tag is where they meet.
"""

from typing import Any

from django import template
from django.conf import settings
from django.core.paginator import Paginator
from django.template import RequestContext
from django.urls import reverse
from django.utils import timezone

from kentongan.agreements.doors import actor_of
from kentongan.maps import queries
from kentongan.maps.boxes import REGION, Box, box_around, box_of
from kentongan.maps.features import day_of
from kentongan.maps.forms import map_filter
from kentongan.maps.labels import alert_state, event_state, facility_kind, facility_status, finding_state, recurrence
from kentongan.places.models import Place

register = template.Library()

ROWS_A_PAGE = 15

register.filter("day_of", day_of)
register.filter("event_state", event_state)
register.filter("alert_state", alert_state)
register.filter("finding_state", finding_state)
register.filter("recurrence", recurrence)
register.filter("facility_kind", facility_kind)
register.filter("facility_status", facility_status)
register.filter("stream_label", queries.stream_label)
register.filter("where", queries.written)


@register.simple_tag(takes_context=True)
def map_rows(context: RequestContext) -> dict[str, Any]:
    """Return the filter, the map's addresses, and the rows of all three layers, for maps/_panel.html and maps/_table.html."""
    request = context["request"]
    actor, at = actor_of(request), timezone.now()
    wanted = map_filter(request)
    wanted.full_clean()
    selection = wanted.selection  # the last 90 days when what was asked for cannot be drawn
    events = queries.event_layer(actor, selection, at=at)
    return {
        "filter": wanted,
        "selection": selection,
        "kinds": queries.kinds_in(actor, selection, at=at),
        "events": Paginator(events, ROWS_A_PAGE).get_page(request.GET.get("page")),
        "not_drawn": sum(event.spot is None for event in events),
        "responses": queries.response_layer(actor, selection, at=at),
        "alerts": queries.alert_layer(actor, at=at),
        "findings": queries.finding_layer(actor, selection, at=at),
        "frame": _frame(
            box_around(actor.agency, [event.province for event in events]), selection.as_query(), keeps_view=True
        ),
    }


@register.inclusion_tag("maps/_map.html")
def map_around(place: Place) -> dict[str, Any]:
    """Return the map around one place, with the last 90 days."""
    return {"frame": _frame(box_of([place]) or REGION, "", keeps_view=False)}


def _frame(box: Box, query: str, *, keeps_view: bool) -> dict[str, Any]:
    return {
        "box": ",".join(f"{edge:.4f}" for edge in box),
        "query": query,
        "keeps_view": keeps_view,
        "village_tiles": reverse("map_villages", args=[0, 0, 0]).replace("0/0/0", "{z}/{x}/{y}"),
        "tile_server": settings.TILE_SERVER,
        "base_pmtiles": settings.BASE_PMTILES,
    }
