"""One door for every file: what is it, and which documents are in it."""

from django.conf import settings
from django.utils.translation import gettext as _

from . import archives, chat, feeds, tables
from .contents import Contents, Document, Form
from .documents import text_of_docx, text_of_pdf
from .errors import EmptyFile, TooLargeFile, UnreadableKind
from .plain import decoded
from .sniffing import form_of_text, is_pdf, is_zip, name_of_other_kind


def documents_in(content: bytes) -> Contents:
    """Return what the file is and the documents in it; FileRefused says why not and what to do."""
    if not content.strip(b" \t\r\n\x0c\xef\xbb\xbf"):
        raise EmptyFile(_("Berkas ini kosong. Periksa apakah berkas yang dipilih sudah benar."))
    if len(content) > settings.MAX_UPLOAD_BYTES:
        most = settings.MAX_UPLOAD_BYTES // 1_000_000
        raise TooLargeFile(_("Berkas ini lebih dari %(most)s MB. Bagi menjadi beberapa berkas.") % {"most": most})
    if is_pdf(content):
        return Contents(Form.PDF, (Document(text_of_pdf(content)),))
    if is_zip(content):
        return _of_archive(content)
    if name := name_of_other_kind(content):
        raise _not_read(name)
    return _of_text(*decoded(content))


def _of_text(text: str, notes: tuple[str, ...]) -> Contents:
    form = form_of_text(text)
    if form is None:
        raise _not_read(_("halaman web (HTML)"))
    if form is Form.FEED:
        return Contents(Form.FEED, feeds.entries(text), notes)
    if (table := tables.form_of(text)) is not None:
        return Contents(table, (), notes, text)
    if chat.is_chat(text):
        messages, more = chat.reports(text)
        return Contents(Form.CHAT, messages, (*notes, *more))
    return Contents(Form.TEXT, (Document(text),), notes)


def _of_archive(content: bytes) -> Contents:
    with archives.opened(content) as archive:
        names = archive.namelist()
        if "word/document.xml" in names:
            text = text_of_docx(content)
            if not text.strip():
                raise EmptyFile(_("Dokumen DOCX ini tidak memuat teks. Gambar di dalamnya tidak dibaca; ketik isinya."))
            return Contents(Form.DOCX, (Document(text),))
        for kind, marker in _OTHER_ARCHIVES:
            if any(name.startswith(marker) for name in names):
                raise _not_read(kind)
        for name in names:
            if name.lower().endswith(".txt"):
                text, notes = decoded(archives.read(archive, name))
                if chat.is_chat(text):
                    messages, more = chat.reports(text)
                    return Contents(Form.CHAT, messages, (*notes, *more))
    raise _not_read(_("arsip ZIP tanpa ekspor obrolan WhatsApp di dalamnya"))


_OTHER_ARCHIVES = (
    ("Excel (XLSX)", "xl/workbook"),
    ("PowerPoint (PPTX)", "ppt/presentation"),
    ("OpenDocument", "META-INF/manifest.xml"),
    ("EPUB", "META-INF/container.xml"),
)


def _not_read(kind: str) -> UnreadableKind:
    message = _(
        "Berkas ini sebenarnya %(kind)s, apa pun nama akhirannya, dan jenis itu tidak dibaca. "
        "Kirim sebagai teks, PDF berlapis teks, DOCX, CSV, atau ekspor WhatsApp."
    )
    return UnreadableKind(message % {"kind": kind})
