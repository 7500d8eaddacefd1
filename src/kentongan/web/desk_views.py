"""Doors of the duty desk: the page, its queue alone, and the mark that says whether the queue is still the same."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from kentongan.agreements.doors import acting, actor_of
from kentongan.alerts.labels import DEEDS
from kentongan.alerts.marks import answered
from kentongan.audit import trail
from kentongan.audit.catalogue import Trail

from . import desk, live


@acting
@require_safe
def duty_desk(request: HttpRequest) -> HttpResponse:
    """Show the queue of what waits for the officer's agency, kept true while it is looked at."""
    keys = [(desk.KEYS[code], label) for code, label in DEEDS.items()]
    return render(request, "web/desk.html", _shown(request) | {"keys": keys})


@acting
@require_safe
def desk_queue(request: HttpRequest) -> HttpResponse:
    """Show the queue alone, for a page that has the rest."""
    return render(request, "web/_desk_queue.html", _shown(request))


def _shown(request: HttpRequest) -> dict[str, Any]:
    actor, at = actor_of(request), timezone.now()
    viewer = live.viewer_at_the_door(request, actor)  # another purpose may have been stated since the last question
    mark = desk.mark_of(viewer)  # before anything is read: what changes meanwhile is seen at the next question
    queue = desk.queue_of(actor, at=at)
    trail.note_look(
        Trail.RECORDS_LISTED, by=actor, at=at, facts={"category": "alerts", "door": "desk", "found": queue.number}
    )
    waiting = ngettext("%(n)d menunggu", "%(n)d menunggu", queue.number) % {"n": queue.number}
    late = ngettext("%(n)d lewat waktu", "%(n)d lewat waktu", queue.overdue) % {"n": queue.overdue}
    return {"queue": queue, "mark": mark, "at": at, "waiting_words": waiting, "late_words": late}


@acting
@require_safe
def desk_mark(request: HttpRequest) -> HttpResponse:
    """Return the mark of the officer's desk; to whoever has it already, only that it still holds."""
    return answered(request, live.mark_for(live.viewer_at_the_door(request, actor_of(request))))
