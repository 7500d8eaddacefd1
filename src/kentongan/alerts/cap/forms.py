"""What the page for CAP files asks for."""

from django import forms
from django.utils.translation import gettext_lazy as _


class CapFileForm(forms.Form):
    """One CAP message as a file."""

    file = forms.FileField(label=_("Berkas CAP 1.2"), help_text=_("Satu pesan (.xml atau .cap), paling banyak 1 MB."))
