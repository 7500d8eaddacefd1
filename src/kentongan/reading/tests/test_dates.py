"""Dates: what is written is read, what is left open stays open, and the copyright year never counts."""

from datetime import date

import pytest

from kentongan.reading.dates import find_dates, infer_year, publication
from kentongan.reading.model import DateMention
from kentongan.reading.text import document


def read(text: str, received: date | None = None) -> tuple[DateMention, ...]:
    return find_dates(document(text), received=received)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("Rabu, 26 Januari 2022", date(2022, 1, 26)),
        ("Senin (25/11/2024)", date(2024, 11, 25)),
        ("Jumat (7/7/23)", date(2023, 7, 7)),
        ("tgl 5 sept 24", date(2024, 9, 5)),
        ("tanggal 5-9-2024", date(2024, 9, 5)),
        ("2024-09-05", date(2024, 9, 5)),
        ("Jum'at, 1 November 2024", date(2024, 11, 1)),
        ("Selasa malam, 5 November 2024", date(2024, 11, 5)),
        ("7 de novembro de 2024", date(2024, 11, 7)),
        ("loron 11 fulan-Novembru tinan 2024", date(2024, 11, 11)),
        ("November 7, 2024", date(2024, 11, 7)),
    ],
)
def test_a_full_date_is_read_in_every_spelling(written: str, day: date) -> None:
    (mention,) = read(f"Petugas menahan tiga orang pada {written} di pelabuhan.")

    assert (mention.day, mention.precision, mention.contradiction) == (day, "day", "")


def test_a_date_without_year_takes_the_latest_year_in_which_the_weekday_fits() -> None:
    (mention,) = read("Hal itu dikatakannya di Kupang, Kamis, (7/11).", date(2026, 3, 1))

    assert (mention.day, mention.inferred) == (date(2024, 11, 7), True)


def test_a_date_without_year_stays_open_where_neither_the_text_nor_its_arrival_shows_the_year() -> None:
    (mention,) = read("Hal itu dikatakannya di Kupang, Kamis, (7/11).")

    assert (mention.day, mention.weekday) == (None, 3)


def test_without_a_day_of_arrival_the_years_that_the_text_names_bound_it() -> None:
    mentions = read("Kamis (7/11) mereka ditahan. Rapat sebelumnya digelar pada 2 Mei 2023.")

    assert mentions[0].day == date(2024, 11, 7)


def test_the_day_of_arrival_bounds_the_year() -> None:
    (mention,) = read("Hal itu dikatakannya di Kupang, Kamis, (7/11).", date(2020, 1, 1))

    assert mention.day == date(2019, 11, 7)


def test_a_copyright_year_bounds_but_never_dates() -> None:
    (mention,) = read("Hal itu dikatakannya di Kupang, Kamis, (7/11).\nPewarta: A. Contoh\nCopyright © UJI 2021")

    assert mention.day == date(2019, 11, 7)


def test_a_weekday_that_contradicts_its_number_is_reported_and_the_number_kept() -> None:
    (mention,) = read("Petugas menahan tiga orang, Senin (26/11/2024).")

    assert mention.day == date(2024, 11, 26)
    assert "Selasa" in mention.contradiction


def test_a_year_of_the_text_wins_over_a_weekday_that_fits_long_ago() -> None:
    year, contradiction = infer_year(26, 11, 0, latest=date(2026, 12, 31), known_years=frozenset({2024}))

    assert year == 2024
    assert contradiction


def test_a_lone_weekday_stays_open_after_the_past_day_that_the_text_names() -> None:
    lone, signed = read(
        "Penandatanganan dilakukan di Serang, Rabu, menyusul nota kesepahaman yang diteken pada 4 Agustus 2025."
    )

    assert (lone.day, lone.weekday, lone.not_before) == (None, 2, date(2025, 8, 6))
    assert (signed.day, signed.role) == (date(2025, 8, 4), "instrument")


