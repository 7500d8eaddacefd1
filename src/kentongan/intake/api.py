"""Reports over the API: send one or many, list and read those that the gate shows."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Body, Field, FilterLookup, FilterSchema, Header, Query, Router, Schema, Status
from ninja.pagination import paginate
from pydantic import AfterValidator

from kentongan.agreements import access
from kentongan.agreements.doors import actor_of
from kentongan.agreements.listings import Listing
from kentongan.agreements.schemas import ReleaseOut
from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.kit.errors import KentonganError
from kentongan.kit.periods import EARLIEST, LATEST
from kentongan.places.models import PlaceCode
from kentongan.vault.rules import LENGTHS, IdentityFields

from .actions import Received, receive, receive_all
from .claims import warning_of
from .drafts import NumberedDraft, ReportDraft, ReporterDraft, RowFault
from .models import Report

router = Router(tags=["reports"])


class UnknownPlaceCode(KentonganError):
    """No place ever had this code."""

    code = "intake.unknown_place"


def _meant(instant: datetime) -> datetime:
    if not EARLIEST <= instant.date() <= LATEST:
        raise ValueError(f"{EARLIEST} … {LATEST}")
    return instant


Instant = Annotated[datetime, AfterValidator(_meant)]


class ReporterIn(Schema):
    """Who reports, if they want it kept. It goes to the vault, sealed; no operation of this API gives it back."""

    name: Annotated[str, Field(max_length=LENGTHS["name"])] = ""
    contact: Annotated[str, Field(max_length=LENGTHS["contact"])] = ""
    address_note: Annotated[str, Field(max_length=LENGTHS["address_note"])] = ""
    relation: Annotated[str, Field(max_length=LENGTHS["relation"], description="To what is reported")] = ""
    consents: bool = Field(False, description="To being identified again, to be asked back")


class ReportIn(Schema):
    """A report as its sender words it."""

    text: str = Field(description="The report itself, exactly as it is to be kept")
    title: str = ""
    source: str = ""
    author: str = Field("", description="Who wrote what was published; never a reporter")
    address: str = Field("", description="Web address, when it was published")
    published_on: date | None = None
    place: str | None = Field(None, description="Any code the place ever had")
    is_nil: bool = Field(False, description="There was nothing to report, for place and period")
    covers_from: date | None = None
    covers_to: date | None = Field(None, description="The first day that is no longer covered")
    reporter: ReporterIn | None = Field(None, description="Left out, the report is anonymous")


class NumberedReportIn(ReportIn):
    """One report of several, with its own key."""

    idempotency_key: Annotated[str | None, Field(max_length=80)] = None


class ReportOut(Schema):
    """What the register has of a report."""

    id: UUID
    owner: str = Field(alias="owner_id")
    channel: str
    title: str
    source: str
    published_on: date | None
    received_at: datetime
    place: str | None = Field(None, alias="place.code")
    is_nil: bool
    covers_from: date | None
    covers_to: date | None
    checksum: str
    is_simulated: bool
    release: ReleaseOut | None = Field(None, description="Set where the row is shared in part; null where it is whole")


class ReportText(ReportOut):
    """A report with its text; reading it is a row of the trail."""

    text: str | None
    author: str
    address: str
    erased_why: str


class ReceivedOut(Schema):
    """What became of one sent report."""

    id: UUID
    is_new: bool
    pseudonym: str | None = Field(None, description="Of the reporter, when this sending put an identity into the vault")
    warnings: list[str] = Field(default_factory=list, description="What the text should perhaps not have carried")


class ReportFilter(FilterSchema):
    """Which reports."""

    channel: str | None = None
    is_nil: bool | None = None
    received_from: Annotated[Instant | None, FilterLookup("received_at__gte")] = None
    received_to: Annotated[Instant | None, FilterLookup("received_at__lt")] = None


@router.post("", response={201: ReceivedOut, 200: ReceivedOut}, operation_id="send_report", summary="Send one report")
def send_report(
    request: HttpRequest,
    report: ReportIn,
    idempotency_key: Annotated[str | None, Header(alias="Idempotency-Key", max_length=80)] = None,
) -> Status[dict[str, object]]:
    """Keep the report; the same key or the same text again answers with the one that is kept."""
    received = receive(
        draft=_draft(report, idempotency_key), reporter=_reporter(report), by=actor_of(request), at=timezone.now()
    )
    return Status(201 if received.is_new else 200, _told(received, report.text))


@router.post(
    "/batch", response=list[ReceivedOut], operation_id="send_reports", summary="Send many reports, all or none"
)
def send_reports(
    request: HttpRequest, reports: Annotated[list[NumberedReportIn], Body(min_length=1, max_length=1000)]
) -> list[dict[str, object]]:
    """Keep all of them, or none and every fault with its row (the first is row 1)."""
    drafts: list[NumberedDraft] = []
    faults: list[RowFault] = []
    for row, report in enumerate(reports, start=1):
        try:
            drafts.append(NumberedDraft(row, _draft(report, report.idempotency_key), _reporter(report)))
        except UnknownPlaceCode as unknown:
            faults.append(RowFault(row, "place", unknown.message))
    outcome = receive_all(drafts=drafts, faults=faults, by=actor_of(request), at=timezone.now())
    return [_told(one, report.text) for one, report in zip(outcome.received, reports, strict=True)]


@router.get("", response=list[ReportOut], operation_id="list_reports", summary="Reports, newest first")
@paginate(Listing)
def list_reports(request: HttpRequest, which: Query[ReportFilter]) -> QuerySet[Report]:
    """Return the reports that the gate shows to the token's officer, without their texts."""
    actor, at = actor_of(request), timezone.now()
    trail.note_look(Trail.RECORDS_LISTED, by=actor, at=at, facts={"category": "reports", "door": "api"})
    return which.filter(Report.objects.visible_to(actor, at=at).select_related("place"))


@router.get("/{report_id}", response=ReportText, operation_id="get_report", summary="One report with its text")
def get_report(request: HttpRequest, report_id: UUID) -> Report:
    """Return the report; refused and absent look the same."""
    return access.fetch(Report, report_id, actor_of(request), at=timezone.now())


def _told(received: Received, text: str) -> dict[str, object]:
    warning = warning_of(text)
    return {
        "id": received.report.pk,
        "is_new": received.is_new,
        "pseudonym": received.identity.pseudonym if received.identity else None,
        "warnings": [warning] if warning else [],
    }


def _reporter(report: ReportIn) -> ReporterDraft | None:
    if report.reporter is None:
        return None
    given = report.reporter.model_dump()
    consents = given.pop("consents")
    return ReporterDraft(IdentityFields(**{name: written.strip() for name, written in given.items()}), consents)


def _draft(report: ReportIn, key: str | None) -> ReportDraft:
    place = None if report.place is None else _place(report.place)
    return ReportDraft(
        channel=Report.Channel.API,
        text=report.text,
        title=report.title,
        source=report.source,
        author=report.author,
        address=report.address,
        published_on=report.published_on,
        idempotency_key=key,
        place_id=place,
        is_nil=report.is_nil,
        covers_from=report.covers_from,
        covers_to=report.covers_to,
    )


def _place(code: str) -> int:
    is_code = code.isascii() and code.isprintable()
    rows = PlaceCode.objects.filter(code=code) if is_code else PlaceCode.objects.none()
    known = rows.order_by("-valid_to").values_list("place_id", flat=True).first()
    if known is None:
        raise UnknownPlaceCode(
            _("Kode wilayah “%(code)s” tidak dikenal. Cari kodenya di /api/v1/places, atau kirim tanpa kode.")
            % {"code": code}
        )
    return known
