"""Deeds of the watch: set one up, ask for a run, run, judge a finding, learn its outcome.

A run is three transactions: it begins (and is seen running), it computes outside of any transaction, and it ends with
its findings or not at all. A process that dies in between leaves a run whose lease expires, and nothing else.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from kentongan import __version__
from kentongan.agencies.models import Agency
from kentongan.agreements.access import demand_act, demand_person, system_actor
from kentongan.agreements.facts import Actor
from kentongan.audit import outbox, trail
from kentongan.audit.catalogue import Trail
from kentongan.engine.calibration import Thresholds
from kentongan.kit.errors import KentonganError
from kentongan.places.models import Place

from . import labels
from .features import WEEK_DAYS, scan_table, series_table
from .gathering import Gathered, codes_of, gather
from .models import Finding, Watch, WatchRun
from .recording import CameInto, record_seen, record_surges
from .scanning import Scanned, digest_of, outcome_of, scan_silence, scan_stream, seed_of
from .shares import even_limits, limits_by_stream, shares_in_force
from .streams import LEVELS, streams
from .trends import HISTORY_WEEKS, Trends, scan_trends

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=3)  # renewed before every scan, and a scan takes seconds: so soon a dead run shows
STEPS = len(streams()) * len(LEVELS) + 4  # reading, each scan, surges, silence, writing
WATCH_REQUESTED = "watch.requested"


class NotYourWatch(KentonganError):
    """A watch runs for its owner."""

    code = "watch.not_yours"


class DayInFuture(KentonganError):
    """Nothing can be known of a day that has not begun."""

    code = "watch.day_in_future"


class RunNotWaiting(KentonganError):
    """The run is carried out elsewhere, or over."""

    code = "watch.run_not_waiting"


class FindingChangedMeanwhile(KentonganError):
    """Somebody else judged the finding first."""

    code = "watch.finding_changed_meanwhile"


class WatchNameTaken(KentonganError):
    """An agency has one watch of a name that runs."""

    code = "watch.name_taken"


class WatchStopped(KentonganError):
    """The watch was stopped; it does not run any more."""

    code = "watch.stopped"


class ReasonMissing(KentonganError):
    """A judgement needs its reason."""

    code = "watch.reason_missing"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is."""

    done: int
    total: int
    doing: str


Clock = Callable[[], datetime]
Listener = Callable[[Progress], None]


@transaction.atomic
def create_watch(
    *,
    owner: Agency,
    name: str,
    roots: Sequence[Place],
    by: Actor,
    at: datetime,
    false_alarms_per_year: float = 1.0,
    every_days: int = 1,
    seed: int = 1,
) -> Watch:
    """The watch exists and will run every day, or every week, over these roots (none: everywhere that the owner may see)."""
    demand_act(by, "findings")
    _demand_owner(by, owner.pk)
    try:
        with transaction.atomic():
            watch = Watch.objects.create(
                owner=owner,
                name=name,
                created_at=at,
                false_alarms_per_year=false_alarms_per_year,
                every_days=every_days,
                seed=seed,
            )
    except IntegrityError:
        if not Watch.objects.filter(owner=owner, name=name, is_active=True).exists():
            raise
        raise WatchNameTaken(_("Instansi Anda sudah mempunyai pemantauan dengan nama ini. Pilih nama lain.")) from None
    watch.roots.set(roots)
    trail.record(
        Trail.WATCH_CREATED,
        by=by,
        at=at,
        on=f"watch:{watch.pk}",
        facts={"owner": owner.pk, "every_days": every_days, "false_alarms_per_year": false_alarms_per_year},
    )
    return watch


