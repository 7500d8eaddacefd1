"""A partner village from its decree to its end."""

from datetime import date, timedelta

import pytest

from kentongan.agreements.access import PersonDecides, RoleMayNotAct, system_actor
from kentongan.agreements.models import Grant
from kentongan.agreements.tests.sharing import clause_between
from kentongan.audit.models import TrailRow
from kentongan.programme import actions, queries
from kentongan.programme.actions import Designation
from kentongan.programme.models import PartnerOfficer, PartnerVillage

from .conftest import DISTRICT, OFFICE, SILAWAN, TODAY, TULAKADI, VILLAGE


def test_a_village_is_designated_with_decree_office_and_day(partner, analyst):
    made = partner()

    assert (made.status, made.owner_id, made.decree_number) == ("designated", OFFICE, "W.22/IMI-5/2025")
    assert TrailRow.objects.filter(event="partner.designated", subject=made.ref, actor=analyst.ref).count() == 1


def test_an_office_may_look_after_a_village_of_another_province(actor_of, partner, gazetteer_rows, kinds, place):
    airport = actor_of("kanim-soetta", role="analyst")

    made = partner(TULAKADI, by=airport)

    assert made.owner_id == "kanim-soetta"
    assert made.place == place(TULAKADI)


def test_the_same_decree_sent_again_designates_once(partner):
    first = partner()

    assert partner() == first
    assert PartnerVillage.objects.count() == 1


def test_another_decree_on_a_standing_partnership_is_refused(partner):
    partner()

    with pytest.raises(actions.AlreadyPartner):
        partner(decree="W.22/IMI-9/2026")


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"decree_number": " "}, "decree_number"),
        ({"partner_from": None}, "partner_from"),
        ({"partner_from": TODAY + timedelta(days=2)}, "partner_from"),
        ({"decree_on": TODAY + timedelta(days=2)}, "decree_on"),
        ({"criteria": ("mayority",)}, "criteria"),
        ({"programmes": ("unknown",)}, "programmes"),
    ],
)
def test_a_designation_that_cannot_be_recorded_says_which_field(analyst, place, now, told, field):
    whole = {"decree_number": "1/2026", "decree_on": TODAY, "partner_from": TODAY} | told

    with pytest.raises(actions.NotUsable) as refusal:
        actions.designate(place=place(), designation=Designation(**whole), by=analyst, at=now)

    assert refusal.value.field == field
    assert not PartnerVillage.objects.exists()


def test_a_district_is_no_village(analyst, partner):
    with pytest.raises(actions.NotUsable):
        partner(DISTRICT)


def test_only_persons_in_a_role_of_the_programme_designate(analyst, actor_of, agency_of, partner, now):
    with pytest.raises(RoleMayNotAct):
        partner(by=actor_of(OFFICE, role="case_officer"))
    with pytest.raises((PersonDecides, RoleMayNotAct)):
        partner(by=system_actor(agency_of(OFFICE), name="worker", purpose="prevention", at=now))


def test_a_proposed_village_becomes_designated_in_the_same_row(analyst, place, partner, now):
    proposed = actions.propose_village(place=place(), why="banyak pekerja migran", by=analyst, at=now)

    made = partner()

    assert (made.pk, made.status, made.version) == (proposed.pk, "designated", 2)


def test_a_partnership_is_suspended_goes_on_and_ends_each_for_a_reason(partner, analyst, now):
    made = partner()

    for to in ("suspended", "designated", "ended"):
        made = actions.change_status(village=made, version=made.version, to=to, why="alasan", by=analyst, at=now)

    assert (made.status, made.partner_to) == ("ended", TODAY)
    with pytest.raises(actions.StepNotAllowed):
        actions.change_status(village=made, version=made.version, to="designated", why="lagi", by=analyst, at=now)


def test_a_change_without_a_reason_is_refused(partner, analyst, now):
    made = partner()

    with pytest.raises(actions.ReasonMissing):
        actions.change_status(village=made, version=1, to="suspended", why=" ", by=analyst, at=now)


def test_whoever_saw_an_older_version_changes_nothing(partner, analyst, now):
    made = partner()
    actions.change_status(village=made, version=1, to="suspended", why="banjir", by=analyst, at=now)

    with pytest.raises(actions.ChangedMeanwhile):
        actions.change_status(village=made, version=1, to="ended", why="pindah", by=analyst, at=now)


def test_another_office_changes_nothing(partner, actor_of, now):
    made = partner()
    other = actor_of("kanim-kupang", role="analyst")

    with pytest.raises(actions.NotOurs):
        actions.change_status(village=made, version=1, to="ended", why="pindah", by=other, at=now)


