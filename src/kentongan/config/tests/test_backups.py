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

from kentongan.audit.catalogue import Trail
from kentongan.audit.models import TrailRow
from kentongan.config import backups

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
def empty_home(tmp_path_factory, lay_tables) -> Path:
    """An installation that is migrated and empty, made once."""
    home = lay_tables(tmp_path_factory.mktemp("installation") / "home")
    command_in(home)("django", "migrate", "--", "--verbosity=0")
    return home


@pytest.fixture(scope="module")
def backed_up(tmp_path_factory, empty_home) -> tuple[Path, Path]:
    """An installation with an officer, and its backup; made once."""
    folder = tmp_path_factory.mktemp("backed_up")
    home = folder / "home"
    shutil.copytree(empty_home, home)
    (home / "secret_key").write_text("rahasia-satu")
    run = command_in(home)
    run("django", "shell", "--", "-c", SEED)
    run("backup", str(folder / "cadangan.zip"))
    return home, folder / "cadangan.zip"


@pytest.fixture
def other_home(tmp_path, empty_home) -> Path:
    """An empty installation of its own key."""
    home = tmp_path / "home"
    shutil.copytree(empty_home, home)
    (home / "secret_key").write_text("rahasia-dua")
    return home


def test_backup_and_restore_round_trip_an_installation(backed_up, other_home):
    home, backup = backed_up

    command_in(other_home)("restore", str(backup))

    before, after = counted(home), counted(other_home)
    assert before["agencies_officer"] == after["agencies_officer"] == 1
    assert (
        after["audit_trailrow"] == before["audit_trailrow"]
    )  # that it began is in it; the end and the restore are not
    assert last_event(home) == "installation.backup_completed"
    assert last_event(other_home) == "installation.restored"
    assert (other_home / "secret_key").read_text() == (home / "secret_key").read_text()


@pytest.mark.nightly  # a second restore, and each takes its time
def test_a_restore_over_data_needs_to_be_meant(backed_up, tmp_path):
    home, backup = backed_up
    shutil.copytree(home, tmp_path / "home")
    run = command_in(tmp_path / "home")

    refused = run("restore", str(backup), expect=1)

    assert "--replace" in refused.stderr
    run("restore", "--replace", str(backup))


@pytest.mark.nightly
def test_a_damaged_backup_is_refused_and_changes_nothing(backed_up, other_home, tmp_path):
    damaged = tmp_path / "cadangan.zip"
    shutil.copy(backed_up[1], damaged)
    damage(damaged)

    assert "rusak" in command_in(other_home)("restore", str(damaged), expect=1).stderr
    assert counted(other_home) == {"agencies_officer": 0, "audit_trailrow": 0}


def last_event(home: Path) -> str:
    with contextlib.closing(sqlite3.connect(home / "kentongan.sqlite3")) as database:
        return database.execute("SELECT event FROM audit_trailrow ORDER BY id DESC LIMIT 1").fetchone()[0]


@pytest.mark.django_db
def test_a_backup_that_fails_leaves_no_file_and_is_not_told_to_be_complete(tmp_path, monkeypatch):
    def fails(_path):
        raise backups.BackupRefused("pg_dump gagal")

    monkeypatch.setattr(backups, "_dump", fails)

    with pytest.raises(backups.BackupRefused):
        backups.take(tmp_path / "cadangan.zip")

    assert list(tmp_path.iterdir()) == []
    assert [row.event for row in TrailRow.objects.all()] == [Trail.BACKUP_TAKEN]


@pytest.mark.django_db
def test_a_backup_is_complete_once_its_file_is_in_place_and_the_trail_knows_which_it_is(tmp_path, monkeypatch):
    monkeypatch.setattr(backups, "_dump", lambda path: path.write_bytes(b"isi"))
    target = tmp_path / "cadangan.zip"

    summary = backups.take(target)

    last = TrailRow.objects.last()
    assert target.exists()
    assert last.event == Trail.BACKUP_COMPLETED
    assert last.facts == {"taken_at": summary.taken_at, "sha256": summary.sha256}


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
