"""Of the rows that hang on one that is shown in part, some columns are released and some are not: who alleges a kind and why,
when a version says that it happened, who took a step. What is not released is not there, and no question finds it out."""

from datetime import date

import pytest
from django.apps import apps
from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, Subquery
from django.db.models.expressions import RawSQL

from kentongan.agreements import access
from kentongan.agreements.models import Grant

from .sharing import AT, clause_between, event_of

Event = apps.get_model("events", "Event")  # upper rooms, which this one does not import
Classification, EventVersion = apps.get_model("events", "Classification"), apps.get_model("events", "EventVersion")
JoinDoubt = apps.get_model("events", "JoinDoubt")
Alert, AlertStep = apps.get_model("alerts", "Alert"), apps.get_model("alerts", "AlertStep")

WITHOUT_SOURCE = {"events": {"title": "full", "place": "full", "persons": "full"}}


@pytest.fixture
def police(gazetteer_rows, kinds, agency_of, officer_of):
    agency_of("kanim-atambua")
    return officer_of("polres-belu", kind="police")


@pytest.fixture
def event(police):
    """An event of which an officer alleges a kind because of what a witness said."""
    event = event_of("kanim-atambua", kinds=(), persons=7)
    Classification.objects.create(
        event=event, kind_id="TPPO", alleged_by="officer:7", alleged_at=AT, why="menurut saksi di pelabuhan"
    )
    EventVersion.objects.create(
        event=event, number=1, state="confirmed", title=event.title, place_id=5, happened_from=date(2026, 2, 3),
        precision="day", persons=7, decided_at=AT, decided_by="officer:7", reason="cocok dengan saksi",
    )  # fmt: skip
    return event


@pytest.fixture
def seen(event, police):
    """The events as the police see them, without where they are known from."""
    clause_between("kanim-atambua", "polres-belu", WITHOUT_SOURCE)
    return lambda: seen_by(police)


def seen_by(officer):
    actor = access.actor_for(officer, purpose="prevention", at=AT)
    return Event.objects.visible_to(actor, at=AT)


def told(allegations):
    return [(one.kind_id, one.alleged_by, one.why) for one in allegations]


READINGS = {
    "read by itself": lambda seen, _police, _event: seen().get().classifications.all(),
    "read with the list": lambda seen, _police, _event: seen().prefetch_related("classifications").get().classifications.all(),
    "read with the list, and their kinds": lambda seen, _police, _event: (
        seen().prefetch_related("classifications__kind").get().classifications.all()
    ),
    "chosen with the list": lambda seen, _police, _event: (
        seen().prefetch_related(Prefetch("classifications", queryset=Classification.objects.filter(withdrawn_at=None))).get().classifications.all()
    ),
    "read under another name": lambda seen, _police, _event: (
        seen().prefetch_related(Prefetch("classifications", to_attr="allegations")).get().allegations
    ),
    "of one that was fetched": lambda _seen, police, event: (
        access.fetch(Event, event.pk, access.actor_for(police, purpose="prevention", at=AT), at=AT).classifications.all()
    ),
    "after the row was read anew": lambda seen, _police, _event: read_anew(seen().get()).classifications.all(),
}  # fmt: skip


def read_anew(row):
    row.refresh_from_db()
    return row


@pytest.mark.parametrize("reading", READINGS.values(), ids=READINGS)
def test_a_kind_is_there_without_who_alleges_it_and_why(reading, seen, police, event):
    assert told(reading(seen, police, event)) == [("TPPO", "officer:", "")]


def test_with_the_source_they_are_there(event, police):
    clause_between("kanim-atambua", "polres-belu", {"events": {"source": "full"}})

    assert told(seen_by(police).get().classifications.all()) == [("TPPO", "officer:7", "menurut saksi di pelabuhan")]


def test_the_way_back_leads_to_the_row_as_it_is_shown(seen):
    row = seen().get()

    (one,) = row.classifications.all()

    assert one.event is row


@pytest.mark.parametrize(
    "asked",
    ["filter", "exclude", "order_by", "values", "values_list", "annotate", "aggregate", "get", "iterator", "only"],
)
def test_they_can_be_gone_through_and_not_asked(asked, seen):
    assert not hasattr(seen().get().classifications.all(), asked)
    with pytest.raises(AttributeError):
        getattr(seen().get().classifications, asked)("why")


PICKED = Classification.objects.filter(why__contains="saksi")


def test_rows_that_were_picked_by_what_is_withheld_are_not_shown(seen):
    picked = seen().prefetch_related(Prefetch("classifications", queryset=PICKED)).get()
    named = seen().prefetch_related(Prefetch("classifications", queryset=PICKED, to_attr="allegations")).get()

    assert (list(picked.classifications.all()), named.allegations) == ([], [])


