"""Each agency has its own workspace: what the lead shares is seen, the rest is not; leaving ends it at once."""

from datetime import timedelta

import pytest

from kentongan.agreements.access import NotVisible
from kentongan.agreements.models import Grant
from kentongan.audit.models import TrailRow
from kentongan.cases import actions, queries
from kentongan.cases.models import Case, CaseAgency, CaseMilestone, CaseTask
from kentongan.cases.timeline import timeline

from .conftest import EVERYTHING, LEAD, SUPPORT, THIRD


@pytest.fixture
def other(case, joined, lead, third, agency, now):
    """A second supporting agency, shown everything."""
    return actions.add_agency(case=case, agency=agency(THIRD), groups=EVERYTHING, why="korban", by=lead, at=now)


def test_joining_writes_the_grant_in_the_same_deed_with_cause_and_only_the_groups(case, joined):
    grant = Grant.objects.get(record=case.pk)

    assert (grant.cause, grant.agency_id, grant.valid_to) == ("case", SUPPORT, None)
    assert grant.fields == ["kind", "milestones", "title"]
    assert TrailRow.objects.get(event="case.agency_joined").subject == case.ref


def test_a_supporting_agency_sees_what_is_shared_and_nothing_of_the_rest(case, joined, lead, support, seen_by, now):
    actions.record_milestone(case=case, code="LP_B", on=now.date(), document="LP/1", by=lead, at=now)
    actions.write_note(case=case, text="catatan utama", is_shared=False, by=lead, at=now)

    shown = seen_by(support, case, now)
    space = queries.workspace(shown, support, at=now)

    assert (shown.title, shown.place, shown.event_id) == (case.title, None, None)
    assert [one.code for one in space.milestones] == ["LP_B"]
    assert (space.persons, space.classifications, space.goods, space.notes, space.agencies) == ([], [], [], [], [])


def test_no_supporting_agency_sees_the_others_workspace_whatever_the_lead_shares(case, joined, other, support, third, lead, agency, seen_by, now):  # fmt: skip
    actions.give_task(case=case, agency=agency(SUPPORT), what="Periksa paspor", by=lead, at=now)
    actions.give_task(case=case, agency=agency(SUPPORT), what="Urusan dalam", by=support, at=now)
    actions.write_note(case=case, text="rahasia kanim", is_shared=False, by=support, at=now)
    actions.write_note(case=case, text="untuk polres", is_shared=True, by=support, at=now)

    def told(actor):
        space = queries.workspace(seen_by(actor, case, now), actor, at=now)
        return " ".join(
            [
                *(t.what for t in space.tasks),
                *(n.text for n in space.notes),
                *(f"{e.what} {e.note}" for e in timeline(space)),
            ]
        )

    words = ("Periksa paspor", "Urusan dalam", "rahasia kanim", "untuk polres")
    assert [word in told(third) for word in words] == [False] * 4
    assert [word in told(support) for word in words] == [True] * 4
    assert [word in told(lead) for word in words] == [True, False, False, True]
    assert list(queries.tasks_listed(third, at=now)) == []
    assert {task.what for task in queries.tasks_listed(support, at=now)} == {"Periksa paspor", "Urusan dalam"}


def test_a_shared_note_of_the_lead_is_read_by_all_who_take_part(
    case, joined, other, support, third, lead, seen_by, now
):
    actions.write_note(case=case, text="rapat jam sembilan", is_shared=True, by=lead, at=now)

    for actor in (support, third):
        notes = queries.workspace(seen_by(actor, case, now), actor, at=now).notes
        assert [note.text for note in notes] == ["rapat jam sembilan"]


def test_the_lead_changes_what_is_shared_at_once(case, joined, lead, support, seen_by, now, later):
    actions.record_milestone(case=case, code="LP_B", on=now.date(), document="LP/1", by=lead, at=now)

    actions.share(case=case, joined=joined, version=1, groups=["place"], why="cukup tempatnya", by=lead, at=later)

    shown = seen_by(support, case, later)
    assert (shown.place_id, shown.title != case.title) == (5, True)
    assert queries.workspace(shown, support, at=later).milestones == []
    with pytest.raises(actions.ChangedMeanwhile):
        actions.share(case=case, joined=joined, version=1, groups=[], why="lagi", by=lead, at=later)


def test_sharing_nothing_shares_the_number_and_the_state_and_never_the_whole(case, lead, support, agency, seen_by, now):
    actions.add_agency(case=case, agency=agency(SUPPORT), groups=[], why="tahu saja", by=lead, at=now)

    shown = seen_by(support, case, now)

    assert Grant.objects.get().fields == ["kind"]
    assert (shown.number, shown.summary, shown.opened_by) == (case.number, "", "")


