"""Which count does a series' own history, with its season, lead to expect?

A log-linear model with harmonics, for Poisson or negative binomial counts, fitted to each of many series by maximum
likelihood (J. A. Nelder, R. W. M. Wedderburn, JRSS A 135, 1972; J. F. Lawless, Canadian Journal of Statistics 15, 1987).
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kentongan.engine.compiled import compiled
from kentongan.engine.temporal.detection import counts_table, refuse

TOLERANCE = 1e-8
"""Relative change of the deviance, and change of theta and of the log-likelihood, at which the iterations end."""

MAX_STEPS = 25
"""Scoring steps a fit, and rounds of the alternation; a fit that needs more has no maximum in reach."""

SMALLEST_EXPECTATION = 1e-6
"""A fit that expects less in some week is on its way to 0: the likelihood has no maximum, and any count would alarm."""

LARGEST_ETA = 300.0
"""Expectations beyond e to this power are kept from leaving the finite numbers; no fit ends there."""

LARGEST_THETA = 1e6
"""Beyond, a negative binomial count differs from a Poisson count by less than the rounding of the score."""

SMALLEST_THETA = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonalOptions:
    """What the expectation may depend on: `harmonics` of a year of `period` weeks, and a log-linear `has_trend`.

    `dispersion` is the negative binomial's alpha (variance mu + alpha mu^2): 0 for Poisson, None to estimate it.
    """

    harmonics: int = 1
    period: float = 52.0
    has_trend: bool = False
    dispersion: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonalModel:
    """The fitted expectation.

    `coefficients` (series, terms), `dispersion` (series,), `expected` (series, weeks) for all weeks given, and
    `is_fitted` (series,): False, with NaN in the others, where the history has no events or the fit no maximum.
    """

    coefficients: NDArray[np.float64]
    dispersion: NDArray[np.float64]
    expected: NDArray[np.float64]
    is_fitted: NDArray[np.bool_]


def seasonal_model(
    counts: ArrayLike,
    *,
    history: int,
    covariates: ArrayLike | None = None,
    options: SeasonalOptions = SeasonalOptions(),
) -> SeasonalModel:
    """Return what is expected of every series and week, learnt from the first `history` weeks.

    Shapes:  counts (series, weeks); covariates (weeks, covariates), known for every week: holidays, known events.
    Units:   events per series and week; covariates in any unit, on the log scale of the expectation.
    Errors:  EngineInputError with all faults of counts, history, covariates and options.
    Source:  docs/methods/glr.md, equations 1 to 3.
    """
    faults: list[str] = []
    table = counts_table(counts, faults)
    design = seasonal_design(table, history=history, covariates=covariates, options=options, faults=faults)
    refuse("Nilai harapan musiman", faults)
    return fitted_model(table, design, history=history, dispersion=options.dispersion)


def seasonal_design(
    table: NDArray[np.int64],
    *,
    history: int,
    covariates: ArrayLike | None,
    options: SeasonalOptions,
    faults: list[str],
) -> NDArray[np.float64]:
    """Return the terms of the model in every week; what is wrong with them is added to the faults.

    Shapes:  table (series, weeks); covariates (weeks, covariates); result (weeks, terms).
    Units:   week 0 is t = 1, as in the published charts; the trend is in years.
    Errors:  none; faults (Indonesian sentences) are gathered for `refuse`.
    Source:  docs/methods/glr.md, equation 1.
    """
    wrong = _option_faults(options)
    faults.extend(wrong)
    if wrong or not table.size:
        return np.ones((table.shape[1], 1))
    week = np.arange(1, table.shape[1] + 1, dtype=np.float64)
    angles = [2 * np.pi * s * week / options.period for s in range(1, options.harmonics + 1)]
    terms = [np.ones_like(week), *([week / options.period] if options.has_trend else [])]
    terms += [wave for angle in angles for wave in (np.cos(angle), np.sin(angle))]
    design = np.column_stack([*terms, *_covariate_columns(covariates, week.size, faults)])
    needed = max(design.shape[1] + 1, math.ceil(options.period) if options.harmonics else 8)
    if history < needed:
        faults.append(f"Riwayat {history} minggu terlalu pendek: model memerlukan sedikitnya {needed} minggu.")
    elif np.isfinite(design).all() and np.linalg.matrix_rank(design[:history]) < design.shape[1]:
        faults.append(
            "Suku model tidak dapat dibedakan dalam riwayat: ada kovariat yang tetap sepanjang riwayat atau merupakan "
            "gabungan suku lain."
        )
    return np.ascontiguousarray(design)


def fitted_model(
    table: NDArray[np.int64], design: NDArray[np.float64], *, history: int, dispersion: float | None
) -> SeasonalModel:
    """Return the model fitted to the first `history` weeks of every series.

    Shapes:  table (series, weeks); design (weeks, terms).
    Units:   events per series and week.
    Errors:  none; the input was checked.
    Source:  docs/methods/glr.md, equations 1 to 3.
    """
    past = np.ascontiguousarray(table[:, :history], dtype=np.float64)
    coefficients, alpha = fit_series(past, design[:history], -1.0 if dispersion is None else dispersion)
    with np.errstate(over="ignore"):
        # einsum and not a matrix product, whose last digit would depend on how many series there are
        expected = np.exp(np.einsum("st,wt->sw", coefficients, design))
    is_fitted = np.asarray((np.isfinite(expected) & (expected >= SMALLEST_EXPECTATION)).all(axis=1))
    expected[~is_fitted] = np.nan
    coefficients[~is_fitted] = np.nan
    alpha[~is_fitted] = np.nan
    return SeasonalModel(coefficients=coefficients, dispersion=alpha, expected=expected, is_fitted=is_fitted)


@compiled
def fit_series(
    past: NDArray[np.float64], design: NDArray[np.float64], dispersion: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the maximum likelihood coefficients and dispersion of every series; NaN where there is none.

    Coefficients and theta = 1 / alpha are each improved given the other's last value until theta and the likelihood
    stand still.

    Shapes:  past (series, weeks); design (weeks, terms); results (series, terms) and (series,).
    Units:   counts; `dispersion` below 0 asks for its estimate.
    Errors:  none; the input was checked.
    Source:  docs/methods/glr.md, equations 1 to 3.
    """
    coefficients = np.full((past.shape[0], design.shape[1]), np.nan)
    alphas = np.full(past.shape[0], np.nan)
    for series in range(past.shape[0]):
        y = past[series]
        if y.max() == 0.0:
            continue
        alpha = max(dispersion, 0.0)
        beta, eta = scoring_steps(y, design, np.log(y + 0.1), alpha)
        if dispersion < 0.0:
            means = np.exp(eta)
            theta = likeliest_theta(y, means)
            fit = log_likelihood(y, means, theta)
            moved, rounds = math.inf, 0
            while moved > TOLERANCE and theta < LARGEST_THETA and rounds < MAX_STEPS:
                beta, eta = scoring_steps(y, design, eta, 1.0 / theta)
                last_theta, last_fit = theta, fit
                theta = likeliest_theta(y, means)
                means = np.exp(eta)
                fit = log_likelihood(y, means, theta)
                moved = max(abs(theta - last_theta), abs(fit - last_fit))
                rounds += 1
            alpha = 0.0 if theta >= LARGEST_THETA else 1.0 / theta
            if alpha == 0.0:
                beta, eta = scoring_steps(y, design, np.log(y + 0.1), 0.0)
        coefficients[series] = beta
        alphas[series] = alpha
    return coefficients, alphas


