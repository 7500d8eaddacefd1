"""The server starts where nobody else listens, keeps a worker, and leaves no process behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress

import pytest

from kentongan.config import serving

pytestmark = pytest.mark.sqlite


@pytest.fixture
def taken():
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)  # as another server of ours listens
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_taken_port_is_refused_and_not_shared(taken):
    with pytest.raises(serving.AddressRefused, match="--port"):
        serving.demand_free("127.0.0.1", taken)


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 70_000), ("bukan alamat", 8000)])
def test_an_address_that_is_none_is_refused(host, port):
    with pytest.raises(serving.AddressRefused):
        serving.demand_free(host, port)


def test_a_worker_that_dies_is_started_again_and_the_last_one_is_ended(monkeypatch):
    started = []
    popen = subprocess.Popen

    def short_lived(*_command):
        started.append(popen([sys.executable, "-c", "import time; time.sleep(60)"]))
        return started[-1]

    monkeypatch.setattr(serving, "START_AGAIN_AFTER_S", 0.05)
    monkeypatch.setattr(serving.subprocess, "Popen", short_lived)

    with serving.running_worker():
        _wait(lambda: len(started) == 1)
        started[0].kill()
        _wait(lambda: len(started) == 2)

    assert [process.poll() is not None for process in started] == [True, True]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_process_is_left_when_the_server_is_stopped_in_whatever_way(tmp_path, number):
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("DATABASE_URL", "DJANGO_"))}
    environment |= {"KENTONGAN_HOME": str(tmp_path / "rumah dengan spasi")}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "kentongan", "serve", "--port", str(port)]
    log = (tmp_path / "log").open("wb")
    server = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)  # noqa: S603 - our own command
    try:
        _wait(lambda: _listens(port), within_s=90)

        os.kill(server.pid, number)
        server.wait(timeout=30)

        _wait(lambda: not _members(server.pid), within_s=30)
    finally:
        log.close()
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)


def _listens(port: int) -> bool:
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", port)) == 0


def _members(group: int) -> list[int]:
    """Return the processes of a process group that are alive; one that is over and not collected is none."""
    found = subprocess.run(["ps", "-eo", "pid=,pgid=,stat="], capture_output=True, text=True, check=True)  # noqa: S607 - the system's own
    lines = (line.split() for line in found.stdout.splitlines())
    return [int(pid) for pid, pgid, state in lines if int(pgid) == group and not state.startswith("Z")]


def _wait(condition, *, within_s: float = 10) -> None:
    until = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < until, "it did not come about"
        time.sleep(0.05)
