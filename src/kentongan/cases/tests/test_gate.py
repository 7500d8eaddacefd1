"""Both categories behind the gate: who sees a row by which way, and which of its fields; list and fetch agree."""

from dataclasses import replace
from datetime import date

import pytest

from kentongan.agreements.access import NotVisible, fetch, protected_models, role_table
from kentongan.agreements.facts import ClauseFacts, Side, Territory
from kentongan.agreements.fields import every_group, field_groups, what_is_always_told
from kentongan.agreements.models import Grant
from kentongan.agreements.rules import PURPOSES
from kentongan.alerts.models import Alert
from kentongan.cases import actions
from kentongan.cases.models import Case, CaseEvent, Referral
from kentongan.events.models import Event
from kentongan.kit.ids import new_id

from .conftest import LEAD, SUPPORT, THIRD

READS_CASES = {"analyst", "case_officer", "protection_officer", "social_worker", "leader"}
ACTS_ON_CASES = {"case_officer", "protection_officer", "social_worker"}
READS_REFERRALS = {"case_officer", "protection_officer", "social_worker", "un_officer", "leader"}
ACTS_ON_REFERRALS = READS_REFERRALS - {"leader"}


@pytest.mark.parametrize("role", sorted(role_table()))
def test_the_table_of_roles_gives_cases_and_referrals_to_those_who_work_on_them(role):
    table = role_table()[role]

    assert table["cases"] == (role in READS_CASES, role in ACTS_ON_CASES)
    assert table["referrals"] == (role in READS_REFERRALS, role in ACTS_ON_REFERRALS)


def test_each_category_has_one_model():
    assert {model: category for model, category in protected_models().items() if category in ("cases", "referrals")} == {
        Case: "cases", Referral: "referrals",
    }  # fmt: skip


@pytest.fixture
def referral(case, lead, third, agency, switched_on, now):
    (person,) = actions.add_persons(case=case, role="victim", age="adult", legal_basis="UU", by=lead, at=now)
    consent = actions.Consent("subject", frozenset({"subject"}), document="Surat")
    return actions.refer(
        person=person, receiver=agency(THIRD), service="return", needs="Pulang", consent=consent, by=lead, at=now
    )


@pytest.fixture
def rows(case, joined, referral):
    return {"cases": case, "referrals": referral}


def sees(actor, row, at):
    listed = type(row).objects.visible_to(actor, at=at).filter(pk=row.pk).exists()
    try:
        fetch(type(row), row.pk, actor, at=at)
    except NotVisible:
        assert not listed
        return False
    assert listed
    return True


@pytest.mark.parametrize("category", ["cases", "referrals"])
@pytest.mark.parametrize("role", sorted(role_table()))
def test_the_owner_sees_it_in_the_roles_that_cover_it(rows, lead, now, category, role):
    reads = frozenset(c for c, (may, _acts) in role_table()[role].items() if may)
    allowed = {"cases": READS_CASES, "referrals": READS_REFERRALS}[category]

    assert sees(replace(lead, role=role, reads=reads), rows[category], now) == (role in allowed)


@pytest.mark.parametrize(("category", "reader", "expected"), [
    ("cases", SUPPORT, True), ("cases", THIRD, False), ("referrals", THIRD, True), ("referrals", SUPPORT, False),
])  # fmt: skip
def test_a_grant_shows_the_row_to_its_agency_and_to_no_other(rows, support, third, now, category, reader, expected):
    assert sees({SUPPORT: support, THIRD: third}[reader], rows[category], now) == expected


@pytest.mark.parametrize("category", ["cases", "referrals"])
def test_who_stands_above_the_owner_sees_neither_cases_nor_referrals(rows, actor_of, agency_of, now, category):
    agency_of(LEAD, kind="police", parent="polda-ntt")

    assert not sees(actor_of("polda-ntt", role="case_officer", kind="police"), rows[category], now)


@pytest.mark.parametrize("category", ["cases", "referrals"])
def test_soldiers_and_intelligence_see_neither_even_by_a_grant(rows, actor_of, now, category):
    soldier = actor_of("pamtas", role="case_officer", kind="military")
    Grant.objects.create(
        category=category, record=rows[category].pk, agency_id="pamtas", valid_from=now, cause="case", because="x"
    )

    assert not sees(soldier, rows[category], now)


@pytest.mark.parametrize("category", ["cases", "referrals"])
def test_a_row_about_refugees_is_its_owners_alone(rows, support, third, lead, now, category):
    type(rows[category]).objects.filter(pk=rows[category].pk).update(handling="protected")

    assert sees(lead, rows[category], now)
    assert not sees({"cases": support, "referrals": third}[category], rows[category], now)


def test_a_referral_from_a_case_that_becomes_protected_is_closed_to_its_receiver(rows, third, now):
    Case.objects.update(handling="protected")

    assert not sees(third, rows["referrals"], now)


