"""From a file to drafts: what each document or row becomes before it is received."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from kentongan.agencies.models import Agency, AgencyName
from kentongan.places.models import PlaceCode

from .claims import warning_of
from .drafts import NumberedDraft, ReportDraft, RowFault
from .formats import Contents, Document, Form
from .formats.tables import ReadTable, TableRow, day_written, read_table
from .models import Report

_MEDIA_TYPES = {
    Form.TEXT: "text/plain",
    Form.PDF: "application/pdf",
    Form.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Form.CHAT: "text/plain",
    Form.FEED: "application/xml",
    Form.CSV: "text/csv",
    Form.JSON_LINES: "application/x-ndjson",
}
_CHANNELS = {Form.CHAT: Report.Channel.CHAT, Form.FEED: Report.Channel.FEED}


@dataclass(frozen=True, slots=True)
class Batch:
    """The drafts of one file with their rows, the faults found so far, and notes for the sender."""

    drafts: tuple[NumberedDraft, ...]
    faults: tuple[RowFault, ...]
    notes: tuple[str, ...]
    table: ReadTable | None = None


def batch_of(contents: Contents, content: bytes, filename: str, *, channel: str, is_simulated: bool = False) -> Batch:
    """Return what the file becomes: one draft per document or table row. Nothing is saved."""
    if contents.form in (Form.CSV, Form.JSON_LINES):
        return _of_table(read_table(contents.text, contents.form), contents)
    drafts = tuple(
        NumberedDraft(
            number, draft_of(document, contents.form, content, filename, channel=channel, is_simulated=is_simulated)
        )
        for number, document in enumerate(contents.documents, start=1)
    )
    return Batch(drafts, (), (*contents.notes, *_claims_in(drafts)))


def draft_of(
    document: Document, form: Form, content: bytes, filename: str, *, channel: str, is_simulated: bool = False
) -> ReportDraft:
    """Return one document as a draft. The file itself is kept where it is the report, not where it holds many (chat, feed)."""
    holds_many = form in (Form.CHAT, Form.FEED)
    return ReportDraft(
        channel=_CHANNELS.get(form, channel),
        text=document.text,
        title=document.title,
        source=document.source,
        author=document.author,
        address=document.address,
        published_on=document.published_on,
        original=None if holds_many else content,
        filename="" if form is Form.CHAT else filename,  # an exported chat is named after the person or group
        media_type=_MEDIA_TYPES[form],
        is_simulated=is_simulated,
        occasion=document.occasion,
    )


def _claims_in(drafts: Iterable[NumberedDraft]) -> Iterator[str]:
    for numbered in drafts:
        if warning := warning_of(numbered.draft.text):
            yield _("Nomor %(number)s: %(warning)s") % {"number": numbered.row, "warning": warning}


def _of_table(table: ReadTable, contents: Contents) -> Batch:
    places = _places_of(table)
    agencies = _agencies_of(table)
    drafts: list[NumberedDraft] = []
    faults = list(table.faults)
    notes = [*contents.notes, *table.notes]
    bad_already = {fault.row for fault in table.faults}
    for row in table.rows:
        draft, row_faults, row_notes = _draft_of_row(row, places, agencies, contents.form)
        faults += row_faults
        notes += row_notes
        if not row_faults and row.number not in bad_already:
            drafts.append(NumberedDraft(row.number, draft))
    return Batch(tuple(drafts), tuple(faults), (*notes, *_claims_in(drafts)), table)


def _draft_of_row(
    row: TableRow, places: Mapping[str, int], agencies: Mapping[str, str], form: Form
) -> tuple[ReportDraft, list[RowFault], list[str]]:
    faults: list[RowFault] = []
    notes: list[str] = []
    place, written = row.columns.get("place"), row.columns.get("published_on")
    published_on: date | None = None
    if place and place not in places:
        message = _(
            "kode “%(code)s” tidak ada di daftar wilayah, sekarang maupun dulu. Periksa kodenya, atau kosongkan."
        )
        faults.append(RowFault(row.number, "wilayah", message % {"code": place}))
    if written:
        try:
            published_on = day_written(written)
        except ValueError:
            message = _("tanggal “%(day)s” tidak terbaca. Tulis seperti 2026-03-04 atau 04/03/2026.")
            faults.append(RowFault(row.number, "terbit", message % {"day": written}))
    agency = row.columns.get("agency", "")
    if agency and agency.casefold() not in agencies:
        note = _("Baris %(row)s: instansi “%(agency)s” tidak ada di daftar; tulisannya disimpan sebagai sumber.")
        notes.append(note % {"row": row.number, "agency": agency})
    draft = ReportDraft(
        channel=Report.Channel.IMPORT,
        text=row.columns.get("text", ""),
        title=row.columns.get("title", ""),
        source=row.columns.get("source") or agencies.get(agency.casefold(), agency),
        author=row.columns.get("author", ""),
        address=row.columns.get("address", ""),
        published_on=published_on,
        media_type=_MEDIA_TYPES[form],
        idempotency_key=row.columns.get("key"),
        place_id=places.get(place) if place else None,
    )
    return draft, faults, notes


def _places_of(table: ReadTable) -> dict[str, int]:
    codes = {row.columns["place"] for row in table.rows if "place" in row.columns}
    known: dict[str, int] = {}
    for code, place in PlaceCode.objects.filter(code__in=codes).order_by("valid_to").values_list("code", "place_id"):
        known.setdefault(code, place)
    return known


def _agencies_of(table: ReadTable) -> dict[str, str]:
    """Return the written ids and names that stand for a known agency, with the agency's name."""
    written = {row.columns["agency"].casefold() for row in table.rows if "agency" in row.columns}
    if not written:
        return {}
    known: dict[str, str] = {}
    for pk, name, abbrev in Agency.objects.values_list("pk", "name", "abbrev"):
        known |= {spelling.casefold(): name for spelling in (pk, name, abbrev) if spelling}
    other = AgencyName.objects.annotate(plain=Lower("name")).filter(plain__in=written)
    known |= {plain: name for plain, name in other.values_list("plain", "agency__name") if plain not in known}
    return known
