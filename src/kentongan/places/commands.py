"""`kentongan population`: bring how many people live in each village."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from django.utils import timezone
from django.utils.translation import gettext as _
from rich.console import Console

from kentongan.audit import trail
from kentongan.kit.errors import KentonganError

from .populations import import_population

terminal = Console(stderr=True)


class PopulationFileUnreadable(KentonganError):
    """The file or the day cannot be read."""

    code = "places.population_file_unreadable"


def population(
    file: Annotated[Path, typer.Argument(help="Berkas CSV: kode,penduduk.")],
    as_of: Annotated[str, typer.Option("--as-of", help="Hari yang dibicarakan data, mis. 2025-12-31.")],
    source: Annotated[str, typer.Option("--source", help="Sumber: lembaga, judul, tahun.")],
    scheme: Annotated[str, typer.Option("--scheme", help="Skema kode: kemendagri, bps, atau tl-pnds.")] = "kemendagri",
) -> None:
    """Impor jumlah penduduk per desa; semua baris, atau tidak satu pun dengan setiap kesalahan disebut."""
    try:
        text, day = file.read_bytes().decode("utf-8-sig"), date.fromisoformat(as_of)
    except (OSError, ValueError) as fault:
        raise PopulationFileUnreadable(
            _("Berkas atau harinya tidak terbaca: %(fault)s. Berikan CSV UTF-8 dan hari seperti 2025-12-31.")
            % {"fault": fault}
        ) from None
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


COMMANDS = {"population": population}
