"""From a row that was granted whole no manager leads to rows that were not: neither to others of its owner nor to reports."""

import pytest
from django.apps import apps

from kentongan.agreements import access
from kentongan.agreements.models import Grant

from .door_world import NOW, OWNER, rows_of_owner

READER = "polres-belu"


@pytest.fixture
def rows(gazetteer_rows, kinds, agency_of):
    """A row of every category of one agency that answers to another, each joined with the others."""
    agency_of(OWNER, parent="kanwil-im-ntt")
    return rows_of_owner(owner=OWNER)


@pytest.fixture
def granted(rows, officer_of):
    """The rows as somebody gets them to whom each was granted whole, and nothing beside them."""
    reader = access.actor_for(officer_of(READER, kind="police", role="case_officer"), purpose="prevention", at=NOW)
    shown = {}
    for name, row in rows.items():
        category = access.protected_models().get(type(row))
        if name in ("absorbed", "similar") or category in (None, "persons"):
            continue
        Grant.objects.create(
            category=category, record=row.pk, agency_id=READER, valid_from=NOW, cause="address", because=f"alert:{name}"
        )
        shown[name] = access.fetch(type(row), row.pk, reader, at=NOW)
        assert shown[name].release is None
    return shown


def managers(row):
    return {r.get_accessor_name(): r.related_model for r in row._meta.related_objects if r.get_accessor_name()}


def test_no_manager_of_protected_rows_answers(granted):
    protected = access.protected_models()
    asked = [(name, way) for name, row in granted.items() for way, model in managers(row).items() if model in protected]

    assert ("event", "absorbed") in asked
    assert ("report", "readings") in asked
    assert [(name, way) for name, way in asked if getattr(granted[name], way).exists()] == []


def test_what_ties_it_to_protected_rows_is_closed_and_what_hangs_on_it_alone_is_open(granted):
    event, finding, alert = granted["event"], granted["finding"], granted["alert"]

    assert not event.evidence.exists()
    assert not granted["report"].event_links.exists()
    assert event.versions.exists()
    assert event.classifications.exists()
    assert finding.members.exists()
    assert alert.steps.exists()


def test_reading_it_anew_opens_nothing(granted):
    event = granted["event"]

    event.refresh_from_db()

    assert not event.evidence.exists()
    assert not event.absorbed.exists()
    assert event.versions.exists()


def test_a_list_closes_them_also_where_they_were_fetched_before(granted, rows):
    reader = granted["event"].passed[0]
    Event = apps.get_model("events", "Event")

    (event,) = Event.objects.visible_to(reader, at=NOW).filter(pk=rows["event"].pk).prefetch_related("evidence")

    assert list(event.evidence.all()) == []


def test_the_owner_and_whoever_oversees_it_go_everywhere(rows, officer_of):
    for agency in (OWNER, "kanwil-im-ntt"):
        actor = access.actor_for(officer_of(agency), purpose="prevention", at=NOW)
        event = access.fetch(type(rows["event"]), rows["event"].pk, actor, at=NOW)
        assert event.evidence.exists()
        assert event.absorbed.exists()


def test_a_watch_leads_to_no_finding(granted):
    assert not any("finding" in name or "sighting" in name for name in managers(granted["finding"].watch))
