"""What the doors of this room do first: only administrators on duty come in; a refusal says why."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from .actions import NotYoursToAdminister
from .models import Officer
from .rules import ADMINISTRATOR, Administering

View = Callable[..., HttpResponse]


def administrator_of(request: HttpRequest) -> Administering:
    """Return the acting administrator; doors are wrapped in `administering`, so there is one."""
    return cast(Administering, request.actor)  # type: ignore[attr-defined]  # requests carry the actor everywhere in this project


def officer_of(request: HttpRequest) -> Officer:
    """Return who is signed in; doors are wrapped in `administering` or `login_required`."""
    return cast(Officer, request.user)


def administering(view: View) -> View:
    """Let only an administrator on duty in; nothing of these pages is kept by a browser."""

    @login_required
    @never_cache
    @wraps(view)
    def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        actor = getattr(request, "actor", None)
        if actor is None:
            return render(request, "web/no_posting.html", status=403)
        if actor.role != ADMINISTRATOR:
            return _refused(request, _("Halaman ini hanya untuk administrator."))
        try:
            return view(request, *args, **kwargs)
        except NotYoursToAdminister as refusal:
            return _refused(request, refusal.message)

    return cast(View, door)


WAIT_S = 300


def too_many(request: HttpRequest, _exception: Exception | None = None) -> HttpResponse:
    """Answer whoever tries too often: 429, with the time after which it is worth another attempt."""
    answer = render(request, "429.html", {"minutes": WAIT_S // 60}, status=429)
    answer.headers["Retry-After"] = str(WAIT_S)
    return answer


def _refused(request: HttpRequest, message: str) -> HttpResponse:
    return render(request, "web/refused.html", {"message": message}, status=403)
