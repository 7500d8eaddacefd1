"""Where a map begins: boxes around places, and around what an agency looks after."""

from collections import Counter
from collections.abc import Iterable, Sequence

from django.db.models import Exists, Max, Min, OuterRef

from kentongan.agencies.models import Competence
from kentongan.places.models import Place, PlaceAncestor
from kentongan.places.queries import inside

Box = tuple[float, float, float, float]
REGION: Box = (94.0, -11.5, 129.0, 6.5)
"""West, south, east, north: what is shown when the officer's own area is not known."""


def own_roots(agency: str) -> list[Place]:
    """Return the places that the agency looks after, whole states and what lies in another of them left out."""
    roots = Place.objects.filter(pk__in=Competence.objects.filter(agency=agency, valid_to__isnull=True).values("roots"))
    roots = roots.exclude(level="country")
    lies_in_another = PlaceAncestor.objects.filter(
        descendant=OuterRef("pk"), depth__gt=0, ancestor__in=roots.values("pk")
    )
    return list(roots.filter(~Exists(lies_in_another)).order_by("code"))


def box_around(agency: str, provinces: Sequence[str]) -> Box:
    """Return the box of the agency's own area; for one of the whole state that of the province named most often."""
    if own := own_roots(agency):
        return box_of(own) or REGION
    named = Counter(code for code in provinces if code)
    busiest = Place.objects.filter(code=named.most_common(1)[0][0]) if named else Place.objects.none()
    return box_of(busiest) or REGION


def box_of(roots: Iterable[Place]) -> Box | None:
    """Return the box around places and all that lies in them, a few kilometres wide at least; None without any point."""
    below = inside(roots).filter(lat__isnull=False).order_by()
    edges = below.aggregate(w=Min("lon"), s=Min("lat"), e=Max("lon"), n=Max("lat"))
    if edges["w"] is None:
        return None
    margin = max(0.04, (edges["n"] - edges["s"]) * 0.05)
    return edges["w"] - margin, edges["s"] - margin, edges["e"] + margin, edges["n"] + margin
