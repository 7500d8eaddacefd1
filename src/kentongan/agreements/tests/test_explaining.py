"""Who sees a record, and what would be needed: the same as the gate's own answer, and never more than the reader may know."""

from datetime import timedelta
from itertools import product

import pytest
from django.apps import apps
from django.utils import timezone

from kentongan.agencies.models import Officer, Posting
from kentongan.agreements import access, explaining
from kentongan.agreements.field_labels import ATTRIBUTE_LABELS, MACHINERY
from kentongan.agreements.fields import field_groups
from kentongan.agreements.models import ConditionMet, Grant, InstrumentChange
from kentongan.agreements.rules import PURPOSES
from kentongan.kit.ids import new_id

from .sharing import AT, clause_between, event_of, sign_in

Event = apps.get_model("events", "Event")

PLACE_AND_TIME = {"events": {"place": "blurred", "time": "full"}}


@pytest.fixture
def world(gazetteer_rows, kinds, agency_of, officer_of):
    """Kanim Atambua under its Kanwil, with analysts there, at Polres Belu, at Kodim, at customs, and abroad."""
    officer_of("kanim-atambua", parent="kanwil-im-ntt")
    officer_of("kanwil-im-ntt", role="leader")
    officer_of("polres-belu", kind="police")
    officer_of("polres-belu", kind="police", role="leader")
    officer_of("kodim-belu", kind="military")
    officer_of("bc-atambua", kind="customs")
    officer_of("pntl", kind="foreign_police", country="TL")
    agency_of("bp3mi-ntt", kind="labour")


def causes(row, at=AT):
    return {(one.cause, reader.agency.pk) for one in explaining.readers_of(row, at=at) for reader in one.readers}


def test_without_instruments_the_owner_and_those_above_it_see_a_record(world):
    assert causes(event_of("kanim-atambua")) == {("owner", "kanim-atambua"), ("supervision", "kanwil-im-ntt")}


def test_a_clause_is_named_with_what_it_gives_and_until_when(world):
    clause = clause_between("kanim-atambua", "polres-belu", PLACE_AND_TIME)
    clause.instrument.in_force_to = AT.date() + timedelta(days=30)
    clause.instrument.save()

    opening = next(one for one in explaining.readers_of(event_of("kanim-atambua"), at=AT) if one.cause == "clause")

    assert [reader.agency.pk for reader in opening.readers] == ["polres-belu"]
    assert opening.readers[0].roles == ("Analis", "Pimpinan")
    assert {one.group.name: one.how for one in opening.released} == {"kind": "full", "place": "blurred", "time": "full"}
    assert (opening.clause.pk, opening.until.date()) == (
        clause.pk,
        AT.date() + timedelta(days=29),
    )  # midnight in Jakarta


def test_a_military_agency_is_told_to_count_where_others_read(world):
    clause_between("kanim-atambua", "kodim-belu", PLACE_AND_TIME)

    assert ("counts", "kodim-belu") in causes(event_of("kanim-atambua"))


def test_a_liaison_officer_who_reads_statistics_only_is_told_to_count(world, officer_of):
    officer_of("pntl-oecusse", kind="foreign_police", country="TL", role="liaison")
    clause_between("kanim-atambua", "pntl-oecusse", PLACE_AND_TIME, transfer_basis="binding_instrument")

    assert ("counts", "pntl-oecusse") in causes(event_of("kanim-atambua"))
    assert ("clause", "pntl-oecusse") not in causes(event_of("kanim-atambua"))


def test_a_grant_under_a_clause_is_named_as_long_as_the_clause_serves(world):
    clause = clause_between("kanim-atambua", "polres-belu", {"events": {"time": "full"}})
    event = event_of("kanim-atambua")
    Grant.objects.create(
        category="events", record=event.pk, agency_id="polres-belu", fields=["time"], valid_from=AT, cause="address",
        because="alert:1", under=[clause.ref],
    )  # fmt: skip

    before = causes(event)
    InstrumentChange.objects.create(
        instrument=clause.instrument,
        what="suspended",
        effective_at=AT,
        why="uji",
        agency_id="polres-belu",
        by="o:1",
        at=AT,
    )

    assert {cause for cause, agency in before if agency == "polres-belu"} == {"clause", "address"}
    assert [cause for cause, agency in causes(event) if agency == "polres-belu"] == []


