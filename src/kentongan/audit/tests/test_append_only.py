"""The trail cannot be rewritten from inside the application."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.audit.models import TrailRow


class _Clerk:
    ref, agency, purpose = "officer:1", "kanim-atambua", "prevention"


@pytest.fixture
def row(transactional_db) -> TrailRow:
    with transaction.atomic():
        trail.record(Trail.EVENT_CONFIRMED, by=_Clerk(), at=timezone.now(), on="event:1")
    return TrailRow.objects.get()


def test_a_row_cannot_be_changed(row):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        TrailRow.objects.filter(pk=row.pk).update(why="lain")

    assert TrailRow.objects.get().why == ""


def test_a_row_cannot_be_deleted_even_by_plain_sql(row):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_trailrow")

    assert TrailRow.objects.count() == 1


def test_a_deed_cannot_be_recorded_outside_its_transaction(transactional_db):
    with pytest.raises(trail.DeedOutsideTransaction):
        trail.record(Trail.EVENT_CONFIRMED, by=_Clerk(), at=timezone.now())
