"""Papers as such: what a user wrote is printed as it stands, the same facts make the same bytes, a bad template is told."""

import io
import json
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from pypdf import PdfReader

from kentongan.briefings import papers
from kentongan.briefings.papers import PaperNotMade, paper

AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
MARKUP = '#set page("a3") *tebal* _miring_ `kode` $x^2$ <label> @ref // komentar /* x */ \\ ~ -- ... [a] #read("x")'
LETTERS = "Liquiçá Maubára ñ Ñ ẽ ú ã õ à â ê ô é í ó ç Ç – — “ ” ’ º ª ≥"


def report(**more):
    """Return the facts of a report on which nothing happened."""
    facts = {
        "title": "Laporan",
        "keywords": ["desa binaan"],
        "is_simulated": False,
        "office": {"name": "Kantor Imigrasi", "above": [], "seat": ""},
        "foot": "kaki",
        "heading": "Laporan Bulanan",
        "subheading": "Program",
        "period": "November 2026",
        "addressee": "Yth.",
        "sender": "Kepala",
        "area": "",
        "grounds": ["UU"],
        "next_heading": "Rencana",
        "summary": {"heads": ["Uraian", "Jumlah"], "rows": [["Kunjungan", "0"]], "note": ""},
        **{key: [] for key in ("activities", "nil", "villages", "obstacles", "next")},
        **dict.fromkeys(("activities_note", "nil_note", "closing", "source"), ""),
        **dict.fromkeys(("no_activities", "no_nil", "no_villages", "no_next"), "Nihil."),
        "signatures": {
            "place_and_day": "....",
            "left": {"heading": "Mengetahui", "function": "Kepala"},
            "right": {"heading": "Pelapor", "function": "Petugas"},
        },
    }
    return facts | more


def text_of(content):
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


def test_what_a_user_wrote_is_never_a_command_of_the_template():
    printed = text_of(paper("programme_report", report(obstacles=[MARKUP]), at=AT))

    assert " ".join(MARKUP.split()) in printed


@pytest.mark.parametrize("part", ["title", "subheading", "addressee", "foot", "closing"])
def test_markup_is_harmless_in_every_part(part):
    content = paper("programme_report", report(**{part: MARKUP}), at=AT)

    assert PdfReader(io.BytesIO(content)).pages[0].mediabox.width == pytest.approx(595.3, abs=0.1)  # A4, not A3


def test_letters_of_indonesian_tetum_and_portuguese_are_printed():
    content = paper("programme_report", report(obstacles=[LETTERS]), at=AT)

    assert LETTERS in text_of(content)
    assert b"pdfaid" in content


def test_letters_that_no_font_has_are_printed_as_boxes_and_logged(caplog):
    content = paper("programme_report", report(obstacles=["中 bukan huruf kami"]), at=AT)

    assert "bukan huruf kami" in text_of(content)
    assert b"pdfaid" not in content
    assert [record.message for record in caplog.records] == ["briefings.paper.letters_missing"]


def test_the_same_facts_make_the_same_bytes_in_another_process_too():
    facts = report(obstacles=["Cuaca buruk"])
    script = (
        "import sys, json, hashlib, datetime\n"
        "from kentongan.briefings.papers import paper\n"
        "facts = json.load(sys.stdin)\n"
        "at = datetime.datetime(2026, 11, 23, 4, 0, tzinfo=datetime.UTC)\n"
        "sys.stdout.buffer.write(paper('programme_report', facts, at=at))\n"
    )

    command, told = [sys.executable, "-c", script], json.dumps(facts).encode()
    there = subprocess.run(command, input=told, capture_output=True, check=True)  # noqa: S603 - ourselves

    assert there.stdout == paper("programme_report", facts, at=AT) == paper("programme_report", facts, at=AT)


def test_the_file_says_its_title_language_author_and_day():
    reader = PdfReader(io.BytesIO(paper("programme_report", report(title="Laporan Bulanan #1"), at=AT)))

    assert reader.metadata.title == "Laporan Bulanan #1"
    assert reader.metadata.author == "Kantor Imigrasi"
    assert reader.metadata.creation_date == AT
    assert reader.trailer["/Root"]["/Lang"] == "id"
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"] is not False


def test_facts_that_do_not_fit_the_template_are_refused_in_words_and_logged(caplog):
    facts = report()
    del facts["summary"]

    with pytest.raises(PaperNotMade, match="tidak dapat dicetak"):
        paper("programme_report", facts, at=AT)

    (record,) = caplog.records
    assert record.message == "briefings.paper.not_made"
    assert "summary" in record.what
    assert "programme_report.typ" in record.where


def test_a_door_tells_that_the_paper_was_not_made(monkeypatch, tmp_path, run_of, officer, signed_in):
    run_of()
    (tmp_path / "village_sheet.typ").write_text("#sys.inputs.tiada")
    monkeypatch.setattr(papers, "TEMPLATES", tmp_path)

    answer = signed_in(officer()).get("/kerawanan/desa/53.04.02.2001/lembar.pdf")

    assert answer.status_code == 500
    assert "Lembar tidak jadi" in answer.content.decode()


def test_figures_that_are_none_are_refused_before_they_reach_the_paper():
    with pytest.raises(ValueError, match="Out of range float"):
        paper("programme_report", report(area=float("nan")), at=AT)
