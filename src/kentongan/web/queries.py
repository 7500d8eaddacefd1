"""What the home page and a place page say, read through the gate."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Generic, TypeVar

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from kentongan.agencies.models import Agency
from kentongan.agreements.facts import Actor
from kentongan.agreements.models import Clause
from kentongan.agreements.modules import is_on
from kentongan.agreements.queries import clauses_to_approve
from kentongan.alerts.models import Alert, AlertStep
from kentongan.alerts.queries import overdue, queue_for
from kentongan.cases.models import CaseTask, Referral
from kentongan.cases.queries import referrals_listed, tasks_listed
from kentongan.cases.rules import MODULE
from kentongan.events.models import Event, EventReport, JoinDoubt, ReadingRow
from kentongan.intake.models import Report
from kentongan.kit.periods import monday_of
from kentongan.places.models import Facility, Place
from kentongan.places.queries import facilities_on, inside
from kentongan.programme.models import Visit
from kentongan.programme.queries import VillageStanding, partners_standing
from kentongan.programme.rules import CATEGORY as PROGRAMME
from kentongan.watch.models import Finding, FindingSighting, WatchRun
from kentongan.watch.queries import runs_in_view

T = TypeVar("T")

ROWS = 6
"""Rows of each kind on the home page; the number beside them leads to all."""

LOOKED_AT_WITHIN = timedelta(days=3)
"""How long a report in which no event was read waits at the desk; our own proposal, as long as an alert has to be decided."""

WEEKS = 26
"""Weeks of reports on a place page."""


@dataclass(frozen=True, slots=True)
class Some(Generic[T]):
    """The first few rows of a list, and how many there are in all."""

    rows: tuple[T, ...]
    number: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for this officer: only what the role may do something about."""

    alerts: Some[Alert]
    findings: Some[Finding]
    events: Some[Event]
    doubts: Some[JoinDoubt]
    tasks: Some[CaseTask]
    referrals: Some[Referral]
    clauses: Some[Clause]

    @property
    def number(self) -> int:
        kinds = (self.alerts, self.findings, self.events, self.doubts, self.tasks, self.referrals, self.clauses)
        return sum(some.number for some in kinds)


@dataclass(frozen=True, slots=True)
class PartnersToVisit:
    """What the officer's own programme asks for: visits that are late, villages that are silent, the officer's next visits."""

    overdue: Some[VillageStanding]
    silent: int
    visits: Some[Visit]

    @property
    def is_nothing(self) -> bool:
        return not (self.overdue.number or self.silent or self.visits.number)


@dataclass(frozen=True, slots=True)
class Changes:
    """What is new since an instant."""

    since: datetime
    reports: int
    proposed: int
    confirmed: int
    findings: int
    alerts: int
    steps: Some[AlertStep]

    @property
    def number(self) -> int:
        return self.reports + self.proposed + self.confirmed + self.findings + self.alerts + self.steps.number


@dataclass(frozen=True, slots=True)
class Unseen:
    """What the map, the counts and the watch cannot know."""

    reports_without_place: int
    ambiguous_places: int
    unread_reports: int
    unconfirmed: int
    silent_places: int
    last_run: WatchRun | None
    agencies_not_shared: int


def waiting_for(actor: Actor, *, at: datetime) -> Waiting:
    """Return what the officer's agency must still do and the officer's role may do, the most pressing first."""
    nothing: Some[Any] = Some((), 0)
    clauses = clauses_to_approve(actor, at=at)
    return Waiting(
        alerts=_some(queue_for(actor, at=at).select_related("owner", "place").order_by("-is_urgent", "next_due", "id"))
        if "alerts" in actor.acts
        else nothing,
        findings=_some(findings_to_judge(actor, at=at)) if "findings" in actor.acts else nothing,
        events=_some(events_to_confirm(actor, at=at)) if "events" in actor.acts else nothing,
        doubts=_some(_doubts_to_answer(actor, at=at)) if "events" in actor.acts else nothing,
        tasks=_some(tasks_listed(actor, at=at)) if "cases" in actor.acts else nothing,
        referrals=_some(referrals_listed(actor, at=at, side="to", state=Referral.State.SENT))
        if "referrals" in actor.acts and is_on(MODULE, at=at)
        else nothing,
        clauses=Some(tuple(clauses[:ROWS]), len(clauses)),
    )


def overdue_alerts(actor: Actor, *, at: datetime) -> Some[Alert]:
    """Return the visible alerts, to us or from us, whose next step is late, the longest overdue first."""
    visible = Alert.objects.visible_to(actor, at=at).exclude(state=Alert.State.CLOSED)
    return _some(overdue(visible, at=at).select_related("addressee", "owner").order_by("next_due", "id"))