@compiled
def scoring_steps(
    y: NDArray[np.float64], design: NDArray[np.float64], eta: NDArray[np.float64], alpha: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the coefficients for a given dispersion, and their linear predictor, by Fisher scoring.

    Shapes:  y and eta (weeks,); design (weeks, terms); results (terms,) and (weeks,).
    Units:   counts; eta is the log of the expectation to start from.
    Errors:  none; the results are NaN when the iteration reaches no maximum.
    Source:  docs/methods/glr.md, equation 2.
    """
    weeks, terms = design.shape
    last = deviance(y, np.exp(eta), alpha)
    for _step in range(MAX_STEPS):
        normal = np.zeros((terms, terms))
        right = np.zeros(terms)
        for week in range(weeks):
            mu = math.exp(eta[week])
            weight = mu / (1.0 + alpha * mu)
            working = weight * eta[week] + (y[week] - mu) / (1.0 + alpha * mu)
            for i in range(terms):
                right[i] += design[week, i] * working
                for j in range(i + 1):
                    normal[i, j] += design[week, i] * weight * design[week, j]
        beta = solved(normal, right)
        eta = np.minimum(np.maximum(design @ beta, -LARGEST_ETA), LARGEST_ETA)
        now = deviance(y, np.exp(eta), alpha)
        if abs(now - last) < TOLERANCE * (abs(now) + 0.1):
            return beta, eta
        last = now
    return np.full(terms, np.nan), np.full(weeks, np.nan)


@compiled
def solved(matrix: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the solution of a positive definite system by Cholesky; NaN when it is not positive definite.

    Shapes:  matrix (n, n), of which the lower triangle is read; right (n,); result (n,).
    Units:   none.
    Errors:  none.
    Source:  docs/methods/glr.md, equation 2.
    """
    n = right.size
    lower = np.zeros((n, n))
    x = right.copy()
    for i in range(n):
        for j in range(i + 1):
            rest = matrix[i, j]
            for k in range(j):
                rest -= lower[i, k] * lower[j, k]
            if i > j:
                lower[i, j] = rest / lower[j, j]
            elif rest > 0.0:
                lower[i, i] = math.sqrt(rest)
            else:
                return np.full(n, np.nan)
    for i in range(n):
        for k in range(i):
            x[i] -= lower[i, k] * x[k]
        x[i] /= lower[i, i]
    for i in range(n - 1, -1, -1):
        for k in range(i + 1, n):
            x[i] -= lower[k, i] * x[k]
        x[i] /= lower[i, i]
    return x


@compiled
def deviance(y: NDArray[np.float64], mu: NDArray[np.float64], alpha: float) -> float:
    """Return twice the log-likelihood that the fit falls short of a perfect one.

    Shapes:  y and mu (weeks,).
    Units:   counts and expectations > 0.
    Errors:  none.
    Source:  docs/methods/glr.md, equation 2.
    """
    total = 0.0
    for week in range(y.size):
        part = y[week] * math.log(y[week] / mu[week]) if y[week] > 0.0 else 0.0
        if alpha == 0.0:
            total += part - (y[week] - mu[week])
        else:
            total += part - (y[week] + 1.0 / alpha) * math.log((1.0 + alpha * y[week]) / (1.0 + alpha * mu[week]))
    return 2.0 * total


@compiled
def likeliest_theta(y: NDArray[np.float64], mu: NDArray[np.float64]) -> float:
    """Return the maximum likelihood theta = 1 / alpha for given means; LARGEST_THETA where Poisson fits as well.

    Shapes:  y and mu (weeks,).
    Units:   counts and expectations > 0.
    Errors:  none.
    Source:  docs/methods/glr.md, equation 3.
    """
    excess = 0.0
    for week in range(y.size):
        excess += (y[week] - mu[week]) ** 2 - y[week]
    if not excess > 0.0 or theta_score(y, mu, LARGEST_THETA)[0] >= 0.0:
        return LARGEST_THETA
    low, high = SMALLEST_THETA, LARGEST_THETA
    theta, moved, steps = 1.0, 1.0, 0
    while moved > 1e-9 and steps < 200:
        score, slope = theta_score(y, mu, theta)
        if score > 0.0:
            low = theta
        else:
            high = theta
        # Newton in log theta, where the score is nearly linear; the bracket catches a step that leaves it.
        curvature = score + theta * slope
        after = theta * math.exp(-score / curvature) if curvature < 0.0 else math.nan
        if not low < after < high:
            after = math.sqrt(low * high)
        moved = abs(after - theta) / theta
        theta = after
        steps += 1
    return theta


@compiled
def theta_score(y: NDArray[np.float64], mu: NDArray[np.float64], theta: float) -> tuple[float, float]:
    """Return the derivative of the negative binomial log-likelihood by theta, and the derivative of that.

    Shapes:  y and mu (weeks,); results scalars.
    Units:   counts and expectations > 0.
    Errors:  none.
    Source:  docs/methods/glr.md, equation 3.
    """
    score, slope = 0.0, 0.0
    digamma_0, trigamma_0 = polygammas(theta)
    for week in range(y.size):
        digamma_y, trigamma_y = polygammas(theta + y[week])
        total = theta + mu[week]
        score += digamma_y - digamma_0 + math.log(theta / total) + (mu[week] - y[week]) / total
        slope += trigamma_y - trigamma_0 + 1.0 / theta - 1.0 / total - (mu[week] - y[week]) / total**2
    return score, slope


@compiled
def log_likelihood(y: NDArray[np.float64], mu: NDArray[np.float64], theta: float) -> float:
    """Return the negative binomial log-likelihood, without the part that depends on neither mean nor theta.

    Shapes:  y and mu (weeks,); result scalar.
    Units:   counts and expectations > 0.
    Errors:  none.
    Source:  docs/methods/glr.md, equation 3.
    """
    total = -y.size * math.lgamma(theta)
    for week in range(y.size):
        share = math.log(theta + mu[week])
        total += math.lgamma(theta + y[week]) + theta * (math.log(theta) - share)
        total += y[week] * (math.log(mu[week]) - share)
    return total


@compiled
def polygammas(x: float) -> tuple[float, float]:
    """Return digamma and trigamma: recurrence up to 10, then the asymptotic series.

    Shapes:  scalars.
    Units:   x > 0; results to about 1e-14 of the larger of 1 and their size.
    Errors:  none.
    Source:  docs/methods/glr.md, equation 3.
    """
    digamma, trigamma = 0.0, 0.0
    while x < 10.0:
        digamma -= 1.0 / x
        trigamma += 1.0 / (x * x)
        x += 1.0
    s = 1.0 / (x * x)
    digamma += (
        math.log(x)
        - 0.5 / x
        - s * (1 / 12 - s * (1 / 120 - s * (1 / 252 - s * (1 / 240 - s * (1 / 132 - s * (691 / 32760 - s / 12))))))
    )
    trigamma += (
        1.0 / x
        + s / 2
        + s / x * (1 / 6 - s * (1 / 30 - s * (1 / 42 - s * (1 / 30 - s * (5 / 66 - s * (691 / 2730 - s * 7 / 6))))))
    )
    return digamma, trigamma


def _covariate_columns(covariates: ArrayLike | None, weeks: int, faults: list[str]) -> list[NDArray[np.float64]]:
    """Return the columns of the covariates; what is wrong with them is added to the faults."""
    if covariates is None:
        return []
    try:
        table = np.asarray(covariates, dtype=np.float64)
    except (TypeError, ValueError):
        table = np.zeros(0)
    table = table[:, np.newaxis] if table.ndim == 1 else table
    if table.ndim != 2 or len(table) != weeks or not np.isfinite(table).all():
        faults.append(f"Kovariat harus berupa tabel bilangan tanpa NaN dengan {weeks} baris, satu untuk tiap minggu.")
        return []
    return list(table.T)


def _option_faults(options: SeasonalOptions) -> list[str]:
    """Return what is wrong with the options."""
    rules = (
        (options.harmonics < 0, "Banyaknya harmonik musim tidak boleh negatif."),
        (
            not 2 * max(options.harmonics, 0) < options.period < math.inf,
            "Panjang musim harus lebih dari dua kali banyaknya harmonik.",
        ),
        (
            options.dispersion is not None and not 0 <= options.dispersion < math.inf,
            "Dispersi tidak boleh negatif; kosongkan agar ditaksir dari riwayat.",
        ),
    )
    return [text for is_wrong, text in rules if is_wrong]
