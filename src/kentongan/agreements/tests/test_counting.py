"""Counts of what an agency may count and not see: what a clause gives, nothing of what it withholds, and no way around it."""

import csv
import io
from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from kentongan.agencies.models import Agency, Officer, Posting
from kentongan.agreements import access, counting
from kentongan.agreements.models import ConditionMet, Grant
from kentongan.agreements.rules import PURPOSES, decide
from kentongan.audit.models import TrailRow
from kentongan.places.models import Place, PlaceAncestor
from kentongan.vocabulary.models import Kind

from .sharing import AT, clause_between, event_of, sign_in

Event = apps.get_model("events", "Event")
Classification = apps.get_model("events", "Classification")

COUNTS = {"events": {"place": "full"}}

QUERIES_OF_A_WAY = 8
"""Two for the set of clauses of another purpose, and three for lines, each with and without kinds."""


@pytest.fixture
def world(gazetteer_rows, kinds, agency_of):
    agency_of("kanim-atambua")
    agency_of("bc-atambua", kind="customs")


@pytest.fixture
def police(world, actor_of):
    """The police with a clause of counts for prevention."""
    officer = actor_of("polres-belu", kind="police")
    clause_between("kanim-atambua", "polres-belu", COUNTS, precision="aggregate")
    return anew(officer)


def anew(actor):
    officer = Officer.objects.get(pk=actor.ref.partition(":")[2])
    return access.actor_for(officer, purpose=actor.purpose, at=AT)


def counted(actor, year=2026, at=AT):
    return counting.counts_by(Event, actor, year=year, at=at)


def test_events_are_counted_by_district_kind_and_month_and_none_is_shown(police):
    for place, day in ((5, date(2026, 1, 4)), (6, date(2026, 1, 30)), (5, date(2026, 2, 1)), (9, date(2026, 2, 1))):
        event_of("kanim-atambua", place=place, day=day)

    lines = counted(police).lines

    assert not Event.objects.visible_to(police, at=AT).exists()
    assert [(line.district.name, line.kind, line.rows[:3], line.rows_total) for line in lines] == [
        ("Kupang", "TPPO", (0, 1, 0), 1),
        ("Tasifeto Timur", "TPPO", (2, 1, 0), 3),
    ]


def test_an_event_of_two_kinds_is_in_both_lines_and_one_said_twice_counts_once(police):
    event = event_of("kanim-atambua", kinds=("TPPO", "PMI.NP"), persons=8)
    Classification.objects.create(
        event=event, kind_id="TPPO", alleged_by="officer:1", alleged_at=AT, why="dua kali disebut"
    )
    withdrawn = event_of("kanim-atambua", kinds=("GDS.BBM",))
    Classification.objects.filter(event=withdrawn).update(withdrawn_at=AT, withdrawn_by="officer:1", withdrawn_why="x")

    lines = counted(police).lines

    assert [(line.kind, line.rows_total, line.persons_total) for line in lines] == [
        ("", 1, 0),
        ("PMI.NP", 1, 8),
        ("TPPO", 1, 8),
    ]


def test_few_persons_are_withheld_with_what_would_betray_them_and_events_are_not(police):
    for month, persons in ((1, 2), (2, 9), (3, 40)):
        event_of("kanim-atambua", day=date(2026, month, 3), persons=persons)

    (line,) = counted(police).lines

    assert line.rows[:3] == (1, 1, 1)
    assert line.persons[:3] == (None, None, 40)
    assert line.persons_total == 51


def test_the_strictest_cell_of_the_clauses_holds_and_never_less_than_five(police, world):
    assert counted(police).min_cell == 5
    clause_between("kanim-atambua", "polres-belu", COUNTS, number=2, precision="aggregate", min_cell=1)
    clause_between("kanim-atambua", "polres-belu", COUNTS, number=3, precision="aggregate", min_cell=20)
    again = anew(police)

    assert counted(again).min_cell == 20


def test_a_record_that_the_reader_sees_anyway_is_not_in_the_counts(police):
    known, other = (event_of("kanim-atambua", persons=8) for _ in range(2))
    Grant.objects.create(
        category="events", record=known.pk, agency_id="polres-belu", valid_from=AT, cause="address", because="alert:1"
    )

    (line,) = counted(police).lines

    assert (line.rows_total, line.persons_total) == (1, 8)
    assert other.pk != known.pk


