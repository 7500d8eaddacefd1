"""CAP from outside: kept as a report, joined to what it follows, refused whole where it is wrong; never an alert of ours."""

from datetime import timedelta

import pytest
from django.utils import translation

from kentongan.agreements.access import RoleMayNotAct
from kentongan.alerts.cap.composing import latest_of
from kentongan.alerts.cap.receiving import receive_cap
from kentongan.alerts.cap.wording import CapRefused
from kentongan.alerts.cap.writing import written
from kentongan.alerts.models import Alert, AlertNote, CapMessage
from kentongan.audit.models import OutboxRow, TrailRow
from kentongan.intake.models import Report

from .cap_messages import SMUGGLING, bent, following


@pytest.fixture(autouse=True)
def indonesian():
    with translation.override("id"):
        yield


@pytest.fixture
def officer(gazetteer_rows, actor_of):
    return actor_of("kanim-atambua", role="analyst")


@pytest.fixture
def take(officer, now):
    """Receive a file for Kanim Atambua."""

    def make(content=SMUGGLING, *, by=None, channel="upload", at=now):
        return receive_cap(content=content, filename="pesan.xml", channel=channel, by=by or officer, at=at)

    return make


def refused(take, content, **more):
    with pytest.raises(CapRefused) as refusal:
        take(content, **more)
    return [(fault.field, fault.code) for fault in refusal.value.faults]


def test_it_is_kept_as_a_report_in_the_words_that_are_read_here(take):
    report = take().report

    assert (report.title, report.source) == ("Penyeberangan dekat Silawan", "PNTL Bobonaro")
    assert report.text.startswith(
        "Penyeberangan dekat Silawan\n\nTruk menyeberang sungai pada malam hari.\n\nTempat: Silawan"
    )
    assert "Pembatasan: Untuk instansi perbatasan" in report.text
    assert (report.place_id, report.handling, report.media_type) == (5, "personal", "application/cap+xml")
    assert (bytes(report.original), report.filename) == (SMUGGLING, "pesan.xml")
    assert OutboxRow.objects.filter(topic="report.received", ref=report.ref).exists()


def test_it_becomes_no_alert_and_no_event_of_ours(take):
    from kentongan.events.models import Event

    take()

    assert (Alert.objects.count(), Event.objects.count()) == (0, 0)


@pytest.mark.parametrize("channel", ["upload", "api"])
def test_the_same_file_twice_is_one_report(take, channel):
    first, again = take(), take(channel=channel)

    assert (first.is_new, again.is_new) == (True, False)
    assert first.report == again.report
    assert CapMessage.objects.count() == Report.objects.count() == 1


def test_the_same_words_under_another_name_are_another_report(take):
    take()

    assert take(bent("PNTL-2026-0007", "PNTL-2026-0008")).is_new
    assert Report.objects.count() == 2


@pytest.mark.parametrize("channel", ["upload", "api"])
def test_other_words_under_the_same_name_are_refused(take, channel):
    take()

    assert refused(take, bent("Truk menyeberang", "Perahu menyeberang"), channel=channel) == [
        ("alert/identifier", "used_for_other")
    ]
    assert Report.objects.count() == 1


@pytest.mark.parametrize("msg_type", ["Update", "Cancel", "Error"])
def test_what_follows_is_joined_with_what_came_earlier(take, msg_type):
    first = take()

    later = take(following(msg_type, "PNTL-2026-0008"))

    assert later.follows == (first.report,)
    assert TrailRow.objects.get(event="cap.followed").subject == first.report.ref


def test_what_came_in_the_wrong_order_is_joined_when_the_first_comes(take):
    later = take(following("Cancel", "PNTL-2026-0008"))
    first = take()
    again = take(following("Cancel", "PNTL-2026-0008"))

    assert (later.follows, again.follows) == ((), (first.report,))


