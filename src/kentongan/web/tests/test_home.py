"""The home page: what waits, what changed, what is overdue, what we cannot see."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conftest import NOW
from kentongan.agreements.access import actor_for
from kentongan.agreements.models import Grant
from kentongan.cases.models import Case, CaseAgency, CaseTask, Referral
from kentongan.messages.models import Message
from kentongan.vault.tests.making import switch_on
from kentongan.web import queries

pytestmark = pytest.mark.usefixtures("today")


def _text(client, address="/"):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_proposed_event_waits_for_an_analyst_of_its_owner(client, sign_in, event_of):
    event_of(title="Dua orang menyeberang")
    sign_in()

    assert "Dua orang menyeberang" in _text(client)


def test_nothing_of_another_agency_appears_on_the_home_page(client, sign_in, event_of, report_of):
    event_of(title="Rahasia instansi lain")
    report_of()
    sign_in("polres-belu", kind="police")

    text = _text(client)

    assert "Rahasia instansi lain" not in text
    assert "Tidak ada yang menunggu Anda" in text


def test_leader_is_not_asked_to_confirm(sign_in, event_of):
    event_of()
    leader = actor_for(sign_in(role="leader"), purpose="prevention", at=NOW)

    assert queries.waiting_for(leader, at=NOW).number == 0


def test_supervisor_sees_a_proposal_below_but_is_not_asked_to_confirm_it(sign_in, agency_of, event_of):
    agency_of("kanim-atambua", parent="kanwil-im-ntt")
    event_of()
    above = actor_for(sign_in("kanwil-im-ntt", level="province"), purpose="prevention", at=NOW)

    assert queries.waiting_for(above, at=NOW).events.number == 0
    assert queries.unseen_by(above, at=NOW).unconfirmed == 1


def test_what_a_village_proposes_waits_at_the_office_that_it_answers_to_and_no_higher(sign_in, agency_of, event_of):
    agency_of("kanim-atambua", parent="kanwil-im-ntt")
    event_of(owner=agency_of("desa-silawan", kind="village", parent="kanim-atambua").pk)
    office = actor_for(sign_in(), purpose="prevention", at=NOW)
    above = actor_for(sign_in("kanwil-im-ntt", level="province"), purpose="prevention", at=NOW)

    assert queries.waiting_for(office, at=NOW).events.number == 1
    assert queries.waiting_for(above, at=NOW).events.number == 0


@pytest.fixture
def given(agency_of, gazetteer_rows):
    """A case of Polres Belu in which Kanim Atambua has a task and a referral to answer."""
    held = {
        "owner": agency_of("polres-belu", kind="police"), "handling": "restricted", "purpose": "investigation",
        "legal_basis": "UU 21/2007", "retain_until": NOW.date() + timedelta(days=900),
    }  # fmt: skip
    office = agency_of()
    case = Case.objects.create(**held, title="Perkara", opened_at=NOW, opened_by="officer:1")
    joined = {"groups": ["title"], "why": "pelindungan", "joined_at": NOW, "joined_by": "officer:1"}
    CaseAgency.objects.create(case=case, agency=office, **joined)
    shown = {"agency": office, "valid_from": NOW, "cause": "case", "because": case.ref}
    Grant.objects.create(category="cases", record=case.pk, fields=["title"], **shown)
    CaseTask.objects.create(
        case=case, giver=held["owner"], agency=office, what="Periksa paspor", due=NOW - timedelta(hours=3),
        given_at=NOW - timedelta(days=1), given_by="officer:1",
    )  # fmt: skip
    referral = Referral.objects.create(
        **held, number="RJK/1", case=case, receiver=office, service="legal", needs="pendamping", subject="Korban A",
        age="adult", consent_by="vital", vital_why="luka berat", state="sent", sent_at=NOW, sent_by="officer:1", answer_by=NOW + timedelta(days=1),
    )  # fmt: skip
    Grant.objects.create(category="referrals", record=referral.pk, fields=["need"], **shown)


def test_tasks_and_referrals_wait_for_the_agency_that_has_to_answer_them(client, sign_in, given):
    switch_on(NOW, "cases")
    sign_in(role="case_officer")

    text = _text(client)

    assert "Periksa paspor" in text
    assert "lewat waktu" in text
    assert "RJK/1" in text


def test_where_the_module_is_off_no_referral_waits(sign_in, given):
    officer = actor_for(sign_in(role="case_officer"), purpose="prevention", at=NOW)

    waiting = queries.waiting_for(officer, at=NOW)

    assert (waiting.tasks.number, waiting.referrals.number) == (1, 0)


def test_protected_event_is_on_the_home_map_and_table_of_nobody(client, sign_in, event_of):
    event_of(title="Tentang pengungsi", handling="protected", state="confirmed")
    sign_in()

    assert "Tentang pengungsi" not in _text(client)


def test_what_came_after_the_last_visit_is_new_and_stays_new_when_reloading(client, sign_in, report_of):
    officer = sign_in()
    officer.last_home_at = NOW - timedelta(days=2)
    officer.save()
    report_of(received_at=NOW - timedelta(days=1))
    report_of(received_at=NOW - timedelta(days=9))

    first, again = _text(client), _text(client)

    for text in (first, again):
        assert '<b class="number">1</b> laporan masuk' in text
    officer.refresh_from_db()
    assert officer.last_home_at == NOW


def test_first_visit_promises_what_will_stand_there(client, sign_in):
    sign_in()

    assert "Ini kunjungan pertama Anda" in _text(client)


def test_last_look_never_moves_back(sign_in):
    from kentongan.web.actions import note_home_visit

    officer = sign_in()
    note_home_visit(officer=officer.pk, at=NOW)
    note_home_visit(officer=officer.pk, at=NOW - timedelta(hours=1))

    officer.refresh_from_db()
    assert officer.last_home_at == NOW


def _read(report):
    from kentongan.events.models import ReadingRow

    ReadingRow.objects.create(
        report=report, owner=report.owner, reader_version="uji", read_at=NOW, content={}, handling="personal",
        purpose="prevention", legal_basis="uji", retain_until=report.retain_until,
    )  # fmt: skip


def test_what_we_cannot_see_is_counted_once(sign_in, event_of, report_of, agency_of):
    report_of(place=None)
    _read(report_of(place=None))
    report_of(is_nil=True)
    event_of(place=None, place_open=["53.71", "53.01"])
    agency_of("polres-belu", kind="police")
    analyst = actor_for(sign_in(), purpose="prevention", at=NOW)

    unseen = queries.unseen_by(analyst, at=NOW)

    assert (unseen.unread_reports, unseen.reports_without_place, unseen.ambiguous_places) == (1, 1, 1)
    assert unseen.unconfirmed == 1
    assert unseen.agencies_not_shared == 1
    assert unseen.last_run is None


def test_report_whose_event_has_a_place_is_not_one_without_place(sign_in, event_of, report_of):
    from kentongan.events.models import EventReport

    report = report_of(place=None)
    _read(report)
    EventReport.objects.create(event=event_of(place=5), report=report, linked_at=NOW, linked_by="system:reader")
    analyst = actor_for(sign_in(), purpose="prevention", at=NOW)

    assert not queries.reports_without_place(analyst, at=NOW).exists()


@pytest.mark.parametrize("what", ["belum-dibaca", "tanpa-wilayah", "letak-belum-pasti", "senyap", "instansi"])
def test_every_number_of_the_unseen_leads_to_its_rows(client, sign_in, event_of, report_of, agency_of, what):
    report_of(place=None)
    event_of(place=None, place_open=["53.71", "53.01"])
    agency_of("polres-belu", kind="police")
    sign_in()

    assert f"/tak-terlihat/{what}/" in _text(client)
    assert client.get(f"/tak-terlihat/{what}/").status_code == 200


def test_unknown_list_of_the_unseen_is_absent(client, sign_in):
    sign_in()

    assert client.get("/tak-terlihat/apa-saja/").status_code == 404


def test_two_events_that_may_be_one_wait_for_their_owner_only(sign_in, event_of, agency_of):
    from kentongan.events.models import JoinDoubt

    one, other, foreign = event_of(), event_of(), event_of(owner="polres-belu")
    JoinDoubt.objects.create(one=one, other=other, score=0.6, noticed_at=NOW)
    JoinDoubt.objects.create(one=one, other=foreign, score=0.6, noticed_at=NOW)
    analyst = actor_for(sign_in(), purpose="prevention", at=NOW)

    assert queries.waiting_for(analyst, at=NOW).doubts.number == 1


def test_number_of_queries_does_not_grow_with_the_rows(client, sign_in, event_of, report_of):
    sign_in()

    def queries_with_one_more():
        event_of()
        event_of(state="confirmed")
        report_of()
        with CaptureQueriesContext(connection) as captured:
            client.get("/")
        return len(captured)

    queries_with_one_more()
    few = queries_with_one_more()
    queries_with_one_more()

    assert queries_with_one_more() == few


def test_navigation_shows_what_the_role_may_read(client, sign_in):
    sign_in(role="village_official")
    text = _text(client)

    assert 'href="/laporan/"' in text
    assert 'href="/kejadian/"' not in text
    assert 'href="/petugas/"' not in text


def test_of_a_group_the_first_entry_that_the_role_may_open_stands_in_the_menu(client, sign_in):
    sign_in(role="un_officer")
    text = _text(client)

    assert 'href="/rujukan/"' in text
    assert 'href="/perkara/"' not in text


def test_inside_a_group_its_other_entries_stand_below(client, sign_in):
    sign_in(role="case_officer")

    assert 'href="/tugas/"' not in _text(client)
    inside = _text(client, "/tugas/")
    assert {f'href="{address}"' in inside for address in ("/perkara/", "/tugas/", "/rujukan/")} == {True}
    assert '<a href="/tugas/" aria-current="page">' in inside


def test_the_head_tells_how_many_notices_are_unread_in_the_agency_served_now(client, sign_in, agency_of):
    officer = sign_in()
    for key, agency, state in (
        ("1", "kanim-atambua", "delivered"),
        ("2", "kanim-atambua", "read"),
        ("3", "x", "delivered"),
    ):
        Message.objects.create(
            key=key, topic="duty.planned", channel="inapp", officer=officer, agency=agency_of(agency), handling="shared",
            state=state, put_at=NOW, read_at=NOW if state == "read" else None,
        )  # fmt: skip

    assert '<span class="number" data-notices-number>1</span>' in _text(client)


def test_officer_without_posting_is_told_whom_to_ask(client, sign_in):
    officer = sign_in()
    officer.postings.update(ended_at=NOW, end_reason="pindah")

    answer = client.get("/")

    assert answer.status_code == 403
    assert "administrator instansi Anda" in answer.content.decode()


def test_banner_says_that_the_data_are_simulated(client, sign_in, settings):
    settings.IS_DEMONSTRATION = True
    sign_in()

    assert "Data simulasi — bukan kejadian nyata" in _text(client)


def test_liaison_who_reads_findings_but_no_events_still_has_the_map(client, sign_in):
    sign_in(role="liaison")

    assert "data-map" in _text(client)


@pytest.mark.parametrize("role", ["overseer", "administrator", "village_official"])
def test_role_that_reads_no_layer_is_told_why_there_is_no_map(client, sign_in, role):
    sign_in(role=role)

    assert "Tidak ada peta untuk peran ini" in _text(client)


@pytest.mark.parametrize("address", ["/wilayah/%00/", "/kejadian/?place=%00", "/api/v1/events?place=%00"])
def test_an_address_with_nul_is_refused_before_any_database_sees_it(sign_in, client, address):
    sign_in()

    answer = client.get(address)

    assert answer.status_code == 400


def test_report_without_a_title_is_listed_by_its_channel_in_words(client, sign_in, report_of):
    report_of(place=None, title="", channel="paste")
    sign_in()

    text = client.get("/tak-terlihat/belum-dibaca/").content.decode()

    assert "Laporan lewat tempel" in text
    assert "paste" not in text
