"""What every door does first: who acts, and how a refusal looks."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from .access import NotVisible, RoleMayNotAct
from .facts import Actor

View = Callable[..., HttpResponse]


def actor_of(request: HttpRequest) -> Actor:
    """Return the acting officer; doors are wrapped in `acting`, so there is one."""
    return cast(Actor, request.actor)  # type: ignore[attr-defined]  # requests carry the actor everywhere in this project


def acting(view: View) -> View:
    """Let only an officer on duty in, and answer a refusal like an absence."""

    @login_required
    @wraps(view)
    def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if getattr(request, "actor", None) is None:
            return render(request, "web/no_posting.html", status=403)
        try:
            return view(request, *args, **kwargs)
        except NotVisible as refusal:
            return render(request, "web/not_visible.html", {"message": refusal.message}, status=404)
        except RoleMayNotAct as refusal:
            return render(request, "web/refused.html", {"message": refusal.message}, status=403)

    return cast(View, door)
