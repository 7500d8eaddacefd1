"""Deeds of the vault: the state, its row in the trail, and every refusal."""

import traceback
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kentongan.agreements.access import NotVisible, RoleMayNotAct, system_actor
from kentongan.agreements.models import ConditionMet
from kentongan.agreements.modules import ModuleOff
from kentongan.audit.models import TrailRow
from kentongan.vault import actions
from kentongan.vault.actions import (
    ChangedMeanwhile,
    DeedRefused,
    OpeningRefused,
    correct,
    erase,
    forget,
    open_identity,
    record_consent,
    withdraw_consent,
)
from kentongan.vault.models import Identity, Opening, SealedIdentity
from kentongan.vault.rules import IdentityFields, IdentityRefused
from kentongan.vault.sealing import CannotOpen
from kentongan.vault.tests.making import CANARIES, FIELDS, NAME, REASON, stored


def read(identity, by, at, *, ground="imminent_risk", reason=REASON, document=""):
    return open_identity(identity=identity, ground=ground, reason=reason, document=document, by=by, at=at)


def events():
    return list(TrailRow.objects.order_by("id").values_list("event", flat=True))


def test_what_is_stored_is_given_back_once_and_the_trail_says_so(identity, officer, now):
    opened = read(identity, officer, now, ground="court_order", document="12/Pen.Pid/2026")

    row = TrailRow.objects.get(event="vault.opened")
    assert opened.fields == FIELDS
    assert (row.subject, row.actor, row.purpose, row.why) == (identity.ref, officer.ref, "investigation", REASON)
    assert row.facts == {"ground": "court_order", "document": "12/Pen.Pid/2026", "opening": opened.opening.pk}


def test_the_row_of_an_identity_says_nothing_of_who_it_is(identity):
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - every table, by its own name
            rows = cursor.fetchall()
            cells = [bytes(c) if isinstance(c, memoryview) else c for row in rows for c in row]
            held = b"\n".join(c if isinstance(c, bytes) else str(c).encode() for c in cells)
            assert [word for word in CANARIES if word.encode() in held] == [], table


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.builds(IdentityFields, st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60)))
def test_any_name_comes_back_as_it_was_given(switched_on, officer, now, fields):
    assert read(stored(officer, now, fields=fields), officer, now, reason="0123456789 !").fields == fields


def test_a_pseudonym_stays_when_the_identity_is_corrected(identity, officer, now):
    mark = identity.mark

    corrected = correct(
        identity=identity,
        revision=identity.revision,
        changes={"contact": "lewat pos"},
        reason="kontak berganti",
        by=officer,
        at=now,
    )

    assert corrected.mark == mark
    assert corrected.pseudonym == f"Pelapor {mark}"


def test_marks_are_drawn_again_until_one_is_free(switched_on, officer, now, monkeypatch):
    drawn = iter(["aaaa", "aaaa", "aaaa", "bbbb"])
    monkeypatch.setattr(actions.secrets, "token_hex", lambda _n: next(drawn))

    assert [stored(officer, now).mark, stored(officer, now).mark] == ["AAAA", "BBBB"]


def test_two_agencies_have_their_own_marks(switched_on, officer, actor_of, now, monkeypatch):
    monkeypatch.setattr(actions.secrets, "token_hex", lambda _n: "aaaa")
    other = actor_of("polres-belu", kind="police", role="case_officer")

    assert stored(officer, now).mark == stored(other, now).mark


@pytest.mark.parametrize("fields", [IdentityFields(), IdentityFields(relation="tetangga"), IdentityFields("a" * 121)])
def test_an_identity_that_names_nobody_or_too_much_is_refused(switched_on, officer, now, fields):
    with pytest.raises(IdentityRefused):
        stored(officer, now, fields=fields)
    assert not Identity.objects.exists()


