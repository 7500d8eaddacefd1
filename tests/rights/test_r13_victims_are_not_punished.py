"""R13: a victim does not become a suspect, of a status offence or any other, without a supervisor and a legal reason."""

from itertools import product

import pytest
from django.db import IntegrityError, transaction

from kentongan.agreements.access import NotVisible, role_table, system_actor
from kentongan.agreements.facts import Actor
from kentongan.audit.models import OutboxRow, TrailRow
from kentongan.cases import actions
from kentongan.cases.models import Case, CasePerson, RoleChange
from kentongan.cases.people import ROLES, SUSPECT, VICTIM, offences_alleged
from kentongan.kit.errors import KentonganError
from kentongan.vault.actions import Keeping
from kentongan.vault.tests.making import FIELDS, switch_on

LEAD = "polres-belu"
STATUS_OFFENCES = sorted(code for code, one in offences_alleged().items() if one.is_status)


@pytest.fixture(autouse=True)
def own_keys(settings, tmp_path):
    settings.VAULT_KEYS = tmp_path / "keys"


@pytest.fixture
def officer(gazetteer_rows, actor_of, now):
    switch_on(now, "cases")
    switch_on(now, "vault")
    return actor_of(LEAD, role="case_officer", purpose="investigation", kind="police")


@pytest.fixture
def leader(officer, actor_of):
    return actor_of(LEAD, role="leader", purpose="investigation", kind="police")


@pytest.fixture
def case(officer, now) -> Case:
    return actions.open_case(title="Perkara uji", by=officer, at=now)


def person(case: Case, by: Actor, at, role: str = VICTIM) -> CasePerson:
    return actions.add_persons(case=case, role=role, legal_basis="UU 21/2007", by=by, at=at)[0]


def asked(
    who: CasePerson, by: Actor, at, *, to: str = SUSPECT, offence: str = "ENTRY", legal: str = "Pasal 18 ditimbang"
):
    who.refresh_from_db()
    return actions.change_role(
        person=who,
        revision=who.revision,
        to=to,
        offence=offence,
        reason_given="lewat jalur tikus",
        legal_reason=legal,
        by=by,
        at=at,
    )


@pytest.mark.parametrize("offence", STATUS_OFFENCES)
def test_of_no_status_offence_does_one_officer_make_a_victim_a_suspect(case, officer, now, offence) -> None:
    victim = person(case, officer, now)

    with pytest.raises(actions.VictimsAreNotPunished):
        asked(victim, officer, now, offence=offence, legal="")
    change = asked(victim, officer, now, offence=offence)

    victim.refresh_from_db()
    assert (victim.role, change.state, change.needs_second_word) == (VICTIM, "awaited", True)
    assert TrailRow.objects.get(event="case.role_change_asked").facts["is_status_offence"] is True
    assert not TrailRow.objects.filter(event="case.role_changed").exists()
    assert OutboxRow.objects.filter(topic="case.role_change_asked").exists()


def test_the_supervisor_decides_with_a_reason_and_both_are_in_the_trail(case, officer, leader, now) -> None:
    victim = person(case, officer, now)
    change = asked(victim, officer, now)

    with pytest.raises(actions.ReasonMissing):
        actions.give_second_word(change=change, approves=True, why=" ", by=leader, at=now)
    actions.give_second_word(change=change, approves=True, why="perbuatan di luar eksploitasi", by=leader, at=now)

    victim.refresh_from_db()
    row = TrailRow.objects.get(event="case.role_changed")
    assert (victim.role, str(victim)) == (SUSPECT, "Korban A")
    assert (row.actor, row.facts["asked_by"], row.why) == (leader.ref, officer.ref, "perbuatan di luar eksploitasi")


def test_a_refusal_leaves_the_victim_a_victim_and_is_kept(case, officer, leader, now) -> None:
    victim = person(case, officer, now)
    change = asked(victim, officer, now)

    actions.give_second_word(change=change, approves=False, why="asas berlaku", by=leader, at=now)

    victim.refresh_from_db()
    assert (victim.role, RoleChange.objects.get().state) == (VICTIM, "refused")
    with pytest.raises(actions.ChangedMeanwhile):
        actions.give_second_word(change=change, approves=True, why="berubah pikiran", by=leader, at=now)


