"""Reads of this room: links of which the reader may see both ends, with those ends."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from kentongan.agreements.facts import Actor

from .models import CandidateLink, LinkageRun
from .rules import ACCEPTED
from .subjects import Subject, subjects


@dataclass(frozen=True, slots=True)
class LinkShown:
    """A link with both its ends, each as this reader may see it."""

    link: CandidateLink
    left: Subject
    right: Subject


def links_listed(actor: Actor, *, at: datetime, state: str = "") -> list[LinkShown]:
    """Return the own agency's links of which the actor may see both ends, the likeliest first."""
    found = CandidateLink.objects.filter(agency=actor.agency).select_related("run")
    return _shown(found.filter(state=state) if state else found, actor, at)


def link_for(actor: Actor, pk: UUID, *, at: datetime) -> LinkShown | None:
    """Return the link if it is the own agency's and the actor may see both ends."""
    found = CandidateLink.objects.filter(agency=actor.agency, pk=pk).select_related("run")
    return next(iter(_shown(found, actor, at)), None)


def links_at(actor: Actor, keys: Iterable[UUID], *, at: datetime) -> list[LinkShown]:
    """Return the own agency's links that are not refused and have one of the keys at an end."""
    ends = list(keys)
    found = CandidateLink.objects.filter(Q(left__in=ends) | Q(right__in=ends), agency=actor.agency)
    return _shown(found.exclude(state=CandidateLink.State.REFUSED).select_related("run"), actor, at)


def accepted_edges(agency: str) -> list[tuple[UUID, UUID]]:
    """Return the pairs that the agency's officers have joined."""
    return list(CandidateLink.objects.filter(agency=agency, state=ACCEPTED).values_list("left", "right"))


def runs_listed(actor: Actor) -> list[LinkageRun]:
    """Return the latest runs of the own agency: counts and reasons, nobody's name."""
    return list(LinkageRun.objects.filter(agency=actor.agency)[:10])


def _shown(links: Iterable[CandidateLink], actor: Actor, at: datetime) -> list[LinkShown]:
    rows = list(links)
    ends = {key for one in rows for key in (one.left, one.right)}
    known = subjects(actor, at=at, only=ends) if ends else {}
    return [
        LinkShown(one, known[one.left], known[one.right]) for one in rows if one.left in known and one.right in known
    ]
