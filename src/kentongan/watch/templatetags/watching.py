"""What the templates of the watch need beside plain values."""

from collections.abc import Iterable, Mapping
from itertools import islice

from django import template

from kentongan.places.models import Place, PlaceCode
from kentongan.places.queries import AMBIGUOUS_SCHEMES
from kentongan.watch.queries import ScanLine

register = template.Library()

SHOWN = 6


@register.simple_tag
def places_of(lines: Iterable[ScanLine]) -> dict[str, str]:
    """Return the names of the first places of every line by their codes; an old run knows a place by its former code."""
    codes = {code for line in lines for code in islice(line.members, SHOWN)}
    former = PlaceCode.objects.filter(code__in=codes, valid_to__isnull=False).exclude(scheme__in=AMBIGUOUS_SCHEMES)
    return dict(former.order_by("valid_to").values_list("code", "place__name")) | dict(
        Place.objects.filter(code__in=codes).values_list("code", "name")
    )


@register.filter
def named_by(codes: Iterable[str], names: Mapping[str, str]) -> str:
    """Return the names of the first places among the codes, and an ellipsis where there are more."""
    written = [names.get(code, code) for code in codes]
    return ", ".join(written[:SHOWN]) + (" …" if len(written) > SHOWN else "")
