"""Loading the shipped agencies into the database. What administrators changed since stays as they left it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.places.models import Place

from . import data, queries
from .models import Agency, AgencyClass, AgencyName, AgencyParent, Competence, Membership


@dataclass(frozen=True, slots=True)
class AgenciesLoaded:
    """What a load added; codes that the gazetteer does not hold are named, not guessed."""

    agencies: int
    names: int
    competences: int
    memberships: int
    unknown_codes: tuple[str, ...]


@dataclass(slots=True)
class _Places:
    """The gazetteer by code, remembering what was asked for in vain."""

    known: dict[str, Place | None] = field(default_factory=dict)

    def get(self, code: str | None) -> Place | None:
        if not code:
            return None
        if code not in self.known:
            self.known[code] = queries.place_by_code(code)
        return self.known[code]

    def all_of(self, codes: Iterable[str]) -> list[Place]:
        return [place for code in codes if (place := self.get(code))]

    def missing(self) -> tuple[str, ...]:
        return tuple(sorted(code for code, place in self.known.items() if place is None))


@transaction.atomic
def load_agencies(*, by: trail.Acting, at: datetime) -> AgenciesLoaded:
    """Add every shipped agency, name, class, parent, competence and membership that is not there yet; delete nothing."""
    places = _Places()
    added = _add_agencies(places, at)
    names = _add_names()
    _add_parents()
    _add_classes()
    competences = _add_competences(places)
    memberships = _add_memberships()
    loaded = AgenciesLoaded(added, names, competences, memberships, places.missing())
    trail.record(
        Trail.REFERENCE_LOADED,
        by=by,
        at=at,
        on="agencies",
        facts={"agencies": added, "competences": competences, "unknown_codes": list(loaded.unknown_codes)},
    )
    return loaded


def competences_by_kind(agency: Agency) -> list[data.Competence]:
    """Return the shipped competences that the agency has through its kind, without those it has a row of its own for."""
    own = {row.competence for row in data.competences() if row.holder == agency.pk}
    return [r for r in data.competences() if r.holder == data.HOLDER_KIND + agency.kind and r.competence not in own]


def add_competence(
    agency: Agency, row: data.Competence, roots: list[Place], exceptions: list[Place], *, is_by_kind: bool
) -> None:
    """Give the agency a shipped competence over these roots."""
    competence = Competence.objects.create(
        agency=agency,
        matter=row.competence,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        kinds=list(row.kinds),
        is_by_kind=is_by_kind,
        source_note=row.note[:300],
    )
    competence.roots.set(roots)
    competence.exceptions.set(exceptions)


def _add_agencies(places: _Places, at: datetime) -> int:
    there = set(Agency.objects.values_list("pk", flat=True))
    rows = [_agency(entry, places, at) for entry in data.agency_entries() if entry.id not in there]
    return len(Agency.objects.bulk_create(rows))


def _agency(entry: data.AgencyEntry, places: _Places, at: datetime) -> Agency:
    return Agency(
        id=entry.id,
        name=entry.name_id,
        name_en=entry.name_en,
        abbrev=entry.abbrev,
        kind=entry.kind,
        country=entry.country,
        level=entry.level,
        seat=places.get(entry.area_code),
        is_forum=entry.kind == "forum",
        is_active=entry.valid_to is None or entry.valid_to > at.date(),
        is_verified=entry.verified == "seen",
        source_note=entry.source_note[:300],
        valid_from=entry.valid_from,
        valid_to=entry.valid_to,
    )


def _add_names() -> int:
    there = set(AgencyName.objects.values_list("agency_id", "name", "kind"))
    rows = {
        (n.agency_id, n.name, n.kind): AgencyName(
            agency_id=n.agency_id, name=n.name, kind=n.kind, lang=n.lang, valid_from=n.valid_from, valid_to=n.valid_to
        )
        for n in data.agency_names()
        if (n.agency_id, n.name, n.kind) not in there
    }
    return len(AgencyName.objects.bulk_create(rows.values()))


def _add_parents() -> None:
    there = set(AgencyParent.objects.values_list("agency_id", flat=True))
    rows = [(e.id, e.parent_id) for e in data.agency_entries() if e.parent_id and e.id not in there]
    AgencyParent.objects.bulk_create([AgencyParent(agency_id=child, parent_id=parent) for child, parent in rows])


def _add_classes() -> None:
    there = set(AgencyClass.objects.values_list("agency_id", "attribute", "value"))
    rows = [c for c in data.agency_classes() if (c.agency_id, c.attribute, c.value) not in there]
    AgencyClass.objects.bulk_create(
        [
            AgencyClass(
                agency_id=c.agency_id,
                attribute=c.attribute,
                value=c.value,
                valid_from=c.valid_from,
                valid_to=c.valid_to,
            )
            for c in rows
        ]
    )


def _add_competences(places: _Places) -> int:
    there = set(Competence.objects.values_list("agency_id", "matter"))
    agencies = {agency.pk: agency for agency in Agency.objects.select_related("seat")}
    wanted: list[tuple[Agency, data.Competence]] = [
        (agencies[row.holder], row) for row in data.competences() if row.holder in agencies
    ]
    wanted += [(a, row) for a in agencies.values() if a.seat and a.is_active for row in competences_by_kind(a)]
    new = [(agency, row) for agency, row in wanted if (agency.pk, row.competence) not in there]
    for agency, row in new:
        is_by_kind = row.holder.startswith(data.HOLDER_KIND)
        add_competence(agency, row, _roots(agency, row, places), places.all_of(row.exceptions), is_by_kind=is_by_kind)
    return len(new)


def _roots(agency: Agency, row: data.Competence, places: _Places) -> list[Place]:
    if data.OWN_AREA in row.roots:
        return [agency.seat] if agency.seat else []
    return places.all_of(row.roots)


def _add_memberships() -> int:
    there = set(Membership.objects.values_list("forum_id", "agency_id"))
    rows = [m for m in data.memberships() if (m.forum_id, m.member_id) not in there]
    return len(
        Membership.objects.bulk_create(
            [
                Membership(
                    forum_id=m.forum_id,
                    agency_id=m.member_id,
                    function=m.role,
                    valid_from=m.valid_from,
                    valid_to=m.valid_to,
                )
                for m in rows
            ]
        )
    )
