"""An installation learns that usernames are given once whatever their case, or is told what stands against it."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import IntegrityError, connection

from kentongan.agencies.models import Officer
from kentongan.kit.errors import KentonganError

migration = import_module("kentongan.agencies.migrations.0002_usernames_once_whatever_their_case")


@pytest.fixture
def as_before(db):
    """The table of officers as it was before the migration."""
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX username_once_whatever_its_case")


def test_the_table_holds_no_name_twice_in_another_case(officer_of):
    officer_of(username="maria")

    with pytest.raises(IntegrityError):
        Officer.objects.create(username="MARIA")


def test_names_that_differ_only_in_case_stop_the_migration_which_names_them_and_says_what_to_do(as_before):
    Officer.objects.bulk_create(Officer(username=name) for name in ("maria", "budi", "MARIA", "Budi", "anna"))

    with pytest.raises(KentonganError, match="kentongan init") as refusal:
        migration.demand_names_that_differ(apps, SimpleNamespace(connection=connection))

    assert sorted(refusal.value.details) == ["Budi", "MARIA", "budi", "maria"]


def test_names_that_differ_otherwise_do_not_stop_it(as_before):
    Officer.objects.bulk_create(Officer(username=name) for name in ("maria", "maria.b"))

    migration.demand_names_that_differ(apps, SimpleNamespace(connection=connection))
