"""The doors of the programme: who is let in, what is asked, what is refused."""

from datetime import date
from uuid import uuid4

import pytest

from kentongan.audit.models import TrailRow
from kentongan.intake.models import Report
from kentongan.programme import actions
from kentongan.programme.models import OfficePace, PartnerOfficer, PartnerVillage, Visit

from .conftest import OFFICE, TODAY, TULAKADI

VILLAGE_PAGE = "/program/desa/53.04.02.2001/"
NO_VILLAGE = "/program/desa/53.04.02.2003/"


@pytest.fixture(autouse=True)
def on_that_day(time_machine_at):
    """The clock of the doors stands at the day of these tests."""


@pytest.fixture
def time_machine_at(monkeypatch, now):
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


@pytest.fixture
def desk(sign_in, analyst):
    return sign_in(analyst)


def filled(**told):
    """A record form as a browser sends it."""
    whole = {
        "version": "1", "key": str(uuid4()), "done_on": "2026-03-04", "topics": ["reporting"], "met_village_head": "1",
        "met_hamlet_head": "4", "heads": "21", "notes": "",
    }  # fmt: skip
    return whole | told


def main_of(answer):
    """Return what the page says inside its frame."""
    return answer.content.decode().partition("<main")[2].partition("</main>")[0]


# --- the list ---


def test_the_list_shows_what_is_late_and_silent_in_words(desk, partner):
    partner()

    page = desk.get("/program/").content.decode()

    assert "Desa Silawan" in page
    assert "lewat waktu" in page
    assert "senyap" in page
    assert "bawaan kami sendiri" in page


def test_the_list_can_be_narrowed_to_what_is_late(desk, partner, visited):
    partner()
    partner(TULAKADI)
    visited()

    page = desk.get("/program/?state=overdue").content.decode()

    assert "Tulakadi" in page
    assert "Desa Silawan" not in page


def test_the_region_reads_office_by_office(sign_in, region, partner):
    partner()

    page = sign_in(region).get("/program/").content.decode()

    assert "Kanim Atambua" in page
    assert "Rencanakan kunjungan" in page


def test_a_role_without_the_programme_is_refused(sign_in, actor_of, analyst):
    answer = sign_in(actor_of(OFFICE, role="administrator")).get("/program/")

    assert answer.status_code == 403


def test_an_empty_list_says_so(desk):
    assert "Belum ada desa binaan" in desk.get("/program/").content.decode()


# --- the pace ---


def test_the_office_sets_its_pace(desk):
    sent = {"visit_every_days": "30", "silent_after_weeks": "2", "why": "dekat perbatasan"}

    desk.post("/program/atur/", sent)

    assert OfficePace.objects.get().visit_every_days == 30
    assert "ditetapkan kantor Anda" in desk.get("/program/").content.decode()


def test_a_pace_without_reason_is_asked_again(desk):
    answer = desk.post("/program/atur/", {"visit_every_days": "30", "silent_after_weeks": "2", "why": ""})

    assert answer.status_code == 422
    assert not OfficePace.objects.exists()


# --- designation ---


def test_a_designation_is_recorded_once(desk):
    sent = {
        "place": "Desa Silawan, Tasifeto Timur, Belu", "decree_number": "W.22/1", "decree_on": "2026-03-01",
        "partner_from": "2026-03-01", "criteria": ["land_border"],
    }  # fmt: skip

    first = desk.post("/program/desa/baru/", sent)
    again = desk.post("/program/desa/baru/", sent)

    assert (first["Location"], again["Location"]) == (VILLAGE_PAGE, VILLAGE_PAGE)
    assert PartnerVillage.objects.get().criteria == ["land_border"]


def test_a_designation_of_a_day_to_come_is_refused_beside_its_field(desk):
    sent = {"place": "Desa Silawan, Belu", "decree_number": "1", "partner_from": "2026-12-01"}

    answer = desk.post("/program/desa/baru/", sent)

    assert answer.status_code == 422
    assert "Tanggal ini belum tiba" in answer.content.decode()


