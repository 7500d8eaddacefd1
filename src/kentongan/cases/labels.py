"""Words on the screen for the codes of this room."""

from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from .models import BestInterest, Case, CasePerson, CaseTask, Referral

CASE_STATES = dict(Case.State.choices)
RESULTS = dict(Case.Result.choices)
TASK_STATES = dict(CaseTask.State.choices)
REFERRAL_STATES = dict(Referral.State.choices)
ROLES = dict(CasePerson.Role.choices)
AGES = dict(CasePerson.Age.choices)
GUARDIANS = dict(BestInterest.Guardian.choices)
CONSENT_BY = dict(Referral.ConsentBy.choices)

CASE_CHIPS = {"open": "open", "working": "alerted", "waiting": "proposed", "closed": "closed"}
TASK_CHIPS = {"open": "open", "accepted": "alerted", "done": "done", "declined": "dismissed", "withdrawn": "closed"}
REFERRAL_CHIPS = {
    "sent": "open", "accepted": "alerted", "in_progress": "alerted", "done": "done", "declined": "dismissed", "revoked": "closed",
}  # fmt: skip
"""The look of each state's chip."""

SIDES: dict[str, str | Promise] = {"lead": _("kami pimpin"), "support": _("kami dukung")}
REFERRAL_SIDES: dict[str, str | Promise] = {"to": _("ditujukan kepada kami"), "from": _("kami kirim")}

SERVICES: dict[str, str | Promise] = {
    "complaint": _("pengaduan dan identifikasi"),
    "health": _("layanan kesehatan"),
    "shelter": _("rumah aman"),
    "psychosocial": _("pendampingan psikososial"),
    "rehabilitation": _("rehabilitasi sosial"),
    "legal_aid": _("bantuan hukum"),
    "return": _("pemulangan"),
    "reintegration": _("reintegrasi sosial"),
    "work_rights": _("hak pekerja migran"),
    "witness_protection": _("pelindungan saksi dan korban"),
    "restitution": _("restitusi"),
    "other": _("layanan lain"),
}

ELEMENTS: dict[str, str | Promise] = {
    "act": _("proses (perbuatan)"),
    "means": _("cara"),
    "purpose": pgettext_lazy("unsur", "tujuan"),
    "profit": _("keuntungan"),
    "bringing": _("membawa orang melintas"),
    "without_right": _("tanpa hak"),
}

ODDITIES: dict[str, str | Promise] = {
    "skips": _("biasanya didahului %(others)s, yang belum tercatat"),
    "precedes": _("bertanggal sebelum %(others)s, yang biasanya mendahuluinya"),
    "after_end": _("bertanggal sesudah %(others)s, yang mengakhiri proses"),
    "no_law": _("tabel tidak memuat dasar hukumnya pada tanggal itu"),
}

GAPS: dict[str, str | Promise] = {
    "holder": _("yang menyerahkan bukan pemegang menurut catatan sebelumnya"),
    "time": _("waktunya sebelum serah terima sebelumnya"),
    "quantity": _("jumlahnya berbeda: %(expected)s menjadi %(found)s"),
    "giver": _("belum ditegaskan pihak yang menyerahkan"),
    "receiver": _("belum ditegaskan pihak yang menerima"),
}


def in_tongue(label_id: str, label_en: str) -> str:
    """Return the label of a shipped row in the language of the page."""
    return label_en if (get_language() or "id").startswith("en") else label_id
