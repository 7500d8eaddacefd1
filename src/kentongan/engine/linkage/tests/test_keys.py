"""Names and numbers in keys: what is one name written twice falls together, what is two does not."""

from datetime import date
from string import ascii_lowercase

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kentongan.engine.linkage.identifiers import phone_keys, plate_keys, valid_nik
from kentongan.engine.linkage.names import name_keys, spelling_key
from kentongan.engine.linkage.records import PersonRecord, prepared

NIK = "00" + "01014501900001"[:14]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Soekarno", "Sukarno"), ("Djoko", "Joko"), ("Tjipto", "Cipto"), ("Jusuf", "Yusuf"), ("Yohannes", "Johanes"),
        ("Sjarif", "Syarif"), ("Achmad", "Akhmad"), ("Fransiscus", "Fransiskus"), ("Victor", "Viktor"), ("Moh.", "Muhammad"),
        ("Abdullah", "Abdulla"), ("Felix", "Feliks"), ("Noer", "Nur"), ("Martinho", "Martinyo"), ("José", "Jose"),
    ],
)  # fmt: skip
def test_one_name_in_two_spellings_has_one_key(one, other):
    assert spelling_key(one.strip(".")) == spelling_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Maria", "Marta"), ("Bere", "Berek"), ("Yosef", "Yosefa"), ("Dewi", "Desi")]
)
def test_two_names_have_two_keys(one, other):
    assert spelling_key(one) != spelling_key(other)


@settings(max_examples=50)
@given(st.text(max_size=20))
def test_a_key_holds_nothing_but_small_letters(word):
    assert set(spelling_key(word)) <= set(ascii_lowercase)


@pytest.mark.parametrize("written", ["H. Yusuf Bere", "Hj. Bere Jusuf", "Pak Yusuf Berre, S.H.", "Drs. Yoesoef Bere"])
def test_titles_spelling_and_order_do_not_count(written):
    assert name_keys(written).key == name_keys("Yusuf Bere").key


def test_bin_and_alias_are_not_part_of_the_name():
    keys = name_keys("Ahmad bin Zainal alias Pak De Kumis")

    assert keys.words == name_keys("Ahmad").words
    assert keys.parent == name_keys("Zainal").key
    assert keys.aliases == (name_keys("De Kumis").key,)


def test_a_one_word_name_is_a_name():
    assert name_keys("Suparman").words == ("suparman",)


@pytest.mark.parametrize(
    "written", ["", "123", NIK[:-1], NIK[:6] + "99" + NIK[8:], NIK[:8] + "13" + NIK[10:], NIK[:12] + "0000"]
)
def test_a_nik_that_cannot_be_one_is_none(written):
    assert valid_nik(written) == ""


def test_a_nik_is_read_with_spaces_and_of_women():
    assert valid_nik(f"{NIK[:6]} {NIK[6:]}") == NIK
    assert valid_nik(NIK[:6] + "41" + NIK[8:])


def test_a_telephone_is_the_same_with_and_without_the_country():
    local, abroad = "08" + "0" * 2 + "000" + "1234", "+62 8" + "0" * 2 + "000" + "1234"

    assert phone_keys(f"hubungi {local} malam") == phone_keys(abroad) != ()


def test_a_plate_is_found_in_what_is_written_of_a_thing():
    assert plate_keys("Mobil pikap putih, nopol dh 1 zz") == ("DH1ZZ",)
    assert plate_keys("Perahu 3 buah") == ()


def test_day_and_month_do_not_count_in_the_key_of_either():
    one, other = (prepared(PersonRecord("a", "Maria", day)) for day in (date(1990, 3, 7), date(1990, 7, 3)))

    assert one.born != other.born
    assert one.born_either == other.born_either


def test_a_record_shows_nothing_of_itself():
    record = PersonRecord("identity:1", "Maria Contoh", nik="rahasia")

    assert "Maria" not in f"{record!r}{prepared(record)!r}"
