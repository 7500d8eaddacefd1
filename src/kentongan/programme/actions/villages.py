"""Deeds on partner villages: propose, designate, describe, suspend, resume, end; who looks after them, and how often."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kentongan.agencies.models import Officer
from kentongan.agreements.facts import Actor
from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.cases.actions.common import end_grants
from kentongan.intake.actions import retention_end
from kentongan.kit.errors import KentonganError
from kentongan.places.gazetteer import SMALLEST
from kentongan.places.models import Place

from ..models import OfficePace, PartnerOfficer, PartnerSuspension, PartnerVillage
from ..rules import DESIGNATED, ENDED, PROPOSED, STANDING, SUSPENDED, may_step
from ..vocabulary import CRITERIA, PROGRAMMES
from .common import (
    NotUsable,
    StepNotAllowed,
    changed_meanwhile,
    demand_codes,
    demand_not_future,
    demand_office,
    demand_staff,
    demand_words,
    let_village_see,
    protection,
    reason,
)

VILLAGE_SEES = ("place", "designation")
MOST_DAYS, MOST_WEEKS = 366, 52

ASK_WHY = {
    SUSPENDED: gettext_lazy("Tuliskan mengapa pembinaan dihentikan sementara."),
    ENDED: gettext_lazy("Tuliskan mengapa pembinaan berakhir."),
    DESIGNATED: gettext_lazy("Tuliskan mengapa pembinaan dilanjutkan."),
}


class AlreadyPartner(KentonganError):
    """The office looks after this village already."""

    code = "programme.already_partner"


@dataclass(frozen=True, slots=True, kw_only=True)
class Designation:
    """What a decree and its file say of a partner village."""

    decree_number: str
    decree_on: date | None
    partner_from: date | None
    criteria: Sequence[str] = ()
    programmes: Sequence[str] = ()


@transaction.atomic
def propose_village(*, place: Place, why: str, by: Actor, at: datetime, is_simulated: bool = False) -> PartnerVillage:
    """The village stands in the office's register as proposed, or as it stood there already."""
    demand_office(by)
    said = reason(why, _("Tuliskan mengapa desa ini diusulkan."))
    _demand_village(place)
    if (there := _standing(place, by)) is not None:
        return there
    made = _made(place, PROPOSED, by, at, is_simulated=is_simulated, changed_why=said)
    trail.record(Trail.PARTNER_PROPOSED, by=by, at=at, on=made.ref, why=said)
    return made


@transaction.atomic
def designate(
    *, place: Place, designation: Designation, by: Actor, at: datetime, is_simulated: bool = False
) -> PartnerVillage:
    """The village is a partner of the office by this decree. The same decree sent again designates once.

    It need not lie in the office's own province.
    """
    demand_office(by)
    _demand_village(place)
    told = _told(designation, at)
    if not told["decree_number"]:
        raise NotUsable(_("Tuliskan nomor keputusan penetapannya."), field="decree_number")
    if told["partner_from"] is None:
        raise NotUsable(_("Isi sejak kapan desa ini dibina."), field="partner_from")
    there = _standing(place, by)
    if there is not None and there.status != PROPOSED:
        return _already(there, told["decree_number"])
    if there is None:
        made = _made(place, DESIGNATED, by, at, is_simulated=is_simulated, **told)
    else:
        won = PartnerVillage.objects.filter(pk=there.pk, version=there.version, status=PROPOSED).update(
            status=DESIGNATED, version=F("version") + 1, changed_at=at, changed_by=by.ref, changed_why="", **told
        )
        if not won:
            raise changed_meanwhile()
        made = PartnerVillage.objects.select_related("place", "owner").get(pk=there.pk)
    let_village_see(made, VILLAGE_SEES, by=by, at=at)
    facts = {"place": place.code, "decree": told["decree_number"], "from": str(told["partner_from"])}
    trail.record(Trail.PARTNER_DESIGNATED, by=by, at=at, on=made.ref, facts=facts)
    return made


