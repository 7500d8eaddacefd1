"""Who searched for a term: asked by an overseer, with a reason, as long as the secrets of that time live."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from kentongan.agencies.labels import CATEGORIES, word
from kentongan.agreements.facts import Actor
from kentongan.audit import search_terms, trail
from kentongan.audit.catalogue import Trail
from kentongan.audit.models import TrailRow

from .queries import Told, reach_of, told_all, trail_for

MOST = 200
"""Searches that are shown of one question, the newest."""


@dataclass(frozen=True, slots=True)
class Search:
    """A search for the term: who, when and for which purpose, in what, and how much was found."""

    row: Told
    category: str
    found: int


@dataclass(frozen=True, slots=True)
class Searches:
    """The answer: how many searches there were, and the newest of them."""

    count: int
    newest: list[Search]


@transaction.atomic
def ask_who_searched(*, term: str, why: str, by: Actor, at: datetime) -> Searches:
    """The searches for the term by officers in the overseer's reach are told; that they were asked for is in the trail, the term not."""
    among = trail_for(by, at=at).filter(agency__in=reach_of(by, at=at))
    rows = search_terms.searches_for(term, among=among)
    trail.record(Trail.SEARCHERS_ASKED, by=by, at=at, why=why, facts={"rows": len(rows)})
    shown = rows[:MOST]
    told = told_all(shown, by, at=at)
    return Searches(len(rows), [_search(*pair) for pair in zip(shown, told, strict=True)])


def _search(row: TrailRow, told: Told) -> Search:
    return Search(told, word(CATEGORIES, str(row.facts.get("category", ""))), int(row.facts["found"]))
