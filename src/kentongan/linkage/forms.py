"""What the pages of this room ask."""

from django import forms
from django.utils.translation import gettext_lazy as _

from kentongan.vault.rules import REASON_LENGTH, SHORTEST_REASON

from . import labels
from .rules import LINK_STEPS, PROPOSED

NO_NAMES = _("Tersimpan di jejak dan dibaca pengawas. Jangan menyebut nama atau kontak.")


class RunForm(forms.Form):
    """Why records are to be compared, and on which legal basis."""

    reason = forms.CharField(
        label=_("Alasan"), min_length=SHORTEST_REASON, max_length=REASON_LENGTH, widget=forms.Textarea(attrs={"rows": 2}), help_text=NO_NAMES
    )  # fmt: skip
    legal_basis = forms.CharField(label=_("Dasar hukum"), max_length=160)


class FilterForm(forms.Form):
    """Which links are listed."""

    state = forms.ChoiceField(label=_("Keadaan"), required=False, choices=[("", _("semua")), *labels.STATES.items()])


class DecideForm(forms.Form):
    """What an officer decides, as of which revision, and why."""

    revision = forms.UUIDField(widget=forms.HiddenInput)
    to = forms.ChoiceField(label=_("Keputusan"), widget=forms.RadioSelect)
    why = forms.CharField(
        label=_("Alasan"), min_length=SHORTEST_REASON, max_length=REASON_LENGTH, widget=forms.Textarea(attrs={"rows": 2}), help_text=NO_NAMES
    )  # fmt: skip

    def __init__(self, *args: object, state: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # handed on as given
        words = {
            "accepted": _("tautkan: ini satu dan sama"),
            "refused": _("tolak: ini dua yang berbeda"),
            PROPOSED: _("pisahkan kembali") if state == "accepted" else _("pertimbangkan lagi"),
        }
        choices = [(to, words[to]) for to in words if to in LINK_STEPS[state]]
        self.fields["to"].choices = choices  # type: ignore[attr-defined]  # a choice field
