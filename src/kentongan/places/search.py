"""Finding a unit by its name as people write it: with typing errors, level words, parents and former spellings.

A search runs in three steps. The words of the query are split into what is sought and where it lies. Names that share
enough trigrams with what is sought are drawn from one array of postings. The few drawn are compared letter by letter.
Where a parent is named, every name inside it is compared, so that even a two-letter village with an error is found.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from rapidfuzz.distance import JaroWinkler

from kentongan.places.facilities import load_facilities
from kentongan.places.gazetteer import LEVELS, Gazetteer, NameKind, Unit, load_gazetteer
from kentongan.reading.knowledge import PlaceLevel

DRAWN = 80
"""How many names are drawn by trigrams and compared letter by letter."""
COMPARED_INSIDE = 4_000
"""Inside a parent with at most this many names all are compared."""
LEAST_SCORE = 60.0
LEAST_PARENT_SCORE = 75.0

WRONG_LEVEL, OUTSIDE, UNNAMED_PART = 15.0, 25.0, 4.0
"""Points lost when the level word or the named parent does not fit, and when a short form or a part was met."""

MatchedName = Literal["official", "facility"] | NameKind

LEVEL_WORDS: dict[str, tuple[PlaceLevel, ...]] = {
    "desa": ("village",),
    "ds": ("village",),
    "kelurahan": ("village",),
    "kel": ("village",),
    "gampong": ("village",),
    "nagari": ("village",),
    "kampung": ("village",),
    "kecamatan": ("district",),
    "kec": ("district",),
    "distrik": ("district", "municipality"),
    "kabupaten": ("regency",),
    "kab": ("regency",),
    "kota": ("city",),
    "kotamadya": ("city", "municipality"),
    "provinsi": ("province",),
    "propinsi": ("province",),
    "prov": ("province",),
    "negara": ("country",),
    "munisipio": ("municipality",),
    "munisipiu": ("municipality",),
    "municipio": ("municipality",),
    "posto": ("post",),
    "postu": ("post",),
    "suco": ("suco",),
    "suku": ("suco",),
    "sucos": ("suco",),
    "aldeia": ("aldeia",),
}
"""Words that say which level is meant when they stand before a name."""

DIVIDING_WORDS = frozenset({"desa", "kelurahan", "kel", "kecamatan", "kec", "kabupaten", "kab", "provinsi", "prov"})
"""Level words that begin a new part also where no comma stands: "silawan kec tasifeto timur kab belu"."""


@dataclass(frozen=True, slots=True)
class Why:
    """Why a unit was found: which of its names, how alike, and whether level and parent fit."""

    name: str
    kind: MatchedName
    likeness: float
    is_level_right: bool | None
    inside: str | None
    is_outside: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """A unit that a query may mean. Score 0 to 100; `facility` is set when a facility's name led here."""

    unit: Unit
    score: float
    why: Why
    facility: str | None = None

    def explained(self, translate: "Translate" = str) -> str:
        """Return why this unit was found, in Indonesian or as `translate` puts it."""
        return explanation(self.why, translate)


def letters(name: str) -> str:
    """Return a name's letters and digits in lower case without accents: what two spellings have in common."""
    return _only_letters(name)


_NOT_LETTERS = re.compile(r"[^a-z0-9\n]")


def _only_letters(text: str) -> str:
    return _NOT_LETTERS.sub("", unicodedata.normalize("NFKD", text).lower())


