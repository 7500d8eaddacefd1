"""Thirty job-seekers are stopped at a ferry port: from a village's report to their return and the case at the prosecutor.

The story is made up after the manner of such cases. What takes weeks in an office is done here in a minute: the papers of
the process carry the dates that it would have, only closer together, because no paper of tomorrow can be recorded.
"""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from . import steps
from .browser import NARROW, Desks
from .installation import ENDS

pytestmark = pytest.mark.browser

DAY = ENDS - timedelta(days=4)
"""The day on which the group is gathered; all papers are of the days up to the end of the simulation."""

TOLD = (
    "Sekitar 30 orang pencari kerja dikumpulkan sejak kemarin di sebuah rumah dekat balai desa kami. Perekrut dari luar "
    "desa menjanjikan kerja di kebun sawit di Malaysia dan menahan KTP mereka. Nanti malam rombongan dibawa ke Pelabuhan "
    "Atapupu untuk naik kapal feri. Warga menduga perdagangan orang."
)
PEOPLE = 30
LEAD, SUPPORT, SERVICE = "polres-belu", "bp3mi-ntt", "dinsos-ntt"
SHARED = ("judul dan ringkasan", "tempat", "tahapan proses", "dugaan tindak pidana dan unsurnya")
OWN_NOTE = "Penyelidikan: pemilik rumah diperiksa besok pagi."
THEIR_NOTE = "Perusahaan penempatan yang disebut perekrut tidak terdaftar."
HEARD = "Terima kasih. Laporan Anda terbukti benar dan sudah ditindaklanjuti."
HOME_AGAIN = "Diantar sampai ke desanya dan diterima keluarganya."

PROCESS = (
    ("LP_B", 0, "LP/B/uji-1"),
    ("PENYELIDIKAN", 0, "Sprin.Lidik/uji-1"),
    ("PENYIDIKAN", 1, "Sprin.Sidik/uji-1"),
    ("SPDP", 2, "SPDP/uji-1"),
    ("TAHAP_I", 3, "B/uji-1"),
    ("P21", 4, "P-21/uji-1"),
)
"""Milestones, how many days after the event each paper is dated, and its number."""


def test_job_seekers_stopped_at_a_ferry_port_come_home_and_the_case_reaches_the_prosecutor(desks: Desks) -> None:
    report = a_village_reports(desks)
    event = an_analyst_confirms(desks, report)
    alert = the_police_are_alerted(desks.of("analis.atambua"), event)
    police = desks.of("petugas.belu")
    the_police_answer(police, alert)

    case = the_police_open_a_case(police, alert)
    person = thirty_pseudonyms_are_recorded(police, case)
    who_protects_migrants_supports_the_case(desks, police, case)
    referral = a_worker_is_referred(police, case)
    the_social_office_brings_the_worker_home(desks, referral, hidden=(case, alert, event))
    expect_outcome_of(police, case, referral)

    the_file_reaches_the_prosecutor(police, case)
    the_alert_ends_as_true(police, alert)

    expect_each_to_know_its_part(desks, report=report, event=event, alert=alert, case=case, person=person)
    expect_the_overseers_to_see_who_did_what(desks, alert=alert, case=case)


def a_village_reports(desks: Desks) -> str:
    """A village officer has reported from a telephone; returns the report's address."""
    village = desks.of("desa.silawan", viewport=NARROW)
    village.goto("/laporan/lapangan/")
    village.get_by_label("Apa yang terjadi").fill(TOLD)
    village.get_by_label("Di mana").fill("Desa Silawan, Belu")
    village.get_by_label("Hari apa").fill(DAY.isoformat())
    village.get_by_label("Berapa orang").fill(str(PEOPLE))
    village.get_by_role("button", name="Kirim laporan").click()
    expect(village.get_by_text("Laporan diterima. Terima kasih.")).to_be_visible()
    return village.url


