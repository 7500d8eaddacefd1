"""From reports to proposed events: kept once, joined when sure, doubted when not, and never about people."""

from datetime import date

import pytest

from kentongan.agencies.models import Agency, Officer
from kentongan.audit.models import TrailRow
from kentongan.events.actions import confirm, read_report
from kentongan.events.models import Event, EventReport, EventVersion, JoinDoubt, ReadingRow
from kentongan.events.queries import open_doubts
from kentongan.intake.models import Report


def test_a_reading_proposes_an_event_with_place_day_count_and_allegation(event):
    assert (event.state, event.version, event.persons, event.place.name) == ("proposed", 1, 5, "Silawan")
    assert (event.happened_from, event.happened_to, event.precision) == (date(2026, 3, 3), date(2026, 3, 4), "day")
    assert event.number == "KJD/kanim-atambua/2026/0001"
    allegation = event.classifications.get()
    assert (allegation.kind_id, allegation.alleged_by.partition(":")[0]) == ("IM.CROSSER", "reading")
    assert EventVersion.objects.get(event=event).kinds == ["IM.CROSSER"]


def test_the_title_is_made_of_kind_and_place_and_holds_no_sentence_of_the_text(event):
    assert event.title == "Pelintas batas ilegal di Desa Silawan, 5 orang"


def test_reading_a_report_again_with_the_same_reader_changes_nothing(event, reader, analyst, now):
    report = Report.objects.get()
    rows = TrailRow.objects.count()

    again = read_report(report=report, reader=reader, by=analyst, at=now)

    assert [e.pk for e in again] == [event.pk]
    assert (Event.objects.count(), ReadingRow.objects.count(), EventReport.objects.count()) == (1, 1, 1)
    assert TrailRow.objects.count() == rows


def test_a_newer_reader_adds_a_reading_and_leaves_decided_events_alone(
    event, reader, reading_of, crossing, analyst, now
):
    report = Report.objects.get()
    confirm(event=event, version=1, by=analyst, at=now)
    reader.readings[report.text] = reading_of(crossing(persons=7), version="2")

    read_report(report=report, reader=reader, by=analyst, at=now)

    event.refresh_from_db()
    assert (ReadingRow.objects.count(), Event.objects.count(), event.persons) == (2, 1, 5)


def test_a_nil_report_is_not_read(gazetteer_rows, analyst, reader, now):
    from kentongan.intake.actions import receive
    from kentongan.intake.drafts import ReportDraft

    draft = ReportDraft(
        "nil_form", "Nihil.", place_id=5, is_nil=True, covers_from=date(2026, 3, 1), covers_to=date(2026, 3, 4)
    )
    report = receive(draft=draft, by=analyst, at=now).report

    assert read_report(report=report, reader=reader, by=analyst, at=now) == []
    assert reader.read_texts == []


def test_background_and_election_issues_are_kept_in_the_reading_and_not_saved_as_events(told, reading_of, crossing):
    events = told("teks", reading_of(crossing(background=True), crossing(kinds=("PILK.UANG",))))

    assert events == []
    assert len(ReadingRow.objects.get().content["events"]) == 2


def test_a_response_is_an_event_too(told, reading_of, crossing):
    (event,) = told(
        "Rapat koordinasi digelar.", reading_of(crossing(kinds=("RESP.RAKOR",), place="53.71", persons=None))
    )

    assert event.title == "Rapat koordinasi di Kota Kupang"


def test_an_ambiguous_place_stays_open(told, reading_of, crossing):
    (event,) = told("Di Kupang.", reading_of(crossing(place=("53.71", "53.01"))))

    assert event.place is None
    assert event.place_open == ["53.71", "53.01"]


def test_a_day_to_come_is_a_question_and_not_a_fact(told, reading_of, crossing):
    (event,) = told("Tahun depan.", reading_of(crossing(day=date(2027, 3, 3))))

    assert (event.happened_from, event.precision) == (None, "unknown")
    assert event.details["open"] == ["day_to_come"]


def test_what_the_sender_stated_goes_before_what_was_read(told, reading_of, crossing):
    (event,) = told(
        "Di Tulakadi.",
        reading_of(crossing(place="53.04.02.2002")),
        place_id=5,
        covers_from=date(2026, 3, 1),
        covers_to=date(2026, 3, 2),
    )

    assert (event.place_id, event.happened_from) == (5, date(2026, 3, 1))


def test_refugees_are_protected_from_report_to_event_with_the_states_they_may_come_from(told, reading_of, crossing):
    (event,) = told("Pengungsi tiba.", reading_of(crossing(kinds=("IM.REFUGEE",)), nationalities=("MM",)))

    report, reading = Report.objects.get(), ReadingRow.objects.get()
    assert {event.handling, report.handling, reading.handling} == {"protected"}
    assert event.origins == report.origins == reading.origins == ["MM"]


