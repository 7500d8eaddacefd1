"""Who is told, in which words: numbers, never a title, a person or a reason."""

import pytest
from django.utils import translation

from kentongan.cases import actions
from kentongan.messages.models import Message

from .conftest import SUPPORT, THIRD

SECRET = "Xrahasia"


@pytest.fixture
def victim(case, lead, switched_on, now):
    return actions.add_persons(case=case, role="victim", age="adult", legal_basis="UU", by=lead, at=now)[0]


def told():
    return [(m.agency_id, m.topic) for m in Message.objects.order_by("put_at", "id")]


def test_the_receiver_is_told_of_a_referral_and_of_its_end_and_the_sender_of_the_answer(
    victim, lead, third, agency, now, later
):
    consent = actions.Consent("subject", frozenset({"needs"}), document="Surat")
    made = actions.refer(
        person=victim, receiver=agency(THIRD), service="return", needs=SECRET, consent=consent, by=lead, at=now
    )
    actions.answer_referral(referral=made, version=1, to="accepted", by=third, at=now)
    actions.withdraw_referral_consent(referral=made, why=SECRET, by=lead, at=later)

    assert told() == [
        (THIRD, "referral.sent"), (lead.agency, "referral.state_changed"), (THIRD, "referral.revoked"),
    ]  # fmt: skip
    assert not [m for m in Message.objects.all() if SECRET in f"{m.subject}{m.body}" or "Korban" in m.subject]


def test_a_supporting_agency_is_told_that_it_takes_part_and_has_a_task(case, joined, lead, agency, now):
    actions.give_task(case=case, agency=agency(SUPPORT), what=SECRET, by=lead, at=now)
    actions.give_task(case=case, agency=agency(lead.agency), what=SECRET, by=lead, at=now)

    assert told() == [(SUPPORT, "case.agency_joined"), (SUPPORT, "task.given")]
    assert not Message.objects.filter(subject__contains=SECRET).exists()


def test_it_is_said_in_indonesian_in_whatever_language_the_one_who_acts_reads(case, joined, lead, agency, now):
    with translation.override("en"):
        actions.give_task(case=case, agency=agency(SUPPORT), what=SECRET, by=lead, at=now)

    message = Message.objects.get(topic="task.given")
    assert message.subject == f"Tugas baru dalam perkara {case.number}."


def test_only_the_leader_is_told_of_what_waits_for_a_second_word(victim, lead, leader, now):
    actions.change_role(
        person=victim,
        revision=victim.revision,
        to="suspect",
        offence="OTHER",
        reason_given=SECRET,
        legal_reason=SECRET,
        by=lead,
        at=now,
    )

    (message,) = Message.objects.all()
    assert f"officer:{message.officer_id}" == leader.ref
    assert SECRET not in f"{message.subject}{message.body}"
