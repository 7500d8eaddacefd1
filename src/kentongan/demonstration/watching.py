"""The demonstration's watch, week by week, and what the simulated agencies made of its past findings."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from functools import partial

from django.utils import timezone

from kentongan.agencies.models import Agency
from kentongan.agreements.facts import Actor
from kentongan.alerts import actions as alerts
from kentongan.alerts.models import Alert
from kentongan.alerts.queries import proposed_addressee
from kentongan.kit.periods import WITA, start_of_day
from kentongan.places.models import Place
from kentongan.watch import actions as watching
from kentongan.watch.models import Finding, Watch, WatchRun

from .loading import Offices
from .scenario import Village, World, nearest_to, planted_clusters

OWNER = "ditjenim"
NAME = "NTT dan Banten"
RUN_AFTER = timedelta(hours=6)
STILL_OPEN = timedelta(weeks=4)
"""Findings of the last weeks are left to whoever tries the demonstration."""


def the_watch(offices: Offices) -> Watch:
    """Return the demonstration's watch, set up once."""
    known = Watch.objects.filter(owner_id=OWNER, name=NAME).first()
    if known is not None:
        return known
    roots = list(Place.objects.filter(code__in=("53", "36")))
    return watching.create_watch(
        owner=Agency.objects.get(pk=OWNER),
        name=NAME,
        roots=roots,
        every_days=7,  # a year of daily runs would keep whoever tries it waiting
        by=offices.analyst(OWNER),
        at=offices.at,
    )


def watch_through(watch: Watch, world: World, first: date, *, by: Actor, progress: Callable[[int, int], None]) -> None:
    """Run the watch as of every Sunday from the first to the world's end, each on the simulated morning after it.

    Days that it ran before are left as they are.
    """
    days = [first + timedelta(weeks=n, days=-1) for n in range(1, (world.ends - first).days // 7 + 1)]
    done = set(watch.runs.filter(state=WatchRun.State.DONE).values_list("as_of", flat=True))
    for number, day in enumerate(days, start=1):
        if day not in done:
            morning_after = min(timezone.now(), start_of_day(day + timedelta(days=1), WITA) + RUN_AFTER)
            watching.run(watch=watch, as_of=day, by=by, clock=partial(_stands_still, morning_after))
        progress(number, len(days))


def _stands_still(at: datetime) -> datetime:
    return at


def judge_past_findings(watch: Watch, world: World, planted: dict[str, frozenset[int]], offices: Offices) -> None:
    """Older findings were answered: raised to the competent agency, verified, and closed with what the world knows."""
    past = Finding.objects.filter(
        watch=watch,
        state=Finding.State.OPEN,
        last_as_of__lt=world.ends - STILL_OPEN,
        type=Finding.Type.CLUSTER,
    )
    for finding in past.order_by("first_as_of"):
        members = set(finding.members.values_list("place_id", flat=True))
        is_planted = any(members & near for near in planted.values())
        _answer(finding, is_planted=is_planted, offices=offices)


def planted_places(villages: Sequence[Village]) -> dict[str, frozenset[int]]:
    """Return the keys of the villages and districts of each planted cluster."""
    found: dict[str, frozenset[int]] = {}
    for cluster in planted_clusters():
        codes = [v.code for v in nearest_to(cluster.centre, villages, cluster.villages)]
        keys = Place.objects.filter(code__in=codes + [code[:8] for code in codes]).values_list("pk", flat=True)
        found[cluster.name] = frozenset(keys)
    return found


def _answer(finding: Finding, *, is_planted: bool, offices: Offices) -> None:
    raised_at = start_of_day(finding.first_as_of + timedelta(days=1), WITA) + timedelta(hours=8)
    proposal = proposed_addressee(finding=finding, on=raised_at.date())
    if proposal.agency is None:
        return
    answering = offices.analyst(proposal.agency.pk)
    alert = alerts.raise_alert(
        finding=finding,
        to=proposal.agency,
        matter=proposal.matter,
        message="Mohon diperiksa di lapangan dan dilaporkan hasilnya (simulasi).",
        by=offices.analyst(finding.owner_id),
        at=raised_at,
    )
    alerts.acknowledge(alert=alert, version=alert.version, by=answering, at=raised_at + timedelta(minutes=40))
    alert.refresh_from_db()
    alerts.verify(
        alert=alert,
        version=alert.version,
        note="Diperiksa bersama perangkat desa (simulasi).",
        by=answering,
        at=raised_at + timedelta(hours=20),
    )
    alert.refresh_from_db()
    outcome, why = (
        (Alert.Outcome.TRUE, "Kejadian beruntun dibenarkan di lapangan (simulasi).")
        if is_planted
        else (Alert.Outcome.FALSE, "Tidak ada hubungan antarkejadian (simulasi).")
    )
    alerts.close(
        alert=alert, version=alert.version, outcome=outcome, why=why, by=answering, at=raised_at + timedelta(hours=60)
    )
