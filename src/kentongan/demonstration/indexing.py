"""The demonstration's index: simulated officers approve the shipped factors and a weighting of each index; a worker computes it."""

from datetime import datetime

from kentongan.agencies.models import Agency
from kentongan.agreements.access import actor_for
from kentongan.agreements.facts import Actor
from kentongan.vulnerability import factor_actions, weighting_actions
from kentongan.vulnerability.factor_models import FactorVersion
from kentongan.vulnerability.index_models import Weighting

from .loading import PURPOSE, Offices, _officer

OWNER = "ditjenim"
WHY = "SIMULASI: bobot contoh untuk mencoba, bukan pendapat ahli; usulkan bobot sendiri sebelum dipakai"
CONCENTRATION = 30.0
WEIGHTS = {
    "tppo": {
        "confirmed_events": 3.0, "proven_alerts": 1.0, "border_distance": 1.0, "port_distance": 1.0, "airport_distance": 0.5,
        "seat_distance": 2.0, "elevation": 0.5, "office_distance": 2.0, "silence_weeks": 0.5,
    },
    "tppm": {
        "confirmed_events": 3.0, "proven_alerts": 1.0, "border_distance": 2.0, "port_distance": 1.0, "seat_distance": 1.5,
        "elevation": 0.5, "post_distance": 1.5, "office_distance": 1.0, "silence_weeks": 0.5,
    },
}  # fmt: skip


def weigh(offices: Offices, *, at: datetime) -> int:
    """The shipped factors and one weighting of each index are in force, and runs wait for the worker; return how many were new."""
    proposer = offices.analyst(OWNER)
    approvers = [
        _approver("pimpinan.ditjenim", "Pimpinan simulasi", "leader", offices.at, at),
        _approver("koordinator.ditjenim", "Koordinator simulasi", "coordinator", offices.at, at),
    ]
    factor_actions.propose_shipped(by=proposer, at=at)
    for row in FactorVersion.objects.filter(owner=OWNER, state=FactorVersion.State.PROPOSED):
        for one in approvers:
            row.refresh_from_db()
            factor_actions.approve_factor(factor=row, version=row.version, by=one, at=at)
    return sum(_weigh(index, proposer, approvers, at) for index in WEIGHTS)


def _weigh(index: str, proposer: Actor, approvers: list[Actor], at: datetime) -> bool:
    if Weighting.objects.filter(owner=OWNER, index=index).exists():
        return False
    made = weighting_actions.propose_weighting(
        owner=Agency.objects.get(pk=OWNER), index=index, weights=WEIGHTS[index], concentration=CONCENTRATION, why=WHY, by=proposer,
        at=at,
    )  # fmt: skip
    for one in approvers:
        weighting_actions.approve_weighting(weighting=made, version=made.version, why=WHY, by=one, at=at)
    return True


def _approver(username: str, name: str, role: str, since: datetime, at: datetime) -> Actor:
    return actor_for(_officer(username, name, OWNER, role, since), purpose=PURPOSE, at=at)
