"""Find agencies by their listed names and by pattern (Polres + place), units and positions included.

A position speaks for its agency (Kapolda Banten is Polda Banten), a unit for the unit where the list has it, else for
its parent. An agency that the list does not have keeps its name, kind and place with no id. A word that many offices
share ("Imigrasi", "Bea Cukai", "Polres") means the office that the text names, else the one of the area that the text
is about, else the national body.
"""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from io import StringIO

from kentongan.reading.knowledge import AgencyRow, PlaceRow
from kentongan.reading.model import AgencyMention
from kentongan.reading.names import PlaceNames, area_votes, place_names
from kentongan.reading.text import Document
from kentongan.reading.words import (
    CLOSE,
    COMMA,
    HYPHEN,
    LINE,
    OPEN,
    OTHER,
    SLASH,
    SPACE,
    STOP,
    PhraseIndex,
    Words,
    is_ordinary,
    key_of,
    words_of,
)

NEVER_FOUND = frozenset({"media"})
"""Kinds of the list that are the source of a text, never an agency that acts in it."""

_HEAD_GAPS = frozenset({SPACE, HYPHEN, SLASH})
_LISTED_GAPS = frozenset({SPACE, HYPHEN, SLASH, STOP})
_CLASS_WORDS = frozenset(
    [
        "kelas",
        "i",
        "ii",
        "iii",
        "iv",
        "1",
        "2",
        "3",
        "ia",
        "ib",
        "iia",
        "iib",
        "iiia",
        "iiib",
        "1a",
        "1b",
        "2a",
        "2b",
        "khusus",
        "non",
        "tpi",
        "tempat",
        "pemeriksaan",
        "imigrasi",
        "tipe",
        "madya",
        "pabean",
        "tmp",
        "tmpb",
        "tmpc",
        "a",
        "b",
        "c",
    ]
)
_FILLERS = frozenset(
    ["ri", "republik", "indonesia", "wilayah", "unit", "perwakilan", "daerah", "cabang", "pusat", "setempat", "resor"]
)
_LEVEL_OF_WORD = {
    "provinsi": "province", "prov": "province", "propinsi": "province", "kabupaten": "regency", "kab": "regency", "kota": "city",
    "kotamadya": "city", "kecamatan": "district", "kec": "district", "desa": "village", "kelurahan": "village", "kel": "village",
    "munisipiu": "municipality", "municipio": "municipality", "pulau": "regency", "distrik": "district",
}  # fmt: skip
_ROMAN = frozenset(
    [
        "i",
        "ii",
        "iii",
        "iv",
        "v",
        "vi",
        "vii",
        "viii",
        "ix",
        "x",
        "xi",
        "xii",
        "xiii",
        "xiv",
        "xv",
        "xvi",
        "xvii",
        "xviii",
    ]
)
_BORDER_WORDS = frozenset(
    [
        "ri",
        "rdtl",
        "timor",
        "leste",
        "indonesia",
        "malaysia",
        "mly",
        "png",
        "papua",
        "nugini",
        "sektor",
        "barat",
        "timur",
        "utara",
        "selatan",
        "kiri",
        "kanan",
    ]
)
_OTHER_BORDERS = frozenset(["malaysia", "mly", "png", "papua", "nugini", "filipina"])
_FAMILY_OF_UNIT = {
    "intelkam": "polres", "reskrim": "polres", "narkoba": "polres", "samapta": "polres", "inteldakim": "kanim", "lalintalkim": "kanim",
    "kantib": "rudenim", "reskrimum": "polda", "reskrimsus": "polda", "ppa-ppo": "polda", "polairud": "polda",
}  # fmt: skip
_SAME_FAMILY = {
    "polresta": ("polres",), "bnn": ("bnnp", "bnnk", "bnn"), "pemkab": ("pemkab", "pemkot", "pemprov"), "polres": ("polres",),
    "kanwil-kumham": ("kanwil-kumham",), "bp3mi": ("bp3mi", "p4mi"), "kanim": ("kanim", "kanwil-imigrasi"),
    "satgas-tppo": ("satgas-tppo", "gugus-tugas"), "kkp": ("kkp", "karantina"),
}  # fmt: skip
_STAFF = frozenset(
    [
        "petugas",
        "personel",
        "staf",
        "pegawai",
        "pihak",
        "pengelola",
        "administrator",
        "kepala",
        "jajaran",
        "pimpinan",
        "pemerintah",
        "kades",
        "lurah",
        "komandan",
    ]
)
_NOT_AN_OFFICE_BEFORE = frozenset(
    ["binaan", "dokumen", "izin", "pelanggaran", "pemeriksaan", "pos", "tpi", "ppns", "program", "hukum", "undang"]
)
_NOT_AN_OFFICE_AFTER = frozenset(["pembina"])
_AND = frozenset({"dan", "serta", "bersama", "maupun", "atau"})
_LIST_LIMIT = 6
_SHORT_FORMS = frozenset(
    ["ditjenim", "ditjen", "kemenkumham", "kemenkum", "djbc", "bnnp", "bnnk", "polri", "kanim", "kanwil"]
)
_BEGINS_A_BODY = frozenset(
    [
        "kanwil",
        "kantor",
        "kementerian",
        "kemenkumham",
        "kemenkum",
        "kemenimipas",
        "direktorat",
        "divisi",
        "ditjen",
        "dinas",
    ]
)
_BARE = "sebutan umum"  # a word that many offices share, until it is known whose it is


