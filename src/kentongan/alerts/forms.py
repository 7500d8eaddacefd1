"""What the pages of alerts ask for."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import translation
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from kentongan.agencies.forms import DayField
from kentongan.agencies.models import Officer
from kentongan.agencies.queries import has_officers
from kentongan.agreements.forms import Versioned

from .clocks import length
from .labels import OUTCOMES, REPORTER_HEARS, SIDES, STATES
from .models import Alert
from .rules import may_close_as


class AlertFilterForm(forms.Form):
    """What the list of alerts is narrowed by."""

    side = forms.ChoiceField(label=_("Arah"), required=False, choices=[("", _("semua")), *SIDES.items()])
    state = forms.ChoiceField(label=_("Keadaan"), required=False, choices=[("", _("semua")), *STATES.items()])
    overdue = forms.BooleanField(label=_("hanya yang lewat waktu"), required=False)
    finding = forms.UUIDField(required=False, widget=forms.HiddenInput)
    event = forms.UUIDField(required=False, widget=forms.HiddenInput)


class AlertForm(forms.Form):
    """Whom to ask, for what, how urgently; and why, when it is not the proposed agency."""

    to = forms.ChoiceField(
        label=_("Instansi yang dituju"),
        help_text=_("“Belum ada petugas”: tidak seorang pun di instansi itu akan melihat peringatan ini di Kentongan."),
    )
    changed_why = forms.CharField(
        label=_("Alasan memilih instansi lain"),
        max_length=300,
        required=False,
        help_text=_("Wajib bila bukan instansi yang diusulkan."),
    )
    message = forms.CharField(
        label=_("Apa yang diminta"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Tanpa nama orang."),
    )
    is_urgent = forms.BooleanField(label=_("Mendesak: keberangkatan sudah dekat"), required=False)
    is_public = forms.BooleanField(
        label=_("Terbuka untuk umum"),
        required=False,
        help_text=_(
            "Jenis, tempat dan pesannya dapat dibaca siapa pun di umpan CAP, tanpa masuk. Tidak dapat ditarik menjadi tertutup; "
            "menutup peringatan membatalkannya."
        ),
    )
    again_why = forms.CharField(
        label=_("Apa yang berbeda sekarang"),
        max_length=500,
        help_text=_("Hal yang sama baru saja ditutup sebagai keliru atau wajar."),
    )

    def __init__(self, *args: Any, agencies: list[Any], is_again: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_again:
            del self.fields["again_why"]
        self.fields["to"].choices = agencies  # type: ignore[attr-defined]  # it is a ChoiceField
        proposed = [pk for pk, _label in agencies[0][1]] if isinstance(agencies[0][1], list) else []
        self.unattended = frozenset(pk for pk in proposed if not has_officers(pk))
        self._prefer_attended(proposed)

    def _prefer_attended(self, proposed: list[str]) -> None:
        """Begin with the first proposed agency that somebody looks in for, and say why it is not the first of all."""
        attended = [pk for pk in proposed if pk not in self.unattended]
        if attended and proposed[0] in self.unattended and self.initial.get("to") == proposed[0]:
            self.initial["to"] = attended[0]
            self.initial["changed_why"] = gettext(
                "Instansi yang diusulkan pertama belum mempunyai petugas di Kentongan."
            )


class StepForm(Versioned):
    """A step with the version that the officer saw."""

    note = forms.CharField(label=_("Catatan"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class VerifyForm(StepForm):
    """What the verification showed."""

    note = forms.CharField(label=_("Yang ditemukan"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class SnoozeForm(Versioned):
    """For how long the ladder rests, and why."""

    MINUTES = (15, 30, 60, 120, 240, 480, 720)

    minutes = forms.TypedChoiceField(label=_("Selama"), coerce=int)
    why = forms.CharField(
        label=_("Alasan"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Dibaca juga oleh pengirim."),
    )

    def __init__(self, *args: Any, longest: timedelta, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(n, length(timedelta(minutes=n))) for n in self.MINUTES if timedelta(minutes=n) <= longest]
        self.fields["minutes"].choices = offered  # type: ignore[attr-defined]  # it is a ChoiceField


class AssignForm(Versioned):
    """Which colleague takes the alert in hand."""

    to = forms.ModelChoiceField(label=pgettext_lazy("peringatan", "Petugas"), queryset=Officer.objects.none())
    note = forms.CharField(
        label=_("Pesan untuknya"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, officers: Iterable[Officer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keys = [officer.pk for officer in officers]
        self.fields["to"].queryset = Officer.objects.filter(pk__in=keys).order_by("full_name", "username")  # type: ignore[attr-defined]  # it is a ModelChoiceField


class EscalateForm(Versioned):
    """Why the next rung comes now."""

    why = forms.CharField(
        label=_("Alasan"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Dibaca kedua belah pihak."),
    )


class AskForm(Versioned):
    """What the reporter is asked."""

    text = forms.CharField(
        label=_("Pertanyaan"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Pelapor membaca pertanyaan ini saja, tanpa peringatannya. Siapa pelapornya tidak ditampilkan."),
    )


class MergeForm(Versioned):
    """Into which other alert this one goes, and why they are one."""

    into = forms.ChoiceField(label=_("Ke dalam peringatan"))
    why = forms.CharField(
        label=_("Alasan"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Dibaca juga oleh pengirim."),
    )

    def __init__(self, *args: Any, others: Iterable[Alert], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(other.pk), f"{other.number} · {other.title} · {other.owner}") for other in others]
        self.fields["into"].choices = choices  # type: ignore[attr-defined]  # it is a ChoiceField


class AnswerForm(forms.Form):
    """What the reporter answers."""

    answer = forms.CharField(
        label=_("Jawaban Anda"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Dibaca oleh petugas yang menangani. Tanpa nama orang."),
    )


class CloseForm(Versioned):
    """How the alert ended, why, and what the reporter hears of it."""

    outcome = forms.ChoiceField(label=_("Hasil"))
    why = forms.CharField(label=_("Penjelasan"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    hears = forms.ChoiceField(label=_("Kabar untuk pelapor"), required=False)
    hears_own = forms.CharField(
        label=_("Atau dengan kalimat sendiri"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Menggantikan kalimat di atas. Tanpa nama orang dan tanpa rincian tindakan."),
    )

    def __init__(self, *args: Any, state: str = Alert.State.VERIFIED, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = [(code, label) for code, label in OUTCOMES.items() if may_close_as(state, code)]
        self.fields["outcome"].choices = allowed  # type: ignore[attr-defined]  # it is a ChoiceField
        sentences = [(code, REPORTER_HEARS[code]) for code, _label in allowed]
        self.fields["hears"].choices = [("", _("tidak ada kabar")), *sentences]  # type: ignore[attr-defined]  # it is a ChoiceField

    def to_reporter(self) -> str:
        """Return what the reporter hears, in the language of the country; blank for nothing."""
        if own := str(self.cleaned_data["hears_own"]).strip():
            return own
        with translation.override("id"):
            return str(REPORTER_HEARS.get(self.cleaned_data["hears"], ""))


class OutcomeForm(forms.Form):
    """Which alerts to sum up, as of which day, to which level of places."""

    dari = DayField(label=_("Dikirim dari hari"))
    sampai = DayField(label=_("Sampai hari"))
    per = DayField(label=_("Keadaan per akhir hari"))
    wilayah = forms.ChoiceField(
        label=_("Wilayah"), choices=[("regency", _("kabupaten/kota")), ("province", _("provinsi"))]
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean(self) -> dict[str, Any]:
        """Return what was asked, or say which day makes no sense."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if said.get("dari") and said.get("sampai") and said["dari"] > said["sampai"]:
            self.add_error("sampai", _("Hari terakhir mendahului hari pertama."))
        if said.get("per") and said["per"] > self.today:
            self.add_error("per", _("Hari itu belum tiba, jadi belum ada yang dapat diketahui."))
        return said
