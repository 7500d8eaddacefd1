"""Partners beside villages like them: on worlds whose effect is known, on worlds without one, and on too little."""

import math
from dataclasses import dataclass, replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from kentongan.engine.durations import waiting
from kentongan.engine.errors import EngineInputError
from kentongan.engine.lead_times import (
    Histories,
    Matching,
    MatchOptions,
    Measure,
    MeasureOptions,
    RateRatio,
    exact_ratio,
    match,
    measure,
    poisson_interval,
)

YEARS = 3
END = 365.25 * YEARS
NEVER = np.nan
QUICK = MeasureOptions(replicas=400)


def histories(designated_on: list[float], measures: list[float], **others: object) -> Histories:
    """Villages with one measure that never changes, observed from day 0 to day 1000."""
    given = Histories(
        days=np.array([0.0]),
        measures=np.array(measures, dtype=np.float64)[None, :, None],
        designated_on=np.array(designated_on, dtype=np.float64),
        ended_on=np.full(len(designated_on), NEVER),
        observed_from=0.0,
        observed_to=1000.0,
    )
    return replace(given, **others)  # type: ignore[arg-type]


@dataclass(frozen=True)
class World:
    """A simulated world: what people would know of it."""

    histories: Histories
    village: NDArray[np.int64]
    reported_on: NDArray[np.float64]
    ended_on: NDArray[np.float64]

    def matched(self) -> Matching:
        return match(self.histories, options=MatchOptions(likes=2))

    def measured(self, seed: int, matching: Matching | None = None) -> Measure:
        return measure(
            self.histories,
            matching or self.matched(),
            village=self.village,
            reported_on=self.reported_on,
            ended_on=self.ended_on,
            rng=np.random.default_rng(seed),
            options=QUICK,
        )


def world(seed: int, *, ratio: float, days: float = 0.0, partners: int = 30, villages: int = 240) -> World:
    """Offices designate villages that look worst; from then on the village detects `ratio` times as much, `days` sooner.

    What a village looks like and what happens in it agree only roughly, and villages that look alike differ.
    """
    random = np.random.default_rng(seed)
    looks = random.normal(0, 1, villages)
    rate = 0.12 * np.exp(0.6 * looks) * random.gamma(3, 1 / 3, villages)
    worst = np.argsort(-looks + random.normal(0, 1, villages))[:partners]
    designated = np.full(villages, NEVER)
    designated[worst] = random.uniform(200, 600, partners)
    village, reported, ended = [], [], []
    for place in range(villages):
        day = designated[place] if not np.isnan(designated[place]) else END
        for start, end, factor in ((0.0, day, 1.0), (day, END, ratio)):
            number = random.poisson(rate[place] * factor * (end - start) / 30.44)
            came = random.uniform(start, end, number)
            lead = random.gamma(2, 15, number) + (days if factor != 1 or start > 0 else 0)
            village += [place] * number
            reported += list(came)
            ended += list(came + lead)
    return World(
        histories=Histories(
            days=np.array([0.0]),
            measures=looks[None, :, None],
            designated_on=designated,
            ended_on=np.full(villages, NEVER),
            observed_from=0.0,
            observed_to=END,
        ),
        village=np.array(village, dtype=np.int64),
        reported_on=np.array(reported),
        ended_on=np.array(ended),
    )


@pytest.mark.parametrize(("ratio", "days"), [(1.0, 0.0), (2.0, 12.0)])
def test_the_intervals_hold_what_is_true_as_often_as_they_say(ratio: float, days: float) -> None:
    held_ratio, held_days, held_before = 0, 0, 0
    worlds = 40
    for seed in range(worlds):
        told = world(seed, ratio=ratio, days=days).measured(seed)
        held_ratio += told.after.low <= ratio <= told.after.high
        held_before += told.before.low <= 1 <= told.before.high
        held_days += told.lead.low <= days <= told.lead.high

    fewest = int(stats.binom.ppf(0.01, worlds, 0.95))
    assert held_ratio >= fewest
    assert held_before >= fewest
    assert held_days >= fewest


def test_a_known_effect_is_told_and_none_is_not_invented() -> None:
    told = [world(seed, ratio=2.0, days=30.0).measured(seed) for seed in range(8)]
    nothing = [world(seed, ratio=1.0).measured(seed) for seed in range(8)]

    assert [one.after.verdict for one in told].count("higher") >= 6
    assert [one.lead.verdict for one in told].count("higher") >= 6
    assert np.median([one.after.ratio for one in told]) == pytest.approx(2.0, rel=0.2)
    assert [one.after.verdict for one in nothing].count("higher") <= 1
    assert "lower" not in {one.after.verdict for one in told}


