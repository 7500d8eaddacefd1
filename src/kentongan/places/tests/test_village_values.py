"""A file of values by village: what is read, what is refused with its row, what is only said."""

from datetime import date, timedelta

import pytest

from kentongan.audit.models import TrailRow
from kentongan.places.models import Place, PlaceCode, Population
from kentongan.places.populations import PopulationFaulty, import_population
from kentongan.places.village_values import Range, read_village_values

pytestmark = pytest.mark.django_db

SILAWAN, TULAKADI, SADI = 5, 6, 7


class Operator:
    ref, agency, purpose = "system:command", "", "coordination"


def read(text, **more):
    given = {"value_headings": ("nilai",), "within": Range(0, 100), **more}
    return read_village_values(text, **given)


def said(read):
    return [fault.sentence for fault in read.faults]


def test_values_are_read_by_code_with_or_without_dots(gazetteer_rows):
    found = read("kode,nilai\n53.04.02.2001,12.5\n5304022002,3\n53.04.02.2003,\n")

    assert found.faults == ()
    assert found.values == {SILAWAN: 12.5, TULAKADI: 3.0}
    assert "1 baris tanpa nilai dilewati." in found.notes


def test_a_file_as_spreadsheets_write_it_in_indonesia_is_read(gazetteer_rows):
    found = read("Kode;Nilai\n53.04.02.2001;12,5\n53.04.02.2002;1.234,5\n", within=Range(0))

    assert found.values == {SILAWAN: 12.5, TULAKADI: 1234.5}
    assert "Titik dibaca sebagai pemisah ribuan: 1.234,5 berarti 1234.5." in found.notes


@pytest.mark.parametrize("value", ["12.345678", "0.125", "12.5", "0.125,5", "1.23,4", "01.234"])
def test_a_decimal_point_among_semicolons_is_a_fault_and_never_thousands(gazetteer_rows, value):
    found = read(f"kode;nilai\n53.04.02.2001;{value}\n53.04.02.2002;3,5\n", within=Range())

    (fault,) = found.faults
    assert fault.row == 2
    assert "tulis koma desimal" in fault.message


def test_thousands_beside_decimal_points_are_not_guessed(gazetteer_rows):
    found = read("kode;nilai\n53.04.02.2001;12.345\n53.04.02.2002;3.5\n53.04.02.2003;7,25\n", within=Range())

    assert [fault.row for fault in found.faults] == [2, 3]


@pytest.mark.parametrize(("value", "read_as"), [("1.234", 1234.0), ("-1.234.567,8", -1234567.8), ("12,345", 12.345), ("7", 7.0)])  # fmt: skip
def test_a_column_with_grouped_thousands_is_read_as_in_indonesia(gazetteer_rows, value, read_as):
    assert read(f"kode;nilai\n53.04.02.2001;{value}\n", within=Range()).values == {SILAWAN: read_as}


@pytest.mark.parametrize("value", ["1_000", "1e3", "inf", "nan", "0x1", "+ 3", "١٢", "1,234,567", "1 000"])
def test_what_only_a_programmer_takes_for_a_number_is_a_fault(gazetteer_rows, value):
    found = read(f'kode,nilai\n53.04.02.2001,"{value}"\n', within=Range())

    assert "bukan angka" in said(found)[0]


def test_every_fault_is_named_with_its_row_and_hides_no_other(gazetteer_rows):
    found = read(
        "kode,nilai\n53.04.02.2001,-3\n53.04.02.2001,4\n53.04.02.9999,1\n53.04,2\nsilawan,1\n,5\n53.04.02.2002,banyak\n"
        "53.04.02.2003,101\n"
    )

    assert [fault.row for fault in found.faults] == [2, 3, 4, 5, 6, 7, 8, 9]
    assert "lebih kecil dari yang mungkin" in said(found)[0]
    assert "sudah ada di baris 2" in said(found)[1]
    assert "tidak ada dalam gazeter" in said(found)[2]
    assert "bukan desa atau suco" in said(found)[3]
    assert "bukan kode desa" in said(found)[4]
    assert "kode kosong" in said(found)[5]
    assert "bukan angka" in said(found)[6]
    assert "lebih besar dari yang mungkin" in said(found)[7]


def test_codes_of_bps_are_recognised_and_no_code_without_dots_is_trusted_beside_them(gazetteer_rows):
    found = read("kode,nilai\n5304021001,1\n5304020012,2\n5304022001,3\n53.04.02.2002,4\n")

    assert [fault.row for fault in found.faults] == [2, 3, 4]
    assert all("kode BPS, bukan kode Kemendagri" in sentence for sentence in said(found))


def test_codes_of_bps_are_read_where_they_are_known_here_and_the_sender_says_so(gazetteer_rows):
    PlaceCode.objects.create(place_id=SILAWAN, scheme="bps", code="5304021001")

    found = read("kode,nilai\n5304021001,1\n5304021002,2\n", scheme="bps")

    assert found.values == {SILAWAN: 1.0}
    assert "tidak mempunyai padanan" in said(found)[0]


