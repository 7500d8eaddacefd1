"""Deciding about events: once, by the owner, with a reason, and so that it can be taken back."""

from dataclasses import replace
from datetime import date

import pytest

from kentongan.agreements.access import PersonDecides, RoleMayNotAct, system_actor
from kentongan.audit.models import TrailRow
from kentongan.events.actions import (
    ChangedMeanwhile,
    FactsRefused,
    KindNotSaved,
    MergeNotUndone,
    MergeRefused,
    NotOwner,
    ReasonMissing,
    SplitRefused,
    answer_doubt,
    classify,
    confirm,
    correct,
    dismiss,
    facts_of,
    merge,
    split,
    undo_merge,
    withdraw_classification,
)
from kentongan.events.models import Event, EventReport, EventVersion, JoinDoubt, ReadingRow
from kentongan.events.shown import allegations
from kentongan.intake.models import Report
from kentongan.vocabulary.models import Kind


def state_of(event):
    event = Event.objects.get(pk=event.pk)
    links = sorted(str(pk) for pk in event.evidence.filter(unlinked_at__isnull=True).values_list("pk", flat=True))
    kinds = sorted(event.classifications.filter(withdrawn_at__isnull=True).values_list("kind_id", "alleged_by"))
    return event.state, facts_of(event), event.merged_into_id, event.known_at, links, kinds


def test_confirming_writes_a_version_and_a_row_of_the_trail(event, analyst, now):
    confirm(event=event, version=1, by=analyst, at=now, reason="dua saksi")

    assert (event.state, event.version, event.decided_at) == ("confirmed", 2, now)
    assert event.versions.get(number=2).reason == "dua saksi"
    row = TrailRow.objects.get(event="event.confirmed")
    assert (row.subject, row.actor, row.why) == (event.ref, analyst.ref, "dua saksi")


def test_two_officers_cannot_both_decide_about_the_version_they_saw(event, analyst, now):
    seen_by_first, seen_by_second = Event.objects.get(), Event.objects.get()
    confirm(event=seen_by_first, version=seen_by_first.version, by=analyst, at=now)

    with pytest.raises(ChangedMeanwhile, match="petugas lain"):
        dismiss(event=seen_by_second, version=seen_by_second.version, by=analyst, at=now, reason="keliru")

    event.refresh_from_db()
    assert (event.state, event.version) == ("confirmed", 2)
    assert not TrailRow.objects.filter(event="event.dismissed").exists()


def test_confirming_twice_is_refused(event, analyst, now):
    confirm(event=event, version=1, by=analyst, at=now)

    with pytest.raises(ChangedMeanwhile):
        confirm(event=event, version=2, by=analyst, at=now)


def test_a_dismissed_event_may_be_taken_up_again_with_a_reason(event, analyst, now):
    dismiss(event=event, version=1, by=analyst, at=now, reason="latihan")

    with pytest.raises(ReasonMissing):
        confirm(event=event, version=2, by=analyst, at=now)
    confirm(event=event, version=2, by=analyst, at=now, reason="ternyata bukan latihan")

    assert list(event.versions.values_list("state", flat=True)) == ["proposed", "dismissed", "confirmed"]


def test_an_officer_of_another_agency_decides_nothing(event, actor_of, now):
    stranger = actor_of("polres-belu", kind="police")

    with pytest.raises(NotOwner):
        confirm(event=event, version=1, by=stranger, at=now)

    assert Event.objects.get().state == "proposed"


def test_the_system_decides_nothing(event, agency_of, now):
    machine = system_actor(agency_of("kanim-atambua"), name="worker", purpose="prevention", at=now)

    with pytest.raises(PersonDecides):
        confirm(event=event, version=1, by=machine, at=now)

    assert Event.objects.get().state == "proposed"


def test_a_role_that_only_looks_decides_nothing(event, actor_of, now):
    with pytest.raises(RoleMayNotAct):
        confirm(event=event, version=1, by=actor_of("kanim-atambua", role="post_officer"), at=now)


def test_correcting_keeps_the_old_version_and_teaches_the_reading(event, analyst, now):
    changes = replace(facts_of(event), persons=7, happened_from=date(2026, 3, 2), happened_to=date(2026, 3, 3))

    correct(event=event, version=1, changes=changes, by=analyst, at=now, reason="dihitung ulang")

    assert (event.persons, event.happened_from, event.version) == (7, date(2026, 3, 2), 2)
    assert EventVersion.objects.get(event=event, number=1).persons == 5
    noted = {(one["field"], one["from"], one["to"]) for one in ReadingRow.objects.get().corrections}
    assert ("persons", "5", "7") in noted
    assert ("happened_from", "2026-03-03", "2026-03-02") in noted