@dataclass(frozen=True, slots=True)
class Head:
    """The words an agency's name begins with, and what they say about it."""

    family: str
    label: str
    kind: str
    levels: tuple[str, ...]
    bare: str
    flags: frozenset[str]
    is_position: bool


@dataclass(frozen=True, slots=True)
class Parsed:
    """A head with what follows it, as word indexes; `place` is the span of the place's name, its level word excluded."""

    first: int
    last: int
    head: Head
    number: str = ""
    rest: tuple[int, int] | None = None
    place: tuple[int, int] | None = None
    places: tuple[int, ...] = ()
    function: str = ""


@dataclass(frozen=True, slots=True)
class _Listed:
    """A listed name: whose it is, whether it must stand in capitals, and whether it needs the area to be clear."""

    agency: int
    in_capitals: bool
    is_local_bare: bool


@dataclass(frozen=True, slots=True)
class _Found:
    first: int
    last: int
    agency: int | None
    name: str
    kind: str
    place_code: str | None
    family: str
    confidence: float
    why: str


@cache
def _heads() -> PhraseIndex[Head]:
    phrases: dict[str, Head] = {}
    for cells in _table("agency_heads.csv"):
        for column, is_position in (("phrases", False), ("positions", True)):
            head = Head(
                family=cells["family"],
                label=cells["label"],
                kind=cells["kind"],
                levels=tuple(cells["levels"].split("|")) if cells["levels"] else (),
                bare=cells["bare"],
                flags=frozenset(cells["flags"].split("|")),
                is_position=is_position,
            )
            for phrase in filter(None, cells[column].split("|")):
                phrases.setdefault(key_of(phrase), head)
    return PhraseIndex(phrases)


@cache
def _heads_of_family() -> dict[str, Head]:
    heads: dict[str, Head] = {}
    for cells in _table("agency_heads.csv"):
        head = _heads().get(key_of(cells["phrases"].split("|")[0]))
        if head is not None:
            heads.setdefault(cells["family"], head)
    return heads


@cache
def _units() -> PhraseIndex[str]:
    return PhraseIndex(
        {
            key_of(phrase): cells["function"]
            for cells in _table("agency_units.csv")
            for phrase in cells["phrases"].split("|")
        }
    )


def _table(name: str) -> list[dict[str, str]]:
    text = files("kentongan.reading").joinpath(f"data/{name}").read_text(encoding="utf-8")
    return [{key: value or "" for key, value in cells.items()} for cells in csv.DictReader(StringIO(text, newline=""))]


def _sector(folded: Sequence[str]) -> str:
    """Return "sektor timur" and the like where the words hold it."""
    return next((f"sektor {folded[i + 1]}" for i in range(len(folded) - 1) if folded[i] == "sektor"), "")


