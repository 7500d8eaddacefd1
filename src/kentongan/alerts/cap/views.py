"""Doors of CAP: the file of an alert for officers, the feed and its documents for everybody, the way in for files from outside."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kentongan.agreements.access import demand_act, fetch, not_visible
from kentongan.agreements.doors import acting, actor_of
from kentongan.alerts.models import Alert
from kentongan.audit import trail
from kentongan.intake.models import Report

from . import publishing
from .composing import StepMessage, messages_of
from .feed import TYPE, written_feed
from .forms import CapFileForm
from .publishing import newest_messages, public_alerts, public_message, versions
from .queries import messages_listed
from .receiving import receive_cap
from .wording import CapRefused
from .writing import CONTENT_TYPE, written

KEPT_S = 3600
"""How long a composed feed is kept; a change makes another at once."""

ASK_AGAIN_S = 60
MOST_FAULTS = 200


@require_safe
@acting
def cap_download(request: HttpRequest, pk: UUID, step: str) -> HttpResponse:
    """Hand out a message of an alert as a file, as far as the alert is released; an export in the trail."""
    actor, at = actor_of(request), timezone.now()
    alert = fetch(Alert, pk, actor, at=at)
    found = next((one for one in messages_of(alert) if one.step == step), None)
    if found is None:
        raise not_visible()
    clause = next(iter(alert.release.clauses), "") if alert.release is not None else ""
    trail.note_export(by=actor, at=at, rows=1, on=alert.ref, facts={"as": "CAP 1.2", "step": step}, clause=clause)
    answer = HttpResponse(written(found.message), content_type=CONTENT_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="{found.message.identifier}.xml"'
    return answer


@require_safe
def cap_feed(request: HttpRequest) -> HttpResponse:
    """Answer anybody with the feed of public alerts: 304 after one query where nothing has changed."""
    at, base = timezone.now(), _base(request)
    alerts = public_alerts(at=at)[: publishing.MOST]
    etag = _etag(base, *versions(alerts))
    unchanged = get_conditional_response(request, etag)
    if isinstance(unchanged, HttpResponse) and unchanged.status_code == HTTPStatus.NOT_MODIFIED:
        return _for_everybody(unchanged, etag)
    kept = cache.get(f"cap-feed:{base}")
    if kept is None or kept[0] != etag:
        kept = (etag, _composed(newest_messages(alerts), base, at), at)
        cache.set(f"cap-feed:{base}", kept, KEPT_S)
    _etag_kept, body, since = kept
    return _answer(request, body, TYPE, etag=etag, since=since)


def _composed(newest: Sequence[StepMessage], base: str, at: datetime) -> bytes:
    def address_of(one: StepMessage) -> str:
        return base + reverse("cap_message", args=[one.message.identifier.partition(".")[0], one.step])

    return written_feed(newest, address=base + reverse("cap_feed"), address_of=address_of, at=at)


@require_safe
def cap_message(request: HttpRequest, pk: UUID, step: str) -> HttpResponse:
    """Answer anybody with one message of a public alert."""
    found = public_message(pk, step, at=timezone.now())
    if found is None:
        raise Http404
    body = written(found.message)
    return _answer(request, body, CONTENT_TYPE, etag=_etag(body), since=found.message.sent)


@require_http_methods(["GET", "HEAD", "POST"])
@acting
def cap_receive(request: HttpRequest) -> HttpResponse:
    """Take a CAP file in as a report, or say everything that is wrong with it."""
    actor, at = actor_of(request), timezone.now()
    demand_act(actor, "reports")
    form = CapFileForm(request.POST, request.FILES) if request.method == "POST" else CapFileForm()
    refusal: CapRefused | None = None
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            received = receive_cap(
                content=file.read(), filename=file.name, channel=Report.Channel.UPLOAD, by=actor, at=at
            )
        except CapRefused as refused:
            refusal = refused
        else:
            told = (
                _("Pesan CAP diterima sebagai laporan.") if received.is_new else _("Pesan ini sudah pernah diterima.")
            )
            messages.success(request, told)
            if received.noted_on:
                messages.info(request, _("Dicatat pada peringatan kita sebagai diterima di luar."))
            return redirect("cap_receive")
    context = {
        "form": form,
        "refusal": refusal,
        "faults": refusal.faults[:MOST_FAULTS] if refusal else (),
        "listed": messages_listed(actor, at=at),
    }
    return render(request, "alerts/cap_receive.html", context, status=422 if refusal or form.errors else 200)


def _base(request: HttpRequest) -> str:
    return settings.ADDRESS or f"{request.scheme}://{request.get_host()}"


def _etag(*of: object) -> str:
    return quote_etag(hashlib.sha256(repr(of).encode()).hexdigest()[:32])


def _answer(request: HttpRequest, body: bytes, content_type: str, *, etag: str, since: datetime) -> HttpResponse:
    answer = _for_everybody(HttpResponse(body, content_type=f"{content_type}; charset=utf-8"), etag)
    answer.headers["Last-Modified"] = http_date(since.timestamp())
    conditional = get_conditional_response(request, etag, int(since.timestamp()), answer)
    return conditional if isinstance(conditional, HttpResponse) else answer


def _for_everybody(answer: HttpResponse, etag: str) -> HttpResponse:
    answer.headers["ETag"] = etag
    answer.headers["Cache-Control"] = f"public, max-age={ASK_AGAIN_S}"
    return answer