WAYS = {
    "a filter": lambda events: events.filter(classifications__why__contains="saksi"),
    "an exclusion": lambda events: events.exclude(classifications__why="x"),
    "an order": lambda events: events.order_by("classifications__why"),
    "a list of values": lambda events: events.values_list("classifications__alleged_by"),
    "an annotation": lambda events: events.annotate(t=F("classifications__why")),
    "a count of those that fit": lambda events: events.annotate(n=Count("pk", filter=Q(classifications__why__contains="saksi"))),
    "a query inside": lambda events: events.filter(Exists(PICKED.filter(event=OuterRef("pk")))),
    "keys out of a query": lambda events: events.filter(pk__in=PICKED.values("event")),
    "keys out of a query two inside": lambda events: events.filter(
        pk__in=Classification.objects.filter(pk__in=PICKED.values("pk")).values("event")
    ),
    "raw SQL inside": lambda events: events.filter(
        pk__in=Classification.objects.annotate(t=RawSQL("why", [])).filter(t__contains="saksi").values("event")
    ),
    "a value out of a query": lambda events: events.annotate(
        t=Subquery(Classification.objects.filter(event=OuterRef("pk")).values("why")[:1])
    ),
    "the first by an order": lambda events: events.annotate(
        t=Subquery(Classification.objects.filter(event=OuterRef("pk")).order_by("why").values("kind")[:1])
    ),
    "when a version says it happened": lambda events: events.filter(versions__happened_from="2026-02-03"),
    "why a version was decided, inside": lambda events: events.filter(
        pk__in=EventVersion.objects.filter(reason__contains="saksi").values("event")
    ),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_what_is_withheld_is_not_found_by(way, seen, officer_of):
    assert len(list(way(seen_by(officer_of("kanim-atambua"))))) == 1
    assert list(way(seen())) == []


AROUND = {
    "a join to the rows themselves": EventVersion.objects.filter(event__source_grade="B2").values("event"),
    "the rows themselves, two inside": Classification.objects.filter(event__in=Event.objects.filter(source_grade="B2")).values("event"),
    "a table that refers to them by no name": JoinDoubt.objects.values("one"),
}  # fmt: skip


@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND)
def test_a_query_inside_that_reads_around_the_gate_picks_nothing(around, seen, event, officer_of):
    JoinDoubt.objects.create(one=event, other=event_of("kanim-atambua"), score=0.5, noticed_at=AT)

    assert event in seen_by(officer_of("kanim-atambua")).filter(pk__in=around)
    assert not seen().filter(pk__in=around).exists()


def test_the_kind_is_still_asked_for(seen):
    of_kind = Classification.objects.filter(withdrawn_at__isnull=True, kind="TPPO")

    assert seen().filter(classifications__kind="TPPO").count() == 1
    assert seen().filter(pk__in=of_kind.values("event")).count() == 1
    assert seen().filter(Exists(of_kind.filter(event=OuterRef("pk")))).count() == 1


def test_rows_that_others_refer_to_are_read_through_the_gate_with_them(seen, event):
    (one,) = Classification.objects.prefetch_related(Prefetch("event", queryset=seen()))

    assert (one.event, one.event.source_grade) == (event, "")


def test_a_version_is_there_without_its_days_and_its_reason(seen):
    (version,) = seen().get().versions.all()

    assert (version.title, version.place_id, version.persons) == ("Dugaan perekrutan di Silawan", 5, 7)
    assert (version.happened_from, version.precision, version.decided_by, version.reason) == (None, "", "officer:", "")


def test_a_step_of_an_alert_is_there_without_who_took_it_and_how_it_ended(event, police):
    alert = Alert.objects.create(
        owner_id="kanim-atambua", place_id=5, handling="restricted", purpose="prevention", legal_basis="UU 6/2011 Ps. 89",
        retain_until=date(2031, 1, 1), event=event, addressee_id="polres-belu", matter="crime", title="Perekrutan", message="Periksa",
        raised_at=AT, raised_by="officer:7", acknowledge_by=AT, verify_by=AT, decide_by=AT,
    )  # fmt: skip
    AlertStep.objects.create(alert=alert, state="raised", at=AT, by="officer:7", agency="kanim-atambua", note="rahasia")
    Grant.objects.create(
        category="alerts", record=alert.pk, agency_id="polres-belu", fields=["message"], valid_from=AT, cause="address",
        because=alert.ref,
    )  # fmt: skip

    shown = access.fetch(Alert, alert.pk, access.actor_for(police, purpose="prevention", at=AT), at=AT)

    assert [(step.state, step.by, step.note) for step in shown.steps.all()] == [("raised", "officer:", "")]
