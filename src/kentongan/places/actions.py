"""Bringing the compiled gazetteer and the shipped facilities into the database. Repeating it changes nothing."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Model

from kentongan.audit import trail
from kentongan.audit.catalogue import Trail

from .facilities import load_facilities, load_statuses
from .gazetteer import Gazetteer, Progress, Unit, load_gazetteer
from .models import Facility, FacilityStatus, Place, PlaceAncestor, PlaceCode, PlaceName

NEWEST_LIST = date(2025, 4, 25)
"""Kepmendagri 300.2.2-2138/2025: what it no longer has was gone by this day at the latest."""
NEW_TIMORESE_SCHEME = date(2024, 1, 1)
"""The codes of 2024 replaced the older ones; of the day only the year is known."""

ROWS_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class GazetteerLoaded:
    """What a load added or changed; all zero when the database already held the shipped gazetteer."""

    places_added: int
    places_changed: int
    codes: int
    names: int
    facilities: int

    @property
    def is_news(self) -> bool:
        """Whether the load changed anything."""
        return any(asdict(self).values())


@transaction.atomic
def load_gazetteer_rows(
    *,
    gazetteer: Gazetteer | None = None,
    by: trail.Acting | None = None,
    at: datetime | None = None,
    progress: Progress | None = None,
) -> GazetteerLoaded:
    """Leave the database with every unit, code, name and facility of the gazetteer, and the closure of parents.

    Units are never deleted: records refer to them. A load that changed something is written to the trail when the
    actor and the time are given.
    """
    gazetteer = gazetteer or load_gazetteer()
    steps = _Steps(len(gazetteer), progress)
    units = list(gazetteer)
    ids = {unit.code: unit.id for unit in units}
    added, changed, moved = _load_places(units, ids, steps)
    codes = _load_codes(units)
    names = _load_names(units)
    if added or moved or not PlaceAncestor.objects.exists():
        rebuild_ancestors()
    loaded = GazetteerLoaded(added, changed, codes, names, _load_facilities(gazetteer))
    if loaded.is_news and by is not None and at is not None:
        trail.record(Trail.REFERENCE_LOADED, by=by, at=at, on="gazetteer", facts=asdict(loaded))
    steps.finish()
    return loaded


class _Steps:
    """Tells the caller how many units are written; codes, names and ancestors come after the last unit."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self.done, self.total, self._progress = 0, total, progress

    def add(self, rows: int) -> None:
        self.done = min(self.done + rows, self.total - 1)
        if self._progress:
            self._progress(self.done, self.total)

    def finish(self) -> None:
        if self._progress:
            self._progress(self.total, self.total)


# --- places ---

PLACE_FIELDS = (
    "code",
    "name",
    "level",
    "country",
    "parent_id",
    "lat",
    "lon",
    "elevation_m",
    "is_approximate",
    "is_single_source",
    "is_in_newest_list",
    "sources",
)


def _place_values(unit: Unit, ids: dict[str, int]) -> tuple[Any, ...]:
    return (
        unit.code,
        unit.name,
        unit.level,
        unit.country,
        ids[unit.parent] if unit.parent else None,
        unit.lat,
        unit.lon,
        unit.elevation_m,
        unit.is_approximate,
        "single_source" in unit.flags,
        "not_in_newest_list" not in unit.flags,
        " ".join(unit.sources),
    )


def _load_places(units: list[Unit], ids: dict[str, int], steps: _Steps) -> tuple[int, int, bool]:
    """Return how many places were added, how many changed, and whether one got another parent."""
    present = {row[0]: row[1:] for row in Place.objects.values_list("id", *PLACE_FIELDS)}
    added: list[Place] = []
    changed: list[Place] = []
    moved = False
    for unit in units:
        values = _place_values(unit, ids)
        if (before := present.get(unit.id)) != values:
            place = Place(id=unit.id, **dict(zip(PLACE_FIELDS, values, strict=True)))
            (added if before is None else changed).append(place)
            moved = moved or (before is not None and before[4] != values[4])
    steps.add(len(units) - len(added))
    _set_codes_aside(changed)
    for place in changed:
        place.save()  # a new list changes hundreds, not tens of thousands
    for start in range(0, len(added), ROWS_AT_ONCE):
        Place.objects.bulk_create(added[start : start + ROWS_AT_ONCE])
        steps.add(ROWS_AT_ONCE)
    return len(added), len(changed), moved


def _set_codes_aside(changed: list[Place]) -> None:
    """Free the codes of places that change, because two of them may exchange theirs."""
    for place in changed:
        Place.objects.filter(pk=place.pk).update(code=f"~{place.pk}")


