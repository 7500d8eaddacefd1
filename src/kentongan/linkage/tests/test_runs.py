"""A run compares what its officer may have compared, says so in the trail, and keeps nothing of what anybody is called."""

from datetime import timedelta

import pytest

from kentongan.agreements.access import RoleMayNotAct
from kentongan.agreements.models import ImpactAssessment
from kentongan.agreements.modules import ModuleOff
from kentongan.audit.models import TrailRow
from kentongan.cases import actions as case_actions
from kentongan.engine.linkage.matching import LinkageNotInstalled
from kentongan.linkage import actions
from kentongan.linkage.models import CandidateLink, LinkageRun
from kentongan.linkage.tasks import run_due

from .conftest import A_NIK, B_NIK, CANARIES, MARIA, REASON, needs_extra


@needs_extra
def test_one_person_in_two_cases_is_proposed_with_how_each_field_agrees(case, other_case, lead, somebody_in, run_by):
    one = somebody_in(case, "Zjuliana Mauqoqo", **MARIA)
    other = somebody_in(other_case, "Zyuliana Mauqoqo", **MARIA | {"born_on": "1990-07-03", "nik": ""})
    somebody_in(other_case, "Domingos Soares", born_on="1970-01-01", sex="L", village="Silawan")

    run = run_by(lead)

    link = CandidateLink.objects.get()
    levels = {field: level for field, level, _bits in link.agreements}
    assert {link.left, link.right} == {one.pk, other.pk}
    assert (run.persons, run.found, link.state) == (3, 1, "proposed")
    assert (levels["name"], levels["born"], levels["village"], levels["nik"]) == ("same", "swapped", "same", "unknown")


@needs_extra
def test_neither_links_nor_trail_tell_what_the_vault_holds(case, other_case, lead, somebody_in, run_by):
    somebody_in(case, "Zjuliana Mauqoqo", **MARIA)
    somebody_in(other_case, "Zjuliana Mauqoqo", **MARIA)

    run_by(lead)

    written = (
        f"{list(CandidateLink.objects.values())}{list(LinkageRun.objects.values())}{list(TrailRow.objects.values())}"
    )
    assert CandidateLink.objects.exists()
    assert [word for word in CANARIES if word in written] == []


@needs_extra
def test_a_run_and_each_identity_it_read_are_in_the_trail_with_the_reason(case, other_case, lead, somebody_in, run_by):
    somebody_in(case, "Maria Bere", **MARIA)
    somebody_in(other_case, "Maria Bere", **MARIA)

    run = run_by(lead)

    row = TrailRow.objects.get(event="linkage.run")
    assert (row.subject, row.why, row.facts["persons"], row.facts["found"]) == (run.ref, REASON, 2, 1)
    assert TrailRow.objects.filter(event="vault.compared", why=REASON, facts__with=run.ref).count() == 2


@needs_extra
@pytest.mark.parametrize(
    "more", [{"role": "victim"}, {"role": "reporter"}, {"age": "child"}, {"born_on": "2010-01-01"}], ids=str
)
def test_victims_reporters_and_children_are_compared_by_the_protection_officer_alone(
    case, other_case, lead, protector, somebody_in, run_by, more
):
    for into in (case, other_case):
        somebody_in(into, "Maria Bere", **MARIA | more)

    assert run_by(lead).persons == 0
    assert not TrailRow.objects.filter(event="vault.compared").exists()
    assert run_by(protector).found == 1


@needs_extra
def test_nobody_in_a_case_on_refugees_is_compared_but_for_protection(
    lead, protector, event_of, somebody_in, thing_in, run_by, now
):
    for title in ("Satu", "Dua"):
        made = case_actions.open_case(title=title, events=[event_of(handling="protected")], by=lead, at=now)
        somebody_in(made, "Maria Bere", **MARIA)
        thing_in(made, "Perahu motor DH 1 ZZ")

    investigated, protected = run_by(lead), run_by(protector)

    assert (investigated.persons, investigated.things, investigated.found) == (0, 0, 0)
    assert (protected.persons, protected.things) == (2, 2)


