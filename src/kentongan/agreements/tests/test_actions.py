"""Deeds on instruments and clauses: who may, what stands in the way, and what holds afterwards."""

import hashlib
import threading
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection, transaction

from kentongan.agencies.models import Membership, Officer
from kentongan.agreements import access, actions
from kentongan.agreements.bodies import Hierarchy
from kentongan.agreements.drafts import checksum_of, draft_of
from kentongan.agreements.facts import Side
from kentongan.agreements.in_force import clauses_for, dates_of, facts_of
from kentongan.agreements.models import Approval, Clause, Instrument
from kentongan.agreements.parties import parties_named
from kentongan.agreements.standing import status_at
from kentongan.audit.models import TrailRow

from .banten import AT, BANTEN, CLAUSE, MOU, PKS, SERANG, actor, approve, build, drafted, in_force, mou, pks

LATER = AT + timedelta(days=30)


@pytest.fixture(autouse=True)
def world(db):
    build()


def serves(clause, at=AT + timedelta(seconds=1)):
    """Whether the clause is in force for the receiver at the instant."""
    body = Hierarchy(at.date()).body_of("polres-serang")
    return any(facts.clause == clause.pk and facts.is_in_force(at) for facts in clauses_for(body))


# --- recording ---


def test_a_recorded_instrument_has_its_parties_and_a_row_in_the_trail():
    instrument = mou()

    assert {p.agency_id for p in instrument.parties.all()} == {"kemenimipas", "polri"}
    assert status_at(dates_of(instrument), AT) == "in_force"
    assert TrailRow.objects.filter(event="instrument.recorded", subject=instrument.ref).count() == 1


def test_all_faults_of_an_instrument_are_named_at_once_by_their_field():
    faulty = replace(PKS, kind="pakta", title=" ", in_force_to=date(2025, 1, 1), signed_on=date(2027, 1, 1))

    with pytest.raises(actions.DraftRefused) as refusal:
        actions.record_instrument(draft=faulty, parties=[], by=actor("polri"), at=AT)

    assert set(refusal.value.faults) == {"kind", "title", "in_force_to", "signed_on", "parties"}
    assert not Instrument.objects.exists()


def test_nobody_records_an_instrument_between_others():
    with pytest.raises(actions.DraftRefused) as refusal:
        actions.record_instrument(
            draft=PKS, parties=[Side("kanwil-im-banten"), Side("polda-banten")], by=actor("bp3mi-banten"), at=AT
        )

    assert set(refusal.value.faults) == {"parties"}


def test_an_analyst_records_nothing():
    with pytest.raises(access.RoleMayNotAct):
        actions.record_instrument(draft=MOU, parties=[Side("polri")], by=actor("polri", "analyst"), at=AT)


def test_an_instrument_is_never_above_itself():
    above = mou()
    below = pks(parent=above)

    with pytest.raises(actions.DraftRefused) as refusal:
        actions.correct_instrument(
            instrument=above,
            version=1,
            draft=replace(MOU, parent=below.pk),
            why="salah",
            by=actor("kemenimipas"),
            at=AT,
        )

    assert set(refusal.value.faults) == {"parent"}


def test_a_parent_that_one_may_not_read_is_answered_like_one_that_is_absent():
    hidden = actions.record_instrument(draft=MOU, parties=[Side("bp3mi-banten")], by=actor("bp3mi-banten"), at=AT)

    with pytest.raises(actions.DraftRefused) as refusal:
        pks(parent=hidden)

    assert set(refusal.value.faults) == {"parent"}


def test_an_instrument_is_corrected_only_while_nothing_below_it_is_approved():
    above = mou()
    clause = in_force(pks(parent=above))
    assert clause.approved_at == AT

    with pytest.raises(actions.AlreadyApproved):
        actions.correct_instrument(
            instrument=above, version=1, draft=replace(MOU, title="Lain"), why="salah", by=actor("polri"), at=AT
        )


def test_correcting_an_instrument_drops_the_approvals_given_so_far():
    instrument = pks()
    clause = drafted(instrument)
    approve(clause, "kanwil-im-banten")

    actions.correct_instrument(
        instrument=instrument,
        version=1,
        draft=replace(PKS, in_force_to=None),
        why="tanpa akhir",
        by=actor("polda-banten"),
        at=AT,
    )

    assert not clause.approvals.exists()
    assert TrailRow.objects.get(event="instrument.corrected").facts == {"changed": ["in_force_to"]}


