"""Agencies and officers from a CSV file: every fault is named with its row, and with a fault nothing is taken in."""

import csv
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from io import StringIO
from typing import TypeVar

from django.db import models, transaction
from django.utils.translation import gettext as _

from kentongan.kit.errors import KentonganError

from . import queries
from .actions import AgencyDraft, create_agency
from .labels import KINDS, LEVELS
from .models import Agency, Officer
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

SHAPES = {
    "id": re.compile(r"[-a-zA-Z0-9_]{1,60}"),  # it stands in addresses of pages
    "country": re.compile(r"[A-Za-z]{2}"),
    "valid_from": re.compile(r"\d{4}-\d\d-\d\d"),
    "username": re.compile(r"[\w.@+-]{1,60}"),
}
"""What the pages for a single agency or officer ask of the same fields."""

Taken = TypeVar("Taken")


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


def _demand_fits(row: Mapping[str, str], model: type[models.Model]) -> None:
    """Raise ValueError where a field is not as the page asks for it, or longer than there is room for."""
    for name, value in row.items():
        shape = SHAPES.get(name)
        if value and shape is not None and not shape.fullmatch(value):
            raise _not_valid(name, value)
    for field in model._meta.concrete_fields:
        value, most = row.get(field.name, ""), getattr(field, "max_length", None)
        if most is not None and len(value) > most:
            raise ValueError(_("kolom %(name)s lebih panjang dari %(most)d huruf") % {"name": field.name, "most": most})


def _not_valid(name: str, value: str) -> ValueError:
    return ValueError(_("kolom %(name)s berisi %(value)s, yang tidak sah") % {"name": name, "value": value[:60]})


def _draft(row: dict[str, str]) -> AgencyDraft:
    _demand_fits(row, Agency)
    for name, known in (("kind", KINDS), ("level", LEVELS)):
        if row[name] not in known:
            raise _not_valid(name, row[name])
    seat = queries.place_by_code(row["place_code"]) if row.get("place_code") else None
    if row.get("place_code") and seat is None:
        raise ValueError(_("kode wilayah %(code)s tidak dikenal") % {"code": row["place_code"]})
    if row.get("parent_id") and not Agency.objects.filter(pk=row["parent_id"]).exists():
        raise ValueError(_("instansi induk %(id)s tidak dikenal") % {"id": row["parent_id"]})
    return AgencyDraft(
        id=row["id"],
        name=row["name"],
        kind=row["kind"],
        country=row["country"].upper(),
        level=row["level"],
        name_en=row.get("name_en", ""),
        abbrev=row.get("abbrev", ""),
        parent_id=row.get("parent_id", ""),
        seat_id=seat.pk if seat else None,
        valid_from=_day(row["valid_from"]) if row.get("valid_from") else None,
    )


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError as fault:
        raise _not_valid("valid_from", written) from fault


def _officer(row: dict[str, str], *, by: Administering, at: datetime) -> NewAccount:
    _demand_fits(row, Officer)
    agency = Agency.objects.filter(pk=row["agency_id"]).first()
    if agency is None:
        raise ValueError(_("instansi %(id)s tidak dikenal") % {"id": row["agency_id"]})
    if agency.is_forum:
        raise ValueError(_("%(id)s adalah forum; petugas bertugas di instansi") % {"id": row["agency_id"]})
    return create_officer(
        username=row["username"],
        full_name=row["full_name"],
        agency=agency,
        role=row["role"],
        email=row.get("email", ""),
        by=by,
        at=at,
    )
