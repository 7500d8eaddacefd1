"""What the administration pages ask for."""

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from kentongan.kit.periods import EARLIEST, LATEST
from kentongan.vocabulary.purposes import PURPOSE_LABELS

from .actions import AgencyDraft
from .labels import KINDS, LEVELS
from .models import Agency, Officer
from .queries import place_by_code
from .rules import ROLE_LABELS

MAX_IMPORT_BYTES = 2_000_000


class DayField(forms.DateField):
    """A day that somebody may mean, asked with the browser's own picker; it wants ISO days whatever the language."""

    default_validators = [MinValueValidator(EARLIEST), MaxValueValidator(LATEST)]

    def __init__(self, **more: Any) -> None:
        super().__init__(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **more)


class SearchForm(forms.Form):
    """Words to look for."""

    q = forms.CharField(
        label=_("Cari"), required=False, max_length=80, widget=forms.TextInput(attrs={"type": "search"})
    )


class AgencyForm(forms.Form):
    """A new agency."""

    id = forms.SlugField(
        label=_("Kode"), max_length=60, help_text=_("Huruf kecil, angka, dan tanda hubung, misalnya polres-belu.")
    )
    name = forms.CharField(label=_("Nama"), max_length=200)
    abbrev = forms.CharField(label=_("Singkatan"), max_length=80, required=False)
    kind = forms.ChoiceField(label=_("Jenis instansi"))
    level = forms.ChoiceField(
        label=_("Tingkat"),
        choices=list(LEVELS.items()),
    )
    country = forms.RegexField(
        label=_("Negara"), regex=r"^[A-Za-z]{2}\Z", strip=True, max_length=2, min_length=2, initial="ID"
    )
    parent_id = forms.ModelChoiceField(
        label=_("Instansi induk"),
        queryset=Agency.objects.none(),
        required=False,
        error_messages={"invalid_choice": _("Instansi ini tidak dikenal atau sudah ditutup. Pilih induk lain.")},
    )
    place_code = forms.CharField(
        label=_("Kode wilayah kedudukan"), max_length=20, required=False, help_text=_("Misalnya 53.04.")
    )
    valid_from = DayField(label=_("Berdiri sejak"), required=False)

    def __init__(self, *args: Any, agencies: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent_id"].queryset = agencies.filter(is_active=True)  # type: ignore[attr-defined]  # a ModelChoiceField
        self.fields["kind"].choices = sorted(KINDS.items())  # type: ignore[attr-defined]  # a ChoiceField

    def clean_country(self) -> str:
        """Return the code in capitals."""
        return str(self.cleaned_data["country"]).upper()

    def clean_place_code(self) -> int | None:
        """Return the key of the place, or say that the code is unknown."""
        code = self.cleaned_data["place_code"].strip()
        place = place_by_code(code) if code else None
        if code and place is None:
            raise forms.ValidationError(_("Kode wilayah %(code)s tidak dikenal."), params={"code": code})
        return place.pk if place else None

    def draft(self) -> AgencyDraft:
        """Return what was stated."""
        said = self.cleaned_data
        return AgencyDraft(
            id=said["id"],
            name=said["name"],
            name_en=said.get("name_en", ""),
            abbrev=said["abbrev"],
            kind=said["kind"],
            level=said["level"],
            country=said["country"],
            parent_id=said["parent_id"].pk if said["parent_id"] else "",
            seat_id=said["place_code"],
            valid_from=said["valid_from"],
        )


class RenameForm(forms.Form):
    """A new name from a day on."""

    name = forms.CharField(label=_("Nama baru"), max_length=200)
    abbrev = forms.CharField(label=_("Singkatan"), max_length=80, required=False)
    on = DayField(label=_("Berlaku sejak"))


class CloseForm(forms.Form):
    """The day on which an agency ends."""

    on = DayField(label=_("Ditutup sejak"))


class PositionForm(forms.Form):
    """Who holds a position from a day on."""

    title = forms.CharField(label=_("Jabatan"), max_length=160)
    holder_name = forms.CharField(label=_("Nama pejabat"), max_length=160)
    rank = forms.CharField(label=_("Pangkat"), max_length=60, required=False)
    on = DayField(label=_("Sejak"))


class ServiceForm(forms.Form):
    """An agency and a role to serve in."""

    agency = forms.ModelChoiceField(
        label=_("Instansi"),
        queryset=Agency.objects.none(),
        error_messages={
            "invalid_choice": _("Instansi ini tidak dikenal, sudah ditutup, atau sebuah forum. Pilih instansi lain.")
        },
    )
    role = forms.ChoiceField(label=_("Peran"), choices=list(ROLE_LABELS.items()))

    def __init__(self, *args: Any, agencies: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = agencies.filter(is_active=True, is_forum=False)  # type: ignore[attr-defined]  # a ModelChoiceField


class PostingForm(ServiceForm):
    """A new posting, and why."""

    why = forms.CharField(label=_("Alasan"), max_length=200)


class UsernameField(forms.RegexField):
    """A name to sign in with, judged as it will be stored."""

    def to_python(self, value: Any) -> str:
        """Return the name in the one spelling that is stored: what looks alike is the same."""
        return Officer.normalize_username(super().to_python(value))


class OfficerForm(ServiceForm):
    """A new officer with the first posting."""

    username = UsernameField(
        label=_("Nama pengguna"),
        regex=r"^[\w.@+-]+\Z",
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    full_name = forms.CharField(label=_("Nama lengkap"), max_length=160)
    email = forms.EmailField(label=_("Surel"), required=False, max_length=254)
    field_order = ("username", "full_name", "email", "agency", "role")


class ReasonForm(forms.Form):
    """Why something is done."""

    why = forms.CharField(label=_("Alasan"), max_length=200)


class IdentityForm(forms.Form):
    """The outside provider's account of an officer, and why it is linked."""

    subject = forms.CharField(
        label=_("Pengenal akun luar (sub)"), max_length=191, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    why = forms.CharField(label=_("Alasan"), max_length=200)


class ImportForm(forms.Form):
    """A CSV file."""

    file = forms.FileField(label=_("Berkas CSV"), widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}))

    def clean_file(self) -> str:
        """Return the text of the file, or say why it cannot be read."""
        file = self.cleaned_data["file"]
        if file.size > MAX_IMPORT_BYTES:
            raise forms.ValidationError(_("Berkas lebih besar dari 2 MB. Bagi menjadi beberapa berkas."))
        try:
            return str(file.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            raise forms.ValidationError(_("Berkas bukan teks UTF-8. Simpan ulang sebagai CSV UTF-8.")) from None


class TokenForm(forms.Form):
    """A key of one's own for the API."""

    name = forms.CharField(label=_("Nama kunci"), max_length=80, help_text=_("Misalnya nama sistem yang memakainya."))
    purpose = forms.ChoiceField(label=_("Tujuan"), choices=list(PURPOSE_LABELS.items()))
    days = forms.IntegerField(label=_("Berlaku (hari)"), min_value=1, max_value=365, initial=90)
    scopes = forms.MultipleChoiceField(
        label=_("Hanya untuk"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tanpa pilihan, kunci boleh semua yang boleh peran Anda. Pilih sesempit yang cukup."),
    )

    def __init__(self, *args: Any, scopes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scopes"].choices = scopes  # type: ignore[attr-defined]  # a MultipleChoiceField


class PasswordForm(forms.Form):
    """The present password and the one that is wanted, twice."""

    present = forms.CharField(
        label=_("Sandi sekarang"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    wanted = forms.CharField(
        label=_("Sandi baru"), strip=False, help_text=_("Sedikitnya 12 karakter."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip
    again = forms.CharField(
        label=_("Sandi baru, sekali lagi"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_again(self) -> str:
        """Return the repetition, if it is one."""
        if self.cleaned_data["again"] != self.cleaned_data.get("wanted"):
            raise forms.ValidationError(_("Kedua sandi baru tidak sama."))
        return str(self.cleaned_data["again"])
