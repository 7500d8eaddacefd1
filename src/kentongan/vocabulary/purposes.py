"""The purposes that an officer may state, with their labels."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PURPOSE_LABELS: dict[str, str | Promise] = {
    "prevention": _("Pencegahan"),
    "border_management": _("Pengelolaan perbatasan"),
    "investigation": _("Penyelidikan dan penyidikan"),
    "victim_protection": _("Pelindungan korban"),
    "oversight": _("Pengawasan"),
    "coordination": _("Koordinasi"),
}