# --- codes and names ---


def _code_rows(unit: Unit) -> Iterator[tuple[tuple[int, str, str], tuple[date | None, str]]]:
    yield (unit.id, unit.scheme, unit.code), (None, "")
    for former in unit.former_codes:
        ended = NEW_TIMORESE_SCHEME if former.scheme == "tl-pnds" else NEWEST_LIST
        yield (unit.id, former.scheme, former.code), (ended, former.why)


def _load_codes(units: list[Unit]) -> int:
    """Add missing codes and close those that ended; a code is never deleted. Return how many were written."""
    wanted = dict(row for unit in units for row in _code_rows(unit))
    present = _by_key(PlaceCode, "place_id", "scheme", "code")
    ended = []
    for key, row in present.items():
        valid_to, why = wanted.get(key, (row.valid_to or NEWEST_LIST, row.why))
        if (row.valid_to, row.why) != (valid_to, why):
            row.valid_to, row.why = valid_to, why
            ended.append(row)
    PlaceCode.objects.bulk_update(ended, ["valid_to", "why"], batch_size=ROWS_AT_ONCE // 10)
    missing = [
        PlaceCode(place_id=place, scheme=scheme, code=code, valid_to=valid_to, why=why)
        for (place, scheme, code), (valid_to, why) in wanted.items()
        if (place, scheme, code) not in present
    ]
    PlaceCode.objects.bulk_create(missing, batch_size=ROWS_AT_ONCE)
    return len(ended) + len(missing)


def _load_names(units: list[Unit]) -> int:
    """Add missing names, and remove what the gazetteer no longer has. Return how many were written."""
    wanted = {(unit.id, other.name): other.kind for unit in units for other in unit.other_names}
    present = _by_key(PlaceName, "place_id", "name")
    gone = [row.pk for key, row in present.items() if wanted.get(key) != row.kind]
    PlaceName.objects.filter(pk__in=gone).delete()
    missing = [
        PlaceName(place_id=place, name=name, kind=kind)
        for (place, name), kind in wanted.items()
        if (place, name) not in present or present[place, name].kind != kind
    ]
    PlaceName.objects.bulk_create(missing, batch_size=ROWS_AT_ONCE)
    return len(gone) + len(missing)


def _by_key(model: type[Model], *fields: str) -> dict[tuple[Any, ...], Any]:
    return {tuple(getattr(row, f) for f in fields): row for row in model._default_manager.all().iterator()}


# --- the closure ---

EACH_ITS_OWN_ANCESTOR = """
    INSERT INTO places_placeancestor (ancestor_id, descendant_id, depth)
    SELECT id, id, 0 FROM places_place
"""
PARENTS_OF_THE_LAST_STEP = """
    INSERT INTO places_placeancestor (ancestor_id, descendant_id, depth)
    SELECT place.parent_id, step.descendant_id, step.depth + 1
    FROM places_placeancestor AS step
    JOIN places_place AS place ON place.id = step.ancestor_id
    WHERE step.depth = %s AND place.parent_id IS NOT NULL
"""


@transaction.atomic
def rebuild_ancestors() -> None:
    """Leave the closure with exactly the ancestors that the parents imply."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM places_placeancestor")
        cursor.execute(EACH_ITS_OWN_ANCESTOR)
        depth = 0
        while cursor.rowcount > 0:
            cursor.execute(PARENTS_OF_THE_LAST_STEP, [depth])
            depth += 1


# --- facilities ---


def _load_facilities(gazetteer: Gazetteer) -> int:
    """Add facilities that are not there yet; what an installation changed stays. Return how many were added."""
    present = set(Facility.objects.values_list("key", flat=True))
    fresh = [f for f in load_facilities() if f.key not in present]
    for shipped in fresh:
        places = [gazetteer.at(code).id for code in shipped.candidates]
        row = Facility.objects.create(
            key=shipped.key,
            name=shipped.name,
            kind=shipped.kind,
            country=shipped.country,
            place_id=places[0] if shipped.place else None,
            aliases=list(shipped.aliases),
            lat=shipped.lat,
            lon=shipped.lon,
            counterpart=shipped.counterpart,
            confidence=shipped.confidence,
            source_note=shipped.source_note,
        )
        row.candidates.set(places)
    keys = {f.key for f in fresh}
    FacilityStatus.objects.bulk_create(
        FacilityStatus(
            facility_id=s.facility,
            status=s.status,
            valid_from=s.valid_from,
            valid_to=s.valid_to,
            source_note=s.source_note,
        )
        for s in load_statuses()
        if s.facility in keys
    )
    return len(fresh)
