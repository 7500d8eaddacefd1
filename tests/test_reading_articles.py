"""The reader on real news texts, which lie outside the project and are read only where `KENTONGAN_REFERENCE` says they are."""

import json
import os
from datetime import date
from pathlib import Path

import pytest

from kentongan.reading.model import Reading
from tests.reading_score import ArticleScore, agency_parents, pooled, report, score_article, shipped_reader

RECEIVED = date(2026, 11, 1)  # any day after the newest article and before its weekdays fall on the same numbers again
REFERENCE = os.environ.get("KENTONGAN_REFERENCE", "")
ARTICLES = Path(REFERENCE) / "articles" if REFERENCE else None

pytestmark = pytest.mark.skipif(
    ARTICLES is None or not (ARTICLES / "gold.jsonl").exists(),
    reason="KENTONGAN_REFERENCE does not point to the reference articles",
)


@pytest.fixture(scope="module")
def scored() -> list[tuple[str, Reading, ArticleScore]]:
    assert ARTICLES is not None
    result = []
    for line in (ARTICLES / "gold.jsonl").read_text(encoding="utf-8").splitlines():
        gold = json.loads(line)
        text = (ARTICLES / gold["file"]).read_text(encoding="utf-8")
        reading = shipped_reader().read(text, received=RECEIVED)
        result.append((gold["file"], reading, score_article(reading, gold, text, agency_parents())))
    return result


def test_every_event_has_its_day_or_is_rightly_open(scored: list[tuple[str, Reading, ArticleScore]]) -> None:
    for file, _, score in scored:
        assert not score.events.missed, file
        assert not score.events.wrong, file


def test_every_live_event_has_its_place(scored: list[tuple[str, Reading, ArticleScore]]) -> None:
    for file, _, score in scored:
        assert not score.event_places.missed, file


def test_places_reach_their_bar(scored: list[tuple[str, Reading, ArticleScore]]) -> None:
    total = pooled([score.places for _, _, score in scored])

    report([(file, score.places) for file, _, score in scored])

    assert total.f1 >= 0.90


def test_agencies_reach_their_bar(scored: list[tuple[str, Reading, ArticleScore]]) -> None:
    total = pooled([score.agencies for _, _, score in scored])

    report([(file, score.agencies) for file, _, score in scored])

    assert total.f1 >= 0.90


def test_all_four_instruments_are_found_with_day_and_parties_and_no_other(
    scored: list[tuple[str, Reading, ArticleScore]],
) -> None:
    total = pooled([score.instruments for _, _, score in scored])

    assert (total.right, total.missed, total.wrong) == (4, [], [])


def test_both_quantities_are_found_and_no_other(scored: list[tuple[str, Reading, ArticleScore]]) -> None:
    total = pooled([score.quantities for _, _, score in scored])

    assert (total.right, total.missed, total.wrong) == (2, [], [])


def test_no_trap_is_asserted(scored: list[tuple[str, Reading, ArticleScore]]) -> None:
    assert [score.traps_asserted for _, _, score in scored] == [[]] * len(scored)


def test_the_year_of_a_copyright_line_is_never_the_year_of_publication(
    scored: list[tuple[str, Reading, ArticleScore]],
) -> None:
    published = {file: reading.published.day for file, reading, _ in scored if reading.published}

    assert {file: day.isoformat() for file, day in published.items() if day} == {
        "000.txt": "2024-11-07", "001.txt": "2022-01-26", "003.txt": "2024-11-25", "004.txt": "2024-09-05",
    }  # fmt: skip


def test_every_evidence_is_the_text_between_its_offsets(scored: list[tuple[str, Reading, ArticleScore]]) -> None:
    assert ARTICLES is not None
    for file, reading, _ in scored:
        text = (ARTICLES / file).read_text(encoding="utf-8")
        for item in (
            *reading.dates,
            *reading.places,
            *reading.agencies,
            *reading.kinds,
            *reading.quantities,
            *reading.instruments,
        ):
            assert text[item.evidence.start : item.evidence.end] == item.evidence.text
