"""The worker: acts on news of the outbox and on what is due. Any number of them may run."""

import logging
import os
import signal
import socket
import time
from types import FrameType

from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from kentongan.agreements import tasks as agreements_tasks
from kentongan.audit import outbox
from kentongan.audit import tasks as audit_tasks
from kentongan.events import tasks as events_tasks
from kentongan.oversight import tasks as oversight_tasks
from kentongan.watch import tasks as watch_tasks

log = logging.getLogger(__name__)

IDLE_S = 0.3
DUE_EVERY_S = 60.0
SERVER = "KENTONGAN_SERVER"  # set by `kentongan serve` for the processes that it starts
AFTER_FAULT_S = 5.0

CONSUMERS: dict[str, outbox.Consumer] = {**events_tasks.CONSUMERS, **watch_tasks.CONSUMERS}


def server_or_parent() -> int:
    """Return whose end is this process's end too: the server that says so, for it may be gone before we can look."""
    return int(os.environ.get(SERVER) or os.getppid())


class _Stop:
    """Becomes true on SIGTERM or SIGINT, or when the parent process is gone."""

    def __init__(self) -> None:
        self.asked = False
        self.parent = server_or_parent()
        signal.signal(signal.SIGTERM, self._ask)
        signal.signal(signal.SIGINT, self._ask)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True

    def __bool__(self) -> bool:
        return self.asked or os.getppid() != self.parent


def work(*, once: bool = False) -> None:
    """Act on waiting news until told to stop, or once through all of it."""
    name = f"{socket.gethostname()}:{os.getpid()}"
    if once:
        outbox.drain(CONSUMERS, worker=name, clock=timezone.now)
        return
    stop = _Stop()
    next_due = 0.0
    while not stop:
        close_old_connections()
        try:
            acted = outbox.drain(CONSUMERS, worker=name, clock=timezone.now, most=1)
            if time.monotonic() >= next_due:
                next_due = time.monotonic() + DUE_EVERY_S
                watch_tasks.run_due(at=timezone.now())
                oversight_tasks.run_due(at=timezone.now())
                audit_tasks.run_due(at=timezone.now())
                agreements_tasks.run_due(at=timezone.now())
        except (
            DatabaseError
        ):  # locked, restarting or gone for a while: the news waits in the database, so does the worker
            log.exception("worker.database_failed")
            acted = 0
            time.sleep(AFTER_FAULT_S)
        if not acted:
            time.sleep(IDLE_S)