def an_analyst_confirms(desks: Desks, report: str) -> str:
    """The event in the village's report is confirmed at the office that the village answers to; returns its address."""
    analyst = desks.of("analis.atambua")
    analyst.goto("/laporan/")
    analyst.locator(f"a[href='/laporan/{steps.key(report)}/']").first.click()
    expect(steps.fact(analyst, "Pemilik")).to_have_text("Desa Silawan")
    evidence = steps.wait_until_read(analyst)
    expect(evidence.filter(has_text="Silawan").first).to_have_attribute("data-field", "place")
    event = steps.open_the_event_of(analyst)
    expect(steps.fact(analyst, "Orang")).to_have_text(str(PEOPLE))
    set_right_what_was_misread(analyst)
    steps.confirm(analyst)
    return event


def set_right_what_was_misread(analyst: Page) -> None:
    """The village stands as the place, not its district; that papers are held back, read as an arrest, is alleged no more."""
    form = steps.deed(analyst, "Perbaiki")
    form.get_by_label("Di mana").fill("Desa Silawan, Belu")
    form.get_by_label("Alasan").fill("Laporannya dari Desa Silawan.")
    form.get_by_role("button", name="Simpan perbaikan").click()
    expect(steps.fact(analyst, "Di mana")).to_contain_text("53.04.02.2001")
    alleged = steps.panel(analyst, "Klasifikasi (dugaan)")
    expect(alleged).to_contain_text("Tindak pidana perdagangan orang TPPO")
    misread = alleged.get_by_role("row").filter(has_text="RESP.ARREST")
    misread.locator("summary").click()
    misread.get_by_label("Alasan").fill("Yang ditahan KTP, bukan orang.")
    misread.get_by_role("button", name="Cabut dugaan ini").click()
    expect(alleged.locator("s")).to_have_text("Penangkapan dan penahanan")


def the_police_are_alerted(analyst: Page, event: str) -> str:
    """The agency that is proposed for the crime and the place has an urgent alert; returns the alert's address."""
    analyst.goto(event)
    analyst.get_by_role("link", name="Kirim peringatan").click()
    expect(analyst.get_by_label("Instansi yang dituju")).to_have_value(LEAD)
    expect(steps.panel(analyst, "Usulan menurut kewenangan")).to_contain_text("Polres Belu berwenang di")
    analyst.get_by_label("Apa yang diminta").fill(
        "Mohon rombongan dihentikan sebelum naik kapal di Pelabuhan Atapupu malam ini, dan kami diberi tahu hasilnya."
    )
    analyst.get_by_label("Mendesak").check()
    analyst.get_by_role("button", name="Kirim peringatan").click()
    expect(analyst.locator(".page-head .chip--urgent")).to_be_visible()
    expect(steps.fact(analyst, "Usulan")).to_contain_text("tindak pidana: Polres tempat kejadian")
    return analyst.url


def the_police_answer(officer: Page, alert: str) -> None:
    """The departure is stopped: the alert is acknowledged and verified by the police."""
    steps.open_notice(officer, "Peringatan baru", to=steps.key(alert))
    told = steps.panel(officer, "Siapa diberi tahu, kapan")
    expect(told).to_contain_text("memberi tahu")

    officer.get_by_role("button", name="Kami terima").click()
    expect(steps.state(officer)).to_have_text("diterima")
    officer.get_by_label("Yang ditemukan").fill(
        f"Petugas KP3 menghentikan {PEOPLE} orang dan seorang perekrut di dermaga; tidak ada surat penempatan."
    )
    officer.get_by_role("button", name="Catat verifikasi").click()
    expect(steps.state(officer)).to_have_text("diverifikasi")


