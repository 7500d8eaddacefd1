"""Words on the screen for the trail: what was done, and what kind of record a reference names."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kentongan.audit.catalogue import Trail

KINDS: dict[str, str | Promise] = {
    "report": _("Laporan"),
    "readingrow": _("Pembacaan"),
    "event": _("Kejadian"),
    "finding": _("Temuan"),
    "watch": _("Pemantauan"),
    "watchrun": _("Jalan pemantauan"),
    "alert": _("Peringatan"),
    "instrument": _("Instrumen"),
    "clause": _("Ruang lingkup"),
    "grant": _("Pembukaan"),
    "break_glass": _("Pembukaan darurat"),
    "officer": _("Petugas"),
    "session": _("Sesi"),
    "token": _("Kunci API"),
    "agency": _("Instansi"),
    "request": _("Permintaan"),
    "hold": _("Penahanan"),
    "trailrow": _("Baris jejak"),
    "searchkey": _("Kunci pencarian"),
}

EVENTS: dict[str, str | Promise] = {
    Trail.RECORD_READ: _("membaca catatan"),
    Trail.RECORDS_LISTED: _("melihat daftar"),
    Trail.RECORDS_SEARCHED: _("mencari"),
    Trail.RECORDS_EXPORTED: _("mengekspor"),
    Trail.ACCESS_REFUSED: _("ditolak"),
    Trail.REPORT_RECEIVED: _("menerima laporan"),
    Trail.EVENT_CONFIRMED: _("mengonfirmasi kejadian"),
    Trail.EVENT_CORRECTED: _("mengoreksi kejadian"),
    Trail.EVENT_DISMISSED: _("mengesampingkan kejadian"),
    Trail.ALERT_RAISED: _("mengirim peringatan"),
    Trail.ALERT_ACKNOWLEDGED: _("menerima peringatan"),
    Trail.ALERT_CLOSED: _("menutup peringatan"),
    Trail.GRANT_GIVEN: _("membuka satu catatan bagi instansi lain"),
    Trail.SIGNED_IN: _("masuk"),
    Trail.SIGNED_OUT: _("keluar"),
    Trail.SIGN_IN_REFUSED: _("gagal masuk"),
    Trail.ROW_PROVED: _("membuktikan satu baris jejak"),
    Trail.TRAIL_VIEWED: _("melihat jejak"),
    Trail.HEADS_EXPORTED: _("mengunduh kepala jejak"),
    Trail.USE_REVIEWED: _("melihat kejanggalan pemakaian"),
    Trail.REQUEST_REGISTERED: _("mencatat permintaan dari luar"),
    Trail.REQUEST_APPROVED: _("menyetujui bagian permintaan"),
    Trail.REQUEST_DENIED: _("menolak bagian permintaan"),
    Trail.REQUEST_RELEASED: _("menyerahkan data atas permintaan"),
    Trail.REQUEST_WITHDRAWN: _("menarik permintaan"),
    Trail.HOLD_PLACED: _("menahan catatan dari penghapusan"),
    Trail.HOLD_REVIEWED: _("meninjau penahanan"),
    Trail.HOLD_LIFTED: _("mengakhiri penahanan"),
    Trail.RECORD_ANONYMISED: _("menganonimkan catatan"),
    Trail.RECORD_DELETED: _("menghapus catatan"),
    Trail.RETENTION_RUN: _("menjalankan retensi"),
}
"""Deeds in words; one without words is shown by its name in the catalogue."""


def event_words(event: str) -> str:
    """Return a deed in words, or its name."""
    return str(EVENTS.get(event, event))


def kind_words(kind: str) -> str:
    """Return the kind of record in words, or as it is written."""
    return str(KINDS.get(kind, kind))


TREATMENTS: dict[str, str | Promise] = {"anonymise": _("dianonimkan"), "delete": _("dihapus")}
