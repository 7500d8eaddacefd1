"""Workers that are killed by SIGKILL in the middle of things lose nothing and do nothing twice: the benchmark, small."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).parents[4] / "benchmarks" / "bench_ladder.py"


@pytest.mark.sqlite
@pytest.mark.nightly  # half a minute; that each step acts once whatever happens is in test_ladder_machine.py
@pytest.mark.skipif(not BENCHMARK.exists(), reason="an installed package has no benchmarks beside it")
def test_ladders_whose_two_workers_are_killed_act_once_and_in_time():
    small = ["--alerts=24", "--spread=24", "--kills=1", "--speed=10", "--on=sqlite", "--json"]
    sources = {"PYTHONPATH": str(BENCHMARK.parents[1] / "src")}

    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, str(BENCHMARK), *small],
        env={**os.environ, **sources},
        capture_output=True,
        text=True,
        check=False,
        timeout=500,
    )

    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])["sqlite"]
    assert found["steps"] == 96
    assert {name: found[name] for name in ("lost", "twice", "early", "untold")} == dict.fromkeys(
        ("lost", "twice", "early", "untold"), 0
    )
    assert found["told"] >= 96
