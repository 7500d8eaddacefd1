"""Cut a text into cases: the runs of sentences that each tell one happening, in a digest, a list or plain paragraphs."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from kentongan.reading.model import AgencyMention, DateMention, Instrument, KindMention, PlaceMention, Quantity
from kentongan.reading.text import Document
from kentongan.reading.words import lines_of


def codes_with_role(role: str) -> frozenset[str]:
    """Return the codes of the vocabulary that `data/kind_roles.txt` gives a role."""
    lines = (line.partition(":") for line in lines_of("kind_roles.txt"))
    return frozenset(code.strip() for name, _, codes in lines if name == role for code in codes.split("|"))


TOGETHER = codes_with_role("together")
ACTIONS = codes_with_role("acts")
PROTECTION = codes_with_role("protection")
CHANNELS = codes_with_role("in passing")

_ITEM = re.compile(r"(?:\(?\d{1,2}[.)]|[-•●▪◦–·>]|\(?[a-z][.)])\s+\S")
_ORDINAL_CASE = re.compile(
    r"\b(?:kasus|kejadian|peristiwa|penangkapan|pengungkapan|tkp|operasi|laporan|penindakan|insiden|lokasi|perkara)\s+(?P<which>pertama|kedua|ketiga|keempat|lain(?:nya)?|serupa|berikutnya)\b"
    r"|^(?P<bare>pertama|kedua|ketiga|keempat|kelima),",
    re.IGNORECASE,
)
_OTHER_CASE = re.compile(
    r"^\W*(?:sementara(?: itu)?|selain itu|secara terpisah|terpisah|(?:di|pada) (?:tempat|lokasi|kesempatan|kasus|hari|waktu) (?:yang )?(?:terpisah|sama|lain|berbeda|berikutnya)|masih di|hal (?:yang )?serupa|peristiwa serupa"
    r"|adapun di|sehari (?:sebelumnya|kemudian)|beberapa hari (?:sebelumnya|kemudian)|dua hari (?:sebelumnya|kemudian)|sebelumnya|sebelum itu|tak hanya itu|entretanto|enquanto isso|entretantu|meanwhile|in a separate case)\b",
    re.IGNORECASE,
)
_SET_APART = re.compile(
    r"^\W*(?:(?:masih )?(?:di|pada) (?:tempat|lokasi|kasus|hari) (?:yang )?(?:terpisah|sama|lain|berbeda|berikutnya)|di hari yang sama|secara terpisah|sehari (?:sebelumnya|kemudian))\b",
    re.IGNORECASE,
)
_SAME_DAY = re.compile(r"^\W*(?:masih )?(?:di|pada) hari yang sama\b", re.IGNORECASE)
_EARLIER = re.compile(
    r"^\W*(?:sebelumnya|sebelum itu|sehari sebelumnya|beberapa (?:hari|bulan|pekan|minggu) (?:sebelumnya|lalu)|tahun lalu|pada tahun|pernah)\b",
    re.IGNORECASE,
)
_OF_OLD = re.compile(r"\b(?:serupa|pernah)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Finds:
    """All that was found in one text."""

    dates: tuple[DateMention, ...]
    places: tuple[PlaceMention, ...]
    agencies: tuple[AgencyMention, ...]
    kinds: tuple[KindMention, ...]
    quantities: tuple[Quantity, ...]
    instruments: tuple[Instrument, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """A run of sentences that tell one happening."""

    first: int
    last: int  # excluded
    background: bool = False
    shared_until: int = 0  # the sentences before this one are told of all numbered cases together


class Layout:
    """What was found in a text, by the sentence that it stands in."""

    def __init__(self, document: Document, finds: Finds, kind_classes: Mapping[str, str]) -> None:
        self.document = document
        self.finds = finds
        self.kind_classes = kind_classes
        at = document.sentence_index_at
        self.date_at = [at(mention.evidence.start) for mention in finds.dates]
        self.place_at = [at(mention.evidence.start) for mention in finds.places]
        self.agency_at = [at(mention.evidence.start) for mention in finds.agencies]
        self.kind_at = [at(mention.evidence.start) for mention in finds.kinds]
        self.quantity_at = [at(mention.evidence.start) for mention in finds.quantities]
        self.kinds_of, self.dates_of, self.places_of = (
            _by_sentence(self.kind_at),
            _by_sentence(self.date_at),
            _by_sentence(self.place_at),
        )
        self.scenes_by_sentence: dict[int, set[str]] = {}
        for index, mention in enumerate(finds.places):
            if mention.role == "scene":
                self.scenes_by_sentence.setdefault(self.place_at[index], set()).add(self.code_of(mention))

    def kinds_in(self, case: Case) -> list[KindMention]:
        """Return the mentions of kinds in the sentences of a case."""
        return [self.finds.kinds[index] for index in _within(self.kinds_of, case)]

    def dates_in(self, case: Case) -> list[DateMention]:
        """Return the dates in the sentences of a case."""
        return [self.finds.dates[index] for index in _within(self.dates_of, case)]

    def places_in(self, case: Case, roles: tuple[str, ...]) -> list[int]:
        """Return the indices of the places in the sentences of a case that have one of the roles."""
        return [index for index in _within(self.places_of, case) if self.finds.places[index].role in roles]

    def code_of(self, mention: PlaceMention) -> str:
        """Return the code of a place, or its candidates joined, while more than one stands."""
        return mention.code or "|".join(candidate.code for candidate in mention.candidates)

    def may_happen(self, mention: KindMention) -> bool:
        """Say whether the mention can be what happened: asserted, and neither a mere means nor said in passing."""
        kind_class = self.kind_classes.get(mention.code, "")
        return (
            mention.polarity == "asserted"
            and kind_class not in ("modus",)
            and mention.code not in CHANNELS
            and (kind_class != "status" or mention.code in PROTECTION)
        )

    def is_incident(self, mention: KindMention) -> bool:
        """Say whether the mention is of something that happened and is not what agencies do with each other."""
        return self.may_happen(mention) and mention.code not in TOGETHER and mention.code not in PROTECTION

    def is_substance(self, mention: KindMention) -> bool:
        """Say whether the mention is of the matter itself, not of what was done about it."""
        return self.kind_classes.get(mention.code) in ("offence", "movement", "issue")

    def sentence_of(self, mention: KindMention) -> int:
        """Return the index of the sentence that a kind is mentioned in."""
        return self.document.sentence_index_at(mention.evidence.start)

    def has_counts(self, case: Case, sentences: range) -> bool:
        """Say whether those sentences of a case count persons, goods, vehicles or money of this text."""
        return any(
            index in sentences
            and case.first <= index < case.last
            and quantity.scope != "background"
            and quantity.family in ("persons", "goods", "vehicles", "money")
            for quantity, index in zip(self.finds.quantities, self.quantity_at, strict=True)
        )

    def days_in(self, case: Case, roles: tuple[str, ...] = ()) -> set[date]:
        """Return the settled days in a case, of the given roles or of any."""
        return {mention.day for mention in self.dates_in(case) if mention.day and (not roles or mention.role in roles)}


def cut_into_cases(layout: Layout) -> list[Case]:
    """Return the cases of a text: digest items, numbered cases, dated paragraphs, or the whole with what is set apart."""
    return _Cutter(layout).cases()


class _Cutter:
    """Knows the ways in which texts set one case apart from the next."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout

    def cases(self) -> list[Case]:
        """Return the cases of the text: digest items, numbered cases, or the whole with separate paragraphs cut off."""
        count = len(self.layout.document.sentences)
        if count == 0:
            return []
        return (
            self._digest_items()
            or self._numbered_cases()
            or self._dated_paragraphs()
            or self._separate_paragraphs(count)
        )

    def _digest_items(self) -> list[Case]:
        starts = [
            index
            for index, sentence in enumerate(self.layout.document.sentences)
            if self._opens_line(index) and _ITEM.match(self.layout.document.body, sentence.start)
        ]
        if len(starts) < 2:
            return []
        items = [
            Case(first, last)
            for first, last in zip(starts, [*starts[1:], len(self.layout.document.sentences)], strict=True)
        ]
        telling = [item for item in items if self._tells_something(item)]
        signatures = [self._signature(item) for item in telling]
        if len(telling) >= 2 and len(telling) * 2 >= len(items) and len(set(signatures)) == len(signatures):
            return telling
        return []

    def _opens_line(self, index: int) -> bool:
        sentences = self.layout.document.sentences
        return index == 0 or sentences[index].paragraph != sentences[index - 1].paragraph

    def _tells_something(self, case: Case) -> bool:
        kinds = [mention for mention in self.layout.kinds_in(case) if self.layout.may_happen(mention)]
        return bool(kinds) and bool(
            self.layout.places_in(case, ("scene", "mention", "dateline")) or self.layout.dates_in(case)
        )

    def _signature(self, case: Case) -> tuple[frozenset[str], frozenset[object]]:
        places = frozenset(
            self.layout.code_of(self.layout.finds.places[index])
            for index in self.layout.places_in(case, ("scene", "mention", "dateline", "in_org_name"))
        )
        return places, frozenset(mention.day or mention.weekday for mention in self.layout.dates_in(case))

    def _numbered_cases(self) -> list[Case]:
        starts: dict[str, int] = {}
        for index, sentence in enumerate(self.layout.document.sentences):
            text = self.layout.document.body[sentence.start : sentence.end]
            match = _ORDINAL_CASE.search(text)
            if match:
                which = (match["which"] or match["bare"]).lower()
                if which in ("pertama", "kedua", "ketiga", "keempat", "kelima"):
                    starts.setdefault(which, index)
        if "kedua" not in starts:
            return []
        ordered = sorted(starts.values())
        if "pertama" not in starts:
            ordered = [0, *ordered]
        cases = [
            Case(first, last)
            for first, last in zip(ordered, [*ordered[1:], len(self.layout.document.sentences)], strict=True)
            if last > first
        ]
        telling = [replace(case, shared_until=ordered[0]) for case in cases if self._tells_something(case)]
        return telling if len(telling) >= 2 else []

    def _separate_paragraphs(self, count: int) -> list[Case]:
        """Cut where a sentence opens another case: words that say so, with a place or a day that the case so far has not."""
        cases: list[Case] = []
        first, background = 0, False
        for index in range(self._first_of_body() + 1, count):
            if not self._opens_line(index) and not _OTHER_CASE.match(self.layout.document.sentence_text(index)):
                continue
            earlier = self._opens_another(first, index, count)
            if earlier is None:
                continue
            cases.append(Case(first, index, background))
            first, background = index, earlier
        cases.append(Case(first, count, background))
        return self._without_title(cases) if len(cases) > 1 else cases

    def _without_title(self, cases: list[Case]) -> list[Case]:
        """Return the cases with the title in none of them: it may speak of all."""
        body = self._first_of_body()
        return [replace(cases[0], first=body), *cases[1:]] if cases[0].first < body < cases[0].last else cases

    def _first_of_body(self) -> int:
        """Return the first sentence after the title: what the title says and the body repeats is one case."""
        span = self.layout.document.title_span
        sentences = self.layout.document.sentences
        return next((index for index, sentence in enumerate(sentences) if span is None or sentence.start >= span[1]), 0)

    def _opens_another(self, first: int, index: int, count: int) -> bool | None:
        """Return None when the sentence goes on with the case, else whether the new case is background."""
        here, so_far = self._paragraph_from(index, count), Case(first, index)
        if not any(self.layout.is_incident(mention) for mention in self.layout.kinds_in(here)):
            return None
        text = self.layout.document.sentence_text(index)
        old_days, new_days = self.layout.days_in(so_far), self.layout.days_in(here, ("event", "background"))
        other_day = bool(new_days) and bool(old_days) and not new_days & old_days
        other_place = self._is_elsewhere(here, so_far, narrowly=bool(_SET_APART.match(text)))
        acts = any(
            mention.code in ACTIONS and self.layout.is_incident(mention) and not mention.quoted
            for mention in self.layout.kinds_in(here)
        )
        marked = bool(_OTHER_CASE.match(text)) or _names_another_case(text)
        opens = (other_place or (other_day and acts)) if marked else (other_place and other_day and acts)
        if not opens:
            return None
        return bool(_EARLIER.match(text)) or (
            other_day and max(new_days) < min(old_days) and bool(_OF_OLD.search(text))
        )

    def _paragraph_from(self, index: int, count: int) -> Case:
        paragraph = self.layout.document.sentences[index].paragraph
        last = index + 1
        while last < count and self.layout.document.sentences[last].paragraph == paragraph:
            last += 1
        return Case(index, last)

    def _is_elsewhere(self, here: Case, so_far: Case, *, narrowly: bool) -> bool:
        """Say whether the scenes of a paragraph neither contain nor lie in any place of the case so far.

        Read narrowly, a regency that is named only because a village lies in it does not count.
        """
        old = {
            self.layout.code_of(self.layout.finds.places[index])
            for index in self.layout.places_in(so_far, ("scene", "mention", "dateline"))
        }
        new = {
            self.layout.code_of(self.layout.finds.places[index]) for index in self.layout.places_in(here, ("scene",))
        }
        if narrowly:
            old, new = _narrowest(old), _narrowest(new)
        return bool(new) and bool(old) and not any(_related(one, other) for one in new for other in old)

    def _dated_paragraphs(self) -> list[Case]:
        """Return paragraphs that each give a day and a count of their own, when three or more in the text tell acts so."""
        count = len(self.layout.document.sentences)
        starts = [index for index in range(count) if self._opens_line(index) and self._gives_day_and_count(index)]
        if sum(self._tells_an_act(index) for index in starts) < 3:
            return []
        cases = [replace(self._paragraph_from(index, count), shared_until=starts[0]) for index in starts]
        days = [frozenset(self.layout.days_in(case, ("event",))) for case in cases]
        return cases if len(set(days)) == len(days) else []

    def _gives_day_and_count(self, index: int) -> bool:
        here = Case(index, index + 1)
        return bool(self.layout.days_in(here, ("event",))) and self.layout.has_counts(here, range(index, index + 1))

    def _tells_an_act(self, index: int) -> bool:
        kinds = self.layout.kinds_in(Case(index, index + 1))
        return any(
            mention.code in ACTIONS and self.layout.is_incident(mention) and not mention.quoted for mention in kinds
        )