def test_what_is_found_to_be_about_refugees_closes_the_case_and_its_referrals(rows, lead, support, third, now):
    Event.objects.update(handling="protected")

    assert not sees(support, rows["cases"], now)
    assert not sees(third, rows["referrals"], now)
    assert sees(lead, rows["referrals"], now)


def test_a_case_and_its_referrals_close_with_any_event_that_was_added_to_it(rows, lead, support, third, event_of, now):
    added = [event_of(), event_of()]
    for event in added:
        CaseEvent.objects.create(
            case=rows["cases"], event=event, added_at=now, added_by="officer:1", why="satu jaringan"
        )
    assert sees(support, rows["cases"], now)

    Event.objects.filter(pk=added[1].pk).update(handling="protected", origins=["MM"])

    assert not sees(support, rows["cases"], now)
    assert not sees(third, rows["referrals"], now)
    assert sees(lead, rows["cases"], now)
    assert list(Case.objects.visible_to(lead, at=now)) == [rows["cases"]]


@pytest.mark.parametrize(
    ("origins", "is_shown"), [(["MM"], True), (["MM", "TL"], False), (["claimed"], False), ([], False)]
)
def test_a_state_sees_no_case_of_its_own_to_which_an_event_about_its_people_was_added(
    rows, actor_of, event_of, now, origins, is_shown
):
    abroad = actor_of("pntl", role="case_officer", kind="foreign_police", country="TL")
    Case.objects.update(owner_id="pntl")
    for states in (["MM"], origins):
        event = event_of(handling="protected")
        Event.objects.filter(pk=event.pk).update(origins=states)
        CaseEvent.objects.create(
            case=rows["cases"], event=event, added_at=now, added_by="officer:1", why="satu jaringan"
        )

    assert sees(abroad, rows["cases"], now) == is_shown


def test_an_unknown_origin_of_what_a_case_is_about_is_not_settled_by_the_cases_own(rows, lead, actor_of, now):
    abroad = actor_of("pntl", role="case_officer", kind="foreign_police", country="TL")
    Event.objects.update(handling="protected", origins=[])
    Case.objects.update(owner_id="pntl", origins=["MM"])

    assert not sees(abroad, rows["cases"], now)


def test_a_case_and_its_referrals_close_with_the_event_that_their_alert_is_about(rows, support, third, event_of, now):
    alert = Alert.objects.create(
        owner_id=LEAD, place_id=5, handling="restricted", purpose="prevention", legal_basis="UU 6/2011",
        retain_until=date(2031, 1, 1), title="Peringatan", message="Periksa", matter="tppo",
        event=event_of(handling="protected"), addressee_id=SUPPORT, raised_at=now, raised_by="officer:1",
        acknowledge_by=now, verify_by=now, decide_by=now,
    )  # fmt: skip
    Case.objects.update(event=None, alert=alert)

    assert not sees(support, rows["cases"], now)
    assert not sees(third, rows["referrals"], now)


@pytest.mark.parametrize(
    ("category", "group"), [(c, g) for c in ("cases", "referrals") for g in sorted(every_group(c))]
)
def test_a_clause_that_gives_one_group_gives_that_and_what_is_always_told(rows, actor_of, now, category, group):
    stranger = actor_of("bp3mi-ntt", role="case_officer", kind="labour", purpose="victim_protection")
    told = dict.fromkeys({group, *what_is_always_told(category)}, "full")
    clause = ClauseFacts(
        clause=new_id(), giver=Side(agency=LEAD), receiver=Side(agency="bp3mi-ntt"), releases={category: told},
        purposes=frozenset(PURPOSES), territory=Territory(is_everywhere=True), periods=((now, None),),
    )  # fmt: skip
    bodies = {LEAD: replace(stranger.body, agency=LEAD)}
    reader = replace(stranger, clauses=(clause,), bodies=bodies)

    shown = fetch(type(rows[category]), rows[category].pk, reader, at=now)

    for other in field_groups()[category].values():
        is_given = other.name == group or other.is_always_released
        assert (shown.release.release_of(other.name) == "full") == is_given
        for name in other.related:
            assert is_given or not getattr(shown, name).exists(), (other.name, name)


def test_every_column_and_relation_is_in_a_group_or_is_meant_to_stay():
    """What belongs to no group is shown only with the whole row: workspaces, and what a referral came from."""
    staying = {
        "cases": {"steps", "tasks", "notes", "referrals", "origins"},
        "referrals": {"case", "person", "consent", "vital_why", "origins"},
    }
    always = {"id", "owner", "handling", "purpose", "legal_basis", "agreement_ref", "retain_until", "is_simulated"}
    for model, category in ((Case, "cases"), (Referral, "referrals")):
        groups = field_groups()[category].values()
        named = {name for group in groups for name in group.attributes | group.related}
        columns = {column.name for column in model._meta.concrete_fields}
        related = {relation.get_accessor_name() for relation in model._meta.related_objects} - {None}
        assert (columns | related) - named - always == staying[category]
