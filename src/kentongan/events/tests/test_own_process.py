"""A process that is killed and officers who meet: nothing half-saved, nothing decided twice."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("own_process.py")
pytestmark = pytest.mark.sqlite  # an installation of its own

PLACES = ("Silawan", "Tulakadi", "Sadi", "Takirin", "Umaklaran")


@pytest.fixture(scope="module")
def run(tmp_path_factory, lay_tables):
    """Run one deed in a process of its own; the installation is prepared."""
    home = lay_tables(tmp_path_factory.mktemp("home"))
    environment = {
        **os.environ,
        "KENTONGAN_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "kentongan.config.settings_test",
    }
    environment["DATABASE_URL"] = f"sqlite:///{home / 'kentongan.sqlite3'}"

    def deed(*arguments):
        return subprocess.run(  # noqa: S603 - our own script
            [sys.executable, "-W", "error::RuntimeWarning", str(SCRIPT), *map(str, arguments)],
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    assert deed("prepare").returncode == 0
    return deed


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Five files, each of another village and number, so that none is joined with another."""
    path = tmp_path_factory.mktemp("laporan")
    for number, name in enumerate(PLACES, start=1):
        text = f"Petugas menemukan {number * 11} pelintas batas ilegal di Desa {name}, Kabupaten Belu, pada {number} Maret 2026."
        (path / f"{number}.txt").write_text(text, encoding="utf-8")
    return path


def answer(done):
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.nightly  # half a minute of starting processes
def test_a_process_killed_while_saving_leaves_each_file_whole_or_not_at_all(run, folder):
    died = run("save-and-die", folder)
    assert died.returncode == -signal.SIGKILL

    left = answer(run("counts"))
    assert left == {
        "reports": 2, "readings": 2, "events": 2, "links": 2, "events_without_version": 0, "events_without_report": 0, "received": 2, "news": 2,
    }  # fmt: skip

    assert run("save", folder).returncode == 0
    whole = answer(run("counts"))
    assert (whole["reports"], whole["readings"], whole["events"], whole["received"]) == (5, 5, 5, 5)


def test_of_two_officers_who_confirm_at_once_one_is_told_that_it_changed(run, folder):
    assert run("save", folder).returncode == 0

    assert answer(run("confirm-twice")) == {
        "told": ["changed_meanwhile", "confirmed"],
        "state": "confirmed",
        "version": 2,
        "versions": 2,
    }


def test_of_two_forms_that_add_one_event_at_once_one_is_told_that_it_is_there(run, folder):
    assert run("save", folder).returncode == 0

    done = answer(run("add-twice"))

    (number,) = done["numbers"]
    assert (done["told"], done["new"]) == (["added", f"already_added {number}"], 1)
