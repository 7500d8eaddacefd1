"""Find the places of a text and decide together which places they are.

All names of the gazetteer are candidates; what decides is what a careful reader uses: the level word before a name
(Desa, Kec., Kab., Kota), the parents named beside it, the places already decided and how near they are, the offices
named in the text. What these leave open stays open, with its candidates. A name in the name of an office, a road, a
ship or a person is not where something happened.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from kentongan.reading.knowledge import FacilityRow, PlaceRow
from kentongan.reading.model import AgencyMention, PlaceCandidate, PlaceMention, PlaceRole
from kentongan.reading.names import place_names
from kentongan.reading.text import Document
from kentongan.reading.words import (
    CLOSE,
    COMMA,
    HYPHEN,
    OPEN,
    SLASH,
    SPACE,
    STOP,
    PhraseIndex,
    Words,
    is_ordinary,
    key_of,
    word_lists,
    words_of,
)

_BESIDE = frozenset({SPACE, STOP})
_CHAIN_GAPS = frozenset({SPACE, COMMA, OPEN, CLOSE, STOP, SLASH})
_ENUMERATION = frozenset({"dan", "serta", "maupun", "atau", "e", "no", "and"})
_DASHES = frozenset("-–—|")
_MARGIN = 1.0
_SHORTEST_SMALL_NAME = 4
_LONGEST_ABBREVIATION = 5  # "prov.", "kec."; a full stop after a longer word ends a sentence
_MOST_CANDIDATES = 12
_LONGEST_SPOT = 6  # words of a harbour's, a hamlet's or a road's name
_FACILITY_NOUNS = frozenset(
    [
        "plbn",
        "plbnt",
        "plb",
        "tpi",
        "pos",
        "posto",
        "pelabuhan",
        "bandara",
        "pelabuhan",
        "dermaga",
        "terminal",
        "perbatasan",
        "gerbang",
        "ptbn",
        "postu",
        "rakyat",
        "imigrasi",
        "lintas",
        "batas",
    ]
)


@cache
def _list(name: str) -> frozenset[str]:
    return frozenset(word_lists("place_words.txt").get(name, ()))


@cache
def _list_for(name: str, language: str) -> frozenset[str]:
    return _list(name) | _list(f"{name} {language}")


@cache
def _levels() -> dict[str, tuple[str, ...]]:
    levels: dict[str, tuple[str, ...]] = {}
    for name, words in word_lists("place_words.txt").items():
        if name.startswith("level "):
            for word in words:
                levels[word] = (*levels.get(word, ()), name.removeprefix("level "))
    return levels


@dataclass(slots=True)
class _Seen:
    """A name in the text and what stands around it; `places` are what it may mean, narrowed as the reading goes on."""

    first: int
    last: int
    key: str
    places: tuple[int, ...]
    levels: tuple[str, ...] = ()
    opens: int = 0  # the first word of the level words before the name
    is_locative: bool = False
    is_dateline: bool = False
    is_statement: bool = False
    is_doubtful: bool = False  # an ordinary word, or a capital letter that says nothing
    agency: AgencyMention | None = None
    facility: FacilityRow | None = None
    sentence: int = -1
    chained: list[int] = field(default_factory=list)
    after: int | None = None  # the name before it in an enumeration
    decided: int | None = None
    confidence: float = 0.0
    why: str = ""
    is_dropped: bool = False


class PlaceFinder:
    """Finds the places of a text; made once from the gazetteer and the facilities, it keeps nothing between texts."""

    def __init__(self, places: Sequence[PlaceRow], facilities: Sequence[FacilityRow]) -> None:
        self._names = place_names(places)
        self._facilities = PhraseIndex(
            {
                key_of(name): facility
                for facility in facilities
                for name in (facility.name, *facility.aliases)
                if key_of(name)
            }
        )
        self._countries = {
            key_of(name)
            for row in places
            if row.level == "country"
            for name in (row.name, *row.other_names)
            if len(name) > _SHORTEST_SMALL_NAME
        }
        self._bare_facilities = {key_of(alias) for facility in facilities for alias in facility.aliases}

    def find(self, document: Document, agencies: Sequence[AgencyMention]) -> tuple[PlaceMention, ...]:
        """Return the places of the text in order, each decided or with its candidates."""
        words = words_of(document.body)
        text = _Text(document, words, agencies)
        seen = [each for each in self._scan(text) if each.places or each.facility]
        self._link(text, seen)
        self._narrow(text, seen)
        self._drop_strangers(seen)
        self._decide(text, seen)
        kept = [each for each in seen if not each.is_dropped]
        roles = self._roles(text, kept)
        return tuple(mention for each in kept if (mention := self._mention(text, each, roles[id(each)])) is not None)

    # --- seeing names -----------------------------------------------------------------------------------------------

    def _scan(self, text: "_Text") -> Iterator[_Seen]:
        words, at = text.words, 0
        while at < len(words):
            seen = self._seen_at(text, at)
            if seen is None:
                at += 1
            else:
                yield seen
                at = seen.last

    def _seen_at(self, text: "_Text", at: int) -> _Seen | None:
        words = text.words
        if not (words.capital[at] or text.document.lettering == "lower") and not self._may_start_small(words, at):
            return None
        facility = self._facility_at(text, at)
        if facility is not None:
            return facility
        if self._is_in_an_address(words, at):
            return None
        for end, places in self._spellings_at(words, at):
            small = text.document.lettering == "mixed" and not self._is_capitalised(words, at, end)
            if small and not self._is_clear_in_small_letters(words, at, end):
                continue
            if self._begins_with_level_of_longer_name(words, at, end) or self._is_level_of_next(words, at, end):
                return None
            seen = self._seen(text, at, end, places)
            return None if self._is_part_of_something_else(text, seen) else seen
        return None

    def _begins_with_level_of_longer_name(self, words: Words, first: int, last: int) -> bool:
        """Tell whether "Kampung Rawa Anu" is the kampung Rawa Anu, although a ward is called Kampung Rawa."""
        if last - first < 2 or words.folded[first] not in _levels():
            return False
        inner = next(self._names.at(words, first + 1), None)
        return inner is not None and inner[0] > last

    def _is_in_an_address(self, words: Words, at: int) -> bool:
        """Tell whether a word is a part of an address on the net ("kupang.contoh.asia"), not a name after "Kab."."""
        before = words.starts[at] - 1
        return (
            before > 0
            and words.text[before] == "."
            and words.text[before - 1].isalnum()
            and not self._level_before(words, at)[0]
        )

    def _is_level_of_next(self, words: Words, first: int, last: int) -> bool:
        """Tell whether "Kota" before a name is its level word, although some unit is called Kota."""
        if last - first > 1 or words.folded[first] not in _levels():
            return False
        is_followed = last < len(words) and words.gaps[last] == SPACE and words.capital[last]
        return is_followed and next(self._names.at(words, last), None) is not None

    def _may_start_small(self, words: Words, at: int) -> bool:
        word = words.folded[at]
        return word in _FACILITY_NOUNS or word in self._countries or (at > 0 and words.folded[at - 1] in _levels())

    def _spellings_at(self, words: Words, at: int) -> Iterator[tuple[int, tuple[int, ...]]]:
        """Yield the names at a word; after a level word also one that the gazetteer writes together ("Rawa Anu")."""
        if at + 1 < len(words) and words.gaps[at + 1] == SPACE and self._level_before(words, at)[0]:
            together = self._names.meant_by(words.folded[at] + words.folded[at + 1])
            apart = self._names.meant_by(words.key(at, at + 2))
            if together and not apart:
                yield at + 2, together
        yield from self._names.at(words, at)

    def _is_clear_in_small_letters(self, words: Words, first: int, last: int) -> bool:
        """Tell whether a name in small letters is a name all the same: a country's, or after a level word."""
        if any(is_ordinary(word) for word in words.folded[first:last]):
            return False
        return words.key(first, last) in self._countries or bool(self._level_before(words, first)[0])

    def _is_capitalised(self, words: Words, first: int, last: int) -> bool:
        return all(
            words.capital[at] or words.gaps[at] == HYPHEN or words.folded[at].isdigit() for at in range(first, last)
        )

    def _seen(self, text: "_Text", first: int, last: int, places: tuple[int, ...]) -> _Seen:
        words = text.words
        seen = _Seen(first, last, words.key(first, last), places, opens=first)
        seen.sentence = text.sentence_of(first)
        seen.agency = text.agency_at(first, last)
        seen.is_dateline = text.is_in_dateline(first) or text.heads_an_item(first, last)
        seen.levels, seen.opens = self._level_before(words, first)
        seen.is_locative = text.ends_in("locative", seen.opens)
        seen.is_statement = text.is_statement(seen.opens, last)
        single = last - first == 1
        ordinary = (
            is_ordinary(words.folded[first]) if single else all(is_ordinary(word) for word in words.folded[first:last])
        )
        says_nothing = text.capital_says_nothing(first)
        seen.is_doubtful = (ordinary and (single or says_nothing)) or (
            single
            and (words.folded[first] in _list("venue") or (len(words.folded[first]) < 3 and not words.upper[first]))
        )
        return seen

    def _level_before(self, words: Words, first: int) -> tuple[tuple[str, ...], int]:
        """Return the levels that the word before a name announces, and where that word stands."""
        for count in (3, 2, 1):
            start = first - count
            if start < 0 or words.gaps[first] not in _BESIDE or not words.joined(start, first, _BESIDE):
                continue
            if words.gaps[first] == STOP and len(words.folded[first - 1]) > _LONGEST_ABBREVIATION:
                continue
            levels = _levels().get(words.key(start, first))
            if levels:
                return levels, start
        return (), first

    def _facility_at(self, text: "_Text", at: int) -> _Seen | None:
        words = text.words
        found = self._facilities.longest_at(words, at)
        if found is None:
            return None
        end, facility = found
        key = words.key(at, end)
        noun_before = at > 0 and words.gaps[at] in (SPACE, STOP) and words.folded[at - 1] in _FACILITY_NOUNS
        is_bare = key in self._bare_facilities and words.folded[at] not in _FACILITY_NOUNS
        if not facility.candidates or (text.document.lettering != "lower" and not words.capital[end - 1]):
            return None
        is_just_a_name = bool(self._names.meant_by(key)) or is_ordinary(words.folded[at]) or not words.capital[at]
        if is_bare and not noun_before and is_just_a_name:
            return None
        places = tuple(place for code in facility.candidates if (place := self._names.at_code.get(code)) is not None)
        if not places:
            return None
        seen = self._seen(text, at, end, places)
        seen.facility, seen.is_doubtful = facility, False
        if noun_before and seen.agency is None:
            seen.first = seen.opens = at - 1
            seen.is_locative = text.ends_in("locative", at - 1)
        return seen

    def _is_part_of_something_else(self, text: "_Text", seen: _Seen) -> bool:
        """Tell whether the name belongs to a road, a ship, a person, a firm: judged by the words beside it."""
        words, first, last = text.words, seen.first, seen.last
        if seen.agency is not None or seen.is_dateline:
            return False
        before = words.folded[seen.opens - 1] if seen.opens and words.gaps[seen.opens] in _BESIDE else ""
        if (
            not seen.levels
            and before in _list("not_a_place")
            and not (before in ("kapal", "kuda", "beras") and self._is_upper(seen))
        ):
            return True
        if seen.levels and set(seen.levels) <= {"hamlet"}:
            return True
        if not seen.levels and self._is_calendar_or_initials(seen):
            return True
        if (seen.levels or not self._is_upper(seen)) and self._name_goes_on(text, seen):
            return True
        if seen.key == "ri" and not self._is_beside_country(words, first, last) and not seen.is_locative:
            return True
        if not seen.levels and self._is_end_of_proper_name(text, seen):
            return True
        if seen.levels or (seen.is_locative and self._is_upper(seen)):
            return False
        return last - first == 1 and self._is_in_person_name(text, seen)

    def _is_calendar_or_initials(self, seen: _Seen) -> bool:
        if seen.key in _list("weekday") or seen.key in _list("month"):
            return True
        return len(seen.key) < 3 and seen.key != "ri" and not seen.is_locative

    def _name_goes_on(self, text: "_Text", seen: _Seen) -> bool:
        """Tell whether the name is only the beginning of a longer one that the gazetteer lacks ("Desa Sei Anu")."""
        words, last = text.words, seen.last
        if last >= len(words) or words.gaps[last] != SPACE or not words.capital[last] or words.upper[last]:
            return False
        if text.capital_says_nothing(last) or text.agency_at(last, last + 1) is not None or text.starts_sentence(last):
            return False
        word = words.folded[last]
        if word in _levels() or word in _list("weekday") or word in _list("month") or word in _list("takes_a_place"):
            return False
        follows = next(self._names.at(words, last), None)
        if follows is not None and not is_ordinary(word):
            key = words.key(last, follows[0])
            if any(self._names.rank(place) <= 2 or self._names.is_town(key, place) for place in follows[1]):
                return False
        return not (is_ordinary(word) and self._names.rank(seen.places[0]) <= 2)

    def _is_beside_country(self, words: Words, first: int, last: int) -> bool:
        after = (
            last < len(words)
            and words.gaps[last] in (HYPHEN, SLASH, SPACE, "?")
            and bool(self._names_country(words, last))
        )
        before = first > 0 and words.gaps[first] in (HYPHEN, SLASH)
        return after or before

    def _names_country(self, words: Words, at: int) -> bool:
        found = next(self._names.at(words, at), None)
        return found is not None and any(self._names.rank(place) == 0 for place in found[1])

    def _is_end_of_proper_name(self, text: "_Text", seen: _Seen) -> bool:
        words, first = text.words, seen.first
        if first == 0 or words.gaps[first] != SPACE:
            return False
        before = words.folded[first - 1]
        if before == "bahasa":
            return True
        return before in _list("proper_ending") and words.capital[first - 1] and not text.starts_sentence(first - 1)

    def _is_upper(self, seen: _Seen) -> bool:
        return any(self._names.rank(place) <= 2 or self._names.is_town(seen.key, place) for place in seen.places)

    def _is_in_person_name(self, text: "_Text", seen: _Seen) -> bool:
        words, first, last = text.words, seen.first, seen.last
        if text.capital_says_nothing(first):
            return False
        return self._is_unknown_capital(text, first - 1, words.gaps[first]) or (
            last < len(words) and self._is_unknown_capital(text, last, words.gaps[last])
        )

    def _is_unknown_capital(self, text: "_Text", at: int, gap: str) -> bool:
        """Tell whether a capital word beside a name is neither a word of the language, nor a place, nor an acronym."""
        words = text.words
        if at < 0 or gap != SPACE or not words.capital[at] or words.upper[at] or text.agency_at(at, at + 1) is not None:
            return False
        word = words.folded[at]
        if word in _list("takes_a_place") or word in _levels() or word in _list("weekday") or word.isdigit():
            return False
        if any(self._names.rank(place) <= 3 for place in self._names.meant_by(word)):
            return False
        return not is_ordinary(word) and not self._is_in_run_of_a_building(words, at)

    def _is_in_run_of_a_building(self, words: Words, at: int) -> bool:
        """Tell whether the capital words up to this one begin with a building: "Hotel Anu Kupang"."""
        while (
            at > 0
            and words.capital[at - 1]
            and (words.gaps[at] == SPACE or (words.gaps[at] == STOP and len(words.folded[at - 1]) < 5))
        ):
            at -= 1
        return words.folded[at] in _list("begins_a_run") or (
            at > 0 and words.gaps[at] == SPACE and words.folded[at - 1] in _list("begins_a_run")
        )

    # --- what stands beside each other ------------------------------------------------------------------------------

    def _link(self, text: "_Text", seen: Sequence[_Seen]) -> None:
        """Note chains ("Desa X, Kecamatan Y, Kabupaten Z") and enumerations ("Belu, Malaka dan TTU")."""
        words = text.words
        for index in range(1, len(seen)):
            here, before = seen[index], seen[index - 1]
            if here.agency is not None and before.agency is here.agency:
                continue
            start, gap_ok = before.last, True
            for at in range(before.last, here.opens + 1):
                gap_ok = gap_ok and (words.gaps[at] in _CHAIN_GAPS or (at == here.opens and words.gaps[at] == HYPHEN))
            between = words.folded[start : here.opens]
            if gap_ok and not between:
                before.chained.append(index)
                here.chained.append(index - 1)
            is_joined = (
                between[0] in _ENUMERATION if len(between) == 1 else not between and words.gaps[here.opens] == COMMA
            )
            if not here.levels and gap_ok and is_joined:
                here.after = index - 1

    # --- narrowing ---------------------------------------------------------------------------------------------------

    def _narrow(self, text: "_Text", seen: Sequence[_Seen]) -> None:
        for index, each in enumerate(seen):
            if each.facility is not None:
                self._narrow_facility(each)
            elif each.agency is not None:
                self._narrow_in_agency(text, each, each.agency)
            elif each.levels:
                self._narrow_by_level(each)
                self._doubt_by_level(text, seen, each)
            else:
                self._narrow_bare(text, seen, index)

    def _narrow_facility(self, each: _Seen) -> None:
        if each.agency is not None:
            at = self._names.at_code.get(each.agency.place_code or "")
            each.places = (at,) if at is not None else each.places

    def _narrow_in_agency(self, text: "_Text", each: _Seen, agency: AgencyMention) -> None:
        area = self._names.at_code.get(agency.place_code or "")
        if area is not None and area in each.places:
            each.places = (area,)
            return
        upper = tuple(
            place for place in each.places if self._names.rank(place) <= 2 or self._names.is_town(each.key, place)
        )
        if area is not None:
            upper = tuple(
                place for place in upper if self._names.holds(area, place) or self._names.holds(place, area)
            ) or tuple(place for place in upper if self._names.rank(place) == 0)
        elif each.levels:
            upper = tuple(place for place in each.places if self._names.rows[place].level in each.levels) or upper
        if self._is_own_state(text, each, upper):
            upper = ()
        each.places = upper
        each.is_dropped = not upper or (each.is_doubtful and area is None)

    def _is_own_state(self, text: "_Text", each: _Seen, places: tuple[int, ...]) -> bool:
        """Tell whether a name only says that an office is Indonesia's; in "RI-RDTL" it names a side of the border."""
        if not any(self._names.rows[place].code == "ID" for place in places):
            return False
        gaps = text.words.gaps
        return not any(gaps[at] in (HYPHEN, SLASH) for at in (each.first, each.last) if 0 < at < len(gaps))

    def _doubt_by_level(self, text: "_Text", seen: Sequence[_Seen], each: _Seen) -> None:
        """Drop an ordinary word after a level word ("desa baru"), and a mere hamlet's name, that nothing else supports."""
        is_weak = each.is_doubtful or "hamlet" in each.levels
        if each.is_dropped or not is_weak or self._names.rank(each.places[0]) < 4:
            return
        supported = self._supported(text, seen, each, each.places)
        each.places = supported
        each.is_dropped = not supported

    def _narrow_by_level(self, each: _Seen) -> None:
        wanted = each.levels
        match = tuple(
            place
            for place in each.places
            if self._names.rows[place].level in wanted
            or ("village" in wanted and self._names.rows[place].level == "suco")
            or ("city" in wanted and self._names.is_town(each.key, place))
            or ("district" in wanted and self._names.rows[place].level == "post")
        )
        if not match and set(wanted) & {"island", "town", "country", "sea"}:
            match = self._highest(each)
            each.is_doubtful = each.is_doubtful or (
                bool({"island", "sea"} & set(wanted)) and bool(match) and self._names.rank(match[0]) >= 4
            )
        if not match and set(wanted) & {"regency", "city", "province", "municipality"}:
            match = tuple(place for place in each.places if self._names.rank(place) <= 3)
        if not match and "district" in wanted:
            match = tuple(place for place in each.places if self._names.is_town(each.key, place))
        if len(match) > 1 and not wanted[0].startswith(("village", "suco", "aldeia")):
            match = self._outermost(match)
        each.places = match
        each.is_dropped = not match

    def _highest(self, each: _Seen) -> tuple[int, ...]:
        """Return the places that a bare name means first: countries before provinces, towns with the regencies."""
        if not each.places:
            return ()
        ranks = {place: 2 if self._names.is_town(each.key, place) else self._names.rank(place) for place in each.places}
        best = min(ranks.values())
        level = 1 if best == 1 else best
        return tuple(
            place
            for place, rank in ranks.items()
            if rank == level or (level == 1 and rank == 2 and self._names.rows[place].level == "city")
        )

    def _narrow_bare(self, text: "_Text", seen: Sequence[_Seen], index: int) -> None:
        each = seen[index]
        highest = self._highest(each)
        is_upper = self._is_upper(each)
        chain = self._in_chain(seen, index)
        if chain:
            each.places = chain
            return
        if is_upper:
            each.places = highest
            weak = (
                each.is_doubtful
                and not each.is_dateline
                and not each.is_locative
                and (
                    text.capital_says_nothing(each.first)
                    or text.starts_sentence(each.first)
                    or text.document.lettering != "mixed"
                )
            )
            each.is_dropped = weak
            return
        supported = self._outermost(self._supported(text, seen, each, each.places))
        is_listed = each.after is not None and not seen[each.after].is_dropped
        is_called_for = each.is_locative or is_listed or each.is_dateline
        if each.is_doubtful or not (is_called_for or (supported and self._names.rank(supported[0]) == 3)):
            each.is_dropped = True
        elif supported:
            each.places = supported
        else:
            each.places = self._outermost(highest)
            each.is_dropped = not each.is_dateline and not self._stands_alone(text, seen, each)

    def _stands_alone(self, text: "_Text", seen: Sequence[_Seen], each: _Seen) -> bool:
        """Tell whether a bare name is clear without its regency: one district of the country, or one village of a
        province that the text names or whose name is too long to be anybody's."""
        if len(each.places) != 1:
            return False
        (place,) = each.places
        if self._names.rank(place) <= 3 or (each.last - each.first > 1 and self._names.rank(place) == 4):
            return True
        province = self._names.of_rank(place, 1)
        named = {p for other in seen if not other.is_dropped and other is not each for p in other.places}
        named |= {p for code in text.agency_codes if (p := self._names.at_code.get(code)) is not None}
        return any(province is not None and self._names.holds(province, p) for p in named)

    def _in_chain(self, seen: Sequence[_Seen], index: int) -> tuple[int, ...]:
        """Return the places of a bare name that lie in, or hold, the place written beside it."""
        each = seen[index]
        for other in each.chained:
            neighbour = seen[other]
            if neighbour.agency is not None or neighbour.is_dropped:
                continue
            if not neighbour.levels and not self._is_upper(neighbour):
                continue
            anchors = [
                p
                for p in neighbour.places
                if self._names.rank(p) >= 1 and (self._names.rank(p) <= 2 or neighbour.levels)
            ]
            if other > index:
                inside = tuple(p for p in each.places if any(p != a and self._names.holds(a, p) for a in anchors))
                if inside and not (each.is_doubtful and not neighbour.levels):
                    return self._outermost(inside)
            elif not each.is_doubtful:
                around = tuple(p for p in each.places if any(p != a and self._names.holds(p, a) for a in anchors))
                if around:
                    return self._outermost(around)
        return ()

    def _outermost(self, places: tuple[int, ...]) -> tuple[int, ...]:
        """Return the places without those that lie in another of them: the town's name means the district, not its ward."""
        return tuple(p for p in places if not any(other != p and self._names.holds(other, p) for other in places))

    def _supported(self, text: "_Text", seen: Sequence[_Seen], each: _Seen, places: tuple[int, ...]) -> tuple[int, ...]:
        """Return the places that lie in a regency, city or district that the text names elsewhere."""
        anchors = self._anchors(text, seen, each)
        return tuple(
            place for place in places if any(place != anchor and self._names.holds(anchor, place) for anchor in anchors)
        )

    def _anchors(self, text: "_Text", seen: Sequence[_Seen], each: _Seen) -> set[int]:
        anchors: set[int] = set()
        for other in seen:
            if other is each or other.is_dropped:
                continue
            for place in other.places:
                if self._names.rank(place) == 2 and self._is_upper(other):
                    anchors.add(place)
                elif self._names.rank(place) == 3 and (other.levels or self._names.is_town(other.key, place)):
                    regency = self._names.of_rank(place, 2)
                    anchors.update(() if regency is None else (regency,))
        for code in text.agency_codes:
            at = self._names.at_code.get(code)
            regency = None if at is None else self._names.of_rank(at, 2)
            anchors.update(() if regency is None else (regency,))
        return anchors

    # --- deciding ----------------------------------------------------------------------------------------------------

    def _drop_strangers(self, seen: Sequence[_Seen]) -> None:
        """Drop a village whose named district or regency holds no village of that name: a unit the gazetteer lacks."""
        for index, each in enumerate(seen):
            if each.is_dropped or each.agency is not None or not each.levels or self._names.rank(each.places[0]) < 4:
                continue
            for other in each.chained:
                parent = seen[other]
                if (
                    other < index
                    or parent.is_dropped
                    or not parent.places
                    or not (parent.levels or self._is_upper(parent))
                ):
                    continue
                regencies = {self._names.of_rank(place, 2) for place in parent.places} - {None}
                if regencies and not any(self._names.of_rank(place, 2) in regencies for place in each.places):
                    each.is_dropped = True

    def _decide(self, text: "_Text", seen: Sequence[_Seen]) -> None:
        """Decide the clear ones first; each decision helps with the next."""
        kept = [each for each in seen if not each.is_dropped]
        for each in kept:
            if len(each.places) == 1:
                self._settle(
                    each, each.places[0], 0.95 if each.levels or each.agency else 0.85, "hanya satu tempat yang cocok"
                )
        open_ones = sorted(
            (each for each in kept if each.decided is None), key=lambda each: not (each.levels or each.chained)
        )
        for _ in range(2):
            for each in open_ones:
                if each.decided is None:
                    self._weigh(text, seen, each)
            open_ones = [each for each in open_ones if each.decided is None]
        self._agree_with_full_names(kept)

    def _agree_with_full_names(self, seen: Sequence[_Seen]) -> None:
        """Let a bare small name mean what the text calls by its full name ("di Anu" in a title, "Desa Anu" below)."""
        full = {each.key: each.decided for each in seen if each.levels and each.decided is not None and not each.agency}
        for each in seen:
            named = full.get(each.key)
            if named is None or each.levels or each.agency or each.facility or self._names.rank(named) < 3:
                continue
            if self._is_upper(each):
                continue
            each.places = (named,)
            self._settle(each, named, 0.85, "nama lengkapnya disebut di bagian lain teks")

    def _settle(self, each: _Seen, place: int, confidence: float, why: str) -> None:
        each.decided, each.confidence, each.why = place, confidence, why
        if each.levels:
            each.why = "kata tingkat, dan " + why

    def _weigh(self, text: "_Text", seen: Sequence[_Seen], each: _Seen) -> None:
        if each.facility is not None and each.agency is None:
            return  # which place a border post stands in is not for a text to settle
        scores = {place: self._prior(each, place) for place in each.places}
        for other in seen:
            if other is not each and other.decided is not None and not other.is_dropped:
                nearness = text.nearness(each.sentence, other.sentence)
                is_beside = any(seen[i] is other for i in each.chained)
                for place in scores:
                    scores[place] += self._support(place, other, other.decided, nearness=nearness, is_beside=is_beside)
        for code in text.agency_codes:
            at = self._names.at_code.get(code)
            if at is not None:
                for place in scores:
                    scores[place] += 0.5 * self._relation(place, at)
        ranked = sorted(scores, key=lambda place: -scores[place])
        lead = scores[ranked[0]] - scores[ranked[1]]
        if lead >= _MARGIN:
            self._settle(
                each, ranked[0], min(0.9, 0.6 + lead / 20), "ditentukan oleh tempat yang disebut di sekitarnya"
            )
        else:
            each.places = tuple(place for place in ranked if scores[ranked[0]] - scores[place] < _MARGIN)[
                :_MOST_CANDIDATES
            ]

    def _prior(self, each: _Seen, place: int) -> float:
        level = self._names.rows[place].level
        if level == "city" or self._names.is_town(each.key, place):
            return 3.0 if each.is_dateline else 1.0 if each.is_statement else 0.0
        return 0.0

    def _support(self, place: int, other: _Seen, decided: int, *, nearness: float, is_beside: bool) -> float:
        weight = 0.5 if other.agency is not None or other.is_dateline else 1.0
        score = weight * nearness * self._relation(place, decided)
        if is_beside and (self._names.holds(decided, place) or self._names.holds(place, decided)):
            score += 4.0
        distance = self._names.distance_km(place, decided) if self._names.rank(decided) >= 2 else None
        if distance is not None and place != decided:
            score += 0.4 * weight * nearness * max(0.0, 1 - distance / 150)
        return score

    def _relation(self, place: int, decided: int) -> float:
        """Return how much one decided place speaks for a candidate: itself, its parent, its child, its neighbour."""
        if place == decided:
            return 3.0
        if self._names.holds(decided, place):
            return (0.1, 1.0, 2.5, 4.0, 4.0)[min(4, self._names.rank(decided))]
        if self._names.holds(place, decided):
            return 2.0 if self._names.rank(place) >= 2 else 0.5
        for rank, worth in ((3, 2.0), (2, 1.5), (1, 0.5)):
            here, there = self._names.of_rank(place, rank), self._names.of_rank(decided, rank)
            if here is not None and here == there:
                return worth
        return 0.0

    # --- roles -------------------------------------------------------------------------------------------------------

    def _roles(self, text: "_Text", seen: Sequence[_Seen]) -> dict[int, PlaceRole]:
        roles: dict[int, PlaceRole] = {}
        for index, each in enumerate(seen):
            role = self._own_role(text, each)
            before = seen[index - 1] if index else None
            if role == "mention" and before is not None and self._continues(text, before, each):
                role = roles[id(before)]
            roles[id(each)] = role
        return roles

    def _continues(self, text: "_Text", before: _Seen, each: _Seen) -> bool:
        """Tell whether a name goes on in a chain or an enumeration that the name before it is in."""
        if before.agency is not None or before.is_dateline:
            return False
        words = text.words
        between = words.folded[before.last : each.opens]
        gaps = words.gaps[before.last : each.opens + 1]
        if any(gap not in _CHAIN_GAPS and gap != HYPHEN for gap in gaps):
            return False
        return not between or (len(between) == 1 and between[0] in _ENUMERATION)

    def _own_role(self, text: "_Text", each: _Seen) -> PlaceRole:
        if each.agency is not None:
            return "court_seat" if each.agency.kind == "court" else "in_org_name"
        if each.is_dateline:
            return "dateline"
        is_country = any(self._names.rank(place) == 0 for place in each.places)
        if is_country and text.ends_in("nationality", each.opens):
            return "nationality"
        if text.ends_in("visited", each.opens):
            return "scene"
        roles: tuple[PlaceRole, ...] = ("home", "destination", "origin")
        for role in roles:
            if text.ends_in(role, each.opens):
                if role == "home" and is_country:
                    return "nationality"
                return role
        if each.is_statement or (is_country and text.words.folded[each.opens - 1 : each.opens] != ("di",)):
            return "mention"
        if text.ends_in("scene", each.opens) or (each.facility is not None and text.ends_in("locative", each.opens)):
            return "scene"
        return "scene" if self._locates_an_office(text, each) or self._locates_a_spot(text, each) else "mention"

    def _locates_an_office(self, text: "_Text", each: _Seen) -> bool:
        """Tell whether the name says where the office before it stands: "di Markas Polda Banten, Kota Serang"."""
        words, before = text.words, each.opens - 1
        office = text.agency_at(before, before + 1) if before >= 0 and words.gaps[each.opens] in (COMMA, OPEN) else None
        return office is not None and text.ends_in("scene", words.index_at(office.evidence.start))

    def _locates_a_spot(self, text: "_Text", each: _Seen) -> bool:
        """Tell whether the name says where a spot without a code lies: "di Dermaga Anu, Kabupaten Belu"."""
        words, at = text.words, each.opens - 1
        if at < 0 or words.gaps[each.opens] != COMMA:
            return False
        while at > 0 and each.opens - at < _LONGEST_SPOT and words.capital[at] and words.gaps[at] == SPACE:
            if words.folded[at] in _list("spot"):
                break
            at -= 1
        return words.folded[at] in _list("spot") and not text.ends_in("home", at)

    def _mention(self, text: "_Text", each: _Seen, role: PlaceRole) -> PlaceMention | None:
        words = text.words
        places = (each.decided,) if each.decided is not None else each.places
        if not places or (each.decided is None and len(places) < 2):
            return None
        share = each.confidence if each.decided is not None else round(0.9 / len(places), 3)
        candidates = tuple(
            PlaceCandidate(row.code, row.name, row.level, share)
            for row in (self._names.rows[place] for place in places)
        )
        start = words.starts[each.opens if self._is_level_part(each) else each.first]
        why = each.why if each.decided is not None else f"ada {len(places)} tempat yang cocok"
        evidence = text.document.evidence(
            start, words.ends[each.last - 1], each.confidence if each.decided is not None else 0.5, why
        )
        decided = self._names.rows[each.decided] if each.decided is not None else None
        return PlaceMention(
            evidence=evidence,
            code=decided.code if decided else None,
            level=decided.level if decided else None,
            role=role,
            candidates=candidates,
            facility=each.facility.key if each.facility else None,
        )

    def _is_level_part(self, each: _Seen) -> bool:
        return bool(each.levels) and each.agency is None and "country" not in each.levels


