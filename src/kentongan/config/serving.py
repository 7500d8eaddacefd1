"""Web server and worker in one process group: Ctrl-C stops all of it."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator

from granian import Granian
from granian.constants import Interfaces


def serve(host: str, port: int) -> None:
    """Serve until interrupted; the worker lives and dies with the server."""
    with running_worker():
        server = Granian(
            "kentongan.config.wsgi:application",
            interface=Interfaces.WSGI,
            address=host,
            port=port,
            workers=1,
            blocking_threads=4,
            log_enabled=False,
        )
        server.serve()


@contextlib.contextmanager
def running_worker() -> Iterator[None]:
    """Run a worker process for the duration of the block."""
    process = subprocess.Popen([sys.executable, "-m", "kentongan", "work"])  # noqa: S603 - our own command
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
