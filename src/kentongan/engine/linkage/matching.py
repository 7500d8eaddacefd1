"""Pairs of records that may be about one person, with a probability and the level of agreement of every field.

Splink on DuckDB, the extra `linkage`. Without it nothing here is imported, and `is_available` says so.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from importlib.util import find_spec
from math import log2
from typing import Any

from kentongan.engine.errors import EngineInputError
from kentongan.kit.errors import KentonganError

from .model import FIELDS, PAIRED_BY, PAIRED_BY_SHARED, UNKNOWN, Field, Parameters, Weights
from .records import Prepared, columns

LEAST_TO_LEARN = 5_000
"""From so many records on the weights are learnt from the records themselves."""
SAMPLED_PAIRS = 2_000_000
LIKELIEST_PRIOR = 1e-3
LEAST_WEIGHT = 1e-9
"""What Splink writes for a level that it never saw is below this."""


class LinkageNotInstalled(KentonganError):
    """The extra with Splink and DuckDB is not installed here."""

    code = "engine.linkage_not_installed"


@dataclass(frozen=True, slots=True)
class Agreement:
    """How two records agree in a field, and what that says: powers of two for (positive) or against one person."""

    field: str
    level: str
    bits: float


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records that may be about one person."""

    left: str
    right: str
    probability: float
    agreements: tuple[Agreement, ...]


def is_available() -> bool:
    """Return whether the extra `linkage` is installed.

    Shapes:  none.
    Units:   none.
    Errors:  none.
    Source:  docs/methods/record-linkage.md, section "Running it".
    """
    return find_spec("splink") is not None and find_spec("duckdb") is not None


def prior_of(records: int) -> float:
    """Return the probability that two records taken by chance are of one person, before they are compared.

    Shapes:  a number; a probability.
    Units:   records, at least 1.
    Errors:  none.
    Source:  docs/methods/record-linkage.md, equation 2.
    """
    return min(LIKELIEST_PRIOR, 1.0 / max(records, 1))


def pairs_of(rows: Sequence[Prepared], parameters: Parameters, *, at_least: float, seed: int = 1) -> list[Pair]:
    """Return the pairs at or above the probability, under the weights given, the likeliest first.

    Shapes:  (records,); one pair for each two records that a line of PAIRED_BY brings together.
    Units:   probabilities in [0, 1]; agreements in bits.
    Errors:  LinkageNotInstalled without the extra; EngineInputError when two records have one ref.
    Source:  docs/methods/record-linkage.md, equation 1.
    """
    if len(rows) < 2:
        return []
    with _linker(rows, parameters, seed) as linker:
        return _predicted(linker, parameters, at_least)


def learnt(rows: Sequence[Prepared], start: Parameters, *, as_of: date, seed: int = 1) -> Parameters:
    """Return weights learnt from the records without being told which belong together, starting from those given.

    Shapes:  (records,), at least LEAST_TO_LEARN of them; one pair (m, u) for each field and level.
    Units:   probabilities.
    Errors:  LinkageNotInstalled without the extra; EngineInputError when there are too few records.
    Source:  docs/methods/record-linkage.md, section "Parameters".
    """
    if len(rows) < LEAST_TO_LEARN:
        raise EngineInputError(f"{len(rows)} catatan terlalu sedikit; perlu {LEAST_TO_LEARN} untuk mempelajari bobot.")
    with _linker(rows, start, seed) as linker:
        _train(linker, seed)
        return Parameters(as_of, "learnt", start.weights | _weights(linker))


def weights_for(rows: Sequence[Prepared], start: Parameters, *, as_of: date, seed: int = 1) -> Parameters:
    """Return weights learnt on that day from the records where these are many, else those given.

    Shapes:  (records,); one pair (m, u) for each field and level.
    Units:   probabilities.
    Errors:  LinkageNotInstalled without the extra where weights are learnt; EngineInputError when two records have one ref.
    Source:  docs/methods/record-linkage.md, section "Parameters".
    """
    return start if len(rows) < LEAST_TO_LEARN else learnt(rows, start, as_of=as_of, seed=seed)


@contextmanager
def _linker(rows: Sequence[Prepared], parameters: Parameters, seed: int) -> Iterator[Any]:
    if not is_available():
        raise LinkageNotInstalled(
            "Pencocokan butuh tambahan `linkage` (Splink dan DuckDB). Pasang: pip install kentongan[linkage]"
        )
    if len({one.ref for one in rows}) != len(rows):
        raise EngineInputError("Dua catatan memakai rujukan yang sama.")
    import duckdb  # noqa: PLC0415 - the extra
    import pyarrow  # type: ignore[import-untyped] # noqa: PLC0415 - comes with the extra
    from splink import Linker  # noqa: PLC0415 - the extra
    from splink.backends.duckdb import DuckDBAPI  # noqa: PLC0415 - the extra

    connection = duckdb.connect(":memory:", config={"threads": 2})
    try:
        api = DuckDBAPI(connection)
        table = pyarrow.table(columns(rows), schema=_schema(pyarrow))
        linker = Linker(api.register(table), _settings(parameters, prior_of(len(rows)), seed))
        logging.getLogger("splink").setLevel(logging.ERROR)  # after Splink has set its own: it tells its progress
        yield linker
    finally:
        connection.close()


