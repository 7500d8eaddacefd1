"""The panel "who sees this, and by which clause" on the page of a record."""

from typing import Any

from django import template
from django.utils import timezone

from kentongan.agencies.models import Agency
from kentongan.agreements.conditions import may_keep_conditions
from kentongan.agreements.explaining import may_see_readers, readers_of
from kentongan.agreements.explaining_views import address_of
from kentongan.agreements.models import ProtectedRow
from kentongan.agreements.need import glass_in_view, open_glasses
from kentongan.vocabulary.purposes import PURPOSE_LABELS

register = template.Library()


@register.inclusion_tag("agreements/who_sees.html", takes_context=True)
def who_sees(context: dict[str, Any], row: ProtectedRow) -> dict[str, Any]:
    """Show, to the owner and those it answers to, who else sees the record: which agencies, which fields, until when."""
    actor = getattr(context["request"], "actor", None)
    if actor is None or not may_see_readers(actor, row):
        return {"is_shown": False}
    openings = readers_of(row, at=timezone.now())
    others = {reader.agency.pk for opening in openings if opening.cause != "owner" for reader in opening.readers}
    return {
        "is_shown": True,
        "row": row,
        "openings": openings,
        "others": len(others),
        "owner": Agency.objects.filter(pk=row.owner_id).first(),
        "conditions": address_of("condition_list", row._meta.model_name, row.pk)
        if row.owner_id == actor.agency
        else "",
        "may_keep": may_keep_conditions(actor, row),
    }


@register.filter
def purpose_words(purposes: list[str]) -> str:
    """Return the purposes as the page names them."""
    return ", ".join(str(PURPOSE_LABELS.get(purpose, purpose)) for purpose in purposes)


@register.filter
def named_in(ref: str, names: dict[str, str]) -> str:
    """Return the name behind a reference, or the reference itself."""
    return names.get(ref, ref)


@register.inclusion_tag("agreements/in_need.html", takes_context=True)
def in_need(context: dict[str, Any], row: ProtectedRow) -> dict[str, Any]:
    """Say until when the record is open because a glass was broken, and the reason to whoever may know of the look."""
    actor = getattr(context["request"], "actor", None)
    if actor is None or row.owner_id == actor.agency:
        return {"glasses": []}
    at = timezone.now()
    glasses = open_glasses(row, actor, at=at)
    told = set(glass_in_view(actor).filter(pk__in=[glass.pk for glass in glasses])) if glasses else set()
    return {"glasses": [(glass, glass in told) for glass in glasses]}