def test_a_role_that_may_not_report_leaves_no_identity(switched_on, actor_of, now):
    with pytest.raises(RoleMayNotAct):
        stored(actor_of("kanim-atambua", role="leader"), now)


def test_a_reporter_may_leave_a_reporters_identity_and_not_a_victims(switched_on, actor_of, now):
    village = actor_of("desa-silawan", role="village_official")

    assert stored(village, now).handling == "personal"
    with pytest.raises(RoleMayNotAct):
        stored(village, now, kind="victim")


# --- ciphertext moved or changed by whoever can write the database ---


def test_sealed_fields_put_under_another_identity_do_not_open(identity, officer, now):
    other = stored(officer, now, fields=IdentityFields("Orang Lain"))
    theirs = SealedIdentity.objects.filter(pk=other.pk).values("master", "wrapped_key", "ciphertext").get()
    SealedIdentity.objects.filter(pk=identity.pk).update(**theirs)

    with pytest.raises(CannotOpen):
        read(identity, officer, now)
    assert not Opening.objects.exists()


@pytest.mark.parametrize("column", ["owner_id", "kind"])
def test_an_identity_given_to_another_owner_or_made_another_kind_does_not_open(identity, actor_of, now, column):
    thief = actor_of("polres-belu", kind="police", role="case_officer", purpose="investigation")
    Identity.objects.filter(pk=identity.pk).update(
        **{"owner_id": "polres-belu"} | ({"kind": "person"} if column == "kind" else {})
    )

    with pytest.raises(CannotOpen):
        read(identity, thief, now)


# --- refusals ---


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"agency": "polres-belu"}, NotVisible),
        ({"reads": frozenset()}, NotVisible),
        ({"purpose": "prevention"}, OpeningRefused),
        ({"role": "system"}, Exception),
    ],
)
def test_whoever_may_not_is_refused_and_the_trail_knows(identity, officer, now, changed, refusal):
    with pytest.raises(refusal):
        read(identity, replace(officer, **changed), now)

    row = TrailRow.objects.get(event="access.refused")
    assert (row.subject, row.facts) == (identity.ref, {"deed": "open"})
    assert row.reasons
    assert not Opening.objects.exists()


def test_what_was_deleted_meanwhile_is_refused_like_what_is_closed(identity, officer, now):
    SealedIdentity.objects.all().delete()
    Identity.objects.all().delete()

    with pytest.raises(NotVisible):
        read(identity, officer, now)
    assert TrailRow.objects.get(event="access.refused").reasons == ["absent"]


def test_a_reason_that_names_the_person_is_refused_and_does_not_reach_the_trail(identity, officer, now):
    with pytest.raises(OpeningRefused):
        read(identity, officer, now, reason="menghubungi Zkanaria lagi")

    assert "Zkanaria" not in str(list(TrailRow.objects.values()))
    assert "zkanaria" not in str(list(TrailRow.objects.values())).casefold()


def test_the_system_opens_nothing_even_when_it_could_read(identity, officer, now):
    machine = replace(system_actor(identity.owner, name="worker", purpose="investigation", at=now), reads=officer.reads)

    with pytest.raises(Exception, match="Sistem hanya mengusulkan"):
        read(identity, machine, now)


def test_a_failure_after_opening_leaves_neither_row_nor_opening_and_tells_nothing(identity, officer, now, monkeypatch):
    def fails(*_args, **_kwargs):
        raise RuntimeError("disk full")

    monkeypatch.setattr(actions.trail, "record", fails)

    with pytest.raises(RuntimeError) as failed, transaction.atomic():
        read(identity, officer, now)
    assert not Opening.objects.exists()
    told = "".join(traceback.format_exception(failed.value))
    assert [word for word in CANARIES if word in told] == []


# --- consent ---


