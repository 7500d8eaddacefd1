"""What part of the map is asked for."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kentongan.agencies.forms import DayField

DEFAULT_DAYS = 90
LONGEST_DAYS = 3 * 366


@dataclass(frozen=True, slots=True)
class Selection:
    """Days from `since` until before `until`, and the kinds that count; no kinds means all."""

    since: date
    until: date  # excluded
    kinds: frozenset[str] = frozenset()

    @property
    def last_day(self) -> date:
        """The last day that counts."""
        return self.until - timedelta(days=1)

    def as_query(self) -> str:
        """Return the selection as parameters of an address."""
        return urlencode(
            [("dari", self.since), ("sampai", self.last_day), *(("jenis", kind) for kind in sorted(self.kinds))]
        )


class MapFilter(forms.Form):
    """The range of days and the kinds, as parameters of the address."""

    dari = DayField(label=_("Dari"), required=False)
    sampai = DayField(label=_("Sampai"), required=False)

    def __init__(self, *args: Any, today: date, kinds: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kinds = frozenset(kinds)
        self._today = today
        self.selection = self._selection(today - timedelta(days=DEFAULT_DAYS - 1), today)

    def clean(self) -> dict[str, Any]:
        """Fill in the last 90 days, and refuse a range that is backwards or too long to draw."""
        given: dict[str, Any] = super().clean() or {}
        last = given.get("sampai") or self._today
        first = given.get("dari") or last - timedelta(days=DEFAULT_DAYS - 1)
        if first > last:
            raise forms.ValidationError(_("Tanggal awal sesudah tanggal akhir. Tukar keduanya."), code="backwards")
        if (last - first).days > LONGEST_DAYS:
            raise forms.ValidationError(
                _("Rentang lebih dari tiga tahun terlalu panjang untuk peta. Persempit rentangnya."), code="too_long"
            )
        self.selection = self._selection(first, last)
        return given

    def _selection(self, first: date, last: date) -> Selection:
        return Selection(first, last + timedelta(days=1), self._kinds)


def map_filter(request: HttpRequest) -> MapFilter:
    """Return the filter that the request's address states, not yet validated."""
    kinds = tuple(code for code in request.GET.getlist("jenis") if code)
    return MapFilter(request.GET, today=timezone.localdate(), kinds=kinds)
