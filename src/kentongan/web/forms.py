"""The forms of the sign-in library whose labels it does not translate."""

from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _


class AddPasskeyForm(AddWebAuthnForm):  # type: ignore[misc]  # allauth ships no types
    """A new key, with the name it is told apart by."""

    name = forms.CharField(label=_("Nama kunci"), required=False)


class RenamePasskeyForm(EditWebAuthnForm):  # type: ignore[misc]  # allauth ships no types
    """Another name for a key."""

    name = forms.CharField(label=_("Nama kunci"))
