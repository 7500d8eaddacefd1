"""A village officer with a telephone: narrow, and without JavaScript."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from . import steps
from .browser import NARROW, Desks
from .installation import ENDS

pytestmark = pytest.mark.browser


def test_a_nil_report_is_sent_from_a_telephone_without_javascript(desks: Desks) -> None:
    village = desks.of("desa.silawan", viewport=NARROW, java_script_enabled=False)
    village.goto("/")

    village.get_by_role("link", name="Laporan nihil").click()
    village.get_by_label("Di mana").fill("Desa Silawan, Belu")
    village.get_by_label("Dari hari").fill((ENDS - timedelta(days=7)).isoformat())
    village.get_by_label("Sampai hari").fill((ENDS - timedelta(days=1)).isoformat())
    village.get_by_role("button", name="Kirim: nihil").click()

    expect(village).to_have_url(re.compile(rf"/laporan/{steps.RECORD}/$"))
    expect(village.locator(".page-head .chip--nil")).to_be_visible()
    expect(steps.fact(village, "Masa")).to_have_text("9 Nov 2026 – 15 Nov 2026")


def test_an_ambiguous_village_name_is_asked_about_and_nothing_typed_is_lost(desks: Desks) -> None:
    village = desks.of("desa.silawan", viewport=NARROW, java_script_enabled=False)
    village.goto("/laporan/lapangan/")
    village.get_by_label("Apa yang terjadi").fill("Dua perahu tanpa nama menurunkan penumpang pada malam hari.")
    village.get_by_label("Di mana").fill("Sukamaju")
    village.get_by_label("Hari apa").fill("2026-11-14")

    village.get_by_role("button", name="Kirim laporan").click()

    asked = village.get_by_role("group", name="Wilayah yang mana?")
    assert asked.get_by_role("radio").count() > 2
    expect(village.get_by_label("Apa yang terjadi")).to_have_value(re.compile("Dua perahu"))
    asked.get_by_role("radio").first.check()
    village.get_by_role("button", name="Kirim laporan").click()
    expect(village).to_have_url(re.compile(rf"/laporan/{steps.RECORD}/$"))
