"""What part of the map is asked for."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

DEFAULT_DAYS = 90
LONGEST_DAYS = 3 * 366


@dataclass(frozen=True, slots=True)
class Selection:
    """Days from `since` until before `until`, and the kinds that count; no kinds means all."""

    since: date
    until: date  # excluded
    kinds: frozenset[str] = frozenset()


class MapFilter(forms.Form):
    """The range of days and the kinds, as parameters of the address."""

    dari = forms.DateField(label=_("Dari"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    sampai = forms.DateField(label=_("Sampai"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, today: date, kinds: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._today, self._kinds = today, kinds

    def clean(self) -> dict[str, Any]:
        """Fill in the last 90 days, and refuse a range that is backwards or too long to draw."""
        given: dict[str, Any] = super().clean() or {}
        last = given.get("sampai") or self._today
        first = given.get("dari") or last - timedelta(days=DEFAULT_DAYS - 1)
        if first > last:
            raise forms.ValidationError(_("Tanggal awal sesudah tanggal akhir. Tukar keduanya."), code="backwards")
        if (last - first).days > LONGEST_DAYS:
            raise forms.ValidationError(_("Rentang lebih dari tiga tahun terlalu panjang untuk peta. Persempit rentangnya."), code="too_long")
        self.selection = Selection(first, last + timedelta(days=1), frozenset(self._kinds))
        return given
