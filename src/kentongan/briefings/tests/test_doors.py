"""The doors: what each hands out, to whom, and what stays behind in the trail."""

import io

import pytest
from openpyxl import load_workbook

from kentongan.agencies.models import Agency
from kentongan.audit import trail
from kentongan.audit.models import TrailRow
from kentongan.programme.actions import villages, visits
from kentongan.programme.actions.common import let_village_see

from .conftest import OFFICE, OTHER, REGION, SILAWAN, TULAKADI, VILLAGE

SHEET = "/kerawanan/desa/53.04.02.2001/lembar.pdf"
OF_THE_MONTH = "/program/laporan/2026-01.pdf"
OF_THE_INDEX = [SHEET, "/kerawanan/tabel.xlsx", "/kerawanan/tabel.csv"]
OF_THE_PROGRAMME = ["/program/laporan/", "/program/desa.xlsx", "/program/desa.csv"]


def exported():
    return [row.facts for row in TrailRow.objects.filter(event="records.exported").order_by("id")]


@pytest.fixture
def world(run_of, partner, visit):
    run_of()
    run_of("tppm")
    village = partner()
    visit(village)
    return village


def test_the_sheet_is_one_page_and_noted(world, officer, signed_in, pages_of):
    answer = signed_in(officer()).get(SHEET)

    (page,) = pages_of(answer.content)
    assert answer["Content-Type"] == "application/pdf"
    assert "Desa Silawan" in page
    assert exported()[-1] | {"from": []} == {
        "category": "vulnerability", "form": "village_sheet", "place": "53.04.02.2001", "as": "pdf", "from": [], "rows": 4,
    }  # fmt: skip


def test_the_village_itself_gets_what_it_was_told_and_no_other_village(told_sheet, officer, signed_in, pages_of):
    client = signed_in(officer(VILLAGE, role="village_official", kind="village", level="village"))

    (page,) = pages_of(client.get(SHEET).content)

    assert "tingkat 4 dari 5" in page
    assert client.get("/kerawanan/desa/53.04.02.2002/lembar.pdf").status_code == 404
    assert client.get("/kerawanan/tabel.csv").status_code == 404


@pytest.mark.parametrize("address", [*OF_THE_INDEX, OF_THE_MONTH])
def test_another_office_is_refused_as_if_there_were_nothing(world, officer, signed_in, address):
    answer = signed_in(officer(OTHER)).get(address)

    assert answer.status_code == 404
    assert exported() == []


@pytest.mark.parametrize("address", [*OF_THE_INDEX, *OF_THE_PROGRAMME])
@pytest.mark.parametrize("role", ["un_officer", "overseer", "administrator"])
def test_a_role_without_the_category_is_refused(world, officer, signed_in, address, role):
    answer = signed_in(officer(role=role)).get(address)

    assert answer.status_code in (403, 404)
    assert exported() == []


@pytest.mark.parametrize("address", [*OF_THE_INDEX, *OF_THE_PROGRAMME])
def test_who_has_not_signed_in_is_led_to_the_entrance(world, client, address):
    assert client.get(address).status_code == 302


def test_those_above_print_the_report_of_an_office_below(world, officer, signed_in, pages_of, today):
    client = signed_in(officer(REGION, level="province"))

    pages = pages_of(client.get(f"/program/laporan/{today:%Y-%m}.pdf?kantor={OFFICE}").content)

    assert "KANTOR IMIGRASI KELAS II TPI ATAMBUA" in pages[0]


def test_who_sees_a_part_of_the_programme_prints_no_report_of_the_office(
    world, told_sheet, officer, signed_in, today, now
):
    Agency.objects.filter(pk=VILLAGE).update(seat=SILAWAN)
    let_village_see(world, villages.VILLAGE_SEES, by=trail.Keeper(), at=now)
    let_village_see(world.visits.get(), visits.VILLAGE_SEES, by=trail.Keeper(), at=now)
    client = signed_in(officer(VILLAGE, role="village_official", kind="village", level="village"))

    quarter = f"{today.year}-tw{(today.month + 2) // 3}"
    answers = [client.get(f"/program/laporan/{code}.pdf?kantor={OFFICE}") for code in (f"{today:%Y-%m}", quarter)]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert OFFICE not in client.get("/program/laporan/").content.decode()
    assert ".pdf" not in client.get(f"/program/bulan/{today:%Y-%m}/").content.decode()
    assert exported() == []


def test_a_report_is_on_the_own_office_where_none_is_named(world, officer, signed_in, today):
    client = signed_in(officer(REGION, level="province"))

    assert client.get(f"/program/laporan/{today:%Y-%m}.pdf").status_code == 404
    assert f"kantor={OFFICE}" in client.get("/program/laporan/").content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "/kerawanan/desa/99.99.99.9999/lembar.pdf",
        "/kerawanan/desa/53.04.02/lembar.pdf",
        "/kerawanan/tabel.csv?indeks=lain",
        "/kerawanan/tabel.csv?wilayah=99.99",
        "/program/laporan/2999-01.pdf",
        "/program/laporan/2026-13.pdf",
        "/program/laporan/2026-tw5.pdf",
        "/program/laporan/2999-tw1.pdf",
        "/program/laporan/0-tw1.pdf",
        "/program/laporan/2026-01.pdf?kantor=kanim-kupang",
        "/program/desa.csv?kantor=kanim-kupang",
    ],
)
def test_what_there_is_not_is_not_found(world, officer, signed_in, address):
    assert signed_in(officer()).get(address).status_code == 404
    assert exported() == []


