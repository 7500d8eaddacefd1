"""Every page of the installation: who opens it, and how it is reached. The accessibility tests and the screenshots walk it."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from . import steps
from .browser import Desks

Way = Callable[[Page], None]


@dataclass(frozen=True, slots=True)
class Screen:
    """A page with a name for its picture, the account that opens it (none: nobody is signed in), and the way to it."""

    name: str
    account: str | None
    reach: Way
    is_ours: bool = True
    """False for a page that a library draws."""


def at(path: str) -> Way:
    """Return the way by address."""

    def reach(page: Page) -> None:
        page.goto(path)

    return reach


def first_of(path: str, link: str) -> Way:
    """Return the way by the first link of a list whose address fits."""

    def reach(page: Page) -> None:
        page.goto(path)
        page.locator(f"main table.data a[href^='{link}']").first.click()
        expect(page).not_to_have_url(re.compile(re.escape(path) + "$"))

    return reach


def sent(path: str, button: str) -> Way:
    """Return the way to a form that was sent without an answer, with its faults."""

    def reach(page: Page) -> None:
        page.goto(path)
        page.evaluate("for (const form of document.forms) form.noValidate = true")
        page.get_by_role("button", name=button, exact=True).click()
        page.wait_for_load_state()

    return reach


def _read_report(page: Page) -> None:
    steps.paste_an_article(page)
    steps.wait_until_read(page)


def _proposed_event(page: Page) -> None:
    page.goto("/kejadian/?state=proposed")
    page.locator("main table.data a[href^='/kejadian/']").first.click()
    expect(page.locator(".page-head .chip--proposed")).to_be_visible()


def _new_alert(page: Page) -> None:
    steps.confirmed_event(page)
    page.get_by_role("link", name="Kirim peringatan").click()
    expect(page.get_by_label("Apa yang diminta")).to_be_visible()


def _alert(page: Page) -> None:
    steps.confirmed_event(page)
    steps.raise_alert(page, to="kanim-atambua", because="Petugasnya paling dekat.")


def _alert_to_answer(page: Page) -> None:
    page.goto("/peringatan/?side=to")
    page.locator("main table.data a[href^='/peringatan/']").first.click()
    expect(page.get_by_role("button", name="Kami terima")).to_be_visible()


def _changed_meanwhile(page: Page) -> None:
    """A confirmation that came too late, because the same officer confirmed in another window."""
    _proposed_event(page)
    page.locator("form[action$='/konfirmasi/'] [name=version]").evaluate("field => { field.value = '999' }")
    page.get_by_role("button", name="Konfirmasi kejadian").click()
    expect(page.get_by_role("alert").first).to_be_visible()


def _ambiguous_place(page: Page) -> None:
    page.goto("/laporan/lapangan/")
    page.get_by_label("Apa yang terjadi").fill("Perahu tanpa nama menurunkan penumpang.")
    page.get_by_label("Di mana").fill("Sukamaju")
    page.get_by_label("Hari apa").fill("2026-11-14")
    page.get_by_role("button", name="Kirim laporan").click()
    expect(page.get_by_role("group", name="Wilayah yang mana?")).to_be_visible()


def _first_passwords(page: Page) -> None:
    page.goto("/petugas/")
    page.locator("main table.data a[href^='/petugas/']").last.click()
    page.get_by_text("Sandi pertama yang baru").click()
    form = page.locator("form[action$='/sandi/']")
    form.get_by_label("Alasan").fill("Petugas lupa sandinya.")
    form.get_by_role("button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sandi pertama")


def _refused_without_token(page: Page) -> None:
    page.goto("/akun/login/")
    page.locator("input[name=csrfmiddlewaretoken]").evaluate_all("fields => fields.forEach(field => field.remove())")
    page.get_by_label("Nama pengguna").fill("analis")
    page.get_by_label("Kata sandi").fill("bukan sandinya")
    page.get_by_role("button", name="Masuk", exact=True).click()
    page.wait_for_load_state()


def _after_the_password(path: str, account: str, desks: Desks) -> Way:
    def reach(page: Page) -> None:
        page.goto(path)
        page.locator("main input[type=password]").fill(desks.installation.passwords[account])
        page.locator("main form button[type=submit]").first.click()
        page.wait_for_url(re.compile(re.escape(path) + "$"))

    return reach


def screens(desks: Desks) -> list[Screen]:
    """Return every page; some of the ways leave a report, an event or an alert behind that a later one opens."""
    analyst, officer, village, administrator = "analis", "petugas.atambua", "desa.silawan", "admin"
    return [
        Screen("masuk", None, at("/akun/login/")),
        Screen("masuk-salah", None, sent("/akun/login/", "Masuk")),
        Screen("masuk-tanpa-token", None, _refused_without_token),
        Screen("daftar-tertutup", None, at("/akun/signup/")),
        Screen("tidak-ada-anonim", None, at("/tidak-ada/")),
        Screen("beranda", analyst, at("/")),
        Screen("beranda-kosong", analyst, at("/?dari=2020-01-01&sampai=2020-01-02")),
        Screen("beranda-desa", village, at("/")),
        Screen("beranda-polres", "petugas.belu", at("/")),
        Screen("beranda-pimpinan", "analis.atambua", at("/")),
        Screen("beranda-pengawas", "pengawas", at("/")),
        Screen("beranda-admin", administrator, at("/")),
        *(
            Screen(f"tak-terlihat-{what}", analyst, at(f"/tak-terlihat/{what}/"))
            for what in ("belum-dibaca", "tanpa-wilayah", "letak-belum-pasti", "senyap", "instansi")
        ),
        Screen("laporan", analyst, at("/laporan/")),
        Screen("laporan-kosong", analyst, at("/laporan/?q=zzzzzzzz")),
        Screen("laporan-baru", analyst, at("/laporan/baru/")),
        Screen("laporan-baru-salah", analyst, sent("/laporan/baru/", "Terima laporan")),
        Screen("laporan-lapangan", village, at("/laporan/lapangan/")),
        Screen("laporan-lapangan-wilayah", village, _ambiguous_place),
        Screen("laporan-nihil", village, at("/laporan/nihil/")),
        Screen("laporan-nihil-salah", village, sent("/laporan/nihil/", "Kirim: nihil")),
        Screen("laporan-impor", analyst, at("/laporan/impor/")),
        Screen("laporan-terbaca", analyst, _read_report),
        Screen("laporan-nihil-terinci", analyst, first_of("/laporan/?kind=nil", "/laporan/")),
        Screen("kejadian", analyst, at("/kejadian/")),
        Screen("kejadian-kosong", analyst, at("/kejadian/?q=zzzzzzzz")),
        Screen("kejadian-diusulkan", analyst, _proposed_event),
        Screen("kejadian-berubah", analyst, _changed_meanwhile),
        Screen("kejadian-dikonfirmasi", analyst, first_of("/kejadian/?state=confirmed", "/kejadian/")),
        Screen("pemantauan", analyst, at("/pemantauan/")),
        Screen("pemantauan-terinci", analyst, first_of("/pemantauan/", "/pemantauan/jalan/")),
        Screen("temuan", analyst, at("/temuan/")),
        Screen("temuan-kosong", analyst, at("/temuan/?state=dismissed")),
        Screen("temuan-gugus", analyst, first_of("/temuan/?type=cluster", "/temuan/")),
        Screen("temuan-senyap", analyst, first_of("/temuan/?type=silence", "/temuan/")),
        Screen("peringatan-kosong", "petugas.belu", at("/peringatan/")),
        Screen("peringatan-baru", analyst, _new_alert),
        Screen("peringatan-terkirim", analyst, _alert),
        Screen("peringatan", analyst, at("/peringatan/")),
        Screen("peringatan-dijawab", officer, _alert_to_answer),
        Screen("wilayah", analyst, at("/wilayah/")),
        Screen("wilayah-cari", analyst, at("/wilayah/?q=silawan")),
        Screen("wilayah-cari-kosong", analyst, at("/wilayah/?q=qqqqqqqq")),
        Screen("wilayah-desa", analyst, at("/wilayah/53.04.02.2001/")),
        Screen("wilayah-kabupaten", analyst, at("/wilayah/53.04/")),
        Screen("wilayah-timor-leste", analyst, at("/wilayah/TL/")),
        Screen("wilayah-tidak-dikenal", analyst, at("/wilayah/99.99.99/")),
        Screen("tidak-ditemukan", "petugas.belu", at("/kejadian/00000000-0000-7000-8000-000000000000/")),
        Screen("tidak-diizinkan", analyst, at("/petugas/")),
        Screen("instansi", administrator, at("/instansi/")),
        Screen("instansi-terinci", administrator, at("/instansi/kanim-atambua/")),
        Screen("instansi-baru", administrator, at("/instansi/baru/")),
        Screen("instansi-impor", administrator, at("/instansi/impor/")),
        Screen("petugas", administrator, at("/petugas/")),
        Screen("petugas-terinci", administrator, first_of("/petugas/?q=pimpinan", "/petugas/")),
        Screen("petugas-baru", administrator, at("/petugas/baru/")),
        Screen("petugas-baru-salah", administrator, sent("/petugas/baru/", "Buat akun")),
        Screen("petugas-impor", administrator, at("/petugas/impor/")),
        Screen("petugas-sandi-pertama", administrator, _first_passwords),
        Screen("akun-sandi", analyst, at("/akun-saya/sandi/")),
        Screen("akun-kunci", analyst, at("/akun-saya/kunci/")),
        Screen("akun-keamanan", analyst, at("/akun/2fa/")),
        Screen("akun-konfirmasi-sandi", analyst, at("/akun/reauthenticate/")),
        Screen("akun-autentikator", analyst, _after_the_password("/akun/2fa/totp/activate/", analyst, desks)),
        Screen("akun-kunci-keamanan", analyst, at("/akun/2fa/webauthn/")),
        Screen("akun-kunci-keamanan-baru", analyst, at("/akun/2fa/webauthn/add/")),
        Screen("akun-keluar", analyst, at("/akun/logout/")),
        Screen("api", None, at("/api/v1/docs"), is_ours=False),
    ]