def test_who_saw_the_draft_before_its_instrument_was_corrected_approves_it_only_after_another_look():
    instrument = pks()
    seen = drafted(instrument)
    actions.correct_instrument(
        instrument=instrument, version=1, draft=replace(PKS, in_force_to=None), why="tanpa akhir", by=actor("polda-banten"), at=AT
    )  # fmt: skip

    with pytest.raises(actions.ChangedMeanwhile):
        approve(seen, "kanwil-im-banten", version=seen.version)


@pytest.mark.django_db(transaction=True)
def test_a_correction_waits_for_the_last_approval_and_is_refused_then():
    instrument = pks()
    clause = drafted(instrument)
    approve(clause, "kanwil-im-banten")
    by, refused = actor("polda-banten"), []

    def correct():
        try:
            actions.correct_instrument(
                instrument=instrument, version=1, draft=replace(PKS, title="Lain"), why="salah", by=by, at=AT
            )
        except actions.AlreadyApproved as refusal:
            refused.append(refusal)
        finally:
            connection.close()

    other = threading.Thread(target=correct)
    with transaction.atomic():
        approve(clause, "polda-banten")
        other.start()
        other.join(timeout=0.5)
    other.join()

    assert len(refused) == 1
    instrument.refresh_from_db()
    assert instrument.title == PKS.title


def test_the_second_of_two_officers_learns_that_the_instrument_was_changed_meanwhile():
    instrument = pks()
    by = actor("kanwil-im-banten")
    actions.add_party(instrument=instrument, version=1, party=Side("bp3mi-banten"), by=by, at=AT)

    with pytest.raises(actions.ChangedMeanwhile):
        actions.add_party(instrument=instrument, version=1, party=Side("polri"), by=by, at=AT)


def test_a_party_under_which_a_clause_stands_is_not_removed():
    instrument = pks()
    drafted(instrument)
    party = instrument.parties.get(agency="polda-banten")

    with pytest.raises(actions.StatusForbids):
        actions.remove_party(party=party, version=1, by=actor("kanwil-im-banten"), at=AT)


def test_a_document_is_kept_with_its_checksum(settings):
    instrument = pks()
    settings.MAX_UPLOAD_BYTES = 10

    actions.attach_document(
        instrument=instrument, version=1, content=b"naskah", name="pks.pdf", by=actor("kanwil-im-banten"), at=AT
    )

    assert bytes(Instrument.objects.get().document) == b"naskah"
    assert instrument.document_checksum == hashlib.sha256(b"naskah").hexdigest()
    with pytest.raises(actions.DocumentRefused):
        actions.attach_document(
            instrument=instrument, version=2, content=b"x" * 11, name="besar.pdf", by=actor("kanwil-im-banten"), at=AT
        )


@pytest.mark.parametrize("is_replaced", [True, False])
def test_a_party_approves_again_once_it_is_another_paper(is_replaced):
    instrument = pks()
    keeper = actor("polda-banten")
    if is_replaced:
        actions.attach_document(
            instrument=instrument, version=1, content=b"naskah lama", name="pks.pdf", by=keeper, at=AT
        )
    clause = drafted(instrument)
    approve(clause, "kanwil-im-banten")
    seen = clause.version

    actions.attach_document(
        instrument=instrument, version=instrument.version, content=b"naskah lain", name="pks.pdf", by=keeper, at=AT
    )

    with pytest.raises(actions.ChangedMeanwhile):
        approve(clause, "polda-banten", version=seen)
    approve(clause, "polda-banten")
    clause.refresh_from_db()
    assert clause.approved_at is None
    assert [approval.party.agency_id for approval in clause.approvals.all()] == ["polda-banten"]


def test_another_paper_of_the_instrument_above_drops_the_approvals_below_it():
    above = mou()
    clause = drafted(pks(parent=above))
    approve(clause, "kanwil-im-banten")

    actions.attach_document(instrument=above, version=1, content=b"naskah", name="mou.pdf", by=actor("ditjenim"), at=AT)

    assert not clause.approvals.exists()


def test_what_is_in_force_stays_when_its_first_paper_is_attached():
    instrument = pks()
    clause = in_force(instrument)

    actions.attach_document(
        instrument=instrument, version=1, content=b"naskah", name="pks.pdf", by=actor("polda-banten"), at=AT
    )

    assert clause.approvals.count() == 2
    with pytest.raises(actions.AlreadyApproved):
        actions.attach_document(
            instrument=instrument, version=2, content=b"lain", name="pks.pdf", by=actor("polda-banten"), at=AT
        )


