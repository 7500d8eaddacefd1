"""The shipped vocabulary, in the database."""

import pytest

from kentongan.audit.models import TrailRow
from kentongan.vocabulary.actions import citation_of, load_kinds
from kentongan.vocabulary.care import is_below, needs
from kentongan.vocabulary.data import kind_entries, legal_bases
from kentongan.vocabulary.models import Kind, Law


class Clerk:
    ref, agency, purpose = "system:command", "", "coordination"


@pytest.fixture
def loaded(db, now):
    return load_kinds(by=Clerk(), at=now)


def test_every_kind_and_provision_is_loaded(loaded):
    assert set(Kind.objects.values_list("code", flat=True)) == {entry.code for entry in kind_entries()}
    assert Law.objects.count() == len({(basis.kind_code, citation_of(basis)) for basis in legal_bases()})
    assert TrailRow.objects.get().event == "reference.loaded"


def test_loading_again_adds_nothing_and_sets_right_what_was_changed(loaded, now):
    Kind.objects.filter(code="TPPO").update(label_id="lain")
    Kind.objects.create(code="BARU", kind_class="issue", label_id="Buatan setempat", label_en="Local")

    again = load_kinds(by=Clerk(), at=now)

    assert (again.kinds_added, again.laws_added) == (0, 0)
    assert Kind.objects.get(code="TPPO").label_id != "lain"
    assert Kind.objects.filter(code="BARU").exists()


@pytest.mark.parametrize("code", ["IM.REFUGEE", "IM.ASYLUM", "IM.DETENTEE", "IM.STRANDED"])
def test_kinds_about_people_who_seek_refuge_are_protected(code, loaded):
    assert Kind.objects.get(code=code).is_protected


def test_election_issues_are_marked_and_nothing_else_is(loaded):
    assert set(Kind.objects.filter(is_election=True).values_list("code", flat=True)) == {
        e.code for e in kind_entries() if e.code.startswith("PILK")
    }


def test_a_prefix_ends_at_a_point():
    assert is_below("GDS.BBM", "GDS")
    assert is_below("GDS", "GDS")
    assert not is_below("GDSX", "GDS")
    assert not needs("protected", "IM.CROSSER")
