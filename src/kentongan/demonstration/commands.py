"""`kentongan demo`: the whole loop on simulated data, then the server."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from kentongan.kit.periods import WITA, start_of_day

from .accounts import ACCOUNTS, passwords
from .gazetteer import simulated_villages
from .loading import leave_samples, let_happen, open_accounts
from .scenario import simulate
from .watching import judge_past_findings, the_watch, watch_through

console = Console(stderr=True)

WARM_UP_WEEKS = 26
"""The watch begins when half a year of baseline has been reported."""


def simulate_command(
    seed: Annotated[int, typer.Option(help="Benih: benih yang sama, dunia yang sama.")] = 1,
    weeks: Annotated[int, typer.Option(min=30, max=156, help="Lama simulasi dalam pekan.")] = 78,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Hari terakhir; baku: hari ini.")] = None,
) -> None:
    """Isi instalasi ini dengan dunia simulasi, jalankan pemantauan, dan cetak ringkasannya."""
    plan = _plan(settings.HOME, seed=seed, weeks=weeks, until=until.date() if until else None)
    ends = date.fromisoformat(str(plan["ends"]))
    world = simulate(simulated_villages(), seed=int(str(plan["seed"])), ends=ends, weeks=int(str(plan["weeks"])))
    opened_at = start_of_day(world.begins, WITA) - timedelta(days=1)
    secrets_of = passwords(settings.HOME)
    open_accounts(secrets_of, at=opened_at)
    with _bar() as bar:
        told = bar.add_task("Laporan simulasi", total=len(world.reports))
        let_happen(world, opened_at=opened_at, progress=lambda done, total: bar.update(told, completed=done, total=total))
        watch = the_watch(opened_at=opened_at)
        watched = bar.add_task("Pemantauan mingguan", total=None)
        first = world.begins + timedelta(weeks=WARM_UP_WEEKS)
        watch_through(watch, first, world.ends, progress=lambda done, total: bar.update(watched, completed=done, total=total))
    judge_past_findings(watch, world.ends)
    leave_samples(world.ends, opened_at=opened_at, at=min(timezone.now(), start_of_day(world.ends, WITA)))
    _print_summary(watch, secrets_of)


def _plan(home: Path, **wanted: object) -> dict[str, object]:
    """Return what this installation simulates: decided once, so that a start on a later day adds nothing."""
    path = home / "demonstration.json"
    if path.exists():
        known: dict[str, object] = json.loads(path.read_text())
        return known
    until = wanted["until"]
    ends = until if isinstance(until, date) else timezone.now().astimezone(WITA).date()
    plan: dict[str, object] = {"seed": wanted["seed"], "weeks": wanted["weeks"], "ends": ends.isoformat()}
    path.write_text(json.dumps(plan))
    return plan


def _bar() -> Progress:
    return Progress(TextColumn("{task.description:<24}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console)


def _print_summary(watch: object, secrets_of: dict[str, str]) -> None:
    accounts = Table(title="Akun demonstrasi (sandi dibuat acak untuk instalasi ini)")
    for heading in ("nama pengguna", "sandi", "peran"):
        accounts.add_column(heading)
    for account in ACCOUNTS:
        accounts.add_row(account.username, secrets_of[account.username], account.does)
    console.print(accounts)


COMMANDS = {"simulate": simulate_command}