@pytest.mark.parametrize("who", ["lead", "support"])
def test_leaving_ends_the_grant_and_with_it_the_tasks_at_once(request, who, case, joined, lead, support, agency, seen_by, now, later):  # fmt: skip
    task = actions.give_task(case=case, agency=agency(SUPPORT), what="Periksa paspor", by=lead, at=now)
    by = request.getfixturevalue(who)

    actions.leave(case=case, joined=joined, why="selesai bagian kami", by=by, at=later)

    with pytest.raises(NotVisible):
        seen_by(support, case, later)
    assert list(queries.tasks_listed(support, at=later)) == []
    with pytest.raises(NotVisible):
        actions.answer_task(task=task, version=1, to="accepted", by=support, at=later)
    assert Grant.objects.get().valid_to == later


def test_joining_and_leaving_in_one_instant_leaves_no_grant(case, joined, lead, support, seen_by, now):
    actions.leave(case=case, joined=joined, why="keliru", by=lead, at=now)

    assert not Grant.objects.exists()
    with pytest.raises(NotVisible):
        seen_by(support, case, now)


def test_a_third_agency_ends_nobodys_part_and_an_ended_one_ends_once(case, joined, other, third, lead, now, later):
    with pytest.raises(actions.NotTheLead):
        actions.leave(case=case, joined=joined, why="x", by=third, at=later)
    actions.leave(case=case, joined=joined, why="x", by=lead, at=later)
    with pytest.raises(actions.ChangedMeanwhile):
        actions.leave(case=case, joined=joined, why="x", by=lead, at=later)


def test_an_agency_joins_once_and_may_come_back(case, joined, lead, agency, now, later):
    with pytest.raises(actions.Unusable):
        actions.add_agency(case=case, agency=agency(SUPPORT), groups=[], why="x", by=lead, at=now)
    actions.leave(case=case, joined=joined, why="x", by=lead, at=later)

    actions.add_agency(case=case, agency=agency(SUPPORT), groups=[], why="x", by=lead, at=later + timedelta(hours=1))

    assert CaseAgency.objects.count() == 2


def test_soldiers_forums_strangers_and_the_lead_itself_do_not_join(case, lead, agency_of, now):
    from kentongan.agencies.models import Agency

    forum = Agency.objects.create(
        id="timpora", name="Timpora", kind="forum", country="ID", level="regency", is_forum=True
    )
    soldiers = agency_of("pamtas", kind="military")
    neighbour = agency_of("pntl", kind="foreign_police", country="TL")
    own = Agency.objects.get(pk=LEAD)

    for to, refusal in (
        (forum, actions.NotAddressable), (soldiers, actions.NotAddressable), (neighbour, actions.NoInstrument), (own, actions.Unusable),
    ):  # fmt: skip
        with pytest.raises(refusal):
            actions.add_agency(case=case, agency=to, groups=["title"], why="x", by=lead, at=now)
    assert not Grant.objects.exists()
    assert not CaseAgency.objects.exists()


def test_a_protected_case_is_shared_with_nobody(lead, event_of, agency_of, now):
    case = actions.open_case(title="Perkara", events=[event_of(handling="protected")], by=lead, at=now)

    with pytest.raises(actions.StaysWithOwner):
        actions.add_agency(case=case, agency=agency_of(SUPPORT), groups=[], why="x", by=lead, at=now)


def test_a_case_that_becomes_protected_is_closed_to_its_supporters_by_the_gate(case, joined, support, seen_by, now):
    Case.objects.filter(pk=case.pk).update(handling="protected")

    with pytest.raises(NotVisible):
        seen_by(support, case, now)


# --- tasks ---


@pytest.fixture
def task(case, joined, lead, agency, now):
    return actions.give_task(
        case=case, agency=agency(SUPPORT), what="Periksa paspor", due=now + timedelta(hours=4), by=lead, at=now
    )


def test_a_task_is_accepted_and_done_by_its_agency(task, support, now):
    actions.answer_task(task=task, version=1, to="accepted", by=support, at=now)
    with pytest.raises(actions.ReasonMissing):
        actions.answer_task(task=task, version=2, to="done", by=support, at=now)
    actions.answer_task(task=task, version=2, to="done", note="semua asli", by=support, at=now)

    assert (task.state, task.ended_why) == ("done", "semua asli")
    assert [step.state for step in task.steps.all()] == ["open", "accepted", "done"]


