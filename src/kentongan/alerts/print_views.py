"""Alerts on paper: the nota dinas to the addressed agency, and the minutes of a hand-over of duty."""

from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from kentongan.agreements.access import fetch, not_visible
from kentongan.agreements.doors import acting, actor_of
from kentongan.agreements.printing import printed
from kentongan.intake.where import written

from . import duty, labels
from .models import Alert, DutyShift


@require_safe
@acting
def service_note(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Print what an alert asks of whom, as far as it is released."""
    actor, at = actor_of(request), timezone.now()
    alert = fetch(Alert, pk, actor, at=at)
    with translation.override("id"):
        facts = {
            "alert": alert,
            "place": written(alert.place) if alert.place is not None else "",
            "matter": labels.word(labels.MATTERS, alert.matter),
            "state": str(labels.STATES[alert.state]),
            "outcome": str(labels.OUTCOMES.get(alert.outcome, "")),
        }
    return printed(
        request, "alerts/service_note.html", facts, form="nota_dinas", on=alert.ref, handling=alert.handling,
        is_simulated=alert.is_simulated, by=actor, at=at,
    )  # fmt: skip


@require_safe
@acting
def duty_minutes(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Print the hand-over of a shift of the own agency, with the alerts that were open then and that the officer sees."""
    actor, at = actor_of(request), timezone.now()
    shift = (
        DutyShift.objects.filter(pk=pk, agency_id=actor.agency, state=DutyShift.State.HANDED_OVER)
        .select_related("agency", "officer", "handed_to__officer")
        .first()
    )
    if shift is None or shift.handed_over_at is None:
        raise not_visible()
    handed_at = shift.handed_over_at
    still_open = Q(closed_at__isnull=True) | Q(closed_at__gt=handed_at)
    alerts = Alert.objects.visible_to(actor, at=at).filter(
        still_open, addressee_id=actor.agency, raised_at__lte=handed_at
    )
    with timezone.override(duty.zone_of(shift.agency)):
        facts = {
            "agency": shift.agency,
            "shift": shift,
            "next": shift.handed_to,
            "handed_at": timezone.localtime(handed_at),
            "starts_at": timezone.localtime(shift.starts_at),
            "ends_at": timezone.localtime(shift.handed_to.ends_at),
            "open_alerts": list(alerts.order_by("raised_at", "id")),
        }
        return printed(
            request, "alerts/duty_minutes.html", facts, form="serah_terima_piket", on=shift.ref, handling="restricted",
            is_simulated=False, by=actor, at=at,
        )  # fmt: skip
