"""A clause in plain Indonesian: whole, and such that no two clauses read alike. No database.

The words are Indonesian whatever the language of the screen, because they are what both sides approve.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils import translation

from kentongan.agencies.labels import CATEGORIES, word
from kentongan.vocabulary.purposes import PURPOSE_LABELS

from .facts import BLURRED, FULL, PSEUDONYM
from .fields import FieldGroup, field_groups

TEXT_LANGUAGE = "id"

PRECISION_WORDS = {
    "exact": "Tempat ditunjukkan sebagaimana tercatat",
    "village": "Tempat ditunjukkan sampai desa atau kelurahan",
    "district": "Tempat ditunjukkan hanya sampai kecamatan",
    "aggregate": "Yang dibagikan hanya jumlahnya, tidak satu catatan pun",
}
ONWARD_WORDS = {
    "none": "tidak boleh diteruskan kepada pihak lain",
    "allowed": "boleh diteruskan kepada pihak lain berdasarkan instrumen yang berlaku",
}
CONDITION_WORDS = {"consent": "persetujuan subjek data", "court_order": "penetapan pengadilan"}
TRANSFER_WORDS = {
    "adequacy": "pelindungan data yang setara",
    "binding_instrument": "perjanjian yang mengikat",
    "consent": "persetujuan subjek data untuk catatan itu",
}
BLURRED_WORDS = {"place": "hanya sampai kecamatan", "time": "hanya bulannya"}


@dataclass(frozen=True, slots=True)
class SpokenSide:
    """A side by its name: an agency, with those that answer to it or not, a forum, or all agencies of a state."""

    name: str
    is_with_below: bool = False
    is_forum: bool = False
    is_state: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenClause:
    """A clause with names instead of keys, ready to be said."""

    giver: SpokenSide
    receiver: SpokenSide
    releases: Mapping[str, Mapping[str, str]]
    purposes: Iterable[str]
    precision: str
    is_everywhere: bool = False
    places: Sequence[str] = ()
    exceptions: Sequence[str] = ()
    kinds: Sequence[str] = ()
    min_cell: int = 5
    onward: str = "none"
    retention_days: int | None = None
    conditions: Iterable[str] = ()
    transfer_basis: str = ""
    note: str = ""


def in_words(clause: SpokenClause) -> str:
    """Return the clause as one paragraph: who gives whom what, where, why, how exactly, under which limits."""
    with translation.override(TEXT_LANGUAGE):
        given = _what_is_given(clause)
    sentences = (
        given,
        f"{PRECISION_WORDS[clause.precision]}. Dalam hitungan, jumlah orang di bawah {clause.min_cell} tidak ditunjukkan.",
        f"Data ini {ONWARD_WORDS[clause.onward]} dan {_kept(clause.retention_days)}.",
        _conditions(clause),
        f"Catatan: “{clause.note}”." if clause.note else "",
    )
    return " ".join(filter(None, sentences))


def left_out(clause: SpokenClause) -> str:
    """Return what the clause does not share: the groups that are not named, and every other category."""
    with translation.override(TEXT_LANGUAGE):
        parts = [
            f"{_category(category)}: {'; '.join(labels)}"
            for category in _ordered(clause.releases)
            if (labels := _labels_left_out(clause, category))
        ]
        others = [_category(c) for c in field_groups() if c not in clause.releases]
    if others:
        parts.append(f"semua {_list(others)}")
    return (
        f"Yang tidak disebut tidak dibagikan. {'. '.join(_capital(part) for part in parts)}."
        if parts
        else "Semua isian dibagikan."
    )


def _what_is_given(clause: SpokenClause) -> str:
    given = _list([_given(clause, category) for category in _ordered(clause.releases)], last="serta")
    kinds = (
        f" dari jenis {_list(sorted(clause.kinds), last='atau')}, termasuk yang di bawahnya," if clause.kinds else ""
    )
    purposes = _list([word(PURPOSE_LABELS, p).lower() for p in _by_order(clause.purposes, PURPOSE_LABELS)])
    return (
        f"{_side(clause.giver)} memberi {given}{kinds} {_where(clause)} "
        f"kepada {_side(clause.receiver)}, hanya untuk {purposes}."
    )


def _given(clause: SpokenClause, category: str) -> str:
    if clause.precision == "aggregate":
        return f"jumlah {_category(category)}"
    named = clause.releases[category]
    told = [
        _released(group, named.get(name, FULL))
        for name, group in field_groups().get(category, {}).items()
        if group.is_always_released or name in named
    ]
    return f"{_category(category)} ({'; '.join(told)})"


def _released(group: FieldGroup, release: str) -> str:
    if release == BLURRED:
        return f"{group.label}, {BLURRED_WORDS.get(group.name, 'dikaburkan')}"
    return f"{group.label}, dengan nama samaran" if release == PSEUDONYM else group.label


def _labels_left_out(clause: SpokenClause, category: str) -> list[str]:
    if clause.precision == "aggregate":
        return ["isi setiap catatan"]
    named = clause.releases[category]
    return [
        group.label
        for name, group in field_groups().get(category, {}).items()
        if not group.is_always_released and name not in named
    ]


def _side(side: SpokenSide) -> str:
    if side.is_state:
        return f"semua instansi {side.name}"
    if side.is_forum:
        return f"semua anggota {side.name}"
    return f"{side.name} beserta jajarannya" if side.is_with_below else side.name


def _where(clause: SpokenClause) -> str:
    where = (
        "di semua wilayah, juga bila tempatnya belum diketahui"
        if clause.is_everywhere
        else f"di {_list(sorted(clause.places))}"
    )
    return f"{where}, kecuali {_list(sorted(clause.exceptions))}," if clause.exceptions else where


def _kept(days: int | None) -> str:
    return "disimpan menurut aturan penyimpanan penerima" if days is None else f"disimpan paling lama {days} hari"


def _conditions(clause: SpokenClause) -> str:
    said = []
    if conditions := _by_order(clause.conditions, CONDITION_WORDS):
        said.append(f"Sebuah catatan baru dibuka bila ada {_list([CONDITION_WORDS.get(c, c) for c in conditions])}.")
    if clause.transfer_basis:
        said.append(f"Dasar pengiriman ke negara lain (UU 27/2022 Pasal 56): {TRANSFER_WORDS[clause.transfer_basis]}.")
    return " ".join(said)


def _category(category: str) -> str:
    return word(CATEGORIES, category)


def _ordered(releases: Iterable[str]) -> list[str]:
    return _by_order(releases, CATEGORIES)


def _by_order(codes: Iterable[str], table: Mapping[str, object]) -> list[str]:
    order = list(table)
    return sorted(set(codes), key=lambda code: (order.index(code) if code in table else len(order), code))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _list(parts: Sequence[str], last: str = "dan") -> str:
    if len(parts) < 2:
        return "".join(parts)
    if len(parts) == 2:
        return f"{parts[0]} {last} {parts[1]}"
    return f"{', '.join(parts[:-1])}, {last} {parts[-1]}"