@transaction.atomic
def stop_watch(*, watch: Watch, why: str, by: Actor, at: datetime) -> None:
    """The watch runs no more, for the reason given; its runs and findings stay, and a run under way still ends.

    A run that waits is closed without having begun.
    """
    demand_act(by, "findings")
    demand_person(by)
    _demand_owner(by, watch.owner_id)
    if not why.strip():
        raise ReasonMissing(_("Tuliskan alasan mengapa pemantauan ini dihentikan."))
    if not Watch.objects.filter(pk=watch.pk, is_active=True).update(is_active=False):
        raise WatchStopped(_("Pemantauan ini sudah dihentikan sebelumnya."))
    watch.refresh_from_db()
    trail.record(Trail.WATCH_STOPPED, by=by, at=at, on=f"watch:{watch.pk}", why=why.strip()[:300])
    _abandon(watch.runs.filter(state=WatchRun.State.QUEUED), _("pemantauannya dihentikan"), by=by, at=at)


@transaction.atomic
def request_run(*, watch: Watch, as_of: date, by: Actor, at: datetime) -> WatchRun:
    """A worker will run the watch as of the day; a run of that day that already waits is returned."""
    demand_act(by, "findings")
    _demand_owner(by, watch.owner_id)
    _demand_past(as_of, at)
    held = Watch.objects.select_for_update().get(pk=watch.pk)  # two who ask at once ask one after the other
    if not held.is_active:
        raise _stopped()
    waiting = watch.runs.filter(as_of=as_of, state=WatchRun.State.QUEUED).first()
    if waiting is not None:
        return waiting
    run = WatchRun.objects.create(
        watch=watch,
        as_of=as_of,
        state=WatchRun.State.QUEUED,
        requested_by=by.ref,
        purpose=by.purpose,
        steps_total=STEPS,
    )
    trail.record(Trail.WATCH_REQUESTED, by=by, at=at, on=_ref(run), facts={"as_of": as_of.isoformat()})
    outbox.put(WATCH_REQUESTED, ref=_ref(run), at=at)
    return run


def run(*, watch: Watch, as_of: date, by: Actor, clock: Clock, progress: Listener | None = None) -> WatchRun:
    """The watch has run as of the day with everything as known then; findings and the run's end are kept together."""
    demand_act(by, "findings")
    _demand_owner(by, watch.owner_id)
    at = clock()
    _demand_past(as_of, at)
    with transaction.atomic():
        _abandon_dead(watch, by=by, at=at)
        row = WatchRun.objects.create(
            watch=watch,
            as_of=as_of,
            state=WatchRun.State.RUNNING,
            requested_by=by.ref,
            purpose=by.purpose,
            started_at=at,
            lease_until=at + LEASE,
            steps_total=STEPS,
        )
        trail.record(Trail.WATCH_RUN_STARTED, by=by, at=at, on=_ref(row), facts={"as_of": as_of.isoformat()})
    return _carry_out(row, by=by, clock=clock, progress=progress)


def run_requested(*, run: WatchRun, by: Actor, clock: Clock, progress: Listener | None = None) -> WatchRun:
    """The run that was asked for is done; one that died or failed is taken up again, one that is done stays as it is.

    Of a watch that was stopped none begins any more.
    """
    _demand_owner(by, run.watch.owner_id)
    at = clock()
    with transaction.atomic():
        may_start = Q(state__in=(WatchRun.State.QUEUED, WatchRun.State.ABANDONED, WatchRun.State.FAILED)) | Q(
            state=WatchRun.State.RUNNING, lease_until__lt=at
        )
        won = (
            WatchRun.objects.filter(may_start, pk=run.pk, watch__is_active=True)
            .update(state=WatchRun.State.RUNNING, started_at=at, lease_until=at + LEASE, steps_done=0, error="")
        )  # fmt: skip
        run.refresh_from_db()
        if not won:
            if run.state == WatchRun.State.DONE:
                return run
            if not run.watch.is_active:
                raise _stopped()
            raise RunNotWaiting(_("Pemantauan ini sedang dijalankan oleh pekerja lain atau sudah berakhir."))
        trail.record(Trail.WATCH_RUN_STARTED, by=by, at=at, on=_ref(run), facts={"as_of": run.as_of.isoformat()})
    return _carry_out(run, by=by, clock=clock, progress=progress)


