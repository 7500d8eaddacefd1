"""An agreement from its recording to its suspension, and what the partner's analyst sees at every step."""

import re
import time
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from kentongan.audit.proofs import check, proof_of

from . import steps
from .browser import Desks

pytestmark = pytest.mark.browser

REGENCIES = ("Kabupaten Pandeglang", "Kabupaten Lebak", "Kabupaten Tangerang", "Kabupaten Serang")
SEALED_WITHIN_S = 120
PURPOSE = "Penyelidikan dan penyidikan"


def test_an_agreement_opens_what_it_says_and_its_suspension_closes_it_at_the_next_click(desks: Desks) -> None:
    coordinator, analyst = desks.of("koordinator.banten"), desks.of("analis.polda")
    steps.state_purpose(analyst, PURPOSE)
    expect_no_events(analyst)

    memorandum = record(
        coordinator,
        kind="mou",
        title="Nota kesepahaman uji Polri dan Kemenimipas",
        parties=("polri", "kemenimipas"),
    )
    agreement = record(
        coordinator,
        kind="pks",
        title="Perjanjian kerja sama uji Kanwil Imigrasi dan Polda Banten",
        parties=("kanwil-im-banten", "polda-banten"),
        under="Nota kesepahaman uji",
    )
    expect(coordinator.get_by_label("Letak halaman").get_by_role("link", name="Nota kesepahaman uji")).to_be_visible()

    draft_clause(coordinator)
    clause = coordinator.locator("#klausul-1")
    expect(clause).to_contain_text("beserta jajarannya memberi kejadian")
    expect(clause).to_contain_text(
        "di Kabupaten Lebak (36.02), Kabupaten Pandeglang (36.01), Kabupaten Serang (36.04), dan"
    )
    expect(clause).to_contain_text("Yang tidak disebut tidak dibagikan. Kejadian: judul; jumlah orang")
    expect(clause.locator(".chip--proposed")).to_be_visible()
    expect_no_events(analyst)

    event, title = first_trafficking_event(coordinator)
    coordinator.goto(agreement)
    coordinator.get_by_role("link", name=re.compile("Uji.*klausul 1")).click()
    try_the_clause(coordinator, event)
    expect(steps.panel(coordinator, "Hasil")).to_contain_text("terlihat sebagian")
    expect_no_events(analyst)  # a trial opens nothing

    for leader in ("pimpinan.banten", "pimpinan.polda"):
        approve(desks.of(leader), agreement)
    coordinator.goto(agreement)
    expect(coordinator.locator("#klausul-1").locator(".chip--done")).to_be_visible()

    analyst.goto("/kejadian/?state=confirmed")
    seen = analyst.locator("main table.data tbody tr")
    assert seen.count() > 0
    analyst.goto(event)
    expect(analyst.locator("main")).not_to_contain_text(title)
    expect(steps.panel(analyst, "Tidak dibagikan")).to_contain_text("jumlah orang")
    expect(analyst.locator("main")).to_contain_text("Kab. Serang")
    by_which = steps.panel(analyst, "Dibagikan menurut")
    expect(by_which.get_by_role("link", name=re.compile("Perjanjian kerja sama uji"))).to_be_visible()

    steps.state_purpose(analyst, "Pencegahan")  # the same officer, another purpose
    assert status(analyst, event) == 404
    steps.state_purpose(analyst, PURPOSE)
    assert status(analyst, event) == 200

    suspend(coordinator, agreement)
    assert status(analyst, event) == 404
    expect_no_events(analyst)
    analyst.goto(memorandum)
    expect(analyst.locator(".page-head .chip--done")).to_be_visible()  # what stands above goes on

    prove_what_the_police_saw(desks.of("pengawas"), event, title)


