"""The duty desk: one queue of what waits, its order, its deeds, and the mark that keeps it true without reload."""

import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conftest import NOW
from kentongan.agencies.models import Agency
from kentongan.agreements.access import actor_for
from kentongan.alerts import actions, ladder
from kentongan.alerts.models import Alert
from kentongan.audit.models import OutboxRow, TrailRow
from kentongan.events.models import ReadingRow
from kentongan.web import desk, live

HOUR = timedelta(hours=1)
pytestmark = pytest.mark.usefixtures("today", "nothing_remembered")


@pytest.fixture
def nothing_remembered(monkeypatch):
    """The marks of desks are as old as the question; who was let in is remembered as ever, from this test on."""
    monkeypatch.setattr(live, "MARK_S", 0.0)
    live.let_in.clear()
    live.marks.clear()


@pytest.fixture
def police(officer_of):
    return officer_of("polres-belu", kind="police", username="polisi")


@pytest.fixture
def acting():
    return lambda officer: actor_for(officer, purpose="prevention", at=NOW)


@pytest.fixture
def raised(event_of, officer_of, police):
    """Raise an alert to Polres Belu: `raised("Judul", ago=HOUR, is_urgent=True, by="kanim-atambua")`."""
    senders = {}

    def make(title="Perekrutan", *, ago=timedelta(), by="kanim-atambua", to="polres-belu", **more):
        sender = senders[by] = senders.get(by) or officer_of(by, username=f"pengirim-{by}")
        return actions.raise_alert(
            event=event_of(owner=by, title=title, state="confirmed"), to=Agency.objects.get(pk=to), matter="crime",
            message="Mohon dicek.", changed_why="terdekat", by=actor_for(sender, purpose="prevention", at=NOW),
            at=NOW - ago, **more,
        )  # fmt: skip

    return make


@pytest.fixture
def finding_of(agency_of, gazetteer_rows):
    from kentongan.watch.models import Finding, Watch

    def make(owner="polres-belu"):
        agency = agency_of(owner)
        watch, _new = Watch.objects.get_or_create(owner=agency, name="Pemantauan", defaults={"created_at": NOW})
        day = NOW.date()
        return Finding.objects.create(
            watch=watch, owner=agency, place_id=5, handling="restricted", purpose="prevention", legal_basis="uji",
            retain_until=day.replace(year=2031), type="cluster", stream="trafficking", level="village",
            window_from=day - timedelta(days=14), window_to=day, first_as_of=day, last_as_of=day, observed=7, expected=0.9,
            p_value=0.001, recurrence_days=900.0, weeks=[], baseline_events=10,
        )  # fmt: skip

    return make


def lines_of(officer):
    return desk.queue_of(actor_for(officer, purpose="prevention", at=NOW), at=NOW).lines


# --- the order ---


def test_urgent_comes_first_then_what_is_due_next_then_what_has_no_clock(
    raised, finding_of, event_of, report_of, police
):
    raised("Baru", ago=timedelta(minutes=5))
    raised("Lewat", ago=3 * HOUR)
    raised("Mendesak", ago=timedelta(minutes=1), is_urgent=True)
    event_of(owner="polres-belu", title="Usulan")
    report_of(owner="polres-belu", title="Belum dibaca")
    finding_of()

    lines = lines_of(police)

    assert [line.title for line in lines] == [
        "Mendesak", "Lewat", "Baru", "pengelompokan: Perdagangan orang dan perekrutan nonprosedural", "Usulan",
        "Belum dibaca",
    ]  # fmt: skip
    assert [line.is_overdue for line in lines[:3]] == [False, True, False]


def test_what_the_agency_sent_waits_there_too_until_it_is_answered(raised, police, acting):
    alert = raised()
    sender = alert.raised_by
    officer = type(police).objects.get(pk=sender.removeprefix("officer:"))

    (line,) = lines_of(officer)
    actions.close(alert=alert, version=1, outcome="no_result", why="x", by=acting(police), at=NOW)

    assert "kepada" in line.detail[-1]
    assert line.next_deed is None  # it is not late: the turn is the other side's
    assert {deed.code for deed in line.other_deeds} == {"escalate", "ask", "merge", "close"}
    assert lines_of(officer) == ()


