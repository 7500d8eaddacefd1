"""The main job, from an article to an answered alert."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from . import steps
from .browser import Desks
from .installation import ENDS

pytestmark = pytest.mark.browser

LAST_SUNDAY = ENDS - timedelta(days=1)
PLANTED = "Humusu Wini"
"""The centre of the cluster that the simulation plants in its last weeks."""

ADDRESSED = "kanim-atambua"


def test_an_article_becomes_an_event_that_an_officer_confirms(desks: Desks) -> None:
    analyst = desks.of("analis")

    steps.paste_an_article(analyst)
    evidence = steps.wait_until_read(analyst)

    expect(evidence.filter(has_text="Silawan").first).to_have_attribute("data-field", "place")
    expect(evidence.filter(has_text="12/11/2026").first).to_have_attribute("data-field", "date")
    expect(evidence.filter(has_text="7 orang").first).to_be_visible()

    event = steps.open_the_event_of(analyst)
    expect(analyst.locator(".page-head .chip--proposed")).to_be_visible()
    expect(steps.fact(analyst, "Di mana")).to_contain_text("53.04.02.2001")
    expect(steps.fact(analyst, "Kapan")).to_contain_text("12 Nov 2026")
    expect(steps.fact(analyst, "Orang")).to_have_text("7")

    steps.confirm(analyst)
    analyst.goto("/kejadian/?state=confirmed&place=Silawan%2C+Belu")
    expect(analyst.locator(f"a[href='/kejadian/{steps.key(event)}/']")).to_be_visible()


def test_a_finding_of_the_watch_is_raised_acknowledged_verified_and_closed(desks: Desks) -> None:
    analyst = desks.of("analis")

    steps.run_the_watch(analyst, as_of=LAST_SUNDAY)
    finding = steps.open_the_finding(analyst, PLANTED)
    expect(steps.panel(analyst, "Mengapa")).to_contain_text(f"kejadian di 5 desa sekitar {PLANTED}")
    expect(steps.panel(analyst, "Tempat di dalamnya").get_by_role("link", name=PLANTED)).to_be_visible()
    expect(steps.panel(analyst, "Minggu demi minggu").locator("svg")).to_be_visible()

    officer = desks.of("petugas.atambua")
    officer.goto("/wilayah/")
    unread = officer.locator("[data-notices-number]")
    before = unread.text_content() or ""

    alert = steps.raise_alert(analyst, to=ADDRESSED, because="Pelakunya diduga melintas lewat wilayah kantor ini.")
    expect(steps.fact(analyst, "Alasan memilih lain")).to_have_text(
        "Pelakunya diduga melintas lewat wilayah kantor ini."
    )
    expect(analyst.locator(".page-head .clock")).to_be_visible()
    expect(analyst.get_by_role("button", name="Kami terima")).to_have_count(0)  # only the addressed agency may

    expect(unread).not_to_have_text(before)  # the page has not been loaded again
    officer.goto("/")
    waiting = officer.locator("section", has=officer.get_by_role("heading", name="Menunggu Anda"))
    row = waiting.get_by_role("listitem").filter(has=officer.locator(f"a[href='/peringatan/{steps.key(alert)}/']"))
    expect(row.locator(".clock")).to_contain_text("sisa")
    row.get_by_role("link").click()

    officer.get_by_role("button", name="Kami terima").click()
    expect(officer.get_by_text("Peringatan diterima.")).to_be_visible()
    officer.get_by_label("Yang ditemukan").fill("Gudang di Humusu Wini didatangi; jejak bongkar muat ada.")
    officer.get_by_role("button", name="Catat verifikasi").click()
    expect(officer.get_by_text("Verifikasi dicatat.")).to_be_visible()
    officer.get_by_label("Hasil").select_option(label="benar")
    officer.get_by_label("Penjelasan").fill("Pengiriman berulang dibenarkan perangkat desa.")
    officer.get_by_role("button", name="Tutup peringatan").click()
    expect(steps.fact(officer, "Hasil")).to_have_text("benar")
    expect(officer.locator(".history__state")).to_have_count(4)

    analyst.goto(finding)
    expect(analyst.locator(".page-head .chip--closed")).to_be_visible()
    expect(steps.fact(analyst, "Hasil")).to_have_text("benar")
    expect(analyst.get_by_role("link", name="Kirim peringatan")).to_have_count(0)


def test_another_agency_is_answered_as_if_the_event_were_absent(desks: Desks) -> None:
    event = steps.confirmed_event(desks.of("analis"), is_newest=False)  # of new ones the police may have been alerted
    outsider = desks.of("petugas.belu")

    refused = outsider.goto(event)
    closed = outsider.locator("main").inner_text()
    absent = outsider.goto("/kejadian/00000000-0000-7000-8000-000000000000/")

    assert refused is not None
    assert absent is not None
    assert (refused.status, absent.status) == (404, 404)
    assert closed == outsider.locator("main").inner_text()


def test_an_alert_is_offered_only_by_the_agency_that_holds_the_event(desks: Desks) -> None:
    holder, supervisor = desks.of("analis.atambua"), desks.of("analis")
    event = steps.confirmed_event(holder)
    expect(holder.get_by_role("link", name="Kirim peringatan")).to_be_visible()

    supervisor.goto(event)

    expect(supervisor.locator(".page-head .chip--confirmed")).to_be_visible()
    expect(supervisor.get_by_role("link", name="Kirim peringatan")).to_have_count(0)


def test_the_second_of_two_officers_learns_that_the_event_was_changed_meanwhile(desks: Desks) -> None:
    first, second = desks.of("analis"), desks.of("analis")
    steps.paste_an_article(
        first, text=steps.ARTICLE.replace("Silawan", "Tulakadi").replace("7 orang", "9 orang"), title="Tulakadi"
    )
    steps.wait_until_read(first)
    event = steps.open_the_event_of(first)
    second.goto(event)

    steps.confirm(first)
    second.get_by_role("button", name="Konfirmasi kejadian").click()

    expect(second.get_by_role("alert").first).to_contain_text("Sudah diubah oleh petugas lain")
    first.reload()
    expect(steps.panel(first, "Riwayat").locator("tbody tr")).to_have_count(2)