def test_a_sub_office_does_not_keep_the_record_of_its_head():
    instrument = pks()

    with pytest.raises(actions.NotASide):
        actions.attach_document(
            instrument=instrument, version=1, content=b"x", name="x.pdf", by=actor("polres-serang"), at=AT
        )


# --- drafting ---


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("giver", {"giver": Side()}),
        ("giver", {"giver": Side("bp3mi-banten")}),
        ("giver", {"giver": Side("polri")}),  # above a party is not below it
        ("giver", {"giver": Side(state="ID")}),
        ("receiver", {"receiver": Side()}),
        ("receiver", {"receiver": CLAUSE.giver}),
        ("releases", {"releases": {}}),
        ("releases", {"releases": {"persons": {}}}),
        ("releases", {"releases": {"events": {"names": "full"}}}),
        ("releases", {"releases": {"events": {"title": "blurred"}}}),
        ("releases", {"releases": {"events": {"title": "partly"}}}),
        ("releases", {"precision": "aggregate"}),
        ("purposes", {"purposes": frozenset()}),
        ("purposes", {"purposes": frozenset({"curiosity"})}),
        ("roots", {"roots": frozenset()}),
        ("roots", {"roots": frozenset({999})}),
        ("roots", {"is_everywhere": True}),
        ("exceptions", {"exceptions": frozenset({999})}),
        ("kinds", {"kinds": frozenset({"XYZ"})}),
        ("kinds", {"kinds": frozenset({"IM.REFUGEE"})}),
        ("kinds", {"releases": {"reports": {"place": "full"}}}),
        ("precision", {"precision": "street"}),
        ("onward", {"onward": "perhaps"}),
        ("min_cell", {"min_cell": 4}),
        ("retention_days", {"retention_days": 0}),
        ("conditions", {"conditions": frozenset({"luck"})}),
        ("transfer_basis", {"transfer_basis": "adequacy"}),
        ("transfer_basis", {"transfer_basis": "habit"}),
    ],
)
def test_a_fault_of_a_clause_is_named_by_its_field(field, change):
    with pytest.raises(actions.DraftRefused) as refusal:
        drafted(pks(), **change)

    assert field in refusal.value.faults
    assert not Clause.objects.exists()


def test_a_clause_may_name_an_agency_below_a_party():
    clause = drafted(pks(), giver=Side("kanim-serang"), receiver=Side("polres-serang"))

    assert {p.agency_id for p in parties_named(clause, clause.instrument.parties.all(), Hierarchy(AT.date()))} == {
        "kanwil-im-banten",
        "polda-banten",
    }


@pytest.mark.parametrize("abroad", ["pntl", "iom"])
def test_what_crosses_to_another_state_or_an_organisation_names_its_basis(abroad):
    instrument = pks("kanwil-im-banten", abroad)

    with pytest.raises(actions.DraftRefused) as refusal:
        drafted(instrument, receiver=Side(abroad))
    clause = drafted(instrument, receiver=Side(abroad), transfer_basis="binding_instrument")

    assert set(refusal.value.faults) == {"transfer_basis"}
    assert clause.transfer_basis == "binding_instrument"


def test_a_forum_gives_nothing_of_its_own():
    with pytest.raises(actions.DraftRefused) as refusal:
        drafted(pks("kanwil-im-banten", "timpora", "polda-banten"), giver=Side("timpora"))

    assert set(refusal.value.faults) == {"giver"}


def test_the_military_receives_counts_only():
    instrument = pks("kanwil-im-banten", "lanal-banten")

    with pytest.raises(actions.DraftRefused) as refusal:
        drafted(instrument, receiver=Side("lanal-banten"))
    clause = drafted(instrument, receiver=Side("lanal-banten"), precision="aggregate", releases={"events": {}})

    assert set(refusal.value.faults) == {"receiver"}
    assert facts_of([clause], as_if_approved_at=AT)[0].releases == {}


def test_somebody_beside_the_instrument_drafts_nothing():
    with pytest.raises(actions.NotASide):
        actions.draft_clause(instrument=pks(), draft=CLAUSE, by=actor("bp3mi-banten"), at=AT)


# --- approving ---


def test_a_clause_is_in_force_from_the_last_approval_on_and_not_before():
    clause = drafted(pks())

    approve(clause, "polda-banten", at=AT)
    assert not serves(clause)
    approve(clause, "kanwil-im-banten", at=LATER)

    assert not serves(clause, LATER - timedelta(seconds=1))
    assert serves(clause, LATER)
    clause.refresh_from_db()
    assert clause.approved_at == LATER
    assert TrailRow.objects.filter(event="clause.in_force", clause=clause.ref).count() == 1