class _Grammar:
    """How an agency's name is built: head, class words, number, level word, place."""

    def __init__(self, names: PlaceNames) -> None:
        self.names = names

    def parse(self, words: Words, first: int, *, votes: Counter[int], lettering: str = "mixed") -> Parsed | None:
        """Return the agency whose name starts at a word, a unit before it included."""
        unit = _units().longest_at(words, first, _HEAD_GAPS)
        if unit is not None:
            end, function = unit
            follows = self._after_filler(words, end)
            if follows < len(words) and words.gaps[follows] in (SPACE, COMMA, OPEN):
                parent = self._core(words, follows, votes, lettering)
                if parent is not None and (parent.rest is not None or parent.number):
                    return replace(parent, first=first, function=function)
            family = _heads_of_family().get(_FAMILY_OF_UNIT.get(function, ""))
            if family is not None and _heads().get(words.key(first, end)) is None:
                alone = self._tail(words, first, end, family, votes, lettering)
                return replace(alone, function=function)
        return self._core(words, first, votes, lettering)

    def _after_filler(self, words: Words, end: int) -> int:
        while end < len(words) and words.folded[end] in ("di", "pada", "jajaran", "dari") and words.gaps[end] == SPACE:
            end += 1
        return end

    def _core(self, words: Words, first: int, votes: Counter[int], lettering: str) -> Parsed | None:
        found = _heads().longest_at(words, first, _HEAD_GAPS)
        listing = _heads().longest_at(words, first, _HEAD_GAPS | {COMMA, OPEN, CLOSE})
        if (
            listing is not None and listing[0] - first >= 4
        ):  # a long name may hold commas: "... Hewan, Ikan dan Tumbuhan"
            found = listing
        if found is None:
            return None
        end, head = found
        if "letterhead" in head.flags and not (words.upper[first] and words.gaps[first] in (LINE, OTHER)):
            return None
        if end - first == 1 and len(words.folded[first]) <= 4 and lettering == "mixed" and not words.upper[first]:
            return None
        return self._tail(words, first, end, head, votes, lettering)

    def _tail(self, words: Words, first: int, end: int, head: Head, votes: Counter[int], lettering: str) -> Parsed:
        end = self._after_bracket(words, end, head)
        if "class" in head.flags:
            end = self._after_class(words, end)
        if "open" in head.flags:
            return self._open(words, first, end, head)
        number, end = self._number(words, end, head)
        after_number = end
        at = self._after_fillers(words, end)
        parsed = self._with_place(words, first, at, head, votes, lettering)
        if parsed is None and at != end:
            parsed = self._with_place(words, first, end, head, votes, lettering)
        if parsed is not None:
            return replace(parsed, number=number)
        if number:
            return Parsed(
                first,
                self._after_number_name(words, after_number),
                head,
                number=number,
                rest=(after_number - 1, after_number),
            )
        return Parsed(first, end, head)

    def _after_bracket(self, words: Words, end: int, head: Head) -> int:
        """Step over "(Polda)" in "Kepolisian Daerah (Polda) NTT"."""
        if end < len(words) and words.gaps[end] == OPEN:
            inner = _heads().longest_at(words, end)
            if inner is not None and (inner[1].family == head.family or inner[1].kind == head.kind):
                close = inner[0]
                if close >= len(words) or words.gaps[close] == CLOSE:
                    return close
            if end + 1 < len(words) and words.gaps[end + 1] == CLOSE and words.folded[end] in _SHORT_FORMS:
                return end + 1  # "Kantor Wilayah Direktorat Jenderal Imigrasi (Ditjenim) Banten"
        return end

    def _after_class(self, words: Words, end: int) -> int:
        at = end
        while (
            at < len(words)
            and words.folded[at] in _CLASS_WORDS
            and words.gaps[at] in (SPACE, OPEN, CLOSE, HYPHEN, SLASH)
        ):
            at += 1
        if at == len(words) or words.gaps[at] not in (SPACE, CLOSE, HYPHEN):
            return at if at > end and words.folded[end] in ("kelas", "tipe", "tmp") else end
        return at

    def _after_fillers(self, words: Words, end: int) -> int:
        at = end
        while at < len(words) and words.folded[at] in _FILLERS and words.gaps[at] == SPACE and at - end < 3:
            at += 1
        return at

    def _number(self, words: Words, end: int, head: Head) -> tuple[str, int]:
        if "number" in head.flags and end < len(words) and words.gaps[end] in (SPACE, HYPHEN):
            word = words.folded[end]
            after = end + 1
            if word.isdigit() and after < len(words) and words.gaps[after] == HYPHEN and words.folded[after].isdigit():
                return f"{word}-{words.folded[after]}", after + 1
            if word.isdigit() or word in _ROMAN:
                return word, after
        return "", end

    def _after_number_name(self, words: Words, end: int) -> int:
        """Step over the honorary name after a military number ("161/Wira Sakti", "VII/Kupang")."""
        at = end
        if at < len(words) and words.gaps[at] == SLASH and words.capital[at]:
            at += 1
            while (
                at < len(words)
                and at - end < 3
                and words.gaps[at] == SPACE
                and words.capital[at]
                and not is_ordinary(words.folded[at])
            ):
                at += 1
        return at

    def _with_place(
        self, words: Words, first: int, at: int, head: Head, votes: Counter[int], lettering: str
    ) -> Parsed | None:
        if at >= len(words) or words.gaps[at] not in (SPACE, SLASH, HYPHEN, CLOSE, STOP):
            return None
        if words.gaps[at] == STOP and len(words.folded[at - 1]) > 4:
            return None
        if (
            words.gaps[at] == CLOSE
            and at - 1 > first
            and words.gaps[at - 1] != OPEN
            and OPEN not in words.gaps[first + 1 : at]
        ):
            return None
        for end, places in self.names.at(words, at):
            if not self._is_written_as_name(words, at, lettering):
                continue
            suffix, level = self._city_suffix(words, end, head)
            chosen = self.fitting(places, (level,) if level else head.levels, votes, words.key(at, end))
            if not chosen and level:
                suffix, chosen = end, self.fitting(places, head.levels, votes, words.key(at, end))
            if chosen and (level or self._is_a_name(words, at, end, chosen, votes)):
                return Parsed(first, suffix, head, rest=(at, suffix), place=(at, end), places=chosen)
        level_word = _LEVEL_OF_WORD.get(words.folded[at])
        if level_word is None or at + 1 >= len(words) or words.gaps[at + 1] not in (SPACE, STOP):
            return None
        wanted = (level_word, "regency", "city") if words.folded[at] == "pulau" else (level_word,)
        for end, places in self.names.at(words, at + 1):
            if self._is_written_as_name(words, at + 1, lettering):
                chosen = self.fitting(places, wanted, votes, words.key(at + 1, end))
                if chosen:
                    return Parsed(first, end, head, rest=(at, end), place=(at + 1, end), places=chosen)
        return None

    def _is_written_as_name(self, words: Words, first: int, lettering: str) -> bool:
        return lettering == "lower" or words.capital[first]

    def _is_a_name(self, words: Words, first: int, last: int, places: tuple[int, ...], votes: Counter[int]) -> bool:
        """Refuse a small place far from everything the text is about, all the more an ordinary word ("Imigrasi Bangun ...")."""
        if self.names.rank(places[0]) < 3:
            return True
        near = any(self._weight(place, votes) > 0 for place in places)
        if last - first == 1 and is_ordinary(words.folded[first]):
            return near
        return near or not any(self.names.rank(place) in (1, 2) for place in votes)

    def _city_suffix(self, words: Words, end: int, head: Head) -> tuple[int, str]:
        """Read "Kupang Kota" as the city: there the level stands after the name."""
        is_suffix = end < len(words) and words.gaps[end] == SPACE and words.capital[end] and words.folded[end] == "kota"
        return (end + 1, "city") if is_suffix and "city" in head.levels else (end, "")

    def fitting(self, places: tuple[int, ...], levels: Iterable[str], votes: Counter[int], key: str) -> tuple[int, ...]:
        """Return the places of the first wanted level that any has, the ones of the text's area alone when there are some."""
        for level in levels:
            group = [
                place for place in places if self._level(place, key) == level or self.names.rows[place].level == level
            ]
            if level == "city" and not any(self.names.rows[place].level == "city" for place in group):
                group = [place for place in group if self._level(place, key) == "city"]
            if group:
                near = [place for place in group if self._weight(place, votes) > 0]
                if len(near) > 1:
                    best = max(self._weight(place, votes) for place in near)
                    near = [place for place in near if self._weight(place, votes) == best]
                return tuple(near or group)
        return ()

    def _weight(self, place: int, votes: Counter[int]) -> int:
        return sum(
            votes.get(above, 0) * (4 - min(3, self.names.rank(above)))
            for above in self.names.ancestors(place)
            if self.names.rank(above) >= 1
        )

    def _level(self, place: int, key: str) -> str:
        return "city" if self.names.is_town(key, place) else self.names.rows[place].level

    def _open(self, words: Words, first: int, end: int, head: Head) -> Parsed:
        """Take the capitalised words after "Kementerian", with "dan" between them."""
        at = end
        while at < len(words) and at - end < _LIST_LIMIT and words.gaps[at] in (SPACE, COMMA, SLASH):
            if words.capital[at] and (words.gaps[at] != COMMA or at > end):
                if words.gaps[at] == COMMA and not (at + 1 < len(words) and words.folded[at + 1] == "dan"):
                    break
                at += 1
            elif words.folded[at] == "dan" and at > end and self._goes_on(words, at + 1):
                at += 2
            else:
                break
        return Parsed(first, at, head, rest=(end, at) if at > end else None)

    def _goes_on(self, words: Words, at: int) -> bool:
        """Tell whether a word after "dan" still belongs to the name: capitalised, no acronym, no other body."""
        return at < len(words) and words.capital[at] and not words.upper[at] and _heads().longest_at(words, at) is None