def the_police_open_a_case(officer: Page, alert: str) -> str:
    """The police lead a case on the alert, with what is alleged and what speaks for it; returns its address."""
    steps.state_purpose(officer, "Penyelidikan dan penyidikan")
    officer.goto(alert)
    officer.get_by_role("link", name="Buka perkara").click()
    officer.get_by_label("Judul").fill("Pencari kerja dihentikan di Pelabuhan Atapupu")
    officer.get_by_label("Ringkasan").fill("Rombongan dijanjikan kerja di luar negeri tanpa surat penempatan.")
    officer.get_by_role("button", name="Buka perkara").click()
    expect(officer.get_by_role("heading", level=1)).to_have_text("Pencari kerja dihentikan di Pelabuhan Atapupu")
    expect(officer.get_by_role("link", name="Buka peringatannya")).to_be_visible()

    form = steps.deed(officer, "Catat dugaan")
    form.get_by_label("Tindak pidana", exact=True).select_option("TPPO")
    form.get_by_label("Tanggal perbuatan").fill(DAY.isoformat())
    form.get_by_label("Mengapa diduga").fill("Direkrut dengan janji, dokumen ditahan, akan dibawa keluar negeri.")
    for element, shape, why in (
        ("act", "RECRUIT", "Perekrut mendatangi mereka di desa."),
        ("means", "FRAUD", "Perusahaan yang dijanjikan tidak ada."),
    ):
        form.locator(f"[name='TPPO-{element}']").select_option(shape)
        form.locator(f"[name='TPPO-{element}-why']").fill(why)
    form.get_by_role("button", name="Catat dugaan").click()
    alleged = steps.panel(officer, "Dugaan tindak pidana")
    expect(alleged).to_contain_text("penipuan: Perusahaan yang dijanjikan tidak ada.")
    expect(alleged).to_contain_text("Unsur yang belum dinyatakan: tujuan")
    return officer.url


def thirty_pseudonyms_are_recorded(officer: Page, case: str) -> str:
    """Thirty victims stand in the case under pseudonyms, and nothing says who any is; returns the address of the last."""
    officer.goto(case)
    form = steps.deed(officer, "Catat orang dengan samaran")
    form.get_by_label("Umur").select_option(label="dewasa")
    form.get_by_label("Banyaknya").fill(str(PEOPLE))
    form.get_by_label("Dasar hukum pencatatan").fill("UU 21/2007 Pasal 43")
    form.get_by_role("button", name="Catat orang dengan samaran").click()

    people = steps.panel(officer, "Orang").get_by_role("listitem")
    expect(people).to_have_count(PEOPLE)
    expect(people.first).to_have_text("Korban A · korban · dewasa")
    expect(people.last).to_have_text("Korban AD · korban · dewasa")
    people.last.get_by_role("link").click()
    expect(steps.fact(officer, "Identitas")).to_have_text("tidak disimpan")
    return officer.url


def who_protects_migrants_supports_the_case(desks: Desks, officer: Page, case: str) -> None:
    """BP3MI takes part, sees what is shared, does its task, and keeps a workspace of its own."""
    officer.goto(case)
    form = steps.deed(officer, "Tulis catatan")
    form.get_by_label("Catatan").fill(OWN_NOTE)
    form.get_by_role("button").click()
    form = steps.deed(officer, "Ikutsertakan instansi")
    form.get_by_label("Instansi", exact=True).select_option(SUPPORT)
    for group in SHARED:
        form.get_by_label(group).check()
    form.get_by_label("Mengapa diikutsertakan").fill("Memeriksa penempatan dan memulangkan calon pekerja.")
    form.get_by_role("button").click()
    expect(steps.panel(officer, "Instansi pendukung")).to_contain_text("Dibagikan: judul dan ringkasan; tempat")
    form = steps.deed(officer, "Beri tugas")
    form.get_by_label("Instansi", exact=True).select_option(SUPPORT)
    form.get_by_label("Yang dikerjakan").fill("Periksa izin perusahaan penempatan yang disebut perekrut.")
    form.get_by_label("Tenggat").fill(f"{in_two_days():%Y-%m-%dT%H:%M}")
    form.get_by_role("button").click()
    expect(steps.panel(officer, "Tugas")).to_contain_text("paling lambat")

    support = desks.of("petugas.bp3mi")
    steps.open_notice(support, "Tugas baru", to="/tugas/")
    for answer, note in (("diterima", ""), ("selesai", "Tidak ada izin atas nama perusahaan itu.")):
        form = steps.deed(support, "Jawab")
        form.get_by_label("Langkah").select_option(label=answer)
        form.get_by_label("Catatan").fill(note)
        form.get_by_role("button", name="Jawab").click()
        expect(support.get_by_text("Langkah tugas dicatat.")).to_be_visible()

    support.goto(case)
    expect(support.get_by_text("Dipimpin Kepolisian Resor Belu.")).to_be_visible()
    expect(steps.panel(support, "Dugaan tindak pidana")).to_contain_text("penipuan")
    form = steps.deed(support, "Tulis catatan")
    form.get_by_label("Catatan").fill(THEIR_NOTE)
    form.get_by_role("button").click()
    expect(steps.panel(support, "Riwayat")).to_contain_text(THEIR_NOTE)
    seen = support.locator("main")
    expect(seen).not_to_contain_text("Korban A")
    expect(seen).not_to_contain_text(OWN_NOTE)
    expect(support.get_by_role("link", name="Buka peringatannya")).to_have_count(0)

    officer.goto(case)
    expect(steps.panel(officer, "Tugas")).to_contain_text("Tidak ada izin atas nama perusahaan itu.")
    expect(officer.locator("main")).not_to_contain_text(THEIR_NOTE)


