"""A warning at the entrance: a text on refugees should not carry what they say of their group, nor UNHCR's files (R12).

It warns and never changes a text: whoever sends decides whether the words are needed. The table data/claims.csv is our own
and open to additions; a text that says the same in other words is not found.
"""

import re
from dataclasses import dataclass
from functools import cache

from django.utils.translation import gettext as _

from kentongan.kit.shipped_tables import table_entries

ABOUT = frozenset({"refugee", "claim", "unhcr"})


@dataclass(frozen=True, slots=True)
class Claims:
    """The words of a text on refugees that state a claimed group, or that come from UNHCR's files."""

    groups: tuple[str, ...]
    unhcr: tuple[str, ...]

    @property
    def warning(self) -> str:
        """What the sender is told."""
        words = ", ".join(f"“{word}”" for word in (*self.groups, *self.unhcr))
        return _(
            "Teks ini tentang pengungsi atau pencari suaka dan menyebut %(words)s. Kelompok yang diaku seseorang dan isi berkas UNHCR tidak dicatat di sini; cukup status verifikasinya. Hapus bila tidak diperlukan."
        ) % {"words": words}


def claims_in(text: str) -> Claims | None:
    """Return what a text on refugees claims of groups or tells of UNHCR's files; None for any other text."""
    unhcr = _found("unhcr", text)
    if not unhcr and not _found("refugee", text):
        return None
    groups = _found("claim", text)
    return Claims(groups, unhcr) if groups or unhcr else None


def warning_of(text: str) -> str:
    """Return the warning for a text, or nothing."""
    claims = claims_in(text)
    return claims.warning if claims else ""


def _found(about: str, text: str) -> tuple[str, ...]:
    """Return the words as the text has them, each once, in order."""
    return tuple(dict.fromkeys(found[0] for found in _pattern(about).finditer(text)))


@cache
def _pattern(about: str) -> re.Pattern[str]:
    rows = table_entries(
        "kentongan.intake",
        "data/claims.csv",
        lambda line: (line.one_of("about", ABOUT), line.required("words"), line.required("language")),
    )
    longest_first = sorted((words for of, words, _language in rows if of == about), key=len, reverse=True)
    written = "|".join(r"\s+".join(re.escape(word) for word in words.split()) for words in longest_first)
    return re.compile(rf"(?<!\w)(?:{written})(?!\w)", re.IGNORECASE)
