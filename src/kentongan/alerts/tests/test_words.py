"""The clock in words, and what the tables of the room refer to."""

from datetime import timedelta

import pytest
from django.utils import translation

from kentongan.agencies.data import competences
from kentongan.alerts.clocks import clock_sentences, length
from kentongan.alerts.matters import matter_rows
from kentongan.vocabulary.care import is_below
from kentongan.vocabulary.data import kind_entries
from kentongan.watch.streams import SILENCE, streams


@pytest.fixture(autouse=True)
def indonesian():
    with translation.override("id"):
        yield


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0, "0 menit"),
        (59, "59 menit"),
        (60, "1 jam"),
        (95, "1 jam 35 menit"),
        (1440, "24 jam"),
        (2879, "47 jam 59 menit"),
        (2880, "2 hari"),
    ],
)
def test_a_length_is_said_in_its_largest_units(minutes, words):
    assert length(timedelta(minutes=minutes, seconds=20)) == words


def test_the_page_says_the_clocks_of_the_table():
    ordinary, urgent = clock_sentences()

    assert "diterima 1 jam, diverifikasi 24 jam, diputuskan 3 hari" in ordinary
    assert "diterima 30 menit" in urgent


def test_every_matter_of_the_table_is_a_competence_that_somebody_has():
    held = {row.competence for row in competences()}

    assert {row.matter for row in matter_rows()} | {row.instead for row in matter_rows() if row.instead} <= held


def test_every_kind_and_stream_of_the_table_exists():
    codes = [entry.code for entry in kind_entries()]

    for row in matter_rows():
        if row.source == "kind":
            assert any(is_below(code, row.code) for code in codes), row.code
        else:
            assert row.code in {*(s.code for s in streams()), SILENCE}


def test_every_stream_has_a_matter():
    assert {row.code for row in matter_rows() if row.source == "stream"} == {*(s.code for s in streams()), SILENCE}
