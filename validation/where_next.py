"""Does "where next" give earlier warnings than "most migrant workers first"? Paired simulated worlds, with intervals.

python -m validation.where_next [--worlds 14] [--seed 1] [--out docs/validation/where-next.md]

An office of three regencies of Nusa Tenggara Timur (real villages, real distances, everything else drawn) plans twelve
months. Things begin in villages and lead somewhere weeks later; they are heard of by chance, through a partner village,
or on a visit. The lead time of one is how long before its end it was first heard of, 0 when it was not. Plans are
compared on the same things, the same ears and the same hours. What the plan believes of ears and hazards is not how the
world works: it has to do with a rough index.
"""

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse, stats

from kentongan.engine.geometry import EARTH_RADIUS_M
from kentongan.engine.placement import Candidates, Capacity, Effects, nearby, place_visits
from validation.results import RESULTS, Json, stamp
from validation.worlds import ntt_villages

Floats = NDArray[np.float64]

REGENCIES = ("53.03", "53.04", "53.21")
"""Timor Tengah Utara, Belu, Malaka."""

OFFICE = "53.04.12"
"""The office stands in the middle of the villages of Kota Atambua."""

MONTHS, MONTH_DAYS = 12, 30.0
HOURS_A_MONTH, DESIGNATIONS_A_MONTH, PARTNERS_AT_FIRST = 120.0, 1, 5
HOURS_THERE, WAY_FACTOR, KM_PER_HOUR, DESIGNATION_HOURS = 2.0, 1.4, 25.0, 8.0

EVENTS_A_YEAR = 60.0
JUDGED_EVENTS = 3000
"""Drawn by hazard to judge the plans by: many more than happen, so that chance does not decide."""

LASTS_SHAPE, LASTS_DAYS = 2.0, 60.0
CHANCE_HEARING_DAYS = 200.0
PARTNER_HEARING_DAYS = 90.0
HEARS_ON_VISIT, HEARS_NEARBY, REACH_KM = 0.5, 0.3, 5.0

DRAWS = 60
DOUBT, DOUBT_WITHOUT_DATA = 0.7, 1.1
KNOWN_ANYWAY = 0.3
"""Which share of what was not heard of early becomes known in the end all the same."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of world: what makes hazard (weights of migrant workers, border, remoteness, and of what nobody measures).

    `noise` blurs what the index sees of each factor, `missing` is the share of villages without data on a factor,
    `ears` how well villages hear on visits and as partners beside what the plan believes, `is_near` puts all as near.
    """

    code: str
    label: str
    migrants: float
    border: float
    remote: float
    unmeasured: float
    noise: float = 0.3
    missing: float = 0.2
    ears: float = 1.0
    is_near: bool = False


KINDS = (
    Kind("several", "several causes, migrant workers one of them", 0.6, 0.6, 0.4, 0.5),
    Kind("border", "the border alone; migrant workers say nothing", 0.0, 1.0, 0.0, 0.5),
    Kind("poor", "several causes, but the index sees them badly", 0.6, 0.6, 0.4, 0.5, noise=1.5, missing=0.5),
    Kind("deaf", "several causes, but villages hear a third of what the plan believes", 0.6, 0.6, 0.4, 0.5, ears=1 / 3),
    Kind("migrants", "**the rule is right**: migrant workers alone", 1.0, 0.0, 0.0, 0.0),
    Kind("near", "**the rule is right**, and every village is as near", 1.0, 0.0, 0.0, 0.0, is_near=True),
)


@dataclass(frozen=True, slots=True)
class Office:
    """The villages of an office: where they lie and what a visit costs."""

    x_km: Floats
    y_km: Floats
    hours: Floats
    border_km: Floats


@cache
def office() -> Office:
    """Return the villages of the three regencies on a plane around the office."""
    villages = ntt_villages(neighbours=2)
    chosen = [i for i, code in enumerate(villages.codes) if code.startswith(REGENCIES)]
    points = villages.points[chosen]
    lat, lon = np.arcsin(points[:, 2]), np.arctan2(points[:, 1], points[:, 0])
    town = [i for i, c in enumerate(chosen) if villages.codes[c].startswith(OFFICE)]
    scale = EARTH_RADIUS_M / 1000
    x = (lon - lon[town].mean()) * np.cos(lat.mean()) * scale
    y = (lat - lat[town].mean()) * scale
    hours = HOURS_THERE + 2 * WAY_FACTOR * np.hypot(x, y) / KM_PER_HOUR
    # A plane line stands for the border here: the eastern edge, from the north coast to the south coast.
    return Office(x, y, hours, np.maximum(0.0, np.quantile(x, 0.98) - x))