def test_a_grant_is_named_while_it_stands(world):
    event = event_of("kanim-atambua")
    Grant.objects.create(
        category="events", record=event.pk, agency_id="bc-atambua", valid_from=AT, valid_to=AT + timedelta(hours=1),
        cause="address", because="alert:1",
    )  # fmt: skip

    assert ("address", "bc-atambua") in causes(event)
    assert ("address", "bc-atambua") not in causes(event, AT + timedelta(hours=1))


def test_an_agency_without_officers_on_duty_sees_nothing(world):
    clause_between("kanim-atambua", "bp3mi-ntt", PLACE_AND_TIME)

    assert "bp3mi-ntt" not in {agency for _cause, agency in causes(event_of("kanim-atambua"))}


def test_nobody_but_the_owner_sees_a_protected_record(world):
    clause_between("kanim-atambua", "polres-belu", PLACE_AND_TIME)
    event = event_of("kanim-atambua", handling="protected")
    Grant.objects.create(
        category="events", record=event.pk, agency_id="polres-belu", valid_from=AT, cause="address", because="alert:1"
    )

    assert causes(event) == {("owner", "kanim-atambua")}


@pytest.mark.parametrize("handling", ["restricted", "protected"])
def test_the_readers_are_exactly_those_whom_the_gate_lets_in(world, handling):
    clause_between("kanim-atambua", "polres-belu", PLACE_AND_TIME, purposes=["investigation", "coordination"])
    clause_between("kanim-atambua", "bc-atambua", PLACE_AND_TIME, conditions=["consent"])
    clause_between("kanim-atambua", "kodim-belu", PLACE_AND_TIME)
    clause_between("kanim-atambua", "pntl", PLACE_AND_TIME)  # without a basis for crossing the border
    clause_between("kanim-atambua", "polres-belu", {"reports": {"text": "full"}})
    event = event_of("kanim-atambua", handling=handling)
    other = event_of("kanim-atambua", handling=handling)
    ConditionMet.objects.create(
        category="events", record=event.pk, condition="consent", document="SP-1", valid_from=AT, recorded_by="officer:1"
    )

    for row in (event, other):
        told = {agency for cause, agency in causes(row) if cause != "counts"}
        let_in = {
            officer.postings.get().agency_id
            for officer, purpose in product(Officer.objects.all(), PURPOSES)
            if Event.objects.visible_to(access.actor_for(officer, purpose=purpose, at=AT), at=AT)
            .filter(pk=row.pk)
            .exists()
        }
        assert told == let_in


def test_the_number_of_queries_does_not_grow_with_agencies_and_clauses(world, agency_of, django_assert_num_queries):
    event = event_of("kanim-atambua")
    clause_between("kanim-atambua", "polres-belu", PLACE_AND_TIME)
    few = _queries(lambda: explaining.readers_of(event, at=AT))

    for number in range(12):
        receiver = agency_of(f"polsek-{number}", kind="police")
        officer = Officer.objects.create(username=f"polsek-{number}")
        Posting.objects.create(officer=officer, agency=receiver, role="analyst", started_at=AT)
        clause_between("kanim-atambua", receiver.pk, PLACE_AND_TIME)

    assert _queries(lambda: explaining.readers_of(event, at=AT)) == few
    assert len(causes(event)) == 2 + 13


def _queries(act):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        act()
    return len(queries)


def test_the_panel_is_on_the_owners_page_and_not_on_the_receivers(world, client, officer_of):
    clause_between("kanim-atambua", "polres-belu", {"events": dict.fromkeys(field_groups()["events"], "full")})
    event = event_of("kanim-atambua")
    here, there = (
        Officer.objects.get(username="analyst-kanim-atambua"),
        Officer.objects.get(username="analyst-polres-belu"),
    )

    ours = sign_in(client, here).get(f"/kejadian/{event.pk}/").content.decode()
    theirs = sign_in(client, there).get(f"/kejadian/{event.pk}/").content.decode()

    assert "Siapa melihat ini" in ours
    assert "PKS kanim-atambua dan polres-belu" in ours
    assert "Siapa melihat ini" not in theirs


