"""The minutes of a hand-over of goods on paper."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from kentongan.agreements.access import fetch, not_visible
from kentongan.agreements.doors import acting, actor_of
from kentongan.agreements.printing import printed

from . import labels, queries
from .models import Case, CaseObject, HandOver


@require_safe
@acting
def hand_over_minutes(request: HttpRequest, pk: UUID, minutes: UUID) -> HttpResponse:
    """Print the minutes of a hand-over of an object that the officer sees in the case."""
    actor, at = actor_of(request), timezone.now()
    case = fetch(Case, pk, actor, at=at)
    found = _found(queries.workspace(case, actor, at=at).goods, minutes)
    if found is None:
        raise not_visible()
    thing, row, position = found
    _made, gaps, _holder = queries.chain_of(thing)
    with translation.override("id"):
        facts = {
            "case": case,
            "thing": thing,
            "minutes": row,
            "position": position,
            "giver": queries.holder_name(row.giver, row.giver_body),
            "receiver": queries.holder_name(row.receiver, row.receiver_body),
            "gaps": [
                str(labels.GAPS[gap.what]) % {"expected": gap.expected, "found": gap.found}
                for gap in gaps
                if gap.number == position
            ],
        }
    return printed(
        request, "cases/hand_over_minutes.html", facts, form="serah_terima_barang", on=case.ref, handling=case.handling,
        is_simulated=case.is_simulated, by=actor, at=at,
    )  # fmt: skip


def _found(goods: list[CaseObject], minutes: UUID) -> tuple[CaseObject, HandOver, int] | None:
    """Return the object, its minutes of that key, and the how-manieth hand-over they are of."""
    for thing in goods:
        for position, row in enumerate(thing.hand_overs.all(), start=1):
            if row.pk == minutes:
                return thing, row, position
    return None
