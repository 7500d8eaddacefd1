"""What the pages of instruments and clauses ask for."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kentongan.agencies.forms import DayField
from kentongan.agencies.labels import CATEGORIES, COUNTRIES, word
from kentongan.agencies.models import Agency, Officer
from kentongan.agencies.rules import ROLE_LABELS
from kentongan.vocabulary.models import Kind
from kentongan.vocabulary.purposes import PURPOSE_LABELS

from .access import role_table
from .drafts import ClauseDraft, InstrumentDraft, draft_of
from .facts import FULL, Side
from .fields import FieldGroup, field_groups
from .judging import COUNTED_ONLY, LEAST_CELL, countable, giveable, may_release, states_with_agencies
from .labels import RELEASES, STATUSES
from .models import Clause, ConditionMet, Instrument, InstrumentParty
from .territory import Asked, Territories, understood

STATE = "state:"
SMALL_TEXT = {"rows": 3}


def side_key(side: Side) -> str:
    """Return the side as the value of a choice."""
    return side.agency or f"{STATE}{side.state}"


def side_from(key: str, *, is_with_below: bool = False) -> Side:
    """Return the side that a choice names."""
    if key.startswith(STATE):
        return Side(state=key.removeprefix(STATE))
    return Side(key, is_with_below=is_with_below)


class Refusable(forms.Form):
    """A form that can show why the deed was refused, at the fields that have the faults."""

    elsewhere: Mapping[str, str] = {}  # fields of the deed that the form calls otherwise

    def add_faults(self, faults: Mapping[str, Iterable[str]]) -> None:
        """Put every fault at its field, or above the form where the form has none of that name."""
        for name, texts in faults.items():
            field = self.elsewhere.get(name, name)
            for text in texts:
                self.add_error(field if field in self.fields else None, text)


class InstrumentFilterForm(forms.Form):
    """Which instruments the list shows, as of which day."""

    status = forms.ChoiceField(
        label=gettext_lazy("Keadaan"), required=False, choices=[("", gettext_lazy("semua")), *STATUSES.items()]
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Jenis"), required=False, choices=[("", gettext_lazy("semua")), *Instrument.Kind.choices]
    )
    on = DayField(label=gettext_lazy("Pada hari"), required=False)
    q = forms.CharField(label=gettext_lazy("Judul, nomor, atau pihak"), required=False, max_length=80)


class InstrumentForm(Refusable):
    """A signed paper."""

    kind = forms.ChoiceField(label=gettext_lazy("Jenis"), choices=Instrument.Kind.choices)
    title = forms.CharField(label=gettext_lazy("Judul"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    number = forms.CharField(label=gettext_lazy("Nomor"), max_length=120, required=False)
    parent = forms.TypedChoiceField(
        label=gettext_lazy("Instrumen induk"),
        required=False,
        coerce=UUID,
        empty_value=None,
        help_text=gettext_lazy(
            "Misalnya nota kesepahaman di atas perjanjian kerja sama ini. Anak hanya berlaku selama induknya berlaku."
        ),
    )
    signed_on = DayField(label=gettext_lazy("Ditandatangani pada"), required=False)
    signed_at_place = forms.CharField(label=gettext_lazy("Tempat penandatanganan"), max_length=200, required=False)
    in_force_from = DayField(
        label=gettext_lazy("Berlaku sejak"),
        required=False,
        help_text=gettext_lazy("Selama kosong, instrumen ini tidak membuka apa pun."),
    )
    in_force_to = DayField(
        label=gettext_lazy("Berlaku sampai (hari itu tidak termasuk)"),
        required=False,
        help_text=gettext_lazy("Kosong: tanpa akhir."),
    )
    scope = forms.CharField(
        label=gettext_lazy("Ruang lingkup"), required=False, max_length=4000, widget=forms.Textarea(attrs=SMALL_TEXT)
    )
    programme = forms.CharField(
        label=gettext_lazy("Program terkait"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Misalnya Desa Binaan Imigrasi."),
    )

    def __init__(self, *args: Any, parents: Iterable[Instrument], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("tidak ada")), *((str(i.pk), f"{i.get_kind_display()}: {i.title}"[:110]) for i in parents)]
        self.fields["parent"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField

    def draft(self) -> InstrumentDraft:
        """Return what was said."""
        own = InstrumentDraft.__slots__
        return InstrumentDraft(**{name: value for name, value in self.cleaned_data.items() if name in own})


class NewInstrumentForm(InstrumentForm):
    """A signed paper with its parties."""

    parties = forms.MultipleChoiceField(
        label=gettext_lazy("Para pihak"),
        help_text=gettext_lazy(
            "Instansi Anda, atau yang di atasnya, harus salah satu pihak. Tahan Ctrl untuk memilih beberapa."
        ),
        widget=forms.SelectMultiple(attrs={"size": 10}),
    )
    field_order = ("kind", "title", "number", "parties", "parent")

    def __init__(self, *args: Any, agencies: Iterable[Agency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parties"].choices = party_choices(agencies)  # type: ignore[attr-defined]  # a ChoiceField

    def sides(self) -> list[Side]:
        """Return the parties that were chosen."""
        return [side_from(key) for key in self.cleaned_data["parties"]]


class CorrectForm(InstrumentForm):
    """What was recorded wrongly."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    why = forms.CharField(label=gettext_lazy("Alasan perbaikan"), max_length=500)


