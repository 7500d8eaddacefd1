"""The gate over the database: the rule of rules.py for one row, and compiled to a filter for lists."""

from __future__ import annotations

import csv
from datetime import datetime
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Self, TypeVar
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.kit.errors import KentonganError

from .rules import CLOSED_KINDS, Actor, Decision, GrantFacts, Row, decide

if TYPE_CHECKING:
    from kentongan.agencies.models import Agency, Officer

    from .models import ProtectedRow

R = TypeVar("R", bound="ProtectedRow")

SYSTEM_ROLE = "system"

_CATEGORY_OF: dict[type[models.Model], str] = {}


class NotVisible(KentonganError):
    """Refused or absent: from outside the two look the same."""

    code = "access.not_visible"


def not_visible() -> NotVisible:
    """Return the one refusal, the same for what is absent and for what is closed."""
    return NotVisible(
        _(
            "Catatan ini tidak ada atau tidak terbuka bagi Anda. Periksa alamatnya, atau minta kepada instansi pemiliknya."
        )
    )


class NoPosting(KentonganError):
    """The officer serves no agency today."""

    code = "access.no_posting"


class RoleMayNotAct(KentonganError):
    """The officer's role may look, not do this."""

    code = "access.role_may_not_act"


class PersonDecides(KentonganError):
    """A machine proposes; it never decides (R05)."""

    code = "access.person_decides"


def protect(model: type[ProtectedRow], *, category: str) -> None:
    """Register a model whose rows only the gate may show."""
    _CATEGORY_OF[model] = category


def protected_models() -> dict[type[models.Model], str]:
    """Return every registered model with its category."""
    return dict(_CATEGORY_OF)


def category_of(model: type[models.Model]) -> str:
    """Return the gate's category of a protected model."""
    return _CATEGORY_OF[model]


class GatedQuerySet(models.QuerySet[Any]):
    """Rows of a protected model. Doors use nothing of it but `visible_to`."""

    def visible_to(self, actor: Actor, *, at: datetime) -> Self:
        """Return the rows that the rule would show this actor at that instant."""
        category = category_of(self.model)
        if category not in actor.reads:
            return self.none()
        own = Q(owner_id=actor.agency)
        others = Q(pk__in=[])
        if actor.agency_kind not in CLOSED_KINDS:
            others |= Q(owner_id__in=[agency for agency, of in actor.supervises if of == category])
        if actor.agency_kind not in CLOSED_KINDS or category == "alerts":
            others |= Q(Exists(_standing_grants(actor, at).filter(record=OuterRef("pk"))))
        return self.filter(own | (others & ~Q(handling="protected")))


def _standing_grants(actor: Actor, at: datetime) -> models.QuerySet[Any]:
    grants = apps.get_model("agreements", "Grant").objects.filter(agency_id=actor.agency, valid_from__lte=at)
    return grants.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=at))


def judge(actor: Actor, row: ProtectedRow, *, at: datetime) -> Decision:
    """Return the rule's decision on one row, with its reasons."""
    grants = apps.get_model("agreements", "Grant").objects.filter(record=row.pk, agency_id=actor.agency)
    facts = tuple(GrantFacts(g.record, g.agency_id, g.valid_from, g.valid_to, g.because) for g in grants)
    return decide(actor, Row(row.pk, category_of(type(row)), row.owner_id, row.handling), facts, at=at)


def fetch(model: type[R], pk: UUID | str, actor: Actor, *, at: datetime) -> R:
    """Return the row if the gate allows it, with the look in the trail where it is personal; else raise NotVisible."""
    row = model._default_manager.filter(pk=pk).first()
    decision = judge(actor, row, at=at) if row is not None else Decision(False, ("absent",))
    if row is None or not decision.allowed:
        subject = f"{model._meta.model_name}:{pk}"
        trail.note_look(Trail.ACCESS_REFUSED, by=actor, at=at, on=subject, reasons=decision.reasons)
        raise not_visible()
    if row.handling in ("personal", "protected"):
        trail.note_look(Trail.RECORD_READ, by=actor, at=at, on=row.ref, reasons=decision.reasons)
    return row


def demand_act(actor: Actor, category: str) -> None:
    """Raise RoleMayNotAct unless the actor's role may change rows of the category."""
    if category not in actor.acts:
        raise RoleMayNotAct(
            _(
                "Peran Anda tidak mencakup tindakan ini. Mintalah petugas yang berwenang, atau minta administrator mengubah peran Anda."
            )
        )


def demand_person(actor: Actor) -> None:
    """Raise PersonDecides unless an officer acts."""
    if actor.role == SYSTEM_ROLE:
        raise PersonDecides(_("Sistem hanya mengusulkan. Mintalah petugas yang memutuskan."))


def actor_for(officer: Officer, *, purpose: str, at: datetime) -> Actor:
    """Return the officer as an actor of the agency and role of the open posting."""
    posting = (
        officer.postings.select_related("agency").filter(ended_at__isnull=True).first() if officer.is_active else None
    )
    if posting is None or not posting.agency.is_active:
        raise NoPosting(_("Akun Anda tidak sedang bertugas di instansi mana pun. Hubungi administrator instansi Anda."))
    return _actor(officer.ref, posting.agency, posting.role, purpose, at)


def system_actor(agency: Agency, *, name: str, purpose: str, at: datetime) -> Actor:
    """Return the system acting within one agency's view, e.g. a worker that reads that agency's reports."""
    return _actor(f"system:{name}", agency, SYSTEM_ROLE, purpose, at)


def _actor(ref: str, agency: Agency, role: str, purpose: str, at: datetime) -> Actor:
    from kentongan.agencies.queries import descendants_on  # noqa: PLC0415 - models must be loaded first

    below = descendants_on(agency.pk, at.date())
    categories = _supervised_categories()
    return Actor(
        officer=ref,
        agency=agency.pk,
        agency_kind=agency.kind,
        role=role,
        purpose=purpose,
        reads=frozenset(c for c, (reads, _acts) in role_table().get(role, {}).items() if reads),
        acts=frozenset(c for c, (_reads, acts) in role_table().get(role, {}).items() if acts),
        supervises=frozenset((a, c) for a in below for c in categories),
    )


@cache
def role_table() -> dict[str, dict[str, tuple[bool, bool]]]:
    """Return role -> category -> (may read, may act), from data/roles.csv."""
    table: dict[str, dict[str, tuple[bool, bool]]] = {}
    for row in _rows("roles.csv"):
        table.setdefault(row["role"], {})[row["category"]] = (row["reads"] == "yes", row["acts"] == "yes")
    return table


@cache
def _supervised_categories() -> frozenset[str]:
    return frozenset(row["category"] for row in _rows("supervision.csv") if row["supervised"] == "yes")


def _rows(name: str) -> list[dict[str, str]]:
    with resources.files("kentongan.agreements").joinpath("data", name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))
