"""The reader on thirty texts written and annotated before it was tuned: the measure of how general it is."""

import pytest

from tests.held_out.scoring import PARTS, Score, gold_annotations, score_all, text_of
from tests.reading_score import agency_parents, shipped_reader, taken_from

TARGET = 0.80
LEAST_OF_A_PART = 0.70


@pytest.fixture(scope="module")
def total() -> Score:
    golds = gold_annotations()
    taken = {str(gold["file"]): taken_from(shipped_reader().read(text_of(gold))) for gold in golds}
    return score_all(golds, taken, agency_parents())


def test_the_mean_of_all_parts_reaches_the_target(total: Score) -> None:
    shares = {part: round(tally.share or 0.0, 3) for part, tally in total.tallies.items()}

    assert total.overall >= TARGET, shares


@pytest.mark.parametrize("part", PARTS)
def test_no_part_falls_far_behind(total: Score, part: str) -> None:
    share = total.tallies[part].share

    assert share is not None
    assert share >= LEAST_OF_A_PART
