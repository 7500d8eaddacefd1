"""What every open duty desk asks once a second, answered without asking each time who asks.

The door itself is `desk_views.desk_mark`: it lets an officer in as every door does. Whoever was let in is remembered for a
while by the session's cookie, and the mark of a desk for a moment, for all who look at it. A session that was ended elsewhere
hears for that while longer that something changed, and nothing of what.
"""

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from hashlib import sha256
from typing import Generic, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from kentongan.agreements.facts import Actor
from kentongan.alerts.marks import answered

from . import desk

LET_IN_S = 20.0  # at least, and at most twice as long: desks that were opened together do not all come back together
MARK_S = 0.2
MOST = 10_000
"""What is remembered at most; beyond it everything is forgotten, and asked again."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Viewer:
    """What of an officer decides which desk is shown."""

    agency: str
    role: str
    purpose: str
    reads: frozenset[str]


class Remembered(Generic[T]):
    """Things that are known for some seconds. It lives in one process, and holds nothing that may not be lost."""

    def __init__(self) -> None:
        self._known: dict[Hashable, tuple[T, float]] = {}

    def get(self, key: Hashable) -> T | None:
        """Return what is known, or None where it is not, or too old."""
        known = self._known.get(key)
        return known[0] if known and time.monotonic() < known[1] else None

    def keep(self, key: Hashable, thing: T, *, for_s: float) -> T:
        """Know the thing for so long, and return it."""
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[key] = (thing, time.monotonic() + for_s)
        return thing

    def clear(self) -> None:
        """Know nothing any more."""
        self._known.clear()


let_in: Remembered[Viewer] = Remembered()
marks: Remembered[str] = Remembered()


def mark_for(viewer: Viewer) -> str:
    """Return the mark of the viewer's desk, at most a moment old."""
    return marks.get(viewer) or marks.keep(viewer, desk.mark_of(viewer), for_s=MARK_S)


def viewer_at_the_door(request: HttpRequest, actor: Actor) -> Viewer:
    """Return the viewer whom the door let in, remembered by the cookie that the request came with."""
    viewer = Viewer(actor.agency, actor.role, actor.purpose, actor.reads)
    if key := _key(request):
        let_in.keep(key, viewer, for_s=LET_IN_S * (1 + int(key[:2], 16) / 255))
    return viewer


class LiveMarkMiddleware:
    """Answers for the desk's mark whoever was let in a short while ago; everybody else goes through the door."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.address = reverse("desk_mark")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == self.address and request.method == "GET":
            viewer = let_in.get(_key(request))
            if viewer is not None:
                return answered(request, mark_for(viewer))
        return self.get_response(request)


def _key(request: HttpRequest) -> str:
    """Return what stands for the session's cookie; the cookie itself is not kept."""
    cookie = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    return sha256(cookie.encode()).hexdigest() if cookie else ""
