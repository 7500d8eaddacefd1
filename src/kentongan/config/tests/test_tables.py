"""The tables that the tests begin on are those of an installation."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from .test_backups import command_in

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]


@pytest.mark.nightly
def test_tables_laid_for_tests_are_those_that_an_installation_migrates_to(lay_tables, tmp_path):
    laid, migrated = lay_tables(tmp_path / "laid"), tmp_path / "migrated"
    migrated.mkdir()
    command_in(migrated)("django", "migrate", "--", "--verbosity=0")

    assert laid_in(laid) == laid_in(migrated)


def laid_in(home: Path) -> list[tuple[str, ...]]:
    """Return every table, index and trigger of an installation as it is defined."""
    with closing(sqlite3.connect(home / "kentongan.sqlite3")) as database:
        return database.execute("SELECT type, name, sql FROM sqlite_master ORDER BY type, name").fetchall()
