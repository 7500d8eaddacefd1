"""A clause in words: whole, plain, and never the same for two clauses that differ."""

from dataclasses import fields

import pytest
from django.utils import translation
from hypothesis import assume, given
from hypothesis import strategies as st

from kentongan.agreements.fields import field_groups
from kentongan.agreements.judging import giveable, may_release
from kentongan.agreements.models import Clause, ConditionMet
from kentongan.agreements.rules import CATEGORIES, PURPOSES
from kentongan.agreements.wording import SpokenClause, SpokenSide, in_words, left_out

names = st.sampled_from(("Kanwil Banten", "Polda Banten", "Polres Serang", "Timpora"))
sides = st.builds(SpokenSide, names, is_with_below=st.booleans())
sides |= st.builds(SpokenSide, st.sampled_from(("Indonesia", "Timor-Leste")), is_state=st.just(True))
places = st.lists(
    st.sampled_from(("Kabupaten Serang (36.04)", "Kota Serang (36.73)", "Kabupaten Belu (53.04)")),
    unique=True,
    max_size=3,
)
codes = st.lists(st.sampled_from(("TPPO", "TPPM", "GDS.BBM")), unique=True, max_size=3)


@st.composite
def releases(draw, precision):
    chosen = draw(st.lists(st.sampled_from(sorted(giveable())), unique=True, min_size=1, max_size=3))
    if precision == "aggregate":
        return {category: {} for category in chosen}
    return {category: draw(groups_of(category)) for category in chosen}


@st.composite
def groups_of(draw, category):
    given = {}
    for name, group in field_groups()[category].items():
        ways = [way for way in ("full", "blurred", "pseudonym") if may_release(group, way)]
        ways = [way for way in ways if way != "full" or not group.is_always_released]  # said without being named
        release = draw(st.sampled_from(["", *ways]))
        if release:
            given[name] = release
    return given


@st.composite
def clauses(draw):
    precision = draw(st.sampled_from(Clause.Precision.values))
    return SpokenClause(
        giver=draw(sides),
        receiver=draw(sides),
        releases=draw(releases(precision)),
        purposes=draw(st.frozensets(st.sampled_from(PURPOSES), min_size=1)),
        precision=precision,
        is_everywhere=draw(st.booleans()),
        places=draw(places),
        exceptions=draw(places),
        kinds=draw(codes),
        min_cell=draw(st.integers(5, 20)),
        onward=draw(st.sampled_from(Clause.Onward.values)),
        retention_days=draw(st.none() | st.integers(1, 400)),
        conditions=draw(st.frozensets(st.sampled_from(ConditionMet.Condition.values))),
        transfer_basis=draw(st.sampled_from(Clause.TransferBasis.values)),
        note=draw(st.sampled_from(("", "uji coba", "hanya dari pos"))),
    )


def content(clause):
    """What two clauses have in common when they mean the same: the order of lists means nothing."""
    values = {f.name: getattr(clause, f.name) for f in fields(clause)}
    for name in ("places", "exceptions", "kinds", "purposes", "conditions"):
        values[name] = frozenset(values[name])
    if values["is_everywhere"]:
        values["places"] = frozenset()
    return values


@given(clauses(), clauses())
def test_two_clauses_that_differ_never_read_alike(one, other):
    assume(content(one) != content(other))

    assert in_words(one) != in_words(other)


@given(clauses(), st.data())
def test_each_difference_changes_the_sentence(one, data):
    other = data.draw(clauses())
    field = data.draw(
        st.sampled_from([f.name for f in fields(SpokenClause) if f.name not in ("releases", "precision")])
    )
    changed = SpokenClause(**{f.name: getattr(other if f.name == field else one, f.name) for f in fields(SpokenClause)})

    assert (in_words(one) == in_words(changed)) == (content(one) == content(changed))


@given(clauses())
def test_every_group_of_fields_is_either_given_or_said_to_be_left_out(clause):
    assume(clause.precision != "aggregate")

    given_part = in_words(clause)
    rest = left_out(clause)

    for category, named in clause.releases.items():
        for name, group in field_groups()[category].items():
            is_given = group.is_always_released or name in named
            assert group.label.lower() in (given_part if is_given else rest).lower()


@given(clauses())
def test_a_clause_reads_the_same_in_whatever_language_the_page_is(clause):
    with translation.override("en"):
        abroad = in_words(clause)

    assert abroad == in_words(clause)


def test_a_clause_reads_as_a_person_would_say_it():
    clause = SpokenClause(
        giver=SpokenSide("Kanwil Ditjen Imigrasi Banten"),
        receiver=SpokenSide("Polda Banten", is_with_below=True),
        releases={"events": {"place": "full", "time": "blurred", "source": "full"}},
        purposes=["investigation", "prevention"],
        precision="village",
        places=["Kabupaten Serang (36.04)"],
        kinds=["Tindak pidana perdagangan orang (TPPO)"],
        retention_days=365,
    )

    assert in_words(clause) == (
        "Kanwil Ditjen Imigrasi Banten memberi kejadian (jenis, nomor dan keadaan; tempat; waktu kejadian, hanya bulannya; "
        "tingkat kepercayaan dan laporan pendukung) dari jenis Tindak pidana perdagangan orang (TPPO), termasuk yang di "
        "bawahnya, di Kabupaten Serang (36.04) kepada Polda Banten beserta jajarannya, hanya untuk pencegahan dan "
        "penyelidikan dan penyidikan. Tempat ditunjukkan sampai desa atau kelurahan. Dalam hitungan, jumlah orang "
        "di bawah 5 tidak ditunjukkan. Data ini tidak boleh diteruskan kepada pihak lain dan disimpan paling lama 365 hari."
    )
    assert left_out(clause).startswith(
        "Yang tidak disebut tidak dibagikan. Kejadian: judul; jumlah orang; rincian: jumlah barang, asal dan tujuan. Semua "
    )


@pytest.mark.parametrize("category", CATEGORIES)
def test_every_category_has_a_word(category):
    clause = SpokenClause(
        giver=SpokenSide("A"), receiver=SpokenSide("B"), releases={category: {}}, purposes=["prevention"],
        precision="aggregate", is_everywhere=True,
    )  # fmt: skip

    assert "_" not in in_words(clause)
