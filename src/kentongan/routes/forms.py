"""What the pages of routes ask for."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kentongan.agencies.forms import DayField
from kentongan.agencies.queries import place_by_code
from kentongan.places.models import Facility

from .actions import MOST_STOPS, Stop, stop_at
from .rules import PERIODS


class FlowForm(forms.Form):
    """Which flows, over which days."""

    sampai = DayField(label=_("Sampai hari"), required=False)
    hari = forms.TypedChoiceField(label=_("Lamanya"), coerce=int, required=False)
    aliran = forms.ChoiceField(label=_("Aliran"), required=False)

    def __init__(self, *args: Any, streams: list[tuple[str, str]], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["hari"].choices = [(days, gettext("%(n)s hari") % {"n": days}) for days in reversed(PERIODS)]  # type: ignore[attr-defined]  # it is a ChoiceField
        self.fields["aliran"].choices = [("", _("semua")), *streams]  # type: ignore[attr-defined]  # it is a ChoiceField

    def clean_sampai(self) -> date:
        """Return the day, today where none was asked; a day to come holds nothing yet."""
        return min(self.cleaned_data["sampai"] or self.today, self.today)

    def clean_hari(self) -> int:
        """Return the length, a year where none was asked."""
        return int(self.cleaned_data["hari"] or PERIODS[-1])


class CorridorForm(forms.Form):
    """A new corridor of the own agency."""

    name = forms.CharField(label=_("Nama koridor"), max_length=120)
    stops = forms.CharField(
        label=_("Perhentian"),
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_(
            "Satu per baris, menurut urutan perjalanan: kode wilayah (misalnya 53.07) atau nama pos, pelabuhan atau "
            "bandara. Di antaranya ditarik garis lurus."
        ),
    )
    reach_km = forms.FloatField(
        label=_("Jangkauan di kiri dan kanan garis (km)"), min_value=0.5, max_value=50, initial=5
    )
    valid_from = DayField(label=_("Berlaku sejak"))
    note = forms.CharField(
        label=_("Catatan"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Mengapa koridor ini dicatat dan dari sumber apa. Jangan menulis nama orang."),
    )

    def clean_stops(self) -> list[Stop]:
        """Return the stops in their order; what is unknown is named with its line."""
        said = [line.strip() for line in self.cleaned_data["stops"].splitlines()]
        found = {number: _stop(text) for number, text in enumerate(said, start=1) if text}
        if len(found) > MOST_STOPS:
            raise forms.ValidationError(_("Paling banyak %(most)s perhentian."), params={"most": MOST_STOPS})
        if unknown := [f"{number} ({said[number - 1]})" for number, stop in found.items() if stop is None]:
            raise forms.ValidationError(
                _("Baris ini tidak dikenal: %(lines)s. Tulis kode wilayah, atau nama sarana persis seperti di peta."),
                params={"lines": ", ".join(unknown)},
            )
        return [stop for stop in found.values() if stop]


def _stop(text: str) -> Stop | None:
    """Return what the text names: a code, a facility's key, or its name in any case."""
    place = place_by_code(text)
    if place is not None:
        return stop_at(place)
    by_name = Facility.objects.filter(name__iexact=text).order_by("key")
    facility = Facility.objects.filter(key=text.lower()).first() or by_name.first()
    return stop_at(facility) if facility else None


class WatchAlongForm(forms.Form):
    """How often a corridor's watch looks."""

    every_days = forms.TypedChoiceField(
        label=_("Berjalan"), coerce=int, choices=[(7, _("setiap minggu")), (1, _("setiap hari"))]
    )


class EndForm(forms.Form):
    """From which day a corridor holds no more, and why."""

    on = DayField(label=_("Tidak berlaku lagi sejak"))
    why = forms.CharField(label=_("Alasan"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
