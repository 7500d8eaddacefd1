"""The demonstration's index: simulated officers approve a weighting of each index; a worker computes it afterwards."""

from datetime import datetime

from kentongan.agencies.models import Agency
from kentongan.vulnerability.index_models import Weighting
from kentongan.vulnerability.weighting_actions import approve_weighting, propose_weighting

from .factors import APPROVERS
from .loading import Offices

WHY = "SIMULASI: bobot contoh untuk mencoba, bukan pendapat ahli; usulkan bobot sendiri sebelum dipakai"
CONCENTRATION = 30.0
WEIGHTS = {
    "tppo": {
        "confirmed_events": 3.0, "proven_alerts": 1.0, "border_distance": 1.0, "port_distance": 1.0, "airport_distance": 0.5,
        "seat_distance": 2.0, "elevation": 0.5, "office_distance": 2.0, "silence_weeks": 0.5,
    },
    "tppm": {
        "confirmed_events": 3.0, "proven_alerts": 1.0, "border_distance": 2.0, "port_distance": 1.0, "seat_distance": 1.5,
        "elevation": 0.5, "post_detour": 1.5, "office_distance": 1.0, "silence_weeks": 0.5,
    },
}  # fmt: skip


def weigh(offices: Offices, *, owner: str, at: datetime) -> int:
    """One weighting of each index is in force, and runs wait for the worker; return how many were new. Repeating adds none."""
    new = 0
    for index, weights in WEIGHTS.items():
        if Weighting.objects.filter(owner=owner, index=index).exists():
            continue
        made = propose_weighting(
            owner=Agency.objects.get(pk=owner), index=index, weights=weights, concentration=CONCENTRATION, why=WHY,
            by=offices.analyst(owner), at=at,
        )  # fmt: skip
        for role in APPROVERS:
            somebody = offices.somebody(owner, role)
            approve_weighting(weighting=made, version=made.version, why=WHY, by=somebody, at=at)
        new += 1
    return new
