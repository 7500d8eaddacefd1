"""The shipped agencies: names and attributes with their dates, competences with their traps, nobody's name."""

import re
from datetime import date

from kentongan.agencies.data import (
    HOLDER_KIND,
    OWN_AREA,
    agency_classes,
    agency_entries,
    agency_names,
    agency_rows,
    competences,
    memberships,
)


def names_of(agency_id: str) -> dict[str, tuple[date | None, date | None]]:
    return {name.name: (name.valid_from, name.valid_to) for name in agency_names() if name.agency_id == agency_id}


def test_every_parent_is_an_agency_of_the_list() -> None:
    known = {entry.id for entry in agency_entries()}

    assert {entry.parent_id for entry in agency_entries() if entry.parent_id} <= known


def test_no_agency_is_its_own_ancestor() -> None:
    parents = {entry.id: entry.parent_id for entry in agency_entries()}
    for agency_id in parents:
        seen: set[str] = set()
        above: str | None = agency_id
        while above is not None:
            assert above not in seen
            seen.add(above)
            above = parents[above]


def test_the_naval_command_changed_its_name_in_august_2025() -> None:
    names = names_of("kodaeral-vii")

    assert names["Kodaeral VII"] == (date(2025, 8, 1), None)
    assert names["Lantamal VII"] == (None, date(2025, 8, 1))


def test_the_migrant_worker_agency_became_a_ministry_in_october_2024() -> None:
    names = names_of("kp2mi")

    assert names["BP2MI"][1] == date(2024, 10, 21)
    assert names["Kementerian Perlindungan Pekerja Migran Indonesia"][0] == date(2024, 10, 21)


def test_the_former_regional_office_ends_when_the_new_one_begins() -> None:
    entries = {entry.id: entry for entry in agency_entries()}

    assert entries["kanwil-kumham-ntt"].valid_to == entries["kanwil-im-ntt"].valid_from


def test_the_atambua_office_is_second_class_and_the_proposed_upgrade_is_no_fact() -> None:
    classes = [(c.attribute, c.value) for c in agency_classes() if c.agency_id == "kanim-atambua"]

    assert classes == [("class", "Kelas II"), ("checkpoint", "TPI")]


def test_the_reader_gets_the_names_of_every_period() -> None:
    (row,) = (row for row in agency_rows() if row.id == "kodaeral-vii")

    assert {"Lantamal VII", "Lantamal VII Kupang"} <= set(row.aliases)


def test_tangerang_city_and_the_airport_lie_in_banten_but_not_under_its_police() -> None:
    by_holder = {(c.holder, c.competence): c for c in competences()}

    assert {"36.71", "36.74"} <= set(by_holder["polda-banten", "crime"].exceptions)
    assert {"36.71", "36.74"} <= set(by_holder["polda-metro", "crime"].roots)


def test_the_police_of_sumba_barat_also_answers_for_sumba_tengah() -> None:
    (competence,) = (c for c in competences() if c.holder == "polres-sumbar-ntt" and c.competence == "crime")

    assert set(competence.roots) == {"53.12", "53.17"}


def test_own_area_is_meant_only_by_kinds_of_agencies() -> None:
    assert all(c.holder.startswith(HOLDER_KIND) for c in competences() if OWN_AREA in c.roots)


def test_a_forum_has_members_and_is_no_member_itself() -> None:
    forums = {entry.id for entry in agency_entries() if entry.kind == "forum"}

    assert {membership.forum_id for membership in memberships()} <= forums
    assert not {membership.member_id for membership in memberships()} & forums


def test_a_class_or_a_name_never_ends_before_it_begins() -> None:
    dated = (*agency_names(), *agency_classes(), *competences(), *memberships())

    assert [each for each in dated if each.valid_from and each.valid_to and each.valid_from >= each.valid_to] == []


def test_nobody_is_named_in_the_shipped_data() -> None:
    rank_or_degree = re.compile(r"\b(?:Brigjen|Irjen|Kombes|AKBP|Kolonel|Letkol|Drs?\.|S\.H\.|S\.IK)(?=\W|$)")

    texts = [name.name for name in agency_names()] + [entry.source_note for entry in agency_entries()]

    assert [text for text in texts if rank_or_degree.search(text)] == []