def prove_what_the_police_saw(page: Page, event: str, title: str) -> None:
    """The overseer has found who saw the event, why and under which clause, and holds the proof of that row as a file."""
    record = f"event:{steps.key(event)}"
    page.goto(f"/pengawasan/?event=record.read&subject={record}&agency=polda-banten")
    row = page.locator("main table.data tbody tr").first
    expect(row).to_contain_text("membaca catatan")
    expect(row).to_contain_text("Polda Banten")
    expect(row).to_contain_text(PURPOSE)
    expect(row.get_by_role("link", name=re.compile("Ruang lingkup 1, Perjanjian kerja sama uji"))).to_be_visible()
    expect(page.locator("main")).not_to_contain_text(title)

    row.get_by_role("link").first.click()
    expect(steps.fact(page, "Catatan")).to_have_text(record)
    until_sealed(page)
    expect(page.get_by_text("Bukti berlaku.")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Unduh buktinya").click()
    proved = check(proof_of(Path(download.value.path()).read_text(encoding="utf-8")))
    assert proved is not None
    assert (proved.row["subject"], proved.row["agency"]) == (record, "polda-banten")
    assert str(proved.row["clause"]).startswith("clause:")


def until_sealed(page: Page) -> None:
    """The worker has sealed the row on the page; it does so every minute."""
    until = time.monotonic() + SEALED_WITHIN_S
    while page.get_by_text("Bukti berlaku.").count() == 0 and time.monotonic() < until:
        page.wait_for_timeout(2000)
        page.reload()


def record(page: Page, *, kind: str, title: str, parties: tuple[str, ...], under: str = "") -> str:
    """The signed paper is recorded; returns its address."""
    page.goto("/perjanjian/baru/")
    page.get_by_label("Jenis", exact=True).select_option(kind)
    page.get_by_label("Judul").fill(title)
    page.get_by_label("Para pihak").select_option(list(parties))
    if under:
        parent = page.get_by_label("Instrumen induk")
        parent.select_option(parent.locator("option", has_text=under).get_attribute("value"))
    signed = (date(2026, 11, 16) - timedelta(days=30)).isoformat()
    page.get_by_label("Ditandatangani pada").fill(signed)
    page.get_by_label("Berlaku sejak").fill(signed)
    page.get_by_role("button", name="Catat instrumen").click()
    expect(page).to_have_url(re.compile(rf"/perjanjian/{steps.RECORD}/$"))
    expect(page.locator(".page-head .chip--done")).to_be_visible()
    return page.url


def draft_clause(page: Page) -> None:
    """Trafficking events of four regencies are drafted to go to the police, without title and head-count."""
    page.get_by_role("link", name="Draf klausul baru").click()
    page.locator("[name=giver]").select_option("kanwil-im-banten")
    page.get_by_label("Pemberi beserta jajarannya").check()
    page.locator("[name=receiver]").select_option("polda-banten")
    page.get_by_label("Penerima beserta jajarannya").check()
    page.get_by_label(PURPOSE).check()
    page.locator("[name=roots]").fill("\n".join(REGENCIES))
    page.get_by_label("Hanya jenis kejadian").select_option("TPPO")
    page.locator("main summary", has_text="Kejadian").click()
    page.locator("[name='give-events']").check()
    page.locator("[name='release-events-place'][value=full]").check()
    page.locator("[name='release-events-time'][value=full]").check()
    page.get_by_label("Disimpan paling lama (hari)").fill("365")
    page.get_by_role("button", name="Simpan draf").click()
    expect(page).to_have_url(re.compile(rf"/perjanjian/{steps.RECORD}/#klausul-1$"))


def first_trafficking_event(page: Page) -> tuple[str, str]:
    """Return the address and the title of a confirmed trafficking event of Kabupaten Serang."""
    page.goto("/kejadian/?state=confirmed&kind=TPPO&place=Kabupaten+Serang%2C+Banten")
    link = page.locator("main table.data a[href^='/kejadian/']").first
    address = link.get_attribute("href")
    assert address is not None
    return address, link.inner_text()


def try_the_clause(page: Page, event: str) -> None:
    """The trial shows what an analyst of Polda Banten would see of the event."""
    page.get_by_label("Yang melihat").select_option("polda-banten")
    page.get_by_label("Dalam peran").select_option("analyst")
    page.get_by_label("Dengan tujuan").select_option(label=PURPOSE)
    page.get_by_label("Atau alamat catatan lain").fill(event)
    page.get_by_role("button", name="Coba").click()
    rows = steps.panel(page, "Hasil").locator("tbody tr")
    expect(rows.filter(has_text="judul").last).to_contain_text("tidak dibagikan")
    expect(rows.filter(has_text="tempat").first).to_contain_text("utuh")


def approve(page: Page, agreement: str) -> None:
    """The leader has approved the first clause."""
    page.goto(agreement)
    clause = page.locator("#klausul-1")
    clause.get_by_text("Setujui atas nama").click()
    clause.get_by_label("Jabatan Anda").fill("Kepala")
    clause.get_by_label("Saya membaca klausul ini").check()
    clause.get_by_role("button", name="Setujui klausul").click()
    expect(page.get_by_text("Persetujuan dicatat.")).to_be_visible()


def suspend(page: Page, agreement: str) -> None:
    """The agreement is suspended at once."""
    page.goto(agreement)
    decisions = steps.panel(page, "Keputusan pihak")
    decisions.locator("summary", has_text="Tangguhkan").click()
    decisions.get_by_label("Alasan").first.fill("Menunggu evaluasi bersama.")
    decisions.get_by_role("button", name="Tangguhkan").click()
    expect(page.locator(".page-head .chip--overdue")).to_have_text("ditangguhkan")


def expect_no_events(page: Page) -> None:
    """The list of events is empty."""
    page.goto("/kejadian/")
    expect(page.locator("main .empty")).to_be_visible()


def status(page: Page, address: str) -> int:
    """Return how the page is answered."""
    answer = page.goto(address)
    assert answer is not None
    return answer.status