def test_what_others_have_not_answered_in_time_is_to_be_escalated(raised, police):
    alert = raised(ago=2 * HOUR)
    officer = type(police).objects.get(pk=alert.raised_by.removeprefix("officer:"))

    (line,) = lines_of(officer)

    assert (line.is_overdue, line.next_deed.code) == (True, "escalate")


def test_a_line_says_who_was_told_and_who_is_told_next(raised, police):
    raised()
    ladder.act_due(worker="a", clock=lambda: NOW)

    (line,) = lines_of(police)

    assert "Petugas polres-belu" in line.told
    assert "petugas instansi yang dituju" in line.then


def test_others_do_not_see_what_waits_for_this_agency(raised, officer_of):
    raised()

    assert lines_of(officer_of("bp3mi-kupang", kind="labour")) == ()
    assert lines_of(officer_of("kanim-kupang")) == ()


@pytest.mark.parametrize(
    ("role", "deeds"),
    [("analyst", {"acknowledge", "assign", "escalate", "ask", "merge", "snooze", "close"}), ("leader", set())],
)
def test_only_deeds_of_the_role_and_state_are_offered(role, deeds, raised, officer_of):
    raised()
    officer = officer_of("polres-belu", role=role, kind="police", username=f"lain-{role}")

    (line,) = lines_of(officer)

    assert {deed.code for deed in (line.next_deed, *line.other_deeds) if deed} == deeds


def test_every_deed_has_its_own_key_and_a_place_where_its_words_are_asked(raised, police):
    raised()
    (line,) = lines_of(police)

    assert len(set(desk.KEYS.values())) == len(desk.KEYS)
    assert line.next_deed.is_at_once
    assert {deed.address.partition("#")[2] for deed in line.other_deeds} == {
        "tugaskan", "naikkan", "tanya", "gabung", "tunda", "tutup",
    }  # fmt: skip


def test_what_a_village_reports_waits_at_the_desk_of_the_office_above_it(
    client, event_of, report_of, officer_of, agency_of
):
    from kentongan.alerts.tasks import CONSUMERS

    agency_of("desa-silawan", kind="village", parent="kanim-atambua")
    office, higher = officer_of("kanim-atambua", parent="ditjenim"), officer_of("ditjenim")
    client.force_login(office)
    before = asked(client)["ETag"]

    report = report_of(owner="desa-silawan", title="Dari desa")
    event_of(owner="desa-silawan", title="Usulan dari desa")
    CONSUMERS["report.received"](OutboxRow.objects.create(topic="report.received", ref=report.ref, put_at=NOW))

    assert [line.title for line in lines_of(office)] == ["Usulan dari desa", "Dari desa"]
    assert lines_of(higher) == ()  # the office decides for itself
    assert asked(client)["ETag"] != before


@pytest.mark.parametrize("number", [1, 7])
def test_the_desk_asks_as_many_questions_whatever_waits(
    number, raised, finding_of, event_of, report_of, police, acting
):
    for n in range(number):
        raised(f"P{n}", ago=n * HOUR, by=f"kanim-{n % 3}")
        event_of(owner="polres-belu", title=f"K{n}")
        report_of(owner="polres-belu")
        finding_of()
    ladder.act_due(worker="a", clock=lambda: NOW)
    actor = acting(police)
    desk.queue_of(actor, at=NOW)

    with CaptureQueriesContext(
        connection,
    ) as asked:
        desk.queue_of(actor, at=NOW)

    assert len(asked) == QUESTIONS, "\n".join(query["sql"][:150] for query in asked.captured_queries)


QUESTIONS = 22


# --- the pages ---


def test_the_page_marks_what_is_late_by_words_and_counts_it(client, raised, police):
    raised("Lewat", ago=3 * HOUR)
    client.force_login(police)

    page = client.get("/meja/").content.decode()

    assert "lewat waktu" in page
    assert "1 lewat waktu" in page
    assert 'aria-keyshortcuts="T"' in page
    assert 'aria-current="page">Meja piket' in page
    assert TrailRow.objects.filter(event="records.listed").last().facts["door"] == "desk"


