"""A warning that turns out to be nothing: answered, looked into, closed as false; and quiet afterwards."""

from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from . import steps
from .browser import Desks
from .installation import ENDS

pytestmark = pytest.mark.browser

DAY = ENDS - timedelta(days=3)
TITLE = "Rombongan berkumpul di balai Desa Naekasa"
TOLD = (
    "ATAMBUA - Warga melaporkan 24 orang calon pekerja migran nonprosedural berkumpul di Desa Naekasa, Kecamatan Tasifeto "
    f"Barat, Kabupaten Belu, Jumat ({DAY:%d/%m/%Y}). Mereka membawa tas besar dan menunggu truk."
)
ASKED = "Mohon dilihat siapa yang berkumpul dan hendak ke mana."
FOUND = "Rombongan ziarah paroki, pulang sore itu juga; daftar peserta ada pada ketua rombongan."
WHY = "Perjalanan ziarah, bukan keberangkatan pekerja."
DIFFERENT = "Perekrut yang sama terlihat di desa itu sesudah rombongan pulang."
ADDRESSED = "polres-belu"


def test_a_false_alarm_is_looked_into_closed_and_not_raised_again_without_a_reason(desks: Desks) -> None:
    sender, officer = desks.of("analis.atambua"), desks.of("petugas.belu")
    event = a_confirmed_event(sender)
    alert = steps.raise_alert(sender, to=ADDRESSED, because="Satuan ini paling dekat dengan desanya.")
    expect(told(sender)).to_contain_text("Yang akan datang")
    cases = number_of_cases(officer)

    look_into(officer, alert)
    close_as_false(officer)

    expect_silence(officer, alert)
    assert number_of_cases(officer) == cases
    assert steps.status(officer, event) == 404  # what the alert was about is shown only while there is something to do

    expect_the_sender_to_know(sender, alert)
    expect_a_second_alert_to_need_a_reason(sender, event)


def a_confirmed_event(analyst: Page) -> str:
    """An event that a report tells of is confirmed; returns its address."""
    steps.paste_an_article(analyst, text=TOLD, title=TITLE)
    steps.wait_until_read(analyst)
    event = steps.open_the_event_of(analyst)
    steps.confirm(analyst)
    return event


def look_into(officer: Page, alert: str) -> None:
    """The alert is acknowledged, and what was found stands with it."""
    officer.goto(alert)
    expect(officer.get_by_role("link", name="Buka kejadiannya")).to_be_visible()
    officer.get_by_role("button", name="Kami terima").click()
    closing = steps.panel(officer, "Tutup")
    expect(closing.get_by_role("option", name="tidak benar")).to_have_count(0)  # nobody has looked yet
    officer.get_by_label("Yang ditemukan").fill(FOUND)
    officer.get_by_role("button", name="Catat verifikasi").click()
    expect(steps.state(officer)).to_have_text("diverifikasi")


def close_as_false(officer: Page) -> None:
    """The alert on the screen has ended as false, and says why."""
    closing = steps.panel(officer, "Tutup")
    closing.get_by_label("Hasil").select_option(label="tidak benar")
    closing.get_by_label("Penjelasan").fill(WHY)
    closing.get_by_role("button", name="Tutup peringatan").click()
    expect(steps.state(officer)).to_have_text("selesai")


def expect_silence(officer: Page, alert: str) -> None:
    """No step of the ladder is still to come, nothing waits at the desk, and nothing more can be done with the alert."""
    expect(told(officer)).to_contain_text("ditutup")
    expect(told(officer)).not_to_contain_text("Yang akan datang")
    expect(told(officer)).not_to_contain_text("mengingatkan")
    for button in ("Kami terima", "Catat verifikasi", "Tunda pemberitahuan", "Tutup peringatan"):
        expect(officer.get_by_role("button", name=button)).to_have_count(0)
    officer.goto("/")
    expect(officer.locator(f"a[href='/peringatan/{steps.key(alert)}/']")).to_have_count(0)


def expect_the_sender_to_know(sender: Page, alert: str) -> None:
    """Whoever raised it reads what was found, how it ended and why."""
    sender.goto(alert)
    expect(steps.fact(sender, "Hasil")).to_have_text("tidak benar")
    expect(steps.fact(sender, "Penjelasan")).to_have_text(WHY)
    expect(told(sender)).to_contain_text(FOUND)


def expect_a_second_alert_to_need_a_reason(sender: Page, event: str) -> None:
    """The page says that the same was closed as false lately; it is raised again only with what is different now."""
    sender.goto(event)
    sender.get_by_role("link", name="Kirim peringatan").click()
    warning = sender.locator(".notice--warning")
    expect(warning).to_contain_text(WHY)
    expect(warning).to_contain_text("peringatan baru hanya dikirim dengan alasan")
    sender.get_by_label("Instansi yang dituju").select_option(value=ADDRESSED)
    sender.get_by_label("Alasan memilih instansi lain").fill("Satuan ini paling dekat dengan desanya.")
    sender.get_by_label("Apa yang diminta").fill(ASKED)
    different = sender.get_by_label("Apa yang berbeda sekarang")
    different.fill("   ")  # the browser takes blanks for an answer, the server does not
    sender.get_by_role("button", name="Kirim peringatan").click()
    expect(sender.locator(".field--wrong", has=different)).to_be_visible()
    expect(sender.get_by_label("Apa yang diminta")).to_have_value(ASKED)

    different.fill(DIFFERENT)
    sender.get_by_role("button", name="Kirim peringatan").click()
    expect(steps.state(sender)).to_have_text("menunggu diterima")
    expect(told(sender)).to_contain_text(DIFFERENT)


def number_of_cases(officer: Page) -> int:
    """Return how many cases the officer sees."""
    officer.goto("/perkara/")
    return officer.locator("main table.data tbody tr").count()


def told(page: Page) -> Locator:
    """Return what was done with the alert and who was told of it, on its page."""
    return steps.panel(page, "Siapa diberi tahu, kapan")
