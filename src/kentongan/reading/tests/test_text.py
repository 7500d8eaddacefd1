"""Cleaning keeps every offset and keeps apart what is not the text itself."""

from hypothesis import given
from hypothesis import strategies as st

from kentongan.reading.text import composed, document, guess_language

NEWS = """Petugas Cegat Pengiriman Solar di Perbatasan

Penulis: Rina Contoh | Editor: Budi Contoh
PATROLI---Petugas berdiri di tepi sungai, Selasa (4/3/2025).

KABARUJI.COM, ATAMBUA - Petugas mencegat pengiriman solar di tepi sungai. Barang itu disita.

Baca juga: Tiga puluh orang ditangkap di pelabuhan

Petugas masih mencari pemiliknya.

Copyright © KABARUJI 2026"""


def test_the_body_is_as_long_as_the_original() -> None:
    assert len(document(NEWS).body) == len(NEWS)


def test_a_related_headline_is_cut_and_kept_as_a_lead() -> None:
    doc = document(NEWS)

    related = [lead.evidence.text for lead in doc.leads if lead.kind == "related"]

    assert related == ["Baca juga: Tiga puluh orang ditangkap di pelabuhan"]
    assert "pelabuhan" not in doc.body


def test_a_related_headline_inside_a_paragraph_ends_with_its_own_sentence() -> None:
    doc = document(
        "Polisi menahan seorang sopir. Baca juga: Kapal karam di selat. Sopir itu diperiksa di kantor polisi."
    )

    assert "Kapal karam" not in doc.body
    assert "Sopir itu diperiksa" in doc.body


def test_bylines_copyright_and_captions_are_not_text() -> None:
    doc = document(NEWS)

    assert {lead.kind for lead in doc.leads} == {"related", "caption", "footer"}
    assert all(word not in doc.body for word in ("Rina", "2026", "PATROLI"))


def test_the_first_line_without_a_full_stop_is_the_title() -> None:
    assert document(NEWS).title == "Petugas Cegat Pengiriman Solar di Perbatasan"


def test_a_given_title_wins_over_a_found_one() -> None:
    assert document(NEWS, title="Judul lain").title == "Judul lain"


def test_the_outlet_is_read_from_the_dateline_and_blanked_in_the_body() -> None:
    doc = document(NEWS)

    assert doc.outlet == "KABARUJI.COM"
    assert "KABARUJI" not in doc.body
    assert doc.dateline is not None
    assert doc.original[slice(*doc.dateline)] == "KABARUJI.COM, ATAMBUA -"


def test_datelines_of_several_fashions_are_found() -> None:
    for head in (
        "Kupang (ANTARA) -",
        "Jakarta, CNN Indonesia --",
        "SERANG, KOMPAS.com –",
        "Dili, 12 Novembru 2024 (TATOLI) –",
        "KUPANG |",
    ):
        text = f"{head} Rapat digelar di aula. Semua hadir."

        found = document(text).dateline

        assert (found is not None) == (head != "KUPANG |"), head


def test_abbreviations_and_thousands_do_not_end_a_sentence() -> None:
    doc = document(
        "Kapolres AKBP Drs. A. Contoh, S.H. menyita 1.250 batang di Kec. Raihat, Kab. Belu. Kasus itu diselidiki."
    )

    assert len(doc.sentences) == 2


def test_a_quotation_ends_its_sentence() -> None:
    doc = document('"Kami menjaga perbatasan." Dia menutup pidato. "Selesai," katanya.')

    assert [doc.sentence_text(index) for index in range(3)] == [
        '"Kami menjaga perbatasan."',
        "Dia menutup pidato.",
        '"Selesai," katanya.',
    ]


def test_a_narrow_column_is_one_paragraph() -> None:
    text = "Petugas gabungan menahan tiga orang di\ntepi sungai pada malam hari karena mereka\nmembawa barang tanpa dokumen ke negara\ntetangga melalui jalan setapak."

    assert len(document(text).sentences) == 1


def test_lettering_tells_capitals_from_small_letters() -> None:
    assert document("POLISI MENAHAN TIGA ORANG DI PELABUHAN.").lettering == "upper"
    assert document("polisi menahan tiga orang di pelabuhan.").lettering == "lower"
    assert document("Polisi menahan tiga orang di Pelabuhan.").lettering == "mixed"


def test_languages_are_told_by_their_small_words() -> None:
    assert guess_language("Polisi menahan tiga orang di pelabuhan karena tidak membawa dokumen") == "id"
    assert (
        guess_language("Polísia kaer ema na'in tolu iha fronteira tanba sira lori sasán ne'ebé la iha dokumentu")
        == "tet"
    )
    assert guess_language("A polícia deteve três pessoas na fronteira que não tinham os documentos") == "pt"
    assert guess_language("The police arrested three people at the border who had no papers") == "en"
    assert guess_language("") == "id"


@given(st.text(max_size=400))
def test_any_text_is_cut_into_ordered_sentences_within_it(text: str) -> None:
    doc = document(text)

    assert len(doc.body) == len(text)
    ends = [0]
    for sentence in doc.sentences:
        assert ends[-1] <= sentence.start < sentence.end <= len(text)
        ends.append(sentence.end)


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_composed_text_leads_back_to_the_text_as_received(text: str) -> None:
    whole = composed(text)

    start, end = whole.original_span(0, len(whole.text))

    assert text[start:end] == text
