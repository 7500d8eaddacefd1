"""Consents and court orders: a clause that asks for one opens a record while it stands, and closes it at once."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.utils import timezone

from kentongan.agencies.models import Agency, Officer
from kentongan.agreements import access, conditions
from kentongan.agreements.models import ConditionMet
from kentongan.audit.models import OutboxRow, TrailRow

from .sharing import clause_between, event_of, sign_in

Event = apps.get_model("events", "Event")

PLACE = {"events": {"place": "full"}}
PAPER = "SP-12/II/2026"


@pytest.fixture
def event(gazetteer_rows, kinds, agency_of, officer_of):
    for agency, kind in (("kanim-atambua", "immigration"), ("polres-belu", "police"), ("bc-atambua", "customs")):
        officer_of(agency, kind=kind)
    for receiver in ("polres-belu", "bc-atambua"):
        clause_between("kanim-atambua", receiver, PLACE, conditions=["consent"])
    clause_between("kanim-atambua", "bc-atambua", PLACE, number=2, purposes=["coordination"])
    return event_of("kanim-atambua")


def acting(agency, at, purpose="prevention"):
    return access.actor_for(Officer.objects.get(username=f"analyst-{agency}"), purpose=purpose, at=at)


def sees(agency, event, at):
    return Event.objects.visible_to(acting(agency, at), at=at).filter(pk=event.pk).exists()


def test_a_record_opens_with_the_consent_and_closes_with_its_withdrawal(event, now):
    owner, later = acting("kanim-atambua", now), now + timedelta(hours=1)
    assert not sees("polres-belu", event, now)

    met = conditions.record_consent(row=event, document=PAPER, by=owner, at=now)
    assert sees("polres-belu", event, now)

    conditions.withdraw(row=event, condition=met, why="Korban menarik persetujuannya", by=owner, at=later)
    assert sees("polres-belu", event, later - timedelta(microseconds=1))
    assert not sees("polres-belu", event, later)


def test_a_consent_towards_one_agency_opens_nothing_for_another(event, now):
    conditions.record_consent(
        row=event,
        document=PAPER,
        receiver=Agency.objects.get(pk="polres-belu"),
        by=acting("kanim-atambua", now),
        at=now,
    )

    assert sees("polres-belu", event, now)
    assert not sees("bc-atambua", event, now)


def test_a_consent_ends_on_its_day(event, now):
    until = now + timedelta(days=2)
    conditions.record_consent(row=event, document=PAPER, valid_to=until, by=acting("kanim-atambua", now), at=now)

    assert sees("polres-belu", event, until - timedelta(seconds=1))
    assert not sees("polres-belu", event, until)


def test_a_court_order_is_no_consent(event, now):
    conditions.record_court_order(row=event, document=PAPER, by=acting("kanim-atambua", now), at=now)

    assert not sees("polres-belu", event, now)
    assert TrailRow.objects.get(event="condition.recorded").facts == {"condition": "court_order", "towards": ""}


def test_the_withdrawal_lists_who_could_see_and_who_did(event, now):
    owner, later = acting("kanim-atambua", now), now + timedelta(hours=1)
    met = conditions.record_consent(row=event, document=PAPER, by=owner, at=now)
    access.fetch(Event, event.pk, acting("polres-belu", now), at=now)

    outcome = conditions.withdraw(row=event, condition=met, why="ditarik", by=owner, at=later)

    assert outcome.could_see == ("polres-belu",)  # customs still sees it by its other clause
    assert outcome.opened == {"polres-belu": now}
    row = TrailRow.objects.get(event="condition.withdrawn")
    assert row.facts["could_see"] == ["polres-belu"]
    assert row.facts["opened"] == {"polres-belu": now.isoformat()}
    assert OutboxRow.objects.get(topic=conditions.CONDITION_WITHDRAWN).facts == row.facts


def test_what_was_withdrawn_is_not_withdrawn_again(event, now):
    owner = acting("kanim-atambua", now)
    met = conditions.record_consent(row=event, document=PAPER, by=owner, at=now)
    conditions.withdraw(row=event, condition=met, why="ditarik", by=owner, at=now)

    with pytest.raises(conditions.AlreadyWithdrawn):
        conditions.withdraw(row=event, condition=met, why="ditarik", by=owner, at=now)


def test_paper_reason_and_a_day_to_come_are_demanded(event, now):
    owner = acting("kanim-atambua", now)
    met = conditions.record_consent(row=event, document=PAPER, by=owner, at=now)

    with pytest.raises(conditions.PaperMissing):
        conditions.record_consent(row=event, document="  ", by=owner, at=now)
    with pytest.raises(conditions.EndsBeforeItBegins):
        conditions.record_consent(row=event, document=PAPER, valid_to=now, by=owner, at=now)
    with pytest.raises(conditions.ReasonMissing):
        conditions.withdraw(row=event, condition=met, why=" ", by=owner, at=now)


def test_only_the_owner_in_a_role_that_changes_the_record_keeps_conditions(event, actor_of, agency_of, now):
    with pytest.raises(access.NotVisible):
        conditions.record_consent(row=event, document=PAPER, by=acting("polres-belu", now), at=now)
    with pytest.raises(access.RoleMayNotAct):
        conditions.record_consent(row=event, document=PAPER, by=actor_of("kanim-atambua", role="leader"), at=now)
    worker = access.system_actor(agency_of("kanim-atambua"), name="worker", purpose="prevention", at=now)
    with pytest.raises(access.PersonDecides):
        conditions.record_consent(row=event, document=PAPER, by=worker, at=now)


def test_a_condition_of_another_record_is_not_withdrawn_here(event, now):
    owner = acting("kanim-atambua", now)
    met = conditions.record_consent(row=event_of("kanim-atambua"), document=PAPER, by=owner, at=now)

    with pytest.raises(access.NotVisible):
        conditions.withdraw(row=event, condition=met, why="ditarik", by=owner, at=now)


def test_the_page_records_and_withdraws_and_shows_the_receivers(event, client):
    sign_in(client, Officer.objects.get(username="analyst-kanim-atambua"))
    address = f"/syarat/event/{event.pk}/"

    client.post(address, {"condition": "consent", "document": PAPER, "receiver": ""})
    met = ConditionMet.objects.get()
    access.fetch(Event, event.pk, acting("polres-belu", timezone.now()), at=timezone.now())
    page = client.post(f"{address}{met.pk}/tarik/", {"why": "Korban menarik"}, follow=True).content.decode()

    assert PAPER in page
    assert "Penerima yang kehilangan akses: 1." in page
    assert "Polres Belu — pernah membuka, terakhir" in page


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_that_nobody_means_is_refused(event, client, day):
    sign_in(client, Officer.objects.get(username="analyst-kanim-atambua"))
    given = {"condition": "consent", "document": PAPER, "receiver": "", "until": day}

    answer = client.post(f"/syarat/event/{event.pk}/", given)

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"until"}
    assert not ConditionMet.objects.exists()


def test_the_page_of_another_agencys_record_is_absent(event, client):
    conditions.record_consent(row=event, document=PAPER, by=acting("kanim-atambua", timezone.now()), at=timezone.now())
    sign_in(client, Officer.objects.get(username="analyst-polres-belu"))

    assert client.get(f"/syarat/event/{event.pk}/").status_code == 404