@pytest.mark.parametrize(("role", "agency"), [*product(sorted(role_table()), [LEAD]), ("leader", "polda-ntt")])
def test_nobody_but_another_leader_of_the_lead_agency_gives_the_second_word(
    case, officer, actor_of, agency_of, now, role, agency
) -> None:
    victim = person(case, officer, now)
    change = asked(victim, officer, now)
    if role == "system":
        by = system_actor(agency_of(LEAD), name="worker", purpose="investigation", at=now)
    else:
        by = actor_of(agency, role=role, purpose="investigation", kind="police", username=f"kedua-{role}-{agency}")

    if (role, agency) == ("leader", LEAD):
        assert actions.give_second_word(change=change, approves=True, why="ya", by=by, at=now).state == "done"
    else:
        with pytest.raises((actions.SecondWordRefused, NotVisible, KentonganError)):
            actions.give_second_word(change=change, approves=True, why="ya", by=by, at=now)
        victim.refresh_from_db()
        assert victim.role == VICTIM


@pytest.mark.parametrize("by_way_of", [role for role in ROLES if role not in (VICTIM, SUSPECT)])
def test_the_way_round_through_another_role_asks_for_the_same(case, officer, now, by_way_of) -> None:
    victim = person(case, officer, now)
    asked(victim, officer, now, to=by_way_of)

    change = asked(victim, officer, now)

    victim.refresh_from_db()
    assert (victim.role, change.needs_second_word, change.state) == (by_way_of, True, "awaited")


def test_who_became_a_victim_later_is_protected_like_who_was_one_from_the_start(case, officer, now) -> None:
    witness = person(case, officer, now, role="witness")
    asked(witness, officer, now, to=VICTIM)
    asked(witness, officer, now, to="witness")

    assert asked(witness, officer, now).state == "awaited"


def test_the_way_round_through_a_second_pseudonym_is_closed_in_every_case_of_the_agency(case, officer, now) -> None:
    victim = person(case, officer, now)
    keeping = Keeping("investigation", "UU 21/2007", now.date().replace(year=2028))
    identity = actions.identify(
        person=victim, revision=victim.revision, fields=FIELDS, keeping=keeping, by=officer, at=now
    )
    other = actions.open_case(title="Perkara lain", by=officer, at=now)
    suspect, witness = person(other, officer, now, role=SUSPECT), person(other, officer, now, role="witness")

    with pytest.raises(actions.VictimsAreNotPunished):
        actions.link_identity(
            person=suspect, revision=suspect.revision, identity=identity, why="sama", by=officer, at=now
        )
    actions.link_identity(person=witness, revision=witness.revision, identity=identity, why="sama", by=officer, at=now)
    assert asked(witness, officer, now).state == "awaited"


def test_somebody_who_never_was_a_victim_is_suspected_with_a_reason_and_an_offence(case, officer, now) -> None:
    witness = person(case, officer, now, role="witness")

    with pytest.raises(actions.Unusable):
        asked(witness, officer, now, offence="")
    assert asked(witness, officer, now, legal="").state == "done"


def test_a_suspect_who_turns_out_to_be_a_victim_needs_no_second_word(case, officer, now) -> None:
    suspect = person(case, officer, now, role=SUSPECT)

    assert asked(suspect, officer, now, to=VICTIM, legal="").state == "done"


def test_one_proposal_at_a_time_waits_for_the_supervisor(case, officer, now) -> None:
    victim = person(case, officer, now)
    asked(victim, officer, now)

    with pytest.raises(actions.Unusable):
        asked(victim, officer, now)


def test_approval_comes_too_late_once_the_role_has_changed_otherwise(case, officer, leader, now) -> None:
    victim = person(case, officer, now)
    change = asked(victim, officer, now)
    asked(victim, officer, now, to="witness")

    with pytest.raises(actions.ChangedMeanwhile), transaction.atomic():
        actions.give_second_word(change=change, approves=True, why="ya", by=leader, at=now)
    victim.refresh_from_db()
    assert victim.role == "witness"


def test_the_database_itself_refuses_a_change_that_one_person_decided(case, officer, now) -> None:
    victim = person(case, officer, now)
    given = {
        "person": victim, "from_role": VICTIM, "to_role": SUSPECT, "reason": "x", "legal_reason": "y", "agency": LEAD,
        "asked_at": now, "asked_by": officer.ref, "decided_at": now, "decided_why": "ya",
    }  # fmt: skip

    for more in (
        {"needs_second_word": False, "state": "done"},
        {"needs_second_word": True, "state": "done", "decided_by": officer.ref},
        {"needs_second_word": True, "state": "done", "decided_by": ""},
        {"needs_second_word": True, "state": "done", "decided_by": "officer:2", "legal_reason": ""},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            RoleChange.objects.create(**(given | more))
