"""What alerts turned out to be, and how long they took, as of an instant. No Django.

An outcome judges an alert when it says true, false or benign; duplicate, handed over and no result do not. Times run from the raising; what had not
come by the instant is cut off there, and a step that the closing made needless is cut off at the closing
(docs/methods/outcomes.md).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from kentongan.engine.durations import waiting
from kentongan.engine.proportions import Share, share_of

TRUE, FALSE, BENIGN = "true", "false", "benign"
STEPS = ("acknowledge", "verify", "close")

LEAST_TOLD = 5
"""With fewer judged alerts no share is told, with fewer alerts no time: one more could turn it round. Our own figure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How an alert went."""

    raised_at: datetime
    acknowledged_at: datetime | None = None
    verified_at: datetime | None = None
    closed_at: datetime | None = None
    outcome: str = ""

    def reached(self, step: str) -> datetime | None:
        """Return when the step was done; None where it was not."""
        return {"acknowledge": self.acknowledged_at, "verify": self.verified_at, "close": self.closed_at}[step]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """How long a step takes: the times within which half and nine tenths have done it, None where that is not known.

    `done` did it, `open` have not by now, and `passed` were closed without it.
    """

    median: timedelta | None
    ninth_tenth: timedelta | None
    done: int
    open: int
    passed: int

    @property
    def is_told(self) -> bool:
        """Tell whether there are enough alerts to tell a time at all."""
        return self.done + self.open + self.passed >= LEAST_TOLD


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Some alerts as of an instant."""

    true: int
    false: int
    benign: int
    others: int  # ended otherwise
    open: int
    share: Share  # of true ones among those that were judged
    spans: tuple[Span, ...]  # in the order of STEPS

    @property
    def judged(self) -> int:
        """How many an outcome judged."""
        return self.share.of

    @property
    def total(self) -> int:
        """How many there are."""
        return self.judged + self.others + self.open

    @property
    def is_told(self) -> bool:
        """Tell whether enough were judged to tell a share."""
        return self.judged >= LEAST_TOLD


def as_known(course: Course, *, at: datetime) -> Course:
    """Return the course without what happened after the instant."""

    def known(instant: datetime | None) -> datetime | None:
        return instant if instant is not None and instant <= at else None

    closed_at = known(course.closed_at)
    return replace(
        course,
        acknowledged_at=known(course.acknowledged_at),
        verified_at=known(course.verified_at),
        closed_at=closed_at,
        outcome=course.outcome if closed_at else "",
    )


def summary(courses: Iterable[Course], *, at: datetime) -> Summary:
    """Return what the alerts had turned out to be by the instant; those raised later are not among them."""
    known = [as_known(course, at=at) for course in courses if course.raised_at <= at]
    outcomes = [course.outcome for course in known]
    true, false, benign = (outcomes.count(one) for one in (TRUE, FALSE, BENIGN))
    open_ones = sum(course.closed_at is None for course in known)
    return Summary(
        true=true,
        false=false,
        benign=benign,
        others=len(known) - true - false - benign - open_ones,
        open=open_ones,
        share=share_of(true, true + false + benign),
        spans=tuple(_span(known, step, at=at) for step in STEPS),
    )


def _span(courses: Sequence[Course], step: str, *, at: datetime) -> Span:
    ends = [course.reached(step) for course in courses]
    until = [end or course.closed_at or at for course, end in zip(courses, ends, strict=True)]
    seconds = [(end - course.raised_at).total_seconds() for course, end in zip(courses, until, strict=True)]
    curve = waiting(seconds, [end is not None for end in ends])
    passed = sum(end is None and course.closed_at is not None for course, end in zip(courses, ends, strict=True))
    return Span(
        median=_length(curve.quantile(0.5)),
        ninth_tenth=_length(curve.quantile(0.9)),
        done=curve.ended,
        open=curve.open - passed,
        passed=passed,
    )


def _length(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)
