"""Which code of the newest Indonesian list is which code of the older one. Used by build_gazetteer.py."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz

# How different a village name may be and still mean the same village, in percent of equal letters.
SAME_TAIL, SAME_DISTRICT = 60, 85


def tidy(name: str) -> str:
    """Return the name in composed Unicode with single spaces."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", name)).strip()


def letters(name: str) -> str:
    """Return only the letters and digits of a name, without accents and case: what two spellings have in common."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(c for c in plain if c.isalnum())


def district_of(code: str) -> str:
    return code[:8]


def regency_of(code: str) -> str:
    return code[:5]


@dataclass(frozen=True, slots=True)
class Lists:
    """The two lists of Indonesian codes: the newest (no points) and the older (with points)."""

    newest: dict[str, str]
    older: dict[str, str]
    points: dict[str, dict[str, Any]]


Crosswalk = dict[str, tuple[str, str]]
"""Old code to (current code, why the two are held to be one unit)."""


class Matcher:
    """Pairs the codes that only the older list has with the codes that only the newest list has.

    Each pass pairs what is unique on both sides under its key, the surest key first, so that a later and looser
    pass sees only what is left.
    """

    def __init__(self, lists: Lists) -> None:
        self.lists = lists
        self.moved: Crosswalk = {}
        self._taken: set[str] = set()

    def run(self) -> Crosswalk:
        """Return the current code of each old code that is gone, top level first because children use their parents'."""
        self._units_by_name(depth=1, parent_now=lambda _: "")
        self._units_by_name(depth=2, parent_now=lambda code: self.now(regency_of(code)))
        self._districts_by_their_villages()
        self._villages()
        return self.moved

    def now(self, code: str) -> str:
        """Return the current code of an old one; the code itself when it did not change or is not paired."""
        return self.moved.get(code, (code, ""))[0]

    def _gone(self, depth: int) -> list[str]:
        gone = (c for c in self.lists.older if c not in self.lists.newest and c not in self.moved)
        return sorted(c for c in gone if c.count(".") == depth)

    def _fresh(self, depth: int) -> list[str]:
        fresh = (c for c in self.lists.newest if c not in self.lists.older and c not in self._taken)
        return sorted(c for c in fresh if c.count(".") == depth)

    def _pair(self, depth: int, old_key: Callable[[str], Any], new_key: Callable[[str], Any]) -> None:
        """Pair the codes whose keys are equal and occur once on each side; a key of None takes no part."""
        old, new = _unique(self._gone(depth), old_key), _unique(self._fresh(depth), new_key)
        for key in sorted(old.keys() & new.keys(), key=str):
            self._accept(old[key], new[key])

    def _accept(self, old: str, new: str) -> None:
        same_name = letters(self.lists.older[old]) == letters(self.lists.newest[new])
        self.moved[old] = (new, reason(old, new) + ("" if same_name else "+renamed"))
        self._taken.add(new)

    def _units_by_name(self, depth: int, parent_now: Callable[[str], str]) -> None:
        older, newest = self.lists.older, self.lists.newest
        self._pair(
            depth,
            lambda c: (parent_now(c), letters(older[c])),
            lambda c: (regency_of(c) if depth == 2 else "", letters(newest[c])),
        )

    def _districts_by_their_villages(self) -> None:
        """Pair a district that changed both code and name with the new one that holds most of its village names."""
        older, newest = self.lists.older, self.lists.newest
        homes: dict[tuple[str, str], set[str]] = defaultdict(set)
        for code, name in newest.items():
            if code.count(".") == 3:
                homes[regency_of(code), letters(name)].add(district_of(code))
        names = defaultdict(list)
        for code, name in older.items():
            if code.count(".") == 3:
                names[district_of(code)].append(letters(name))
        free = set(self._fresh(2))
        for old in self._gone(2):
            votes = Counter(d for n in names[old] for d in homes[self.now(regency_of(old)), n] if d in free)
            if votes and votes.most_common(1)[0][1] * 2 > len(names[old]):
                new = votes.most_common(1)[0][0]
                free.discard(new)
                self._accept(old, new)

    def _villages(self) -> None:
        older, newest = self.lists.older, self.lists.newest

        def home(code: str) -> str:
            return self.now(district_of(code))

        self._pair(3, lambda c: (home(c), letters(older[c])), lambda c: (district_of(c), letters(newest[c])))
        self._pair(
            3,
            lambda c: (self.now(regency_of(c)), letters(older[c])),
            lambda c: (regency_of(c), letters(newest[c])),
        )
        self._pair(3, lambda c: (home(c), c[-3:]) if c[9] == "1" else None, self._village_tail)
        self._similar(lambda c: home(c) + c[8:], lambda c: c, SAME_TAIL)
        self._similar(home, district_of, SAME_DISTRICT)

    @staticmethod
    def _village_tail(code: str) -> tuple[str, str] | None:
        return (district_of(code), code[-3:]) if code[9] == "2" else None

    def _similar(self, old_key: Callable[[str], str], new_key: Callable[[str], str], least: int) -> None:
        """Pair each old code with the free new code of its key whose name is nearest, if near enough and mutual."""
        older, newest = self.lists.older, self.lists.newest
        groups = defaultdict(list)
        for code in self._fresh(3):
            groups[new_key(code)].append(code)
        scored = [
            (fuzz.ratio(letters(older[old]), letters(newest[new])), old, new)
            for old in self._gone(3)
            for new in groups.get(old_key(old), ())
        ]
        for score, old, new in sorted(scored, key=lambda s: (-s[0], s[1], s[2])):
            if score >= least and old not in self.moved and new not in self._taken:
                self._accept(old, new)


def reason(old: str, new: str) -> str:
    """Return in one word what the two codes of one unit tell about the change."""
    if old[:2] != new[:2]:
        return "new_province"
    if district_of(old) != district_of(new):
        return "moved_district"
    kinds = old[9:10] + new[9:10]
    return {"12": "ward_to_village", "21": "village_to_ward"}.get(kinds, "recoded")


def _unique(codes: Iterable[str], key: Callable[[str], Any]) -> dict[Any, str]:
    """Return key to code for the keys that exactly one code has."""
    groups = defaultdict(list)
    for code in codes:
        if (k := key(code)) is not None:
            groups[k].append(code)
    return {k: v[0] for k, v in groups.items() if len(v) == 1}


def names_that_moved(lists: Lists) -> set[str]:
    """Return the codes that kept their digits but whose old name now belongs to another code of the same parent.

    Their old name must not become a name of the new bearer of the digits, and their point is doubtful.
    """
    bearers: dict[tuple[str, str], set[str]] = defaultdict(set)
    for code, name in lists.newest.items():
        bearers[code.rpartition(".")[0], letters(name)].add(code)
    shared = (c for c in lists.older if c in lists.newest and c.count(".") >= 2)
    changed = (c for c in shared if letters(lists.older[c]) != letters(lists.newest[c]))
    return {c for c in changed if bearers[c.rpartition(".")[0], letters(lists.older[c])] - {c}}
