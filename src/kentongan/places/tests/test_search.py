"""Finding units by what people write."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kentongan.places.gazetteer import load_gazetteer
from kentongan.places.search import Question, Sought, letters, questions, search

LARGER = {"regency", "city", "municipality"}


def no_higher_name(_: str) -> bool:
    return False


def first(query: str) -> str:
    """Return the code of the best hit."""
    return search(query, 1)[0].unit.code


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("Desa Silawan, Belu", "53.04.02.2001"),
        ("silawan belu", "53.04.02.2001"),
        ("desa silawn kec tasifeto timur kab belu", "53.04.02.2001"),
        ("Silawan, Bellu", "53.04.02.2001"),
        ("Tulakadi", "53.04.02.2002"),
        ("sadi, belu", "53.04.02.2003"),
        ("kec tasifeto timur", "53.04.02"),
        ("TasifetoTimur", "53.04.02"),
        ("kab. kupang", "53.01"),
        ("kota kupang", "53.71"),
        ("Kab. Serang", "36.04"),
        ("Kota Serang", "36.73"),
        ("suku batugade", "TL-050202"),
        ("suco batugede", "TL-050202"),
        ("Humusu C", "53.03.09.2010"),
        ("kelurahan haumusu c", "53.03.09.2010"),
        ("mukuvoka", "53.09.06.2032"),
        ("Atambua", "53.04.12"),
        ("Kota Atambua", "53.04.12"),
        ("NTT", "53"),
        ("TTU", "53.03"),
        ("Oecusse", "TL-13"),
        ("munisipiu oekusi", "TL-13"),
        ("Rangkasbitung", "36.02.14"),
        ("Birma", "MM"),
        ("Bandar Sri Bengawan", None),
        ("zzzzqq", None),
        ("", None),
        (" , . ", None),
    ],
)
def test_the_unit_that_is_meant_comes_first(query: str, code: str | None) -> None:
    hits = search(query, 1)

    found = hits[0].unit.code if hits and hits[0].score >= 85 else None
    assert found == code


@pytest.mark.parametrize("query", ["Mota Ain", "Motaain", "mota'ain", "PLBN Motaain", "Motaaín"])
def test_a_gate_is_found_by_every_spelling_and_leads_to_its_village(query: str) -> None:
    hits = search(query, 3)

    assert ("motaain", "53.04.02.2001") in {(hit.facility, hit.unit.code) for hit in hits}


def test_the_village_motaain_is_not_the_gate_of_that_name() -> None:
    hits = search("Desa Motaain", 3)

    assert (hits[0].unit.code, hits[0].facility) == ("53.21.02.2013", None)


def test_an_unresolved_post_is_answered_with_both_candidates() -> None:
    hits = search("Pos Imigrasi Aplasi", 5)

    assert {h.unit.code for h in hits if h.facility == "aplasi"} == {"53.03.05.1002", "53.03.13.2001"}


def test_names_that_many_villages_share_are_decided_by_the_parent() -> None:
    assert {h.unit.code for h in search("Sukamaju, Serang", 2)} == {"36.04.16.2007", "36.04.23.2004"}


def test_a_parent_that_does_not_hold_the_name_is_said_and_costs_points() -> None:
    hit = next(h for h in search("Desa Silawan, Kab. Lebak", 3) if h.unit.code == "53.04.02.2001")

    assert hit.why.is_outside
    assert hit.score <= 75


def test_a_hit_says_why_it_was_found() -> None:
    hit = search("Kel. Humusu C, TTU", 1)[0]

    assert (hit.why.name, hit.why.kind, hit.why.is_level_right) == ("Humusu C", "spelling", True)
    assert hit.why.inside == "Kab. Timor Tengah Utara"
    assert hit.explained() == "ejaan lain “Humusu C”; tingkat wilayah cocok; di dalam Kab. Timor Tengah Utara"
    assert hit.explained(lambda words: words.replace("ejaan lain", "spelling")).startswith("spelling “Humusu C”")


def test_nothing_outside_the_given_unit_is_answered() -> None:
    gazetteer = load_gazetteer()

    hits = search("Sukamaju", 20, within="36")

    assert hits
    assert all(gazetteer.is_inside(hit.unit.code, "36") for hit in hits)


def test_what_somebody_still_types_is_found() -> None:
    assert "53.04.02" in {hit.unit.code for hit in search("tasifeto t", 5)}


@st.composite
def misspelt_villages(draw: st.DrawFn) -> tuple[str, str]:
    """A village or suco with one letter dropped, added, changed or exchanged, and its regency: (query, code)."""
    gazetteer = load_gazetteer()
    unit = gazetteer.unit(draw(st.integers(600, len(gazetteer) - 1)))
    if unit.level not in ("village", "suco") or len(letters(unit.name)) < 4:
        unit = gazetteer.at("53.04.02.2001")
    name, at = unit.name, draw(st.integers(0, len(unit.name) - 1))
    letter = draw(st.sampled_from(string.ascii_lowercase))
    wrong = draw(
        st.sampled_from(
            (
                name[:at] + name[at + 1 :],
                name[:at] + letter + name[at:],
                name[:at] + letter + name[at + 1 :],
                name[:at] + name[at + 1 : at + 2] + name[at : at + 1] + name[at + 2 :],
            )
        )
    )
    regency = next(a for a in gazetteer.ancestors(unit.code) if a.level in LARGER)
    return f"{wrong}, {gazetteer.titled(gazetteer.row(regency.code))}", unit.code


@given(misspelt_villages())
@settings(max_examples=200, deadline=None)
def test_any_village_is_found_with_one_typing_error_and_its_regency(misspelt: tuple[str, str]) -> None:
    query, code = misspelt

    assert code in {hit.unit.code for hit in search(query, 10)}


@given(st.text(max_size=80))
@settings(max_examples=200, deadline=None)
def test_whatever_is_typed_gets_an_ordered_answer(query: str) -> None:
    scores = [hit.score for hit in search(query, 7)]

    assert len(scores) <= 7
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 100 for score in scores)


@pytest.mark.parametrize(
    ("query", "understood"),
    [
        ("Desa Silawan, Belu", Question(Sought("silawan", ("village",)), (Sought("belu"),))),
        (
            "silawan kec. tasifeto timur kab belu",
            Question(Sought("silawan"), (Sought("tasifetotimur", ("district",)), Sought("belu", ("regency",)))),
        ),
        ("Kota Atambua", Question(Sought("kotaatambua"))),
        ("Kota Atambua", Question(Sought("atambua", ("city",)))),
    ],
)
def test_a_query_is_split_into_what_is_sought_and_where(query: str, understood: Question) -> None:
    assert understood in questions(query, no_higher_name)


def test_last_words_that_name_a_larger_unit_may_be_the_parent() -> None:
    understood = questions("silawan belu", lambda name: name == "belu")

    assert Question(Sought("silawan"), (Sought("belu"),)) in understood
    assert Question(Sought("silawanbelu")) in understood
