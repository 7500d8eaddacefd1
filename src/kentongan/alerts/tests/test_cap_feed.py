"""The feed that anybody may read: what is in it, what is not, and how little an unchanged one costs."""

from datetime import timedelta

import feedparser
import pytest
from django.core.cache import cache
from django.utils import timezone

from kentongan.agencies.models import Agency
from kentongan.agreements.access import actor_for
from kentongan.alerts import actions
from kentongan.alerts.cap import publishing
from kentongan.alerts.cap.reading import read
from kentongan.alerts.models import Alert
from kentongan.audit.models import TrailRow
from kentongan.events.models import Event
from kentongan.watch.models import Finding

FEED = "/cap/umpan.xml"


@pytest.fixture(autouse=True)
def clock(monkeypatch, now):
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(hours=1))
    cache.clear()


@pytest.fixture
def publish(raise_to_desk):
    return lambda **more: raise_to_desk(is_public=True, **more)


def entries(client):
    answer = client.get(FEED)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/atom+xml; charset=utf-8")
    found = feedparser.parse(answer.content)
    assert not found.bozo
    return found.entries


def test_an_empty_feed_is_a_feed(client, db):
    assert entries(client) == []


def test_only_what_is_open_is_in_it(client, publish, raise_to_desk, finding_of):
    public = publish(finding=finding_of(stream="trafficking"))
    raise_to_desk(finding=finding_of(stream="goods"))

    (entry,) = entries(client)

    assert entry.title == "Dugaan tindak pidana: Silawan"
    assert entry.id == f"urn:kentongan:node:kanim-atambua:{public.pk}.raised"
    assert entry.links[0]["type"] == "application/cap+xml"
    assert entry.cap_severity == "Moderate"


def test_an_entry_leads_to_its_document_at_its_own_address(client, publish):
    publish()

    answer = client.get(entries(client)[0].links[0].href)

    assert answer["Content-Type"] == "application/cap+xml; charset=utf-8"
    message = read(answer.content)
    assert (message.msg_type, message.scope) == ("Alert", "Public")
    assert message.infos[0].description == "Mohon dicek."


def test_an_unchanged_feed_is_answered_304_with_one_question(client, publish, django_assert_num_queries):
    publish()
    first = client.get(FEED)

    with django_assert_num_queries(1):
        again = client.get(FEED, headers={"if-none-match": first["ETag"]})
    by_date = client.get(FEED, headers={"if-modified-since": first["Last-Modified"]})

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert by_date.status_code == 304
    assert first["Cache-Control"] == "public, max-age=60"


def test_a_feed_that_was_composed_is_not_composed_again(client, publish, django_assert_num_queries):
    publish()
    body = client.get(FEED).content

    with django_assert_num_queries(1):
        assert client.get(FEED).content == body


def test_a_step_changes_the_feed_and_a_cancel_stays_for_a_while(client, publish, belu, now, monkeypatch):
    alert = publish()
    first = client.get(FEED)
    actions.close(alert=alert, version=1, outcome="duplicate", why="uji", by=belu, at=now + timedelta(minutes=9))

    changed = client.get(FEED, headers={"if-none-match": first["ETag"]})
    (entry,) = feedparser.parse(changed.content).entries
    monkeypatch.setattr(timezone, "now", lambda: now + publishing.SHOWN_AFTER_END + timedelta(hours=1))

    assert (changed.status_code, entry.cap_msgtype, entry.cap_urgency) == (200, "Cancel", "Past")
    assert entries(client) == []


def test_an_acknowledgement_is_no_news_for_everybody(client, publish, belu, now):
    alert = publish()
    actions.acknowledge(alert=alert, version=1, by=belu, at=now + timedelta(minutes=9))

    assert [entry.cap_msgtype for entry in entries(client)] == ["Alert"]
    assert client.get(f"/cap/{alert.pk}/acknowledged.xml").status_code == 404


@pytest.mark.parametrize("change", [{"handling": "personal"}, {"handling": "protected"}, {"origins": ["MM"]}])
@pytest.mark.parametrize("model", [Finding, Event, Alert])
def test_what_becomes_closed_leaves_the_feed_and_its_address_at_once(
    client, desk, event_of, finding_of, now, model, change
):
    about = {"event": event_of()} if model is Event else {"finding": finding_of()}
    by = actor_for(desk["sender"], purpose="prevention", at=now)
    alert = actions.raise_alert(
        **about, to=Agency.objects.get(pk="polres-belu"), matter="crime", message="Waspada.", changed_why="uji",
        is_public=True, by=by, at=now,
    )  # fmt: skip
    address = f"/cap/{alert.pk}/raised.xml"
    was_there = client.get(address).status_code

    model.objects.update(**change)

    assert (was_there, client.get(address).status_code, entries(client)) == (200, 404, [])


def test_refused_and_absent_look_the_same(client, raise_to_desk):
    closed = client.get(f"/cap/{raise_to_desk().pk}/raised.xml")
    absent = client.get("/cap/0190aaaa-0000-7000-8000-00000000000a/raised.xml")

    assert (closed.status_code, absent.status_code) == (404, 404)
    assert closed.content == absent.content


def test_the_feed_has_no_more_entries_than_its_limit(client, publish, finding_of, now, monkeypatch):
    publish(finding=finding_of(stream="trafficking"))
    newest = publish(finding=finding_of(stream="goods"), at=now + timedelta(minutes=2), changed_why="uji")
    monkeypatch.setattr(publishing, "MOST", 1)

    assert [entry.cap_identifier for entry in entries(client)] == [f"{newest.pk}.raised"]


def test_raising_an_open_alert_is_in_the_trail_and_looking_at_it_writes_nothing(client, publish):
    publish()
    before = TrailRow.objects.count()

    client.get(entries(client)[0].links[0].href)

    assert TrailRow.objects.filter(event="alert.raised", facts__is_public=True).count() == 1
    assert TrailRow.objects.count() == before