def initial_of_instrument(instrument: Instrument) -> dict[str, Any]:
    """Return what the form begins with when an instrument is corrected."""
    names = [name for name in InstrumentDraft.__slots__ if name != "parent"]
    return {name: getattr(instrument, name) for name in names} | {
        "parent": str(instrument.parent_id or ""),
        "version": instrument.version,
    }


def party_choices(agencies: Iterable[Agency]) -> list[tuple[str, Any]]:
    """Return the agencies and the states that can be a party."""
    states = [(f"{STATE}{code}", word(COUNTRIES, code)) for code in sorted(states_with_agencies())]
    return [(_("Instansi dan forum"), [(a.pk, a.name) for a in agencies]), (_("Negara"), states)]


class Versioned(forms.Form):
    """A deed with the version that the officer saw; forms of the rooms above begin with it too."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class PartyForm(Versioned, Refusable):
    """One party more."""

    party = forms.ChoiceField(label=gettext_lazy("Pihak"))

    def __init__(self, *args: Any, agencies: Iterable[Agency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["party"].choices = [("", _("pilih")), *party_choices(agencies)]  # type: ignore[attr-defined]  # a ChoiceField


class SignatoryForm(Versioned):
    """Who signed for a party."""

    party = forms.ModelChoiceField(label=gettext_lazy("Untuk pihak"), queryset=InstrumentParty.objects.none())
    position = forms.CharField(label=gettext_lazy("Jabatan saat menandatangani"), max_length=200)
    name = forms.CharField(label=gettext_lazy("Nama"), max_length=160, required=False)
    rank = forms.CharField(label=gettext_lazy("Pangkat"), max_length=60, required=False)
    username = forms.CharField(
        label=gettext_lazy("Nama pengguna di Kentongan"),
        max_length=150,
        required=False,
        help_text=gettext_lazy("Bila diisi, akun itu boleh menyetujui klausul atas nama pihaknya."),
    )

    def __init__(self, *args: Any, parties: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["party"].queryset = parties  # type: ignore[attr-defined]  # a ModelChoiceField

    def clean_username(self) -> Officer | None:
        """Return the account, or say that there is none."""
        username = self.cleaned_data["username"].strip()
        officer = Officer.objects.filter(username=username, is_active=True).first() if username else None
        if username and officer is None:
            raise forms.ValidationError(_("Akun ini tidak ada. Kosongkan, atau periksa nama penggunanya."))
        return officer


class DocumentForm(Versioned):
    """The signed document."""

    file = forms.FileField(label=gettext_lazy("Naskah yang ditandatangani"))


class ReasonForm(Versioned):
    """A deed with its reason, at once or from a later day on."""

    why = forms.CharField(label=gettext_lazy("Alasan"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    since = DayField(
        label=gettext_lazy("Mulai hari"), required=False, help_text=gettext_lazy("Kosong: berlaku sekarang juga.")
    )


class TakeBackForm(Versioned):
    """That what was announced does not happen, with the reason."""

    why = forms.CharField(label=gettext_lazy("Alasan"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class RenewForm(Versioned):
    """A longer term."""

    until = DayField(
        label=gettext_lazy("Berlaku sampai (hari itu tidak termasuk)"),
        required=False,
        help_text=gettext_lazy(
            "Kosong: tanpa akhir. Perpanjangan berlaku sesudah semua pihak menyatakan hal yang sama."
        ),
    )
    why = forms.CharField(label=gettext_lazy("Alasan"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class ApproveForm(Versioned):
    """A party's word for a clause."""

    position = forms.CharField(label=gettext_lazy("Jabatan Anda"), max_length=200)
    has_read = forms.BooleanField(
        label=gettext_lazy("Saya membaca klausul ini dan menyetujuinya atas nama pihak kami.")
    )


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    """A group of fields in the table of a clause's form: one cell for each way of releasing it."""

    group: FieldGroup
    field: BoundField
    cells: tuple[tuple[str, Any], ...]  # (label of the column, the radio button or None where that way makes no sense)


