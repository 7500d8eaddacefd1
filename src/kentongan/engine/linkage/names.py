"""Names as they are written in Indonesia and Timor-Leste, brought to keys that do not depend on the spelling."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from kentongan.kit.shipped_tables import table_entries

_WORD = re.compile(r"[a-z]+")
_DOUBLED = re.compile(r"(.)\1+")
_ALSO = re.compile(r"\s+(?:alias|als|a\.k\.a\.?|aka|panggilan)\.?\s+", re.IGNORECASE)
_LETTERS_APART = re.compile(r"\b([a-z])\.\s?(?=[a-z]\b\.?)")
_PACKAGE = "kentongan.engine.linkage"


@dataclass(frozen=True, slots=True)
class NameKeys:
    """A name without titles, word by word in its spelling key, and what it tells of a parent and of other names."""

    words: tuple[str, ...]
    parent: str = ""
    aliases: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The words in alphabetical order: the same for a name in whatever order it is written."""
        return " ".join(sorted(self.words))


def spelling_key(word: str) -> str:
    """Return the key of one word: old and new spelling, doubled letters and silent h fall together.

    Shapes:  one word; one key of small letters a to z.
    Units:   none.
    Errors:  none; a word without letters has the empty key.
    Source:  docs/methods/record-linkage.md, section "Names".
    """
    plain = "".join(_WORD.findall(_plain(word)))
    if plain in _whole_words():
        return _whole_words()[plain]
    key = _DOUBLED.sub(r"\1", _spelling().sub(lambda found: _replacements()[found[0]], plain))
    return key[:-1] if len(key) > 3 and key.endswith("h") else key


def name_keys(name: str) -> NameKeys:
    """Return a name in keys: titles dropped, "bin" and "binti" split off as the parent, "alias" as other names.

    Shapes:  one name as written; its words in the order in which they are written.
    Units:   none.
    Errors:  none; a name without letters has no words.
    Source:  docs/methods/record-linkage.md, section "Names".
    """
    first, *others = _ALSO.split(name)
    words, parent = _own_and_parent(first)
    aliases = tuple(key for key in (" ".join(sorted(_own_and_parent(one)[0])) for one in others) if key)
    return NameKeys(words, " ".join(parent), aliases)


def _own_and_parent(name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    plain = _LETTERS_APART.sub(r"\1", _plain(name))
    own: list[str] = []
    parent: list[str] = []
    into = own
    for word in _WORD.findall(plain):
        if word in _parent_words() and own:
            into = parent
        elif word not in _titles():
            into.append(spelling_key(word))
    return tuple(own), tuple(sorted(parent))


def _plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


@cache
def _replacements() -> dict[str, str]:
    return dict(
        table_entries(_PACKAGE, "data/spelling.csv", lambda line: (line.required("written"), line.required("key")))
    )


@cache
def _spelling() -> re.Pattern[str]:
    """The longest first: `tj` before `j`. One pass, so that no replacement is replaced again."""
    return re.compile("|".join(sorted(_replacements(), key=len, reverse=True)))


@cache
def _whole_words() -> dict[str, str]:
    table = table_entries(
        _PACKAGE, "data/whole_words.csv", lambda line: (line.required("written"), line.required("key"))
    )
    return dict(table)


@cache
def _titles() -> frozenset[str]:
    return frozenset(table_entries(_PACKAGE, "data/titles.csv", lambda line: line.required("word")))


@cache
def _parent_words() -> frozenset[str]:
    return frozenset(table_entries(_PACKAGE, "data/parent_words.csv", lambda line: line.required("word")))
