"""`kentongan watch` on the command line."""

import json
from datetime import date, timedelta

import pytest
import typer
from typer.testing import CliRunner

from kentongan.kit.errors import KentonganError
from kentongan.watch.commands import watch as command
from kentongan.watch.models import Finding, WatchRun

SUNDAY = date(2026, 3, 1)
app = typer.Typer()
app.command()(command)


def call(*arguments):
    return CliRunner().invoke(app, list(arguments), env={"COLUMNS": "200"})


@pytest.fixture
def planted(villages, event_at, quiet_year, watch_of):
    quiet_year(SUNDAY - timedelta(days=14))
    for n in range(7):
        event_at(villages[n % 2], SUNDAY - timedelta(days=1 + n))
    return watch_of()


def test_it_prints_the_findings_and_the_digest(planted):
    answer = call("--as-of", "2026-03-01")

    assert answer.exit_code == 0
    assert "Perdagangan orang" in answer.stdout
    assert WatchRun.objects.get().digest in answer.stdout


def test_the_same_day_twice_gives_the_same_answer_to_the_letter(planted):
    first, again = call("--as-of", "2026-03-01", "--json"), call("--as-of", "2026-03-01", "--json")

    assert first.stdout == again.stdout
    assert len(json.loads(first.stdout)[0]["findings"]) == Finding.objects.count() == 1


def test_every_week_since_a_day_is_run_in_order(planted):
    answer = call("--since", "2026-02-08", "--as-of", "2026-03-01", "--weekly", "--json")

    assert [run["as_of"] for run in json.loads(answer.stdout)] == [
        "2026-02-08",
        "2026-02-15",
        "2026-02-22",
        "2026-03-01",
    ]


def test_a_watch_is_named_or_the_only_one_is_taken(planted, watch_of):
    watch_of("polres-belu")

    assert isinstance(call("--as-of", "2026-03-01").exception, KentonganError)
    assert call("--as-of", "2026-03-01", "--owner", "kanim-atambua").exit_code == 0
    assert call("--as-of", "2026-03-01", "--watch", planted.name).exit_code == 0


@pytest.mark.parametrize("day", ["kemarin", "2026-13-01", "01-03-2026"])
def test_what_is_no_day_is_refused(day, planted):
    assert "bukan hari" in str(call("--as-of", day).exception)


def test_a_day_that_has_not_begun_is_refused(planted):
    assert "belum tiba" in str(call("--as-of", "2999-01-01").exception)


def test_without_a_watch_it_says_where_to_make_one(db):
    assert "halaman Pemantauan" in str(call().exception)
