"""A demonstration installation of its own: set up, simulated, served, and gone without a trace afterwards."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

WEEKS = 40
ENDS = date(2026, 11, 16)
"""The Monday on which the simulation ends; its last Sunday is the day that the watch is run as of."""

ANSWERS_WITHIN_S = 60
ENDS_WITHIN_S = 20
COPY_OF = "KENTONGAN_JOURNEYS_FROM"
"""Names a folder that holds such an installation already: it is copied instead of simulated, for whoever writes a journey."""


class InstallationFailedError(Exception):
    """A command of the installation did not end as it should; the message carries what it printed."""


@dataclass(frozen=True, slots=True)
class Installation:
    """A served installation: where it answers, and who can sign in with which password."""

    home: Path
    address: str
    passwords: Mapping[str, str]


@contextlib.contextmanager
def demonstration() -> Iterator[Installation]:
    """Serve a simulated installation while the block runs; none of its processes and files outlives the block."""
    with tempfile.TemporaryDirectory(prefix="kentongan-") as folder:
        home, port = Path(folder), _free_port()
        _fill(home)
        with _served(home, port):
            address = f"http://127.0.0.1:{port}"
            yield Installation(home, address, json.loads((home / "demonstration_accounts.json").read_text()))


def _fill(home: Path) -> None:
    if earlier := os.environ.get(COPY_OF):
        shutil.copytree(earlier, home, dirs_exist_ok=True)
        _command(home, "django", "--", "collectstatic", "--no-input")
        return
    _command(home, "init")
    _command(home, "simulate", "--weeks", str(WEEKS), "--until", ENDS.isoformat())


def _command(home: Path, *arguments: str) -> None:
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "kentongan", *arguments],
        env=_environment(home),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise InstallationFailedError(f"kentongan {' '.join(arguments)}: {done.returncode}\n{done.stdout}{done.stderr}")


@contextlib.contextmanager
def _served(home: Path, port: int) -> Iterator[None]:
    log = home / "served.log"
    with log.open("w") as written:
        server = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", "kentongan", "serve", "--port", str(port)],
            env=_environment(home),
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # the server, its worker and their children are one group that ends together
        )
    try:
        _wait_until_it_answers(server, port, log)
        yield
        said = log.read_text()
    finally:
        _end(server)
    if "Traceback" in said:
        raise InstallationFailedError(f"the server or its worker met an error it did not expect:\n{said}")


def _wait_until_it_answers(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + ANSWERS_WITHIN_S
    while time.monotonic() < until:
        if server.poll() is not None:
            raise InstallationFailedError(f"the server ended with {server.returncode}:\n{log.read_text()}")
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/akun/login/", timeout=5).close()
            return
        time.sleep(0.2)
    raise InstallationFailedError(f"no answer within {ANSWERS_WITHIN_S} s:\n{log.read_text()}")


def _end(server: subprocess.Popen[bytes]) -> None:
    """Interrupt the server as Ctrl-C does, and make sure that its whole group is gone."""
    group = server.pid
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGINT)
    until = time.monotonic() + ENDS_WITHIN_S
    while time.monotonic() < until and _lives(group):
        server.poll()
        time.sleep(0.1)
    if _lives(group):
        os.killpg(group, signal.SIGKILL)
        server.wait()
        raise InstallationFailedError(f"the server was still alive {ENDS_WITHIN_S} s after it was interrupted")
    server.wait()


def _lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def _environment(home: Path) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("KENTONGAN_", "DATABASE_URL"))}
    ours.pop("DJANGO_SETTINGS_MODULE", None)  # the installation's own settings, not those of the tests
    return ours | {"KENTONGAN_HOME": str(home), "KENTONGAN_DEMONSTRATION": "1"}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
