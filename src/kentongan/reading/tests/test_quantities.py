"""Quantities: numbers with the nouns that they count, and none of the numbers that name something else."""

import pytest

from kentongan.reading.dates import find_dates
from kentongan.reading.model import Quantity
from kentongan.reading.numbers import parse_number
from kentongan.reading.quantities import find_quantities
from kentongan.reading.text import document


def read(text: str) -> tuple[Quantity, ...]:
    doc = document(text)
    return find_quantities(doc, find_dates(doc))


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1.250", 1250), ("1.250,5", 1250.5), ("2,5", 2.5), ("2.5", 2.5), ("1,5 juta", 1_500_000), ("11 juta", 11_000_000), ("dua belas", 12),
        ("dua puluh lima", 25), ("seratus dua puluh lima", 125), ("seribu", 1000), ("lima ratus", 500), ("dua ribu tiga ratus", 2300), ("sebelas", 11),
    ],
)  # fmt: skip
def test_numbers_are_read_as_indonesian_texts_write_them(written: str, value: float) -> None:
    assert parse_number(written) == value


@pytest.mark.parametrize(
    ("text", "value", "unit", "family"),
    [
        ("Petugas menyita 27 karton rokok ilegal.", 27, "karton", "goods"),
        ("Petugas menyita dua belas ekor sapi.", 12, "ekor", "goods"),
        ("Petugas menyita 5 jerigen minyak tanah.", 5, "jeriken", "goods"),
        ("Petugas menyita 2,5 ton pupuk.", 2.5, "ton", "goods"),
        ("Petugas menahan 5 warga negara Myanmar.", 5, "orang", "persons"),
        ("Petugas menahan 3 (tiga) orang WNA.", 3, "orang", "persons"),
        ("Petugas menyita satu unit mobil pikap.", 1, "unit", "vehicles"),
        ("Petugas menyita uang tunai Rp 1,5 miliar.", 1_500_000_000, "rupiah", "money"),
        ("Petugas menyita uang Rp5.000.000,-.", 5_000_000, "rupiah", "money"),
        ("Mereka didenda 250 dolar AS.", 250, "USD", "money"),
        ("Petugas menyita 12 paspor.", 12, "paspor", "documents"),
        ("Petugas menangani empat kasus.", 4, "kasus", "cases"),
        ("Petugas menahan seorang tersangka.", 1, "orang", "persons"),
    ],
)
def test_a_count_has_its_value_unit_and_family(text: str, value: float, unit: str, family: str) -> None:
    (found,) = read(text)

    assert (found.value, found.unit, found.family) == (value, unit, family)


def test_a_number_repeated_in_words_counts_once() -> None:
    assert [quantity.value for quantity in read("Ada 1 (satu) pengungsi di sana.")] == [1]


@pytest.mark.parametrize(
    "text",
    [
        "Kodim 1604 anggota rapat.", "Yonif 743 personel tiba.", "Mereka melanggar Pasal 2 ayat 1 undang-undang.", "Pilkada 2024 warga memilih.",
        "Pada pukul 14.30 orang berkumpul.", "Warga RT 03 orang tua.", "Hubungi 0812 orang itu.", "Jaraknya 12 kilometer.", "Pria berusia 25 tahun itu diam.",
        "Rapat pada 12 Mei 2025 orang hadir.", "Kata seorang warga, sungai surut.", "Wisma 2023 kamar kosong.",
    ],
)  # fmt: skip
def test_numbers_that_name_something_are_not_counts(text: str) -> None:
    assert read(text) == ()


def test_all_of_them_are_counted_again() -> None:
    assert [quantity.value for quantity in read("Ketiga tersangka dan ke-11 PMI itu pulang untuk kedua kalinya.")] == [
        3,
        11,
    ]


def test_a_vague_figure_gives_way_to_the_exact_one() -> None:
    vague, exact = read("Puluhan calon pekerja migran ditemukan di ruko itu. Petugas mendata 43 orang.")

    assert (vague.scope, exact.scope) == ("headline", "live")


def test_inhabitants_and_rumours_are_background() -> None:
    found = read(
        "Desa itu berpenduduk 5.200 jiwa. Beredar kabar bahwa belasan orang asing masuk. Selama penugasan disita 2.150 liter BBM."
    )

    assert {quantity.scope for quantity in found} == {"background"}


def test_the_size_of_a_container_is_not_an_amount() -> None:
    assert [quantity.unit for quantity in read("Petugas menyita 4 jeriken berukuran masing-masing 30 liter.")] == [
        "jeriken"
    ]


def test_vague_numbers_and_ranges_are_approximate() -> None:
    assert [
        (quantity.value, quantity.approximate) for quantity in read("Ada puluhan warga dan sekitar 50 orang tamu.")
    ] == [(20, True), (50, True)]


def test_parts_of_a_total_are_marked() -> None:
    total, men, women = read("Petugas mengamankan 30 orang, terdiri dari 18 laki-laki dan 12 perempuan.")

    assert (total.part, men.part, women.part) == (False, True, True)


def test_yearly_totals_are_background() -> None:
    live, yearly = read("Petugas memulangkan 5 orang dari pelabuhan. Sepanjang 2025 tercatat 127 orang dipulangkan.")

    assert (live.scope, yearly.scope) == ("live", "background")


def test_sentences_that_go_on_with_yearly_totals_are_background_too() -> None:
    found = read("Sepanjang 2025 tercatat 127 kasus. Dari jumlah tersebut, 12 kasus masih diperiksa.")

    assert {quantity.scope for quantity in found} == {"background"}


def test_the_fine_that_the_law_threatens_is_background() -> None:
    (fine,) = read("Mereka terancam denda paling banyak Rp 5 miliar.")

    assert fine.scope == "background"


def test_the_headline_is_kept_apart_from_the_body() -> None:
    headline, body = read(
        "Petugas mengamankan 30 orang di pelabuhan\n\nPetugas mengamankan 28 orang di pelabuhan lama pada malam hari itu."
    )

    assert (headline.scope, body.scope) == ("headline", "live")


def test_tetum_and_portuguese_counts_are_read() -> None:
    persons, goods = read(
        "Polísia kaer ema na'in lima iha fronteira tanba sira lori sigaru kaixa 12 ne'ebé la iha dokumentu."
    )

    assert (persons.value, persons.unit) == (5, "orang")
    assert (goods.value, goods.unit) == (12, "karton")
    assert [
        quantity.value for quantity in read("A polícia deteve cinco pessoas na fronteira que não tinham os documentos.")
    ] == [5]
