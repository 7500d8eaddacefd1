"""Names that speak of ethnicity, religion, party or tribe, in the four languages: what no column and no factor may say (R01)."""

import re
import unicodedata
from functools import cache

from kentongan.kit.shipped_tables import table_lines

WHOLE_WORD_UP_TO = 4
"""Terms this short must stand as a word of their own ("ras" is not in "berasal"); longer ones also count inside a word."""

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@cache
def terms() -> tuple[str, ...]:
    """Return every term for such an attribute, without accents."""
    lines = table_lines("kentongan.vocabulary", "data/protected_attributes.csv")
    return tuple(dict.fromkeys(plain(line.required("term")) for line in lines))


@cache
def given_names() -> tuple[tuple[str, ...], ...]:
    """Return the names of single peoples, religions and parties, and of what merely stands for them, word by word."""
    lines = table_lines("kentongan.vocabulary", "data/attribute_names.csv")
    return tuple(dict.fromkeys(tuple(words_of(line.required("name"))) for line in lines))


def plain(text: str) -> str:
    """Return the text in small letters without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).casefold()


def words_of(name: str) -> list[str]:
    """Return the words of an identifier or a label: `ethnicGroup`, `ethnic_group` and "Ethnic group" have the same two."""
    return [word for word in re.split(r"[^a-z]+", plain(_HUMP.sub(" ", name))) if word]


def terms_in(name: str) -> list[str]:
    """Return the terms that a name holds, plural forms and longer words included."""
    words = words_of(name)
    return [term for term in terms() if any(_holds(word, term) for word in words)]


def named_after(name: str) -> list[str]:
    """Return by which words a name speaks of such an attribute, or of one people, religion or party, or stands for one."""
    words = words_of(name)
    found = [" ".join(given) for given in given_names() if _runs_in(given, words)]
    return list(dict.fromkeys([*terms_in(name), *found]))


def _runs_in(given: tuple[str, ...], words: list[str]) -> bool:
    width = len(given)
    return any(
        words[at : at + width - 1] == list(given[:-1]) and words[at + width - 1] in (given[-1], f"{given[-1]}s")
        for at in range(len(words) - width + 1)
    )


def _holds(word: str, term: str) -> bool:
    if len(term) > WHOLE_WORD_UP_TO:
        return term in word or (term.endswith("y") and f"{term[:-1]}ies" in word)
    return word in (term, f"{term}s", f"{term}nya")
