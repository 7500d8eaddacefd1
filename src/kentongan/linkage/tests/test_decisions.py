"""Every pair of states, two officers at once, the rules that no officer overrides, and that a split leaves no trace but in the trail."""

from dataclasses import replace
from itertools import product

import pytest

from kentongan.agreements.access import NotVisible, RoleMayNotAct
from kentongan.audit.models import TrailRow
from kentongan.cases.actions import ChangedMeanwhile, ReasonMissing, StepNotAllowed
from kentongan.linkage import actions, queries
from kentongan.linkage.models import CandidateLink

from .conftest import A_NIK, B_NIK, MARIA

WAYS = {"proposed": [], "accepted": ["accepted"], "refused": ["refused"]}
MAY = {"proposed": {"accepted", "refused"}, "accepted": {"proposed"}, "refused": {"proposed"}}
EVENTS = {
    ("proposed", "accepted"): "linkage.accepted", ("proposed", "refused"): "linkage.refused", ("accepted", "proposed"): "linkage.split",
    ("refused", "proposed"): "linkage.reopened",
}  # fmt: skip
RIVALS = [(state, *pair) for state, may in MAY.items() for pair in product(sorted(may), repeat=2)]


@pytest.fixture
def link(case, other_case, lead, somebody_in, link_of):
    return link_of(lead, somebody_in(case, "Maria Bere", **MARIA), somebody_in(other_case, "Maria Bere", **MARIA))


@pytest.fixture
def brought(link, lead, decided):
    def make(state):
        for to in WAYS[state]:
            decided(link, to, lead)
        link.refresh_from_db()
        return link

    return make


def row_of(link):
    row = CandidateLink.objects.filter(pk=link.pk).values().get()
    return {name: value for name, value in row.items() if name != "revision"}


@pytest.mark.parametrize(("before", "after"), list(product(WAYS, repeat=2)))
def test_each_pair_of_states_is_done_or_refused_and_a_refused_one_leaves_nothing(before, after, brought, lead, decided):
    link = brought(before)
    stood, rows = row_of(link), TrailRow.objects.count()

    if after in MAY[before]:
        decided(link, after, lead)
        row = TrailRow.objects.filter(event__startswith="linkage.").latest("pk")
        assert row_of(link)["state"] == after
        assert (row.event, row.subject, row.why) == (EVENTS[before, after], link.ref, "cocok menurut berkas")
    else:
        with pytest.raises(StepNotAllowed):
            decided(link, after, lead)
        assert (row_of(link), TrailRow.objects.count()) == (stood, rows)


@pytest.mark.parametrize(("state", "first", "second"), RIVALS)
def test_of_two_officers_with_one_page_before_them_the_second_is_told(
    state, first, second, brought, lead, now, decided
):
    link = brought(state)
    shown = queries.link_for(lead, link.pk, at=now)
    rival = replace(lead, officer="officer:0190aaaa-0000-7000-8000-00000000000b")

    decided(link, first, lead, revision=shown.link.revision)
    stood = row_of(link)
    with pytest.raises(ChangedMeanwhile):
        actions.decide(shown=shown, to=second, revision=shown.link.revision, why="juga cocok", by=rival, at=now)

    assert row_of(link) == stood


def test_a_split_leaves_no_trace_in_the_link_and_one_in_the_trail(link, lead, decided):
    before = row_of(link)

    decided(link, "accepted", lead)
    decided(link, "proposed", lead, why="ternyata dua orang")

    assert row_of(link) == before
    assert queries.accepted_edges(lead.agency) == []
    assert [row.event for row in TrailRow.objects.filter(subject=link.ref, event__startswith="linkage.")] == [
        "linkage.accepted", "linkage.split",
    ]  # fmt: skip
    assert TrailRow.objects.get(event="linkage.split").why == "ternyata dua orang"


def test_a_third_record_does_not_bring_two_nik_into_one_group(case, other_case, lead, somebody_in, link_of, decided):
    one = somebody_in(case, "Maria Bere", **MARIA | {"nik": A_NIK})
    between = somebody_in(case, "Maria Bere", **MARIA | {"nik": ""})
    other = somebody_in(other_case, "Maria Bere", **MARIA | {"nik": B_NIK})
    decided(link_of(lead, one, between), "accepted", lead)
    second = link_of(lead, between, other)

    with pytest.raises(actions.RuleForbids):
        decided(second, "accepted", lead)

    assert row_of(second)["state"] == "proposed"


def test_siblings_are_not_joined_whoever_says_so(case, other_case, lead, somebody_in, link_of, decided):
    at_home = {"village": "Tulakadi", "parent": "Yosef Bere"}
    link = link_of(
        lead, somebody_in(case, "Maria Bere", born_on="1990-03-07", **at_home),
        somebody_in(other_case, "Yohanes Bere", born_on="1993-01-02", **at_home),
    )  # fmt: skip

    with pytest.raises(actions.RuleForbids):
        decided(link, "accepted", lead)

    assert TrailRow.objects.filter(event="vault.compared").count() == 2  # both were read, and that stays on record


def test_a_decision_has_a_reason(link, lead, decided):
    with pytest.raises(ReasonMissing):
        decided(link, "accepted", lead, why="  ")


def test_who_does_not_act_on_persons_decides_nothing(link, lead, leader, now):
    shown = queries.link_for(lead, link.pk, at=now)

    with pytest.raises(RoleMayNotAct):
        actions.decide(shown=shown, to="accepted", revision=link.revision, why="cocok", by=leader, at=now)


def test_another_agency_neither_sees_nor_decides(link, lead, support, now):
    shown = queries.link_for(lead, link.pk, at=now)

    assert queries.link_for(support, link.pk, at=now) is None
    assert queries.links_listed(support, at=now) == []
    with pytest.raises(NotVisible):
        actions.decide(shown=shown, to="accepted", revision=link.revision, why="cocok", by=support, at=now)


def test_a_link_between_victims_is_the_protection_officers_alone(
    case, other_case, lead, protector, somebody_in, link_of, now
):
    victims = (somebody_in(into, "Maria Bere", role="victim", **MARIA) for into in (case, other_case))
    link = link_of(protector, *victims)

    assert queries.link_for(lead, link.pk, at=now) is None
    assert queries.link_for(protector, link.pk, at=now) is not None
    assert queries.link_for(replace(protector, purpose="investigation"), link.pk, at=now) is None


def test_a_link_is_gone_from_sight_when_one_of_the_identities_is_erased(link, lead, now):
    from kentongan.cases.models import CasePerson
    from kentongan.vault.actions import erase

    identity = CasePerson.objects.get(pk=link.left).identity
    erase(identity=identity, revision=identity.revision, reason="permintaan yang bersangkutan", by=lead, at=now)

    assert queries.link_for(lead, link.pk, at=now) is None
