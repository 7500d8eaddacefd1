"""Speakers: post, rank, degrees and name apart, one entry a person, and the byline by itself."""

from kentongan.reading.model import AgencyMention, Speaker
from kentongan.reading.speakers import find_speakers, same_person
from kentongan.reading.text import Document, document


def agency(doc: Document, name: str, agency_id: str) -> AgencyMention:
    start = doc.original.index(name)
    return AgencyMention(doc.evidence(start, start + len(name), 0.9, "test"), agency_id, name, "police")


def read(text: str, **agencies: str) -> tuple[Speaker, ...]:
    doc = document(text)
    return find_speakers(doc, [agency(doc, name.replace("_", " "), value) for name, value in agencies.items()], ())


def test_post_rank_name_and_degrees_are_told_apart() -> None:
    (found,) = read(
        "Kapolres Ngada AKBP Dr. Yosef Contoh Naiaki, S.H., M.H. mengatakan patroli ditambah.",
        Kapolres_Ngada="polres-ngada",
    )

    assert (found.position, found.rank, found.name) == ("Kapolres Ngada", "AKBP", "Yosef Contoh Naiaki")
    assert found.degrees == ("Dr.", "S.H.", "M.H.")
    assert (found.agency_id, found.role) == ("polres-ngada", "speaker")


def test_a_long_rank_is_no_part_of_the_name() -> None:
    (found,) = read(
        "Kapolda Banten Inspektur Jenderal Polisi Contoh mengatakan kerja sama diperkuat.",
        Kapolda_Banten="polda-banten",
    )

    assert (found.rank, found.name) == ("Inspektur Jenderal Polisi", "Contoh")


def test_one_person_under_several_names_is_one_entry() -> None:
    (found,) = read(
        "Wakil Bupati Belu, Drs. Albertus Contohseran, MM berkunjung. Wabup Albe Contohseran disambut tuan rumah.",
        Wakil_Bupati_Belu="pemkab-belu",
    )

    assert (found.name, found.variants) == ("Albertus Contohseran", ("Albe Contohseran",))


def test_two_persons_with_one_family_name_and_different_posts_stay_two() -> None:
    found = read(
        "Camat Raihat Petrus Contohmau hadir. Lurah Lidak Maria Contohmau juga hadir.",
        Camat_Raihat="a",
        Lurah_Lidak="b",
    )

    assert len(found) == 2


def test_a_quotation_goes_to_the_name_after_it_or_to_the_pronouns_last_speaker() -> None:
    (found,) = read(
        '"Patroli ditambah," kata Kapolres Ngada AKBP Yosef Contoh. "Warga kami minta melapor," ujarnya.',
        Kapolres_Ngada="polres-ngada",
    )

    assert [quote.text for quote in found.quotes] == ["Patroli ditambah,", "Warga kami minta melapor,"]


def test_a_list_of_posts_names_nobody() -> None:
    assert (
        read(
            "Rapat dihadiri Kepala Dinas Pariwisata Kota Kupang, Pasi Intel Kodim 1604 dan Kasi Kantib Rudenim Kupang.",
            Dinas_Pariwisata_Kota_Kupang="a",
            Kodim_1604="b",
            Rudenim_Kupang="c",
        )
        == ()
    )


def test_reporters_and_editors_stand_apart() -> None:
    found = read("Rapat digelar di aula pada pagi hari.\n\nPewarta : Rina Contoh\nEditor : Budi Contohnya")

    assert [(speaker.name, speaker.role) for speaker in found] == [
        ("Rina Contoh", "reporter"),
        ("Budi Contohnya", "editor"),
    ]


def test_names_are_one_persons_when_they_fit() -> None:
    assert same_person("Alo Haleman", "Aloysius Haleman")
    assert same_person("Marta", "Marta Contoh")
    assert not same_person("Petrus Haleman", "Aloysius Haleman")
    assert not same_person("", "Marta")
