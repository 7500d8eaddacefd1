"""The grade of a source is a start for an officer, and follows from the text alone."""

import pytest

from kentongan.reading.grade import grade_source
from kentongan.reading.speakers import find_speakers
from kentongan.reading.text import document


def grade(text: str, source: str = "") -> tuple[str, int]:
    doc = document(text)
    result = grade_source(doc, source=source, speakers=find_speakers(doc, (), ()), agencies=(), kinds=())
    assert result.why
    return result.reliability, result.credibility


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('Kupang (ANTARA) - "Patroli ditambah," kata Kapolres Ngada AKBP Yosef Contoh.', ("B", 2)),
        ("Izin melaporkan, pada pukul 10.00 telah diamankan dua orang. Demikian dilaporkan.", ("B", 6)),
        ("Katanya ada orang asing masuk lewat sungai, belum bisa dipastikan.", ("E", 5)),
        ("Saya melihat empat orang lewat sungai semalam.", ("F", 2)),
        ("Serang, kabaruji.com - Seorang warga diduga membawa barang tanpa dokumen.", ("C", 3)),
        ("", ("F", 6)),
    ],
)
def test_the_grade_follows_who_speaks_and_how_sure(text: str, expected: tuple[str, int]) -> None:
    assert grade(text) == expected


def test_a_rumour_that_an_official_speaks_of_is_not_a_rumour_itself() -> None:
    assert grade('"Pesan viral itu tidak benar," kata Kapolres Ngada AKBP Yosef Contoh.')[1] == 2
