"""Ways round the gate that somebody might take: each gives nothing away, or is refused."""

from datetime import UTC, date, datetime, timedelta

import pytest
from asgiref.sync import async_to_sync
from django.apps import apps
from django.db.models import BooleanField, Count, Exists, F, OuterRef, Q, Subquery, TextField, Value
from django.db.models.expressions import RawSQL

from kentongan.agencies.models import AgencyParent, Posting
from kentongan.agreements import access
from kentongan.agreements.in_force import clauses_for
from kentongan.agreements.models import Clause, Grant, InstrumentChange, MaskedRowSaved
from kentongan.places.models import Place

from .sharing import AT, clause_between, event_of

Alert = apps.get_model("alerts", "Alert")  # upper rooms, which this one does not import
Event, ReadingRow = apps.get_model("events", "Event"), apps.get_model("events", "ReadingRow")
Report = apps.get_model("intake", "Report")

TITLE = "Dugaan perekrutan di Silawan"  # as event_of writes it
TEXT = "Saksi menyebut perekrutan di rumah kedua"
LATER = AT + timedelta(hours=2)


@pytest.fixture
def world(gazetteer_rows, kinds, agency_of):
    """The immigration office of Atambua, whose rows the others are after."""
    return agency_of("kanim-atambua")


@pytest.fixture
def police(world, officer_of):
    return officer_of("polres-belu", kind="police")


@pytest.fixture
def owner(world, officer_of):
    return officer_of("kanim-atambua")


@pytest.fixture
def event(world):
    return event_of("kanim-atambua", persons=12)


@pytest.fixture
def vis(event, police):
    """The events as the police see them under a clause that gives the place and no title."""
    clause_between("kanim-atambua", "polres-belu", {"events": {"place": "full"}})
    return rows(Event, police)


def reading_as(officer, *, at=AT, purpose="prevention"):
    return access.actor_for(officer, purpose=purpose, at=at)


def rows(model, officer, *, at=AT, purpose="prevention"):
    return model.objects.visible_to(reading_as(officer, at=at, purpose=purpose), at=at)


def sees(model, officer, row, *, at=AT):
    """Return whether the officer meets the row, which list and fetch must say alike."""
    is_listed = rows(model, officer, at=at).filter(pk=row.pk).exists()
    try:
        access.fetch(model, row.pk, reading_as(officer, at=at), at=at)
    except access.NotVisible:
        assert not is_listed
        return False
    assert is_listed
    return True


def report_of(owner, **more):
    common = {"place_id": 5, "handling": "restricted", "purpose": "prevention", "legal_basis": "UU 6/2011 Ps. 89"}
    told = {"title": TITLE, "text": TEXT, "source": "Warta Belu", "author": "Penulis Y", "received_by": "officer:1"}
    marks = {"channel": "paste", "checksum": "a", "original_checksum": "b", "received_at": AT}
    return Report.objects.create(owner_id=owner, retain_until=date(2031, 1, 1), **common | told | marks | more)


def alert_on(event, *, to):
    return Alert.objects.create(
        owner_id=event.owner_id, place_id=5, handling="restricted", purpose="prevention", legal_basis="UU 6/2011 Ps. 89",
        retain_until=date(2031, 1, 1), event=event, addressee_id=to, matter="crime", title=TITLE, message="Periksa rumah kedua",
        raised_at=AT, raised_by="officer:1", acknowledge_by=AT, verify_by=AT, decide_by=AT,
    )  # fmt: skip


def granted(row, category, agency, *, fields=(), **more):
    return Grant.objects.create(
        category=category, record=row.pk, agency_id=agency, fields=list(fields), valid_from=AT, cause="address",
        because="alert:1", **more,
    )  # fmt: skip


def happens_to(instrument, what, at):
    InstrumentChange.objects.create(
        instrument=instrument, what=what, effective_at=at, why="uji", agency_id="kanim-atambua", by="officer:1", at=at
    )


# --- what is asked of a list ---


def test_a_row_shown_in_part_is_there_without_its_title(vis, event):
    (row,) = vis

    assert (row.pk, row.place_id) == (event.pk, 5)
    assert TITLE not in row.title


def test_a_constant_beside_the_rows_asks_for_no_field(vis):
    assert vis.annotate(n=Value(1)).count() == 1


def test_counting_the_rows_asks_for_no_field(vis):
    assert vis.aggregate(n=Count("pk"))["n"] == 1


def test_a_title_under_another_name_is_still_a_title(vis):
    assert list(vis.annotate(t=F("title"))) == []


