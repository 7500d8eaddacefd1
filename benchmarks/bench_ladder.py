"""Whether every step of every ladder acts exactly once while its workers are killed, and how late the steps are.

python benchmarks/bench_ladder.py [--alerts 2000] [--workers 2] [--kills 3] [--spread 480] [--on sqlite,postgresql]

Alerts are raised by the product's own deed, spread over some minutes of a working day, to many agencies whose ladder has its
four steps towards acknowledgement one minute apart. Nobody answers. Workers are processes of their own; each is killed with
SIGKILL at instants drawn by chance, so many times, and another one takes its place. Afterwards the database is asked:

* lost: steps that are due and not done;
* twice: steps for which the trail, which nobody can take a row out of, has more than one row;
* early: steps that acted before they were due;
* untold: people who are on record as told, without exactly one notice in the application under that key.

All four must be zero. Late is from the instant at which a step is due to the instant in its row of the trail, in seconds of the run's clock. A
killed worker's steps are late by up to a lease (15 s): its last claim has to end before another takes them.
"""

import argparse
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BASE = datetime(2026, 3, 4, 1, tzinfo=UTC)  # 09:00 in Kupang, a Wednesday
OFFICES, SENDERS = 200, 20
STEPS = 4
PATIENCE_S = 300.0  # after the last step is due
PASSED_ON = ("alerts", "workers", "kills", "spread", "seed", "speed")
DATABASES: dict[str, list[str]] = {"sqlite": [], "postgresql": [str(ROOT / "scripts/with_postgres.py")]}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--alerts", type=int, default=2000)
    arguments.add_argument("--workers", type=int, default=2)
    arguments.add_argument("--kills", type=int, default=3, help="of each worker")
    arguments.add_argument("--spread", type=int, default=480, help="seconds over which the alerts are raised")
    arguments.add_argument("--speed", type=float, default=1.0, help="how much faster than the real one the clock goes")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--on", default="sqlite,postgresql")
    arguments.add_argument("--json", action="store_true", help="print figures instead of a table")
    arguments.add_argument("--one", action="store_true", help="measure the database of the environment and print JSON")
    arguments.add_argument("--work", type=float, default=0.0, help="be a worker; the run began at this Unix time")
    given = arguments.parse_args()
    if given.work:
        be_a_worker(given.work, given.speed)
    elif given.one:
        print(json.dumps(measure(given)))
    else:
        found = {name: run(DATABASES[name], given) for name in given.on.split(",")}
        print(json.dumps(found) if given.json else table(found, given))


def run(wrap: list[str], given: argparse.Namespace) -> dict[str, Any]:
    """Return what this very script measures on a database of its own."""
    with tempfile.TemporaryDirectory(prefix="kentongan-ladder-") as home:
        itself = [sys.executable, __file__, "--one", *(f"--{name}={getattr(given, name)}" for name in PASSED_ON)]
        outside = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "DATABASE_URL_FILE")}
        environment = {
            **outside,
            "KENTONGAN_HOME": home,
            "KENTONGAN_SECRET_KEY": "benchmark",
            "KENTONGAN_LOG_LEVEL": "ERROR",
        }
        command = [sys.executable, *wrap, *itself] if wrap else itself
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603 - itself
    return dict(json.loads(done.stdout.splitlines()[-1]))


def table(found: dict[str, dict[str, Any]], given: argparse.Namespace) -> str:
    """Return the figures as lines to read."""
    first = f"{given.alerts} alerts x {STEPS} steps, {given.workers} workers, each killed {given.kills} times"
    head = f"{'database':12}{'steps':>8}{'lost':>6}{'twice':>7}{'early':>7}{'untold':>8}{'again':>7}{'told':>8}{'notices':>9}{'late: median':>14}{'99 %':>8}{'most':>8}"
    lines = [
        f"{name:12}{f['steps']:>8}{f['lost']:>6}{f['twice']:>7}{f['early']:>7}{f['untold']:>8}{f['claimed_again']:>7}"
        f"{f['told']:>8}{f['notices']:>9}{f['late_median']:>14.2f}{f['late_99']:>8.2f}{f['late_most']:>8.2f}"
        for name, f in found.items()
    ]
    note = "again: steps that were claimed more than once, because their worker died; notices: in the application, storms bundled"
    return "\n".join([first, head, *lines, note])


# --- one database ---