def test_a_role_that_only_reads_finds_no_form(sign_in, actor_of, analyst):
    assert sign_in(actor_of(OFFICE, role="case_officer")).get("/program/desa/baru/").status_code == 403


# --- the village ---


def test_the_page_tells_what_was_heard_done_and_came_back(desk, partner, visited):
    partner()
    visited(is_nil=True, nil_from=TODAY)

    page = desk.get(VILLAGE_PAGE).content.decode()

    for part in (
        "Yang terdengar",
        "Yang dilakukan",
        "Yang kembali",
        "cara melapor dan laporan nihil",
        "W.22/IMI-5/2025",
    ):
        assert part in page


def test_a_village_without_partnership_or_visit_looks_like_an_unknown_one(desk):
    known, unknown = desk.get(NO_VILLAGE), desk.get("/program/desa/99.99/")

    assert (known.status_code, unknown.status_code) == (404, 404)
    assert main_of(known) == main_of(unknown)


def test_another_office_sees_no_page(sign_in, partner, actor_of):
    partner()

    assert sign_in(actor_of("kanim-kupang", role="analyst")).get(VILLAGE_PAGE).status_code == 404


def test_the_village_itself_sees_the_reduced_page(sign_in, headman, partner, visited):
    partner()
    visited(notes="kepala dusun gelisah")

    page = sign_in(headman).get(VILLAGE_PAGE).content.decode()

    assert "Belum ada kabar balik" in page
    assert "Kunjungan" in page
    assert "gelisah" not in page
    assert "Rencanakan kunjungan" not in page
    assert "Petugas kanim-atambua" not in page


def test_the_village_sees_no_other_village(sign_in, headman, partner):
    partner(TULAKADI)

    assert sign_in(headman).get("/program/desa/53.04.02.2002/").status_code == 404


def test_a_public_fact_says_so_with_its_doubt(desk, partner):
    made = partner()
    PartnerVillage.objects.filter(pk=made.pk).update(
        is_reported_publicly=True, source="Kabar Contoh", source_on=date(2024, 6, 20), doubt="tanggalnya berbeda"
    )

    page = desk.get(VILLAGE_PAGE).content.decode()

    assert "menurut pemberitaan: Kabar Contoh" in page
    assert "tanggalnya berbeda" in page


def test_the_office_completes_suspends_and_assigns(desk, partner, analyst, officer_behind):
    partner()
    data = {"data-version": "1", "data-decree_number": "W.22/2", "data-partner_from": "2025-01-01"}
    data |= {"data-programmes": ["desa_bersinar"]}
    state = {"keadaan-version": "2", "keadaan-to": "suspended", "keadaan-why": "banjir"}
    officer = {"petugas-officer": str(officer_behind(analyst).pk), "petugas-served_from": "2026-03-04"}

    desk.post(f"{VILLAGE_PAGE}data/", data)
    desk.post(f"{VILLAGE_PAGE}petugas/", officer)
    desk.post(f"{VILLAGE_PAGE}keadaan/", state)
    ended = desk.post(f"{VILLAGE_PAGE}petugas/{PartnerOfficer.objects.get().pk}/selesai/", {"on": "2026-03-04"})

    made = PartnerVillage.objects.get()
    assert (made.decree_number, made.programmes, made.status) == ("W.22/2", ["desa_bersinar"], "suspended")
    assert (PartnerOfficer.objects.get().served_to, ended.status_code) == (TODAY, 302)


@pytest.mark.parametrize("door", ["data/", "keadaan/", "petugas/"])
def test_an_empty_form_of_the_village_is_asked_again(desk, partner, door):
    partner()

    assert desk.post(f"{VILLAGE_PAGE}{door}", {}).status_code == 422


@pytest.mark.parametrize("door", ["data/", "keadaan/", "petugas/"])
def test_the_region_reads_and_does_not_change(sign_in, region, partner, door):
    partner()

    assert sign_in(region).post(f"{VILLAGE_PAGE}{door}", {}).status_code == 404


