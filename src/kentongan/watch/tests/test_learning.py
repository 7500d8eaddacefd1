"""What outcomes say about a threshold: nothing from few, nothing that loses a true finding, and the effect as it was."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentongan.engine.calibration import for_share, thresholds
from kentongan.watch import learning
from kentongan.watch.learning import Candidate, PastFinding, advise, effect_of, further_candidates
from kentongan.watch.rules import Extent

EVEN = thresholds(streams=4, levels=2)
DAY = date(2026, 3, 1)


def past(outcome="", *, times=1.0, kind="cluster", days=0, **more):
    """A finding whose only p-value is so many times the even threshold."""
    even = EVEN.trend_p_value if kind == "surge" else EVEN.p_value
    return PastFinding(type=kind, outcome=outcome, sightings=((DAY + timedelta(days=days), even * times),), **more)


def asked(findings, candidates=(), known=(), share_now=1.0):
    return advise(findings, candidates, known, even=EVEN, share_now=share_now)


def candidate(times, *, place=1, week=0, kind="cluster", level="village"):
    first = DAY + timedelta(weeks=week)
    extent = Extent(
        stream="trafficking", level=level, members=frozenset({place}), districts=frozenset({place}),
        window_from=first, window_to=first + timedelta(days=7),
    )  # fmt: skip
    return Candidate(type=kind, p_value=EVEN.p_value * times, extent=extent)


RARE_TRUE = [past("true", times=0.1)] * 2
COMMON_FALSE = [past("false", times=0.9)] * 10


def test_from_nine_judged_findings_nothing_is_concluded():
    advice = asked([past("false")] * 9 + [past("duplicate")] * 20)

    assert (advice.kind, advice.proposes, advice.judged, advice.others) == ("too_few", False, 9, 20)


def test_false_findings_that_were_less_rare_are_spared_by_a_stricter_threshold():
    advice = asked(RARE_TRUE + COMMON_FALSE)

    assert (advice.kind, advice.share) == ("stricter", 0.5)
    assert (advice.effect.kept, advice.effect.wrong_spared, advice.effect.true_lost) == (2, 10, 0)


def test_the_stricter_of_two_is_proposed_only_where_it_spares_more():
    advice = asked(RARE_TRUE + [past("benign", times=0.4)] * 10)

    assert (advice.share, advice.effect.wrong_spared) == (0.25, 10)


def test_where_false_ones_are_as_rare_as_true_ones_no_threshold_is_proposed():
    advice = asked([past("true", times=0.9)] * 2 + COMMON_FALSE)

    assert (advice.kind, advice.proposes, advice.effect) == ("not_told_apart", False, None)


def test_a_mixed_record_leaves_the_threshold():
    assert asked([past("true")] * 6 + [past("false")] * 6).kind == "keep"


def test_below_an_eighth_of_the_even_share_nothing_is_proposed():
    few = [past("false", times=0.12)] * 10

    assert asked(few, share_now=0.25).share == 0.25
    assert not asked([past("false", times=0.06)] * 10, share_now=0.125).proposes


def test_what_the_present_threshold_does_not_raise_says_nothing_about_it():
    """After a stricter threshold was accepted, the findings that led to it lead no further."""
    assert asked(RARE_TRUE + COMMON_FALSE, share_now=0.5).kind == "too_few"


def test_nearly_all_true_asks_whether_a_looser_threshold_would_have_seen_more():
    true = [past("true")] * 10

    with_more = asked(true, [candidate(1.5), candidate(1.9, place=2)])

    assert (with_more.kind, with_more.share, with_more.effect.more) == ("looser", 2.0, 2)
    assert asked(true, [candidate(2.5)]).kind == "keep"
    assert asked([past("true")] * 9 + [past("false")], [candidate(1.5)]).kind == "keep"
    assert asked(true, [candidate(5.0)], share_now=4.0).kind == "keep"


def test_a_candidate_is_counted_once_and_not_when_it_is_part_of_a_known_finding():
    again = [candidate(1.5, week=0), candidate(1.6, week=1), candidate(1.4, level="district")]
    known = candidate(0.5, week=0).extent
    between = {"now": EVEN, "then": for_share(EVEN, 2.0)}

    assert further_candidates(again, [], **between) == 1
    assert further_candidates(again, [known], **between) == 0
    assert further_candidates([*again, candidate(1.5, week=9)], [], **between) == 2


def test_a_true_finding_that_comes_later_under_a_stricter_threshold_tells_how_much():
    grew = PastFinding(
        type="cluster",
        outcome="true",
        sightings=((DAY, EVEN.p_value * 0.9), (DAY + timedelta(days=14), EVEN.p_value * 0.3)),
    )

    effect = effect_of([grew], now=EVEN, then=for_share(EVEN, 0.5))

    assert (effect.kept, effect.true_lost, effect.latest_days) == (1, 0, 14)


def test_a_surge_is_measured_by_the_threshold_of_surges():
    surge = past("false", times=0.9, kind="surge")

    assert surge.raised_on(EVEN) == DAY
    assert surge.raised_on(for_share(EVEN, 0.5)) is None


findings = st.lists(
    st.builds(
        past,
        st.sampled_from(["", "true", "false", "benign", "duplicate", "no_result"]),
        times=st.floats(0.01, 3.0),
        kind=st.sampled_from(["cluster", "surge"]),
    ),
    max_size=60,
)


@given(findings, st.sampled_from([0.25, 0.5, 1.0, 2.0, 4.0]))
def test_no_advice_loses_a_true_finding_and_every_finding_is_in_one_number(rows, share_now):
    advice = asked(rows, [candidate(share_now * 1.5)], share_now=share_now)

    raised = [row for row in rows if row.raised_on(for_share(EVEN, share_now))]
    assert advice.judged + advice.others + advice.unanswered + advice.put_aside == len(raised)
    assert learning.LEAST_SHARE <= advice.share <= learning.MOST_SHARE
    if advice.effect:
        assert advice.effect.true_lost == 0
        assert advice.effect.wrong_spared + advice.effect.more > 0
    assert advice.proposes is (advice.effect is not None)


@given(findings, st.floats(0.01, 1.0), st.floats(0.01, 1.0))
def test_the_effect_is_a_plain_count_and_a_stricter_threshold_never_keeps_more(rows, one, other):
    milder, stricter = max(one, other), min(one, other)
    first, second = (effect_of(rows, now=EVEN, then=for_share(EVEN, s)) for s in (milder, stricter))

    assert first.kept >= second.kept
    assert second.found == second.kept + second.true_lost + second.wrong_spared + second.others_lost
    for share, effect in ((milder, first), (stricter, second)):
        cut = {"cluster": EVEN.p_value * share, "surge": EVEN.trend_p_value * share}
        found = [row for row in rows if row.sightings[0][1] <= cut[row.type] / share]
        assert effect.true_lost == sum(row.outcome == "true" and row.sightings[0][1] > cut[row.type] for row in found)


@pytest.mark.parametrize("outcome", ["duplicate", "handed_over", "no_result", ""])
def test_what_judges_nothing_is_never_counted_as_true_or_false(outcome):
    advice = asked(COMMON_FALSE + [past(outcome, times=0.9)] * 5)

    assert (advice.judged, advice.others + advice.unanswered) == (10, 5)
    assert advice.effect.others_lost == 5
