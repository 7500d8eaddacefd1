"""Whether a record may be sent to an agency of another state, and how much of it: only what a clause in force carries."""

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from kentongan.agencies.models import Agency
from kentongan.kit.periods import civil_day

from .access import facts_of
from .bodies import Hierarchy
from .facts import FULL, Actor, ClauseFacts
from .in_force import clauses_for
from .rules import covers

if TYPE_CHECKING:
    from .models import ProtectedRow


def clauses_that_carry(
    row: "ProtectedRow", category: str, *, to: Agency, by: Actor, at: datetime
) -> tuple[ClauseFacts, ...]:
    """Return the clauses in force by which a message of the category about this row may go to the agency, for the
    purpose that the sender states.

    Whether what the row came under lets it go on is asked apart (onward.py): it may always go back to its giver.
    """
    hierarchy = Hierarchy(civil_day(at))
    bodies = {agency: hierarchy.body_of(agency) for agency in (row.owner_id, to.pk)}
    reader = Actor("", to.pk, to.kind, "", by.purpose, body=bodies[to.pk], bodies=bodies, home=by.home)
    facts = replace(facts_of([row], reader, at=at)[row.pk], category=category, came_under="")
    return tuple(clause for clause in clauses_for(bodies[to.pk]) if covers(clause, reader, facts, at=at))


def groups_carried(clauses: tuple[ClauseFacts, ...], category: str) -> list[str]:
    """Return the groups of fields of a category that the clauses carry exactly as they stand."""
    return sorted({g for clause in clauses for g, how in clause.releases.get(category, {}).items() if how == FULL})