def test_a_part_is_shown_with_its_clause_and_the_rest_by_name_only(world, client):
    clause = clause_between("kanim-atambua", "polres-belu", PLACE_AND_TIME, retention_days=90)
    event = event_of("kanim-atambua", persons=4711)
    officer = Officer.objects.get(username="analyst-polres-belu")

    page = sign_in(client, officer).get(f"/kejadian/{event.pk}/").content.decode()

    assert "dibagikan sebagian" in page
    assert "Tasifeto Timur" in page  # the district of the village
    assert "Silawan" not in page
    assert "4711" not in page.replace(".", "")
    assert "<li>jumlah orang</li>" in page
    assert "paling lama 90 hari" in page
    assert str(clause.instrument) in page
    assert "Tindak pidana perdagangan orang" in page


def test_a_refusal_says_what_would_be_needed_and_no_more_for_what_exists(world, client):
    clause_between("kanim-atambua", "polres-belu", PLACE_AND_TIME, purposes=["investigation"])
    event, absent = event_of("kanim-atambua"), new_id()
    sign_in(client, Officer.objects.get(username="analyst-polres-belu"))

    refused, nothing = (client.get(f"/kejadian/{pk}/") for pk in (event.pk, absent))

    page = refused.content.decode()
    assert (refused.status_code, nothing.status_code) == (404, 404)
    assert "ada untuk: Penyelidikan dan penyidikan" in page
    assert f"/pecah-kaca/event/{event.pk}/" in page
    assert _alike(page, event.pk) == _alike(nothing.content.decode(), absent)


def test_a_refusal_costs_the_same_queries_for_what_exists(world, client):
    event, absent = event_of("kanim-atambua"), new_id()
    sign_in(client, Officer.objects.get(username="analyst-polres-belu"))
    client.get(f"/kejadian/{new_id()}/")  # the first request reads who stands where, for all that follow

    assert _queries(lambda: client.get(f"/kejadian/{event.pk}/")) == _queries(
        lambda: client.get(f"/kejadian/{absent}/")
    )


def test_a_refused_military_officer_is_shown_to_the_counts_and_to_no_glass(world, client):
    sign_in(client, Officer.objects.get(username="analyst-kodim-belu"))

    page = client.get(f"/kejadian/{new_id()}/").content.decode()

    assert "hanya sebagai jumlah" in page
    assert 'href="/jumlah/"' in page
    assert "/pecah-kaca/event/" not in page


def _alike(page, pk):
    import re

    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page.replace(str(pk), "…"))


def test_every_attribute_that_may_be_released_has_a_word_or_is_machinery():
    shown_here = set(ATTRIBUTE_LABELS) & set(field_groups())
    for category in shown_here:
        for group in field_groups()[category].values():
            unnamed = (group.attributes | group.related) - set(ATTRIBUTE_LABELS[category]) - MACHINERY[category]
            assert not unnamed, (category, unnamed)


def test_a_suspended_instrument_takes_the_record_away_at_once(world, client):
    clause = clause_between("kanim-atambua", "polres-belu", PLACE_AND_TIME)
    event = event_of("kanim-atambua")
    sign_in(client, Officer.objects.get(username="analyst-polres-belu"))
    assert client.get(f"/kejadian/{event.pk}/").status_code == 200

    InstrumentChange.objects.create(
        instrument=clause.instrument, what="suspended", effective_at=timezone.now(), why="evaluasi",
        agency_id="kanim-atambua", by="officer:1", at=timezone.now(),
    )  # fmt: skip

    assert client.get(f"/kejadian/{event.pk}/").status_code == 404
    assert causes(event, timezone.now()) == {("owner", "kanim-atambua"), ("supervision", "kanwil-im-ntt")}
