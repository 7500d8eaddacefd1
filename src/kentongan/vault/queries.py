"""Reads of the vault: pseudonyms and dates, never a sealed column."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kentongan.agencies.models import Officer
from kentongan.agreements.facts import Actor

from .models import Identity, Opening


def identities_listed(actor: Actor, *, at: datetime, kind: str = "") -> QuerySet[Identity]:
    """Return the identities that the gate shows the actor, newest first."""
    found: QuerySet[Identity] = Identity.objects.visible_to(actor, at=at)
    return found.filter(kind=kind) if kind in Identity.Kind.values else found


def times_opened(identities: Iterable[Identity]) -> Counter[UUID]:
    """Return how often each of the identities was opened."""
    keys = [one.pk for one in identities]
    return Counter(Opening.objects.filter(identity__in=keys).values_list("identity", flat=True))


def receivers(identity: Identity) -> list[tuple[Opening, str]]:
    """Return each opening with the name of the officer who was shown the identity, newest first."""
    openings = list(identity.openings.all())
    names = officer_names(one.officer for one in openings)
    return [(one, names[one.officer]) for one in openings]


def officer_names(refs: Iterable[str]) -> dict[str, str]:
    """Return what references of officers are called on the screen."""
    wanted = set(refs)
    keys = [UUID(ref.partition(":")[2]) for ref in wanted if ref.startswith("officer:")]
    known = {f"officer:{officer.pk}": str(officer) for officer in Officer.objects.filter(pk__in=keys)}
    return {ref: known.get(ref, _("sistem") if ref.startswith("system:") else ref) for ref in wanted}
