"""A record about a person, and the columns in which the model compares it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from .identifiers import phone_keys, valid_nik
from .names import name_keys


@dataclass(frozen=True, slots=True, repr=False)
class PersonRecord:
    """What one source says of one person. Empty means that it does not say. It shows nothing of itself when printed."""

    ref: str
    name: str = ""
    born_on: date | None = None
    sex: str = ""
    nik: str = ""
    village: str = ""
    parent: str = ""
    phones: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"PersonRecord({self.ref!r}, …)"


@dataclass(frozen=True, slots=True, repr=False)
class Prepared:
    """A record in keys; None and empty lists are what the source does not say."""

    ref: str
    words: tuple[str, ...]
    name: str | None
    born: str | None
    born_either: str | None
    sex: str | None
    nik: str | None
    village: str | None
    parent: str | None
    phones: tuple[str, ...]
    aliases: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Prepared({self.ref!r}, …)"


def prepared(record: PersonRecord) -> Prepared:
    """Return the record in the keys that are compared.

    Shapes:  one record; one prepared record of the same ref.
    Units:   days as ISO texts; `born_either` has day and month in ascending order.
    Errors:  none.
    Source:  docs/methods/record-linkage.md, section "Records".
    """
    name = name_keys(record.name)
    others = [name_keys(one) for one in record.aliases]
    aliases = dict.fromkeys((*name.aliases, *(one.key for one in others if one.key)))
    phones = dict.fromkeys(key for one in record.phones for key in phone_keys(one))
    return Prepared(
        ref=record.ref,
        words=tuple(sorted(name.words)),
        name=name.key or None,
        born=record.born_on.isoformat() if record.born_on else None,
        born_either=_either(record.born_on) if record.born_on else None,
        sex=record.sex.strip().casefold() or None,
        nik=valid_nik(record.nik) or None,
        village=" ".join(sorted(name_keys(record.village).words)) or None,
        parent=name_keys(record.parent).key or name.parent or None,
        phones=tuple(phones),
        aliases=tuple(aliases),
    )


def columns(rows: Sequence[Prepared]) -> dict[str, list[Any]]:
    """Return the prepared records as columns, for a table.

    Shapes:  (records,); a list of that length for each column.
    Units:   as in `prepared`.
    Errors:  none.
    Source:  docs/methods/record-linkage.md, section "Records".
    """
    return {
        "unique_id": [one.ref for one in rows],
        "words": [list(one.words) for one in rows],
        "name": [one.name for one in rows],
        "born": [one.born for one in rows],
        "born_either": [one.born_either for one in rows],
        "born_year": [one.born[:4] if one.born else None for one in rows],
        "sex": [one.sex for one in rows],
        "nik": [one.nik for one in rows],
        "village": [one.village for one in rows],
        "parent": [one.parent for one in rows],
        "phones": [list(one.phones) for one in rows],
        "aliases": [list(one.aliases) for one in rows],
        "also": [_names(one) for one in rows],
    }


def _names(one: Prepared) -> list[str]:
    return [*([one.name] if one.name else []), *one.aliases]


def _either(day: date) -> str:
    low, high = sorted((day.day, day.month))
    return f"{day.year:04d}-{low:02d}-{high:02d}"
