"""The deeds of this room. Each changes state and writes its row of the trail, or changes nothing."""

from .common import ChangedMeanwhile, NotOurs, NotUsable, ReasonMissing, StepNotAllowed
from .facts import load_public_facts
from .villages import (
    AlreadyPartner,
    Designation,
    assign_officer,
    change_status,
    describe,
    designate,
    end_assignment,
    propose_village,
    set_pace,
)
from .visits import VisitDone, cancel_visit, plan_visit, record_unplanned_visit, record_visit

__all__ = [
    "AlreadyPartner", "ChangedMeanwhile", "Designation", "NotOurs", "NotUsable", "ReasonMissing", "StepNotAllowed", "VisitDone",
    "assign_officer", "cancel_visit", "change_status", "describe", "designate", "end_assignment", "load_public_facts",
    "plan_visit", "propose_village", "record_unplanned_visit", "record_visit", "set_pace",
]  # fmt: skip