def test_an_approval_is_given_to_the_content_of_the_clause():
    clause = drafted(pks())

    approval = approve(clause, "polda-banten")

    assert approval.checksum == checksum_of(draft_of(clause)) == checksum_of(CLAUSE)


def test_changing_a_draft_drops_its_approvals():
    clause = drafted(pks())
    approve(clause, "polda-banten")

    actions.change_draft(
        clause=clause, version=1, draft=replace(CLAUSE, roots=frozenset({SERANG})), by=actor("polda-banten"), at=AT
    )

    assert not clause.approvals.exists()
    assert TrailRow.objects.get(event="clause.changed").facts["changed"] == ["roots"]
    approve(clause, "kanwil-im-banten")
    clause.refresh_from_db()
    assert clause.approved_at is None


def test_a_draft_that_was_changed_after_the_page_was_opened_is_not_approved():
    clause = drafted(pks())
    actions.change_draft(clause=clause, version=1, draft=replace(CLAUSE, min_cell=7), by=actor("polda-banten"), at=AT)

    with pytest.raises(actions.ChangedMeanwhile):
        approve(clause, "polda-banten", version=1)


def test_what_both_sides_approved_is_not_changed_any_more():
    clause = in_force(pks())

    with pytest.raises(actions.AlreadyApproved):
        actions.change_draft(clause=clause, version=1, draft=CLAUSE, by=actor("polda-banten"), at=AT)


@pytest.mark.parametrize(
    ("agency", "role", "why"),
    [
        ("polres-serang", "leader", actions.MayNotApprove),  # the head of a sub-office does not bind the office above
        ("polri", "leader", actions.MayNotApprove),  # nor does somebody beside the party
        ("bp3mi-banten", "leader", actions.MayNotApprove),
        ("polda-banten", "coordinator", access.RoleMayNotAct),
        ("polda-banten", "analyst", access.RoleMayNotAct),
    ],
)
def test_nobody_else_gives_a_partys_word(agency, role, why):
    clause = drafted(pks())

    with pytest.raises(why):
        approve(clause, agency, role=role)

    assert not Approval.objects.exists()


def test_a_leader_below_a_party_gives_the_word_for_the_own_agency():
    instrument = mou()
    clause = drafted(instrument, giver=Side("kanim-serang"), receiver=Side("polres-serang"))

    approve(clause, "kanim-serang")
    approve(clause, "polres-serang")

    assert serves(clause)


def test_a_party_approves_once():
    clause = drafted(pks())
    approve(clause, "polda-banten")

    with pytest.raises(actions.MayNotApprove):
        approve(clause, "polda-banten")


def test_a_signatory_whose_account_the_party_linked_approves_in_any_role():
    instrument = pks()
    clause = drafted(instrument)
    by = actor("polda-banten", "case_officer")
    signatory = Officer.objects.get(username="case_officer.polda-banten")

    actions.add_signatory(
        party=instrument.parties.get(agency="polda-banten"), version=1, name="", position="Kapolda", officer=signatory,
        by=actor("polda-banten"), at=AT,
    )  # fmt: skip
    actions.approve_clause(clause=clause, version=1, position="Kapolda", by=by, at=AT)

    assert clause.approvals.get().party.agency_id == "polda-banten"


def test_no_side_links_an_account_for_the_other_and_nobody_the_own():
    instrument = pks()
    theirs = instrument.parties.get(agency="polda-banten")
    actor("kanwil-im-banten"), actor("polda-banten")
    ours, police = (Officer.objects.get(username=f"coordinator.{a}") for a in ("kanwil-im-banten", "polda-banten"))
    common = {"party": theirs, "version": 1, "name": "", "position": "Kapolda", "at": AT}

    for officer, by in ((police, "kanwil-im-banten"), (ours, "polda-banten"), (police, "polda-banten")):
        with pytest.raises(actions.NotASide):
            actions.add_signatory(**common, officer=officer, by=actor(by))


def test_a_machine_approves_nothing():
    clause = drafted(pks())
    machine = access.system_actor(clause.receiver, name="worker", purpose="prevention", at=AT)

    with pytest.raises(access.PersonDecides):
        actions.approve_clause(clause=clause, version=1, position="Kepala", by=machine, at=AT)


# --- afterwards ---


