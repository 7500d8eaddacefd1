"""`kentongan demo`: the whole loop on simulated data, then the server."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from kentongan.agreements.access import system_actor
from kentongan.events.models import Event
from kentongan.intake.models import Report
from kentongan.kit.periods import WITA, monday_of, start_of_day
from kentongan.watch.labels import FINDING_STATES, LEVELS
from kentongan.watch.models import Finding, Watch
from kentongan.watch.streams import label_of

from .accounts import ACCOUNTS, passwords
from .factors import let_factors_count
from .gazetteer import simulated_villages
from .indexing import weigh
from .loading import PURPOSE, Offices, leave_reporter, leave_samples, let_happen, open_accounts, switch_modules_on
from .scenario import SILENT_PARTNERS, planted_clusters, simulate
from .watching import NAME, OWNER, judge_past_findings, planted_places, the_watch, watch_through
from .working import open_first_case, plan_duty

console = Console(stderr=True, width=None if sys.stderr.isatty() else 120)

PLAN = "demonstration.json"

WARM_UP_WEEKS = 26
"""The watch begins when half a year of baseline has been reported."""


def simulate_command(
    seed: Annotated[int, typer.Option(help="Benih: benih yang sama, dunia yang sama.")] = 1,
    weeks: Annotated[int, typer.Option(min=30, max=156, help="Lama simulasi dalam pekan.")] = 78,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Hari terakhir; baku: hari ini.")] = None,
) -> None:
    """Isi instalasi ini dengan dunia simulasi, jalankan pemantauan, dan cetak ringkasannya."""
    plan = _plan(settings.HOME, seed=seed, weeks=weeks, until=until.date() if until else None)
    secrets_of = passwords(settings.HOME)
    if not plan.is_loaded:
        _load(plan, secrets_of)
        _keep(settings.HOME, replace(plan, is_loaded=True))
    _print_summary(Watch.objects.get(owner_id=OWNER, name=NAME), plan, secrets_of)


def _load(plan: Plan, secrets_of: dict[str, str]) -> None:
    """Let the world happen, watch it, and leave the samples; taken up again where a stopped start left it."""
    villages = simulated_villages()
    world = simulate(
        villages, seed=plan.seed, ends=plan.ends, weeks=plan.weeks, clusters=planted_clusters(), silent=SILENT_PARTNERS
    )
    offices = Offices(start_of_day(world.begins, WITA) - timedelta(days=1))
    open_accounts(secrets_of, at=offices.at)
    with progress_bar() as bar:
        told = bar.add_task("Laporan simulasi", total=len(world.reports))
        let_happen(world, offices, progress=lambda done, total: bar.update(told, completed=done, total=total))
        watch = the_watch(offices)
        watched = bar.add_task("Pemantauan mingguan", total=None)
        watch_through(
            watch,
            world,
            world.begins + timedelta(weeks=WARM_UP_WEEKS),
            by=offices.analyst(OWNER),
            progress=lambda done, total: bar.update(watched, completed=done, total=total),
        )
    judge_past_findings(watch, world, planted_places(villages), offices)
    last = min(timezone.now(), start_of_day(world.ends, WITA))
    leave_samples(world.ends, offices, at=last)
    switch_modules_on(offices, at=last)
    let_factors_count(offices, owner=OWNER, at=last)
    leave_reporter(world.ends, offices, at=last)
    plan_duty(at=last)
    open_first_case(at=last)
    weigh(offices, owner=OWNER, at=last)  # the worker computes the index once the demonstration runs


@dataclass(frozen=True, slots=True)
class Plan:
    """What this installation simulates."""

    seed: int
    weeks: int
    ends: date
    is_loaded: bool = False


def _plan(home: Path, *, seed: int, weeks: int, until: date | None) -> Plan:
    """Return the installation's plan: decided once, so that a start on a later day adds nothing."""
    path = home / PLAN
    if path.exists():
        known = json.loads(path.read_text())
        return Plan(known["seed"], known["weeks"], date.fromisoformat(known["ends"]), known["is_loaded"])
    plan = Plan(seed, weeks, monday_of(until or timezone.now().astimezone(WITA).date()))
    _keep(home, plan)
    return plan


def _keep(home: Path, plan: Plan) -> None:
    part = home / "demonstration.part"
    part.write_text(json.dumps({**asdict(plan), "ends": plan.ends.isoformat()}))
    part.replace(home / PLAN)


def progress_bar() -> Progress:
    """Return the progress bar of the simulation."""
    return Progress(
        TextColumn("{task.description:<24}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console
    )


def _print_summary(watch: Watch, plan: Plan, secrets_of: dict[str, str]) -> None:
    console.print(
        f"Simulasi {plan.weeks} pekan sampai {plan.ends:%d-%m-%Y}: {Report.objects.filter(is_simulated=True).count()} laporan, "
        f"{Event.objects.filter(is_simulated=True).count()} kejadian, {watch.runs.count()} kali pemantauan."
    )
    findings = Table(title="Temuan pemantauan", title_justify="left")
    for heading in (
        "pertama terlihat",
        "aliran",
        "tingkat",
        "pusat",
        "teramati",
        "diharapkan",
        "sekali dalam",
        "keadaan",
    ):
        findings.add_column(heading)
    at = timezone.now()
    owner = system_actor(watch.owner, name="command", purpose=PURPOSE, at=at)
    found = Finding.objects.visible_to(owner, at=at).filter(watch=watch)
    for one in found.select_related("place").order_by("first_as_of"):
        findings.add_row(
            f"{one.first_as_of:%d-%m-%Y}",
            label_of(one.stream),
            str(LEVELS[one.level]),
            str(one.place),
            str(one.observed),
            f"{one.expected:.1f}",
            f"{one.recurrence_days / 365.25:.0f} th",
            str(FINDING_STATES[one.state]),
        )
    console.print(findings)
    accounts = Table(title="Akun demonstrasi (sandi acak, hanya untuk instalasi ini)", title_justify="left")
    accounts.add_column("nama pengguna", overflow="fold")
    accounts.add_column("sandi", no_wrap=True, min_width=max(map(len, secrets_of.values())))  # cut, it opens nothing
    accounts.add_column("untuk")
    for account in ACCOUNTS:
        accounts.add_row(account.username, secrets_of[account.username], account.does)
    console.print(accounts)


COMMANDS = {"simulate": simulate_command}
