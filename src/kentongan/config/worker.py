"""The worker: acts on news of the outbox and on what is due. Any number of them may run.

A scan may take minutes and a mail server may keep a worker waiting: neither may hold an alert. So the ladder of alerts and
the sending of messages run in threads of their own beside the rest, each with its own connection to the database; so does
the index, which takes a minute for all villages while reports go on being read.
"""

import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import FrameType
from typing import Protocol

from django.db import DatabaseError, close_old_connections, connections
from django.utils import timezone

from kentongan.agencies import tasks as agencies_tasks
from kentongan.agreements import tasks as agreements_tasks
from kentongan.alerts import tasks as alerts_tasks
from kentongan.audit import outbox
from kentongan.audit import tasks as audit_tasks
from kentongan.audit.models import OutboxRow
from kentongan.cases import tasks as cases_tasks
from kentongan.events import tasks as events_tasks
from kentongan.linkage import tasks as linkage_tasks
from kentongan.messages import tasks as messages_tasks
from kentongan.messages.sending import deliver_due
from kentongan.oversight import tasks as oversight_tasks
from kentongan.vulnerability import tasks as vulnerability_tasks
from kentongan.watch import tasks as watch_tasks

log = logging.getLogger(__name__)

IDLE_S = 0.3
DUE_EVERY_S = 60.0
SERVER = "KENTONGAN_SERVER"  # set by `kentongan serve` for the processes that it starts
AFTER_FAULT_S = 5.0
AT_ONCE = 50  # alerts or messages, before the thread looks whether it is over


def together(*rooms: Mapping[str, outbox.Consumer]) -> dict[str, outbox.Consumer]:
    """Return what is done with each topic: where several rooms act on it, all of them do, lower rooms first."""
    by_topic: dict[str, list[outbox.Consumer]] = {}
    for room in rooms:
        for topic, consumer in room.items():
            by_topic.setdefault(topic, []).append(consumer)
    return {topic: consumers[0] if len(consumers) == 1 else _all_of(consumers) for topic, consumers in by_topic.items()}


def _all_of(consumers: Sequence[outbox.Consumer]) -> outbox.Consumer:
    def act(row: OutboxRow) -> None:
        faults = []
        for consumer in consumers:
            try:
                consumer(row)
            except Exception as fault:  # noqa: BLE001 - kept and raised below: it keeps no other room from its part
                faults.append(fault)
        if faults:
            raise faults[0]

    return act


CONSUMERS = together(
    messages_tasks.CONSUMERS,
    events_tasks.CONSUMERS,
    watch_tasks.CONSUMERS,
    alerts_tasks.CONSUMERS,
    cases_tasks.CONSUMERS,
    vulnerability_tasks.CONSUMERS,
    oversight_tasks.CONSUMERS,
)


class Task(Protocol):
    """What a room does again and again as time passes."""

    def __call__(self, *, at: datetime) -> object: ...


TASKS: tuple[Task, ...] = (
    watch_tasks.run_due,
    oversight_tasks.run_due,
    audit_tasks.run_due,
    cases_tasks.run_due,
    linkage_tasks.run_due,
    messages_tasks.forget,
    alerts_tasks.forget,
    agencies_tasks.run_due,
    agreements_tasks.run_due,
    vulnerability_tasks.run_due,
)


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


class Beside(threading.Thread):
    """Does one thing again and again beside the worker's main loop, until told that it is over. No fault ends it."""

    def __init__(self, name: str, act: Callable[[], int]) -> None:
        super().__init__(name=name, daemon=True)
        self._act = act
        self._over = threading.Event()

    def run(self) -> None:
        """Act while there is something to do, rest while there is not."""
        while not self._over.is_set():
            try:
                close_old_connections()
                rest = 0.0 if self._act() else IDLE_S
            except Exception:  # whatever it is, the timers go on
                log.exception("worker.thread_failed", extra={"part": self.name})
                rest = AFTER_FAULT_S
            self._over.wait(rest)
        connections.close_all()

    def end(self) -> None:
        """The thread has finished what it was doing, or is left behind where that takes too long."""
        self._over.set()
        self.join(timeout=AFTER_FAULT_S)


def beside(name: str) -> list[Beside]:
    """Return the threads of a worker: one climbs the ladder of alerts, one sends messages, one computes the index."""
    return [
        Beside("ladder", lambda: alerts_tasks.act_due(worker=name, clock=timezone.now, most=AT_ONCE)),
        Beside("messages", lambda: deliver_due(worker=name, clock=timezone.now, most=AT_ONCE)),
        Beside("index", lambda: outbox.drain(vulnerability_tasks.RUNS, worker=name, clock=timezone.now, most=1)),
    ]


def work(*, once: bool = False) -> None:
    """Act on waiting news until told to stop, or once through all of it and of what is due."""
    name = f"{socket.gethostname()}:{os.getpid()}"
    if once:
        outbox.drain(CONSUMERS | vulnerability_tasks.RUNS, worker=name, clock=timezone.now)
        alerts_tasks.act_due(worker=name, clock=timezone.now)
        deliver_due(worker=name, clock=timezone.now)
        return
    stop = _Stop()
    threads = beside(name)
    for thread in threads:
        thread.start()
    try:
        _go_round(name, stop)
    finally:
        for thread in threads:
            thread.end()


def _go_round(name: str, stop: "_Stop") -> None:
    next_due = 0.0
    while not stop:
        close_old_connections()
        try:
            acted = outbox.drain(CONSUMERS, worker=name, clock=timezone.now, most=1)
            if time.monotonic() >= next_due:
                next_due = time.monotonic() + DUE_EVERY_S
                do_tasks()
        except (
            DatabaseError
        ):  # locked, restarting or gone for a while: the news waits in the database, so does the worker
            log.exception("worker.database_failed")
            acted = 0
            time.sleep(AFTER_FAULT_S)
        if not acted:
            time.sleep(IDLE_S)


def do_tasks() -> None:
    """Every room's task was tried; one that failed is in the log with its traceback, and keeps no other from its part."""
    for task in TASKS:
        try:
            task(at=timezone.now())
        except Exception:  # whatever it is, it comes again in a minute and is said again
            log.exception("worker.task_failed: %s", task.__module__, extra={"part": task.__module__})
            close_old_connections()
