"""An officer adds what the reader missed: once, by the report's owner, never a machine, and never merged unasked."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from kentongan.agreements.access import PersonDecides, RoleMayNotAct, system_actor
from kentongan.audit.models import TrailRow
from kentongan.events.actions import (
    AddRefused,
    AlreadyAdded,
    EventFacts,
    FactsRefused,
    KindNotSaved,
    NotOwner,
    ReasonMissing,
    add_event,
    answer_doubt,
    classify,
    confirm,
    correct,
    dismiss,
    facts_of,
    read_report,
    split,
)
from kentongan.events.models import Classification, Event, EventReport, EventVersion, JoinDoubt, ReadingRow
from kentongan.events.queries import events_as_of
from kentongan.intake.actions import receive
from kentongan.intake.drafts import ReportDraft
from kentongan.intake.models import Report
from kentongan.kit.periods import WITA
from kentongan.vocabulary.models import Kind

FUEL = EventFacts("", 6, date(2026, 3, 2), date(2026, 3, 3), "day", None)


@pytest.fixture
def report(event):
    """The report behind `event`: its reader saw the crossing at Silawan and nothing else."""
    return Report.objects.get()


@pytest.fixture
def add(report, analyst, now):
    """Add fuel smuggling at Tulakadi on 2 March, or what the test says instead."""

    def make(*codes, facts=FUEL, **other):
        chosen = list(Kind.objects.filter(pk__in=codes or ("GDS.BBM",)))
        return add_event(
            **{
                "report": report,
                "facts": facts,
                "kinds": chosen,
                "by": analyst,
                "at": now,
                "reason": "alinea 3",
                **other,
            }
        )

    return make


def rows():
    return [model.objects.count() for model in (Event, EventVersion, Classification, EventReport, JoinDoubt)]


# --- what is there afterwards ---


def test_an_added_event_is_a_proposal_of_the_reports_owner_alleged_by_the_officer(add, report, analyst, now):
    added = add("GDS.BBM", "RESP.RAKOR")

    assert (added.state, added.version, added.owner_id) == ("proposed", 1, "kanim-atambua")
    assert (added.title, added.handling, added.known_at) == (
        "Penyelundupan BBM di Desa Tulakadi", "restricted", report.received_at
    )  # fmt: skip
    assert facts_of(added) == replace(FUEL, title=added.title)
    assert added.number.endswith("/0002")
    assert added.source_grade == "B2"
    assert set(added.classifications.values_list("kind_id", "alleged_by", "why")) == {
        ("GDS.BBM", analyst.ref, "alinea 3"),
        ("RESP.RAKOR", analyst.ref, "alinea 3"),
    }
    link = added.evidence.get()
    assert (link.report, link.reading, link.proposal, link.linked_by) == (report, None, None, analyst.ref)
    version = added.versions.get()
    assert (version.number, version.kinds, version.decided_by, version.reason, version.decided_at) == (
        1, ["GDS.BBM", "RESP.RAKOR"], analyst.ref, "alinea 3", now
    )  # fmt: skip


def test_adding_is_one_row_of_the_trail(add, report, analyst):
    added = add()

    row = TrailRow.objects.get(event="event.added")
    assert (row.subject, row.actor, row.why) == (added.ref, analyst.ref, "alinea 3")
    assert row.facts == {"report": report.ref, "kinds": ["GDS.BBM"]}


def test_a_title_that_the_officer_gave_stays(add):
    assert add(facts=replace(FUEL, title="  Solar di tepi kali ")).title == "Solar di tepi kali"


def test_a_watch_knows_of_an_added_event_from_its_confirmation_on(add, analyst, now):
    added = add()
    confirm(event=added, version=1, by=analyst, at=now + timedelta(days=1))

    def known(on):
        return events_as_of(analyst, day=on, zone=WITA, roots=[3], since=date(2026, 1, 1), at=now + timedelta(days=2))

    assert known(now.date()) == []
    assert [one.event_id for one in known(now.date() + timedelta(days=1))] == [added.pk]


# --- one proposal becomes two ---


def test_a_proposal_is_divided_by_correcting_it_and_adding_the_other(add, event, analyst, now):
    first = replace(facts_of(event), persons=3)
    correct(event=event, version=1, changes=first, by=analyst, at=now, reason="tiga di Silawan")

    second = add("IM.CROSSER", facts=replace(first, title="", place_id=6, persons=2))

    event.refresh_from_db()
    assert [(one.place_id, one.persons, one.state) for one in (event, second)] == [
        (5, 3, "proposed"),
        (6, 2, "proposed"),
    ]
    assert not JoinDoubt.objects.exists()  # the officer who divides has said that they are two


# --- the same happening elsewhere ---


def test_an_event_of_another_report_that_may_be_the_same_is_doubted_and_not_joined(add, told, reading_of, crossing):
    (elsewhere,) = told(
        "Solar di Tulakadi.", reading_of(crossing(kinds=("GDS.BBM",), place="53.04.02.2002", day=date(2026, 3, 2)))
    )

    added = add(facts=replace(FUEL, persons=5))

    doubt = JoinDoubt.objects.get()
    assert {doubt.one_id, doubt.other_id} == {added.pk, elsewhere.pk}
    assert doubt.answer == ""
    assert elsewhere.evidence.count() == added.evidence.count() == 1
    assert {elsewhere.state, added.state} == {"proposed"}


def test_a_later_report_of_an_added_event_joins_it_as_it_would_any_other(add, told, reading_of, crossing):
    added = add(facts=replace(FUEL, persons=5))

    (joined,) = told(
        "Solar di Tulakadi.", reading_of(crossing(kinds=("GDS.BBM",), place="53.04.02.2002", day=date(2026, 3, 2)))
    )

    assert joined == added
    assert added.evidence.count() == 2


def test_what_an_officer_added_before_the_machine_read_is_doubted_and_the_reading_still_proposes(
    gazetteer_rows, kinds, analyst, reader, reading_of, crossing, now
):
    report = receive(draft=ReportDraft(channel="paste", text="Lima orang."), by=analyst, at=now).report
    facts = EventFacts("", 5, date(2026, 3, 3), date(2026, 3, 4), "day", 5)
    added = add_event(report=report, facts=facts, kinds=[kinds.get(pk="IM.CROSSER")], by=analyst, at=now, reason="x")
    reader.readings["Lima orang."] = reading_of(crossing(), crossing(place="36.73"))

    events = read_report(report=report, reader=reader, by=analyst, at=now)

    assert len(events) == 3
    same = next(event for event in events if event.place_id == 5 and event != added)
    doubt = JoinDoubt.objects.get()
    assert {doubt.one_id, doubt.other_id} == {added.pk, same.pk}
    assert added.evidence.count() == 1


def test_an_added_event_is_merged_where_an_officer_says_that_it_is_the_same(
    add, told, reading_of, crossing, analyst, now
):
    (elsewhere,) = told(
        "Solar.", reading_of(crossing(kinds=("GDS.BBM",), place="53.04.02.2002", day=date(2026, 3, 2))), later_h=1
    )
    added = add(facts=replace(FUEL, persons=5))

    answer_doubt(doubt=JoinDoubt.objects.get(), answer="same", by=analyst, at=now)

    elsewhere.refresh_from_db()
    assert (elsewhere.state, elsewhere.merged_into) == ("merged", added)


def test_an_added_event_can_be_split_off_again(add, told, reading_of, crossing, analyst, now):
    added = add(facts=replace(FUEL, persons=5))
    told("Solar.", reading_of(crossing(kinds=("GDS.BBM",), place="53.04.02.2002", day=date(2026, 3, 2))))
    added.refresh_from_db()
    mine = added.evidence.get(proposal__isnull=True)

    part = split(event=added, version=added.version, evidence=[mine.pk], by=analyst, at=now, reason="lain")

    assert part.evidence.get(unlinked_at__isnull=True).proposal is None
    assert "GDS.BBM" in part.classifications.values_list("kind_id", flat=True)


# --- the same event twice ---


def test_the_same_event_of_one_report_is_added_once_and_the_refusal_names_it(add):
    first = add()
    before = rows()

    with pytest.raises(AlreadyAdded) as refusal:
        add()

    assert refusal.value.existing == first
    assert first.number in refusal.value.message
    assert rows() == before


@pytest.mark.parametrize("codes", [("IM.CROSSER",), ("IM.CROSSER", "TPPO"), ("IM.CROSSER", "RESP.RAKOR")])
def test_what_the_reader_proposed_already_is_not_added_beside_it(add, event, codes):
    with pytest.raises(AlreadyAdded) as refusal:
        add(*codes, facts=replace(facts_of(event), title="", persons=12))

    assert refusal.value.existing == event


def test_a_dismissed_event_is_named_to_be_taken_up_again(add, event, analyst, now):
    dismiss(event=event, version=1, by=analyst, at=now, reason="keliru")

    with pytest.raises(AlreadyAdded, match="dikesampingkan"):
        add("IM.CROSSER", facts=replace(facts_of(event), title=""))


@pytest.mark.parametrize(
    ("codes", "other"),
    [
        (("TPPO",), {}),
        (("IM.CROSSER",), {"place_id": 6}),
        (("IM.CROSSER",), {"place_id": None}),
        (("IM.CROSSER",), {"happened_from": date(2026, 3, 2), "happened_to": date(2026, 3, 3)}),
    ],
)
def test_another_kind_place_or_day_is_another_event(add, event, codes, other):
    added = add(*codes, facts=replace(facts_of(event), title="", **other))

    assert added.pk != event.pk


def test_two_events_that_share_only_a_response_are_two(add):
    add("GDS.BBM", "RESP.RAKOR")

    assert add("TPPO", "RESP.RAKOR").pk


# --- refused ---


def refused(error, add, *codes, **given):
    before = rows()
    with pytest.raises(error) as refusal:
        add(*codes, **given)
    assert rows() == before
    assert not TrailRow.objects.filter(event="event.added").exists()
    return refusal.value


def test_the_system_adds_nothing(add, agency_of, now):
    machine = system_actor(agency_of("kanim-atambua"), name="reader", purpose="prevention", at=now)

    refused(PersonDecides, add, by=machine)


def test_a_role_that_only_looks_adds_nothing(add, actor_of):
    refused(RoleMayNotAct, add, by=actor_of("kanim-atambua", role="post_officer"))


def test_an_officer_of_another_agency_adds_nothing(add, actor_of):
    refused(NotOwner, add, by=actor_of("polres-belu", kind="police"))


def test_a_supervisor_sees_the_report_and_adds_nothing(add, agency_of, actor_of):
    agency_of("kanim-atambua", parent="kanwil-im-ntt")

    refused(NotOwner, add, by=actor_of("kanwil-im-ntt", level="province"))


def test_election_issues_are_not_added_even_beside_another_kind(add):
    refused(KindNotSaved, add, "GDS.BBM", "PILK.UANG")


def test_adding_needs_a_reason(add):
    refused(ReasonMissing, add, reason="  ")


def test_adding_needs_a_kind_that_says_what_happened(add, kinds):
    kinds.create(code="ST.SUSPECTED", kind_class="status", label_id="Dugaan", label_en="Suspected")

    for chosen in ([], [kinds.get(pk="ST.SUSPECTED")]):
        assert refused(FactsRefused, add, kinds=chosen).faults[0].field == "kinds"


def test_a_kind_chosen_twice_is_refused(add, kinds):
    fuel = kinds.get(pk="GDS.BBM")

    assert refused(FactsRefused, add, kinds=[fuel, fuel]).faults[0].code == "twice"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"happened_from": date(2097, 1, 1), "happened_to": date(2097, 1, 2)}, "happened_from"),
        ({"happened_from": None, "happened_to": None}, "happened_from"),
        ({"happened_to": date(2026, 3, 1)}, "happened_to"),
        ({"persons": -1}, "persons"),
        ({"place_id": 99}, "place"),
        ({"precision": "hour"}, "precision"),
    ],
)
def test_facts_that_cannot_be_are_refused(add, wrong, field):
    assert refused(FactsRefused, add, facts=replace(FUEL, **wrong)).faults[0].field == field


def test_a_nil_report_has_no_events(add, analyst, now, gazetteer_rows):
    draft = ReportDraft(
        channel="field_form", text="Nihil", place_id=5, is_nil=True, covers_from=date(2026, 3, 1), covers_to=date(2026, 3, 2)
    )  # fmt: skip
    nil = receive(draft=draft, by=analyst, at=now).report

    refused(AddRefused, add, report=nil)


def test_a_report_whose_text_is_erased_has_no_new_events(add, report, now):
    Report.objects.filter(pk=report.pk).update(text=None, original=None, erased_at=now, erased_why="masa simpan")
    report.refresh_from_db()

    refused(AddRefused, add, report=report)


# --- protected ---


def test_an_added_event_on_refugees_protects_itself_its_report_and_every_reading(add, report):
    added = add("IM.REFUGEE")

    report.refresh_from_db()
    assert (added.handling, added.origins, report.handling) == ("protected", [], "protected")
    assert set(ReadingRow.objects.values_list("handling", flat=True)) == {"protected"}


def test_alleging_a_protected_kind_on_an_added_event_protects_the_reading_too(add, report, analyst, now, kinds):
    added = add()

    classify(event=added, version=1, kind=kinds.get(pk="IM.REFUGEE"), by=analyst, at=now, why="mengaku pengungsi")

    assert ReadingRow.objects.get().handling == "protected"


def test_where_refugees_of_another_happening_come_from_is_not_taken_over(told, reading_of, crossing, add, analyst, now):
    told("Pengungsi.", reading_of(crossing(kinds=("IM.REFUGEE",)), nationalities=("MM",)))
    theirs = Report.objects.get(handling="protected")

    assert add("IM.REFUGEE", report=theirs).origins == []


def test_a_protected_event_is_doubted_with_protected_ones_only(add, event, told, reading_of, crossing):
    told("Lima orang.", reading_of(crossing(place="53.04.02.2002")))
    (protected,) = told("Pengungsi.", reading_of(crossing(kinds=("IM.REFUGEE", "IM.CROSSER"))))
    JoinDoubt.objects.all().delete()

    added = add("IM.REFUGEE", "IM.CROSSER", facts=replace(facts_of(event), title="", place_id=6))

    doubt = JoinDoubt.objects.get()
    assert {doubt.one_id, doubt.other_id} == {added.pk, protected.pk}
