"""The console command says what to do next, and its exit code tells what happened."""

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.sqlite


@pytest.fixture
def kentongan(tmp_path):
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("KENTONGAN_", "DATABASE_URL", "DJANGO_"))
    }
    environment |= {"KENTONGAN_HOME": str(tmp_path / "home")}

    def run(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-m", "kentongan", *arguments],
            env=environment,
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
