"""Factors of the demonstration: the shipped ones, proposed and approved by three simulated officers through the real deeds."""

from datetime import datetime

from kentongan.vulnerability.factor_actions import approve_factor, propose_shipped
from kentongan.vulnerability.factor_models import FactorVersion

from .loading import Offices

APPROVERS = ("coordinator", "leader")


def let_factors_count(offices: Offices, *, owner: str, at: datetime) -> int:
    """Every shipped factor counts for the owner and those that answer to it; return how many began to. Repeating adds none.

    Nothing is imported: columns that only a real source has stay unknown, as in an installation that begins.
    """
    propose_shipped(by=offices.analyst(owner), at=at)
    waiting = list(FactorVersion.objects.filter(owner=owner, state=FactorVersion.State.PROPOSED).order_by("factor"))
    first, second = (offices.somebody(owner, role) for role in APPROVERS)
    for version in waiting:
        approve_factor(factor=version, version=version.version, by=first, at=at)
        approve_factor(factor=version, version=version.version, by=second, at=at)
    return len(waiting)
