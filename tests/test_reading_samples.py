"""The reader on the demonstration's sample texts and on single sentences with the faults of real news, with all that is shipped."""

import dataclasses
import re
from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from typing import Any

import pytest

from kentongan.reading.model import Evidence, Reading
from tests.held_out.scoring import gold_annotations, text_of
from tests.reading_score import shipped_reader

RECEIVED = date(2026, 3, 1)
DAYS = {"panjang": "Jumat, 14 November 2025", "pendek": "Kamis (13/11/2025)", "angka": "12/11/25"}
ENGLISH = re.compile(
    r"(?i)\b(?:the|of|only|one|with|by|place|before|after|not|text|name|word|what|from|and|is|are|its|other)\b"
)


def read(text: str) -> Reading:
    return shipped_reader().read(text, received=RECEIVED)


def sample(name: str) -> Reading:
    text = files("kentongan.demonstration").joinpath(f"samples/{name}").read_text(encoding="utf-8")
    return read(re.sub(r"\{(\w+)_\d\}", lambda match: DAYS[match[1]], text))


def live_events(reading: Reading) -> list[tuple[tuple[str, ...], set[str | None], set[float]]]:
    return [
        (
            event.kinds,
            {reading.places[index].code for index in event.places},
            {reading.quantities[index].value for index in event.quantities},
        )
        for event in reading.events
        if not event.background
    ]


def scenes(text: str) -> set[str | None]:
    return {place.code for place in read(text).places if place.role == "scene"}


def whys(value: Any) -> Iterator[str]:
    if isinstance(value, Evidence):
        yield value.why
    elif isinstance(value, tuple):
        for item in value:
            yield from whys(item)
    elif dataclasses.is_dataclass(value):
        for item in dataclasses.fields(value):
            yield from whys(getattr(value, item.name))


def test_every_reason_is_told_in_indonesian() -> None:
    texts = [text_of(gold) for gold in gold_annotations()]
    # what stands in quotation marks or after "kata kunci" is the text's own word
    reasons = {
        re.sub(r"'[^']*'|kata kunci: [^,]*", "", why) for text in texts for why in whys(dataclasses.replace(read(text)))
    }

    assert len(reasons) > 20
    assert [why for why in sorted(reasons) if ENGLISH.search(why)] == []


def test_two_happenings_of_one_day_are_two_events_with_their_own_places_and_goods() -> None:
    reading = sample("5-dua-kejadian.txt")

    cigarettes, fuel = live_events(reading)
    assert (cigarettes[0], cigarettes[1], cigarettes[2]) == (("GDS.ROKOK",), {"53.03.05.1006"}, {27})
    assert (fuel[0][0], fuel[1], fuel[2]) == ("GDS.BBM", {"53.03.17.2007"}, {300})
    assert {event.happened.day for event in reading.events if event.happened} == {date(2025, 11, 14)}
    assert all(mention.polarity == "negated" for mention in reading.kinds if mention.code == "TPPO")


def test_a_crossing_that_is_about_to_happen_is_proposed_and_marked_as_a_plan() -> None:
    reading = sample("4-pimpasa-silawan.txt")

    crossing, visit = live_events(reading)
    assert (crossing[0][0], crossing[1]) == ("IM.CROSSER", {"53.04.02.2001"})
    assert 6 in crossing[2]
    assert visit[0] == ("RESP.VISIT",)
    assert reading.events[0].evidence.why.startswith("rencana, belum terjadi")
    assert {mention.polarity for mention in reading.kinds if mention.code == "IM.CROSSER"} == {"planned"}


def test_a_planned_outreach_is_no_event() -> None:
    assert sample("6-bukan-tppo.txt").events == ()


def test_an_office_that_plans_to_act_is_no_early_warning() -> None:
    assert read("Polres Belu akan memulangkan 14 calon pekerja migran, Senin (3/11/2025).").events == ()


