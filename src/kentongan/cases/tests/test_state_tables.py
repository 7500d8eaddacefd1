"""Every pair of states by the deeds that lead there, and two officers at once.

Of cases, tasks and referrals, of role changes that two persons decide, and of the words on a hand-over.
"""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import product

import pytest

from kentongan.audit.models import OutboxRow, TrailRow
from kentongan.cases import actions
from kentongan.cases.actions import Holder
from kentongan.cases.models import Case, CasePerson, CaseTask, Referral, RoleChange
from kentongan.messages.models import Message

from .conftest import SUPPORT, THIRD

WAYS = {
    "case": {"open": [], "working": ["working"], "waiting": ["waiting"], "closed": ["closed"]},
    "task": {
        "open": [], "accepted": ["accepted"], "done": ["accepted", "done"], "declined": ["declined"], "withdrawn": ["withdrawn"],
    },
    "referral": {
        "sent": [], "accepted": ["accepted"], "in_progress": ["accepted", "in_progress"],
        "done": ["accepted", "in_progress", "done"], "declined": ["declined"], "revoked": ["revoked"],
    },
}  # fmt: skip
"""By which steps a row comes into each state."""

MAY = {
    "case": {
        "open": {"working", "waiting", "closed"}, "working": {"waiting", "closed"}, "waiting": {"working", "closed"},
        "closed": {"working"},
    },
    "task": {
        "open": {"accepted", "declined", "withdrawn"}, "accepted": {"done", "declined", "withdrawn"}, "done": set(),
        "declined": set(), "withdrawn": set(),
    },
    "referral": {
        "sent": {"accepted", "declined", "revoked"}, "accepted": {"in_progress", "declined", "revoked"},
        "in_progress": {"done", "revoked"}, "done": set(), "declined": set(), "revoked": set(),
    },
}  # fmt: skip
PAIRS = [(kind, *pair) for kind, ways in WAYS.items() for pair in product(ways, repeat=2)]
RIVALS = [
    (kind, state, *pair) for kind, may in MAY.items() for state, to in may.items() for pair in product(sorted(to), repeat=2)
]  # fmt: skip


@dataclass
class Machine:
    """A row with states, and how the officers of the proper side bring it into another one."""

    row: Case | CaseTask | Referral
    sides: dict[str, object]
    at: object

    def step(self, to, row=None):
        row = row or self.row
        common = {"version": row.version, "at": self.at}
        lead = self.sides["lead"]
        match row:
            case Case() if to == "closed":
                actions.close_case(case=row, result="prevented", why="dicegah", by=lead, **common)
            case Case():
                actions.move_case(case=row, to=to, note="sebab", awaited_body="Kejari Belu", by=lead, **common)
            case CaseTask():
                by = lead if to in ("withdrawn", "open") else self.sides["support"]
                actions.answer_task(task=row, to=to, note="sebab", by=by, **common)
            case Referral() if to == "revoked":
                actions.revoke_referral(referral=row, why="sebab", by=lead, **common)
            case Referral():
                actions.answer_referral(referral=row, to=to, note="sebab", by=self.sides["third"], **common)

    def bring(self, kind, state):
        for to in WAYS[kind][state]:
            self.step(to)
            self.row.refresh_from_db()

    def again(self):
        """Return the row as another officer has it on the screen."""
        return type(self.row)._base_manager.get(pk=self.row.pk)

    def standing(self):
        row = self.again()
        written = [model.objects.count() for model in (TrailRow, OutboxRow, Message)]
        return row.state, row.version, row.steps.count(), written


@pytest.fixture
def machine_of(case, joined, lead, support, third, agency, switched_on, now):
    def make(kind):
        given = {"by": lead, "at": now}
        if kind == "case":
            row = case
        elif kind == "task":
            row = actions.give_task(case=case, agency=agency(SUPPORT), what="Periksa paspor", **given)
        else:
            (person,) = actions.add_persons(case=case, role="victim", age="adult", legal_basis="UU 21/2007", **given)
            consent = actions.Consent("subject", frozenset({"subject"}), document="Surat 4")
            row = actions.refer(
                person=person, receiver=agency(THIRD), service="return", needs="Pulang", consent=consent, **given
            )
        return Machine(row, {"lead": lead, "support": support, "third": third}, now)

    return make


@pytest.mark.parametrize("kind", WAYS)
def test_the_tables_here_name_every_state(kind):
    states = {"case": Case, "task": CaseTask, "referral": Referral}[kind].State.values

    assert list(WAYS[kind]) == list(MAY[kind]) == states


@pytest.mark.parametrize(("kind", "before", "after"), PAIRS)
def test_each_pair_of_states_is_done_or_refused_by_the_deed_and_a_refused_one_leaves_nothing(
    kind, before, after, machine_of
):
    machine = machine_of(kind)
    machine.bring(kind, before)
    stood = machine.standing()

    if after in MAY[kind][before]:
        machine.step(after)
        assert machine.standing()[:2] == (after, stood[1] + 1)
    else:
        with pytest.raises(actions.StepNotAllowed):
            machine.step(after)
        assert machine.standing() == stood


