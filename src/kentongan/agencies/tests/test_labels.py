"""Every code of the shipped agencies has a word."""

from kentongan.agencies import data
from kentongan.agencies.labels import ATTRIBUTES, COUNTRIES, FUNCTIONS, KINDS, LEVELS, MATTERS, NAME_KINDS, word


def test_every_kind_level_and_competence_has_a_word():
    assert {entry.kind for entry in data.agency_entries()} <= set(KINDS)
    assert {entry.level for entry in data.agency_entries()} <= set(LEVELS)
    assert {row.competence for row in data.competences()} <= set(MATTERS)


def test_everything_else_that_an_agency_page_tells_has_a_word():
    assert {entry.country for entry in data.agency_entries()} <= set(COUNTRIES)
    assert set(NAME_KINDS) == data.NAME_KINDS
    assert {row.role for row in data.memberships()} <= set(FUNCTIONS)
    assert {row.attribute for row in data.agency_classes()} <= set(ATTRIBUTES)


def test_a_code_without_a_word_stands_for_itself():
    assert word(KINDS, "baru") == "baru"
