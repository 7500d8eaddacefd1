"""An event on paper: the Laporan Informasi (Perkap 6/2019 Article 1 number 13)."""

from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.views.decorators.http import require_safe

from kentongan.agreements.access import fetch
from kentongan.agreements.doors import acting, actor_of
from kentongan.agreements.printing import printed
from kentongan.intake.where import written

from . import shown
from .models import Event


@require_safe
@acting
def information_report(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Print what is held of an event, as far as it is released; never who reported it, nor whom it is about."""
    actor, at = actor_of(request), timezone.now()
    event = fetch(Event, pk, actor, at=at)
    standing = (one for one in event.classifications.all() if one.withdrawn_at is None)
    with translation.override("id"):
        facts = {
            "event": event,
            "kinds": list(dict.fromkeys(shown.kind_label(one.kind) for one in standing)),
            "when": _days(event),
            "place": written(event.place) if event.place is not None else "",
        }
    return printed(
        request, "events/information_report.html", facts, form="laporan_informasi", on=event.ref, handling=event.handling,
        is_simulated=event.is_simulated, by=actor, at=at,
    )  # fmt: skip


def _days(event: Event) -> str:
    """Return when it happened, as exactly as it is known."""
    if event.happened_from is None:
        return ""
    if event.precision in (Event.Precision.MONTH, Event.Precision.YEAR):
        return date_format(event.happened_from, "F Y" if event.precision == Event.Precision.MONTH else "Y")
    first = date_format(event.happened_from, "l, j F Y")
    last = event.happened_to - timedelta(days=1) if event.happened_to else event.happened_from
    return first if last <= event.happened_from else f"{first} – {date_format(last, 'l, j F Y')}"
