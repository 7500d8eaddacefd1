"""Reading a table of one number for each village: `code,value`. Every fault is named with its row; nothing is guessed.

Codes are Kemendagri codes with their dots (`53.04.02.2001`), without dots where that cannot mean another scheme, and
Timorese codes (`TL-050202`). Codes of BPS have ten digits too and mean other villages: they are read only where the sender
says so and this installation knows them.
"""

import csv
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from io import StringIO
from typing import TypeVar

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .models import Place, PlaceCode

MAX_ROWS = 120_000
CODE_HEADINGS = ("kode", "code", "kode_wilayah", "kode_desa", "wilayah")
SCHEMES = ("kemendagri", "bps", "tl-pnds")
"""What the codes of a file may be. With the first, codes of Timor-Leste of 2024 may stand beside those of Indonesia."""

VILLAGE_LEVELS = frozenset({"village", "suco"})
ENOUGH = 0.7
"""Below this share of the villages that a file speaks of, it is said that the rest is missing."""

Item = TypeVar("Item")

_DIGITS = re.compile(r"\d{10}")
_DOTTED = re.compile(r"\d{2}\.\d{2}\.\d{2}\.\d{4}")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_GROUPED = re.compile(r"-?[1-9][0-9]{0,2}(\.[0-9]{3})+(,[0-9]+)?")
"""Thousands as in Indonesia: 1.234.567,8."""


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong with one row; rows count from 1, the heading included."""

    row: int
    message: str

    @property
    def sentence(self) -> str:
        return _("Baris %(row)d: %(message)s") % {"row": self.row, "message": self.message}


@dataclass(frozen=True, slots=True)
class Range:
    """Which numbers a column may hold; None is no bound."""

    minimum: float | None = None
    maximum: float | None = None
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class VillageValues:
    """What a file says of villages, by their keys; what is wrong with it; what is worth saying though nothing is wrong."""

    values: Mapping[int, float]
    faults: tuple[RowFault, ...]
    notes: tuple[str, ...] = ()
    expected: int = 0  # villages of the provinces and states that the file speaks of
    is_uninformative: bool = False


@dataclass(slots=True)
class _Codes:
    """Which villages have, or had, the codes of a file, and what else a code may be."""

    now: dict[str, tuple[int, str, str]] = field(default_factory=dict)  # code -> key, level, name
    former: dict[str, list[tuple[int, str, str, str]]] = field(default_factory=lambda: defaultdict(list))


def read_village_values(
    text: str, *, value_headings: Sequence[str], within: Range, scheme: str = "kemendagri"
) -> VillageValues:
    """Return the values by village and every fault, with its row. With a fault nothing should be kept."""
    delimiter, headings, rows, faults = _rows(text)
    code_at, value_at = _column(headings, CODE_HEADINGS), _column(headings, value_headings)
    if code_at is None or value_at is None:
        wanted = _("kolom “kode” dan “%(value)s” harus ada; yang ada: %(found)s. Perbaiki baris judulnya.")
        found = ", ".join(h for h in headings if h) or _("tidak ada")
        return VillageValues({}, (*faults, RowFault(1, wanted % {"value": value_headings[0], "found": found})))
    cells = [(number, _cell(row, code_at), _cell(row, value_at)) for number, row in rows]
    if not cells:
        faults.append(RowFault(1, _("tidak ada satu baris pun di bawah judul kolom.")))
        return VillageValues({}, tuple(faults))
    codes = _codes_in((_tidy(code) for _n, code, _v in cells), scheme)
    doubtful = scheme == "kemendagri" and _speaks_bps(code for _n, code, _v in cells)
    writing = _writing_of((value for _n, _c, value in cells), delimiter)
    values: dict[int, float] = {}
    seen: dict[int, int] = {}
    empty = renamed = 0
    for number, written, value in cells:
        key, why, is_former = _village(written, codes, scheme, doubtful=doubtful)
        amount, fault = _number(value, within, writing)
        for message in (why, fault):
            if message:
                faults.append(RowFault(number, message))
        if key is None:
            continue
        if key in seen:
            repeated = _("kode %(code)s sudah ada di baris %(row)d. Sisakan satu.")
            faults.append(RowFault(number, repeated % {"code": written, "row": seen[key]}))
            continue
        seen[key] = number
        renamed += is_former
        if amount is None:
            empty += not fault
        else:
            values[key] = amount
    expected = _expected(seen)
    notes = _notes(values, expected, empty=empty, renamed=renamed)
    grouped = next((value for _n, _c, value in cells if writing.is_indonesian and _GROUPED.fullmatch(value)), "")
    if grouped:
        said = _("Titik dibaca sebagai pemisah ribuan: %(value)s berarti %(number)s.")
        notes.append(said % {"value": grouped, "number": writing.english(grouped)})
    if not values and not faults:
        faults.append(RowFault(1, _("tidak ada satu nilai pun di dalamnya.")))
    same = len(values) > 1 and len(set(values.values())) == 1
    return VillageValues(values, tuple(sorted(faults, key=lambda f: f.row)), tuple(notes), expected, same)


# --- the table ---


def _rows(text: str) -> tuple[str, list[str], list[tuple[int, list[str]]], list[RowFault]]:
    text = text.removeprefix("\ufeff")
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(";,\t", key=first.count)
    faults: list[RowFault] = []
    rows: list[tuple[int, list[str]]] = []
    headings: list[str] = []
    number = 0
    try:
        for number, cells in enumerate(csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True), 1):
            if not headings:
                headings = [cell.strip().casefold() for cell in cells]
            elif any(cell.strip() for cell in cells):
                if len(cells) > len(headings):
                    many = _("ada %(cells)d sel, padahal judul kolom hanya %(headings)d.")
                    faults.append(RowFault(number, many % {"cells": len(cells), "headings": len(headings)}))
                    continue
                rows.append((number, cells))
            if number > MAX_ROWS:
                faults.append(RowFault(number, _("lebih dari %(most)d baris. Bagi berkasnya.") % {"most": MAX_ROWS}))
                break
    except csv.Error:
        faults.append(RowFault(number + 1, _("tanda kutip tidak ditutup; baris ini dan sesudahnya tidak terbaca.")))
    return delimiter, headings, rows, faults


def _column(headings: Sequence[str], names: Sequence[str]) -> int | None:
    return next((headings.index(name) for name in names if name in headings), None)


def _cell(row: Sequence[str], at: int) -> str:
    return row[at].strip() if at < len(row) else ""


# --- codes ---


def _tidy(code: str) -> str:
    """Return a Kemendagri code with its dots, whichever way it was written; other codes as they are."""
    bare = code.strip().lstrip("'")
    return f"{bare[:2]}.{bare[2:4]}.{bare[4:6]}.{bare[6:]}" if _DIGITS.fullmatch(bare) else bare


def _is_village_number(code: str) -> bool:
    """Tell whether the digits can be a Kemendagri village: its fourth part begins with 1, 2 or 3."""
    return code[6:7] in "123"


def _speaks_bps(codes: Iterable[str]) -> bool:
    """Tell whether some code of the file is one of BPS: ten digits that no Kemendagri code can be.

    Then no code without dots can be trusted: in BPS's list the same digits are another village.
    """
    return any(_DIGITS.fullmatch(code) and not _is_village_number(code) for code in codes)


def _codes_in(tidy: Iterable[str], scheme: str) -> _Codes:
    wanted = {code.replace(".", "") if scheme == "bps" else code for code in tidy if code}
    found = _Codes()
    rows = PlaceCode.objects.filter(scheme=scheme)
    if scheme == "kemendagri":
        rows = PlaceCode.objects.exclude(scheme__in=("bps", "tl-pnds"))
    named = rows.values_list("code", "valid_to", "place_id", "place__level", "place__name", "place__code")
    for some in _batches(sorted(wanted)):
        for code, valid_to, key, level, name, present in named.filter(code__in=some):
            if valid_to is None:
                found.now[code] = (key, level, name)
            else:
                found.former[code].append((key, level, name, present))
        if scheme == "kemendagri":
            missing = [code for code in some if code not in found.now]
            present_ones = Place.objects.filter(code__in=missing) if missing else Place.objects.none()
            found.now |= {
                code: (key, level, name)
                for key, code, level, name in present_ones.values_list("pk", "code", "level", "name")
            }
    return found


def _village(written: str, codes: _Codes, scheme: str, *, doubtful: bool) -> tuple[int | None, str, bool]:
    """Return the village of a code, or what is wrong with it, and whether the code is a former one."""
    if not written:
        return None, _("kode kosong."), False
    if doubtful and _DIGITS.fullmatch(written):
        said = _(
            "%(code)s tampaknya kode BPS, bukan kode Kemendagri: sepuluh angka yang sama dapat berarti desa lain. "
            "Ganti dengan kode Kemendagri bertitik (mis. 53.04.02.2001), atau pilih skema BPS bila padanannya sudah "
            "dipasang di sini."
        )
        return None, said % {"code": written}, False
    code = _tidy(written).replace(".", "") if scheme == "bps" else _tidy(written)
    if code in codes.now:
        key, level, name = codes.now[code]
        if level in VILLAGE_LEVELS:
            return key, "", False
        wrong = _("%(code)s adalah %(name)s, bukan desa atau suco. Nilai harus per desa.")
        return None, wrong % {"code": written, "name": name}, False
    heirs = [row for row in codes.former.get(code, ()) if row[1] in VILLAGE_LEVELS]
    if len(heirs) == 1:
        return heirs[0][0], "", True
    if heirs:
        said = _(
            "kode lama %(code)s kini terbagi menjadi %(heirs)s. Sistem tidak menebak pembagiannya: isi nilai setiap "
            "desa yang baru."
        )
        return None, said % {"code": written, "heirs": ", ".join(f"{n} ({c})" for _k, _l, n, c in heirs)}, False
    return None, _unknown(written, scheme), False


def _unknown(written: str, scheme: str) -> str:
    if scheme == "bps":
        return _(
            "kode BPS %(code)s tidak mempunyai padanan di sini. Pasang padanan BPS dahulu, atau pakai kode Kemendagri."
        ) % {"code": written}
    if not (_DOTTED.fullmatch(written) or _DIGITS.fullmatch(written) or written.startswith("TL-")):
        return _(
            "%(code)s bukan kode desa. Kode desa Kemendagri berbentuk 53.04.02.2001, kode suco Timor-Leste TL-050202."
        ) % {"code": written}
    return _("kode %(code)s tidak ada dalam gazeter, sekarang maupun dahulu. Periksa kodenya.") % {"code": written}


# --- numbers ---


def _number(written: str, within: Range, writing: "_Writing") -> tuple[float | None, str]:
    """Return the number, None for an empty cell, and what is wrong with it."""
    if not written:
        return None, ""
    if writing.is_doubtful(written):
        said = _("“%(value)s” memuat titik: tidak jelas apakah desimal atau ribuan. Dalam berkas bertitik koma, tulis koma desimal (12,5) dan ribuan sebagai 1.234.")  # fmt: skip
        return None, said % {"value": written}
    english = writing.english(written)
    amount = float(english) if _NUMBER.fullmatch(english) else math.nan
    if not math.isfinite(amount):
        return None, _("“%(value)s” bukan angka. Kosongkan sel bila tidak diketahui.") % {"value": written}
    if within.minimum is not None and amount < within.minimum:
        less = _("nilai %(value)s lebih kecil dari yang mungkin (%(bound)g).")
        return None, less % {"value": written, "bound": within.minimum}
    if within.maximum is not None and amount > within.maximum:
        more = _("nilai %(value)s lebih besar dari yang mungkin (%(bound)g).")
        return None, more % {"value": written, "bound": within.maximum}
    if within.is_whole and amount != int(amount):
        return None, _("nilai %(value)s harus bilangan bulat.") % {"value": written}
    return amount, ""


@dataclass(frozen=True, slots=True)
class _Writing:
    """How a column writes its numbers. Where cells are divided by semicolons, they are written as in Indonesia."""

    is_indonesian: bool
    has_decimal_points: bool  # some value has a point that divides no thousands: then no point is trusted

    def is_doubtful(self, written: str) -> bool:
        """Tell whether a point of the value may be a decimal point or divide thousands."""
        return self.is_indonesian and "." in written and (self.has_decimal_points or not _GROUPED.fullmatch(written))

    def english(self, written: str) -> str:
        """Return the number with a decimal point."""
        if self.is_indonesian:
            return written.replace(".", "").replace(",", ".")
        return written.replace(",", ".") if written.count(",") == 1 and "." not in written else written


def _writing_of(values: Iterable[str], delimiter: str) -> _Writing:
    return _Writing(
        is_indonesian=delimiter == ";",
        has_decimal_points=any("." in value and not _GROUPED.fullmatch(value) for value in values),
    )


# --- what is worth saying ---


def _expected(keys: Iterable[int]) -> int:
    """Return how many villages the provinces and states have of which the file speaks."""
    roots = set()
    for some in _batches(sorted(keys)):
        for code in Place.objects.filter(pk__in=some).values_list("code", flat=True):
            roots.add(code[:3])
    return sum(
        Place.objects.filter(code__startswith=root, level__in=VILLAGE_LEVELS, is_in_newest_list=True).count()
        for root in roots
    )


def _notes(values: Mapping[int, float], expected: int, *, empty: int, renamed: int) -> list[str]:
    notes = []
    if len(values) > 1 and len(set(values.values())) == 1:
        notes.append(_("Semua nilainya sama: kolom ini diterima, tetapi tidak membedakan desa mana pun."))
    if expected and len(values) < ENOUGH * expected:
        said = _(
            "Hanya %(known)d dari %(expected)d desa di provinsi atau negara yang disebut mempunyai nilai "
            "(%(share)d persen). Desa lain dianggap tidak diketahui: kepastiannya turun, nilainya tidak."
        )
        share = round(100 * len(values) / expected)
        notes.append(said % {"known": len(values), "expected": expected, "share": share})
    if empty:
        notes.append(
            ngettext("%(n)d baris tanpa nilai dilewati.", "%(n)d baris tanpa nilai dilewati.", empty) % {"n": empty}
        )
    if renamed:
        said = ngettext(
            "%(n)d kode lama diterjemahkan ke kode sekarang.",
            "%(n)d kode lama diterjemahkan ke kode sekarang.",
            renamed,
        )
        notes.append(said % {"n": renamed})
    return notes


def _batches(items: Sequence[Item], size: int = 5_000) -> Iterable[list[Item]]:
    return (list(items[start : start + size]) for start in range(0, len(items), size))
