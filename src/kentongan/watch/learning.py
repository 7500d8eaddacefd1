"""What outcomes say about a stream's threshold, and what another one would have done to past findings. No Django.

Only outcomes that judge count: true, false, benign. A machine proposes here; a person decides (R05).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kentongan.engine.calibration import Thresholds, for_share
from kentongan.engine.proportions import share_of

from .rules import Extent, same_finding

TRUE, WRONG = "true", frozenset({"false", "benign"})

TOO_FEW, STRICTER, LOOSER, NOT_TOLD_APART, KEEP = "too_few", "stricter", "looser", "not_told_apart", "keep"

MIN_JUDGED = 10
"""With fewer judged findings nothing is proposed. This figure and those below are our own; no source sets them."""

MOSTLY_WRONG = 0.5
"""A stricter threshold is looked for when surely more than this share was false or benign."""

NEARLY_ALL_TRUE = 0.7
"""A looser one when surely more than this share was true: of ten findings, all."""

STEPS_DOWN = (0.5, 0.25)
STEP_UP = 2.0
LEAST_SHARE, MOST_SHARE = 0.125, 4.0
"""Between these shares of the even part of the budget a stream is kept: what is rarer than an eighth of the threshold, the
Monte Carlo p-values of the past hardly tell (engine/calibration.py, REPLICAS_BELOW_THRESHOLD)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastFinding:
    """A finding as the runs saw it (the day that each was as of, and its p-value), and what became of it."""

    type: str
    outcome: str = ""  # blank: no alert of it has ended
    is_put_aside: bool = False
    sightings: tuple[tuple[date, float], ...]

    def raised_on(self, limits: Thresholds) -> date | None:
        """Return the day as of which these thresholds would have raised it; None where no run would have."""
        cutoff = _cutoff(self.type, limits)
        return min((as_of for as_of, p_value in self.sightings if p_value <= cutoff), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What a run saw as the most likely of a stream and level, whether or not it crossed the threshold."""

    type: str
    p_value: float
    extent: Extent


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What the proposed threshold would have done to the findings that the present one raises."""

    found: int
    kept: int
    true_lost: int
    wrong_spared: int
    put_aside_spared: int
    others_lost: int  # that no outcome judged, or none yet
    latest_days: int  # the longest time by which a true one would have come later
    more: int = 0  # further candidates between the two thresholds, at least


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What the outcomes of a stream say about its threshold: the share of the even budget now, and the proposed one."""

    kind: str
    share_now: float
    share: float
    true: int
    false: int
    benign: int
    others: int  # ended otherwise: duplicate, handed over, no result
    unanswered: int  # neither ended nor put aside
    put_aside: int
    effect: Effect | None = None

    @property
    def judged(self) -> int:
        """How many findings an outcome judged."""
        return self.true + self.false + self.benign

    @property
    def wrong(self) -> int:
        """How many of those were false or benign."""
        return self.false + self.benign

    @property
    def proposes(self) -> bool:
        """Tell whether there is something to decide."""
        return self.share != self.share_now


def advise(
    findings: Sequence[PastFinding],
    candidates: Sequence[Candidate],
    known: Sequence[Extent],
    *,
    even: Thresholds,
    share_now: float,
) -> Advice:
    """Return what to do about the threshold of a stream. `known` are the extents of all findings, `even` the thresholds at share 1.

    Judged is what the present threshold raises: findings of a looser past say nothing about it.
    """
    limits = for_share(even, share_now)
    past = [finding for finding in findings if finding.raised_on(limits)]
    wrong = [finding for finding in past if finding.outcome in WRONG]
    true = [finding for finding in past if finding.outcome == TRUE]
    judged = len(wrong) + len(true)
    if judged < MIN_JUDGED:
        return _advice(TOO_FEW, past, share_now)
    if share_of(len(wrong), judged).low > MOSTLY_WRONG:
        return _stricter(past, even=even, share_now=share_now)
    if share_of(len(true), judged).low > NEARLY_ALL_TRUE:
        return _looser(past, candidates, known, even=even, share_now=share_now)
    return _advice(KEEP, past, share_now)


def effect_of(findings: Sequence[PastFinding], *, now: Thresholds, then: Thresholds) -> Effect:
    """Return what the other thresholds would have done to the findings that the present ones raise."""
    past = [(finding, day) for finding in findings if (day := finding.raised_on(now))]
    lost = [finding for finding, _day in past if finding.raised_on(then) is None]
    delays = [
        (later - day).days
        for finding, day in past
        if finding.outcome == TRUE and (later := finding.raised_on(then)) is not None
    ]
    true_lost = sum(finding.outcome == TRUE for finding in lost)
    wrong_spared = sum(finding.outcome in WRONG for finding in lost)
    put_aside_spared = sum(finding.is_put_aside for finding in lost)
    return Effect(
        found=len(past),
        kept=len(past) - len(lost),
        true_lost=true_lost,
        wrong_spared=wrong_spared,
        put_aside_spared=put_aside_spared,
        others_lost=len(lost) - true_lost - wrong_spared - put_aside_spared,
        latest_days=max(delays, default=0),
    )


def further_candidates(
    candidates: Sequence[Candidate], known: Sequence[Extent], *, now: Thresholds, then: Thresholds
) -> int:
    """Return how many different candidates lie between two thresholds and are no part of a known finding."""
    extents = {kind: list(known) for kind in ("cluster", "surge")}
    count = 0
    for one in sorted(candidates, key=lambda candidate: (candidate.extent.window_from, candidate.p_value)):
        if not _cutoff(one.type, now) < one.p_value <= _cutoff(one.type, then):
            continue
        if not any(same_finding(extent, one.extent) for extent in extents[one.type]):
            count += 1
        extents[one.type].append(one.extent)
    return count


def _stricter(past: Sequence[PastFinding], *, even: Thresholds, share_now: float) -> Advice:
    """Propose the mildest of the stricter thresholds that lose no true finding and spare most of the wrong ones."""
    best: tuple[float, Effect] | None = None
    for step in STEPS_DOWN:
        share = share_now * step
        if share < LEAST_SHARE:
            break
        effect = effect_of(past, now=for_share(even, share_now), then=for_share(even, share))
        if not effect.true_lost and effect.wrong_spared > (best[1].wrong_spared if best else 0):
            best = share, effect
    if best is None:
        return _advice(NOT_TOLD_APART, past, share_now)
    return _advice(STRICTER, past, share_now, share=best[0], effect=best[1])


def _looser(
    past: Sequence[PastFinding],
    candidates: Sequence[Candidate],
    known: Sequence[Extent],
    *,
    even: Thresholds,
    share_now: float,
) -> Advice:
    share = share_now * STEP_UP
    if share > MOST_SHARE or max(even.p_value, even.trend_p_value) * share >= 1:
        return _advice(KEEP, past, share_now)
    now, then = for_share(even, share_now), for_share(even, share)
    more = further_candidates(candidates, known, now=now, then=then)
    if not more:
        return _advice(KEEP, past, share_now)
    effect = Effect(
        found=len(past), kept=len(past), true_lost=0, wrong_spared=0, put_aside_spared=0, others_lost=0, latest_days=0, more=more
    )  # fmt: skip
    return _advice(LOOSER, past, share_now, share=share, effect=effect)


def _advice(
    kind: str,
    past: Sequence[PastFinding],
    share_now: float,
    *,
    share: float | None = None,
    effect: Effect | None = None,
) -> Advice:
    outcomes = [finding.outcome for finding in past]
    return Advice(
        kind=kind,
        share_now=share_now,
        share=share_now if share is None else share,
        true=outcomes.count(TRUE),
        false=outcomes.count("false"),
        benign=outcomes.count("benign"),
        others=sum(outcome not in {"", TRUE, *WRONG} for outcome in outcomes),
        unanswered=sum(not finding.outcome and not finding.is_put_aside for finding in past),
        put_aside=sum(finding.is_put_aside for finding in past),
        effect=effect,
    )


def _cutoff(kind: str, limits: Thresholds) -> float:
    return limits.trend_p_value if kind == "surge" else limits.p_value