def test_an_alert_is_taken_on_from_the_desk_and_the_officer_stays_there(client, raised, police):
    alert = raised()
    client.force_login(police)

    answer = client.post(f"/peringatan/{alert.pk}/terima/", {"version": 1, "back": "meja"})

    assert answer["Location"] == "/meja/"
    assert Alert.objects.get().state == "acknowledged"


def test_the_queue_alone_is_a_part_of_the_page(client, raised, police):
    raised("Perekrutan di Silawan")
    client.force_login(police)

    part = client.get("/meja/antrean/").content.decode()

    assert "<html" not in part
    assert "Perekrutan di Silawan" in part
    assert f'data-mark="{client.get("/meja/kini/").json()["mark"]}"' in part


def test_an_empty_desk_says_that_new_things_come_by_themselves(client, police):
    client.force_login(police)

    assert "akan muncul di sini dengan sendirinya" in client.get("/meja/").content.decode()


def test_a_role_that_reads_no_alerts_finds_none_there(client, raised, officer_of):
    raised("Perekrutan")
    client.force_login(officer_of("polres-belu", role="village_official", kind="police", username="desa"))

    assert "Perekrutan" not in client.get("/meja/").content.decode()


# --- the mark ---


def asked(client, mark=""):
    return client.get("/meja/kini/", headers={"if-none-match": mark} if mark else {})


def test_the_mark_is_a_small_answer_without_content_that_the_browser_alone_keeps(client, raised, police):
    raised("Perekrutan di Silawan")
    client.force_login(police)

    first = asked(client)
    again = asked(client, first["ETag"])

    assert {*first["Cache-Control"].split(", ")} == {*again["Cache-Control"].split(", ")} == {"private", "no-cache"}
    assert list(first.json()) == ["mark"]
    assert len(first.content) < 64
    assert (again.status_code, again.content) == (304, b"")


def test_the_mark_is_that_of_the_purpose_that_was_stated_last(client, raised, police):
    raised()
    client.force_login(police)
    client.get("/meja/kini/")

    client.post("/tujuan/", {"purpose": "investigation"})

    shown = client.get("/meja/").content.decode()
    assert f'data-mark="{client.get("/meja/kini/").json()["mark"]}"' in shown


def test_whoever_was_let_in_is_not_asked_again_for_a_while(client, raised, police, monkeypatch):
    raised()
    client.force_login(police)
    first = asked(client)

    with CaptureQueriesContext(connection) as known:
        again = asked(client, first["ETag"])
    monkeypatch.setattr(live.time, "monotonic", lambda: time.perf_counter() + 1e9)
    with CaptureQueriesContext(connection) as unknown:
        later = asked(client, first["ETag"])

    assert (again.status_code, later.status_code) == (304, 304)
    assert {name: again[name] for name in ("ETag", "Cache-Control", "Vary", "Content-Security-Policy")}
    assert len(known) == 4 < len(unknown)


@pytest.mark.parametrize("cookie", ["", "tidak-dikenal"])
def test_without_a_session_nobody_is_remembered(cookie, client, police):
    client.force_login(police)
    asked(client)
    client.cookies["sessionid"] = cookie

    assert asked(client).status_code == 302


def test_a_desk_is_asked_about_once_for_all_who_look_at_it(client, raised, police, monkeypatch):
    monkeypatch.setattr(live, "MARK_S", 60.0)
    raised()
    client.force_login(police)
    first = asked(client)

    with CaptureQueriesContext(connection) as questions:
        again = asked(client)

    assert (len(questions), again["ETag"]) == (0, first["ETag"])


def test_what_is_remembered_is_bounded(monkeypatch):
    monkeypatch.setattr(live, "MOST", 3)
    known = live.Remembered()

    for number in range(5):
        known.keep(number, "x", for_s=9)

    assert len(known._known) == 2


