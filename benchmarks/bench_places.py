"""How fast the gazetteer loads, and how fast and how well its search finds misspelt villages beside two named peers.

python benchmarks/bench_places.py [--queries 400] [--seed 1]

Each query is a real village or suco with one typing error and the name of its regency: "Silawsn, Kab. Belu". A search
is right when the village is among its first ten answers. The peers are given the same text over the same full names:

* rapidfuzz `process.extract` with `fuzz.ratio`, which compares the query with every name;
* SQLite FTS5 with the trigram tokenizer, the query's trigrams joined by OR and ranked by bm25.
"""

import argparse
import random
import sqlite3
import statistics
import string
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from rapidfuzz import fuzz, process
from rich.console import Console
from rich.table import Table

from kentongan.places.gazetteer import SMALLEST, Gazetteer, read_gazetteer
from kentongan.places.search import Index

LARGER = {"regency", "city", "municipality"}
Search = Callable[[str], list[str]]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Query:
    """What is typed and which unit is meant."""

    text: str
    code: str


@dataclass(frozen=True, slots=True)
class Named:
    """A village under the name that the peers search: with its regency, as the query has it."""

    code: str
    full: str


def misspelt(name: str, rng: random.Random) -> str:
    """Return the name with one letter dropped, added, changed or exchanged with the next."""
    at, letter = rng.randrange(len(name)), rng.choice(string.ascii_lowercase)
    head, tail = name[:at], name[at:]
    return rng.choice(
        (head + tail[1:], head + letter + tail, head + letter + tail[1:], head + tail[1:2] + tail[:1] + tail[2:])
    )


def villages(gazetteer: Gazetteer) -> list[Named]:
    found = []
    for unit in gazetteer:
        if unit.level in SMALLEST:
            row = gazetteer.row(unit.code)
            regency = next(r for r in gazetteer.ancestor_rows(row) if gazetteer.unit(r).level in LARGER)
            found.append(Named(unit.code, f"{unit.name}, {gazetteer.titled(regency)}"))
    return found


def draw_queries(named: list[Named], n: int, rng: random.Random) -> Iterator[Query]:
    for village in rng.sample(named, n):
        name, _, regency = village.full.rpartition(", ")
        yield Query(f"{misspelt(name, rng)}, {regency}", village.code)


# --- the three searches ---


def ours(index: Index) -> Search:
    return lambda text: [hit.unit.code for hit in index.search(text, 10)]


def every_name_compared(named: list[Named]) -> Search:
    full = [n.full.lower() for n in named]

    def search(text: str) -> list[str]:
        return [named[i].code for _, _, i in process.extract(text.lower(), full, scorer=fuzz.ratio, limit=10)]

    return search


def sqlite_trigrams(named: list[Named]) -> Search:
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE names USING fts5(code UNINDEXED, full, tokenize='trigram')")
    db.executemany("INSERT INTO names VALUES (?, ?)", [(n.code, n.full) for n in named])

    def search(text: str) -> list[str]:
        grams = {text[i : i + 3].lower().replace('"', "") for i in range(len(text) - 2)}
        match = " OR ".join(f'"{g}"' for g in sorted(grams) if len(g) == 3)
        rows = db.execute("SELECT code FROM names WHERE names MATCH ? ORDER BY bm25(names) LIMIT 10", (match,))
        return [code for (code,) in rows]

    return search


# --- measuring ---


def timed(work: Callable[[], T]) -> tuple[float, T]:
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def measure(search: Search, queries: list[Query]) -> tuple[list[float], float]:
    """Return the milliseconds of each query and the share that was answered rightly."""
    search(queries[0].text)  # what is built on first use is not part of a search
    milliseconds, right = [], 0
    for query in queries:
        seconds, codes = timed(partial(search, query.text))
        milliseconds.append(1_000 * seconds)
        right += query.code in codes
    return milliseconds, right / len(queries)


def seconds_in_a_fresh_process() -> float:
    """Return the seconds from the start of Python to the answer of a first search."""
    program = "from kentongan.places.search import search; assert search('Desa Silawan, Belu')[0].unit.code == '53.04.02.2001'"
    seconds, _ = timed(lambda: subprocess.run([sys.executable, "-c", program], check=True))  # noqa: S603 - our own words
    return seconds


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--queries", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    console = Console()

    load_s, gazetteer = timed(read_gazetteer)
    assert isinstance(gazetteer, Gazetteer)
    index_s, index = timed(lambda: Index(gazetteer))
    assert isinstance(index, Index)
    reader_s, _ = timed(gazetteer.to_place_rows)
    near_s, _ = timed(lambda: [gazetteer.nearest(-9.0, 124.9, 5) for _ in range(20)])
    loading = Table(title=f"Gazetteer: {len(gazetteer):,} units, {len(index.names):,} names")
    loading.add_column("step")
    loading.add_column("time", justify="right")
    for step, seconds in (
        ("load the compiled file", load_s),
        ("build the search index", index_s),
        ("rows for the reader", reader_s),
        ("five nearest villages", near_s / 20),
        ("fresh process to the first answer", seconds_in_a_fresh_process()),
    ):
        loading.add_row(step, f"{seconds * 1_000:,.1f} ms")
    console.print(loading)

    named = villages(gazetteer)
    queries = list(draw_queries(named, args.queries, random.Random(args.seed)))
    table = Table(title=f"{args.queries} villages, one typing error each, with their regency (seed {args.seed})")
    table.add_column("search")
    for heading in ("median ms", "p99 ms", "in first ten"):
        table.add_column(heading, justify="right")
    for name, search, asked in (
        ("kentongan.places.search", ours(index), queries),
        ("rapidfuzz process.extract", every_name_compared(named), queries[:100]),
        ("SQLite FTS5 trigram", sqlite_trigrams(named), queries[:100]),
    ):
        milliseconds, right = measure(search, asked)
        p99 = statistics.quantiles(milliseconds, n=100)[98]
        table.add_row(name, f"{statistics.median(milliseconds):.2f}", f"{p99:.2f}", f"{right:.1%}")
    console.print(table)
    console.print("The peers answer the first 100 of the queries.", style="dim")
    return 0


if __name__ == "__main__":
    sys.exit(main())
