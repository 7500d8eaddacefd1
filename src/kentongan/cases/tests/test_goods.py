"""Goods with their minutes: written once, confirmed by both sides, gaps shown."""

from datetime import timedelta
from decimal import Decimal

import pytest

from kentongan.agreements.access import NotVisible
from kentongan.cases import actions, queries
from kentongan.cases.actions import Holder
from kentongan.cases.models import AppendOnly, HandOver

from .conftest import LEAD, SUPPORT


@pytest.fixture
def thing(case, lead, agency, now):
    return actions.record_object(
        case=case, what="BBM", quantity=Decimal(400), unit="liter", holder=agency(LEAD), taken_at=now - timedelta(hours=3),
        taken_where="dermaga", by=lead, at=now,
    )  # fmt: skip


def handed(thing, giver, receiver, *, by, at, **more):
    given = {"where": "kantor", "when": at, "quantity": thing.quantity, "condition": "utuh", "document": "BA/1"} | more
    return actions.hand_over(thing=thing, giver=giver, receiver=receiver, by=by, at=at, **given)


def told(thing):
    _rows, gaps, holder = queries.chain_of(thing)
    return [(gap.number, gap.what) for gap in gaps], holder


def test_a_hand_over_that_both_sides_confirm_leaves_no_gap(thing, joined, lead, support, agency, now):
    minutes = handed(thing, Holder(agency(LEAD)), Holder(agency(SUPPORT)), by=lead, at=now)
    assert told(thing) == ([(1, "receiver")], str(agency(SUPPORT)))

    actions.confirm_hand_over(minutes=minutes, by=support, at=now)

    assert told(thing) == ([], str(agency(SUPPORT)))


def test_a_body_outside_cannot_confirm_and_the_gap_stays_seen(thing, lead, agency, now):
    handed(thing, Holder(agency(LEAD)), Holder(body="Rupbasan"), by=lead, at=now)

    assert told(thing) == ([(1, "receiver")], "Rupbasan")


def test_a_chain_that_skips_a_holder_or_loses_some_is_shown_as_it_is(thing, joined, lead, support, agency, now):
    handed(thing, Holder(agency(LEAD)), Holder(body="Satgas"), by=lead, at=now - timedelta(hours=2))
    minutes = handed(
        thing, Holder(agency(SUPPORT)), Holder(agency(LEAD)), by=lead, at=now, quantity=Decimal(380), document="BA/2"
    )
    actions.confirm_hand_over(minutes=minutes, by=support, at=now)

    assert told(thing)[0] == [(1, "receiver"), (2, "holder"), (2, "quantity")]


def test_minutes_are_never_changed_nor_deleted(thing, lead, agency, now):
    minutes = handed(thing, Holder(agency(LEAD)), Holder(body="Rupbasan"), by=lead, at=now)

    with pytest.raises(AppendOnly):
        minutes.save()
    with pytest.raises(AppendOnly):
        minutes.delete()
    with pytest.raises(AppendOnly):
        minutes.words.get().save()


def test_each_side_gives_one_word_and_nobody_gives_the_others(thing, joined, lead, support, third, agency, now):
    minutes = handed(thing, Holder(agency(LEAD)), Holder(agency(SUPPORT)), by=lead, at=now)

    with pytest.raises(actions.Unusable):
        actions.confirm_hand_over(minutes=minutes, by=lead, at=now)
    with pytest.raises(NotVisible):
        actions.confirm_hand_over(minutes=minutes, by=third, at=now)


def test_a_supporting_agency_sees_the_goods_it_took_over_and_writes_minutes_of_its_own_only(thing, joined, lead, support, agency, seen_by, now):  # fmt: skip
    assert queries.workspace(seen_by(support, thing.case, now), support, at=now).goods == []
    handed(thing, Holder(agency(LEAD)), Holder(agency(SUPPORT)), by=lead, at=now)

    assert queries.workspace(seen_by(support, thing.case, now), support, at=now).goods == [thing]
    handed(thing, Holder(agency(SUPPORT)), Holder(body="Karantina"), by=support, at=now, document="BA/2")
    with pytest.raises(actions.NotAsked):
        handed(thing, Holder(agency(LEAD)), Holder(body="Rupbasan"), by=support, at=now, document="BA/3")


@pytest.mark.parametrize(("giver", "receiver"), [("", "Rupbasan"), ("Rupbasan", "Rupbasan"), (" ", " ")])
def test_a_hand_over_has_two_sides(thing, lead, now, giver, receiver):
    with pytest.raises(actions.Unusable):
        handed(thing, Holder(body=giver), Holder(body=receiver), by=lead, at=now)
    assert not HandOver.objects.exists()


@pytest.mark.parametrize("more", [{"condition": " "}, {"document": ""}, {"where": ""}])
def test_minutes_say_where_in_which_condition_and_under_which_number(thing, lead, agency, now, more):
    with pytest.raises(actions.ReasonMissing):
        handed(thing, Holder(agency(LEAD)), Holder(body="Rupbasan"), by=lead, at=now, **more)


@pytest.mark.parametrize("more", [{"quantity": Decimal(0)}, {"when": timedelta(hours=1)}])
def test_nothing_is_handed_over_in_the_future_or_in_no_amount(thing, lead, agency, now, more):
    more = {"when": now + more["when"]} if "when" in more else more
    with pytest.raises(actions.Unusable):
        handed(thing, Holder(agency(LEAD)), Holder(body="Rupbasan"), by=lead, at=now, **more)
