"""The words of this room for its codes."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

MODES: Mapping[str, str | Promise] = {
    "ferry": pgettext_lazy("route", "feri atau kapal cepat"),
    "ship": pgettext_lazy("route", "kapal laut"),
    "air": pgettext_lazy("route", "pesawat"),
}
VERDICTS: Mapping[str, str | Promise] = {
    "up": pgettext_lazy("share", "naik"),
    "down": pgettext_lazy("share", "turun"),
    "unclear": _("tidak dapat dibedakan dari kebetulan"),
    "too_few": _("terlalu sedikit untuk dikatakan"),
}
CONFIDENCES: Mapping[str, str | Promise] = {
    "high": pgettext_lazy("confidence", "tinggi"),
    "medium-high": pgettext_lazy("confidence", "cukup tinggi"),
    "medium": pgettext_lazy("confidence", "sedang"),
    "medium-low": pgettext_lazy("confidence", "agak rendah"),
    "low": pgettext_lazy("confidence", "rendah"),
}
