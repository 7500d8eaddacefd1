"""Pages of routes: the flows with what lies between, a corridor, its watch and its end."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kentongan.agencies.models import Agency
from kentongan.agreements.access import demand_act
from kentongan.agreements.doors import acting, actor_of
from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.kit.errors import KentonganError
from kentongan.watch.streams import streams

from . import actions, queries
from .between import between
from .flows import flows
from .forms import CorridorForm, EndForm, FlowForm, WatchAlongForm
from .labels import CONFIDENCES, MODES, VERDICTS
from .lines import lines
from .models import Corridor
from .rules import PERIODS, two_periods
from .sketch import sketch

MOST_ROWS = 50
MOST_ALONG = 60
BESIDE = {
    actions.CorridorStopsWrong: "stops",
    actions.CorridorReachWrong: "reach_km",
    actions.CorridorDayWrong: "valid_from",
}
"""The field beside which a refusal to name a corridor stands, where it is not the name."""


@require_safe
@acting
def route_list(request: HttpRequest) -> HttpResponse:
    """Show from where to where confirmed events say that people or goods moved, what lies between, and the corridors."""
    actor, at = actor_of(request), timezone.now()
    today = timezone.localdate(at)
    form = FlowForm(request.GET, streams=_streams(), today=today)
    chosen: dict[str, Any] = {"sampai": today, "hari": PERIODS[-1], "aliran": ""}
    chosen |= form.cleaned_data if form.is_valid() else {}
    now, earlier = two_periods(chosen["sampai"], chosen["hari"])
    seen = flows(actor, now=now, earlier=earlier, stream=chosen["aliran"], at=at)
    corridors = queries.corridors_in_view(actor)
    drawn = sketch(
        [(row.way, row.events) for row in seen.rows if row.events],
        [(corridor.name, queries.points_of(corridor)) for corridor in queries.standing_on(corridors, today)],
    )
    facts = {"category": "events", "found": len(seen.moved)}
    trail.note_look(Trail.RECORDS_LISTED, by=actor, at=at, facts=facts)
    context = {
        "form": form,
        "now": now,
        "earlier": earlier,
        "flows": seen,
        "rows": seen.rows[:MOST_ROWS],
        "more": max(0, len(seen.rows) - MOST_ROWS),
        "between": [(one, VERDICTS[one.change.verdict]) for one in between(seen, on=now.last)],
        "sketch": drawn,
        "corridors": corridors,
        "lines": [(line, MODES[line.mode], CONFIDENCES[line.confidence]) for line in lines()],
        "reads_events": "events" in actor.reads,
        "reads_corridors": "findings" in actor.reads,
        "may_act": "findings" in actor.acts,
    }
    return render(request, "routes/route_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def corridor_new(request: HttpRequest) -> HttpResponse:
    """Name a corridor of the own agency."""
    actor, at = actor_of(request), timezone.now()
    demand_act(actor, "findings")
    if request.method != "POST":
        stops = "\n".join(request.GET.get("perhentian", "").split(",")[: actions.MOST_STOPS])
        form = CorridorForm(initial={"stops": stops, "valid_from": timezone.localdate(at)})
        return render(request, "routes/corridor_new.html", {"form": form})
    form = CorridorForm(request.POST)
    if not form.is_valid():
        return render(request, "routes/corridor_new.html", {"form": form}, status=422)
    said = form.cleaned_data
    try:
        corridor = actions.create_corridor(
            owner=Agency.objects.get(pk=actor.agency), by=actor, at=at,
            name=said["name"], stops=said["stops"], note=said["note"],
            reach_km=said["reach_km"], valid_from=said["valid_from"],
        )  # fmt: skip
    except KentonganError as refusal:
        form.add_error(BESIDE.get(type(refusal), "name"), refusal.message)
        return render(request, "routes/corridor_new.html", {"form": form}, status=422)
    messages.success(request, _("Koridor “%(name)s” dicatat.") % {"name": corridor.name})
    return redirect("corridor_detail", corridor.pk)


@require_safe
@acting
def corridor_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show a corridor: its stops, what lies along it, its watch."""
    return _corridor_page(request, queries.corridor_in_view(actor_of(request), pk))


@require_POST
@acting
def corridor_watch(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Set up a watch along a corridor of the own agency."""
    actor, at = actor_of(request), timezone.now()
    corridor = queries.corridor_in_view(actor, pk)
    demand_act(actor, "findings")
    form = WatchAlongForm(request.POST)
    if not form.is_valid():
        return _corridor_page(request, corridor, watch_form=form, status=422)
    every_days = form.cleaned_data["every_days"]

    def deed() -> object:
        return actions.watch_corridor(corridor=corridor, every_days=every_days, by=actor, at=at)

    return _done(request, corridor, deed, _("Desa di sepanjang koridor ini dipantau mulai sekarang."))


@require_POST
@acting
def corridor_end(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End a corridor of the own agency, and its watch with it."""
    actor, at = actor_of(request), timezone.now()
    corridor = queries.corridor_in_view(actor, pk)
    demand_act(actor, "findings")
    form = EndForm(request.POST)
    if not form.is_valid():
        return _corridor_page(request, corridor, end_form=form, status=422)
    said = form.cleaned_data

    def deed() -> object:
        return actions.end_corridor(corridor=corridor, on=said["on"], why=said["why"], by=actor, at=at)

    return _done(request, corridor, deed, _("Koridor diakhiri. Pemantauannya, bila ada, dihentikan."))


def _done(request: HttpRequest, corridor: Corridor, deed: Callable[[], object], done: str) -> HttpResponse:
    try:
        deed()
    except KentonganError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, done)
    return redirect("corridor_detail", corridor.pk)


def _corridor_page(
    request: HttpRequest,
    corridor: Corridor,
    *,
    watch_form: WatchAlongForm | None = None,
    end_form: EndForm | None = None,
    status: int = 200,
) -> HttpResponse:
    actor, at = actor_of(request), timezone.now()
    legs = queries.legs(corridor)
    along = queries.villages_along(queries.points_of(corridor), corridor.reach_km)
    may_act = corridor.owner_id == actor.agency and corridor.ended_at is None and "findings" in actor.acts
    context: dict[str, Any] = {
        "corridor": corridor,
        "legs": legs,
        "km": sum(leg.km for leg in legs),
        "along": along[:MOST_ALONG],
        "along_number": len(along),
        "more": max(0, len(along) - MOST_ALONG),
        "by_district": len(along) > actions.MOST_VILLAGES,
        "most_villages": actions.MOST_VILLAGES,
        "sketch": sketch(
            [],
            [(corridor.name, queries.points_of(corridor))],
            [(stop.label, stop.lat, stop.lon) for stop in corridor.stops.all()],
        ),
        "may_act": may_act,
        "watch_form": watch_form or WatchAlongForm(),
        "end_form": end_form or EndForm(initial={"on": timezone.localdate(at)}),
    }
    return render(request, "routes/corridor_detail.html", context, status=status)


def _streams() -> list[tuple[str, str]]:
    is_english = (get_language() or "id").startswith("en")
    return [(stream.code, stream.label_en if is_english else stream.label_id) for stream in streams()]
