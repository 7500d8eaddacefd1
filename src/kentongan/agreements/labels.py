"""Words on the screen for the codes of instruments and clauses."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

STATUSES: dict[str, str | Promise] = {
    "draft": _("tanggal berlaku belum diketahui"),
    "not_yet": _("belum berlaku"),
    "in_force": _("berlaku"),
    "held": _("terhenti oleh induknya"),
    "suspended": _("ditangguhkan"),
    "withdrawn": _("dicabut"),
    "ended": _("berakhir"),
}
STATUS_CHIPS = {
    "draft": "proposed",
    "not_yet": "proposed",
    "in_force": "done",
    "held": "overdue",
    "suspended": "overdue",
    "withdrawn": "closed",
    "ended": "closed",
}
CLAUSE_STATUSES: dict[str, str | Promise] = {
    "draft": pgettext_lazy("klausul", "draf"),
    "in_force": pgettext_lazy("klausul", "berlaku"),
    "waiting": pgettext_lazy("klausul", "disetujui, instrumennya tidak berlaku"),
    "ended": pgettext_lazy("klausul", "diakhiri"),
}
CLAUSE_CHIPS = {"draft": "proposed", "in_force": "done", "waiting": "overdue", "ended": "closed"}
RELEASES: dict[str, str | Promise] = {
    "": _("tidak dibagikan"),
    "blurred": _("dikaburkan"),
    "pseudonym": _("nama samaran"),
    "full": _("utuh"),
}
"""In the order of the columns of a clause's form."""
