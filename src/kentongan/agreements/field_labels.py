"""Words for the attributes of protected rows, and their values as a page writes them, of whatever model the row is."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kentongan.places.gazetteer import load_gazetteer
from kentongan.places.models import Place

from .fields import FieldGroup

ATTRIBUTE_LABELS: dict[str, dict[str, Promise]] = {
    "reports": {
        "title": _("judul"),
        "text": _("isi"),
        "channel": _("cara masuk"),
        "received_at": _("diterima"),
        "is_nil": _("laporan nihil"),
        "covers_from": _("meliputi sejak"),
        "covers_to": _("meliputi sampai dengan"),
        "erased_at": _("isi dihapus"),
        "erased_why": _("alasan penghapusan"),
        "place": _("tempat"),
        "source": _("sumber"),
        "author": _("penulis"),
        "address": _("alamat web"),
        "published_on": _("terbit"),
        "received_by": _("diterima oleh"),
    },
    "readings": {
        "reader_version": _("versi pembaca"),
        "read_at": _("dibaca"),
        "place": _("tempat"),
    },
    "events": {
        "title": _("judul"),
        "number": _("nomor"),
        "state": _("keadaan"),
        "classifications": _("dugaan jenis"),
        "known_at": _("diketahui sejak"),
        "decided_at": _("diputuskan"),
        "place": _("tempat"),
        "place_open": _("kemungkinan tempat"),
        "happened_from": _("terjadi sejak"),
        "happened_to": _("terjadi sampai dengan"),
        "precision": _("ketelitian waktu"),
        "persons": _("jumlah orang"),
        "details": _("rincian"),
        "source_grade": _("nilai sumber"),
        "evidence": _("laporan pendukung"),
    },
    "findings": {
        "type": _("jenis temuan"),
        "stream": _("aliran"),
        "state": _("keadaan"),
        "watch": _("pemantauan"),
        "level": _("tingkat wilayah"),
        "first_as_of": _("pertama terlihat"),
        "last_as_of": _("terakhir terlihat"),
        "place": _("tempat"),
        "radius_m": _("jari-jari (m)"),
        "members": _("tempat di dalamnya"),
        "window_from": _("jendela sejak"),
        "window_to": _("jendela sampai dengan"),
        "observed": _("terhitung"),
        "expected": _("diharapkan"),
        "relative_risk": _("kali lipat"),
        "p_value": _("nilai p"),
        "recurrence_days": _("kebetulan, sekali dalam (hari)"),
        "baseline_events": _("kejadian pembanding"),
        "history_weeks": _("pekan pembanding"),
        "outcome": _("hasil"),
        "outcome_why": _("penjelasan hasil"),
        "judged_by": _("dinilai oleh"),
        "judged_at": _("dinilai"),
    },
    "alerts": {
        "title": _("judul"),
        "message": _("pesan"),
        "number": _("nomor"),
        "matter": _("perihal"),
        "state": _("keadaan"),
        "is_urgent": _("mendesak"),
        "addressee": _("kepada"),
        "raised_at": _("dikirim"),
        "raised_by": _("dikirim oleh"),
        "acknowledge_by": _("harus diterima"),
        "verify_by": _("harus diverifikasi"),
        "decide_by": _("harus diputuskan"),
        "acknowledged_at": _("diterima"),
        "verified_at": _("diverifikasi"),
        "closed_at": _("selesai"),
        "place": _("tempat"),
        "proposed_why": _("usulan"),
        "changed_why": _("alasan memilih lain"),
        "outcome": _("hasil"),
        "outcome_why": _("penjelasan hasil"),
    },
    "vulnerability": {
        "index": _("indeks"),
        "as_of": _("keadaan per"),
        "state": _("keadaan"),
        "villages": _("jumlah desa"),
        "told_at": _("diberitahukan"),
        "told_by": _("dihitung oleh"),
        "requested_at": _("diminta"),
        "finished_at": _("selesai dihitung"),
        "objected_at": _("diajukan"),
        "answered_at": _("dijawab"),
        "answered_for": _("dijawab oleh"),
        "place": _("tempat"),
        "level": _("tingkat"),
        "requested_by": _("diminta oleh"),
        "objected_by": _("diajukan oleh"),
        "answered_by": _("petugas penjawab"),
        "text": _("keberatan"),
        "about": _("faktor yang dipersoalkan"),
        "answer": _("jawaban"),
        "outcome": _("hasil"),
    },
    "programme": {
        "status": _("keadaan"),
        "state": _("keadaan"),
        "kind": _("kegiatan"),
        "partner_from": _("dibina sejak"),
        "partner_to": _("dibina sampai dengan"),
        "planned_on": _("direncanakan"),
        "done_on": _("terlaksana"),
        "is_reported_publicly": _("menurut pemberitaan"),
        "place": _("tempat"),
        "decree_number": _("nomor keputusan"),
        "decree_on": _("tanggal keputusan"),
        "criteria": _("alasan pemilihan"),
        "programmes": _("program lain"),
        "source": _("sumber"),
        "source_on": _("tanggal sumber"),
        "doubt": _("yang belum pasti"),
        "topics": _("yang dibicarakan"),
        "met": _("yang ditemui"),
        "heads": _("jumlah peserta"),
        "is_nil": _("laporan nihil"),
        "notes": _("catatan"),
        "why": _("alasan"),
        "cancelled_why": _("alasan pembatalan"),
        "changed_why": _("alasan perubahan"),
        "officer": _("petugas"),
        "officers": _("petugas pembina"),
        "planned_by": _("direncanakan oleh"),
        "changed_by": _("diubah oleh"),
    },
}
"""What a page tells of a released group, in this order. What is not named here is machinery: versions, checksums, links."""

MACHINERY: dict[str, frozenset[str]] = {
    "reports": frozenset(
        {
            "original",
            "filename",
            "media_type",
            "checksum",
            "original_checksum",
            "idempotency_key",
            "readings",
            "event_links",
        }
    ),
    "readings": frozenset({"report", "content", "corrections"}),
    "events": frozenset({"version", "merged_into", "versions"}),
    "findings": frozenset({"version", "llr", "weeks", "needed_weeks", "explained_surges", "sightings", "alerts"}),
    "alerts": frozenset({"version", "finding", "event", "steps", "notes", "ladder"}),
    "vulnerability": frozenset(
        {
            "version",
            "is_trial",
            "started_at",
            "lease_until",
            "steps_done",
            "steps_total",
            "run",
            "weighting",
            "seed",
            "parameters",
            "counted_under",
            "duration_s",
            "digest",
            "error",
            "content",
            "arrays",
            "sheet",
            "corrected_by",
            "objections",
        }
    ),
    "programme": frozenset(
        {
            "version",
            "key",
            "village",
            "visits",
            "suspensions",
            "report",
            "plan_key",
            "record_key",
            "planned_at",
            "changed_at",
        }
    ),
}
"""What a page of a partly released record does not tell, released or not; the API tells what of it is released."""


def values_of(row: Any, group: FieldGroup, words: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return (label, value) of a released group; `words` holds what the row's own room calls its codes and relations."""
    labels = ATTRIBUTE_LABELS.get(group.category, {})
    return [
        (str(label), written_value(words[name] if name in words else _plain(row, name), name))
        for name, label in labels.items()
        if name in group.attributes or (name in words and name in group.related)
    ]


def written_value(value: Any, name: str = "") -> str:
    """Return a value as a page writes it; the end of a period (`*_to`, excluded) as its last day."""
    if isinstance(value, bool):
        return gettext("ya") if value else gettext("tidak")
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "j M Y H.i")
    if isinstance(value, date):
        return date_format(value - timedelta(days=1) if name.endswith("_to") else value, "j M Y")
    if isinstance(value, float):
        return number_format(value, decimal_pos=5 if abs(value) < 0.1 else 1)
    if isinstance(value, int):
        return number_format(value)
    if isinstance(value, Place):
        return written_place(value)
    if isinstance(value, list | tuple):
        return "; ".join(written_value(one) for one in value) or "–"
    return str(value) if value not in (None, "", {}) else "–"


def written_place(place: Place) -> str:
    """Return the full name of a place, or the bare one where the shipped gazetteer does not have its code."""
    gazetteer = load_gazetteer()
    return gazetteer.written(place.code) if place.code in gazetteer else place.name


def _plain(row: Any, name: str) -> Any:
    display = getattr(row, f"get_{name}_display", None)
    return display() if display is not None else getattr(row, name, None)