def test_an_older_version_of_the_village_is_refused_in_clear_words(desk, partner, analyst, now):
    made = partner()
    actions.change_status(village=made, version=1, to="suspended", why="banjir", by=analyst, at=now)
    sent = {"keadaan-version": "1", "keadaan-to": "ended", "keadaan-why": "pindah"}

    answer = desk.post(f"{VILLAGE_PAGE}keadaan/", sent)

    assert answer.status_code == 409
    assert "Petugas lain sudah mengubahnya" in answer.content.decode()


def test_the_assignment_of_another_village_is_absent(desk, partner):
    partner()

    assert desk.post(f"{VILLAGE_PAGE}petugas/{uuid4()}/selesai/", {"on": "2026-03-04"}).status_code == 404


# --- visits ---


def test_a_visit_is_planned_from_the_list_of_villages(desk, partner, analyst, officer_behind):
    partner()
    sent = {
        "key": str(uuid4()), "village": "53.04.02.2001", "place": "", "kind": "outreach",
        "officer": str(officer_behind(analyst).pk), "planned_on": "2026-03-20",
    }  # fmt: skip

    first = desk.post("/program/kunjungan/rencana/", sent)
    desk.post("/program/kunjungan/rencana/", sent)

    assert first["Location"] == "/program/bulan/2026-03/"
    assert Visit.objects.get().village == PartnerVillage.objects.get()


def test_two_villages_at_once_are_one_too_many(desk, partner, analyst, officer_behind):
    partner()
    sent = {
        "key": str(uuid4()), "village": "53.04.02.2001", "place": "Desa Sadi, Belu", "kind": "visit",
        "officer": str(officer_behind(analyst).pk), "planned_on": "2026-03-20",
    }  # fmt: skip

    answer = desk.post("/program/kunjungan/rencana/", sent)

    assert answer.status_code == 422
    assert "salah satu saja" in answer.content.decode()


def test_a_visit_that_nobody_planned_is_recorded(desk, analyst, officer_behind):
    sent = filled(
        village="", place="Desa Silawan, Tasifeto Timur, Belu", kind="visit", officer=str(officer_behind(analyst).pk),
        is_nil="on", nil_from="2026-02-20",
    )  # fmt: skip

    answer = desk.post("/program/kunjungan/catat/", sent)

    visit = Visit.objects.get()
    assert answer["Location"] == f"/program/kunjungan/{visit.pk}/"
    assert (visit.heads, visit.report.is_nil) == (21, True)


def test_a_planned_visit_asks_what_it_was(desk, partner, planned):
    partner()

    page = desk.get(f"/program/kunjungan/{planned().pk}/").content.decode()

    assert "Catat yang terlaksana" in page
    assert "kepala desa atau lurah" in page


def test_a_visit_is_recorded_and_its_nil_report_linked(desk, planned):
    visit = planned()

    desk.post(f"/program/kunjungan/{visit.pk}/catat/", filled(is_nil="on", nil_from="2026-02-20"))
    page = desk.get(f"/program/kunjungan/{visit.pk}/").content.decode()

    assert f"/laporan/{Report.objects.get().pk}/" in page
    assert "kepala desa atau lurah: 1" in page