def partners_to_visit(actor: Actor, *, at: datetime) -> PartnersToVisit | None:
    """Return what is late and next in the partner villages of the own agency; None for whom the programme is not."""
    if PROGRAMME not in actor.acts:
        return None
    standing = partners_standing(actor, at=at, office=actor.agency)
    late = sorted(
        (one for one in standing if one.is_overdue), key=lambda one: (one.due_on is not None, one.due_on or date.min)
    )
    planned = Visit.objects.visible_to(actor, at=at).filter(owner=actor.agency, state=Visit.State.PLANNED)
    mine = (
        planned.filter(officer=actor.ref.removeprefix("officer:")).select_related("place").order_by("planned_on", "id")
    )
    return PartnersToVisit(Some(tuple(late[:ROWS]), len(late)), sum(one.is_silent for one in standing), _some(mine))


def changes_since(actor: Actor, since: datetime, *, at: datetime) -> Changes:
    """Return what the officer may see of what is new since then."""
    events = Event.objects.visible_to(actor, at=at)
    alerts = Alert.objects.visible_to(actor, at=at)
    told = alerts.showing("message").order_by().values("pk")  # a step is named by the title of its alert
    steps = AlertStep.objects.filter(alert__in=told, at__gt=since).exclude(state=Alert.State.RAISED)
    new = FindingSighting.objects.filter(is_new=True, run__finished_at__gt=since).values("finding")
    return Changes(
        since=since,
        reports=Report.objects.visible_to(actor, at=at).filter(received_at__gt=since).count(),
        proposed=events.filter(state=Event.State.PROPOSED, known_at__gt=since).count(),
        confirmed=events.filter(state=Event.State.CONFIRMED, decided_at__gt=since).count(),
        findings=Finding.objects.visible_to(actor, at=at).filter(pk__in=new).count(),
        alerts=alerts.filter(raised_at__gt=since).count(),
        steps=_some(steps.prefetch_related(Prefetch("alert", queryset=alerts)).order_by("-at", "-id")),
    )


def unseen_by(actor: Actor, *, at: datetime) -> Unseen:
    """Return how much is missing from the officer's picture."""
    return Unseen(
        reports_without_place=reports_without_place(actor, at=at).count(),
        ambiguous_places=events_without_settled_place(actor, at=at).count(),
        unread_reports=unread_reports(actor, at=at).count(),
        unconfirmed=Event.objects.visible_to(actor, at=at).filter(state=Event.State.PROPOSED).count(),
        silent_places=silent_places(actor, at=at).count(),
        last_run=_runs(actor).first(),
        agencies_not_shared=agencies_not_shared(actor).count(),
    )


def unread_reports(actor: Actor, *, at: datetime) -> QuerySet[Report]:
    """Return the visible reports that the reader has not come to, the oldest first."""
    return _told(actor, at=at).filter(readings__isnull=True).order_by("received_at", "id")


def reports_without_event(actor: Actor, *, at: datetime) -> QuerySet[Report]:
    """Return the reports that nobody has read yet, or of late in which no event was read: an officer must look at them.

    Those of the own agency and of villages on whose events it decides, the newest first.
    """
    told = _told(actor, at=at).filter(owner__in=_decided_here(actor))
    read = ReadingRow.objects.visible_to(actor, at=at).filter(report=OuterRef("pk"))
    behind_one = EventReport.objects.filter(report=OuterRef("pk"), unlinked_at__isnull=True)
    lately = Q(received_at__gt=at - LOOKED_AT_WITHIN)
    return told.filter(~Exists(behind_one), ~Exists(read) | lately).order_by("-received_at", "-id")


def reports_without_place(actor: Actor, *, at: datetime) -> QuerySet[Report]:
    """Return the visible reports that were read and stand behind no event with a place, nor name one themselves, the newest first."""
    placed = Event.objects.visible_to(actor, at=at).filter(pk=OuterRef("event_id"), place__isnull=False)
    behind_one = EventReport.objects.filter(Exists(placed), report=OuterRef("pk"), unlinked_at__isnull=True)
    read = ReadingRow.objects.visible_to(actor, at=at).filter(report=OuterRef("pk"))
    told = _told(actor, at=at).filter(Exists(read), ~Exists(behind_one), place__isnull=True)
    return told.order_by("-received_at", "-id")


def events_without_settled_place(actor: Actor, *, at: datetime) -> QuerySet[Event]:
    """Return the visible standing events whose place is one of several candidates, the newest first."""
    standing: QuerySet[Event] = Event.objects.visible_to(actor, at=at).filter(place__isnull=True)
    open_ones = standing.filter(state__in=(Event.State.PROPOSED, Event.State.CONFIRMED)).exclude(place_open=[])
    return open_ones.order_by("-known_at", "-id")


def silent_places(actor: Actor, *, at: datetime) -> QuerySet[Place]:
    """Return the places that used to report and, by a visible finding that is not judged away, are silent."""
    silent = Finding.objects.visible_to(actor, at=at).filter(type=Finding.Type.SILENCE)
    standing = silent.filter(state__in=(Finding.State.OPEN, Finding.State.ALERTED)).order_by().values("members__place")
    return Place.objects.filter(pk__in=standing).select_related("parent__parent").order_by("code")


def agencies_not_shared(actor: Actor) -> QuerySet[Agency]:
    """Return the agencies whose rows the officer does not see, apart from what is addressed to the officer's agency."""
    seen = {actor.agency, *(agency for agency, _category in actor.supervises)}
    return Agency.objects.filter(is_active=True, is_forum=False).exclude(pk__in=seen).order_by("country", "name")


