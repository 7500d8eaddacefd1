"""What officers do on the screens, step by step; each step ends when its result is on the screen."""

import re
from datetime import date

from playwright.sync_api import Locator, Page, expect

TITLE = "Tujuh calon pekerja migran batal berangkat dari Silawan"
ARTICLE = """\
ATAMBUA - Petugas pos lintas batas menggagalkan keberangkatan 7 orang calon pekerja migran nonprosedural di Desa Silawan, \
Kecamatan Tasifeto Timur, Kabupaten Belu, Kamis (12/11/2026). Rombongan itu dijanjikan pekerjaan di kebun sawit di Malaysia.

Seorang perekrut dari luar desa meminta uang muka kepada keluarga mereka. Kantor Imigrasi Atambua menyatakan masih mendalami \
keterangan warga."""

TOLD_WITHIN_S = 60
RECORD = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def paste_an_article(page: Page, *, text: str = ARTICLE, title: str = TITLE, source: str = "Kabar Uji") -> str:
    """The article is received as a report; returns the report's address."""
    page.goto("/laporan/baru/")
    page.get_by_label("Teks laporan").fill(text)
    page.get_by_label("Judul").fill(title)
    page.get_by_label("Sumber").fill(source)
    page.get_by_label("Tanggal terbit").fill("2026-11-13")
    page.get_by_role("button", name="Terima laporan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    return page.url


def wait_until_read(page: Page) -> Locator:
    """The report is shown with its evidence marked; the page looks again by itself until the worker has read it."""
    evidence = page.locator("mark.evidence")
    expect(evidence.first).to_be_visible()
    return evidence


def open_the_event_of(page: Page) -> str:
    """The event that the report proposed is open; returns its address."""
    page.locator("main article a[href^='/kejadian/']").first.click()
    expect(page).to_have_url(re.compile(rf"/kejadian/{RECORD}/$"))
    return page.url


def confirm(page: Page) -> None:
    """The event on the screen is confirmed."""
    page.get_by_role("button", name="Konfirmasi kejadian").click()
    expect(page.locator(".page-head .chip--confirmed")).to_be_visible()


def run_the_watch(page: Page, *, as_of: date) -> None:
    """The worker has run the watch as of the day, and the run is on the screen."""
    page.goto("/pemantauan/")
    watch = panel(page, "NTT dan Banten")
    watch.get_by_label("Keadaan pada akhir hari").fill(as_of.isoformat())
    watch.get_by_role("button", name="Jalankan sekarang").click()
    expect(page).to_have_url(re.compile(rf"/pemantauan/jalan/{RECORD}/$"))
    expect(page.locator(".page-head .chip--done")).to_be_visible(timeout=90_000)


def open_the_finding(page: Page, place: str) -> str:
    """The finding of the run around the place is open; returns its address."""
    page.get_by_role("row", name=re.compile(place)).get_by_role("link").first.click()
    expect(page).to_have_url(re.compile(rf"/temuan/{RECORD}/$"))
    return page.url


def raise_alert(page: Page, *, to: str, because: str) -> str:
    """An alert about the finding or event on the screen has gone to the agency; returns the alert's address."""
    page.get_by_role("link", name="Kirim peringatan").click()
    page.get_by_label("Instansi yang dituju").select_option(value=to)
    page.get_by_label("Alasan memilih instansi lain").fill(because)
    page.get_by_label("Apa yang diminta").fill("Mohon diperiksa bersama perangkat desa dan dilaporkan hasilnya.")
    page.get_by_role("button", name="Kirim peringatan").click()
    expect(page).to_have_url(re.compile(rf"/peringatan/{RECORD}/$"))
    return page.url


def confirmed_event(page: Page, *, is_newest: bool = True) -> str:
    """A confirmed event of the simulation, the first or the last of the list's page, is open; returns its address."""
    page.goto("/kejadian/?state=confirmed")
    listed = page.locator("table.data a[href^='/kejadian/']")
    (listed.first if is_newest else listed.last).click()
    expect(page.locator(".page-head .chip--confirmed")).to_be_visible()
    return page.url


def fact(page: Page, name: str) -> Locator:
    """Return the value that stands beside a name in a list of facts."""
    return page.locator(f"dl.facts dt:text-is('{name}') + dd").first


def panel(page: Page, heading: str) -> Locator:
    """Return the section under the heading."""
    return page.locator("section.panel", has=page.get_by_role("heading", name=heading, exact=True))


def key(address: str) -> str:
    """Return the last part of a record's address."""
    return address.rstrip("/").rsplit("/", 1)[-1]


def state_purpose(page: Page, purpose: str) -> None:
    """The officer has stated the purpose in the head of the page."""
    page.goto("/")
    page.locator("details.duty > summary").click()
    page.get_by_label("Tujuan membuka data").select_option(label=purpose)
    page.get_by_role("button", name="Nyatakan tujuan").click()
    expect(page.locator("details.duty > summary")).to_contain_text(purpose)


def open_notice(page: Page, words: str, *, to: str) -> None:
    """What the newest notice with these words leads to is open: an address with this part, once the worker has told of it."""
    for _second in range(TOLD_WITHIN_S):
        page.goto("/pemberitahuan/")
        newest = page.get_by_role("row").filter(has_text=words).first.get_by_role("button", name="Buka")
        with page.expect_navigation():
            newest.click()
        if to in page.url:
            return
        page.wait_for_timeout(1000)
    raise AssertionError(f"no notice with {words!r} leads to {to}; the newest leads to {page.url}")


def deed(page: Page, heading: str) -> Locator:
    """Return the form behind a heading that unfolds, unfolded."""
    called = page.locator("summary", has_text=re.compile(rf"^\s*{re.escape(heading)}\s*$"))
    unfolding = page.locator("main details").filter(has=called).first
    unfolding.locator("summary").first.click()
    return unfolding.locator("form")


def state(page: Page) -> Locator:
    """Return the chip that says in which state the record on the screen is."""
    return page.locator(".page-head .chip").first


def status(page: Page, address: str) -> int:
    """Return how the page is answered."""
    answer = page.goto(address)
    assert answer is not None
    return answer.status
