"""Ways round the gate through the deeds and lists of several rooms: each gives nothing away, or is refused."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from kentongan.agencies.models import Agency
from kentongan.agreements.access import NotVisible, actor_for, fetch, system_actor
from kentongan.agreements.models import Grant, InstrumentChange
from kentongan.agreements.tests.sharing import AT, clause_between, event_of
from kentongan.alerts.actions import NoInstrument, raise_alert
from kentongan.alerts.models import Alert, AlertStep
from kentongan.alerts.queries import alerts_listed, queue_for
from kentongan.events.actions import add_event, classify
from kentongan.events.actions.versions import EventFacts
from kentongan.events.models import Event, EventVersion
from kentongan.events.queries import events_as_of
from kentongan.intake.models import Report
from kentongan.vocabulary.models import Kind
from kentongan.web.queries import changes_since

LATER = AT + timedelta(hours=2)
CARRIED = {"alerts": {"message": "full", "place": "full"}, "events": {"place": "full"}}


@pytest.fixture
def owner(gazetteer_rows, kinds, officer_of):
    return officer_of("kanim-atambua")


@pytest.fixture
def police(owner, officer_of):
    return officer_of("polres-belu", kind="police")


@pytest.fixture
def neighbour(owner, officer_of):
    return officer_of("pntl", kind="foreign_police", country="TL")


def acting(officer, *, at=AT, purpose="prevention"):
    return actor_for(officer, purpose=purpose, at=at)


def sent(event, *, to, by, purpose="prevention"):
    return raise_alert(
        event=event, to=Agency.objects.get(pk=to), matter="crime", message="Mohon diperiksa",
        by=acting(by, purpose=purpose), at=AT, changed_why="dekat perbatasan",
    )  # fmt: skip


def sees(row, officer, *, at):
    """Return whether the officer meets the row, which list and fetch must say alike."""
    model, actor = type(row), acting(officer, at=at)
    is_listed = model.objects.visible_to(actor, at=at).filter(pk=row.pk).exists()
    try:
        fetch(model, row.pk, actor, at=at)
    except NotVisible:
        assert not is_listed
        return False
    assert is_listed
    return True


def test_an_alert_of_which_only_place_and_kind_are_granted_waits_in_the_list_of_its_addressee(owner, police):
    alert = sent(event_of("kanim-atambua"), to="polres-belu", by=owner)
    Grant.objects.filter(record=alert.pk).update(fields=["place", "kind"])

    for found in (alerts_listed(acting(police), at=AT), queue_for(acting(police), at=AT)):
        (row,) = found
        assert (row.pk, row.place_id) == (alert.pk, 5)
        assert (row.message, row.title == alert.title) == ("", False)


@pytest.mark.parametrize("to", ["pntl", "polres-belu"])
def test_an_alert_on_an_event_that_becomes_protected_is_closed_to_all_but_its_owner(
    to, owner, police, neighbour, agency_of, officer_of
):
    agency_of("kanim-atambua", parent="kanwil-im-ntt")
    above, receiver = officer_of("kanwil-im-ntt"), {"pntl": neighbour, "polres-belu": police}[to]
    event = event_of("kanim-atambua", kinds=("IM.CROSSER",))
    clause_between("kanim-atambua", "pntl", CARRIED, transfer_basis="binding_instrument")
    alert = sent(event, to=to, by=owner)
    assert all(sees(alert, officer, at=AT) for officer in (owner, above, receiver))

    refugee = Kind.objects.get(pk="IM.REFUGEE")
    classify(event=event, version=event.version, kind=refugee, by=acting(owner), at=AT, why="pengungsi")

    assert sees(alert, owner, at=LATER)
    for officer in (above, receiver):
        assert not sees(alert, officer, at=LATER)
        assert not sees(event, officer, at=LATER)
        assert list(alerts_listed(acting(officer, at=LATER), at=LATER)) == []
        assert list(queue_for(acting(officer, at=LATER), at=LATER)) == []


@pytest.mark.parametrize("what", ["suspended", "withdrawn"])
def test_an_alert_sent_under_a_clause_closes_with_it_and_so_does_its_event(what, owner, neighbour):
    event = event_of("kanim-atambua", kinds=("IM.CROSSER",))
    clause = clause_between("kanim-atambua", "pntl", CARRIED, transfer_basis="binding_instrument")
    alert = sent(event, to="pntl", by=owner)
    assert sees(alert, neighbour, at=AT)
    assert sees(event, neighbour, at=AT)

    _happens_to(clause.instrument, what, AT + timedelta(hours=1))

    assert not sees(alert, neighbour, at=LATER)
    assert not sees(event, neighbour, at=LATER)


def test_a_sender_whose_purpose_the_clause_does_not_name_cannot_send(owner, neighbour):
    event = event_of("kanim-atambua", kinds=("IM.CROSSER",))
    clause_between(
        "kanim-atambua", "pntl", CARRIED, purposes=["victim_protection"], transfer_basis="binding_instrument"
    )

    with pytest.raises(NoInstrument):
        sent(event, to="pntl", by=owner, purpose="border_management")
    assert not Alert.objects.exists()

    assert sent(event, to="pntl", by=owner, purpose="victim_protection").addressee_id == "pntl"


def test_an_event_added_from_a_protected_report_is_protected_and_keeps_the_origins(owner):
    report = Report.objects.create(
        owner_id="kanim-atambua", place_id=5, handling="protected", origins=["TL"], purpose="prevention",
        legal_basis="UU 6/2011 Ps. 89", retain_until=date(2031, 1, 1), channel="paste", checksum="a", original_checksum="b",
        title="Tiga orang", text="Tiga pencari suaka diselundupkan", received_at=AT, received_by="officer:1",
    )  # fmt: skip
    facts = EventFacts("", 5, date(2026, 2, 1), date(2026, 2, 2), "day", 3)

    event = add_event(
        report=report, facts=facts, kinds=[Kind.objects.get(pk="TPPM")], by=acting(owner), at=AT, reason="dari teks"
    )

    assert (event.handling, event.origins) == ("protected", ["TL"])


@pytest.mark.parametrize(("releases", "is_named"), [({"place": "full"}, False), ({"message": "full"}, True)])
def test_the_home_page_names_a_step_only_where_the_message_of_its_alert_is_released(
    releases, is_named, owner, police, officer_of
):
    officer_of("polres-kupang", kind="police")
    alert = sent(event_of("kanim-atambua"), to="polres-kupang", by=owner)
    clause_between("kanim-atambua", "polres-belu", {"alerts": releases})
    AlertStep.objects.create(
        alert=alert, state="acknowledged", at=AT, by="officer:1", agency="polres-kupang", note="rumah kedua"
    )

    changes = changes_since(acting(police), AT - timedelta(days=1), at=AT)

    assert changes.alerts == 1
    assert [step.alert.title for step in changes.steps.rows] == [alert.title] * is_named
    assert changes.steps.number == is_named


def test_a_clause_whose_instrument_was_withdrawn_since_feeds_no_past_day_of_the_watch(owner, police):
    event = event_of("kanim-atambua")
    EventVersion.objects.create(
        event=event, number=1, state="confirmed", title="x", place_id=5, happened_from=date(2026, 2, 3), precision="day",
        decided_at=AT, decided_by="officer:1", kinds=["TPPO"],
    )  # fmt: skip
    clause = clause_between("kanim-atambua", "polres-belu", {"events": {"place": "full", "time": "full"}})
    _happens_to(clause.instrument, "withdrawn", AT + timedelta(days=5))

    def counted(now):
        eyes = system_actor(Agency.objects.get(pk="polres-belu"), name="watch", purpose="prevention", at=now)
        found = events_as_of(
            eyes, day=date(2026, 3, 5), zone=ZoneInfo("Asia/Jakarta"), roots=[2], since=date(2026, 1, 1), at=now
        )
        return [row.event_id for row in found]

    assert counted(datetime(2026, 3, 6, tzinfo=UTC)) == [event.pk]
    assert counted(AT + timedelta(days=30)) == []
    assert not Event.objects.visible_to(acting(police, at=AT + timedelta(days=30)), at=AT + timedelta(days=30)).exists()


def _happens_to(instrument, what, at):
    InstrumentChange.objects.create(
        instrument=instrument, what=what, effective_at=at, why="uji", agency_id="kanim-atambua", by="officer:1", at=at
    )
