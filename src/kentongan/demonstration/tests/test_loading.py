"""The simulated world happens in its own time: whatever is written of it carries the simulated instant."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from kentongan.agencies.models import Agency
from kentongan.agreements.models import ImpactAssessment
from kentongan.demonstration import texts
from kentongan.demonstration.loading import READ_AFTER, Offices, leave_reporter, let_happen, switch_modules_on
from kentongan.demonstration.scenario import Happening, SimulatedReport, Village, World
from kentongan.demonstration.watching import the_watch, watch_through
from kentongan.events import tasks
from kentongan.events.knowledge import shipped_knowledge
from kentongan.events.models import Classification, EventVersion, ReadingRow
from kentongan.kit.periods import WITA
from kentongan.reading.reader import Reader
from kentongan.vault.actions import open_identity
from kentongan.vault.models import Identity

DAY, RECEIVED = date(2026, 3, 3), datetime(2026, 3, 4, 2, 0, tzinfo=UTC)
SILAWAN = Village(5, "53.04.02.2001", "Silawan", "Tasifeto Timur", "Belu", "53.04", -8.9915, 124.9314)


@pytest.fixture
def world():
    """One crossing in Silawan, told the morning after, in a world of two weeks."""
    happening = Happening(1, "crossing", "IM.CROSSER", SILAWAN, DAY, 5)
    told = texts.field_report(happening, datetime(2026, 3, 3, 21, 0, tzinfo=WITA), np.random.default_rng(1))
    report = SimulatedReport("sim-1", "kanim-atambua", SILAWAN, RECEIVED, told.text, told.title, told.source, happening)
    return World(1, date(2026, 3, 2), date(2026, 3, 16), (happening,), (report,))


@pytest.fixture(scope="module")
def shipped_reader():
    """What the package ships, apart from the reader of the process."""
    return Reader(shipped_knowledge())


@pytest.fixture(autouse=True)
def worker_reads_what_ships(monkeypatch, shipped_reader):
    monkeypatch.setattr(tasks, "reader", lambda: shipped_reader)


@pytest.fixture
def offices(gazetteer_rows, kinds, agency_of):
    agency_of("kanim-atambua", parent="ditjenim")
    Agency.objects.filter(pk="ditjenim").update(level="national")
    return Offices(datetime(2026, 3, 1, tzinfo=UTC))


def test_a_reading_and_what_it_alleges_carry_the_simulated_instant(world, offices):
    let_happen(world, offices, progress=lambda _done, _total: None)

    assert ReadingRow.objects.get().read_at == RECEIVED + READ_AFTER
    machine = Classification.objects.filter(alleged_by__startswith=Classification.MACHINE)
    assert set(machine.values_list("alleged_at", flat=True)) == {RECEIVED + READ_AFTER}


def test_the_versions_of_a_simulated_event_follow_each_other_in_simulated_time(world, offices):
    let_happen(world, offices, progress=lambda _done, _total: None)

    decided = list(EventVersion.objects.order_by("number").values_list("decided_at", flat=True))
    assert len(decided) > 1
    assert decided == sorted(decided)
    assert decided[0] == RECEIVED + READ_AFTER
    assert decided[-1] < RECEIVED + timedelta(days=2)


def test_the_watch_of_each_week_runs_on_the_simulated_morning_after_it(world, offices, gazetteer_rows):
    watch = the_watch(offices)

    watch_through(watch, world, world.begins, by=offices.analyst("ditjenim"), progress=lambda _done, _total: None)

    runs = watch.runs.order_by("as_of").values_list("as_of", "started_at")
    assert [(as_of, at.astimezone(WITA)) for as_of, at in runs] == [
        (date(2026, 3, 8), datetime(2026, 3, 9, 6, 0, tzinfo=WITA)),
        (date(2026, 3, 15), datetime(2026, 3, 16, 6, 0, tzinfo=WITA)),
    ]


def test_vault_and_cases_can_be_tried_on_simulated_assessments_and_a_reporter(offices, settings, tmp_path):
    settings.VAULT_KEYS = tmp_path / "keys"
    at = datetime(2026, 3, 16, tzinfo=UTC)

    for _start in range(2):
        switch_modules_on(offices, at=at)
        leave_reporter(date(2026, 3, 16), offices, at=at)

    stated = list(ImpactAssessment.objects.order_by("module").values_list("module", "title"))
    assert [module for module, _title in stated] == ["cases", "vault"]
    assert all(title.startswith("SIMULASI") for _module, title in stated)
    identity = Identity.objects.get()
    assert (identity.owner_id, identity.is_simulated) == ("kanim-atambua", True)
    officer = offices.analyst("kanim-atambua")
    opened = open_identity(
        identity=identity,
        ground="consent",
        reason="menanyakan ulang jamnya",
        by=replace(officer, purpose="investigation"),
        at=at,
    )
    assert opened.fields.name == "Pelapor Contoh"
