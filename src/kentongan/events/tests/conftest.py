"""Readings made by hand, and reports that carry them."""

from datetime import date, timedelta

import pytest
from django.utils import translation

from kentongan.intake.actions import receive
from kentongan.intake.drafts import ReportDraft
from kentongan.intake.tests.files import pdf_of
from kentongan.reading.model import (
    DateMention,
    EventProposal,
    Evidence,
    KindMention,
    PlaceCandidate,
    PlaceMention,
    Quantity,
    Reading,
    SourceGrade,
)


@pytest.fixture(autouse=True)
def indonesian():
    """Leave no test in the language of the page that another one asked for."""
    with translation.override("id"):
        yield


def evidence(text="lima orang", start=0, confidence=0.9):
    return Evidence(start, start + len(text), text, confidence, "kata itu sendiri")


class HandMadeReader:
    """Gives each text the reading that the test wrote for it."""

    def __init__(self):
        self.readings = {}
        self.read_texts = []

    def read(self, text, *, received=None, title="", source=""):
        self.read_texts.append(text)
        return self.readings[text]


@pytest.fixture
def pdf():
    return pdf_of


@pytest.fixture
def reader():
    return HandMadeReader()


@pytest.fixture
def reading_of():
    """Write a reading: `reading_of({"kinds": ("TPPO",), "place": "53.04.02.2001", "day": date(2026, 3, 3), "persons": 5})`."""

    def make(*happenings, version="1", nationalities=()):
        dates, places, kinds, quantities, events = [], [], [], [], []
        for told in happenings:
            happened = None
            if day := told.get("day"):
                happened = DateMention(evidence("Selasa"), day, "day", "event")
                dates.append(happened)
            place_indices = ()
            if codes := told.get("place"):
                codes = (codes,) if isinstance(codes, str) else codes
                candidates = tuple(PlaceCandidate(code, code, "village", 0.5) for code in codes)
                settled = codes[0] if len(codes) == 1 else None
                places.append(PlaceMention(evidence("Silawan"), settled, None, "scene", candidates))
                place_indices = (len(places) - 1,)
            quantity_indices = ()
            if (count := told.get("persons")) is not None:
                quantities.append(Quantity(evidence(f"{count} orang"), float(count), "orang", "pelintas", "persons"))
                quantity_indices = (len(quantities) - 1,)
            kinds += [KindMention(evidence(), code, "asserted") for code in told["kinds"]]
            events.append(
                EventProposal(
                    tuple(told["kinds"]),
                    happened,
                    place_indices,
                    (),
                    quantity_indices,
                    told.get("background", False),
                    "…",
                    evidence(),
                )
            )
        places += [PlaceMention(evidence("Myanmar"), code, "country", "nationality", ()) for code in nationalities]
        return Reading(
            version, "id", "", "", None, (), tuple(dates), tuple(places), (), tuple(kinds), tuple(quantities), (), (), (),
            SourceGrade("B", 2, "laporan petugas"), tuple(events), (),
        )  # fmt: skip

    return make


@pytest.fixture
def crossing():
    """One happening, to be varied: five persons crossed at Silawan on 3 March 2026."""

    def make(**other):
        return {"kinds": ("IM.CROSSER",), "place": "53.04.02.2001", "day": date(2026, 3, 3), "persons": 5, **other}

    return make


@pytest.fixture
def analyst(actor_of):
    return actor_of("kanim-atambua", role="analyst")


@pytest.fixture
def told(gazetteer_rows, kinds, analyst, reader, now):
    """Receive a text with its reading and let it be read: `told("teks", reading)` gives the events."""
    from kentongan.events.actions import read_report

    def make(text, reading, *, by=analyst, later_h=0, **draft):
        at = now + timedelta(hours=later_h)
        reader.readings[text] = reading
        report = receive(draft=ReportDraft(channel="paste", text=text, **draft), by=by, at=at).report
        return read_report(report=report, reader=reader, by=by, at=at)

    return make


@pytest.fixture
def event(told, reading_of, crossing):
    """One proposed event of the analyst's agency."""
    return told("Lima orang menyeberang di Silawan.", reading_of(crossing()))[0]
