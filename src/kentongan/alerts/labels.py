"""Words on the screen for the codes of this room."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kentongan.agencies.labels import MATTERS, word
from kentongan.watch.labels import OUTCOMES

__all__ = ["AWAITED", "CHIPS", "MATTERS", "OUTCOMES", "SIDES", "STATES", "word"]

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
SIDES: dict[str, str | Promise] = {"to": _("ditujukan kepada kami"), "from": _("kami kirim")}
CHIPS = {"raised": "open", "acknowledged": "alerted", "verified": "confirmed", "closed": "closed"}
"""The look of each state's chip."""