def test_a_building_is_no_place_although_a_unit_bears_its_name() -> None:
    reading = sample("3-perjanjian-banten.txt")

    assert [event[1] for event in live_events(reading)] == [{"36.04"}]
    assert all("Pendopo" not in place.evidence.text for place in reading.places)


def test_an_instrument_that_the_new_one_follows_up_is_not_signed_now() -> None:
    assert [event[0] for event in live_events(sample("3-perjanjian-banten.txt"))] == [("RESP.PKS",)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Rapat dihadiri Polres Belu dan Kodim 1605 Belu di Atambua, Senin (3/11/2025).", "RESP.RAKOR"),
        ("Petugas mencegah keberangkatan 18 calon pekerja di Kota Batam, Senin (3/11/2025).", "PMI.DEPART_DEFER"),
    ],
)
def test_a_happening_without_its_usual_word_is_found(text: str, code: str) -> None:
    assert code in {kind for event in live_events(read(text)) for kind in event[0]}


def test_a_ship_that_comes_alongside_holds_no_meeting() -> None:
    assert read("Kapal itu merapat di Pelabuhan Tenau, Senin (3/11/2025), dihadiri warga.").events == ()


def test_what_lies_behind_the_name_of_a_harbour_is_the_scene() -> None:
    assert scenes("Petugas menahan 12 orang melalui Dermaga Anu Baru, Kabupaten Nunukan, Senin (3/11/2025).") == {
        "65.03"
    }


def test_an_address_on_the_net_names_no_village() -> None:
    reading = read("NUNUKAN.CONTOH.ASIA – Petugas menahan 12 orang di Kabupaten Nunukan, Senin (3/11/2025).")

    assert all(place.evidence.text != "ASIA" for place in reading.places)


def test_a_dateline_in_capitals_before_a_dash_is_no_caption() -> None:
    reading = read(
        "BENGKULU — Polres Bengkulu Tengah menahan tiga orang di Kabupaten Bengkulu Tengah, Kamis (24/7/2025)."
    )

    assert (reading.leads, len(reading.events)) == ((), 1)


def test_a_statement_is_told_after_the_happening_that_it_is_about() -> None:
    reading = read('Dua kurir sabu ditangkap di Tarakan, Senin (8/3/2021). "Benar," kata Kapolres di Tarakan, Selasa.')

    assert [mention.day for mention in reading.dates] == [date(2021, 3, 8), date(2021, 3, 9)]


def test_a_shared_word_that_no_text_settles_keeps_its_own_name() -> None:
    reading = read("Di Papua, Timpora dibentuk di setiap kabupaten.")

    assert {(agency.agency_id, agency.name) for agency in reading.agencies} <= {(None, "Timpora")}


def test_a_statement_is_told_after_the_newest_day_that_it_speaks_of() -> None:
    reading = read(
        "Kepala kantor dalam keterangannya di Kota Serang, Rabu, mengatakan deportasi dilakukan sejak Senin (13/10/2025)."
        " Ketujuh WNA diamankan di PT Anu Jaya, Anyer, Kabupaten Serang, pada 30 September 2025."
    )

    assert reading.dates[0].day == date(2025, 10, 15)
    assert [place.role for place in reading.places] == ["mention", "scene", "scene"]


def test_foreigners_who_came_in_without_papers_are_an_illegal_entry_and_no_rescue() -> None:
    reading = read(
        "Polres Belu mengamankan 3 (tiga) orang warga asal negara RDTL yang kedapatan memasuki wilayah Indonesia secara"
        " ilegal di Desa Asumanu, Kecamatan Raihat, Kabupaten Belu, Jumat (6/9/2024)."
    )

    (event,) = live_events(reading)
    assert (event[0][0], event[1], event[2]) == ("IM.ILLEGAL_ENTRY", {"53.04.03.2001"}, {3})
    assert "RESP.RESCUE" not in event[0]