@dataclass(frozen=True, slots=True)
class ReleaseTable:
    """A category in a clause's form: whether it is given at all, and its groups of fields."""

    category: str
    label: str
    given: BoundField
    rows: tuple[ReleaseRow, ...]


_UNSAID: dict[str, Any] = {
    "giver": "",
    "receiver": "",
    "precision": "",
    "purposes": (),
    "kinds": (),
    "conditions": (),
    "min_cell": LEAST_CELL,
    "onward": "",
    "retention_days": None,
    "transfer_basis": "",
    "note": "",
}
"""What a clause's form holds where a field could not be read."""


class ClauseForm(Refusable):
    """A clause: who gives whom what, for what, where, how exactly, under which limits."""

    elsewhere = {"releases": ""}

    giver = forms.ChoiceField(label=gettext_lazy("Pemberi"), required=False)
    giver_with_below = forms.BooleanField(label=gettext_lazy("Pemberi beserta jajarannya"), required=False)
    receiver = forms.ChoiceField(label=gettext_lazy("Penerima"), required=False)
    receiver_with_below = forms.BooleanField(label=gettext_lazy("Penerima beserta jajarannya"), required=False)
    precision = forms.ChoiceField(
        label=gettext_lazy("Ketelitian"), choices=Clause.Precision.choices, widget=forms.RadioSelect
    )
    purposes = forms.MultipleChoiceField(
        label=gettext_lazy("Hanya untuk tujuan"),
        required=False,
        choices=list(PURPOSE_LABELS.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    is_everywhere = forms.BooleanField(label=gettext_lazy("Di semua wilayah"), required=False)
    roots = forms.CharField(
        label=gettext_lazy("Wilayah"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "Satu per baris: nama atau kode, misalnya “Kabupaten Serang”. Termasuk semua yang di dalamnya."
        ),
    )
    exceptions = forms.CharField(
        label=gettext_lazy("Kecuali wilayah"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2})
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Hanya jenis kejadian"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 8}),
        help_text=gettext_lazy(
            "Tanpa pilihan: semua jenis. Jenis yang di bawahnya ikut. Tahan Ctrl untuk memilih beberapa."
        ),
    )
    min_cell = forms.IntegerField(
        label=gettext_lazy("Jumlah orang terkecil yang ditunjukkan"),
        min_value=LEAST_CELL,
        max_value=1000,
        initial=LEAST_CELL,
    )
    onward = forms.ChoiceField(label=gettext_lazy("Penerusan"), choices=Clause.Onward.choices)
    retention_days = forms.IntegerField(
        label=gettext_lazy("Disimpan paling lama (hari)"), required=False, min_value=1, max_value=36_500
    )
    conditions = forms.MultipleChoiceField(
        label=gettext_lazy("Hanya bila ada"),
        required=False,
        choices=ConditionMet.Condition.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    transfer_basis = forms.ChoiceField(
        label=gettext_lazy("Dasar pengiriman ke negara lain"), required=False, choices=Clause.TransferBasis.choices
    )
    note = forms.CharField(
        label=gettext_lazy("Catatan"), required=False, max_length=500, help_text=gettext_lazy("Tanpa nama orang.")
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    asked_places: dict[str, tuple[Asked, ...]]
    _territories: dict[str, Territories]

    def __init__(
        self,
        *args: Any,
        sides: Sequence[tuple[str, Sequence[tuple[str, str]]]],
        kinds: Iterable[Kind],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("pilih")), *sides]
        self.fields["giver"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["receiver"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["kinds"].choices = [(k.pk, f"{k.label_id} ({k.pk})") for k in kinds]  # type: ignore[attr-defined]  # a ChoiceField
        for category in _categories():
            self.fields[_given(category)] = forms.BooleanField(
                label=word(CATEGORIES, category).capitalize(), required=False
            )
            for name, group in field_groups().get(category, {}).items():
                self.fields[_release(category, name)] = forms.ChoiceField(
                    label=group.label,
                    required=False,
                    choices=_ways(group),
                    widget=forms.RadioSelect,
                    initial=FULL if group.is_always_released else "",
                )
        self.asked_places, self._territories = {}, {}

    def clean(self) -> dict[str, Any]:
        """Understand the places, and ask about the lines that fit several."""
        cleaned = super().clean() or self.cleaned_data
        for name in ("roots", "exceptions"):
            found = understood(cleaned.get(name, ""), self._chosen(name))
            self._territories[name] = found
            if found.asked:
                self.asked_places[name] = found.asked
                unknown = [one.line for one in found.asked if not one.choices]
                self.add_error(
                    name, _("Ada nama yang cocok dengan beberapa wilayah. Pilih yang dimaksud di bawah ini.")
                )
                if unknown:
                    self.add_error(name, _("Tidak ditemukan: %(lines)s.") % {"lines": "; ".join(unknown)})
            self._rewrite(name, found.written())
        return cleaned

    def draft(self) -> ClauseDraft:
        """Return what was said; what cannot be read counts as not said."""
        said: dict[str, Any] = _UNSAID | self.cleaned_data
        return ClauseDraft(
            giver=side_from(said["giver"], is_with_below=said["giver_with_below"]),
            receiver=side_from(said["receiver"], is_with_below=said["receiver_with_below"]),
            releases=self._releases(),
            purposes=frozenset(said["purposes"]),
            is_everywhere=said["is_everywhere"],
            roots=frozenset(place.pk for place in self._territories["roots"].places),
            exceptions=frozenset(place.pk for place in self._territories["exceptions"].places),
            kinds=frozenset(said["kinds"]),
            precision=said["precision"],
            min_cell=said["min_cell"],
            onward=said["onward"],
            retention_days=said["retention_days"],
            conditions=frozenset(said["conditions"]),
            transfer_basis=said["transfer_basis"],
            note=said["note"],
        )

    def release_tables(self) -> Iterator[ReleaseTable]:
        """Yield the categories with their groups of fields, as the page lays them out."""
        for category in _categories():
            rows = tuple(self._row(category, group) for group in field_groups().get(category, {}).values())
            yield ReleaseTable(category, word(CATEGORIES, category), self[_given(category)], rows)

    def _row(self, category: str, group: FieldGroup) -> ReleaseRow:
        field = self[_release(category, group.name)]
        buttons = {str(button.data["value"]): button for button in field.subwidgets}
        return ReleaseRow(group, field, tuple((str(label), buttons.get(way)) for way, label in RELEASES.items()))

    def _releases(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for category in _categories():
            groups = {
                name: release
                for name, group in field_groups().get(category, {}).items()
                if (release := self.cleaned_data.get(_release(category, name)))
                and not (group.is_always_released and release == FULL)
            }
            if groups or self.cleaned_data.get(_given(category)):
                found[category] = groups
        return found

    def _rewrite(self, name: str, text: str) -> None:
        """Show the places with their codes when the form comes back."""
        given: Any = self.data
        data = given.copy()
        data[self.add_prefix(name)] = text
        self.data = data

    def _chosen(self, name: str) -> dict[str, str]:
        """Return line -> code of the places that were picked for lines that had been asked about."""
        data: Any = self.data
        lines = data.getlist(f"{name}_asked") if hasattr(data, "getlist") else []
        return {line: data.get(f"{name}_chosen_{number}", "") for number, line in enumerate(lines)}


def initial_of(clause: Clause) -> dict[str, Any]:
    """Return what a clause's form begins with when an existing draft is changed."""
    draft = draft_of(clause)
    territories = {
        "roots": Territories(tuple(clause.roots.all()), ()).written(),
        "exceptions": Territories(tuple(clause.exceptions.all()), ()).written(),
    }
    given = {_given(category): True for category in draft.releases}
    releases = {_release(c, name): way for c, groups in draft.releases.items() for name, way in groups.items()}
    return (
        {name: getattr(draft, name) for name in ("precision", "is_everywhere", "min_cell", "onward", "retention_days")}
        | {name: sorted(getattr(draft, name)) for name in ("purposes", "kinds", "conditions")}
        | {"transfer_basis": draft.transfer_basis, "note": draft.note, "version": clause.version}
        | {"giver": side_key(draft.giver), "giver_with_below": draft.giver.is_with_below}
        | {"receiver": side_key(draft.receiver), "receiver_with_below": draft.receiver.is_with_below}
        | territories
        | given
        | releases
    )


def _categories() -> list[str]:
    return [c for c in CATEGORIES if c in giveable()] + [COUNTED_ONLY] * (COUNTED_ONLY in countable() - giveable())


def _given(category: str) -> str:
    return f"give-{category}"


def _release(category: str, group: str) -> str:
    return f"release-{category}-{group}"


def _ways(group: FieldGroup) -> list[tuple[str, Any]]:
    ways = [("", RELEASES[""])] if not group.is_always_released else []
    return ways + [(way, label) for way, label in RELEASES.items() if way and may_release(group, way)]


class SimulationForm(forms.Form):
    """Through whose eyes a draft is tried, on which record and day."""

    agency = forms.ChoiceField(label=gettext_lazy("Yang melihat"))
    role = forms.ChoiceField(label=gettext_lazy("Dalam peran"))
    purpose = forms.ChoiceField(label=gettext_lazy("Dengan tujuan"), choices=list(PURPOSE_LABELS.items()))
    on = DayField(label=gettext_lazy("Pada hari"))
    record = forms.TypedChoiceField(
        label=gettext_lazy("Catatan instansi Anda"), coerce=UUID, required=False, empty_value=None
    )
    other = forms.CharField(
        label=gettext_lazy("Atau alamat catatan lain"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Tempel alamat halaman sebuah catatan milik instansi Anda."),
    )

    def __init__(
        self,
        *args: Any,
        readers: Sequence[tuple[str, Sequence[tuple[str, str]]]],
        records: Sequence[tuple[str, Sequence[tuple[str, str]]]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].choices = readers  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["role"].choices = [(r, label) for r, label in ROLE_LABELS.items() if r in role_table()]  # type: ignore[attr-defined]
        self.fields["record"].choices = [("", _("pilih")), *records]  # type: ignore[attr-defined]  # a ChoiceField


class MatrixForm(forms.Form):
    """Of which day, for which agency and purpose the matrix is shown."""

    on = DayField(label=gettext_lazy("Pada hari"), required=False)
    agency = forms.ModelChoiceField(
        label=gettext_lazy("Yang diterima oleh"),
        queryset=Agency.objects.none(),
        required=False,
        empty_label=gettext_lazy("semua"),
    )
    purpose = forms.ChoiceField(
        label=gettext_lazy("Untuk tujuan"),
        required=False,
        choices=[("", gettext_lazy("semua")), *PURPOSE_LABELS.items()],
    )

    def __init__(self, *args: Any, agencies: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = agencies  # type: ignore[attr-defined]  # a ModelChoiceField


def record_from(address: str) -> UUID | None:
    """Return the key of a record from the address of its page."""
    for part in reversed(address.strip().split("/")):
        try:
            return UUID(part)
        except ValueError:
            continue
    return None
