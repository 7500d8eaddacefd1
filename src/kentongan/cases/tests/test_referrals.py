"""Referrals: on consent, to a receiver who sees what is referred; each side in its turn; withdrawal works at once."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from kentongan.agreements import conditions
from kentongan.agreements.access import NotVisible, fetch
from kentongan.agreements.models import ConditionMet, Grant, ImpactAssessment
from kentongan.agreements.modules import ModuleOff
from kentongan.audit import outbox
from kentongan.audit.models import OutboxRow, TrailRow
from kentongan.cases import actions, queries
from kentongan.cases.models import Referral
from kentongan.cases.tasks import CONSUMERS

from .conftest import THIRD

SCOPE = frozenset({"subject", "needs", "outcome"})
CONSENT = actions.Consent("subject", SCOPE, document="Surat persetujuan 4/2026")


@pytest.fixture
def victim(case, lead, switched_on, now):
    (person,) = actions.add_persons(case=case, role="victim", age="adult", legal_basis="UU 21/2007", by=lead, at=now)
    return person


@pytest.fixture
def referral(victim, lead, third, agency, now):
    return sent(victim, lead, agency(THIRD), now)


def sent(person, by, to, at, *, consent=CONSENT, **more):
    return actions.refer(
        person=person,
        receiver=to,
        service="shelter",
        needs="Tempat tinggal sementara",
        consent=consent,
        by=by,
        at=at,
        **more,
    )


def as_seen(actor, referral, at):
    return fetch(Referral, referral.pk, actor, at=at)


def test_the_receiver_sees_what_the_consent_covers_and_neither_case_nor_person(referral, third, now):
    shown = as_seen(third, referral, now)

    assert (shown.subject, shown.needs, shown.state) == ("Korban A", "Tempat tinggal sementara", "sent")
    assert (shown.case, shown.person, shown.place, shown.sent_by, shown.vital_why) == (None, None, None, "", "")
    assert list(queries.cases_listed(third, at=now)) == []
    grant = Grant.objects.get(record=referral.pk)
    assert (grant.cause, grant.fields) == ("referral", ["kind", "needs", "outcome", "subject"])


def test_a_narrower_consent_shows_less(victim, lead, third, agency, now):
    narrow = actions.Consent("subject", frozenset(), document="Surat 5")
    made = sent(victim, lead, agency(THIRD), now, consent=narrow)

    shown = as_seen(third, made, now)

    assert (shown.number, shown.service, shown.subject, shown.needs) == (made.number, "shelter", "", "")


def test_the_receiver_accepts_begins_and_finishes_and_the_sender_sees_each_step(referral, lead, third, now):
    for version, (to, note) in enumerate(
        (("accepted", ""), ("in_progress", ""), ("done", "ditampung sepekan")), start=1
    ):
        actions.answer_referral(
            referral=as_seen(third, referral, now), version=version, to=to, note=note, by=third, at=now
        )

    seen = as_seen(lead, referral, now)
    assert (seen.state, seen.outcome, seen.accepted_at, seen.ended_at) == ("done", "ditampung sepekan", now, now)
    assert [step.state for step in seen.steps.all()] == ["sent", "accepted", "in_progress", "done"]
    assert OutboxRow.objects.filter(topic="referral.state_changed", ref=referral.ref).count() == 3


def test_declining_says_why_and_ends_what_the_receiver_saw(referral, third, lead, now, later):
    with pytest.raises(actions.ReasonMissing):
        actions.answer_referral(referral=referral, version=1, to="declined", by=third, at=later)
    actions.answer_referral(referral=referral, version=1, to="declined", note="penuh", by=third, at=later)

    with pytest.raises(NotVisible):
        as_seen(third, referral, later)
    assert as_seen(lead, referral, later).outcome == "penuh"


@pytest.mark.parametrize(("who", "to", "refusal"), [
    ("lead", "accepted", actions.NotAsked), ("support", "accepted", actions.NotAsked), ("third", "revoked", actions.StepNotAllowed),
    ("third", "done", actions.StepNotAllowed), ("third", "sent", actions.StepNotAllowed), ("third", "accepted", None),
])  # fmt: skip
def test_each_step_belongs_to_its_side_and_its_state(request, referral, now, who, to, refusal):
    given = {"referral": referral, "version": 1, "to": to, "note": "x", "by": request.getfixturevalue(who), "at": now}

    if refusal is None:
        assert actions.answer_referral(**given).state == to
    else:
        with pytest.raises(refusal):
            actions.answer_referral(**given)


def test_of_two_officers_at_the_receiver_the_second_is_told(referral, third, now):
    actions.answer_referral(referral=referral, version=1, to="accepted", by=third, at=now)

    with pytest.raises(actions.ChangedMeanwhile):
        actions.answer_referral(referral=referral, version=1, to="declined", note="penuh", by=third, at=now)

    assert Referral.objects.get().state == "accepted"


def test_revoking_while_the_receiver_answers_lets_one_of_them_through(referral, lead, third, now):
    actions.revoke_referral(referral=referral, version=1, why="sudah pulang", by=lead, at=now)

    with pytest.raises(actions.ChangedMeanwhile):
        actions.answer_referral(referral=referral, version=1, to="accepted", by=third, at=now)
    assert Referral.objects.get().state == "revoked"


def test_revoking_ends_sight_and_consent_and_tells_the_receiver(referral, lead, third, now, later):
    actions.revoke_referral(referral=referral, version=1, why="sudah pulang", by=lead, at=later)

    with pytest.raises(NotVisible):
        as_seen(third, referral, later)
    assert ConditionMet.objects.get(record=referral.pk).valid_to == later
    assert OutboxRow.objects.get(topic="referral.revoked").facts == {"to": THIRD}


def test_withdrawing_the_consent_revokes_at_once_and_tells_who_saw_it(referral, lead, third, now, later):
    as_seen(third, referral, now)

    actions.withdraw_referral_consent(referral=referral, why="berubah pikiran", by=lead, at=later)

    referral.refresh_from_db()
    assert (referral.state, referral.outcome) == ("revoked", "berubah pikiran")
    with pytest.raises(NotVisible):
        as_seen(third, referral, later)
    told = TrailRow.objects.get(event="referral.revoked").facts
    assert told == {"to": THIRD, "consent_withdrawn": True, "opened": now.isoformat()}
    assert OutboxRow.objects.get(topic="referral.revoked").facts == {"to": THIRD}


def test_a_consent_withdrawn_on_the_gates_own_page_takes_the_referral_with_it(referral, lead, third, later):
    conditions.withdraw(row=referral, condition=referral.consent, why="berubah pikiran", by=lead, at=later)

    outbox.drain(CONSUMERS, worker="uji", clock=lambda: later)
    outbox.drain(CONSUMERS, worker="uji", clock=lambda: later)

    assert Referral.objects.get().state == "revoked"
    assert TrailRow.objects.filter(event="referral.revoked").count() == 1
    with pytest.raises(NotVisible):
        as_seen(third, referral, later)


def test_the_consent_of_a_finished_referral_ends_what_is_still_seen_and_not_what_was_done(
    referral, lead, third, now, later
):
    for version, (to, note) in enumerate((("accepted", ""), ("in_progress", ""), ("done", "selesai")), start=1):
        actions.answer_referral(referral=referral, version=version, to=to, note=note, by=third, at=now)

    actions.withdraw_referral_consent(referral=referral, why="ditarik", by=lead, at=later)

    assert Referral.objects.get().state == "done"
    with pytest.raises(NotVisible):
        as_seen(third, referral, later)


@pytest.mark.parametrize("consent", [
    actions.Consent("subject", SCOPE), actions.Consent("", SCOPE, document="Surat"), actions.Consent("vital", SCOPE),
    actions.Consent("guardian", SCOPE, document="Surat"),
])  # fmt: skip
def test_without_a_consent_that_stands_nothing_is_sent(victim, lead, third, agency, now, consent):
    with pytest.raises(actions.ConsentMissing), transaction.atomic():
        sent(victim, lead, agency(THIRD), now, consent=consent)

    assert not Referral.objects.exists()
    assert not Grant.objects.filter(category="referrals").exists()


def test_where_life_is_at_stake_the_reason_stands_for_the_consent(victim, lead, third, agency, now):
    made = sent(victim, lead, agency(THIRD), now, consent=actions.Consent("vital", SCOPE, vital_why="luka berat"))

    assert (made.consent, made.vital_why) == (None, "luka berat")
    with pytest.raises(actions.Unusable):
        actions.withdraw_referral_consent(referral=made, why="x", by=lead, at=now)


def test_a_referral_goes_to_another_agency_of_ones_own_state_that_answers(victim, lead, agency_of, agency, now):
    for to, refusal in (
        (agency(lead.agency), actions.Unusable),
        (agency_of("pamtas", kind="military"), actions.NotAddressable),
        (agency_of("iom-kupang", kind="international", country="XX"), actions.NoInstrument),
        (agency_of("pntl", kind="foreign_police", country="TL"), actions.NoInstrument),
    ):
        with pytest.raises(refusal), transaction.atomic():
            sent(victim, lead, to, now)
    assert not Referral.objects.exists()


def test_an_overdue_referral_is_shown_to_both_sides(referral, lead, third, now):
    late = now + timedelta(hours=25)

    for actor in (lead, third):
        assert [row.pk for row in queries.referrals_listed(actor, at=late, overdue=True)] == [referral.pk]
        assert list(queries.referrals_listed(actor, at=now, overdue=True)) == []


def test_both_sides_list_it_and_a_third_does_not(referral, lead, third, support, now):
    assert [r.pk for r in queries.referrals_listed(lead, at=now, side="from")] == [referral.pk]
    assert [r.pk for r in queries.referrals_listed(third, at=now, side="to")] == [referral.pk]
    assert list(queries.referrals_listed(support, at=now)) == []


def test_with_the_module_off_nothing_is_sent_or_answered_and_taking_back_still_works(
    referral, victim, lead, third, agency, later
):
    ImpactAssessment.objects.all().delete()

    with pytest.raises(ModuleOff):
        sent(victim, lead, agency(THIRD), later)
    with pytest.raises(ModuleOff):
        actions.answer_referral(referral=referral, version=1, to="accepted", by=third, at=later)
    actions.withdraw_referral_consent(referral=referral, why="ditarik", by=lead, at=later)
    assert Referral.objects.get().state == "revoked"


def test_the_database_holds_a_referral_to_a_consent_or_a_vital_need(referral):
    for changes in ({"consent": None}, {"state": "done"}, {"receiver_id": referral.owner_id}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Referral.objects.filter(pk=referral.pk).update(**changes)


def test_the_directory_answers_by_place_with_the_nearest_first_and_says_what_is_unsure(gazetteer_rows):
    from kentongan.places.models import Place

    rows = queries.services_near(Place.objects.get(pk=8))

    assert rows[0].agency == "dp3a-kotakupang"
    assert {"uptd-ppa-ntt", "lpsk"} <= {row.agency for row in rows}
    assert "bp3mi-banten" not in {row.agency for row in rows}
    assert all(row.takes_children for row in queries.services_near(Place.objects.get(pk=8), is_child=True))


def test_the_directory_names_only_agencies_and_places_that_are_shipped():
    from kentongan.agencies.data import agency_entries
    from kentongan.cases.services import service_rows
    from kentongan.places.gazetteer import load_gazetteer

    assert {row.agency for row in service_rows()} <= {agency.id for agency in agency_entries()}
    assert all(row.place == "ID" or row.place in load_gazetteer() for row in service_rows())
