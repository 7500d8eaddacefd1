"""R35: nothing in the repository has the form of a real identity number, passport or telephone."""

import csv
import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WHERE_REVIEWED = "tests/rights/allowed_numbers.csv"
SKIPPED = {
    ".git", ".venv", "node_modules", "__pycache__", "var", "vendor", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis",
    ".benchmarks", ".import_linter_cache", "site", "dist", "build",
}  # fmt: skip
MADE_BY_TOOLS = {"requirements.lock", "package-lock.json", "uv.lock"}
BINARY = {".png", ".jpg", ".jpeg", ".ico", ".mo", ".zip", ".pdf", ".docx", ".sqlite3", ".pyc", ".woff2", ".npz"}

PATTERNS = {
    # province 11-96, regency, district, day (women: +40), month, year, number
    "NIK": re.compile(
        r"(?<![\w.])[1-9]\d[0-7]\d\d{2}(?:[0-2]\d|3[01]|[4-6]\d|7[01])(?:0[1-9]|1[0-2])\d{2}\d{4}(?![\w.])"
    ),
    "passport": re.compile(r"(?<![\w#/.-])[A-Z]{1,2} ?\d{7}(?![\w.])"),
    "telephone": re.compile(
        r"(?<![\w.])(?:\+62[ -]?|0)8\d{2}[ -]?\d{3,4}[ -]?\d{3,5}(?![\w.])|\+670[ -]?7\d{3}[ -]?\d{4}"
    ),
}


def texts() -> Iterator[tuple[str, str]]:
    """Yield every text of the repository with its address."""
    for path in sorted(ROOT.rglob("*")):
        inside = path.relative_to(ROOT)
        if not path.is_file() or SKIPPED & set(inside.parts) or path.name in MADE_BY_TOOLS or path.suffix in BINARY:
            continue
        if any(part.startswith(".venv") for part in inside.parts) or path.name.startswith(".coverage"):
            continue
        content = path.read_bytes()
        yield (
            inside.as_posix(),
            (gzip.decompress(content) if path.suffix == ".gz" else content).decode("utf-8", errors="ignore"),
        )


def numbers_of_persons(text: str) -> list[str]:
    """Return what looks like an identity number, a passport or a telephone."""
    return [f"{kind} {found.group()}" for kind, pattern in PATTERNS.items() for found in pattern.finditer(text)]


def reviewed() -> set[tuple[str, str]]:
    """Return the invented numbers that a test cannot do without."""
    with (Path(__file__).parent / "allowed_numbers.csv").open(encoding="utf-8", newline="") as file:
        return {(row["file"], row["number"]) for row in csv.DictReader(file)}


def test_no_text_holds_a_number_that_could_be_somebodys() -> None:
    read = dict(texts())

    found = {(address, number) for address, text in read.items() for number in numbers_of_persons(text)}

    assert len(read) > 100
    assert found - reviewed() - {(WHERE_REVIEWED, number) for _file, number in reviewed()} == set()


@pytest.mark.parametrize(
    "parts",
    [
        ("53040", "24107850001"),
        ("53040", "26107850001"),
        ("C", "1234567"),
        ("XA ", "1234567"),
        ("0812", "34567890"),
        ("+62 812", "-3456-7890"),
        ("+670 ", "7712 3456"),
    ],
)
def test_a_number_of_real_form_is_caught(parts: tuple[str, str]) -> None:
    assert numbers_of_persons(f"nomor {''.join(parts)} milik contoh")


@pytest.mark.parametrize(
    "text", ["53.04.02.2001", "2026-03-04", "1.234.567", "UU 27/2022", "124.9314", "8,5 juta", "P/12/2026"]
)
def test_codes_dates_and_figures_are_not_caught(text: str) -> None:
    assert numbers_of_persons(text) == []
