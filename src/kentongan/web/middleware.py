"""Puts the acting officer on every request."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from kentongan.agreements.access import NoPosting, actor_for
from kentongan.agreements.rules import PURPOSES, Actor

DEFAULT_PURPOSE = "prevention"


class ActorMiddleware:
    """Sets `request.actor`: the officer's agency, role and stated purpose, or None when nobody is signed in or posted."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = _acting(request)  # type: ignore[attr-defined]  # requests carry the actor everywhere in this project
        return self.get_response(request)


def _acting(request: HttpRequest) -> Actor | None:
    if not request.user.is_authenticated:
        return None
    stated = request.session.get("purpose", DEFAULT_PURPOSE)
    try:
        return actor_for(request.user, purpose=stated if stated in PURPOSES else DEFAULT_PURPOSE, at=timezone.now())
    except NoPosting:
        return None  # the frame tells the officer; every door refuses without an actor