def test_an_ended_clause_opens_nothing_at_the_next_look():
    clause = in_force(pks())
    assert serves(clause)

    actions.end_clause(
        clause=clause, version=1, why="tidak perlu", by=actor("polda-banten"), at=AT + timedelta(seconds=1)
    )

    assert not serves(clause)


def test_a_suspension_of_the_parent_switches_off_all_below_until_it_is_lifted():
    above = mou()
    clause = in_force(pks(parent=above))

    actions.suspend(instrument=above, version=1, why="evaluasi", by=actor("polri"), at=AT + timedelta(hours=1))
    assert serves(clause)
    assert not serves(clause, AT + timedelta(hours=1))
    actions.resume(instrument=above, version=2, why="selesai", by=actor("polri"), at=LATER)

    assert not serves(clause, LATER - timedelta(seconds=1))
    assert serves(clause, LATER)


def test_a_suspension_is_lifted_only_by_the_agency_that_ordered_it():
    instrument = pks()
    actions.suspend(instrument=instrument, version=1, why="kebocoran", by=actor("kanwil-im-banten"), at=AT)

    with pytest.raises(actions.NotASide):
        actions.resume(instrument=instrument, version=2, why="sudah", by=actor("polda-banten"), at=LATER)


def test_a_withdrawal_is_for_good_and_takes_effect_now_or_later_but_never_earlier():
    instrument = pks()
    clause = in_force(instrument)
    by = actor("polda-banten", "leader")

    with pytest.raises(actions.NeverEarlier):
        actions.withdraw(instrument=instrument, version=1, why="x", by=by, at=AT, effective_at=AT - timedelta(days=1))
    actions.withdraw(instrument=instrument, version=1, why="diganti", by=by, at=AT, effective_at=LATER)

    assert serves(clause, LATER - timedelta(seconds=1))
    assert not serves(clause, LATER)
    assert status_at(dates_of(instrument), LATER) == "withdrawn"
    with pytest.raises(actions.StatusForbids):
        actions.resume(instrument=instrument, version=2, why="batal", by=by, at=LATER)


def test_a_renewal_takes_effect_once_every_party_gave_the_same_word():
    instrument = pks()
    clause = in_force(instrument)
    after_the_old_end = AT.replace(year=2028)
    until = date(2029, 11, 19)

    first = actions.renew(instrument=instrument, version=1, until=until, why="lanjut", by=actor("polda-banten"), at=AT)
    assert first is None
    assert not serves(clause, after_the_old_end)
    other = actions.renew(
        instrument=instrument, version=2, until=date(2030, 1, 1), why="lanjut", by=actor("kanwil-im-banten"), at=AT
    )
    assert other is None
    change = actions.renew(
        instrument=instrument, version=3, until=until, why="lanjut", by=actor("kanwil-im-banten"), at=AT
    )

    assert change is not None
    assert serves(clause, after_the_old_end)
    assert not serves(clause, AT.replace(year=2030))


@pytest.mark.parametrize("deed", [actions.suspend, actions.withdraw])
@pytest.mark.parametrize("agency", ["polres-serang", "bp3mi-banten", "polri"])
def test_only_a_party_itself_decides_over_an_instrument(deed, agency):
    with pytest.raises(actions.NotASide):
        deed(instrument=pks(), version=1, why="ingin", by=actor(agency), at=AT)


@pytest.mark.parametrize("deed", [actions.suspend, actions.withdraw])
def test_a_deed_over_an_instrument_says_why(deed):
    with pytest.raises(actions.ReasonMissing):
        deed(instrument=pks(), version=1, why="  ", by=actor("polda-banten"), at=AT)


def test_the_chair_of_a_forum_speaks_for_it():
    instrument = pks("kanwil-im-banten", "timpora")
    Membership.objects.create(forum_id="timpora", agency_id="kanim-serang", function="chair")

    change = actions.suspend(instrument=instrument, version=1, why="evaluasi", by=actor("kanim-serang"), at=AT)

    assert change.agency_id == "kanim-serang"


def test_a_chair_begins_with_the_civil_day_and_not_with_the_day_in_greenwich():
    instrument = pks("kanwil-im-banten", "timpora")
    evening = AT.replace(hour=20)  # in Jakarta it is three in the morning of the next day
    today = evening.date() + timedelta(days=1)
    Membership.objects.create(forum_id="timpora", agency_id="kanim-serang", function="chair", valid_from=today)

    change = actions.suspend(instrument=instrument, version=1, why="evaluasi", by=actor("kanim-serang"), at=evening)

    assert change.agency_id == "kanim-serang"