def test_decree_and_linked_programmes_are_completed(partner, analyst, now):
    made = partner()
    told = Designation(
        decree_number="W.22/IMI-5/2025", decree_on=date(2025, 1, 1), partner_from=date(2025, 1, 1),
        programmes=("desa_bersinar",),
    )  # fmt: skip

    described = actions.describe(village=made, version=1, designation=told, by=analyst, at=now)

    assert described.programmes == ["desa_bersinar"]
    with pytest.raises(actions.ChangedMeanwhile):
        actions.describe(village=made, version=1, designation=told, by=analyst, at=now)


def test_an_officer_is_assigned_once_and_released(partner, analyst, officer_behind, now):
    made = partner()
    me = officer_behind(analyst)

    first = actions.assign_officer(village=made, officer=me, served_from=TODAY, by=analyst, at=now)
    again = actions.assign_officer(village=made, officer=me, served_from=TODAY, by=analyst, at=now)
    actions.end_assignment(assignment=first, on=TODAY, by=analyst, at=now)

    assert first == again
    assert PartnerOfficer.objects.get().served_to == TODAY


def test_a_partner_village_keeps_the_day_since_when_it_is_one(partner, analyst, now):
    village = partner()
    told = Designation(decree_number=village.decree_number, decree_on=None, partner_from=None)

    with pytest.raises(actions.NotUsable, match="sejak kapan"):
        actions.describe(village=village, version=1, designation=told, by=analyst, at=now)


def test_an_officer_of_another_office_is_not_assigned(partner, analyst, officer_of, now):
    stranger = officer_of("kanim-kupang", role="analyst")

    with pytest.raises(actions.NotUsable):
        actions.assign_officer(village=partner(), officer=stranger, served_from=TODAY, by=analyst, at=now)


def test_the_end_releases_the_officers_and_closes_the_page_to_the_village(
    partner, analyst, headman, officer_behind, now
):
    made = partner()
    actions.assign_officer(village=made, officer=officer_behind(analyst), served_from=TODAY, by=analyst, at=now)
    seen = queries.partner_villages(headman, at=now).count()

    later = now + timedelta(hours=1)
    actions.change_status(village=made, version=1, to="ended", why="selesai", by=analyst, at=later)

    assert (seen, queries.partner_villages(headman, at=later).count()) == (1, 0)
    assert PartnerOfficer.objects.get().served_to == TODAY


def test_the_village_sees_its_designation_and_no_reasons(partner, analyst, headman, now):
    made = partner()
    actions.change_status(village=made, version=1, to="suspended", why="kepala desa lama", by=analyst, at=now)

    (shown,) = queries.partner_villages(headman, at=now)

    assert (shown.decree_number, shown.status, shown.changed_why) == ("W.22/IMI-5/2025", "suspended", "")
    assert Grant.objects.get(record=made.pk).agency_id == VILLAGE


def test_the_region_sees_it_and_another_office_does_not(partner, region, actor_of, now):
    partner()

    assert queries.partner_villages(region, at=now).count() == 1
    assert queries.partner_villages(actor_of("kanim-kupang", role="analyst"), at=now).count() == 0


def test_the_pace_is_ours_until_the_office_sets_its_own(partner, analyst, now):
    before = queries.pace_of(OFFICE)

    actions.set_pace(visit_every_days=30, silent_after_weeks=2, why="dekat perbatasan", by=analyst, at=now)

    assert (before.visit_every_days, before.is_own) == (90, False)
    assert (queries.pace_of(OFFICE).visit_every_days, queries.pace_of(OFFICE).is_own) == (30, True)


@pytest.mark.parametrize(
    ("days", "weeks", "why", "refusal"),
    [(0, 4, "x", actions.NotUsable), (30, 0, "x", actions.NotUsable), (30, 4, "", actions.ReasonMissing)],
)
def test_a_pace_that_makes_no_sense_is_refused(analyst, now, days, weeks, why, refusal):
    with pytest.raises(refusal):
        actions.set_pace(visit_every_days=days, silent_after_weeks=weeks, why=why, by=analyst, at=now)


def test_the_order_of_a_list_tells_nothing_of_places_that_are_shared_blurred(partner, actor_of, agency_of, now):
    agency_of("polres-belu", kind="police")
    clause_between(OFFICE, "polres-belu", {"programme": {"place": "blurred"}})
    villages = [partner(TULAKADI), partner(SILAWAN)]

    seen = PartnerVillage.objects.visible_to(actor_of("polres-belu", kind="police"), at=now)

    assert {village.place_id for village in seen} == {DISTRICT}
    assert [village.pk for village in seen] == [village.pk for village in villages]
