"""What the page of modules asks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kentongan.agencies.forms import DayField
from kentongan.kit.checksums import sha256_hex

from .modules import AssessmentDraft


class AssessmentForm(forms.Form):
    """An impact assessment; the uploaded paper leaves only its name and its fingerprint here."""

    title = forms.CharField(label=_("Judul penilaian dampak"), max_length=200)
    document = forms.FileField(
        label=_("Dokumen yang disahkan"),
        max_length=200,
        help_text=_("Yang disimpan hanya nama berkas dan sidik SHA-256-nya; dokumennya tetap pada Anda."),
    )
    approved_by = forms.CharField(
        label=_("Disahkan oleh (jabatan)"), max_length=200, help_text=_("Jabatan, bukan nama orang.")
    )
    assessed_on = DayField(label=_("Tanggal penilaian"))
    valid_to = DayField(
        label=_("Dinilai ulang paling lambat"),
        required=False,
        help_text=_("Mulai hari ini modul mati lagi sampai penilaian baru dicatat. Kosong: tanpa batas."),
    )

    def draft(self) -> AssessmentDraft:
        """Return what was stated, with the fingerprint of the paper."""
        given: dict[str, Any] = self.cleaned_data
        return AssessmentDraft(
            title=given["title"],
            document_name=given["document"].name[-200:],
            document_checksum=sha256_hex(given["document"].read()),
            assessed_on=given["assessed_on"],
            approved_by=given["approved_by"],
            valid_to=given["valid_to"],
        )


class EndForm(forms.Form):
    """Why a module is switched off."""

    why = forms.CharField(label=_("Alasan mematikan"), max_length=300)
