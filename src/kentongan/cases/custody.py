"""The chain of custody of an object: who held it from when, and where the chain has a gap. No Django."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

GIVER, RECEIVER = "giver", "receiver"
SIDES = (GIVER, RECEIVER)


@dataclass(frozen=True, slots=True)
class Handing:
    """One hand-over as its minutes state it, and which sides confirmed it. Holders are agencies, or names of bodies outside."""

    giver: str
    receiver: str
    at: datetime
    quantity: Decimal
    confirmed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Gap:
    """What is missing before or in the hand-over of this number: `holder`, `time`, `quantity`, `giver` or `receiver` unconfirmed."""

    number: int
    what: str
    expected: str = ""
    found: str = ""


def gaps(first_holder: str, since: datetime, quantity: Decimal, handings: Sequence[Handing]) -> list[Gap]:
    """Return every gap of the chain, in its order; a chain without hand-overs has none."""
    found = []
    holder, last, amount = first_holder, since, quantity
    for number, one in enumerate(handings, start=1):
        if one.giver != holder:
            found.append(Gap(number, "holder", holder, one.giver))
        if one.at < last:
            found.append(Gap(number, "time", last.isoformat(), one.at.isoformat()))
        if one.quantity != amount:
            found.append(Gap(number, "quantity", str(amount), str(one.quantity)))
        found += [Gap(number, side) for side in SIDES if side not in one.confirmed]
        holder, last, amount = one.receiver, one.at, one.quantity
    return found


def holder_of(first_holder: str, handings: Sequence[Handing]) -> str:
    """Return who holds the object after the hand-overs."""
    return handings[-1].receiver if handings else first_holder
