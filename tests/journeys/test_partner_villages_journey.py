"""An officer's month in the partner villages: planned, visited, nil reported, and read again on the page of the month."""

import re
from datetime import datetime, timedelta
from io import BytesIO

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from kentongan.kit.periods import WITA

from . import steps
from .browser import NARROW, Desks

pytestmark = pytest.mark.browser

SILAWAN = "53.04.02.2001"
SILAWAN_PAGE = f"/program/desa/{SILAWAN}/"


def test_an_officers_month_from_plan_to_visit_to_nil_report_to_the_page_of_the_month(desks: Desks) -> None:
    officer = desks.of("analis.atambua", viewport=NARROW)
    today = datetime.now(WITA).date()

    plan_a_visit_today(officer)
    open_todays_visit(officer)
    record_a_nil_visit(officer)
    visit = officer.url

    steps.fact(officer, "Laporan nihil").get_by_role("link").click()
    expect(officer.locator(".page-head .chip--nil")).to_be_visible()

    officer.goto(f"/program/bulan/{today:%Y-%m}/")
    expect(officer.get_by_role("heading", level=1)).to_contain_text("Program desa")
    expect(
        steps.panel(officer, "Kegiatan yang terlaksana").locator(f"a[href='/program/kunjungan/{steps.key(visit)}/']")
    ).to_be_visible()
    expect(steps.panel(officer, "Ringkasan")).to_contain_text("kunjungan")
    the_report_of_the_month_is_a_paper(officer, f"/program/laporan/{today:%Y-%m}.pdf")

    village = desks.of("desa.silawan", viewport=NARROW, java_script_enabled=False)
    village.goto(SILAWAN_PAGE)
    done = steps.panel(village, "Yang dilakukan")
    expect(done.locator(f"a[href='/program/kunjungan/{steps.key(visit)}/']")).to_be_visible()
    expect(village.get_by_role("link", name="Rencanakan kunjungan")).to_have_count(0)


def test_the_second_of_two_officers_who_record_one_visit_is_told(desks: Desks) -> None:
    first, second = desks.of("analis.atambua"), desks.of("analis.atambua")
    plan_a_visit_today(first)
    open_todays_visit(first)
    second.goto(first.url)

    record_a_nil_visit(first)
    fill_the_record(second)
    second.get_by_role("button", name="Simpan kunjungan").click()

    expect(second.get_by_role("alert")).to_contain_text("Petugas lain sudah mengubahnya")


def the_report_of_the_month_is_a_paper(officer: Page, address: str) -> None:
    """The list of reports leads to the month's report as a PDF that tells of the visit."""
    officer.goto("/program/")
    officer.locator("main a[href='/program/laporan/']").click()
    offered = officer.locator(f"main a[href^='{address}']").first
    expect(offered).to_be_visible()
    paper = officer.request.get(offered.get_attribute("href") or "")
    assert paper.status == 200
    assert paper.headers["content-type"] == "application/pdf"
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(paper.body())).pages)
    assert "Silawan" in text
    assert "nihil" in text.casefold()


def plan_a_visit_today(page: Page) -> None:
    """The officer's plan has a visit to Silawan today, and the month is on the screen."""
    page.goto(SILAWAN_PAGE)
    page.get_by_role("link", name="Rencanakan kunjungan").click()
    expect(page.get_by_label("Desa binaan")).to_have_value(SILAWAN)
    page.get_by_label("Untuk apa").fill("menanyakan keberangkatan bulan ini")
    page.get_by_role("button", name="Simpan rencana").click()
    expect(page).to_have_url(re.compile(r"/program/bulan/\d{4}-\d{2}/$"))


def open_todays_visit(page: Page) -> None:
    """The visit that was just planned is open."""
    mine = page.locator("section.month__round")
    mine.get_by_role("row").filter(has_text="direncanakan").first.get_by_role("link").click()
    expect(page).to_have_url(re.compile(rf"/program/kunjungan/{steps.RECORD}/$"))


def record_a_nil_visit(page: Page) -> None:
    """The visit on the screen is done, and a nil report stands beside it."""
    fill_the_record(page)
    page.get_by_role("button", name="Simpan kunjungan").click()
    expect(page.locator(".page-head .chip--done")).to_be_visible()
    expect(page.locator(".page-head .chip--nil")).to_be_visible()


def fill_the_record(page: Page) -> None:
    """What the visit was is filled in."""
    today = datetime.now(WITA).date()
    page.get_by_label("cara melapor dan laporan nihil").check()
    page.get_by_label("kepala desa atau lurah").fill("1")
    page.get_by_label("Jumlah peserta").fill("12")
    page.get_by_label("Nihil: desa tidak melaporkan apa-apa").check()
    page.get_by_label("Nihil sejak").fill((today - timedelta(days=7)).isoformat())
