"""A case as FollowTheMoney entities, one JSON object a line: what the reader sees of it, under ids that lead back to nobody.

People stand under their pseudonyms. Links between them are there only where an officer accepted them, as `Similar`; what is still
a question leaves no house. Ids are digests under this installation's key: the same in every export, and of no use elsewhere.
"""

import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from kentongan.agreements.facts import Actor
from kentongan.audit import trail
from kentongan.cases import queries as case_queries
from kentongan.engine.linkage.identifiers import plate_keys
from kentongan.events.models import Event
from kentongan.kit.errors import KentonganError
from kentongan.kit.shipped_tables import table_entries

from . import labels, queries
from .rules import ACCEPTED, PERSON


class UnknownProperty(KentonganError):
    """The export would write what the published schema does not know."""

    code = "linkage.followthemoney_property"


@dataclass(frozen=True, slots=True)
class Entity:
    """One entity of the export."""

    id: str
    schema: str
    properties: dict[str, list[str]] = field(default_factory=dict)

    def line(self) -> str:
        """Return the entity as a line of JSON."""
        return json.dumps({"id": self.id, "schema": self.schema, "properties": self.properties}, ensure_ascii=False)


@transaction.atomic
def export_case(*, case: Any, by: Actor, at: datetime) -> list[Entity]:
    """Return what the officer sees of a case that came through the gate, with a row in the trail: how many of each schema left."""
    found = list({one.id: one for one in _entities(case, by, at)}.values())
    counts = dict(sorted(Counter(one.schema for one in found).items()))
    facts = {"form": "followthemoney", "schemas": counts}
    trail.note_export(by=by, at=at, rows=len(found), on=case.ref, facts=facts)
    return found


@cache
def known_properties() -> frozenset[tuple[str, str]]:
    """Return (schema, property) that may be written, as the published schema has them."""
    table = table_entries(
        "kentongan.linkage",
        "data/followthemoney.csv",
        lambda line: (line.required("schema"), line.required("property")),
    )
    return frozenset(table)


def _entities(case: Any, by: Actor, at: datetime) -> Iterable[Entity]:
    space = case_queries.workspace(case, by, at=at)
    people = {person.pk: _person(person.pk, person.pseudonym, case) for person in space.persons}
    whole = _case(case, people.values())
    yield from (whole, *people.values())
    for person in space.persons:
        yield _link(people[person.pk], whole, str(person.get_role_display()))
    bodies = [case.owner, *(one.agency for one in space.agencies if one.left_at is None)]
    for body in bodies:
        made = _made("Organization", f"agency:{body.pk}", name=str(body), country=body.country.lower())
        yield made
        yield _link(made, whole, "instansi utama" if body.pk == case.owner_id else "instansi pendukung")
    for thing in space.goods:
        made = _thing(thing)
        yield made
        yield _link(made, whole, "barang")
    for event in Event.objects.visible_to(by, at=at).filter(pk__in=case_queries.events_of(case)):
        made = _event(event)
        yield made
        yield _link(made, whole, "kejadian")
    yield from _same_people(people, by, at)


def _same_people(people: dict[UUID, Entity], by: Actor, at: datetime) -> Iterable[Entity]:
    for one in queries.links_at(by, list(people), at=at):
        if one.link.state != ACCEPTED or one.link.kind != PERSON:
            continue
        ends = [people.get(end.key) or _person(end.key, end.label, end.case) for end in (one.left, one.right)]
        yield from ends
        criteria = labels.summary(one.link.agreements)
        yield _made("Similar", one.link.ref, candidate=ends[0].id, match=ends[1].id, criteria=criteria)


def _case(case: Any, people: Iterable[Entity]) -> Entity:
    return _made(
        "Event", case.ref, name=case.title or case.number, recordId=case.number, startDate=_day(case.opened_at), involved=[one.id for one in people],
        organizer=_id(f"agency:{case.owner_id}"),
    )  # fmt: skip


def _person(key: UUID, pseudonym: str, case: Any) -> Entity:
    return _made("Person", f"case_person:{key}", name=f"{pseudonym} ({case.number})" if case.number else pseudonym)


def _thing(thing: Any) -> Entity:
    plates = plate_keys(thing.what)
    if plates:
        return _made("Vehicle", thing.ref, name=thing.what, registrationNumber=list(plates))
    return _made("Asset", thing.ref, name=thing.what)


def _event(event: Any) -> Entity:
    return _made(
        "Event", event.ref, name=event.title or event.number, recordId=event.number, startDate=_day(event.happened_from),
        endDate=_day(event.happened_to), location=event.place.name if event.place else "",
    )  # fmt: skip


def _link(one: Entity, other: Entity, role: str) -> Entity:
    return _made("UnknownLink", f"{one.id}>{other.id}", subject=one.id, object=other.id, role=role)


def _made(schema: str, ref: str, **told: str | Sequence[str]) -> Entity:
    properties = {}
    for name, said in told.items():
        if (schema, name) not in known_properties():
            raise UnknownProperty(f"{schema}.{name} tidak ada dalam skema FollowTheMoney. Perbaiki ekspornya.")
        values = [said] if isinstance(said, str) else list(said)
        if values := [one for one in values if one]:
            properties[name] = values
    return Entity(_id(ref), schema, properties)


def _id(ref: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), f"followthemoney:{ref}".encode(), hashlib.sha256).hexdigest()[:40]


def _day(moment: datetime | date | None) -> str:
    return moment.isoformat()[:10] if moment else ""
