"""A running installation comes back as it was; a broken file changes nothing."""

import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.sqlite

SEED = """
from django.utils import timezone
from kentongan.agencies.models import Agency, Officer
Agency.objects.get_or_create(id="kanim-uji", defaults=dict(name="Kanim Uji", kind="immigration", country="ID", level="regency"))
Officer.objects.create_user(username="petugas.uji")
"""


def command_in(home: Path):
    """Return how to run a command in an installation."""
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("KENTONGAN_", "DATABASE_URL", "DJANGO_"))
    }
    environment |= {"KENTONGAN_HOME": str(home)}

    def run(*arguments: str, expect: int = 0) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "kentongan", *arguments]
        done = subprocess.run(  # noqa: S603 - our own command
            command, env=environment, cwd=home.parent, capture_output=True, text=True, check=False
        )
        assert done.returncode == expect, done.stdout + done.stderr
        return done

    return run


@pytest.fixture(scope="module")
def empty_home(tmp_path_factory) -> Path:
    """An installation that is migrated and empty, made once."""
    home = tmp_path_factory.mktemp("installation") / "home"
    command_in(home)("django", "migrate", "--", "--verbosity=0")
    return home


@pytest.fixture
def installation(tmp_path, empty_home):
    """Make an empty installation of its own key, and return its folder and how to run a command in it."""

    def make(name: str):
        home = tmp_path / name
        shutil.copytree(empty_home, home)
        (home / "secret_key").write_text(f"rahasia-{name}")
        return home, command_in(home)

    return make


def test_backup_and_restore_round_trip_an_installation(installation, tmp_path):
    home, run = installation("one")
    run("django", "shell", "--", "-c", SEED)
    before = counted(home)

    run("backup", str(tmp_path / "cadangan.zip"))
    other_home, other = installation("two")
    other("restore", str(tmp_path / "cadangan.zip"))
    after = counted(other_home)

    assert before["agencies_officer"] == after["agencies_officer"] == 1
    assert after["audit_trailrow"] == before["audit_trailrow"] + 2  # the backup's own row, and the restore's
    assert (other_home / "secret_key").read_text() == (home / "secret_key").read_text()


def test_a_restore_over_data_needs_to_be_meant(installation, tmp_path):
    _home, run = installation("one")
    run("django", "shell", "--", "-c", SEED)
    run("backup", str(tmp_path / "cadangan.zip"))

    refused = run("restore", str(tmp_path / "cadangan.zip"), expect=1)

    assert "--replace" in refused.stderr
    run("restore", "--replace", str(tmp_path / "cadangan.zip"))


def test_a_damaged_backup_is_refused_and_changes_nothing(installation, tmp_path):
    _home, run = installation("one")
    run("backup", str(tmp_path / "cadangan.zip"))
    damage(tmp_path / "cadangan.zip")
    other_home, other = installation("two")

    assert "rusak" in other("restore", str(tmp_path / "cadangan.zip"), expect=1).stderr
    assert counted(other_home) == {"agencies_officer": 0, "audit_trailrow": 0}


def counted(home: Path) -> dict[str, int]:
    """Return how many officers and rows of the trail an installation has."""
    with contextlib.closing(sqlite3.connect(home / "kentongan.sqlite3")) as database:
        tables = ("agencies_officer", "audit_trailrow")
        return {table: database.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0] for table in tables}  # noqa: S608 - names


def damage(path: Path) -> None:
    with zipfile.ZipFile(path) as whole:
        parts = {name: whole.read(name) for name in whole.namelist()}
    with zipfile.ZipFile(path, "w") as broken:
        for name, content in parts.items():
            broken.writestr(name, content[:-100] if name == "database" else content)
