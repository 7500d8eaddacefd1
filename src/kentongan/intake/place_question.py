"""Asking where: a place is typed as people write it; what is clear is taken, what is ambiguous is asked."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kentongan.places.gazetteer import SMALLEST, load_gazetteer
from kentongan.places.models import Place
from kentongan.places.search import Hit, search

MOST_CHOICES = 6
CLEAR_SCORE = 95.0
CLEAR_LEAD = 3.0  # two names with one letter between them differ by more
UNSURE = "?"


@dataclass(frozen=True, slots=True)
class PlaceChoice:
    """A place that the written name may mean."""

    place: Place
    written: str
    why: str

    @property
    def code(self) -> str:
        return self.place.code


@dataclass(frozen=True, slots=True)
class Answer:
    """The place if it is clear, else what it may be; both empty when nothing fits."""

    settled: PlaceChoice | None
    choices: tuple[PlaceChoice, ...]


def ask(written: str, *, only_smallest: bool = False) -> Answer:
    """Return what the written name means in the gazetteer of the database."""
    hits = search(written, limit=30 if only_smallest else MOST_CHOICES * 2)
    if only_smallest:
        hits = [hit for hit in hits if hit.unit.level in SMALLEST]
    places = {place.code: place for place in Place.objects.filter(code__in=[hit.unit.code for hit in hits])}
    found = [hit for hit in _one_a_unit(hits) if hit.unit.code in places][:MOST_CHOICES]
    choices = tuple(
        PlaceChoice(places[hit.unit.code], load_gazetteer().written(hit.unit.code), hit.explained()) for hit in found
    )
    lead = found[0].score - found[1].score if len(found) > 1 else 100.0
    is_clear = bool(found) and found[0].score >= CLEAR_SCORE and lead >= CLEAR_LEAD
    return Answer(choices[0] if is_clear else None, choices)


def _one_a_unit(hits: list[Hit]) -> list[Hit]:
    first: dict[str, Hit] = {}
    for hit in hits:
        first.setdefault(hit.unit.code, hit)
    return list(first.values())


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
