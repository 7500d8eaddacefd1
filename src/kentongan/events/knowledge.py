"""The reader of this process and what it knows: the rows of the database where they are loaded, else what ships."""

from collections import defaultdict
from pathlib import Path
from threading import Lock

from django.db import DatabaseError, connection
from django.db.models import Q

from kentongan.agencies.data import agency_rows
from kentongan.agencies.models import Agency, AgencyName, AgencyParent
from kentongan.places.gazetteer import load_gazetteer
from kentongan.places.models import Facility, Place, PlaceName
from kentongan.reading.knowledge import AgencyRow, FacilityRow, KindRow, Knowledge, PlaceRow
from kentongan.reading.reader import Reader
from kentongan.vocabulary.data import kind_rows
from kentongan.vocabulary.models import Kind

_built: list[Reader] = []
_building = Lock()


def reader() -> Reader:
    """Return the reader of this process, built on first use from the database, or from what ships while that is empty."""
    with _building:
        if not _built:
            _built.append(Reader(stored_knowledge() or shipped_knowledge()))
    return _built[0]


def forget_reader() -> None:
    """Let the next call build the reader anew, after places, agencies or kinds changed."""
    with _building:
        _built.clear()


def shipped_knowledge() -> Knowledge:
    """Return what the package ships: no database is asked."""
    gazetteer = load_gazetteer()
    return Knowledge(gazetteer.to_place_rows(), gazetteer.facility_rows(), agency_rows(), kind_rows())


def stored_knowledge() -> Knowledge | None:
    """Return what the database holds, None while places, agencies or kinds are not loaded or there is no database."""
    if not _has_database():
        return None
    try:
        if not (Place.objects.exists() and Agency.objects.exists() and Kind.objects.exists()):
            return None
        return Knowledge(_places(), _facilities(), _agencies(), _kinds())
    except DatabaseError:
        return None


def _has_database() -> bool:
    """Tell whether there is a database to ask: connecting to SQLite would make an empty file of one that is not there."""
    name = str(connection.settings_dict["NAME"])
    is_file = connection.vendor == "sqlite" and ":memory:" not in name and "mode=memory" not in name
    return not is_file or Path(name).exists()


def _places() -> tuple[PlaceRow, ...]:
    other: defaultdict[int, list[str]] = defaultdict(list)
    for place, name in PlaceName.objects.order_by("id").values_list("place_id", "name"):
        other[place].append(name)
    rows = Place.objects.order_by("id").values_list("id", "code", "name", "level", "parent__code", "lat", "lon")
    return tuple(
        PlaceRow(code, name, level, parent, lat, lon, tuple(other.get(pk, ())))  # type: ignore[arg-type] # levels are those of the gazetteer
        for pk, code, name, level, parent, lat, lon in rows.iterator(chunk_size=10_000)
    )


def _facilities() -> tuple[FacilityRow, ...]:
    rows = Facility.objects.order_by("key").select_related("place").prefetch_related("candidates")
    return tuple(
        FacilityRow(
            f.key,
            f.name,
            f.kind,
            tuple(f.aliases),
            (f.place.code,) if f.place is not None else tuple(sorted(place.code for place in f.candidates.all())),
        )
        for f in rows
    )


def _agencies() -> tuple[AgencyRow, ...]:
    names: defaultdict[str, list[str]] = defaultdict(list)
    for agency_id, name in AgencyName.objects.order_by("id").values_list("agency_id", "name"):
        names[agency_id].append(name)
    parents = dict(AgencyParent.objects.filter(Q(valid_to__isnull=True)).values_list("agency_id", "parent_id"))
    return tuple(
        AgencyRow(
            id=agency.pk,
            name=agency.name,
            abbrev=agency.abbrev,
            aliases=tuple(name for name in names[agency.pk] if name not in (agency.name, agency.abbrev)),
            kind=agency.kind,
            country=agency.country,
            parent=parents.get(agency.pk),
            level=agency.level,
            area_code=agency.seat.code if agency.seat else None,
        )
        for agency in Agency.objects.order_by("pk").select_related("seat")
    )


def _kinds() -> tuple[KindRow, ...]:
    return tuple(
        KindRow(kind.code, kind.label_id, kind.kind_class, (*kind.terms_id, *kind.terms_tet, *kind.terms_pt))
        for kind in Kind.objects.order_by("code")
    )
