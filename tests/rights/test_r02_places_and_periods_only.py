"""R02: nothing but places, periods and kinds can enter what the watch counts."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, get_type_hints

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kentongan.agreements.access import system_actor
from kentongan.events.models import Event, EventVersion
from kentongan.intake.models import Report
from kentongan.kit.periods import WITA
from kentongan.watch import features
from kentongan.watch.gathering import gather
from kentongan.watch.models import Watch

from .hints import atoms_of, dataclasses_in

AS_OF = date(2026, 3, 1)
KNOWN = datetime(2026, 2, 20, tzinfo=UTC)
PLACES_AND_PERIODS = {int, float, date, type(None)}
KIND_CODES = {"kinds": frozenset[str]}
"""The only words that a feature may hold; gathering keeps those of the vocabulary."""

anything = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=80)


@pytest.mark.parametrize("feature", dataclasses_in(features), ids=lambda c: c.__name__)
def test_a_feature_has_room_for_places_periods_and_kinds_only(feature: type) -> None:
    import numpy as np
    from numpy.typing import NDArray

    allowed = PLACES_AND_PERIODS | set(dataclasses_in(features)) | {NDArray[np.int64]}

    for name, hint in get_type_hints(feature).items():
        assert KIND_CODES.get(name) == hint or atoms_of(hint) <= allowed, f"{feature.__name__}.{name}: {hint}"


@pytest.fixture
def watched(gazetteer_rows, kinds, agency_of):
    """A watch of an office with two confirmed events and one report in its window."""
    office = agency_of("kanim-atambua")
    protected = {
        "owner": office,
        "handling": "shared",
        "purpose": "prevention",
        "legal_basis": "UU 6/2011",
        "retain_until": date(2031, 1, 1),
    }
    for number, place in enumerate((5, 6), start=1):
        event = Event.objects.create(
            **protected, place_id=place, title="Kejadian", state="confirmed", happened_from=AS_OF - timedelta(days=10 * number),
            happened_to=AS_OF - timedelta(days=10 * number - 1), precision="day", known_at=KNOWN, decided_at=KNOWN,
        )  # fmt: skip
        EventVersion.objects.create(
            event=event, number=1, state="confirmed", title="Kejadian", place_id=place, happened_from=event.happened_from,
            happened_to=event.happened_to, precision="day", kinds=["TPPO"], decided_at=KNOWN, decided_by="officer:1",
        )  # fmt: skip
    Report.objects.create(
        **{**protected, "handling": "personal"}, place_id=5, channel="paste", checksum="a" * 64, original_checksum="b" * 64,
        text="Laporan", received_at=KNOWN, received_by="officer:1",
    )  # fmt: skip
    return Watch.objects.create(owner=office, name="Perbatasan", created_at=KNOWN)


def seen_by(watch: Watch) -> tuple[Any, ...]:
    """Everything that the engine is given for a run."""
    at = timezone.now()
    eyes = system_actor(watch.owner, name="watch", purpose="prevention", at=at)
    gathered = gather(watch, as_of=AS_OF, zone=WITA, eyes=eyes, at=at)
    table = features.scan_table(
        gathered.happenings,
        gathered.located,
        kinds=frozenset({"TPPO"}),
        level="village",
        ground=gathered.ground["village"],
        as_of=AS_OF,
        weeks=watch.baseline_weeks,
    )
    villages, heard = features.report_table(gathered.heard, as_of=AS_OF, weeks=watch.baseline_weeks)
    return gathered, table.units, table.place.tolist(), table.period.tolist(), villages, heard.tolist()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    title=anything, author=anything, text=anything, persons=st.integers(0, 500), names=st.lists(anything, max_size=4)
)
def test_whoever_is_named_in_reports_and_events_the_watch_is_given_the_same(
    watched: Watch, title: str, author: str, text: str, persons: int, names: list[str]
) -> None:
    before = seen_by(watched)

    Event.objects.update(title=title, persons=persons, details={"orang": names})
    EventVersion.objects.update(
        title=title, persons=persons, decided_by=author[:80], reason=text, kinds=["TPPO", *names]
    )
    Report.objects.update(text=text, author=author, title=title, source=author, received_by=author[:80])

    assert len(before[2]) == 2, "both events are counted, else this test shows nothing"
    assert seen_by(watched) == before
