"""Words on the screen for the codes of this room."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

STATES: dict[str, str | Promise] = {
    "raised": _("menunggu diterima"),
    "acknowledged": _("diterima"),
    "verified": _("diverifikasi"),
    "closed": _("selesai"),
}
AWAITED: dict[str, str | Promise] = {
    "raised": _("diterima"),
    "acknowledged": _("diverifikasi"),
    "verified": _("diputuskan"),
}
OUTCOMES: dict[str, str | Promise] = {
    "true": _("benar"),
    "false": _("tidak benar"),
    "benign": _("wajar"),
    "duplicate": _("ganda"),
    "handed_over": _("diserahkan"),
    "no_result": _("tanpa hasil"),
}
SIDES: dict[str, str | Promise] = {"to": _("ditujukan kepada kami"), "from": _("kami kirim")}
MATTERS: dict[str, str | Promise] = {
    "foreigners": _("orang asing dan lintas batas"),
    "crime": _("tindak pidana"),
    "goods": _("barang"),
    "narcotics": _("narkotika"),
    "migrant_workers": _("pekerja migran"),
    "victims": _("korban"),
    "sea_policing": _("perairan"),
    "border_guard": _("pengamanan perbatasan"),
    "border_posts": _("pos lintas batas"),
    "quarantine": _("karantina"),
    "public_order": _("ketertiban umum"),
    "partner_villages": _("desa binaan"),
}
CHIPS = {"raised": "open", "acknowledged": "alerted", "verified": "confirmed", "closed": "closed"}
"""The look of each state's chip."""