@transaction.atomic
def describe(
    *, village: PartnerVillage, version: int, designation: Designation, by: Actor, at: datetime
) -> PartnerVillage:
    """Decree, day, criteria and linked programmes are as the office says, if nobody changed them meanwhile."""
    demand_office(by, village.owner_id)
    told = _told(designation, at)
    if not told["decree_number"] and not village.is_reported_publicly and village.status == DESIGNATED:
        raise NotUsable(_("Tuliskan nomor keputusan penetapannya."), field="decree_number")
    if told["partner_from"] is None and not village.is_reported_publicly and village.status != PROPOSED:
        raise NotUsable(_("Isi sejak kapan desa ini dibina."), field="partner_from")
    won = PartnerVillage.objects.filter(pk=village.pk, version=version).exclude(status=ENDED).update(
        version=F("version") + 1, changed_at=at, changed_by=by.ref, **told
    )  # fmt: skip
    if not won:
        raise changed_meanwhile()
    if village.status != PROPOSED:
        let_village_see(village, VILLAGE_SEES, by=by, at=at)
    facts = {name: str(value) for name, value in told.items()}
    trail.record(Trail.PARTNER_DESCRIBED, by=by, at=at, on=village.ref, facts=facts)
    return _fresh(village)


@transaction.atomic
def change_status(
    *, village: PartnerVillage, version: int, to: str, why: str, by: Actor, at: datetime, on: date | None = None
) -> PartnerVillage:
    """The partnership is suspended, goes on, or has ended on that day (today if none is named), for a reason.

    What ended stays ended; its officers no longer look after the village, and planned visits are left to be cancelled.
    A proposal that is turned down was no partnership, so no day stands since when it was one.
    """
    demand_office(by, village.owner_id)
    now = PartnerVillage.objects.values_list("status", "version").get(pk=village.pk)
    if now[1] != version:
        raise changed_meanwhile()
    if to not in ASK_WHY or (now[0] == PROPOSED and to == DESIGNATED) or not may_step(now[0], to):
        raise StepNotAllowed(_("Keadaan desa binaan ini tidak mengizinkan langkah itu. Muat ulang halamannya."))
    said = reason(why, str(ASK_WHY[to]))
    today = timezone.localdate(at)
    day = on or today
    ending: dict[str, object] = {}
    if to == ENDED:
        demand_not_future(day, at, "on")
        if village.partner_from is not None and day < village.partner_from:
            raise NotUsable(_("Pembinaan tidak dapat berakhir sebelum dimulai. Periksa tanggalnya."), field="on")
        ending = {"partner_to": day} | ({"partner_from": None} if now[0] == PROPOSED else {})
    won = PartnerVillage.objects.filter(pk=village.pk, version=version, status=now[0]).update(
        status=to, version=F("version") + 1, changed_at=at, changed_by=by.ref, changed_why=said,
        retain_until=retention_end(today), **ending,
    )  # fmt: skip
    if not won:
        raise changed_meanwhile()
    if to == SUSPENDED:
        PartnerSuspension.objects.create(village=village, suspended_on=today)
    if to == DESIGNATED:
        village.suspensions.filter(resumed_on__isnull=True).update(resumed_on=today)
    if to == ENDED:
        _end_service(village, day)
        end_grants(village.ref, at=at)
    trail.record(Trail.PARTNER_STATUS_CHANGED, by=by, at=at, on=village.ref, why=said, facts={"to": to, "was": now[0]})
    return _fresh(village)


@transaction.atomic
def assign_officer(
    *, village: PartnerVillage, officer: Officer, served_from: date, by: Actor, at: datetime
) -> PartnerOfficer:
    """The officer looks after the village from that day, or did so already."""
    demand_office(by, village.owner_id)
    now = PartnerVillage.objects.select_for_update().get(pk=village.pk)  # who ends it meanwhile waits, or came first
    if now.status == ENDED:
        raise StepNotAllowed(_("Pembinaan desa ini sudah berakhir, jadi tidak ada petugas yang dapat ditunjuk."))
    demand_staff(officer, by)
    serving, is_new = PartnerOfficer.objects.get_or_create(
        village=village, officer=officer, served_to=None,
        defaults={"served_from": served_from, "assigned_at": at, "assigned_by": by.ref},
    )  # fmt: skip
    if is_new:
        facts = {"officer": officer.ref, "from": str(served_from)}
        trail.record(Trail.PARTNER_OFFICER_ASSIGNED, by=by, at=at, on=village.ref, facts=facts)
    return serving


