"""An event that becomes its owner's alone takes back what others were told of it and of alerts on it."""

import pytest

from kentongan.agencies.models import Agency
from kentongan.agreements.access import actor_for
from kentongan.alerts import actions, ladder, news
from kentongan.alerts.cap.publishing import public_alerts
from kentongan.alerts.models import Alert, DeskChange
from kentongan.alerts.tasks import CONSUMERS
from kentongan.audit import outbox
from kentongan.audit.models import OutboxRow, TrailRow
from kentongan.events.actions import EVENT_PROTECTED, classify, merge
from kentongan.events.models import Event
from kentongan.messages.models import Message, ReachableBy
from kentongan.vocabulary.models import Kind


@pytest.fixture
def sender(desk, now):
    return actor_for(desk["sender"], purpose="prevention", at=now)


@pytest.fixture
def told(desk, event_of, sender, settings, now):
    """An alert on an event, of which the desk was told in the application and is about to be told by e-mail."""
    settings.EMAIL_HOST, settings.ADDRESS = "surel.test", "https://kentongan.test"
    ReachableBy.objects.create(
        officer=desk["analyst"], channel="email", address="piket@contoh.test", verified_at=now, is_on=True, added_at=now
    )
    event = event_of()
    alert = actions.raise_alert(
        event=event, to=Agency.objects.get(pk="polres-belu"), matter="crime", message="Mohon dicek.", by=sender, at=now
    )
    ladder.act_due(worker="a", clock=lambda: now)
    return event, alert


def protect(event, by, at):
    classify(
        event=event,
        version=event.version,
        kind=Kind.objects.get(pk="IM.REFUGEE"),
        by=by,
        at=at,
        why="Mereka pengungsi.",
    )


def drain(at):
    return outbox.drain(CONSUMERS, worker="a", clock=lambda: at)


def test_what_was_shown_of_an_alert_goes_and_what_waited_is_not_sent(told, sender, now):
    event, alert = told
    assert Message.objects.filter(about=alert.ref, channel="inapp").exclude(subject="").exists()
    assert Message.objects.filter(about=alert.ref, channel="email", state="waiting").exists()

    protect(event, sender, now)
    assert drain(now) == 1

    assert not Message.objects.filter(about=alert.ref).exclude(subject="", body="").exists()
    assert set(Message.objects.filter(about=alert.ref, channel="email").values_list("state", flat=True)) == {
        "cancelled"
    }


def test_the_trail_says_that_the_notices_were_withdrawn_and_for_which_agency(told, sender, now):
    event, alert = told

    protect(event, sender, now)
    drain(now)

    row = TrailRow.objects.get(event="message.withdrawn")
    assert (row.subject, row.actor, row.agency) == (alert.ref, "system:notices", "kanim-atambua")


def test_notices_of_other_alerts_stay(told, raise_to_desk, sender, now):
    event, _alert = told
    other = raise_to_desk()
    ladder.act_due(worker="a", clock=lambda: now)

    protect(event, sender, now)
    drain(now)

    assert Message.objects.filter(about=other.ref, channel="inapp").exclude(subject="").exists()


def test_a_kind_that_protects_nothing_and_one_more_that_protects_are_no_news(told, sender, now):
    event, _alert = told
    crossing = Kind.objects.get(pk="TPPM")

    classify(event=event, version=event.version, kind=crossing, by=sender, at=now, why="Diselundupkan.")
    assert not OutboxRow.objects.filter(topic=EVENT_PROTECTED).exists()
    protect(event, sender, now)
    event.refresh_from_db()
    again = Kind.objects.create(
        code="IM.ASYLUM", kind_class="status", label_id="Pencari suaka", label_en="Asylum-seeker", is_protected=True
    )
    classify(event=event, version=event.version, kind=again, by=sender, at=now, why="Juga pencari suaka.")

    assert OutboxRow.objects.filter(topic=EVENT_PROTECTED).count() == 1


def test_news_that_is_read_twice_withdraws_once(told, sender, now):
    event, _alert = told
    protect(event, sender, now)
    drain(now)
    OutboxRow.objects.filter(topic=EVENT_PROTECTED).update(state="waiting")

    drain(now)

    assert TrailRow.objects.filter(event="message.withdrawn").count() == 1


def test_an_alert_on_an_event_that_was_merged_closes_with_what_it_was_merged_into(desk, event_of, sender, belu, now):
    event, into = event_of(), event_of()
    to = Agency.objects.get(pk="polres-belu")
    alert = actions.raise_alert(
        event=event, to=to, matter="crime", message="Mohon dicek.", by=sender, at=now, is_public=True
    )
    ladder.act_due(worker="a", clock=lambda: now)
    merge(absorbed=Event.objects.get(pk=event.pk), into=into, by=sender, at=now, why="sama")
    assert (list(public_alerts(at=now)), Alert.objects.visible_to(belu, at=now).count()) == ([alert], 1)

    protect(into, sender, now)
    drain(now)

    assert (list(public_alerts(at=now)), Alert.objects.visible_to(belu, at=now).count()) == ([], 0)
    assert not Event.objects.visible_to(belu, at=now).exists()
    assert not Message.objects.filter(about=alert.ref).exclude(subject="", body="").exists()


def test_what_happens_with_a_closed_alert_changes_no_mark_at_the_addressee(told, now):
    _event, alert = told
    Alert.objects.filter(pk=alert.pk).update(handling="protected")
    DeskChange.objects.all().delete()

    news.desks_changed(alert, at=now)

    assert list(DeskChange.objects.values_list("agency", flat=True)) == ["kanim-atambua"]