@dataclass(frozen=True, slots=True)
class Sought:
    """One part of a query: the letters of a name, and the levels that its level word allows (empty: any)."""

    letters: str
    levels: tuple[PlaceLevel, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """One way to understand a query: what is sought, and the parents it should lie in."""

    sought: Sought
    parents: tuple[Sought, ...] = ()


@dataclass(frozen=True, slots=True)
class Territory:
    """A unit that a named parent may mean, with how sure that is, 0 to 100."""

    row: int
    score: float


class Index:
    """Every name of the gazetteer and of the facilities, ready to be searched."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.gazetteer = gazetteer
        self.names: list[str] = []
        self.kinds: list[MatchedName] = []
        self.facilities: dict[int, str] = {}
        rows: list[int] = []
        for name, kind, row, facility in _all_names(gazetteer):
            if facility:
                self.facilities[len(self.names)] = facility
            self.names.append(name)
            self.kinds.append(kind)
            rows.append(row)
        self.rows: NDArray[np.int32] = np.array(rows, dtype=np.int32)
        self.letters: list[str] = _only_letters("\n".join(self.names)).split("\n")
        self.levels: NDArray[np.int8] = gazetteer.level_numbers[self.rows]
        self.walk: NDArray[np.int32] = gazetteer.spans[self.rows, 0]
        self._entries_of, self._starts, self.sizes = _postings(self.letters)
        self._above_village = np.flatnonzero(~np.isin(self.levels, _numbers(("village", "aldeia", "sea"))))

    def search(self, query: str, limit: int = 10, within: str | None = None) -> list[Hit]:
        """Return the units that the query most likely means, the likeliest first.

        `within` is the code of a unit outside of which nothing is answered.
        """
        best: dict[tuple[int, str | None], Hit] = {}
        for question in questions(query, self._is_higher_name):
            for hit in self._answers(question, limit, within):
                key = (hit.unit.id, hit.facility)
                if key not in best or best[key].score < hit.score:
                    best[key] = hit
        return sorted(best.values(), key=lambda hit: (-hit.score, _size_order(hit.unit.level), hit.unit.code))[:limit]

    def _is_higher_name(self, name: str) -> bool:
        return name in self._higher_rows

    @cached_property
    def _higher_rows(self) -> dict[str, list[int]]:
        """The rows above the village by the letters of each of their names."""
        rows: dict[str, list[int]] = {}
        for entry in self._above_village:
            if int(entry) not in self.facilities:
                rows.setdefault(self.letters[entry], []).append(int(self.rows[entry]))
        return rows

    # --- one question ---

    def _answers(self, question: Question, limit: int, within: str | None) -> list[Hit]:
        if not question.sought.letters:
            return []
        territories = self._territories(question.parents)
        inside = self._inside(territories)
        allowed = self._allowed(within)
        entries = self._drawn(question.sought.letters, inside, allowed)
        likeness = self._likeness(question.sought.letters, entries)
        scores = self._scores(question, entries, likeness, inside)
        order = np.argsort(-scores, kind="stable")[: 4 * limit]
        hits = (self._hit(question, int(entries[i]), float(scores[i]), float(likeness[i]), territories) for i in order)
        return [hit for hit in hits if hit.score >= LEAST_SCORE]

    def _territories(self, parents: tuple[Sought, ...]) -> list[Territory]:
        """Return the units that the named parents may mean: those of the smallest part named, inside the larger ones."""
        found: list[Territory] = []
        for parent in reversed(parents):
            candidates = self._named(parent)
            nested = [t for t in candidates if not found or self._is_in_any(t.row, found)]
            found = nested or found or candidates
        return found

    def _named(self, parent: Sought) -> list[Territory]:
        """Return the units above the village that a name means: the same letters, else the most alike."""
        if exact := self._higher_rows.get(parent.letters):
            found = [Territory(row, 100.0) for row in exact]
        else:
            choices = list(self._higher_rows)
            alike = process.extract(
                parent.letters, choices, scorer=fuzz.ratio, processor=None, score_cutoff=LEAST_PARENT_SCORE, limit=3
            )
            found = [Territory(row, score) for name, score, _ in alike for row in self._higher_rows[name]]
        of_level = [t for t in found if LEVELS[self.gazetteer.level_numbers[t.row]] in parent.levels]
        return of_level or found

    def _is_in_any(self, row: int, territories: list[Territory]) -> bool:
        spans = self.gazetteer.spans
        return any(spans[t.row, 0] <= spans[row, 0] <= spans[t.row, 1] for t in territories)

    def _inside(self, territories: list[Territory]) -> NDArray[np.bool_] | None:
        if not territories:
            return None
        inside = np.zeros(len(self.names), dtype=np.bool_)
        for territory in territories:
            first, last = self.gazetteer.spans[territory.row]
            inside |= (self.walk >= first) & (self.walk <= last)
        return inside

    def _allowed(self, within: str | None) -> NDArray[np.bool_] | None:
        if within is None:
            return None
        first, last = self.gazetteer.spans[self.gazetteer.row(within)]
        return np.asarray((self.walk >= first) & (self.walk <= last))

    def _drawn(
        self, sought: str, inside: NDArray[np.bool_] | None, allowed: NDArray[np.bool_] | None
    ) -> NDArray[np.intp]:
        """Return the entries worth comparing letter by letter."""
        likely = self._shared_trigrams(sought)
        if allowed is not None:
            likely[~allowed] = 0
        drawn = [_top(likely, DRAWN), self._beginning_with(sought, allowed)]
        if inside is not None:
            local = inside if allowed is None else inside & allowed
            few = np.count_nonzero(local) <= COMPARED_INSIDE
            drawn.append(np.flatnonzero(local) if few else _top(np.where(local, likely, 0), DRAWN))
        return np.unique(np.concatenate(drawn))

    def _shared_trigrams(self, sought: str) -> NDArray[np.float32]:
        """Return for every entry how large a share of its and the query's trigrams is common to both (Dice)."""
        grams = np.unique(_trigrams(sought))
        lists = [self._entries_of[self._starts[g] : self._starts[g + 1]] for g in grams]
        shared = np.bincount(np.concatenate(lists), minlength=len(self.names))
        return (2.0 * shared / (len(grams) + self.sizes)).astype(np.float32)

    def _beginning_with(self, sought: str, allowed: NDArray[np.bool_] | None) -> NDArray[np.intp]:
        """Return entries that begin with the letters, the shortest first: what somebody who still types may mean."""
        ordered, entries = self._sorted
        first, last = np.searchsorted(ordered, [sought, sought + "\x7f"])
        found = entries[first:last]
        if allowed is not None:
            found = found[allowed[found]]
        return found[np.argsort(self.sizes[found], kind="stable")[:DRAWN]]

    @cached_property
    def _sorted(self) -> tuple[NDArray[np.str_], NDArray[np.intp]]:
        longest = 40  # enough to tell beginnings apart
        texts = np.array(self.letters, dtype=f"U{longest}")
        order = np.argsort(texts, kind="stable")
        return texts[order], order

    def _likeness(self, sought: str, entries: NDArray[np.intp]) -> NDArray[np.float64]:
        """Return how alike the letters are, 0 to 100: equal letters in order, with a word begun counted as nearly it."""
        texts = [self.letters[e] for e in entries]
        alike = process.cdist([sought], texts, scorer=fuzz.ratio, dtype=np.float64)[0]
        begun = process.cdist([sought], texts, scorer=JaroWinkler.similarity, dtype=np.float64)[0]
        whole = np.fromiter((t.startswith(sought) for t in texts), dtype=np.bool_, count=len(texts))
        typing = np.where(whole & (alike < 100.0), np.maximum(alike, 82.0 + alike / 10), alike)
        return np.asarray(
            np.where(alike >= 100.0, 100.0, 0.8 * typing + 0.2 * np.minimum(100.0 * begun, typing + 15.0))
        )

    def _scores(
        self,
        question: Question,
        entries: NDArray[np.intp],
        likeness: NDArray[np.float64],
        inside: NDArray[np.bool_] | None,
    ) -> NDArray[np.float64]:
        scores = likeness.copy()
        is_facility = np.fromiter((e in self.facilities for e in entries.tolist()), np.bool_, len(entries))
        if question.sought.levels:
            right = np.isin(self.levels[entries], _numbers(question.sought.levels))
            scores[~right | is_facility] -= WRONG_LEVEL  # "Desa Motaain" is not the gate of that name
        if inside is not None:
            scores[~inside[entries]] -= OUTSIDE
        elif question.parents:
            scores -= OUTSIDE
        is_part = np.fromiter((self.kinds[e] in ("short", "part") for e in entries), np.bool_, len(entries))
        scores[(is_part | is_facility) & (likeness < 100.0)] -= UNNAMED_PART
        return scores

    def _hit(self, question: Question, entry: int, score: float, likeness: float, territories: list[Territory]) -> Hit:
        row = int(self.rows[entry])
        unit = self.gazetteer.unit(row)
        levels = question.sought.levels
        holder = next((t for t in territories if self._is_in_any(row, [t]) and t.row != row), None)
        is_outside = bool(question.parents) and not self._is_in_any(row, territories)
        why = Why(
            name=self.names[entry],
            kind=self.kinds[entry],
            likeness=round(likeness, 1),
            is_level_right=unit.level in levels and entry not in self.facilities if levels else None,
            inside=self.gazetteer.titled(holder.row) if holder else None,
            is_outside=is_outside,
        )
        sureness = holder.score / 100.0 if holder else 1.0
        return Hit(unit, round(score * sureness, 1), why, self.facilities.get(entry))


def _all_names(gazetteer: Gazetteer) -> Iterator[tuple[str, MatchedName, int, str]]:
    """Yield every name with its kind, its row, and the facility whose name it is."""
    for row, name in enumerate(gazetteer.names()):
        yield name, "official", row, ""
        for other in gazetteer.other_names(row):
            yield other.name, other.kind, row, ""
    for facility in load_facilities():
        for code in facility.candidates:
            row = gazetteer.row(gazetteer.at(code).code)
            for name in dict.fromkeys((facility.name, *facility.aliases)):
                yield name, "facility", row, facility.key


def _numbers(levels: Iterable[PlaceLevel]) -> list[int]:
    return [LEVELS.index(level) for level in levels]


def _size_order(level: PlaceLevel) -> int:
    """Return the order in which equally good hits are listed: the larger unit first, seas last."""
    order = ("country", "province", "city", "regency", "municipality", "post", "district", "village", "suco", "aldeia")
    return order.index(level) if level in order else len(order)


# --- trigrams ---

_ALPHABET = 37  # a to z, 0 to 9, and the edge of a name


def _numbered(text: str) -> NDArray[np.int32]:
    """Return the characters as 1 to 36 and anything else as 0, the edge."""
    raw = np.frombuffer(text.encode("ascii", "ignore"), dtype=np.uint8).astype(np.int32)
    is_letter, is_digit = (raw >= 97) & (raw <= 122), (raw >= 48) & (raw <= 57)
    return np.where(is_letter, raw - 96, np.where(is_digit, raw - 21, 0)).astype(np.int32)


def _trigrams(name: str) -> NDArray[np.int32]:
    """Return the numbers of the trigrams of a name between its two edges."""
    numbers = _numbered(f" {name} ")
    return (numbers[:-2] * _ALPHABET + numbers[1:-1]) * _ALPHABET + numbers[2:]


def _postings(names: list[str]) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int32]]:
    """Return for each trigram the entries that hold it, where each list starts, and how many trigrams each entry has.

    All names are laid out as one text with an edge between them, so that the whole is a few array operations.
    """
    numbers = _numbered(" " + " ".join(names) + " ")
    grams = (numbers[:-2] * _ALPHABET + numbers[1:-1]) * _ALPHABET + numbers[2:]
    entry_of = (np.cumsum(numbers == 0) - 1)[1:-1].astype(np.int32)
    inside = numbers[1:-1] != 0  # a trigram around an edge belongs to no name
    grams, entry_of = grams[inside], entry_of[inside]
    order = np.argsort(grams.astype(np.uint16), kind="stable")  # 16 bits, so the sort is linear
    grams, entry_of = grams[order], entry_of[order]
    again = (np.diff(grams, prepend=-1) == 0) & (np.diff(entry_of, prepend=-1) == 0)  # a trigram twice in one name
    grams, entry_of = grams[~again], entry_of[~again]
    starts = np.searchsorted(grams, np.arange(_ALPHABET**3 + 1))
    return entry_of, starts, np.bincount(entry_of, minlength=len(names)).astype(np.int32)


