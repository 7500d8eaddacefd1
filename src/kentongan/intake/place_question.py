"""The field in which a form asks where."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kentongan.places.asking import PlaceChoice, ask

UNSURE = "?"


class PlaceQuestion(forms.Form):
    """The field for a place and, where the name is ambiguous, the candidates to choose from."""

    only_smallest = False
    may_be_unsure = True

    place = forms.CharField(
        label=gettext_lazy("Di mana"),
        max_length=200,
        help_text=gettext_lazy(
            "Desa dan kecamatan, misalnya “Silawan, Tasifeto Timur”. Salah ketik sedikit tidak apa-apa."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    place_code = forms.CharField(required=False, widget=forms.HiddenInput)
    place_asked = forms.CharField(required=False, widget=forms.HiddenInput)

    choices: tuple[PlaceChoice, ...] = ()
    settled: PlaceChoice | None = None

    def clean(self) -> dict[str, Any]:
        """Settle the place, or leave the candidates in `choices` and an error that asks."""
        cleaned = super().clean() or self.cleaned_data
        written = cleaned.get("place", "")
        if not written:
            return cleaned
        answer = ask(written, only_smallest=self.only_smallest)
        chosen = cleaned.get("place_code") if cleaned.get("place_asked") == written else ""
        by_code = {choice.code: choice for choice in answer.choices}
        if chosen in by_code:
            self.settled = by_code[chosen]
        elif chosen == UNSURE and self.may_be_unsure:
            self.settled = None
        elif answer.settled is not None:
            self.settled = answer.settled
        elif answer.choices:
            self.choices = answer.choices
            self.add_error("place", _("Ada beberapa wilayah yang cocok. Pilih yang dimaksud di bawah ini."))
        else:
            self.add_error("place", self._nothing_found())
        return cleaned

    def _nothing_found(self) -> str:
        if self.only_smallest:
            return _("Tidak ada desa dengan nama itu. Periksa ejaannya, dan tambahkan kecamatan atau kabupatennya.")
        return _("Tidak ada wilayah dengan nama itu. Periksa ejaannya, atau tambahkan kecamatan dan kabupatennya.")

    @property
    def place_id(self) -> int | None:
        return self.settled.place.pk if self.settled else None

    @property
    def place_written(self) -> str:
        """The full name of the settled place, else what was typed."""
        return self.settled.written if self.settled else str(self.cleaned_data.get("place", ""))
