"""The duty desk in two browsers: what one agency sends appears at the other's desk, and is answered with single keys."""

import re

import pytest
from playwright.sync_api import Page, expect

from . import steps
from .browser import NARROW, Desks

pytestmark = pytest.mark.browser


def line_of(page: Page, alert: str) -> str:
    return f"[data-line='alert:{steps.key(alert)}']"


def choose(page: Page, alert: str) -> None:
    """The alert's line is the chosen one, by keys alone."""
    for _line in range(page.locator("[data-line]").count() + 1):
        if page.locator(f"{line_of(page, alert)}[aria-current=true]").count():
            return
        page.keyboard.press("j")
    raise AssertionError("no key leads to the line")


def test_an_alert_appears_at_the_desk_and_is_answered_with_single_keys(desks: Desks) -> None:
    sender, officer = desks.of("analis.atambua"), desks.of("petugas.belu")
    officer.goto("/meja/")
    steps.confirmed_event(sender)
    alert = steps.raise_alert(sender, to="polres-belu", because="Petugasnya paling dekat.")

    line = officer.locator(line_of(officer, alert))
    expect(line).to_be_visible()  # the page has not been loaded again
    expect(line).to_contain_text("harus diterima, sisa")
    expect(line).to_contain_text("diberi tahu")

    choose(officer, alert)
    officer.keyboard.press("t")
    expect(officer).to_have_url(re.compile(r"/meja/$"))
    expect(line).to_contain_text("harus diverifikasi")
    sender.reload()
    expect(sender.locator(".page-head .chip--alerted")).to_have_text("diterima")

    choose(officer, alert)
    officer.keyboard.press("v")
    expect(officer.get_by_label("Yang ditemukan")).to_be_focused()
    officer.keyboard.type("tiga vila kosong, pintunya terkunci")  # keys mean letters inside a field
    officer.get_by_role("button", name="Catat verifikasi").click()
    expect(officer).to_have_url(re.compile(r"/meja/$"))

    choose(officer, alert)
    officer.keyboard.press("x")
    officer.get_by_label("Hasil").select_option(label="diserahkan")
    officer.get_by_label("Penjelasan").fill("Diserahkan kepada BP3MI.")
    officer.get_by_role("button", name="Tutup peringatan").click()
    expect(line).to_have_count(0)
    expect(sender.locator(".page-head .chip--closed")).to_have_text("selesai")  # nor has the sender's


def test_keys_are_explained_and_can_be_switched_off(desks: Desks) -> None:
    officer = desks.of("analis.atambua")
    officer.goto("/meja/")
    officer.keyboard.press("?")
    help_ = officer.get_by_role("dialog", name="Tombol pintas")
    expect(help_).to_contain_text("Tanya balik")
    help_.get_by_label("Pakai tombol pintas").uncheck()
    officer.keyboard.press("Escape")
    before = officer.locator("[aria-current=true][data-line]").get_attribute("data-line")

    officer.keyboard.press("j")
    officer.keyboard.press("j")

    assert officer.locator("[aria-current=true][data-line]").get_attribute("data-line") == before
    officer.locator("[data-open]").first.focus()
    officer.keyboard.press("ArrowDown")  # the arrows work inside the queue all the same
    assert officer.locator("[aria-current=true][data-line]").get_attribute("data-line") != before


def test_on_a_telephone_without_script_the_desk_is_links_and_buttons(desks: Desks) -> None:
    officer = desks.of("analis.atambua", viewport=NARROW, java_script_enabled=False)

    officer.goto("/meja/")

    expect(officer.get_by_role("button", name="Tombol pintas")).to_be_hidden()
    expect(officer.locator("[data-open]").first).to_be_visible()
    officer.locator("[data-open]").first.click()
    expect(officer.get_by_role("heading", level=1)).to_be_visible()