@transaction.atomic
def dismiss_finding(*, finding: Finding, version: int, reason: str, by: Actor, at: datetime) -> None:
    """The finding needs no action, for the reason given; it is not raised again while it lasts."""
    demand_act(by, "findings")
    demand_person(by)
    _demand_owner(by, finding.owner_id)
    if not reason.strip():
        raise ReasonMissing(_("Tuliskan alasan mengapa temuan ini dikesampingkan."))
    _judge(
        finding, version, was=Finding.State.OPEN, to=Finding.State.DISMISSED, by=by, at=at,
        outcome="", outcome_why=reason.strip()[:300],
    )  # fmt: skip
    trail.record(Trail.FINDING_DISMISSED, by=by, at=at, on=finding.ref, why=reason)


@transaction.atomic
def mark_alerted(*, finding: Finding, by: Actor, at: datetime) -> None:
    """The finding stands as alerted; a judgement that was made before it stays."""
    Finding.objects.filter(pk=finding.pk, state=Finding.State.OPEN).update(
        state=Finding.State.ALERTED, version=F("version") + 1, judged_by=by.ref, judged_at=at
    )
    finding.refresh_from_db()


@transaction.atomic
def record_outcome(*, finding: Finding, outcome: str, why: str, by: Actor, at: datetime, is_final: bool = True) -> None:
    """The finding carries what its alert turned out to be; it is closed once no alert of it is open."""
    demand_person(by)
    changes = {"state": Finding.State.CLOSED} if is_final else {}
    Finding.objects.filter(pk=finding.pk).update(
        **changes, outcome=outcome, outcome_why=why[:300], judged_by=by.ref, judged_at=at, version=F("version") + 1
    )
    finding.refresh_from_db()
    trail.record(Trail.FINDING_OUTCOME, by=by, at=at, on=finding.ref, why=why, facts={"outcome": outcome})


# --- carrying out a run ---------------------------------------------------------------------------------------------


def _carry_out(row: WatchRun, *, by: Actor, clock: Clock, progress: Listener | None) -> WatchRun:
    steps = _Steps(row, clock, progress)
    try:
        zone = _zone()
        at = clock()
        limits, shares = even_limits(row.watch), shares_in_force(row.watch, at=at)
        by_stream = limits_by_stream(limits, shares)
        eyes = system_actor(row.watch.owner, name="watch", purpose=row.purpose, at=at)
        steps.begin(_("membaca kejadian dan laporan"))
        gathered = gather(row.watch, as_of=row.as_of, zone=zone, eyes=eyes, at=at)
        scanned = _scan(row, gathered, by_stream, steps)
        steps.begin(_("lonjakan seluruh kecamatan, kabupaten dan provinsi"))
        trends = _trends(row, gathered, by_stream) if looks_at_weeks(row) else []
        steps.begin(_("desa yang berhenti melapor"))
        if looks_at_weeks(row):
            weeks = row.watch.baseline_weeks
            scanned.append(scan_silence(gathered.heard, as_of=row.as_of, weeks=weeks, limits=limits))
        steps.begin(_("mencatat temuan"))
        parameters = _parameters(row.watch, limits, by_stream, shares)
        _finish(row, scanned, trends, parameters, came_into=gathered.came_into, by=by, at=clock())
    except Exception as fault:
        _fail(row, fault, by=by, at=clock())
        raise
    steps.end()
    row.refresh_from_db()
    return row


def looks_at_weeks(row: WatchRun) -> bool:
    """Whether the run looks for surges and silences too: a daily watch does so at the end of the ISO week."""
    return row.watch.every_days == WEEK_DAYS or row.as_of.isoweekday() == WEEK_DAYS