def test_correcting_an_open_place_settles_it(told, reading_of, crossing, analyst, now):
    (event,) = told("Di Kupang.", reading_of(crossing(place=("53.71", "53.01"))))

    correct(event=event, version=1, changes=replace(facts_of(event), place_id=8), by=analyst, at=now, reason="kota")

    assert (event.place.code, event.place_open) == ("53.71", [])


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": " "}, "title"),
        ({"happened_from": date(2027, 1, 1), "happened_to": date(2027, 1, 2)}, "happened_from"),
        ({"happened_to": date(2026, 3, 3)}, "happened_to"),
        ({"happened_from": None, "happened_to": None}, "happened_from"),
        ({"persons": -1}, "persons"),
        ({"place_id": 999}, "place"),
        ({"precision": "kira-kira"}, "precision"),
    ],
)
def test_facts_that_cannot_be_are_refused_and_nothing_changes(event, analyst, now, wrong, field):
    with pytest.raises(FactsRefused) as refusal:
        correct(event=event, version=1, changes=replace(facts_of(event), **wrong), by=analyst, at=now, reason="coba")

    assert field in {fault.field for fault in refusal.value.faults}
    assert Event.objects.get().version == 1


# --- allegations ---


def test_allegations_stand_side_by_side_and_withdrawing_leaves_the_row(event, analyst, now):
    mine = classify(event=event, version=1, kind=Kind.objects.get(pk="TPPO"), by=analyst, at=now, why="ada calo")
    assert event.versions.last().kinds == ["IM.CROSSER", "TPPO"]

    withdraw_classification(classification=mine, version=2, by=analyst, at=now, why="tidak terbukti")

    event.refresh_from_db()
    assert event.versions.last().kinds == ["IM.CROSSER"]
    mine.refresh_from_db()
    assert (mine.withdrawn_by, mine.withdrawn_why) == (analyst.ref, "tidak terbukti")


def test_the_same_allegation_of_one_officer_stands_once(event, analyst, now):
    kind = Kind.objects.get(pk="TPPO")
    first = classify(event=event, version=1, kind=kind, by=analyst, at=now, why="ada calo")

    again = classify(event=event, version=2, kind=kind, by=analyst, at=now, why="ada calo")

    assert (again.pk, event.version) == (first.pk, 2)


def test_election_issues_are_not_saved(event, analyst, now):
    with pytest.raises(KindNotSaved):
        classify(event=event, version=1, kind=Kind.objects.get(pk="PILK.UANG"), by=analyst, at=now, why="isu")

    assert Event.objects.get().version == 1


def test_alleging_a_protected_kind_protects_event_report_and_reading_for_good(event, analyst, now):
    made = classify(event=event, version=1, kind=Kind.objects.get(pk="IM.REFUGEE"), by=analyst, at=now, why="UNHCR")
    withdraw_classification(classification=made, version=2, by=analyst, at=now, why="bukan")

    assert (
        Event.objects.get().handling
        == Report.objects.get().handling
        == ReadingRow.objects.get().handling
        == "protected"
    )


# --- one or two ---


@pytest.fixture
def pair(told, reading_of, crossing):
    """Two events of one agency about which an officer is asked."""
    (one,) = told("Lima orang menyeberang di Silawan.", reading_of(crossing()))
    (other,) = told(
        "Dua belas orang menyeberang, dibawa calo.",
        reading_of(crossing(persons=12, kinds=("IM.CROSSER", "TPPM"))),
        later_h=3,
    )
    return one, other


def test_merging_and_undoing_leaves_everything_as_it_was(pair, analyst, now):
    one, other = pair
    before = state_of(one), state_of(other)

    done = merge(absorbed=other, into=one, by=analyst, at=now, why="satu rombongan")
    assert Event.objects.get(pk=other.pk).merged_into_id == one.pk
    assert one.evidence.count() == 2
    assert one.versions.last().kinds == ["IM.CROSSER", "TPPM"]

    undo_merge(merge=done, by=analyst, at=now)
    assert (state_of(one), state_of(other)) == before
    assert one.versions.last().kinds == ["IM.CROSSER"]


def test_undoing_restores_the_state_and_the_first_day_known(told, reading_of, crossing, analyst, now):
    (late,) = told("Lima orang.", reading_of(crossing()), later_h=5)
    (early,) = told("Dua belas orang.", reading_of(crossing(persons=12)))
    confirm(event=early, version=1, by=analyst, at=now)

    done = merge(absorbed=early, into=late, by=analyst, at=now, why="sama")
    assert late.known_at == early.known_at

    undo_merge(merge=done, by=analyst, at=now)
    late.refresh_from_db()
    early.refresh_from_db()
    assert early.state == "confirmed"
    assert late.known_at > early.known_at


