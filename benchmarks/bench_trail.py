"""How fast the trail takes single durable rows beside raw SQLite, and how fast a million rows are sealed and verified.

python benchmarks/bench_trail.py [--rows 1000000] [--appends 1500] [--rounds 3] [--folder FOLDER]

Both sides append to a file in the same folder, one transaction a row, write-ahead log, `synchronous=FULL`, the same columns
and indexes, in turns. Ours goes through `trail.record` inside `transaction.atomic`, as every deed does, with its triggers.
"""

import argparse
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

AT = datetime(2026, 3, 4, 2, tzinfo=UTC)
AT_LEAST = 0.25
AT_MOST_S = 30.0

COLUMNS = ("event", "at", "actor", "agency", "role", "purpose", "clause", "subject", "why", "reasons", "facts")
RAW_TABLE = f"""
PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
CREATE TABLE trail (id INTEGER PRIMARY KEY AUTOINCREMENT, {", ".join(f"{name} TEXT NOT NULL" for name in COLUMNS)});
CREATE INDEX by_subject ON trail (subject, id); CREATE INDEX by_actor ON trail (actor, id);
"""
INSERT = f"({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"


FACTS = (
    "{{}}",
    '{{"version": {small}}}',
    '{{"channel": "paste", "checksum": "{large}"}}',
    '{{"category": "events", "found": {small}}}',
    '{{"because": "alert:{large}", "to": "kanim-atambua"}}',
    '{{"expected": {share}, "weeks": [{small}, {small}]}}',
)
"""What deeds and looks write: half of them differ from row to row."""


def rows(count: int) -> Iterator[tuple[str, ...]]:
    """Yield rows as deeds, looks and refusals leave them, some with reasons and a clause."""
    for n in range(count):
        at = AT + timedelta(milliseconds=7 * n)
        yield (
            "event.confirmed" if n % 3 else "record.read",
            at.strftime("%Y-%m-%d %H:%M:%S.%f"),
            f"officer:01890a5d-ac96-774b-bcce-{n % 977:012x}",
            f"kanim-{n % 120}",
            "analyst",
            "prevention",
            f"clause:{n % 200}" if n % 5 == 0 else "",
            f"event:01890a5d-ac96-774b-bcce-{n:012x}",
            "cocok dengan dua sumber" if n % 7 == 0 else "",
            '["owner"]' if n % 3 == 0 else "[]",
            FACTS[n % len(FACTS)].format(small=n % 9, large=f"{n:064x}", share=n / 7),
        )


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def both_seconds(work: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds on the wall and those of the processor."""
    start, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - start, time.process_time() - cpu


def append_raw(db: sqlite3.Connection, count: int) -> None:
    for row in rows(count):
        db.execute("BEGIN IMMEDIATE")
        db.execute(f"INSERT INTO trail {INSERT}", row)
        db.execute("COMMIT")


def append_ours(count: int) -> None:
    from django.db import transaction  # noqa: PLC0415 - the settings come first

    from kentongan.audit import trail  # noqa: PLC0415
    from kentongan.audit.catalogue import Trail  # noqa: PLC0415

    by = trail.Keeper("officer:01890a5d-ac96-774b-bcce-000000000001", "kanim-1", "prevention", "analyst")
    for n in range(count):
        with transaction.atomic():
            trail.record(
                Trail.EVENT_CONFIRMED,
                by=by,
                at=AT,
                on=f"event:01890a5d-ac96-774b-bcce-{n:012x}",
                facts={"version": n % 9, "kind": "TPPO", "ratio": n / 7},
            )


def appends(folder: Path, count: int, rounds: int) -> tuple[float, float]:
    """Return rows a second of raw SQLite and of ours, medians of rounds in turns."""
    db = sqlite3.connect(folder / "raw.sqlite3", isolation_level=None)
    db.executescript(RAW_TABLE)
    append_raw(db, 50)
    append_ours(50)  # what happens once is not part of an append
    raw, ours = [], []
    for _ in range(rounds):
        raw.append(seconds(lambda: append_raw(db, count)))
        ours.append(seconds(lambda: append_ours(count)))
    db.close()
    return count / statistics.median(raw), count / statistics.median(ours)


def fill(count: int) -> None:
    from django.db import connection, transaction  # noqa: PLC0415

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO audit_trailrow {INSERT.replace('?', '%s')}", rows(count))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--appends", type=int, default=1_500)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=Path(os.environ.get("KENTONGAN_HOME", ".")))
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-trail-", dir=args.folder) as folder:
        return measure(Path(folder), args)


def measure(folder: Path, args: argparse.Namespace) -> int:
    os.environ["KENTONGAN_HOME"] = str(folder)
    os.environ.pop("DATABASE_URL", None)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kentongan.config.settings")
    import django  # noqa: PLC0415 - the settings read the environment above

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from kentongan.audit import sealing, verifying  # noqa: PLC0415

    call_command("migrate", "audit", verbosity=0)
    console = Console()

    raw, ours = appends(folder, args.appends, args.rounds)
    table = Table(title=f"Single durable appends, median of {args.rounds} times {args.appends:,}")
    for heading in ("writer", "rows/s", "share"):
        table.add_column(heading, justify="left" if heading == "writer" else "right")
    table.add_row("sqlite3, synchronous=FULL", f"{raw:,.0f}", "100%")
    table.add_row("trail.record in transaction.atomic", f"{ours:,.0f}", f"{ours / raw:.0%}")
    console.print(table)

    fill(args.rows)
    sealed: list[int] = []
    found: list[verifying.Verified] = []
    sealing_s = both_seconds(lambda: sealed.append(sealing.seal_all(clock=timezone.now)))
    verifying_s = both_seconds(lambda: found.append(verifying.verify()))
    again_s = both_seconds(lambda: sealing.seal_all(clock=timezone.now))
    assert found[0].faults == (), found[0].faults[:3]
    assert found[0].rows == sealed[0] >= args.rows
    table = Table(title=f"{sealed[0]:,} rows, {found[0].heads} heads, one process")
    for heading in ("step", "wall s", "CPU s", "rows per CPU s"):
        table.add_column(heading, justify="left" if heading == "step" else "right")
    for step, (wall, cpu) in (("seal", sealing_s), ("verify", verifying_s)):
        table.add_row(step, f"{wall:.1f}", f"{cpu:.1f}", f"{sealed[0] / cpu:,.0f}")
    table.add_row("seal again: one new row", *(f"{one:.4f}" for one in again_s), "")
    console.print(table)

    slowest = max(sealing_s[1], verifying_s[1]) * 1_000_000 / args.rows
    console.print(
        f"Asked: appends at least {AT_LEAST:.0%}; sealing and verifying a million rows under {AT_MOST_S:.0f} s each."
    )
    console.print(f"Load average at the end {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors.", style="dim")
    return 0 if ours >= AT_LEAST * raw and slowest <= AT_MOST_S else 1


if __name__ == "__main__":
    sys.exit(main())