def test_on_consent_an_identity_opens_as_long_as_it_stands(switched_on, officer, now):
    identity = stored(officer, now, consents=True)
    assert read(identity, officer, now, ground="consent").opening.document == "report:uji"

    withdrawn = withdraw_consent(identity=identity, reason="ditarik dengan surat", by=officer, at=now)

    assert [one.officer for one in withdrawn.receivers] == [officer.ref]
    with pytest.raises(OpeningRefused):
        read(identity, officer, now, ground="consent")
    assert "vault.consent_withdrawn" in events()
    assert TrailRow.objects.get(event="vault.consent_withdrawn").facts == {"receivers": [officer.ref]}


def test_a_new_consent_opens_again_and_a_document_alone_does_not(identity, officer, now):
    with pytest.raises(OpeningRefused):
        read(identity, officer, now, ground="consent", document="surat 7/2026")

    record_consent(identity=identity, document="surat 7/2026", by=officer, at=now)

    assert read(identity, officer, now, ground="consent").opening.document == "surat 7/2026"


@pytest.mark.parametrize("reason", [f"{NAME} tidak mau lagi", "ditarik lewat telepon"])
def test_a_reason_that_tells_of_the_person_stops_no_withdrawal_and_stands_nowhere(switched_on, officer, now, reason):
    identity = stored(officer, now, consents=True)

    withdrawn = withdraw_consent(identity=identity, reason=reason, by=officer, at=now)

    assert not withdrawn.is_reason_kept
    assert actions.standing_consent(identity, at=now) is None
    assert not TrailRow.objects.filter(why__contains=reason).exists()
    assert not ConditionMet.objects.filter(ended_why__contains=reason).exists()
    assert "tidak disimpan" in TrailRow.objects.get(event="vault.consent_withdrawn").why


def test_a_reason_that_tells_of_nobody_is_kept_with_the_withdrawal(switched_on, officer, now):
    identity = stored(officer, now, consents=True)

    assert withdraw_consent(identity=identity, reason=" tidak mau lagi ", by=officer, at=now).is_reason_kept

    assert TrailRow.objects.get(event="vault.consent_withdrawn").why == "tidak mau lagi"


def test_a_consent_is_withdrawn_also_while_the_key_is_away(switched_on, officer, own_keys, now):
    identity = stored(officer, now, consents=True)
    for file in own_keys.iterdir():
        file.unlink()

    withdrawn = withdraw_consent(identity=identity, reason=f"{NAME} tidak mau lagi", by=officer, at=now)

    assert not withdrawn.is_reason_kept
    assert actions.standing_consent(identity, at=now) is None
    assert not TrailRow.objects.filter(why__contains=NAME).exists()


# --- nobody tries out names unseen ---

GUESSES = (NAME, "Bukan Dia")


def answer_to(deed):
    try:
        deed()
    except (ChangedMeanwhile, DeedRefused, OpeningRefused) as refusal:
        return type(refusal), refusal.message
    return "done"


@pytest.mark.parametrize(
    "deed",
    [
        lambda identity, **words: withdraw_consent(identity=identity, **words),
        lambda identity, **words: erase(identity=identity, revision=uuid4(), **words),
        lambda identity, **words: correct(identity=identity, revision=uuid4(), changes={"sex": "L"}, **words),
    ],
    ids=["a withdrawal of no consent", "an erasure of no revision", "a correction of no revision"],
)
def test_a_deed_that_cannot_be_done_answers_a_right_guess_as_a_wrong_one(identity, officer, now, deed):
    right, wrong = (answer_to(lambda: deed(identity, reason=guess, by=officer, at=now)) for guess in GUESSES)  # noqa: B023 - asked at once

    assert right == wrong != "done"


