"""What a trial says keeps a clause from opening a record is what the rule says, part by part."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from kentongan.agreements.facts import Actor, Body, ClauseFacts, Row, Side, Territory
from kentongan.agreements.labels import HINDRANCES
from kentongan.agreements.rules import HANDLING_ORDER, decide
from kentongan.agreements.simulating import hindrances_of

AT = datetime(2026, 3, 4, 2, tzinfo=UTC)
CLAUSE, RECORD = UUID(int=1), UUID(int=2)

agencies = st.sampled_from(("kanwil", "polda", "polres", "pntl"))
states = st.sampled_from(("ID", "TL"))
sides = st.builds(Side, agencies, is_with_below=st.booleans()) | st.builds(Side, state=states)
places = st.frozensets(st.integers(1, 3), max_size=2)
codes = st.frozensets(st.sampled_from(("TPPO", "TPPM")), max_size=1)
conditions = st.frozensets(st.sampled_from(("consent", "court_order")), max_size=1)
categories = st.sampled_from(("events", "reports", "persons"))
purposes = st.sampled_from(("prevention", "investigation"))
periods = st.sampled_from((((AT, None),), ((AT - timedelta(days=2), AT),), ()))


@st.composite
def cases(draw):
    clause = ClauseFacts(
        CLAUSE, draw(sides), draw(sides), draw(st.sampled_from(({"events": {"place": "full"}}, {"persons": {"a": "full"}}, {}))),
        frozenset({draw(purposes)}), Territory(draw(places), draw(places), draw(st.booleans())), draw(periods),
        kinds=draw(codes), conditions=draw(conditions), transfer_basis=draw(st.sampled_from(("", "adequacy"))),
    )  # fmt: skip
    reader = Body(draw(agencies), frozenset(draw(st.sets(agencies, max_size=1))), state=draw(states))
    owner = Body("kanim", frozenset(draw(st.sets(agencies, max_size=1))), state=draw(states))
    actor = Actor(
        "officer:1", reader.agency, draw(st.sampled_from(("police", "military"))), "analyst", draw(purposes),
        reads=frozenset({draw(categories)}), body=reader, clauses=(clause,), onward=draw(st.sampled_from((frozenset(), frozenset({"clause:x"})))),
    )  # fmt: skip
    row = Row(
        RECORD, draw(categories), "kanim", draw(st.sampled_from(HANDLING_ORDER)), owner_body=owner, within=draw(places),
        kinds=draw(codes), conditions=draw(conditions), came_under=draw(st.sampled_from(("", "clause:x"))),
    )  # fmt: skip
    return clause, actor, row


@given(cases())
def test_nothing_hinders_exactly_when_the_rule_lets_the_reader_see(case):
    clause, actor, row = case

    hindrances = hindrances_of(clause, actor, row, at=AT)

    assert (hindrances == ()) == decide(actor, row, (), at=AT).allowed
    assert set(hindrances) <= set(HINDRANCES)


def test_the_plain_case_is_opened():
    clause = ClauseFacts(
        CLAUSE, Side("kanwil", is_with_below=True), Side("polda"), {"events": {"place": "full"}}, frozenset({"prevention"}),
        Territory(frozenset({1})), ((AT, None),),
    )  # fmt: skip
    actor = Actor(
        "officer:1",
        "polda",
        "police",
        "analyst",
        "prevention",
        reads=frozenset({"events"}),
        body=Body("polda"),
        clauses=(clause,),
    )
    row = Row(
        RECORD, "events", "kanim", "restricted", owner_body=Body("kanim", frozenset({"kanwil"})), within=frozenset({1})
    )

    assert hindrances_of(clause, actor, row, at=AT) == ()
    assert decide(actor, row, (), at=AT).allowed
