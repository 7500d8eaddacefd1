"""Work at the simulated desks: a shift of the roster, and a case that two agencies work on."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from kentongan.agencies.models import Agency, Officer
from kentongan.agreements.access import actor_for
from kentongan.agreements.facts import Actor
from kentongan.alerts.duty_actions import plan_shift
from kentongan.alerts.models import DutyShift
from kentongan.cases import actions as cases
from kentongan.cases.models import Case
from kentongan.events.models import Event

LEAD, LEADING = "kanim-atambua", "petugas.atambua"
SUPPORT = "polres-belu"
SHARED = ("title", "place", "origin", "milestones", "team")
SHIFT, TASK_WITHIN = timedelta(days=7), timedelta(days=3)
SIMULATED = "SIMULASI"


def plan_duty(*, at: datetime) -> None:
    """Somebody of the office in Atambua is on the roster for a week, unless somebody has been before."""
    if not DutyShift.objects.filter(agency=LEAD).exists():
        officer = Officer.objects.get(username=LEADING)
        plan_shift(
            officer=officer, starts_at=at, ends_at=at + SHIFT, note=SIMULATED, by=_acting("prevention", at), at=at
        )


@transaction.atomic
def open_first_case(*, at: datetime) -> None:
    """The office leads a case on its latest confirmed event, and the police of the place support it with a task."""
    by = _acting("investigation", at)
    event = _latest_event(by, at)
    if event is None or Case.objects.filter(owner=LEAD).exists():
        return
    case = cases.open_case(title=f"{SIMULATED}: {event.title}", events=[event], by=by, at=at)
    day = timezone.localdate(at)
    cases.record_milestone(case=case, code="LI", on=day, document=f"{SIMULATED} LI/1", by=by, at=at)
    police = Agency.objects.get(pk=SUPPORT)
    cases.add_agency(case=case, agency=police, groups=SHARED, why="tempat kejadian di wilayahnya", by=by, at=at)
    what = "Periksa kendaraan yang disebut laporan"
    cases.give_task(case=case, agency=police, what=what, due=at + TASK_WITHIN, by=by, at=at)


def _acting(purpose: str, at: datetime) -> Actor:
    return actor_for(Officer.objects.get(username=LEADING), purpose=purpose, at=at)


def _latest_event(by: Actor, at: datetime) -> Event | None:
    own = Event.objects.visible_to(by, at=at).filter(owner=LEAD, state=Event.State.CONFIRMED)
    found: Event | None = own.exclude(handling="protected").order_by("-known_at", "-id").first()
    return found