@pytest.mark.parametrize("is_on", [True, False])
def test_where_the_content_may_not_be_read_no_reason_is_held_against_it(switched_on, officer, now, is_on):
    unread = replace(officer, purpose="coordination") if is_on else officer
    erased = [stored(officer, now, consents=True) for _guess in GUESSES]
    if not is_on:
        switched_on.delete()

    kept = [
        withdraw_consent(identity=one, reason=guess, by=unread, at=now).is_reason_kept
        for one, guess in zip(erased, GUESSES, strict=True)
    ]
    whys = [
        erase(identity=one, revision=one.revision, reason=guess, by=unread, at=now).erased_why
        for one, guess in zip(erased, GUESSES, strict=True)
    ]

    assert kept == [False, False]
    assert whys[0] == whys[1]
    assert not TrailRow.objects.filter(why__contains=NAME).exists()


@pytest.mark.parametrize(
    ("deed", "words"),
    [
        (record_consent, {"document": f"surat {NAME}"}),
        (correct, {"reason": f"salah tulis {NAME}", "changes": {"sex": "L"}}),
        (erase, {"reason": f"hapus {NAME}"}),
    ],
)
def test_words_that_tell_of_the_person_are_refused_and_the_trail_knows(identity, officer, now, deed, words):
    revision = {} if deed is record_consent else {"revision": identity.revision}

    with pytest.raises(OpeningRefused):
        deed(identity=identity, by=officer, at=now, **revision, **words)

    row = TrailRow.objects.get(event="access.refused")
    assert (row.subject, row.reasons) == (identity.ref, [actions.TELLING])
    assert not TrailRow.objects.filter(why__contains=NAME).exists()
    assert read(identity, officer, now).fields == FIELDS


@pytest.mark.parametrize(
    ("deed", "words"),
    [(record_consent, {"document": NAME}), (correct, {"reason": NAME, "changes": {"sex": "L"}})],
)
def test_for_a_purpose_that_opens_no_identity_nothing_is_corrected_or_consented(identity, officer, now, deed, words):
    revision = {} if deed is record_consent else {"revision": identity.revision}

    with pytest.raises(OpeningRefused, match="Tujuan"):
        deed(identity=identity, by=replace(officer, purpose="coordination"), at=now, **revision, **words)


def test_a_withdrawn_consent_does_not_stand_later_either(switched_on, officer, now):
    identity = stored(officer, now, consents=True)
    withdraw_consent(identity=identity, reason="ditarik", by=officer, at=now + timedelta(hours=1))

    with pytest.raises(OpeningRefused):
        read(identity, officer, now + timedelta(days=1), ground="consent")


def test_nothing_to_withdraw_is_said(identity, officer, now):
    with pytest.raises(DeedRefused):
        withdraw_consent(identity=identity, reason="ditarik", by=officer, at=now)


def test_another_agency_neither_records_nor_withdraws_nor_erases(identity, officer, now):
    other = replace(officer, agency="polres-belu")

    for deed, given_words in (
        (record_consent, {"document": "surat"}),
        (withdraw_consent, {"reason": "ditarik"}),
        (erase, {"reason": "hak", "revision": identity.revision}),
        (correct, {"reason": "salah", "revision": identity.revision, "changes": {"name": "Lain"}}),
    ):
        with pytest.raises(NotVisible):
            deed(identity=identity, by=other, at=now, **given_words)
    assert read(identity, officer, now).fields == FIELDS


# --- correction and erasure ---


def test_a_correction_changes_what_is_given_and_keeps_the_rest(identity, officer, now):
    before = SealedIdentity.objects.get()

    correct(
        identity=identity,
        revision=identity.revision,
        changes={"contact": "lewat pos", "relation": ""},
        reason="kontak berganti",
        by=officer,
        at=now,
    )

    fields = read(identity, officer, now).fields
    after = SealedIdentity.objects.get()
    assert fields == replace(FIELDS, contact="lewat pos", relation="")
    assert bytes(after.wrapped_key) != bytes(before.wrapped_key)
    assert TrailRow.objects.get(event="vault.corrected").facts == {"fields": ["contact", "relation"]}