def clumped(seed: int, *, sets: int, clumps: float) -> World:
    """Partners and like villages alike, in which what happens comes in threes: once in `1 / clumps` villages."""
    random = np.random.default_rng(seed)
    villages = 3 * sets
    number = 3 * random.poisson(clumps, villages)
    return World(
        histories=histories([10.0] * sets + [NEVER] * (2 * sets), [0.0] * villages),
        village=np.repeat(np.arange(villages), number),
        reported_on=random.uniform(20, 900, number.sum()),
        ended_on=np.full(int(number.sum()), 950.0),
    )


def test_one_village_with_three_reports_of_one_matter_makes_no_programme_better() -> None:
    alone = replace(
        clumped(1, sets=6, clumps=0.0), village=np.zeros(3, dtype=np.int64), reported_on=np.array([50.0, 51, 52])
    )
    alone = replace(alone, ended_on=np.full(3, 60.0))

    assert alone.measured(1).after.verdict == "too_little"
    for sets, clumps in ((6, 0.05), (20, 0.1)):
        verdicts = [clumped(seed, sets=sets, clumps=clumps).measured(seed).after.verdict for seed in range(60)]
        assert verdicts.count("higher") + verdicts.count("lower") <= 5


def test_three_villages_for_half_a_year_are_too_little_to_tell_and_it_is_said_what_would_do() -> None:
    told = world(1, ratio=2.0, partners=3).measured(1)

    assert told.after.verdict == "too_little"
    assert told.lead.verdict == "too_little"
    assert told.after.needed_months is not None
    assert told.after.needed_months > told.after.partner_months
    assert told.lead.needed is not None


def test_without_any_detection_nothing_is_told_at_all() -> None:
    empty = world(1, ratio=1.0)
    quiet = replace(empty, village=empty.village[:0], reported_on=empty.reported_on[:0], ended_on=empty.ended_on[:0])

    told = quiet.measured(1)

    assert math.isnan(told.after.ratio)
    assert (told.after.low, told.after.high) == (0.0, math.inf)
    assert told.after.verdict == told.lead.verdict == "too_little"
    assert told.after.needed_months is None
    assert told.lead.needed is None


def test_what_was_detected_before_the_designation_counts_for_neither() -> None:
    """The immortal time: a village designated late had long to collect detections, and they made it a partner."""
    known = histories([500.0, NEVER, NEVER], [0.0, 0.0, 0.0])
    matching = match(known, options=MatchOptions(likes=2))
    village = np.array([0, 0, 0, 0, 1, 2, 0])
    days = np.array([100.0, 200, 300, 499, 400, 400, 500])

    told = measure(
        known,
        matching,
        village=village,
        reported_on=days,
        ended_on=days + 5,
        rng=np.random.default_rng(1),
        options=QUICK,
    )

    assert (told.after.partner_count, told.after.like_count) == (1, 0)
    assert told.after.partner_months == pytest.approx(500 / 30.4375)
    assert told.after.like_months == pytest.approx(1000 / 30.4375)
    assert (told.before.partner_count, told.before.like_count) == (3, 2)  # a year back at most
    assert told.before.partner_months == pytest.approx(365 / 30.4375)


def test_a_village_that_becomes_a_partner_later_counts_as_like_up_to_that_day() -> None:
    known = histories([100.0, 400.0, NEVER], [0.0, 0.0, 0.4], ended_on=np.array([700.0, NEVER, NEVER]))

    matching = match(known, options=MatchOptions(likes=1, caliper=3))

    first, second = matching.sets
    assert (first.partner, first.likes, first.partner_to, first.likes_to) == (0, (1,), 700.0, (400.0,))
    assert (second.partner, second.likes) == (1, (2,))


def test_likes_are_like_on_the_day_of_designation_not_today() -> None:
    """Village 1 was like the partner then; village 2 is now."""
    then, now = [0.0, 0.05, 5.0, 4.0], [5.0, 0.0, 5.0, 4.0]
    known = Histories(
        days=np.array([0.0, 600.0]),
        measures=np.array([then, now])[:, :, None],
        designated_on=np.array([500.0, NEVER, NEVER, NEVER]),
        ended_on=np.full(4, NEVER),
        observed_from=0.0,
        observed_to=1000.0,
    )

    early = match(known, options=MatchOptions(likes=1))
    late = match(replace(known, designated_on=np.array([650.0, NEVER, NEVER, NEVER])), options=MatchOptions(likes=1))

    assert early.sets[0].likes == (1,)
    assert late.sets[0].likes == (2,)