def _told(actor: Actor, *, at: datetime) -> QuerySet[Report]:
    reports: QuerySet[Report] = Report.objects.visible_to(actor, at=at)
    return reports.filter(is_nil=False, text__isnull=False)


def _runs(actor: Actor) -> QuerySet[WatchRun]:
    done = runs_in_view(actor).filter(state=WatchRun.State.DONE)
    return done.select_related("watch").order_by("-as_of", "-finished_at")


def _some(rows: QuerySet[Any]) -> Some[Any]:
    first = tuple(rows[: ROWS + 1])
    return Some(first[:ROWS], len(first) if len(first) <= ROWS else rows.count())


def findings_to_judge(actor: Actor, *, at: datetime) -> QuerySet[Finding]:
    """Return the own agency's findings that nobody has judged, the least likely by chance first."""
    findings: QuerySet[Finding] = Finding.objects.visible_to(actor, at=at)
    own = findings.filter(owner=actor.agency, state=Finding.State.OPEN)
    return own.order_by("-recurrence_days", "-last_as_of", "id").prefetch_related("members__place")


def events_to_confirm(actor: Actor, *, at: datetime) -> QuerySet[Event]:
    """Return the proposed events on which the own agency decides, the newest first."""
    events: QuerySet[Event] = Event.objects.visible_to(actor, at=at)
    ours = events.filter(owner__in=_decided_here(actor), state=Event.State.PROPOSED)
    return ours.select_related("place", "owner").order_by("-known_at", "-id")


def _decided_here(actor: Actor) -> list[str]:
    return [actor.agency, *sorted(actor.decides_for)]


def _doubts_to_answer(actor: Actor, *, at: datetime) -> QuerySet[JoinDoubt]:
    visible = Event.objects.visible_to(actor, at=at).exclude(state__in=(Event.State.DISMISSED, Event.State.MERGED))
    ours = visible.filter(owner__in=_decided_here(actor)).order_by().values("pk")
    doubts = JoinDoubt.objects.filter(answer="", one__in=ours, other__in=ours)
    both = (Prefetch(name, queryset=visible) for name in ("one", "other"))
    return doubts.prefetch_related(*both).order_by("-score", "id")


# --- a place ---


@dataclass(frozen=True, slots=True)
class WeekOfReports:
    """How many reports, and how many that said there was nothing, were received in the week from that Monday."""

    monday: date
    reports: int
    nil: int


@dataclass(frozen=True, slots=True)
class Heard:
    """What has been heard from a place."""

    weeks: tuple[WeekOfReports, ...]
    last: Report | None

    @property
    def reports(self) -> int:
        return sum(week.reports for week in self.weeks)

    @property
    def nil(self) -> int:
        return sum(week.nil for week in self.weeks)


def facilities_in(place: Place, *, on: date) -> QuerySet[Facility]:
    """Return the facilities that lie, or may lie, in a place."""
    there = inside([place]).order_by().values("pk")
    found = facilities_on(on).filter(Q(place__in=there) | Q(candidates__in=there))
    return found.select_related("place").prefetch_related("candidates").distinct().order_by("name")


def events_in(place: Place, actor: Actor, *, at: datetime) -> QuerySet[Event]:
    """Return the visible standing events in a place, the newest first."""
    events: QuerySet[Event] = Event.objects.visible_to(actor, at=at)
    standing = events.filter(
        place__in=inside([place]).order_by(), state__in=(Event.State.PROPOSED, Event.State.CONFIRMED)
    )
    return standing.select_related("place").order_by(F("happened_from").desc(nulls_last=True), "-known_at", "-id")


def findings_in(place: Place, actor: Actor, *, at: datetime) -> QuerySet[Finding]:
    """Return the visible findings with a member in a place, the newest first."""
    findings: QuerySet[Finding] = Finding.objects.visible_to(actor, at=at)
    there = findings.filter(members__place__in=inside([place]).order_by()).distinct()
    return there.order_by("-window_to", "-id")


def heard_from(place: Place, actor: Actor, *, at: datetime) -> Heard:
    """Return the reports of the last half year by week, and the last one, as far as the officer may see."""
    reports = Report.objects.visible_to(actor, at=at).filter(place__in=inside([place]).order_by())
    this_week = monday_of(timezone.localdate(at))
    first = this_week - timedelta(weeks=WEEKS - 1)
    counts: Counter[tuple[date, bool]] = Counter()
    since = timezone.make_aware(datetime.combine(first, datetime.min.time()))
    for received_at, is_nil in reports.filter(received_at__gte=since).order_by().values_list("received_at", "is_nil"):
        counts[monday_of(timezone.localdate(received_at)), is_nil] += 1
    mondays = [first + timedelta(weeks=n) for n in range(WEEKS)]
    return Heard(
        tuple(WeekOfReports(day, counts[day, False], counts[day, True]) for day in mondays),
        reports.order_by("-received_at").first(),
    )
