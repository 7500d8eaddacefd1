"""The gate over the database says what the rule says, row for row."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.apps import apps
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from kentongan.agencies.models import Agency, AgencyParent, Officer, Posting
from kentongan.agreements import access
from kentongan.agreements.facts import GrantFacts, Row
from kentongan.agreements.models import Grant, Handling
from kentongan.agreements.rules import decide
from kentongan.audit.models import TrailRow
from kentongan.kit.ids import new_id

Alert = apps.get_model("alerts", "Alert")  # upper rooms, which this one does not import
Event, ReadingRow = apps.get_model("events", "Event"), apps.get_model("events", "ReadingRow")
Finding, Watch = apps.get_model("watch", "Finding"), apps.get_model("watch", "Watch")
Report = apps.get_model("intake", "Report")

AT = datetime(2026, 3, 4, 2, tzinfo=UTC)
AGENCIES = ("kanwil", "kanim", "polres", "kodim", "binda")
KINDS = ("immigration", "police", "military", "intelligence", "foreign_military")

kinds_of = st.fixed_dictionaries({agency: st.sampled_from(KINDS) for agency in AGENCIES})
parents = st.lists(st.tuples(st.sampled_from(AGENCIES), st.sampled_from(AGENCIES)), max_size=4)
rows = st.lists(
    st.tuples(
        st.sampled_from(("reports", "events", "findings", "alerts")),
        st.sampled_from(AGENCIES),
        st.sampled_from(Handling.values),
    ),
    min_size=1,
    max_size=6,
)
hours = st.integers(-3, 3)
grants = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from(AGENCIES), hours, st.none() | st.integers(1, 4)), max_size=8
)
roles = st.sampled_from(sorted(access.role_table()))


class TestListsAndTheRule(TestCase):
    @given(kinds_of, parents, rows, grants, roles)
    @settings(max_examples=60, deadline=None)
    def test_a_list_holds_exactly_the_rows_that_the_rule_shows(self, kinds_of, parents, rows, grants, role):
        agencies = {
            pk: Agency.objects.create(id=pk, name=pk, kind=kinds_of[pk], country="ID", level="regency")
            for pk in AGENCIES
        }
        for child, parent in dict(parents).items():
            if child != parent:
                AgencyParent.objects.create(agency=agencies[child], parent=agencies[parent])
        made = [(category, _row(category, agencies[owner], handling)) for category, owner, handling in rows]
        for number, agency, start, length in grants:
            _grant(made[number % len(made)], agencies[agency], start, length, number)

        for agency in agencies.values():
            officer = Officer.objects.create(username=f"petugas-{agency.pk}")
            Posting.objects.create(officer=officer, agency=agency, role=role, started_at=AT)
            actor = access.actor_for(officer, purpose="prevention", at=AT)
            for category, row in made:
                shown = type(row).objects.visible_to(actor, at=AT).filter(pk=row.pk).exists()
                assert shown == decide(actor, _facts(category, row), _standing(row), at=AT).allowed
                assert shown == access.judge(actor, row, at=AT).allowed


def _row(category, owner, handling):
    common = {
        "owner": owner,
        "handling": handling,
        "purpose": "prevention",
        "legal_basis": "UU 6/2011",
        "retain_until": date(2031, 1, 1),
    }
    if category == "reports":
        mark = str(new_id())
        return Report.objects.create(
            **common,
            channel="paste",
            checksum=mark,
            original_checksum=mark,
            text="teks",
            received_at=AT,
            received_by="officer:1",
        )
    if category == "events":
        return Event.objects.create(**common, title="kejadian", precision="unknown", known_at=AT)
    watch, _made = Watch.objects.get_or_create(owner=owner, name="uji", defaults={"created_at": AT})
    finding = Finding.objects.create(
        **common, watch=watch, type="cluster", stream="goods", level="village", window_from=date(2026, 2, 1), window_to=date(2026, 3, 1),
        first_as_of=date(2026, 3, 1), last_as_of=date(2026, 3, 1), observed=3, expected=1, p_value=0.01, recurrence_days=700,
    )  # fmt: skip
    if category == "findings":
        return finding
    return Alert.objects.create(
        **common, finding=finding, addressee=owner, matter="crime", title="t", message="m", raised_at=AT, raised_by="officer:1",
        acknowledge_by=AT, verify_by=AT, decide_by=AT,
    )  # fmt: skip


def _grant(made, agency, start, length, number):
    category, row = made
    valid_from = AT + timedelta(hours=start)
    Grant.objects.get_or_create(
        record=row.pk,
        agency=agency,
        because=f"alert:{number}",
        defaults={
            "category": category,
            "valid_from": valid_from,
            "valid_to": None if length is None else valid_from + timedelta(hours=length),
            "cause": "address",
        },
    )


def _facts(category, row):
    return Row(row.pk, category, row.owner_id, row.handling)


def _standing(row):
    return tuple(
        GrantFacts(g.record, g.agency_id, g.valid_from, g.valid_to, g.because)
        for g in Grant.objects.filter(record=row.pk)
    )


@pytest.fixture
def event(agency_of):
    return _row("events", agency_of("kanim-atambua"), "restricted")


def test_refused_and_absent_look_the_same(event, actor_of, now):
    stranger = actor_of("polres-belu", kind="police")

    with pytest.raises(access.NotVisible) as refused:
        access.fetch(Event, event.pk, stranger, at=now)
    with pytest.raises(access.NotVisible) as absent:
        access.fetch(Event, new_id(), stranger, at=now)

    assert refused.value.message == absent.value.message


def test_a_refusal_reads_nothing_of_the_row_but_what_the_rule_needs(
    event, actor_of, now, django_assert_max_num_queries
):
    stranger = actor_of("polres-belu", kind="police")

    with django_assert_max_num_queries(20) as asked, pytest.raises(access.NotVisible):
        access.fetch(Event, event.pk, stranger, at=now)

    columns = {column.column for column in Event._meta.concrete_fields}
    looks = (one["sql"].partition(' FROM "events_event"') for one in asked.captured_queries)
    (look,) = [columns_read for columns_read, from_events, _rest in looks if from_events]
    assert {column for column in columns if f'"events_event"."{column}"' in look} == {
        "id", "owner_id", "place_id", "handling", "origins", "agreement_ref",
    }  # fmt: skip


@pytest.mark.parametrize(
    "change", [{"handling": "protected"}, {"origins": ["TL"]}, {"place_id": 6}, {"agreement_ref": "clause:1"}], ids=str
)
def test_a_row_that_changes_between_the_rule_and_the_reading_is_not_shown(
    change, event, gazetteer_rows, actor_of, now, monkeypatch
):
    owner, judge = actor_of("kanim-atambua"), access.judge

    def judged_and_then_changed(actor, row, *, at):
        decision = judge(actor, row, at=at)
        Event.objects.filter(pk=row.pk).update(**change)
        return decision

    monkeypatch.setattr(access, "judge", judged_and_then_changed)

    with pytest.raises(access.NotVisible):
        access.fetch(Event, event.pk, owner, at=now)
    monkeypatch.undo()
    assert access.fetch(Event, event.pk, owner, at=now).pk == event.pk


def test_a_door_may_show_some_handling_to_nobody(agency_of, actor_of, now):
    row, owner = _row("events", agency_of("kanim-atambua"), "protected"), actor_of("kanim-atambua")

    with pytest.raises(access.NotVisible):
        access.fetch(Event, row.pk, owner, at=now, never=frozenset({"protected"}))

    (noted,) = TrailRow.objects.filter(subject=row.ref)
    assert (noted.event, noted.reasons) == ("access.refused", ["this door shows no protected rows"])


def test_a_refusal_is_in_the_trail_with_its_reasons(event, actor_of, now):
    stranger = actor_of("polres-belu", kind="police")

    with pytest.raises(access.NotVisible):
        access.fetch(Event, event.pk, stranger, at=now)

    row = TrailRow.objects.get(event="access.refused")
    assert (row.subject, row.actor, row.purpose) == (event.ref, stranger.ref, "prevention")
    assert row.reasons == ["neither owner, nor supervisor, nor covered by a clause in force, nor granted"]


@pytest.mark.parametrize(
    ("handling", "looks"), [("open", 0), ("shared", 0), ("restricted", 0), ("personal", 1), ("protected", 1)]
)
def test_a_look_at_a_personal_row_is_in_the_trail(handling, looks, agency_of, actor_of, now):
    row = _row("events", agency_of("kanim-atambua"), handling)

    access.fetch(Event, row.pk, actor_of("kanim-atambua"), at=now)

    assert TrailRow.objects.filter(event="record.read", subject=row.ref).count() == looks


def test_an_officer_without_a_posting_is_no_actor(officer_of, now):
    officer = officer_of("kanim-atambua")
    officer.postings.update(ended_at=now)

    with pytest.raises(access.NoPosting):
        access.actor_for(officer, purpose="prevention", at=now)


def test_an_officer_whose_account_is_shut_is_no_actor(officer_of, now):
    officer = officer_of("kanim-atambua")
    officer.is_active = False

    with pytest.raises(access.NoPosting):
        access.actor_for(officer, purpose="prevention", at=now)


def test_supervision_holds_on_its_days_only(agency_of, officer_of, now):
    agency_of("kanim-atambua", parent="kanwil-im-ntt")
    AgencyParent.objects.update(valid_to=now.date())
    row = _row("events", agency_of("kanim-atambua"), "restricted")
    above = officer_of("kanwil-im-ntt")

    before = access.actor_for(above, purpose="prevention", at=now - timedelta(days=1))
    after = access.actor_for(above, purpose="prevention", at=now)

    assert Event.objects.visible_to(before, at=now).filter(pk=row.pk).exists()
    assert not Event.objects.visible_to(after, at=now).exists()


def test_every_protected_model_has_a_category_and_the_gated_manager():
    for model, category in access.protected_models().items():
        assert isinstance(model.objects.all(), access.GatedQuerySet), category
    assert {Report, ReadingRow, Event, Finding, Alert} <= set(access.protected_models())


def test_a_role_that_only_looks_may_not_act(actor_of):
    with pytest.raises(access.RoleMayNotAct):
        access.demand_act(actor_of("kanim-atambua", role="leader"), "events")
