"""R11 and R27 as far as they exist: protected rows stay with their owner, closed agencies see only alerts addressed to them."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from kentongan.agreements.facts import Actor, GrantFacts, Row
from kentongan.agreements.rules import (
    CATEGORIES,
    CLOSED_KINDS,
    HANDLING_ORDER,
    PURPOSES,
    decide,
)

AT = datetime(2026, 3, 4, tzinfo=UTC)
RECORD = UUID(int=7)
KINDS = sorted(
    CLOSED_KINDS
    | {"immigration", "police", "foreign_police", "foreign_immigration", "international", "local_government", "customs"}
)

categories = st.sampled_from(CATEGORIES)
grants = st.lists(
    st.builds(
        GrantFacts,
        record=st.just(RECORD),
        agency=st.sampled_from(["mine", "theirs"]),
        valid_from=st.sampled_from([AT - timedelta(days=1), AT + timedelta(days=1)]),
        valid_to=st.sampled_from([None, AT, AT + timedelta(days=9)]),
        because=st.sampled_from(["alert:1", "referral:1", "break_glass:1"]),
    ),
    max_size=3,
).map(tuple)


@st.composite
def readers_of_others_rows(draw: st.DrawFn, kinds: list[str]) -> Actor:
    """Anybody of another agency, with every right that a role, a purpose or a supervision can give."""
    return Actor(
        officer="officer:1",
        agency="mine",
        agency_kind=draw(st.sampled_from(kinds)),
        role="any",
        purpose=draw(st.sampled_from(PURPOSES)),
        reads=frozenset(CATEGORIES),
        acts=frozenset(CATEGORIES),
        supervises=draw(st.sampled_from([frozenset(), frozenset(("theirs", c) for c in CATEGORIES)])),
    )


@given(readers_of_others_rows(KINDS), categories, grants)
def test_no_right_of_any_kind_shows_a_protected_row_to_another_agency(
    actor: Actor, category: str, given_grants: tuple[GrantFacts, ...]
) -> None:
    decision = decide(actor, Row(RECORD, category, "theirs", "protected"), given_grants, at=AT)

    assert not decision.allowed
    assert decision.reasons


@given(readers_of_others_rows(sorted(CLOSED_KINDS)), categories, st.sampled_from(HANDLING_ORDER), grants)
def test_military_and_intelligence_agencies_see_of_others_only_alerts_addressed_to_them(
    actor: Actor, category: str, handling: str, given_grants: tuple[GrantFacts, ...]
) -> None:
    decision = decide(actor, Row(RECORD, category, "theirs", handling), given_grants, at=AT)

    addressed = any(
        g.agency == "mine" and g.valid_from <= AT and (g.valid_to is None or g.valid_to > AT) for g in given_grants
    )
    assert decision.allowed == (category == "alerts" and addressed and handling != "protected")


@given(st.sampled_from(KINDS), categories, st.sampled_from(HANDLING_ORDER))
def test_an_agency_sees_its_own_rows_whatever_it_is(kind: str, category: str, handling: str) -> None:
    actor = Actor("officer:1", "mine", kind, "any", "prevention", reads=frozenset(CATEGORIES))

    assert decide(actor, Row(RECORD, category, "mine", handling), (), at=AT).allowed
