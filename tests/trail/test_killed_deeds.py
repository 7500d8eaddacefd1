"""A process that is killed leaves no deed without its row and no row without its deed."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("own_process.py")
pytestmark = pytest.mark.sqlite


@pytest.fixture(scope="module")
def prepared(tmp_path_factory, lay_tables):
    """A database with an agency and an officer, made once."""
    home = lay_tables(tmp_path_factory.mktemp("prepared"))
    start("prepare", home)
    return home


@pytest.fixture
def run(prepared, tmp_path):
    """Run the program on a copy of its own: `run("kill-all-along")`."""
    home = shutil.copytree(prepared, tmp_path / "home")
    return lambda word: start(word, home)


def start(word: str, home: Path):
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, str(PROGRAM), word],
        env={**os.environ, "KENTONGAN_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def is_whole(seen: dict[str, int]) -> bool:
    return seen["reports"] == seen["received"] == seen["news"] and seen["officers"] == seen["created"] == seen["posted"]


def test_a_deed_killed_at_any_statement_is_done_whole_or_not_at_all(run):
    killed = run("kill-at-every-statement")

    for name, told in {"receive": "reports", "appoint": "officers"}.items():
        states = killed[name]
        assert len(states) > 8, "begin, reads, the writes of each table, commit"
        assert all(map(is_whole, states))
        assert [state[told] for state in states[:-1]] == [0] * (len(states) - 1), "before the commit nothing is there"
        assert states[-1][told] == 1, "after the commit everything is"


@pytest.mark.nightly  # the moments between the statements, which the test above walks one by one
def test_a_deed_killed_at_any_moment_is_done_whole_or_not_at_all(run):
    killed = run("kill-all-along")

    for states in killed.values():
        assert all(map(is_whole, states))
        assert sum(state["killed"] for state in states) >= 5, "the times did not meet the deed"


def test_a_destroyed_secret_of_searches_is_in_no_file_any_more(run):
    assert run("forget-a-search") == {"before": True, "after": False}
