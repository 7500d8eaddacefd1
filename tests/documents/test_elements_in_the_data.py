"""The offices, kinds and posts that docs/elements.md says are there are in the shipped tables."""

import csv
from functools import cache

import pytest

from kentongan.agencies.data import agency_rows
from kentongan.reading.knowledge import AgencyRow
from kentongan.vocabulary.data import KindEntry, kind_entries

from .pages import ROOT, rows_of

OFFICES = {
    "S1": [("polda-ntt", "police", "polri")],
    "S2": [("pntl", "foreign_police", "tl-mi")],
    "S5": [("bnnp-ntt", "narcotics", "bnn")],
    "S7": [("polres-sikka", "police", "polda-ntt")],
    "S9": [("pemkab-belu", "local_government", "pemprov-ntt")],
    "S10": [("kanim-atambua", "immigration", "kanwil-im-ntt")],
    "S13": [("kanwil-im-banten", "immigration", "ditjenim"), ("kanim-serang", "immigration", "kanwil-im-banten")],
    "S14": [("polda-banten", "police", "polri")],
    "S18": [("kominda-kotakupang", "forum", "kesbangpol-kotakupang")],
    "S19": [("kesbangpol-kotakupang", "local_government", "pemkot-kupang")],
    "S21": [("satintelkam-kupangkota", "police", "polres-kupangkota")],
    "S22": [("kemenag-kotakupang", "religious_affairs", None)],
    "S23": [("dispar-kotakupang", "tourism", "pemkot-kupang")],
    "S24": [("inteldakim-kupang", "immigration", "kanim-kupang")],
    "S25": [("rudenim-kupang", "immigration", "kanwil-im-ntt")],
    "S26": [("posda-bin-kupang", "intelligence", "binda-ntt")],
    "S27": [("lanud-eltari", "military", "tni")],
    "S28": [("kejari-kotakupang", "prosecution", "kejati-ntt")],
    "S29": [("kodim-1604", "military", "korem-161")],
    "S30": [("bc-atambua", "customs", "kanwil-bc-balinusra")],
    "S31": [("kodaeral-vii", "military", "tni")],
    "S32": [("iom", "international", None), ("unhcr", "international", None)],
    "S35": [("pemkab-ttu", "local_government", "pemprov-ntt")],
}
KINDS = {
    "S8": {"RESP.DESTROY": "response"},
    "S12": {"RESP.TRAIN": "response"},
    "S36": {"RESP.VISIT": "response", "RESP.REVITALIZE": "response"},
    "S42": {"RESP.VISIT": "response"},
    "S60": {"KAMTIBMAS": "issue"},
    "S71": {"PMI.PASSPORT_DEFER": "response", "RESP.SOSIALISASI": "response"},
    "S73": {"GDS": "offence", "GDS.BBM": "offence", "GDS.ROKOK": "offence"},
    "S74": {"TPPO": "offence", "TPPO.ACT.RECRUIT": "modus", "TPPO.MEANS.FRAUD": "modus", "TPPO.PURP.LABOUR": "modus"},
    "S76": {"PMI.NP": "issue", "TPPO.ACT.RECRUIT": "modus"},
    "S77": {"NARK": "offence", "NARK.SABU": "offence", "NARK.GANJA": "offence"},
    "S79": {"IM.CROSSER": "movement", "IM.ILLEGAL_ENTRY": "movement", "IM.ILLEGAL_EXIT": "movement"},
    "S82": {"TPPO": "offence", "TPPM": "offence"},
    "S85": {"PILK.IDENTITAS": "issue"},
    "S86": {"PILK.HOAKS": "issue"},
    "S87": {"PILK.UANG": "issue"},
    "S88": {"PILK.UJARAN": "issue"},
    "S89": {"PILK.KECURANGAN": "issue"},
    "S90": {"KAMTIBMAS": "issue"},
    "S94": {"IM.LEGAL_CROSS": "movement", "IM.PLB": "movement"},
}


@cache
def offices() -> dict[str, AgencyRow]:
    return {row.id: row for row in agency_rows()}


@cache
def kinds() -> dict[str, KindEntry]:
    return {entry.code: entry for entry in kind_entries()}


@pytest.mark.parametrize("element", OFFICES)
def test_the_office_is_listed_with_its_kind_and_above_it_the_right_one(element: str) -> None:
    for agency, kind, parent in OFFICES[element]:
        assert (offices()[agency].kind, offices()[agency].parent) == (kind, parent)


@pytest.mark.parametrize("element", KINDS)
def test_the_kind_is_in_the_vocabulary_with_its_class(element: str) -> None:
    assert {code: kinds()[code].kind_class for code in KINDS[element]} == KINDS[element]


def test_the_neighbours_police_is_of_the_other_state() -> None:
    assert (offices()["polda-ntt"].country, offices()["pntl"].country) == ("ID", "TL")


def test_the_renamed_naval_base_is_known_by_both_names() -> None:
    assert {"Kodaeral VII", "Lantamal VII"} <= {offices()["kodaeral-vii"].abbrev, *offices()["kodaeral-vii"].aliases}


def test_trafficking_and_smuggling_of_persons_share_no_word() -> None:
    assert not set(kinds()["TPPO"].terms_id) & set(kinds()["TPPM"].terms_id)


def test_the_example_row_of_the_guide_fits_the_vocabulary() -> None:
    guide = (ROOT / "docs" / "how-to" / "add-a-vocabulary-row.md").read_text(encoding="utf-8")
    example = next(csv.reader([next(line.strip() for line in guide.splitlines() if line.strip().startswith("GDS."))]))
    with (ROOT / "src" / "kentongan" / "vocabulary" / "data" / "kinds.csv").open(encoding="utf-8") as file:
        heading = next(csv.reader(file))

    assert len(example) == len(heading)
    assert example[0] not in kinds()
    assert dict(zip(heading, example, strict=True))["class"] == "offence"


def test_every_element_of_these_tables_is_one_of_the_page() -> None:
    page = {cells[0] for cells in rows_of("elements.md", r"S\d+")}

    assert set(OFFICES) | set(KINDS) <= page
