"""The one console command. Commands parse, do one deed, print a summary, return an exit code."""

import logging
import os
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any, NoReturn

import django
import typer
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, ProgrammingError

from kentongan.kit.errors import KentonganError

OK, REFUSED, USAGE = 0, 1, 2
"""Exit codes: done; an expected refusal, said on standard error; wrong use of the command."""

NOT_PREPARED = "instalasi ini belum disiapkan. Jalankan `kentongan init` dahulu."
ROOMS = (
    "places",
    "agencies",
    "intake",
    "events",
    "watch",
    "alerts",
    "vulnerability",
    "oversight",
    "engine",
    "demonstration",
)


def main() -> None:
    """Run `kentongan …` and leave with an exit code from the table above."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kentongan.config.settings")
    _set_up()
    try:
        build()(standalone_mode=True)
    except KentonganError as refusal:
        logging.getLogger(__name__).debug("command.refused", exc_info=True)
        _refuse(refusal.message, *refusal.details)
    except ProgrammingError as fault:
        if not _is_missing_table(fault):
            raise
        _refuse(NOT_PREPARED)
    except OperationalError as fault:
        _refuse(NOT_PREPARED if _is_missing_table(fault) else _unreachable(fault))


def _set_up() -> None:
    """Read the settings; what stands in their way is said, not traced."""
    try:
        django.setup()
    except ImproperlyConfigured as fault:
        _refuse(f"pengaturan instalasi ini salah. {fault}")
    except OSError as fault:
        home = os.environ.get("KENTONGAN_HOME", "var")
        _refuse(
            f"KENTONGAN_HOME ({home}) tidak dapat dipakai: {fault.strerror or fault}. Pilih folder lain atau perbaiki izinnya."
        )


def _refuse(message: str, *details: str) -> NoReturn:
    for line in (f"kentongan: {message}", *(f"  - {detail}" for detail in details)):
        print(line, file=sys.stderr)  # noqa: T201 - the command's voice
    sys.exit(REFUSED)


def _unreachable(fault: OperationalError) -> str:
    why = " ".join(str(fault).split())
    return (
        f"basis data tidak dapat dipakai: {why}. Periksa DATABASE_URL, apakah servernya berjalan, dan izin berkasnya."
    )


def _is_missing_table(fault: Exception) -> bool:
    return "no such table" in str(fault) or ("relation" in str(fault) and "does not exist" in str(fault))


def build() -> typer.Typer:
    """Return the command with every room's subcommands; a room gives them in `commands.COMMANDS`, the trail has a group."""
    from kentongan.audit.commands import app as audit  # noqa: PLC0415 - the settings come first
    from kentongan.messages.commands import app as messages  # noqa: PLC0415 - the settings come first
    from kentongan.vault.commands import app as vault  # noqa: PLC0415 - the settings come first
    from kentongan.vulnerability.factor_commands import app as factors  # noqa: PLC0415 - the settings come first

    app = typer.Typer(
        name="kentongan",
        help="Dari laporan desa, pos, instansi, dan berita menjadi peringatan dini yang dijawab.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    for name, command in _commands():
        app.command(name)(command)
    app.add_typer(audit, name="audit")
    app.add_typer(vault, name="vault")
    app.add_typer(messages, name="messages")
    app.add_typer(factors, name="factors")
    return app


def _commands() -> list[tuple[str, Callable[..., Any]]]:
    found: list[tuple[str, Callable[..., Any]]] = []
    for room in ("config", *ROOMS):
        try:
            module = import_module(f"kentongan.{room}.commands")
        except ModuleNotFoundError as missing:
            if missing.name != f"kentongan.{room}.commands":
                raise
            continue
        found += list(module.COMMANDS.items())
    return found