def test_no_village_stands_beside_two_partners_and_the_sum_of_distances_is_least() -> None:
    """Taken one by one, partner 0 would take village 2 and leave partner 1 with none that is like it."""
    known = histories([10.0, 20.0, NEVER, NEVER, NEVER], [0.0, 0.5, 0.2, -0.4, 9.0])

    matching = match(known, options=MatchOptions(likes=1))

    assert [(one.partner, one.likes) for one in matching.sets] == [(0, (3,)), (1, (2,))]


def test_partners_without_a_like_village_or_without_measures_are_named() -> None:
    known = histories([10.0, 20.0, 1000.0, 30.0, NEVER], [9.0, np.nan, 0.0, 0.0, 0.0])

    matching = match(known)

    assert matching.unmatched == (0, 1, 2)
    assert [one.partner for one in matching.sets] == [3]
    assert matching.imbalance == pytest.approx([0.0])


def test_without_partners_there_are_no_sets() -> None:
    matching = match(histories([NEVER, NEVER], [0.0, 1.0]))

    assert matching.sets == ()
    assert np.isnan(matching.imbalance).all()


def test_matching_takes_away_the_difference_in_looks() -> None:
    told = world(4, ratio=1.0)

    looks = told.histories.measures[0, :, 0]
    is_partner = ~np.isnan(told.histories.designated_on)
    assert looks[is_partner].mean() - looks[~is_partner].mean() > 0.5
    assert abs(told.matched().imbalance[0]) < 0.1


def test_the_same_seed_gives_the_same_measure() -> None:
    told = world(2, ratio=1.5)

    assert told.measured(9) == told.measured(9)


@pytest.mark.parametrize(("count", "low", "high"), [(0, 0.0, 3.689), (1, 0.0253, 5.572), (10, 4.795, 18.390)])
def test_the_poisson_intervals_are_garwoods(count: int, low: float, high: float) -> None:
    """F. Garwood, Biometrika 28 (1936), as in every table of the exact interval: to three places."""
    rate, below, above = poisson_interval(count, 2.0)

    assert rate == count / 2
    assert (2 * below, 2 * above) == pytest.approx((low, high), abs=1e-3)


def test_one_set_alone_has_the_interval_of_clopper_and_pearson() -> None:
    ratio, low, high = exact_ratio([7], [3], [10.0], [20.0])

    share = stats.binomtest(7, 10).proportion_ci(method="exact")
    assert ratio == pytest.approx(7 / 10 / (3 / 20))
    assert low == pytest.approx(share.low / (1 - share.low) * 2)
    assert high == pytest.approx(share.high / (1 - share.high) * 2)


def test_sets_whose_times_stand_in_one_ratio_are_as_good_as_one() -> None:
    apart = exact_ratio([3, 4, 0], [1, 2, 0], [5.0, 5.0, 5.0], [10.0, 10.0, 10.0])
    together = exact_ratio([7], [3], [15.0], [30.0])

    assert apart == pytest.approx(together)


def test_all_on_one_side_leaves_one_end_open() -> None:
    only_partners, only_likes = exact_ratio([4], [0], [1.0], [1.0]), exact_ratio([0], [4], [1.0], [1.0])

    assert only_partners[0] == only_partners[2] == math.inf
    assert only_partners[1] == pytest.approx(1 / only_likes[2])
    assert only_likes[:2] == (0.0, 0.0)


