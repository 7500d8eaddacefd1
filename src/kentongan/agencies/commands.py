"""Commands of this room: appoint an officer from the machine itself, the first administrator above all."""

from typing import Annotated

import typer
from django.utils import timezone
from django.utils.translation import gettext as _
from rich.console import Console as Terminal

from kentongan.kit.errors import KentonganError

from .actions import operator_agency
from .models import Agency
from .rules import ADMINISTRATOR, ROLE_LABELS, Console
from .staff import create_officer

terminal = Terminal(stderr=True)


class UnknownAgency(KentonganError):
    """No agency has this id."""

    code = "agencies.unknown_agency"


def appoint(
    username: Annotated[str, typer.Argument(help="Nama pengguna, mis. budi.kupang.")],
    agency: Annotated[
        str | None,
        typer.Option(help="Id instansi, mis. kanim-kupang. Tanpa ini: pengelola instalasi ini.", show_default=False),
    ] = None,
    role: Annotated[str, typer.Option(help=f"Peran: {', '.join(ROLE_LABELS)}.")] = ADMINISTRATOR,
    name: Annotated[str, typer.Option(help="Nama lengkap.")] = "",
) -> None:
    """Buat akun petugas dan cetak sandi pertamanya, sekali. Administrator pertama dibuat dengan ini."""
    by, at = Console(), timezone.now()
    served = Agency.objects.filter(pk=agency).first() if agency else operator_agency(by=by, at=at)
    if served is None:
        raise UnknownAgency(
            _("Instansi “%(agency)s” tidak dikenal. Jalankan `kentongan init`, lalu lihat idnya di halaman Instansi.")
            % {"agency": agency}
        )
    made = create_officer(username=username, full_name=name, agency=served, role=role, by=by, at=at)
    terminal.print(_("Akun dibuat untuk %(agency)s. Sandi pertama, harus diganti saat masuk:") % {"agency": served})
    print(made.password)  # noqa: T201 - the one place where it is shown


COMMANDS = {"appoint": appoint}
