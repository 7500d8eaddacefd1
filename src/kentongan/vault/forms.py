"""What the pages of the vault ask."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .models import Opening
from .rules import DOCUMENT_LENGTH, FIELD_NAMES, LENGTHS, REASON_LENGTH, SHORTEST_REASON, field_label

_NO_MEMORY = {"autocomplete": "off"}


class OpenForm(forms.Form):
    """Why an identity is to be opened, and on which ground."""

    ground = forms.ChoiceField(
        label=gettext_lazy("Dasar"), choices=Opening.Ground.choices, widget=forms.RadioSelect, initial=None
    )
    document = forms.CharField(
        label=gettext_lazy("Rujukan dokumen"),
        required=False,
        max_length=DOCUMENT_LENGTH,
        help_text=gettext_lazy("Untuk penetapan pengadilan: nomornya. Rujukan persetujuan diambil dari catatannya."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Alasan"),
        min_length=SHORTEST_REASON,
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Tersimpan di jejak dan dibaca pengawas. Jangan menyebut nama atau kontak."),
    )


class ReasonForm(forms.Form):
    """Why consent is withdrawn."""

    reason = forms.CharField(label=gettext_lazy("Alasan"), max_length=REASON_LENGTH)


class EraseForm(ReasonForm):
    """Why an identity is erased, and as of which revision that was decided."""

    revision = forms.UUIDField(widget=forms.HiddenInput)


class ConsentForm(forms.Form):
    """The paper by which the person consents."""

    document = forms.CharField(
        label=gettext_lazy("Rujukan surat persetujuan"),
        max_length=DOCUMENT_LENGTH,
        help_text=gettext_lazy("Nomor atau tempat simpan suratnya, tanpa nama orangnya."),
    )


class CorrectForm(EraseForm):
    """New words for some fields, or that a field is to be emptied; what is stored is not shown here."""

    field_order = ("revision", *FIELD_NAMES, "emptied", "reason")

    emptied = forms.MultipleChoiceField(
        label=gettext_lazy("Kosongkan"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # handed on as given
        for name in FIELD_NAMES:
            self.fields[name] = forms.CharField(
                label=_("%(field)s (yang benar)") % {"field": field_label(name)},
                required=False,
                max_length=LENGTHS[name],
                widget=forms.TextInput(attrs=_NO_MEMORY),
            )
        self.order_fields(self.field_order)
        self.fields["emptied"].choices = [(name, field_label(name)) for name in FIELD_NAMES]  # type: ignore[attr-defined]  # a choice field

    def changes(self) -> dict[str, str]:
        """Return the fields that change; a blank takes one away."""
        given = {name: self.cleaned_data[name] for name in FIELD_NAMES if self.cleaned_data[name]}
        return dict.fromkeys(self.cleaned_data["emptied"], "") | given