@transaction.atomic
def end_assignment(*, assignment: PartnerOfficer, on: date, by: Actor, at: datetime) -> None:
    """From that day the officer looks after the village no more; ended twice, it ended the first time."""
    demand_office(by, assignment.village.owner_id)
    if on < assignment.served_from:
        raise NotUsable(_("Tugas tidak dapat berakhir sebelum dimulai. Periksa tanggalnya."), field="on")
    if PartnerOfficer.objects.filter(pk=assignment.pk, served_to__isnull=True).update(served_to=on):
        facts = {"officer": assignment.officer.ref, "to": str(on)}
        trail.record(Trail.PARTNER_OFFICER_ENDED, by=by, at=at, on=assignment.village.ref, facts=facts)


@transaction.atomic
def set_pace(*, visit_every_days: int, silent_after_weeks: int, why: str, by: Actor, at: datetime) -> OfficePace:
    """The own office wants its partner villages visited and heard this often, for a reason."""
    demand_office(by)
    if not 1 <= visit_every_days <= MOST_DAYS:
        raise NotUsable(_("Isi antara 1 dan %(most)s hari.") % {"most": MOST_DAYS}, field="visit_every_days")
    if not 1 <= silent_after_weeks <= MOST_WEEKS:
        raise NotUsable(_("Isi antara 1 dan %(most)s minggu.") % {"most": MOST_WEEKS}, field="silent_after_weeks")
    said = reason(why, _("Tuliskan mengapa kantor memakai angka ini."))
    told = {
        "visit_every_days": visit_every_days, "silent_after_weeks": silent_after_weeks, "set_at": at, "set_by": by.ref, "why": said,
    }  # fmt: skip
    pace, _is_new = OfficePace.objects.update_or_create(agency_id=by.agency, defaults=told)
    facts = {"visit_every_days": visit_every_days, "silent_after_weeks": silent_after_weeks}
    trail.record(Trail.PARTNER_PACE_SET, by=by, at=at, on=pace.ref, why=said, facts=facts)
    return pace


def _demand_village(place: Place) -> None:
    if place.level not in SMALLEST:
        raise NotUsable(
            _("%(place)s bukan desa atau kelurahan. Sebutkan desanya.") % {"place": place.name}, field="place"
        )


def _told(designation: Designation, at: datetime) -> dict[str, object]:
    number = demand_words(designation.decree_number, "decree_number", most=120)
    demand_not_future(designation.decree_on, at, "decree_on")
    demand_not_future(designation.partner_from, at, "partner_from")
    demand_codes(CRITERIA, designation.criteria, "criteria")
    demand_codes(PROGRAMMES, designation.programmes, "programmes")
    return {
        "decree_number": number,
        "decree_on": designation.decree_on,
        "partner_from": designation.partner_from,
        "criteria": sorted(set(designation.criteria)),
        "programmes": sorted(set(designation.programmes)),
    }


def _standing(place: Place, by: Actor) -> PartnerVillage | None:
    found: PartnerVillage | None = PartnerVillage.objects.filter(
        owner=by.agency, place=place, status__in=STANDING
    ).first()
    return found


def _already(there: PartnerVillage, number: object) -> PartnerVillage:
    """Return the partnership where the very same decree came again; else say what to do instead."""
    if there.decree_number == number:
        return there
    raise AlreadyPartner(
        _(
            "Desa ini sudah menjadi desa binaan kantor Anda. Lengkapi keputusannya di halaman desa itu, atau akhiri dahulu pembinaan yang lama."
        )
    )


def _made(place: Place, status: str, by: Actor, at: datetime, *, is_simulated: bool, **told: object) -> PartnerVillage:
    held = protection(place, by, handling="open", retain_until=retention_end(timezone.localdate(at)))
    try:
        with transaction.atomic():
            made: PartnerVillage = PartnerVillage.objects.create(
                status=status, changed_at=at, changed_by=by.ref, is_simulated=is_simulated, **(held | told)
            )
    except IntegrityError:  # another officer was quicker with the same village
        raise changed_meanwhile() from None
    return made


def _end_service(village: PartnerVillage, day: date) -> None:
    serving = PartnerOfficer.objects.filter(village=village, served_to__isnull=True)
    serving.filter(served_from__lte=day).update(served_to=day)
    serving.filter(served_from__gt=day).update(served_to=F("served_from"))


def _fresh(village: PartnerVillage) -> PartnerVillage:
    found: PartnerVillage = PartnerVillage.objects.select_related("place", "owner").get(pk=village.pk)
    return found
