"""The held-out annotations fit their texts, and the rule that scores them tells good from bad."""

from __future__ import annotations

import csv
import datetime as dt
import os
import re
from pathlib import Path

import pytest

from .scoring import (
    PARTS,
    Gold,
    Score,
    Taken,
    TakenInstrument,
    TakenQuantity,
    gold_annotations,
    score_all,
    score_text,
    text_of,
)

GOLD = gold_annotations()
WEEKDAYS = ("senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu")
DAY = re.compile(rf"\b({'|'.join(WEEKDAYS)}),? \((\d{{1,2}})/(\d{{1,2}})(?:/(\d{{4}}))?\)", re.IGNORECASE)
CONTRADICTS = {"h15.txt"}


def perfect(gold: Gold) -> Taken:
    """The annotation itself, handed in as if a reader had found it."""
    text = text_of(gold)
    counted = [q for q in gold["quantities"] if not q.get("background") and not q.get("optional")]
    return Taken(
        event_dates=frozenset(e["date"] for e in gold["events"] if not e["background"]),
        places=frozenset((p["code"], p["in_org_name"]) for p in gold["places"]),
        agencies=frozenset(a["agency_id"] for a in gold["agencies"] if a["agency_id"]),
        instruments=[TakenInstrument(i["type"], i["date"], frozenset(i["party_ids"])) for i in gold["instruments"]],
        quantities=[
            TakenQuantity(q["value"], q["unit"], text.index(q["text"]), text.index(q["text"]) + len(q["text"]))
            for q in counted
        ],
        kinds=frozenset(gold["kinds"]),
    )


def test_every_text_is_annotated_once() -> None:
    assert [gold["file"] for gold in GOLD] == [f"h{number:02}.txt" for number in range(1, 31)]


@pytest.mark.parametrize("gold", GOLD, ids=lambda gold: gold["file"])
def test_every_annotation_quotes_its_text(gold: Gold) -> None:
    text = text_of(gold)
    quoted = [row["mention"] for row in [*gold["places"], *gold["agencies"]]]
    quoted += [row["text"] for row in [*gold["quantities"], *gold["quantity_traps"]]]
    assert [quote for quote in quoted if quote not in text] == []


@pytest.mark.parametrize("gold", GOLD, ids=lambda gold: gold["file"])
def test_every_weekday_fits_its_date_except_where_the_contradiction_is_the_point(gold: Gold) -> None:
    contradicting = []
    for weekday, day, month, year in DAY.findall(text_of(gold)):
        years = [int(year)] if year else range(2022, 2027)
        fitting = [y for y in years if dt.date(y, int(month), int(day)).weekday() == WEEKDAYS.index(weekday.lower())]
        if len(fitting) != 1:
            contradicting.append((weekday, day, month, year))
    assert bool(contradicting) == (gold["file"] in CONTRADICTS)


def test_the_annotation_itself_scores_full_marks() -> None:
    total = score_all(GOLD, {str(gold["file"]): perfect(gold) for gold in GOLD}, {})
    assert {part: total.tallies[part].share for part in PARTS} == dict.fromkeys(PARTS, 1.0)


def test_a_reader_that_finds_nothing_is_paid_only_for_avoided_traps() -> None:
    total = score_all(GOLD, {}, {})
    assert {part: total.tallies[part].share for part in PARTS} == {**dict.fromkeys(PARTS, 0.0), "traps": 1.0}


def test_a_reader_that_falls_into_a_trap_loses_it() -> None:
    gold = GOLD[0]
    start = text_of(gold).index("7 jenazah")
    fooled = Taken(quantities=[TakenQuantity(7, "jenazah", start, start + 9)], kinds=frozenset({"PMI.DECEASED"}))
    clean, caught = (score_text(gold, taken, {}).tallies["traps"] for taken in (Taken(), fooled))
    assert clean.right - caught.right == 2


def test_a_wrong_village_of_the_right_name_lowers_the_place_score() -> None:
    gold = next(gold for gold in GOLD if gold["file"] == "h09.txt")
    right = perfect(gold)
    wrong = Taken(places=right.places - {("53.02.06.2003", False)} | {("53.01.08.2010", False)})
    assert _share(score_text(gold, wrong, {}), "places") < _share(score_text(gold, right, {}), "places")


@pytest.mark.skipif(
    "KENTONGAN_REFERENCE" not in os.environ, reason="KENTONGAN_REFERENCE is not set: ids not checked against it"
)
def test_every_agency_id_and_kind_exists_in_the_reference() -> None:
    domain = Path(os.environ["KENTONGAN_REFERENCE"]) / "domain"
    agencies = _column(domain / "agencies.csv", "id")
    kinds = _column(domain / "lexicon.csv", "code")
    used = {i for gold in GOLD for a in gold["agencies"] for i in [a["agency_id"], *a["accept_ids"]] if i}
    used_kinds = {kind for gold in GOLD for kind in [*gold["kinds"], *gold["not_kinds"]]}
    assert (used - agencies, used_kinds - kinds) == (set(), set())


def _column(path: Path, name: str) -> set[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return {row[name] for row in csv.DictReader(file)}


def _share(score: Score, part: str) -> float:
    share = score.tallies[part].share
    assert share is not None
    return share
