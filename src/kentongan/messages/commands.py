"""`kentongan messages`: how many messages stand where, and those that were given up once more."""

import os
import socket
from typing import Annotated

import typer
from django.utils import timezone
from django.utils.translation import gettext as _
from rich.console import Console as Terminal
from rich.table import Table

from kentongan.agencies.rules import Console

from . import actions, labels, queries
from .channels import why_off
from .models import Message
from .rules import Channel, State
from .sending import deliver_due

terminal = Terminal(stderr=True)
app = typer.Typer(
    help="Pesan: berapa yang menunggu, terkirim, dan gagal; kirim ulang yang gagal.", no_args_is_help=True
)


@app.command("list")
def list_counts() -> None:
    """Tampilkan jumlah pesan menurut saluran dan keadaan, dan saluran mana yang mati."""
    counts = queries.counts(Message.objects.all())
    table = Table()
    for heading in (_("Saluran"), _("Keadaan"), _("Jumlah")):
        table.add_column(heading)
    for channel in Channel:
        for state, label in labels.STATES.items():
            if number := counts.get((channel, state)):
                table.add_row(str(labels.CHANNELS[channel]), str(label), str(number))
    Terminal().print(table)
    for channel in Channel:
        if off := why_off(channel):
            terminal.print(off, highlight=False, markup=False, soft_wrap=True)


@app.command()
def send(most: Annotated[int, typer.Option(help="Paling banyak sekian pesan.")] = 1000) -> None:
    """Kirim sekarang apa yang menunggu. Pekerja latar melakukannya sendiri."""
    tried = deliver_due(worker=f"{socket.gethostname()}:{os.getpid()}", clock=timezone.now, most=most)
    terminal.print(_("%(n)s pesan dicoba.") % {"n": tried})


@app.command()
def retry(
    why: Annotated[str, typer.Option(help="Alasan, dicatat dalam jejak.")],
    channel: Annotated[str | None, typer.Option(help="Hanya saluran ini.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Hitung saja, jangan ubah apa pun.")] = False,
) -> None:
    """Kirim ulang pesan yang gagal: semuanya menunggu lagi dengan semua percobaannya."""
    dead = Message.objects.filter(state=State.DEAD, **({"channel": actions.channel_named(channel)} if channel else {}))
    if dry_run:
        terminal.print(_("%(n)s pesan gagal akan menunggu lagi.") % {"n": dead.count()})
        return
    number = 0
    for message in dead.order_by("put_at", "id"):
        try:
            actions.try_again(message=message, why=why, by=Console(), at=timezone.now())
        except actions.NotDead:
            continue  # somebody else has taken it up meanwhile
        number += 1
    terminal.print(_("%(n)s pesan menunggu lagi.") % {"n": number})
