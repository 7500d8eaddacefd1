"""`kentongan read`: what is in these texts, as a table or as JSON, and kept if asked."""

import json as jsonlib
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from rich.console import Console
from rich.table import Table
from rich.text import Text

from kentongan.agreements.facts import Actor
from kentongan.intake.actions import Received, receive_all
from kentongan.intake.batches import batch_of
from kentongan.intake.command_actor import command_actor
from kentongan.intake.commands import Agency, NoSuchFile, Purpose, User, content_of
from kentongan.intake.drafts import latest_civil_day
from kentongan.intake.formats import Contents, documents_in
from kentongan.intake.formats.tables import read_table
from kentongan.intake.models import Report
from kentongan.intake.progress import shown_progress
from kentongan.kit.errors import KentonganError
from kentongan.reading.as_json import reading_as_dict
from kentongan.reading.as_table import reading_as_rows
from kentongan.reading.model import Reading

from .actions import TextReader, read_report
from .knowledge import reader as shared_reader

STDIN = Path("-")
PIPED_WIDTH = 140
_COMMANDS_TERMINAL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class _Text:
    """One text of a file: a file of news or of chat has several."""

    text: str
    title: str
    source: str
    published_on: date | None


class TextTooLong(KentonganError):
    """A text is longer than a report may be."""

    code = "events.text_too_long"


def read(
    paths: Annotated[list[Path], typer.Argument(help="Berkas atau folder; “-” untuk masukan baku.", allow_dash=True)],
    json: Annotated[bool, typer.Option("--json", help="Satu objek JSON per teks, satu per baris.")] = False,
    save: Annotated[bool, typer.Option("--save", help="Simpan laporan dan usulan kejadiannya.")] = False,
    user: User = None,
    agency: Agency = None,
    purpose: Purpose = "prevention",
    received: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="Hari teks diterima, untuk menafsir tanggal; bila tidak disebut, hari ini."
        ),
    ] = None,
) -> None:
    """Baca teks: kejadian, tanggal, wilayah, instansi, jenis, jumlah, instrumen, tindak lanjut, dan siapa yang bicara."""
    errors = Console(stderr=True)
    at = timezone.now()
    by = command_actor(user=user, agency=agency, purpose=purpose, at=at) if save else None
    files = list(_files(paths, errors))
    day = received.date() if received else latest_civil_day(at)
    out = Console(width=None if sys.stdout.isatty() else PIPED_WIDTH)
    failed = not files
    reader = shared_reader()
    for path in shown_progress(files, _("Membaca"), errors):
        try:
            content = sys.stdin.buffer.read() if path == STDIN else content_of(path)
            contents = documents_in(content)
            for number, text in enumerate(_readable(_texts(contents)), start=1):
                reading = reader.read(
                    text.text, received=text.published_on or day, title=text.title, source=text.source
                )
                _print(path, number, reading, out, as_json=json)
            for note in contents.notes:
                errors.print(f"{path}: {note}", markup=False, soft_wrap=True)
            if by is not None:
                errors.print(
                    f"{path}: {_saved(_save(contents, content, path, by, reader))}", markup=False, soft_wrap=True
                )
        except KentonganError as refusal:
            failed = True
            errors.print(f"{path}: {refusal.message}", style="red", markup=False, soft_wrap=True)
            for detail in refusal.details:
                errors.print(f"  - {detail}", markup=False, soft_wrap=True)
    if failed:
        raise typer.Exit(1)


def _files(paths: list[Path], errors: Console) -> Iterator[Path]:
    """Yield the files named and those in the folders named, hidden ones left out."""
    for path in paths:
        if path != STDIN and path.is_dir():
            inside = sorted(
                p
                for p in path.rglob("*")
                if p.is_file() and not any(part.startswith(".") for part in p.relative_to(path).parts)
            )
            if not inside:
                errors.print(
                    _("%(path)s: folder ini kosong.") % {"path": path}, style="red", markup=False, soft_wrap=True
                )
            yield from inside
        else:
            yield path


def _texts(contents: Contents) -> list[_Text]:
    if contents.documents:
        return [_Text(d.text, d.title, d.source, d.published_on) for d in contents.documents]
    table = read_table(contents.text, contents.form)
    rows = [row.columns for row in table.rows if row.columns.get("text")]
    if not rows:
        raise NoSuchFile(table.faults[0].sentence if table.faults else _("Tabel ini tidak memuat laporan."))
    return [_Text(columns["text"], columns.get("title", ""), columns.get("source", ""), None) for columns in rows]


def _readable(texts: list[_Text]) -> list[_Text]:
    """Return the texts unless one is longer than a report may be; the reader's time grows with what a text tells."""
    longest = max(len(text.text) for text in texts)
    if longest > settings.MAX_TEXT_CHARACTERS:
        message = _("Teks ini %(length)s karakter, paling banyak %(most)s. Bagi menjadi beberapa laporan.")
        raise TextTooLong(message % {"length": longest, "most": settings.MAX_TEXT_CHARACTERS})
    return texts


def _print(path: Path, number: int, reading: Reading, out: Console, *, as_json: bool) -> None:
    if as_json:
        found = {"file": str(path), "number": number, **reading_as_dict(reading)}
        sys.stdout.write(jsonlib.dumps(found, ensure_ascii=False) + "\n")
        return
    title = _plain(f"{path}" + (f" #{number}" if number > 1 else ""))
    table = Table(title=title, title_justify="left", expand=out.is_terminal)
    for heading, style in (
        (_("Bagian"), "bold"),
        (_("Isi"), ""),
        (_("Keterangan"), "dim"),
        (_("Letak"), "dim"),
        (_("Yakin"), "dim"),
    ):
        table.add_column(heading, style=style, overflow="fold")
    for row in reading_as_rows(reading):
        table.add_row(*(_plain(cell) for cell in (row.section, row.value, row.detail, row.position, row.confidence)))
    out.print(table)


def _plain(cell: str) -> Text:
    """Return the cell as it is to be shown: what looks like rich's marks is text, and no sign in it commands the terminal."""
    return Text(_COMMANDS_TERMINAL.sub("\ufffd", cell))


@transaction.atomic
def _save(contents: Contents, content: bytes, path: Path, by: Actor, reader: TextReader) -> list[tuple[Received, int]]:
    """Keep all reports of one file with their events, or nothing of it."""
    at = timezone.now()
    batch = batch_of(contents, content, "" if path == STDIN else path.name, channel=Report.Channel.COMMAND)
    outcome = receive_all(drafts=batch.drafts, faults=batch.faults, by=by, at=at)
    return [(one, len(read_report(report=one.report, reader=reader, by=by, at=at))) for one in outcome.received]


def _saved(kept: list[tuple[Received, int]]) -> str:
    new = sum(received.is_new for received, _events in kept)
    facts = {"new": new, "known": len(kept) - new, "events": sum(events for _received, events in kept)}
    return _("%(new)s laporan baru, %(known)s sudah ada, %(events)s kejadian.") % facts


COMMANDS = {"read": read}