def test_two_corrections_of_the_same_revision_do_not_both_count(identity, officer, now):
    seen = identity.revision
    given_words = {"changes": {"relation": "tetangga"}, "reason": "salah", "by": officer, "at": now}
    correct(identity=identity, revision=seen, **given_words)

    with pytest.raises(ChangedMeanwhile):
        correct(identity=identity, revision=seen, **given_words)


@pytest.mark.parametrize("changes", [{}, {"etnis": "x"}])
def test_a_correction_of_nothing_or_of_an_unknown_field_is_refused(identity, officer, now, changes):
    with pytest.raises(DeedRefused):
        correct(identity=identity, revision=identity.revision, changes=changes, reason="salah", by=officer, at=now)


def test_a_correction_may_not_take_the_last_name_and_contact(identity, officer, now):
    with pytest.raises(IdentityRefused):
        correct(
            identity=identity,
            revision=identity.revision,
            changes={"name": "", "contact": ""},
            reason="salah",
            by=officer,
            at=now,
        )
    assert read(identity, officer, now).fields == FIELDS


def test_after_erasure_nobody_opens_and_the_key_is_gone(switched_on, officer, now):
    identity = stored(officer, now, consents=True)

    erased = erase(
        identity=identity, revision=identity.revision, reason="permintaan yang bersangkutan", by=officer, at=now
    )

    assert not SealedIdentity.objects.exists()
    assert (erased.erased_at, erased.erased_why) == (now, "permintaan yang bersangkutan")
    assert not ConditionMet.objects.filter(valid_to__isnull=True).exists()
    for ground in ("consent", "court_order", "imminent_risk"):
        with pytest.raises(OpeningRefused):
            read(identity, officer, now, ground=ground, document="12/Pen.Pid/2026")
    with pytest.raises(DeedRefused):
        erase(identity=identity, revision=identity.revision, reason="sekali lagi", by=officer, at=now)


def test_a_reason_of_an_erasure_may_not_keep_the_name(identity, officer, now):
    with pytest.raises(OpeningRefused):
        erase(identity=identity, revision=identity.revision, reason="hapus Ujicoba", by=officer, at=now)
    assert SealedIdentity.objects.exists()


def test_retention_destroys_the_key_and_says_what_is_gone(identity, now):
    assert forget(identity, at=now, why="dihapus menurut retensi") == ("wrapped_key", "ciphertext")
    assert not SealedIdentity.objects.exists()


# --- the switch ---


def test_without_an_assessment_nothing_is_stored_opened_or_corrected(identity, switched_on, officer, now):
    switched_on.delete()

    for do in (
        lambda: stored(officer, now),
        lambda: read(identity, officer, now),
        lambda: correct(
            identity=identity, revision=identity.revision, changes={"relation": "x"}, reason="salah", by=officer, at=now
        ),
        lambda: record_consent(identity=identity, document="surat", by=officer, at=now),
    ):
        with pytest.raises(ModuleOff):
            do()
    assert "access.refused" in events()


def test_a_persons_right_does_not_wait_for_the_switch(switched_on, officer, now):
    identity = stored(officer, now, consents=True)
    switched_on.delete()

    withdraw_consent(identity=identity, reason="ditarik", by=officer, at=now)
    erase(identity=identity, revision=identity.revision, reason="permintaan yang bersangkutan", by=officer, at=now)

    assert not SealedIdentity.objects.exists()


# --- what the database itself refuses ---


def test_the_database_refuses_an_opening_without_reason_or_reference(identity, now):
    given_words = {"identity": identity, "officer": "officer:1", "agency": "a", "role": "r", "purpose": "p", "at": now}

    for wrong in ({"ground": "consent", "reason": "x"}, {"ground": "imminent_risk", "reason": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Opening.objects.create(**given_words, **wrong)


def test_the_database_refuses_an_identity_that_is_not_handled_as_personal(identity):
    with pytest.raises(IntegrityError), transaction.atomic():
        Identity.objects.update(handling="shared")
