"""A row says who acted in which role, for which purpose, under which clause and why it was allowed."""

from dataclasses import dataclass

import pytest
from django.db import transaction
from django.utils.translation import gettext_lazy

from kentongan.audit import sealing, trail
from kentongan.audit.catalogue import Trail
from kentongan.audit.models import TrailRow
from kentongan.audit.verifying import verify

from .conftest import AT


class Oneself:
    """Somebody of whom no role is known."""

    ref, agency, purpose = "officer:2", "", ""


@dataclass(frozen=True, slots=True)
class Roleless:
    ref: str = "officer:3"
    agency: str = ""
    purpose: str = ""
    role: None = None


def test_a_deed_has_all_that_it_was_done_with(db, clerk):
    with transaction.atomic():
        trail.record(
            Trail.EVENT_CONFIRMED,
            by=clerk,
            at=AT,
            on="event:1",
            why="cocok",
            reasons=("owner",),
            facts={"version": 2, "é": [1.5, None]},
            clause="clause:9",
        )

    row = TrailRow.objects.get()
    assert (row.event, row.at, row.actor, row.agency, row.role) == (
        "event.confirmed",
        AT,
        "officer:1",
        "kanim-atambua",
        "analyst",
    )
    assert (row.purpose, row.clause, row.subject, row.why) == ("prevention", "clause:9", "event:1", "cocok")
    assert (row.reasons, row.facts) == (["owner"], {"version": 2, "é": [1.5, None]})


def test_a_look_has_its_reasons_and_clause(db, clerk):
    trail.note_look(Trail.ACCESS_REFUSED, by=clerk, at=AT, on="report:1", reasons=["no clause"], clause="clause:3")

    row = TrailRow.objects.get()
    assert (row.reasons, row.clause, row.why, row.facts) == (["no clause"], "clause:3", "", {})


@pytest.mark.parametrize("who", [Oneself(), Roleless()])
def test_without_a_known_role_the_row_has_none(db, who):
    trail.note_look(Trail.SIGNED_IN, by=who, at=AT)

    assert TrailRow.objects.get().role == ""


def test_a_reason_may_be_a_translation_that_is_not_made_yet(db, clerk):
    with transaction.atomic():
        trail.record(Trail.OFFICER_POSTED, by=clerk, at=AT, why=gettext_lazy("akun baru"))

    assert TrailRow.objects.get().why == "akun baru"


def test_a_row_is_sealed_and_verified_as_the_trail_writes_it(db, clerk):
    facts = {"text": 'é\u2028😀"\\', "n": [0.1, 1e-7, 1e300, -0.0, 3.0, 2**60], "deep": {"b": {"a": {}}}}
    trail.note_look(Trail.RECORD_READ, by=clerk, at=AT, facts=facts)

    assert sealing.seal_all(clock=lambda: AT) == 1
    assert verify().faults == ()


def test_a_name_that_is_not_in_the_catalogue_cannot_be_written(db, clerk):
    with pytest.raises(ValueError, match=r"event\.invented"):
        trail.note_look("event.invented", by=clerk, at=AT)
