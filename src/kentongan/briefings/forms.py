"""What the addresses of papers and tables may ask for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class OfficeForm(forms.Form):
    """Which office, of those whose programme the officer sees."""

    kantor = forms.ChoiceField(required=False, label=_("Kantor"))

    def __init__(self, *args: Any, offices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kantor"].choices = offices  # type: ignore[attr-defined]  # a choice field