@dataclass(frozen=True, slots=True)
class World:
    """One drawn world: what is true, and what the index says of it."""

    kind: Kind
    migrants: Floats
    hazard: Floats
    believed: Floats
    hours: Floats
    heard: sparse.csr_array


def standardised(values: Floats) -> Floats:
    """Return the values with mean 0 and standard deviation 1."""
    whole: Floats = (values - values.mean()) / values.std()
    return whole


def draw_world(kind: Kind, seed: int, number: int) -> World:
    """Return this world of its kind, the same for the same seed."""
    where = office()
    random = np.random.default_rng([seed, KINDS.index(kind), number])
    size = where.x_km.size
    near = nearby(where.x_km, where.y_km, share=0.9, reach_km=10.0)
    smooth = near.multiply(1 / near.sum(axis=1)[:, None]).tocsr()
    factors = [
        standardised(smooth @ random.normal(0, 1, size) * 2 + random.normal(0, 1, size)),
        standardised(-np.log(where.border_km + 3.0)),
        standardised(where.hours + random.normal(0, 1, size)),
    ]
    weights = (kind.migrants, kind.border, kind.remote)
    unmeasured = standardised(smooth @ random.normal(0, 1, size))
    log_hazard = sum((w * z for w, z in zip(weights, factors, strict=True)), kind.unmeasured * unmeasured)
    hazard = np.exp(log_hazard)
    seen, lacking = np.zeros(size), np.zeros(size)
    for factor in factors:
        is_missing = random.random(size) < kind.missing
        seen += np.where(is_missing, 0.0, factor + kind.noise * random.normal(0, 1, size)) / len(factors)
        lacking += is_missing / len(factors)
    # The index knows neither the weights nor the scale: three factors alike, and one unit of score a unit of log hazard.
    doubt = np.sqrt(DOUBT**2 + lacking * DOUBT_WITHOUT_DATA**2)
    draws = np.exp(standardised(seen)[:, None] * 0.7 + doubt[:, None] * random.normal(0, 1, (size, DRAWS)))
    return World(
        kind=kind,
        migrants=np.exp(factors[0]),
        hazard=hazard / hazard.sum() * EVENTS_A_YEAR / MONTHS,
        believed=draws / draws.mean(axis=1).sum() * EVENTS_A_YEAR / MONTHS,
        hours=np.full(size, float(np.median(where.hours))) if kind.is_near else where.hours,
        heard=nearby(where.x_km, where.y_km, share=HEARS_NEARBY, reach_km=REACH_KM),
    )


@dataclass(slots=True)
class Year:
    """What an office did: partners from which month on, visits by month; what it knows, and from how many months' hearing."""

    partner_from: Floats
    visits: NDArray[np.int64]
    known: NDArray[np.int64]
    exposure: Floats
    shares_of_bound: list[float] = field(default_factory=list)


Plan = Callable[[World, Year, int, np.random.Generator], None]
"""Writes one month into the year."""


def start_of(world: World) -> Year:
    """Return the year before its first month: the villages with most migrant workers are partners, as offices choose."""
    partner_from = np.full(world.hazard.size, np.inf)
    partner_from[np.argsort(-world.migrants, kind="stable")[:PARTNERS_AT_FIRST]] = 0
    size = world.hazard.size
    return Year(partner_from, np.zeros((MONTHS, size), dtype=np.int64), np.zeros(size, dtype=np.int64), np.zeros(size))


def in_order(world: World, year: Year, month: int, order: NDArray[np.int64]) -> None:
    """Designate the first that is no partner yet, then visit down the list as long as hours last."""
    hours = HOURS_A_MONTH
    for village in [v for v in order if np.isinf(year.partner_from[v])][:DESIGNATIONS_A_MONTH]:
        year.partner_from[village] = month
        hours -= DESIGNATION_HOURS
    for village in order:
        if world.hours[village] <= hours:
            year.visits[month, village] += 1
            hours -= world.hours[village]


def most_migrants(world: World, year: Year, month: int, _random: np.random.Generator) -> None:
    """The rule of the field."""
    in_order(world, year, month, np.argsort(-world.migrants, kind="stable"))


def highest_index(world: World, year: Year, month: int, _random: np.random.Generator) -> None:
    """The index in order of its mean, without a thought of ways, doubt or what a further visit adds."""
    in_order(world, year, month, np.argsort(-world.believed.mean(axis=1), kind="stable"))