def test_a_number_that_the_reader_sees_for_another_purpose_is_not_in_the_counts(police):
    rows = {"events": {"place": "full", "persons": "full"}}
    clause_between("kanim-atambua", "polres-belu", rows, number=2, purposes=["investigation"], roots=[5])
    event_of("kanim-atambua", place=5, persons=9)
    event_of("kanim-atambua", place=6, persons=3)
    again = anew(police)

    seen = Event.objects.visible_to(replace(again, purpose="investigation"), at=AT)
    (line,) = counted(again).lines

    assert [event.persons for event in seen] == [9]
    assert (line.rows_total, line.persons_total) == (1, None)


def test_a_line_that_another_purpose_counts_otherwise_tells_no_persons_for_neither(police):
    clause_between(
        "kanim-atambua", "polres-belu", COUNTS, number=2, precision="aggregate", purposes=["investigation"], roots=[5]
    )
    event_of("kanim-atambua", place=5, persons=9)
    event_of("kanim-atambua", place=6, persons=3)
    event_of("kanim-atambua", place=9, persons=12)
    again = anew(police)

    for_prevention, for_investigation = counted(again), counted(replace(again, purpose="investigation"))

    assert [(line.district.name, line.rows_total, line.persons_total) for line in for_prevention.lines] == [
        ("Kupang", 1, 12),
        ("Tasifeto Timur", 2, None),
    ]
    assert [(line.rows_total, line.persons_total, set(line.persons)) for line in for_investigation.lines] == [
        (1, None, {None})
    ]


def test_two_purposes_that_count_the_same_rows_tell_the_same(police):
    clause_between("kanim-atambua", "polres-belu", COUNTS, number=2, precision="aggregate", purposes=["investigation"])
    event_of("kanim-atambua", place=5, persons=9)
    again = anew(police)

    assert [counted(replace(again, purpose=p)).lines[0].persons_total for p in ("prevention", "investigation")] == [
        9,
        9,
    ]


def test_what_is_shared_without_its_persons_is_still_counted(police):
    clause_between("kanim-atambua", "polres-belu", {"events": {"place": "full", "time": "full"}}, number=2)
    event_of("kanim-atambua", persons=8)
    again = anew(police)

    assert Event.objects.visible_to(again, at=AT).count() == 1
    assert counted(again).lines[0].persons_total == 8


def test_a_clause_that_shows_rows_does_not_count_what_it_withholds_of_them(world, actor_of):
    reader = actor_of("polres-belu", kind="police")
    clause_between("kanim-atambua", "polres-belu", {"events": {"details": "full"}})
    event_of("kanim-atambua", persons=8)
    again = anew(reader)

    assert Event.objects.visible_to(again, at=AT).count() == 1
    assert (counted(again).lines, counted(again).undated) == ((), 0)
    assert counting.countable_categories(again, at=AT) == ()


@pytest.mark.parametrize("handling", ["restricted", "personal", "protected"])
def test_protected_records_are_in_no_count(police, handling):
    event_of("kanim-atambua", handling=handling)

    assert len(counted(police).lines) == (handling != "protected")


def test_own_records_unconfirmed_ones_and_those_of_others_are_not_counted(police):
    event_of("polres-belu")
    event_of("bc-atambua")
    Event.objects.filter(pk=event_of("kanim-atambua").pk).update(state="proposed")

    assert counted(police).lines == ()


def test_another_purpose_counts_nothing(police):
    event_of("kanim-atambua")

    assert counted(replace(police, purpose="investigation")).lines == ()


def test_a_military_agency_counts_what_others_would_read(world, actor_of):
    actor_of("kodim-belu", kind="military")
    clause_between("kanim-atambua", "kodim-belu", {"events": {"place": "full", "persons": "full"}})
    event_of("kanim-atambua", persons=6)
    soldier = access.actor_for(Officer.objects.get(username="analyst-kodim-belu"), purpose="prevention", at=AT)

    assert not Event.objects.visible_to(soldier, at=AT).exists()
    assert [(line.rows_total, line.persons_total) for line in counted(soldier).lines] == [(1, 6)]


