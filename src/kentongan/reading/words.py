"""Words of a text with their offsets, in the form that names and terms are compared in.

A name is compared word by word: small letters, no accents, no apostrophes, hyphens and slashes like spaces. So
"Mota'ain" equals "Motaain", "Timor-Leste" equals "Timor Leste", and a name never starts or ends inside a word.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Generic, TypeVar

Payload = TypeVar("Payload")

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*|&")
_APOSTROPHES = str.maketrans("’‘`´ʼ", "'''''")

SPACE, HYPHEN, SLASH, STOP, OPEN, CLOSE, COMMA, LINE, OTHER = " ", "-", "/", ".", "(", ")", ",", "\n", "?"
WITHIN_A_NAME = frozenset({SPACE, HYPHEN, SLASH})


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text in parallel sequences. `gaps[i]` stands between word i-1 and word i, OTHER before the first."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    folded: tuple[str, ...]
    gaps: tuple[str, ...]
    capital: tuple[bool, ...]
    upper: tuple[bool, ...]

    def __len__(self) -> int:
        return len(self.starts)

    def written(self, first: int, last: int) -> str:
        """Return the text from the start of word `first` to the end of word `last - 1`."""
        return self.text[self.starts[first] : self.ends[last - 1]]

    def key(self, first: int, last: int) -> str:
        """Return the words from `first` until before `last` in the form that names are compared in."""
        return " ".join(self.folded[first:last])

    def joined(self, first: int, last: int, gaps: frozenset[str] = WITHIN_A_NAME) -> bool:
        """Tell whether only the given gaps stand between the words from `first` until before `last`."""
        return all(gap in gaps for gap in self.gaps[first + 1 : last])

    def index_at(self, offset: int) -> int:
        """Return the index of the word that holds the offset, else of the first word after it."""
        index = bisect_right(self.starts, offset) - 1
        return index if index >= 0 and offset < self.ends[index] else index + 1


@lru_cache(maxsize=65536)
def folded(word: str) -> str:
    """Return one word in the form that names are compared in."""
    if word == "&":
        return "dan"
    if not word.isascii():
        word = "".join(mark for mark in unicodedata.normalize("NFD", word) if not unicodedata.combining(mark))
    return word.lower().replace("'", "")


def key_of(name: str) -> str:
    """Return a name, of one or more words, in the form that names are compared in."""
    return " ".join(folded(match.group()) for match in _WORD.finditer(name.translate(_APOSTROPHES)))


@lru_cache(maxsize=8)
def words_of(text: str) -> Words:
    """Return the words of a text; the finders of one reading share them."""
    starts: list[int] = []
    ends: list[int] = []
    plain: list[str] = []
    gaps: list[str] = []
    position = 0
    for match in _WORD.finditer(text.translate(_APOSTROPHES)):
        start, end = match.span()
        gaps.append(_gap(text, position, start) if plain else OTHER)
        starts.append(start)
        ends.append(end)
        plain.append(match.group())
        position = end
    return Words(
        text=text,
        starts=tuple(starts),
        ends=tuple(ends),
        folded=tuple(folded(word) for word in plain),
        gaps=tuple(gaps),
        capital=tuple(word[0].isupper() for word in plain),
        upper=tuple(len(word) > 1 and word.isupper() for word in plain),
    )


def _gap(text: str, start: int, end: int) -> str:
    between = text[start:end]
    if between == " ":
        return SPACE
    stripped = between.strip(" ")
    if not stripped:
        return SPACE if between else OTHER
    if stripped in ("-", "–", "—"):
        return HYPHEN if len(between) == 1 else OTHER
    return stripped if stripped in "/.(),\n" and len(stripped) == 1 else LINE if not stripped.strip() else OTHER


class PhraseIndex(Generic[Payload]):
    """Phrases of one or more words, each with what it stands for; the longest one at a word is found at once."""

    def __init__(self, phrases: Mapping[str, Payload]) -> None:
        self._phrases = dict(phrases)
        self._longest: dict[str, int] = {}
        for phrase in self._phrases:
            first, count = phrase.split(" ", 1)[0], phrase.count(" ") + 1
            if count > self._longest.get(first, 0):
                self._longest[first] = count

    def get(self, key: str) -> Payload | None:
        """Return what a whole phrase stands for."""
        return self._phrases.get(key)

    def at(self, words: Words, first: int, gaps: frozenset[str] = WITHIN_A_NAME) -> Iterator[tuple[int, Payload]]:
        """Yield the phrases that start at a word, longest first, as (word after the end, what it stands for)."""
        longest = self._longest.get(words.folded[first], 0)
        if not longest:
            return
        if longest == 1:
            yield first + 1, self._phrases[words.folded[first]]
            return
        last = first + 1
        while last - first < longest and last < len(words) and words.gaps[last] in gaps:
            last += 1
        for end in range(last, first, -1):
            found = self._phrases.get(words.key(first, end))
            if found is not None:
                yield end, found

    def longest_at(self, words: Words, first: int, gaps: frozenset[str] = WITHIN_A_NAME) -> tuple[int, Payload] | None:
        """Return the longest phrase that starts at a word."""
        if words.folded[first] not in self._longest:
            return None
        return next(self.at(words, first, gaps), None)


def lines_of(name: str) -> tuple[str, ...]:
    """Return the lines of a word list of this room, without comments and empty lines."""
    text = files("kentongan.reading").joinpath(f"data/{name}").read_text(encoding="utf-8")
    return tuple(line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#"))


@cache
def word_list(name: str) -> frozenset[str]:
    """Return a word list of this room in the form that names are compared in."""
    return frozenset(key_of(line) for line in lines_of(name))


@cache
def word_lists(name: str) -> dict[str, tuple[str, ...]]:
    """Return the named lists of a file whose lines read "name: word | word | ..."; equal names add up."""
    lists: dict[str, tuple[str, ...]] = {}
    for line in lines_of(name):
        head, _, tail = line.partition(":")
        words = tuple(key_of(word) for word in tail.split("|") if word.strip())
        lists[head.strip()] = lists.get(head.strip(), ()) + words
    return lists


_SUFFIXES = ("nya", "lah", "kah", "pun", "kan", "an", "i", "ku", "mu")
_PREFIXES = (
    "menge",
    "menye",
    "meng",
    "meny",
    "mem",
    "men",
    "peng",
    "peny",
    "pem",
    "pen",
    "ber",
    "per",
    "ter",
    "di",
    "ke",
    "se",
    "me",
    "pe",
    "be",
)


@lru_cache(maxsize=65536)
def is_ordinary(word: str) -> bool:
    """Tell whether a folded word is an ordinary word of the language, with or without its affixes."""
    ordinary = word_list("ordinary_words.txt")
    return word in ordinary or any(len(stem) > 3 and stem in ordinary for stem in _stems(word))


def _stems(word: str) -> Iterator[str]:
    without_tail = [word] + [
        word[: -len(tail)] for tail in _SUFFIXES if word.endswith(tail) and len(word) - len(tail) > 3
    ]
    for stem in without_tail:
        if stem != word:
            yield stem
        for head in _PREFIXES:
            if stem.startswith(head) and len(stem) - len(head) > 2:
                rest = stem[len(head) :]
                yield rest
                if head in ("mem", "pem"):
                    yield "p" + rest
                elif head in ("men", "pen"):
                    yield "t" + rest
                elif head in ("meny", "peny"):
                    yield "s" + rest
                elif head in ("meng", "peng"):
                    yield "k" + rest
