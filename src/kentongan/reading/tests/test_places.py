"""Places: which names are places, which place is meant, and what the text says of it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kentongan.reading.model import PlaceMention
from kentongan.reading.tests.small_world import agency_finder, place_finder
from kentongan.reading.text import document


def found(text: str) -> tuple[PlaceMention, ...]:
    doc = document(text)
    return place_finder().find(doc, agency_finder().find(doc))


def codes(text: str) -> list[str | None]:
    return [mention.code for mention in found(text)]


def roles(text: str) -> dict[str, str]:
    return {mention.evidence.text: mention.role for mention in found(text)}


def test_a_chain_of_parents_decides_a_shared_village_name() -> None:
    text = "Polisi mendatangi rumah di Desa Sukamaju, Kecamatan Ciruas, Kabupaten Serang."

    assert codes(text) == ["36.04.05.2001", "36.04.05", "36.04"]


def test_a_parent_named_elsewhere_decides_a_shared_village_name() -> None:
    assert codes("Bupati menemui warga Cianjur. Korban berasal dari Desa Sukamaju.") == ["32.03", "32.03.01.2001"]


def test_a_bare_name_in_the_title_means_the_village_named_in_full_below() -> None:
    text = "Polisi Bongkar Kasus di Sukamaju\n\nWarga Cianjur kaget, sebab rumah itu berdiri di Desa Sukamaju, Kecamatan Ciruas.\n"

    assert {mention.code for mention in found(text) if "Sukamaju" in mention.evidence.text} == {"36.04.05.2001"}


def test_a_shared_village_name_without_help_stays_open() -> None:
    (mention,) = found("Korban ditemukan di Desa Sukamaju.")

    assert mention.code is None
    assert {candidate.code for candidate in mention.candidates} == {"36.04.05.2001", "32.03.01.2001"}


def test_a_village_that_its_named_district_lacks_is_not_guessed() -> None:
    assert codes("Warga Desa Silawan, Kecamatan Ciruas, Kabupaten Serang, melapor.") == ["36.04.05", "36.04"]


def test_the_level_word_tells_city_from_regency() -> None:
    assert codes("Kegiatan di Kota Kupang dan di Kabupaten Kupang.") == ["53.71", "53.01"]


def test_a_bare_name_of_both_city_and_regency_stays_open() -> None:
    (mention,) = found("Dua orang ditemukan di Kupang kemarin.")

    assert mention.code is None
    assert {candidate.code for candidate in mention.candidates} == {"53.71", "53.01"}


def test_a_bare_name_follows_the_level_that_the_text_uses_elsewhere() -> None:
    assert codes("Pasar di Kota Kupang ramai. Pedagang di Kupang senang.") == ["53.71", "53.71"]


def test_a_dateline_names_the_town() -> None:
    (mention,) = found("Kupang (ANTARA) - Dua orang ditemukan selamat setelah dua hari hilang.")

    assert (mention.code, mention.role) == ("53.71", "dateline")


def test_a_town_is_the_district_that_bears_its_name() -> None:
    assert codes("Rapat berlangsung di Atambua.") == ["53.04.12"]


def test_a_town_behind_an_office_and_before_a_weekday_is_where_somebody_spoke() -> None:
    text = 'Kupang (ANTARA) - Polda NTT bergerak. "Kami siap," kata dia di Mapolda NTT, Kupang, Kamis (21/8/2025).'

    assert {mention.code for mention in found(text) if mention.evidence.text == "Kupang"} == {"53.71"}


def test_a_name_in_an_office_is_not_a_scene() -> None:
    assert roles("Kapolres Ngada menemui tahanan Rudenim Kupang.") == {"Ngada": "in_org_name", "Kupang": "in_org_name"}


def test_a_court_gives_its_seat() -> None:
    assert roles("Pengadilan Negeri Kupang memvonis terdakwa.") == {"Kupang": "court_seat"}


@pytest.mark.parametrize(
    ("sentence", "name", "role"),
    [
        ("Petugas menahan 5 warga negara Bangladesh.", "Bangladesh", "nationality"),
        ("Petugas menahan 3 WN Cina.", "Cina", "nationality"),
        ("Rokok asal Malaysia disita.", "Malaysia", "origin"),
        ("Mereka berangkat dari Belu malam itu.", "Belu", "origin"),
        ("Korban dikirim ke Malaysia.", "Malaysia", "destination"),
        ("Warga Belu mengeluh.", "Belu", "home"),
        ("Kapal karam di Belu.", "Belu", "scene"),
        ('"Kami siap," kata dia di Atambua, Kamis (5/9).', "Atambua", "mention"),
    ],
)
def test_the_words_before_a_name_give_its_role(sentence: str, name: str, role: str) -> None:
    assert roles(sentence) == {name: role}


def test_a_role_goes_on_through_a_chain_and_an_enumeration() -> None:
    assert set(roles("Mereka berasal dari Belu, Malaka dan TTU.").values()) == {"origin"}
    assert set(roles("Pelaku adalah warga Desa Silawan, Kecamatan Tasifeto Timur, Kabupaten Belu.").values()) == {
        "home"
    }


def test_the_place_after_an_office_says_where_the_deed_was_done() -> None:
    assert roles("Penandatanganan dilakukan di Markas Polda Banten, Kota Serang, Rabu.")["Kota Serang"] == "scene"


@pytest.mark.parametrize("word", ["Kantor", "Dalam", "Pada", "Sumber", "Jumat"])
def test_a_common_word_that_equals_a_village_is_no_place(word: str) -> None:
    assert codes(f"{word} itu ramai di Cianjur. Ia hadir di {word} itu.") == ["32.03"]


def test_a_common_word_is_a_village_after_a_level_word() -> None:
    assert codes("Polisi memeriksa warga Desa Sumber, Kabupaten Cianjur.") == ["32.03.01.2005", "32.03"]


def test_a_foreign_country_that_equals_a_village_is_the_country() -> None:
    assert codes("Ada 5 warga negara Myanmar di Cianjur.") == ["MM", "32.03"]


def test_a_foreign_town_stands_for_its_country() -> None:
    assert codes("Mereka dideportasi dari Tawau lewat Nunukan.") == ["MY", "65.03"]


def test_a_country_in_small_letters_is_found_in_a_chat_with_some_capitals() -> None:
    assert codes("Selamat sore Komandan, 4 orang warga berangkat ke malaysia dari Belu.") == ["MY", "53.04"]


def test_an_adjective_after_a_level_word_is_no_village() -> None:
    assert codes("Program Desa Sumber Daya dan desa Bangun dibahas di Belu.") == ["53.04"]


def test_the_sides_of_the_border_in_a_task_force_are_places_in_its_name() -> None:
    assert roles("Satgas Pamtas RI–Malaysia menyita gula di Nunukan.") == {
        "RI": "in_org_name",
        "Malaysia": "in_org_name",
        "Nunukan": "scene",
    }


def test_each_item_of_a_digest_has_its_own_dateline() -> None:
    text = "Rangkuman kejadian sepekan di NTT\n\n1. Atambua - Dua orang hilang di sungai.\n2. Kefamenanu - Gudang terbakar habis.\n"

    assert [mention.code for mention in found(text) if mention.role == "dateline"] == ["53.04.12", "53.03.05"]


@pytest.mark.parametrize(
    "sentence",
    [
        "Saksi bernama Ruth Kupang hadir.",
        "Brigjen Pol Silawan Setiyono hadir.",
        "Kapal KM Silawan tiba.",
        "Ia tinggal di Jalan Serang nomor 5.",
        "Ia belajar Bahasa Indonesia.",
        "Ia menginap di Hotel Belu.",
        "Rumah itu berdiri di Dusun Silawan.",
    ],
)
def test_a_name_of_a_person_a_ship_a_road_is_no_place(sentence: str) -> None:
    assert codes(sentence) == []


def test_a_longer_name_that_the_gazetteer_lacks_is_not_cut_short() -> None:
    assert codes("Barang ditemukan di Desa Sei Anyar, Kabupaten Nunukan.") == ["65.03"]


def test_the_short_spelling_of_sungai_is_known() -> None:
    assert codes("Barang ditemukan di Desa Sei Limau, Kecamatan Sebatik Tengah.") == ["65.03.12.2001", "65.03.12"]


def test_a_town_written_apart_is_found() -> None:
    assert codes("Kapal menuju Pare-pare, Sulawesi Selatan.") == ["73.72", "73"]


def test_the_border_phrase_names_two_countries() -> None:
    assert codes("Patroli di perbatasan Indonesia-Timor Leste dan NKRI-RDTL.") == ["ID", "TL", "ID", "TL"]


def test_a_place_that_nobody_settled_keeps_its_candidates() -> None:
    (mention,) = found("Mereka meninjau Pos Imigrasi di Aplasi.")

    assert (mention.code, mention.facility) == (None, "aplasi")
    assert {candidate.code for candidate in mention.candidates} == {"53.03.05.1002", "53.03.13.2001"}


def test_a_border_post_is_found_under_each_spelling() -> None:
    for spelling in ("PLBN Mota'ain", "PLBN Motaain", "PLBN Mota Ain"):
        assert codes(f"Antrean panjang terjadi di {spelling} pagi itu.") == ["53.04.02.2001"]


def test_a_text_in_small_letters_needs_a_level_word_or_a_well_known_name() -> None:
    text = "lapor pak, dari desa silawan kec tasifeto timur kab belu ada 3 org lewat jalan tikus mau ke malaysia, sumber warga"

    assert codes(text) == ["53.04.02.2001", "53.04.02", "53.04", "MY"]


def test_units_of_the_neighbour_are_found_by_their_own_words() -> None:
    text = "Sira kaptura iha Suku Holsa, Postu Administrativu Maliana, Munisipiu Bobonaro."

    assert codes(text) == ["TL-050601", "TL-0506", "TL-05"]


def test_a_people_named_after_suku_is_never_a_place_in_an_indonesian_text() -> None:
    assert codes("Mereka berasal dari suku Belu yang tinggal di sana.") == []


@settings(max_examples=200, deadline=None)
@given(
    st.one_of(
        st.text(max_size=200),
        st.lists(
            st.sampled_from(
                [
                    "Desa",
                    "Kec.",
                    "Kab.",
                    "Kota",
                    "Kupang",
                    "Serang",
                    "Sukamaju",
                    "Belu",
                    ",",
                    "(",
                    ")",
                    "-",
                    "/",
                    "dari",
                    "ke",
                    "di",
                    "warga",
                    "negara",
                    "Timor",
                    "Leste",
                    "RI",
                    "RDTL",
                    "Kapolres",
                ]
            ),
            max_size=25,
        ).map(" ".join),
    )
)
def test_any_text_is_read_without_an_error_and_evidence_stands_in_it(text: str) -> None:
    for mention in found(text):
        evidence = mention.evidence
        assert text[evidence.start : evidence.end] == evidence.text
        assert (mention.code is None) == (len(mention.candidates) > 1)
