"""Where the replicas are computed changes nothing: threads, processes, and workers of Dask distributed."""

import multiprocessing
import pickle
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from kentongan.engine import (
    Baseline,
    Bernoulli,
    Clumps,
    Inference,
    NeighbourLists,
    Permutation,
    Plane,
    Poisson,
    Prospective,
    Retrospective,
    Scan,
    ScanOptions,
    Sphere,
    ZoneLimits,
    scan,
)
from kentongan.engine.errors import EngineInputError
from kentongan.engine.scanning.replicas import replica_maxima
from kentongan.engine.tests.scan_problems import ScanProblem

PLACES, PERIODS = 30, 8
ABOVE_TWO_BATCHES = Inference(replicas=299, seed=8)
NOT_INSTALLED = "DASK NOT TESTED: dask.distributed is not installed (pip install 'kentongan[dask]')"


@contextmanager
def processes() -> Iterator[Executor]:
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield pool


@contextmanager
def dask() -> Iterator[Executor]:
    """Two workers, each a process of its own, spoken to over TCP as on a cluster."""
    distributed = pytest.importorskip("distributed", reason=NOT_INSTALLED)
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
        client.get_executor() as pool,
    ):
        yield pool


@pytest.fixture(
    params=[lambda: ThreadPoolExecutor(2), processes, dask], ids=["threads", "processes", "dask"], scope="module"
)
def executor(request: pytest.FixtureRequest) -> Iterator[Executor]:
    with request.param() as pool:
        yield pool


def problems() -> dict[str, ScanProblem]:
    """One problem of every kind that is sent to a worker: draws, tables, lists, windows as pairs of columns."""
    rng = np.random.default_rng(5)
    sphere = Sphere(rng.uniform(-10, -8, PLACES), rng.uniform(119, 125, PLACES))
    plane = Plane(rng.random(PLACES), rng.random(PLACES))
    lists = NeighbourLists([np.roll(np.arange(PLACES), -place)[:9] for place in range(PLACES)])
    expected = rng.gamma(2.0, 0.5, (PLACES, PERIODS))
    cases = rng.poisson(expected)
    cases[:4, -2:] += 3
    now, ever = Prospective(max_periods=3), Retrospective(max_periods=3)
    quarter = ZoneLimits(max_share=0.25)
    return {
        "population": ScanProblem(
            cases, sphere, Poisson(expected.sum(axis=1)), ScanOptions(windows=now, zones=quarter)
        ),
        "table, pairs of columns": ScanProblem(
            cases, plane, Poisson(expected), ScanOptions(windows=ever, zones=quarter)
        ),
        "shuffled": ScanProblem(cases, sphere, Permutation(), ScanOptions(windows=now, direction="both")),
        "dealt in clumps": ScanProblem(
            cases, sphere, Permutation(clumps=Clumps(), is_smoothed=True), ScanOptions(windows=now, zones=quarter)
        ),
        "cases and controls": ScanProblem(cases, lists, Bernoulli(2 * cases + 1), ScanOptions(windows=now)),
        "clumps": ScanProblem(cases, plane, Baseline(expected, dispersion=2.0), ScanOptions(windows=now)),
    }


KINDS = list(problems())


def scanned(problem: ScanProblem, inference: Inference = ABOVE_TWO_BATCHES, **more: Any) -> Scan:
    return scan(problem.cases, problem.where, problem.hypothesis, problem.options, inference, **more)


@pytest.mark.parametrize("kind", KINDS)
def test_the_answer_is_that_of_one_thread_to_the_last_bit(executor: Executor, kind: str) -> None:
    problem = problems()[kind]
    alone = scanned(problem, workers=1)

    found = scanned(problem, executor=executor, workers=2)

    assert alone.clusters
    assert found.clusters == alone.clusters
    assert found.doubts == alone.doubts
    assert np.array_equal(found.maxima, alone.maxima)


def test_an_executor_serves_many_scans_and_is_left_open(executor: Executor) -> None:
    first, second = problems()["population"], problems()["shuffled"]

    scanned(first, executor=executor, workers=2)
    scanned(second, executor=executor, workers=2)

    assert executor.submit(sum, (1, 2)).result() == 3


def test_more_workers_than_batches_of_replicas_change_nothing(executor: Executor) -> None:
    problem = problems()["population"]

    assert np.array_equal(scanned(problem, executor=executor, workers=7).maxima, scanned(problem, workers=1).maxima)


def test_a_scan_that_stops_early_stops_at_the_same_replica(executor: Executor) -> None:
    problem = problems()["population"]
    problem = replace(problem, cases=np.random.default_rng(2).poisson(0.7, (PLACES, PERIODS)))
    patient = Inference(replicas=999, seed=8, stop_after=5)
    alone = scanned(problem, patient, workers=1)

    found = scanned(problem, patient, executor=executor, workers=2)

    assert alone.was_stopped
    assert found.was_stopped
    assert np.array_equal(found.maxima, alone.maxima)


def test_a_fault_in_a_worker_arrives_as_the_engines_own_error(executor: Executor) -> None:
    # A single place gets nearly all of a hundred thousand cases: more than a replica can count.
    cases = np.array([[0, 100_000], [1, 1], [1, 1]])
    problem = ScanProblem(
        cases,
        Plane([0.0, 1.0, 2.0], [0.0] * 3),
        Poisson(np.array([1e6, 1.0, 1.0])),
        ScanOptions(windows=Prospective(max_periods=1), zones=ZoneLimits(max_share=None)),
    )
    here = problem.set_up().problems(seed=0)[0]

    with pytest.raises(EngineInputError, match=r"32\.767") as raised:
        executor.submit(replica_maxima, here, np.arange(3), 0).result()

    assert raised.value.code == EngineInputError.code


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_sent_to_a_worker_is_the_same_when_it_arrives(kind: str) -> None:
    for problem in problems()[kind].set_up().problems(seed=3):
        arrived = pickle.loads(pickle.dumps(problem, protocol=pickle.HIGHEST_PROTOCOL))  # noqa: S301 - our own bytes

        here, there = replica_maxima(problem, np.arange(9), 0), replica_maxima(arrived, np.arange(9), 0)

        assert type(arrived) is type(problem)
        assert arrived.seed == problem.seed
        assert np.array_equal(here[0], there[0])
        assert np.array_equal(here[1], there[1])
