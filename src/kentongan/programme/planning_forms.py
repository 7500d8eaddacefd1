"""What the pages of a plan ask for."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kentongan.agencies.models import Officer
from kentongan.agencies.queries import place_by_code
from kentongan.agreements.forms import Versioned
from kentongan.intake.place_question import PlaceQuestion
from kentongan.places.models import Place
from kentongan.vulnerability.index_models import IndexOf

from .planning_models import PlanLine
from .planning_rules import MOST_DESIGNATIONS, MOST_HOURS, MOST_VISITS


class NewPlanForm(forms.Form):
    """For which month, and with what."""

    month = forms.ChoiceField(label=gettext_lazy("Bulan"))
    index = forms.ChoiceField(label=gettext_lazy("Indeks kerawanan"), choices=IndexOf.choices)
    hours = forms.FloatField(
        label=gettext_lazy("Jam petugas untuk kunjungan"),
        min_value=1,
        max_value=MOST_HOURS,
        help_text=gettext_lazy("Semua petugas bersama, dengan perjalanannya."),
    )
    designations = forms.IntegerField(
        label=gettext_lazy("Penetapan baru paling banyak"), min_value=0, max_value=MOST_DESIGNATIONS
    )
    origin = forms.CharField(
        label=gettext_lazy("Kode tempat berangkat"),
        required=False,
        max_length=20,
        help_text=gettext_lazy("Kosong berarti tempat kedudukan kantor."),
    )

    def __init__(self, *args: Any, months: Iterable[tuple[str, str]], seat: Place | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.seat = seat
        self.fields["month"].choices = list(months)  # type: ignore[attr-defined] # a ChoiceField

    def clean_origin(self) -> Place:
        """Return the place where the ways begin."""
        code = self.cleaned_data["origin"].strip()
        place = place_by_code(code) if code else self.seat
        if place is None and code:
            raise forms.ValidationError(_("Kode wilayah ini tidak dikenal: %(codes)s."), params={"codes": code})
        if place is None:
            raise forms.ValidationError(_("Kedudukan kantor Anda belum tercatat. Isi kode tempat berangkatnya."))
        return place


class LineFields(Versioned):
    """What is wanted in a village, by whom, and why it differs from what was computed."""

    visits = forms.IntegerField(label=gettext_lazy("Kunjungan"), min_value=0, max_value=MOST_VISITS)
    is_designation = forms.BooleanField(label=gettext_lazy("Usulkan penetapan"), required=False)
    officer = forms.ModelChoiceField(
        label=gettext_lazy("Petugas"),
        queryset=Officer.objects.none(),
        required=False,
        empty_label=gettext_lazy("pilih"),
    )
    why = forms.CharField(label=gettext_lazy("Mengapa"), max_length=300)

    def __init__(self, *args: Any, staff: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["officer"].queryset = staff  # type: ignore[attr-defined] # a ModelChoiceField

    def told(self) -> dict[str, Any]:
        """Return what was filled in."""
        return {name: self.cleaned_data[name] for name in ("version", "visits", "is_designation", "officer", "why")}


class LineForm(LineFields):
    """Another wish for a village that stands in the plan; 0 visits and no designation strike it."""

    def __init__(self, *args: Any, line: PlanLine, version: int, **kwargs: Any) -> None:
        first = {
            "version": version, "visits": line.visits, "is_designation": line.is_designation, "officer": line.officer_id,
        }  # fmt: skip
        super().__init__(*args, initial=first, auto_id=f"baris-{line.pk}-%s", **kwargs)


class AddLineForm(LineFields, PlaceQuestion):
    """A village that the computation left out."""

    only_smallest = True
    may_be_unsure = False
    field_order = ("place", "place_code", "place_asked", "visits", "is_designation", "officer", "why", "version")


class WithdrawForm(Versioned):
    """Why the plan is not followed."""

    why = forms.CharField(label=gettext_lazy("Mengapa"), max_length=300)
