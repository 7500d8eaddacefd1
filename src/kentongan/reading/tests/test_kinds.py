"""Kinds of events: found in every form of their words, and told as fact, denied, planned, feared or past."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kentongan.reading.inflection import forms
from kentongan.reading.kinds import KindFinder
from kentongan.reading.knowledge import KindRow
from kentongan.reading.model import KindMention
from kentongan.reading.tests.small_world import KINDS, kind_finder
from kentongan.reading.text import document


def found(text: str) -> tuple[KindMention, ...]:
    return kind_finder().find(document(text))


def told(text: str) -> dict[str, str]:
    return {mention.code: mention.polarity for mention in found(text)}


def test_a_new_row_of_the_vocabulary_is_found_without_code() -> None:
    row = KindRow("LINGK.BANJIR", "Banjir bandang", "issue", ("banjir bandang", "diterjang air bah"))

    mentions = KindFinder((*KINDS, row)).find(
        document("Rumah warga diterjang air bah, banjir bandang itu surut sore hari.")
    )

    assert [mention.code for mention in mentions] == ["LINGK.BANJIR", "LINGK.BANJIR"]


@pytest.mark.parametrize("form", ["ditangkap", "menangkap", "tangkap", "penangkapan", "Penangkapannya"])
def test_a_term_is_found_in_its_other_forms(form: str) -> None:
    assert "RESP.ARREST" in told(f"Polisi {form} dua pelaku.")


@pytest.mark.parametrize(
    ("term", "form"),
    [
        ("ditangkap", "menangkap"),
        ("merekrut", "direkrut"),
        ("penyelundupan", "diselundupkan"),
        ("mengirim", "dikirim"),
        ("diamankan", "amankan"),
    ],
)
def test_active_passive_and_noun_are_forms_of_one_term(term: str, form: str) -> None:
    assert form in forms(term)


def test_a_term_is_never_found_inside_a_word() -> None:
    assert told("Ia menulis TPPOX di papan.") == {}


def test_accents_do_not_matter() -> None:
    assert told("Notísia ne'e trafiku falsu.") == told("Notísia ne'e tráfiku falsu.") == {"PILK.HOAKS": "asserted"}


@pytest.mark.parametrize(
    ("sentence", "polarity"),
    [
        ("Polisi menemukan narkoba di kapal itu.", "asserted"),
        ("Tidak ditemukan narkoba di kapal itu.", "negated"),
        ("Petugas tidak menemukan narkoba di kapal itu.", "negated"),
        ("Narkoba tidak ditemukan di kapal itu.", "negated"),
        ("Tidak ada warga yang membawa narkoba.", "negated"),
        ("Narkoba: NIHIL.", "negated"),
        ("Kabar peredaran narkoba di sekolah itu hoaks belaka, kata polisi.", "negated"),
        ("Bukan hanya narkoba yang ditemukan polisi.", "asserted"),
        ("Mereka bersatu untuk mencegah TPPO di desa.", "hypothetical"),
        ("Pemerintah berjanji guna memberantas perdagangan orang.", "hypothetical"),
        ("Sosialisasi bahaya TPPO digelar di balai desa.", "hypothetical"),
        ("Jika TPPO terjadi, warga diminta melapor.", "asserted"),
        ("Warga cemas bila terjadi TPPO di desa.", "hypothetical"),
        ("Selama ini kasus TPPO sering terjadi.", "background"),
    ],
)
def test_a_matter_is_told_as_fact_denied_feared_or_past(sentence: str, polarity: str) -> None:
    matters = {mention.polarity for mention in found(sentence) if not mention.code.startswith(("RESP", "PILK"))}

    if sentence.startswith("Jika"):
        assert matters <= {"hypothetical", "asserted"}
    else:
        assert matters == {polarity}


def test_a_deed_announced_is_planned() -> None:
    assert told("Petugas akan menggelar patroli di perbatasan.") == {"RESP.PATROL": "planned"}
    assert told("Petugas menggelar patroli di perbatasan.") == {"RESP.PATROL": "asserted"}


def test_a_deed_may_be_announced_after_its_name_or_lie_long_back() -> None:
    assert told("Patroli akan dilakukan pekan depan.") == {"RESP.PATROL": "planned"}
    assert told("Terdakwa yang sejak Juni ditahan itu menangis.") == {"RESP.ARREST": "background"}


def test_cattle_that_were_held_back_are_no_arrest() -> None:
    assert "RESP.ARREST" not in told("Petugas menahan 20 ekor sapi di dermaga.")


def test_nobody_arrested_is_a_denial() -> None:
    assert told("Tidak ada pelaku yang ditangkap.") == {"RESP.ARREST": "negated"}


def test_an_attempt_that_was_stopped_did_happen() -> None:
    assert told("Polisi menangkap pria yang hendak melakukan penyelundupan BBM.")["GDS.BBM"] == "asserted"


def test_a_case_that_is_handled_is_a_fact_and_a_topic_is_not() -> None:
    assert told("Polres menangani 3 kasus TPPO.")["TPPO"] == "asserted"
    assert told("Rapat membahas masalah TPPO.")["TPPO"] == "hypothetical"


def test_joined_terms_are_meant_alike() -> None:
    assert told("Program itu memperkuat pencegahan perdagangan orang (TPPO) dan penyelundupan manusia.") == {
        "TPPO": "hypothetical",
        "TPPM": "hypothetical",
    }


def test_secured_is_weak_for_a_suspect_rescue_for_a_victim_and_nothing_for_goods() -> None:
    (suspect,) = found("Seorang pelaku diamankan polisi.")
    victims = told("Sebanyak 8 korban diamankan petugas.")
    goods = told("Sebanyak 20 karton rokok diamankan petugas.")

    assert (suspect.code, suspect.polarity, suspect.evidence.confidence < 0.5) == ("RESP.ARREST", "hypothetical", True)
    assert set(victims) == {"RESP.RESCUE"}
    assert not {"RESP.ARREST", "RESP.RESCUE"} & set(goods)


def test_a_common_verb_counts_only_where_trafficking_is_spoken_of() -> None:
    assert told("Gedung itu menampung 200 penonton.") == {}
    assert "TPPO.ACT.HARBOUR" in told("Polisi mengungkap TPPO. Pelaku menampung korban di sebuah rumah.")


def test_one_sentence_does_not_lend_its_crime_to_another_paragraph() -> None:
    assert "TPPO.ACT.HARBOUR" not in told(
        "Polisi mengungkap TPPO.\n\nPasar dibuka.\n\nGedung itu menampung 200 penonton.\n"
    )


def test_a_crosser_is_neutral_until_the_sentence_says_otherwise() -> None:
    assert told("Seorang pelintas batas membeli beras di pasar.") == {}
    assert told("Seorang pelintas batas ilegal dipulangkan.") == {"IM.CROSSER": "asserted"}


def test_plb_is_a_pass_only_where_the_sentence_speaks_of_papers() -> None:
    assert told("Petugas berjaga di PLB Turiskain.") == {}
    assert told("Warga melintas menggunakan PLB.") == {"IM.PLB": "asserted"}


def test_people_who_fled_a_flood_are_not_refugees_from_abroad() -> None:
    assert told("Ratusan pengungsi banjir tidur di tenda.") == {}
    assert told("Rudenim mendata pengungsi asal Myanmar.") == {"IM.REFUGEE": "asserted"}


def test_prevention_in_general_is_no_exit_ban() -> None:
    assert told("Pencegahan stunting dibahas di desa.") == {}
    assert told("WNA itu dikenai penangkalan selama dua tahun.") == {"RESP.BAN": "asserted"}


def test_the_name_of_an_office_is_no_deed() -> None:
    assert told("Kepala Seksi Kepatuhan Internal dan Penyuluhan hadir.") == {}


def test_a_quotation_is_marked_even_when_it_is_never_closed() -> None:
    text = 'Ia berkata, "Kami menemukan narkoba di kapal\n\nPolisi membenarkan temuan narkoba itu.\n'

    assert [mention.quoted for mention in found(text)] == [True, False]


@settings(max_examples=200, deadline=None)
@given(
    st.one_of(
        st.text(max_size=200),
        st.lists(
            st.sampled_from(
                [
                    "TPPO",
                    "tidak",
                    "akan",
                    "untuk",
                    "mencegah",
                    "diamankan",
                    "korban",
                    "pelaku",
                    '"',
                    ",",
                    ".",
                    "dan",
                    "BBM",
                    "pelintas",
                    "batas",
                    "jika",
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
