"""When an identity may be opened, and what a reason may not say."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.agreements.rules import CATEGORIES, PURPOSES
from kentongan.vault.models import Identity, Opening
from kentongan.vault.rules import (
    FIELD_NAMES,
    GROUNDS,
    LENGTHS,
    Asked,
    IdentityFields,
    kinds,
    purposes_of,
    read_fields,
    tells_of,
    why_not,
)

written = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=100)
identities = st.builds(IdentityFields, written, written, written, written)
REASON = "menanyakan ulang tempatnya"


@given(identities)
def test_fields_come_back_as_they_were_sealed(fields):
    assert read_fields(fields.to_bytes()) == fields


@given(identities)
def test_an_identity_printed_by_mistake_says_nothing(fields):
    assert repr(fields) == str(fields) == f"{fields}" == "IdentityFields(…)"


@given(st.text(max_size=400).map(lambda text: IdentityFields(text, text, text, text)))
def test_faults_name_fields_and_never_what_was_written(fields):
    canary = IdentityFields(*(f"{value}Zkanaria\x07" for value in (fields.name, "", "", "")))

    assert canary.faults
    assert "Zkanaria" not in " ".join(canary.faults)


def test_lengths_and_words_are_there_for_every_field():
    assert set(LENGTHS) == set(FIELD_NAMES)
    assert len(IdentityFields(*("x" for _name in FIELD_NAMES)).shown()) == len(FIELD_NAMES)


def test_the_tables_agree_with_the_code():
    assert set(kinds()) == set(Identity.Kind.values)
    assert {kind.stored_under for kind in kinds().values()} <= set(CATEGORIES)
    assert set(Opening.Ground.values) == set(GROUNDS)
    for kind in kinds():
        assert purposes_of(kind) == {"victim_protection", "investigation"}


@pytest.mark.parametrize(
    ("kind", "purpose", "ground", "consent", "document"),
    list(product(kinds(), PURPOSES, [*GROUNDS, "curiosity"], [True, False], ["", "12/Pen.Pid/2026"])),
)
def test_an_identity_opens_for_its_purposes_on_its_grounds_and_for_nothing_else(
    kind, purpose, ground, consent, document
):
    refusal = why_not(Asked(kind, purpose, ground, REASON, document), is_erased=False, has_consent=consent)

    stands = {"consent": consent, "court_order": bool(document), "imminent_risk": True}.get(ground, False)
    assert (refusal == "") == (stands and purpose in ("victim_protection", "investigation"))


@pytest.mark.parametrize("reason", ["", "   ", "penting", "x" * 301])
def test_without_a_reason_of_some_length_nothing_opens(reason):
    asked = Asked("reporter", "investigation", "imminent_risk", reason)

    assert why_not(asked, is_erased=False, has_consent=True) == "no reason"


def test_what_is_erased_does_not_open():
    asked = Asked("reporter", "investigation", "imminent_risk", REASON)

    assert why_not(asked, is_erased=True, has_consent=True) == "erased"


@pytest.mark.parametrize(
    "reason",
    ["menghubungi maria contoh", "tentang MARIA", "telepon 081-000-000", "Mária yang melapor", "nomor 081000000"],
)
def test_a_reason_that_tells_who_it_is_is_noticed(reason):
    assert tells_of(reason, IdentityFields("Maria Contoh", "081 000 000"))


@pytest.mark.parametrize("reason", [REASON, "tanggal 12 Maret", "perkara nomor 081", "ia ke luar"])
def test_a_reason_that_tells_nothing_of_the_person_is_let_pass(reason):
    assert not tells_of(reason, IdentityFields("Maria Contoh", "081 000 000"))
