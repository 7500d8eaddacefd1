"""The worker outlives a fault of the database."""

import re
import threading
from pathlib import Path

import pytest
from django.db import OperationalError

from kentongan.config import worker
from kentongan.vulnerability import tasks as vulnerability_tasks

DUE = re.compile(r"^(def|from \S+ import) (run_due|forget)\b", re.MULTILINE)


class Stop:
    """Lets the worker go round a number of times."""

    def __init__(self, rounds: int) -> None:
        self.rounds = rounds

    def __bool__(self) -> bool:
        self.rounds -= 1
        return self.rounds < 0


def test_a_database_that_is_gone_for_a_while_does_not_end_the_worker(db, monkeypatch):
    tried = []

    def drain(*_arguments, **_more):
        tried.append(None)
        if len(tried) == 1:
            raise OperationalError("database is locked")
        return 1

    monkeypatch.setattr(worker, "_Stop", lambda: Stop(3))
    monkeypatch.setattr(worker, "beside", lambda _name: [])
    monkeypatch.setattr(worker.outbox, "drain", drain)
    monkeypatch.setattr(worker, "close_old_connections", lambda: None)
    monkeypatch.setattr(worker, "TASKS", ())
    monkeypatch.setattr(worker, "AFTER_FAULT_S", 0.0)
    monkeypatch.setattr(worker, "IDLE_S", 0.0)

    worker.work()

    assert len(tried) == 3


def test_a_task_that_fails_is_in_the_log_with_its_room_and_keeps_no_other_from_its_part(monkeypatch, caplog):
    done = []

    def faulty(*, at):
        raise OSError("anything")

    monkeypatch.setattr(worker, "close_old_connections", lambda: None)
    monkeypatch.setattr(worker, "TASKS", (faulty, lambda *, at: done.append(at)))

    worker.do_tasks()

    assert len(done) == 1
    (told,) = caplog.records
    assert __name__ in told.getMessage()
    assert "anything" in told.exc_text


def test_every_room_that_has_something_due_is_asked():
    rooms = {
        path.parent.name
        for path in Path(worker.__file__).parent.parent.glob("*/tasks.py")
        if DUE.search(path.read_text())
    }

    assert {task.__module__.split(".")[1] for task in worker.TASKS} == rooms


def test_a_thread_goes_on_after_any_fault_until_told_that_it_is_over(monkeypatch):
    tried, enough = [], threading.Event()

    def act() -> int:
        tried.append(None)
        if len(tried) == 1:
            raise ValueError("anything")
        if len(tried) == 3:
            enough.set()
        return len(tried) < 3

    monkeypatch.setattr(worker, "close_old_connections", lambda: None)
    monkeypatch.setattr(worker.connections, "close_all", lambda: None)
    monkeypatch.setattr(worker, "AFTER_FAULT_S", 0.01)
    monkeypatch.setattr(worker, "IDLE_S", 0.01)
    thread = worker.Beside("uji", act)
    thread.start()
    assert enough.wait(timeout=10)

    thread._over.set()
    thread.join(timeout=10)

    assert not thread.is_alive()


def test_news_that_two_rooms_act_on_is_acted_on_by_both():
    heard = []
    consumers = worker.together({"a": lambda _row: heard.append("lower")}, {"a": lambda _row: heard.append("higher")})

    consumers["a"](None)

    assert heard == ["lower", "higher"]


def test_a_fault_of_one_room_keeps_no_other_from_its_part_and_the_news_comes_again():
    heard = []

    def faulty(_row):
        raise ValueError("anything")

    consumers = worker.together({"a": faulty}, {"a": lambda _row: heard.append("higher")})

    with pytest.raises(ValueError, match="anything"):
        consumers["a"](None)
    assert heard == ["higher"]


def test_a_consent_that_is_withdrawn_reaches_the_alerts_room_and_the_cases_room():
    from kentongan.agreements.conditions import CONDITION_WITHDRAWN
    from kentongan.alerts import tasks as alerts_tasks
    from kentongan.cases import tasks as cases_tasks

    assert CONDITION_WITHDRAWN in alerts_tasks.CONSUMERS
    assert CONDITION_WITHDRAWN in cases_tasks.CONSUMERS
    assert worker.CONSUMERS[CONDITION_WITHDRAWN] not in (
        alerts_tasks.CONSUMERS[CONDITION_WITHDRAWN],
        cases_tasks.CONSUMERS[CONDITION_WITHDRAWN],
    )


def test_the_index_is_computed_in_a_thread_of_its_own_so_that_reports_do_not_wait():
    assert not set(vulnerability_tasks.RUNS) & set(worker.CONSUMERS)
    assert "index" in {thread.name for thread in worker.beside("uji")}
