"""What the pages of rosters and policy ask."""

import re
from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from kentongan.agencies.models import Agency, Officer
from kentongan.messages.labels import CHANNELS as CHANNEL_WORDS

from .calendars import Hours
from .labels import CLASSES, WEEKDAYS
from .ladder_rules import CHANNELS, MOST_MINUTES

_HOURS = re.compile(r"^(?P<opens>\d{1,2}[.:]\d{2})\s*[-–]\s*(?P<closes>\d{1,2}[.:]\d{2})$")


def instant_field(label: Any) -> forms.DateTimeField:
    """Return a field for a day and a time with the browser's own picker."""
    return forms.DateTimeField(
        label=label,
        input_formats=["%Y-%m-%dT%H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


class ShiftForm(forms.Form):
    """Who is on duty from when until when."""

    officer = forms.ModelChoiceField(label=pgettext_lazy("satu", "Petugas"), queryset=Officer.objects.none())
    starts_at = instant_field(gettext_lazy("Mulai"))
    ends_at = instant_field(gettext_lazy("Sampai"))
    note = forms.CharField(label=gettext_lazy("Catatan"), max_length=300, required=False)

    def __init__(self, *args: Any, officers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["officer"].queryset = officers  # type: ignore[attr-defined]  # a ModelChoiceField


class HandOverForm(forms.Form):
    """Who takes over, and what is to be known."""

    to = forms.ModelChoiceField(label=gettext_lazy("Kepada"), queryset=Officer.objects.none())
    note = forms.CharField(
        label=gettext_lazy("Yang diserahterimakan"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Tanpa nama orang."),
    )  # fmt: skip

    def __init__(self, *args: Any, officers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = officers  # type: ignore[attr-defined]  # a ModelChoiceField


class CancelShiftForm(forms.Form):
    """Why the shift does not take place."""

    why = forms.CharField(label=gettext_lazy("Alasan"), max_length=300)


class StepChangeForm(forms.Form):
    """An agency's own figures for one step; without minutes the shipped ones hold again."""

    agency = forms.ModelChoiceField(queryset=Agency.objects.none(), widget=forms.HiddenInput)
    alert_class = forms.ChoiceField(label=pgettext_lazy("satu", "Peringatan"), choices=list(CLASSES.items()))
    number = forms.IntegerField(label=pgettext_lazy("satu", "Langkah"), min_value=1)
    minutes = forms.IntegerField(
        label=gettext_lazy("Sesudah (menit)"), min_value=0, max_value=MOST_MINUTES, required=False,
        help_text=gettext_lazy("Kosong: kembali ke angka usulan."),
    )  # fmt: skip
    channels = forms.MultipleChoiceField(
        label=gettext_lazy("Saluran"), choices=[(name, CHANNEL_WORDS[name]) for name in CHANNELS], required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    why = forms.CharField(label=gettext_lazy("Alasan"), max_length=300)

    def __init__(self, *args: Any, agencies: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = agencies  # type: ignore[attr-defined]  # a ModelChoiceField


class HoursForm(forms.Form):
    """When an agency is open, day by day; all days empty: the hours of its country."""

    agency = forms.ModelChoiceField(queryset=Agency.objects.none(), widget=forms.HiddenInput)
    why = forms.CharField(label=gettext_lazy("Alasan"), max_length=300)

    def __init__(self, *args: Any, agencies: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = agencies  # type: ignore[attr-defined]  # a ModelChoiceField
        for day, label in WEEKDAYS.items():
            self.fields[f"day_{day}"] = forms.CharField(label=str(label), max_length=20, required=False)
        self.order_fields(["agency", *(f"day_{day}" for day in WEEKDAYS), "why"])

    def clean(self) -> dict[str, Any]:
        """Read each day's hours, written as 07.30–16.00."""
        said = super().clean() or {}
        hours = []
        for day in WEEKDAYS:
            written = str(said.get(f"day_{day}") or "").strip()
            if not written:
                continue
            try:
                hours.append(_hours(day, written))
            except ValueError:
                self.add_error(f"day_{day}", _("Tulis jam buka dan tutup seperti 07.30–16.00."))
        said["hours"] = hours
        return said


def _hours(day: int, written: str) -> Hours:
    found = _HOURS.match(written)
    if found is None:
        raise ValueError(written)
    opens, closes = (time.fromisoformat(found[name].replace(".", ":").zfill(5)) for name in ("opens", "closes"))
    return Hours(day, opens, closes)