def test_another_state_counts_only_with_a_basis_for_crossing(world, actor_of):
    actor_of("pntl", kind="foreign_police", country="TL", role="liaison")
    clause_between("kanim-atambua", "pntl", COUNTS, precision="aggregate")
    event_of("kanim-atambua")
    officer = Officer.objects.get(username="liaison-pntl")

    before = counted(access.actor_for(officer, purpose="prevention", at=AT)).lines
    clause_between(
        "kanim-atambua", "pntl", COUNTS, number=2, precision="aggregate", transfer_basis="binding_instrument"
    )
    after = counted(access.actor_for(officer, purpose="prevention", at=AT)).lines

    assert (len(before), len(after)) == (0, 1)


def test_a_clause_of_one_kind_names_no_other_kind(world, actor_of):
    actor_of("polres-belu", kind="police")
    clause_between("kanim-atambua", "polres-belu", COUNTS, precision="aggregate", kinds=["TPPO"])
    event_of("kanim-atambua", kinds=("TPPO", "PMI.NP"))
    event_of("kanim-atambua", kinds=())
    police = access.actor_for(Officer.objects.get(username="analyst-polres-belu"), purpose="prevention", at=AT)

    assert [(line.kind, line.rows_total) for line in counted(police).lines] == [("TPPO", 1)]


def test_events_without_a_day_are_told_beside_the_table(police):
    event_of("kanim-atambua", day=None)

    table = counted(police)

    assert (table.lines, table.undated) == ((), 1)


def test_a_role_that_reads_no_statistics_counts_nothing(world, actor_of):
    with pytest.raises(access.RoleMayNotAct):
        counted(actor_of("polres-belu", kind="police", role="post_officer"))


def test_reports_are_counted_by_district_and_month_of_arrival(world, actor_of):
    reader = actor_of("polres-belu", kind="police")
    clause_between("kanim-atambua", "polres-belu", {"reports": {"text": "full"}}, precision="aggregate")
    report = apps.get_model("intake", "Report")
    report.objects.create(
        owner_id="kanim-atambua", place_id=5, handling="personal", purpose="prevention", legal_basis="UU 6/2011",
        retain_until=date(2031, 1, 1), channel="paste", checksum="a", original_checksum="b", text="teks", received_at=AT,
        received_by="officer:1",
    )  # fmt: skip

    table = counting.counts_by(report, anew(reader), year=2026, at=AT)

    assert [(line.district.name, line.kind, line.rows[2], line.persons) for line in table.lines] == [
        ("Tasifeto Timur", "", 1, ())
    ]
    assert counting.countable_categories(anew(reader), at=AT) == ("reports",)


def test_the_number_of_queries_does_not_grow_with_the_rows(police):
    event_of("kanim-atambua", persons=7)
    few = _queries(police)
    for place in (5, 6, 7, 8, 9, 11):
        event_of("kanim-atambua", place=place, kinds=("TPPM", "PMI.NP"), persons=7)

    assert _queries(police) == few


def test_purposes_that_count_by_the_same_clauses_ask_no_more(police, actor_of):
    other = actor_of("bc-atambua", kind="customs")
    clause_between("kanim-atambua", "bc-atambua", COUNTS, precision="aggregate", purposes=sorted(PURPOSES))
    event_of("kanim-atambua", persons=7)

    assert _queries(anew(other)) == _queries(police)


def test_each_other_way_of_counting_is_asked_once_and_no_further_than_its_lines_differ(police):
    event_of("kanim-atambua", place=5, persons=9)
    event_of("kanim-atambua", place=9, persons=9)
    alone = _queries(police)
    more = {"precision": "aggregate", "purposes": sorted({*PURPOSES} - {"prevention"})}
    clause_between("kanim-atambua", "polres-belu", COUNTS, number=2, roots=[5], **more)

    narrowed = _queries(anew(police))

    assert narrowed == alone + QUERIES_OF_A_WAY
    assert [line.persons_total for line in counted(anew(police)).lines] == [9, 9]


def _queries(actor):
    counted(actor)  # writes the set of clauses out the first time
    with CaptureQueriesContext(connection) as queries:
        counted(actor)
    return len(queries)