def a_worker_is_referred(officer: Page, case: str) -> str:
    """One of the thirty is referred for the way home, on consent; returns the referral's address."""
    officer.goto(case)
    officer.get_by_role("link", name="Korban A", exact=True).click()
    officer.get_by_role("link", name="Rujuk ke layanan").click()
    services = steps.panel(officer, "Layanan di tempat perkara")
    expect(services).to_contain_text("Dinas Sosial Provinsi NTT")
    officer.get_by_label("Instansi penerima").select_option(SERVICE)
    officer.get_by_label("Layanan", exact=True).select_option(label="pemulangan")
    officer.get_by_label("Yang dibutuhkan").fill("Ongkos dan pendamping untuk pulang ke desa asal.")
    officer.get_by_label("Persetujuan dari").select_option(label="yang bersangkutan")
    officer.get_by_label("Rujukan surat persetujuan").fill("Surat persetujuan uji-1")
    officer.get_by_role("button", name="Kirim rujukan").click()
    expect(steps.state(officer)).to_have_text("terkirim")
    return officer.url


def the_social_office_brings_the_worker_home(desks: Desks, referral: str, *, hidden: tuple[str, ...]) -> None:
    """The receiver sees a pseudonym and a need, and nothing of the case behind it; the worker is at home."""
    social = desks.of("petugas.dinsos")
    steps.state_purpose(social, "Pelindungan korban")
    steps.open_notice(social, "Rujukan", to=steps.key(referral))
    expect(steps.fact(social, "Yang dirujuk")).to_have_text("Korban A · dewasa")
    expect(social.get_by_role("link", name="Buka perkaranya")).to_have_count(0)
    for answer, note in (("diterima", ""), ("sedang dilayani", ""), ("selesai", HOME_AGAIN)):
        form = steps.panel(social, "Langkah").locator("form")
        form.get_by_label("Langkah").select_option(label=answer)
        form.get_by_label("Catatan").fill(note)
        form.get_by_role("button", name="Jawab").click()
        expect(steps.state(social)).to_have_text(answer)
    expect(steps.panel(social, "Hasil")).to_contain_text(HOME_AGAIN)
    for address in hidden:
        assert steps.status(social, address) == 404


def expect_outcome_of(officer: Page, case: str, referral: str) -> None:
    """The police read in the case that the worker came home."""
    officer.goto(case)
    row = steps.panel(officer, "Rujukan").get_by_role("listitem")
    expect(row).to_contain_text("selesai")
    row.get_by_role("link").click()
    expect(officer).to_have_url(re.compile(re.escape(steps.key(referral))))
    expect(steps.panel(officer, "Hasil")).to_contain_text(HOME_AGAIN)


