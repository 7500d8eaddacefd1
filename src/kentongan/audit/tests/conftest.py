"""A trail of its own for each test: its keys in a folder of the test, rows by the hundred."""

from datetime import UTC, datetime, timedelta

import pytest

from kentongan.audit import sealing
from kentongan.audit.models import TrailRow

AT = datetime(2026, 3, 4, 2, tzinfo=UTC)


class Clerk:
    ref, agency, purpose, role = "officer:1", "kanim-atambua", "prevention", "analyst"


@pytest.fixture
def clerk():
    return Clerk()


@pytest.fixture(autouse=True)
def own_keys(settings, tmp_path):
    """Keys of one test are in no other test's folder."""
    settings.TRAIL_KEYS = tmp_path / "keys"
    settings.NODE_NAME = "kanim.example"
    return settings.TRAIL_KEYS


@pytest.fixture
def write_rows(db):
    """Write rows that differ: `write_rows(300)`."""

    def write(count):
        TrailRow.objects.bulk_create(
            TrailRow(
                event="event.confirmed",
                at=AT + timedelta(seconds=n, microseconds=n % 2),
                actor=f"officer:{n % 7}",
                agency="kanim-atambua",
                role="analyst",
                purpose="prevention",
                clause=f"clause:{n}" if n % 3 == 0 else "",
                subject=f"event:{n}",
                why="sesuai – dua sumber 😀" if n % 5 == 0 else "",
                reasons=["owner", f"granted because of alert:{n}"] if n % 4 == 3 else [],
                facts={"version": n, "ratio": n / 7, "é": None} if n % 2 else {},
            )
            for n in range(count)
        )

    return write


@pytest.fixture
def seal_now():
    """Seal all that waits, so many seconds after the first row's time."""

    def seal(seconds=0):
        return sealing.seal_all(clock=lambda: AT + timedelta(seconds=seconds))

    return seal
