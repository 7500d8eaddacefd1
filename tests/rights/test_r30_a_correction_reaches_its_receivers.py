"""R30: receivers read the owner's own row, so a correction is what they see from the moment that it is made."""

from dataclasses import replace
from datetime import date

import pytest

from kentongan.agencies.models import Officer
from kentongan.agreements import access
from kentongan.agreements.tests.sharing import clause_between, event_of
from kentongan.events import actions
from kentongan.events.models import Event


@pytest.fixture
def event(gazetteer_rows, kinds, officer_of):
    officer_of("kanim-atambua")
    officer_of("polres-belu", kind="police")
    clause_between("kanim-atambua", "polres-belu", {"events": {"place": "blurred", "time": "full"}})
    return event_of("kanim-atambua")


def acting(agency, at):
    return access.actor_for(Officer.objects.get(username=f"analyst-{agency}"), purpose="prevention", at=at)


def test_a_corrected_day_and_place_are_what_the_receiver_sees_next(event, now):
    receiver = acting("polres-belu", now)
    before = access.fetch(Event, event.pk, receiver, at=now)

    actions.correct(
        event=event,
        version=1,
        changes=replace(
            actions.facts_of(event), place_id=8, happened_from=date(2026, 2, 9), happened_to=date(2026, 2, 10)
        ),
        by=acting("kanim-atambua", now),
        at=now,
        reason="Tanggal dan tempat salah terbaca",
    )

    after = access.fetch(Event, event.pk, receiver, at=now)
    listed = Event.objects.visible_to(receiver, at=now).get()
    assert (before.place.name, before.happened_from, before.version) == ("Tasifeto Timur", date(2026, 2, 3), 1)
    for seen in (after, listed):
        assert (seen.place.code, seen.happened_from, seen.version) == ("53.71", date(2026, 2, 9), 2)


def test_a_dismissal_is_what_the_receiver_sees_too(event, now):
    actions.dismiss(event=event, version=1, by=acting("kanim-atambua", now), at=now, reason="Bukan kejadian nyata")

    assert access.fetch(Event, event.pk, acting("polres-belu", now), at=now).state == "dismissed"
