"""All names of the gazetteer, ready to be looked up: which places may a written name mean?"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from kentongan.reading.knowledge import PlaceRow
from kentongan.reading.words import HYPHEN, SPACE, PhraseIndex, Words, key_of, word_lists

RANK = {
    "country": 0, "sea": 1, "province": 1, "regency": 2, "city": 2, "municipality": 2,
    "district": 3, "post": 3, "village": 4, "suco": 4, "aldeia": 5,
}  # fmt: skip
UPPER_LEVELS = frozenset({"country", "sea", "province", "regency", "city", "municipality"})
_PREFIXES = ("kabupaten ", "kota administrasi ", "kota ", "kab ", "provinsi ")
_SHORTENED = (("sungai ", "sei "), ("tanjung ", "tj "), ("gunung ", "gn "), ("simpang ", "sp "))
_EARTH_RADIUS_KM = 6371.0
_SPELLING_LIKENESS = 0.7


class PlaceNames:
    """The gazetteer by name. Places are known by their position in `rows`."""

    def __init__(self, rows: Sequence[PlaceRow]) -> None:
        self.rows = tuple(rows)
        self.at_code = {row.code: position for position, row in enumerate(self.rows)}
        self._ancestors: dict[int, tuple[int, ...]] = {}
        self._of_rank: dict[int, dict[int, int]] = {}
        self._ranks = [RANK[row.level] for row in self.rows]
        by_name: defaultdict[str, list[int]] = defaultdict(list)
        self._towns: set[tuple[str, int]] = set()
        aliases = word_lists("place_aliases.txt")
        for position, row in enumerate(self.rows):
            for key in {*self._keys(row, position), *aliases.get(row.code, ())}:
                by_name[key].append(position)
        self._joined = {
            key: tuple(p for p in found if self.rows[p].level in UPPER_LEVELS)
            for key, found in by_name.items()
            if len(key) > 6 and " " not in key and any(self.rows[p].level in UPPER_LEVELS for p in found)
        }
        self.index: PhraseIndex[tuple[int, ...]] = PhraseIndex({key: tuple(found) for key, found in by_name.items()})

    def _keys(self, row: PlaceRow, position: int) -> Iterator[str]:
        own = key_of(row.name)
        keys = {own}
        if row.level in ("regency", "city", "province"):
            keys |= {own.removeprefix(prefix) for prefix in _PREFIXES if own.startswith(prefix)}
        keys |= {own.replace(long, short, 1) for long, short in _SHORTENED if own.startswith(long)}
        for other in row.other_names:
            key = key_of(other)
            keys.add(key)
            if row.level == "district" and len(key) > 2 and _is_name_of_its_own(key, own):
                self._towns.add((key, position))
        if row.level in UPPER_LEVELS or row.other_names:
            keys |= {key.replace(" ", "") for key in keys if key.count(" ") == 1 and len(key) > 8}
        return (key for key in keys if key)

    def at(self, words: Words, first: int) -> Iterator[tuple[int, tuple[int, ...]]]:
        """Yield the names that start at a word, longest first, as (word after the end, the places it may mean).

        A regency's name is also found when it is written apart ("Pare-pare", "Lubuk Linggau").
        """
        apart = first + 2 <= len(words) and words.gaps[first + 1] in (SPACE, HYPHEN)
        joined = self._joined.get(words.folded[first] + words.folded[first + 1]) if apart else None
        for end, places in self.index.at(words, first):
            if joined is not None and end - first < 2:
                yield first + 2, joined
                joined = None
            yield end, places
        if joined is not None:
            yield first + 2, joined

    def meant_by(self, key: str) -> tuple[int, ...]:
        """Return the places that a folded name may mean."""
        return self.index.get(key) or ()

    def is_town(self, key: str, position: int) -> bool:
        """Tell whether the name is a town's or another name in common use, not the unit's own (Atambua, Kefamenanu)."""
        return (key, position) in self._towns

    def rank(self, position: int) -> int:
        """Return how high the place stands: 0 a country, 5 a hamlet."""
        return self._ranks[position]

    def ancestors(self, position: int) -> tuple[int, ...]:
        """Return the places that hold this one, nearest first."""
        known = self._ancestors.get(position)
        if known is None:
            parent = self.rows[position].parent
            above = self.at_code.get(parent) if parent else None
            known = () if above is None else (above, *self.ancestors(above))
            self._ancestors[position] = known
        return known

    def holds(self, outer: int, inner: int) -> bool:
        """Tell whether a place is another one or lies in it."""
        return outer == inner or outer in self.ancestors(inner)

    def of_rank(self, position: int, rank: int) -> int | None:
        """Return the place itself or its ancestor of a rank (2: regency, city or municipality)."""
        known = self._of_rank.get(position)
        if known is None:
            known = {self._ranks[place]: place for place in reversed((position, *self.ancestors(position)))}
            self._of_rank[position] = known
        return known.get(rank)

    def distance_km(self, one: int, other: int) -> float | None:
        """Return the great-circle distance, None where a place has no coordinates."""
        a, b = self.rows[one], self.rows[other]
        if a.lat is None or a.lon is None or b.lat is None or b.lon is None:
            return None
        lat_a, lat_b = math.radians(a.lat), math.radians(b.lat)
        half = (
            math.sin((lat_a - lat_b) / 2) ** 2
            + math.cos(lat_a) * math.cos(lat_b) * math.sin(math.radians(a.lon - b.lon) / 2) ** 2
        )
        return 2 * _EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(half)))


def _is_name_of_its_own(other: str, own: str) -> bool:
    """Tell a town's name (Cikarang in Cikarang Pusat, Betun in Malaka Tengah) from a spelling of the unit's own name."""
    if f" {other} " in f" {own} ":
        return True
    return SequenceMatcher(None, other.replace(" ", ""), own.replace(" ", "")).ratio() < _SPELLING_LIKENESS


_READY: list[tuple[Sequence[PlaceRow], PlaceNames]] = []


def place_names(rows: Sequence[PlaceRow]) -> PlaceNames:
    """Return the names of a gazetteer; two finders that are given the same rows share one."""
    for known, names in _READY:
        if known is rows:
            return names
    names = PlaceNames(rows)
    _READY[:] = [(rows, names), *_READY[:1]]
    return names


def area_votes(names: PlaceNames, words: Words) -> Counter[int]:
    """Return how often a text names each regency, city and province without doubt, by place.

    A name shared by a regency and a city counts for both; a regency also counts for its province.
    """
    votes: Counter[int] = Counter()
    for first in range(len(words)):
        if not words.capital[first]:
            continue
        found = next(names.at(words, first), None)
        if found is None:
            continue
        end, places = found
        upper = [place for place in places if names.rank(place) <= 2 or names.is_town(words.key(first, end), place)]
        for place in upper:
            votes[place] += 1
            for above in names.ancestors(place):
                if names.rank(above) >= 1:
                    votes[above] += 1
    return votes
