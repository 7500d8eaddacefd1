"""What the tests of this folder run in a process of its own, on a database in a file: it is killed again and again.

Called as `own_process.py prepare|kill-at-every-statement|kill-all-along|forget-a-search`; prints one line of JSON.
"""

import json
import os
import signal
import sqlite3
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import django

NOW = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)
DATABASE = Path(os.environ["KENTONGAN_HOME"]) / "kentongan.sqlite3"
KILLS_ALONG = 40


def prepare():
    from django.core.management import call_command

    from kentongan.agencies.models import Agency, Officer, Posting

    call_command("migrate", verbosity=0)
    agency = Agency.objects.create(
        id="kanim-atambua", name="Kanim Atambua", kind="immigration", country="ID", level="regency"
    )
    officer = Officer.objects.create_user(username="ani", password="sangat-rahasia-2026")
    Posting.objects.create(officer=officer, agency=agency, role="analyst", started_at=NOW)
    return counts()


def receive(number: int):
    """Return the deed of receiving a report: the report, its row of the trail and its news."""
    from kentongan.agencies.models import Officer
    from kentongan.agreements.access import actor_for
    from kentongan.intake.actions import receive
    from kentongan.intake.drafts import ReportDraft

    by = actor_for(Officer.objects.get(username="ani"), purpose="prevention", at=NOW)
    draft = ReportDraft(channel="paste", text=f"Sebuah perahu menepi di Silawan, ke-{number}.")
    return lambda: receive(draft=draft, by=by, at=NOW)


def appoint(number: int):
    """Return the deed of making an account: the officer, the posting and two rows of the trail."""
    from kentongan.agencies.models import Agency
    from kentongan.agencies.rules import Console
    from kentongan.agencies.staff import create_officer

    agency = Agency.objects.get(pk="kanim-atambua")
    return lambda: create_officer(
        username=f"petugas{number}", full_name="Petugas", agency=agency, role="analyst", by=Console(), at=NOW
    )


DEEDS: dict[str, Callable[[int], Callable[[], object]]] = {"receive": receive, "appoint": appoint}


def counts() -> dict[str, int]:
    """Return what is in the file, as another process finds it."""
    with closing(sqlite3.connect(DATABASE)) as db:
        return {
            name: db.execute(statement).fetchone()[0]
            for name, statement in {
                "reports": "SELECT count(*) FROM intake_report",
                "received": "SELECT count(*) FROM audit_trailrow WHERE event = 'report.received'",
                "news": "SELECT count(*) FROM audit_outboxrow WHERE topic = 'report.received'",
                "officers": "SELECT count(*) FROM agencies_officer WHERE username <> 'ani'",
                "created": "SELECT count(*) FROM audit_trailrow WHERE event = 'officer.created'",
                "posted": "SELECT count(*) FROM audit_trailrow WHERE event = 'officer.posted'",
            }.items()
        }


def is_dead(child: Callable[[], None]) -> bool:
    """Run in a fork; tell whether it was killed. A fork that fails otherwise ends this process too."""
    pid = os.fork()
    if pid == 0:
        try:
            child()
        except BaseException as fault:  # noqa: BLE001 - a fork must never go on as its parent
            sys.stderr.write(repr(fault))
            os._exit(9)
        os._exit(0)
    _, status = os.waitpid(pid, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise SystemExit("the deed failed of itself")
    return os.WIFSIGNALED(status)


def kill_at_every_statement():
    """Kill each deed before its first statement, before its second, …, before and after its commit."""
    return {name: _kill_at_every_statement(deed) for name, deed in DEEDS.items()}


def _kill_at_every_statement(deed):
    seen, at = [], 1
    while is_dead(lambda at=at: _die_at(at, deed)):
        seen.append(counts())
        at += 1
    return seen


def _die_at(at: int, deed) -> None:
    from django.db import connection

    act, passed, commit = deed(at), count(1), connection._commit

    def step() -> None:
        if next(passed) == at:
            os.kill(os.getpid(), signal.SIGKILL)

    def execute(run, sql, params, many, context):
        step()
        return run(sql, params, many, context)

    def commit_between_steps() -> None:
        step()
        commit()
        step()

    connection._commit = commit_between_steps
    with connection.execute_wrapper(execute):
        act()


def kill_all_along():
    """Kill each deed from outside, after longer and longer times that cover all of its duration, the writing of files too."""
    return {name: _kill_all_along(deed) for name, deed in DEEDS.items()}


def _kill_all_along(deed):
    import threading

    took = DATABASE.with_name("took")

    def timed(number):
        act = deed(number)
        began = time.perf_counter()
        act()
        took.write_text(str(time.perf_counter() - began))

    longest = 0.0
    for number in (101, 102, 103):
        assert not is_dead(lambda number=number: timed(number))
        longest = max(longest, float(took.read_text()))
    seen = []
    for number in range(KILLS_ALONG):
        pause = longest * number / KILLS_ALONG

        def doomed(number=number, pause=pause):
            act = deed(200 + number)
            threading.Timer(pause, os.kill, (os.getpid(), signal.SIGKILL)).start()
            act()

        seen.append({"killed": is_dead(doomed), **counts()})
    return seen


def forget_a_search():
    """Search, keep the file's bytes, destroy the secret; return whether it was in the files, and whether it still is."""
    from kentongan.audit import tasks, trail
    from kentongan.audit.models import SearchKey

    trail.note_search(["kapal"], by=trail.Keeper(), at=NOW, found=0)
    secret = bytes(SearchKey.objects.get().secret)
    before = _is_in_files(secret)
    tasks.run_due(at=NOW.replace(year=2028))
    return {"before": before, "after": _is_in_files(secret)}


def _is_in_files(secret: bytes) -> bool:
    return any(secret in path.read_bytes() for path in DATABASE.parent.glob("kentongan.sqlite3*"))


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "kentongan.config.settings_test"
    os.environ.pop("DATABASE_URL", None)
    django.setup()
    print(json.dumps(globals()[sys.argv[1].replace("-", "_")]()))  # noqa: T201 - the answer
