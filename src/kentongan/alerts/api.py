"""Alerts over the API: those that an agency raised and those that were addressed to it."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, FilterSchema, Query, Router, Schema, Status
from ninja.pagination import paginate

from kentongan.agreements import access
from kentongan.agreements.doors import actor_of
from kentongan.agreements.listings import Listing
from kentongan.agreements.schemas import ReleaseOut
from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.intake.models import Report

from .actions import acknowledge
from .cap.receiving import receive_cap
from .cap.writing import CONTENT_TYPE
from .models import Alert

router = Router(tags=["alerts"])


class AlertOut(Schema):
    """An alert with its clock."""

    id: UUID
    number: str
    owner: str = Field(alias="owner_id")
    addressee: str = Field(alias="addressee_id")
    finding: UUID | None = Field(None, alias="finding_id")
    event: UUID | None = Field(None, alias="event_id")
    matter: str
    title: str
    message: str
    place: str | None = Field(None, alias="place.code")
    is_urgent: bool
    state: str
    version: int
    raised_at: datetime
    acknowledge_by: datetime
    verify_by: datetime
    decide_by: datetime
    acknowledged_at: datetime | None
    verified_at: datetime | None
    closed_at: datetime | None
    outcome: str
    outcome_why: str
    is_simulated: bool
    release: ReleaseOut | None = Field(None, description="Set where the row is shared in part; null where it is whole")


class CapReceivedOut(Schema):
    """What became of a CAP message from outside."""

    report: UUID = Field(description="The report that it is kept as")
    is_new: bool
    follows: list[UUID] = Field(description="Reports of the earlier messages that it names")
    noted_on: list[UUID] = Field(description="Alerts of ours that it acknowledges")


class AlertFilter(FilterSchema):
    """Which alerts."""

    state: str | None = None
    matter: str | None = None


class VersionIn(Schema):
    """The version of the alert that the caller saw."""

    version: int


@router.get("", response=list[AlertOut], operation_id="list_alerts", summary="Alerts, the latest first")
@paginate(Listing)
def list_alerts(request: HttpRequest, which: Query[AlertFilter]) -> QuerySet[Alert]:
    """Return the alerts that the gate shows to the token's officer."""
    actor, at = actor_of(request), timezone.now()
    trail.note_look(Trail.RECORDS_LISTED, by=actor, at=at, facts={"category": "alerts", "door": "api"})
    return which.filter(Alert.objects.visible_to(actor, at=at).select_related("place"))


@router.post(
    "/cap",
    response={201: CapReceivedOut, 200: CapReceivedOut},
    operation_id="send_cap",
    summary="Send a CAP 1.2 message from outside",
    openapi_extra={
        "requestBody": {"required": True, "content": {CONTENT_TYPE: {"schema": {"type": "string", "format": "binary"}}}}
    },
)
def send_cap(request: HttpRequest) -> Status[dict[str, object]]:
    """Keep the message as a report, never as an alert; refused whole with every faulty element named."""
    received = receive_cap(
        content=request.body, filename="", channel=Report.Channel.API, by=actor_of(request), at=timezone.now()
    )
    told = {
        "report": received.report.pk,
        "is_new": received.is_new,
        "follows": [report.pk for report in received.follows],
        "noted_on": [alert.pk for alert in received.noted_on],
    }
    return Status(201 if received.is_new else 200, told)


@router.get("/{alert_id}", response=AlertOut, operation_id="get_alert", summary="One alert")
def get_alert(request: HttpRequest, alert_id: UUID) -> Alert:
    """Return the alert; refused and absent look the same."""
    return access.fetch(Alert, alert_id, actor_of(request), at=timezone.now())


@router.post(
    "/{alert_id}/acknowledgement", response=AlertOut, operation_id="acknowledge_alert", summary="Say that it arrived"
)
def acknowledge_alert(request: HttpRequest, alert_id: UUID, seen: VersionIn) -> Alert:
    """Acknowledge for the addressed agency; refused when somebody else changed the alert meanwhile."""
    actor, at = actor_of(request), timezone.now()
    alert = access.fetch(Alert, alert_id, actor, at=at)
    acknowledge(alert=alert, version=seen.version, by=actor, at=at)
    return access.fetch(Alert, alert_id, actor, at=at)  # never straight from the table: it may be shared in part only
