"""A report before it is received, and everything that can be wrong with it."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kentongan.kit.checksums import sha256_hex, text_fingerprint
from kentongan.kit.errors import KentonganError
from kentongan.kit.periods import WIT
from kentongan.vault.rules import IdentityFields

_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_LENGTHS = {"title": 300, "source": 120, "author": 120, "address": 500, "idempotency_key": 80}


@dataclass(frozen=True, slots=True)
class ReportDraft:
    """What somebody sends. `occasion` tells apart equal texts that are not the same report ("nihil" on two days)."""

    channel: str
    text: str
    title: str = ""
    source: str = ""
    author: str = ""
    address: str = ""
    published_on: date | None = None
    original: bytes | None = None
    filename: str = ""
    media_type: str = "text/plain"
    idempotency_key: str | None = None
    place_id: int | None = None
    is_nil: bool = False
    covers_from: date | None = None
    covers_to: date | None = None  # excluded
    is_simulated: bool = False
    occasion: str = ""

    @property
    def checksum(self) -> str:
        """Equal for two reports that say the same, from the same source, on the same place and period."""
        place = "" if self.place_id is None else str(self.place_id)
        period = f"{self.covers_from or ''}/{self.covers_to or ''}"
        return text_fingerprint(self.text, self.source, place, period, self.occasion)

    @property
    def original_checksum(self) -> str:
        return sha256_hex(self.original if self.original is not None else self.text.encode())


@dataclass(frozen=True, slots=True)
class ReporterDraft:
    """Who reports, if they want that kept: it goes to the vault and never into the report."""

    fields: IdentityFields
    consents: bool = False  # to being identified again, e.g. to be asked back


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a draft: which field, a stable code, and what to do, in the user's language."""

    field: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class RowFault:
    """One thing wrong with one row of a batch; rows count from 1, a heading included."""

    row: int
    field: str
    message: str

    @property
    def sentence(self) -> str:
        return _("Baris %(row)s, %(field)s: %(message)s") % {
            "row": self.row,
            "field": self.field,
            "message": self.message,
        }


@dataclass(frozen=True, slots=True)
class NumberedDraft:
    """A draft with the row of the file that it came from."""

    row: int
    draft: ReportDraft
    reporter: ReporterDraft | None = None


class DraftRefused(KentonganError):
    """The report cannot be received as it is; `faults` has every reason."""

    code = "intake.draft_refused"

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(faults[0].message, details=[fault.message for fault in faults])
        self.faults = faults


def draft_faults(draft: ReportDraft, reporter: ReporterDraft | None = None, *, at: datetime) -> tuple[Fault, ...]:
    """Return everything that is wrong with the draft at that instant; empty when it can be received."""
    return (
        *(Fault("reporter", "refused", sentence) for sentence in (reporter.fields.faults if reporter else ())),
        *_text_faults(draft.text),
        *_length_faults(draft),
        *_address_faults(draft),
        *_day_faults(draft, at),
        *_nil_faults(draft),
    )


def _text_faults(text: str) -> list[Fault]:
    if not text.strip():
        return [Fault("text", "empty", _("Laporan ini kosong. Tuliskan atau tempelkan isi laporannya."))]
    faults = []
    if len(text) > settings.MAX_TEXT_CHARACTERS:
        message = _("Teks ini %(length)s karakter, paling banyak %(most)s. Bagi menjadi beberapa laporan.") % {
            "length": len(text),
            "most": settings.MAX_TEXT_CHARACTERS,
        }
        faults.append(Fault("text", "too_long", message))
    if _NOT_TEXT.search(text):
        message = _("Isi ini bukan teks: ada tanda kendali di dalamnya. Kirim teksnya, atau unggah berkas aslinya.")
        faults.append(Fault("text", "binary", message))
    return faults


def _length_faults(draft: ReportDraft) -> list[Fault]:
    faults = []
    for field, most in _LENGTHS.items():
        written = getattr(draft, field) or ""
        if len(written) > most:
            message = _("Isian “%(field)s” %(length)s karakter, paling banyak %(most)s. Persingkat isian itu.") % {
                "field": field,
                "length": len(written),
                "most": most,
            }
            faults.append(Fault(field, "too_long", message))
        if _NOT_TEXT.search(written):
            message = _("Isian “%(field)s” memuat tanda kendali. Ketik ulang isian itu.") % {"field": field}
            faults.append(Fault(field, "binary", message))
    return faults


def _address_faults(draft: ReportDraft) -> list[Fault]:
    if not draft.address:
        return []
    try:
        parts = urlsplit(draft.address)
        is_web_address = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        is_web_address = False
    if is_web_address:
        return []
    return [
        Fault(
            "address",
            "not_an_address",
            _("Alamat harus dimulai dengan https:// atau http://. Salin alamatnya dari peramban."),
        )
    ]


def _day_faults(draft: ReportDraft, at: datetime) -> list[Fault]:
    today = latest_civil_day(at)
    faults = []
    if draft.published_on and draft.published_on > today:
        message = _("Laporan ini bertanggal %(day)s, padahal hari itu belum tiba. Periksa tanggal dan tahunnya.") % {
            "day": date_format(draft.published_on, "j F Y")
        }
        faults.append(Fault("published_on", "future", message))
    if draft.covers_to and draft.covers_to.toordinal() - 1 > today.toordinal():
        message = _("Masa laporan berakhir sesudah hari ini. Laporkan hanya hari yang sudah berjalan.")
        faults.append(Fault("covers_to", "future", message))
    if draft.covers_from and draft.covers_to and draft.covers_from >= draft.covers_to:
        faults.append(
            Fault(
                "covers_to", "ends_before_start", _("Masa laporan berakhir sebelum dimulai. Periksa kedua tanggalnya.")
            )
        )
    return faults


def _nil_faults(draft: ReportDraft) -> list[Fault]:
    if not draft.is_nil:
        return []
    faults = []
    if draft.place_id is None:
        faults.append(Fault("place", "missing", _("Laporan nihil harus menyebut desa. Tuliskan nama desanya.")))
    if draft.covers_from is None or draft.covers_to is None:
        faults.append(
            Fault("covers_from", "missing", _("Laporan nihil harus menyebut masa. Isi tanggal awal dan akhirnya."))
        )
    return faults


def latest_civil_day(at: datetime) -> date:
    """Return the latest day that has begun anywhere in the two countries: a report from there may bear it."""
    return at.astimezone(WIT).date()
