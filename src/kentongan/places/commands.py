"""`kentongan population` and `kentongan outlines`: bring how many people live in each village, and how it lies."""

from pathlib import Path
from typing import Annotated

import typer
from django.utils import timezone
from django.utils.translation import gettext as _
from rich.console import Console

from kentongan.audit import trail
from kentongan.kit.given import day_given, text_given

from .outline_command import outlines
from .populations import import_population

terminal = Console(stderr=True)


def population(
    file: Annotated[Path, typer.Argument(help="Berkas CSV: kode,penduduk.")],
    as_of: Annotated[str, typer.Option("--as-of", help="Hari yang dibicarakan data, mis. 2025-12-31.")],
    source: Annotated[str, typer.Option("--source", help="Sumber: lembaga, judul, tahun.")],
    scheme: Annotated[str, typer.Option("--scheme", help="Skema kode: kemendagri, bps, atau tl-pnds.")] = "kemendagri",
) -> None:
    """Impor jumlah penduduk per desa; semua baris, atau tidak satu pun dengan setiap kesalahan disebut."""
    text, day = text_given(file), day_given(as_of)
    done = import_population(
        text=text,
        as_of=day,
        source=source,
        scheme=scheme,
        by=trail.Keeper("system:command", purpose="coordination"),
        at=timezone.now(),
    )
    for note in done.notes:
        terminal.print(note)
    terminal.print(_("%(n)d desa mempunyai jumlah penduduk per %(day)s.") % {"n": done.villages, "day": day})


COMMANDS = {"outlines": outlines, "population": population}