@needs_extra
def test_another_agency_compares_nobody_of_this_one(case, other_case, joined, lead, support, somebody_in, run_by):
    for into in (case, other_case):
        somebody_in(into, "Maria Bere", **MARIA)

    assert run_by(support).persons == 0


@needs_extra
def test_two_nik_and_siblings_are_not_even_proposed(case, other_case, lead, somebody_in, run_by):
    somebody_in(case, "Maria Bere", **MARIA | {"parent": "Yosef Bere"})
    somebody_in(other_case, "Maria Bere", **MARIA | {"nik": B_NIK, "parent": "Yosef Bere"})
    somebody_in(other_case, "Yohanes Bere", **MARIA | {"nik": "", "sex": "L", "parent": "Yosef Bere"})

    assert run_by(lead).found == 0


@needs_extra
def test_vehicles_and_telephones_are_linked_by_their_numbers(case, other_case, lead, switched_on, thing_in, run_by):
    one, other = thing_in(case, "Mobil pikap putih, nopol DH 1 ZZ"), thing_in(other_case, "Pikap DH-1-ZZ")
    thing_in(other_case, "Perahu motor")

    run = run_by(lead)

    link = CandidateLink.objects.get()
    assert (run.things, link.kind, {link.left, link.right}) == (3, "thing", {one.pk, other.pk})
    assert link.agreements[0][:2] == ["plate", "shared"]


@needs_extra
def test_a_second_run_keeps_decisions_and_drops_what_is_not_found_any_more(
    case, other_case, lead, somebody_in, link_of, decided, run_by, now
):
    one, other = somebody_in(case, "Maria Bere", **MARIA), somebody_in(other_case, "Maria Bere", **MARIA)
    stranger = somebody_in(case, "Domingos Soares", nik=B_NIK)
    refused, stale = link_of(lead, one, other), link_of(lead, one, stranger)
    decided(refused, "refused", lead, why="orang lain menurut berkas")

    run_by(lead, now + timedelta(days=1))

    refused.refresh_from_db()
    assert (refused.state, refused.decided_why) == ("refused", "orang lain menurut berkas")
    assert not CandidateLink.objects.filter(pk=stale.pk).exists()


@needs_extra
@pytest.mark.parametrize("reason", ["", "singkat"])
def test_without_a_reason_nothing_is_read(case, lead, somebody_in, run_by, reason):
    somebody_in(case, "Maria Bere", **MARIA)

    with pytest.raises(actions.OpeningRefused):
        run_by(lead, reason=reason)
    assert not TrailRow.objects.filter(event="vault.compared").exists()


def test_without_a_legal_basis_the_module_or_the_role_nothing_runs(case, lead, leader, switched_on, now):
    given = {"reason": REASON, "legal_basis": "UU 21/2007", "by": lead, "at": now}

    with pytest.raises(case_actions.ReasonMissing):
        actions.run(**given | {"legal_basis": " "})
    with pytest.raises(RoleMayNotAct):
        actions.run(**given | {"by": leader})
    ImpactAssessment.objects.update(ended_at=now)
    with pytest.raises(ModuleOff):
        actions.run(**given)


def test_without_the_extra_it_says_what_is_missing_and_reads_nothing(case, lead, somebody_in, run_by, monkeypatch):
    somebody_in(case, "Maria Bere", **MARIA)
    monkeypatch.setattr(actions, "is_available", lambda: False)

    with pytest.raises(LinkageNotInstalled, match="linkage"):
        run_by(lead)
    assert not TrailRow.objects.filter(event="vault.compared").exists()


def test_a_run_goes_with_its_links_when_its_day_has_come(case, other_case, lead, somebody_in, link_of, now):
    link = link_of(lead, somebody_in(case, "Maria"), somebody_in(other_case, "Maria"))

    run_due(at=now)
    assert CandidateLink.objects.filter(pk=link.pk).exists()
    run_due(at=now + timedelta(days=1000))

    assert not LinkageRun.objects.exists()
    assert TrailRow.objects.get(event="linkage.erased").facts == {"links": 1}


def test_the_nik_here_are_nobodys():
    assert A_NIK.startswith("00")
    assert B_NIK.startswith("00")
