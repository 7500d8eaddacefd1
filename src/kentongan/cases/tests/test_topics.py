"""Whatever people are told of has a topic in words."""

from kentongan.agreements.conditions import CONDITION_WITHDRAWN
from kentongan.agreements.need import GLASS_BROKEN
from kentongan.alerts import reporters, telling
from kentongan.cases.actions import opening, persons, referring, tasks
from kentongan.messages.actions import CODE_TOPIC, TEST_TOPIC
from kentongan.messages.labels import CHOSEN_BY_WEBHOOKS, TOPICS

ALERTS = set(telling.TOPICS.values())
CASES = {
    opening.CASE_JOINED, persons.ROLE_CHANGE_ASKED, tasks.TASK_GIVEN, referring.REFERRAL_SENT, referring.REFERRAL_ANSWERED,
    referring.REFERRAL_REVOKED,
}  # fmt: skip
REPORTERS = {*reporters.TOPICS.values(), reporters.ANSWERED}
DUTY = {"duty.planned", "duty.received", "duty.cancelled"}


def test_every_topic_that_a_room_puts_has_a_word_and_no_word_is_left_over():
    assert set(TOPICS) == ALERTS | CASES | REPORTERS | DUTY | {
        telling.STORM,
        telling.ASSIGNED,
        telling.QUESTION,
        GLASS_BROKEN,
        CONDITION_WITHDRAWN,
        CODE_TOPIC,
        TEST_TOPIC,
    }


def test_a_webhook_chooses_among_what_agencies_are_told():
    assert set(CHOSEN_BY_WEBHOOKS) == ALERTS
