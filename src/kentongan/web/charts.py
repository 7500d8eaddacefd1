"""Bars by week as coordinates, so that a template can draw them as SVG without a script."""

from dataclasses import dataclass
from datetime import date

from .queries import WeekOfReports

WIDTH, HEIGHT = 560, 120
LEFT, TOP, BOTTOM = 28, 8, 22


@dataclass(frozen=True, slots=True)
class Bar:
    """One week: a bar of reports with the nil reports on top of it, in the units of the viewBox."""

    monday: date
    reports: int
    nil: int
    x: float
    width: float
    y: float
    height: float
    nil_y: float
    nil_height: float


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars with their axis."""

    bars: tuple[Bar, ...]
    highest: int
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    top: int = TOP

    @property
    def base(self) -> int:
        """Where the bars stand."""
        return self.height - BOTTOM

    @property
    def label_y(self) -> int:
        """Where the days under the axis stand."""
        return self.height - 6

    @property
    def labelled(self) -> tuple[Bar, ...]:
        """The bars with a day under them: about six."""
        return self.bars[:: max(len(self.bars) // 6, 1)]


def weekly_chart(weeks: tuple[WeekOfReports, ...]) -> Chart:
    """Return the bars of the weeks, the highest filling the height."""
    highest = max((week.reports + week.nil for week in weeks), default=0)
    step = (WIDTH - LEFT) / max(len(weeks), 1)
    unit = (HEIGHT - TOP - BOTTOM) / max(highest, 1)
    return Chart(tuple(_bar(week, LEFT + step * n, step, unit) for n, week in enumerate(weeks)), highest)


def _bar(week: WeekOfReports, x: float, step: float, unit: float) -> Bar:
    base = HEIGHT - BOTTOM
    height, nil_height = week.reports * unit, week.nil * unit
    return Bar(
        monday=week.monday,
        reports=week.reports,
        nil=week.nil,
        x=round(x + step * 0.1, 1),
        width=round(step * 0.8, 1),
        y=round(base - height, 1),
        height=round(height, 1),
        nil_y=round(base - height - nil_height, 1),
        nil_height=round(nil_height, 1),
    )
