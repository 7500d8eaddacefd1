"""In a real browser, under the strict policy of the pages: subscribing to notices, and showing one."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("browser_process.py")
NAMES = ("chromium", "chromium-browser", "google-chrome")
pytestmark = [pytest.mark.browser, pytest.mark.sqlite]


def test_a_browser_subscribes_and_its_worker_shows_what_is_pushed(tmp_path):
    found = os.environ.get("KENTONGAN_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None and os.environ.get("KENTONGAN_REQUIRE_BROWSER") != "1":
        pytest.skip("BROWSER JOURNEYS NOT RUN: no Chromium on this machine")

    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, str(PROGRAM), str(found)], env={**os.environ, "KENTONGAN_HOME": str(tmp_path)}, text=True,
        capture_output=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "notices": [["Ada peringatan", "t1", "/peringatan/1/"]],
        "complaints": [],
        "subscriptions": [["https://push.contoh.test/abc", True]],
    }
