"""Identities read by a machine to be compared, and shown to nobody: what comes out is whether two may be one person.

This is not an opening: no ground is asked, since nobody is told who somebody is. It is a use of the identity for all that, so it
has a purpose, a reason and a row in the trail for each identity, and it stops at those whom only the protection officer may
compare (data/comparing.csv).
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from kentongan.agreements.access import demand_act, demand_person
from kentongan.agreements.facts import Actor
from kentongan.agreements.modules import demand_module
from kentongan.audit import trail
from kentongan.audit.catalogue import Trail

from .actions import OpeningRefused, unsealed
from .models import Identity, SealedIdentity
from .rules import CATEGORY, MODULE, REASON_LENGTH, SHORTEST_REASON, IdentityFields, may_compare, tells_of

CHILD, PROTECTED = "child", "protected"


def comparable(actor: Actor, *, at: datetime) -> "QuerySet[Identity]":
    """Return the identities that the gate shows the actor, that are not erased, and whose kind may be compared now."""
    kinds = [kind for kind in Identity.Kind.values if may_compare(kind, purpose=actor.purpose, role=actor.role)]
    found: QuerySet[Identity] = Identity.objects.visible_to(actor, at=at)
    found = found.filter(kind__in=kinds, erased_at__isnull=True)
    if not may_compare(PROTECTED, purpose=actor.purpose, role=actor.role):
        found = found.exclude(handling=PROTECTED)
    return found


def read_for_comparison(
    *, identities: Collection[UUID], reason: str, on: str, by: Actor, at: datetime
) -> Mapping[UUID, IdentityFields]:
    """Return those of the identities that may be compared, each with its row in the trail; children fall out by their birthday.

    Whoever may not be compared by this officer for this purpose is left out without a word: that they are there is told to nobody.
    A reason that tells of one of them is refused, and the trail says that it was: else names could be tried out unseen.
    """
    demand_module(MODULE, at=at)
    demand_act(by, CATEGORY)
    demand_person(by)
    if not SHORTEST_REASON <= len(reason.strip()) <= REASON_LENGTH:
        raise OpeningRefused(_("Tuliskan alasannya, 10 sampai 300 karakter."))
    with transaction.atomic():
        found = _unsealed(identities, by, at)
        is_telling = any(tells_of(reason, fields) for _identity, fields in found.values())
        if is_telling:
            facts = {"deed": "compare", "identities": len(found)}
            trail.note_look(
                Trail.ACCESS_REFUSED, by=by, at=at, on=on, reasons=("reason tells of somebody",), facts=facts
            )
        with_children = may_compare(CHILD, purpose=by.purpose, role=by.role)
        compared = {
            key: one
            for key, one in found.items()
            if not is_telling and (with_children or not one[1].is_child(timezone.localdate(at)))
        }
        for identity, _fields in compared.values():
            trail.record(Trail.VAULT_COMPARED, by=by, at=at, on=identity.ref, why=reason.strip(), facts={"with": on})
    if is_telling:
        raise OpeningRefused(
            _("Alasan memuat nama atau kontak seseorang. Tulis tanpa menyebutnya: alasan tersimpan di jejak.")
        )
    return {key: fields for key, (_identity, fields) in compared.items()}


def _unsealed(identities: Collection[UUID], by: Actor, at: datetime) -> dict[UUID, tuple[Identity, IdentityFields]]:
    wanted = {one.pk: one for one in comparable(by, at=at).filter(pk__in=list(identities))}
    return {
        sealed.identity_id: (wanted[sealed.identity_id], unsealed(wanted[sealed.identity_id], sealed))
        for sealed in SealedIdentity.objects.filter(identity__in=list(wanted))
    }