def set_up() -> None:
    """Make the product's models usable."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kentongan.config.settings")
    import django  # noqa: PLC0415 - after the settings are named

    django.setup()


def measure(given: argparse.Namespace) -> dict[str, Any]:
    """Return what became of the steps."""
    set_up()
    from django.core.management import call_command  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    rng = random.Random(given.seed)
    raise_alerts(given.alerts, given.spread, rng)
    begun = time.time() + 2.0
    keep_killing(given, begun, rng)
    return figures()


def clock_since(begun: float, speed: float) -> Callable[[], datetime]:
    """Return a clock that stood at BASE when the run began, and goes so much faster than the real one."""
    return lambda: BASE + timedelta(seconds=(time.time() - begun) * speed)


def be_a_worker(begun: float, speed: float = 1.0) -> None:
    """Climb ladders until killed."""
    set_up()
    from django.db import DatabaseError  # noqa: PLC0415

    from kentongan.alerts.ladder import act_due  # noqa: PLC0415

    name = f"worker:{os.getpid()}"
    while True:
        try:
            if not act_due(worker=name, clock=clock_since(begun, speed), most=50):
                time.sleep(0.1)
        except DatabaseError as fault:
            print(f"{name}: {fault}", file=sys.stderr)
            time.sleep(0.5)


def keep_killing(given: argparse.Namespace, begun: float, rng: random.Random) -> None:
    """Run the workers until every step has acted or patience ends; kill each so many times on the way."""
    itself = [sys.executable, __file__, f"--work={begun}", f"--speed={given.speed}"]
    ends = begun + (given.spread + 60 * (STEPS - 1)) / given.speed
    workers = [subprocess.Popen(itself) for _n in range(given.workers)]  # noqa: S603 - itself
    kills = sorted(
        (rng.uniform(begun + min(5.0, (ends - begun) / 2), ends), n)
        for n in range(given.workers)
        for _k in range(given.kills)
    )
    try:
        while time.time() < ends + PATIENCE_S:
            time.sleep(0.2)
            while kills and kills[0][0] <= time.time():
                _when, n = kills.pop(0)
                workers[n].send_signal(signal.SIGKILL)
                workers[n].wait()
                workers[n] = subprocess.Popen(itself)  # noqa: S603 - itself
            if time.time() > ends + 1 and not kills and not waiting():
                return
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()


def waiting() -> bool:
    """Tell whether a step towards acknowledgement has not acted."""
    from kentongan.alerts.models import LadderStep  # noqa: PLC0415

    return LadderStep.objects.filter(awaits="acknowledged").exclude(state="done").exists()


def raise_alerts(number: int, spread: int, rng: random.Random) -> None:
    """Leave so many alerts in the database, each from one of the senders to one of the offices, under one superior."""
    from django.db import transaction  # noqa: PLC0415

    from kentongan.agencies.models import Agency, AgencyParent, Officer, Posting  # noqa: PLC0415
    from kentongan.agreements.access import actor_for  # noqa: PLC0415
    from kentongan.alerts.models import LadderChange  # noqa: PLC0415

    def staffed(pk: str, kind: str, *roles: str) -> Agency:
        agency = Agency.objects.create(id=pk, name=pk, kind=kind, country="ID", level="regency")
        for role in roles:
            officer = Officer.objects.create(username=f"{pk}-{role}")
            Posting.objects.create(officer=officer, agency=agency, role=role, started_at=BASE - timedelta(days=30))
        return agency

    superior = staffed("polda", "police", "analyst")
    offices = [staffed(f"polres-{n}", "police", "analyst", "leader") for n in range(min(OFFICES, number))]
    senders = [staffed(f"kanim-{n}", "immigration", "analyst") for n in range(SENDERS)]
    AgencyParent.objects.bulk_create(AgencyParent(agency=office, parent=superior) for office in offices)
    LadderChange.objects.bulk_create(
        LadderChange(
            agency=office, alert_class="ordinary", number=step, after_minutes=step - 1, channels=["inapp"],
            valid_from=BASE - timedelta(days=1), why="pengukuran", by="system:command",
        )
        for office in offices for step in range(2, STEPS + 1)
    )  # fmt: skip
    by = {
        sender.pk: actor_for(Officer.objects.get(username=f"{sender.pk}-analyst"), purpose="prevention", at=BASE)
        for sender in senders
    }
    with transaction.atomic():  # one commit for all: raising is not what is measured
        for n in range(number):
            sender, at = senders[n % SENDERS], BASE + timedelta(seconds=rng.uniform(0, spread))
            _raise(n, sender, offices[n % len(offices)], by[sender.pk], at=at)


def _raise(n: int, sender: Any, office: Any, by: Any, *, at: datetime) -> None:
    from kentongan.alerts.actions import raise_alert  # noqa: PLC0415
    from kentongan.events.models import Event  # noqa: PLC0415

    event = Event.objects.create(
        owner=sender, handling="restricted", purpose="prevention", legal_basis="UU 6/2011", retain_until=date(2031, 1, 1),
        title=f"Kejadian {n}", state="confirmed", precision="day", known_at=BASE, happened_from=BASE.date(),
        happened_to=BASE.date() + timedelta(days=1),
    )  # fmt: skip
    raise_alert(
        event=event, to=office, matter="crime", message="Mohon diperiksa.", changed_why="pengukuran", by=by, at=at
    )


def figures() -> dict[str, Any]:
    """Return what the trail, the steps and the notices say, each asked by itself."""
    from kentongan.alerts.models import LadderStep, StepTold  # noqa: PLC0415
    from kentongan.audit.models import TrailRow  # noqa: PLC0415
    from kentongan.messages.models import Message  # noqa: PLC0415

    steps = list(
        LadderStep.objects.filter(awaits="acknowledged").values("alert_id", "number", "state", "due_at", "attempts")
    )
    trail = list(TrailRow.objects.filter(event="alert.step_acted").values_list("subject", "facts", "at"))
    acted = Counter((subject, facts["number"]) for subject, facts, _at in trail)
    due = {(f"alert:{step['alert_id']}", step["number"]): step["due_at"] for step in steps}
    late = [(at - due[subject, facts["number"]]).total_seconds() for subject, facts, at in trail]
    notices = Counter(Message.objects.filter(channel="inapp").values_list("key", flat=True))
    told = StepTold.objects.exclude(officer="").values_list("key", flat=True)
    return {
        "steps": len(steps),
        "lost": sum(
            step["state"] != "done" or not acted[f"alert:{step['alert_id']}", step["number"]] for step in steps
        ),
        "twice": sum(number > 1 for number in acted.values()),
        "early": sum(seconds < 0 for seconds in late),
        "untold": sum(notices[f"{key}:inapp"] != 1 for key in told),
        "claimed_again": sum(step["attempts"] > 1 for step in steps),
        "told": len(told),
        "notices": sum(notices.values()),
        "late_median": statistics.median(late) if late else -1.0,
        "late_99": sorted(late)[int(len(late) * 0.99)] if late else -1.0,
        "late_most": max(late, default=-1.0),
    }


if __name__ == "__main__":
    main()
