"""What this room does with news from below."""

from django.utils import timezone

from kentongan.agreements.access import system_actor
from kentongan.audit import outbox
from kentongan.audit.models import OutboxRow
from kentongan.intake.models import Report

from .actions import read_report
from .knowledge import reader


def on_report_received(row: OutboxRow) -> None:
    """Read the report within the view of the agency that owns it; a report that is gone needs no reading."""
    report = Report.objects.select_related("owner", "place").filter(pk=row.ref.partition(":")[2]).first()
    if report is None or report.is_nil:
        return
    # the instant at which the worker claimed the row, by the worker's own clock: a simulation reads in its own time
    at = row.lease_until - outbox.LEASE if row.lease_until else timezone.now()
    by = system_actor(report.owner, name="reader", purpose=report.purpose, at=at)
    read_report(report=report, reader=reader(), by=by, at=at)


CONSUMERS: dict[str, outbox.Consumer] = {"report.received": on_report_received}
