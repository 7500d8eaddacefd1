"""What the pages of looks in need and of conditions ask for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kentongan.agencies.forms import DayField
from kentongan.agencies.models import Agency

from .models import BreakGlass, ConditionMet


class BreakGlassForm(forms.Form):
    """Why the record must be seen now."""

    reason = forms.CharField(
        label=_("Mengapa harus sekarang"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Satu kalimat: keadaan apa, siapa yang terancam, mengapa tidak dapat menunggu. Tanpa nama orang."),
    )


class VerdictForm(forms.Form):
    """What the owner holds of a look in need."""

    verdict = forms.ChoiceField(label=_("Penilaian"), choices=BreakGlass.Verdict.choices, widget=forms.RadioSelect)
    why = forms.CharField(label=_("Alasan penilaian"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class ConditionForm(forms.Form):
    """A consent or a court's order, by its paper."""

    condition = forms.ChoiceField(label=_("Syarat"), choices=ConditionMet.Condition.choices)
    document = forms.CharField(
        label=_("Nomor atau rujukan surat"),
        max_length=200,
        help_text=_("Rujukannya saja. Isi surat dan nama orang tidak dicatat di sini."),
    )
    receiver = forms.ChoiceField(label=_("Terhadap"), required=False)
    until = DayField(label=_("Berlaku sampai dengan"), required=False)

    def __init__(self, *args: Any, owner: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        agencies = Agency.objects.filter(is_active=True, is_forum=False).exclude(pk=owner).order_by("name")
        self.fields["receiver"].choices = [("", _("semua penerima")), *((a.pk, a.name) for a in agencies)]  # type: ignore[attr-defined]  # it is a ChoiceField


class WithdrawalForm(forms.Form):
    """Why a condition stands no longer."""

    why = forms.CharField(label=_("Mengapa ditarik"), max_length=300)


class CountForm(forms.Form):
    """Which table of counts."""

    kategori = forms.ChoiceField(label=_("Yang dihitung"), required=False)
    tahun = forms.IntegerField(label=_("Tahun"), required=False, min_value=1990, max_value=2100)

    def __init__(self, *args: Any, categories: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kategori"].choices = categories  # type: ignore[attr-defined]  # it is a ChoiceField
