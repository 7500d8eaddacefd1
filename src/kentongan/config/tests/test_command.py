"""The console command says what to do next, and its exit code tells what happened."""

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
import typer

from kentongan.config import command

pytestmark = pytest.mark.sqlite


@pytest.fixture
def kentongan(tmp_path):
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("KENTONGAN_", "DATABASE_URL", "DJANGO_"))
    }
    environment |= {"KENTONGAN_HOME": str(tmp_path / "home")}

    def run(*arguments: str, given: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-m", "kentongan", *arguments],
            env=environment | settings,
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_an_installation_that_is_not_set_up_says_which_command_to_run(kentongan):
    done = kentongan("watch")

    assert done.returncode == 1
    assert "kentongan init" in done.stderr
    assert "Traceback" not in done.stderr


def test_wrong_use_leaves_with_its_own_code(kentongan):
    assert kentongan("serve", "--porta", "1").returncode == 2


def test_a_text_is_read_without_any_installation(kentongan):
    text = "Atambua - Enam orang pelintas batas ilegal ditemukan di Desa Silawan, Kecamatan Tasifeto Timur, Kabupaten Belu, Senin, 2 Maret 2026."

    done = kentongan("read", "--json", "-", given=text)

    assert done.returncode == 0, done.stderr
    assert "53.04.02.2001" in done.stdout


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ({"DATABASE_URL": "postgres://a:b@127.0.0.1:1/c"}, "basis data tidak dapat dipakai"),
        ({"DATABASE_URL": "ngawur"}, "DATABASE_URL"),
        ({"KENTONGAN_HOME": "/dev/null"}, "KENTONGAN_HOME"),
        ({"KENTONGAN_DEBUG": "mungkin"}, "KENTONGAN_DEBUG"),
        ({"KENTONGAN_RETENTION_YEARS": "lima"}, "KENTONGAN_RETENTION_YEARS"),
        ({"DATABASE_URL_FILE": "/tidak/ada"}, "DATABASE_URL_FILE"),
        ({"KENTONGAN_SECRET_KEY_FILE": "/tidak/ada"}, "KENTONGAN_SECRET_KEY_FILE"),
        ({"KENTONGAN_EMAIL_PASSWORD_FILE": "/tidak/ada"}, "KENTONGAN_EMAIL_PASSWORD_FILE"),
        ({"KENTONGAN_EMAIL_PORT": "surel"}, "KENTONGAN_EMAIL_PORT"),
        ({"KENTONGAN_MFA_OPTIONAL_ROLES": "analis"}, "KENTONGAN_MFA_OPTIONAL_ROLES"),
        ({"KENTONGAN_OIDC_ISSUER": "http://login.contoh.go.id"}, "https://"),
        ({"KENTONGAN_OIDC_ISSUER": "https://login.contoh.go.id"}, "KENTONGAN_OIDC_CLIENT_SECRET_FILE"),
    ],
)
def test_a_setting_that_cannot_be_used_is_said_and_not_traced(kentongan, setting, said):
    done = kentongan("watch", **setting)

    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.nightly  # two installations are set up; each weakness has its own test
def test_the_check_tells_a_sound_installation_from_a_weak_one(kentongan, tmp_path):
    unprepared = kentongan("check")
    assert kentongan("django", "migrate").returncode == 0
    (tmp_path / "home" / "kentongan.sqlite3").chmod(0o600)
    sound = kentongan("check", "--deploy", KENTONGAN_HTTPS="1", KENTONGAN_HOSTS="kentongan.contoh.go.id")
    weak = kentongan("check", "--deploy")

    assert (unprepared.returncode, "kentongan init" in unprepared.stdout) == (1, True)
    assert (sound.returncode, sound.stdout) == (0, "Tidak ada kelemahan yang ditemukan.\n")
    assert weak.returncode == 1
    assert "KENTONGAN_HTTPS=1" in weak.stdout
    assert weak.stdout.endswith("1 gawat, 0 perlu diperiksa.\n")


def test_a_backup_into_a_folder_that_is_not_there_is_refused(kentongan, tmp_path):
    done = kentongan("backup", str(tmp_path / "tidak-ada" / "x.zip"))

    assert (done.returncode, "Traceback" in done.stderr) == (1, False)


def test_a_name_and_a_text_that_look_like_commands_to_the_terminal_are_only_shown(kentongan, tmp_path):
    strange = tmp_path / "[bold x [.txt"
    strange.write_text("Tiga orang [/red] \x1b[31mmenyeberang di Desa Silawan, Belu.", encoding="utf-8")

    done = kentongan("read", str(strange))

    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout


def test_a_text_longer_than_a_report_may_be_is_refused_before_it_is_read(kentongan):
    done = kentongan("read", "-", given="Tiga orang menyeberang. " * 20_000)

    assert done.returncode == 1
    assert "200000" in done.stderr


def test_each_room_gives_the_commands_that_are_loaded_by_its_name():
    for room, names in command.COMMANDS.items():
        assert tuple(import_module(f"kentongan.{room}.commands").COMMANDS) == names
    all_rooms = {path.parent.name for path in Path(command.__file__).parent.parent.glob("*/commands.py")}
    in_groups = {module.partition(".")[0] for module in command.GROUPS.values()}
    assert all_rooms == set(command.COMMANDS) | in_groups


@pytest.mark.parametrize("only", ["read", "audit", "factors", "serve"])
def test_a_command_that_is_named_is_the_same_as_among_all_others(only):
    alone, among = (typer.main.get_command(command.build(name)).commands for name in (only, ""))

    assert [p.name for p in alone[only].params] == [p.name for p in among[only].params]
    assert alone[only].help == among[only].help
    assert len(alone) < len(among)


def test_a_name_that_no_room_knows_is_answered_with_all_of_them():
    assert typer.main.get_command(command.build("bacakan")).commands.keys() == (
        typer.main.get_command(command.build()).commands.keys()
    )
