"""How places and offices are named on paper, in Indonesian."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from kentongan.agencies.models import Agency
from kentongan.agencies.queries import ancestors_on
from kentongan.places.models import Place
from kentongan.places.queries import ancestors

TITLES = {
    "province": "Provinsi",
    "regency": "Kabupaten",
    "city": "Kota",
    "district": "Kecamatan",
    "municipality": "Munisipio",
    "post": "Posto administrativo",
    "suco": "Suco",
    "aldeia": "Aldeia",
}
WARD = "1"
"""How the last part of a Kemendagri code begins where the village is an urban ward (kelurahan)."""


def titled(place: Place) -> str:
    """Return "Desa Silawan", "Kelurahan Pegadungan", "Suco Batugade"."""
    if place.level == "village":
        is_ward = place.country == "ID" and place.code.rpartition(".")[2].startswith(WARD)
        return f"{'Kelurahan' if is_ward else 'Desa'} {place.name}"
    return f"{TITLES.get(place.level, '')} {place.name}".strip()


def inside_of(place: Place) -> str:
    """Return "Kecamatan Tasifeto Timur, Kabupaten Belu, Provinsi Nusa Tenggara Timur"; the state too where it is not ours."""
    above = [one for one in ancestors(place) if one.level != "country" or one.country != "ID"]
    return ", ".join(titled(one) for one in above)


def short_place(place: Place | None) -> str:
    """Return "Silawan, Kec. Tasifeto Timur" for narrow columns; a district is called one."""
    if place is None:
        return "–"
    if place.level == "district":
        return f"Kec. {place.name} (desa belum disebut sumber)"
    parent = place.parent
    if parent is not None and parent.level in ("district", "post"):
        return f"{place.name}, {'Kec.' if parent.level == 'district' else 'Posto'} {parent.name}"
    return place.name


def letterhead(office: Agency, *, on: date) -> dict[str, Any]:
    """Return what stands at the head of an office's papers: those above it on that day, its name, its seat."""
    above = Agency.objects.in_bulk(ancestors_on(office.pk, on))
    names = [above[key].name for key in reversed(ancestors_on(office.pk, on)) if key in above]
    return {"name": office.name, "above": names, "seat": titled(office.seat) if office.seat else ""}


def superior_of(office: Agency, *, on: date) -> str:
    """Return the name of the office that this one answers to; empty where none is known."""
    above: Sequence[str] = ancestors_on(office.pk, on)
    return Agency.objects.filter(pk__in=above[:1]).values_list("name", flat=True).first() or ""