def test_every_deed_is_in_the_trail_with_its_reason_and_without_content():
    instrument = pks()
    in_force(instrument)

    actions.suspend(instrument=instrument, version=1, why="evaluasi", by=actor("polda-banten"), at=AT)

    row = TrailRow.objects.get(event="instrument.suspended")
    assert (row.subject, row.why, row.agency) == (instrument.ref, "evaluasi", "polda-banten")
    assert BANTEN not in row.facts.values()


# --- what was announced for a later day ---


def announced(instrument, deed=actions.suspend, *, by="polda-banten"):
    return deed(instrument=instrument, version=1, why="evaluasi", by=actor(by), at=AT, effective_at=LATER)


@pytest.mark.parametrize("deed", [actions.suspend, actions.withdraw])
def test_what_was_announced_for_a_later_day_is_taken_back_before_it_and_never_begins(deed):
    instrument = pks()
    clause = in_force(instrument)
    change = announced(instrument, deed)
    assert not serves(clause, LATER)

    actions.take_back(change=change, version=2, why="salah hari", by=actor("polda-banten"), at=AT)

    assert serves(clause, LATER)
    assert status_at(dates_of(Instrument.objects.get()), LATER) == "in_force"
    row = TrailRow.objects.get(event="instrument.change_taken_back")
    assert (row.subject, row.why, row.facts["what"]) == (instrument.ref, "salah hari", change.what)


def test_only_the_party_that_announced_it_takes_it_back():
    change = announced(pks())

    with pytest.raises(actions.NotASide):
        actions.take_back(change=change, version=2, why="tidak setuju", by=actor("kanwil-im-banten"), at=AT)


@pytest.mark.parametrize("when", [LATER, LATER + timedelta(days=1)])
def test_what_has_begun_is_not_taken_back(when):
    change = announced(pks())

    with pytest.raises(actions.StatusForbids):
        actions.take_back(change=change, version=2, why="salah", by=actor("polda-banten"), at=when)
    assert change.instrument.version == Instrument.objects.get().version == 2


def test_what_is_taken_back_by_whoever_saw_an_older_state_stays_announced():
    change = announced(pks())

    with pytest.raises(actions.ChangedMeanwhile):
        actions.take_back(change=change, version=1, why="salah", by=actor("polda-banten"), at=AT)
    assert not Instrument.objects.get().changes.filter(taken_back_at__isnull=False)


def test_what_was_taken_back_is_not_taken_back_again_and_can_be_announced_anew():
    instrument = pks()
    change = announced(instrument, actions.withdraw)
    actions.take_back(change=change, version=2, why="salah", by=actor("polda-banten"), at=AT)

    with pytest.raises(actions.StatusForbids):
        actions.take_back(change=change, version=3, why="salah", by=actor("polda-banten"), at=AT)
    actions.withdraw(instrument=instrument, version=3, why="diganti", by=actor("polda-banten"), at=LATER)

    assert status_at(dates_of(Instrument.objects.get()), LATER) == "withdrawn"


def test_a_suspension_whose_end_is_announced_is_taken_back_after_that():
    instrument = pks()
    suspended = announced(instrument)
    resumed = actions.resume(
        instrument=instrument,
        version=2,
        why="selesai",
        by=actor("polda-banten"),
        at=AT,
        effective_at=LATER + timedelta(days=9),
    )

    with pytest.raises(actions.StatusForbids):
        actions.take_back(change=suspended, version=3, why="salah", by=actor("polda-banten"), at=AT)
    actions.take_back(change=resumed, version=3, why="salah", by=actor("polda-banten"), at=AT)
    actions.take_back(change=suspended, version=4, why="salah", by=actor("polda-banten"), at=AT)

    assert status_at(dates_of(Instrument.objects.get()), LATER) == "in_force"


def test_of_two_who_take_the_same_back_the_second_is_told_that_it_is_done():
    change = announced(pks())
    again = Instrument.objects.get().changes.get()
    actions.take_back(change=change, version=2, why="salah", by=actor("polda-banten"), at=AT)

    with pytest.raises(actions.StatusForbids):
        actions.take_back(change=again, version=2, why="salah", by=actor("polda-banten"), at=AT)

    assert TrailRow.objects.filter(event="instrument.change_taken_back").count() == 1


def test_taking_back_says_why():
    change = announced(pks())

    with pytest.raises(actions.ReasonMissing):
        actions.take_back(change=change, version=2, why=" ", by=actor("polda-banten"), at=AT)