def test_asking_for_the_mark_leaves_no_row_in_the_trail_and_asks_few_questions(client, raised, police, acting):
    raised()
    client.force_login(police)
    before, actor = TrailRow.objects.count(), acting(police)

    for _n in range(3):
        asked(client)
    with CaptureQueriesContext(connection) as questions:
        desk.mark_of(actor)

    assert TrailRow.objects.count() == before
    assert len(questions) == 4


def test_the_mark_is_another_one_after_whatever_the_desk_shows(
    client, raised, finding_of, event_of, report_of, police, acting
):
    client.force_login(police)
    marks = [asked(client)["ETag"]]

    def changed(what):
        marks.append(asked(client)["ETag"])
        assert marks[-1] != marks[-2], what

    alert = raised()
    changed("an alert")
    ladder.act_due(worker="a", clock=lambda: NOW)
    changed("somebody was told")
    actions.acknowledge(alert=alert, version=1, by=acting(police), at=NOW)
    changed("it was taken on")
    finding = finding_of()
    changed("a finding")
    finding.state = "dismissed"
    finding.save()
    changed("it was judged")
    event = event_of(owner="polres-belu")
    changed("a proposed event")
    event.state = "dismissed"
    event.save()
    report_of(owner="polres-belu")
    changed("a report")


def test_what_others_do_leaves_the_mark_as_it_is(client, raised, finding_of, event_of, report_of, police, officer_of):
    client.force_login(officer_of("bp3mi-kupang", kind="labour"))
    before = asked(client)["ETag"]

    raised()
    ladder.act_due(worker="a", clock=lambda: NOW)
    finding_of()
    event_of()
    report_of()

    assert asked(client)["ETag"] == before


@pytest.mark.parametrize(("ago", "is_left"), [(HOUR, True), (timedelta(days=4), False)])
def test_a_report_in_which_no_event_was_read_waits_for_somebody_to_look_for_three_days(
    ago, is_left, client, report_of, police
):
    from kentongan.alerts.tasks import CONSUMERS

    client.force_login(police)
    report = report_of(owner="polres-belu", title="Belum dibaca", received_at=NOW - ago)
    assert "Belum dibaca" in client.get("/meja/antrean/").content.decode()
    before = asked(client)["ETag"]
    ReadingRow.objects.create(
        report=report, owner=report.owner, reader_version="uji", read_at=NOW, content={}, handling="shared",
        purpose="prevention", legal_basis="uji", retain_until=report.retain_until,
    )  # fmt: skip

    CONSUMERS["report.received"](OutboxRow.objects.create(topic="report.received", ref=report.ref, put_at=NOW))

    assert asked(client)["ETag"] != before
    assert ("Belum dibaca" in client.get("/meja/antrean/").content.decode()) == is_left


def test_a_report_behind_an_event_has_left_the_desk(report_of, event_of, police):
    from kentongan.events.models import EventReport

    report = report_of(owner="polres-belu", title="Dengan kejadian")
    event = event_of(owner="polres-belu", title="Kejadiannya")
    EventReport.objects.create(event=event, report=report, linked_at=NOW, linked_by="system:reader")

    assert [line.title for line in lines_of(police)] == ["Kejadiannya"]


def test_the_page_of_an_alert_asks_for_its_own_mark_and_nobody_else_learns_it(
    client, raised, police, officer_of, acting
):
    alert = raised()
    address = f"/peringatan/{alert.pk}/kini/"
    client.force_login(police)
    page, first = client.get(f"/peringatan/{alert.pk}/"), client.get(address)

    same = client.get(address, headers={"if-none-match": first["ETag"]})
    actions.acknowledge(alert=alert, version=1, by=acting(police), at=timezone.now())
    other = client.get(address, headers={"if-none-match": first["ETag"]})
    client.force_login(officer_of("bp3mi-kupang", kind="labour"))

    assert f'data-live-mark="{first.json()["mark"]}"' in page.content.decode()
    assert (same.status_code, other.status_code) == (304, 200)
    assert client.get(address).status_code == 404
