"""What a plan is computed from: the index as the officer sees it, the office's area, ways, visits and partner villages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from kentongan.agencies.models import Agency, Competence
from kentongan.agencies.queries import holds_on
from kentongan.agreements.facts import Actor
from kentongan.engine.geodesics import distance_m
from kentongan.engine.placement import Candidates, Capacity, Effects, Placement, nearby, place_visits
from kentongan.kit.errors import KentonganError
from kentongan.places.models import Place, PlaceAncestor
from kentongan.vulnerability.index_models import IndexRun
from kentongan.vulnerability.queries import Levels, latest_run, levels_in

from .models import PartnerVillage, Visit
from .planning_rules import MOST_VISITS, assumptions, hazard_draws, hours_of_visits, unknown_part
from .rules import CANCELLED, DESIGNATED, DONE, STANDING, Month

FOREIGNERS = "foreigners"
KM_PER_DEGREE = 111.2
VISITS_A_VILLAGE = 2


class NoPlan(KentonganError):
    """There is nothing that a plan could be computed from."""

    code = "programme.no_plan"


@dataclass(frozen=True, slots=True, kw_only=True)
class Computed:
    """A plan as computed, with the villages that it speaks of: `places` in the order of the placement's arrays."""

    run: Any
    places: NDArray[np.int64]
    hours: NDArray[np.float64]
    placement: Placement
    without_point: int


def compute(
    *, month: Month, index: str, origin: Place, hours: float, designations: int, by: Actor, at: datetime
) -> Computed:
    """Return the plan that the engine makes of what the officer sees; nothing is stored."""
    run, levels = _levels(index, by, at)
    partners = _own_partners(by, at)
    area = area_of(by.agency, on=timezone.localdate(at)) | partners
    inside = np.isin(levels.places, np.fromiter(area, dtype=np.int64, count=len(area)))
    has_point = np.isfinite(levels.lat) & np.isfinite(levels.lon)
    rows = np.flatnonzero(inside & has_point)
    if not rows.size:
        raise NoPlan(
            _(
                "Tidak ada desa di wilayah kerja kantor Anda dalam perhitungan kerawanan ini. Periksa wilayah kewenangan kantor, atau minta perhitungan yang mencakupnya."
            )
        )
    if origin.lat is None or origin.lon is None:
        raise NoPlan(_("Letak %(place)s tidak diketahui. Pilih tempat berangkat lain.") % {"place": origin.name})
    places = levels.places[rows]
    metres = distance_m(levels.lat[rows], levels.lon[rows], origin.lat, origin.lon)
    way = hours_of_visits(metres)
    candidates = Candidates(
        hazard=hazard_draws(levels.score[rows], levels.low80[rows], levels.high80[rows], levels.score),
        hours=way,
        designation_hours=_designation_hours(places, by, at),
        visits=_standing_visits(places, month, by, at),
        is_designated=np.isin(places, np.array(sorted(partners), dtype=np.int64)),
        unknown=_unknown(places, month, by, at),
        heard=_heard(levels.lat[rows], levels.lon[rows]),
    )
    capacity = Capacity(hours=hours, designations=designations, visits_per_village=VISITS_A_VILLAGE)
    placement = place_visits(candidates, capacity=capacity, effects=effects())
    without = int((inside & ~has_point).sum())
    return Computed(run=run, places=places, hours=way, placement=placement, without_point=without)


def effects() -> Effects:
    """Return what is believed of visits and designations, as the table of assumptions says."""
    said = {code: one.value for code, one in assumptions().items()}
    return Effects(
        visit_warns=said["visit_warns"],
        designation_warns=said["designation_warns"],
        visit_knows=said["visit_knows"],
        designation_knows=said["designation_knows"],
        uncertain_weight=said["uncertain_weight"],
        designation_periods=said["designation_periods"],
    )


