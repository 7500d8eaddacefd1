"""Classes and colours of the index on the map: chosen to survive colour blindness and printing. No Django models."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from numpy.typing import NDArray

from kentongan.vulnerability.explain import LEVEL_LABELS

LEVEL_COLOURS = ("#fee391", "#fec44f", "#fe9929", "#d95f0e", "#993404")
"""From light to dark: ColorBrewer YlOrBr of six, the lightest left out because the land is as light. They stay apart in
grey print and for every kind of colour blindness."""

CHANGE_COLOURS = ("#5e3c99", "#b2abd2", "#f7f7f7", "#fdb863", "#e66101")
"""Fallen, unchanged, risen: ColorBrewer PuOr of five."""

CHANGE_BREAKS = (-10.0, -3.0, 3.0, 10.0)
"""Points of the score from which on a change is of another class. Our own proposal: 3 points are about what another
sample of draws moves a village, 10 is more than half of a level."""

CHANGE_LABELS: dict[int, str | Promise] = {
    1: _("turun 10 poin atau lebih"),
    2: _("turun 3 sampai 10 poin"),
    3: _("hampir sama"),
    4: _("naik 3 sampai 10 poin"),
    5: _("naik 10 poin atau lebih"),
}


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """One class as the legend shows it."""

    number: int  # 1 to 5
    colour: str
    label: str
    range: str  # which scores, in figures


def change_classes(points: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Return the class of each change of the score: 1 fallen most, 3 about the same, 5 risen most.

    A change of exactly 3 or 10 points belongs to the class farther from the middle, in both directions.
    """
    upward = np.searchsorted(CHANGE_BREAKS, points, side="right") + 1
    downward = np.searchsorted(CHANGE_BREAKS, points, side="left") + 1
    return np.where(points > 0, upward, downward).astype(np.uint8)


def level_legend(breaks: list[float]) -> list[LegendEntry]:
    """Return the legend of the levels; `breaks` are the scores at which a higher level begins."""
    edges = [0.0, *breaks, 100.0]
    return [
        LegendEntry(number + 1, LEVEL_COLOURS[number], str(LEVEL_LABELS[number + 1]), f"{low:g}–{high:g}")
        for number, (low, high) in enumerate(pairwise(edges))
    ]


def change_legend() -> list[LegendEntry]:
    """Return the legend of a comparison."""
    return [LegendEntry(number, CHANGE_COLOURS[number - 1], str(label), "") for number, label in CHANGE_LABELS.items()]
