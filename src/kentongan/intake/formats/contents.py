"""What was found in a file."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Form(StrEnum):
    """What a file turned out to be."""

    TEXT = "text"
    PDF = "pdf"
    DOCX = "docx"
    CHAT = "chat"
    FEED = "feed"
    CSV = "csv"
    JSON_LINES = "jsonl"


@dataclass(frozen=True, slots=True)
class Document:
    """One text with what the file says of it. `key` and `occasion` tell it apart when the file comes again."""

    text: str
    title: str = ""
    source: str = ""
    author: str = ""
    address: str = ""
    published_on: date | None = None
    key: str | None = None
    occasion: str = ""


@dataclass(frozen=True, slots=True)
class Contents:
    """The documents of a file, and notes on what was done to read them (a guessed encoding, dropped system lines).

    Tables (CSV, JSON Lines) have no documents here: their rows are judged one by one in `tables`.
    """

    form: Form
    documents: tuple[Document, ...]
    notes: tuple[str, ...] = ()
    text: str = ""  # of a table, to be read by `tables`
