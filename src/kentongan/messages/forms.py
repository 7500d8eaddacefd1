"""What the pages of messages ask for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kentongan.agencies.models import Agency

from .labels import CHANNELS, CHOSEN_BY_WEBHOOKS, STATES, TOPICS, ZONES
from .rules import OUTSIDE, Channel


class AddressForm(forms.Form):
    """An own address on one channel."""

    address = forms.CharField(label=_("Alamat"), max_length=254)

    def __init__(self, *args: Any, channel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["address"]
        if channel == Channel.EMAIL:
            field.label, field.widget.input_type = _("Alamat surel"), "email"
        else:
            field.label, field.widget.input_type = _("Nomor dengan kode negara"), "tel"


class CodeForm(forms.Form):
    """The code that went to the address."""

    code = forms.RegexField(
        label=_("Kode"), regex=r"^\s*\d{6}\s*$", widget=forms.TextInput(attrs={"autocomplete": "one-time-code"})
    )


class QuietForm(forms.Form):
    """Hours during which what can wait, waits."""

    quiet_from = forms.TimeField(label=_("Mulai"), required=False, widget=forms.TimeInput(attrs={"type": "time"}))
    quiet_to = forms.TimeField(label=_("Sampai"), required=False, widget=forms.TimeInput(attrs={"type": "time"}))
    zone = forms.ChoiceField(label=_("Zona waktu"), choices=list(ZONES.items()))


class BrowserForm(forms.Form):
    """What a browser says of its push subscription."""

    endpoint = forms.CharField(max_length=2000)
    p256dh = forms.CharField(max_length=120)
    auth = forms.CharField(max_length=40)


class OutgoingFilterForm(forms.Form):
    """Which outgoing messages to show."""

    state = forms.ChoiceField(label=_("Keadaan"), required=False)
    channel = forms.ChoiceField(label=_("Saluran"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [("", _("Semua")), *STATES.items()]  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["channel"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            ("", _("Semua")),
            *((code, label) for code, label in CHANNELS.items() if code in OUTSIDE),
        ]


class WhyForm(forms.Form):
    """The reason of a deed."""

    why = forms.CharField(label=_("Alasan"), min_length=5, max_length=300)


class SwitchForm(WhyForm):
    """On or off, with the reason."""

    is_active = forms.BooleanField(required=False, widget=forms.HiddenInput)


class WebhookForm(forms.Form):
    """A new webhook of an agency."""

    agency = forms.ModelChoiceField(label=_("Instansi"), queryset=Agency.objects.none())
    name = forms.CharField(label=_("Nama sistem penerima"), max_length=80)
    url = forms.CharField(
        label=_("Alamat"), max_length=500, help_text=_("Alamat https:// yang dapat dicapai dari sini.")
    )
    topics = forms.MultipleChoiceField(
        label=_("Topik"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tanpa pilihan: semua topik."),
    )

    def __init__(self, *args: Any, agencies: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = agencies.filter(is_active=True)  # type: ignore[attr-defined]  # a ModelChoiceField
        self.fields["topics"].choices = [(topic, TOPICS[topic]) for topic in CHOSEN_BY_WEBHOOKS]  # type: ignore[attr-defined]  # a MultipleChoiceField
