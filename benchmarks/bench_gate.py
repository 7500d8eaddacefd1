"""What the gate costs on a long list: a page and a count over 100,000 events for an agency with 200 agreements in force.

python benchmarks/bench_gate.py [--events 100000] [--agreements 200] [--repeats 15]

One reader; 200 other agencies give it their events under an agreement each, over two to five regencies, every fifth
with a district taken out, every tenth for two kinds of events only; four of five events of a giver lie inside. The same
three questions are put to SQLite and to PostgreSQL in one run, as the page of events puts them (`events_listed`): the 25
standing events known last, with place, owner and allegations, and how many there are.

* unfiltered: no gate at all;
* own only: the bound that a system without sharing would pay, `owner = …`;
* the gate: `Event.objects.visible_to(actor, at=at)`, rows masked as far as they are released, the look noted in the trail.

The bound is three times the second line. Wall time, median; the statements a page takes are counted for 25 and for 100
rows. Before its first list every request asks who the reader is and what clauses give it: read anew, and remembered.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
AT = datetime(2026, 3, 4, 2, tzinfo=UTC)
SHARES = (0.2, 0.6)
READER = "pembaca"
PAGE = 25


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--events", type=int, default=100_000)
    arguments.add_argument("--agreements", type=int, default=200)
    arguments.add_argument("--repeats", type=int, default=15)
    arguments.add_argument("--one", action="store_true", help="measure the database of the environment and print JSON")
    given = arguments.parse_args()
    if given.one:
        print(json.dumps(measure(given.events, given.agreements, given.repeats)))
        return
    found = {
        name: run(wrap, given)
        for name, wrap in (("SQLite", []), ("PostgreSQL", [str(ROOT / "scripts/with_postgres.py")]))
    }
    show(found, given)


def run(wrap: list[str], given: argparse.Namespace) -> dict[str, Any]:
    """Return what this very script measures on a database of its own."""
    with tempfile.TemporaryDirectory(prefix="kentongan-gate-") as home:
        itself = [
            sys.executable,
            __file__,
            "--one",
            *(f"--{name}={getattr(given, name)}" for name in ("events", "agreements", "repeats")),
        ]
        command = [sys.executable, *wrap, *itself] if wrap else itself
        outside = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "DATABASE_URL_FILE")}
        environment = {**outside, "KENTONGAN_HOME": home, "KENTONGAN_SECRET_KEY": "benchmark"}
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603 - itself
    return dict(json.loads(done.stdout.splitlines()[-1]))


# --- one database ---


def measure(events: int, agreements: int, repeats: int) -> dict[str, Any]:
    """Return the medians for each share of own rows, and what it takes to know the reader."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kentongan.config.settings")
    import django  # noqa: PLC0415 - after the settings are named

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    rng = random.Random(1)
    givers = world(agreements, rng)
    lines = []
    for share in SHARES:
        fill(events, share, givers, rng)
        lines += timings(share, repeats)
    return {"lines": lines, "reader_ms": reader_timings(repeats)}


