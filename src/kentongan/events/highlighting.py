"""Cutting a text at the evidence, so that a page can mark it. No Django."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the text that a field rests on; `end` is excluded."""

    start: int
    end: int
    field: str
    note: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of the text under the same spans throughout; no field where nothing rests on it."""

    text: str
    field: str = ""
    note: str = ""
    anchor: str = ""  # of the first piece of a span, for links to it


def segments(text: str, spans: Iterable[Span]) -> list[Segment]:
    """Return the text in pieces that together are the whole text; spans outside of it are dropped, overlaps share pieces."""
    inside = [span for span in spans if 0 <= span.start < span.end <= len(text)]
    cuts = sorted({0, len(text), *(span.start for span in inside), *(span.end for span in inside)})
    anchored: set[str] = set()
    pieces = []
    for start, end in pairwise(cuts):
        over = sorted(
            (s for s in inside if s.start <= start and end <= s.end), key=lambda s: (s.end - s.start, s.field)
        )
        anchor = next(
            (anchor_of(s.start, s.end) for s in over if s.start == start and anchor_of(s.start, s.end) not in anchored),
            "",
        )
        anchored.add(anchor)
        notes = dict.fromkeys(span.note for span in over)
        pieces.append(Segment(text[start:end], over[0].field if over else "", "; ".join(notes), anchor))
    return pieces


def anchor_of(start: int, end: int) -> str:
    """Return the name by which a page links to a span."""
    return f"t{start}-{end}"