@pytest.mark.parametrize(("who", "to", "refusal"), [
    ("lead", "accepted", actions.NotAsked), ("lead", "declined", actions.NotAsked), ("support", "withdrawn", actions.NotAsked),
    ("support", "declined", None), ("lead", "withdrawn", None), ("support", "done", actions.StepNotAllowed),
])  # fmt: skip
def test_each_step_belongs_to_its_side(request, task, now, who, to, refusal):
    given = {"task": task, "version": 1, "to": to, "note": "sebab", "by": request.getfixturevalue(who), "at": now}

    if refusal is None:
        assert actions.answer_task(**given).state == to
    else:
        with pytest.raises(refusal):
            actions.answer_task(**given)


def test_of_two_officers_answering_one_task_the_second_is_told(task, support, now):
    actions.answer_task(task=task, version=1, to="accepted", by=support, at=now)

    with pytest.raises(actions.ChangedMeanwhile):
        actions.answer_task(task=task, version=1, to="declined", note="sibuk", by=support, at=now)

    assert CaseTask.objects.get().state == "accepted"


def test_an_overdue_task_is_found_as_such_until_it_is_done(task, support, now):
    late = now + timedelta(hours=5)

    assert [t.pk for t in queries.tasks_listed(support, at=late, overdue=True)] == [task.pk]
    assert list(queries.tasks_listed(support, at=now, overdue=True)) == []
    actions.answer_task(task=task, version=1, to="declined", note="bukan kewenangan kami", by=support, at=late)
    assert list(queries.tasks_listed(support, at=late, overdue=True)) == []


def test_a_task_goes_to_a_member_with_an_officer_of_its_own_and_a_time_to_come(case, joined, lead, support, agency, agency_of, officer_of, now):  # fmt: skip
    stranger = officer_of("bp3mi-ntt", kind="labour", role="case_officer")
    given = {"case": case, "what": "Periksa", "at": now}
    for more, refusal in (
        ({"agency": agency_of("bp3mi-ntt"), "by": lead}, actions.Unusable),
        ({"agency": agency(SUPPORT), "by": lead, "officer": stranger}, actions.Unusable),
        ({"agency": agency(SUPPORT), "by": lead, "due": now}, actions.Unusable),
        ({"agency": agency(LEAD), "by": support}, actions.NotAsked),
    ):
        with pytest.raises(refusal):
            actions.give_task(**given, **more)


def test_who_recorded_a_milestone_is_known_to_those_alone_whom_it_is_shared_with(
    case, joined, lead, support, seen_by, now
):
    actions.record_milestone(case=case, code="LP_B", on=now.date(), document="LP/1", by=lead, at=now)
    actions.record_milestone(case=case, code="LI", on=now.date(), document="LI/1", by=lead, at=now)
    (wrong,) = CaseMilestone.objects.filter(code="LI")
    actions.withdraw_milestone(milestone=wrong, why="nomor surat tertukar", by=lead, at=now)

    shown = {one.code: one for one in queries.workspace(seen_by(support, case, now), support, at=now).milestones}

    assert (shown["LI"].recorded_by, shown["LI"].withdrawn_why) == ("officer:", "")
    assert "tertukar" not in " ".join(entry.note for entry in timeline(queries.workspace(seen_by(support, case, now), support, at=now)))  # fmt: skip
    assert queries.workspace(case, lead, at=now).milestones[0].recorded_by == lead.ref


def test_what_one_supporting_agency_was_called_in_for_is_not_told_to_another(case, joined, other, support, third, seen_by, now):  # fmt: skip
    team = queries.workspace(seen_by(third, case, now), third, at=now).agencies

    assert {one.agency_id for one in team} == {SUPPORT, THIRD}
    assert {(one.why, one.joined_by) for one in team} == {("", "officer:")}


def test_which_events_a_case_is_about_is_told_with_its_origin_and_not_without(
    case, lead, support, third, agency, event_of, seen_by, now
):
    another = event_of()
    actions.add_event(case=case, event=another, why="rombongan yang sama", by=lead, at=now)
    actions.add_agency(case=case, agency=agency(SUPPORT), groups=["origin"], why="x", by=lead, at=now)
    actions.add_agency(case=case, agency=agency(THIRD), groups=["title"], why="x", by=lead, at=now)

    assert set(queries.events_of(seen_by(support, case, now))) == {case.event_id, another.pk}
    assert queries.events_of(seen_by(third, case, now)) == []
