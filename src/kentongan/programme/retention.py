"""What is left of a partner village and of a visit once their day has come: places, days, topics and numbers; no words, no officer."""

from datetime import datetime
from typing import Any

from .models import PartnerOfficer, PartnerVillage, Visit
from .planning_models import Plan
from .planning_rules import ERASED
from .rules import CANCELLED, STANDING


def anonymise_partner(village: Any, _at: datetime) -> tuple[str, ...]:
    """Take out why it changed and who served there before; return what is gone. The caller writes the trail."""
    why = ERASED if village.changed_why else ""
    PartnerVillage.objects.filter(pk=village.pk).update(changed_why=why, changed_by="")
    past = PartnerOfficer.objects.filter(village=village.pk)
    if village.status in STANDING:
        past = past.filter(served_to__isnull=False)
    past.delete()
    return ("changed_why", "changed_by", "officers")


def anonymise_visit(visit: Any, _at: datetime) -> tuple[str, ...]:
    """Take out notes, reasons and the officer; return what is gone. The caller writes the trail."""
    cancelled = ERASED if visit.state == CANCELLED else ""
    Visit.objects.filter(pk=visit.pk).update(
        notes="", why="", cancelled_why=cancelled, officer=None, planned_by="", changed_by=""
    )
    return ("notes", "why", "cancelled_why", "officer", "planned_by", "changed_by")


def anonymise_plan(plan: Any, _at: datetime) -> tuple[str, ...]:
    """Take out who goes, who made, changed and decided it and why; return what is gone. The caller writes the trail."""
    named = ("made_by", "proposed_by", "approved_by", "withdrawn_by", "withdrawn_why")
    Plan.objects.filter(pk=plan.pk).update(**{name: ERASED if getattr(plan, name) else "" for name in named})
    plan.lines.exclude(edited_why="").update(edited_by=ERASED, edited_why=ERASED)
    plan.lines.update(officer=None)
    return (*named, "lines.officer", "lines.edited_by", "lines.edited_why")