class _Text:
    """One text with what the finder asks of it again and again."""

    def __init__(self, document: Document, words: Words, agencies: Sequence[AgencyMention]) -> None:
        self.document = document
        self.words = words
        self.agency_codes = [mention.place_code for mention in agencies if mention.place_code]
        self._agency_of: dict[int, AgencyMention] = {}
        for mention in agencies:
            first, last = words.index_at(mention.evidence.start), words.index_at(mention.evidence.end)
            for at in range(first, last):
                self._agency_of[at] = mention
        self._sentences = self._sentence_indexes()
        self._blank_capitals = self._sentences_where_capitals_say_nothing()
        self._quiet: dict[tuple[str, int], bool] = {}

    def _sentence_indexes(self) -> list[int]:
        sentences, found, index = self.document.sentences, [], 0
        for start in self.words.starts:
            while index + 1 < len(sentences) and sentences[index + 1].start <= start:
                index += 1
            found.append(index)
        return found

    def _sentences_where_capitals_say_nothing(self) -> frozenset[int]:
        """Return the sentences in title case or in capitals: a capital letter proves no name there."""
        capital: dict[int, int] = {}
        total: dict[int, int] = {}
        for at, sentence in enumerate(self._sentences):
            if len(self.words.folded[at]) > 3:
                total[sentence] = total.get(sentence, 0) + 1
                capital[sentence] = capital.get(sentence, 0) + self.words.capital[at]
        return frozenset(s for s, count in total.items() if count >= 4 and capital[s] / count > 0.85)

    def sentence_of(self, at: int) -> int:
        return self._sentences[at]

    def starts_sentence(self, at: int) -> bool:
        """Tell whether a word is the first of its sentence, or the first after a quotation mark or a bullet."""
        return (
            at == 0
            or self._sentences[at] != self._sentences[at - 1]
            or self.words.gaps[at] not in (SPACE, HYPHEN, SLASH, COMMA, OPEN, CLOSE)
        )

    def capital_says_nothing(self, at: int) -> bool:
        return self.document.lettering != "mixed" or self._sentences[at] in self._blank_capitals

    def agency_at(self, first: int, last: int) -> AgencyMention | None:
        mention = self._agency_of.get(first)
        return mention if mention is not None and self._agency_of.get(last - 1) is mention else None

    def is_in_dateline(self, at: int) -> bool:
        span = self.document.dateline
        return span is not None and span[0] <= self.words.starts[at] < span[1]

    def heads_an_item(self, first: int, last: int) -> bool:
        """Tell whether a name stands before a dash at the head of a line, as each item of a digest begins."""
        words, body = self.words, self.document.body
        line = body.rfind("\n", 0, words.starts[first]) + 1
        before, after = body[line : words.starts[first]], body[words.ends[last - 1] : words.ends[last - 1] + 3]
        return (
            not any(mark.isalpha() for mark in before)
            and len(before) < 8
            and after[:1] == " "
            and after[1:2] in _DASHES
        )

    def ends_in(self, name: str, before: int) -> bool:
        """Tell whether the words right before a word end in one of a list's phrases."""
        phrases = _list_for(name, self.document.language)
        words = self.words
        for count in range(1, 5):
            start = before - count
            if start < 0 or words.gaps[start + 1 if count > 1 else before] not in (SPACE, STOP, HYPHEN):
                return False
            if words.key(start, before) in phrases:
                return True
        return False

    def is_statement(self, first: int, last: int) -> bool:
        """Tell whether a name only says where somebody spoke: "kata ... di Atambua, Kamis (5/9)"."""
        words = self.words
        if first == 0:
            return False
        after_office = words.gaps[first] == COMMA and self.agency_at(first - 1, first) is not None
        if words.folded[first - 1] != "di" and not after_office:
            return False
        if last >= len(words) or words.gaps[last] not in (COMMA, SPACE) or words.folded[last] not in _list("weekday"):
            return False
        sentence = self._sentences[first]
        at = first - 1
        while at >= 0 and self._sentences[at] == sentence:
            if words.folded[at] in _list("statement"):
                return True
            at -= 1
        return False

    def nearness(self, one: int, other: int) -> float:
        """Return how near two sentences stand: 1 the same, 0.6 the same paragraph or the next sentence, else 0.4."""
        if one == other:
            return 1.0
        sentences = self.document.sentences
        if (
            0 <= one < len(sentences)
            and 0 <= other < len(sentences)
            and sentences[one].paragraph == sentences[other].paragraph
        ):
            return 0.6
        return 0.6 if abs(one - other) == 1 else 0.4
