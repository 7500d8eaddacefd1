"""Asking who reports: optional, apart from the report, and only while the vault may hold the answer."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from kentongan.vault.rules import LENGTHS, IdentityFields

from .drafts import ReporterDraft

_NO_MEMORY = {"autocomplete": "off"}


class ReporterForm(forms.Form):
    """The reporter's identity. Left blank, the report is anonymous."""

    prefix = "reporter"

    name = forms.CharField(
        label=gettext_lazy("Nama pelapor"),
        required=False,
        max_length=LENGTHS["name"],
        widget=forms.TextInput(attrs=_NO_MEMORY),
    )
    contact = forms.CharField(
        label=gettext_lazy("Cara menghubungi"),
        required=False,
        max_length=LENGTHS["contact"],
        widget=forms.TextInput(attrs=_NO_MEMORY),
        help_text=gettext_lazy("Telepon, atau lewat siapa."),
    )
    address_note = forms.CharField(
        label=gettext_lazy("Keterangan alamat"),
        required=False,
        max_length=LENGTHS["address_note"],
        widget=forms.TextInput(attrs=_NO_MEMORY),
    )
    relation = forms.CharField(
        label=gettext_lazy("Hubungan dengan yang dilaporkan"),
        required=False,
        max_length=LENGTHS["relation"],
        widget=forms.TextInput(attrs=_NO_MEMORY),
        help_text=gettext_lazy("Misalnya: melihat sendiri, keluarga, tetangga."),
    )
    consents = forms.BooleanField(
        label=gettext_lazy("Pelapor setuju identitasnya dibuka untuk menghubunginya lagi"), required=False
    )

    def clean(self) -> dict[str, Any]:
        """Refuse an identity that names nobody: a consent or an address alone leads nowhere."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and (reporter := self.draft()) is not None:
            for sentence in reporter.fields.faults:
                self.add_error(None, sentence)
        return cleaned

    @property
    def is_open(self) -> bool:
        """Tell whether the part is shown unfolded: where something was typed or is wrong."""
        return bool(self.is_bound and (self.errors or self.has_changed()))

    def draft(self) -> ReporterDraft | None:
        """Return who reports, or None for an anonymous report."""
        given = dict(self.cleaned_data)
        consents = bool(given.pop("consents", False))
        fields = IdentityFields(**given)
        return None if fields.is_empty and not consents else ReporterDraft(fields, consents)