def test_the_month_and_the_quarter_are_noted_with_their_rows(world, visit, officer, signed_in, today, next_month):
    visit(world, state="planned", planned_on=next_month)
    client = signed_in(officer())

    quarter = (today.month + 2) // 3
    answers = [client.get(f"/program/laporan/{code}.pdf") for code in (f"{today:%Y-%m}", f"{today.year}-tw{quarter}")]

    assert [answer.status_code for answer in answers] == [200, 200]
    month, whole = exported()
    assert (month["form"], month["period"], month["rows"]) == ("programme_report", f"{today:%Y-%m}", 3)
    assert whole["period"] == f"{today.year}-tw{quarter}"


def test_the_list_links_every_report_of_the_office(world, officer, signed_in, today):
    page = signed_in(officer()).get("/program/laporan/").content.decode()

    assert f"/program/laporan/{today:%Y-%m}.pdf?kantor={OFFICE}" in page
    assert f"/program/laporan/{today.year}-tw{(today.month + 2) // 3}.pdf" in page
    assert "sementara" in page


def test_the_index_leaves_as_csv_with_its_tags_and_as_a_file_for_excel(world, officer, signed_in):
    client = signed_in(officer())

    lines = client.get("/kerawanan/tabel.csv").content.decode().splitlines()
    book = load_workbook(io.BytesIO(client.get("/kerawanan/tabel.xlsx?indeks=tppm").content))

    assert lines[1].startswith("#adm4+code,#adm4+name,#adm3+name,#adm2+name,#adm1+name,#country+code")
    assert lines[2].startswith("53.04.02.2001,Silawan,Tasifeto Timur,Belu,Nusa Tenggara Timur,ID,tppo")
    assert [row[1].value for row in book.worksheets[0].iter_rows(min_row=3)] == ["Silawan", "Tulakadi", "Sadi"]
    assert [(one["as"], one["rows"]) for one in exported()] == [("csv", 3), ("xlsx", 3)]


def test_the_index_can_be_asked_for_one_area(world, officer, signed_in):
    lines = signed_in(officer()).get("/kerawanan/tabel.csv?wilayah=53.04.02.2002").content.decode().splitlines()

    assert [line.split(",")[1] for line in lines[2:]] == ["Tulakadi"]
    assert exported()[-1]["place"] == "53.04.02.2002"


@pytest.mark.parametrize("code", ["tl", " Tl "])
def test_the_code_of_an_area_may_be_typed_in_small_letters(world, officer, signed_in, code):
    answer = signed_in(officer()).get("/kerawanan/tabel.csv", {"wilayah": code})

    assert len(answer.content.decode().splitlines()) == 2
    assert exported()[-1]["place"] == "TL"


def test_the_list_of_an_area_links_all_its_files(world, officer, signed_in):
    page = signed_in(officer()).get("/kerawanan/?wilayah=53.04").content.decode()

    for name in ("kerawanan/tabel.xlsx", "kerawanan/tabel.csv", "peta/kerawanan/unduh.geojson"):
        assert f'href="/{name}?indeks=tppo&amp;wilayah=53.04"' in page


def test_every_file_is_noted_in_one_form(world, officer, signed_in, today):
    client = signed_in(officer())
    for address in (SHEET, "/kerawanan/tabel.csv", "/program/desa.xlsx", f"/program/laporan/{today:%Y-%m}.pdf"):
        client.get(address)
    client.get("/peta/kerawanan/unduh.geojson?wilayah=53.04")

    told = [(one["category"], one["form"], one["as"], one["place"]) for one in exported()]

    assert told == [
        ("vulnerability", "village_sheet", "pdf", "53.04.02.2001"),
        ("vulnerability", "index_table", "csv", ""),
        ("programme", "partner_table", "xlsx", ""),
        ("programme", "programme_report", "pdf", ""),
        ("vulnerability", "index_map", "geojson", "53.04"),
    ]


def test_a_trial_run_never_leaves(run_of, officer, signed_in):
    run_of(is_trial=True)

    assert signed_in(officer()).get("/kerawanan/tabel.csv").status_code == 404


def test_the_partner_villages_leave_with_their_dates(world, partner, officer, signed_in, today):
    partner(TULAKADI, decree_number="", status="proposed", since=None)

    lines = signed_in(officer()).get("/program/desa.csv").content.decode().splitlines()

    assert lines[1].startswith("#adm4+code,#adm4+name")
    assert lines[2].startswith("53.04.02.2001,Silawan,Tasifeto Timur,Belu,Nusa Tenggara Timur,Kantor Imigrasi")
    assert f",{today},tidak" not in lines[3]
    assert len(lines) == 4


def test_papers_are_indonesian_whatever_the_language_of_the_page(world, officer, signed_in, pages_of):
    client = signed_in(officer())
    client.post("/bahasa/", {"language": "en"})

    (page,) = pages_of(client.get(SHEET).content)

    assert "Mengapa tingkatnya begitu" in page
    assert client.get("/program/desa.csv").content.decode().startswith("Kode,Desa,")


def test_a_demonstration_says_so_on_every_paper(world, officer, signed_in, pages_of, settings, today):
    settings.IS_DEMONSTRATION = True
    client = signed_in(officer())

    pages = [*pages_of(client.get(SHEET).content), *pages_of(client.get(f"/program/laporan/{today:%Y-%m}.pdf").content)]

    assert all("DATA SIMULASI" in page for page in pages)


def test_a_village_known_by_its_number_alone_has_no_sheet(world, officer, signed_in):
    assert signed_in(officer()).get(f"/kerawanan/desa/{SILAWAN}/lembar.pdf").status_code == 404


def test_an_office_without_partner_villages_finds_an_empty_list_and_an_empty_table(world, officer, signed_in):
    client = signed_in(officer(OTHER))

    assert "belum ada laporan" in client.get("/program/laporan/").content.decode()
    assert len(client.get("/program/desa.csv").content.decode().splitlines()) == 2
    assert exported()[-1]["rows"] == 0
