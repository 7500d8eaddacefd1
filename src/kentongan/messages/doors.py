"""What the doors of this room do first: an officer on duty comes in; a gateway shows its secret."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import constant_time_compare

View = Callable[..., HttpResponse]


def on_duty(view: View) -> View:
    """Let only an officer on duty in: notices are told to somebody who serves an agency."""

    @login_required
    @wraps(view)
    def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if getattr(request, "actor", None) is None:
            return render(request, "web/no_posting.html", status=403)
        return view(request, *args, **kwargs)

    return cast(View, door)


def agency_of(request: HttpRequest) -> str:
    """Return the agency for which the officer acts; doors are wrapped in `on_duty`, so there is one."""
    return cast(str, request.actor.agency)  # type: ignore[attr-defined]  # requests carry the actor everywhere in this project


def demand_gateway(request: HttpRequest, channel: str) -> None:
    """Raise Http404 unless the request shows the secret of this channel's gateway; without a secret nobody comes in."""
    secret = settings.GATEWAYS.get(channel, {}).get("callback_secret", "")
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ").removeprefix("Token ").strip()
    told = shown or request.GET.get("secret", "") or request.POST.get("secret", "")
    if not secret or not constant_time_compare(told, secret):
        raise Http404
