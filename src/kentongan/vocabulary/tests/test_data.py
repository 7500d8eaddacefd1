"""The shipped vocabulary: complete, dated, and honest about what nobody has checked."""

from datetime import date

import pytest

from kentongan.kit.shipped_tables import ShippedTableError, TableLine, table_entries
from kentongan.vocabulary.data import kind_entries, kind_rows, laws_in_force, legal_bases


def test_every_kind_has_labels_in_indonesian_english_and_portuguese() -> None:
    assert [entry.code for entry in kind_entries() if not (entry.label_id and entry.label_en and entry.label_pt)] == []


def test_every_kind_gives_the_reader_words_to_find() -> None:
    assert [row.code for row in kind_rows() if not row.terms] == []


def test_tetum_and_portuguese_words_are_marked_for_review() -> None:
    unmarked = [
        entry.code
        for entry in kind_entries()
        if ("pt" not in entry.review) or ("tet" not in entry.review and (entry.label_tet or entry.terms_tet))
    ]

    assert unmarked == []


def test_a_sub_kind_lies_under_a_root_that_exists_or_is_only_a_heading() -> None:
    roots = {entry.code.split(".")[0] for entry in kind_entries()}
    headings = {"IM", "PMI", "BORDER", "RESP", "ST"}

    assert roots <= {entry.code for entry in kind_entries()} | headings


def test_people_smuggling_stands_in_the_immigration_act_before_2026_and_in_the_penal_code_after() -> None:
    before, after = (laws_in_force("TPPM", day) for day in (date(2026, 1, 1), date(2026, 1, 2)))

    assert [law.instrument for law in before] == ["UU 6/2011"]
    assert [law.instrument for law in after] == ["KUHP (UU 1/2023)"]


def test_trafficking_keeps_its_own_act_beside_the_penal_code() -> None:
    instruments = {law.instrument for law in laws_in_force("TPPO", date(2026, 3, 1)) if law.role == "offence"}

    assert {"UU 21/2007", "KUHP (UU 1/2023)"} <= instruments


def test_every_law_says_how_far_it_was_checked() -> None:
    assert {law.verified for law in legal_bases()} <= {"read", "general", "check"}


def test_no_provision_ends_before_it_begins() -> None:
    assert [law for law in legal_bases() if law.valid_from and law.valid_to and law.valid_from >= law.valid_to] == []


def test_all_faulty_lines_of_a_table_are_reported_at_once() -> None:
    def refuse(line: TableLine) -> None:
        raise ValueError(f"baris uji {line.number}")

    with pytest.raises(ShippedTableError) as refusal:
        table_entries("kentongan.vocabulary", "data/laws.csv", refuse)

    assert len(refusal.value.details) == len(legal_bases())
    assert refusal.value.details[0].startswith("baris 2:")
