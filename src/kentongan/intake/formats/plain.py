"""Bytes to text: the encoding is recognised, and said where it is not UTF-8."""

import codecs
import logging

import charset_normalizer
from django.utils.translation import gettext as _

from .errors import UnreadableKind
from .sniffing import is_binary

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WESTERN = ["cp1252", "latin_1"]  # what office machines of the region wrote before UTF-8
logging.getLogger("charset_normalizer").setLevel(logging.ERROR)


def decoded(content: bytes) -> tuple[str, tuple[str, ...]]:
    """Return the text with line ends as \\n, and a note on the encoding unless it is UTF-8; UnreadableKind if it is no text."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _by_mark(content, encoding)
    if is_binary(content):
        raise UnreadableKind(_("Berkas ini bukan teks: isinya data biner. Kirim teks, PDF berlapis teks, atau DOCX."))
    try:
        return _lines(content.decode("utf-8")), ()
    except UnicodeDecodeError:
        return _western(content)


def _by_mark(content: bytes, encoding: str) -> tuple[str, tuple[str, ...]]:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableKind(
            _("Berkas ini mengaku %(encoding)s tetapi tidak demikian. Simpan ulang sebagai UTF-8.")
            % {"encoding": encoding}
        ) from error
    return _lines(text.removeprefix("\ufeff")), ()


def _western(content: bytes) -> tuple[str, tuple[str, ...]]:
    best = charset_normalizer.from_bytes(content, cp_isolation=_WESTERN, threshold=0.5).best()
    if best is None:
        raise UnreadableKind(
            _("Tulisan di berkas ini tidak dikenali. Simpan ulang sebagai teks UTF-8, lalu kirim lagi.")
        )
    name = {"cp1252": "Windows-1252", "latin_1": "Latin-1"}.get(best.encoding, best.encoding)
    return _lines(str(best)), (
        _("Berkas dibaca sebagai %(encoding)s, bukan UTF-8. Periksa huruf beraksen.") % {"encoding": name},
    )


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