def test_a_merge_is_undone_once(pair, analyst, now):
    one, other = pair
    done = merge(absorbed=other, into=one, by=analyst, at=now, why="sama")
    undo_merge(merge=done, by=analyst, at=now)

    with pytest.raises(ChangedMeanwhile):
        undo_merge(merge=done, by=analyst, at=now)


def test_a_merge_cannot_be_undone_over_a_later_one(pair, told, reading_of, crossing, analyst, now):
    one, other = pair
    (third,) = told("Tiga puluh.", reading_of(crossing(persons=30)))
    first = merge(absorbed=other, into=one, by=analyst, at=now, why="sama")
    second = merge(absorbed=one, into=third, by=analyst, at=now, why="sama")

    with pytest.raises(MergeNotUndone):
        undo_merge(merge=first, by=analyst, at=now)

    first.refresh_from_db()
    assert first.undone_at is None
    undo_merge(merge=second, by=analyst, at=now)
    first.refresh_from_db()
    undo_merge(merge=first, by=analyst, at=now)
    assert Event.objects.filter(state="merged").count() == 0


def test_an_event_changed_since_it_was_seen_is_not_merged(pair, analyst, now):
    one, other = pair
    stale = Event.objects.get(pk=other.pk)
    confirm(event=other, version=1, by=analyst, at=now)

    with pytest.raises(ChangedMeanwhile):
        merge(absorbed=stale, into=one, by=analyst, at=now, why="sama")

    assert (one.evidence.count(), other.evidence.count()) == (1, 1)


def test_events_of_two_agencies_are_never_merged(event, told, reading_of, crossing, actor_of, analyst, now):
    (theirs,) = told("Lima orang.", reading_of(crossing()), by=actor_of("polres-belu", kind="police"))

    with pytest.raises(NotOwner):
        merge(absorbed=theirs, into=event, by=analyst, at=now, why="sama")


def test_a_protected_event_is_not_merged_with_an_open_one(event, told, reading_of, crossing, analyst, now):
    (protected,) = told("Pengungsi.", reading_of(crossing(kinds=("IM.REFUGEE",))))

    with pytest.raises(MergeRefused):
        merge(absorbed=protected, into=event, by=analyst, at=now, why="sama")


def test_answering_same_merges_the_later_into_the_earlier(pair, analyst, now):
    one, other = pair

    answer_doubt(doubt=JoinDoubt.objects.get(), answer="same", by=analyst, at=now)

    assert Event.objects.get(pk=other.pk).merged_into_id == one.pk


def test_answering_same_never_lets_a_proposal_swallow_what_was_confirmed(pair, analyst, now):
    one, other = pair
    confirm(event=other, version=1, by=analyst, at=now)

    answer_doubt(doubt=JoinDoubt.objects.get(), answer="same", by=analyst, at=now)

    assert Event.objects.get(pk=one.pk).merged_into_id == other.pk


def test_a_doubt_is_answered_once(pair, analyst, now):
    doubt = JoinDoubt.objects.get()
    answer_doubt(doubt=doubt, answer="different", by=analyst, at=now)

    with pytest.raises(ChangedMeanwhile):
        answer_doubt(doubt=JoinDoubt.objects.get(), answer="same", by=analyst, at=now)

    assert Event.objects.filter(state="proposed").count() == 2


def test_across_agencies_same_is_a_link_and_no_merge(told, reading_of, crossing, actor_of, agency_of, now, analyst):
    agency_of("kanim-atambua", parent="kanwil-im-ntt")
    above = actor_of("kanwil-im-ntt")
    told("Lima orang menyeberang.", reading_of(crossing()))
    told("5 orang menyeberang, kata kantor.", reading_of(crossing()), by=above, later_h=1)

    answer_doubt(doubt=JoinDoubt.objects.get(), answer="same", by=above, at=now)

    assert JoinDoubt.objects.get().answer == "same"
    assert Event.objects.filter(state="merged").count() == 0


def test_what_two_readings_allege_alike_is_shown_once_and_falls_with_one_withdrawal(
    event, told, reading_of, crossing, analyst, now
):
    told("5 orang lewat, dibawa calo.", reading_of(crossing(kinds=("IM.CROSSER", "TPPM"))), later_h=1)
    event.refresh_from_db()
    shown_before = [one.code for one in allegations(event, by=analyst.ref)]
    crosser = event.classifications.filter(kind="IM.CROSSER").first()

    withdraw_classification(classification=crosser, version=event.version, by=analyst, at=now, why="keliru")

    assert shown_before == ["IM.CROSSER", "TPPM"]
    assert [(one.code, bool(one.withdrawn)) for one in allegations(event, by=analyst.ref)] == [
        ("TPPM", False),
        ("IM.CROSSER", True),
    ]
    event.refresh_from_db()
    assert event.versions.get(number=event.version).kinds == ["TPPM"]


