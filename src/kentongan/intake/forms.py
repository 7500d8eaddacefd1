"""What the pages ask, and the draft that an answer becomes."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kentongan.agencies.forms import DayField

from .batches import draft_of
from .claims import warning_of
from .drafts import DraftRefused, ReportDraft
from .formats import FileRefused, Form, documents_in
from .models import Report
from .place_question import PlaceQuestion


class AskingAboutClaims(forms.Form):
    """Warns once of claims in a text on refugees (R12): sent again with the tick, the text is kept as it is."""

    claims_seen = forms.BooleanField(label=gettext_lazy("Sudah saya periksa; simpan apa adanya"), required=False)
    claims_warning = ""

    def ask_about_claims(self, text: str) -> None:
        """Put the warning above the form unless the sender has seen it."""
        self.claims_warning = warning_of(text)
        if self.claims_warning and not self.cleaned_data.get("claims_seen"):
            self.add_error(None, self.claims_warning)


class ReportForm(AskingAboutClaims):
    """A report that is pasted, or uploaded as a file that holds one."""

    text = forms.CharField(
        label=gettext_lazy("Teks laporan"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=gettext_lazy("Tempel seluruh teksnya, seperti aslinya."),
    )
    file = forms.FileField(
        label=gettext_lazy("Atau berkas"),
        required=False,
        help_text=gettext_lazy(
            "Teks, PDF berlapis teks, atau DOCX. Obrolan WhatsApp, umpan berita, dan tabel: lewat halaman impor."
        ),
    )
    title = forms.CharField(label=gettext_lazy("Judul"), required=False, max_length=300)
    source = forms.CharField(
        label=gettext_lazy("Sumber"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("Media, kantor, atau “pelapor”. Tidak harus ada di daftar instansi."),
    )
    author = forms.CharField(
        label=gettext_lazy("Penulis"),
        required=False,
        max_length=120,
        help_text=gettext_lazy(
            "Penulis berita yang terbit. Bukan pelapor: identitasnya hanya lewat formulir lapangan."
        ),
    )
    address = forms.CharField(label=gettext_lazy("Alamat web"), required=False, max_length=500)
    published_on = DayField(label=gettext_lazy("Tanggal terbit"), required=False)

    notes: tuple[str, ...] = ()
    draft: ReportDraft | None = None

    def clean(self) -> dict[str, Any]:
        """Make the draft, or say which field stands in its way."""
        cleaned = super().clean() or self.cleaned_data
        file, text = cleaned.get("file"), cleaned.get("text", "")
        if file is not None and text.strip():
            self.add_error(
                "file", _("Isi salah satu saja: teks atau berkas. Hapus teksnya atau kosongkan pilihan berkas.")
            )
        elif file is not None:
            self._of_file(file.read(), file.name)
        elif text.strip():
            self.draft = ReportDraft(channel=Report.Channel.PASTE, text=text.replace("\r\n", "\n"), **self._stated())
        elif "file" not in self.errors:
            self.add_error("text", _("Laporan ini kosong. Tempelkan teksnya atau pilih berkasnya."))
        if self.draft is not None:
            self.ask_about_claims(self.draft.text)
        return cleaned

    def _of_file(self, content: bytes, name: str) -> None:
        try:
            contents = documents_in(content)
        except FileRefused as refusal:
            self.add_error("file", refusal.message)
            return
        if contents.form in (Form.CHAT, Form.FEED, Form.CSV, Form.JSON_LINES):
            self.add_error("file", _("Berkas ini memuat banyak laporan. Kirim lewat halaman impor."))
            return
        read = draft_of(contents.documents[0], contents.form, content, name, channel=Report.Channel.UPLOAD)
        stated = self._stated()
        self.notes = contents.notes
        self.draft = ReportDraft(
            channel=read.channel, text=read.text, original=content, filename=name, media_type=read.media_type, **stated
        )

    def _stated(self) -> dict[str, Any]:
        return {field: self.cleaned_data.get(field) or "" for field in ("title", "source", "author", "address")} | {
            "published_on": self.cleaned_data.get("published_on")
        }


class FieldReportForm(AskingAboutClaims, PlaceQuestion):
    """One page for a telephone: what, where, when, how many."""

    field_order = ("what", "place", "place_code", "place_asked", "on", "at_hour", "how_many")

    what = forms.CharField(
        label=gettext_lazy("Apa yang terjadi"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("Tulis yang dilihat atau didengar. Tidak perlu nama orang."),
    )
    on = DayField(label=gettext_lazy("Hari apa"))
    at_hour = forms.TimeField(
        label=gettext_lazy("Jam berapa (bila tahu)"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )
    how_many = forms.IntegerField(
        label=gettext_lazy("Berapa orang (bila tahu)"),
        required=False,
        min_value=0,
        max_value=1_000_000,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )

    def clean(self) -> dict[str, Any]:
        """Settle the place, and warn of claims."""
        cleaned = super().clean() or self.cleaned_data
        self.ask_about_claims(cleaned.get("what", ""))
        return cleaned

    def draft(self, *, is_simulated: bool = False) -> ReportDraft:
        """Return the answers as a report; the words are Indonesian whatever the language of the page."""
        on: date = self.cleaned_data["on"]
        hour, many = self.cleaned_data.get("at_hour"), self.cleaned_data.get("how_many")
        with translation.override("id"):
            lines = [self.cleaned_data["what"].replace("\r\n", "\n").strip(), "", f"Tempat: {self.place_written}"]
            lines.append(f"Hari: {date_format(on, 'l, j F Y')}" + (f", pukul {hour:%H.%M}" if hour else ""))
            lines += [f"Jumlah: {many} orang"] if many is not None else []
        return ReportDraft(
            channel=Report.Channel.FIELD_FORM,
            text="\n".join(lines),
            source="pelapor",
            published_on=None,
            place_id=self.place_id,
            covers_from=on,
            covers_to=on + timedelta(days=1),
            is_simulated=is_simulated,
        )


class NilReportForm(AskingAboutClaims, PlaceQuestion):
    """Nothing happened: which village, from when to when."""

    only_smallest = True
    may_be_unsure = False
    field_order = ("place", "place_code", "place_asked", "first", "last", "note")

    first = DayField(label=gettext_lazy("Dari hari"))
    last = DayField(label=gettext_lazy("Sampai hari (termasuk)"))
    note = forms.CharField(label=gettext_lazy("Catatan (bila ada)"), required=False, max_length=1000)

    def clean(self) -> dict[str, Any]:
        """Settle the village, and warn of claims."""
        cleaned = super().clean() or self.cleaned_data
        self.ask_about_claims(cleaned.get("note", ""))
        return cleaned

    def draft(self) -> ReportDraft:
        """Return the answer as a nil report."""
        first, last = self.cleaned_data["first"], self.cleaned_data["last"]
        note = self.cleaned_data.get("note", "").strip()
        with translation.override("id"):
            period = f"{date_format(first, 'j F Y')} sampai {date_format(last, 'j F Y')}"
        text = f"Nihil. {self.place_written}, {period}: tidak ada yang dilaporkan."
        return ReportDraft(
            channel=Report.Channel.NIL_FORM,
            text=f"{text}\n\n{note}" if note else text,
            source="pelapor",
            place_id=self.place_id,
            is_nil=True,
            covers_from=first,
            covers_to=last + timedelta(days=1),
        )


class ImportForm(forms.Form):
    """A file that holds many reports."""

    file = forms.FileField(
        label=gettext_lazy("Berkas"),
        help_text=gettext_lazy(
            "CSV, JSON Lines, ekspor WhatsApp (.txt atau .zip), RSS atau Atom; juga teks, PDF, DOCX."
        ),
    )
    skip_bad = forms.BooleanField(
        label=gettext_lazy("Simpan baris yang baik, kembalikan yang salah"),
        required=False,
        help_text=gettext_lazy("Tanpa centang ini, satu baris salah membatalkan semuanya."),
    )


class ReportFilterForm(forms.Form):
    """Which reports the list shows."""

    q = forms.CharField(label=gettext_lazy("Cari"), required=False, max_length=100)
    channel = forms.ChoiceField(label=gettext_lazy("Saluran"), required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("Jenis"),
        required=False,
        choices=[
            ("", gettext_lazy("semua")),
            ("nil", gettext_lazy("nihil")),
            ("told", gettext_lazy("berisi kejadian")),
        ],
    )
    first = DayField(label=gettext_lazy("Diterima dari"), required=False)
    last = DayField(label=gettext_lazy("sampai"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["channel"].choices = [("", _("semua")), *Report.Channel.choices]  # type: ignore[attr-defined] # a ChoiceField


def show_refusal(form: forms.Form, refusal: DraftRefused) -> None:
    """Put each fault of a draft beside the field that it is about, or above the form."""
    names = {
        "text": ("text", "what", "file"),
        "published_on": ("published_on",),
        "covers_from": ("on", "first"),
        "covers_to": ("on", "last"),
    }
    for fault in refusal.faults:
        field = next((name for name in names.get(fault.field, (fault.field,)) if name in form.fields), None)
        form.add_error(field, fault.message)
