"""Agencies and officers from a CSV file: every fault is named with its row, and with a fault nothing is taken in."""

import csv
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from io import StringIO
from typing import TypeVar

from django import forms
from django.db import transaction
from django.utils.translation import gettext as _

from kentongan.kit.errors import KentonganError

from .actions import AgencyDraft, create_agency
from .forms import AgencyForm, DayField, OfficerForm
from .models import Agency
from .rules import Administering
from .staff import NewAccount, create_officer

AGENCY_COLUMNS = (
    "id",
    "name",
    "kind",
    "country",
    "level",
    "abbrev",
    "name_en",
    "parent_id",
    "place_code",
    "valid_from",
)
OFFICER_COLUMNS = ("username", "full_name", "agency_id", "role", "email")
MOST_ROWS = 5000

COLUMNS = {"agency": "agency_id"}
"""Fields of the pages that have another name in a file."""

Taken = TypeVar("Taken")


class AgencyRow(AgencyForm):
    """An agency of a file: what the page asks and its English name; a day is written one way whatever the language."""

    name_en = forms.CharField(max_length=200, required=False)
    valid_from = DayField(required=False, input_formats=["%Y-%m-%d"])


class FaultyImport(KentonganError):
    """Rows of the file cannot be taken in; `details` names each with its number."""

    code = "agencies.faulty_import"


def import_agencies(*, text: str, by: Administering, at: datetime) -> list[Agency]:
    """All agencies of the file exist, or none of them."""
    rows = _rows(text, required=("id", "name", "kind", "country", "level"), allowed=AGENCY_COLUMNS)
    return _all_or_none(rows, lambda row: create_agency(draft=_draft(row), by=by, at=at))


def import_officers(*, text: str, by: Administering, at: datetime) -> list[NewAccount]:
    """All officers of the file have accounts with random first passwords, or none of them."""
    rows = _rows(text, required=("username", "full_name", "agency_id", "role"), allowed=OFFICER_COLUMNS)
    return _all_or_none(rows, lambda row: _officer(row, by=by, at=at))


def _rows(text: str, *, required: tuple[str, ...], allowed: tuple[str, ...]) -> list[tuple[int, dict[str, str]]]:
    """Return the rows by their line numbers; FaultyImport when the file as a whole is no such table."""
    no_table = _("Berkas tidak dapat dibaca sebagai tabel. Baris pertama harus memuat nama kolom.")
    reader = csv.DictReader(StringIO(text.removeprefix("\ufeff"), newline=""))
    try:
        lines = list(reader)
    except csv.Error as fault:
        raise FaultyImport(no_table) from fault
    present = tuple(name.strip() for name in reader.fieldnames or ())
    if missing := [name for name in required if name not in present]:
        raise FaultyImport(no_table, details=[_("kolom %(name)s tidak ada") % {"name": name} for name in missing])
    if strange := [name for name in present if name not in allowed]:
        raise FaultyImport(
            _("Berkas memuat kolom yang tidak dikenal; tidak ada yang disimpan. Hapus kolom itu lalu ulangi."),
            details=[_("kolom %(name)s tidak dikenal") % {"name": name} for name in strange],
        )
    rows = [(n, {k.strip(): (v or "").strip() for k, v in row.items() if k}) for n, row in enumerate(lines, start=2)]
    if not rows:
        raise FaultyImport(_("Berkas tidak memuat satu baris pun di bawah nama kolom."))
    if len(rows) > MOST_ROWS:
        raise FaultyImport(
            _("Berkas memuat lebih dari %(most)d baris. Bagi menjadi beberapa berkas.") % {"most": MOST_ROWS}
        )
    empty = [
        _("baris %(row)d: kolom %(name)s kosong") % {"row": number, "name": name}
        for number, row in rows
        for name in required
        if not row.get(name)
    ]
    _refuse(empty, of=len(rows))
    return rows


def _all_or_none(rows: Iterable[tuple[int, dict[str, str]]], take: Callable[[dict[str, str]], Taken]) -> list[Taken]:
    taken: list[Taken] = []
    faults: list[str] = []
    rows = list(rows)
    with transaction.atomic():
        for number, row in rows:
            try:
                with transaction.atomic():
                    taken.append(take(row))
            except (KentonganError, ValueError) as fault:
                faults.append(_("baris %(row)d: %(fault)s") % {"row": number, "fault": fault})
        _refuse(faults, of=len(rows))
    return taken


def _refuse(faults: list[str], *, of: int) -> None:
    if faults:
        text = _(
            "%(faults)d kesalahan dalam %(rows)d baris; tidak ada yang disimpan. Perbaiki baris yang disebut lalu ulangi."
        )
        raise FaultyImport(text % {"faults": len(faults), "rows": of}, details=faults)


def _draft(row: dict[str, str]) -> AgencyDraft:
    form = AgencyRow(row, agencies=Agency.objects.all())
    _demand_valid(form, row)
    return form.draft()


def _officer(row: dict[str, str], *, by: Administering, at: datetime) -> NewAccount:
    form = OfficerForm(row | {"agency": row["agency_id"]}, agencies=Agency.objects.all())
    _demand_valid(form, row)
    return create_officer(**form.cleaned_data, by=by, at=at)


def _demand_valid(form: forms.Form, row: Mapping[str, str]) -> None:
    """Raise ValueError naming each column that the page would not take, and why."""
    faults = [(COLUMNS.get(field, field), said) for field, told in form.errors.items() for said in told]
    if faults:
        told = _("kolom %(name)s (%(value)s): %(fault)s")
        raise ValueError(" ".join(told % {"name": c, "value": row[c][:60], "fault": said} for c, said in faults))