def _still_ours(row: WatchRun) -> QuerySet[WatchRun]:
    """Return the run's row as long as nobody took the run up after us."""
    return WatchRun.objects.filter(pk=row.pk, state=WatchRun.State.RUNNING, started_at=row.started_at)


class _Steps:
    """Tells how far the run is, on its row and to whoever listens, and keeps its lease alive."""

    def __init__(self, row: WatchRun, clock: Clock, listener: Listener | None) -> None:
        self.row, self.clock, self.listener = row, clock, listener
        self.done = -1

    def begin(self, doing: str) -> None:
        self.done += 1
        still_ours = _still_ours(self.row).update(steps_done=self.done, lease_until=self.clock() + LEASE)
        if not still_ours:
            raise RunNotWaiting(_("Jalannya pemantauan ini sudah diambil alih; hasilnya tidak disimpan."))
        if self.listener:
            self.listener(Progress(self.done, STEPS, doing))

    def end(self) -> None:
        if self.listener:
            self.listener(Progress(STEPS, STEPS, _("selesai")))


def _scan(row: WatchRun, gathered: Gathered, limits: Mapping[str, Thresholds], steps: _Steps) -> list[Scanned]:
    watch = row.watch
    scanned = []
    for stream in streams():
        for level in LEVELS:
            steps.begin(f"{stream.label_id}: {labels.LEVELS[level.code]}")
            table = scan_table(
                gathered.happenings,
                gathered.located,
                kinds=gathered.kinds[stream.code],
                level=level.code,
                ground=gathered.ground[level.code],
                as_of=row.as_of,
                weeks=watch.baseline_weeks,
            )
            scanned.append(
                scan_stream(
                    table,
                    stream=stream.code,
                    level=level,
                    limits=limits[stream.code],
                    replicas=watch.replicas,
                    interval_days=float(watch.every_days),
                    seed=seed_of(watch.seed, as_of=row.as_of, stream=stream.code, level=level.code),
                )
            )
    return scanned


def _trends(row: WatchRun, gathered: Gathered, limits: Mapping[str, Thresholds]) -> list[Trends]:
    return [
        scan_trends(
            series_table(
                gathered.happenings,
                gathered.areas,
                kinds=gathered.kinds[stream.code],
                as_of=row.as_of,
                weeks=HISTORY_WEEKS,
            ),
            stream=stream.code,
            limits=limits[stream.code],
            interval_days=float(WEEK_DAYS),
        )
        for stream in streams()
    ]


@transaction.atomic
def _finish(
    row: WatchRun,
    scanned: list[Scanned],
    trends: list[Trends],
    parameters: dict[str, object],
    *,
    came_into: CameInto,
    by: Actor,
    at: datetime,
) -> None:
    """Keep the findings and the end of the run, together."""
    Watch.objects.select_for_update().get(pk=row.watch_id)  # two runs of one watch end one after the other
    lines = [*scanned, *(line for trend in trends for line in trend.scanned)]
    seen = [one for s in scanned for one in s.seen]
    surges = [surge for trend in trends for surge in trend.surges]
    shown = [one for line in lines for one in (*line.seen, line.best) if one]
    codes = codes_of({place for one in shown for place in one.places})
    outcome = outcome_of(lines, code_of=codes)
    digest = digest_of(outcome, parameters)
    won = _still_ours(row).update(
        state=WatchRun.State.DONE,
        finished_at=at,
        lease_until=None,
        steps_done=STEPS,
        result={"scans": outcome},
        parameters=parameters,
        digest=digest,
    )
    if not won:
        raise RunNotWaiting(_("Jalannya pemantauan ini sudah diambil alih; hasilnya tidak disimpan."))
    row.refresh_from_db()
    raised = record_seen(row, seen, came_into=came_into, by=by, at=at)
    raised += record_surges(row, surges, came_into=came_into, by=by, at=at)
    trail.record(
        Trail.WATCH_RUN_DONE, by=by, at=at, on=_ref(row),
        facts={"as_of": row.as_of.isoformat(), "digest": digest, "seen": len(seen) + len(surges), "raised": raised},
    )  # fmt: skip


