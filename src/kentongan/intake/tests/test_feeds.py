"""News feeds: one document an entry."""

from datetime import date

import pytest

from kentongan.intake.formats import Form, documents_in
from kentongan.intake.formats.errors import DamagedFile

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>Kabar Contoh</title>
<item><title>Lima orang dicegah</title><link>https://kabar.example/1</link><guid>1</guid>
<pubDate>Tue, 03 Mar 2026 23:30:00 +0700</pubDate>
<description>&lt;p&gt;Petugas mencegah lima orang.&lt;/p&gt;&lt;script&gt;x()&lt;/script&gt;&lt;p&gt;Di Atambua.&lt;/p&gt;</description></item>
<item><title>Lima orang dicegah</title><link>https://kabar.example/1</link><guid>1</guid></item>
</channel></rss>"""


def test_an_entry_is_read_with_its_heading_day_and_address():
    contents = documents_in(RSS.encode())

    assert contents.form is Form.FEED
    first = contents.documents[0]
    assert first.title == "Lima orang dicegah"
    assert (first.source, first.address) == ("Kabar Contoh", "https://kabar.example/1")
    assert first.published_on == date(2026, 3, 3)


def test_markup_becomes_lines_and_scripts_vanish():
    atom = '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>A</title><id>1</id><content type="html">&lt;p&gt;Satu&lt;/p&gt;&lt;script&gt;x()&lt;/script&gt;&lt;p&gt;dua&lt;br/&gt;tiga&lt;/p&gt;</content></entry></feed>'

    (entry,) = documents_in(atom.encode()).documents

    assert entry.text == "A\n\nSatu\ndua\ntiga"


def test_an_entry_that_comes_twice_in_one_feed_is_one():
    assert len(documents_in(RSS.encode()).documents) == 1


def test_an_address_that_is_not_of_the_web_is_not_kept():
    (entry,) = documents_in(RSS.replace("https://kabar.example/1", "javascript:alert(1)").encode()).documents

    assert entry.address == ""


def test_a_feed_without_entries_is_refused():
    with pytest.raises(DamagedFile):
        documents_in(b'<?xml version="1.0"?><rss version="2.0"><channel><title>K')


def test_a_feed_cannot_read_files_of_this_machine(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("rahasia")
    attack = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "{secret.as_uri()}">]><rss version="2.0"><channel><item><title>A &x;</title></item></channel></rss>'

    try:
        documents = documents_in(attack.encode()).documents
    except DamagedFile:
        documents = ()

    assert all("rahasia" not in document.text for document in documents)
