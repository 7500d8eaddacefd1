"""What the home page and a place page say, read through the gate."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Case, DateTimeField, Exists, F, OuterRef, Q, QuerySet, When

from kentongan.agencies.models import Agency
from kentongan.agreements.models import Grant
from kentongan.agreements.rules import Actor
from kentongan.alerts.models import Alert, AlertStep
from kentongan.events.models import Event, JoinDoubt, ReadingRow
from kentongan.intake.models import Report
from kentongan.kit.periods import monday_of
from kentongan.places.models import Facility, Place, PlaceAncestor
from kentongan.watch.models import Finding, FindingMember, WatchRun

ROWS = 6
"""Rows of each kind on the home page; the number beside them leads to all."""

WEEKS = 26
"""Weeks of reports on a place page."""

NEXT_STEP_DUE = Case(
    When(state=Alert.State.RAISED, then=F("acknowledge_by")),
    When(state=Alert.State.ACKNOWLEDGED, then=F("verify_by")),
    default=F("decide_by"),
    output_field=DateTimeField(),
)


@dataclass(frozen=True, slots=True)
class Some[T]:
    """The first few rows of a list, and how many there are in all."""

    rows: tuple[T, ...]
    number: int

    def __bool__(self) -> bool:
        return self.number > 0
