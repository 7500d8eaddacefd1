"""The simulated desks have somebody on duty and a case that two agencies work on, each start the same."""

from datetime import timedelta

import pytest

from conftest import NOW
from kentongan.agreements.tests.sharing import event_of
from kentongan.alerts.models import DutyShift
from kentongan.cases.models import Case, CaseTask
from kentongan.demonstration.working import LEADING, open_first_case, plan_duty


@pytest.fixture
def desks(gazetteer_rows, kinds, officer_of):
    officer_of("kanim-atambua", role="case_officer", username=LEADING)
    officer_of("polres-belu", role="case_officer", kind="police")


def test_somebody_is_on_the_roster_for_a_week_and_a_second_start_adds_nobody(desks):
    plan_duty(at=NOW)
    plan_duty(at=NOW + timedelta(days=30))

    shift = DutyShift.objects.get()
    assert (shift.officer.username, shift.ends_at - shift.starts_at) == (LEADING, timedelta(days=7))


def test_a_case_stands_with_a_supporting_agency_a_milestone_and_a_task(desks):
    event = event_of("kanim-atambua")

    for _start in range(2):
        open_first_case(at=NOW)

    case = Case.objects.get()
    assert (case.owner_id, case.event_id) == ("kanim-atambua", event.pk)
    assert case.title.startswith("SIMULASI")
    assert [joined.agency_id for joined in case.agencies.all()] == ["polres-belu"]
    assert [one.code for one in case.milestones.all()] == ["LI"]
    assert CaseTask.objects.get().agency_id == "polres-belu"


def test_without_a_confirmed_event_no_case_is_opened(desks):
    open_first_case(at=NOW)

    assert not Case.objects.exists()