class AgencyFinder:
    """Finds the agencies of a text; made once from the list and the gazetteer, it keeps nothing between texts."""

    def __init__(self, agencies: Sequence[AgencyRow], places: Sequence[PlaceRow]) -> None:
        self._rows = tuple(row for row in agencies if row.kind not in NEVER_FOUND)
        self._names = place_names(places)
        self._grammar = _Grammar(self._names)
        self._at_id = {row.id: position for position, row in enumerate(self._rows)}
        self._by_rest: dict[tuple[str, str], int] = {}
        self._by_number: dict[tuple[str, str], int] = {}
        self._by_area: dict[tuple[str, str], int] = {}
        self._by_unit: dict[tuple[str, int], int] = {}
        self._families: defaultdict[str, list[int]] = defaultdict(list)
        self._family_of: dict[int, str] = {}
        listed: defaultdict[str, list[_Listed]] = defaultdict(list)
        for position, row in enumerate(self._rows):
            for name in dict.fromkeys((row.name, row.abbrev, *row.aliases)):
                if name:
                    self._learn(position, row, name, listed)
        self._listed: PhraseIndex[tuple[_Listed, ...]] = PhraseIndex(
            {key: tuple(found) for key, found in listed.items()}
        )

    def find(self, document: Document) -> tuple[AgencyMention, ...]:
        """Return the agencies of the text in order; mentions do not overlap."""
        words = words_of(document.body)
        votes = area_votes(self._names, words)
        found = list(self._scan(document, words, votes))
        found = list(self._with_enumerated(words, found, votes))
        bare = {each.first for each in found if each.why == _BARE}
        resolved = [
            self._resolve_bare(document, words, each, found, votes) if each.first in bare else each for each in found
        ]
        return tuple(self._mention(document, words, each) for each in resolved if each is not None)

    # --- learning the list -----------------------------------------------------------------------------------------

    def _learn(self, position: int, row: AgencyRow, name: str, listed: defaultdict[str, list[_Listed]]) -> None:
        words = words_of(name)
        if not len(words) or (len(words) == 1 and len(words.folded[0]) < 3):
            return
        parsed = self._grammar.parse(words, 0, votes=self._area_as_votes(row))
        whole = parsed is not None and parsed.last == len(words)
        if parsed is not None and whole:
            self._learn_pattern(position, row, words, parsed)
        elif parsed is not None and not parsed.function:
            self._learn_unparsed(position, words, parsed)
        has_place = (
            any(word.isdigit() or word in _ROMAN for word in words.folded)
            or (parsed is not None and (parsed.rest is not None or parsed.last < len(words)))
            or self._names_own_area(row, words)
        )
        is_local = row.area_code is not None or row.level in ("regency", "city", "district", "village")
        listed[words.key(0, len(words))].append(
            _Listed(
                position,
                in_capitals=len(words) == 1 and name.isupper() and len(name) <= 6,
                is_local_bare=is_local and not has_place,
            )
        )

    def _area_as_votes(self, row: AgencyRow) -> Counter[int]:
        at = self._names.at_code.get(row.area_code or "")
        return Counter() if at is None else Counter(dict.fromkeys((at, *self._names.ancestors(at)), 1))

    def _names_own_area(self, row: AgencyRow, words: Words) -> bool:
        at = self._names.at_code.get(row.area_code or "")
        if at is None:
            return row.area_code is None and row.level == "national"
        around = {at, *self._names.ancestors(at)}
        for first in range(len(words)):
            for _, places in self._names.at(words, first):
                if any(place in around or at in self._names.ancestors(place) for place in places):
                    return True
        return row.country != "ID"

    def _learn_pattern(self, position: int, row: AgencyRow, words: Words, parsed: Parsed) -> None:
        family = _SAME_FAMILY.get(parsed.head.family, (parsed.head.family,))[0]
        family = "polres" if parsed.head.family == "polresta" else family if parsed.head.family != "bnn" else "bnn"
        if parsed.function:
            parent = self._at_id.get(row.parent or "")
            if parent is not None:
                self._by_unit.setdefault((parsed.function, parent), position)
            return
        if position not in self._family_of:
            self._family_of[position] = family
            self._families[family].append(position)
        if parsed.number:
            self._by_number.setdefault((family, parsed.number), position)
        if parsed.rest is not None:
            self._by_rest.setdefault((family, words.key(*parsed.rest)), position)
        if row.area_code and parsed.place is not None:
            self._by_area.setdefault((family, row.area_code), position)

    def _learn_unparsed(self, position: int, words: Words, parsed: Parsed) -> None:
        """Learn a name that goes on with what is no place of the gazetteer: an airport, a sector of the border."""
        family = _SAME_FAMILY.get(parsed.head.family, (parsed.head.family,))[0]
        if "border" in parsed.head.flags:
            sector = _sector(words.folded)
            if sector:
                self._by_rest.setdefault((family, sector), position)
            if position not in self._families[family]:
                self._families[family].append(position)
        elif parsed.rest is None:
            self._by_rest.setdefault((family, words.key(parsed.last, len(words))), position)
            self._family_of.setdefault(position, family)

    # --- finding ---------------------------------------------------------------------------------------------------

    def _scan(self, document: Document, words: Words, votes: Counter[int]) -> Iterator[_Found]:
        at = 0
        while at < len(words):
            found = self._at(document, words, at, votes)
            if found is None:
                at += 1
            else:
                yield found
                at = found.last

    def _at(self, document: Document, words: Words, at: int, votes: Counter[int]) -> _Found | None:
        listed = self._listed_at(document, words, at, votes)
        parsed = self._grammar.parse(words, at, votes=votes, lettering=document.lettering)
        pattern = self._pattern(document, words, parsed, votes) if parsed is not None else None
        if parsed is not None and parsed.head.is_position and parsed.rest is None:
            pattern = self._listed_after_position(document, words, parsed, votes) or pattern
        if pattern is not None and pattern.family == "pamtas" and pattern.last >= (listed.last if listed else 0):
            return pattern
        if listed is not None and (
            pattern is None or listed.last >= pattern.last or (pattern.why == _BARE and listed.why != _BARE)
        ):
            return listed
        return pattern

    def _listed_after_position(
        self, document: Document, words: Words, parsed: Parsed, votes: Counter[int]
    ) -> _Found | None:
        """Find the listed name that goes on where a position's words end: "Administrator PLBN Mota'ain"."""
        for at in range(parsed.first + 1, parsed.last):
            listed = self._listed_at(document, words, at, votes)
            if listed is not None and listed.last > parsed.last:
                return replace(listed, first=parsed.first)
        return None

    def _listed_at(self, document: Document, words: Words, at: int, votes: Counter[int]) -> _Found | None:
        for end, candidates in self._listed.at(words, at, _LISTED_GAPS):
            chosen = self._chosen(document, words, at, end, candidates, votes)
            if chosen is not None:
                return chosen
        return None

    def _chosen(
        self, document: Document, words: Words, at: int, end: int, candidates: tuple[_Listed, ...], votes: Counter[int]
    ) -> _Found | None:
        usable = [each for each in candidates if self._is_written(document, words, at, end, each)]
        if not usable:
            return None
        row = self._rows[usable[0].agency]
        if (
            row.level == "village"
            and not (at and words.gaps[at] == SPACE and words.folded[at - 1] in _STAFF)
            and words.folded[at] not in _STAFF
        ):
            return None
        if usable[0].is_local_bare or self._is_shared_word(words, at, end):
            return self._bare(words, at, end, usable)
        if row.country == "TL" and end - at == 1 and len(words.folded[at]) <= 3 and not self._timor_is_named(votes):
            return None
        return self._found_listed(words, at, end, usable[0].agency, votes, 0.95, "nama dalam daftar instansi")

    def _is_shared_word(self, words: Words, at: int, end: int) -> bool:
        head = _heads().get(words.key(at, end))
        return head is not None and head.bare == "local"

    def _bare(self, words: Words, at: int, end: int, usable: Sequence[_Listed]) -> _Found | None:
        row = self._rows[usable[0].agency]
        head = _heads().get(words.key(at, end))
        before = words.folded[at - 1] if at and words.gaps[at] in (SPACE, HYPHEN) else ""
        after = words.folded[end] if end < len(words) and words.gaps[end] == SPACE else ""
        if before in _NOT_AN_OFFICE_BEFORE or after in _NOT_AN_OFFICE_AFTER:
            return None
        family = head.family if head is not None else self._family_of.get(usable[0].agency, "")
        return _Found(at, end, usable[0].agency, row.abbrev or row.name, row.kind, None, family, 0.6, _BARE)

    def _is_written(self, document: Document, words: Words, at: int, end: int, listed: _Listed) -> bool:
        if document.lettering == "lower":
            return end - at > 1 or len(words.folded[at]) > 3
        if listed.in_capitals:
            return words.upper[at] and (document.lettering == "mixed" or len(words.folded[at]) > 3)
        return words.capital[at] or end - at > 1

    def _timor_is_named(self, votes: Counter[int]) -> bool:
        at = self._names.at_code.get("TL")
        return at is not None and (votes.get(at, 0) > 0 or any(at in self._names.ancestors(place) for place in votes))

    def _found_listed(
        self, words: Words, first: int, last: int, agency: int, votes: Counter[int], confidence: float, why: str
    ) -> _Found:
        row = self._rows[agency]
        parsed = self._grammar.parse(words, first, votes=votes + self._area_as_votes(row))
        place = self._place_code(row, parsed.places if parsed is not None and parsed.last <= last else ())
        return _Found(
            first,
            last,
            agency,
            row.abbrev or row.name,
            row.kind,
            place,
            self._family_of.get(agency, ""),
            confidence,
            why,
        )

    def _place_code(self, row: AgencyRow, places: tuple[int, ...]) -> str | None:
        area = self._names.at_code.get(row.area_code or "")
        for place in places:
            if area is None or self._names.holds(area, place) or self._names.holds(place, area):
                return self._names.rows[place].code
        return row.area_code

    def _pattern(self, document: Document, words: Words, parsed: Parsed, votes: Counter[int]) -> _Found | None:
        head, first, last = parsed.head, parsed.first, parsed.last
        if "staff" in head.flags and not head.is_position and not (first and words.folded[first - 1] in _STAFF):
            return None
        if "border" in head.flags:
            return self._border_force(words, parsed, votes)
        if parsed.rest is None:
            return self._listed_rest(words, parsed, votes) or self._bare_head(document, words, parsed)
        if (
            head.bare == "local"
            and first
            and words.gaps[first] == SPACE
            and words.folded[first - 1] in _NOT_AN_OFFICE_BEFORE
        ):
            return None
        agency = self._listed_as(words, parsed)
        if agency is not None:
            unit = self._by_unit.get((parsed.function, agency)) if parsed.function else None
            why = (
                "satuan kerja instansi dalam daftar" if parsed.function else "jabatan atau kantor instansi dalam daftar"
            )
            return (
                self._found_listed(words, first, last, agency, votes, 0.9, why)
                if unit is None
                else replace(
                    self._found_listed(words, first, last, agency, votes, 0.9, why),
                    agency=unit,
                    name=self._rows[unit].abbrev or self._rows[unit].name,
                )
            )
        place = self._names.rows[parsed.places[0]] if len(parsed.places) == 1 else None
        written = words.written(*parsed.rest)
        name = f"{head.label} {written}".strip() if "open" not in head.flags else words.written(first, last)
        return _Found(
            first,
            last,
            None,
            name,
            head.kind,
            place.code if place else None,
            head.family,
            0.8 if place else 0.6,
            "dikenali dari pola nama",
        )

    def _listed_rest(self, words: Words, parsed: Parsed, votes: Counter[int]) -> _Found | None:
        """Find the listed office of a family by words that are no place: "Bea Cukai Soekarno-Hatta"."""
        start = parsed.last
        if start >= len(words) or words.gaps[start] not in (SPACE, CLOSE):
            return None
        for end in range(min(len(words), start + 4), start, -1):
            if not words.joined(start, end, _HEAD_GAPS):
                continue
            for family in _SAME_FAMILY.get(parsed.head.family, (parsed.head.family,)):
                agency = self._by_rest.get((family, words.key(start, end)))
                if agency is not None:
                    why = "jabatan atau kantor instansi dalam daftar"
                    return self._found_listed(words, parsed.first, end, agency, votes, 0.9, why)
        return None

    def _border_force(self, words: Words, parsed: Parsed, votes: Counter[int]) -> _Found | None:
        """Find which border task force is meant: by the two states, then by its sector, then by the text's area."""
        end = parsed.rest[0] if parsed.rest is not None else parsed.last
        while (
            end < len(words) and words.folded[end] in _BORDER_WORDS and words.gaps[end] in (SPACE, HYPHEN, SLASH, CLOSE)
        ):
            end += 1
        told = words.folded[parsed.first : end]
        name = words.written(parsed.first, end)
        if CLOSE in name and OPEN not in name:  # "... Perbatasan (Satgas Pamtas) RI"
            name = name.replace(CLOSE, "")
        family, kind = parsed.head.family, parsed.head.kind
        others = any(word in _OTHER_BORDERS for word in told)
        if others or not self._families[family]:
            return _Found(parsed.first, end, None, name, kind, None, family, 0.8, "dikenali dari pola nama")
        agency = self._by_rest.get((family, _sector(told)))
        if agency is None:
            bare = _Found(parsed.first, end, None, name, kind, None, family, 0.6, "dikenali dari pola nama")
            agency = self._of_area(bare, votes)
            if agency is None and not any(word in ("rdtl", "leste") for word in told):
                return bare if len(told) > parsed.last - parsed.first else None
            agency = self._families[family][0] if agency is None else agency
        return self._found_listed(
            words, parsed.first, end, agency, votes, 0.85, "satgas perbatasan menurut sektor atau wilayahnya"
        )

    def _listed_as(self, words: Words, parsed: Parsed) -> int | None:
        families = _SAME_FAMILY.get(parsed.head.family, (parsed.head.family,))
        for family in families:
            if parsed.number and (family, parsed.number) in self._by_number:
                return self._by_number[(family, parsed.number)]
        if parsed.number or parsed.rest is None:
            return None
        rest = words.key(*parsed.rest)
        is_city_police = parsed.head.family == "polresta"
        for family in families:
            exact = self._by_rest.get((family, rest))
            if exact is not None and not (is_city_police and self._has_city_namesake(family, rest)):
                return exact
            if is_city_police and (family, f"{rest} kota") in self._by_rest:
                return self._by_rest[(family, f"{rest} kota")]
        for place in parsed.places:
            for family in families:
                by_area = self._by_area.get((family, self._names.rows[place].code))
                if by_area is not None:
                    return by_area
        return None

    def _has_city_namesake(self, family: str, rest: str) -> bool:
        return (family, f"{rest} kota") in self._by_rest

    def _bare_head(self, document: Document, words: Words, parsed: Parsed) -> _Found | None:
        head, first, last = parsed.head, parsed.first, parsed.last
        if head.bare == "skip" or not (words.capital[first] or document.lettering == "lower"):
            return None
        if head.bare == "pattern":
            return _Found(
                first,
                last,
                None,
                head.label or words.written(first, last),
                head.kind,
                None,
                head.family,
                0.7,
                "dikenali dari pola nama",
            )
        before = words.folded[first - 1] if first and words.gaps[first] in (SPACE, HYPHEN) else ""
        after = words.folded[last] if last < len(words) and words.gaps[last] == SPACE else ""
        if before in _NOT_AN_OFFICE_BEFORE or after in _NOT_AN_OFFICE_AFTER:
            return None
        family = _SAME_FAMILY.get(head.family, (head.family,))[0] if head.family != "bnn" else "bnn"
        unknown = self._unknown_name(document, words, parsed)
        if unknown is not None:
            return unknown
        return _Found(first, last, None, head.label, head.kind, None, family, 0.6, _BARE)

    def _unknown_name(self, document: Document, words: Words, parsed: Parsed) -> _Found | None:
        """Take a name that the gazetteer lacks ("Polres Polman"); never after a position, where a person's name follows."""
        at = parsed.last
        if (
            parsed.head.is_position
            or parsed.function
            or document.lettering != "mixed"
            or at >= len(words)
            or words.gaps[at] != SPACE
        ):
            return None
        if not words.capital[at] or is_ordinary(words.folded[at]) or _heads().get(words.folded[at]) is not None:
            return None
        if words.folded[at] in _BEGINS_A_BODY:
            return None
        end = at + 1
        if end < len(words) and words.gaps[end] == SPACE and words.capital[end] and not is_ordinary(words.folded[end]):
            end += 1
        name = f"{parsed.head.label} {words.written(at, end)}"
        return _Found(
            parsed.first, end, None, name, parsed.head.kind, None, parsed.head.family, 0.5, "dikenali dari pola nama"
        )

    # --- enumerations and shared words ------------------------------------------------------------------------------

    def _with_enumerated(self, words: Words, found: Sequence[_Found], votes: Counter[int]) -> Iterator[_Found]:
        """Add the further offices of "Polres Belu, Malaka dan TTU"."""
        taken = {at for each in found for at in range(each.first, each.last)}
        for each in found:
            yield each
            head = _heads_of_family().get(each.family)
            if head is None or each.why == _BARE or each.place_code is None:
                continue
            yield from self._enumerated(words, each, head, votes, taken)

    def _enumerated(
        self, words: Words, each: _Found, head: Head, votes: Counter[int], taken: set[int]
    ) -> Iterator[_Found]:
        pending: list[_Found] = []
        at = each.last
        while at < len(words) and len(pending) < _LIST_LIMIT:
            is_last = words.folded[at] in ("dan", "serta") and words.gaps[at] in (SPACE, COMMA)
            start = at + 1 if is_last else at
            if (
                start >= len(words)
                or start in taken
                or (not is_last and words.gaps[at] != COMMA)
                or (is_last and words.gaps[start] != SPACE)
            ):
                return
            longest = next(self._names.at(words, start), None)
            if longest is None or not words.capital[start]:
                return
            end, places = longest
            level = (
                self._names.rows[self._names.at_code[each.place_code]].level
                if each.place_code in self._names.at_code
                else ""
            )
            chosen = self._grammar.fitting(places, (level,), votes, words.key(start, end))
            if len(chosen) != 1:
                return
            parsed = Parsed(start, end, head, rest=(start, end), place=(start, end), places=chosen)
            agency = self._listed_as(words, parsed)
            code = self._names.rows[chosen[0]].code
            row = self._rows[agency] if agency is not None else None
            name = (row.abbrev or row.name) if row else f"{head.label} {words.written(start, end)}"
            pending.append(
                _Found(start, end, agency, name, row.kind if row else head.kind, code, each.family, 0.7, "enumerated")
            )
            if is_last:
                yield from pending
                return
            at = end

    def _resolve_bare(
        self, document: Document, words: Words, bare: _Found, found: Sequence[_Found], votes: Counter[int]
    ) -> _Found | None:
        if not (words.capital[bare.first] or document.lettering == "lower" or bare.last - bare.first > 1):
            return None
        national = bare.agency if bare.agency is not None and self._rows[bare.agency].level == "national" else None
        if national is not None and self._is_beside_national(words, bare, found):
            return self._bare_as(bare, national, 0.7, "sebutan umum di samping lembaga pusat")
        named = self._nearest_named(bare, found)
        if named is not None:
            return replace(
                bare,
                agency=named.agency,
                name=named.name,
                kind=named.kind,
                place_code=named.place_code,
                confidence=0.75,
                why="kantor yang disebut dalam teks",
            )
        local = self._of_area(bare, votes)
        if local is not None:
            return self._bare_as(bare, local, 0.6, "kantor di wilayah yang diceritakan teks")
        if national is not None:
            return self._bare_as(bare, national, 0.5, "sebutan umum, kantornya tidak disebut")
        if bare.agency is None:
            return None
        return replace(
            bare,
            agency=None,
            name=words.written(bare.first, bare.last),
            place_code=None,
            confidence=0.4,
            why="sebutan umum, kantornya tidak jelas",
        )

    def _bare_as(self, bare: _Found, agency: int, confidence: float, why: str) -> _Found:
        row = self._rows[agency]
        return replace(
            bare,
            agency=agency,
            name=row.abbrev or row.name,
            kind=row.kind,
            place_code=row.area_code,
            confidence=confidence,
            why=why,
        )

    def _is_beside_national(self, words: Words, bare: _Found, found: Sequence[_Found]) -> bool:
        for other in found:
            if (
                other.agency is None
                or self._rows[other.agency].level != "national"
                or other.why == _BARE
                or self._rows[other.agency].country != "ID"
            ):
                continue
            if (
                other.last == bare.first - 1
                and words.folded[bare.first - 1] in _AND
                and words.gaps[bare.first] == SPACE
            ):
                return True
            if other.first == bare.last + 1 and words.folded[bare.last] in _AND and words.gaps[other.first] == SPACE:
                return True
        return False

    def _nearest_named(self, bare: _Found, found: Sequence[_Found]) -> _Found | None:
        for family in _SAME_FAMILY.get(bare.family, (bare.family,)) if bare.family else ():
            same = [
                each
                for each in found
                if each.why != _BARE
                and each.family == family
                and (each.agency is not None or each.place_code is not None)
                and not (each.agency is not None and self._rows[each.agency].level == "national")
            ]
            if same:
                before = [each for each in same if each.last <= bare.first]
                return before[-1] if before else same[0]
        return None

    def _of_area(self, bare: _Found, votes: Counter[int]) -> int | None:
        """Return the one office of the family whose area the text names most, None when two compete."""
        candidates = list(self._families.get(bare.family, ())) if bare.family else []
        if bare.agency is not None and bare.agency not in candidates and self._rows[bare.agency].level != "national":
            candidates.append(bare.agency)
        weights = {each: self._area_weight(each, votes) for each in candidates}
        best = max(weights.values(), default=0)
        winners = [each for each, weight in weights.items() if weight == best]
        return winners[0] if best > 0 and len(winners) == 1 else None

    def _area_weight(self, agency: int, votes: Counter[int]) -> int:
        row = self._rows[agency]
        area = self._names.at_code.get(row.area_code or "")
        if area is None:
            return 0
        direct = votes.get(area, 0)
        inside = max((count for place, count in votes.items() if area in self._names.ancestors(place)), default=0)
        return direct + inside

    def _mention(self, document: Document, words: Words, found: _Found) -> AgencyMention:
        start, end = words.starts[found.first], words.ends[found.last - 1]
        evidence = document.evidence(start, end, found.confidence, found.why)
        agency_id = self._rows[found.agency].id if found.agency is not None else None
        return AgencyMention(evidence, agency_id, found.name, found.kind, found.place_code)
