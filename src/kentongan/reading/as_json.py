"""A reading as plain JSON: the schema that the API, the command line and other programs read. Keys only ever get added."""

import dataclasses
import json
from datetime import date
from typing import Any

from kentongan.reading.model import EventProposal, Evidence, Reading

SCHEMA = "kentongan.reading/1"

Json = dict[str, Any]


def reading_as_dict(reading: Reading) -> Json:
    """Return the reading as dicts, lists, strings, numbers, booleans and None; days are written YYYY-MM-DD."""
    plain: Json = {"schema": SCHEMA}
    for item in dataclasses.fields(reading):
        plain[item.name] = _plain(getattr(reading, item.name))
    plain["events"] = [_event(reading, event) for event in reading.events]
    return plain


def reading_as_json(reading: Reading, *, indent: int | None = None) -> str:
    """Return the reading as JSON text, the same for the same reading, with accents written out."""
    return json.dumps(reading_as_dict(reading), ensure_ascii=False, indent=indent)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Evidence):
        return {
            "start": value.start,
            "end": value.end,
            "text": value.text,
            "confidence": round(value.confidence, 3),
            "why": value.why,
        }
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {item.name: _plain(getattr(value, item.name)) for item in dataclasses.fields(value)}
    return value


def _event(reading: Reading, event: EventProposal) -> Json:
    """Return an event with, beside the indices, what they point to: a reader of one event need not look up four lists."""
    plain: Json = _plain(event)
    plain["place_codes"] = [
        mention.code or [candidate.code for candidate in mention.candidates]
        for mention in (reading.places[index] for index in event.places)
    ]
    plain["agency_ids"] = [
        mention.agency_id or mention.name for mention in (reading.agencies[index] for index in event.agencies)
    ]
    return plain
