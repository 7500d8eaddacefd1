"""What lies between: through which areas and facilities the movements pass, and what changed from one period to the next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kentongan.engine.routes import Change, betweenness, change_of_share, passing

from .flows import Flows, Moved
from .networks import Laid, Node, network_with
from .rules import Area

MOST_SHOWN = 15
FAMILY_CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Between:
    """A node of the network: how many events' ways lie across it, beginnings and ends not counted, and the change of the share that touch it."""

    node: Node
    across: float
    change: Change

    @property
    def low_percent(self) -> int | None:
        """The lower end of the change in percentage points."""
        return None if self.change.low is None else round(100 * self.change.low)

    @property
    def high_percent(self) -> int | None:
        """The upper end of the change in percentage points."""
        return None if self.change.high is None else round(100 * self.change.high)


def between(flows: Flows, *, on: date) -> tuple[Between, ...]:
    """Return the nodes that most of the named movements pass on shortest ways, the most passed first; none without movements.

    Each event counts one, divided among its ways. All changes of the list hold together with 95 % confidence.
    """
    both = (*flows.moved, *flows.moved_before)
    laid = network_with({area for one in both for way in one.ways for area in way}, on=on)
    across = _across(flows.moved, laid)
    now, before = _touched(flows.moved, laid), _touched(flows.moved_before, laid)
    order = np.lexsort((np.arange(across.size), -now, -np.round(across, 9)))
    shown = [int(i) for i in order if across[i] > 1e-9][:MOST_SHOWN]
    confidence = 1 - (1 - FAMILY_CONFIDENCE) / max(1, len(shown))
    sizes = len(flows.moved_before), len(flows.moved)
    return tuple(
        Between(
            node=laid.nodes[i],
            across=float(across[i]),
            change=change_of_share(int(before[i]), sizes[0], int(now[i]), sizes[1], confidence=confidence),
        )
        for i in shown
    )


def _stops(way: Sequence[Area], laid: Laid) -> list[int]:
    return [laid.of_place[area.id] for area in way]


def _across(moved: Sequence[Moved], laid: Laid) -> NDArray[np.float64]:
    """Return the weight of the events of which each node lies between two stops, or is named as lying there."""
    named = np.zeros(laid.net.nodes)
    demand: list[tuple[int, int, float]] = []
    for one in moved:
        for way in one.ways:
            stops, weight = _stops(way, laid), 1 / len(one.ways)
            demand += [(a, b, weight) for a, b in pairwise(stops)]
            named[sorted(set(stops[1:-1]))] += weight
    across: NDArray[np.float64] = named + betweenness(laid.net, demand)
    return across


def _touched(moved: Sequence[Moved], laid: Laid) -> NDArray[np.intp]:
    """Return how many of the events have a way on which each node lies, its stops among them."""
    touched = np.zeros(laid.net.nodes, dtype=np.intp)
    ways = [(row, _stops(way, laid)) for row, one in enumerate(moved) for way in one.ways]
    lies = passing(laid.net, [stops for _row, stops in ways])
    for row in range(len(moved)):
        touched += lies[[n for n, (of, _stops_) in enumerate(ways) if of == row]].any(axis=0)
    return touched
