"""Reads over agencies: who answers to whom on a day."""

from collections import defaultdict
from datetime import date

from django.db.models import Q

from .models import AgencyParent


def descendants_on(agency: str, day: date) -> frozenset[str]:
    """Return the ids of all agencies that answer to the agency on that day, at any depth."""
    holds = (Q(valid_from__isnull=True) | Q(valid_from__lte=day)) & (Q(valid_to__isnull=True) | Q(valid_to__gt=day))
    children: dict[str, list[str]] = defaultdict(list)
    for child, parent in AgencyParent.objects.filter(holds).values_list("agency_id", "parent_id"):
        children[parent].append(child)
    found: set[str] = set()
    waiting = [agency]
    while waiting:
        for child in children[waiting.pop()]:
            if child not in found and child != agency:
                found.add(child)
                waiting.append(child)
    return frozenset(found)
