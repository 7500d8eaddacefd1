"""Words on the screen for the codes of this room."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kentongan.agencies.labels import MATTERS, word
from kentongan.watch.labels import OUTCOMES

__all__ = [
    "AUDIENCES", "AWAITED", "CHIPS", "CLASSES", "DEEDS", "MATTERS", "NOTES", "OUTCOMES", "REPORTER_HEARS", "RUNG_CHIPS",
    "RUNG_KINDS", "RUNG_STATES", "SIDES", "STATES", "STEPS", "TOLD_WHY", "WEEKDAYS", "WORDS_TO_REPORTER", "word",
]  # fmt: skip

STATES: dict[str, str | Promise] = {
    "raised": _("menunggu diterima"),
    "acknowledged": _("diterima"),
    "verified": _("diverifikasi"),
    "closed": _("selesai"),
}
STEPS: dict[str, str | Promise] = {
    "raised": _("dikirim"),
    "acknowledged": _("diterima"),
    "verified": _("diverifikasi"),
    "closed": _("ditutup"),
}
AWAITED: dict[str, str | Promise] = {
    "raised": _("diterima"),
    "acknowledged": _("diverifikasi"),
    "verified": _("diputuskan"),
}
SIDES: dict[str, str | Promise] = {"to": _("ditujukan kepada kami"), "from": _("kami kirim")}
CHIPS = {"raised": "open", "acknowledged": "alerted", "verified": "confirmed", "closed": "closed"}
"""The look of each state's chip."""

RUNG_KINDS: dict[str, str | Promise] = {
    "notify": _("memberi tahu"),
    "remind": _("mengingatkan"),
    "escalate": _("menaikkan"),
    "again": _("dikirim lagi"),
}
AUDIENCES: dict[str, str | Promise] = {
    "addressee_duty": _("petugas instansi yang dituju"),
    "addressee_leader": _("pimpinan instansi yang dituju"),
    "addressee_parent": _("instansi di atasnya"),
    "owner_duty": _("petugas pengirim"),
    "owner_leader": _("pimpinan pengirim"),
}
RUNG_STATES: dict[str, str | Promise] = {
    "waiting": _("akan datang"),
    "claimed": _("sedang berjalan"),
    "done": _("sudah"),
    "cancelled": _("tidak perlu lagi"),
}
RUNG_CHIPS = {"waiting": "nil", "claimed": "alerted", "done": "done", "cancelled": "closed"}
TOLD_WHY: dict[str, str | Promise] = {
    "open_hours": _("jam kantor"),
    "on_duty": _("petugas piket"),
    "leader_instead": _("pimpinan: di luar jam kantor dan tidak ada petugas piket"),
    "everybody": _("semua petugas: tidak ada petugas piket dan pimpinan"),
    "leader": _("pimpinan"),
    "all_for_leader": _("semua petugas: tidak ada pimpinan"),
    "nobody_there": _("tidak ada petugas"),
}
CLASSES: dict[str, str | Promise] = {"ordinary": _("biasa"), "urgent": _("mendesak")}
NOTES: dict[str, str | Promise] = {
    "again": _("dikirim lagi"),
    "snoozed": _("ditunda"),
    "made_urgent": _("menjadi mendesak"),
    "outside": _("diterima di luar Kentongan"),
    "assigned": _("ditugaskan"),
    "escalated": _("dinaikkan"),
}
DEEDS: dict[str, str | Promise] = {
    "acknowledge": _("Terima"),
    "verify": _("Verifikasi"),
    "assign": pgettext_lazy("peringatan", "Tugaskan"),
    "escalate": _("Naikkan"),
    "ask": _("Tanya balik"),
    "merge": _("Gabung"),
    "snooze": _("Tunda"),
    "close": _("Tutup"),
}
WORDS_TO_REPORTER: dict[str, str | Promise] = {
    "question": _("bertanya kepada pelapor"),
    "result": _("memberi kabar kepada pelapor"),
}
REPORTER_HEARS: dict[str, str | Promise] = {
    "true": _("Terima kasih. Laporan Anda terbukti benar dan sudah ditindaklanjuti."),
    "false": _("Terima kasih. Laporan Anda sudah diperiksa dan kali ini tidak terbukti. Teruslah melapor."),
    "benign": _("Terima kasih. Laporan Anda sudah diperiksa; yang terjadi ternyata wajar. Teruslah melapor."),
    "duplicate": _("Terima kasih. Hal yang Anda laporkan sudah ditangani bersama laporan lain."),
    "handed_over": _("Terima kasih. Laporan Anda diteruskan kepada pihak yang berwenang."),
    "no_result": _(
        "Terima kasih. Laporan Anda sudah ditelusuri dan belum membuahkan hasil. Kabari kami bila ada yang baru."
    ),
}
"""What may be said to the reporter at the end, by outcome; the officer chooses one or writes own words."""
WEEKDAYS: dict[int, str | Promise] = {
    1: _("Senin"), 2: _("Selasa"), 3: _("Rabu"), 4: _("Kamis"), 5: _("Jumat"), 6: _("Sabtu"), 7: _("Minggu"),
}  # fmt: skip
