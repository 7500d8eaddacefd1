"""Deeds of this room: have records compared, and decide on what that brought. No probability decides anything."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kentongan.agencies.models import Agency
from kentongan.agreements.access import demand_act, demand_person, not_visible
from kentongan.agreements.facts import Actor
from kentongan.agreements.modules import demand_module
from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.cases.actions import ChangedMeanwhile, ReasonMissing, StepNotAllowed
from kentongan.cases.rules import CASES
from kentongan.cases.rules import MODULE as CASES_MODULE
from kentongan.engine.linkage.clustering import may_be_one
from kentongan.engine.linkage.matching import LinkageNotInstalled, Pair, is_available, pairs_of, weights_for
from kentongan.engine.linkage.model import Parameters, shipped_parameters
from kentongan.engine.linkage.records import PersonRecord, Prepared, prepared
from kentongan.engine.linkage.things import thing_of, thing_pairs, thing_parameters
from kentongan.kit.errors import KentonganError
from kentongan.kit.ids import new_id
from kentongan.vault.actions import OpeningRefused
from kentongan.vault.comparing import read_for_comparison
from kentongan.vault.rules import IdentityFields

from . import queries
from .models import CandidateLink, LinkageRun
from .queries import LinkShown
from .rules import ACCEPTED, LEAST_PROBABILITY, PERSON, PERSONS, PROPOSED, REFUSED, THING, joined_with, may_step
from .subjects import Subject, subjects

KEPT_YEARS = 2
"""How long a run and what it proposed are kept: our own proposal, no law sets it."""


class RuleForbids(KentonganError):
    """Joined, the records would break a rule that no officer and no probability overrides."""

    code = "linkage.rule_forbids"


def run(*, reason: str, legal_basis: str, by: Actor, at: datetime) -> LinkageRun:
    """Every pair of records open to the officer that may be of one person or thing stands as a candidate link.

    The comparison itself holds no transaction open. That identities were read for it is in the trail before it begins,
    also where it then fails.
    """
    demand_module(CASES_MODULE, at=at)
    demand_person(by)
    demand_act(by, PERSONS)
    if CASES not in by.reads:
        demand_act(by, CASES)
    if not legal_basis.strip():
        raise ReasonMissing(_("Sebutkan dasar hukum pencocokan ini."))
    if not is_available():
        raise LinkageNotInstalled(not_installed())
    key = new_id()
    known = subjects(by, at=at)
    people = {one.row.identity_id: one for one in known.values() if one.kind == PERSON}
    told = read_for_comparison(identities=list(people), reason=reason, on=f"linkage_run:{key}", by=by, at=at)
    rows = {str(people[pk].key): prepared(record_of(str(people[pk].key), fields)) for pk, fields in told.items()}
    things = [_thing(one) for one in known.values() if one.kind == THING]
    weights = weights_for(list(rows.values()), shipped_parameters(), as_of=timezone.localdate(at))
    pairs = [one for one in pairs_of(list(rows.values()), weights, at_least=LEAST_PROBABILITY) if may_be_one(rows[one.left], rows[one.right])]  # fmt: skip
    of_things = thing_pairs(things, thing_parameters(), at_least=LEAST_PROBABILITY)
    made = LinkageRun(
        id=key, agency_id=by.agency, purpose=by.purpose, legal_basis=legal_basis.strip()[:160], reason=reason.strip()[:300], at=at,
        by=by.ref, role=by.role, persons=len(rows), things=len(things), found=len(pairs) + len(of_things),
        weights_as_of=weights.as_of, weights_source=weights.source, retain_until=_retained(at),
    )  # fmt: skip
    compared = {UUID(one) for one in (*rows, *(thing.ref for thing in things))}
    _keep(made, {PERSON: pairs, THING: of_things}, compared, weights, by=by, at=at)
    return made


def decide(*, shown: LinkShown, to: str, revision: UUID, why: str, by: Actor, at: datetime) -> CandidateLink:
    """The link is in the new state, if it still is as the officer saw it. Put back, nothing in it tells that it was decided.

    Whose identities were read to see whether a rule forbids it is in the trail, also where one does.
    """
    demand_module(CASES_MODULE, at=at)
    demand_person(by)
    demand_act(by, PERSONS)
    if not (said := why.strip()[:300]):
        raise ReasonMissing(_("Tuliskan alasan keputusannya."))
    link = CandidateLink.objects.filter(pk=shown.link.pk, agency=by.agency).first()
    if link is None or queries.link_for(by, link.pk, at=at) is None:
        raise not_visible()
    if link.revision != revision:
        raise _changed()
    if not may_step(link.state, to):
        raise StepNotAllowed(_("Keadaan sekarang tidak mengizinkan langkah itu. Muat ulang halamannya."))
    joined = _joined_by(link) if to == ACCEPTED and link.kind == PERSON else frozenset()
    if joined:
        _demand_rules(link, joined, said, by, at)
    return _decided(link, to, joined, said, by, at)


@transaction.atomic
def _decided(link: CandidateLink, to: str, joined: frozenset[str], said: str, by: Actor, at: datetime) -> CandidateLink:
    Agency.objects.select_for_update().get(pk=by.agency)  # two that join one group at once follow one another
    if joined and joined != _joined_by(link):
        raise _changed()
    told = {} if to == PROPOSED else {"decided_at": at, "decided_by": by.ref, "decided_why": said}
    blank: dict[str, Any] = {"decided_at": None, "decided_by": "", "decided_why": ""}
    found = CandidateLink.objects.filter(pk=link.pk, state=link.state, revision=link.revision)
    if not found.update(state=to, revision=new_id(), **(blank | told)):
        raise _changed()
    facts = {"left": str(link.left), "right": str(link.right), "kind": link.kind, "was": link.state}
    trail.record(_event(link.state, to), by=by, at=at, on=link.ref, why=said, facts=facts)
    link.refresh_from_db()
    return link


@transaction.atomic
def erase_due(*, by: trail.Acting, at: datetime) -> int:
    """Runs whose day has come are gone with the links that they found last; the trail says how many."""
    due = LinkageRun.objects.filter(retain_until__lte=timezone.localdate(at))
    gone = 0
    for one in due:
        links, runs = one.links.count(), one.ref
        one.delete()
        gone += links
        trail.record(Trail.LINKS_ERASED, by=by, at=at, on=runs, why="retention", facts={"links": links})
    return gone


def record_of(ref: str, fields: IdentityFields) -> PersonRecord:
    """Return what the vault holds of somebody as the engine compares it."""
    return PersonRecord(
        ref,
        fields.name,
        fields.birthday,
        fields.sex,
        fields.nik,
        fields.village,
        fields.parent,
        (fields.contact,),
        tuple(one.strip() for one in fields.also_known_as.split(",") if one.strip()),
    )


def not_installed() -> str:
    """Return what is said where the extra is absent."""
    return _(
        "Pencocokan belum terpasang di mesin ini: butuh tambahan “linkage” (Splink dan DuckDB). Mintalah administrator memasangnya dengan pip install 'kentongan[linkage]'. Tautan yang sudah ada tetap dapat dibaca dan diputuskan."
    )


@transaction.atomic
def _keep(
    made: LinkageRun, found: Mapping[str, Sequence[Pair]], compared: set[UUID], weights: Parameters, *, by: Actor, at: datetime
) -> None:  # fmt: skip
    """Write the run and its links; decisions stand, and what nobody decided on and is not found any more goes."""
    made.save(force_insert=True)
    ends: set[tuple[UUID, UUID]] = set()
    for kind, pairs in found.items():
        for pair in pairs:
            left, right = sorted((UUID(pair.left), UUID(pair.right)))
            ends.add((left, right))
            told = {"run": made, "probability": round(pair.probability, 6), "agreements": [[a.field, a.level, a.bits] for a in pair.agreements]}  # fmt: skip
            CandidateLink.objects.update_or_create(
                agency_id=by.agency, left=left, right=right, defaults=told, create_defaults=told | {"kind": kind}
            )
    open_ones = CandidateLink.objects.filter(agency=by.agency, state=PROPOSED, left__in=compared, right__in=compared)
    CandidateLink.objects.filter(pk__in=[one.pk for one in open_ones if (one.left, one.right) not in ends]).delete()
    facts = {
        "persons": made.persons, "things": made.things, "found": made.found, "weights": f"{weights.as_of.isoformat()} {weights.source}",
    }  # fmt: skip
    trail.record(Trail.LINKAGE_RUN, by=by, at=at, on=made.ref, why=made.reason, facts=facts)


def _joined_by(link: CandidateLink) -> frozenset[str]:
    """Return everybody who would be one if the link were accepted."""
    edges = queries.accepted_edges(link.agency_id)
    return joined_with({str(link.left), str(link.right)}, [(str(a), str(b)) for a, b in edges])


def _demand_rules(link: CandidateLink, group: frozenset[str], reason: str, by: Actor, at: datetime) -> None:
    """Raise RuleForbids where the group that would arise holds two NIK or two children of one parent."""
    known = subjects(by, at=at, only={UUID(one) for one in group})
    people = {one.row.identity_id: str(one.key) for one in known.values() if one.kind == PERSON}
    try:
        told = read_for_comparison(identities=list(people), reason=reason, on=link.ref, by=by, at=at)
    except OpeningRefused as refusal:
        raise ReasonMissing(refusal.message) from None
    rows = {people[pk]: prepared(record_of(people[pk], fields)) for pk, fields in told.items()}
    if not {str(link.left), str(link.right)} <= set(rows):
        raise not_visible()
    if any(not may_be_one(one, other) for one, other in _twos(list(rows.values()))):
        raise RuleForbids(
            _(
                "Tidak dapat ditautkan: kelompok yang terjadi akan memuat dua NIK yang berbeda, atau dua saudara dari orang tua dan desa yang sama. Perbaiki identitasnya di brankas bila salah tulis, lalu ulangi."
            )
        )


def _twos(rows: Sequence[Prepared]) -> list[tuple[Prepared, Prepared]]:
    return [(one, other) for n, one in enumerate(rows) for other in rows[n + 1 :]]


def _thing(one: Subject) -> Any:
    return thing_of(str(one.key), f"{one.row.what} {one.row.condition}")


def _event(now: str, to: str) -> Trail:
    if to == PROPOSED:
        return Trail.LINK_SPLIT if now == ACCEPTED else Trail.LINK_REOPENED
    return Trail.LINK_REFUSED if to == REFUSED else Trail.LINK_ACCEPTED


def _changed() -> ChangedMeanwhile:
    return ChangedMeanwhile(_("Sudah diubah oleh petugas lain. Muat ulang halamannya dan lihat keadaan terbaru."))


def _retained(at: datetime) -> date:
    day = timezone.localdate(at)
    return date(day.year + KEPT_YEARS, day.month, min(day.day, 28))
