"""What the watch may read: as known at the end of a day, confirmed, dated to the day, within its roots, never protected."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from kentongan.events.actions import confirm, correct, dismiss, facts_of, merge, undo_merge
from kentongan.events.queries import events_as_of
from kentongan.kit.periods import WITA

DAY = date(2026, 3, 4)
AFTER = datetime(2026, 3, 9, tzinfo=UTC)  # when the owner looks


@pytest.fixture
def as_of(analyst):
    def ask(day=DAY, *, roots=(1,), since=date(2026, 1, 1), by=analyst):
        return [row.event_id for row in events_as_of(by, day=day, zone=WITA, roots=roots, since=since, at=AFTER)]

    return ask


@pytest.fixture
def confirmed(event, analyst, now):
    return confirm(event=event, version=1, by=analyst, at=now)


def test_a_confirmed_event_is_there_with_place_day_and_kinds(confirmed, analyst):
    (row,) = events_as_of(analyst, day=DAY, zone=WITA, roots=[1], since=date(2026, 1, 1), at=AFTER)

    assert (row.event_id, row.place_id, row.happened_on, row.kinds) == (
        confirmed.pk,
        5,
        date(2026, 3, 3),
        {"IM.CROSSER"},
    )


def test_a_proposal_is_not_counted(event, as_of):
    assert as_of() == []


def test_a_day_before_the_confirmation_knows_nothing_of_it(confirmed, as_of):
    assert as_of(DAY - timedelta(days=1)) == []


def test_what_is_decided_later_does_not_change_an_earlier_day(confirmed, analyst, as_of, now):
    dismiss(event=confirmed, version=2, by=analyst, at=now + timedelta(days=2), reason="latihan")

    assert as_of() == [confirmed.pk]
    assert as_of(DAY + timedelta(days=2)) == []


def test_a_correction_counts_from_its_day(confirmed, analyst, as_of, now):
    changes = replace(facts_of(confirmed), place_id=11)
    correct(event=confirmed, version=2, changes=changes, by=analyst, at=now + timedelta(days=1), reason="Serang")

    assert as_of(roots=(3,)) == [confirmed.pk]
    assert as_of(DAY + timedelta(days=1), roots=(3,)) == []
    assert as_of(DAY + timedelta(days=1), roots=(10,)) == [confirmed.pk]


def test_only_the_roots_and_the_period_asked_for(confirmed, as_of):
    assert as_of(roots=(5,)) == [confirmed.pk]
    assert as_of(roots=(10,)) == []
    assert as_of(since=DAY) == []


def test_the_day_ends_in_the_zone_of_the_watch(event, analyst, as_of, now):
    confirm(event=event, version=1, by=analyst, at=now.replace(hour=16, minute=0))  # midnight in Kupang

    assert as_of() == []
    assert as_of(DAY + timedelta(days=1)) == [event.pk]


def test_an_event_dated_to_a_month_is_nobodys_day(confirmed, analyst, as_of, now):
    month = replace(
        facts_of(confirmed), happened_from=date(2026, 3, 1), happened_to=date(2026, 4, 1), precision="month"
    )

    correct(event=confirmed, version=2, changes=month, by=analyst, at=now, reason="hanya bulannya")

    assert as_of() == []


def test_a_merged_event_counts_once_and_twice_again_when_undone(told, reading_of, crossing, analyst, as_of, now):
    (one,) = told("Lima.", reading_of(crossing()))
    (other,) = told("Dua belas.", reading_of(crossing(persons=12)))
    for event in (one, other):
        confirm(event=event, version=1, by=analyst, at=now)

    done = merge(absorbed=other, into=one, by=analyst, at=now + timedelta(days=1), why="sama")
    undo_merge(merge=done, by=analyst, at=now + timedelta(days=2))

    assert set(as_of()) == {one.pk, other.pk}
    assert as_of(DAY + timedelta(days=1)) == [one.pk]
    assert set(as_of(DAY + timedelta(days=2))) == {one.pk, other.pk}


def test_protected_events_are_never_watched(told, reading_of, crossing, analyst, as_of, now):
    (event,) = told("Pengungsi.", reading_of(crossing(kinds=("IM.REFUGEE", "IM.CROSSER"))))
    confirm(event=event, version=1, by=analyst, at=now)

    assert as_of() == []


def test_a_watch_counts_only_what_its_owner_may_see(confirmed, actor_of, as_of):
    assert as_of(by=actor_of("polres-belu", kind="police")) == []
