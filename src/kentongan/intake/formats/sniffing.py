"""What the first bytes of a file say that it is."""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from .contents import Form

_NAMED: tuple[tuple[bytes, str | Promise], ...] = (
    (b"\x89PNG\r\n\x1a\n", gettext_lazy("gambar PNG")),
    (b"\xff\xd8\xff", gettext_lazy("gambar JPEG")),
    (b"GIF8", gettext_lazy("gambar GIF")),
    (b"II*\x00", gettext_lazy("gambar TIFF")),
    (b"MM\x00*", gettext_lazy("gambar TIFF")),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", gettext_lazy("dokumen Office lama (DOC, XLS atau PPT)")),
    (b"{\\rtf", gettext_lazy("dokumen RTF")),
    (b"SQLite format 3\x00", gettext_lazy("basis data SQLite")),
    (b"\x7fELF", gettext_lazy("program")),
    (b"MZ", gettext_lazy("program Windows")),
    (b"\x1f\x8b", gettext_lazy("arsip GZIP")),
    (b"7z\xbc\xaf\x27\x1c", gettext_lazy("arsip 7-Zip")),
    (b"Rar!\x1a\x07", gettext_lazy("arsip RAR")),
    (b"OggS", gettext_lazy("rekaman suara OGG")),
    (b"ID3", gettext_lazy("rekaman suara MP3")),
    (b"RIFF", gettext_lazy("rekaman atau gambar RIFF (WAV, AVI atau WEBP)")),
)
_CONTROLS = frozenset(range(32)) - set(b"\t\n\r\x0c\x1b") | {0x7F}
_PDF_HEAD_WITHIN = 1024  # ISO 32000 readers accept the header this late
_FEED_HEAD = re.compile(r"<(rss|feed|rdf:RDF)[\s>]", re.IGNORECASE)
_HTML_HEAD = re.compile(r"\A\s*(<!--.*?-->\s*)*(<!doctype html|<html[\s>])", re.IGNORECASE | re.DOTALL)


def is_pdf(content: bytes) -> bool:
    """Tell whether the bytes begin as a PDF does."""
    return b"%PDF-" in content[:_PDF_HEAD_WITHIN]


def is_zip(content: bytes) -> bool:
    """Tell whether the bytes begin as a ZIP archive does, an empty one included."""
    return content.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def name_of_other_kind(content: bytes) -> str | None:
    """Return what a file is that holds no text to read, or None."""
    for head, name in _NAMED:
        if content.startswith(head):
            return str(name)
    if content[4:8] == b"ftyp":
        return str(gettext_lazy("rekaman video atau suara MP4"))
    return None


def is_binary(content: bytes) -> bool:
    """Tell whether the bytes cannot be a text in an encoding of one byte a letter or UTF-8: they hold control signs."""
    sample = content[:1_000_000]
    return 0 in sample or sum(byte in _CONTROLS for byte in sample) > len(sample) // 1000


def form_of_text(text: str) -> Form | None:
    """Return Form.FEED for RSS and Atom, None for a web page or other markup, Form.TEXT for the rest."""
    head = text[:4000].lstrip("\ufeff \t\r\n")
    if _FEED_HEAD.search(head) and head.startswith("<"):
        return Form.FEED
    if _HTML_HEAD.match(head):
        return None
    return Form.TEXT
