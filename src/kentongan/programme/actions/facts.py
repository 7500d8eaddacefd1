"""The public facts on partner villages, brought into the register once."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from kentongan.agencies.models import Agency
from kentongan.agencies.queries import place_by_code
from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.intake.actions import retention_end
from kentongan.intake.legal_bases import legal_basis_for

from ..models import PartnerVillage
from ..rules import DESIGNATED, STANDING
from ..vocabulary import public_facts
from .common import PURPOSE, let_village_see
from .villages import VILLAGE_SEES


@transaction.atomic
def load_public_facts(*, by: trail.Acting, at: datetime) -> int:
    """Every shipped public fact that is not in the register stands there, with source and day; return how many were new.

    What an office has recorded itself of the same village, or changed since, stays as it is.
    """
    there = set(PartnerVillage.objects.exclude(key=None).values_list("key", flat=True))
    offices = set(Agency.objects.values_list("pk", flat=True))
    new = 0
    for fact in public_facts():
        place = place_by_code(fact.place)
        if fact.key in there or fact.office not in offices or place is None:
            continue
        if PartnerVillage.objects.filter(owner=fact.office, place=place, status__in=STANDING).exists():
            continue
        made = PartnerVillage.objects.create(
            key=fact.key, status=DESIGNATED, owner_id=fact.office, place=place, handling="open", purpose=PURPOSE,
            legal_basis=legal_basis_for(PURPOSE), retain_until=retention_end(timezone.localdate(at)),
            partner_from=fact.partner_from, criteria=list(fact.criteria), is_reported_publicly=True, source=fact.source,
            source_on=fact.source_on, doubt=fact.doubt, changed_at=at, changed_by=by.ref,
        )  # fmt: skip
        let_village_see(made, VILLAGE_SEES, by=by, at=at)
        new += 1
    trail.record(Trail.REFERENCE_LOADED, by=by, at=at, on="partner_villages", facts={"villages": new})
    return new
