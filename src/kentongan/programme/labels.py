"""Words and looks on the screen for the codes of this room."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .models import PartnerVillage, Visit

STATUSES = dict(PartnerVillage.Status.choices)
STATUS_CHIPS = {"proposed": "proposed", "designated": "confirmed", "suspended": "alerted", "ended": "closed"}
KINDS = dict(Visit.Kind.choices)
STATES = dict(Visit.State.choices)
STATE_CHIPS = {"planned": "proposed", "done": "done", "cancelled": "dismissed"}

SHOWN: dict[str, str | Promise] = {
    "": pgettext_lazy("desa binaan", "semua"),
    "overdue": _("kunjungan lewat waktu"),
    "silent": _("senyap"),
    **STATUSES,
}
"""What the list may be narrowed to."""

STEPS: dict[str, str | Promise] = {
    "suspended": _("hentikan sementara"),
    "designated": _("lanjutkan"),
    "ended": _("akhiri"),
}