def where_next(world: World, year: Year, month: int, random: np.random.Generator) -> None:
    """The plan of the engine, on the index as far as it has learnt from what became known."""
    hazard = learnt(world, year, month, random)
    last = year.visits[max(0, month - 3) : month].sum(axis=0)
    plan = place_visits(
        Candidates(
            hazard=hazard,
            hours=world.hours,
            designation_hours=np.full(world.hazard.size, DESIGNATION_HOURS),
            is_designated=np.isfinite(year.partner_from),
            unknown=np.where(last > 0, 0.5, 1.0),
            heard=world.heard,
        ),
        capacity=Capacity(hours=HOURS_A_MONTH, designations=DESIGNATIONS_A_MONTH, visits_per_village=2),
        effects=EFFECTS,
    )
    year.shares_of_bound.append(plan.share_of_bound)
    for one in plan.chosen:
        year.visits[month, one.village] = one.visits
        if one.is_designated:
            year.partner_from[one.village] = month


EFFECTS = Effects()
RULE, INDEX, PLANNED = "most migrant workers first", "highest index first", "where next"
PLANS: dict[str, Plan] = {RULE: most_migrants, INDEX: highest_index, PLANNED: where_next}


def learnt(world: World, year: Year, month: int, random: np.random.Generator) -> Floats:
    """Return the draws of hazard after what became known up to this month: draws that fit it better count more.

    What is heard of early becomes known; of the rest a part. The month before is added to the year: what is known once
    stays known.
    """
    if not month:
        return world.believed
    log_miss = world.heard.T @ year.visits[month - 1] * np.log(1 - EFFECTS.visit_warns)
    is_partner = year.partner_from <= month - 1
    early = 1 - np.exp(log_miss) * np.where(is_partner, 1 - EFFECTS.designation_warns, 1.0)
    year.exposure += KNOWN_ANYWAY + (1 - KNOWN_ANYWAY) * early
    year.known += random.poisson(world.hazard * (KNOWN_ANYWAY + (1 - KNOWN_ANYWAY) * early * world.kind.ears))
    fit = year.known[:, None] * np.log(world.believed) - world.believed * year.exposure[:, None]
    weights = np.exp(fit - fit.max(axis=1, keepdims=True))
    steps = np.cumsum(weights, axis=1) / weights.sum(axis=1, keepdims=True)
    asked = (np.arange(DRAWS) + 0.5) / DRAWS
    taken = np.stack([np.searchsorted(row, asked) for row in steps]).clip(max=DRAWS - 1)
    hazard: Floats = np.take_along_axis(world.believed, taken, axis=1)
    return hazard


def lead_days(world: World, year: Year, seed: int, number: int) -> Floats:
    """Return the lead time of each judged event under what was done; the same events and ears whatever was done."""
    random = np.random.default_rng([seed, 99, number])
    size = world.hazard.size
    village = random.choice(size, JUDGED_EVENTS, p=world.hazard / world.hazard.sum())
    begins = random.uniform(0, MONTHS * MONTH_DAYS, JUDGED_EVENTS)
    ends = begins + random.gamma(LASTS_SHAPE, LASTS_DAYS / LASTS_SHAPE, JUDGED_EVENTS)
    by_chance = begins + random.exponential(CHANCE_HEARING_DAYS, JUDGED_EVENTS)
    waits = random.exponential(PARTNER_HEARING_DAYS / world.kind.ears, JUDGED_EVENTS)
    heard = np.minimum(by_chance, np.maximum(begins, year.partner_from[village] * MONTH_DAYS) + waits)
    visit_day = random.uniform(0, MONTH_DAYS, (MONTHS, 2, size))
    for month in range(MONTHS):
        for turn in range(2):
            visited = (year.visits[month] > turn).astype(np.float64)
            ear = random.random(JUDGED_EVENTS)
            day = month * MONTH_DAYS + visit_day[month, turn]
            # Of the visits to the village itself and around it, the most telling one of the turn is taken.
            reach = world.heard.multiply(visited[None, :]).tocsr()
            best = reach.max(axis=1).toarray().ravel()[village]
            at = day[np.asarray(reach.argmax(axis=1)).ravel()[village]]
            hears = (ear < HEARS_ON_VISIT * world.kind.ears * best) & (at >= begins)
            heard = np.where(hears, np.minimum(heard, at), heard)
    lead: Floats = np.maximum(0.0, ends - heard)
    return lead


def run_world(kind: Kind, seed: int, number: int) -> dict[str, float]:
    """Return the mean lead time per event with each plan, and which share of its bound the engine's plans reached."""
    world = draw_world(kind, seed, number)
    found = {}
    for name, plan in PLANS.items():
        year, random = start_of(world), np.random.default_rng([seed, 7, number])
        for month in range(MONTHS):
            plan(world, year, month, random)
        found[name] = float(lead_days(world, year, seed, number).mean())
        if year.shares_of_bound:
            found["share of bound"] = float(np.mean(year.shares_of_bound))
    return found


