"""What the pages of this room ask for."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kentongan.agencies.forms import DayField
from kentongan.agencies.labels import CATEGORIES, word
from kentongan.agencies.models import Agency
from kentongan.agencies.queries import place_by_code
from kentongan.agreements.access import protected_models
from kentongan.agreements.facts import Actor
from kentongan.agreements.fields import field_groups
from kentongan.audit.catalogue import Trail
from kentongan.audit.search_terms import normalised
from kentongan.vocabulary.purposes import PURPOSE_LABELS

from .holds import possible_reviewers
from .labels import event_words
from .models import OutsideRequest, RequestedPart
from .outside_requests import AskedPart, Asking
from .queries import Wanted
from .releasing import RELEASABLE

_WORDS = re.compile(r"[^\W_]+")


def text_field(label: Any, **more: Any) -> forms.CharField:
    """Return a field for a few lines of text."""
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": 3}), **more)


class TrailFilterForm(forms.Form):
    """Which rows of the trail."""

    event = forms.ChoiceField(label=_("Perbuatan"), required=False)
    officer = forms.CharField(label=_("Petugas"), required=False, max_length=80)
    agency = forms.CharField(label=_("Nama atau kode instansi"), required=False, max_length=200)
    subject = forms.CharField(label=_("Nomor, alamat atau rujukan catatan"), required=False, max_length=300)
    clause = forms.CharField(label=_("Rujukan ruang lingkup"), required=False, max_length=120)
    purpose = forms.ChoiceField(label=_("Tujuan"), required=False)
    first = DayField(label=_("Dari"), required=False)
    last = DayField(label=_("Sampai"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        events = sorted(((event.value, event_words(event)) for event in Trail), key=lambda one: str(one[1]))
        self.fields["event"].choices = [("", _("semua")), *events]  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["purpose"].choices = [("", _("semua")), *PURPOSE_LABELS.items()]  # type: ignore[attr-defined]  # a ChoiceField

    def wanted(self) -> Wanted:
        """Return what is asked for; what makes no sense narrows nothing, and is said beside its field."""
        self.is_valid()
        chosen = getattr(self, "cleaned_data", {})
        return Wanted(**{name: value for name, value in chosen.items() if value})


class WeekForm(forms.Form):
    """The last day of the week that is looked at."""

    last = DayField(label=_("Pekan sampai"), required=False)


class SearchersForm(forms.Form):
    """The term that somebody may have searched for, and why that is asked."""

    term = forms.CharField(label=_("Kata atau nama yang dicari"), min_length=2, max_length=200)
    why = text_field(_("Alasan"), max_length=500, help_text=_("Tersimpan dalam jejak; jangan memuat kata itu sendiri."))

    def clean(self) -> dict[str, Any]:
        """Return what was filled in, unless the reason would write the term into the trail."""
        told: dict[str, Any] = super().clean() or {}
        term, why = (normalised(told.get(name, "")) for name in ("term", "why"))
        if term and f" {term} " in f" {' '.join(_WORDS.findall(why))} ":
            self.add_error("why", _("Alasan ini memuat kata yang ditanyakan. Jejak tidak boleh menyimpannya."))
        return told


class RequestForm(forms.Form):
    """Who asks from outside, on what ground, for what."""

    asker = forms.CharField(label=_("Peminta (lembaga)"), max_length=200)
    asker_state = forms.CharField(label=_("Negara peminta"), max_length=2, min_length=2, initial="ID")
    transfer_basis = forms.ChoiceField(
        label=_("Dasar transfer ke negara lain"), choices=OutsideRequest.TransferBasis.choices, required=False
    )
    letter = forms.CharField(label=_("Surat permintaan"), max_length=200, help_text=_("Nomor dan tanggalnya."))
    legal_basis = forms.CharField(label=_("Dasar hukum"), max_length=300)
    purpose = forms.ChoiceField(label=_("Tujuan"), choices=list(PURPOSE_LABELS.items()))
    why = text_field(_("Akan dipakai untuk apa"), max_length=1000)
    due_on = DayField(label=_("Tenggat jawaban"))

    def asking(self) -> Asking:
        """Return what was filled in."""
        return Asking(**self.cleaned_data)


class PartForm(forms.Form):
    """What is asked for in one category: of whom, which records, which of their fields."""

    groups = forms.MultipleChoiceField(label=_("Isian"), required=False, widget=forms.CheckboxSelectMultiple)
    owners = forms.ModelMultipleChoiceField(
        label=_("Pemilik data"),
        queryset=Agency.objects.filter(is_active=True, is_forum=False),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )
    records = text_field(
        _("Rujukan catatan"),
        required=False,
        max_length=20_000,
        help_text=_("Satu per baris; atau isi masanya di bawah."),
    )
    place_code = forms.CharField(label=_("Kode wilayah"), required=False, max_length=20)
    first = DayField(label=_("Dari"), required=False)
    after = DayField(label=_("Sebelum"), required=False)

    def __init__(self, data: Any = None, *, category: str) -> None:
        super().__init__(data, prefix=category)
        self.category = category
        self.label = word(CATEGORIES, category)
        groups = [(group.name, group.label) for group in field_groups()[category].values()]
        self.fields["groups"].choices = groups  # type: ignore[attr-defined]  # a MultipleChoiceField

    def clean_place_code(self) -> int | None:
        """Return the key of the place, or say that the code is unknown."""
        code = self.cleaned_data["place_code"].strip()
        place = place_by_code(code) if code else None
        if code and place is None:
            raise forms.ValidationError(_("Kode wilayah %(code)s tidak dikenal."), params={"code": code})
        return place.pk if place else None

    def parts(self) -> list[AskedPart]:
        """Return what is asked of each owner; nothing when the category was left empty."""
        told = self.cleaned_data
        return [
            AskedPart(
                owner=owner.pk,
                category=self.category,
                groups=frozenset(told["groups"]),
                records=tuple(line.strip() for line in told["records"].splitlines() if line.strip()),
                place_id=told["place_code"],
                first=told["first"],
                after=told["after"],
            )
            for owner in told["owners"]
        ]


def part_forms(data: Any = None) -> list[PartForm]:
    """Return a form for each category that may be released."""
    return [PartForm(data, category=category) for category in RELEASABLE]


class VersionForm(forms.Form):
    """The version that the officer saw."""

    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)


class WhyForm(VersionForm):
    """A step with its reason."""

    why = text_field(_("Alasan"), max_length=500)


class AnswerForm(WhyForm):
    """An owner's word on one part of a request."""

    groups = forms.MultipleChoiceField(label=_("Yang diberikan"), required=False, widget=forms.CheckboxSelectMultiple)
    why = text_field(_("Alasan"), max_length=1000)
    field_order = ("version", "groups", "why")

    def __init__(self, data: Any = None, *, part: RequestedPart, initial: Any = None) -> None:
        super().__init__(data, initial=initial, auto_id=f"id_{part.pk}_%s")
        self.part = part
        groups = field_groups()[part.category]
        self.fields["groups"].choices = [(name, groups[name].label) for name in part.groups]  # type: ignore[attr-defined]  # a MultipleChoiceField


class HoldForm(forms.Form):
    """Which records are held, why, and who looks again when."""

    records = text_field(
        _("Rujukan catatan"), required=False, max_length=20_000, help_text=_("Satu per baris, misalnya event:0190….")
    )
    category = forms.ChoiceField(label=_("Atau satu jenis data seluruhnya"), required=False)
    why = text_field(_("Alasan"), max_length=500)
    legal_basis = forms.CharField(label=_("Dasar hukum"), max_length=300)
    reviewer = forms.ModelChoiceField(label=_("Peninjau"), queryset=Agency.objects.none())
    review_on = DayField(label=_("Ditinjau pada"))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = [(category, word(CATEGORIES, category)) for category in dict.fromkeys(protected_models().values())]
        self.fields["category"].choices = [("", "—"), *held]  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["reviewer"].queryset = possible_reviewers(actor)  # type: ignore[attr-defined]  # a ModelChoiceField


class ReviewForm(WhyForm):
    """A hold is still needed, until the next look."""

    review_on = DayField(label=_("Ditinjau lagi pada"))
