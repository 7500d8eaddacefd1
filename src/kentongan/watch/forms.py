"""What the pages of the watch ask for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kentongan.agencies.forms import DayField
from kentongan.agencies.queries import place_by_code
from kentongan.agreements.forms import Versioned
from kentongan.places.models import Place

from .labels import FINDING_STATES, FINDING_TYPES


class RunForm(forms.Form):
    """A watch and the day to run it as of."""

    watch = forms.UUIDField(widget=forms.HiddenInput)
    as_of = DayField(label=_("Keadaan pada akhir hari"))


class StopForm(forms.Form):
    """Why a watch runs no more."""

    why = forms.CharField(label=_("Alasan"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class WatchForm(forms.Form):
    """A new watch of the own agency."""

    name = forms.CharField(label=_("Nama pemantauan"), max_length=120)
    roots = forms.CharField(
        label=_("Kode wilayah"),
        required=False,
        help_text=_(
            "Pisahkan dengan koma, misalnya 53, 36. Kosong berarti semua wilayah yang boleh dilihat instansi Anda."
        ),
    )

    every_days = forms.TypedChoiceField(
        label=_("Berjalan"),
        coerce=int,
        choices=[(1, _("setiap hari")), (7, _("setiap minggu"))],
        help_text=_("Lonjakan seluruh wilayah dan desa yang berhenti melapor dicari seminggu sekali."),
    )

    def clean_roots(self) -> list[Place]:
        """Return the places, or name the code that is unknown."""
        codes = [code.strip() for code in self.cleaned_data["roots"].split(",") if code.strip()]
        found = {code: place_by_code(code) for code in codes}
        if unknown := [code for code, place in found.items() if place is None]:
            raise forms.ValidationError(
                _("Kode wilayah ini tidak dikenal: %(codes)s."), params={"codes": ", ".join(unknown)}
            )
        return [place for place in found.values() if place]


class FindingFilterForm(forms.Form):
    """What the list of findings is narrowed by."""

    state = forms.ChoiceField(label=_("Keadaan"), required=False, choices=[("", _("semua")), *FINDING_STATES.items()])
    stream = forms.ChoiceField(label=_("Aliran"), required=False)
    type = forms.ChoiceField(label=_("Macam"), required=False, choices=[("", _("semua")), *FINDING_TYPES.items()])

    def __init__(self, *args: Any, streams: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stream"].choices = [("", _("semua")), *streams]  # type: ignore[attr-defined]  # it is a ChoiceField


class DismissForm(Versioned):
    """Why a finding needs no action."""

    reason = forms.CharField(label=_("Alasan"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class PeriodForm(forms.Form):
    """The days over which outcomes are looked at: the last year where nothing is asked."""

    dari = DayField(label=_("Dari hari"))
    sampai = DayField(label=_("Sampai hari"))

    def clean(self) -> dict[str, Any]:
        """Return the days in their order, or say what is wrong with them."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if said.get("dari") and said.get("sampai") and said["dari"] > said["sampai"]:
            self.add_error("sampai", _("Hari terakhir mendahului hari pertama."))
        return said


class StreamPeriodForm(PeriodForm):
    """A stream and the days to propose from."""

    stream = forms.CharField(max_length=40)


class DecideForm(Versioned):
    """An answer to a proposal, with the version that the officer saw."""

    why = forms.CharField(label=_("Alasan"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class ReturnForm(forms.Form):
    """Why a stream goes back to the even share."""

    stream = forms.CharField(max_length=40, widget=forms.HiddenInput)
    why = forms.CharField(label=_("Alasan"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
