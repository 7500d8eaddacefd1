"""What the pages of this room ask for. No field asks for a name: people met stand by their function."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kentongan.agencies.forms import DayField
from kentongan.agencies.models import Officer
from kentongan.agreements.forms import Versioned
from kentongan.intake.place_question import PlaceQuestion
from kentongan.kit.ids import new_id
from kentongan.places.models import Place

from . import labels
from .actions import Designation, VisitDone
from .actions.villages import MOST_DAYS, MOST_WEEKS
from .actions.visits import MOST_HEADS
from .models import PartnerVillage, Visit
from .rules import may_step
from .vocabulary import CRITERIA, FUNCTIONS, PROGRAMMES, TOPICS, choices

NO_NAMES = gettext_lazy("Tanpa nama, kontak, atau ciri orang.")
SMALL = {"rows": 3}


class ListFilterForm(forms.Form):
    """What the list of partner villages is narrowed by."""

    state = forms.ChoiceField(label=gettext_lazy("Tampilkan"), required=False, choices=list(labels.SHOWN.items()))
    office = forms.ChoiceField(label=gettext_lazy("Kantor"), required=False)

    def __init__(self, *args: Any, offices: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["office"].choices = [("", _("semua kantor")), *offices]  # type: ignore[attr-defined] # a ChoiceField


class OnceForm(forms.Form):
    """A form with a key of its own: sent twice, it is recorded once."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=new_id)


