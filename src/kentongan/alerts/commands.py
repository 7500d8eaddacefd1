"""`kentongan alerts`: the alerts that are for everybody, as a table or as CAP."""

from pathlib import Path
from typing import Annotated

import typer
from django.utils import timezone
from django.utils.translation import gettext as _
from rich.console import Console
from rich.table import Table

from kentongan.kit.errors import KentonganError
from kentongan.kit.given import why_refused

from .cap.composing import StepMessage
from .cap.publishing import newest_messages, public_alerts, still_open
from .cap.writing import written

terminal = Console(stderr=True)


class CannotWrite(KentonganError):
    """A file could not be written where it was asked for."""

    code = "alerts.cannot_write"


def alerts(
    cap: Annotated[bool, typer.Option("--cap", help="Tulis sebagai CAP 1.2, bukan sebagai tabel.")] = False,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder untuk satu berkas tiap peringatan; kosong: ke layar.")
    ] = None,
) -> None:
    """Tampilkan peringatan yang masih berjalan dan terbuka untuk umum."""
    found = newest_messages(still_open(public_alerts(at=timezone.now())))
    if cap and out is not None:
        _write(found, out)
    elif cap:
        for one in found:
            typer.echo(written(one.message).decode())
    else:
        _print(found)
    terminal.print(_("%(n)s peringatan terbuka untuk umum.") % {"n": len(found)})


def _write(found: list[StepMessage], out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
        for one in found:
            (out / f"{one.message.identifier}.xml").write_bytes(written(one.message))
    except OSError as error:
        raise CannotWrite(
            _("Berkas tidak dapat ditulis di %(folder)s: %(why)s. Pilih folder lain.")
            % {"folder": out, "why": why_refused(error)}
        ) from error


def _print(found: list[StepMessage]) -> None:
    table = Table()
    for heading in (_("Dikirim"), _("Peringatan"), _("Pengirim")):
        table.add_column(heading)
    for one in found:
        info = one.message.infos[0]
        table.add_row(one.message.sent.isoformat(), info.headline, info.sender_name)
    Console().print(table)


COMMANDS = {"alerts": alerts}