def world(agreements: int, rng: random.Random) -> dict[str, list[int]]:
    """Leave the gazetteer, the agencies and the agreements in the database; return where each giver's events lie."""
    from kentongan.agencies.models import Agency, Officer, Posting  # noqa: PLC0415
    from kentongan.agreements.models import Clause, Instrument  # noqa: PLC0415
    from kentongan.places.actions import load_gazetteer_rows  # noqa: PLC0415
    from kentongan.places.models import Place, PlaceAncestor  # noqa: PLC0415
    from kentongan.vocabulary.models import Kind  # noqa: PLC0415

    load_gazetteer_rows()
    for code in KINDS:
        Kind.objects.get_or_create(code=code, defaults={"kind_class": "offence", "label_id": code, "label_en": code})
    reader = Agency.objects.create(id=READER, name=READER, kind="immigration", country="ID", level="regency")
    officer = Officer.objects.create(username="pembaca")
    Posting.objects.create(officer=officer, agency=reader, role="analyst", started_at=AT)
    regencies = list(
        Place.objects.filter(level__in=("regency", "city"), country="ID").order_by("id").values_list("id", flat=True)
    )
    lies_in: dict[str, list[int]] = {READER: _villages(rng.sample(regencies, 3))}
    for number in range(agreements):
        giver = Agency.objects.create(
            id=f"pemberi-{number}", name=f"Pemberi {number}", kind="police", country="ID", level="regency"
        )
        instrument = Instrument.objects.create(
            kind="pks", title=f"PKS {number}", recorded_at=AT, in_force_from=date(2025, 1, 1)
        )
        clause = Clause.objects.create(
            instrument=instrument, number=1, giver=giver, receiver=reader, purposes=["prevention"],
            releases={"events": {"title": "full", "place": "full", "time": "full"}}, drafted_by="officer:1",
            drafted_at=AT - timedelta(days=9), approved_at=AT - timedelta(days=8), kinds=list(KINDS[:2]) if number % 10 == 9 else [],
        )  # fmt: skip
        roots = rng.sample(regencies, rng.randint(2, 5))
        clause.roots.set(roots)
        inside = _villages(roots)
        if number % 5 == 4:
            districts = PlaceAncestor.objects.filter(ancestor__in=roots, descendant__level="district")
            clause.exceptions.set([rng.choice(sorted(districts.values_list("descendant_id", flat=True)))])
        lies_in[giver.pk] = [*inside, *rng.choices(_villages(rng.sample(regencies, 1)), k=len(inside) // 4)]
    return lies_in


KINDS = ("TPPO", "TPPM", "GDS.BBM", "NARK")


def _villages(roots: list[int]) -> list[int]:
    from kentongan.places.models import PlaceAncestor  # noqa: PLC0415

    below = PlaceAncestor.objects.filter(ancestor__in=roots, descendant__level="village")
    return sorted(below.values_list("descendant_id", flat=True))


def fill(events: int, share: float, lies_in: dict[str, list[int]], rng: random.Random) -> None:
    """Leave so many events in the database, this share of them the reader's own, each with a classification."""
    from django.apps import apps  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    event, classification = apps.get_model("events", "Event"), apps.get_model("events", "Classification")
    kinds = dict(apps.get_model("vocabulary", "Kind").objects.values_list("code", "pk"))
    classification.objects.all().delete()
    event.objects.all().delete()
    givers = sorted(set(lies_in) - {READER})
    rows = []
    for number in range(events):
        owner = READER if rng.random() < share else rng.choice(givers)
        known = AT - timedelta(minutes=rng.randrange(700_000))
        rows.append(
            event(
                owner_id=owner, place_id=rng.choice(lies_in[owner]), handling="restricted" if number % 50 else "protected",
                purpose="prevention", legal_basis="UU 6/2011", retain_until=date(2031, 1, 1), title=f"Kejadian {number}",
                state="confirmed", precision="day", known_at=known, happened_from=known.date(), happened_to=known.date() + timedelta(days=1),
            )
        )  # fmt: skip
    event.objects.bulk_create(rows, batch_size=2000)
    classification.objects.bulk_create(
        (
            classification(
                event=row, kind_id=kinds[rng.choice(KINDS)], alleged_by="officer:1", alleged_at=AT, why="laporan"
            )
            for row in rows
        ),
        batch_size=5000,
    )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def timings(share: float, repeats: int) -> list[dict[str, Any]]:
    """Return a line for each of the three ways to ask."""
    from django.apps import apps  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    from kentongan.agencies.models import Officer  # noqa: PLC0415
    from kentongan.agreements.access import actor_for  # noqa: PLC0415
    from kentongan.events.queries import events_listed  # noqa: PLC0415

    standing = apps.get_model("events", "Event").objects.filter(state__in=("proposed", "confirmed"))
    standing = standing.select_related("place", "owner").prefetch_related("classifications__kind")
    actor = actor_for(Officer.objects.get(username="pembaca"), purpose="prevention", at=AT)
    ways: dict[str, Callable[[], Any]] = {
        "unfiltered": standing.all,
        "own only": lambda: standing.filter(owner=READER),
        "the gate": lambda: events_listed(actor, at=AT),
    }
    lines: list[dict[str, Any]] = []
    taken: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in ways}
    for _again in range(repeats + 1):
        for name, ask in ways.items():  # in turn, so that what else the machine does falls on all alike
            begun = time.perf_counter()
            found = ask()
            list(found[:PAGE])
            between = time.perf_counter()
            found.count()
            taken[name][0].append(between - begun)
            taken[name][1].append(time.perf_counter() - between)
    for name, ask in ways.items():
        pages, counts = (times[1:] for times in taken[name])
        line = {"share": share, "way": name, "rows": ask().count(), "page_ms": 1e3 * statistics.median(pages)}
        line |= {"count_ms": 1e3 * statistics.median(counts)}
        line["both_ms"] = 1e3 * statistics.median(a + b for a, b in zip(pages, counts, strict=True))
        for size in (PAGE, 4 * PAGE):
            with CaptureQueriesContext(connection) as queries:
                list(ask()[:size])
            line[f"queries_{size}"] = len(queries)
        lines.append(line)
    return lines


def reader_timings(repeats: int) -> dict[str, float]:
    """Return how long it takes to know the reader with its clauses: after a change of any agreement, and otherwise."""
    from kentongan.agencies.models import Officer  # noqa: PLC0415 - after the settings are named
    from kentongan.agreements.access import actor_for  # noqa: PLC0415 - after the settings are named
    from kentongan.agreements.models import Instrument  # noqa: PLC0415 - after the settings are named

    officer = Officer.objects.get(username="pembaca")
    taken: dict[str, list[float]] = {"anew": [], "remembered": []}
    for _again in range(repeats):
        Instrument.objects.update(recorded_at=AT)
        for times in taken.values():
            begun = time.perf_counter()
            actor_for(officer, purpose="prevention", at=AT)
            times.append(1e3 * (time.perf_counter() - begun))
    return {way: statistics.median(times) for way, times in taken.items()}


# --- the table ---


def show(found: dict[str, dict[str, Any]], given: argparse.Namespace) -> None:
    """Print the table, and whether the bound holds."""
    print(
        f"{given.events:,} events, {given.agreements} agreements in force, page of {PAGE} rows and count; medians of {given.repeats}"
    )
    print()
    print(
        "| database | own rows | way | rows | page ms | count ms | both ms | times own only | queries for 25, 100 rows |"
    )
    print("|---|---:|---|---:|---:|---:|---:|---:|---:|")
    worst = 0.0
    for database, measured in found.items():
        lines = measured["lines"]
        own = {line["share"]: line["both_ms"] for line in lines if line["way"] == "own only"}
        for line in lines:
            times = line["both_ms"] / own[line["share"]]
            worst = max(worst, times if line["way"] == "the gate" else 0.0)
            print(
                f"| {database} | {line['share']:.0%} | {line['way']} | {line['rows']:,} | {line['page_ms']:.1f} | {line['count_ms']:.1f} "
                f"| {line['both_ms']:.1f} | {times:.2f} | {line['queries_25']}, {line['queries_100']} |"
            )
    print()
    for database, measured in found.items():
        anew, remembered = (measured["reader_ms"][way] for way in ("anew", "remembered"))
        print(
            f"{database}: to know the reader with {given.agreements} clauses, read anew {anew:.1f} ms, remembered {remembered:.1f} ms"
        )
    print(f"The gate costs at most {worst:.2f} times the ownership-only filter (bound: 3).")


if __name__ == "__main__":
    main()