class DesignationFields(forms.Form):
    """What the decree and its file say."""

    decree_number = forms.CharField(label=gettext_lazy("Nomor keputusan"), max_length=120)
    decree_on = DayField(label=gettext_lazy("Tanggal keputusan"), required=False)
    partner_from = DayField(label=gettext_lazy("Dibina sejak"))
    criteria = forms.MultipleChoiceField(
        label=gettext_lazy("Alasan pemilihan"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Kriteria yang tampak dalam praktik; daftar resmi tidak ditemukan."),
    )
    programmes = forms.MultipleChoiceField(
        label=gettext_lazy("Program lain di desa ini"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["criteria"].choices = choices(CRITERIA, on=on)  # type: ignore[attr-defined] # a ChoiceField
        self.fields["programmes"].choices = choices(PROGRAMMES, on=on)  # type: ignore[attr-defined] # a ChoiceField

    def designation(self) -> Designation:
        """Return what was filled in."""
        told = self.cleaned_data
        return Designation(
            decree_number=told["decree_number"], decree_on=told["decree_on"], partner_from=told["partner_from"],
            criteria=tuple(told["criteria"]), programmes=tuple(told["programmes"]),
        )  # fmt: skip


class DesignateForm(DesignationFields, PlaceQuestion):
    """A new partner village."""

    only_smallest = True
    may_be_unsure = False
    field_order = (
        "place",
        "place_code",
        "place_asked",
        "decree_number",
        "decree_on",
        "partner_from",
        "criteria",
        "programmes",
    )


class DescribeForm(DesignationFields, Versioned):
    """What the register says of a partner village; of a public fact the decree may still be missing."""

    def __init__(self, *args: Any, village: PartnerVillage, on: date, **kwargs: Any) -> None:
        told = {
            "decree_number": village.decree_number, "decree_on": village.decree_on, "partner_from": village.partner_from,
            "criteria": village.criteria, "programmes": village.programmes, "version": village.version,
        }  # fmt: skip
        kwargs.setdefault("initial", told)
        kwargs["on"] = on
        super().__init__(*args, **kwargs)
        self.fields["decree_number"].required = not village.is_reported_publicly
        self.fields["partner_from"].required = not village.is_reported_publicly


class StatusForm(Versioned):
    """Another state of a partnership, with its reason."""

    to = forms.ChoiceField(label=gettext_lazy("Langkah"))
    why = forms.CharField(label=gettext_lazy("Mengapa"), max_length=300, widget=forms.Textarea(attrs=SMALL))
    on = DayField(
        label=gettext_lazy("Berakhir pada"),
        required=False,
        help_text=gettext_lazy("Hanya bila diakhiri; kosong berarti hari ini."),
    )

    def __init__(self, *args: Any, village: PartnerVillage, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"version": village.version})
        super().__init__(*args, **kwargs)
        steps = [(to, word) for to, word in labels.STEPS.items() if village.status and may_step(village.status, to)]
        if village.status == PartnerVillage.Status.PROPOSED:
            steps = [(to, word) for to, word in steps if to != PartnerVillage.Status.DESIGNATED]
        self.fields["to"].choices = [("", _("pilih")), *steps]  # type: ignore[attr-defined] # a ChoiceField


class OfficerForm(forms.Form):
    """Who looks after the village."""

    officer = forms.ModelChoiceField(label=gettext_lazy("Petugas pembina"), queryset=Officer.objects.none())
    served_from = DayField(label=gettext_lazy("Sejak"))

    def __init__(self, *args: Any, staff: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["officer"].queryset = staff  # type: ignore[attr-defined] # a ModelChoiceField


class EndServiceForm(forms.Form):
    """Until when an officer looked after the village."""

    on = DayField(label=gettext_lazy("Berakhir pada"))


class PaceForm(forms.Form):
    """How often the office wants its partner villages visited and heard."""

    visit_every_days = forms.IntegerField(
        label=gettext_lazy("Kunjungi sedikitnya sekali dalam (hari)"), min_value=1, max_value=MOST_DAYS
    )
    silent_after_weeks = forms.IntegerField(
        label=gettext_lazy("Anggap senyap sesudah tanpa kabar selama (minggu)"), min_value=1, max_value=MOST_WEEKS
    )
    why = forms.CharField(label=gettext_lazy("Mengapa"), max_length=300)


class PlanForm(OnceForm, PlaceQuestion):
    """A visit, an outreach or a training to come: one of the office's villages, or another by its name."""

    may_be_unsure = False
    only_smallest = True

    village = forms.ChoiceField(label=gettext_lazy("Desa binaan"), required=False)
    place = forms.CharField(
        label=gettext_lazy("Atau desa lain"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy(
            "Desa dan kecamatan, misalnya “Silawan, Tasifeto Timur”. Salah ketik sedikit tidak apa-apa."
        ),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kegiatan"), choices=Visit.Kind.choices)
    officer = forms.ModelChoiceField(label=gettext_lazy("Petugas"), queryset=Officer.objects.none())
    planned_on = DayField(label=gettext_lazy("Hari"))
    why = forms.CharField(label=gettext_lazy("Untuk apa"), max_length=300, required=False, help_text=NO_NAMES)

    def __init__(self, *args: Any, villages: Iterable[PartnerVillage], staff: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(one.place.code, one.place.name) for one in villages if one.place is not None]
        self.fields["village"].choices = [("", _("pilih")), *offered]  # type: ignore[attr-defined] # a ChoiceField
        self.fields["officer"].queryset = staff  # type: ignore[attr-defined] # a ModelChoiceField

    def clean(self) -> dict[str, Any]:
        """Settle which village is meant: exactly one of the two ways."""
        cleaned = super().clean()
        if bool(cleaned.get("village")) == bool(cleaned.get("place")) and not self.errors:
            self.add_error("village", _("Pilih desa binaan, atau tuliskan desa lain: salah satu saja."))
        return cleaned

    def chosen(self) -> Place:
        """Return the village that was chosen."""
        if self.settled is not None:
            return self.settled.place
        return Place.objects.get(code=self.cleaned_data["village"])


class DoneFields(forms.Form):
    """What a visit was."""

    done_on = DayField(label=gettext_lazy("Terlaksana pada"))
    topics = forms.MultipleChoiceField(label=gettext_lazy("Yang dibicarakan"), widget=forms.CheckboxSelectMultiple)
    heads = forms.IntegerField(
        label=gettext_lazy("Jumlah peserta"),
        required=False,
        min_value=0,
        max_value=MOST_HEADS,
        help_text=gettext_lazy("Dihitung di tempat. Kosongkan bila tidak dihitung."),
    )
    is_nil = forms.BooleanField(
        label=gettext_lazy("Nihil: desa tidak melaporkan apa-apa"),
        required=False,
        help_text=gettext_lazy(
            "Laporan nihil ikut dibuat dan dikaitkan dengan kunjungan ini. Bila ada kejadian, jangan dicentang; kirim laporannya tersendiri."
        ),
    )
    nil_from = DayField(label=gettext_lazy("Nihil sejak"), required=False)
    notes = forms.CharField(
        label=gettext_lazy("Catatan"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs=SMALL),
        help_text=NO_NAMES,
    )

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topics"].choices = choices(TOPICS, on=on)  # type: ignore[attr-defined] # a ChoiceField
        for code, label in choices(FUNCTIONS, on=on):
            self.fields[f"met_{code}"] = forms.IntegerField(
                label=label, required=False, min_value=0, max_value=MOST_HEADS
            )

    @property
    def met_fields(self) -> list[Any]:
        """Return the fields for the functions of people met."""
        return [self[name] for name in self.fields if name.startswith("met_")]

    def done(self) -> VisitDone:
        """Return what was filled in; a function of which nobody was met is left out."""
        told = self.cleaned_data
        met = {
            name.removeprefix("met_"): told[name] for name in self.fields if name.startswith("met_") and told.get(name)
        }
        return VisitDone(
            done_on=told["done_on"], topics=tuple(told["topics"]), met=met, heads=told["heads"], notes=told["notes"],
            is_nil=told["is_nil"], nil_from=told["nil_from"],
        )  # fmt: skip


class RecordForm(DoneFields, OnceForm, Versioned):
    """A planned visit that took place."""


class UnplannedForm(DoneFields, PlanForm):
    """A visit that nobody had planned."""

    planned_on = None  # type: ignore[assignment] # Django's way to leave a field out
    why = None  # type: ignore[assignment] # the same


class CancelForm(Versioned):
    """Why a planned visit does not take place."""

    why = forms.CharField(label=gettext_lazy("Mengapa"), max_length=300)
