"""What the pages of this room ask for. Every text says that it takes no names: who somebody is stands in the vault."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from kentongan.agencies.forms import DayField
from kentongan.agencies.models import Agency
from kentongan.agreements.fields import field_groups
from kentongan.agreements.forms import Versioned
from kentongan.vault.rules import FIELD_NAMES, LENGTHS, field_label
from kentongan.vocabulary.models import Kind

from . import labels, milestones, offences, people
from .models import Case
from .rules import CASES, REFERRALS, WAITING, WORKING

SMALL, LARGE = {"rows": 2}, {"rows": 4}
NO_NAMES = _("Tanpa nama, kontak, atau ciri orang.")
_NO_MEMORY = {"autocomplete": "off"}


def _moment(**more: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"), **more
    )


def _text(most: int = 500, *, rows: dict[str, int] = SMALL, **more: Any) -> forms.CharField:
    return forms.CharField(max_length=most, widget=forms.Textarea(attrs=rows), **more)


def _kind_label(kind: Kind) -> str:
    return f"{labels.in_tongue(kind.label_id, kind.label_en)} ({kind.code})"


def agency_choices(agencies: Iterable[Any]) -> list[tuple[str, str]]:
    """Return agencies to choose from; one without officers says that nobody will answer."""
    plain, unattended = "%(agency)s", gettext("%(agency)s (belum ada petugas)")
    return [("", gettext("pilih instansi"))] + [
        (one.pk, (plain if one.is_staffed else unattended) % {"agency": one.name}) for one in agencies
    ]


def group_choices(category: str) -> list[tuple[str, str]]:
    """Return the groups of fields that may be shared or not; those that are always told are not asked for."""
    return [(g.name, g.label) for g in field_groups()[category].values() if not g.is_always_released]


class CaseFilterForm(forms.Form):
    """What the list of cases is narrowed by."""

    side = forms.ChoiceField(label=_("Peran kami"), required=False, choices=[("", _("semua")), *labels.SIDES.items()])
    state = forms.ChoiceField(label=_("Keadaan"), required=False, choices=[("", _("semua")), *Case.State.choices])


class ReferralFilterForm(forms.Form):
    """What the list of referrals is narrowed by."""

    side = forms.ChoiceField(
        label=_("Arah"), required=False, choices=[("", _("semua")), *labels.REFERRAL_SIDES.items()]
    )
    state = forms.ChoiceField(
        label=_("Keadaan"), required=False, choices=[("", _("semua")), *labels.REFERRAL_STATES.items()]
    )
    overdue = forms.BooleanField(label=_("hanya yang lewat waktu"), required=False)


class TaskFilterForm(forms.Form):
    """What the list of tasks is narrowed by."""

    state = forms.ChoiceField(
        label=_("Keadaan"), required=False, choices=[("", _("belum selesai")), *labels.TASK_STATES.items()]
    )
    overdue = forms.BooleanField(label=_("hanya yang lewat waktu"), required=False)
    given = forms.BooleanField(label=_("yang kami berikan kepada instansi lain"), required=False)


class RevisionForm(forms.Form):
    """A deed on a person with the revision that the officer saw."""

    revision = forms.UUIDField(widget=forms.HiddenInput)


class CaseForm(forms.Form):
    """What a new case is called and about."""

    title = forms.CharField(label=_("Judul"), max_length=200, help_text=NO_NAMES)
    summary = _text(4000, rows=LARGE, label=_("Ringkasan"), required=False, help_text=NO_NAMES)


class MoveForm(Versioned):
    """Where the case goes on to."""

    to = forms.ChoiceField(label=_("Menjadi"), choices=[(one, labels.CASE_STATES[one]) for one in (WORKING, WAITING)])
    awaited_body = forms.CharField(
        label=_("Menunggu siapa"),
        max_length=200,
        required=False,
        help_text=_("Badan atau instansi, juga di luar Kentongan."),
    )
    note = _text(label=_("Catatan"), required=False, help_text=_("Wajib bila menunggu atau membuka kembali."))


class CloseCaseForm(Versioned):
    """How the case ended, and why."""

    result = forms.ChoiceField(label=_("Hasil"), choices=Case.Result.choices)
    why = _text(label=_("Alasan"), help_text=NO_NAMES)


class ChildFactForm(Versioned):
    """Whether a child is among the victims."""

    has_child_victims = forms.BooleanField(label=_("ada anak di antara korban"), required=False)
    why = _text(300, label=_("Diketahui dari"), help_text=NO_NAMES)


class WhyForm(forms.Form):
    """Why something ends or is withdrawn."""

    why = _text(300, label=_("Alasan"))


class RevokeForm(WhyForm, Versioned):
    """Why a referral is revoked, as of which version."""


class EventForm(forms.Form):
    """Another event that the case is about."""

    event = forms.UUIDField(
        label=pgettext_lazy("satu", "Kejadian"), help_text=_("Kode pada alamat halaman kejadian itu.")
    )
    why = _text(300, label=_("Mengapa termasuk"))


class JoinForm(forms.Form):
    """Which agency joins, and what the lead shares with it."""

    agency = forms.ChoiceField(label=_("Instansi"))
    groups = forms.MultipleChoiceField(
        label=_("Yang dibagikan"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Nomor dan keadaan perkara selalu tampak. Tugas dan catatan setiap instansi tetap terpisah."),
    )  # fmt: skip
    why = _text(300, label=_("Mengapa diikutsertakan"))

    def __init__(self, *args: Any, agencies: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].choices = agencies  # type: ignore[attr-defined]  # it is a ChoiceField
        self.fields["groups"].choices = group_choices(CASES)  # type: ignore[attr-defined]  # the same


class ShareForm(Versioned):
    """What a supporting agency sees from now on."""

    groups = forms.MultipleChoiceField(label=_("Yang dibagikan"), required=False, widget=forms.CheckboxSelectMultiple)
    why = _text(300, label=_("Alasan"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["groups"].choices = group_choices(CASES)  # type: ignore[attr-defined]  # it is a choice field


class NoteForm(forms.Form):
    """A note of the own workspace."""

    text = _text(4000, rows=LARGE, label=_("Catatan"), help_text=NO_NAMES)
    is_shared = forms.BooleanField(
        label=_("bagikan"), required=False, help_text=_("Instansi utama kepada semua; pendukung kepada instansi utama.")
    )


class TaskForm(forms.Form):
    """What is to be done, by whom, until when."""

    agency = forms.ChoiceField(label=_("Instansi"))
    what = _text(300, label=_("Yang dikerjakan"), help_text=NO_NAMES)
    due = _moment(label=_("Tenggat"), required=False)

    def __init__(self, *args: Any, agencies: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].choices = agencies  # type: ignore[attr-defined]  # it is a ChoiceField


class AnswerForm(Versioned):
    """A step of a task or a referral, with what is said of it."""

    to = forms.ChoiceField(label=pgettext_lazy("satu", "Langkah"))
    note = _text(label=_("Catatan"), required=False, help_text=_("Wajib bila menolak, menarik, atau menyelesaikan."))

    def __init__(self, *args: Any, choices: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = choices  # type: ignore[attr-defined]  # it is a ChoiceField


class MilestoneForm(forms.Form):
    """A step of the process with its paper."""

    code = forms.ChoiceField(label=_("Tahapan"))
    on = DayField(label=_("Tanggal surat"))
    document = forms.CharField(label=_("Nomor surat"), max_length=120)
    note = forms.CharField(label=_("Keterangan"), max_length=300, required=False, help_text=NO_NAMES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [
            (code, labels.in_tongue(milestones.label_of(code), milestones.label_of(code, english=True)))
            for code in milestones.codes()
        ]
        self.fields["code"].choices = named  # type: ignore[attr-defined]  # it is a ChoiceField


class ClassificationForm(forms.Form):
    """What is alleged, for an act of which day, with what speaks for each element."""

    offence = forms.ModelChoiceField(label=_("Tindak pidana"), queryset=Kind.objects.none())
    act_on = DayField(label=_("Tanggal perbuatan"), help_text=_("Menentukan hukum yang berlaku."))
    why = _text(label=_("Mengapa diduga"), help_text=NO_NAMES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = Kind.objects.filter(kind_class__in=("offence", "issue"), is_protected=False, is_election=False)
        self.fields["offence"].queryset = known.order_by("code")  # type: ignore[attr-defined]  # a ModelChoiceField
        self.fields["offence"].label_from_instance = _kind_label  # type: ignore[attr-defined]  # it is a ModelChoiceField
        for offence, elements in offences.ELEMENTS.items():
            for element in elements:
                self._ask_element(offence, element)

    def _ask_element(self, offence: str, element: str) -> None:
        shown = [
            (form.code, labels.in_tongue(form.label_id, form.label_en))
            for form in offences.forms_of(offence)
            if form.element == element
        ]
        name, word = f"{offence}-{element}", f"{offence}: {labels.ELEMENTS[element]}"
        self.fields[name] = forms.ChoiceField(label=word, required=False, choices=[("", "–"), *shown])
        self.fields[f"{name}-why"] = forms.CharField(
            label=gettext("Yang menunjukkannya"), max_length=500, required=False
        )
        self.fields[f"{name}-evidence"] = forms.CharField(
            label=gettext("Rujukan bukti"), max_length=1000, required=False,
            help_text=gettext("report:… atau event:…, dipisah spasi."),
        )  # fmt: skip

    def stated(self) -> list[tuple[str, str, str, tuple[str, ...]]]:
        """Return (element, form, why, evidence) of the elements that were stated of the chosen offence."""
        said = self.cleaned_data
        offence = said["offence"].pk
        return [
            (element, said[f"{offence}-{element}"], said[f"{offence}-{element}-why"], tuple(said[f"{offence}-{element}-evidence"].split()))
            for element in offences.ELEMENTS.get(offence, ())
            if said[f"{offence}-{element}"]
        ]  # fmt: skip


class PersonsForm(forms.Form):
    """So many people in a role; nothing of who they are."""

    role = forms.ChoiceField(label=_("Peran"), choices=labels.ROLES.items())
    age = forms.ChoiceField(label=_("Umur"), choices=labels.AGES.items(), initial=people.UNKNOWN)
    number = forms.IntegerField(label=_("Banyaknya"), min_value=1, max_value=200, initial=1)
    legal_basis = forms.CharField(label=_("Dasar hukum pencatatan"), max_length=160)


class RoleForm(RevisionForm):
    """Another role, with its reason; of victims into suspects also the legal reason that a supervisor weighs."""

    to = forms.ChoiceField(label=_("Menjadi"), choices=labels.ROLES.items())
    offence = forms.ChoiceField(label=_("Perbuatan yang disangkakan"), required=False)
    reason_given = _text(label=_("Alasan"), help_text=NO_NAMES)
    legal_reason = _text(
        label=_("Alasan hukum"), required=False,
        help_text=_("Wajib bila korban menjadi tersangka: mengapa asas tidak memidana korban tidak berlaku di sini."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        alleged = [(o.code, labels.in_tongue(o.label_id, o.label_en)) for o in people.offences_alleged().values()]
        self.fields["offence"].choices = [("", "–"), *alleged]  # type: ignore[attr-defined]  # it is a ChoiceField


class SecondWordForm(forms.Form):
    """A supervisor's decision."""

    approves = forms.ChoiceField(label=_("Keputusan"), choices=[("no", _("tidak disetujui")), ("yes", _("disetujui"))])
    why = _text(label=_("Alasan keputusan"))


