"""Words on the screen for the codes of this room."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kentongan.kit.errors import KentonganError

FINDING_STATES: dict[str, str | Promise] = {
    "open": _("menunggu penilaian"),
    "alerted": _("peringatan dikirim"),
    "dismissed": _("dikesampingkan"),
    "closed": _("selesai"),
}
FINDING_TYPES: dict[str, str | Promise] = {
    "cluster": _("pengelompokan"),
    "surge": _("lonjakan"),
    "silence": _("kesenyapan"),
}
LEVELS: dict[str, str | Promise] = {
    "village": _("desa"),
    "district": _("kecamatan"),
    "regency": _("kabupaten/kota"),
    "province": _("provinsi/negara"),
}
RUN_STATES: dict[str, str | Promise] = {
    "queued": _("menunggu giliran"),
    "running": _("sedang berjalan"),
    "done": _("selesai"),
    "failed": _("gagal"),
    "abandoned": _("terputus"),
}
OUTCOMES: dict[str, str | Promise] = {
    "true": _("benar"),
    "false": _("tidak benar"),
    "benign": _("wajar"),
    "duplicate": _("ganda"),
    "handed_over": _("diserahkan"),
    "no_result": _("tanpa hasil"),
}
PROPOSAL_STATES: dict[str, str | Promise] = {
    "waiting": _("menunggu keputusan"),
    "accepted": _("diterima"),
    "refused": _("ditolak"),
}
PROPOSAL_CHIPS = {"waiting": "proposed", "accepted": "done", "refused": "dismissed"}
"""The look of each state's chip."""


def told_of(fault: Exception) -> str:
    """Return why a run failed, in words that are meant for officers; what a program says of itself is for its log."""
    if isinstance(fault, KentonganError):
        return fault.message
    return str(_("Terjadi kesalahan yang tidak terduga; rinciannya ada di log pemasangan ini."))
