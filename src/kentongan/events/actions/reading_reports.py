"""A report becomes a reading, the reading proposes events, and those of one happening are joined or doubted."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Protocol

from django.db import IntegrityError, transaction

from kentongan.agencies.models import Agency
from kentongan.agreements.access import demand_act
from kentongan.agreements.facts import Actor
from kentongan.agreements.rules import raised_handling
from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.events.models import Classification, Event, EventReport, ReadingRow
from kentongan.events.proposing import Given, KindFacts, PlaceFacts, Proposed, place_codes, proposals
from kentongan.intake.actions import raise_handling
from kentongan.intake.drafts import latest_civil_day
from kentongan.intake.models import Report
from kentongan.intake.where import titled
from kentongan.places.models import Place
from kentongan.reading.as_json import reading_as_dict
from kentongan.reading.model import Reading
from kentongan.vocabulary.models import Kind

from .comparing import Match, Telling, likely_same, note_doubt
from .protecting import unite_origins
from .versions import carried_from, change, next_number, write_version


class TextReader(Protocol):
    """What reads texts: `kentongan.reading.reader.Reader`."""

    def read(self, text: str, *, received: date | None = None, title: str = "", source: str = "") -> Reading: ...


@transaction.atomic
def read_report(*, report: Report, reader: TextReader, by: Actor, at: datetime) -> list[Event]:
    """Keep the reading of a report and propose, join or doubt its events; the events behind which it now stands.

    The same report with the same reader is read once. A newer reader's reading is kept beside the old one and shown;
    it proposes nothing while events stand on the old one, for officers may have decided about those. What an officer added
    stands on no reading and keeps none from proposing.
    """
    demand_act(by, "readings")
    demand_act(by, "events")
    if report.is_nil or report.text is None:
        return []
    # one reading at a time in an agency, so that two reports of one happening see each other
    Agency.objects.select_for_update().get(pk=report.owner_id)
    told_on = report.published_on or latest_civil_day(report.received_at)
    reading = reader.read(report.text, received=told_on, title=report.title, source=report.source)
    row = _kept_reading(report, reading, by, at)
    standing = EventReport.objects.filter(report=report, unlinked_at__isnull=True)
    if row is not None and not standing.filter(proposal__isnull=False).exists():
        _protect_where_needed(report, row, found := _proposals(report, reading, at), by, at)
        for proposed in found:
            _propose_or_join(report, row, proposed, by, at)
    return list(Event.objects.filter(evidence__in=standing.all()).distinct().order_by("known_at", "id"))


def _kept_reading(report: Report, reading: Reading, by: Actor, at: datetime) -> ReadingRow | None:
    """Return the new row, or None when this reader has read the report already."""
    if ReadingRow.objects.filter(report=report, reader_version=reading.reader_version).exists():
        return None
    try:
        with transaction.atomic():
            row = ReadingRow.objects.create(
                report=report,
                reader_version=reading.reader_version,
                read_at=at,
                content=reading_as_dict(reading),
                **carried_from(report),
                handling=report.handling,
            )
    except IntegrityError:  # another worker was quicker; anything else shows again below
        if not ReadingRow.objects.filter(report=report, reader_version=reading.reader_version).exists():
            raise
        return None
    facts = {"reading": row.ref, "reader_version": reading.reader_version, "events": len(reading.events)}
    trail.record(Trail.REPORT_READ_BY_MACHINE, by=by, at=at, on=report.ref, facts=facts)
    return row


def _proposals(report: Report, reading: Reading, at: datetime) -> list[Proposed]:
    kinds = {
        kind.code: KindFacts(kind.code, kind.kind_class, kind.label_id, kind.is_protected, kind.is_election)
        for kind in Kind.objects.filter(code__in={code for event in reading.events for code in event.kinds})
    }
    places = {place.code: _place_facts(place) for place in Place.objects.filter(code__in=place_codes(reading))}
    given = Given(
        place=_place_facts(report.place) if report.place is not None else None,
        happened_from=report.covers_from,
        happened_to=report.covers_to,
    )
    return proposals(reading, kinds=kinds, places=places, given=given, today=latest_civil_day(at))


def _place_facts(place: Place) -> PlaceFacts:
    return PlaceFacts(place.pk, place.code, titled(place))


def _protect_where_needed(report: Report, row: ReadingRow, found: Iterable[Proposed], by: Actor, at: datetime) -> None:
    """Raise report and reading to protected when they tell of refugees or asylum-seekers."""
    protected = [proposed for proposed in found if proposed.is_protected]
    if protected:
        origins = {state for proposed in protected for state in proposed.origins}
        raised = raise_handling(report=report, to="protected", origins=origins, by=by, at=at)
        report.handling, report.origins = raised.handling, raised.origins
        row.handling, row.origins = raised.handling, raised.origins
        row.save(update_fields=["handling", "origins"])


def _propose_or_join(report: Report, row: ReadingRow, proposed: Proposed, by: Actor, at: datetime) -> Event:
    links = EventReport.objects.filter(report=report)
    matches = likely_same(report, _telling(proposed), by=by, at=at, apart_from=links.filter(proposal__isnull=False))
    # what an officer added from this very report is only doubted: its reading is no second source
    added = set(links.filter(proposal__isnull=True).values_list("event", flat=True))
    same = [
        match
        for match in matches
        if match.comparison.verdict == "same"
        and match.event.owner_id == report.owner_id
        and match.event.pk not in added
    ]
    if same:
        return _join(report, row, proposed, same[0], by, at)
    event = _propose(report, row, proposed, by, at)
    for match in matches:
        note_doubt(event, match, at=at)
    return event


def _telling(proposed: Proposed) -> Telling:
    return Telling(
        kinds=frozenset(proposed.kinds),
        place_id=proposed.place.key if proposed.place else None,
        place_open=proposed.place_open,
        happened_from=proposed.happened_from,
        happened_to=proposed.happened_to,
        persons=proposed.persons,
        amounts=proposed.amounts,
        is_protected=proposed.is_protected,
    )


def _propose(report: Report, row: ReadingRow, proposed: Proposed, by: Actor, at: datetime) -> Event:
    carried = {
        **carried_from(report),
        "place_id": proposed.place.key if proposed.place else None,
        "origins": list(proposed.origins),
    }
    event = Event.objects.create(
        **carried,
        handling=raised_handling("restricted", "protected") if proposed.is_protected else "restricted",
        number=next_number(report.owner_id, at=at),
        title=proposed.title,
        happened_from=proposed.happened_from,
        happened_to=proposed.happened_to,
        precision=proposed.precision,
        known_at=report.received_at,
        persons=proposed.persons,
        details={**proposed.details, "amounts": {unit: sorted(values) for unit, values in proposed.amounts.items()}},
        source_grade=proposed.source_grade,
        place_open=list(proposed.place_open),
        is_simulated=report.is_simulated,
    )
    _allege(event, row, proposed, proposed.kinds, at)
    write_version(event, by=by, at=at, reason="")
    _link(event, report, row, proposed, by, at, why="")
    trail.record(
        Trail.EVENT_PROPOSED, by=by, at=at, on=event.ref, facts={"report": report.ref, "proposal": proposed.index}
    )
    return event


def _join(report: Report, row: ReadingRow, proposed: Proposed, match: Match, by: Actor, at: datetime) -> Event:
    """Let the report stand behind the event, which is of its origins too. A confirmed event keeps its kinds: those are the officer's to change."""
    event = match.event
    codes = ", ".join(f"{reason.about}:{reason.code}" for reason in match.comparison.reasons)
    _link(event, report, row, proposed, by, at, why=codes)
    if report.received_at < event.known_at:
        Event.objects.filter(pk=event.pk).update(known_at=report.received_at)
    if proposed.is_protected:
        unite_origins(event, "protected", proposed.origins, at=at)
    if event.state == Event.State.PROPOSED:
        there = {one.kind_id for one in event.classifications.all() if one.withdrawn_at is None}
        new = [code for code in proposed.kinds if code not in there]
        _allege(event, row, proposed, proposed.kinds, at)
        if new:
            change(event, version=event.version, states=(Event.State.PROPOSED,), by=by, at=at, reason="")
    facts = {"report": report.ref, "proposal": proposed.index, "score": match.comparison.score}
    trail.record(Trail.EVENT_JOINED, by=by, at=at, on=event.ref, reasons=codes.split(", "), facts=facts)
    event.refresh_from_db()
    return event


def _allege(event: Event, row: ReadingRow, proposed: Proposed, kinds: Iterable[str], at: datetime) -> None:
    Classification.objects.bulk_create(
        Classification(
            event=event,
            kind_id=code,
            alleged_by=f"{Classification.MACHINE}{row.pk}",
            alleged_at=at,
            why="reading",
            confidence=round(min(1.0, max(0.0, proposed.confidence[code])), 3),
        )
        for code in kinds
    )


def _link(event: Event, report: Report, row: ReadingRow, proposed: Proposed, by: Actor, at: datetime, why: str) -> None:
    EventReport.objects.create(
        event=event, report=report, reading=row, proposal=proposed.index, linked_at=at, linked_by=by.ref, why=why[:300]
    )
