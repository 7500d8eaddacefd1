"""elements.md and rights.md have every row, and every test that they name exists."""

import re

import pytest

from .pages import DOCS, missing_tests, named_tests, rows_of

ELEMENTS = list(rows_of("elements.md", r"S\d+"))
RIGHTS = list(rows_of("rights.md", r"R\d+"))


def test_every_element_stands_once_and_in_order() -> None:
    assert [cells[0] for cells in ELEMENTS] == [f"S{number}" for number in range(1, 118)]


def test_every_right_stands_once_and_in_order() -> None:
    assert [cells[0] for cells in RIGHTS] == [f"R{number:02}" for number in range(1, 37)]


@pytest.mark.parametrize("document", ["elements.md", "rights.md"])
def test_every_test_that_is_named_exists(document: str) -> None:
    text = (DOCS / document).read_text(encoding="utf-8")

    assert len(named_tests(text)) > 10
    assert missing_tests(text) == []


@pytest.mark.parametrize("cells", [*ELEMENTS, *RIGHTS], ids=lambda cells: cells[0])
def test_a_row_names_a_test_or_says_that_it_is_not_yet_there(cells: list[str]) -> None:
    claim = " ".join(cells[1:])

    assert named_tests(claim) or re.search(r"\bnot yet\b", claim)
