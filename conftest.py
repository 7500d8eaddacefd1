"""Small factories that tests of every room share: each builds one thing."""

import gc
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest
from _pytest import runner
from django.core.cache import cache
from django.db import connection
from django.test import TransactionTestCase

NOW = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)  # a Wednesday, 10:00 in Kupang

hypothesis.settings.register_profile("unhurried", parent=hypothesis.settings(), deadline=None)
hypothesis.settings.load_profile("unhurried")
"""How long an example takes says how busy the machine is; speed is measured in benchmarks/."""


def pytest_collection_finish(session: pytest.Session) -> None:
    """What was imported and collected never becomes garbage: it is not looked through again beside every test's."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def with_room(do: Callable[..., bool], *given: object) -> bool:
    return do(*given)


with_room.__code__ = with_room.__code__.replace(co_stacksize=70_000)
"""Calls a function with half a megabyte for the frames of what it calls in turn. CPython 3.11 keeps frames in pieces of 16 kB,
and where a loop lies at the end of one, each call in it asks the system for a new piece and gives it back."""


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool:
    """Run each test as ever, with room for its frames: a tenth less time where a test calls deeply."""
    return with_room(runner.pytest_runtest_protocol, item, nextitem)


@contextmanager
def append_only_lifted() -> Iterator[None]:
    """Take the append-only triggers off the trail and its seals, and put the very same ones back."""
    if connection.vendor == "sqlite":
        find = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%append-only%'"
    else:
        find = (
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid "
            "WHERE proname LIKE '%append_only'"
        )
    with connection.cursor() as cursor:
        cursor.execute(find)
        found = cursor.fetchall()
        for one, other in found:
            cursor.execute(
                f"DROP TRIGGER {one}" if connection.vendor == "sqlite" else f"ALTER TABLE {one} DISABLE TRIGGER {other}"
            )
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for one, other in found:
                cursor.execute(other if connection.vendor == "sqlite" else f"ALTER TABLE {one} ENABLE TRIGGER {other}")


@pytest.fixture(autouse=True, scope="session")
def trail_is_emptied_between_committing_tests() -> Iterator[None]:
    """Lift the append-only triggers while a committing test's tables are emptied, and for nothing else."""
    empty_tables = TransactionTestCase._fixture_teardown

    def teardown(case: TransactionTestCase) -> None:
        with append_only_lifted():
            empty_tables(case)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", teardown)
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix) -> Iterator[None]:
    """Run the migrations for this session's database in a quarter of the time, to the very same tables.

    Django makes every model that hangs together with a new one anew, for each new one; here each is made once, as when the
    application starts. `kentongan init`, on which the journeys begin, runs them as they are.
    """
    from django.db.migrations.state import ModelState, ProjectState

    def add_model(state: ProjectState, model: ModelState) -> None:
        state.models[model.app_label, model.name_lower] = model
        if state._relations is not None:
            state.resolve_model_relations((model.app_label, model.name_lower))
        if "apps" in vars(state):
            state.apps.render_multiple([model])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ProjectState, "add_model", add_model)
        yield


@pytest.fixture(scope="session")
def lay_tables(django_db_setup, django_db_blocker, tmp_path_factory) -> Callable[[Path], Path]:
    """Put a database with all tables and no row of anybody's into a home: `lay_tables(tmp_path / "home")`.

    It is a copy of what the migrations made for this session. On PostgreSQL, and in a session of which no test asks for a
    database, the home stays empty, for its process to migrate.
    """
    made = tmp_path_factory.mktemp("tables") / "kentongan.sqlite3"
    if connection.vendor == "sqlite" and connection.settings_dict["NAME"] == connection.settings_dict["TEST"]["NAME"]:
        with django_db_blocker.unblock(), closing(sqlite3.connect(made)) as copy:
            connection.ensure_connection()
            connection.connection.backup(copy)

    def lay(home: Path) -> Path:
        home.mkdir(parents=True, exist_ok=True)
        if made.exists():
            shutil.copy(made, home / made.name)
        return home

    return lay


@pytest.fixture
def bypassing_triggers():
    """As somebody with the database's owner rights: `with bypassing_triggers(): …`."""
    return append_only_lifted


