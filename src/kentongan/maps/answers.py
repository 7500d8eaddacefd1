"""How the doors of the map answer: a collection of features, or in words why there is none."""

import json
from collections.abc import Sequence
from typing import Any

from django.forms import Form
from django.http import HttpResponse, JsonResponse

from .features import Feature, collection

GEOJSON = "application/geo+json"


def layer_answer(features: Sequence[Feature], **more: Any) -> HttpResponse:
    """Return a collection of features as GeoJSON."""
    return JsonResponse(collection(features, **more), content_type=GEOJSON)


def words_of(form: Form) -> str:
    """Return what is wrong with what was asked for."""
    return " ".join(str(message) for messages in form.errors.values() for message in messages)


def refused(detail: str) -> HttpResponse:
    """Return the answer to what cannot be drawn."""
    problem = {"type": "about:blank", "title": "maps.wrong_filter", "status": 400, "detail": detail}
    return HttpResponse(json.dumps(problem), status=400, content_type="application/problem+json")
