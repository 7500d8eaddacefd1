"""The chart of the weeks: bars for what was observed, a dashed line for what was expected. No Django."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 640, 160, 28, 22, 8
SMALL_WIDTH, SMALL_HEIGHT = 260, 44

Of = TypeVar("Of")


@dataclass(frozen=True, slots=True)
class Bar:
    """One week: the rectangle, whether it lies in the window, and its figures for the reader of the title."""

    x: float
    y: float
    width: float
    height: float
    is_window: bool
    starts_on: date
    observed: int
    expected: float


@dataclass(frozen=True, slots=True)
class Tick:
    """A label on an axis."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything a template draws, in whole figures of its own units."""

    width: int
    height: int
    left: int
    baseline: int
    bars: tuple[Bar, ...]
    expected: str  # the points of the line
    counts: tuple[Tick, ...]
    months: tuple[date, ...]
    month_x: tuple[float, ...]
    month_y: int

    @property
    def month_ticks(self) -> list[tuple[float, date]]:
        """Where a month begins, and its first day."""
        return list(zip(self.month_x, self.months, strict=True))


def week_chart(weeks: Sequence[tuple[date, int, float]], *, window_from: date, window_to: date) -> Chart:
    """Return the chart of (first day, observed, expected) weeks, those of the window set apart."""
    top = max([1.0, *(float(o) for _day, o, _e in weeks), *(e for _day, _o, e in weeks)])
    baseline = HEIGHT - BOTTOM
    step = (WIDTH - LEFT) / max(len(weeks), 1)

    def height(figure: float) -> float:
        return figure / top * (baseline - TOP)

    bars = tuple(
        Bar(
            x=round(LEFT + number * step + 0.5, 1),
            y=round(baseline - height(observed), 1),
            width=round(max(step - 1, 1), 1),
            height=round(height(observed), 1),
            is_window=window_from <= day < window_to,
            starts_on=day,
            observed=observed,
            expected=expected,
        )
        for number, (day, observed, expected) in enumerate(weeks)
    )
    points = " ".join(
        f"{LEFT + (number + 0.5) * step:.1f},{baseline - height(expected):.1f}"
        for number, (_d, _o, expected) in enumerate(weeks)
    )
    months = [
        (number, day)
        for number, (day, _o, _e) in enumerate(weeks)
        if number == 0 or (day.month != weeks[number - 1][0].month and day.month % 3 == 1)
    ]
    whole = max(int(top), 1)
    return Chart(
        width=WIDTH,
        height=HEIGHT,
        left=LEFT,
        baseline=baseline,
        bars=bars,
        expected=points,
        counts=tuple(
            Tick(LEFT - 4, round(baseline - height(count) + 4, 1), str(count))
            for count in dict.fromkeys((0, (whole + 1) // 2, whole))
        ),
        months=tuple(day for _number, day in months),
        month_x=tuple(round(LEFT + number * step, 1) for number, _day in months),
        month_y=HEIGHT - 6,
    )


@dataclass(frozen=True, slots=True)
class SmallChart(Generic[Of]):
    """The weeks of one place among others on the same scale: bars without axes."""

    of: Of
    width: int
    height: int
    bars: tuple[Bar, ...]
    in_window: int


def small_charts(
    rows: Sequence[tuple[Of, Sequence[int]]], starts: Sequence[date], *, window_from: date, window_to: date
) -> tuple[SmallChart[Of], ...]:
    """Return a small chart of each row's counts by week, all on one scale, the weeks of the window set apart."""
    top = max((max(counts, default=0) for _of, counts in rows), default=0) or 1
    step = SMALL_WIDTH / max(len(starts), 1)

    def bar(number: int, day: date, count: int) -> Bar:
        height = count / top * (SMALL_HEIGHT - 2)
        return Bar(
            x=round(number * step + 0.25, 1),
            y=round(SMALL_HEIGHT - 1 - height, 1),
            width=round(max(step - 0.5, 1), 1),
            height=round(height, 1),
            is_window=window_from <= day < window_to,
            starts_on=day,
            observed=count,
            expected=0.0,
        )

    charts = []
    for of, counts in rows:
        bars = tuple(bar(n, day, count) for n, (day, count) in enumerate(zip(starts, counts, strict=True)) if count)
        inside = sum(one.observed for one in bars if one.is_window)
        charts.append(SmallChart(of=of, width=SMALL_WIDTH, height=SMALL_HEIGHT, bars=bars, in_window=inside))
    return tuple(charts)