@pytest.mark.parametrize(("kind", "state", "first", "second"), RIVALS)
def test_of_two_officers_with_one_page_before_them_the_second_is_told_whatever_they_do(
    kind, state, first, second, machine_of
):
    machine = machine_of(kind)
    machine.bring(kind, state)
    rival = machine.again()
    machine.step(first)
    stood = machine.standing()

    with pytest.raises(actions.ChangedMeanwhile):
        machine.step(second, rival)

    assert machine.standing() == stood


# --- role changes that two persons decide ---

DECISIONS = {"done": True, "refused": False}


@pytest.fixture
def decide(leader, now):
    def deed(to, change):
        actions.give_second_word(change=change, approves=DECISIONS[to], why="ditimbang", by=leader, at=now)

    return deed


@pytest.fixture
def change(case, lead, leader, switched_on, now):
    """A proposal to turn a victim into a suspect, which waits for the leader."""
    (person,) = actions.add_persons(case=case, role="victim", age="adult", legal_basis="UU 21/2007", by=lead, at=now)
    return asked(person, lead, now)


def asked(person, by, at):
    return actions.change_role(
        person=person, revision=person.revision, to="suspect", reason_given="ikut merekrut", offence="OTHER",
        legal_reason="bukan akibat menjadi korban", by=by, at=at,
    )  # fmt: skip


def test_the_states_of_a_role_change_are_these():
    assert set(RoleChange.State.values) == {"awaited", *DECISIONS}


@pytest.mark.parametrize(("before", "after"), list(product(("awaited", *DECISIONS), DECISIONS)))
def test_a_proposal_is_decided_once(before, after, change, decide):
    if before != "awaited":
        decide(before, change)
    told = TrailRow.objects.count()

    if before == "awaited":
        decide(after, change)
        assert RoleChange.objects.get().state == after
        assert CasePerson.objects.get().role == ("suspect" if after == "done" else "victim")
        return
    with pytest.raises(actions.ChangedMeanwhile):
        decide(after, change)
    assert (RoleChange.objects.get().state, TrailRow.objects.count()) == (before, told)


@pytest.mark.parametrize(("first", "second"), list(product(DECISIONS, repeat=2)))
def test_of_two_leaders_who_decide_at_once_the_second_is_told(first, second, change, decide):
    rival = RoleChange.objects.select_related("person__case").get()
    decide(first, change)

    with pytest.raises(actions.ChangedMeanwhile):
        decide(second, rival)

    assert RoleChange.objects.get().state == first


@pytest.mark.parametrize(("before", "may"), [("awaited", False), ("refused", True)])
def test_a_new_proposal_waits_for_the_decision_on_the_last_one(before, may, change, decide, lead, now):
    if before == "refused":
        decide("refused", change)
    person = CasePerson.objects.get()

    if may:
        assert asked(person, lead, now).state == "awaited"
    else:
        with pytest.raises(actions.Unusable):
            asked(person, lead, now)
    assert RoleChange.objects.filter(state="awaited").count() == 1


# --- the words of both sides on a hand-over ---

SIDES = ("giver", "receiver")


@pytest.fixture
def minutes(case, joined, lead, third, agency, now):
    """The lead, itself no side, writes what one supporting agency handed to another: nobody has given a word yet."""
    actions.add_agency(case=case, agency=agency(THIRD), groups=["objects"], why="menyimpan", by=lead, at=now)
    thing = actions.record_object(
        case=case, what="KTP", quantity=Decimal(30), unit="lembar", holder=agency(SUPPORT), taken_at=now - timedelta(hours=3),
        taken_where="dermaga", by=lead, at=now,
    )  # fmt: skip
    return actions.hand_over(
        thing=thing, giver=Holder(agency(SUPPORT)), receiver=Holder(agency(THIRD)), where="kantor", when=now,
        quantity=Decimal(30), condition="utuh", document="BA/1", by=lead, at=now,
    )  # fmt: skip


@pytest.mark.parametrize("spoken", [(), ("giver",), ("receiver",), SIDES])
@pytest.mark.parametrize("side", SIDES)
def test_each_side_gives_its_word_once_whoever_of_its_officers_and_whatever_the_other_said(
    spoken, side, minutes, support, third, now
):
    by = {"giver": support, "receiver": third}
    for one in spoken:
        actions.confirm_hand_over(minutes=minutes, by=by[one], at=now)

    if side in spoken:
        with pytest.raises(actions.Unusable):
            actions.confirm_hand_over(minutes=minutes, by=by[side], at=now)
    else:
        actions.confirm_hand_over(minutes=minutes, by=by[side], at=now)

    assert sorted(minutes.words.values_list("side", flat=True)) == sorted({*spoken, side})
    assert TrailRow.objects.filter(event="case.hand_over_confirmed").count() == len({*spoken, side})
