"""The rule itself, as a table of actor and row."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from kentongan.agencies.rules import ROLE_LABELS
from kentongan.agreements.access import role_table
from kentongan.agreements.facts import Actor, GrantFacts, Row
from kentongan.agreements.rules import (
    CATEGORIES,
    HANDLING_ORDER,
    PURPOSES,
    decide,
    raised_handling,
)
from kentongan.vocabulary.purposes import PURPOSE_LABELS

AT = datetime(2026, 3, 4, 2, tzinfo=UTC)
RECORD = UUID(int=7)
EVENT = Row(RECORD, "events", "kanim-atambua", "restricted")
ALERT = replace(EVENT, category="alerts")
READS = frozenset({"events", "alerts", "findings"})


def actor(agency, *, kind="police", reads=READS, supervises=()):
    return Actor("officer:1", agency, kind, "analyst", "prevention", reads=reads, supervises=frozenset(supervises))


OWNER = actor("kanim-atambua", kind="immigration")
ABOVE = actor(
    "kanwil-im-ntt", kind="immigration", supervises={("kanim-atambua", "events"), ("kanim-atambua", "alerts")}
)
POLICE = actor("polres-belu")
ARMY = actor("kodim-belu", kind="military")
ARMY_ABOVE = actor("korem", kind="military", supervises={("kanim-atambua", "events"), ("kanim-atambua", "alerts")})
SPIES = actor("binda-ntt", kind="intelligence")
CLERK = actor("kanim-atambua", kind="immigration", reads=frozenset({"reports"}))


def granted_to(agency, *, valid_from=AT - timedelta(hours=1), valid_to=None, record=RECORD):
    return (GrantFacts(record, agency, valid_from, valid_to, "alert:1"),)


def protected(row):
    return replace(row, handling="protected")


MATRIX = [
    ("the owner sees its row", OWNER, EVENT, (), True),
    ("the owner sees its protected row", OWNER, protected(EVENT), (), True),
    ("a role that does not cover events sees not even its own", CLERK, EVENT, (), False),
    ("the agency above sees", ABOVE, EVENT, (), True),
    ("the agency above does not see protected rows", ABOVE, protected(EVENT), (), False),
    ("a stranger does not see", POLICE, EVENT, (), False),
    ("a grant opens", POLICE, EVENT, granted_to("polres-belu"), True),
    ("a grant to somebody else does not", POLICE, EVENT, granted_to("polda-ntt"), False),
    ("a grant on another record does not", POLICE, EVENT, granted_to("polres-belu", record=UUID(int=8)), False),
    ("a grant that begins now opens", POLICE, EVENT, granted_to("polres-belu", valid_from=AT), True),
    (
        "a grant that begins later does not",
        POLICE,
        EVENT,
        granted_to("polres-belu", valid_from=AT + timedelta(seconds=1)),
        False,
    ),
    ("a grant that ends now does not", POLICE, EVENT, granted_to("polres-belu", valid_to=AT), False),
    ("a grant never opens a protected row", POLICE, protected(EVENT), granted_to("polres-belu"), False),
    ("the army sees an alert addressed to it", ARMY, ALERT, granted_to("kodim-belu"), True),
    ("the army sees no event, granted or not", ARMY, EVENT, granted_to("kodim-belu"), False),
    ("intelligence sees an alert addressed to it", SPIES, ALERT, granted_to("binda-ntt"), True),
    ("intelligence sees no event", SPIES, EVENT, granted_to("binda-ntt"), False),
    ("the army sees by supervision neither event", ARMY_ABOVE, EVENT, (), False),
    ("nor alert", ARMY_ABOVE, ALERT, (), False),
    ("the army sees its own", actor("kanim-atambua", kind="military"), EVENT, (), True),
]


@pytest.mark.parametrize(("actor", "row", "grants", "allowed"), [m[1:] for m in MATRIX], ids=[m[0] for m in MATRIX])
def test_the_matrix(actor, row, grants, allowed):
    decision = decide(actor, row, grants, at=AT)

    assert decision.allowed is allowed
    assert decision.reasons


def test_a_decision_cannot_be_taken_for_a_boolean():
    with pytest.raises(TypeError):
        bool(decide(OWNER, EVENT, (), at=AT))


@pytest.mark.parametrize("old", HANDLING_ORDER)
@pytest.mark.parametrize("new", HANDLING_ORDER)
def test_handling_is_only_ever_raised(old, new):
    assert HANDLING_ORDER.index(raised_handling(old, new)) == max(HANDLING_ORDER.index(old), HANDLING_ORDER.index(new))


def test_the_roles_of_the_table_are_those_that_an_administrator_may_give_and_the_system():
    assert set(role_table()) == {*ROLE_LABELS, "system"}


def test_the_purposes_of_the_rule_are_those_with_labels():
    assert set(PURPOSES) == set(PURPOSE_LABELS)


@pytest.mark.parametrize("role", sorted(role_table()))
def test_who_may_change_a_category_may_read_it_and_every_category_is_known(role):
    assert set(role_table()[role]) <= set(CATEGORIES)
    assert all(reads for reads, acts in role_table()[role].values() if acts)


@pytest.mark.parametrize("role", ["administrator", "overseer"])
def test_who_administers_or_oversees_reads_no_content(role):
    assert not any(reads for reads, _acts in role_table()[role].values())
