"""Objects and goods with their chain of custody: written once, confirmed by both sides, gaps shown."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from kentongan.agencies.models import Agency
from kentongan.agreements.access import not_visible
from kentongan.agreements.facts import Actor
from kentongan.audit import outbox, trail
from kentongan.audit.catalogue import Trail

from .. import custody
from ..models import Case, CaseObject, HandOver, HandOverWord
from .common import NotAsked, Unusable, demand_lead, demand_member, demand_open, reason

HANDED_OVER = "case.object_handed_over"


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds an object: an agency, or a body outside by its name."""

    agency: Agency | None = None
    body: str = ""

    @property
    def is_one(self) -> bool:
        return (self.agency is not None) != bool(self.body.strip())


@transaction.atomic
def record_object(
    *, case: Case, what: str, quantity: Decimal, unit: str, holder: Agency, taken_at: datetime, taken_where: str, by: Actor, at: datetime,
    is_estimate: bool = False, condition: str = "",
) -> CaseObject:  # fmt: skip
    """The object is in the case: so much of it, held by that agency since then."""
    demand_lead(case, by)
    if quantity <= 0:
        raise Unusable(_("Jumlahnya harus lebih dari nol."))
    if taken_at > at:
        raise Unusable(_("Waktu pengambilan belum tiba. Periksa tanggalnya."))
    made = CaseObject.objects.create(
        case=case,
        what=reason(what, _("Tuliskan barangnya, tanpa nama orang."), most=200),
        quantity=quantity,
        unit=reason(unit, _("Tuliskan satuannya."), most=40),
        is_estimate=is_estimate,
        condition=condition.strip()[:300],
        holder=holder,
        taken_at=taken_at,
        taken_where=reason(taken_where, _("Tuliskan tempat barang diambil."), most=200),
        recorded_at=at,
        recorded_by=by.ref,
    )
    facts = {"object": str(made.pk), "quantity": str(quantity), "unit": made.unit, "holder": holder.pk}
    trail.record(Trail.OBJECT_RECORDED, by=by, at=at, on=case.ref, facts=facts)
    return made


@transaction.atomic
def hand_over(
    *, thing: CaseObject, giver: Holder, receiver: Holder, where: str, when: datetime, quantity: Decimal, condition: str, document: str,
    by: Actor, at: datetime,
) -> HandOver:  # fmt: skip
    """The minutes of the hand-over are written; they are never changed. The side that writes them has given its word."""
    case = thing.case
    demand_member(case, by)
    demand_open(case)
    if not (giver.is_one and receiver.is_one):
        raise Unusable(_("Setiap pihak adalah satu instansi, atau satu badan di luar yang disebut namanya."))
    if (giver.agency, giver.body.strip()) == (receiver.agency, receiver.body.strip()):
        raise Unusable(_("Yang menyerahkan dan yang menerima tidak boleh sama."))
    sides = {
        side: holder.agency.pk
        for side, holder in ((custody.GIVER, giver), (custody.RECEIVER, receiver))
        if holder.agency is not None
    }
    if by.agency != case.owner_id and by.agency not in sides.values():
        raise NotAsked(_("Berita acara dicatat oleh instansi utama atau oleh pihak serah terima itu."))
    if when > at:
        raise Unusable(_("Waktu serah terima belum tiba. Periksa tanggalnya."))
    if quantity <= 0:
        raise Unusable(_("Jumlahnya harus lebih dari nol."))
    made = HandOver.objects.create(
        object=thing,
        giver=giver.agency,
        giver_body=giver.body.strip()[:200],
        receiver=receiver.agency,
        receiver_body=receiver.body.strip()[:200],
        where=reason(where, _("Tuliskan tempat serah terima."), most=200),
        at=when,
        quantity=quantity,
        condition=reason(condition, _("Tuliskan keadaan barang."), most=300),
        document=reason(document, _("Sebutkan nomor berita acaranya."), most=120),
        recorded_at=at,
        recorded_by=by.ref,
        agency=by.agency,
    )
    for side, agency in sides.items():
        if agency == by.agency:
            HandOverWord.objects.create(hand_over=made, side=side, agency=by.agency, by=by.ref, at=at)
    facts = {"object": str(thing.pk), "hand_over": str(made.pk), "sides": sides, "document": made.document}
    trail.record(Trail.OBJECT_HANDED_OVER, by=by, at=at, on=case.ref, facts=facts)
    outbox.put(HANDED_OVER, ref=case.ref, at=at, facts=facts)
    return made


@transaction.atomic
def confirm_hand_over(*, minutes: HandOver, by: Actor, at: datetime, note: str = "") -> HandOverWord:
    """The actor's side has given its word that the hand-over went as the minutes say."""
    case = minutes.object.case
    demand_member(case, by)
    side = next(
        (
            side
            for side, agency in ((custody.GIVER, minutes.giver_id), (custody.RECEIVER, minutes.receiver_id))
            if agency == by.agency
        ),
        None,
    )
    if side is None:
        raise not_visible()
    try:
        with transaction.atomic():
            word = HandOverWord.objects.create(
                hand_over=minutes, side=side, agency=by.agency, by=by.ref, at=at, note=note.strip()[:300]
            )
    except IntegrityError:
        raise Unusable(_("Pihak Anda sudah menegaskan serah terima ini.")) from None
    facts = {"hand_over": str(minutes.pk), "side": side}
    trail.record(Trail.HAND_OVER_CONFIRMED, by=by, at=at, on=case.ref, facts=facts)
    return word
