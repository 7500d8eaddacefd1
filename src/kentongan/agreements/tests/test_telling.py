"""Who finds a message when a clause waits, stands or ends, and when an instrument is suspended or withdrawn."""

from dataclasses import replace
from datetime import timedelta

import pytest

from kentongan.agencies.models import Officer
from kentongan.agreements import actions
from kentongan.agreements.drafts import draft_of
from kentongan.messages.models import Message

from .banten import AT, KOTA_SERANG, actor, approve, build, drafted, in_force, mou, pks

SERVING = [
    ("kanwil-im-banten", "coordinator"),
    ("kanwil-im-banten", "leader"),
    ("polda-banten", "coordinator"),
    ("polda-banten", "leader"),
    ("polda-banten", "analyst"),
    ("bp3mi-banten", "leader"),
]


@pytest.fixture(autouse=True)
def world(db):
    build()
    for agency, role in SERVING:
        actor(agency, role)


def told(topic):
    """Who has a message on the topic."""
    return sorted(message.officer.username for message in Message.objects.filter(topic=topic))


def test_who_may_approve_hears_that_a_clause_waits_and_nobody_else():
    drafted(pks())

    assert told("clause.waiting") == ["coordinator.polda-banten", "leader.kanwil-im-banten", "leader.polda-banten"]


def test_the_message_names_the_instrument_and_leads_to_its_page():
    instrument = pks()

    drafted(instrument)

    message = Message.objects.filter(topic="clause.waiting").first()
    assert message.subject == f"Klausul 1 menunggu persetujuan pihak Anda: {instrument.title}"
    assert (message.body, message.link) == ("", f"/perjanjian/{instrument.pk}/")


def test_a_changed_draft_waits_aloud_again_only_for_whom_it_took_an_approval():
    clause = drafted(pks())
    by = actor("kanwil-im-banten")
    again = {"clause": clause, "by": by, "at": AT}

    actions.change_draft(version=clause.version, draft=_other(clause), **again)
    assert len(told("clause.waiting")) == 3
    approve(clause, "polda-banten")
    actions.change_draft(version=clause.version, draft=_other(clause, min_cell=12), **again)

    assert len(told("clause.waiting")) == 6


def test_the_last_approval_tells_the_other_side_that_the_clause_stands():
    in_force(pks())

    assert told("clause.in_force") == ["coordinator.kanwil-im-banten", "leader.kanwil-im-banten"]


def test_a_draft_that_is_put_away_is_told_to_the_other_side_without_the_reason():
    clause = drafted(pks())

    actions.end_clause(clause=clause, version=clause.version, why="Rahasia", by=actor("polda-banten"), at=AT)

    assert told("clause.ended") == ["coordinator.kanwil-im-banten", "leader.kanwil-im-banten"]
    assert "Rahasia" not in str(list(Message.objects.values("subject", "body")))


def test_a_suspension_is_told_to_the_other_party_with_its_day():
    instrument = pks()
    in_force(instrument, roots=frozenset({KOTA_SERANG}))
    instrument.refresh_from_db()

    actions.suspend(
        instrument=instrument, version=instrument.version, why="Ditinjau", by=actor("polda-banten"), at=AT,
        effective_at=AT + timedelta(days=2),
    )  # fmt: skip

    assert told("instrument.suspended") == ["coordinator.kanwil-im-banten", "leader.kanwil-im-banten"]
    assert "mulai 6 Mar 2026 10.00" in Message.objects.get(officer__username="leader.kanwil-im-banten", topic="instrument.suspended").subject  # fmt: skip


def test_whoever_heard_that_it_will_be_suspended_hears_that_it_will_not():
    actor("kemenimipas", "leader")
    above = mou()
    below = pks(parent=above)
    change = actions.suspend(
        instrument=above, version=1, why="Ditinjau", by=actor("polri"), at=AT, effective_at=AT + timedelta(days=2)
    )

    actions.take_back(change=change, version=2, why="Salah hari", by=actor("polri"), at=AT)

    assert told("instrument.change_taken_back") == told("instrument.suspended") != []
    heard = Message.objects.filter(topic="instrument.change_taken_back").values_list("subject", flat=True)
    assert set(heard) == {
        f"Tidak jadi ditangguhkan mulai 6 Mar 2026 10.00: {above.title}",
        f"Yang diumumkan mulai 6 Mar 2026 10.00 untuk instrumen induknya tidak jadi: {below.title}",
    }
    assert "Salah hari" not in str(list(Message.objects.values("subject", "body")))


def test_withdrawing_the_instrument_above_is_told_to_the_parties_of_the_one_below():
    above = mou()
    below = pks(parent=above)
    above.refresh_from_db()

    actions.withdraw(instrument=above, version=above.version, why="Selesai", by=actor("polri"), at=AT)

    subjects = set(Message.objects.filter(officer__username="leader.polda-banten").values_list("subject", flat=True))
    assert subjects == {f"Instrumen induknya dicabut mulai 4 Mar 2026 10.00: {below.title}"}


def test_the_home_page_names_the_clause_to_whoever_may_approve_it_until_it_is_done(client, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT)
    clause = drafted(pks())

    assert "Klausul yang menunggu persetujuan Anda" in home_of(client, "leader.polda-banten")
    assert "Klausul yang menunggu persetujuan Anda" not in home_of(client, "coordinator.polda-banten")
    assert "Klausul yang menunggu persetujuan Anda" not in home_of(client, "leader.bp3mi-banten")

    approve(clause, "polda-banten")
    assert "Klausul yang menunggu persetujuan Anda" not in home_of(client, "leader.polda-banten")


def home_of(client, username):
    client.force_login(Officer.objects.get(username=username))
    return client.get("/").content.decode()


def _other(clause, **changed):
    return replace(draft_of(clause), **({"min_cell": 11} | changed))
