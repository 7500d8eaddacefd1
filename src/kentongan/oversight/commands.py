"""`kentongan retention`: anonymise or delete what is due, or only say what that would be."""

import sys
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated

import typer
from django.utils import timezone
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from kentongan.agencies.labels import CATEGORIES, word
from kentongan.kit.errors import KentonganError

from . import retention
from .labels import TREATMENTS

terminal = Console(stderr=True)


class NotADayYet(KentonganError):
    """What is not due yet may be counted, not treated."""

    code = "oversight.not_a_day_yet"


def retention_command(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Hanya hitung; tidak ada yang diubah.")] = False,
    as_of: Annotated[
        datetime | None,
        typer.Option("--as-of", formats=["%Y-%m-%d"], help="Hari yang dipakai; bila tidak disebut, hari ini."),
    ] = None,
) -> None:
    """Anonimkan atau hapus catatan yang masa simpannya habis. Pekerja latar melakukannya sendiri setiap malam."""
    at = timezone.now()
    day = as_of.date() if as_of else timezone.localdate(at)
    if not dry_run and day > timezone.localdate(at):
        raise NotADayYet(
            _("%(day)s belum tiba. Pakai --dry-run untuk melihat apa yang akan habis masanya.") % {"day": day}
        )
    counts = retention.number_due(as_of=day)
    if dry_run:
        _print(counts, day, _("Habis masanya, belum diubah"))
        return
    with _bar() as bar:
        task = bar.add_task(_("Retensi"), total=sum(sum(of.values()) for of in counts.values()))
        night = retention.run(as_of=day, at=at, progress=lambda done: bar.update(task, completed=done))
    _print(night.counts, day, _("Sudah dikerjakan untuk hari ini"))
    terminal.print(_("%(number)s catatan lewat masanya dan tetap ditahan.") % {"number": night.held})


def _print(counts: Mapping[str, Mapping[str, int]], day: date, title: str) -> None:
    table = Table(title=f"{title} ({day.isoformat()})")
    for heading in (_("Jenis"), _("Perlakuan"), _("Jumlah")):
        table.add_column(heading)
    for category, of in counts.items():
        for treatment, number in of.items():
            table.add_row(word(CATEGORIES, category), word(TREATMENTS, treatment), str(number))
    Console(width=None if sys.stdout.isatty() else 120).print(table)


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=terminal, transient=True)


COMMANDS = {"retention": retention_command}
