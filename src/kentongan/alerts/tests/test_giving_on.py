"""What others gave may go back to them by an alert, and on to a third agency only if their clause lets it (R10)."""

from datetime import timedelta

import pytest

from kentongan.agreements.models import Clause, Grant
from kentongan.agreements.tests.sharing import clause_between
from kentongan.alerts import actions
from kentongan.alerts.models import Alert
from kentongan.audit.models import TrailRow
from kentongan.events.models import Event
from kentongan.watch.models import Finding

US, GIVER, THIRD = "kanim-atambua", "polres-belu", "bp3mi-ntt"
EVENTS = {"events": {"place": "full", "time": "full"}}


@pytest.fixture
def sender(actor_of):
    return actor_of(US, role="analyst")


@pytest.fixture
def agencies(agency_of):
    """The giver below its superior, a labour office, and the police of the neighbour."""
    return {
        US: agency_of(US),
        GIVER: agency_of(GIVER, kind="police", parent="polda-ntt"),
        "polda-ntt": agency_of("polda-ntt"),
        THIRD: agency_of(THIRD, kind="labour"),
        "pntl": agency_of("pntl", kind="foreign_police", country="TL"),
    }


@pytest.fixture
def send(agencies, sender, now):
    def to(agency, **about):
        return actions.raise_alert(
            **about, to=agencies[agency], matter="crime", message="Mohon dicek.", changed_why="uji", by=sender, at=now
        )

    return to


@pytest.fixture
def counting(finding_of, agencies):
    """Make a finding of ours that counts what these agencies gave under these clauses."""

    def make(*came):
        finding = finding_of()
        counted = [[clause.ref, giver] for clause, giver in came]
        Finding.objects.filter(pk=finding.pk).update(counted_under=counted, agreement_ref=counted[0][0])
        finding.refresh_from_db()
        return finding

    return make


def test_a_finding_that_counts_what_may_not_go_on_is_not_sent_to_a_third_agency(counting, send):
    finding = counting((clause_between(GIVER, US, EVENTS), GIVER))

    with pytest.raises(actions.MayNotBeGivenOn) as refused:
        send(THIRD, finding=finding)

    assert refused.value.code == "alerts.may_not_be_given_on"
    assert "Polres Belu" in refused.value.message
    assert "klausul" in refused.value.message
    assert not Alert.objects.exists()
    assert not Grant.objects.exists()
    assert not TrailRow.objects.filter(event="alert.raised").exists()
    assert Finding.objects.get().state == "open"


@pytest.mark.parametrize("to", [GIVER, "polda-ntt"])
def test_it_is_sent_to_the_giver_and_to_those_whom_the_giver_answers_to(to, counting, send):
    finding = counting((clause_between(GIVER, US, EVENTS), GIVER))

    alert = send(to, finding=finding)

    assert Alert.objects.get() == alert
    assert alert.agreement_ref == finding.agreement_ref != ""


def test_it_is_not_sent_to_one_giver_with_what_another_gave(counting, send):
    finding = counting((clause_between(GIVER, US, EVENTS), GIVER), (clause_between(THIRD, US, EVENTS), THIRD))

    for to in (GIVER, THIRD):
        with pytest.raises(actions.MayNotBeGivenOn):
            send(to, finding=finding)


def test_a_clause_that_lets_it_go_on_lets_it_be_sent_to_anybody_at_home(counting, send):
    assert send(THIRD, finding=counting((clause_between(GIVER, US, EVENTS, onward="allowed"), GIVER)))


def test_a_clause_that_let_it_go_on_and_is_over_does_not_any_more(counting, send, now):
    clause = clause_between(GIVER, US, EVENTS, onward="allowed")
    Clause.objects.filter(pk=clause.pk).update(ended_at=now - timedelta(days=1), ended_why="uji")

    with pytest.raises(actions.MayNotBeGivenOn):
        send(THIRD, finding=counting((clause, GIVER)))


def test_it_is_sent_to_who_was_given_the_same_by_the_same_clause(counting, send, agency_of):
    below = agency_of(THIRD, parent=US)
    clause = clause_between(GIVER, US, EVENTS, receiver_with_below=True)

    assert send(below.pk, finding=counting((clause, GIVER)))


def test_what_came_by_a_grant_is_sent_to_its_giver_alone(finding_of, agencies, send):
    finding = finding_of()
    Finding.objects.filter(pk=finding.pk).update(counted_under=[["alert:1", GIVER]], agreement_ref="alert:1")
    finding.refresh_from_db()

    with pytest.raises(actions.MayNotBeGivenOn):
        send(THIRD, finding=finding)
    assert send(GIVER, finding=finding)


def test_a_copy_of_an_event_that_others_gave_goes_back_to_them_and_to_nobody_else(event_of, agencies, send):
    event = event_of()
    Event.objects.filter(pk=event.pk).update(agreement_ref=clause_between(GIVER, US, EVENTS).ref)
    event.refresh_from_db()

    with pytest.raises(actions.MayNotBeGivenOn):
        send(THIRD, event=event)
    assert send(GIVER, event=event).agreement_ref == event.agreement_ref


# --- to another state ---


@pytest.fixture
def arrangement(agencies):
    """What carries alerts of ours to the police of the neighbour."""
    return clause_between(US, "pntl", {"alerts": {"message": "full"}}, transfer_basis="binding_instrument")


@pytest.mark.parametrize(("onward", "error"), [("none", actions.MayNotBeGivenOn), ("allowed", None)])
def test_what_others_gave_goes_to_another_state_only_if_their_clause_lets_it(
    onward, error, counting, arrangement, send
):
    finding = counting((clause_between(GIVER, US, EVENTS, onward=onward), GIVER))

    if error is None:
        assert send("pntl", finding=finding)
    else:
        with pytest.raises(error):
            send("pntl", finding=finding)


def test_that_it_may_go_on_is_not_enough_without_an_instrument_with_the_other_state(counting, send):
    finding = counting((clause_between(GIVER, US, EVENTS, onward="allowed"), GIVER))

    with pytest.raises(actions.NoInstrument):
        send("pntl", finding=finding)


def test_what_the_neighbour_gave_goes_back_to_it_under_the_arrangement(counting, arrangement, send):
    given = clause_between("pntl", US, EVENTS, transfer_basis="binding_instrument")

    assert send("pntl", finding=counting((given, "pntl")))
