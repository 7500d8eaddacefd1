"""The one console command. Commands parse, do one deed, print a summary, return an exit code."""

import logging
import os
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import NoReturn

import django
import typer
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, ProgrammingError

from kentongan.kit.errors import KentonganError
from kentongan.kit.given import why_refused

OK, REFUSED, USAGE = 0, 1, 2
"""Exit codes: done; an expected refusal, said on standard error; wrong use of the command."""

NOT_PREPARED = "instalasi ini belum disiapkan. Jalankan `kentongan init` dahulu."
COMMANDS: Mapping[str, tuple[str, ...]] = {
    "config": ("init", "demo", "serve", "work", "backup", "restore", "reseal", "check", "django"),
    "places": ("outlines", "population"),
    "agencies": ("appoint",),
    "intake": ("import", "feed"),
    "events": ("read",),
    "watch": ("watch",),
    "alerts": ("alerts",),
    "vulnerability": ("vulnerability",),
    "oversight": ("retention",),
    "engine": ("scan",),
    "demonstration": ("simulate",),
}
"""Which room gives which commands, in its `commands.COMMANDS`: of a command that is named only its room is loaded."""

GROUPS: Mapping[str, str] = {
    "audit": "audit.commands",
    "vault": "vault.commands",
    "messages": "messages.commands",
    "factors": "vulnerability.factor_commands",
}
"""Commands with commands of their own, and the module that gives them as `app`."""


def main() -> None:
    """Run `kentongan …` and leave with an exit code from the table above."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kentongan.config.settings")
    _set_up()
    try:
        build(only=sys.argv[1] if len(sys.argv) > 1 else "")(standalone_mode=True)
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
            f"KENTONGAN_HOME ({home}) tidak dapat dipakai: {why_refused(fault)}. Pilih folder lain atau perbaiki izinnya."
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


def build(only: str = "") -> typer.Typer:
    """Return the command with the subcommands of every room, or with this one alone if there is one of that name."""
    app = typer.Typer(
        name="kentongan",
        help="Dari laporan desa, pos, instansi, dan berita menjadi peringatan dini yang dijawab.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback()(_nothing)  # a command that stands alone is still asked for by its name
    is_known = only in GROUPS or any(only in names for names in COMMANDS.values())
    for room, names in COMMANDS.items():
        if not is_known or only in names:
            for name, command in import_module(f"kentongan.{room}.commands").COMMANDS.items():
                app.command(name)(command)
    for name, module in GROUPS.items():
        if not is_known or only == name:
            app.add_typer(import_module(f"kentongan.{module}").app, name=name)
    return app


def _nothing() -> None:
    pass
