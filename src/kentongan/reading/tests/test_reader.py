"""The whole reader on small knowledge: happenings, background, doubts, and texts of any kind."""

import json
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kentongan.reading.as_json import reading_as_dict, reading_as_json
from kentongan.reading.as_table import reading_as_rows
from kentongan.reading.knowledge import AgencyRow, FacilityRow, KindRow, Knowledge, PlaceRow
from kentongan.reading.model import Evidence, Reading
from kentongan.reading.reader import Reader

PLACES = (
    PlaceRow("ID", "Indonesia", "country", None, -2.0, 118.0),
    PlaceRow("TL", "Timor-Leste", "country", None, -8.8, 126.0, ("Timor Leste", "RDTL")),
    PlaceRow("53", "Nusa Tenggara Timur", "province", "ID", -8.6, 121.0, ("NTT",)),
    PlaceRow("53.04", "Belu", "regency", "53", -9.1, 124.9),
    PlaceRow("53.04.02", "Tasifeto Timur", "district", "53.04", -9.0, 124.95),
    PlaceRow("53.04.02.2001", "Silawan", "village", "53.04.02", -8.95, 124.95),
    PlaceRow("53.07", "Sikka", "regency", "53", -8.6, 122.2),
    PlaceRow("53.07.01", "Nita", "district", "53.07", -8.66, 122.17),
    PlaceRow("53.07.01.2003", "Tilang", "village", "53.07.01", -8.67, 122.15),
)
AGENCIES = (
    AgencyRow(
        "polres-belu",
        "Kepolisian Resor Belu",
        "Polres Belu",
        ("Kapolres Belu",),
        "police",
        "ID",
        None,
        "regency",
        "53.04",
    ),
    AgencyRow(
        "polres-sikka",
        "Kepolisian Resor Sikka",
        "Polres Sikka",
        ("Kapolres Sikka",),
        "police",
        "ID",
        None,
        "regency",
        "53.07",
    ),
    AgencyRow(
        "pemkab-belu",
        "Pemerintah Kabupaten Belu",
        "Pemkab Belu",
        ("Bupati Belu",),
        "government",
        "ID",
        None,
        "regency",
        "53.04",
    ),
)
KINDS = (
    KindRow("GDS", "Penyelundupan barang", "offence", ("penyelundupan",)),
    KindRow("GDS.BBM", "Penyelundupan BBM", "offence", ("BBM", "solar", "minyak tanah")),
    KindRow("GDS.ROKOK", "Rokok ilegal", "offence", ("rokok ilegal",)),
    KindRow("PMI.NP", "Pekerja migran nonprosedural", "issue", ("pekerja migran nonprosedural",)),
    KindRow("IM.CROSSER", "Pelintas batas ilegal", "movement", ("pelintas ilegal",)),
    KindRow("RESP.ARREST", "Penangkapan", "response", ("menangkap", "ditangkap")),
    KindRow("RESP.RAKOR", "Rapat koordinasi", "response", ("rapat koordinasi", "rapat")),
    KindRow("RESP.MOU", "Nota kesepahaman", "response", ("nota kesepahaman",)),
    KindRow("ST.NIHIL", "Nihil", "status", ("nihil",)),
)
READER = Reader(
    Knowledge(PLACES, (FacilityRow("plbn-uji", "PLBN Uji", "plbn", ("Pos Uji",), ("53.04.02.2001",)),), AGENCIES, KINDS)
)


def evidences(value: object) -> list[Evidence]:
    """Return every evidence anywhere in a reading."""
    if isinstance(value, Evidence):
        return [value]
    if isinstance(value, tuple):
        return [evidence for item in value for evidence in evidences(item)]
    names = getattr(value, "__slots__", ())
    return [evidence for name in names for evidence in evidences(getattr(value, name))]


def place_codes(reading: Reading, index: int = 0) -> list[str | None]:
    return [reading.places[place].code for place in reading.events[index].places]


