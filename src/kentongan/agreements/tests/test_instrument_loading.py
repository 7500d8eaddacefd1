"""The shipped instruments: reconstructed, without names, their clauses never in force by shipping."""

from datetime import UTC, datetime

import pytest

from kentongan.agencies.data import agency_entries
from kentongan.agencies.models import Agency
from kentongan.agencies.rules import Console
from kentongan.agreements import loading
from kentongan.agreements.drafts import draft_of
from kentongan.agreements.in_force import dates_of, facts_of
from kentongan.agreements.judging import faults_of_clause
from kentongan.agreements.models import Clause, Instrument, Signatory
from kentongan.agreements.standing import status_at
from kentongan.places.models import Place
from kentongan.vocabulary.models import Kind

AT = datetime(2026, 3, 4, 2, tzinfo=UTC)


@pytest.fixture
def loaded(db):
    for entry in agency_entries():
        Agency.objects.create(
            id=entry.id, name=entry.name_id, kind=entry.kind, country=entry.country, level=entry.level,
            is_forum=entry.kind == "forum",
        )  # fmt: skip
    Place.objects.create(id=10, code="36", name="Banten", level="province", country="ID")
    for code in ("TPPO", "TPPM", "PMI.NP"):
        Kind.objects.create(code=code, kind_class="offence", label_id=code, label_en=code)
    return loading.load_instruments(by=Console(), at=AT)


def test_every_row_of_the_tables_is_loaded_once(loaded):
    again = loading.load_instruments(by=Console(), at=AT)

    assert loaded.instruments == len(loading.instrument_entries()) == Instrument.objects.count()
    assert loaded.clauses == len(loading.clause_entries()) == Clause.objects.count()
    assert (again.instruments, again.clauses) == (0, 0)


def test_the_agreement_stands_under_the_memorandum(loaded):
    child = Instrument.objects.get(key="pks-kanwil-banten-polda-2025")

    assert child.parent is not None
    assert child.parent.key == "mou-polri-imipas-2025"
    assert {s.position for s in Signatory.objects.filter(party__instrument=child)} == {
        "Kepala Kantor Wilayah Direktorat Jenderal Imigrasi Banten",
        "Kepala Kepolisian Daerah Banten",
    }


def test_all_is_marked_as_reconstructed_with_its_source_and_names_nobody(loaded):
    assert all(i.is_reconstructed and i.source_note for i in Instrument.objects.all())
    assert set(Signatory.objects.values_list("name", flat=True)) == {""}


def test_no_shipped_clause_is_in_force_on_any_day(loaded):
    assert not Clause.objects.filter(approved_at__isnull=False).exists()
    assert all(facts.periods == () for facts in facts_of(Clause.objects.all()))


def test_every_shipped_draft_could_be_approved_as_it_is(loaded):
    for clause in Clause.objects.all():
        parties = list(clause.instrument.parties.all())
        assert faults_of_clause(draft_of(clause), parties, on=AT.date()) == {}


def test_what_is_not_known_is_left_open(loaded):
    unknown = Instrument.objects.filter(in_force_from=None)

    assert {i.kind for i in unknown} == {"forum_statute", "arrangement", "support_letter"}
    assert all(status_at(dates_of(i), AT) == "draft" for i in unknown)
    assert not Instrument.objects.exclude(in_force_to=None).exists()


def test_every_party_of_the_tables_is_a_known_agency_or_a_state():
    known = {entry.id for entry in agency_entries()}
    keys = {entry.key for entry in loading.instrument_entries()}

    assert all(p.agency in known or p.state in ("ID", "TL") for p in loading.party_entries())
    assert all(p.instrument in keys for p in loading.party_entries())
