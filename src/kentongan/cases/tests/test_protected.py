"""A case that an event behind it closed is handled as a protected one, whatever its own row says: nobody is asked or told (R11)."""

import pytest

from kentongan.agreements.access import NotVisible
from kentongan.agreements.models import Grant
from kentongan.audit import outbox
from kentongan.cases import actions
from kentongan.cases.models import Case, CaseAgency, CaseTask, Referral
from kentongan.cases.tasks import CONSUMERS
from kentongan.events.actions import classify, merge
from kentongan.events.models import Event
from kentongan.messages.models import Message
from kentongan.vocabulary.models import Kind

from .conftest import SUPPORT, THIRD


@pytest.fixture
def close(lead, now):
    """Let the officer of the lead find that an event is about refugees, as a rule the one behind the case."""

    def make(case, event=None):
        about = Event.objects.get(pk=event.pk if event else case.event_id)
        kind = Kind.objects.get(pk="IM.REFUGEE")
        classify(event=about, version=about.version, kind=kind, by=lead, at=now, why="Mereka pengungsi.")
        outbox.drain(CONSUMERS, worker="a", clock=lambda: now)
        case.refresh_from_db()

    return make


@pytest.fixture
def victim(switched_on, case, lead, now):
    return actions.add_persons(case=case, role="victim", age="adult", legal_basis="UU", by=lead, at=now)[0]


@pytest.fixture
def refer(victim, lead, third, agency, now):
    def make():
        consent = actions.Consent("subject", frozenset({"subject", "needs"}), document="Surat")
        return actions.refer(
            person=victim, receiver=agency(THIRD), service="shelter", needs="Tempat aman", consent=consent, by=lead, at=now
        )  # fmt: skip

    return make


def test_no_agency_joins_a_case_that_an_event_behind_it_closed(case, close, lead, support, agency, now):
    close(case)

    with pytest.raises(actions.StaysWithOwner, match="hubungilah langsung"):
        actions.add_agency(case=case, agency=agency(SUPPORT), groups=["title"], why="x", by=lead, at=now)

    assert case.handling == "restricted"
    assert not CaseAgency.objects.exists()
    assert not Grant.objects.exists()
    assert not Message.objects.exists()


def test_nothing_more_of_it_is_shown_to_who_supports_it(case, joined, close, lead, now):
    close(case)

    with pytest.raises(actions.StaysWithOwner):
        actions.share(case=case, joined=joined, version=joined.version, groups=["title"], why="x", by=lead, at=now)

    joined.refresh_from_db()
    assert joined.groups != ["title"]


def test_nobody_is_referred_from_it(case, victim, refer, close):
    close(case)

    with pytest.raises(actions.StaysWithOwner):
        refer()

    assert not Referral.objects.exists()
    assert not Message.objects.exists()


def test_its_tasks_are_for_the_lead_alone(case, joined, close, lead, support, agency, now):
    close(case)
    told = Message.objects.count()

    with pytest.raises(actions.StaysWithOwner):
        actions.give_task(case=case, agency=agency(SUPPORT), what="Periksa", by=lead, at=now)
    with pytest.raises(NotVisible):
        actions.give_task(case=case, agency=agency(SUPPORT), what="Periksa", by=support, at=now)
    actions.give_task(case=case, agency=agency(lead.agency), what="Periksa", by=lead, at=now)

    assert (CaseTask.objects.count(), Message.objects.count()) == (1, told)


def test_who_supports_it_writes_nothing_more_into_it_and_may_leave(case, joined, close, support, now):
    close(case)

    with pytest.raises(NotVisible):
        actions.write_note(case=case, text="Catatan", is_shared=True, by=support, at=now)
    actions.leave(case=case, joined=joined, why="selesai", by=support, at=now)

    assert not case.agencies.filter(left_at__isnull=True).exists()


def test_what_was_shown_of_it_in_notices_goes(case, joined, refer, close, now):
    referral = refer()
    Message.objects.filter(about=referral.ref).update(state="waiting", next_at=now)
    assert Message.objects.filter(about=case.ref).exclude(subject="").exists()

    close(case)

    assert not Message.objects.exclude(subject="", body="").exists()
    assert set(Message.objects.filter(about=referral.ref).values_list("state", flat=True)) == {"cancelled"}


def test_notices_of_other_cases_stay(case, joined, close, lead, event_of, agency, now):
    other = actions.open_case(title="Lain", events=[event_of()], by=lead, at=now)
    actions.add_agency(case=other, agency=agency(SUPPORT), groups=["title"], why="x", by=lead, at=now)

    close(case)

    assert set(Message.objects.exclude(subject="").values_list("about", flat=True)) == {other.ref}


def test_the_officers_of_the_lead_are_told_of_it_without_its_number(case, victim, close, lead, leader, now):
    close(case)

    actions.change_role(
        person=victim, revision=victim.revision, to="suspect", offence="OTHER", reason_given="x", legal_reason="x",
        by=lead, at=now,
    )  # fmt: skip

    message = Message.objects.get()
    assert (message.handling, message.subject) == ("protected", "")


def test_a_case_on_an_event_that_was_merged_closes_with_what_it_was_merged_into(
    case, joined, close, lead, support, event_of, now
):
    into = Event.objects.get(pk=event_of().pk)
    merge(absorbed=Event.objects.get(pk=case.event_id), into=into, by=lead, at=now, why="sama")
    assert Case.objects.visible_to(support, at=now).exists()

    close(case, into)

    assert not Case.objects.visible_to(support, at=now).exists()
    assert not Message.objects.filter(about=case.ref).exclude(subject="").exists()