def the_file_reaches_the_prosecutor(officer: Page, case: str) -> None:
    """The process stands in the case up to the prosecutor's word that the file is complete; the case waits for the prosecutor."""
    officer.goto(case)
    for code, after, document in PROCESS:
        form = steps.deed(officer, "Catat tahapan")
        form.get_by_label("Tahapan").select_option(code)
        form.get_by_label("Tanggal surat").fill((DAY + timedelta(days=after)).isoformat())
        form.get_by_label("Nomor surat").fill(document)
        form.get_by_role("button").click()
        expect(officer.get_by_text("Tahapan dicatat.")).to_be_visible()
    process = steps.panel(officer, "Tahapan proses")
    expect(process).to_contain_text(f"paling lambat {written(DAY + timedelta(days=8))}")
    expect(process).to_contain_text(f"tercatat {written(DAY + timedelta(days=2))}")
    expect(process.locator(".chip--overdue")).to_have_count(0)
    expect(process.locator(".notice--warning")).to_have_count(0)
    expect(process).to_contain_text("P-21: hasil penyidikan sudah lengkap")
    form = steps.deed(officer, "Ubah keadaan")
    form.get_by_label("Menjadi").select_option(label="menunggu pihak lain")
    form.get_by_label("Menunggu siapa").fill("Kejaksaan Negeri Belu")
    form.get_by_label("Catatan").fill("Berkas lengkap; tersangka dan barang bukti diserahkan.")
    form.get_by_role("button").click()
    expect(officer.locator(".page-head")).to_contain_text("menunggu Kejaksaan Negeri Belu")


def the_alert_ends_as_true(officer: Page, alert: str) -> None:
    """The alert is closed with its outcome, and nobody is reminded of it any more."""
    officer.goto(alert)
    officer.get_by_label("Hasil").select_option(label="benar")
    officer.get_by_label("Penjelasan").fill("Keberangkatan dicegah; perkaranya sampai pada penuntut umum.")
    officer.get_by_label("Kabar untuk pelapor").select_option(label=HEARD)
    officer.get_by_role("button", name="Tutup peringatan").click()
    expect(steps.state(officer)).to_have_text("selesai")
    expect(steps.fact(officer, "Hasil")).to_have_text("benar")
    expect(steps.panel(officer, "Siapa diberi tahu, kapan").get_by_text("Yang akan datang")).to_have_count(0)


def expect_each_to_know_its_part(desks: Desks, *, report: str, event: str, alert: str, case: str, person: str) -> None:
    """Who warned learns the outcome and sees no case; who supports sees no alert and no report; the village hears how it ended."""
    analyst = desks.of("analis.atambua")
    analyst.goto(alert)
    expect(steps.fact(analyst, "Hasil")).to_have_text("benar")
    assert steps.status(analyst, case) == 404

    support = desks.of("petugas.bp3mi")
    assert steps.status(support, case) == 200
    expect(steps.panel(support, "Tahapan proses")).to_contain_text("P-21")
    for address in (report, event, alert, person):
        assert steps.status(support, address) == 404

    village = desks.of("desa.silawan", viewport=NARROW)
    assert steps.status(village, report) == 200
    steps.open_notice(village, "Ada kabar tentang laporan Anda", to="/kabar/")
    expect(village.locator("main")).to_contain_text(HEARD)
    for address in (event, alert, case):
        assert steps.status(village, address) in (403, 404)


def expect_the_overseers_to_see_who_did_what(desks: Desks, *, alert: str, case: str) -> None:
    """Each side's overseer reads who did what with its records and who was refused, and never what stands in them."""
    alert, case = f"alert:{steps.key(alert)}", f"case:{steps.key(case)}"
    for overseer, record, deed, by in (
        ("pengawas", alert, "alert.raised", "Kanim Atambua"),
        ("pengawas", alert, "alert.acknowledged", "Polres Belu"),
        ("pengawas", alert, "alert.closed", "Polres Belu"),
        ("pengawas.polda", case, "case.opened", "Polres Belu"),
        ("pengawas.polda", case, "record.read", "BP3MI NTT"),
        ("pengawas.polda", case, "access.refused", "Dinsos NTT"),
    ):
        page = desks.of(overseer)
        page.goto(f"/pengawasan/?subject={record}&event={deed}")
        expect(page.locator("main table.data tbody")).to_contain_text(by)
        expect(page.locator("main")).not_to_contain_text("Atapupu")


def in_two_days() -> datetime:
    """Return a time to come, as the clocks of the office show it."""
    return datetime.now(ZoneInfo("Asia/Jakarta")) + timedelta(days=2)


def written(day: date) -> str:
    """Return the day as the pages write it."""
    months = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")
    return f"{day.day} {months[day.month - 1]} {day.year}"