@pytest.fixture
def nobody_has_tried_yet() -> Iterator[None]:
    """No attempt is counted yet, and none that this test makes counts for the next."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def now() -> datetime:
    return NOW


def chain_up(key: int | None, above: dict[int, int | None]) -> Iterator[int]:
    """Yield a place and all that lie above it, the nearest first."""
    while key is not None:
        yield key
        key = above[key]


@pytest.fixture
def gazetteer_rows(db):
    """A few units around Belu, Kupang and Serang, with their closure."""
    from kentongan.places.models import Place, PlaceAncestor, PlaceCode

    rows = [
        (1, "ID", "Indonesia", "country", None, None, None),
        (2, "53", "Nusa Tenggara Timur", "province", 1, -9.0, 123.0),
        (3, "53.04", "Belu", "regency", 2, -9.1, 124.9),
        (4, "53.04.02", "Tasifeto Timur", "district", 3, -9.0, 124.95),
        (5, "53.04.02.2001", "Silawan", "village", 4, -8.9915, 124.9314),
        (6, "53.04.02.2002", "Tulakadi", "village", 4, -9.0200, 124.9500),
        (7, "53.04.02.2003", "Sadi", "village", 4, -9.0300, 124.9200),
        (8, "53.71", "Kupang", "city", 2, -10.17, 123.6),
        (9, "53.01", "Kupang", "regency", 2, -9.9, 123.9),
        (10, "36", "Banten", "province", 1, -6.4, 106.1),
        (11, "36.73", "Serang", "city", 10, -6.12, 106.15),
        (12, "TL", "Timor-Leste", "country", None, -8.8, 125.7),
    ]
    above = {key: parent for key, _code, _name, _level, parent, _lat, _lon in rows}
    Place.objects.bulk_create(
        Place(
            id=key,
            code=code,
            name=name,
            level=level,
            country="TL" if code.startswith("TL") else "ID",
            parent_id=parent,
            lat=lat,
            lon=lon,
        )
        for key, code, name, level, parent, lat, lon in rows
    )
    PlaceCode.objects.bulk_create(PlaceCode(place_id=row[0], scheme="kemendagri", code=row[1]) for row in rows)
    PlaceAncestor.objects.bulk_create(
        PlaceAncestor(ancestor_id=ancestor, descendant_id=key, depth=depth)
        for key in above
        for depth, ancestor in enumerate(chain_up(key, above))
    )
    return Place.objects


@pytest.fixture
def kinds(db):
    from kentongan.vocabulary.models import Kind

    plain = [
        ("TPPO", "offence", "Tindak pidana perdagangan orang"),
        ("TPPM", "offence", "Tindak pidana penyelundupan manusia"),
        ("PMI.NP", "issue", "Pekerja migran nonprosedural"),
        ("IM.CROSSER", "movement", "Pelintas batas ilegal"),
        ("GDS.BBM", "offence", "Penyelundupan BBM"),
        ("RESP.RAKOR", "response", "Rapat koordinasi"),
    ]
    Kind.objects.bulk_create(
        [
            *(
                Kind(code=code, kind_class=kind_class, label_id=label, label_en=code)
                for code, kind_class, label in plain
            ),
            Kind(
                code="IM.REFUGEE",
                kind_class="status",
                label_id="Pengungsi luar negeri",
                label_en="Refugee",
                is_protected=True,
            ),
            Kind(
                code="PILK.UANG", kind_class="issue", label_id="Politik uang", label_en="Vote-buying", is_election=True
            ),
        ]
    )
    return Kind.objects


@pytest.fixture
def agency_of(db):
    """Make an agency: `agency_of("kanim-atambua", kind="immigration", parent="kanwil-im-ntt")`."""
    from kentongan.agencies.models import Agency, AgencyParent

    def make(pk="kanim-atambua", *, kind="immigration", country="ID", level="regency", parent=None):
        agency, _ = Agency.objects.get_or_create(
            id=pk, defaults={"name": pk.replace("-", " ").title(), "kind": kind, "country": country, "level": level}
        )
        if parent:
            AgencyParent.objects.get_or_create(
                agency=agency, parent=make(parent, kind=kind, country=country, level="province")
            )
        return agency

    return make


@pytest.fixture
def officer_of(db, agency_of):
    """Make an officer on duty: `officer_of("kanim-atambua", role="analyst")`."""
    from kentongan.agencies.models import Officer, Posting

    def make(agency="kanim-atambua", *, role="analyst", username=None, **more):
        officer = Officer.objects.create_user(
            username=username or f"{role}-{agency}", password="sangat-rahasia-2026", full_name=f"Petugas {agency}"
        )
        Posting.objects.create(
            officer=officer, agency=agency_of(agency, **more), role=role, started_at=NOW.replace(year=2025)
        )
        return officer

    return make


@pytest.fixture
def actor_of(officer_of):
    """Make an officer and return it acting: `actor_of("kanim-atambua", role="analyst")`."""
    from kentongan.agreements.access import actor_for

    def make(agency="kanim-atambua", *, role="analyst", purpose="prevention", **more):
        return actor_for(officer_of(agency, role=role, **more), purpose=purpose, at=NOW)

    return make