def test_the_same_form_twice_is_recorded_once(desk, planned):
    visit, sent = planned(), filled(is_nil="on", nil_from="2026-02-20")

    answers = [desk.post(f"/program/kunjungan/{visit.pk}/catat/", sent).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert (Report.objects.count(), TrailRow.objects.filter(event="visit.recorded").count()) == (1, 1)


def test_the_second_of_two_officers_is_told_in_clear_words_and_keeps_what_was_typed(desk, planned, visited):
    visit = planned()
    visited(visit=visit)

    answer = desk.post(f"/program/kunjungan/{visit.pk}/catat/", filled(notes="catatan yang panjang"))

    assert answer.status_code == 409
    assert "isian Anda belum disimpan" in answer.content.decode()
    assert "catatan yang panjang" in answer.content.decode()


def test_what_cannot_be_recorded_stands_beside_its_field(desk, planned):
    answer = desk.post(f"/program/kunjungan/{planned().pk}/catat/", filled(is_nil="on"))

    assert answer.status_code == 422
    assert "Isi sejak hari apa" in answer.content.decode()


def test_a_visit_is_cancelled_with_a_reason_only(desk, planned):
    visit = planned()

    without = desk.post(f"/program/kunjungan/{visit.pk}/batal/", {"version": "1", "why": ""})
    with_one = desk.post(f"/program/kunjungan/{visit.pk}/batal/", {"version": "1", "why": "jalan putus"})

    assert (without.status_code, with_one.status_code) == (422, 302)
    assert "jalan putus" in desk.get(f"/program/kunjungan/{visit.pk}/").content.decode()


@pytest.mark.parametrize("door", ["", "catat/", "batal/"])
def test_a_visit_of_another_office_is_absent(sign_in, actor_of, planned, door):
    client = sign_in(actor_of("kanim-kupang", role="analyst"))
    address = f"/program/kunjungan/{planned().pk}/{door}"

    assert (client.post(address, filled()) if door else client.get(address)).status_code == 404


def test_a_role_that_only_reads_records_nothing(sign_in, actor_of, planned, analyst):
    client = sign_in(actor_of(OFFICE, role="case_officer"))

    assert client.post(f"/program/kunjungan/{planned().pk}/catat/", filled()).status_code == 403


# --- the month ---


def test_the_month_shows_the_round_and_the_figures(desk, partner, planned, visited):
    partner()
    visited(is_nil=True, nil_from=TODAY, heads=12)
    planned(on=date(2026, 3, 20))

    page = desk.get("/program/bulan/2026-03/").content.decode()

    assert "Kunjungan saya bulan ini" in page
    assert "Program desa, Maret 2026" in page
    assert "0 laporan, 1 laporan nihil" in page


def test_a_month_to_come_shows_its_plan_and_claims_nothing(desk, partner, planned):
    partner()
    planned(on=date(2026, 5, 12))

    page = desk.get("/program/bulan/2026-05/").content.decode()

    assert "Bulan ini belum mulai" in page
    assert "12 Mei 2026" in page
    assert "keadaan per 4 Mar 2026" in page
    assert "kunjungan lewat waktu" not in page
    assert "Laporan bulan ini (PDF)" not in page


def test_this_month_is_one_click_away(desk):
    assert desk.get("/program/bulan/")["Location"] == "/program/bulan/2026-03/"


def test_what_is_no_month_is_said(desk):
    answer = desk.get("/program/bulan/2026-15/")

    assert answer.status_code == 404
    assert "bukan bulan" in answer.content.decode()


def test_the_region_reads_the_month_office_by_office(sign_in, region, partner, agency_of, actor_of):
    partner()
    agency_of("kanim-kupang", parent="kanwil-im-ntt")
    partner(TULAKADI, by=actor_of("kanim-kupang", role="analyst"))

    client = sign_in(actor_of("kanwil-im-ntt", role="analyst", username="kanwil-3"))
    page = client.get("/program/bulan/2026-03/").content.decode()

    assert "Kanim Atambua" in page
    assert "Kanim Kupang" in page
    assert "Desa Silawan" in client.get("/program/bulan/2026-03/?office=kanim-atambua").content.decode()


def test_another_offices_month_is_not_opened_by_its_name(sign_in, actor_of, partner):
    partner()

    page = sign_in(actor_of("kanim-kupang", role="analyst")).get("/program/bulan/2026-03/?office=kanim-atambua")

    assert "Silawan" not in page.content.decode()


@pytest.mark.parametrize(
    "door",
    [
        "",
        "atur/",
        "desa/baru/",
        "desa/53.04.02.2001/",
        "kunjungan/rencana/",
        "kunjungan/catat/",
        "bulan/",
        "bulan/2026-03/",
    ],
)
def test_nobody_is_let_in_without_signing_in(client, db, door):
    answer = client.post(f"/program/{door}") if door == "atur/" else client.get(f"/program/{door}")

    assert (answer.status_code, answer["Location"][:6]) == (302, "/akun/")
