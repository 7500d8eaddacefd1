"""`kentongan vault`: the master keys of the vault."""

import typer
from django.utils import timezone
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from . import keys
from .models import MasterKey, SealedIdentity
from .rotation import rotate

terminal = Console(stderr=True)
app = typer.Typer(help="Brankas identitas: kunci induknya.", no_args_is_help=True)


@app.command("rotate-key")
def rotate_key() -> None:
    """Buat kunci induk baru, bungkus ulang semua kunci data, lalu hancurkan kunci induk lama. Aman diulang."""
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=terminal,
        transient=True,
    ) as bar:
        task = bar.add_task(_("Membungkus ulang"), total=None)
        rotated = rotate(at=timezone.now(), progress=lambda done, total: bar.update(task, completed=done, total=total))
    terminal.print(
        _("%(n)s identitas kini di bawah kunci %(key)s; %(old)s kunci lama dihancurkan.")
        % {"n": rotated.rewrapped, "key": rotated.fingerprint, "old": len(rotated.retired)},
        highlight=False,
    )
    terminal.print(
        _("Cadangkan %(file)s terpisah dari basis data, dan musnahkan cadangan kunci lama.")
        % {"file": keys.path_of(rotated.fingerprint)},
        highlight=False,
        soft_wrap=True,
    )


@app.command("keys")
def list_keys() -> None:
    """Tampilkan kunci induk: kapan dibuat, berapa identitas di bawahnya, dan apakah berkasnya ada di mesin ini."""
    table = Table()
    for heading in (_("Kunci"), _("Dibuat"), _("Identitas"), _("Berkas")):
        table.add_column(heading)
    for key in MasterKey.objects.order_by("-number"):
        made = timezone.localtime(key.made_at).strftime("%Y-%m-%d %H:%M")
        wrapped = SealedIdentity.objects.filter(master=key.fingerprint).count()
        is_here = keys.path_of(key.fingerprint).exists()
        state = _("ada") if is_here else _("dihancurkan") if key.retired_at else _("tidak ada")
        table.add_row(key.fingerprint, made, str(wrapped), state)
    Console().print(table)
