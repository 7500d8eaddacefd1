"""What an officer states when deciding about an event. Every form carries the version that the officer saw."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kentongan.agencies.forms import DayField
from kentongan.intake.place_question import PlaceQuestion
from kentongan.intake.where import written
from kentongan.places.models import Place
from kentongan.vocabulary.models import Kind

from .actions import EventFacts, FactsRefused
from .models import Event
from .shown import kind_label


class Decision(forms.Form):
    """A decision with its reason."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=gettext_lazy("Alasan"), max_length=300, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


class ConfirmForm(Decision):
    """This happened."""

    def __init__(self, *args: Any, reason_required: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = reason_required


class SplitForm(Decision):
    """Some of the reports tell another happening."""

    evidence = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Laporan yang dipisahkan"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, evidence: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["evidence"].choices = evidence  # type: ignore[attr-defined] # a ChoiceField


class MergeForm(Decision):
    """Another event is this one."""

    other = forms.CharField(
        label=gettext_lazy("Nomor kejadian yang digabungkan ke sini"),
        max_length=90,
        help_text=gettext_lazy("Misalnya KJD/kanim-atambua/2026/0012."),
    )


class ClassifyForm(Decision):
    """One more allegation."""

    kind = forms.ChoiceField(label=gettext_lazy("Jenis"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", _("pilih")), *_kind_choices()]  # type: ignore[attr-defined] # a ChoiceField


class WithdrawForm(Decision):
    """An allegation no longer stands."""

    classification = forms.IntegerField(widget=forms.HiddenInput)


class UndoForm(forms.Form):
    """A merge is taken back."""

    merge = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(required=False, max_length=300)


class DoubtForm(forms.Form):
    """One happening or two."""

    doubt = forms.IntegerField(widget=forms.HiddenInput)
    answer = forms.ChoiceField(choices=[("same", gettext_lazy("sama")), ("different", gettext_lazy("berbeda"))])
    reason = forms.CharField(required=False, max_length=300)


class Facts(PlaceQuestion):
    """Where, when and how many."""

    first = DayField(label=gettext_lazy("Hari pertama"), required=False)
    last = DayField(label=gettext_lazy("Hari terakhir (bila lebih dari sehari)"), required=False)
    precision = forms.ChoiceField(label=gettext_lazy("Ketelitian waktu"), choices=Event.Precision.choices)
    persons = forms.IntegerField(label=gettext_lazy("Jumlah orang"), required=False, min_value=0, max_value=2**31 - 1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].required = False
        self.fields["place"].help_text = _("Kosongkan bila tempatnya belum diketahui.")

    def facts(self) -> EventFacts:
        """Return the stated facts; the title is empty where the form has none."""
        first: date | None = self.cleaned_data.get("first")
        last: date | None = self.cleaned_data.get("last") or first
        return EventFacts(
            title=self.cleaned_data.get("title", ""),
            place_id=self.place_id,
            happened_from=first,
            happened_to=last + timedelta(days=1) if first and last else None,
            precision=self.cleaned_data["precision"],
            persons=self.cleaned_data.get("persons"),
        )

    def add_faults(self, refusal: FactsRefused) -> None:
        """Show each fault of the refused facts beside the field that asked for it."""
        for fault in refusal.faults:
            self.add_error(_FIELD_OF.get(fault.field, fault.field), fault.message)


_FIELD_OF = {"happened_from": "first", "happened_to": "last", "kinds": "kind"}


class CorrectForm(Facts, Decision):
    """How it was: all facts, those that stay included."""

    field_order = (
        "version",
        "title",
        "place",
        "place_code",
        "place_asked",
        "first",
        "last",
        "precision",
        "persons",
        "reason",
    )

    title = forms.CharField(label=gettext_lazy("Judul"), max_length=300)

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        kwargs["initial"] = _initial(event)
        super().__init__(*args, **kwargs)
        self.event = event

    def clean(self) -> dict[str, Any]:
        """Settle the place; the event's own place, written as the page wrote it, needs no question."""
        place = self.event.place
        if place is not None and self.cleaned_data.get("place") == written(place):
            self.kept_place = place
            return self.cleaned_data
        return super().clean()

    kept_place: Place | None = None

    @property
    def place_id(self) -> int | None:
        return self.kept_place.pk if self.kept_place is not None else super().place_id


class AddEventForm(Facts):
    """A happening that the reader missed: what, where, when, how many, and how the officer knows."""

    may_be_unsure = False  # an event has a place or has none: an unknown one is left empty
    more_kinds = ("second_kind", "third_kind")
    field_order = (
        "kind",
        *more_kinds,
        "place",
        "place_code",
        "place_asked",
        "first",
        "last",
        "precision",
        "persons",
        "reason",
    )

    kind = forms.ChoiceField(label=gettext_lazy("Jenis"))
    second_kind = forms.ChoiceField(label=gettext_lazy("Jenis kedua (bila ada)"), required=False)
    third_kind = forms.ChoiceField(label=gettext_lazy("Jenis ketiga (bila ada)"), required=False)
    reason = forms.CharField(
        label=gettext_lazy("Alasan"),
        max_length=300,
        help_text=gettext_lazy("Misalnya bagian teks yang mengatakannya, tanpa nama orang."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"precision": Event.Precision.DAY})
        super().__init__(*args, **kwargs)
        labelled = _kind_choices()
        for name in ("kind", *self.more_kinds):
            empty = _("pilih") if name == "kind" else _("tidak ada")
            self.fields[name].choices = [("", empty), *labelled]  # type: ignore[attr-defined] # a ChoiceField

    def kinds(self) -> list[Kind]:
        """Return the chosen kinds, in the order chosen."""
        codes = [code for name in ("kind", *self.more_kinds) if (code := self.cleaned_data.get(name))]
        known = Kind.objects.in_bulk(codes)
        return [known[code] for code in codes]


def _kind_choices() -> list[tuple[str, str]]:
    kinds = Kind.objects.filter(is_election=False).order_by("code")
    return [(kind.code, f"{kind_label(kind)} ({kind.code})") for kind in kinds]


def _initial(event: Event) -> dict[str, Any]:
    last = event.happened_to - timedelta(days=1) if event.happened_to else None
    return {
        "version": event.version,
        "title": event.title,
        "place": written(event.place) if event.place is not None else "",
        "first": event.happened_from,
        "last": last if last != event.happened_from else None,
        "precision": event.precision,
        "persons": event.persons,
    }


class EventFilterForm(forms.Form):
    """Which events the list shows."""

    state = forms.ChoiceField(
        label=gettext_lazy("Status"),
        required=False,
        choices=[
            ("", gettext_lazy("usulan dan yang dikonfirmasi")),
            ("proposed", gettext_lazy("diusulkan")),
            ("confirmed", gettext_lazy("dikonfirmasi")),
            ("dismissed", gettext_lazy("dikesampingkan")),
        ],
    )
    kind = forms.ChoiceField(label=gettext_lazy("Jenis"), required=False)
    place = forms.CharField(label=gettext_lazy("Wilayah"), required=False, max_length=120)
    first = DayField(label=gettext_lazy("Terjadi dari"), required=False)
    last = DayField(label=gettext_lazy("sampai"), required=False)
    q = forms.CharField(label=gettext_lazy("Judul atau nomor"), required=False, max_length=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labelled = [(kind.code, kind_label(kind)) for kind in Kind.objects.filter(is_election=False).order_by("code")]
        self.fields["kind"].choices = [("", _("semua")), *labelled]  # type: ignore[attr-defined] # a ChoiceField
