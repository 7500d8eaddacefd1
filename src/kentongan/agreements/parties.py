"""Who stands where in an instrument: on a party's side, as the party itself, and who may give a party's word."""

from collections.abc import Collection, Iterable
from datetime import datetime

from kentongan.agencies.models import Agency, Membership
from kentongan.agencies.queries import holds_on
from kentongan.kit.periods import civil_day

from .bodies import Hierarchy
from .drafts import checksum_of, draft_of
from .facts import Actor, Body, Side
from .models import Approval, Clause, Instrument, InstrumentParty

CHAIRING = ("chair", "daily_chair")
LEADER = "leader"


def side_of(party: InstrumentParty) -> Side:
    """Return the side that a party forms: an agency with those that answer to it, a forum's members, a state's agencies."""
    return Side(party.agency_id or "", is_with_below=True, state=party.state)


def sides_of(clause: Clause) -> tuple[Side, Side]:
    """Return who gives and who receives."""
    return (
        Side(clause.giver_id or "", clause.giver_with_below, clause.giver_state),
        Side(clause.receiver_id or "", clause.receiver_with_below, clause.receiver_state),
    )


def party_of(side: Side, parties: Iterable[InstrumentParty], hierarchy: Hierarchy) -> InstrumentParty | None:
    """Return the party on whose side a side of a clause stands, the nearest one; None when no party covers it."""
    if not side.agency:
        return next((p for p in parties if side.state and p.state == side.state), None)
    body = hierarchy.body_of(side.agency)
    covering = [p for p in parties if side_of(p).covers(body)]
    return min(covering, key=lambda p: _distance(p, body, hierarchy), default=None)


def _distance(party: InstrumentParty, body: Body, hierarchy: Hierarchy) -> tuple[int, int, int]:
    """The party itself comes first, then the nearest above, then a forum, then the state."""
    if party.agency_id == body.agency:
        return (0, 0, party.pk)
    if party.agency_id in body.above:
        return (1, -len(hierarchy.body_of(party.agency_id).above), party.pk)
    return (2 if party.agency_id else 3, 0, party.pk)


def stands_on_a_side(actor: Actor, instrument: Instrument, *, at: datetime) -> bool:
    """Return whether the actor's agency recorded the instrument or stands on a party's side."""
    body = Hierarchy(civil_day(at)).body_of(actor.agency)
    return instrument.recorded_by_id == actor.agency or any(side_of(p).covers(body) for p in instrument.parties.all())


def party_spoken_for(actor: Actor, instrument: Instrument, *, at: datetime) -> InstrumentParty | None:
    """Return the party for which the actor's agency speaks: it is the party, chairs the forum, or is national in the state."""
    chaired = set(
        Membership.objects.filter(holds_on(civil_day(at)), agency_id=actor.agency, function__in=CHAIRING).values_list(
            "forum_id", flat=True
        )
    )
    is_national = Agency.objects.filter(pk=actor.agency, level="national").exists()
    for party in instrument.parties.all():
        if party.agency_id == actor.agency or party.agency_id in chaired:
            return party
        if party.state and party.state == actor.state and is_national:
            return party
    return None


def may_give_word(actor: Actor, party: InstrumentParty, sides: Iterable[Side], hierarchy: Hierarchy) -> bool:
    """Return whether the actor may approve for the party what these sides give or receive.

    A signatory of the party may; so may a leader on its side, for the own agency and those that answer to it. The head of
    a sub-office does not bind the office above.
    """
    body = hierarchy.body_of(actor.agency)
    if not side_of(party).covers(body):
        return False
    return is_signatory(actor, party) or (
        actor.role == LEADER and all(_commands(actor.agency, side, hierarchy) for side in sides)
    )


def is_signatory(actor: Actor, party: InstrumentParty) -> bool:
    """Return whether the acting officer's account is linked to one who signed for the party."""
    return any(s.officer_id is not None and actor.officer == f"officer:{s.officer_id}" for s in party.signatories.all())


def parties_named(clause: Clause, parties: Collection[InstrumentParty], hierarchy: Hierarchy) -> list[InstrumentParty]:
    """Return the parties that a clause names as giver or receiver, themselves or through an agency below them."""
    named = [party_of(side, parties, hierarchy) for side in sides_of(clause)]
    return list(dict.fromkeys(party for party in named if party is not None))


def parties_awaited(
    clause: Clause, parties: Collection[InstrumentParty], approvals: Iterable[Approval], hierarchy: Hierarchy
) -> list[InstrumentParty]:
    """Return the parties that the clause names and that have not approved it as it reads now."""
    checksum = checksum_of(draft_of(clause))
    given = {approval.party_id for approval in approvals if approval.checksum == checksum}
    return [party for party in parties_named(clause, parties, hierarchy) if party.pk not in given]


def party_to_approve(
    clause: Clause,
    parties: Collection[InstrumentParty],
    approvals: Collection[Approval],
    by: Actor,
    hierarchy: Hierarchy,
) -> InstrumentParty | None:
    """Return the awaited party whose word this officer may give, if the officer gave no other's; None when there is none."""
    if any(approval.officer == by.ref for approval in approvals):
        return None
    for party in parties_awaited(clause, parties, approvals, hierarchy):
        sides = [side for side in sides_of(clause) if party_of(side, parties, hierarchy) == party]
        if may_give_word(by, party, sides, hierarchy):
            return party
    return None


def _commands(agency: str, side: Side, hierarchy: Hierarchy) -> bool:
    return bool(side.agency) and (agency == side.agency or agency in hierarchy.body_of(side.agency).above)
