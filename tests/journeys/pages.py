"""Every page of the installation: who opens it, and how it is reached. The accessibility tests and the screenshots walk it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from . import steps
from .browser import confirm_password

Way = Callable[[Page], None]


@dataclass(frozen=True, slots=True)
class Screen:
    """A page with a name for its picture, the account that opens it (none: nobody is signed in), and the way to it."""

    name: str
    account: str | None
    way: Way
    is_ours: bool = True
    """False for a page that a library draws."""

    is_behind_password: bool = False
    """Whether the password is asked again before the page opens."""

    is_at_night: bool = False
    """Whether it is another state of a page that another screen shows: walked in the nightly profile."""


def at(path: str) -> Way:
    """Return the way by address."""

    def way(page: Page) -> None:
        page.goto(path)

    return way


def first_of(path: str, link: str) -> Way:
    """Return the way by the first link of a list whose address fits."""

    def way(page: Page) -> None:
        page.goto(path)
        page.locator(f"main table.data a[href^='{link}']").first.click()
        expect(page).not_to_have_url(re.compile(re.escape(path) + "$"))

    return way


def sent(path: str, button: str) -> Way:
    """Return the way to a form that was sent without an answer, with its faults."""

    def way(page: Page) -> None:
        page.goto(path)
        page.evaluate("for (const form of document.forms) form.noValidate = true")
        page.get_by_role("button", name=button, exact=True).click()
        page.wait_for_load_state()

    return way


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
    steps.raise_alert(page, to="polres-belu", because="Petugasnya paling dekat.")


def _alert_to_answer(page: Page) -> None:
    page.goto("/peringatan/?side=to")
    page.locator("main table.data a[href^='/peringatan/']").first.click()
    expect(page.get_by_role("button", name="Kami terima")).to_be_visible()


def _desk_help(page: Page) -> None:
    page.goto("/meja/")
    page.get_by_role("button", name="Tombol pintas").click()
    expect(page.get_by_role("dialog", name="Tombol pintas")).to_be_visible()


def _person_of_case(page: Page) -> None:
    """Somebody in the first case, who is added where nobody is there yet."""
    page.goto("/perkara/")
    page.locator("main table.data a[href^='/perkara/']").first.click()
    people = page.locator("main a[href*='/orang/']")
    if not people.count():
        page.get_by_text("Catat orang dengan samaran").first.click()
        form = page.locator("form[action$='/orang/']")
        form.get_by_label("Dasar hukum pencatatan").fill("UU 21/2007")
        form.get_by_role("button").click()
    people.first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Korban")


def _referring(page: Page) -> None:
    _person_of_case(page)
    page.locator("main a[href$='/rujuk/']").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Rujuk")


def _network(page: Page) -> None:
    _person_of_case(page)
    page.goto("/perkara/")
    page.locator("main table.data a[href^='/perkara/']").first.click()
    page.locator("main a[href$='/jaringan/']").click()
    expect(page.locator("main svg")).to_be_visible()


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
    page.goto("/petugas/?q=simulasi.kanim-cilegon")
    page.locator("main table.data a[href^='/petugas/']").first.click()
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


def reach(screen: Screen, page: Page, passwords: Mapping[str, str]) -> None:
    """The page is on the screen, and everything that it fetches has arrived."""
    if screen.is_behind_password and screen.account is not None:
        confirm_password(page, passwords[screen.account])
    screen.way(page)
    page.wait_for_load_state()  # a click returns before the page's style has arrived
    if not screen.is_ours or page.locator("[data-map]").count():
        page.wait_for_load_state("networkidle")


def _clause_draft(page: Page) -> None:
    """The form of a clause under the shipped agreement of Banten."""
    _agreement(page)
    page.get_by_role("link", name="Draf klausul baru").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Draf klausul baru")


def _clause_faulty(page: Page) -> None:
    _clause_draft(page)
    page.get_by_label("Wilayah (boleh kosong)", exact=True).fill("Serang")
    page.get_by_role("button", name="Simpan draf").click()
    expect(page.get_by_role("group", name="“Serang” yang mana?")).to_be_visible()


def _clause_trial(page: Page) -> None:
    _agreement(page)
    page.get_by_role("link", name=re.compile("Uji.*klausul 1")).click()
    page.get_by_label("Catatan instansi Anda").select_option(index=1)
    page.get_by_role("button", name="Coba").click()
    expect(page.get_by_role("heading", name="Hasil")).to_be_visible()


def _agreement(page: Page) -> None:
    page.goto("/perjanjian/?kind=pks&q=Polda+Banten")
    page.locator("main table.data a[href^='/perjanjian/']").last.click()
    expect(page.locator("#klausul-1")).to_be_visible()


ANALYST, OFFICE_ANALYST, POLICE, VILLAGE, ADMINISTRATOR = (
    "analis",
    "analis.atambua",
    "petugas.belu",
    "desa.silawan",
    "admin",
)

CASE_OFFICER = "petugas.atambua"
COORDINATOR = "koordinator.banten"
OVERSEER = "pengawas"

SCREENS = (
    Screen("masuk", None, at("/akun/login/")),
    Screen("masuk-salah", None, sent("/akun/login/", "Masuk"), is_at_night=True),
    Screen("masuk-tanpa-token", None, _refused_without_token),
    Screen("daftar-tertutup", None, at("/akun/signup/")),
    Screen("tidak-ada-anonim", None, at("/tidak-ada/")),
    Screen("beranda", ANALYST, at("/")),
    Screen("beranda-kosong", ANALYST, at("/?dari=2020-01-01&sampai=2020-01-02"), is_at_night=True),
    Screen("beranda-desa", VILLAGE, at("/"), is_at_night=True),
    Screen("beranda-polres", POLICE, at("/"), is_at_night=True),
    Screen("beranda-kantor", OFFICE_ANALYST, at("/"), is_at_night=True),
    Screen("beranda-pengawas", OVERSEER, at("/"), is_at_night=True),
    Screen("beranda-admin", ADMINISTRATOR, at("/"), is_at_night=True),
    *(
        Screen(f"tak-terlihat-{what}", ANALYST, at(f"/tak-terlihat/{what}/"), is_at_night=what != "senyap")
        for what in ("belum-dibaca", "tanpa-wilayah", "letak-belum-pasti", "senyap", "instansi")
    ),
    Screen("laporan", ANALYST, at("/laporan/")),
    Screen("laporan-kosong", ANALYST, at("/laporan/?q=zzzzzzzz"), is_at_night=True),
    Screen("laporan-baru", ANALYST, at("/laporan/baru/")),
    Screen("laporan-baru-salah", ANALYST, sent("/laporan/baru/", "Terima laporan")),
    Screen("laporan-lapangan", VILLAGE, at("/laporan/lapangan/")),
    Screen("laporan-lapangan-wilayah", VILLAGE, _ambiguous_place, is_at_night=True),
    Screen("laporan-nihil", VILLAGE, at("/laporan/nihil/")),
    Screen("laporan-nihil-salah", VILLAGE, sent("/laporan/nihil/", "Kirim: nihil"), is_at_night=True),
    Screen("laporan-impor", ANALYST, at("/laporan/impor/")),
    Screen("laporan-terbaca", ANALYST, _read_report),
    Screen("laporan-nihil-terinci", ANALYST, first_of("/laporan/?kind=nil", "/laporan/"), is_at_night=True),
    Screen("kejadian", ANALYST, at("/kejadian/")),
    Screen("kejadian-kosong", ANALYST, at("/kejadian/?q=zzzzzzzz")),
    Screen("kejadian-diusulkan", ANALYST, _proposed_event),
    Screen("kejadian-berubah", ANALYST, _changed_meanwhile, is_at_night=True),
    Screen("kejadian-dikonfirmasi", ANALYST, first_of("/kejadian/?state=confirmed", "/kejadian/")),
    Screen("pemantauan", ANALYST, at("/pemantauan/")),
    Screen("pemantauan-terinci", ANALYST, first_of("/pemantauan/", "/pemantauan/jalan/")),
    Screen("temuan", ANALYST, at("/temuan/")),
    Screen("temuan-kosong", ANALYST, at("/temuan/?state=dismissed"), is_at_night=True),
    Screen("temuan-gugus", ANALYST, first_of("/temuan/?type=cluster", "/temuan/")),
    Screen("temuan-senyap", ANALYST, first_of("/temuan/?type=silence", "/temuan/"), is_at_night=True),
    Screen("peringatan-kosong", POLICE, at("/peringatan/")),
    Screen("peringatan-baru", OFFICE_ANALYST, _new_alert),
    Screen("peringatan-terkirim", OFFICE_ANALYST, _alert),
    Screen("peringatan", OFFICE_ANALYST, at("/peringatan/")),
    Screen("peringatan-dijawab", POLICE, _alert_to_answer, is_at_night=True),
    Screen("meja", OFFICE_ANALYST, at("/meja/")),
    Screen("meja-polres", POLICE, at("/meja/"), is_at_night=True),
    Screen("meja-bantuan", POLICE, _desk_help),
    Screen("meja-kosong", VILLAGE, at("/meja/"), is_at_night=True),
    Screen("piket", CASE_OFFICER, at("/piket/")),
    Screen("piket-salah", CASE_OFFICER, sent("/piket/", "Catat giliran"), is_at_night=True),
    Screen("peringatan-kebijakan", ADMINISTRATOR, at("/peringatan/kebijakan/?agency=kanim-atambua")),
    Screen("tautan-tidak-berlaku", None, at("/t/tidak-berlaku/")),
    Screen("perkara", CASE_OFFICER, at("/perkara/")),
    Screen("perkara-kosong", CASE_OFFICER, at("/perkara/?state=closed"), is_at_night=True),
    Screen("perkara-baru", CASE_OFFICER, at("/perkara/baru/")),
    Screen("perkara-baru-salah", CASE_OFFICER, sent("/perkara/baru/", "Buka perkara"), is_at_night=True),
    Screen("perkara-terinci", CASE_OFFICER, first_of("/perkara/", "/perkara/")),
    Screen("perkara-orang", CASE_OFFICER, _person_of_case),
    Screen("perkara-rujuk", CASE_OFFICER, _referring),
    Screen("perkara-jaringan", CASE_OFFICER, _network),
    Screen("penautan", CASE_OFFICER, at("/penautan/")),
    Screen("program", "analis.atambua", at("/program/")),
    Screen("program-wilayah", "koordinator", at("/program/"), is_at_night=True),
    Screen("program-penetapan", "analis.atambua", at("/program/desa/baru/")),
    Screen("program-desa", "analis.atambua", at("/program/desa/53.04.02.2001/")),
    Screen("program-desa-sendiri", "desa.silawan", at("/program/desa/53.04.02.2001/"), is_at_night=True),
    Screen("program-rencana", "analis.atambua", at("/program/kunjungan/rencana/")),
    Screen("program-catat", "analis.atambua", at("/program/kunjungan/catat/")),
    Screen("program-kunjungan", "analis.atambua", first_of("/program/desa/53.04.02.2001/", "/program/kunjungan/")),
    Screen("program-bulan", "analis.atambua", at("/program/bulan/2026-11/")),
    Screen("perkara-pendukung", POLICE, first_of("/perkara/", "/perkara/"), is_at_night=True),
    Screen("tugas", POLICE, at("/tugas/")),
    Screen("tugas-kosong", POLICE, at("/tugas/?state=done"), is_at_night=True),
    Screen("rujukan", CASE_OFFICER, at("/rujukan/")),
    Screen("rujukan-layanan", CASE_OFFICER, at("/rujukan/layanan/")),
    Screen("pemberitahuan", POLICE, at("/pemberitahuan/")),
    Screen("pemberitahuan-kosong", ANALYST, at("/pemberitahuan/"), is_at_night=True),
    Screen("pemberitahuan-saluran", POLICE, at("/pemberitahuan/saluran/")),
    Screen("pesan-keluar", ADMINISTRATOR, at("/pesan/keluar/")),
    Screen("pesan-webhook", ADMINISTRATOR, at("/pesan/webhook/")),
    Screen("wilayah", ANALYST, at("/wilayah/")),
    Screen("wilayah-cari", ANALYST, at("/wilayah/?q=silawan"), is_at_night=True),
    Screen("wilayah-cari-kosong", ANALYST, at("/wilayah/?q=qqqqqqqq"), is_at_night=True),
    Screen("wilayah-desa", ANALYST, at("/wilayah/53.04.02.2001/")),
    Screen("wilayah-kabupaten", ANALYST, at("/wilayah/53.04/"), is_at_night=True),
    Screen("wilayah-timor-leste", ANALYST, at("/wilayah/TL/"), is_at_night=True),
    Screen("wilayah-tidak-dikenal", ANALYST, at("/wilayah/99.99.99/")),
    Screen("perjanjian", COORDINATOR, at("/perjanjian/")),
    Screen("perjanjian-kosong", COORDINATOR, at("/perjanjian/?q=zzzzzzzz"), is_at_night=True),
    Screen("perjanjian-terinci", COORDINATOR, _agreement),
    Screen("perjanjian-pimpinan", "pimpinan.polda", _agreement, is_at_night=True),
    Screen("perjanjian-baru", COORDINATOR, at("/perjanjian/baru/")),
    Screen("perjanjian-baru-salah", COORDINATOR, sent("/perjanjian/baru/", "Catat instrumen"), is_at_night=True),
    Screen("perjanjian-matriks", COORDINATOR, at("/perjanjian/matriks/")),
    Screen("klausul-baru", COORDINATOR, _clause_draft),
    Screen("klausul-salah", COORDINATOR, _clause_faulty, is_at_night=True),
    Screen("klausul-uji", COORDINATOR, _clause_trial),
    Screen("jumlah", COORDINATOR, at("/jumlah/")),
    Screen("pecah-kaca", OVERSEER, at("/pecah-kaca/")),
    Screen("modul", ADMINISTRATOR, at("/modul/")),
    Screen("brankas", ANALYST, at("/brankas/")),
    Screen("jejak", OVERSEER, at("/pengawasan/")),
    Screen("jejak-kosong", OVERSEER, at("/pengawasan/?subject=zzzzzzzz"), is_at_night=True),
    Screen("jejak-baris", OVERSEER, first_of("/pengawasan/", "/pengawasan/jejak/")),
    Screen("jejak-kepala", OVERSEER, at("/pengawasan/kepala/")),
    Screen("kejanggalan", OVERSEER, at("/pengawasan/kejanggalan/")),
    Screen("permintaan", COORDINATOR, at("/permintaan/")),
    Screen("permintaan-baru", COORDINATOR, at("/permintaan/baru/")),
    Screen("retensi", OVERSEER, at("/retensi/")),
    Screen("akun-sesi", ANALYST, at("/akun-saya/sesi/")),
    Screen("tidak-ditemukan", POLICE, at("/kejadian/00000000-0000-7000-8000-000000000000/")),
    Screen("tidak-diizinkan", ANALYST, at("/petugas/")),
    Screen("instansi", ADMINISTRATOR, at("/instansi/")),
    Screen("instansi-terinci", ADMINISTRATOR, at("/instansi/kanim-atambua/")),
    Screen("instansi-baru", ADMINISTRATOR, at("/instansi/baru/")),
    Screen("instansi-impor", ADMINISTRATOR, at("/instansi/impor/")),
    Screen("petugas", ADMINISTRATOR, at("/petugas/")),
    Screen("petugas-terinci", ADMINISTRATOR, first_of("/petugas/?q=pimpinan", "/petugas/")),
    Screen("petugas-baru", ADMINISTRATOR, at("/petugas/baru/")),
    Screen("petugas-baru-salah", ADMINISTRATOR, sent("/petugas/baru/", "Buat akun"), is_at_night=True),
    Screen("petugas-impor", ADMINISTRATOR, at("/petugas/impor/")),
    Screen("petugas-sandi-pertama", ADMINISTRATOR, _first_passwords),
    Screen("akun-sandi", ANALYST, at("/akun-saya/sandi/")),
    Screen("akun-kunci", ANALYST, at("/akun-saya/kunci/")),
    Screen("akun-keamanan", ANALYST, at("/akun/2fa/")),
    Screen("akun-konfirmasi-sandi", ANALYST, at("/akun/reauthenticate/")),
    Screen("akun-autentikator", ANALYST, at("/akun/2fa/totp/activate/"), is_behind_password=True),
    Screen("akun-kunci-keamanan", ANALYST, at("/akun/2fa/webauthn/")),
    Screen("akun-kunci-keamanan-baru", ANALYST, at("/akun/2fa/webauthn/add/"), is_behind_password=True),
    Screen("akun-keluar", ANALYST, at("/akun/logout/")),
    Screen("api", None, at("/api/v1/docs"), is_ours=False),
)
"""Every page, in an order in which the ways of some leave a report or an alert behind that a later one opens."""
