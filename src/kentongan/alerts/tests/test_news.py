"""News from the gate that somebody at an agency must hear: a look in need, a consent that is withdrawn."""

from datetime import UTC, datetime

import pytest

from kentongan.agreements import conditions, need
from kentongan.agreements.tests.sharing import AT, clause_between, event_of
from kentongan.alerts.tasks import CONSUMERS
from kentongan.audit import outbox
from kentongan.audit.models import OutboxRow
from kentongan.events.models import Event
from kentongan.messages.models import Message


def drain(at=AT):
    return outbox.drain(CONSUMERS, worker="a", clock=lambda: at)


@pytest.fixture
def world(gazetteer_rows, kinds, officer_of):
    """A reader of each role at the owner, and an analyst of the police."""
    return {
        "analyst": officer_of("kanim-atambua"),
        **{
            role: officer_of("kanim-atambua", role=role)
            for role in ("leader", "overseer", "coordinator", "administrator")
        },
        "police": officer_of("polres-belu", kind="police"),
        "police leader": officer_of("polres-belu", role="leader", kind="police"),
    }


def test_whoever_judges_looks_in_need_is_told_of_one_and_nobody_else(world):
    from kentongan.agreements.access import actor_for

    event = event_of("kanim-atambua")
    by = actor_for(world["police"], purpose="prevention", at=AT)
    need.break_glass(model=Event, pk=event.pk, reason="Nyawa seseorang terancam malam ini juga.", by=by, at=AT)

    assert drain() == 1

    told = set(Message.objects.values_list("officer__postings__role", "agency_id"))
    assert told == {("leader", "kanim-atambua"), ("overseer", "kanim-atambua"), ("coordinator", "kanim-atambua")}
    assert {m.link for m in Message.objects.all()} == {"/pecah-kaca/"}
    assert event.title not in str(list(Message.objects.values()))


def test_a_consent_that_is_withdrawn_is_told_to_who_answers_for_data_on_both_sides(world):
    from kentongan.agreements.access import actor_for

    event = event_of("kanim-atambua")
    clause_between("kanim-atambua", "polres-belu", {"events": {"kind": "full"}}, conditions=["consent"])
    by = actor_for(world["analyst"], purpose="prevention", at=AT)
    condition = conditions.record_consent(row=event, document="Surat 1", by=by, at=AT)
    later = datetime(AT.year, AT.month, AT.day, 23, tzinfo=UTC)
    out = conditions.withdraw(row=event, condition=condition, why="Ditarik pemberi.", by=by, at=later)
    assert out.could_see == ("polres-belu",)

    drain(later)

    told = {(m.officer.username, m.link != "") for m in Message.objects.all()}
    assert told == {("leader-kanim-atambua", True), ("overseer-kanim-atambua", True), ("leader-polres-belu", False)}


def test_news_that_is_read_twice_tells_once(world):
    from kentongan.agreements.access import actor_for

    by = actor_for(world["police"], purpose="prevention", at=AT)
    need.break_glass(
        model=Event, pk=event_of("kanim-atambua").pk, reason="Nyawa seseorang terancam malam ini juga.", by=by, at=AT
    )
    drain()
    OutboxRow.objects.update(state="waiting")

    drain()

    assert Message.objects.count() == 3