def test_splitting_gives_a_report_its_own_event_and_asks_no_more(event, told, reading_of, crossing, analyst, now):
    told("5 orang lewat, dibawa calo.", reading_of(crossing(kinds=("IM.CROSSER", "TPPM"))), later_h=1)
    event.refresh_from_db()
    link = event.evidence.order_by("linked_at").last()

    part = split(event=event, version=event.version, evidence=[link.pk], by=analyst, at=now, reason="rombongan lain")

    assert part.state == "proposed"
    assert part.number == "KJD/kanim-atambua/2026/0002"
    assert [e.report_id for e in part.evidence.all()] == [link.report_id]
    assert event.evidence.filter(unlinked_at__isnull=True).count() == 1
    assert JoinDoubt.objects.get(one=event, other=part).answer == "different"
    assert part.versions.get().kinds == ["IM.CROSSER", "TPPM"]
    assert event.versions.last().kinds == ["IM.CROSSER"]


def test_a_split_can_be_undone_by_merging(event, told, reading_of, crossing, analyst, now):
    told("5 orang lewat.", reading_of(crossing()), later_h=1)
    link = event.evidence.order_by("linked_at").last()
    part = split(event=event, version=event.version, evidence=[link.pk], by=analyst, at=now, reason="lain")

    merge(absorbed=part, into=event, by=analyst, at=now, why="ternyata sama")

    assert EventReport.objects.filter(event=event, unlinked_at__isnull=True).count() == 2


@pytest.mark.parametrize("which", ["none", "all", "foreign"])
def test_a_split_needs_some_and_not_all_of_the_reports(event, told, reading_of, crossing, analyst, now, which):
    (other,) = told("Di Serang.", reading_of(crossing(place="36.73")), later_h=1)
    mine, foreign = [e.pk for e in event.evidence.all()], [e.pk for e in other.evidence.all()]

    with pytest.raises(SplitRefused):
        split(
            event=event,
            version=1,
            evidence={"none": [], "all": mine, "foreign": foreign}[which],
            by=analyst,
            at=now,
            reason="x",
        )

    assert Event.objects.count() == 2


def test_numbers_count_by_agency_and_year_without_gaps_or_repeats(told, reading_of, crossing, actor_of):
    events = told("Tiga kasus.", reading_of(*(crossing(place=p) for p in ("36.73", "53.71", "53.04.02.2001"))))

    assert [e.number for e in sorted(events, key=lambda e: e.number)] == [
        f"KJD/kanim-atambua/2026/000{n}" for n in (1, 2, 3)
    ]


# --- the gate ---


def test_another_agency_sees_neither_event_nor_reading(event, actor_of, now):
    stranger = actor_of("polres-belu", kind="police")

    assert not Event.objects.visible_to(stranger, at=now).exists()
    assert not ReadingRow.objects.visible_to(stranger, at=now).exists()


def test_a_supervisor_sees_the_event_but_not_a_protected_one(
    event, told, reading_of, crossing, agency_of, actor_of, now
):
    agency_of("kanim-atambua", parent="kanwil-im-ntt")
    told("Pengungsi.", reading_of(crossing(kinds=("IM.REFUGEE",))))
    above = actor_of("kanwil-im-ntt")

    assert list(Event.objects.visible_to(above, at=now)) == [event]
    assert Report.objects.visible_to(above, at=now).count() == 1


def test_the_worker_reads_what_was_received_and_leaves_nothing_waiting(
    gazetteer_rows, kinds, analyst, reader, reading_of, crossing, now, monkeypatch
):
    from kentongan.audit import outbox
    from kentongan.events import tasks
    from kentongan.intake.actions import receive
    from kentongan.intake.drafts import ReportDraft

    receive(draft=ReportDraft("paste", "Lima orang."), by=analyst, at=now)
    reader.readings["Lima orang."] = reading_of(crossing())
    monkeypatch.setattr(tasks, "reader", lambda: reader)

    assert outbox.drain(tasks.CONSUMERS, worker="w", clock=lambda: now) == 1

    assert Event.objects.get().owner_id == "kanim-atambua"
    version = EventVersion.objects.get()
    assert (version.decided_by, version.decided_at) == ("system:reader", now)
