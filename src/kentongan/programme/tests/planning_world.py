"""What the tests of plans build: villages around Silawan, and a run of the index over them."""

from collections.abc import Mapping
from datetime import date, datetime

import numpy as np

from kentongan.intake.legal_bases import legal_basis_for
from kentongan.places.models import Place, PlaceAncestor
from kentongan.vulnerability.index_arrays import digest_of, packed_rows
from kentongan.vulnerability.index_models import IndexRun, RunArray, Weighting

FIRST_MADE = 100


def make_villages(number: int, *, parent: int = 4) -> list[int]:
    """Villages on a line eastwards from the district, with their ancestors."""
    keys = []
    for n in range(number):
        key = FIRST_MADE + n
        Place.objects.create(
            id=key, code=f"53.04.02.{3000 + n}", name=f"Desa Uji {n}", level="village", country="ID", parent_id=parent,
            lat=-8.9915, lon=124.95 + 0.02 * n,
        )  # fmt: skip
        above = list(PlaceAncestor.objects.filter(descendant=parent).values_list("ancestor_id", "depth"))
        PlaceAncestor.objects.create(ancestor_id=key, descendant_id=key, depth=0)
        PlaceAncestor.objects.bulk_create(
            PlaceAncestor(ancestor_id=ancestor, descendant_id=key, depth=depth + 1) for ancestor, depth in above
        )
        keys.append(key)
    return keys


def make_run(
    owner: str, scores: Mapping[int, float], *, at: datetime, as_of: date, index: str = "tppm", doubt: int = 0
) -> IndexRun:
    """A run that is done, over these villages; ranks are unsure by `doubt` places each way."""
    weighting, _ = Weighting.objects.get_or_create(
        owner_id=owner, index=index, number=1,
        defaults={"weights": {"border_distance": 1.0}, "concentration": 50, "why": "uji", "proposed_by": "officer:a",
                  "proposed_at": at},
    )  # fmt: skip
    places = sorted(scores)
    where = Place.objects.in_bulk(places)
    score = np.array([scores[key] for key in places], dtype=np.float32)
    position = np.empty(len(places), dtype=np.int32)
    position[np.argsort(-score, kind="stable")] = np.arange(1, len(places) + 1)
    ends = np.stack([position - doubt, position + doubt], axis=1).clip(1, len(places)).astype(np.int32)
    nan = float("nan")
    arrays = {
        "places": np.array(places, dtype=np.int64),
        "lat": np.array([nan if where[key].lat is None else where[key].lat for key in places]),
        "lon": np.array([nan if where[key].lon is None else where[key].lon for key in places]),
        "score": score, "rank": position, "position": position, "interval80": ends, "interval95": ends,
        "known_share": np.ones(len(places)),
    }  # fmt: skip
    run: IndexRun = IndexRun.objects.create(
        owner_id=owner, handling="open", purpose="prevention", legal_basis=legal_basis_for("prevention"),
        retain_until=date(2031, 1, 1), index=index, as_of=as_of, weighting=weighting, state=IndexRun.State.DONE,
        requested_by="system:worker", requested_at=at, finished_at=at, villages=len(places),
        parameters={"breaks": [20, 40, 60, 80], "factors": []}, digest=digest_of(arrays),
    )  # fmt: skip
    RunArray.objects.bulk_create(packed_rows(run, arrays))
    return run
