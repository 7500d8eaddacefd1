"""Web server and worker in one process group: Ctrl-C stops all of it."""

import contextlib
import logging
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from granian import Granian
from granian.constants import Interfaces

from kentongan.kit.errors import KentonganError
from kentongan.kit.given import why_refused

from . import worker

log = logging.getLogger(__name__)

START_AGAIN_AFTER_S = 2.0


class AddressRefused(KentonganError):
    """The server cannot listen there."""

    code = "installation.address_refused"


def serve(host: str, port: int) -> None:
    """Serve until interrupted; the worker lives and dies with the server."""
    demand_free(host, port)
    os.environ[worker.SERVER] = str(os.getpid())
    with running_worker():
        server = Granian(
            "kentongan.config.serving:application",
            factory=True,
            interface=Interfaces.WSGI,
            address=host,
            port=port,
            workers=1,
            blocking_threads=4,
            log_enabled=False,
            workers_kill_timeout=3,  # a browser that keeps its connection open does not keep the server
        )
        server.serve()


def application() -> WSGIHandler:
    """Return the web application of a serving process, which ends when the process that started it is gone."""
    threading.Thread(target=_end_with, args=(worker.server_or_parent(),), name="parent-watch", daemon=True).start()
    return get_wsgi_application()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1.0)
    os._exit(1)  # nobody is left to stop it in order; what is not committed was never told to be kept


def demand_free(host: str, port: int) -> None:
    """Raise AddressRefused unless nobody listens there: the server would share a taken port, and answer in turns."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as trial:
            trial.setsockopt(
                socket.SOL_SOCKET, socket.SO_REUSEADDR, 1
            )  # what a server left behind a moment ago does not count
            trial.bind((host, port))
    except (OSError, OverflowError) as fault:
        why = why_refused(fault) if isinstance(fault, OSError) else str(fault)
        raise AddressRefused(
            f"Tidak dapat melayani di {host}:{port} ({why}). Hentikan yang memakai porta itu, atau pilih yang lain dengan --port."
        ) from fault


@contextlib.contextmanager
def running_worker() -> Iterator[None]:
    """Keep a worker process running for the duration of the block: one that dies is started again."""
    is_over = threading.Event()
    keeper = threading.Thread(target=_keep_working, args=(is_over,), name="worker-keeper")
    keeper.start()
    try:
        yield
    finally:
        is_over.set()
        keeper.join()


def _keep_working(is_over: threading.Event) -> None:
    while not is_over.is_set():
        process = subprocess.Popen([sys.executable, "-m", "kentongan", "work"])
        while process.poll() is None and not is_over.wait(timeout=0.5):
            pass
        if process.poll() is None:
            _end(process)
        elif process.returncode:
            log.error("worker.died with exit code %s", process.returncode)
        is_over.wait(timeout=START_AGAIN_AFTER_S)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
