"""RSS and Atom: one document an entry."""

import calendar
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from typing import Any

import feedparser
from django.utils.translation import gettext as _

from kentongan.kit.checksums import sha256_hex
from kentongan.kit.periods import WIB

from .contents import Document
from .errors import DamagedFile

_BLOCKS = frozenset({"p", "br", "div", "li", "ul", "ol", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote"})
_UNSEEN = frozenset({"script", "style"})


def entries(text: str) -> tuple[Document, ...]:
    """Return the entries that say something, each once at its longest; DamagedFile when there is none and the markup is broken."""
    feed = feedparser.parse(
        text.encode(), resolve_relative_uris=False, response_headers={"content-type": "application/xml; charset=utf-8"}
    )
    documents: dict[str | None, Document] = {}
    for entry in feed.entries:
        document = _document(entry, feed.feed.get("title", ""))
        if len(document.text) > len(documents[document.key].text if document.key in documents else ""):
            documents[document.key] = document
    if not documents:
        raise DamagedFile(_("Umpan berita ini rusak atau tidak berisi berita. Periksa alamat umpannya."))
    return tuple(documents.values())


def text_of_html(markup: str) -> str:
    """Return the words of a piece of HTML, with a new line where a block begins or ends."""
    words = _Words()
    words.feed(markup)
    words.close()
    lines = (" ".join(line.split()) for line in "".join(words.parts).splitlines())
    return "\n".join(line for line in lines if line)


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the parser's signature
        self._unseen += tag in _UNSEEN
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in _UNSEEN and self._unseen > 0
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.parts.append(data.replace("\n", " "))


def _document(entry: Any, feed_title: str) -> Document:
    title = text_of_html(entry.get("title", ""))
    contents = entry.get("content") or [{"value": entry.get("summary", "")}]
    body = max((text_of_html(part.get("value", "")) for part in contents), key=len)
    address = entry.get("link", "")
    return Document(
        text="\n\n".join(part for part in (title, body) if part),
        title=title[:300],
        source=text_of_html(feed_title)[:120],
        address=address if len(address) <= 500 and address.startswith(("https://", "http://")) else "",
        published_on=_day(entry),
        key=sha256_hex((entry.get("id") or address or title + body).encode()),
    )


def _day(entry: Any) -> date | None:
    """Return the day in western Indonesia, where the newspapers date; feedparser gives the instant in UTC."""
    moment = entry.get("published_parsed") or entry.get("updated_parsed")
    if moment is None:
        return None
    return datetime.fromtimestamp(calendar.timegm(moment), tz=UTC).astimezone(WIB).date()
