"""What tests run in a process of its own, on a database in a file: it may be killed, and threads really meet there.

Called as `own_process.py prepare|save FOLDER|save-and-die FOLDER|confirm-twice|add-twice|counts`; prints one line of JSON.
"""

import json
import os
import signal
import sys
import threading
from datetime import UTC, datetime

import django

NOW = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)


def prepare():
    from django.core.management import call_command

    from kentongan.agencies.models import Agency, Officer, Posting
    from kentongan.vocabulary.models import Kind

    call_command("migrate", verbosity=0)
    agency = Agency.objects.create(
        id="kanim-atambua", name="Kanim Atambua", kind="immigration", country="ID", level="regency"
    )
    officer = Officer.objects.create_user(username="ani", password="sangat-rahasia-2026")
    Posting.objects.create(officer=officer, agency=agency, role="analyst", started_at=NOW)
    for code in ("TPPO", "IM.CROSSER", "GDS.BBM", "RESP.ARREST"):
        Kind.objects.create(code=code, kind_class="offence", label_id=code, label_en=code)


def save(folder, *, dies_at=None):
    """Read and save a folder; die by SIGKILL while the events of the given file are being written."""
    from pathlib import Path

    from kentongan.events import commands
    from kentongan.events.actions import reading_reports

    written = reading_reports._link
    linked = []

    def link(*args, **kwargs):
        linked.append(args)
        if len(linked) == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)
        written(*args, **kwargs)

    reading_reports._link = link
    commands.read([Path(folder)], json=True, save=True, agency="kanim-atambua", purpose="prevention")


def confirm_twice():
    """Let two officers confirm one event at the same moment; return what each was told."""
    from django.db import connection

    from kentongan.agencies.models import Officer
    from kentongan.agreements.access import actor_for
    from kentongan.events.actions import ChangedMeanwhile, confirm
    from kentongan.events.models import Event

    by = actor_for(Officer.objects.get(), purpose="prevention", at=NOW)
    seen = [Event.objects.first(), Event.objects.first()]
    start, told = threading.Barrier(2), []

    def officer(event):
        start.wait()
        try:
            confirm(event=event, version=event.version, by=by, at=NOW)
        except ChangedMeanwhile:
            told.append("changed_meanwhile")
        else:
            told.append("confirmed")
        finally:
            connection.close()

    threads = [threading.Thread(target=officer, args=(event,)) for event in seen]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    event = Event.objects.get(pk=seen[0].pk)
    return {"told": sorted(told), "state": event.state, "version": event.version, "versions": event.versions.count()}


def add_twice():
    """Let a form that was sent twice arrive at the same moment; return what each was told."""
    from datetime import date

    from django.db import connection

    from kentongan.agencies.models import Officer
    from kentongan.agreements.access import actor_for
    from kentongan.events.actions import AlreadyAdded, EventFacts, add_event
    from kentongan.events.models import Event, EventReport
    from kentongan.intake.models import Report
    from kentongan.vocabulary.models import Kind

    by = actor_for(Officer.objects.get(), purpose="prevention", at=NOW)
    report, kinds = Report.objects.first(), [Kind.objects.get(pk="GDS.BBM")]
    facts = EventFacts("", None, date(2026, 3, 1), date(2026, 3, 2), "day", None)
    before = Event.objects.count()
    start, told = threading.Barrier(2), []

    def form():
        start.wait()
        try:
            add_event(report=report, facts=facts, kinds=kinds, by=by, at=NOW, reason="alinea 3")
        except AlreadyAdded as refusal:
            told.append(f"already_added {refusal.existing.number}")
        else:
            told.append("added")
        finally:
            connection.close()

    threads = [threading.Thread(target=form) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    made = Event.objects.filter(pk__in=EventReport.objects.filter(proposal__isnull=True).values("event"))
    return {"told": sorted(told), "numbers": [event.number for event in made], "new": Event.objects.count() - before}


def counts():
    from kentongan.audit.models import OutboxRow, TrailRow
    from kentongan.events.models import Event, EventReport, EventVersion, ReadingRow
    from kentongan.intake.models import Report

    return {
        "reports": Report.objects.count(),
        "readings": ReadingRow.objects.count(),
        "events": Event.objects.count(),
        "links": EventReport.objects.count(),
        "events_without_version": Event.objects.exclude(pk__in=EventVersion.objects.values("event")).count(),
        "events_without_report": Event.objects.exclude(pk__in=EventReport.objects.values("event")).count(),
        "received": TrailRow.objects.filter(event="report.received").count(),
        "news": OutboxRow.objects.count(),
    }


if __name__ == "__main__":
    django.setup()
    deed, *arguments = sys.argv[1:]
    if deed == "save-and-die":
        save(arguments[0], dies_at=3)
    else:
        deeds = {
            "prepare": prepare,
            "save": save,
            "confirm-twice": confirm_twice,
            "add-twice": add_twice,
            "counts": counts,
        }
        result = deeds[deed](*arguments)
        print(json.dumps(result))  # noqa: T201 - the answer to the test
