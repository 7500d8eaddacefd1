"""The report of a month and a quarter: what was done, what was not, what comes next, and who signs, without names."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from kentongan.briefings.programme_report import facts_of, period_of_month, period_of_quarter, programme_report_pdf
from kentongan.programme.rules import Month, month_of

from .conftest import OFFICE, SADI, TULAKADI

MARKUP = 'Ada #set page("a3") *tebal* _miring_ $x^2$ di catatan'


@pytest.fixture
def facts(office, officer, now):
    """Make the facts of a month of the office: `facts(Month(date(2026, 1, 1)))`."""

    def make(month=None):
        return facts_of(
            period_of_month(OFFICE, month or month_of(timezone.localdate(now)), officer(), at=now), office, at=now
        )

    return make


def test_a_month_tells_what_was_done_with_functions_and_numbers(facts, partner, visit, today):
    visit(partner(), notes="  Minta poster\n dua bahasa ")

    told = facts()

    assert told["activities"] == [
        {
            "day": f"{today:%d-%m-%Y}",
            "village": "Silawan, Kec. Tasifeto Timur",
            "kind": "penyuluhan",
            "met": "kepala desa atau lurah 1, perangkat desa 4",
            "topics": "pencegahan TPPO",
            "heads": "41",
            "result": "Minta poster dua bahasa",
        }
    ]
    assert ["Peserta seluruhnya (orang)", "0", "41"] in told["summary"]["rows"]
    assert told["area"] == "1 desa binaan di Kabupaten Belu"
    assert told["addressee"] == "Yth. Kepala Kanwil Im Ntt"


def test_nothing_done_is_said_to_be_nothing(facts, office, pages_of, officer, now, today):
    period = period_of_month(OFFICE, month_of(today), officer(), at=now)

    printed = " ".join(" ".join(pages_of(programme_report_pdf(period, office, at=now))).split())

    assert "Nihil: tidak ada kegiatan yang tercatat terlaksana dalam periode ini." in printed


def test_late_and_silent_villages_stand_among_the_obstacles(facts, partner, today):
    partner()
    resting = partner(TULAKADI, status="suspended", changed_why="musim hujan")
    resting.suspensions.create(suspended_on=today)

    told = facts()

    assert told["obstacles"] == [
        "1 desa binaan terlambat dikunjungi: Silawan.",
        "1 desa binaan tanpa kabar lebih dari 4 pekan: Silawan.",
    ]
    assert [row["remark"].partition(" ")[0] for row in told["villages"]] == ["terlambat", "–"]


def test_decrees_are_named_and_unknown_ones_left_to_be_written(facts, partner):
    partner()
    public = {"is_reported_publicly": True, "source": "pers", "source_on": date(2024, 8, 13)}
    partner(TULAKADI, decree_number="", decree_on=None, **public)

    grounds = facts()["grounds"]

    assert grounds[1] == "Keputusan tentang penetapan desa binaan: W.22/IMI-5/2024, 20 Juni 2024"
    assert grounds[2].startswith("Keputusan penetapan 1 desa binaan yang nomornya belum dicatat: ...")


def test_a_running_month_is_provisional_and_shows_the_rest_of_its_plan(facts, partner, visit, next_month, today):
    village = partner()
    visit(village, state="planned", planned_on=next_month, why="lanjutan")

    told = facts()

    assert "sementara, sampai" in told["period"]
    assert told["next_heading"] == "Rencana selanjutnya"
    assert [row["why"] for row in told["next"]] == ["lanjutan"]


def test_what_is_planned_for_today_is_still_to_come(facts, partner, visit, today):
    visit(partner(), state="planned", planned_on=today, why="hari ini")

    told = facts()

    assert [row["why"] for row in told["next"]] == ["hari ini"]
    assert not any("belum dicatat terlaksana" in said for said in told["obstacles"])


def test_what_was_planned_for_the_last_day_and_not_done_is_an_obstacle(facts, partner, visit, today):
    last = today.replace(day=1) - timedelta(days=1)
    visit(partner(), state="planned", planned_on=last, why="hari terakhir")

    told = facts(month_of(last))

    assert told["obstacles"][-1] == "1 kegiatan yang direncanakan belum dicatat terlaksana sampai akhir periode."
    assert told["next"] == []


def test_what_was_planned_for_the_next_month_stays_its_plan_when_it_is_done(facts, partner, visit, today):
    village = partner()
    visit(village, why="sudah terlaksana")
    visit(village, planned_on=None, why="tanpa rencana")

    told = facts(month_of(today).before)

    assert [row["why"] for row in told["next"]] == ["sudah terlaksana"]


def test_a_month_that_is_over_is_final(facts, today):
    told = facts(month_of(today).before)

    assert "sementara" not in told["period"]
    assert told["next_heading"] == "Rencana bulan depan"


def test_a_quarter_has_its_months_beside_the_whole(officer, office, partner, visit, pages_of, now):
    visit(partner(), done_on=date(2025, 8, 12), planned_on=date(2025, 8, 12))
    visit(partner(SADI), done_on=date(2025, 9, 2), planned_on=None, heads=9)

    period = period_of_quarter(OFFICE, 2025, 3, officer(), at=now)
    facts = facts_of(period, office, at=now)

    assert facts["summary"]["heads"] == ["Uraian", "Juli", "Agustus", "September", "Triwulan"]
    assert ["Peserta seluruhnya (orang)", "0", "41", "9", "50"] in facts["summary"]["rows"]
    assert facts["period"] == "Triwulan III 2025"
    printed = " ".join(" ".join(pages_of(programme_report_pdf(period, office, at=now))).split())
    assert "LAPORAN TRIWULAN" in printed
    assert "Petugas Imigrasi Pembina Desa" in printed
    assert "Nama jelas dan NIP" in printed


def test_no_officer_is_named_on_paper(officer, office, partner, visit, pages_of, now, today):
    from kentongan.agencies.models import Officer

    actor = officer()
    visit(partner(), officer=Officer.objects.get())

    printed = " ".join(
        pages_of(programme_report_pdf(period_of_month(OFFICE, month_of(today), actor, at=now), office, at=now))
    )

    assert Officer.objects.get().full_name not in printed


def test_what_was_written_in_a_note_is_printed_as_it_stands(officer, office, partner, visit, pages_of, now, today):
    visit(partner(), notes=MARKUP)

    pages = pages_of(programme_report_pdf(period_of_month(OFFICE, month_of(today), officer(), at=now), office, at=now))

    assert MARKUP in " ".join(" ".join(pages).split())


def test_long_notes_are_cut_at_a_word(facts, partner, visit):
    visit(partner(), notes="panjang " * 100)

    (row,) = facts()["activities"]

    assert row["result"].endswith("panjang … (lengkap di sistem)")


def test_many_visits_run_over_pages_with_their_head(officer, office, partner, visit, pages_of, now):
    village = partner()
    for number in range(60):
        visit(village, done_on=date(2025, 8, 1) + timedelta(days=number % 30), planned_on=None)

    period = period_of_month(OFFICE, Month(date(2025, 8, 1)), officer(), at=now)
    pages = pages_of(programme_report_pdf(period, office, at=now))

    assert len(pages) > 2
    assert sum("Unsur yang" in page for page in pages) >= 2
    assert f"Halaman 1 dari {len(pages)}" in pages[0]


def test_figures_that_a_role_may_not_see_are_dashes(officer, office, partner, now, today):
    partner()
    actor = officer(role="coordinator")

    summary = facts_of(period_of_month(OFFICE, month_of(today), actor, at=now), office, at=now)["summary"]

    rows = {row[0]: row[1:] for row in summary["rows"]}
    assert rows["Laporan masuk dari desa binaan"][-1] == "–"
    assert rows["Desa binaan pada akhir periode"][-1] == "1"
    assert "tidak terbuka bagi peran" in summary["note"]
