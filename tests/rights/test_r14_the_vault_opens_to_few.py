"""R14: an identity opens to a few roles of its owner, for stated purposes, on a ground; withdrawal is effective at once.

Rows: role x purpose x agency x ground, by the deed itself. Columns: nothing but the deed reads a sealed column.
"""

import ast
from dataclasses import replace
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest

import kentongan
from kentongan.agreements import access
from kentongan.agreements.access import protected_models, role_table
from kentongan.agreements.facts import ClauseFacts, Side, Territory
from kentongan.agreements.models import Grant
from kentongan.agreements.rules import CLOSED_KINDS, PURPOSES
from kentongan.audit.models import TrailRow
from kentongan.kit.errors import KentonganError
from kentongan.vault.actions import open_identity, withdraw_consent
from kentongan.vault.models import Identity, Opening, SealedIdentity
from kentongan.vault.rules import FIELD_NAMES
from kentongan.vault.tests.making import FIELDS, REASON, stored, switch_on
from kentongan.vocabulary.attributes import terms_in

SOURCE = Path(kentongan.__file__).parent
ROLES = [role for role in role_table() if role != "system"]
MAY_OPEN = {"analyst", "case_officer", "protection_officer", "social_worker", "un_officer"}
PURPOSES_THAT_OPEN = {"victim_protection", "investigation"}
OWNER, ABOVE, GRANTED, UNDER_CLAUSE, OTHER = "kanim-atambua", "kanwil-im-ntt", "polres-belu", "polda-ntt", "kodim-belu"


@pytest.fixture(autouse=True)
def own_keys(settings, tmp_path):
    settings.VAULT_KEYS = tmp_path / "keys"


@pytest.fixture
def identity(gazetteer_rows, agency_of, actor_of, now):
    """An identity of the owner, with consent; another agency stands above, one is granted the row, one is a clause's receiver."""
    switch_on(now)
    agency_of(OWNER, parent=ABOVE)
    kept = stored(actor_of(OWNER, role="analyst"), now, consents=True)
    for agency in (GRANTED, UNDER_CLAUSE, OTHER):
        agency_of(agency, kind="military" if agency == OTHER else "police")
    Grant.objects.create(
        category="persons", record=kept.pk, agency_id=GRANTED, cause="break_glass", because="break_glass:1",
        valid_from=now - timedelta(days=1),
    )  # fmt: skip
    return kept


@pytest.fixture
def actor_at(identity, actor_of, now):
    """Make an actor with all that its agency could bring: supervision of the owner, a clause that releases everything."""
    bases = {
        agency: actor_of(agency, role="analyst", username=f"dasar-{agency}")
        for agency in (OWNER, ABOVE, GRANTED, UNDER_CLAUSE, OTHER)
    }
    clause = ClauseFacts(
        clause=identity.pk,
        giver=Side(agency=OWNER),
        receiver=Side(agency=UNDER_CLAUSE),
        releases={"persons": dict.fromkeys(FIELD_NAMES, "full")},
        purposes=frozenset(PURPOSES),
        territory=Territory(is_everywhere=True),
        periods=((now - timedelta(days=9), None),),
    )
    bases[UNDER_CLAUSE] = replace(bases[UNDER_CLAUSE], clauses=(clause,))
    bases[ABOVE] = replace(bases[ABOVE], supervises=bases[ABOVE].supervises | {(OWNER, "persons")})

    def make(agency, role, purpose):
        reads = frozenset(category for category, (may, _acts) in role_table()[role].items() if may)
        acts = frozenset(category for category, (_reads, may) in role_table()[role].items() if may)
        return replace(bases[agency], role=role, purpose=purpose, reads=reads, acts=acts)

    return make


