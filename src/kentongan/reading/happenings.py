"""Put the finds of a text together into happenings: one proposal a case, whether the text tells one case or five.

A text is first cut into cases (items of a digest, "kasus kedua", a paragraph with a place and a day of its own); in
each case the kinds, days, places, counts and agencies that stand nearest to each other belong together. What agencies
do with each other (meet, sign, visit) is a happening too; the offences that such a meeting talks about are not.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from kentongan.reading.cases import (
    ACTIONS,
    PROTECTION,
    TOGETHER,
    Case,
    Finds,
    Layout,
    codes_with_role,
    cut_into_cases,
    is_of_the_same_day,
    lies_in,
)
from kentongan.reading.model import DateMention, EventProposal, Instrument, KindMention
from kentongan.reading.text import Document

_SIGNED_OR_MET = codes_with_role("signed or met")
_WEAK_ALONE = codes_with_role("weak")
_INSTRUMENT_KINDS = {"PKS": "RESP.PKS", "MoU": "RESP.MOU", "surat_dukungan": "RESP.LETTER"}
_NIL = "ST.NIHIL"
_SAME_SCENE = 3  # sentences within which a narrower place says more exactly where the same thing happened
_DAYS_OF_NEWS = 365
_ANNOUNCED = "rencana, belum terjadi"
_LEAST_SURE = 0.6  # of what is only announced
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


def propose_events(document: Document, finds: Finds, kind_classes: Mapping[str, str]) -> tuple[EventProposal, ...]:
    """Return one proposal for each happening of the text, those of this text first and background ones last."""
    layout = Layout(document, finds, kind_classes)
    builder = _Builder(layout)
    events: list[EventProposal] = []
    for case in cut_into_cases(layout):
        told = builder.events_of(case)
        if events and events[-1].happened and is_of_the_same_day(document.sentence_text(case.first)):
            told = [replace(event, happened=events[-1].happened) for event in told]
        events += told
    events = _without_repeats(events)
    background = builder.background_events(events)
    return (
        *(event for event in events if not event.background),
        *(event for event in events if event.background),
        *background,
    )


def is_announced(event: EventProposal) -> bool:
    """Tell whether the proposal is an early warning: told as a plan, not as a fact."""
    return event.evidence.why.startswith(_ANNOUNCED)


def _without_repeats(events: list[EventProposal]) -> list[EventProposal]:
    kept: list[EventProposal] = []
    for event in events:
        if not any(event.evidence == other.evidence and event.kinds == other.kinds for other in kept):
            kept.append(event)
    return kept


class _Builder:
    """Builds the proposals of one case after the other."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout

    def events_of(self, case: Case) -> list[EventProposal]:
        """Return the happenings of one case: usually one, with what is told beside it about persons under protection."""
        mentions = self.layout.kinds_in(case)
        happening = [mention for mention in mentions if self.layout.may_happen(mention)]
        incidents = [mention for mention in happening if self.layout.is_incident(mention)]
        together = [mention for mention in happening if mention.code in TOGETHER]
        announced = [] if incidents else [mention for mention in mentions if self._is_announced(mention)]
        if announced:
            return self._announced_events(case, announced, together)
        protected = [mention for mention in happening if mention.code in PROTECTION]
        if together and self._is_about_agencies(case, incidents, together):
            meeting = self._event(case, together)
            beside = self._protection_event(protected, meeting)
            counted = {index for event in beside for index in event.quantities}
            return [
                replace(meeting, quantities=tuple(index for index in meeting.quantities if index not in counted)),
                *beside,
            ]
        if case.shared_until and not together and not any(self.layout.is_substance(mention) for mention in incidents):
            incidents = [*self._shared_substance(case), *incidents]
        if incidents and self._is_concrete(incidents):
            modus = [
                mention
                for mention in mentions
                if mention.polarity == "asserted" and self.layout.kind_classes.get(mention.code) == "modus"
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

    def _is_announced(self, mention: KindMention) -> bool:
        """Say whether a crossing, a departure or a shipment is told as about to happen, with those it concerns counted."""
        return (
            mention.polarity == "planned"
            and not mention.quoted
            and self.layout.is_substance(mention)
            and self._has_count_near(mention)
            and not self._is_planned_by_an_office(mention)
        )

    def _is_planned_by_an_office(self, mention: KindMention) -> bool:
        """Say whether an office is named in the sentence before the term: then it plans to act, not to cross."""
        sentence = self.layout.sentence_of(mention)
        return any(
            index == sentence and agency.evidence.start < mention.evidence.start
            for agency, index in zip(self.layout.finds.agencies, self.layout.agency_at, strict=True)
        )

    def _announced_events(
        self, case: Case, announced: list[KindMention], together: list[KindMention]
    ) -> list[EventProposal]:
        """Return the early warning, marked as a plan, and beside it the visit or meeting that it was heard at."""
        warning = self._event(case, announced)
        marked = replace(
            warning,
            evidence=replace(
                warning.evidence,
                confidence=min(_LEAST_SURE, warning.evidence.confidence),
                why=f"{_ANNOUNCED}; {warning.evidence.why}",
            ),
        )
        return [marked, *([replace(self._event(case, together), quantities=())] if together else [])]

    def _dealings_beside(self, case: Case, together: list[KindMention], told: EventProposal) -> list[EventProposal]:
        """Return meetings and signings that the text of an offence also tells, each with a day of its own."""
        day = told.happened.day if told.happened else None
        events: list[EventProposal] = []
        for index in dict.fromkeys(
            self.layout.sentence_of(mention)
            for mention in together
            if mention.code in _SIGNED_OR_MET and not mention.quoted
        ):
            days = self.layout.days_in(Case(index, index + 1), ("event", "background"))
            if day is None or not days or day in days:
                continue
            part = Case(index, index + 1, background=case.background or max(days) < day)
            events.append(
                self._event(part, [mention for mention in together if self.layout.sentence_of(mention) == index])
            )
        return events

    def _shared_substance(self, case: Case) -> list[KindMention]:
        """Return what the text as a whole is about, for a case that only says what was done ("mengamankan 8 orang")."""
        before = [
            mention
            for mention, index in zip(self.layout.finds.kinds, self.layout.kind_at, strict=True)
            if index < case.shared_until
        ]
        return [
            mention
            for mention in before
            if self.layout.is_incident(mention) and self.layout.is_substance(mention) and mention.polarity == "asserted"
        ]

    def _denies_everything(self, mentions: list[KindMention]) -> bool:
        told = [
            mention for mention in mentions if self.layout.kind_classes.get(mention.code) not in ("modus", "status")
        ]
        return bool(told) and all(mention.polarity == "negated" for mention in told)

    def _nil_event(self, case: Case, mentions: list[KindMention]) -> EventProposal:
        event = self._event(case, mentions)
        stamps = [mention for mention in self.layout.dates_in(case) if mention.role == "publication" and mention.day]
        return replace(event, kinds=(_NIL,), happened=stamps[0] if stamps else event.happened)

    def _is_about_agencies(self, case: Case, incidents: list[KindMention], together: list[KindMention]) -> bool:
        """Say whether the case tells what agencies did with each other rather than an offence: by its opening and its counts."""
        opening = range(case.first, min(case.last, case.first + 3))
        met = sum(
            2 if mention.code in _SIGNED_OR_MET else 1
            for mention in together
            if self.layout.sentence_of(mention) in opening
        )
        acted = sum(
            2 if mention.code in ACTIONS - _WEAK_ALONE else 1
            for mention in incidents
            if self.layout.sentence_of(mention) in opening
            and not mention.quoted
            and (mention.code in ACTIONS or self._has_count_near(mention))
        )
        if not met and (
            acted
            or any(
                self.layout.is_substance(mention) and not mention.quoted and self.layout.sentence_of(mention) in opening
                for mention in incidents
            )
        ):
            return False
        if met or acted:
            return met >= acted and not (acted and self.layout.has_counts(case, opening))
        whole = range(case.first, case.last)
        met = sum(2 if mention.code in _SIGNED_OR_MET else 1 for mention in together)
        acted = sum(2 for mention in incidents if mention.code in ACTIONS - _WEAK_ALONE and not mention.quoted)
        return met >= acted or (not self.layout.has_counts(case, whole) and met > 0 and acted <= 2)

    def _has_count_near(self, mention: KindMention) -> bool:
        sentence = self.layout.sentence_of(mention)
        return any(
            index == sentence and quantity.scope != "background"
            for quantity, index in zip(self.layout.finds.quantities, self.layout.quantity_at, strict=True)
        )

    def _is_concrete(self, mentions: list[KindMention]) -> bool:
        """Say whether something happened, not only a topic: an act, a count, a day or a scene stands with it."""
        if any(mention.code in ACTIONS for mention in mentions):
            return True
        sentences = {self.layout.sentence_of(mention) for mention in mentions}
        near = {index + shift for index in sentences for shift in (-1, 0, 1)}
        has_count = any(
            index in near and quantity.scope != "background"
            for quantity, index in zip(self.layout.finds.quantities, self.layout.quantity_at, strict=True)
        )
        has_day = any(
            index in near and mention.role in ("event", "statement")
            for mention, index in zip(self.layout.finds.dates, self.layout.date_at, strict=True)
        )
        has_scene = any(index in near for index in self.layout.scenes_by_sentence)
        return has_count or has_day or has_scene

    def _protection_event(self, protected: list[KindMention], meeting: EventProposal) -> list[EventProposal]:
        """Return what a meeting's text also tells about refugees or detainees, when it counts them."""
        counted = [mention for mention in protected if self._has_count_near(mention) and not self._in_title(mention)]
        if not counted:
            return []
        sentences = sorted({self.layout.sentence_of(mention) for mention in counted})
        part = Case(sentences[0], sentences[-1] + 1)
        event = self._event(part, counted)
        return [
            replace(
                event,
                happened=event.happened if event.happened and event.happened.day else meeting.happened,
                places=event.places or meeting.places[:1],
            )
        ]

    def _in_title(self, mention: KindMention) -> bool:
        span = self.layout.document.title_span
        return span is not None and span[0] <= mention.evidence.start < span[1]

    def _event(
        self, case: Case, mentions: list[KindMention], *, main: list[KindMention] | None = None
    ) -> EventProposal:
        lead = self._lead_mention(case, main or mentions)
        sentence_index = self.layout.sentence_of(lead)
        sentence = self.layout.document.sentences[sentence_index]
        start = sentence.start
        if self.layout.document.dateline and sentence.start < self.layout.document.dateline[1] < sentence.end:
            start = self.layout.document.dateline[1]
        happened = self._happened(case, sentence_index)
        kinds = self._kind_codes(mentions, main or mentions)
        confidence = min(
            0.9,
            0.5
            + 0.1 * len({mention.evidence.start for mention in mentions})
            + (0.1 if happened and happened.day else 0.0),
        )
        evidence = self.layout.document.evidence(
            start, sentence.end, confidence, f"kalimat pertama yang menceritakannya ('{lead.evidence.text}')"
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

    def _lead_mention(self, case: Case, mentions: list[KindMention]) -> KindMention:
        """Return the mention whose sentence tells the happening best: not in the title, not quoted, early, with a day or a count."""

        def rank(mention: KindMention) -> tuple[bool, bool, int, int]:
            index = self.layout.sentence_of(mention)
            helped = (
                any(i == index for i in self.layout.date_at)
                + any(i == index for i in self.layout.quantity_at)
                + (index in self.layout.scenes_by_sentence)
            )
            return self._in_title(mention), mention.quoted, max(0, index - case.first - 2), -helped

        inside = [mention for mention in mentions if case.first <= self.layout.sentence_of(mention) < case.last]
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
                    order.get(self.layout.kind_classes.get(code, ""), 6),
                    -counts[code],
                    first[code],
                ),
            )
        )

    def _happened(self, case: Case, lead: int) -> DateMention | None:
        """Return the day of the happening: told in its sentence, else nearby, else the day of the statement about it."""
        inside = [
            (mention, index)
            for mention, index in zip(self.layout.finds.dates, self.layout.date_at, strict=True)
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
                and not self._is_of_old(mention, index, lead)
                and (mention.precision in ("day", "weekday") or (mention.precision == "unknown" and mention.not_before))
            ]
            if found:
                return self._best_day(found, lead, case)
        everywhere = [
            mention
            for mention in self.layout.finds.dates
            if mention.role in ("publication", "statement", "event")
            and mention.precision in ("day", "weekday")
            and mention.day
        ]
        if everywhere:
            return min(
                everywhere,
                key=lambda mention: (
                    mention.role == "event" and len(everywhere) > 1,
                    abs(self.layout.document.sentence_index_at(mention.evidence.start) - lead),
                ),
            )
        loose = [mention for mention, _ in inside if mention.role == "event" and mention.precision in ("month",)]
        return loose[0] if loose else None

    def _is_of_old(self, mention: DateMention, index: int, lead: int) -> bool:
        """Say whether a day told away from the happening lies a year or more before the text was published."""
        printed = [other.day for other in self.layout.finds.dates if other.role == "publication" and other.day]
        return bool(
            printed and mention.day and abs(index - lead) > 1 and (min(printed) - mention.day).days > _DAYS_OF_NEWS
        )

    def _best_day(self, found: list[tuple[DateMention, int]], lead: int, case: Case) -> DateMention:
        """Return the day that stands with the lead, else the latest one told together with an act, else the nearest."""
        settled = [pair for pair in found if pair[0].day] or found
        nearest = min(
            settled, key=lambda pair: (abs(pair[1] - lead) + (0 if pair[0].day else 0.5), pair[0].evidence.start)
        )
        if abs(nearest[1] - lead) <= 1:
            return nearest[0]
        acted = {
            self.layout.sentence_of(mention)
            for mention in self.layout.kinds_in(case)
            if mention.code in ACTIONS and mention.polarity == "asserted"
        }
        with_act = [mention for mention, index in settled if index in acted and mention.day]
        return max(with_act, key=lambda mention: mention.day or date.min, default=nearest[0])

    def _event_places(self, case: Case, lead: int) -> tuple[int, ...]:
        """Return the scenes of the case, nearest and narrowest first; without a scene what is named, then the dateline."""
        for roles in (
            ("scene",),
            ("mention",),
            ("dateline",),
            ("in_org_name",),
            ("destination", "origin"),
            ("scene", "country"),
        ):
            indices = self.layout.places_in(case, roles)
            if roles in (("mention",), ("destination", "origin")):
                indices = [
                    index
                    for index in indices
                    if self._depth(index) >= 3 and abs(self.layout.place_at[index] - lead) <= 2
                ]
            if roles == ("in_org_name",):
                indices = [
                    index for index in indices if self._depth(index) >= 3 and self.layout.place_at[index] == lead
                ]
            if "country" not in roles:
                indices = [index for index in indices if self._depth(index) >= 2]
            if roles == ("scene",) and self._are_wide_and_far(indices, lead) and self._has_nearer(case, lead):
                continue
            if indices:
                if any(self._depth(index) >= 3 for index in indices):
                    indices = [index for index in indices if self._depth(index) != 2]
                ordered = sorted(
                    indices, key=lambda index: (abs(self.layout.place_at[index] - lead), -self._depth(index), index)
                )
                return self._distinct(ordered, lead)
            if roles == ("dateline",):
                anywhere = [
                    index for index, mention in enumerate(self.layout.finds.places) if mention.role == "dateline"
                ]
                if anywhere:
                    return (anywhere[0],)
        return ()

    def _depth(self, index: int) -> int:
        mention = self.layout.finds.places[index]
        level = mention.level or (mention.candidates[0].level if mention.candidates else "")
        return _LEVEL_DEPTH.get(level, 0)

    def _are_wide_and_far(self, indices: list[int], lead: int) -> bool:
        """Say whether the only scenes are provinces that the text names far from where it tells the happening."""
        return bool(indices) and all(
            self._depth(index) <= 2 and abs(self.layout.place_at[index] - lead) > 1 for index in indices
        )

    def _has_nearer(self, case: Case, lead: int) -> bool:
        return any(
            self._depth(index) >= 3 and abs(self.layout.place_at[index] - lead) <= 1
            for index in self.layout.places_in(case, ("mention", "dateline"))
        )

    def _distinct(self, indices: list[int], lead: int) -> tuple[int, ...]:
        """Return each place once, without those that only say what a narrower one lies in.

        A place told together with the happening stays when the narrower one comes only much later in the text.
        """
        seen: dict[str, int] = {}
        for index in indices:
            seen.setdefault(self.layout.code_of(self.layout.finds.places[index]), index)

        def is_only_around(code: str, index: int) -> bool:
            reach = _SAME_SCENE if self.layout.place_at[index] == lead else len(self.layout.document.sentences)
            return any(
                lies_in(other, code) and abs(self.layout.place_at[inner] - lead) <= reach
                for other, inner in seen.items()
            )

        return tuple(index for code, index in seen.items() if not is_only_around(code, index))

    def _event_agencies(self, case: Case) -> tuple[int, ...]:
        seen: set[str] = set()
        kept: list[int] = []
        for index, (mention, sentence) in enumerate(
            zip(self.layout.finds.agencies, self.layout.agency_at, strict=True)
        ):
            name = mention.agency_id or mention.name
            if case.first <= sentence < case.last and name not in seen:
                seen.add(name)
                kept.append(index)
        return tuple(kept)

    def _event_quantities(self, case: Case) -> tuple[int, ...]:
        """Return the live counts of the case; a figure that is repeated counts once."""
        seen: set[tuple[float, str]] = set()
        kept: list[int] = []
        for index, (quantity, sentence) in enumerate(
            zip(self.layout.finds.quantities, self.layout.quantity_at, strict=True)
        ):
            figure = (quantity.value, quantity.unit)
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
        for date_index, mention in enumerate(self.layout.finds.dates):
            if mention.role not in ("instrument", "background") or mention.day is None or mention.day in days:
                continue
            sentence_index = self.layout.date_at[date_index]
            if sentence_index < 0:
                continue
            event = self._background_event(mention, sentence_index)
            if event:
                events.append(event)
                days.add(mention.day)
        return events

    def _background_event(self, mention: DateMention, sentence_index: int) -> EventProposal | None:
        sentence = self.layout.document.sentences[sentence_index]
        position = mention.evidence.start
        instrument = next(
            (
                item
                for item in self.layout.finds.instruments
                if item.day == mention.day and item.type in _INSTRUMENT_KINDS
            ),
            None,
        )
        if mention.role == "instrument" and instrument:
            return self._signed_before(mention, instrument, sentence_index)
        near = [
            kind
            for kind, index in zip(self.layout.finds.kinds, self.layout.kind_at, strict=True)
            if index == sentence_index
            and kind.polarity in ("asserted", "background")
            and self.layout.kind_classes.get(kind.code) not in ("modus", "status")
            and kind.evidence.start < position
        ]
        if not near:
            return None
        kind = max(near, key=lambda kind: kind.evidence.start)
        agencies = tuple(
            index
            for index, agency in enumerate(self.layout.finds.agencies)
            if self.layout.agency_at[index] == sentence_index
            and kind.evidence.start <= agency.evidence.start < position
        )
        places = tuple(
            index
            for index, place in enumerate(self.layout.finds.places)
            if self.layout.place_at[index] == sentence_index
            and place.role == "scene"
            and position - 80 <= place.evidence.start < position + 60
            and place.evidence.start > kind.evidence.start
        )
        evidence = self.layout.document.evidence(
            sentence.start, sentence.end, 0.6, f"kejadian terdahulu bertanggal {mention.evidence.text}"
        )
        return EventProposal(
            (kind.code,), mention, places, agencies, (), True, " ".join(evidence.text.split()), evidence
        )

    def _signed_before(self, mention: DateMention, instrument: Instrument, sentence_index: int) -> EventProposal:
        """Return the earlier signing of an instrument that this text rests on."""
        agencies = tuple(
            index
            for index, agency in enumerate(self.layout.finds.agencies)
            if self.layout.agency_at[index] == sentence_index
            and (agency.agency_id or agency.name) in instrument.parties
        )
        sentence = self.layout.document.sentences[sentence_index]
        evidence = self.layout.document.evidence(
            sentence.start, sentence.end, 0.7, f"instrumen yang ditandatangani {mention.evidence.text}"
        )
        kinds = (_INSTRUMENT_KINDS[instrument.type],)
        return EventProposal(kinds, mention, (), agencies, (), True, " ".join(evidence.text.split()), evidence)
