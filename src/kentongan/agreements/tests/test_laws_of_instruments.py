"""Laws of approving, suspending, renewing and withdrawing, whatever the order of the deeds."""

from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from kentongan.agreements import actions
from kentongan.agreements.in_force import dates_of, facts_of
from kentongan.agreements.models import Clause
from kentongan.agreements.standing import status_at
from kentongan.kit.errors import KentonganError

from .banten import AT, actor, approve, build, drafted, in_force, mou, pks

FEW = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
APPROVERS = ("kanwil-im-banten", "polda-banten", "polres-serang", "kanim-serang", "polri", "bp3mi-banten")
DEEDS = ("suspend", "resume", "withdraw", "renew", "take_back")

deeds = st.lists(
    st.tuples(st.sampled_from(DEEDS), st.integers(1, 300), st.none() | st.integers(0, 400), st.integers(1, 2000)),
    max_size=8,
)


def is_in_force(clause, at):
    (facts,) = facts_of(Clause.objects.filter(pk=clause.pk, approved_at__isnull=False)) or (None,)
    return facts is not None and facts.is_in_force(at)


class TestApproving(TestCase):
    @given(st.permutations(APPROVERS), st.integers(0, len(APPROVERS)))
    @FEW
    def test_a_clause_is_in_force_exactly_when_both_parties_approved_in_whatever_order(self, order, how_many):
        build()
        clause = drafted(pks())
        given_by = set()
        for number, agency in enumerate(order[:how_many]):
            try:
                approve(clause, agency, at=AT + timedelta(minutes=number))
                given_by.add(agency)
            except KentonganError:
                pass

        wanted = {"kanwil-im-banten", "polda-banten"}
        assert given_by == wanted & set(order[:how_many])
        assert is_in_force(clause, AT + timedelta(hours=1)) == (given_by == wanted)

    @given(st.lists(st.sampled_from(("giver", "receiver", "change")), max_size=6))
    @FEW
    def test_a_change_always_asks_everybody_again(self, steps):
        build()
        clause = drafted(pks())
        given_since_change = set()
        for number, step in enumerate(steps):
            agency = "kanwil-im-banten" if step == "giver" else "polda-banten"
            try:
                if step == "change":
                    clause.refresh_from_db()
                    draft = actions.draft_of(clause)
                    changed = type(draft)(**{f: getattr(draft, f) for f in draft.__slots__} | {"min_cell": 6 + number})
                    actions.change_draft(
                        clause=clause, version=clause.version, draft=changed, by=actor("polda-banten"), at=AT
                    )
                    given_since_change = set()
                else:
                    approve(clause, agency)
                    given_since_change.add(agency)
            except KentonganError:
                pass
            if len(given_since_change) == 2:
                break

        assert is_in_force(clause, AT) == (len(given_since_change) == 2)


class TestStanding(TestCase):
    @given(deeds)
    @FEW
    def test_what_the_deeds_did_is_what_the_dates_say(self, deeds):
        build()
        instrument = pks(in_force_from=date(2026, 1, 1), in_force_to=date(2026, 9, 1))
        by, other = actor("kanwil-im-banten"), actor("polda-banten")
        happened, announced, at = [], [], AT
        for name, days, later, length in deeds:
            at += timedelta(days=days)
            effective = at + timedelta(days=later) if later is not None else at
            until = at.date() + timedelta(days=length)
            try:
                if name == "renew":
                    for side in (by, other):
                        instrument.refresh_from_db()
                        actions.renew(
                            instrument=instrument, version=instrument.version, until=until, why="uji", by=side, at=at
                        )
                    effective = at
                elif name == "take_back":
                    if not announced:
                        continue
                    change, what = announced.pop()
                    actions.take_back(change=change, version=instrument.version, why="uji", by=by, at=at)
                    happened.remove(what)
                    continue
                else:
                    change = getattr(actions, name)(
                        instrument=instrument,
                        version=instrument.version,
                        why="uji",
                        by=by,
                        at=at,
                        effective_at=effective,
                    )
                    announced.append((change, (effective, name, until)))
            except actions.StatusForbids:
                continue
            happened.append((effective, name, until))

        instrument.refresh_from_db()
        for day in range(0, 3000, 50):
            moment = AT + timedelta(days=day)
            assert (status_at(dates_of(instrument), moment) == "in_force") == _stands(happened, moment)

    @given(st.integers(0, 2), st.integers(1, 200), st.integers(1, 200))
    @FEW
    def test_a_suspended_instrument_switches_off_all_below_it_and_nothing_above(self, level, after, lasts):
        build()
        top = mou()
        middle = pks("kemenimipas", "polri", "kanwil-im-banten", "polda-banten", parent=top, in_force_to=None)
        bottom = pks(parent=middle, in_force_to=None)
        tree = (top, middle, bottom)
        clauses = [in_force(instrument) for instrument in tree[1:]]
        speaker = actor("polda-banten" if level else "polri")
        since, until = AT + timedelta(days=after), AT + timedelta(days=after + lasts)

        actions.suspend(instrument=tree[level], version=1, why="uji", by=speaker, at=AT, effective_at=since)
        actions.resume(instrument=tree[level], version=2, why="uji", by=speaker, at=AT, effective_at=until)

        for place, clause in enumerate(clauses, start=1):
            is_below = place >= level
            assert is_in_force(clause, since - timedelta(seconds=1))
            assert is_in_force(clause, since) is not is_below
            assert is_in_force(clause, until - timedelta(seconds=1)) is not is_below
            assert is_in_force(clause, until)


def _stands(happened, moment):
    """The plain reference: what is known to have happened by the moment, one deed after the other."""
    ends, is_suspended = date(2026, 9, 1), False
    for _effective, name, until in sorted((h for h in happened if h[0] <= moment), key=lambda h: h[0]):
        if name == "withdraw":
            return False
        is_suspended = name == "suspend" or (is_suspended and name != "resume")
        ends = until if name == "renew" else ends
    return not is_suspended and moment < actions.start_of(ends)
