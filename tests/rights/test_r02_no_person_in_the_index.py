"""R02: nothing but places, numbers and days can enter the table that the index is computed from; no person table leads to it."""

import csv
import re
from datetime import date, datetime, timedelta
from typing import Any, get_type_hints

import grimp
import numpy as np
import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from kentongan.agreements.access import system_actor
from kentongan.events.models import Event, EventVersion
from kentongan.intake.models import Report
from kentongan.places.models import Place
from kentongan.vulnerability import features
from kentongan.vulnerability.factor_models import Factor, FactorVersion
from kentongan.vulnerability.factors import gather_all
from kentongan.vulnerability.shipped_factors import shipped_factors

from .hints import atoms_of, dataclasses_in
from .words import HERE

AS_OF = date(2026, 3, 1)
NUMBERS_AND_DAYS = {int, float, date, type(None), NDArray[np.float64], NDArray[np.int64], NDArray[np.bool_]}
WORDS_ABOUT_THE_FACTOR = {"factor", "version", "dimension", "transformation"}
"""The only texts: which factor a column is of, and how it counts. None is of a place or of anybody in it."""

PERSON_ROOMS = ("kentongan.cases", "kentongan.vault", "kentongan.linkage")
FACTOR_CODE = (
    "features", "columns", "computed", "correlation", "ground", "factors", "factor_models", "factor_rules", "factor_queries",
    "factor_actions", "factor_sheets", "histogram", "shipped_factors", "index_computing", "index_arrays", "index_rules",
    "index_one",
)  # fmt: skip

anything = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=60)


@pytest.mark.parametrize("feature", dataclasses_in(features), ids=lambda c: c.__name__)
def test_the_table_has_room_for_places_numbers_and_days_only(feature: type) -> None:
    allowed = NUMBERS_AND_DAYS | set(dataclasses_in(features))

    for name, hint in get_type_hints(feature).items():
        atoms = atoms_of(hint) - ({str} if name in WORDS_ABOUT_THE_FACTOR else set())
        assert atoms <= allowed, f"{feature.__name__}.{name}: {hint}"


def test_no_code_of_factors_leads_to_a_room_of_people_however_indirectly() -> None:
    graph = grimp.build_graph("kentongan", cache_dir=None)
    people = [m for m in graph.modules if m.startswith(PERSON_ROOMS) and ".tests" not in m]

    chains = [
        chain
        for name in FACTOR_CODE
        for module in people
        if (chain := graph.find_shortest_chain(f"kentongan.vulnerability.{name}", module))
    ]

    assert len(people) > 20
    assert chains == []


@pytest.fixture
def eyes(gazetteer_rows, kinds, agency_of, now):
    """An office for which every shipped factor counts, with events, a report and an alert to count."""
    office = agency_of("kanim-atambua")
    for code, draft in shipped_factors().items():
        factor = Factor.objects.create(
            code=code,
            label=draft.label,
            unit=draft.unit,
            dimension=draft.dimension,
            origin=draft.origin,
            created_at=now,
        )
        FactorVersion.objects.create(
            factor=factor, owner=office, number=1, indices="both", direction=draft.direction, transformation=draft.transformation,
            rationale=draft.rationale, source=draft.source, source_date=draft.source_date, state="approved", valid_from=AS_OF,
            proposed_by="officer:1", proposed_at=now, approved_by="officer:2", approved_at=now, approved_by_second="officer:3",
            approved_second_at=now,
        )  # fmt: skip
    protected = {
        "owner": office, "handling": "shared", "purpose": "prevention", "legal_basis": "UU 6/2011", "retain_until": date(2031, 1, 1),
    }  # fmt: skip
    known = datetime(2026, 2, 20, tzinfo=now.tzinfo)
    for number, place in enumerate((5, 6), start=1):
        held = {
            "state": "confirmed", "title": "Kejadian", "place_id": place, "precision": "day",
            "happened_from": AS_OF - timedelta(days=10 * number), "happened_to": AS_OF - timedelta(days=10 * number - 1),
            "decided_at": known,
        }  # fmt: skip
        event = Event.objects.create(**protected, **held, known_at=known)
        EventVersion.objects.create(event=event, number=1, kinds=["TPPO"], decided_by="officer:1", **held)
    for week in range(8):
        Report.objects.create(
            **protected, place_id=5, channel="paste", checksum=f"{week:064}", original_checksum=f"{week:064}", text="Laporan",
            received_at=known - timedelta(weeks=week), received_by="officer:1",
        )  # fmt: skip
    return system_actor(office, name="index", purpose="prevention", at=now)


def given_to_the_index(eyes, now) -> Any:
    table = gather_all(index="tppo", eyes=eyes, as_of=AS_OF, at=now).table
    return table.places.tolist(), [
        (c.factor, c.values.tobytes(), None if c.counts is None else c.counts.tobytes()) for c in table.columns
    ]


@pytest.fixture
def before(eyes, now) -> Any:
    return given_to_the_index(eyes, now)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    title=anything, author=anything, text=anything, persons=st.integers(0, 500), names=st.lists(anything, max_size=4)
)
def test_whoever_is_named_in_reports_and_events_the_index_is_given_the_same(
    eyes, before, now, title: str, author: str, text: str, persons: int, names: list[str]
) -> None:
    Event.objects.update(title=title, persons=persons, details={"orang": names})
    EventVersion.objects.update(
        title=title, persons=persons, decided_by=author[:80], reason=text, kinds=["TPPO", *names]
    )
    Report.objects.update(text=text, author=author, title=title, source=author, received_by=author[:80])

    counted = [counts for factor, _values, counts in before[1] if factor == "confirmed_events"]
    assert np.frombuffer(counted[0]).sum() == 2, "both events are counted, else this test shows nothing"
    assert given_to_the_index(eyes, now) == before


def person_tables() -> set[str]:
    with (HERE / "models.csv").open(encoding="utf-8") as file:
        return {apps.get_model(row["model"])._meta.db_table for row in csv.DictReader(file) if row["about"] == "person"}


def test_gathering_reads_no_table_of_persons(eyes, now) -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        gather_all(index="tppo", eyes=eyes, as_of=AS_OF, at=now)

    read = {name for query in asked for name in re.findall(r'(?:FROM|JOIN|IN \(SELECT .*? FROM) "(\w+)"', query["sql"])}
    assert {Place._meta.db_table, Event._meta.db_table, Report._meta.db_table} <= read
    assert read & person_tables() == set()
