"""Identities compared by a machine: for a purpose, with a reason, in the trail, and never whom only protection may compare."""

from datetime import timedelta

import pytest

from kentongan.agencies.rules import ROLE_LABELS
from kentongan.agreements.access import RoleMayNotAct
from kentongan.agreements.rules import PURPOSES
from kentongan.audit.models import TrailRow
from kentongan.vault.actions import OpeningRefused
from kentongan.vault.comparing import CHILD, PROTECTED, comparable, read_for_comparison
from kentongan.vault.rules import IdentityFields, kinds, may_compare

from .making import REASON, stored, switch_on

SOMEBODY = IdentityFields("Maria Contoh", nik="bukan nomor", born_on="1990-03-07", sex="P", village="Tulakadi")


@pytest.fixture
def investigator(actor_of, gazetteer_rows, now, settings, tmp_path):
    settings.VAULT_KEYS = tmp_path / "keys"
    switch_on(now)
    return actor_of("polres-belu", role="case_officer", purpose="investigation")


@pytest.fixture
def protector(actor_of, investigator):
    return actor_of("polres-belu", role="protection_officer", purpose="victim_protection", username="pelindung")


@pytest.mark.parametrize("kind", ["reporter", "victim", CHILD, PROTECTED])
def test_reporters_victims_children_and_refugees_are_compared_by_the_protection_officer_for_protection_alone(kind):
    may = {
        (role, purpose) for role in ROLE_LABELS for purpose in PURPOSES if may_compare(kind, purpose=purpose, role=role)
    }

    assert may == {("protection_officer", "victim_protection")}


def test_every_kind_has_its_line():
    assert {
        kind for kind in kinds() if may_compare(kind, purpose="victim_protection", role="protection_officer")
    } == set(kinds())


def test_each_identity_that_is_compared_has_its_row_in_the_trail(investigator, now):
    identity = stored(investigator, now, fields=SOMEBODY, kind="person")

    found = read_for_comparison(identities=[identity.pk], reason=REASON, on="linkage_run:1", by=investigator, at=now)

    row = TrailRow.objects.get(event="vault.compared")
    assert found == {identity.pk: SOMEBODY}
    assert (row.subject, row.why, row.purpose) == (identity.ref, REASON, "investigation")
    assert "Maria" not in str(row.facts)


@pytest.mark.parametrize("kind", ["victim", "reporter"])
def test_a_victim_is_compared_for_protection_and_for_nothing_else(investigator, protector, now, kind):
    identity = stored(investigator, now, fields=SOMEBODY, kind=kind)

    by_one, by_other = (
        read_for_comparison(identities=[identity.pk], reason=REASON, on="linkage_run:1", by=who, at=now)
        for who in (investigator, protector)
    )

    assert by_one == {}
    assert set(by_other) == {identity.pk}
    assert not TrailRow.objects.filter(event="vault.compared", actor=investigator.ref).exists()


def test_a_child_falls_out_by_its_birthday(investigator, protector, now):
    day = now.date().replace(year=now.year - 18)
    child, adult = (
        stored(investigator, now, kind="person", fields=IdentityFields(name, born_on=born.isoformat()))
        for name, born in (("Anak Contoh", day + timedelta(days=2)), ("Dewasa Contoh", day - timedelta(days=2)))
    )
    both = {"identities": [child.pk, adult.pk], "reason": REASON, "on": "linkage_run:1", "at": now}

    assert set(read_for_comparison(**both, by=investigator)) == {adult.pk}
    assert set(read_for_comparison(**both, by=protector)) == {child.pk, adult.pk}


def test_anothers_and_erased_identities_are_not_comparable(investigator, actor_of, now):
    stored(investigator, now, fields=SOMEBODY, kind="person")
    other = actor_of("kanim-atambua", role="case_officer", purpose="investigation", username="lain")

    assert comparable(investigator, at=now).count() == 1
    assert comparable(other, at=now).count() == 0


@pytest.mark.parametrize("reason", ["", "singkat", "apakah Maria Contoh sudah dikenal"])
def test_a_reason_is_given_and_tells_of_nobody(investigator, now, reason):
    identity = stored(investigator, now, fields=SOMEBODY, kind="person")

    with pytest.raises(OpeningRefused):
        read_for_comparison(identities=[identity.pk], reason=reason, on="linkage_run:1", by=investigator, at=now)


def test_a_name_that_is_tried_out_as_a_reason_is_in_the_trail_without_the_name(investigator, now):
    identity = stored(investigator, now, fields=SOMEBODY, kind="person")

    with pytest.raises(OpeningRefused):
        read_for_comparison(
            identities=[identity.pk],
            reason="apakah Maria Contoh sudah dikenal",
            on="linkage_run:1",
            by=investigator,
            at=now,
        )

    row = TrailRow.objects.get(event="access.refused")
    assert (row.subject, row.actor, row.why) == ("linkage_run:1", investigator.ref, "")
    assert "Maria" not in str(row.reasons) + str(row.facts)


def test_a_role_that_does_not_act_on_persons_compares_none(actor_of, investigator, now):
    reader = actor_of("polres-belu", role="leader", purpose="investigation", username="pimpinan")

    with pytest.raises(RoleMayNotAct):
        read_for_comparison(identities=[], reason=REASON, on="linkage_run:1", by=reader, at=now)


@pytest.mark.parametrize("fields", [IdentityFields("A", born_on="7/3/1990"), IdentityFields("A", sex="X")])
def test_a_birthday_and_a_sex_are_written_in_one_way(fields):
    assert len(fields.faults) == 1