def mean_with_interval(values: Sequence[float]) -> tuple[float, float, float]:
    """Return the mean and its 95 % interval by Student's t over the worlds."""
    array = np.asarray(values, dtype=np.float64)
    reach = float(stats.t.ppf(0.975, array.size - 1) * array.std(ddof=1) / np.sqrt(array.size))
    return float(array.mean()), float(array.mean()) - reach, float(array.mean()) + reach


def written(rows: dict[str, list[dict[str, float]]], seed: int, cpu_seconds: float, made: Json) -> str:
    """Return the page."""
    lines = [HEADING]
    lines.append(
        f"Last run on {made['ran_on']}, Kentongan {made['kentongan']}, engine source `{made['engine']}`, Python "
        f"{made['python']}, {made['processors']} processors ({made['machine']}), seed {seed}, "
        f"{cpu_seconds:.0f} seconds of CPU.\n"
    )
    lines.append(SETTING.format(villages=office().x_km.size, hours=HOURS_A_MONTH, judged=JUDGED_EVENTS))
    lines.append(
        "| world | n | most migrant workers first | highest index first | where next | gained per event by where next "
        "over the rule | better in | over highest index | reached of the bound |\n|---|---|---|---|---|---|---|---|---|"
    )
    verdicts = []
    everything: list[float] = []
    for kind in KINDS:
        found = rows[kind.code]
        gained = [one[PLANNED] - one[RULE] for one in found]
        over_index = [one[PLANNED] - one[INDEX] for one in found]
        everything += gained
        means = [f"{np.mean([one[name] for one in found]):.2f}" for name in (RULE, INDEX, PLANNED)]
        mean, low, high = mean_with_interval(gained)
        other = mean_with_interval(over_index)
        lines.append(
            f"| {kind.label} | {len(found)} | {' | '.join(means)} | {_told(mean, low, high)} | "
            f"{sum(g > 0 for g in gained)} of {len(gained)} | {_told(*other)} | "
            f"{np.mean([one['share of bound'] for one in found]):.1%} |"
        )
        word = "wins" if low > 0 else "**loses**" if high < 0 else "**cannot be told from the rule**"
        verdicts.append(f"- {kind.label}: where next {word} ({mean:+.2f} days, {low:+.2f} to {high:+.2f}).")
    mean, low, high = mean_with_interval(everything)
    lines.append(
        f"\nOver all {len(everything)} worlds: {_told(mean, low, high)} days of lead time gained per event, better in "
        f"{sum(g > 0 for g in everything)}. This mean depends on how many worlds of each kind are taken; the lines above "
        "do not.\n"
    )
    return "\n".join([*lines, *verdicts, "", LIMITS])


def _told(mean: float, low: float, high: float) -> str:
    return f"{mean:+.2f} ({low:+.2f} to {high:+.2f})"


HEADING = """# Where next, beside "most migrant workers first"

Written by `python -m validation.where_next`; do not edit. The villages and distances are real; hazards, factors, events and
ears are drawn: nothing in this page happened. The method is in [where next](../methods/where-next.md).
"""

SETTING = """The {villages} villages of Timor Tengah Utara, Belu and Malaka, an office in Atambua with {hours:.0f} officer hours and
one designation a month, twelve months. Each plan has the same hours, starts from the same five partner villages (those with most
migrant workers) and is judged on the same {judged:,} events of the world. Figures are days of **lead time per event**: from the
first time that it is heard of to its end, 0 where it is never heard of before. Intervals are of 95 %, over paired worlds
(Student's t).

- *most migrant workers first*: the next designation and the visits go down the list of migrant workers, one visit each, as
  long as hours last. The rule is given the true numbers.
- *highest index first*: the same with the mean of the index. It shows which part of the gain comes from the index alone.
- *where next*: the plan of the engine, every month anew, on the index as far as it has learnt from what became known.
"""

LIMITS = """## What to make of it

- The worlds are ours. They show that the method does what it should when hazards, ways and doubts are as drawn; how much it
  gains in the field only the [measure of the programme](../methods/lead-times.md) can tell.
- Part of the gain comes from ways: the rule, and the index taken in order, pay no heed to hours. Where all villages are as near,
  that part is gone.
- Where the rule is right the index is at a loss by construction: two of its three factors say nothing there.
- The plan believes a visit to be heard within its month; in the world it is heard on one day, if what began still goes on.
- A line of longitude stands for the border.
"""


def main() -> None:
    """Run the worlds and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worlds", type=int, default=14, help="of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=RESULTS / "where-next.md")
    given = parser.parse_args()
    started = time.process_time()
    rows = {kind.code: [run_world(kind, given.seed, number) for number in range(given.worlds)] for kind in KINDS}
    page = written(rows, given.seed, time.process_time() - started, stamp())
    given.out.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
