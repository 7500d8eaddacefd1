"""Doors of the web room: the home page, a place, and the stated purpose."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kentongan.agencies.models import Officer
from kentongan.agreements.doors import acting, actor_of
from kentongan.agreements.rules import PURPOSES
from kentongan.places.gazetteer import level_word
from kentongan.places.queries import ancestors, children, place_by_code
from kentongan.reading.knowledge import PlaceLevel
from kentongan.vocabulary.purposes import PURPOSE_LABELS

from . import queries
from .actions import note_home_visit
from .charts import weekly_chart
from .labels import LEVEL_LABELS, UNSEEN_LABELS

ROWS_A_PAGE = 50
ROWS_ON_A_PLACE = 15
MAPPED = frozenset({"events", "findings", "alerts"})  # categories with a layer of the map


@acting
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the map beside what waits, what changed, what is overdue and what we cannot see."""
    actor, at = actor_of(request), timezone.now()
    since = _since_last_visit(request)
    shown = {
        "at": at,
        "waiting": queries.waiting_for(actor, at=at),
        "overdue": queries.overdue_alerts(actor, at=at) if "alerts" in actor.reads else None,
        "partners": queries.partners_to_visit(actor, at=at),
        "changes": queries.changes_since(actor, since, at=at) if since else None,
        "unseen": queries.unseen_by(actor, at=at),
        "may_see_map": not MAPPED.isdisjoint(actor.reads),
        "may_report": "reports" in actor.acts,
    }
    note_home_visit(officer=_officer(request).pk, at=at)
    return render(request, "web/home.html", shown)


def _officer(request: HttpRequest) -> Officer:
    return cast(Officer, request.user)  # doors are wrapped in `acting`


def _since_last_visit(request: HttpRequest) -> datetime | None:
    """Return when the officer last looked before this session began: reloading the page keeps what is new on it."""
    if "home_since" not in request.session:
        last = _officer(request).last_home_at
        request.session["home_since"] = last.isoformat() if last else ""
    return parse_datetime(request.session["home_since"]) if request.session["home_since"] else None


@acting
@require_safe
def unseen(request: HttpRequest, what: str) -> HttpResponse:
    """List the rows behind one number of what we cannot see."""
    actor, at = actor_of(request), timezone.now()
    lists: dict[str, Callable[[], QuerySet[Any]]] = {
        "belum-dibaca": lambda: queries.unread_reports(actor, at=at),
        "tanpa-wilayah": lambda: queries.reports_without_place(actor, at=at),
        "letak-belum-pasti": lambda: queries.events_without_settled_place(actor, at=at),
        "senyap": lambda: queries.silent_places(actor, at=at),
        "instansi": lambda: queries.agencies_not_shared(actor),
    }
    if what not in lists:
        raise Http404
    page = Paginator(lists[what](), ROWS_A_PAGE).get_page(request.GET.get("page"))
    title, note = UNSEEN_LABELS[what]
    return render(request, "web/unseen.html", {"what": what, "title": title, "note": note, "page": page})


@acting
@require_safe
def place_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Show a place: what lies in it, what happened there, and when it was last heard."""
    place = place_by_code(code)
    if place is None:
        message = _(
            "Kode wilayah %(code)s tidak dikenal. Periksa penulisannya, atau cari namanya pada halaman Wilayah."
        )
        return render(request, "web/not_visible.html", {"message": message % {"code": code}}, status=404)
    if place.code != code:
        return redirect("place_detail", code=place.code, permanent=False)
    actor, at = actor_of(request), timezone.now()
    heard = queries.heard_from(place, actor, at=at)
    events = Paginator(queries.events_in(place, actor, at=at), ROWS_ON_A_PLACE)
    findings = Paginator(queries.findings_in(place, actor, at=at), ROWS_ON_A_PLACE)
    shown = {
        "place": place,
        "word": level_word(place.code, cast("PlaceLevel", place.level)),
        "level": LEVEL_LABELS.get(place.level, place.level),
        "codes": place.codes.order_by("scheme", "code"),
        "names": place.other_names.all(),
        "above": ancestors(place)[::-1],
        "children": Paginator(children(place), ROWS_A_PAGE).get_page(request.GET.get("page")),
        "facilities": queries.facilities_in(place, on=timezone.localdate(at)),
        "events": events.get_page(1),
        "findings": findings.get_page(1),
        "heard": heard,
        "chart": weekly_chart(heard.weeks),
        "sees": actor.reads,
    }
    return render(request, "web/place.html", shown)


@login_required
@require_POST
def purpose(request: HttpRequest) -> HttpResponse:
    """Take the purpose that the officer states from here on; every trail row carries it."""
    stated = request.POST.get("purpose", "")
    if stated in PURPOSES:
        request.session["purpose"] = stated
        messages.info(request, _("Tujuan yang dinyatakan: %(purpose)s.") % {"purpose": PURPOSE_LABELS[stated]})
    else:
        messages.error(request, _("Tujuan itu tidak dikenal. Pilih salah satu dari daftar."))
    back = request.POST.get("next", "/")
    is_ours = url_has_allowed_host_and_scheme(
        back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return HttpResponseRedirect(back if is_ours else "/")
