"""WhatsApp exports of several telephones and languages."""

from datetime import date

import pytest

from kentongan.intake.formats import Form, documents_in
from kentongan.intake.formats.chat import masked
from kentongan.intake.formats.errors import EmptyFile

ANDROID = """03/03/26 08.00 - Pesan dan panggilan terenkripsi secara end-to-end. Hanya orang dalam obrolan ini yang bisa membacanya.
03/03/26 08.01 - Ani Contoh membuat grup "Info: Desa Binaan"
13/03/26 10.15 - Ani Contoh: Selamat pagi, tadi malam ada lima orang
lewat jalan tikus di Silawan
13/03/26 10.16 - +62 812-0000-0123: siap pak 🙏
13/03/26 10.18 - Ani Contoh: dua di antaranya perempuan
13/03/26 10.30 - Ani Contoh: <Media tidak disertakan>
13/03/26 19.05 - +62 812-0000-0123: Nihil dari Tulakadi
14/03/26 19.05 - +62 812-0000-0123: Nihil dari Tulakadi
"""


def test_a_burst_is_one_report_though_others_write_in_between():
    contents = documents_in(ANDROID.encode())

    assert contents.form is Form.CHAT
    first = contents.documents[0]
    assert (
        first.text
        == "Selamat pagi, tadi malam ada lima orang\nlewat jalan tikus di Silawan\ndua di antaranya perempuan"
    )
    assert first.published_on == date(2026, 3, 13)


def test_system_lines_and_courtesies_are_left_out_and_counted():
    contents = documents_in(ANDROID.encode())

    assert len(contents.documents) == 3
    assert contents.notes == (
        "3 baris sistem atau media dilewati.",
        "1 pesan sapaan dilewati.",
        "Nama dan nomor penulis pesan tidak disimpan: pelapor tetap anonim.",
    )


def test_who_wrote_is_not_kept():
    """R28: whoever writes in a chat is a reporter."""
    documents = documents_in(ANDROID.encode()).documents

    assert {document.author for document in documents} == {""}
    assert "Ani Contoh" not in str(documents)


def test_equal_texts_of_one_minute_by_two_writers_are_two_reports():
    chat = "13/03/26 10.15 - Ani: Nihil\n13/03/26 10.15 - Budi: Nihil"

    one, other = documents_in(chat.encode()).documents

    assert one.text == other.text
    assert one.occasion != other.occasion


def test_equal_messages_of_two_days_are_two_reports():
    _first, *nil = documents_in(ANDROID.encode()).documents

    assert nil[0].text == nil[1].text
    assert nil[0].occasion != nil[1].occasion


def test_a_telephone_number_is_masked_in_the_text():
    documents = documents_in(ANDROID.replace("Nihil dari", "hubungi 081200000456, nihil").encode()).documents

    assert "081200000456" not in documents[1].text
    assert "[nomor …456]" in documents[1].text


@pytest.mark.parametrize("figure", ["Rp 1.500.000.000", "12.000 liter", "03/03/2026", "53.04.02.2001", "pukul 10.15"])
def test_figures_are_no_telephone_numbers(figure):
    assert masked(figure) == figure


@pytest.mark.parametrize(
    "lines",
    [
        "[13/03/26 10.15.32] Ani: Lima orang lewat\n[13/03/26 10.16.00] Ani: di Silawan",
        "\u200e[13/03/2026, 10:15:32] Ani: Lima orang lewat\n[13/03/2026, 10:16:00] Ani: di Silawan",
        "13/3/26, 10:15 - Ani: Lima orang lewat\n13/3/26, 10:16 - Ani: di Silawan",
        "3/13/26, 10:15\u202fAM - Ani: Lima orang lewat\n3/13/26, 10:16\u202fAM - Ani: di Silawan",
        "2026-03-13 10.15 - Ani: Lima orang lewat\n2026-03-13 10.16 - Ani: di Silawan",
        "13.03.26, 10:15 - Ani: Lima orang lewat\n13.03.26, 10:16 - Ani: di Silawan",
    ],
)
def test_every_way_of_dating_a_message_is_understood(lines):
    (document,) = documents_in(lines.encode()).documents

    assert document.text == "Lima orang lewat\ndi Silawan"
    assert document.published_on == date(2026, 3, 13)


def test_a_date_that_may_be_read_two_ways_is_day_first_and_said_so():
    contents = documents_in(b"3/4/26, 10:15 - Ani: Lima orang lewat\n3/4/26, 10:25 - Budi: di Silawan")

    assert contents.documents[0].published_on == date(2026, 4, 3)
    assert "hari/bulan/tahun" in contents.notes[-1]


def test_what_the_application_wrote_on_an_iphone_is_no_message():
    lines = "[13/03/26 10.15.32] Desa: \u200eAni menambahkan Anda\n[13/03/26 10.16.00] Ani: Foto \u200e<terlampir: 01.jpg>\n"

    (document,) = documents_in(lines.encode()).documents

    assert document.text == "Foto"


def test_an_export_inside_an_archive_is_found(archive):
    contents = documents_in(archive(**{"IMG-1.jpg": b"\xff\xd8\xff", "Chat WhatsApp dengan Desa.txt": ANDROID}))

    assert contents.form is Form.CHAT
    assert len(contents.documents) == 3


def test_an_export_of_courtesies_only_is_refused():
    with pytest.raises(EmptyFile):
        documents_in(b"13/03/26 10.15 - Ani: siap pak\n13/03/26 10.16 - Budi: ok\n")


def test_a_news_text_that_mentions_a_time_is_no_chat():
    contents = documents_in(b"Atambua (13/03/26) - Lima orang: dua perempuan.\n10.15 - patroli")

    assert contents.form is Form.TEXT
