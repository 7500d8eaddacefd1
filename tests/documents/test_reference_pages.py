"""docs/reference/ is what the code says today."""

import ast

import pytest

from .pages import DOCS, reference_script

made = reference_script()


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return made.pages()


@pytest.mark.parametrize("name", ["README.md", *made.BODIES])
def test_the_page_is_what_the_code_says(pages: dict[str, str], name: str) -> None:
    assert made.written(name) == pages[name], f"docs/reference/{name} is out of date: run make docs"


def test_no_page_is_left_over(pages: dict[str, str]) -> None:
    assert {path.name for path in (DOCS / "reference").glob("*.md")} == set(pages)


def test_every_environment_variable_has_a_meaning_and_none_is_left_over() -> None:
    read = {variable.name for variable in made.environment_variables()}

    assert read == set(made.MEANINGS)


def test_an_environment_variable_in_the_source_is_found() -> None:
    call = ast.parse('os.environ.get("KENTONGAN_X", "7")', mode="eval").body

    assert list(made.variables_read_by(call)) == [("KENTONGAN_X", "`7`")]