@pytest.mark.parametrize("ground", ["consent", "court_order", "imminent_risk"])
@pytest.mark.parametrize("agency", [OWNER, ABOVE, GRANTED, UNDER_CLAUSE, OTHER])
def test_an_identity_opens_to_the_owners_few_roles_for_few_purposes_and_to_nobody_else(
    identity, actor_at, now, agency, ground
):
    wrong = []
    for role, purpose in product(ROLES, PURPOSES):
        actor, rows = actor_at(agency, role, purpose), TrailRow.objects.count()
        try:
            opened = open_identity(
                identity=identity, ground=ground, reason=REASON, document="12/Pen.Pid/2026", by=actor, at=now
            )
        except KentonganError:
            opened = None
        last = TrailRow.objects.latest("id")
        should = agency == OWNER and role in MAY_OPEN and purpose in PURPOSES_THAT_OPEN
        if (opened is not None) != should or TrailRow.objects.count() != rows + 1:
            wrong.append((role, purpose))
        if opened is not None and opened.fields != FIELDS:
            wrong.append((role, purpose, "fields"))
        if last.event != ("vault.opened" if should else "access.refused"):
            wrong.append((role, purpose, last.event))
    assert wrong == []
    assert Opening.objects.count() == (len(MAY_OPEN) * len(PURPOSES_THAT_OPEN) if agency == OWNER else 0)


@pytest.mark.parametrize("agency", [OWNER, ABOVE, GRANTED, UNDER_CLAUSE, OTHER])
def test_the_list_shows_even_the_pseudonym_to_the_owners_few_roles_only(identity, actor_at, now, agency):
    for role in ROLES:
        shown = Identity.objects.visible_to(actor_at(agency, role, "investigation"), at=now).exists()
        assert shown == (agency == OWNER and role in MAY_OPEN), (agency, role)


def test_the_matrix_is_about_agencies_that_bring_something(actor_at):
    assert actor_at(OTHER, "analyst", "investigation").agency_kind in CLOSED_KINDS
    assert (OWNER, "persons") in actor_at(ABOVE, "analyst", "investigation").supervises
    assert actor_at(UNDER_CLAUSE, "analyst", "investigation").clauses


def test_withdrawal_is_effective_at_once(identity, actor_at, now):
    officer = actor_at(OWNER, "case_officer", "investigation")
    given = {"identity": identity, "ground": "consent", "reason": REASON, "by": officer}
    open_identity(**given, at=now)

    receivers = withdraw_consent(identity=identity, reason="ditarik", by=officer, at=now).receivers

    assert [one.officer for one in receivers] == [officer.ref]
    for later in (timedelta(0), timedelta(seconds=1), timedelta(days=365)):
        with pytest.raises(KentonganError):
            open_identity(**given, at=now + later)


def test_a_withdrawal_through_the_gates_own_page_counts_too(identity, actor_at, now):
    """Consents are the gate's rows: whoever ends one there ends it here."""
    from kentongan.agreements.models import ConditionMet

    ConditionMet.objects.filter(record=identity.pk).update(valid_to=now, ended_why="ditarik")

    with pytest.raises(KentonganError):
        open_identity(
            identity=identity, ground="consent", reason=REASON, by=actor_at(OWNER, "analyst", "investigation"), at=now
        )


def test_break_glass_does_not_open_the_vault(identity, actor_at, now):
    with pytest.raises(access.NotVisible):
        access.fetch(Identity, identity.pk, actor_at(GRANTED, "case_officer", "investigation"), at=now)


# --- columns ---


def test_no_protected_row_has_a_column_of_an_identity():
    columns = {(model.__name__, field.name) for model in protected_models() for field in model._meta.concrete_fields}

    assert not {c for c in columns if c[1] in {"wrapped_key", "ciphertext", "contact", "address_note"}}
    assert {field.name for field in SealedIdentity._meta.get_fields()} == {
        "identity",
        "master",
        "wrapped_key",
        "ciphertext",
    }


def test_only_the_vaults_own_deeds_and_keys_touch_the_sealed_table():
    naming = {
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*.py")
        if "tests" not in path.parts and "migrations" not in path.parts
        if any(isinstance(n, ast.Name | ast.alias) and "SealedIdentity" in (getattr(n, "id", ""), getattr(n, "name", "")) for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    }  # fmt: skip

    assert naming == {
        "vault/actions.py",
        "vault/binding.py",
        "vault/commands.py",
        "vault/comparing.py",
        "vault/rotation.py",
    }


def test_an_identity_has_no_field_about_group_belief_or_politics():
    assert [name for name in FIELD_NAMES if terms_in(name)] == []