def _top(values: NDArray[np.float32], n: int) -> NDArray[np.intp]:
    """Return the positions of the n largest positive values and of all that equal the smallest of them."""
    positive = np.flatnonzero(values > 0)
    if len(positive) <= n:
        return positive
    least = np.partition(values[positive], len(positive) - n)[len(positive) - n]
    ties = positive[values[positive] >= least]
    return np.asarray(ties if len(ties) <= 8 * n else ties[np.argsort(-values[ties], kind="stable")[: 8 * n]])


# --- understanding a query ---


def questions(query: str, is_higher_name: Callable[[str], bool]) -> list[Question]:
    """Return the ways to understand a query, at most three.

    Parts stand between commas or before dividing level words; the first is sought, the others are parents. A level
    word may belong to the name ("Kota Atambua", "Kampung Baru"). Without commas, last words that name a larger unit
    may be a parent ("silawan belu"): `is_higher_name` tells whether letters name a unit above the village.
    """
    parts = [part for part in _parts(query) if _only_letters(part)]
    if not parts:
        return []
    parents = tuple(_sought(part) for part in parts[1:])
    understood = [Question(_sought(parts[0]), parents), Question(Sought(_only_letters(parts[0])), parents)]
    if split := _split_before_parent(parts[0], is_higher_name):
        name, parent = split
        understood.append(Question(_sought(name), (_sought(parent), *parents)))
    return list(dict.fromkeys(understood))