def test_an_offence_is_one_event_with_its_day_place_counts_and_agency() -> None:
    reading = READER.read(
        "Polres Belu menangkap dua orang dalam penyelundupan BBM sebanyak 200 liter solar di Desa Silawan, Kecamatan Tasifeto Timur, Senin (4/11/2024)."
    )

    (event,) = reading.events
    assert "GDS.BBM" in event.kinds
    assert event.happened is not None
    assert event.happened.day == date(2024, 11, 4)
    assert place_codes(reading) == ["53.04.02.2001"]
    assert [reading.quantities[index].value for index in event.quantities] == [2, 200]
    assert [reading.agencies[index].agency_id for index in event.agencies] == ["polres-belu"]


def test_what_a_meeting_talks_about_did_not_happen() -> None:
    reading = READER.read(
        "Bupati Belu dan Kapolres Belu menggelar rapat koordinasi tentang pencegahan penyelundupan BBM dan pelintas ilegal, Senin (4/11/2024)."
    )

    assert [event.kinds for event in reading.events] == [("RESP.RAKOR",)]


def test_each_item_of_a_digest_is_its_own_event() -> None:
    reading = READER.read(
        "Berita sepekan dari dua kabupaten\n\n"
        "1. Polres Belu menangkap dua orang dalam penyelundupan BBM di Desa Silawan, Senin (4/11/2024).\n"
        "2. Polres Sikka menangkap tiga orang yang membawa rokok ilegal di Desa Tilang, Rabu (6/11/2024).\n"
    )

    assert [event.happened.day for event in reading.events if event.happened] == [date(2024, 11, 4), date(2024, 11, 6)]
    assert [place_codes(reading, index) for index in (0, 1)] == [["53.04.02.2001"], ["53.07.01.2003"]]
    assert [("GDS.BBM" in event.kinds, "GDS.ROKOK" in event.kinds) for event in reading.events] == [
        (True, False),
        (False, True),
    ]


def test_a_list_of_exhibits_is_no_digest() -> None:
    reading = READER.read(
        "Polres Belu menangkap dua orang di Desa Silawan, Senin (4/11/2024). Barang bukti:\n1. 200 liter solar\n2. 12 karton rokok ilegal\n3. 1 unit sepeda motor\n"
    )

    assert len(reading.events) == 1


def test_two_cases_of_one_article_are_two_events() -> None:
    reading = READER.read(
        "Polisi menangkap lima orang dalam dua kasus.\n"
        "Kasus pertama terjadi di Desa Silawan, Kabupaten Belu, Senin (4/11/2024), polisi menangkap dua orang pembawa solar.\n"
        "Kasus kedua terjadi di Desa Tilang, Kabupaten Sikka, Rabu (6/11/2024), polisi menangkap tiga orang pembawa rokok ilegal.\n"
    )

    assert [event.happened.day for event in reading.events if event.happened] == [date(2024, 11, 4), date(2024, 11, 6)]
    assert [[reading.quantities[index].value for index in event.quantities] for event in reading.events] == [[2], [3]]


def test_an_earlier_signing_is_background() -> None:
    reading = READER.read(
        "Bupati Belu dan Kapolres Belu menggelar rapat koordinasi di Atambua, Senin (4/11/2024), menindaklanjuti nota kesepahaman yang diteken pada 1 Agustus 2024."
    )

    assert [(event.kinds[0], event.background) for event in reading.events] == [
        ("RESP.RAKOR", False),
        ("RESP.MOU", True),
    ]


def test_a_nil_report_is_an_event_of_its_own_kind() -> None:
    reading = READER.read("Laporan Desa Silawan tanggal 12 November 2024: nihil, tidak ada pelintas ilegal.")

    assert [event.kinds for event in reading.events] == [("ST.NIHIL",)]


def test_disagreeing_totals_and_contradicting_days_are_warned_of() -> None:
    reading = READER.read(
        "Polisi menangkap 30 orang pembawa solar\n\nPolres Belu menangkap 28 orang yang membawa solar di Desa Silawan, Senin (5/11/2024) malam."
    )

    assert any("30 orang" in warning and "28 orang" in warning for warning in reading.warnings)
    assert any("Selasa" in warning for warning in reading.warnings)


