"""Doors of the map: layers as GeoJSON through the gate, and reference shapes and village tiles."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from kentongan.agreements.doors import acting, actor_of
from kentongan.agreements.facts import Actor
from kentongan.audit import trail
from kentongan.audit.catalogue import Trail

from . import programme_layer, queries, shapes, tiles
from .answers import GEOJSON, layer_answer, refused, words_of
from .features import Feature, alert_features, event_features, finding_features, post_features
from .forms import Selection, map_filter

A_DAY = 24 * 3600

Drawn = queries.DrawnEvent | queries.DrawnAlert | queries.DrawnFinding
Layer = Callable[[Actor, Selection, datetime], tuple[Sequence[Drawn], list[Feature]]]


@acting
@require_safe
def events(request: HttpRequest) -> HttpResponse:
    """Answer what happened or is alleged."""
    return _layer(request, "kejadian", _happenings)


@acting
@require_safe
def operations(request: HttpRequest) -> HttpResponse:
    """Answer what agencies did, and the open alerts."""
    return _layer(request, "operasi", _operations)


@acting
@require_safe
def findings(request: HttpRequest) -> HttpResponse:
    """Answer what the watch found: hulls and members."""
    return _layer(request, "temuan", _findings)


@login_required
@require_safe
def posts(_request: HttpRequest) -> HttpResponse:
    """Answer border posts, ports and airports with today's status."""
    drawn = queries.posts(on=timezone.localdate())
    return layer_answer(post_features(drawn))


@login_required
@require_safe
@gzip_page
def border(request: HttpRequest) -> HttpResponse:
    """Answer the border line, unresolved segments marked."""
    return _fixed(request, shapes.border(), GEOJSON)


@login_required
@require_safe
@gzip_page
def land(request: HttpRequest) -> HttpResponse:
    """Answer the coasts of the region."""
    return _fixed(request, shapes.land(), GEOJSON)


@login_required
@require_safe
@gzip_page
def municipalities(request: HttpRequest) -> HttpResponse:
    """Answer the municipalities of Timor-Leste."""
    return _fixed(request, shapes.municipalities(), GEOJSON)


@login_required
@require_safe
def villages(request: HttpRequest, z: int, x: int, y: int) -> HttpResponse:
    """Answer one tile of villages."""
    if z > tiles.MAX_ZOOM or x >= 2**z or y >= 2**z:
        return HttpResponse(status=404)
    tile = tiles.village_tile(z, x, y)
    return _fixed(request, tile, "application/vnd.mapbox-vector-tile") if tile else HttpResponse(status=204)


@acting
@require_safe
def partners(request: HttpRequest) -> HttpResponse:
    """Answer the partner villages that the officer sees."""
    actor, at = actor_of(request), timezone.now()
    return layer_answer(programme_layer.partner_features(actor, at=at))


@acting
@require_safe
def corridors(request: HttpRequest) -> HttpResponse:
    """Answer the corridors that the officer sees."""
    return layer_answer(programme_layer.corridors(actor_of(request), on=timezone.localdate()))


def _happenings(actor: Actor, selection: Selection, at: datetime) -> tuple[Sequence[Drawn], list[Feature]]:
    drawn = queries.event_layer(actor, selection, at=at)
    return drawn, event_features(drawn, layer="kejadian")


def _operations(actor: Actor, selection: Selection, at: datetime) -> tuple[Sequence[Drawn], list[Feature]]:
    responses = queries.response_layer(actor, selection, at=at)
    alerts = queries.alert_layer(actor, at=at)
    return [*responses, *alerts], event_features(responses, layer="operasi") + alert_features(alerts)


def _findings(actor: Actor, selection: Selection, at: datetime) -> tuple[Sequence[Drawn], list[Feature]]:
    drawn = queries.finding_layer(actor, selection, at=at)
    return drawn, finding_features(drawn)


def _layer(request: HttpRequest, name: str, layer: Layer) -> HttpResponse:
    wanted = map_filter(request)
    if not wanted.is_valid():
        return refused(words_of(wanted))
    actor, at = actor_of(request), timezone.now()
    drawn, features = layer(actor, wanted.selection, at)
    if personal := sum(row.is_personal for row in drawn):
        trail.note_look(
            Trail.RECORDS_LISTED, by=actor, at=at, on=f"map:{name}", facts={"rows": len(drawn), "personal": personal}
        )
    return layer_answer(features, is_cut=len(drawn) >= queries.MOST_DRAWN)


def _fixed(request: HttpRequest, content: bytes, content_type: str) -> HttpResponse:
    """Answer content that seldom changes; 304 when the browser has it."""
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    answer = get_conditional_response(request, etag=etag, response=HttpResponse(content, content_type=content_type))
    assert answer is not None  # noqa: S101 - it returns the response that it is given
    answer.headers["ETag"] = etag
    patch_cache_control(answer, private=True, max_age=A_DAY)
    return answer