def _names_another_case(text: str) -> bool:
    match = _ORDINAL_CASE.search(text)
    return match is not None and (match["which"] or "").lower() in ("lain", "lainnya", "serupa", "berikutnya")


def _by_sentence(sentences: Sequence[int]) -> dict[int, list[int]]:
    """Return the indices of the finds that stand in each sentence."""
    indices: dict[int, list[int]] = {}
    for index, sentence in enumerate(sentences):
        indices.setdefault(sentence, []).append(index)
    return indices


def _within(indices: Mapping[int, list[int]], case: Case) -> list[int]:
    if not indices:
        return []
    return [index for sentence in range(case.first, case.last) for index in indices.get(sentence, ())]


def lies_in(inner: str, outer: str) -> bool:
    """Say whether one code stands under another: "53.04.02" under "53.04", "TL-0502" under "TL-05"."""
    return inner != outer and (inner.startswith(outer + ".") or (outer.startswith("TL-") and inner.startswith(outer)))


def _narrowest(codes: set[str]) -> set[str]:
    return {code for code in codes if not any(lies_in(other, code) for other in codes)}


def is_of_the_same_day(text: str) -> bool:
    """Say whether a sentence opens a case on the day of the one before ("Pada hari yang sama, ...")."""
    return bool(_SAME_DAY.match(text))


def _related(first: str, second: str) -> bool:
    """Say whether one place lies in the other, by their codes."""
    return any(
        one == other or one.startswith(other + ".") or other.startswith(one + ".")
        for one in first.split("|")
        for other in second.split("|")
    ) or first in ("ID", "TL")