def test_an_open_day_is_said_to_be_open() -> None:
    reading = READER.read("Polres Belu menangkap dua orang yang membawa solar di Desa Silawan, Rabu.")

    assert reading.events[0].happened is not None
    assert reading.events[0].happened.day is None
    assert any("Rabu" in warning for warning in reading.warnings)


def test_related_headlines_are_never_read() -> None:
    reading = READER.read(
        "Rapat digelar hari itu.\nBaca juga: Polres Sikka tangkap 30 orang di Tilang\nRapat selesai siang hari."
    )

    assert reading.quantities == ()
    assert reading.agencies == ()
    assert [lead.kind for lead in reading.leads] == ["related"]


def test_reading_the_same_text_twice_gives_the_same_reading() -> None:
    text = "Polres Belu menangkap dua orang yang membawa solar di Desa Silawan, Senin (4/11/2024)."

    assert READER.read(text) == READER.read(text)


def test_a_text_that_is_not_composed_keeps_its_own_offsets() -> None:
    text = "Poli\u0301sia lori caf\u0065\u0301. Polres Belu menangkap dua orang di Desa Silawan, Senin (4/11/2024)."
    reading = READER.read(text)

    assert reading.agencies
    for evidence in evidences(reading):
        assert text[evidence.start : evidence.end] == evidence.text


@pytest.mark.parametrize(
    "text", ["", " ", "\n\n\n", "\x00", "12", "(((", "Baca juga:", "\ufeff", "a" * 5000, "1. \n2. \n3. "]
)
def test_texts_that_tell_nothing_give_no_event(text: str) -> None:
    assert READER.read(text).events == ()


PIECES = (
    "Polres Belu", "menangkap", "30 orang", "Senin (4/11/2024)", "Kamis, (7/11)", "Rabu", "kemarin", "di Desa Silawan", "Baca juga:", '"', "kata Kapolres Belu AKBP Contoh Contohan,",
    "1.", "2)", "\n", "\n\n", "Rp 1,5 miliar", "sepanjang 2025", "nota kesepahaman", "antara", "yang diteken", "31/02/2024", "29 Februari 2023", "99 Desember", "tahun", "0000", "Kupang (ANTARA) -",
    "Copyright © 2099", "pukul 25.99", "solar", "nihil", "tidak", "seorang", "kasus kedua", "terdiri dari", "SK Nomor", "PKS", "\u0301", "é", "🛶", "\r\n", "--", "(", ")",
)  # fmt: skip


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=12)), max_size=40), st.sampled_from([" ", "", "\n"])
)
def test_any_text_is_read_without_an_error_and_with_true_offsets(pieces: list[str], glue: str) -> None:
    text = glue.join(pieces)

    reading = READER.read(text, received=date(2025, 1, 1))

    for evidence in evidences(reading):
        assert text[evidence.start : evidence.end] == evidence.text
        assert 0.0 <= evidence.confidence <= 1.0
    for event in reading.events:
        assert all(index < len(reading.places) for index in event.places)
        assert all(index < len(reading.quantities) for index in event.quantities)
    reading_as_rows(reading)
    json.loads(reading_as_json(reading))


def test_json_names_codes_and_ids_beside_the_indices() -> None:
    plain = reading_as_dict(
        READER.read("Polres Belu menangkap dua orang yang membawa solar di Desa Silawan, Senin (4/11/2024).")
    )

    assert plain["schema"] == "kentongan.reading/1"
    assert plain["events"][0]["place_codes"] == ["53.04.02.2001"]
    assert plain["events"][0]["agency_ids"] == ["polres-belu"]
    assert plain["events"][0]["happened"]["day"] == "2024-11-04"


def test_table_rows_say_where_in_the_text_each_find_stands() -> None:
    text = "Polres Belu menangkap dua orang yang membawa solar di Desa Silawan, Senin (4/11/2024)."
    rows = reading_as_rows(READER.read(text))

    (row,) = [row for row in rows if row.section == "Tanggal"]
    start, end = map(int, row.position.split("-"))
    assert (row.value, text[start:end]) == ("2024-11-04", "Senin (4/11/2024)")
    assert [row.section for row in rows if row.section.startswith("Kejadian")] == ["Kejadian 1"]