WAYS = {
    "a filter": lambda seen: seen.filter(text__contains="perekrutan"),
    "an exclusion": lambda seen: seen.exclude(text="x"),
    "a complex filter of a Q": lambda seen: seen.complex_filter(Q(text__contains="perekrutan")),
    "a complex filter of a dictionary": lambda seen: seen.complex_filter({"text__contains": "perekrutan"}),
    "an order": lambda seen: seen.order_by("text"),
    "an order by an expression": lambda seen: seen.order_by(F("text").desc()),
    "a list of values": lambda seen: seen.values_list("text", flat=True),
    "all values": lambda seen: seen.values(),
    "raw SQL in a filter": lambda seen: seen.filter(
        RawSQL("intake_report.text LIKE %s", ["%perekrutan%"], BooleanField())
    ),
    "raw SQL in an annotation": lambda seen: seen.annotate(t=RawSQL("intake_report.text", [], TextField())),
    "raw SQL in an order": lambda seen: seen.order_by(RawSQL("intake_report.text", [], TextField())),
    "a count of those that fit": lambda seen: seen.annotate(n=Count("pk", filter=Q(text__contains="perekrutan"))),
    "a subquery that exists": lambda seen: seen.filter(
        Exists(Report.objects.filter(pk=OuterRef("pk"), text__contains="perekrutan"))
    ),
    "keys out of a subquery": lambda seen: seen.filter(pk__in=Report.objects.filter(text__contains="perekrutan")),
    "values of keys out of a subquery": lambda seen: seen.filter(
        pk__in=Report.objects.filter(text__contains="perekrutan").values("pk")
    ),
    "an order by a subquery": lambda seen: seen.order_by(
        Subquery(Report.objects.filter(pk=OuterRef("pk")).values("text")[:1])
    ),
    "a value out of a subquery": lambda seen: seen.values_list(
        "pk", Subquery(Report.objects.filter(pk=OuterRef("pk")).values("text")[:1])
    ),
    "an annotation with a subquery": lambda seen: seen.annotate(
        t=Subquery(Report.objects.filter(pk=OuterRef("pk")).values("text")[:1])
    ),
    "its field in the filter of a query inside": lambda seen: seen.filter(
        Exists(Place.objects.filter(pk=5).exclude(name=OuterRef("text")))
    ),
    "its field in an annotation of a query inside": lambda seen: seen.annotate(
        t=Subquery(Place.objects.filter(pk=5).annotate(t=OuterRef("text")).values("t")[:1], output_field=TextField())
    ),
    "its field two queries inside": lambda seen: seen.filter(
        Exists(Place.objects.filter(Exists(Place.objects.filter(pk=5).exclude(name=OuterRef(OuterRef("text"))))))
    ),
    "a subquery through the gate that asks it": lambda seen: seen.filter(
        pk__in=seen.filter(text__contains="perekrutan").values("pk")
    ),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_field_that_is_not_released_is_not_found_by(way, owner, police):
    report_of("kanim-atambua")
    clause_between("kanim-atambua", "polres-belu", {"reports": {"place": "full"}})

    assert rows(Report, police).count() == 1
    assert len(list(way(rows(Report, owner)))) == 1
    assert list(way(rows(Report, police))) == []


@pytest.mark.parametrize("model", [Event, Report])
def test_a_subquery_that_passed_the_gate_itself_answers(model, event, police):
    report_of("kanim-atambua")
    clause_between(
        "kanim-atambua", "polres-belu", {"events": {"place": "full"}, "reports": {"place": "full", "arrival": "full"}}
    )
    seen = rows(model, police)
    there = seen.filter(place=5)

    assert seen.filter(pk__in=there.values("pk")).count() == 1
    assert seen.filter(Exists(there.filter(pk=OuterRef("pk")))).count() == 1
    assert seen.filter(pk__in=seen.filter(place=6).values("pk")).count() == 0


def test_iterating_without_keeping_gives_no_row_that_it_cannot_mask(vis, owner):
    assert list(vis.iterator()) == []
    assert [row.title for row in rows(Event, owner).iterator()] == [TITLE]


def test_iterating_asynchronously_gives_no_row_that_it_cannot_mask(vis, owner):
    async def titles(of):
        return [row.title async for row in of]

    assert async_to_sync(titles)(vis.aiterator()) == []
    assert async_to_sync(titles)(rows(Event, owner).aiterator()) == [TITLE]


REFUSED = {
    "a union": lambda seen: seen.order_by().union(Event.objects.order_by()),
    "a union of what did not pass with what did": lambda seen: Event.objects.order_by().union(seen.order_by()),
    "an intersection": lambda seen: seen.order_by().intersection(Event.objects.order_by()),
    "a difference": lambda seen: Event.objects.order_by().difference(seen.order_by()),
    "or": lambda seen: seen | Event.objects.all(),
    "or, from the other side": lambda seen: Event.objects.all() | seen,
    "and": lambda seen: seen & Event.objects.filter(title=TITLE),
    "and, from the other side": lambda seen: Event.objects.filter(title=TITLE) & seen,
    "either": lambda seen: seen ^ Event.objects.filter(title=TITLE),
    "either, from the other side": lambda seen: Event.objects.filter(title=TITLE) ^ seen,
    "extra words": lambda seen: seen.extra(where=["title LIKE 'Dugaan%%'"]),
    "raw words": lambda seen: seen.raw("SELECT * FROM events_event"),
    "an update": lambda seen: seen.update(title="x"),
    "a deletion": lambda seen: seen.delete(),
}


@pytest.mark.parametrize("way", REFUSED.values(), ids=REFUSED)
def test_a_list_that_passed_the_gate_refuses(way, vis, event):
    with pytest.raises(access.AroundTheGate):
        way(vis)

    assert Event.objects.get(pk=event.pk).title == TITLE


BEFORE = {
    "values": lambda _owner: Event.objects.values_list("title"),
    "an annotation": lambda _owner: Event.objects.annotate(t=F("title")),
    "a slice": lambda _owner: Event.objects.all()[:5],
    "a union": lambda _owner: Event.objects.order_by().union(Event.objects.order_by()),
    "the gate for somebody else": lambda owner: Event.objects.visible_to(owner, at=AT),
}


@pytest.mark.parametrize("asked", BEFORE.values(), ids=BEFORE)
def test_nothing_stands_before_the_gate_such_as(asked, event, owner, police):
    with pytest.raises(access.AroundTheGate):
        asked(reading_as(owner)).visible_to(reading_as(police), at=AT)


# --- masked rows ---


def test_a_masked_row_is_not_saved(vis, event):
    with pytest.raises(MaskedRowSaved):
        vis.get().save()

    assert Event.objects.get(pk=event.pk).title == TITLE


def test_a_masked_row_is_not_deleted(vis, event):
    with pytest.raises(MaskedRowSaved):
        vis.get().delete()

    assert Event.objects.filter(pk=event.pk).exists()


def test_masked_rows_are_not_saved_many_at_once(vis, event):
    with pytest.raises(MaskedRowSaved):
        Event.objects.bulk_update(list(vis), ["title"])

    assert Event.objects.get(pk=event.pk).title == TITLE


def test_a_masked_row_is_not_judged_for_what_it_was(vis, police):
    with pytest.raises(access.AroundTheGate):
        access.judge(reading_as(police), vis.get(), at=AT)


@pytest.mark.parametrize("fields", [None, ["title"], ["title", "place"]])
def test_reading_a_masked_row_anew_brings_no_field_that_was_kept_back(fields, vis):
    row = vis.get()

    row.refresh_from_db(fields=fields)

    assert TITLE not in row.title
    assert row.persons is None
    assert row.place_id == 5


def test_reading_a_masked_row_anew_opens_no_relation(vis, event):
    apps.get_model("events", "EventVersion").objects.create(
        event=event,
        number=1,
        state="confirmed",
        title=TITLE,
        place_id=5,
        precision="day",
        decided_at=AT,
        decided_by="x",
    )
    row = vis.get()
    assert not row.versions.exists()

    row.refresh_from_db()

    assert not row.versions.exists()
    assert not row.versions.filter(title__contains="perekrutan").exists()


@pytest.mark.parametrize("fields", [[], ["message", "place"]], ids=["granted whole", "granted in part"])
def test_what_a_granted_row_is_about_stays_closed_when_the_row_is_read_anew(fields, event, police):
    alert = alert_on(event, to="polres-belu")
    granted(alert, "alerts", "polres-belu", fields=fields)

    for got in (access.fetch(Alert, alert.pk, reading_as(police), at=AT), rows(Alert, police).get()):
        assert (got.message, got.event) == (alert.message, None)

        got.refresh_from_db()
        assert (got.message, got.event) == (alert.message, None)

        got.refresh_from_db(fields=["event"])
        assert got.event is None


def test_what_a_granted_row_is_about_is_shown_as_far_as_its_own_decision_says(vis, event, police):
    alert = alert_on(event, to="polres-belu")
    granted(alert, "alerts", "polres-belu")

    got = access.fetch(Alert, alert.pk, reading_as(police), at=AT)
    got.refresh_from_db()

    assert got.event == event
    assert got.event.place_id == 5
    assert TITLE not in got.event.title


def test_a_stand_in_name_stays_the_same_when_another_field_is_read_later(police, world):
    report_of("kanim-atambua")
    clause_between(
        "kanim-atambua", "polres-belu", {"reports": {"place": "full", "text": "full", "source": "pseudonym"}}
    )
    at_once, later = rows(Report, police).get(), rows(Report, police).defer("text").get()
    before = later.source

    assert later.text == TEXT

    assert later.source == before == at_once.source
    assert rows(Report, police).defer("source").get().source == at_once.source
    assert "Warta Belu" not in at_once.source


# --- readers of other states ---


@pytest.fixture
def abroad(world, officer_of):
    return {
        "TL": officer_of("pntl", kind="foreign_police", country="TL"),
        "AU": officer_of("afp", kind="foreign_police", country="AU"),
    }


@pytest.mark.parametrize(
    ("origins", "seen_by"),
    [([], {"TL", "AU"}), (["TL"], {"AU"}), (["unknown"], set()), (["stateless"], set()), (["claimed", "MM"], set())],
)
def test_a_personal_row_with_origins_is_closed_to_the_state_of_origin(origins, seen_by, abroad):
    event = event_of("kanim-atambua", handling="personal", origins=origins)
    for agency in ("pntl", "afp"):
        clause_between("kanim-atambua", agency, {"events": {"place": "full"}}, transfer_basis="binding_instrument")
        granted(event, "events", agency)

    assert {state for state, officer in abroad.items() if sees(Event, officer, event)} == seen_by


def test_reports_and_readings_of_others_do_not_leave_the_state(abroad, police):
    report = report_of("kanim-atambua")
    common = {"owner_id": "kanim-atambua", "place_id": 5, "handling": "restricted", "purpose": "prevention"}
    reading = ReadingRow.objects.create(
        **common, legal_basis="UU 6/2011 Ps. 89", retain_until=date(2031, 1, 1), report=report, reader_version="9",
        read_at=AT, content={"teks": TEXT},
    )  # fmt: skip
    for agency in ("pntl", "polres-belu"):
        releases = {"reports": {"text": "full"}, "readings": {"content": "full"}}
        clause_between("kanim-atambua", agency, releases, transfer_basis="binding_instrument")
        granted(report, "reports", agency)
        granted(reading, "readings", agency)

    for model, row in ((Report, report), (ReadingRow, reading)):
        assert sees(model, police, row)
        assert not sees(model, abroad["TL"], row)


# --- grants ---


@pytest.mark.parametrize("what", ["suspended", "withdrawn"])
def test_a_grant_given_under_a_clause_ends_with_it(what, event, police):
    clause = clause_between("kanim-atambua", "polres-belu", {"alerts": {"message": "full"}, "events": {"time": "full"}})
    alert = alert_on(event, to="polres-belu")
    granted(alert, "alerts", "polres-belu", fields=["message"], under=[clause.ref])
    granted(event, "events", "polres-belu", fields=["time"], under=[clause.ref])
    assert sees(Alert, police, alert)
    assert sees(Event, police, event)

    happens_to(clause.instrument, what, AT + timedelta(hours=1))

    assert not sees(Alert, police, alert, at=LATER)
    assert not sees(Event, police, event, at=LATER)


def test_a_grant_given_under_a_clause_stands_again_with_it(event, police):
    clause = clause_between("kanim-atambua", "polres-belu", {"events": {"time": "full"}}, roots=[10])
    granted(event, "events", "polres-belu", fields=["time"], under=[clause.ref])
    happens_to(clause.instrument, "suspended", AT + timedelta(hours=1))
    happens_to(clause.instrument, "resumed", AT + timedelta(hours=3))

    opened = [sees(Event, police, event, at=AT + timedelta(hours=hour)) for hour in (0, 2, 4)]

    assert opened == [True, False, True]


def test_a_grant_serves_only_the_purposes_of_the_clause_that_it_was_given_under(event, police):
    clause = clause_between("kanim-atambua", "polres-belu", {"events": {"time": "full"}}, purposes=["investigation"])
    granted(event, "events", "polres-belu", fields=["time"], under=[clause.ref])

    assert rows(Event, police, purpose="investigation").count() == 1
    assert rows(Event, police, purpose="prevention").count() == 0


@pytest.mark.parametrize("fields", [(), ("place",)])
def test_a_grant_whose_category_does_not_fit_the_record_shows_nothing(fields, event, police):
    grant = granted(event, "alerts", "polres-belu", fields=fields)
    assert not sees(Event, police, event)

    Grant.objects.filter(pk=grant.pk).update(category="events")
    assert sees(Event, police, event)


def test_a_grant_whose_category_does_not_fit_releases_no_field_of_a_row_shown_in_part(vis, event, police):
    granted(event, "alerts", "polres-belu")

    assert not vis.filter(title=TITLE).exists()
    assert TITLE not in access.fetch(Event, event.pk, reading_as(police), at=AT).title


# --- closed agencies ---


def test_a_closed_agency_sees_of_its_subordinate_in_the_list_what_it_sees_on_the_page(world, agency_of, officer_of):
    agency_of("kodim-belu", kind="military", parent="korem-kupang")
    commander = officer_of("korem-kupang", kind="military")
    event = event_of("kodim-belu")
    alert = alert_on(event, to="korem-kupang")
    granted(alert, "alerts", "korem-kupang", fields=["place"])

    on_the_page = access.fetch(Alert, alert.pk, reading_as(commander), at=AT)
    in_the_list = rows(Alert, commander).get()

    assert in_the_list.message == on_the_page.message != alert.message
    assert in_the_list.title == on_the_page.title != alert.title
    assert in_the_list.place_id == on_the_page.place_id == 5
    assert not sees(Event, commander, event)


# --- clauses and days ---


@pytest.mark.parametrize("end", ["the clause ends", "its instrument is withdrawn", "its instrument is suspended"])
def test_what_was_received_is_not_given_on_once(end, world, agency_of, officer_of):
    agency_of("polda-ntt", kind="police")
    officer = officer_of("polres-belu", kind="police")
    received = clause_between("kanim-atambua", "polda-ntt", {"events": {"place": "full"}}, onward="allowed")
    clause_between("polda-ntt", "polres-belu", {"events": {"place": "full"}})
    copy = event_of("polda-ntt", agreement_ref=received.ref)
    assert sees(Event, officer, copy)

    ending = AT + timedelta(hours=1)
    if end == "the clause ends":
        Clause.objects.filter(pk=received.pk).update(ended_at=ending, ended_why="uji")
    else:
        happens_to(received.instrument, end.rpartition(" ")[2], ending)

    assert not sees(Event, officer, copy, at=LATER)


def test_a_posting_that_is_still_to_begin_does_not_act(officer_of):
    officer = officer_of("kanim-atambua")
    Posting.objects.filter(officer=officer).update(started_at=AT + timedelta(days=30))

    with pytest.raises(access.NoPosting):
        reading_as(officer)

    assert reading_as(officer, at=AT + timedelta(days=30)).agency == "kanim-atambua"


def test_supervision_ends_at_midnight_in_jakarta(event, agency_of, officer_of):
    agency_of("kanim-atambua", parent="kanwil-im-ntt")
    above = officer_of("kanwil-im-ntt")
    AgencyParent.objects.update(valid_to=date(2026, 3, 5))

    assert sees(Event, above, event, at=datetime(2026, 3, 4, 16, 59, tzinfo=UTC))  # 23.59 WIB on 4 March
    assert not sees(Event, above, event, at=datetime(2026, 3, 4, 18, tzinfo=UTC))  # 01.00 WIB on 5 March


# --- titles ---


@pytest.mark.parametrize(
    ("releases", "precision", "is_told"),
    [
        ({"title": "full"}, "village", False),
        ({"title": "full", "place": "full"}, "village", False),
        ({"title": "full", "persons": "full"}, "village", False),
        ({"title": "full", "place": "blurred", "persons": "full"}, "village", False),
        ({"title": "full", "place": "full", "persons": "full"}, "district", False),
        ({"title": "full", "place": "full", "persons": "full"}, "village", True),
    ],
)
def test_a_title_is_released_only_beside_the_place_and_the_persons_that_it_names(
    releases, precision, is_told, event, police
):
    clause_between("kanim-atambua", "polres-belu", {"events": releases}, precision=precision)

    assert (rows(Event, police).get().title == TITLE) == is_told
    assert (access.fetch(Event, event.pk, reading_as(police), at=AT).title == TITLE) == is_told
    assert rows(Event, police).filter(title=TITLE).exists() == is_told
    (facts,) = clauses_for(reading_as(police).body)
    assert ("title" in facts.releases["events"]) == is_told
