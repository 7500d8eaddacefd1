"""What is left of a case and of a referral once their day has come: states, days, laws and amounts, for counting; no words."""

from datetime import datetime
from typing import Any

from .models import (
    BestInterest,
    Case,
    CaseAgency,
    CaseClassification,
    CaseEvent,
    CaseMilestone,
    CaseNote,
    CaseObject,
    CasePerson,
    CaseStep,
    CaseTask,
    HandOver,
    HandOverWord,
    OffenceElement,
    Referral,
    ReferralStep,
    RoleChange,
    TaskStep,
)

ERASED = "dihapus oleh retensi"


def anonymise_case(case: Any, _at: datetime) -> tuple[str, ...]:
    """Take out what officers wrote and cut the pseudonyms from the vault; return what is gone. The caller writes the trail."""
    Case.objects.filter(pk=case.pk).update(
        title=ERASED, summary="", opened_by="", result_why=ERASED if case.result_why else ""
    )
    inside = {"case": case.pk}
    _blank(CaseStep, inside, "note")
    _blank(CaseEvent, inside, "why")
    _blank(CaseAgency, inside, "why", "left_why")
    _blank(CaseTask, inside, "what", "ended_why")
    _blank(TaskStep, {"task__case": case.pk}, "note")
    _blank(CaseNote, inside, "text")
    _blank(CaseMilestone, inside, "note", "withdrawn_why")
    _blank(CaseClassification, inside, "why", "withdrawn_why")
    _blank(OffenceElement, {"classification__case": case.pk}, "why")
    OffenceElement.objects.filter(classification__case=case.pk).update(evidence=[])
    people = {"person__case": case.pk}
    _blank(RoleChange, people, "reason", "legal_reason", "decided_why")
    _blank(BestInterest, people, "considered", "childs_view", "guardian_note")
    CasePerson.objects.filter(**inside).update(identity=None)
    _blank(CaseObject, inside, "what", "condition", "taken_where")
    _blank(HandOver, {"object__case": case.pk}, "where", "condition", "giver_body", "receiver_body")
    _blank(HandOverWord, {"hand_over__object__case": case.pk}, "note")
    return ("title", "summary", "result_why", "steps", "tasks", "notes", "reasons", "persons.identity", "goods")


def anonymise_referral(referral: Any, _at: datetime) -> tuple[str, ...]:
    """Take out whom it was about and what was written; which service was asked of whom, and how it ended, stays."""
    Referral.objects.filter(pk=referral.pk).update(
        subject="", needs=ERASED, person=None, sent_by="",
        outcome=ERASED if referral.outcome else "", vital_why=ERASED if referral.vital_why else "",
    )  # fmt: skip
    _blank(ReferralStep, {"referral": referral.pk}, "note")
    return ("subject", "needs", "person", "outcome", "vital_why", "steps.note")


def _blank(model: Any, which: dict[str, Any], *columns: str) -> None:
    """Put the word for what is gone where something was written; what was empty stays empty."""
    for column in columns:
        model._base_manager.filter(**which).exclude(**{column: ""}).update(**{column: ERASED})
