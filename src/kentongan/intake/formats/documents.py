"""The text of PDF and DOCX files."""

import logging
import re
import zipfile
from io import BytesIO

import docx
import pypdf
from django.utils.translation import gettext as _
from docx.opc.exceptions import PackageNotFoundError
from docx.table import Table
from lxml.etree import LxmlError
from pypdf.errors import PyPdfError

from .errors import DamagedFile, EncryptedFile, NoTextLayer, TooLargeFile

MAX_PAGES = 300
logging.getLogger("pypdf").setLevel(logging.ERROR)  # what it warns of, the sender cannot mend
_SENTENCE_END = re.compile(r"[.!?:;…”\"]\s*$")


def text_of_pdf(content: bytes) -> str:
    """Return the text layer with broken lines joined again; NoTextLayer when the pages are pictures."""
    try:
        reader = pypdf.PdfReader(BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise EncryptedFile(_("PDF ini terkunci kata sandi. Buka kuncinya lalu kirim lagi."))
        if len(reader.pages) > MAX_PAGES:
            raise TooLargeFile(
                _("PDF ini lebih dari %(most)s halaman. Kirim hanya bagian laporannya.") % {"most": MAX_PAGES}
            )
        pages = [page.extract_text() for page in reader.pages]
    except (
        PyPdfError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        AssertionError,
        RecursionError,
        OverflowError,
    ) as error:
        # pypdf lets these through for files that break its assumptions; all mean the same to the sender
        raise DamagedFile(_("PDF ini rusak atau terpotong, jadi tidak terbaca. Kirim ulang berkas aslinya.")) from error
    text = "\n\n".join(joined_lines(page) for page in pages if page.strip())
    if not text.strip():
        message = _(
            "PDF ini hanya berisi gambar, tanpa lapisan teks. Jalankan pengenalan huruf (OCR) lebih dulu, atau ketik isinya."
        )
        raise NoTextLayer(message)
    return text


def joined_lines(page: str) -> str:
    """Return the page with lines joined where the layout, not the writer, broke them: the line was full and no sentence ended."""
    lines = [line.rstrip() for line in page.splitlines()]
    full = 0.7 * max((len(line) for line in lines), default=0)
    out: list[str] = []
    continues = False
    for line in lines:
        if continues and line.strip():
            glue = "" if out[-1].endswith("-") else " "
            out[-1] += glue + line.lstrip()
        else:
            out.append(line)
        continues = len(line) >= full and bool(line.strip()) and not _SENTENCE_END.search(line)
    return "\n".join(out).strip()


def text_of_docx(content: bytes) -> str:
    """Return paragraphs and table rows in their order; the archive has been judged before."""
    try:
        document = docx.Document(BytesIO(content))
        blocks = [_table(block) if isinstance(block, Table) else block.text for block in document.iter_inner_content()]
    except (PackageNotFoundError, LxmlError, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise DamagedFile(
            _("DOCX ini rusak, jadi tidak terbaca. Buka di pengolah kata, simpan ulang, lalu kirim lagi.")
        ) from error
    return "\n\n".join(block for block in blocks if block.strip())


def _table(table: Table) -> str:
    return "\n".join(" | ".join(cell.text.strip() for cell in row.cells) for row in table.rows)