def _fail(row: WatchRun, fault: Exception, *, by: Actor, at: datetime) -> None:
    """The run failed: its row tells officers a reason that is meant for them; of any other, the log has the details."""
    if not isinstance(fault, KentonganError):
        log.exception("watch.run.failed", extra={"run": _ref(row)})
    told = labels.told_of(fault)[:1000]
    with transaction.atomic():
        failed = _still_ours(row).update(state=WatchRun.State.FAILED, finished_at=at, lease_until=None, error=told)
        if failed:
            code = getattr(fault, "code", type(fault).__name__)
            trail.record(Trail.WATCH_RUN_FAILED, by=by, at=at, on=_ref(row), facts={"code": code})


def _abandon_dead(watch: Watch, *, by: Actor, at: datetime) -> None:
    """Mark the runs whose process died: they kept nothing."""
    dead = watch.runs.filter(state=WatchRun.State.RUNNING, lease_until__lt=at)
    _abandon(dead, _("prosesnya berhenti sebelum selesai"), by=by, at=at)


def _abandon(runs: QuerySet[WatchRun], why: str, *, by: Actor, at: datetime) -> None:
    for row in runs:
        is_closed = runs.filter(pk=row.pk).update(state=WatchRun.State.ABANDONED, finished_at=at, lease_until=None)
        if is_closed:  # and was not carried on in the meantime
            trail.record(Trail.WATCH_RUN_ABANDONED, by=by, at=at, on=_ref(row), why=why)


def _parameters(
    watch: Watch, limits: Thresholds, by_stream: Mapping[str, Thresholds], shares: Mapping[str, float]
) -> dict[str, object]:
    """Return what the run was asked with; shares of streams only where one is not even."""
    return {
        "seed": watch.seed,
        "replicas": max(watch.replicas, *(own.replicas for own in by_stream.values())),
        "baseline_weeks": watch.baseline_weeks,
        "every_days": watch.every_days,
        "false_alarms_per_year": watch.false_alarms_per_year,
        "thresholds": asdict(limits),
        **({"stream_shares": dict(sorted(shares.items()))} if shares else {}),
        "version": __version__,
    }


def _judge(
    finding: Finding, version: int, *, was: str, to: str, by: Actor, at: datetime, outcome: str, outcome_why: str
) -> None:
    won = Finding.objects.filter(pk=finding.pk, state=was, version=version).update(
        state=to, version=F("version") + 1, outcome=outcome, outcome_why=outcome_why, judged_by=by.ref, judged_at=at
    )
    if not won:
        raise FindingChangedMeanwhile(
            _("Temuan ini sudah diubah oleh petugas lain. Muat ulang halamannya dan lihat keadaan terbaru.")
        )
    finding.refresh_from_db()


def _stopped() -> WatchStopped:
    return WatchStopped(_("Pemantauan ini sudah dihentikan, jadi tidak dapat dijalankan lagi. Buatlah yang baru."))


def _demand_owner(by: Actor, owner: str) -> None:
    if by.agency != owner:
        raise NotYourWatch(_("Pemantauan dan temuannya diurus oleh instansi pemiliknya."))


def _demand_past(as_of: date, at: datetime) -> None:
    if as_of > at.astimezone(_zone()).date():
        raise DayInFuture(
            _("Hari itu belum tiba, jadi belum ada yang dapat diketahui. Pilih hari ini atau sebelumnya.")
        )


def _zone() -> ZoneInfo:
    """Return the zone whose civil days the installation counts in."""
    return ZoneInfo(timezone.get_default_timezone_name())


def _ref(row: WatchRun) -> str:
    return f"watchrun:{row.pk}"