def test_the_page_shows_the_table_and_the_file_holds_no_more(police, client):
    for month, persons in ((1, 2), (2, 9), (3, 40)):
        event_of("kanim-atambua", day=date(2026, month, 3), persons=persons)
    sign_in(client, Officer.objects.get(username="analyst-polres-belu"))

    page = client.get("/jumlah/?tahun=2026").content.decode()
    rows = list(csv.DictReader(io.StringIO(client.get("/jumlah/unduh/?tahun=2026").content.decode())))

    assert "Tasifeto Timur" in page
    assert page.count("orang: ditahan") == 2
    assert [(row["bulan"], row["jumlah"], row["orang"]) for row in rows] == [
        ("2026-01", "1", "ditahan"),
        ("2026-02", "1", "ditahan"),
        ("2026-03", "1", "40"),
    ]
    export = TrailRow.objects.get(event="records.exported")
    assert (export.facts["rows"], export.clause.partition(":")[0]) == (3, "clause")


def test_without_a_clause_the_page_says_so(world, officer_of, client):
    sign_in(client, officer_of("polres-belu", kind="police"))

    assert "Tidak ada klausul yang memberi instansi Anda jumlah" in client.get("/jumlah/").content.decode()


OWNERS = ("kanim", "kanwil", "polres")
happenings = st.lists(
    st.tuples(
        st.sampled_from(OWNERS),
        st.sampled_from([None, 1, 3, 4, 5]),
        st.sampled_from(["restricted", "personal", "protected"]),
        st.sampled_from([(), ("A",), ("A.1",), ("B",)]),
        st.booleans(),
    ),
    max_size=8,
)
agreed = st.lists(
    st.tuples(
        st.sampled_from(OWNERS),
        st.sampled_from([(), (3,), (5,)]),
        st.sampled_from([[], ["A"]]),
        st.sampled_from([[], ["consent"]]),
        st.sampled_from(["aggregate", "village"]),
        st.sampled_from(["prevention", "investigation"]),
    ),
    max_size=4,
)


class TestCountsAndTheRule(TestCase):
    @given(happenings, agreed, st.sampled_from(["police", "military", "immigration"]))
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_the_rows_counted_are_those_that_the_rule_lets_the_reader_count(self, happenings, agreed, kind):
        _small_world(kind)
        for number, (giver, roots, kinds, conditions, precision, purpose) in enumerate(agreed, start=1):
            clause_between(
                giver, "reader", COUNTS, number=number, roots=roots, kinds=kinds, conditions=conditions,
                precision=precision, purposes=[purpose],
            )  # fmt: skip
        rows = []
        for owner, place, handling, kinds, has_consent in happenings:
            rows.append(event_of(owner, place=place, handling=handling, kinds=kinds))
            if has_consent:
                ConditionMet.objects.create(
                    category="events",
                    record=rows[-1].pk,
                    condition="consent",
                    document="SP",
                    valid_from=AT,
                    recorded_by="o:1",
                )
        reader = access.actor_for(Officer.objects.get(username="reader"), purpose="prevention", at=AT)

        table = counted(reader)

        reading = counting.as_counting(reader, "events")
        expected = Counter()
        for row in rows:
            facts = access.facts_of([row], reading, at=AT)[row.pk]
            if decide(reading, facts, (), at=AT).allowed and not access.judge(reader, row, at=AT).release_of("persons"):
                expected[_district(row.place_id)] += 1
        shown = Counter()
        for line in table.lines:
            shown[line.district.pk if line.district else None] += line.rows_total
        assert shown == expected


def _district(place):
    return 4 if place == 5 else place


def _small_world(kind):
    above = {3: (1,), 4: (1, 3), 5: (1, 3, 4)}
    for key, level in ((1, "country"), (3, "regency"), (4, "district"), (5, "village")):
        Place.objects.create(id=key, code=str(key), name=str(key), level=level, country="ID")
        for depth, unit in enumerate(reversed((*above.get(key, ()), key))):
            PlaceAncestor.objects.create(ancestor_id=unit, descendant_id=key, depth=depth)
    for code in ("A", "A.1", "B"):
        Kind.objects.create(code=code, kind_class="offence", label_id=code, label_en=code)
    for owner in OWNERS:
        Agency.objects.create(id=owner, name=owner, kind="immigration", country="ID", level="regency")
    reader = Agency.objects.create(id="reader", name="reader", kind=kind, country="ID", level="regency")
    Posting.objects.create(
        officer=Officer.objects.create(username="reader"), agency=reader, role="analyst", started_at=AT
    )
