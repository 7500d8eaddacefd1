"""An event on refugees closes with all that it was told as, and is of every origin that one of its tellings names (R11)."""

from importlib import import_module

import pytest
from django.apps import apps

from kentongan.agreements.models import Grant
from kentongan.audit.models import OutboxRow, TrailRow
from kentongan.events.actions import EVENT_PROTECTED, MergeRefused, classify, merge, undo_merge
from kentongan.events.models import Event
from kentongan.vocabulary.models import Kind


@pytest.fixture
def chain(told, reading_of, crossing, analyst, now):
    """Three events of one agency, each merged into the next: the first two are tombstones."""
    first, second, last = (told(f"{n} orang.", reading_of(crossing(persons=n)))[0] for n in (5, 12, 30))
    merge(absorbed=first, into=second, by=analyst, at=now, why="sama")
    merge(absorbed=second, into=last, by=analyst, at=now, why="sama")
    return first, second, last


@pytest.fixture
def refugees(told, reading_of, crossing):
    """Tell of refugees: `refugees("MM")`; so many persons that others' tellings are other events, unless they agree."""

    def make(*origins, persons=5, **more):
        reading = reading_of(crossing(kinds=("IM.REFUGEE",), persons=persons), nationalities=origins)
        return told(f"Pengungsi {origins} {persons}.", reading, **more)[0]

    return make


def protect(event, by, at):
    kind = Kind.objects.get(pk="IM.REFUGEE")
    return classify(event=event, version=event.version, kind=kind, by=by, at=at, why="Mereka pengungsi.")


def handlings(*events):
    return [Event.objects.get(pk=event.pk).handling for event in events]


def test_all_that_was_merged_into_an_event_closes_with_it_and_each_is_news(chain, analyst, now):
    protect(chain[2], analyst, now)

    assert handlings(*chain) == ["protected"] * 3
    news = OutboxRow.objects.filter(topic=EVENT_PROTECTED).values_list("ref", flat=True)
    assert sorted(news) == sorted(event.ref for event in chain)


def test_the_trail_says_what_else_was_closed(chain, analyst, now):
    first, second, last = chain

    protect(last, analyst, now)

    assert TrailRow.objects.get(event="event.classified").facts["absorbed"] == [second.ref, first.ref]


def test_whoever_was_given_an_event_sees_it_no_more_once_what_it_was_merged_into_is_closed(
    chain, analyst, actor_of, agency_of, now
):
    reader = actor_of("polres-belu", kind="police")
    Grant.objects.create(
        category="events", record=chain[0].pk, agency=agency_of("polres-belu"), fields=[], valid_from=now,
        cause="address", because="alert:1",
    )  # fmt: skip
    assert Event.objects.visible_to(reader, at=now).exists()

    protect(chain[2], analyst, now)

    assert not Event.objects.visible_to(reader, at=now).exists()


def test_a_merge_that_is_taken_back_gives_back_no_open_event(chain, analyst, now):
    _first, second, last = chain
    protect(last, analyst, now)

    undo_merge(merge=apps.get_model("events", "Merge").objects.get(absorbed=second), by=analyst, at=now)

    second.refresh_from_db()
    assert (second.state, second.handling) == ("proposed", "protected")


def test_what_was_given_back_before_stays_as_it_was(chain, analyst, now):
    first, second, last = chain
    undo_merge(merge=apps.get_model("events", "Merge").objects.get(absorbed=second), by=analyst, at=now)
    last.refresh_from_db()

    protect(last, analyst, now)

    assert handlings(first, second, last) == ["restricted", "restricted", "protected"]


def test_neither_is_an_event_of_refugees_merged_into_another_nor_another_into_it(event, refugees, analyst, now):
    closed = refugees("MM", persons=30)

    for absorbed, into in ((closed, event), (event, closed)):
        with pytest.raises(MergeRefused):
            merge(absorbed=absorbed, into=into, by=analyst, at=now, why="sama")


@pytest.mark.parametrize(
    ("first", "second", "known"),
    [
        (("MM",), ("TL",), ["MM", "TL"]),
        (("MM",), (), ["MM", "unknown"]),
        ((), ("TL",), ["TL", "unknown"]),
        ((), (), []),
        (("MM",), ("MM",), ["MM"]),
    ],
)
def test_an_event_is_of_the_origins_of_each_report_behind_it(refugees, first, second, known):
    event = refugees(*first)

    joined = refugees(*second, later_h=1, source="lain")

    assert (joined.pk, joined.origins) == (event.pk, known)


def test_one_event_of_two_is_of_the_origins_of_both_and_so_is_what_was_merged_before(refugees, analyst, now):
    first, second, last = refugees("MM"), refugees("TL", persons=12), refugees(persons=30)

    merge(absorbed=first, into=second, by=analyst, at=now, why="sama")
    merge(absorbed=second, into=last, by=analyst, at=now, why="sama")

    assert last.origins == ["MM", "TL", "unknown"]
    assert {tuple(event.origins) for event in Event.objects.all()} == {("MM", "TL", "unknown")}


def test_the_state_of_an_origin_that_became_known_reads_the_event_no_more(refugees, actor_of, now):
    officer = actor_of("pntl", role="analyst", kind="foreign_police", country="TL")
    refugees("MM", by=officer)
    assert Event.objects.visible_to(officer, at=now).exists()

    refugees("TL", by=officer, later_h=1)

    assert not Event.objects.visible_to(officer, at=now).exists()


def test_an_installation_that_is_brought_up_to_date_closes_what_stayed_open(chain, now):
    first, second, last = chain
    Event.objects.filter(pk=last.pk).update(handling="protected", origins=["MM"])
    Event.objects.filter(pk=first.pk).update(handling="protected")
    migration = import_module("kentongan.events.migrations.0002_what_was_merged_is_protected_too")

    for _once_more in range(2):
        migration.protect(apps, None)

    assert handlings(*chain) == ["protected"] * 3
    assert {tuple(event.origins) for event in Event.objects.all()} == {("MM", "unknown")}
    assert OutboxRow.objects.get(topic=EVENT_PROTECTED).ref == second.ref