def test_what_has_not_ended_is_counted_as_far_as_it_was_seen() -> None:
    """With every set taken once, the means are those of the product-limit estimate of `durations`."""
    random = np.random.default_rng(5)
    known = histories([*[100.0] * 6, *[NEVER] * 6], [0.0] * 12)
    village = np.repeat(np.arange(12), 5)
    reported = random.uniform(150, 990, 60)
    lengths = np.round(random.gamma(2, 40, 60))
    ended = np.where(random.random(60) < 0.3, np.nan, reported + lengths)

    told = measure(
        known,
        match(known, options=MatchOptions(likes=1)),
        village=village,
        reported_on=reported,
        ended_on=ended,
        rng=np.random.default_rng(1),
        options=QUICK,
    ).lead

    for rows, mean in ((village < 6, told.partner_mean), (village >= 6, told.like_mean)):
        has_ended = ended[rows] < 1000
        durations = np.where(has_ended, ended[rows], 1000) - reported[rows]
        wait = waiting(durations, has_ended)
        edges = np.concatenate([[0.0], np.minimum(wait.times, told.most_days), [told.most_days]])
        plain = float(np.concatenate([[1.0], wait.longer]) @ np.diff(edges))
        assert mean == pytest.approx(plain)


def test_a_report_after_the_event_is_no_lead_at_all() -> None:
    known = histories([100.0, NEVER], [0.0, 0.0])

    told = measure(
        known,
        match(known),
        village=[0, 1],
        reported_on=[300.0, 300.0],
        ended_on=[290.0, 310.0],
        rng=np.random.default_rng(1),
        options=QUICK,
    ).lead

    assert (told.partner_mean, told.like_mean, told.difference) == (0.0, 10.0, -10.0)
    assert told.verdict == "too_little"


def test_the_needed_village_months_do_tell_a_doubling_four_times_in_five() -> None:
    base = 0.1
    needed = _ratio_of(base).needed_months
    assert needed is not None
    random = np.random.default_rng(3)

    told = 0
    for _ in range(300):
        partner, like = random.poisson(2 * base * needed), random.poisson(base * needed)
        told += exact_ratio([partner], [like], [needed], [needed])[1] > 1

    assert 0.7 < told / 300 < 0.88


def _ratio_of(base: float) -> RateRatio:
    """A comparison in which both sides detect at this rate a month."""
    known = histories([0.0, NEVER], [0.0, 0.0])
    number = round(base * 1000 / 30.4375 * 2)
    return measure(
        replace(known, observed_to=1000.0),
        match(known),
        village=np.arange(number) % 2,
        reported_on=np.linspace(1, 900, number),
        ended_on=np.full(number, np.nan),
        rng=np.random.default_rng(1),
        options=QUICK,
    ).after


@pytest.mark.parametrize(
    "wrong",
    [
        {"days": np.array([0.0, 1.0])},
        {"observed_from": 1000.0},
        {"ended_on": np.array([5.0, NEVER])},
        {"ended_on": np.array([NEVER])},
        {"observed_to": 0.0},
    ],
)
def test_histories_that_do_not_fit_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(EngineInputError, match="dipadankan"):
        match(histories([10.0, NEVER], [0.0, 0.0], **wrong))


def test_wrong_options_rates_and_detections_are_refused() -> None:
    known = histories([10.0, NEVER], [0.0, 0.0])
    matching = match(known)
    random = np.random.default_rng(1)

    with pytest.raises(EngineInputError):
        match(known, options=MatchOptions(likes=0))
    with pytest.raises(EngineInputError):
        match(replace(known, measures=np.zeros((1, 2))))
    with pytest.raises(EngineInputError):
        poisson_interval(-1, 1.0)
    with pytest.raises(EngineInputError, match="Deteksi"):
        measure(known, matching, village=[7], reported_on=[1.0], ended_on=[2.0], rng=random)
    with pytest.raises(EngineInputError, match="Deteksi"):
        measure(known, matching, village=[0], reported_on=[np.nan], ended_on=[2.0], rng=random)
    with pytest.raises(EngineInputError, match="pilihannya"):
        measure(
            known, matching, village=[], reported_on=[], ended_on=[], rng=random, options=MeasureOptions(confidence=2)
        )


def test_lead_times_that_are_all_cut_off_do_not_say_how_many_would_do() -> None:
    village = np.repeat(np.arange(4), 3)
    starts = np.linspace(20, 30, 12)

    told = measure(
        histories([10.0, 10.0, NEVER, NEVER], [0.0] * 4), match(histories([10.0, 10.0, NEVER, NEVER], [0.0] * 4)),
        village=village, reported_on=starts, ended_on=starts + np.linspace(200, 700, 12), rng=np.random.default_rng(1),
        options=QUICK,
    ).lead  # fmt: skip

    assert told.needed is None


def test_a_rate_over_no_time_is_not_known() -> None:
    rate, low, high = poisson_interval(0, 0.0)

    assert math.isnan(rate)
    assert (low, high) == (0.0, math.inf)
