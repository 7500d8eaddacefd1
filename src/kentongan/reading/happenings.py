"""Put the finds of a text together into happenings: one proposal a case, whether the text tells one case or five.

A text is first cut into cases (items of a digest, "kasus kedua", a paragraph with a place and a day of its own); in
each case the kinds, days, places, counts and agencies that stand nearest to each other belong together. What agencies
do with each other (meet, sign, visit) is a happening too; the offences that such a meeting talks about are not.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from kentongan.reading.model import (
    AgencyMention,
    DateMention,
    EventProposal,
    Instrument,
    KindMention,
    PlaceMention,
    Quantity,
)
from kentongan.reading.text import Document

_TOGETHER = frozenset(
    {
        "RESP.RAKOR",
        "RESP.PKS",
        "RESP.MOU",
        "RESP.VISIT",
        "RESP.LETTER",
        "RESP.SOSIALISASI",
        "RESP.TRAIN",
        "RESP.REVITALIZE",
        "RESP.ASSET",
        "RESP.REINTEG",
    }
)
_INSTRUMENT_KINDS = {"PKS": "RESP.PKS", "MoU": "RESP.MOU", "surat_dukungan": "RESP.LETTER"}
_SIGNED_OR_MET = frozenset({"RESP.RAKOR", "RESP.PKS", "RESP.MOU", "RESP.VISIT", "RESP.LETTER"})
_ACTIONS = frozenset(
    {
        "RESP.ARREST",
        "RESP.RESCUE",
        "RESP.RETURN",
        "RESP.DEPORT",
        "RESP.OPS",
        "RESP.PATROL",
        "RESP.DESTROY",
        "RESP.HANDOVER",
        "RESP.BAN",
        "PMI.PASSPORT_DEFER",
        "PMI.PASSPORT_REFUSE",
        "PMI.DEPART_DEFER",
        "RESP.PULBAKET",
    }
)
_PROTECTION = frozenset({"IM.REFUGEE", "IM.ASYLUM", "IM.DETENTEE"})
_NIL = "ST.NIHIL"
_CHANNELS = frozenset({"SOCMED", "KAMTIBMAS", "IM.LEGAL_CROSS"})  # said in passing in almost any text
_WEAK_ALONE = frozenset({"RESP.PULBAKET", "RESP.LETTER", "RESP.BAN", "RESP.ASSET", "RESP.REINTEG"})

_ITEM = re.compile(r"(?:\(?\d{1,2}[.)]|[-•●▪◦–·>]|\(?[a-z][.)])\s+\S")
_ORDINAL_CASE = re.compile(
    r"\b(?:kasus|kejadian|peristiwa|penangkapan|pengungkapan|tkp|operasi|laporan|penindakan|insiden|lokasi|perkara)\s+(?P<which>pertama|kedua|ketiga|keempat|lain(?:nya)?|serupa|berikutnya)\b"
    r"|^(?P<bare>pertama|kedua|ketiga|keempat|kelima),",
    re.IGNORECASE,
)
_OTHER_CASE = re.compile(
    r"^\W*(?:sementara(?: itu)?|selain itu|secara terpisah|terpisah|(?:di|pada) (?:tempat|lokasi|kesempatan|kasus|hari|waktu) (?:yang )?(?:terpisah|lain|berbeda|berikutnya)|masih di|hal (?:yang )?serupa|peristiwa serupa"
    r"|adapun di|sehari (?:sebelumnya|kemudian)|beberapa hari (?:sebelumnya|kemudian)|dua hari (?:sebelumnya|kemudian)|sebelumnya|sebelum itu|tak hanya itu|entretanto|enquanto isso|entretantu|meanwhile|in a separate case)\b",
    re.IGNORECASE,
)
_EARLIER = re.compile(
    r"^\W*(?:sebelumnya|sebelum itu|sehari sebelumnya|beberapa (?:hari|bulan|pekan|minggu) (?:sebelumnya|lalu)|tahun lalu|pada tahun|pernah)\b",
    re.IGNORECASE,
)
_OF_OLD = re.compile(r"\b(?:serupa|pernah)\b", re.IGNORECASE)

_SCENE_ROLES = ("scene",)
_LEVEL_DEPTH = {
    "aldeia": 6,
    "village": 5,
    "suco": 5,
    "district": 4,
    "post": 4,
    "regency": 3,
    "city": 3,
    "municipality": 3,
    "province": 2,
    "sea": 2,
    "country": 1,
}


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
class _Case:
    """A run of sentences that tell one happening."""

    first: int
    last: int  # excluded
    background: bool = False
    shared_until: int = 0  # the sentences before this one are told of all numbered cases together


def propose_events(document: Document, finds: Finds, kind_classes: Mapping[str, str]) -> tuple[EventProposal, ...]:
    """Return one proposal for each happening of the text, those of this text first and background ones last."""
    builder = _Builder(document, finds, kind_classes)
    cases = builder.cases()
    events = [event for case in cases for event in builder.events_of(case)]
    events = _without_repeats(events)
    background = builder.background_events(events)
    return (
        *(event for event in events if not event.background),
        *(event for event in events if event.background),
        *background,
    )


def _without_repeats(events: list[EventProposal]) -> list[EventProposal]:
    kept: list[EventProposal] = []
    for event in events:
        if not any(event.evidence == other.evidence and event.kinds == other.kinds for other in kept):
            kept.append(event)
    return kept


class _Builder:
    """Knows which find stands in which sentence."""

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
                self.scenes_by_sentence.setdefault(self.place_at[index], set()).add(self._code(mention))

    # ---- cutting into cases

    def cases(self) -> list[_Case]:
        """Return the cases of the text: digest items, numbered cases, or the whole with separate paragraphs cut off."""
        count = len(self.document.sentences)
        if count == 0:
            return []
        return (
            self._digest_items()
            or self._numbered_cases()
            or self._dated_paragraphs()
            or self._separate_paragraphs(count)
        )

    def _digest_items(self) -> list[_Case]:
        starts = [
            index
            for index, sentence in enumerate(self.document.sentences)
            if self._opens_line(index) and _ITEM.match(self.document.body, sentence.start)
        ]
        if len(starts) < 2:
            return []
        items = [
            _Case(first, last) for first, last in zip(starts, [*starts[1:], len(self.document.sentences)], strict=True)
        ]
        telling = [item for item in items if self._tells_something(item)]
        signatures = [self._signature(item) for item in telling]
        if len(telling) >= 2 and len(telling) * 2 >= len(items) and len(set(signatures)) == len(signatures):
            return telling
        return []

    def _opens_line(self, index: int) -> bool:
        sentences = self.document.sentences
        return index == 0 or sentences[index].paragraph != sentences[index - 1].paragraph

    def _tells_something(self, case: _Case) -> bool:
        kinds = [mention for mention in self._kinds_in(case) if self._may_happen(mention)]
        return bool(kinds) and bool(self._places_in(case, ("scene", "mention", "dateline")) or self._dates_in(case))

    def _signature(self, case: _Case) -> tuple[frozenset[str], frozenset[object]]:
        places = frozenset(
            self._code(self.finds.places[index])
            for index in self._places_in(case, ("scene", "mention", "dateline", "in_org_name"))
        )
        return places, frozenset(mention.day or mention.weekday for mention in self._dates_in(case))

    def _numbered_cases(self) -> list[_Case]:
        starts: dict[str, int] = {}
        for index, sentence in enumerate(self.document.sentences):
            text = self.document.body[sentence.start : sentence.end]
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
            _Case(first, last)
            for first, last in zip(ordered, [*ordered[1:], len(self.document.sentences)], strict=True)
            if last > first
        ]
        telling = [replace(case, shared_until=ordered[0]) for case in cases if self._tells_something(case)]
        return telling if len(telling) >= 2 else []

    def _separate_paragraphs(self, count: int) -> list[_Case]:
        """Cut where a sentence opens another case: words that say so, with a place or a day that the case so far has not."""
        cases: list[_Case] = []
        first, background = 0, False
        for index in range(self._first_of_body() + 1, count):
            if not self._opens_line(index) and not _OTHER_CASE.match(self.document.sentence_text(index)):
                continue
            earlier = self._opens_another(first, index, count)
            if earlier is None:
                continue
            cases.append(_Case(first, index, background))
            first, background = index, earlier
        cases.append(_Case(first, count, background))
        return cases

    def _first_of_body(self) -> int:
        """Return the first sentence after the title: what the title says and the body repeats is one case."""
        span = self.document.title_span
        sentences = self.document.sentences
        return next((index for index, sentence in enumerate(sentences) if span is None or sentence.start >= span[1]), 0)

    def _opens_another(self, first: int, index: int, count: int) -> bool | None:
        """Return None when the sentence goes on with the case, else whether the new case is background."""
        here, so_far = self._paragraph_from(index, count), _Case(first, index)
        if not any(self._is_incident(mention) for mention in self._kinds_in(here)):
            return None
        text = self.document.sentence_text(index)
        old_days, new_days = self._days(so_far), self._days(here, ("event", "background"))
        other_day = bool(new_days) and bool(old_days) and not new_days & old_days
        other_place = self._is_elsewhere(here, so_far)
        acts = any(
            mention.code in _ACTIONS and self._is_incident(mention) and not mention.quoted
            for mention in self._kinds_in(here)
        )
        marked = bool(_OTHER_CASE.match(text)) or _names_another_case(text)
        opens = (other_place or (other_day and acts)) if marked else (other_place and other_day and acts)
        if not opens:
            return None
        return bool(_EARLIER.match(text)) or (
            other_day and max(new_days) < min(old_days) and bool(_OF_OLD.search(text))
        )

    def _paragraph_from(self, index: int, count: int) -> _Case:
        paragraph = self.document.sentences[index].paragraph
        last = index + 1
        while last < count and self.document.sentences[last].paragraph == paragraph:
            last += 1
        return _Case(index, last)

    def _days(self, case: _Case, roles: tuple[str, ...] = ()) -> set[date]:
        return {mention.day for mention in self._dates_in(case) if mention.day and (not roles or mention.role in roles)}

    def _is_elsewhere(self, here: _Case, so_far: _Case) -> bool:
        """Say whether the scenes of a paragraph neither contain nor lie in any place of the case so far."""
        old = {
            self._code(self.finds.places[index]) for index in self._places_in(so_far, ("scene", "mention", "dateline"))
        }
        new = {self._code(self.finds.places[index]) for index in self._places_in(here, ("scene",))}
        return bool(new) and bool(old) and not any(_related(one, other) for one in new for other in old)

    def _dated_paragraphs(self) -> list[_Case]:
        """Return paragraphs that each give a day and a count of their own, when three or more in the text tell acts so."""
        count = len(self.document.sentences)
        starts = [index for index in range(count) if self._opens_line(index) and self._gives_day_and_count(index)]
        if sum(self._tells_an_act(index) for index in starts) < 3:
            return []
        cases = [replace(self._paragraph_from(index, count), shared_until=starts[0]) for index in starts]
        days = [frozenset(self._days(case, ("event",))) for case in cases]
        return cases if len(set(days)) == len(days) else []

    def _gives_day_and_count(self, index: int) -> bool:
        here = _Case(index, index + 1)
        return bool(self._days(here, ("event",))) and self._counts(here, range(index, index + 1))

    def _tells_an_act(self, index: int) -> bool:
        kinds = self._kinds_in(_Case(index, index + 1))
        return any(mention.code in _ACTIONS and self._is_incident(mention) and not mention.quoted for mention in kinds)

    # ---- what stands in a case

    def _kinds_in(self, case: _Case) -> list[KindMention]:
        return [self.finds.kinds[index] for index in _within(self.kinds_of, case)]

    def _dates_in(self, case: _Case) -> list[DateMention]:
        return [self.finds.dates[index] for index in _within(self.dates_of, case)]

    def _places_in(self, case: _Case, roles: tuple[str, ...]) -> list[int]:
        return [index for index in _within(self.places_of, case) if self.finds.places[index].role in roles]

    def _code(self, mention: PlaceMention) -> str:
        return mention.code or "|".join(candidate.code for candidate in mention.candidates)

    def _may_happen(self, mention: KindMention) -> bool:
        """Say whether the mention can be what happened: asserted, and neither a mere means nor said in passing."""
        kind_class = self.kind_classes.get(mention.code, "")
        return (
            mention.polarity == "asserted"
            and kind_class not in ("modus",)
            and mention.code not in _CHANNELS
            and (kind_class != "status" or mention.code in _PROTECTION)
        )

    def _is_incident(self, mention: KindMention) -> bool:
        return self._may_happen(mention) and mention.code not in _TOGETHER and mention.code not in _PROTECTION

    # ---- building

    def events_of(self, case: _Case) -> list[EventProposal]:
        """Return the happenings of one case: usually one, with what is told beside it about persons under protection."""
        mentions = self._kinds_in(case)
        happening = [mention for mention in mentions if self._may_happen(mention)]
        incidents = [mention for mention in happening if self._is_incident(mention)]
        together = [mention for mention in happening if mention.code in _TOGETHER]
        protected = [mention for mention in happening if mention.code in _PROTECTION]
        if together and self._is_about_agencies(case, incidents, together):
            meeting = self._event(case, together)
            beside = self._protection_event(protected, meeting)
            counted = {index for event in beside for index in event.quantities}
            return [
                replace(meeting, quantities=tuple(index for index in meeting.quantities if index not in counted)),
                *beside,
            ]
        if case.shared_until and not together and not any(self._is_substance(mention) for mention in incidents):
            incidents = [*self._shared_substance(case), *incidents]
        if incidents and self._is_concrete(incidents):
            modus = [
                mention
                for mention in mentions
                if mention.polarity == "asserted" and self.kind_classes.get(mention.code) == "modus"
            ]
            event = self._event(case, [*incidents, *protected, *modus], main=incidents)
            return [event, *self._dealings_beside(case, together, event)]
        if protected and self._is_concrete(protected):
            return [self._event(case, protected)]
        if together:
            return [self._event(case, together)]
        nil = [mention for mention in mentions if mention.code == _NIL and mention.polarity == "asserted"]
        if nil or self._denies_everything(mentions):
            return [self._nil_event(case, nil or mentions)]
        return []

    def _dealings_beside(self, case: _Case, together: list[KindMention], told: EventProposal) -> list[EventProposal]:
        """Return meetings and signings that the text of an offence also tells, each with a day of its own."""
        day = told.happened.day if told.happened else None
        events: list[EventProposal] = []
        for index in dict.fromkeys(
            self._sentence(mention) for mention in together if mention.code in _SIGNED_OR_MET and not mention.quoted
        ):
            days = self._days(_Case(index, index + 1), ("event", "background"))
            if day is None or not days or day in days:
                continue
            part = _Case(index, index + 1, background=case.background or max(days) < day)
            events.append(self._event(part, [mention for mention in together if self._sentence(mention) == index]))
        return events

    def _is_substance(self, mention: KindMention) -> bool:
        return self.kind_classes.get(mention.code) in ("offence", "movement", "issue")

    def _shared_substance(self, case: _Case) -> list[KindMention]:
        """Return what the text as a whole is about, for a case that only says what was done ("mengamankan 8 orang")."""
        before = [
            mention for mention, index in zip(self.finds.kinds, self.kind_at, strict=True) if index < case.shared_until
        ]
        return [
            mention
            for mention in before
            if self._is_incident(mention) and self._is_substance(mention) and mention.polarity == "asserted"
        ]

    def _denies_everything(self, mentions: list[KindMention]) -> bool:
        told = [mention for mention in mentions if self.kind_classes.get(mention.code) not in ("modus", "status")]
        return bool(told) and all(mention.polarity == "negated" for mention in told)

    def _nil_event(self, case: _Case, mentions: list[KindMention]) -> EventProposal:
        event = self._event(case, mentions)
        stamps = [mention for mention in self._dates_in(case) if mention.role == "publication" and mention.day]
        return replace(event, kinds=(_NIL,), happened=stamps[0] if stamps else event.happened)

    def _is_about_agencies(self, case: _Case, incidents: list[KindMention], together: list[KindMention]) -> bool:
        """Say whether the case tells what agencies did with each other rather than an offence: by its opening and its counts."""
        opening = range(case.first, min(case.last, case.first + 3))
        met = sum(
            2 if mention.code in _SIGNED_OR_MET else 1 for mention in together if self._sentence(mention) in opening
        )
        acted = sum(
            2 if mention.code in _ACTIONS - _WEAK_ALONE else 1
            for mention in incidents
            if self._sentence(mention) in opening
            and not mention.quoted
            and (mention.code in _ACTIONS or self._has_count_near(mention))
        )
        if not met and (
            acted
            or any(
                self._is_substance(mention) and not mention.quoted and self._sentence(mention) in opening
                for mention in incidents
            )
        ):
            return False
        if met or acted:
            return met >= acted and not (acted and self._counts(case, opening))
        whole = range(case.first, case.last)
        met = sum(2 if mention.code in _SIGNED_OR_MET else 1 for mention in together)
        acted = sum(2 for mention in incidents if mention.code in _ACTIONS - _WEAK_ALONE and not mention.quoted)
        return met >= acted or (not self._counts(case, whole) and met > 0 and acted <= 2)

    def _sentence(self, mention: KindMention) -> int:
        return self.document.sentence_index_at(mention.evidence.start)

    def _has_count_near(self, mention: KindMention) -> bool:
        sentence = self._sentence(mention)
        return any(
            index == sentence and quantity.scope != "background"
            for quantity, index in zip(self.finds.quantities, self.quantity_at, strict=True)
        )

    def _counts(self, case: _Case, sentences: range) -> bool:
        return any(
            index in sentences
            and case.first <= index < case.last
            and quantity.scope != "background"
            and quantity.family in ("persons", "goods", "vehicles", "money")
            for quantity, index in zip(self.finds.quantities, self.quantity_at, strict=True)
        )

    def _is_concrete(self, mentions: list[KindMention]) -> bool:
        """Say whether something happened, not only a topic: an act, a count, a day or a scene stands with it."""
        if any(mention.code in _ACTIONS for mention in mentions):
            return True
        sentences = {self._sentence(mention) for mention in mentions}
        near = {index + shift for index in sentences for shift in (-1, 0, 1)}
        has_count = any(
            index in near and quantity.scope != "background"
            for quantity, index in zip(self.finds.quantities, self.quantity_at, strict=True)
        )
        has_day = any(
            index in near and mention.role in ("event", "statement")
            for mention, index in zip(self.finds.dates, self.date_at, strict=True)
        )
        has_scene = any(index in near for index in self.scenes_by_sentence)
        return has_count or has_day or has_scene

    def _protection_event(self, protected: list[KindMention], meeting: EventProposal) -> list[EventProposal]:
        """Return what a meeting's text also tells about refugees or detainees, when it counts them."""
        counted = [mention for mention in protected if self._has_count_near(mention) and not self._in_title(mention)]
        if not counted:
            return []
        sentences = sorted({self._sentence(mention) for mention in counted})
        part = _Case(sentences[0], sentences[-1] + 1)
        event = self._event(part, counted)
        return [
            replace(
                event,
                happened=event.happened if event.happened and event.happened.day else meeting.happened,
                places=event.places or meeting.places[:1],
            )
        ]

    def _in_title(self, mention: KindMention) -> bool:
        span = self.document.title_span
        return span is not None and span[0] <= mention.evidence.start < span[1]

    def _event(
        self, case: _Case, mentions: list[KindMention], *, main: list[KindMention] | None = None
    ) -> EventProposal:
        lead = self._lead_mention(case, main or mentions)
        sentence_index = self._sentence(lead)
        sentence = self.document.sentences[sentence_index]
        start = sentence.start
        if self.document.dateline and sentence.start < self.document.dateline[1] < sentence.end:
            start = self.document.dateline[1]
        happened = self._happened(case, sentence_index)
        kinds = self._kind_codes(mentions, main or mentions)
        confidence = min(
            0.9,
            0.5
            + 0.1 * len({mention.evidence.start for mention in mentions})
            + (0.1 if happened and happened.day else 0.0),
        )
        evidence = self.document.evidence(
            start, sentence.end, confidence, f"the first sentence that tells it ('{lead.evidence.text}')"
        )
        return EventProposal(
            kinds=kinds,
            happened=happened,
            places=self._event_places(case, sentence_index),
            agencies=self._event_agencies(case),
            quantities=self._event_quantities(case),
            background=case.background,
            summary=" ".join(evidence.text.split()),
            evidence=evidence,
        )

    def _lead_mention(self, case: _Case, mentions: list[KindMention]) -> KindMention:
        """Return the mention whose sentence tells the happening best: not in the title, not quoted, early, with a day or a count."""

        def rank(mention: KindMention) -> tuple[bool, bool, int, int]:
            index = self._sentence(mention)
            helped = (
                any(i == index for i in self.date_at)
                + any(i == index for i in self.quantity_at)
                + (index in self.scenes_by_sentence)
            )
            return self._in_title(mention), mention.quoted, max(0, index - case.first - 2), -helped

        inside = [mention for mention in mentions if case.first <= self._sentence(mention) < case.last]
        return min(inside or mentions, key=lambda mention: (rank(mention), mention.evidence.start))

    def _kind_codes(self, mentions: list[KindMention], main: list[KindMention]) -> tuple[str, ...]:
        """Return the codes, offences first, each class by how often and how early it is named."""
        order = {"offence": 0, "movement": 1, "issue": 2, "response": 3, "status": 4, "modus": 5}
        counts: dict[str, int] = {}
        first: dict[str, int] = {}
        for mention in mentions:
            counts[mention.code] = counts.get(mention.code, 0) + 1
            first.setdefault(mention.code, mention.evidence.start)
        main_codes = {mention.code for mention in main}
        return tuple(
            sorted(
                counts,
                key=lambda code: (
                    code not in main_codes,
                    code not in _SIGNED_OR_MET if main is mentions else False,
                    order.get(self.kind_classes.get(code, ""), 6),
                    -counts[code],
                    first[code],
                ),
            )
        )

    def _happened(self, case: _Case, lead: int) -> DateMention | None:
        """Return the day of the happening: told in its sentence, else nearby, else the day of the statement about it."""
        inside = [
            (mention, index)
            for mention, index in zip(self.finds.dates, self.date_at, strict=True)
            if case.first <= index < case.last
        ]
        if case.background:
            inside = [(mention, index) for mention, index in inside if mention.role != "deadline"]
            chosen = [pair for pair in inside if pair[0].precision in ("day", "month", "year", "weekday")]
            return min(chosen, key=lambda pair: abs(pair[1] - lead), default=(None, 0))[0]
        for roles in (("event",), ("statement",), ("publication",)):
            found = [
                (mention, index)
                for mention, index in inside
                if mention.role in roles
                and (mention.precision in ("day", "weekday") or (mention.precision == "unknown" and mention.not_before))
            ]
            if found:
                return self._best_day(found, lead, case)
        everywhere = [
            mention
            for mention in self.finds.dates
            if mention.role in ("publication", "statement", "event")
            and mention.precision in ("day", "weekday")
            and mention.day
        ]
        if everywhere:
            return min(
                everywhere,
                key=lambda mention: (
                    mention.role == "event" and len(everywhere) > 1,
                    abs(self.document.sentence_index_at(mention.evidence.start) - lead),
                ),
            )
        loose = [mention for mention, _ in inside if mention.role == "event" and mention.precision in ("month",)]
        return loose[0] if loose else None

    def _best_day(self, found: list[tuple[DateMention, int]], lead: int, case: _Case) -> DateMention:
        """Return the day that stands with the lead, else the latest one told together with an act, else the nearest."""
        settled = [pair for pair in found if pair[0].day] or found
        nearest = min(
            settled, key=lambda pair: (abs(pair[1] - lead) + (0 if pair[0].day else 0.5), pair[0].evidence.start)
        )
        if abs(nearest[1] - lead) <= 1:
            return nearest[0]
        acted = {
            self._sentence(mention)
            for mention in self._kinds_in(case)
            if mention.code in _ACTIONS and mention.polarity == "asserted"
        }
        with_act = [mention for mention, index in settled if index in acted and mention.day]
        return max(with_act, key=lambda mention: mention.day or date.min, default=nearest[0])

    def _event_places(self, case: _Case, lead: int) -> tuple[int, ...]:
        """Return the scenes of the case, nearest and narrowest first; without a scene what is named, then the dateline."""
        for roles in (
            ("scene",),
            ("mention",),
            ("dateline",),
            ("in_org_name",),
            ("destination", "origin"),
            ("scene", "country"),
        ):
            indices = self._places_in(case, roles)
            if roles in (("mention",), ("destination", "origin")):
                indices = [
                    index for index in indices if self._depth(index) >= 3 and abs(self.place_at[index] - lead) <= 2
                ]
            if roles == ("in_org_name",):
                indices = [index for index in indices if self._depth(index) >= 3 and self.place_at[index] == lead]
            if "country" not in roles:
                indices = [index for index in indices if self._depth(index) >= 2]
            if indices:
                return self._distinct(
                    sorted(indices, key=lambda index: (abs(self.place_at[index] - lead), -self._depth(index), index))
                )
            if roles == ("dateline",):
                anywhere = [index for index, mention in enumerate(self.finds.places) if mention.role == "dateline"]
                if anywhere:
                    return (anywhere[0],)
        return ()

    def _depth(self, index: int) -> int:
        mention = self.finds.places[index]
        level = mention.level or (mention.candidates[0].level if mention.candidates else "")
        return _LEVEL_DEPTH.get(level, 0)

    def _distinct(self, indices: list[int]) -> tuple[int, ...]:
        """Return each place once, without those that only say what a narrower one lies in."""
        seen: dict[str, int] = {}
        for index in indices:
            seen.setdefault(self._code(self.finds.places[index]), index)
        return tuple(index for code, index in seen.items() if not any(_lies_in(other, code) for other in seen))

    def _event_agencies(self, case: _Case) -> tuple[int, ...]:
        seen: set[str] = set()
        kept: list[int] = []
        for index, (mention, sentence) in enumerate(zip(self.finds.agencies, self.agency_at, strict=True)):
            name = mention.agency_id or mention.name
            if case.first <= sentence < case.last and name not in seen:
                seen.add(name)
                kept.append(index)
        return tuple(kept)

    def _event_quantities(self, case: _Case) -> tuple[int, ...]:
        """Return the live counts of the case; a figure that is repeated counts once."""
        seen: set[tuple[float, str, bool]] = set()
        kept: list[int] = []
        for index, (quantity, sentence) in enumerate(zip(self.finds.quantities, self.quantity_at, strict=True)):
            figure = (quantity.value, quantity.unit, quantity.part)
            live = quantity.scope == "live" and quantity.family != "other"
            if live and case.first <= sentence < case.last and figure not in seen:
                seen.add(figure)
                kept.append(index)
        return tuple(kept)

    # ---- background

    def background_events(self, told: list[EventProposal]) -> list[EventProposal]:
        """Return earlier happenings that the text mentions with a day of their own ("yang diteken pada 4 Agustus 2025")."""
        events: list[EventProposal] = []
        days = {event.happened.day for event in told if event.happened and event.happened.day}
        for date_index, mention in enumerate(self.finds.dates):
            if mention.role not in ("instrument", "background") or mention.day is None or mention.day in days:
                continue
            sentence_index = self.date_at[date_index]
            if sentence_index < 0:
                continue
            event = self._background_event(mention, sentence_index)
            if event:
                events.append(event)
                days.add(mention.day)
        return events

    def _background_event(self, mention: DateMention, sentence_index: int) -> EventProposal | None:
        sentence = self.document.sentences[sentence_index]
        position = mention.evidence.start
        instrument = next(
            (item for item in self.finds.instruments if item.day == mention.day and item.type in _INSTRUMENT_KINDS),
            None,
        )
        if mention.role == "instrument" and instrument:
            return self._signed_before(mention, instrument, sentence_index)
        near = [
            kind
            for kind, index in zip(self.finds.kinds, self.kind_at, strict=True)
            if index == sentence_index
            and kind.polarity in ("asserted", "background")
            and self.kind_classes.get(kind.code) not in ("modus", "status")
            and kind.evidence.start < position
        ]
        if not near:
            return None
        kind = max(near, key=lambda kind: kind.evidence.start)
        agencies = tuple(
            index
            for index, agency in enumerate(self.finds.agencies)
            if self.agency_at[index] == sentence_index and kind.evidence.start <= agency.evidence.start < position
        )
        places = tuple(
            index
            for index, place in enumerate(self.finds.places)
            if self.place_at[index] == sentence_index
            and place.role == "scene"
            and position - 80 <= place.evidence.start < position + 60
            and place.evidence.start > kind.evidence.start
        )
        evidence = self.document.evidence(
            sentence.start, sentence.end, 0.6, f"an earlier happening dated {mention.evidence.text}"
        )
        return EventProposal(
            (kind.code,), mention, places, agencies, (), True, " ".join(evidence.text.split()), evidence
        )

    def _signed_before(self, mention: DateMention, instrument: Instrument, sentence_index: int) -> EventProposal:
        """Return the earlier signing of an instrument that this text rests on."""
        agencies = tuple(
            index
            for index, agency in enumerate(self.finds.agencies)
            if self.agency_at[index] == sentence_index and (agency.agency_id or agency.name) in instrument.parties
        )
        sentence = self.document.sentences[sentence_index]
        evidence = self.document.evidence(
            sentence.start, sentence.end, 0.7, f"an instrument signed on {mention.evidence.text}"
        )
        kinds = (_INSTRUMENT_KINDS[instrument.type],)
        return EventProposal(kinds, mention, (), agencies, (), True, " ".join(evidence.text.split()), evidence)


def _by_sentence(sentences: Sequence[int]) -> dict[int, list[int]]:
    """Return the indices of the finds that stand in each sentence."""
    indices: dict[int, list[int]] = {}
    for index, sentence in enumerate(sentences):
        indices.setdefault(sentence, []).append(index)
    return indices


def _within(indices: Mapping[int, list[int]], case: _Case) -> list[int]:
    if not indices:
        return []
    return [index for sentence in range(case.first, case.last) for index in indices.get(sentence, ())]


def _names_another_case(text: str) -> bool:
    match = _ORDINAL_CASE.search(text)
    return match is not None and (match["which"] or "").lower() in ("lain", "lainnya", "serupa", "berikutnya")


def _lies_in(inner: str, outer: str) -> bool:
    """Say whether one code stands under another: "53.04.02" under "53.04", "TL-0502" under "TL-05"."""
    return inner != outer and (inner.startswith(outer + ".") or (outer.startswith("TL-") and inner.startswith(outer)))


def _related(first: str, second: str) -> bool:
    """Say whether one place lies in the other, by their codes."""
    return any(
        one == other or one.startswith(other + ".") or other.startswith(one + ".")
        for one in first.split("|")
        for other in second.split("|")
    ) or first in ("ID", "TL")
