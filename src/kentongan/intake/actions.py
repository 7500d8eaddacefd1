"""Receiving reports: exactly as sent, once, with purpose, legal basis and retention."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kentongan.agreements.access import demand_act
from kentongan.agreements.facts import Actor
from kentongan.agreements.rules import raised_handling
from kentongan.audit import outbox, trail
from kentongan.audit.catalogue import Trail
from kentongan.kit.errors import KentonganError
from kentongan.vault.actions import Keeping, store_identity
from kentongan.vault.models import Identity

from .drafts import (
    DraftRefused,
    Fault,
    NumberedDraft,
    ReportDraft,
    ReporterDraft,
    RowFault,
    draft_faults,
    latest_civil_day,
)
from .legal_bases import legal_basis_for
from .models import Report, ReporterLink

TOPIC = "report.received"


class KeyUsedForOther(KentonganError):
    """The idempotency key came before with another text: answering "received" would lose one of the two."""

    code = "intake.key_used_for_other"


class BatchRefused(KentonganError):
    """Nothing of a batch was received; `faults` names each bad row."""

    code = "intake.batch_refused"

    def __init__(self, faults: Sequence[RowFault]) -> None:
        rows = len({fault.row for fault in faults})
        message = ngettext(
            "%(rows)s baris salah, dan tidak ada yang disimpan. Perbaiki baris itu lalu kirim lagi.",
            "%(rows)s baris salah, dan tidak ada yang disimpan. Perbaiki baris-baris itu lalu kirim lagi.",
            rows,
        ) % {"rows": rows}
        super().__init__(message, details=[fault.sentence for fault in faults])
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Received:
    """The report that stands in the register, and whether this sending put it there."""

    report: Report
    is_new: bool
    identity: Identity | None = None  # of its reporter, when this sending put one into the vault


@dataclass(frozen=True, slots=True)
class BatchReceived:
    """What became of a batch of which the good rows were received."""

    received: tuple[Received, ...]
    faults: tuple[RowFault, ...]

    @property
    def new(self) -> int:
        return sum(one.is_new for one in self.received)

    @property
    def known(self) -> int:
        return len(self.received) - self.new


@transaction.atomic
def receive(*, draft: ReportDraft, by: Actor, at: datetime, reporter: ReporterDraft | None = None) -> Received:
    """Keep the report as sent and leave news of it, or return the one that the register already has.

    A reporter's identity goes to the vault in the same transaction, once a report: sent again, it is not stored again.
    """
    demand_act(by, "reports")
    if faults := draft_faults(draft, reporter, at=at):
        raise DraftRefused(faults)
    received = _received(draft, by, at)
    if reporter is None or ReporterLink.objects.filter(report=received.report).exists():
        return received
    return replace(received, identity=_left_in_vault(reporter, received.report, by, at))


def _received(draft: ReportDraft, by: Actor, at: datetime) -> Received:
    if (known := _known(draft, by)) is not None:
        return _received_again(known, draft, by, at)
    try:
        with transaction.atomic():
            report = _insert(draft, by, at)
    except IntegrityError:
        # another process was quicker with the same key or text; anything else is a fault of ours and goes on
        if (known := _known(draft, by)) is None:
            raise
        return _received_again(known, draft, by, at)
    trail.record(
        Trail.REPORT_RECEIVED,
        by=by,
        at=at,
        on=report.ref,
        facts={"channel": report.channel, "checksum": report.checksum},
    )
    outbox.put(TOPIC, ref=report.ref, at=at)
    return Received(report, is_new=True)


def _left_in_vault(reporter: ReporterDraft, report: Report, by: Actor, at: datetime) -> Identity:
    """Put the identity into the vault, kept as long as the report and on the same basis."""
    identity = store_identity(
        kind=Identity.Kind.REPORTER,
        fields=reporter.fields,
        left_with=report.ref,
        keeping=Keeping(by.purpose, legal_basis_for(by.purpose), report.retain_until),
        consents=reporter.consents,
        is_simulated=report.is_simulated,
        by=by,
        at=at,
    )
    ReporterLink.objects.create(report=report, identity=identity)
    return identity


@transaction.atomic
def receive_all(
    *, drafts: Sequence[NumberedDraft], faults: Sequence[RowFault] = (), by: Actor, at: datetime
) -> BatchReceived:
    """Receive every row, or none: BatchRefused has all faults, those found before and those found here."""
    outcome = _receive_each(drafts, by, at)
    if all_faults := _in_order((*faults, *outcome.faults)):
        raise BatchRefused(all_faults)
    return outcome


@transaction.atomic
def receive_good_ones(
    *, drafts: Sequence[NumberedDraft], faults: Sequence[RowFault] = (), by: Actor, at: datetime
) -> BatchReceived:
    """Receive every row that can be received; the answer has the faults of the others."""
    outcome = _receive_each(drafts, by, at)
    return BatchReceived(outcome.received, tuple(_in_order((*faults, *outcome.faults))))


@transaction.atomic
def raise_handling(*, report: Report, to: str, origins: Iterable[str] = (), by: Actor, at: datetime) -> Report:
    """Make the report's handling at least as strict as `to`; it is never lowered."""
    report = Report.objects.select_for_update().get(pk=report.pk)
    handling = raised_handling(report.handling, to)
    known_origins = sorted({*report.origins, *origins})
    if (handling, known_origins) != (report.handling, report.origins):
        Report.objects.filter(pk=report.pk).update(handling=handling, origins=known_origins)
        report.handling, report.origins = handling, known_origins
        trail.record(Trail.HANDLING_RAISED, by=by, at=at, on=report.ref, facts={"to": handling})
    return report