def _schema(pyarrow: Any) -> Any:
    text, texts = pyarrow.string(), pyarrow.list_(pyarrow.string())
    many = {"words", "phones", "aliases", "also"}
    return pyarrow.schema([(name, texts if name in many else text) for name in columns([])])


def _settings(parameters: Parameters, prior: float, seed: int) -> dict[str, Any]:
    from splink import block_on  # noqa: PLC0415 - the extra

    lines = [block_on(*line).create_blocking_rule_dict("duckdb") for line in PAIRED_BY]
    lines += [block_on(name, arrays_to_explode=[name]).create_blocking_rule_dict("duckdb") for name in PAIRED_BY_SHARED]
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "unique_id",
        "probability_two_random_records_match": prior,
        "blocking_rules_to_generate_predictions": lines,
        "comparisons": [_comparison(one, parameters) for one in FIELDS],
        "retain_matching_columns": True,  # Splink shows the levels only beside the values; only the levels are fetched
        "retain_intermediate_calculation_columns": False,
        "linker_uid": f"kentongan{seed}",
    }


def _comparison(field: Field, parameters: Parameters) -> dict[str, Any]:
    levels: list[dict[str, Any]] = [
        {"sql_condition": field.unknown, "label_for_charts": UNKNOWN, "is_null_level": True}
    ]
    for level in field.levels:
        weights = parameters.weights[field.name, level.code]
        levels.append(
            {
                "sql_condition": level.condition or "ELSE",
                "label_for_charts": level.code,
                "m_probability": weights.m,
                "u_probability": weights.u,
            }
        )
    return {"output_column_name": field.name, "comparison_levels": levels}


def _train(linker: Any, seed: int) -> None:
    """Learn how often levels are seen by chance from pairs drawn by lot, then the rest in two passes that each hold one thing fixed."""
    from splink import block_on  # noqa: PLC0415 - the extra

    linker.training.estimate_u_using_random_sampling(max_pairs=SAMPLED_PAIRS, seed=seed)
    for held in (block_on("born"), block_on("name")):
        linker.training.estimate_parameters_using_expectation_maximisation(held, fix_u_probabilities=True)


def _weights(linker: Any) -> dict[tuple[str, str], Weights]:
    """Return what was learnt; a field of which a level was never seen keeps the weights that it had."""
    found: dict[tuple[str, str], Weights] = {}
    for comparison in linker.misc.save_model_to_json()["comparisons"]:
        levels = [level for level in comparison["comparison_levels"] if not level.get("is_null_level")]
        learnt_here = [(level.get("m_probability"), level.get("u_probability")) for level in levels]
        if all(isinstance(number, float) and number > LEAST_WEIGHT for both in learnt_here for number in both):
            for level, (m, u) in zip(levels, learnt_here, strict=True):
                found[comparison["output_column_name"], level["label_for_charts"]] = Weights(m, u)
    return found


def _predicted(linker: Any, parameters: Parameters, at_least: float) -> list[Pair]:
    found = linker.inference.predict(threshold_match_probability=at_least).as_duckdbpyrelation()
    wanted = ["unique_id_l", "unique_id_r", "match_probability", *(f"gamma_{one.name}" for one in FIELDS)]
    rows = found.select(*wanted).fetchall()  # fetched to the end: an open result blocks the connection
    levels = [{n: _agreement(one.name, code, parameters) for n, code in _level_of(one).items()} for one in FIELDS]
    pairs = [
        Pair(left, right, probability, tuple(of[n] for of, n in zip(levels, gammas, strict=True)))
        for left, right, probability, *gammas in rows
    ]
    return sorted(pairs, key=lambda one: (-one.probability, one.left, one.right))


def _level_of(field: Field) -> dict[int, str]:
    """Splink numbers the levels from the last, 0, to the first; -1 is unknown."""
    return {-1: UNKNOWN} | {n: level.code for n, level in enumerate(reversed(field.levels))}


def _agreement(field: str, level: str, parameters: Parameters) -> Agreement:
    if level == UNKNOWN:
        return Agreement(field, level, 0.0)
    weights = parameters.weights[field, level]
    return Agreement(field, level, round(log2(weights.m / weights.u), 2))
