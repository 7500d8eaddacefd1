"""The sheet of a village: always one page, in words, and nothing on it that was withheld."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from kentongan.agencies.models import Agency, Competence
from kentongan.audit import trail
from kentongan.briefings.seen_levels import levels_seen
from kentongan.briefings.surroundings import MARK_OF, surroundings_of
from kentongan.briefings.village_sheet import facts_of, sheet_of, village_sheet_pdf
from kentongan.places.facilities import KINDS
from kentongan.places.models import Facility, FacilityStatus, Place
from kentongan.programme.actions import villages, visits
from kentongan.programme.actions.common import let_village_see
from kentongan.vulnerability.index_telling import level_told, told_of

from .conftest import OFFICE, SILAWAN, TULAKADI, VILLAGE, about

LONG = "Desa Dengan Nama Yang Sangat Panjang Sekali #pagebreak() *Tebal* $x$ Sampai Ujung Baris Dan Seterusnya Lagi"


@pytest.fixture
def sheet(officer, now):
    """Make the sheet of a village as an officer sees it."""

    def make(place=SILAWAN, actor=None):
        actor = actor or officer()
        village = Place.objects.get(pk=place)
        seen = levels_seen(village, actor, at=now)
        return sheet_of(village, seen.levels, seen.told_by, actor, at=now)

    return make


def test_it_says_the_level_with_its_interval_its_factors_and_the_right_to_object(sheet, run_of, pages_of, now):
    run_of()

    (page,) = pages_of(village_sheet_pdf(sheet(), at=now))

    for words in (
        "Desa Silawan",
        "Kecamatan Tasifeto Timur, Kabupaten Belu, Provinsi Nusa Tenggara Timur",
        "53.04.02.2001",
        "tingkat 4 dari 5",
        "Skor 58 dari 100. Peringkat 1 dari 3",
        "1 (80 %), 1–2 (95 %)",
        "Jarak ke garis batas",
        "bukan tentang orang",
        "mengajukan keberatan",
        "Gazeter 2025 (30 Juni 2026)",
    ):
        assert words in " ".join(page.split())


def test_an_index_that_is_not_seen_is_said_to_be_absent(sheet, run_of, pages_of, now):
    run_of("tppo")

    facts = facts_of(sheet(), at=now)

    assert [one["level"] is not None for one in facts["indices"]] == [True, False]
    assert facts["indices_shown"] == ["TPPO"]


def test_long_names_and_many_factors_still_stand_on_one_page(sheet, run_of, partner, visit, pages_of, now, settings):
    settings.IS_DEMONSTRATION = True
    Place.objects.filter(pk__in=[2, 3, 4, SILAWAN, TULAKADI]).update(name=LONG)
    factors = [about(f"f{number}", f"Faktor {number} {LONG}", "orang per seribu penduduk") for number in range(40)]
    for index in ("tppo", "tppm"):
        run_of(index, factors=factors)
    visit(partner(doubt=LONG * 2))

    (page,) = pages_of(village_sheet_pdf(sheet(), at=now))

    assert "24 faktor lain" in " ".join(page.split())
    assert "#pagebreak()" in page


def test_the_same_sheet_makes_the_same_bytes(sheet, run_of, now):
    run_of()
    one = sheet()

    assert village_sheet_pdf(one, at=now) == village_sheet_pdf(one, at=now)


def test_counts_of_few_people_and_unknown_values_are_not_written(sheet, run_of, now):
    run_of(factors=[about("border", "Jarak", "km"), about("people", "Berangkat", "orang", is_of_people=True)])
    Place.objects.filter(pk=7).update(name="Sadi")

    rows = {row["label"]: row for row in facts_of(sheet(7), at=now)["factors"]}

    assert rows["Berangkat"]["value"] == "tidak diketahui"
    assert rows["Berangkat"]["points"] == [None]
    assert rows["Jarak"]["value"] == "2,6 km"


def test_what_was_held_back_from_a_village_is_not_on_its_sheet(told_sheet, sheet, officer, now):
    level = level_told(told_sheet)
    line, *others = level.factors
    told_sheet.content = told_of(replace(level, factors=(replace(line, is_counted=True), *others)), is_held_back=True)
    told_sheet.save()
    actor = officer(VILLAGE, role="village_official", kind="village", level="village")

    facts = facts_of(sheet(actor=actor), at=now)

    row = next(row for row in facts["factors"] if row["label"] == line.label)
    assert (row["value"], row["points"], row["standing"]) == ("tidak ditampilkan", [None], "–")
    assert [row["points"] for row in facts["factors"]] == [[None]] * len(level.factors)
    assert "tidak boleh diteruskan" in facts["indices"][0]["level"]["sureness"]


def test_it_tells_what_the_programme_did(sheet, run_of, partner, visit, now, today, next_month):
    run_of()
    village = partner()
    visit(village, kind="visit", heads=None)
    visit(village, heads=41)
    visit(village, state="planned", planned_on=next_month)
    visit(village, done_on=today - timedelta(days=400))

    told = dict(facts_of(sheet(), at=now)["programme"])

    assert told["Desa binaan"] == (
        "ditetapkan sejak 20 Juni 2024 oleh Kantor Imigrasi Kelas II TPI Atambua; SK W.22/IMI-5/2024"
    )
    assert told["Kunjungan setahun"].startswith("1 kunjungan dan 1 penyuluhan, terakhir")
    assert told["Kunjungan setahun"].endswith("41 peserta")
    assert told["Berikutnya"].startswith("7 ")


@pytest.fixture
def headman(told_sheet, officer):
    """The government of Silawan, which was told its level."""
    Agency.objects.filter(pk=VILLAGE).update(seat=SILAWAN)
    return officer(VILLAGE, role="village_official", kind="village", level="village")


def test_a_village_reads_on_its_own_sheet_that_it_is_a_partner_and_who_looks_after_it(
    sheet, headman, partner, visit, now, today
):
    village = partner()
    done = visit(village, heads=None)
    let_village_see(village, villages.VILLAGE_SEES, by=trail.Keeper(), at=now)
    let_village_see(done, visits.VILLAGE_SEES, by=trail.Keeper(), at=now)

    facts = facts_of(sheet(actor=headman), at=now)

    told, notes = dict(facts["programme"]), dict(facts["notes"])
    assert told["Desa binaan"].startswith("ditetapkan sejak 20 Juni 2024 oleh Kantor Imigrasi Kelas II TPI Atambua")
    assert told["Kunjungan setahun"].startswith("1 penyuluhan, terakhir")
    assert "Berikutnya" not in told  # nobody tells a village's government what is planned
    assert notes["Hubungi:"].startswith("Kantor Imigrasi Kelas II TPI Atambua.")


def test_a_village_that_is_no_partner_says_so(sheet, run_of, now):
    run_of()

    facts = facts_of(sheet(TULAKADI), at=now)

    assert facts["programme"] == []
    assert "bukan desa binaan" in facts["programme_none"]


def test_of_a_district_that_stands_for_its_villages_nobody_says_that_the_village_is_none(sheet, run_of, partner, now):
    run_of()
    partner(4, status="suspended", changed_why="musim hujan")

    facts = facts_of(sheet(), at=now)

    assert facts["programme"] == []
    assert facts["programme_none"] == (
        "Kecamatan Tasifeto Timur dibina oleh Kantor Imigrasi Kelas II TPI Atambua, tanpa disebut desanya; apakah desa ini "
        "termasuk, tanyakan kepada kantor itu."
    )
    assert dict(facts["notes"])["Hubungi:"].startswith("Kantor Imigrasi Kelas II TPI Atambua.")


def test_what_changed_since_the_run_before_is_told(sheet, run_of, now, today):
    run_of(as_of=today - timedelta(days=31))
    run_of()

    ((index, words),) = facts_of(sheet(), at=now)["changed"]

    assert index == "TPPO"
    assert "tetap" in words


def test_nobody_above_or_beside_sees_a_sheet_without_a_run(officer, gazetteer_rows, now):
    assert levels_seen(Place.objects.get(pk=SILAWAN), officer(OFFICE), at=now) is None


@pytest.mark.parametrize(
    ("kind", "working", "not_working"),
    [
        ("plbn", "pos yang bekerja", "pos yang belum atau tidak bekerja, atau tidak diketahui"),
        (
            "traditional_crossing",
            "perlintasan tradisional",
            "perlintasan tradisional yang belum atau tidak dibuka, atau tidak diketahui",
        ),
        ("airport", "bandar udara", "bandar udara yang belum atau tidak bekerja, atau tidak diketahui"),
        ("ferry_port", "pelabuhan", "pelabuhan yang belum atau tidak bekerja, atau tidak diketahui"),
    ],
)
def test_the_sketch_shows_the_facilities_with_their_state_on_the_day(gazetteer_rows, today, kind, working, not_working):
    post = Facility.objects.create(key="m", name="Mota'ain", kind=kind, country="ID", lat=-8.98, lon=124.94)
    days = [today + timedelta(days=number) for number in range(4)]
    for state, since in zip(("active", "inactive", "planned"), days, strict=False):
        FacilityStatus.objects.create(
            facility=post, status=state, valid_from=since, valid_to=since + timedelta(days=1)
        )  # fmt: skip

    active, *others = (surroundings_of(Place.objects.get(pk=SILAWAN), on=on) for on in days)

    assert {working, not_working} & {words for _mark, words in active.legend} == {working}
    for one in others:
        assert {working, not_working} & {words for _mark, words in one.legend} == {not_working}
        assert "Mota'ain (belum atau tidak bekerja, atau tidak diketahui)" in one.alt
    assert "Tulakadi" in active.svg
    assert "Mota'ain;" not in active.alt
    assert "Mota'ain." in active.alt


def test_every_kind_of_facility_has_its_mark():
    assert set(MARK_OF) == KINDS


def test_a_village_without_a_point_has_no_sketch(sheet, run_of, pages_of, now):
    run_of()
    Place.objects.filter(pk=SILAWAN).update(lat=None, lon=None)

    (page,) = pages_of(village_sheet_pdf(sheet(), at=now))

    assert surroundings_of(Place.objects.get(pk=SILAWAN), on=date(2026, 1, 1)) is None
    assert "Letak desa ini belum diketahui" in page


def test_the_legend_names_the_border_only_where_it_is_drawn(gazetteer_rows, today):
    near, far = (surroundings_of(Place.objects.get(pk=place), on=today) for place in (SILAWAN, 11))

    assert [near.has_border, far.has_border] == [True, False]


def test_a_village_on_an_island_that_the_coast_leaves_out_says_why_it_lies_in_the_sea(sheet, run_of, officer, now):
    run_of()
    Place.objects.filter(pk=SILAWAN).update(lat=-8.5, lon=124.93)
    actor = officer()

    at_sea, on_land = (facts_of(sheet(place, actor), at=now)["sketch"]["note"] for place in (SILAWAN, TULAKADI))

    assert "disederhanakan" in at_sea
    assert on_land == ""


def test_the_village_is_sent_to_the_office_of_its_area(sheet, run_of, agency_of, now):
    run_of()
    near = agency_of("kanim-lain")
    Competence.objects.create(agency=near, matter="foreigners").roots.add(3)

    notes = dict(facts_of(sheet(), at=now)["notes"])

    assert notes["Hubungi:"].startswith(f"{near.name}. Telepon: ...")