def retention_end(day: date) -> date:
    """Return the day until which a record received on `day` is kept."""
    year = day.year + settings.RETENTION_YEARS
    try:
        return day.replace(year=year)
    except ValueError:  # 29 February
        return date(year, 3, 1)


def _receive_each(drafts: Sequence[NumberedDraft], by: Actor, at: datetime) -> BatchReceived:
    received: list[Received] = []
    faults: list[RowFault] = []
    for numbered in drafts:
        try:
            received.append(receive(draft=numbered.draft, reporter=numbered.reporter, by=by, at=at))
        except DraftRefused as refusal:
            faults += [_row_fault(numbered.row, fault) for fault in refusal.faults]
        except KeyUsedForOther as refusal:
            faults.append(RowFault(numbered.row, "key", refusal.message))
    return BatchReceived(tuple(received), tuple(faults))


def _row_fault(row: int, fault: Fault) -> RowFault:
    return RowFault(row, fault.field, fault.message)


def _in_order(faults: Iterable[RowFault]) -> list[RowFault]:
    return sorted(faults, key=lambda fault: fault.row)


def _known(draft: ReportDraft, by: Actor) -> Report | None:
    mine: QuerySet[Report] = Report.objects.filter(owner_id=by.agency)
    if draft.idempotency_key:
        same_key = mine.filter(channel=draft.channel, idempotency_key=draft.idempotency_key).first()
        if same_key is not None and same_key.checksum != draft.checksum:
            raise KeyUsedForOther(
                _(
                    "Kunci kiriman “%(key)s” sudah dipakai untuk laporan lain. Pakai kunci baru, supaya tidak ada yang hilang."
                )
                % {"key": draft.idempotency_key}
            )
        if same_key is not None:
            return same_key
    return mine.filter(checksum=draft.checksum).first()


def _received_again(report: Report, draft: ReportDraft, by: Actor, at: datetime) -> Received:
    trail.record(Trail.REPORT_RECEIVED_AGAIN, by=by, at=at, on=report.ref, facts={"channel": draft.channel})
    return Received(report, is_new=False)


def _insert(draft: ReportDraft, by: Actor, at: datetime) -> Report:
    return Report.objects.create(
        owner_id=by.agency,
        place_id=draft.place_id,
        handling="personal",
        purpose=by.purpose,
        legal_basis=legal_basis_for(by.purpose),
        retain_until=retention_end(latest_civil_day(at)),
        channel=draft.channel,
        idempotency_key=draft.idempotency_key or None,
        checksum=draft.checksum,
        original_checksum=draft.original_checksum,
        original=draft.original,
        filename=draft.filename[-200:],
        media_type=draft.media_type,
        title=draft.title,
        text=draft.text,
        source=draft.source,
        author=draft.author,
        address=draft.address,
        published_on=draft.published_on,
        is_nil=draft.is_nil,
        covers_from=draft.covers_from,
        covers_to=draft.covers_to,
        received_at=at,
        received_by=by.ref,
        is_simulated=draft.is_simulated,
    )