def test_reading_leaves_agencies_officers_and_accounts_as_they_were(told, reading_of, crossing):
    before = (list(Agency.objects.values()), list(Officer.objects.values()))

    told("Budi Contoh dari Dinas Karangan menyeberang.", reading_of(crossing()))

    assert (list(Agency.objects.values()), list(Officer.objects.values())) == before


# --- one happening, several reports ---


def test_two_reports_of_one_happening_stand_behind_one_event(event, told, reading_of, crossing):
    again = told("Menurut warga, 5 orang lewat.", reading_of(crossing()), later_h=2)

    assert [e.pk for e in again] == [event.pk]
    assert event.evidence.count() == 2
    assert Event.objects.count() == 1


def test_a_joined_report_that_alleges_more_makes_a_new_version(event, told, reading_of, crossing):
    told("Lima orang dibawa calo.", reading_of(crossing(kinds=("IM.CROSSER", "TPPM"))), later_h=2)

    event.refresh_from_db()
    assert event.version == 2
    assert event.versions.get(number=2).kinds == ["IM.CROSSER", "TPPM"]


def test_a_confirmed_event_gains_the_report_and_keeps_what_the_officer_held(
    event, told, reading_of, crossing, analyst, now
):
    confirm(event=event, version=1, by=analyst, at=now)

    told("Lima orang dibawa calo.", reading_of(crossing(kinds=("IM.CROSSER", "TPPM"))), later_h=2)

    event.refresh_from_db()
    assert (event.version, event.evidence.count()) == (2, 2)
    assert event.versions.last().kinds == ["IM.CROSSER"]


def test_other_numbers_at_the_same_place_and_day_are_asked_not_joined(event, told, reading_of, crossing, analyst, now):
    (other,) = told("Dua belas orang.", reading_of(crossing(persons=12)), later_h=2)

    assert other.pk != event.pk
    ((doubt, one),) = open_doubts(other, analyst, at=now)
    assert one == event
    assert {"about": "numbers", "code": "contradict", "share": 0.0} in doubt.why


def test_two_cases_of_one_text_are_never_joined_with_each_other(told, reading_of, crossing):
    events = told("Dua kasus.", reading_of(crossing(), crossing()))

    assert len(events) == 2
    assert not JoinDoubt.objects.exists()


@pytest.mark.parametrize(
    "other",
    [
        {"place": "36.73"},
        {"day": date(2026, 1, 3)},
        {"kinds": ("GDS.BBM",)},
    ],
    ids=["elsewhere", "long before", "another matter"],
)
def test_other_happenings_are_kept_apart_without_a_question(event, told, reading_of, crossing, other):
    told("Lain.", reading_of(crossing(**other)), later_h=2)

    assert Event.objects.count() == 2
    assert not JoinDoubt.objects.exists()


def test_reports_of_two_agencies_are_not_joined(event, told, reading_of, crossing, actor_of):
    other = actor_of("polres-belu", kind="police")

    (theirs,) = told("Lima orang lewat.", reading_of(crossing()), by=other, later_h=1)

    assert theirs.pk != event.pk
    assert theirs.number == "KJD/polres-belu/2026/0001"
    assert not JoinDoubt.objects.exists()


def test_a_supervisor_is_asked_whether_the_events_are_one(
    told, reading_of, crossing, actor_of, analyst, agency_of, now
):
    from kentongan.agreements.access import actor_for

    agency_of("kanim-atambua", parent="kanwil-im-ntt")
    (theirs,) = told("Lima orang menyeberang.", reading_of(crossing()))
    above = actor_of("kanwil-im-ntt", role="analyst")

    (mine,) = told("5 orang menyeberang, kata kantor.", reading_of(crossing()), by=above, later_h=1)

    assert mine.pk != theirs.pk
    ((_doubt, other),) = open_doubts(mine, above, at=now)
    assert other == theirs
    assert (
        open_doubts(
            theirs,
            actor_for(Officer.objects.get(username="analyst-kanim-atambua"), purpose="prevention", at=now),
            at=now,
        )
        == []
    )


def test_a_protected_event_is_never_compared_with_another_agency(told, reading_of, crossing, actor_of, agency_of):
    agency_of("kanim-atambua", parent="kanwil-im-ntt")
    told("Pengungsi tiba.", reading_of(crossing(kinds=("IM.REFUGEE", "IM.CROSSER"))))

    told("Lima orang.", reading_of(crossing()), by=actor_of("kanwil-im-ntt"), later_h=1)

    assert not JoinDoubt.objects.exists()
