"""What a village reports is decided on at the office that the village answers to, and stays the village's."""

from datetime import date, timedelta

import pytest

from kentongan.agencies.models import AgencyParent
from kentongan.agreements.access import system_actor
from kentongan.audit.models import TrailRow
from kentongan.events.actions import MergeRefused, NotOwner, add_event, answer_doubt, confirm, dismiss, merge
from kentongan.events.actions.versions import EventFacts
from kentongan.events.models import Event, JoinDoubt
from kentongan.intake.models import Report

VILLAGE = "desa-silawan"


@pytest.fixture
def village(gazetteer_rows, kinds, agency_of):
    """A village of the immigration office, which answers to the provincial office."""
    agency_of("kanim-atambua", parent="kanwil-im-ntt")
    return agency_of(VILLAGE, kind="village", level="village", parent="kanim-atambua")


@pytest.fixture
def event(village, told, reading_of, crossing, now):
    """What the machine read in the village's report."""
    reporter = system_actor(village, name="reader", purpose="prevention", at=now)
    (event,) = told("Lima orang menyeberang.", reading_of(crossing()), by=reporter)
    assert event.owner_id == VILLAGE
    return event


def test_the_office_above_a_village_decides_and_the_event_stays_the_villages(event, actor_of, now):
    office = actor_of("kanim-atambua", username="piket")

    confirm(event=event, version=event.version, by=office, at=now, reason="dua saksi")

    event.refresh_from_db()
    assert (event.state, event.owner_id) == ("confirmed", VILLAGE)
    row = TrailRow.objects.get(event="event.confirmed")
    assert (row.agency, row.actor) == ("kanim-atambua", office.ref)


def test_it_adds_the_event_that_the_machine_did_not_find(event, actor_of, kinds, now):
    report = Report.objects.get()
    facts = EventFacts("", event.place_id, date(2026, 3, 1), date(2026, 3, 2), "day", None)

    added = add_event(
        report=report,
        facts=facts,
        kinds=[kinds.get(pk="GDS.BBM")],
        by=actor_of("kanim-atambua", username="piket"),
        at=now,
        reason="dibaca",
    )

    assert added.owner_id == VILLAGE


@pytest.mark.parametrize(
    ("agency", "kind"),
    [("kanwil-im-ntt", "immigration"), ("kanim-kupang", "immigration"), ("polres-belu", "police")],
    ids=["the office above that one", "another office", "the police of the place"],
)
def test_nobody_else_decides_for_the_village(event, actor_of, now, agency, kind):
    with pytest.raises(NotOwner, match="milik Desa Silawan"):
        dismiss(event=event, version=event.version, by=actor_of(agency, kind=kind), at=now, reason="keliru")


def test_an_office_does_not_decide_for_another_office_below_it(told, reading_of, crossing, agency_of, actor_of, now):
    agency_of("kanim-atambua", parent="kanwil-im-ntt")
    (event,) = told("Lima orang menyeberang.", reading_of(crossing()))

    with pytest.raises(NotOwner):
        confirm(event=event, version=event.version, by=actor_of("kanwil-im-ntt"), at=now)


def test_from_the_day_on_which_the_village_answers_elsewhere_the_office_there_decides(event, agency_of, actor_of, now):
    AgencyParent.objects.filter(agency=VILLAGE).update(valid_to=now.date())
    AgencyParent.objects.create(agency_id=VILLAGE, parent=agency_of("kanim-kupang"), valid_from=now.date())

    with pytest.raises(NotOwner):
        confirm(event=event, version=event.version, by=actor_of("kanim-atambua", username="piket"), at=now)
    confirm(event=event, version=event.version, by=actor_of("kanim-kupang"), at=now)


def test_a_military_agency_above_a_village_decides_nothing(event, agency_of, actor_of, now):
    army = agency_of("kodim-1605", kind="military")
    AgencyParent.objects.filter(agency=VILLAGE).update(parent=army)

    with pytest.raises(NotOwner):
        confirm(event=event, version=event.version, by=actor_of("kodim-1605", kind="military"), at=now)


def test_what_speaks_of_refugees_stays_the_villages_alone(event, actor_of, now):
    Event.objects.update(handling="protected")
    event.refresh_from_db()

    with pytest.raises(NotOwner):
        confirm(event=event, version=event.version, by=actor_of("kanim-atambua", username="piket"), at=now)


def test_the_villages_event_and_the_offices_are_held_for_one_and_stay_two(
    event, told, reading_of, crossing, actor_of, now
):
    office = actor_of("kanim-atambua", username="piket")
    (own,) = told("5 orang menyeberang, kata pos.", reading_of(crossing()), by=office, later_h=1)
    doubt = JoinDoubt.objects.get()

    with pytest.raises(MergeRefused, match="instansi yang berbeda"):
        merge(absorbed=own, into=event, by=office, at=now, why="sama")
    answer_doubt(doubt=doubt, answer="same", by=office, at=now + timedelta(hours=2))

    assert set(Event.objects.values_list("owner_id", "state")) == {(VILLAGE, "proposed"), ("kanim-atambua", "proposed")}
