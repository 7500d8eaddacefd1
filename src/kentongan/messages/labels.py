"""Words on the screen for channels, states and topics."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

CHANNELS: dict[str, str | Promise] = {
    "inapp": _("Di aplikasi"),
    "email": _("Surel"),
    "push": _("Notifikasi peramban"),
    "webhook": _("Webhook"),
    "sms": _("SMS"),
    "whatsapp": _("WhatsApp"),
}
STATES: dict[str, str | Promise] = {
    "waiting": pgettext_lazy("pesan", "menunggu"),
    "claimed": pgettext_lazy("pesan", "sedang dikirim"),
    "sent": pgettext_lazy("pesan", "terkirim"),
    "delivered": pgettext_lazy("pesan", "sampai"),
    "read": pgettext_lazy("pesan", "dibaca"),
    "dead": pgettext_lazy("pesan", "gagal"),
    "cancelled": pgettext_lazy("pesan", "dibatalkan"),
}
CHIPS = {
    "waiting": "open",
    "claimed": "open",
    "sent": "confirmed",
    "delivered": "done",
    "read": "done",
    "dead": "overdue",
    "cancelled": "closed",
}
TOPICS: dict[str, str | Promise] = {
    "alert.raised": _("Peringatan baru"),
    "alert.reminder": _("Pengingat peringatan"),
    "alert.escalated": _("Peringatan dinaikkan"),
    "alert.storm": _("Banyak peringatan sekaligus"),
    "alert.assigned": _("Peringatan ditugaskan"),
    "alert.question": _("Pertanyaan tentang peringatan"),
    "alert.answered": _("Jawaban pelapor"),
    "report.question": _("Pertanyaan tentang laporan"),
    "report.result": _("Kabar tentang laporan"),
    "break_glass.opened": _("Pembukaan darurat"),
    "break_glass.reviewed": _("Pembukaan darurat dinilai"),
    "hold.placed": _("Penahanan catatan untuk ditinjau"),
    "hold.reviewed": _("Penahanan catatan ditinjau"),
    "condition.withdrawn": _("Persetujuan atau perintah dicabut"),
    "case.agency_joined": _("Ikut serta dalam perkara"),
    "case.role_change_asked": _("Usulan perubahan peran"),
    "task.given": _("Tugas baru"),
    "referral.sent": _("Rujukan masuk"),
    "referral.state_changed": _("Rujukan dijawab"),
    "referral.revoked": _("Rujukan dicabut"),
    "clause.waiting": _("Klausul menunggu persetujuan"),
    "clause.in_force": _("Klausul disetujui"),
    "clause.ended": _("Klausul diakhiri"),
    "instrument.renewed": _("Perjanjian diperpanjang"),
    "instrument.suspended": _("Perjanjian ditangguhkan"),
    "instrument.resumed": _("Penangguhan perjanjian dicabut"),
    "instrument.withdrawn": _("Perjanjian dicabut"),
    "instrument.change_taken_back": _("Pengumuman ditarik kembali"),
    "duty.planned": _("Jadwal piket"),
    "duty.received": _("Piket diterima"),
    "duty.cancelled": _("Piket dibatalkan"),
    "vulnerability.level_crossed": _("Desa naik tingkat kerawanan"),
    "vulnerability.sheet_told": _("Lembar desa"),
    "vulnerability.objected": _("Keberatan desa"),
    "vulnerability.objection_answered": _("Keberatan dijawab"),
    "address.code": _("Kode alamat"),
    "webhook.test": _("Uji webhook"),
}
CHOSEN_BY_WEBHOOKS = ["alert.raised", "alert.reminder", "alert.escalated"]
"""What an agency's system is told; the others are told to officers alone."""
ZONES = {
    "Asia/Jakarta": "WIB",
    "Asia/Makassar": "WITA",
    "Asia/Jayapura": "WIT",
    "Asia/Dili": "Timor-Leste",
}


def topic_word(topic: str) -> str:
    """Return the topic in words; one that is new here, as it is written."""
    return str(TOPICS.get(topic, topic))
