"""Lines of SaTScan's text files as words: separated by blanks, tabs, commas or semicolons, quoted or not."""

import codecs
import csv
import re
from pathlib import Path
from typing import NamedTuple

from kentongan.engine.files.faults import Faults
from kentongan.kit.given import why_refused

QUOTED = r'"[^"]*"|' + r"'[^']*'"
WORD = re.compile(rf"{QUOTED}|\S+")
NOT_QUOTED = re.compile(QUOTED)


class Row(NamedTuple):
    """The words of one line and its number in the file, counted from 1."""

    number: int
    words: list[str]


def text_of(path: Path, faults: Faults) -> str | None:
    """Return a file's text, in whichever usual encoding it was written; None, with a fault noted, when there is none.

    Shapes:  none.
    Units:   none.
    Errors:  none; noted as a fault.
    Source:  docs/methods/scan-files.md, section "Files".
    """
    try:
        raw = path.read_bytes()
    except OSError as fault:
        faults.about(path, unreadable(fault))
        return None
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16", errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def unreadable(fault: OSError) -> str:
    """Return why a file cannot be read, and what to do.

    Shapes:  none.
    Units:   none.
    Errors:  none.
    Source:  docs/methods/scan-files.md, section "Faults".
    """
    if isinstance(fault, FileNotFoundError):
        return f"berkas tidak ditemukan di {fault.filename}. Periksa namanya."
    if isinstance(fault, PermissionError):
        return "berkas tidak boleh dibaca. Periksa izinnya."
    return f"berkas tidak dapat dibaca ({why_refused(fault)})."


def rows_of(path: Path, faults: Faults, *, least: int) -> list[Row]:
    """Return the lines that hold data, each with at least so many words; shorter ones are noted as faults.

    Blank lines and comments (`;` or `# ` first) are passed over.

    Shapes:  one entry for each line.
    Units:   none.
    Errors:  none; noted as faults.
    Source:  docs/methods/scan-files.md, section "Files".
    """
    text = text_of(path, faults)
    if text is None:
        return []
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1)]
    lines = [(number, line) for number, line in lines if line and not re.match(r"#(\s|$)", line)]
    separator = separator_of([line for _, line in lines if not line.startswith(";")], least)
    if separator != ";":
        lines = [(number, line) for number, line in lines if not line.startswith(";")]
    rows = []
    for number, line in lines:
        words = words_of(line, separator)
        if len(words) < least or not all(words[:least]):
            faults.at(path, number, f"hanya memuat {sum(map(bool, words))} kolom; diperlukan sedikitnya {least}.")
        else:
            rows.append(Row(number, words))
    if not lines:
        faults.about(path, "berkas tidak memuat satu baris pun.")
    return rows


def separator_of(lines: list[str], least: int) -> str | None:
    """Return the sign that stands between the words of every line; None for blanks and tabs.

    Shapes:  none.
    Units:   none.
    Errors:  none.
    Source:  docs/methods/scan-files.md, section "Files".
    """
    bare = [NOT_QUOTED.sub("", line) for line in lines]
    for sign in (";", ","):
        if bare and all(line.count(sign) >= max(least - 1, 1) for line in bare):
            return sign
    return None


def words_of(line: str, separator: str | None) -> list[str]:
    """Return the words of a line without their quotes; an empty trailing word is none.

    Shapes:  none.
    Units:   none.
    Errors:  none.
    Source:  docs/methods/scan-files.md, section "Files".
    """
    if separator is None:
        return [word.strip("\"'") if word[0] in "\"'" else word for word in WORD.findall(line)]
    words = [
        word.strip().strip("'").strip() for word in next(csv.reader([line], delimiter=separator, skipinitialspace=True))
    ]
    while words and not words[-1]:
        words.pop()
    return words
