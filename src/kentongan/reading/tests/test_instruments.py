"""Instruments: what is signed or in force, with its parties and day; never what is only wished for."""

from datetime import date

from kentongan.reading.dates import find_dates
from kentongan.reading.instruments import find_instruments
from kentongan.reading.model import AgencyMention, Instrument
from kentongan.reading.text import document


def read(text: str, **agencies: str) -> tuple[Instrument, ...]:
    doc = document(text)
    mentions = []
    for key, agency_id in agencies.items():
        name = key.replace("_", " ")
        start = text.index(name)
        mentions.append(AgencyMention(doc.evidence(start, start + len(name), 0.9, "test"), agency_id, name, "other"))
    mentions.sort(key=lambda mention: mention.evidence.start)
    return find_instruments(doc, find_dates(doc), mentions)


def test_a_signed_agreement_has_type_parties_and_day() -> None:
    (found,) = read(
        "Dinas Contoh dan Kantor Contoh menandatangani perjanjian kerja sama tentang pertukaran data, Senin (3/3/2025).",
        Dinas_Contoh="dinas", Kantor_Contoh="kantor",
    )  # fmt: skip

    assert (found.type, found.parties, found.day) == ("PKS", ("dinas", "kantor"), date(2025, 3, 3))
    assert found.title.endswith("pertukaran data")


def test_an_earlier_memorandum_has_its_own_parties_and_day() -> None:
    text = "Badan Satu menandatangani perjanjian kerja sama dengan Badan Dua, Rabu, menyusul nota kesepahaman antara Badan Tiga dengan Badan Empat yang diteken pada 4 Agustus 2025."
    first, second = read(text, Badan_Satu="1", Badan_Dua="2", Badan_Tiga="3", Badan_Empat="4")

    assert (first.type, first.parties, first.day) == ("PKS", ("1", "2"), None)
    assert (second.type, second.parties, second.day) == ("MoU", ("3", "4"), date(2025, 8, 4))


def test_a_letter_of_support_is_an_instrument() -> None:
    (found,) = read(
        "Bupati Contoh menandatangani surat dukungan terhadap kenaikan status kantor itu.", Bupati_Contoh="pemkab"
    )

    assert (found.type, found.parties) == ("surat_dukungan", ("pemkab",))


def test_a_numbered_decree_is_an_instrument() -> None:
    (found,) = read("Penetapan itu tertuang dalam SK Bupati Nomor 12 tentang desa binaan.")

    assert found.type == "SK"


def test_cooperation_in_general_is_no_instrument() -> None:
    assert read("Kerja sama kedua lembaga sangat penting dan kerja sama itu akan diperkuat.") == ()


def test_what_is_planned_or_missing_is_no_instrument() -> None:
    assert read("Kedua lembaga akan menandatangani perjanjian kerja sama bulan depan.") == ()
    assert read("Hingga kini belum ada nota kesepahaman antara keduanya.") == ()
    assert read("Mereka membahas rencana nota kesepahaman tentang pelintas batas.") == ()


def test_a_party_called_pks_is_no_agreement() -> None:
    assert read("Kader PKS dan caleg partai lain menandatangani pakta damai.") == ()


def test_one_instrument_named_often_is_one() -> None:
    text = "Dinas Contoh dan Kantor Contoh menandatangani perjanjian kerja sama. Perjanjian kerja sama ini menjadi pedoman. PKS tersebut berlaku tiga tahun."

    assert len(read(text, Dinas_Contoh="dinas", Kantor_Contoh="kantor")) == 1
