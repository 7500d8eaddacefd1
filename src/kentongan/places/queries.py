"""Reads of places and facilities from the database. The gazetteer is public: no gate stands before it."""

from collections.abc import Collection, Iterable
from datetime import date

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from kentongan.reading.knowledge import PlaceLevel

from .gazetteer import SMALLEST
from .models import Facility, FacilityStatus, Place, PlaceAncestor, PlaceCode

AMBIGUOUS_SCHEMES = ("tl-pnds", "bps")
"""Schemes whose codes are digits that mean another place in another scheme: answered only when they are named."""


def place_by_code(code: str, scheme: str | None = None) -> Place | None:
    """Return the place that has the code or once had it, however it is typed, the present holder first; None when none ever had it."""
    rows = PlaceCode.objects.filter(code=code.strip().upper()).select_related("place")
    rows = rows.filter(scheme=scheme) if scheme else rows.exclude(scheme__in=AMBIGUOUS_SCHEMES)
    found = rows.order_by(F("valid_to").desc(nulls_first=True), "id").first()
    return found.place if found else None


def ancestors(place: Place) -> list[Place]:
    """Return the places that contain this one, the nearest first."""
    rows = PlaceAncestor.objects.filter(descendant=place, depth__gt=0).select_related("ancestor").order_by("depth")
    return [row.ancestor for row in rows]


def children(place: Place) -> QuerySet[Place]:
    """Return the places directly inside this one, by code."""
    return Place.objects.filter(parent=place).order_by("code")


def inside(roots: Iterable[Place], levels: Collection[PlaceLevel] | None = None) -> QuerySet[Place]:
    """Return the places that lie in any of the roots, the roots themselves included, each once, by code."""
    below = PlaceAncestor.objects.filter(ancestor__in=list(roots)).values("descendant")
    places = Place.objects.filter(pk__in=below).order_by("code")
    return places if levels is None else places.filter(level__in=levels)


def within_box(
    south: float, west: float, north: float, east: float, levels: Collection[PlaceLevel] = SMALLEST
) -> QuerySet[Place]:
    """Return the places of these levels whose points lie in the box, its edges included."""
    return Place.objects.filter(level__in=levels, lat__range=(south, north), lon__range=(west, east))


def facilities_on(day: date) -> QuerySet[Facility]:
    """Return all facilities, each with the status that held on the day as `status` (None when none is known)."""
    holds = Q(valid_from__isnull=True) | Q(valid_from__lte=day)
    lasts = Q(valid_to__isnull=True) | Q(valid_to__gt=day)
    on_the_day = FacilityStatus.objects.filter(holds, lasts, facility=OuterRef("pk"))
    return Facility.objects.annotate(status=Subquery(on_the_day.values("status")[:1])).order_by("key")