def area_of(agency: str, *, on: date) -> set[int]:
    """Return every place in the area that an office works in: that of its competence, or of its seat where none is recorded."""
    own = Competence.objects.filter(holds_on(on), agency=agency)
    told = own.filter(matter=FOREIGNERS, is_by_kind=False) or own.filter(is_by_kind=False)
    roots = set(told.values_list("roots", flat=True)) - {None}
    exceptions = set(told.values_list("exceptions", flat=True)) - {None}
    if not roots:
        seat = Agency.objects.values_list("seat", flat=True).get(pk=agency)
        roots = {seat} - {None}
    inside = set(PlaceAncestor.objects.filter(ancestor__in=roots).values_list("descendant_id", flat=True))
    outside = set(PlaceAncestor.objects.filter(ancestor__in=exceptions).values_list("descendant_id", flat=True))
    return inside - outside


def _levels(index: str, by: Actor, at: datetime) -> tuple[IndexRun, Levels]:
    run = latest_run(by, index, at)
    levels = levels_in(by, index=index, at=at, run=run) if run is not None else None
    if run is None or levels is None:
        raise NoPlan(
            _(
                "Belum ada perhitungan kerawanan yang dapat Anda lihat, jadi rencana tidak dapat dihitung. Buka Kerawanan dan minta perhitungannya lebih dahulu."
            )
        )
    return run, levels


def _own_partners(by: Actor, at: datetime) -> set[int]:
    """Return the villages that the office looks after or has proposed, also those in another province."""
    found = PartnerVillage.objects.visible_to(by, at=at).filter(owner=by.agency, status__in=STANDING)
    return set(found.order_by().values_list("place_id", flat=True))


def _designation_hours(places: NDArray[np.int64], by: Actor, at: datetime) -> NDArray[np.float64]:
    """Return what a designation costs; a village that another office already looks after cannot be designated."""
    seen = PartnerVillage.objects.visible_to(by, at=at).filter(status=DESIGNATED)
    taken = np.isin(places, np.array(list(seen.order_by().values_list("place_id", flat=True)), dtype=np.int64))
    return np.where(taken, np.inf, assumptions()["designation_hours"].value)


def _standing_visits(places: NDArray[np.int64], month: Month, by: Actor, at: datetime) -> NDArray[np.float64]:
    """Return the visits of the office that are planned for the month or done in it already."""
    own = Visit.objects.visible_to(by, at=at).filter(owner=by.agency, place__in=places.tolist())
    in_month = Q(planned_on__gte=month.first, planned_on__lt=month.after) | Q(
        done_on__gte=month.first, done_on__lt=month.after
    )
    found = own.filter(in_month).exclude(state=CANCELLED).order_by().values_list("place_id", flat=True)
    keys, numbers = np.unique(np.array(list(found), dtype=np.int64), return_counts=True)
    visits = np.zeros(places.size)
    visits[np.searchsorted(places, keys)] = numbers
    return np.minimum(visits, MOST_VISITS)


def _unknown(places: NDArray[np.int64], month: Month, by: Actor, at: datetime) -> NDArray[np.float64]:
    done = Visit.objects.visible_to(by, at=at).filter(state=DONE, place__in=places.tolist(), done_on__lt=month.first)
    last: dict[int, date] = {}
    for place, day in done.order_by().values_list("place_id", "done_on"):
        last[place] = max(last.get(place, day), day)
    return np.array(
        [unknown_part((month.first - last[key]).days if key in last else None) for key in places.tolist()],
        dtype=np.float64,
    )


def _heard(lat: NDArray[np.float64], lon: NDArray[np.float64]) -> Any:
    said = assumptions()
    x_km = (lon - lon.mean()) * KM_PER_DEGREE * np.cos(np.radians(lat.mean()))
    y_km = (lat - lat.mean()) * KM_PER_DEGREE
    return nearby(x_km, y_km, share=said["heard_nearby"].value, reach_km=said["reach_km"].value)


def left_out(computed: Computed, most: int) -> Sequence[int]:
    """Return the rows of the villages without a choice of the plan in which most is missed, the most first."""
    missed = computed.placement.missed
    chosen = {one.village for one in computed.placement.chosen}
    order = np.argsort(-missed, kind="stable")
    return [int(row) for row in order if int(row) not in chosen and missed[row] > 0][:most]
