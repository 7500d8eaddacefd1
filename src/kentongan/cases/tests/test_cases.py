"""Opening a case, its states, what is alleged in it, its milestones; and two officers at once."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from kentongan.agreements.access import NotVisible, PersonDecides, RoleMayNotAct, system_actor
from kentongan.audit.models import OutboxRow, TrailRow
from kentongan.cases import actions, queries
from kentongan.cases.models import Case, CaseClassification
from kentongan.cases.timeline import timeline
from kentongan.vocabulary.models import Kind

from .conftest import LEAD


def test_a_case_on_an_event_is_led_by_who_opened_it_numbered_and_in_the_trail(case, lead, now):
    assert (case.owner_id, case.number, case.state, case.place_id) == (LEAD, "PKR/1/2026", "open", 5)
    assert TrailRow.objects.get(event="case.opened").subject == case.ref
    assert OutboxRow.objects.get(topic="case.opened").ref == case.ref


def test_numbers_go_on_within_agency_and_year(lead, support, now):
    made = [actions.open_case(title="Perkara", by=by, at=at).number for by, at in (
        (lead, now), (lead, now), (support, now), (lead, now + timedelta(days=365)))]  # fmt: skip

    assert made == ["PKR/1/2026", "PKR/2/2026", "PKR/1/2026", "PKR/1/2027"]


def test_a_case_on_a_protected_event_is_protected_with_its_origins(lead, event_of, now):
    case = actions.open_case(title="Perkara", events=[event_of(handling="protected")], by=lead, at=now)

    assert (case.handling, case.origins) == ("protected", ["MM"])


def test_a_protected_event_raises_the_handling_and_never_lowers_it(case, lead, event_of, now):
    actions.add_event(case=case, event=event_of(handling="protected"), why="sama", by=lead, at=now)
    actions.add_event(case=case, event=event_of(), why="sama", by=lead, at=now)

    case.refresh_from_db()
    assert (case.handling, case.origins) == ("protected", ["MM"])


def test_a_protected_event_does_not_come_into_a_case_that_others_share(case, joined, lead, event_of, now):
    with pytest.raises(actions.StaysWithOwner):
        actions.add_event(case=case, event=event_of(handling="protected"), why="sama", by=lead, at=now)


def test_waiting_names_who_is_waited_for_and_since_when(case, lead, now):
    with pytest.raises(actions.ReasonMissing):
        actions.move_case(case=case, version=1, to="waiting", note="verifikasi", by=lead, at=now)

    actions.move_case(case=case, version=1, to="waiting", note="verifikasi", awaited_body="IOM", by=lead, at=now)

    assert (case.state, case.awaited_body, case.waiting_since) == ("waiting", "IOM", now)


def test_closing_says_result_and_reason_and_taking_up_again_says_why(case, lead, now):
    with pytest.raises(actions.ReasonMissing):
        actions.close_case(case=case, version=1, result="prevented", why=" ", by=lead, at=now)
    actions.close_case(case=case, version=1, result="prevented", why="dicegah di pelabuhan", by=lead, at=now)
    with pytest.raises(actions.ReasonMissing):
        actions.move_case(case=case, version=2, to="working", by=lead, at=now)

    actions.move_case(case=case, version=2, to="working", note="saksi baru", by=lead, at=now)

    assert (case.state, case.result, case.closed_at) == ("working", "", None)
    assert [step.state for step in case.steps.all()] == ["open", "closed", "working"]


def test_nothing_is_added_to_a_closed_case(case, lead, agency, now):
    actions.close_case(case=case, version=1, result="unfounded", why="tidak terbukti", by=lead, at=now)
    common = {"case": case, "by": lead, "at": now}

    for deed in (
        lambda: actions.record_milestone(**common, code="LI", on=now.date(), document="LI/1"),
        lambda: actions.give_task(**common, agency=agency(LEAD), what="periksa"),
        lambda: actions.classify_case(**common, offence=Kind.objects.get(pk="TPPO"), act_on=now.date(), why="x", elements=[]),
        lambda: actions.say_child_among_victims(**common, version=2, has_child_victims=True, why="x"),
    ):  # fmt: skip
        with pytest.raises(actions.CaseClosed):
            deed()


def test_of_two_officers_who_saw_the_same_version_the_second_is_told(case, lead, now):
    actions.move_case(case=case, version=1, to="working", by=lead, at=now)

    with pytest.raises(actions.ChangedMeanwhile):
        actions.close_case(case=case, version=1, result="unfounded", why="tidak terbukti", by=lead, at=now)

    assert Case.objects.get().state == "working"
    assert not TrailRow.objects.filter(event="case.closed").exists()


def test_a_change_between_look_and_write_is_noticed_by_the_write_itself(case, lead, now, monkeypatch):
    from kentongan.cases.actions import common

    def meanwhile(*_args):
        Case.objects.filter(pk=case.pk).update(version=2)
        return True

    monkeypatch.setattr(common, "may_step", meanwhile)

    with pytest.raises(actions.ChangedMeanwhile), transaction.atomic():
        actions.move_case(case=case, version=1, to="working", by=lead, at=now)

    assert Case.objects.get().state == "open"


@pytest.mark.parametrize(
    ("now_state", "to", "refusal"),
    [("open", "working", None), ("working", "working", actions.StepNotAllowed), ("closed", "waiting", actions.StepNotAllowed), ("open", "open", actions.StepNotAllowed)],
)  # fmt: skip
def test_the_machine_decides_which_step_a_deed_may_take(case, lead, now, now_state, to, refusal):
    closed = {"closed_at": now, "result": "stopped", "result_why": "x"} if now_state == "closed" else {}
    Case.objects.filter(pk=case.pk).update(state=now_state, **closed)
    case.refresh_from_db()
    given = {"case": case, "version": 1, "to": to, "note": "x", "awaited_body": "IOM", "by": lead, "at": now}

    if refusal is None:
        assert actions.move_case(**given).state == to
    else:
        with pytest.raises(refusal):
            actions.move_case(**given)


def test_a_role_that_only_looks_and_the_system_open_nothing(actor_of, agency_of, gazetteer_rows, now):
    with pytest.raises(RoleMayNotAct):
        actions.open_case(title="Perkara", by=actor_of(LEAD, role="leader"), at=now)
    machine = system_actor(agency_of(LEAD), name="worker", purpose="investigation", at=now)
    with pytest.raises(PersonDecides):
        actions.open_case(title="Perkara", by=machine, at=now)


def test_the_database_holds_closed_and_waiting_to_their_words(case):
    for changes in ({"state": "closed"}, {"state": "waiting"}, {"awaited_body": "IOM"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Case.objects.filter(pk=case.pk).update(**changes)


# --- what is alleged ---


def alleged(case, by, at, *, offence="TPPO", elements=(), act_on=date(2026, 3, 2)):
    kind = Kind.objects.get(pk=offence)
    return actions.classify_case(
        case=case,
        offence=kind,
        act_on=act_on,
        why="dijanjikan kerja, diangkut, ditahan",
        elements=elements,
        by=by,
        at=at,
    )


def test_several_allegations_stand_side_by_side_each_with_author_day_reason_and_law(case, lead, now):
    one = alleged(case, lead, now)
    other = alleged(case, lead, now, offence="TPPM", act_on=date(2025, 12, 31))

    standing = CaseClassification.objects.filter(case=case, withdrawn_at=None)
    assert {(c.offence_id, c.alleged_by, c.alleged_at) for c in standing} == {("TPPO", lead.ref, now), ("TPPM", lead.ref, now)}  # fmt: skip
    assert "Pasal 455" in one.basis
    assert other.basis == "UU 6/2011 Pasal 120"


def test_an_allegation_falls_by_withdrawal_with_a_reason_and_stays_readable(case, lead, now, later):
    one = alleged(case, lead, now)

    with pytest.raises(actions.ReasonMissing):
        actions.withdraw_case_classification(classification=one, why="", by=lead, at=later)
    actions.withdraw_case_classification(classification=one, why="cara tidak terbukti", by=lead, at=later)

    one.refresh_from_db()
    assert (one.why, one.withdrawn_why, one.withdrawn_by) == ("dijanjikan kerja, diangkut, ditahan", "cara tidak terbukti", lead.ref)  # fmt: skip
    with pytest.raises(actions.ChangedMeanwhile):
        actions.withdraw_case_classification(classification=one, why="lagi", by=lead, at=later)


def test_elements_keep_their_reason_and_evidence_and_what_is_open_is_shown(case, lead, now):
    stated = [actions.ElementStated("act", "TRANSPORT", "naik kapal", (f"event:{case.event_id}",))]
    one = alleged(case, lead, now, elements=stated)

    (element,) = one.elements.all()
    assert (element.form, element.why, element.evidence) == ("TRANSPORT", "naik kapal", [f"event:{case.event_id}"])
    assert queries.elements_open_in(one, has_child_victims=False) == ("means", "purpose")


def test_once_a_child_is_known_among_the_victims_no_means_are_asked_for(case, lead, now):
    one = alleged(case, lead, now, elements=[actions.ElementStated("act", "RECRUIT", "direkrut")])
    actions.say_child_among_victims(case=case, version=1, has_child_victims=True, why="akta lahir", by=lead, at=now)

    assert queries.elements_open_in(one, has_child_victims=case.has_child_victims) == ("purpose",)
    assert one.of_child is False
    assert alleged(case, lead, now).of_child is True


@pytest.mark.parametrize(
    "ref",
    [
        "event:tidak-ada",
        "alert:0190aaaa-0000-7000-8000-00000000000a",
        "laporan 12",
        "event:0190aaaa-0000-7000-8000-00000000000b",
    ],
)
def test_evidence_names_a_record_that_the_officer_may_see(case, lead, now, ref):
    with pytest.raises(actions.Unusable), transaction.atomic():
        alleged(case, lead, now, elements=[actions.ElementStated("act", "RECRUIT", "direkrut", (ref,))])

    assert not CaseClassification.objects.exists()


def test_evidence_of_another_agency_is_refused_like_what_does_not_exist(case, lead, event_of, now):
    others = event_of("kanim-atambua")

    with pytest.raises(actions.Unusable):
        alleged(case, lead, now, elements=[actions.ElementStated("act", "RECRUIT", "x", (f"event:{others.pk}",))])


@pytest.mark.parametrize("stated", [("profit", "PROFIT"), ("act", "FRAUD"), ("act", "TAK_ADA")])
def test_an_element_belongs_to_its_offence_and_its_form_to_the_element(case, lead, now, stated):
    with pytest.raises(actions.Unusable):
        alleged(case, lead, now, elements=[actions.ElementStated(*stated, "sebab")])


@pytest.mark.parametrize("kind", ["IM.REFUGEE", "PILK.UANG", "RESP.RAKOR"])
def test_a_status_an_election_issue_and_a_response_are_no_offence(case, lead, now, kind):
    with pytest.raises(actions.Unusable):
        alleged(case, lead, now, offence=kind)


# --- milestones and the timeline ---


def test_a_milestone_out_of_order_is_recorded_and_shown_as_odd(case, lead, now):
    actions.record_milestone(case=case, code="P21", on=now.date(), document="P-21/1", by=lead, at=now)

    from kentongan.cases.milestones import oddities

    assert [odd.why for odd in oddities(queries.reached(case.milestones.all()))] == ["skips"]


def test_a_milestone_of_tomorrow_an_unknown_one_and_the_same_paper_twice_are_refused_with_words(case, lead, now):
    given = {"case": case, "by": lead, "at": now, "document": "LP/1"}
    actions.record_milestone(**given, code="LP_B", on=now.date())

    for code, on in (("LP_B", now.date()), ("LP_A", now.date() + timedelta(days=1)), ("LP_X", now.date())):
        with pytest.raises(actions.Unusable) as refusal:
            actions.record_milestone(**given, code=code, on=on)
        assert refusal.value.message


def test_a_mistaken_milestone_is_withdrawn_and_counts_no_longer(case, lead, now):
    made = actions.record_milestone(case=case, code="SP3", on=now.date(), document="SP3/1", by=lead, at=now)

    actions.withdraw_milestone(milestone=made, why="nomor salah", by=lead, at=now)

    assert queries.reached(case.milestones.all()) == []
    assert case.milestones.count() == 1
    actions.record_milestone(case=case, code="SP3", on=now.date(), document="SP3/1", by=lead, at=now)


def test_the_timeline_tells_everything_in_order_with_who_and_why(case, lead, support, agency, joined, seen_by, now):
    steps = [now + timedelta(minutes=n) for n in range(1, 7)]
    actions.record_milestone(case=case, code="LP_B", on=now.date(), document="LP/B/1", by=lead, at=steps[0])
    alleged(case, lead, steps[1])
    actions.give_task(case=case, agency=agency("kanim-atambua"), what="Periksa paspor", by=lead, at=steps[2])
    actions.write_note(case=case, text="Kapal berangkat malam", is_shared=False, by=lead, at=steps[3])
    seen_by(support, case, steps[4])

    entries = timeline(queries.workspace(case, lead, at=steps[5]))

    told = " | ".join(f"{entry.what} {entry.note}" for entry in reversed(entries))
    in_order = ["perkara dibuka", "ikut serta", "LP/B/1", "dugaan", "Periksa paspor", "Kapal berangkat malam", "dibaca"]
    assert [told.index(word) for word in in_order] == sorted(told.index(word) for word in in_order)
    assert all(entry.by and entry.agency for entry in entries)


def test_another_agency_neither_reads_nor_changes_the_case(case, third, seen_by, now):
    with pytest.raises(NotVisible):
        seen_by(third, case, now)
    for deed in (
        lambda: actions.record_milestone(case=case, code="LI", on=now.date(), document="1", by=third, at=now),
        lambda: actions.write_note(case=case, text="x", is_shared=True, by=third, at=now),
        lambda: actions.close_case(case=case, version=1, result="stopped", why="x", by=third, at=now),
    ):
        with pytest.raises((NotVisible, actions.NotTheLead)):
            deed()
