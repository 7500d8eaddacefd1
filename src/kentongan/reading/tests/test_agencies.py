"""Agencies by name, by pattern, by position and unit, and the words that many offices share."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kentongan.reading.model import AgencyMention
from kentongan.reading.tests.small_world import agency_finder
from kentongan.reading.text import document


def found(text: str) -> tuple[AgencyMention, ...]:
    return agency_finder().find(document(text))


def ids(text: str) -> list[str | None]:
    return [mention.agency_id for mention in found(text)]


@pytest.mark.parametrize(
    ("written", "agency_id"),
    [
        ("Kepolisian Daerah Nusa Tenggara Timur", "polda-ntt"),
        ("Kepolisian Daerah (Polda) NTT", "polda-ntt"),
        ("Wakapolda NTT", "polda-ntt"),
        ("Mapolda Banten", "polda-banten"),
        ("Kapolres Ngada", "polres-ngada"),
        ("Kepolisian Resort Belu", "polres-belu"),
        ("Polres Kupang", "polres-kupang"),
        ("Polres Kupang Kota", "polres-kupangkota"),
        ("Polresta Kupang", "polres-kupangkota"),
        ("Kepolisian Resor Kota Kupang", "polres-kupangkota"),
        ("Polres TTU", "polres-ttu"),
        ("Kantor Imigrasi Atambua", "kanim-atambua"),
        ("Kantor Imigrasi Kelas I Tempat Pemeriksaan Imigrasi (TPI) Atambua", "kanim-atambua"),
        ("Kakanim Kupang", "kanim-kupang"),
        ("Wakil Bupati Belu", "pemkab-belu"),
        ("Dandim 1605/Belu", "kodim-1605"),
        ("Rudenim Kupang", "rudenim-kupang"),
    ],
)
def test_an_office_is_found_under_every_way_it_is_written(written: str, agency_id: str) -> None:
    mentions = found(f"Kegiatan itu dihadiri {written} pada hari itu.")

    assert [mention.agency_id for mention in mentions] == [agency_id]


def test_an_agency_that_the_list_lacks_keeps_name_kind_and_place() -> None:
    (mention,) = found("Penyidik Polres Nunukan memeriksa dua saksi.")

    assert (mention.agency_id, mention.name, mention.kind, mention.place_code) == (
        None,
        "Polres Nunukan",
        "police",
        "65.03",
    )


def test_a_unit_is_the_listed_unit_else_its_parent() -> None:
    assert ids("Kasat Intelkam Polres Belu memimpin rapat.") == ["intelkam-belu"]
    assert ids("Satreskrim Polres Belu memeriksa saksi.") == ["polres-belu"]


def test_a_shared_word_means_the_office_named_in_the_text() -> None:
    text = "Kepala Kantor Imigrasi Atambua menerima tamu. Menurut dia, Imigrasi terus bersinergi dengan pemerintah."

    assert ids(text) == ["kanim-atambua", "kanim-atambua"]


def test_a_shared_word_beside_a_national_body_means_the_national_one() -> None:
    text = "Imigrasi Atambua hadir. Ia menyebut sinergi antara Polri dan Imigrasi sangat penting."

    assert ids(text) == ["kanim-atambua", "polri", "ditjenim"]


def test_a_shared_word_means_the_office_of_the_area_when_none_is_named() -> None:
    assert ids("Rapat di Kota Kupang dihadiri perwakilan Bea Cukai dan Kominda.") == ["bc-kupang", "kominda-kotakupang"]


def test_a_local_forum_is_not_claimed_by_a_text_about_elsewhere() -> None:
    assert "kominda-kotakupang" not in ids("Kominda Kabupaten Nunukan menggelar rapat rutin di Nunukan.")


def test_offices_in_an_enumeration_are_all_found() -> None:
    assert ids("Kapolres Belu, Malaka dan TTU menghadiri pertemuan.") == ["polres-belu", "polres-malaka", "polres-ttu"]


def test_a_person_after_a_position_is_not_a_place_name() -> None:
    mentions = found("Kapolres Belu hadir. Kapolres Yohanes Mutiara menyambut tamu.")

    assert [mention.name for mention in mentions] == ["Polres Belu", "Polres Belu"]


def test_a_headline_verb_that_is_also_a_village_is_no_office() -> None:
    assert all(
        mention.name != "Kantor Imigrasi Bangun"
        for mention in found(
            "Bupati Belu ke Imigrasi Bangun Sinergitas\n\nPertemuan itu berlangsung di Atambua pada hari Rabu."
        )
    )


def test_a_post_is_an_agency_only_where_its_staff_act() -> None:
    assert ids("Barang itu lewat di PLBN Mota'ain.") == []
    assert ids("Administrator PLBN Mota'ain menerima kunjungan.") == ["plbn-motaain"]


def test_a_village_is_an_agency_only_where_its_head_acts() -> None:
    assert ids("Warga tinggal di Desa Silawan.") == []
    assert ids("Kepala Desa Silawan melapor kepada polisi.") == ["desa-silawan"]


def test_the_red_cross_is_told_from_migrant_workers() -> None:
    assert [mention.kind for mention in found("Ketua PMI Kabupaten Belu menyerahkan darah.")] == ["red_cross"]
    assert found("Sebanyak 30 PMI ilegal dipulangkan dari Malaysia.") == ()


def test_an_acronym_must_stand_in_capitals() -> None:
    assert ids("Warga bernama Ahmad bin Saleh hadir.") == []
    assert ids("Perwakilan BIN hadir.") == ["bin"]


def test_a_newspaper_is_a_source_not_an_agency() -> None:
    assert ids("Menurut laporan ANTARA, kapal itu karam.") == []


def test_another_border_task_force_is_not_the_one_on_the_timor_border() -> None:
    assert ids("Satgas Pamtas RI-RDTL berpatroli di Belu.") == ["pamtas-timur"]
    assert ids("Satgas Pamtas RI-Malaysia berpatroli di Nunukan.") == [None]


def test_the_sector_tells_the_border_task_forces_apart() -> None:
    assert ids("Kepada Dansatgas Pamtas RI-RDTL Sektor Barat di Kabupaten TTU.") == ["pamtas-barat"]
    assert ids("Dansatgas Pamtas RI-RDTL Sektor Timur hadir.") == ["pamtas-timur"]


def test_an_office_at_an_airport_is_found_by_the_airports_name() -> None:
    assert ids("Petugas Bea Cukai Soekarno-Hatta menyita sabu.") == ["bc-soetta"]


def test_a_police_letterhead_names_its_offices() -> None:
    assert ids("KEPOLISIAN DAERAH NUSA TENGGARA TIMUR\nRESOR BELU\n\nLAPORAN HARIAN\nSituasi aman.") == [
        "polda-ntt",
        "polres-belu",
    ]


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.text(max_size=200),
        st.lists(
            st.sampled_from(
                [
                    "Kapolres",
                    "Polda",
                    "Kota",
                    "Kupang",
                    "(",
                    ")",
                    "/",
                    "&",
                    ",",
                    ".",
                    "-",
                    "Imigrasi",
                    "(TPI)",
                    "Kelas",
                    "II",
                    "Kodim",
                    "1605/Belu",
                    "Kementerian",
                    "dan",
                    "Satgas",
                ]
            ),
            max_size=20,
        ).map(" ".join),
    )
)
def test_any_text_is_read_without_an_error_and_evidence_stands_in_it(text: str) -> None:
    for mention in found(text):
        evidence = mention.evidence
        assert text[evidence.start : evidence.end] == evidence.text
        assert 0 < evidence.confidence <= 1