def test_a_lone_weekday_is_settled_by_the_day_of_the_statement() -> None:
    lone, told = read("Tiga orang ditahan Rabu malam. Hal itu dikatakan Kapolres, Kamis (14/11/2024).")

    assert (lone.day, lone.inferred) == (date(2024, 11, 13), True)
    assert told.role == "statement"


@pytest.mark.parametrize(
    ("word", "day"),
    [
        ("hari ini", date(2024, 11, 14)),
        ("kemarin", date(2024, 11, 13)),
        ("tadi malam", date(2024, 11, 13)),
        ("dua hari lalu", date(2024, 11, 12)),
        ("besok", date(2024, 11, 15)),
    ],
)
def test_words_for_near_days_are_told_from_the_statement(word: str, day: date) -> None:
    mentions = read(f"Petugas menahan tiga orang {word}, kata Kapolres, Kamis (14/11/2024).")

    assert mentions[0].day == day


def test_words_for_near_days_stay_open_without_a_statement_date() -> None:
    (mention,) = read("Semalam ada empat orang lewat sungai.", date(2024, 11, 14))

    assert (mention.day, mention.not_after) == (None, date(2024, 11, 14))


def test_last_week_is_a_span() -> None:
    mentions = read("Pekan lalu petugas menahan tiga orang, kata Kapolres, Kamis (14/11/2024).")

    assert (mentions[0].not_before, mentions[0].not_after) == (date(2024, 11, 4), date(2024, 11, 10))


def test_a_month_and_a_year_alone_are_background() -> None:
    month, year = read("Jumlahnya naik hingga Juni 2025. Sepanjang 2024 hanya sedikit.")

    assert (month.precision, month.role, month.not_after) == ("month", "background", date(2025, 6, 30))
    assert (year.precision, year.role) == ("year", "background")


def test_law_numbers_jalan_and_versions_are_no_dates() -> None:
    assert read("Mereka dijerat UU Nomor 21 Tahun 2007 Pasal 2, di Jalan 17 Agustus, skor 3/4.") == ()


def test_minggu_is_a_week_or_a_sunday() -> None:
    assert read("Selama tiga minggu dan setiap Minggu petugas berjaga.") == ()
    assert read("Petugas berjaga pada Minggu (3/11/2024).")[0].weekday == 6


def test_a_range_and_a_pair_of_days() -> None:
    span, first, second = read("Operasi 4-6 November 2025 disusul razia pada 10 dan 12 Desember 2025.")

    assert (span.not_before, span.not_after) == (date(2025, 11, 4), date(2025, 11, 6))
    assert (first.day, second.day) == (date(2025, 12, 10), date(2025, 12, 12))


def test_what_is_still_to_come_is_a_deadline() -> None:
    mentions = read("Rapat lanjutan akan digelar pada Senin (2/12/2024). Hal itu dikatakannya, Kamis (28/11/2024).")

    assert [mention.role for mention in mentions] == ["deadline", "statement"]


def test_a_clock_time_stays_with_its_date() -> None:
    (mention,) = read("Pada Selasa (12/11/2024) pukul 09.30 WITA petugas menahan tiga orang.")

    assert mention.time_of_day == "09:30 WITA"


def test_a_time_stamp_is_the_publication() -> None:
    dates = read(
        "Tiga orang ditahan di pelabuhan lama\nRabu, 6 Februari 2019 | 11:52 WIB\n\nPetugas menahan tiga orang di pelabuhan pada malam hari itu."
    )

    found = publication(dates)

    assert found is not None
    assert (found.day, found.inferred) == (date(2019, 2, 6), False)


def test_publication_is_inferred_from_the_newest_statement() -> None:
    found = publication(read("Tiga orang ditahan pada Selasa (12/11/2024), kata Kapolres, Kamis (14/11/2024)."))

    assert found is not None
    assert (found.day, found.inferred) == (date(2024, 11, 14), True)
