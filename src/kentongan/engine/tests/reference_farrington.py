"""Farrington's detector written as its equations read: a dense design matrix, general least squares, one series.

Slow on purpose. It shares no code with the engine: weeks are labelled in a dictionary, the model is fitted by solving
weighted normal equations, tails of distributions are those of scipy.stats. Follows docs/methods/farrington.md.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

MAX_STEPS = 25


@dataclass(frozen=True)
class PlainFit:
    beta: NDArray[np.float64]
    mean: NDArray[np.float64]
    covariance: NDArray[np.float64]
    leverage: NDArray[np.float64]
    working_weights: NDArray[np.float64]
    weights: NDArray[np.float64]
    cases: NDArray[np.float64]

    @property
    def freedom(self) -> int:
        return len(self.cases) - len(self.beta)

    @property
    def relative_residuals(self) -> NDArray[np.float64]:
        return self.cases / self.mean - 1

    @property
    def pearson(self) -> float:
        return float((self.working_weights * self.relative_residuals**2).sum() / self.freedom)

    @property
    def working(self) -> float:
        return float((self.weights * self.relative_residuals**2).sum() / self.freedom)


@dataclass(frozen=True)
class PlainAnswer:
    fitted: float
    phi: float
    trend: float
    mu0: float
    upper_bound: float
    p_value: float


def plain_baseline(week: int, *, b: int, w: int, periods: int, left_out: int) -> tuple[list[int], list[int]]:
    """Equations 1 and 2, with years of 52 weeks."""
    period_of: dict[int, int] = {}
    for year in range(b, 0, -1):
        centre = week - 52 * year
        for away in range(-w, w + 1):
            period_of[centre + away] = 0
        if periods > 1:
            between = list(range(centre + w + 1, centre + 52 - w))
            short, longer = divmod(len(between), periods - 1)
            labels = [p for p in range(1, periods) for _ in range(short + (p <= longer))]
            period_of.update(zip(between, labels, strict=True))
    weeks = sorted(week_ for week_ in period_of if week_ < week - left_out)
    return weeks, [period_of[week_] for week_ in weeks]


def plain_glm(
    design: NDArray[np.float64],
    cases: NDArray[np.float64],
    weights: NDArray[np.float64],
    offset: NDArray[np.float64],
) -> PlainFit | None:
    """Equations 4 and 5: None without convergence or with a singular matrix."""
    mean = cases + 0.1
    eta = np.log(mean)
    deviance = plain_deviance(cases, mean, weights)
    for taken in range(1, MAX_STEPS + 1):
        working = weights * mean
        information = (design * working[:, None]).T @ design
        scaled = np.sqrt(np.diag(information))
        try:
            covariance = np.linalg.inv(information / np.outer(scaled, scaled)) / np.outer(scaled, scaled)
        except np.linalg.LinAlgError:
            return None
        if not covariance[-1, -1] * information[-1, -1] < 1e10:
            return None
        beta = covariance @ (design * working[:, None]).T @ (eta - offset + (cases - mean) / mean)
        eta = design @ beta + offset
        mean = np.exp(eta)
        reach = np.abs(design).max(axis=0)
        if not (np.abs(beta) * reach < 300).all():
            return None
        last, deviance = deviance, plain_deviance(cases, mean, weights)
        if taken > 1 and abs(deviance - last) < 1e-8 * (abs(deviance) + 0.1):
            leverage = np.einsum("ij,jk,ik->i", design, covariance, design) * working
            return PlainFit(beta, mean, covariance, leverage, working, weights, cases)
    return None


def plain_deviance(cases: NDArray[np.float64], mean: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    logs = np.where(cases > 0, cases * np.log(np.maximum(cases, 1) / mean), 0.0)
    return float(2 * (weights * (logs - (cases - mean))).sum())


def plain_weights(fit: PlainFit, above: float) -> NDArray[np.float64]:
    """Equations 6 and 7."""
    free = max(fit.pearson, 1.0) * (1 - fit.leverage)
    anscombe = 1.5 * (fit.cases ** (2 / 3) * fit.mean ** (-1 / 6) - fit.mean**0.5)
    residuals = np.where((free > 1e-10) & (fit.cases > fit.mean), anscombe / np.sqrt(np.maximum(free, 1e-10)), 0.0)
    weights = np.where(residuals > above, np.maximum(residuals, above) ** -2.0, 1.0)
    return weights * len(weights) / weights.sum()


def plain_robust_fit(
    design: NDArray[np.float64], cases: NDArray[np.float64], offset: NDArray[np.float64], above: float
) -> PlainFit | None:
    fit = plain_glm(design, cases, np.ones(len(cases)), offset)
    if fit is None or fit.freedom <= 0 or math.isinf(above):
        return fit
    return plain_glm(design, cases, plain_weights(fit, above), offset)


@np.errstate(over="ignore", divide="ignore", invalid="ignore")
def plain_farrington(
    counts: Sequence[int],
    week: int,
    *,
    b: int = 3,
    w: int = 3,
    periods: int = 10,
    above: float = 2.58,
    left_out: int = 26,
    p_trend: float = 1.0,
    method: str = "nbPlugin",
    alpha: float = 0.01,
    original: bool = False,
    known: Sequence[bool] | None = None,
    population: Sequence[float] | None = None,
) -> PlainAnswer | None:
    """Return what is said of one week, None when nothing can be fitted or the baseline has no event."""
    weeks, labels = plain_baseline(week, b=b, w=w, periods=periods, left_out=left_out)
    seen = [i for i, position in enumerate(weeks) if known is None or not known[position]]
    middle = (weeks[0] + weeks[-1]) / 2
    time = np.array([weeks[i] - middle for i in seen], dtype=float)
    label = np.array([labels[i] for i in seen])
    cases = np.array([counts[weeks[i]] for i in seen], dtype=float)
    people = np.ones(len(seen)) if population is None else np.array([population[weeks[i]] for i in seen])
    people_now = 1.0 if population is None else population[week]
    if not cases.any() or not (label == 0).any():
        return None
    levels = [p for p in range(periods) if (label == p).any()]
    seasons = np.stack([(label == p).astype(float) for p in levels], axis=1)
    offset = np.log(people)
    fit, trend = None, math.nan
    now = np.array([1.0] + [0.0] * len(levels))
    if b >= 3:
        fit = plain_robust_fit(np.column_stack((seasons, time)), cases, offset, above)
        if fit is not None and fit.freedom > 0:
            dispersion = fit.pearson if original else fit.working
            error = math.sqrt(dispersion * fit.covariance[-1, -1])
            p = 2 * stats.t.sf(abs(fit.beta[-1]) / error, fit.freedom) if error else 0.0
            now[-1] = week - middle
            if (p_trend >= 1 or p < p_trend) and 0 < people_now * np.exp(now @ fit.beta) <= cases.max():
                trend = float(fit.beta[-1])
    if math.isnan(trend):
        now = now[:-1]
        fit = plain_robust_fit(seasons, cases, offset, above)
    if fit is None or fit.freedom <= 0:
        return None
    mean, phi = people_now * math.exp(now @ fit.beta), max(fit.pearson, 1.0)
    log_error = math.sqrt((phi if original else fit.working) * (now @ fit.covariance @ now))
    if original:
        method, alpha = "delta", alpha / 2
    return plain_bound(int(counts[week]), mean, phi, log_error, trend, method=method, alpha=alpha)


def plain_bound(
    observed: int, mean: float, phi: float, log_error: float, trend: float, *, method: str, alpha: float
) -> PlainAnswer:
    """Equations 10 to 13."""
    quantile = stats.norm.isf(alpha)
    if method == "delta":
        error = mean * log_error
        deviation = 2 / 3 * mean ** (-1 / 3) * math.sqrt(phi * mean + error**2)
        upper = (mean ** (2 / 3) + quantile * deviation) ** 1.5
        p_value = stats.norm.sf((observed ** (2 / 3) - mean ** (2 / 3)) / deviation)
        with np.errstate(over="ignore"):
            return PlainAnswer(mean, phi, trend, float(np.exp(mean + quantile * error)), upper, float(p_value))
    with np.errstate(over="ignore"):
        mu0 = mean * float(np.exp(quantile * log_error)) if method == "muan" else mean
    if mu0 > 2**31 - 1:
        return PlainAnswer(mean, phi, trend, mu0, math.inf, 1.0)
    counts = stats.nbinom(mu0 / (phi - 1), 1 / phi) if phi > 1 else stats.poisson(mu0)
    return PlainAnswer(mean, phi, trend, mu0, float(counts.isf(alpha)), float(counts.sf(observed - 1)))
