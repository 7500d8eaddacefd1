"""Read a text: everything that the finders of this room find, put together into one `Reading`."""

import dataclasses
from collections.abc import Callable
from datetime import date
from typing import Any

from kentongan.reading.agencies import AgencyFinder
from kentongan.reading.cases import Finds
from kentongan.reading.dates import find_dates, publication
from kentongan.reading.follow_ups import find_follow_ups
from kentongan.reading.grade import grade_source
from kentongan.reading.happenings import is_announced, propose_events
from kentongan.reading.instruments import find_instruments, on_the_same_occasion
from kentongan.reading.kinds import KindFinder
from kentongan.reading.knowledge import Knowledge
from kentongan.reading.model import DateMention, EventProposal, Evidence, Instrument, PlaceMention, Quantity, Reading
from kentongan.reading.places import PlaceFinder
from kentongan.reading.quantities import find_quantities
from kentongan.reading.speakers import find_speakers
from kentongan.reading.text import Composed, Document, composed, document

READER_VERSION = "1"
"""Raised whenever the same text may be read differently; stored with every reading."""

_LONGEST_QUOTED = 120  # characters of a sentence that a warning repeats


class Reader:
    """Reads texts with one body of knowledge. Building it indexes all places; reading keeps nothing from text to text."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._places = PlaceFinder(knowledge.places, knowledge.facilities)
        self._agencies = AgencyFinder(knowledge.agencies, knowledge.places)
        self._kinds = KindFinder(knowledge.kinds)
        self._kind_classes = {row.code: row.kind_class for row in knowledge.kinds}

    def read(self, text: str, *, received: date | None = None, title: str = "", source: str = "") -> Reading:
        """Return the machine's proposal from one text; offsets in it are offsets into `text`, character for character.

        `received` is the day the text arrived (no publication can be later), `source` what the sender calls itself.
        Without `received` only the years that the text itself names tell the year of a day written without one; where it
        names none, such a day stays open. That is on purpose: taken from the day of the reading, the year would be a
        guess, and the same text would read differently next year.
        Never raises for any string; a text that tells nothing gives an empty reading.
        """
        whole = composed(text)
        reading = self._read(document(whole.text, title=title), received=received, source=source)
        return _with_original_offsets(reading, whole, text) if whole.starts else reading

    def _read(self, doc: Document, *, received: date | None, source: str) -> Reading:
        dates = find_dates(doc, received=received)
        agencies = self._agencies.find(doc)
        places = tuple(place for place in self._places.find(doc, agencies) if not _in_a_date(place, dates))
        kinds = self._kinds.find(doc)
        quantities = find_quantities(doc, dates)
        speakers = find_speakers(doc, agencies, places)
        instruments = find_instruments(doc, dates, agencies)
        finds = Finds(dates, places, agencies, kinds, quantities, instruments)
        events = propose_events(doc, finds, self._kind_classes)
        return Reading(
            reader_version=READER_VERSION,
            language=doc.language,
            title=doc.title,
            outlet=doc.outlet,
            published=publication(dates),
            leads=doc.leads,
            dates=dates,
            places=places,
            agencies=agencies,
            kinds=kinds,
            quantities=quantities,
            instruments=_dated_by_event(doc, instruments, events),
            follow_ups=find_follow_ups(doc, agencies, dates, speakers),
            speakers=speakers,
            grade=grade_source(doc, source=source, speakers=speakers, agencies=agencies, kinds=kinds),
            events=events,
            warnings=tuple(_warnings(doc, finds, events)),
        )


def _in_a_date(place: PlaceMention, dates: tuple[DateMention, ...]) -> bool:
    """Say whether a village's name is only the name of a weekday or a month here (there are villages called Jumat)."""
    here = place.evidence
    return any(date.evidence.start < here.end and here.start < date.evidence.end for date in dates)


def _dated_by_event(
    doc: Document, instruments: tuple[Instrument, ...], events: tuple[EventProposal, ...]
) -> tuple[Instrument, ...]:
    """Give an instrument signed on the occasion of this text's happening the day of that happening."""
    live = [event for event in events if not event.background and event.happened and event.happened.day]
    if not live:
        return instruments
    day = live[0].happened.day if live[0].happened else None
    return tuple(
        dataclasses.replace(instrument, day=day)
        if instrument.day is None and on_the_same_occasion(doc, instrument)
        else instrument
        for instrument in instruments
    )


def _warnings(doc: Document, finds: Finds, events: tuple[EventProposal, ...]) -> list[str]:
    """Return what an officer should look at, in Indonesian: contradictions, open days, disagreeing totals, open places."""
    warnings = [f"Tanggal bertentangan: {mention.contradiction}." for mention in finds.dates if mention.contradiction]
    warnings += [
        f"Hari kejadian tidak pasti: hanya disebut '{event.happened.evidence.text}'."
        for event in events
        if event.happened and event.happened.day is None and not event.background
    ]
    warnings += [
        f"Rencana, belum terjadi: '{event.summary[:_LONGEST_QUOTED]}'." for event in events if is_announced(event)
    ]
    warnings += _disagreeing_totals(finds.quantities)
    open_names = dict.fromkeys(
        mention.evidence.text for mention in finds.places if mention.code is None and mention.role == "scene"
    )
    warnings += [f"Wilayah '{name}' belum pasti: ada lebih dari satu calon." for name in open_names]
    if not doc.body.strip():
        warnings.append("Teks kosong.")
    return list(dict.fromkeys(warnings))


def _disagreeing_totals(quantities: tuple[Quantity, ...]) -> list[str]:
    """Return a warning for each figure of the headline that the body never gives, while it counts the same thing otherwise."""
    warnings: list[str] = []
    for headline in quantities:
        if headline.scope != "headline":
            continue
        same = [
            other
            for other in quantities
            if other.scope == "live"
            and other.family == headline.family
            and other.unit == headline.unit
            and not other.part
        ]
        if same and all(other.value != headline.value for other in same):
            warnings.append(f"Judul menyebut '{headline.evidence.text}', isi menyebut '{same[0].evidence.text}'.")
    return warnings


def _with_original_offsets(reading: Reading, whole: Composed, text: str) -> Reading:
    """Return the reading with every evidence moved to the offsets of a text that was not in NFC."""

    def moved(evidence: Evidence) -> Evidence:
        start, end = whole.original_span(evidence.start, evidence.end)
        return dataclasses.replace(evidence, start=start, end=end, text=text[start:end])

    result: Reading = _mapped(reading, moved)
    return result


def _mapped(value: Any, change: Callable[[Evidence], Evidence]) -> Any:
    if isinstance(value, Evidence):
        return change(value)
    if isinstance(value, tuple):
        return tuple(_mapped(item, change) for item in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        changes = {item.name: _mapped(getattr(value, item.name), change) for item in dataclasses.fields(value)}
        return dataclasses.replace(value, **changes)
    return value