def test_a_former_code_is_translated_and_said(gazetteer_rows):
    PlaceCode.objects.create(place_id=SILAWAN, scheme="kemendagri", code="53.04.02.1001", valid_to=date(2025, 4, 25))

    found = read("kode,nilai\n53.04.02.1001,7\n")

    assert found.values == {SILAWAN: 7.0}
    assert "1 kode lama diterjemahkan ke kode sekarang." in found.notes


def test_a_village_that_was_split_is_told_and_not_guessed(gazetteer_rows):
    for heir in (SILAWAN, TULAKADI):
        PlaceCode.objects.create(place_id=heir, scheme="kemendagri", code="53.04.02.2009", valid_to=date(2025, 4, 25))

    found = read("kode,nilai\n53.04.02.2009,7\n")

    assert found.values == {}
    assert "Silawan (53.04.02.2001), Tulakadi (53.04.02.2002)" in said(found)[0]
    assert "tidak menebak" in said(found)[0]


def test_equal_values_and_a_thin_column_are_accepted_and_said(gazetteer_rows):
    equal = read("kode,nilai\n53.04.02.2001,4\n53.04.02.2002,4\n")

    assert equal.faults == ()
    assert equal.is_uninformative
    assert any("Semua nilainya sama" in note for note in equal.notes)
    assert any("Hanya 2 dari 3 desa" in note for note in equal.notes)


def test_thirty_per_cent_may_be_missing_before_it_is_said(gazetteer_rows):
    Place.objects.bulk_create(
        Place(id=100 + n, code=f"53.04.02.{2010 + n}", name=f"Desa {n}", level="village", country="ID", parent_id=4)
        for n in range(7)
    )
    rows = [f"53.04.02.{2010 + n},{n}" for n in range(7)]

    assert read("kode,nilai\n" + "\n".join(rows)).notes == ()
    assert any("Hanya 6 dari 10" in note for note in read("kode,nilai\n" + "\n".join(rows[:6])).notes)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "harus ada"),
        ("desa,angka\n53.04.02.2001,1\n", "harus ada"),
        ("kode,nilai\n", "tidak ada satu baris pun"),
        ("kode,nilai\n53.04.02.2001,\n", "tidak ada satu nilai pun"),
        ('kode,nilai\n"53.04.02.2001,1\n', "tanda kutip tidak ditutup"),
        ("kode,nilai\n53.04.02.2001,1,2\n", "ada 3 sel"),
        ("kode,nilai\n53.04.02.2001,nan\n", "bukan angka"),
        ("kode,nilai\n53.04.02.2001,inf\n", "bukan angka"),
    ],
)
def test_what_is_no_such_table_is_said_so(gazetteer_rows, text, word):
    assert word in " ".join(said(read(text)))


def test_residents_are_kept_with_their_day_and_source_and_written_in_the_trail(gazetteer_rows, now):
    text = "kode,penduduk\n53.04.02.2001,2500\n53.04.02.2002,1800\n"

    done = import_population(text=text, as_of=date(2025, 12, 31), source="Dukcapil 2025", scheme="kemendagri", by=Operator, at=now)  # fmt: skip

    assert done.villages == 2
    assert set(Population.objects.values_list("place_id", "residents", "source")) == {
        (SILAWAN, 2500, "Dukcapil 2025"), (TULAKADI, 1800, "Dukcapil 2025"),
    }  # fmt: skip
    assert TrailRow.objects.filter(event="population.imported").count() == 1


def test_residents_brought_again_for_the_same_day_replace_the_old_ones(gazetteer_rows, now):
    for residents in (2500, 2600):
        import_population(
            text=f"kode,penduduk\n53.04.02.2001,{residents}\n", as_of=date(2025, 12, 31), source="Dukcapil", scheme="kemendagri",
            by=Operator, at=now,
        )  # fmt: skip

    assert list(Population.objects.values_list("residents", flat=True)) == [2600]


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("kode,penduduk\n53.04.02.2001,-1\n53.04.02.2002,10\n", "Dukcapil"),
        ("kode,penduduk\n53.04.02.2001,12.5\n53.04.02.2002,10\n", "Dukcapil"),
        ("kode,penduduk\n53.04.02.2001,900000\n53.04.02.2002,10\n", "Dukcapil"),
        ("kode,penduduk\n53.04.02.2001,10\n", " "),
    ],
)
def test_a_faulty_file_of_residents_leaves_nothing(gazetteer_rows, now, text, source):
    with pytest.raises(PopulationFaulty):
        import_population(text=text, as_of=date(2025, 12, 31), source=source, scheme="kemendagri", by=Operator, at=now)

    assert not Population.objects.exists()


def test_residents_of_a_day_that_has_not_come_are_refused(gazetteer_rows, now):
    with pytest.raises(PopulationFaulty):
        import_population(
            text="kode,penduduk\n53.04.02.2001,10\n", as_of=now.date() + timedelta(days=2), source="Dukcapil",
            scheme="kemendagri", by=Operator, at=now,
        )  # fmt: skip

    assert not Population.objects.exists()
