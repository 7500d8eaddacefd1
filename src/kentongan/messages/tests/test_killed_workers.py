"""Two workers are killed in the middle of sending, three times, and the receiver loses answers: every message comes at least
once under one id, and none is lost. On the database of the test run: SQLite in a file, or PostgreSQL."""

import base64
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from kentongan.messages import signing

from .receiver import ACCEPTED

PROGRAM = Path(__file__).with_name("worker_process.py")
NUMBER, KILLS, WITHIN_S = 240, 3, 120


@contextmanager
def database(home):
    """Yield the address of an empty database of the kind on which the tests run."""
    given = os.environ.get("DATABASE_URL", "")
    if not given.startswith("postgres"):
        yield f"sqlite:///{home / 'messages.sqlite3'}"
        return
    import psycopg

    name, parts = f"messages_{os.getpid()}_{random.randrange(10**6)}", urlsplit(given)
    with psycopg.connect(given, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            yield urlunsplit(parts._replace(path=f"/{name}"))
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def start(tmp_path):
    """Start the program in a process of its own: `start("work", "a")`."""
    with database(tmp_path) as address:
        environment = {**os.environ, "DATABASE_URL": address, "KENTONGAN_HOME": str(tmp_path)}

        def begin(*words):
            return subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, str(PROGRAM), *words], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                text=True,
            )  # fmt: skip

        yield begin


def answer_of(process):
    out, err = process.communicate(timeout=WITHIN_S)
    assert process.returncode == 0, err
    return json.loads(out.splitlines()[-1])


@pytest.mark.sqlite
def test_two_workers_killed_three_times_in_the_middle_lose_no_message(start, receiver):
    chance = random.Random(20260304)
    receiver.reply = lambda _heard: None if chance.random() < 0.05 else ACCEPTED  # heard, but the answer is lost
    put = answer_of(start("prepare", str(NUMBER), receiver.url()))
    assert put["states"] == {"waiting": NUMBER}

    killed = 0
    for wave in range(1, KILLS + 1):
        workers = [start("work", f"{name}{wave}") for name in "ab"]
        _wait_until(lambda wave=wave: len(receiver.heard) >= NUMBER * wave // (KILLS + 2))
        time.sleep(chance.random() * 0.05)
        for worker in workers:
            worker.send_signal(signal.SIGKILL)
        killed += sum(worker.wait() == -signal.SIGKILL for worker in workers)
        for worker in workers:
            worker.communicate()
    ends = [answer_of(worker) for worker in [start("work", "a9"), start("work", "b9")]]

    assert killed == 2 * KILLS, "every worker was killed while there was something left to send"
    heard = Counter(one.headers["webhook-id"] for one in receiver.heard)
    assert sorted(heard) == put["ids"], "each message came, and nothing else"
    assert ends[-1]["states"] == {"sent": NUMBER}
    assert len({(one.headers["webhook-id"], one.body) for one in receiver.heard}) == NUMBER, "again the very same"
    assert sorted(set(ends[-1]["recorded"])) == put["ids"]
    assert len(ends[-1]["recorded"]) == NUMBER, "and the trail has each sending once"
    secret = base64.b64decode(put["secret"])
    assert all(signing.is_genuine(o.headers, o.body, secret=secret, now=datetime.now(UTC)) for o in receiver.heard)
    again = sum(heard.values()) - NUMBER
    print(f"{NUMBER} messages, {killed} killings, {again} came again, at most {max(heard.values())} times")  # noqa: T201


def _wait_until(is_so):
    ends_at = time.monotonic() + WITHIN_S
    while not is_so():
        assert time.monotonic() < ends_at, "the workers did not get on"
        time.sleep(0.005)