def test_what_another_agency_received_is_not_joined(take, actor_of):
    take()
    elsewhere = actor_of("polres-belu", role="analyst", kind="police")

    later = take(following("Update", "PNTL-2026-0008"), by=elsewhere)

    assert later.follows == ()
    assert take(by=elsewhere).is_new


def test_an_exercise_is_marked_as_made_up(take):
    assert take(bent("<status>Actual", "<status>Exercise")).report.is_simulated


@pytest.mark.parametrize(
    ("content", "faults"),
    [
        (bent("<status>Actual", "<status>Draft"), [("alert/status", "not_for_use")]),
        (bent("<status>Actual", "<status>System"), [("alert/status", "not_for_use")]),
        (bent("komando@pntl.example", "urn:kentongan:node:polres-belu"), [("alert/sender", "ours")]),
        (bent("PNTL-2026-0007", "x" * 201), [("alert/identifier", "too_long_name")]),
        (bent("2026-03-04T09", "2027-03-04T09"), [("alert/sent", "draft")]),
        (bent("<scope>Restricted", "<scope>Semua"), [("alert/scope", "not_one_of")]),
    ],
    ids=["draft", "system", "ours", "long", "future", "faulty"],
)
def test_what_is_not_for_us_is_refused_whole(take, content, faults):
    assert refused(take, content) == faults
    assert (Report.objects.count(), CapMessage.objects.count()) == (0, 0)


def test_who_may_not_send_reports_may_not_send_cap(take, actor_of):
    with pytest.raises(RoleMayNotAct):
        take(b"", by=actor_of("kanim-atambua", role="leader"))


# --- an Ack of one of ours ---


@pytest.fixture
def ours(raise_to_desk, gazetteer_rows):
    return raise_to_desk()


@pytest.fixture
def by_us(desk, now):
    from kentongan.agreements.access import actor_for

    return actor_for(desk["sender"], purpose="prevention", at=now)


def ack_of(alert):
    reference = str(latest_of(alert).message.reference)
    return following("Ack", "PNTL-2026-0009", of=reference)


def test_an_ack_from_outside_is_noted_on_the_alert_and_changes_no_state(ours, by_us, now):
    later = now + timedelta(minutes=7)

    received = receive_cap(content=ack_of(ours), filename="", channel="upload", by=by_us, at=later)

    note = AlertNote.objects.get()
    assert received.noted_on == (ours,)
    assert (note.what, note.at, note.agency) == ("outside", later, "kanim-atambua")
    assert "komando@pntl.example" in note.note
    assert Alert.objects.get().state == "raised"
    row = TrailRow.objects.get(event="alert.acknowledged_outside")
    assert (row.subject, row.facts["report"]) == (ours.ref, received.report.ref)


def test_the_same_ack_twice_is_noted_once(ours, by_us, now):
    for _time in range(2):
        receive_cap(content=ack_of(ours), filename="", channel="upload", by=by_us, at=now)

    assert AlertNote.objects.count() == 1


def test_an_ack_brought_by_an_agency_that_has_no_part_in_the_alert_is_a_report_and_nothing_more(ours, actor_of, now):
    stranger = actor_of("bp3mi-ntt", role="analyst", kind="labour")

    received = receive_cap(content=ack_of(ours), filename="", channel="upload", by=stranger, at=now)

    assert (received.is_new, received.noted_on, AlertNote.objects.count()) == (True, (), 0)


@pytest.mark.parametrize(
    "identifier", ["bukan-kunci.raised", "0190aaaa-0000-7000-8000-00000000000a.raised", "tanpa-titik"]
)
def test_an_ack_of_what_we_never_sent_is_a_report_and_nothing_more(take, identifier):
    of = f"urn:kentongan:node:kanim-atambua,{identifier},2026-03-04T10:00:00+08:00"

    assert take(following("Ack", "PNTL-2026-0009", of=of)).noted_on == ()


def test_our_own_message_does_not_come_back_as_a_report(ours, by_us, now):
    with pytest.raises(CapRefused):
        receive_cap(content=written(latest_of(ours).message), filename="", channel="upload", by=by_us, at=now)