class AgeForm(RevisionForm):
    """Whether somebody is a child."""

    age = forms.ChoiceField(label=_("Umur"), choices=labels.AGES.items())
    why = _text(300, label=_("Diketahui dari"), help_text=NO_NAMES)


class BestInterestForm(forms.Form):
    """What is best for a child, what it says, who speaks for it."""

    considered = _text(4000, rows=LARGE, label=_("Pertimbangan kepentingan terbaik anak"), help_text=NO_NAMES)
    childs_view = _text(2000, label=_("Pendapat anak, atau mengapa belum dapat didengar"), help_text=NO_NAMES)
    guardian = forms.ChoiceField(label=_("Yang mewakili"), choices=labels.GUARDIANS.items())
    guardian_in_conflict = forms.BooleanField(label=_("berkepentingan atau disangka dalam perkara ini"), required=False)
    guardian_note = forms.CharField(
        label=_("Jabatan atau kantornya"), max_length=200, required=False, help_text=_("Tanpa nama.")
    )


class IdentityForm(RevisionForm):
    """Who somebody is, for the vault alone."""

    legal_basis = forms.CharField(label=_("Dasar hukum penyimpanan"), max_length=160)
    consents = forms.BooleanField(label=_("yang bersangkutan menyetujui"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in FIELD_NAMES:
            self.fields[name] = forms.CharField(
                label=field_label(name),
                max_length=LENGTHS[name],
                required=False,
                widget=forms.TextInput(attrs=_NO_MEMORY),
            )


class ReferForm(forms.Form):
    """To whom, for what, on whose consent, showing what."""

    receiver = forms.ChoiceField(label=_("Instansi penerima"))
    service = forms.ChoiceField(label=_("Layanan"), choices=labels.SERVICES.items())
    needs = _text(4000, rows=LARGE, label=_("Yang dibutuhkan"), help_text=NO_NAMES)
    scope = forms.MultipleChoiceField(
        label=_("Yang boleh dilihat penerima"), required=False, widget=forms.CheckboxSelectMultiple
    )
    consent_by = forms.ChoiceField(label=_("Persetujuan dari"), choices=labels.CONSENT_BY.items())
    document = forms.CharField(label=_("Rujukan surat persetujuan"), max_length=200, required=False)
    vital_why = _text(300, label=_("Mengapa tidak dapat menunggu persetujuan"), required=False, help_text=NO_NAMES)
    answer_by = _moment(label=_("Dijawab paling lambat"), required=False)
    finish_by = _moment(label=_("Selesai paling lambat"), required=False)

    def __init__(self, *args: Any, agencies: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["receiver"].choices = agencies  # type: ignore[attr-defined]  # it is a ChoiceField
        self.fields["scope"].choices = group_choices(REFERRALS)  # type: ignore[attr-defined]  # the same


class ObjectForm(forms.Form):
    """Goods with their amount, and who holds them."""

    what = forms.CharField(label=_("Barang"), max_length=200, help_text=NO_NAMES)
    quantity = forms.DecimalField(label=_("Jumlah"), max_digits=14, decimal_places=3, min_value=0)
    unit = forms.CharField(label=_("Satuan"), max_length=40)
    is_estimate = forms.BooleanField(label=_("perkiraan"), required=False)
    holder = forms.ChoiceField(label=_("Dipegang oleh"))
    taken_at = _moment(label=_("Diambil pada"))
    taken_where = forms.CharField(label=_("Di mana"), max_length=200)
    condition = forms.CharField(label=_("Keadaan barang"), max_length=300, required=False)

    def __init__(self, *args: Any, agencies: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["holder"].choices = agencies  # type: ignore[attr-defined]  # it is a ChoiceField


class HandOverForm(forms.Form):
    """The minutes of a hand-over."""

    giver = forms.ChoiceField(label=_("Yang menyerahkan"), required=False)
    giver_body = forms.CharField(label=_("atau badan di luar"), max_length=200, required=False)
    receiver = forms.ChoiceField(label=_("Yang menerima"), required=False)
    receiver_body = forms.CharField(label=_("atau badan di luar"), max_length=200, required=False)
    when = _moment(label=_("Pada"))
    where = forms.CharField(label=_("Di mana"), max_length=200)
    quantity = forms.DecimalField(label=_("Jumlah"), max_digits=14, decimal_places=3, min_value=0)
    condition = forms.CharField(label=_("Keadaan barang"), max_length=300)
    document = forms.CharField(label=_("Nomor berita acara"), max_length=120)

    def __init__(self, *args: Any, agencies: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("giver", "receiver"):
            self.fields[name].choices = agencies  # type: ignore[attr-defined]  # they are ChoiceFields

    def holder(self, side: str) -> tuple[Agency | None, str]:
        """Return the agency, or the name of the body outside, of one side."""
        chosen = self.cleaned_data[side]
        return (Agency.objects.get(pk=chosen) if chosen else None), self.cleaned_data[f"{side}_body"]


class DirectoryForm(forms.Form):
    """Which services, where."""

    place = forms.CharField(label=pgettext_lazy("satu", "Kode wilayah"), max_length=20, required=False)
    service = forms.ChoiceField(
        label=_("Layanan"), required=False, choices=[("", _("semua")), *labels.SERVICES.items()]
    )
    is_child = forms.BooleanField(label=_("untuk anak"), required=False)
