"""How much time is left, in words."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .labels import AWAITED
from .models import Alert
from .rules import DueTimes, clock_rows, is_overdue, next_due


@dataclass(frozen=True, slots=True)
class Clock:
    """What is awaited, by when, and how that stands now."""

    awaited: str
    due: datetime
    words: str
    is_overdue: bool


def clock_of(alert: Alert, *, at: datetime) -> Clock | None:
    """Return the clock of the awaited step; None when the alert is closed."""
    due_times = DueTimes(alert.acknowledge_by, alert.verify_by, alert.decide_by)
    due = next_due(alert.state, due_times)
    if due is None:
        return None
    late = is_overdue(alert.state, due_times, at=at)
    span = length(abs(due - at))
    words = _("lewat %(span)s") % {"span": span} if late else _("sisa %(span)s") % {"span": span}
    return Clock(str(AWAITED[alert.state]), due, words, late)


def length(span: timedelta) -> str:
    """Return a span in its largest unit, and the next smaller one below two days."""
    minutes = int(span.total_seconds() // 60)
    hours, days = minutes // 60, minutes // 1440
    if days >= 2:
        return ngettext("%(n)d hari", "%(n)d hari", days) % {"n": days}
    if hours and minutes % 60 == 0:
        return ngettext("%(n)d jam", "%(n)d jam", hours) % {"n": hours}
    if hours:
        return _("%(hours)d jam %(minutes)d menit") % {"hours": hours, "minutes": minutes % 60}
    return ngettext("%(n)d menit", "%(n)d menit", minutes) % {"n": minutes}


def clock_sentences() -> list[str]:
    """Return how long each step may take, for ordinary and for urgent alerts, as the shipped table says."""
    lengths = {(row.is_urgent, row.step): length(timedelta(minutes=row.minutes)) for row in clock_rows()}

    def steps(is_urgent: bool) -> dict[str, str]:
        return {step: lengths[is_urgent, step] for step in ("acknowledge", "verify", "decide")}

    return [
        _("Tenggat: diterima %(acknowledge)s, diverifikasi %(verify)s, diputuskan %(decide)s.") % steps(False),
        _("Mendesak: diterima %(acknowledge)s, diverifikasi %(verify)s, diputuskan %(decide)s.") % steps(True),
    ]