def _parts(query: str) -> list[str]:
    parts = []
    for between_commas in re.split(r"[,;()]", query):
        words: list[str] = []
        for word in between_commas.split():
            if words and word.strip(".").lower() in DIVIDING_WORDS:
                parts.append(" ".join(words))
                words = []
            words.append(word)
        parts.append(" ".join(words))
    return parts


def _sought(part: str) -> Sought:
    first, _, rest = part.replace(".", " ").strip().partition(" ")
    levels = LEVEL_WORDS.get(first.lower(), ())
    if levels and _only_letters(rest):
        return Sought(_only_letters(rest), levels)
    return Sought(_only_letters(part))


def _split_before_parent(part: str, is_higher_name: Callable[[str], bool]) -> tuple[str, str] | None:
    words = part.split()
    for cut in range(1, len(words)):
        if is_higher_name(_sought(" ".join(words[cut:])).letters):
            return " ".join(words[:cut]), " ".join(words[cut:])
    return None


# --- words for people ---

Translate = Callable[[str], str]


def explanation(why: Why, _: Translate = str) -> str:
    """Return why a unit was found. The argument is called `_` so that the sentences are found for translation."""
    words: dict[MatchedName, str] = {
        "official": _("nama resmi “%(name)s”"),
        "former": _("nama lama “%(name)s”"),
        "spelling": _("ejaan lain “%(name)s”"),
        "short": _("singkatan “%(name)s”"),
        "town": _("nama kota kedudukan “%(name)s”"),
        "local": _("nama setempat “%(name)s”"),
        "part": _("bagian nama “%(name)s”"),
        "english": _("nama Inggris “%(name)s”"),
        "facility": _("nama pos atau pelabuhan “%(name)s”"),
    }
    reasons = [words[why.kind] % {"name": why.name}]
    if why.likeness < 100:
        reasons.append(_("mirip %(percent)d %%") % {"percent": round(why.likeness)})
    if why.is_level_right is not None:
        reasons.append(_("tingkat wilayah cocok") if why.is_level_right else _("tingkat wilayah lain"))
    if why.inside:
        reasons.append(_("di dalam %(place)s") % {"place": why.inside})
    if why.is_outside:
        reasons.append(_("di luar wilayah yang disebut"))
    return "; ".join(reasons)


_built: list[Index] = []
_building = Lock()


def search_index() -> Index:
    """Return the index of the shipped gazetteer, built on first use."""
    with _building:
        if not _built:
            _built.append(Index(load_gazetteer()))
    return _built[0]


def search(query: str, limit: int = 10, within: str | None = None) -> list[Hit]:
    """Return the units that the query most likely means, the likeliest first."""
    return search_index().search(query, limit, within)
