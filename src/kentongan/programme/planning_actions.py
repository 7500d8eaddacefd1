"""Deeds on the plan of a month: compute it, edit its lines, propose it, approve it with what follows, withdraw it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from kentongan.agencies.models import Agency, Officer
from kentongan.agreements.access import RoleMayNotAct
from kentongan.agreements.facts import Actor
from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.engine.geodesics import distance_m
from kentongan.intake.actions import retention_end
from kentongan.kit.errors import KentonganError
from kentongan.places.gazetteer import SMALLEST
from kentongan.places.models import Place
from kentongan.vulnerability.index_rules import INDICES

from .actions import NotUsable, StepNotAllowed, plan_visit, propose_village
from .actions.common import changed_meanwhile, demand_office, demand_staff, reason
from .models import PartnerOfficer, Visit
from .planning_computing import Computed, compute, left_out
from .planning_models import Plan, PlanGap, PlanLine
from .planning_rules import (
    APPROVED,
    APPROVES,
    DRAFT,
    MAY_EDIT,
    MOST_DESIGNATIONS,
    MOST_HOURS,
    MOST_VISITS,
    PROPOSED,
    STANDING,
    WITHDRAWN,
    assumptions,
    hours_of_visits,
    visit_days,
)
from .rules import Month, month_of

MOST_GAPS = 12


class PlanStands(KentonganError):
    """The month has a plan already."""

    code = "programme.plan_stands"


def draft_plan(
    *, month: Month, index: str, origin: Place, hours: float, designations: int, by: Actor, at: datetime
) -> Plan:
    """The office has a draft for the month, computed from the index as the officer sees it. One plan stands for a month.

    It is computed before the transaction, which on SQLite keeps everybody else from writing.
    """
    demand_office(by)
    if month.after <= timezone.localdate(at):
        raise NotUsable(_("Bulan ini sudah lewat. Rencanakan bulan ini atau sesudahnya."), field="month")
    if index not in INDICES:
        raise NotUsable(_("Indeks ini tidak dikenal. Pilih TPPO atau TPPM."), field="index")
    if not 0 < hours <= MOST_HOURS:
        raise NotUsable(_("Isi antara 1 dan %(most)s jam.") % {"most": MOST_HOURS}, field="hours")
    if not 0 <= designations <= MOST_DESIGNATIONS:
        raise NotUsable(_("Isi antara 0 dan %(most)s penetapan.") % {"most": MOST_DESIGNATIONS}, field="designations")
    if Plan.objects.filter(owner=by.agency, month=month.first, state__in=STANDING).exists():
        raise _plan_stands()
    found = compute(month=month, index=index, origin=origin, hours=hours, designations=designations, by=by, at=at)
    facts = {
        "month": month.code, "index": index, "run": str(found.run.pk), "hours": hours, "designations": designations,
        "villages": len(found.places), "lines": len(found.placement.chosen),
    }  # fmt: skip
    with transaction.atomic():
        plan = _stored(found, month, index, origin, hours, designations, by, at)
        _write_lines(plan, found, by)
        trail.record(Trail.PLAN_DRAFTED, by=by, at=at, on=plan.ref, facts=facts)
    return plan


@transaction.atomic
def edit_line(
    *, line: PlanLine, version: int, visits: int, is_designation: bool, officer: Officer | None, why: str, by: Actor,
    at: datetime,
) -> Plan:  # fmt: skip
    """The line is as the officer says, with who and why. A line with neither visit nor designation is struck, and stays to be seen."""
    demand_office(by, line.plan.owner_id)
    said = reason(why, _("Tuliskan mengapa baris ini diubah."))
    _demand_line(visits, officer, by)
    plan = _opened(line.plan, version)
    was = {"visits": line.visits, "designation": line.is_designation}
    PlanLine.objects.filter(pk=line.pk).update(
        visits=visits, is_designation=is_designation, officer=officer, edited_by=by.ref, edited_at=at, edited_why=said
    )
    facts = {"place": line.place.code, "was": was, "visits": visits, "designation": is_designation}
    trail.record(Trail.PLAN_EDITED, by=by, at=at, on=plan.ref, why=said, facts=facts)
    return plan


@transaction.atomic
def add_line(
    *, plan: Plan, version: int, place: Place, visits: int, is_designation: bool, officer: Officer | None, why: str,
    by: Actor, at: datetime,
) -> PlanLine:  # fmt: skip
    """The plan has a line for a village that the computation left out, with who wants it and why."""
    demand_office(by, plan.owner_id)
    said = reason(why, _("Tuliskan mengapa desa ini ditambahkan."))
    _demand_line(visits, officer, by)
    if place.level not in SMALLEST:
        raise NotUsable(
            _("%(place)s bukan desa atau kelurahan. Sebutkan desanya.") % {"place": place.name}, field="place"
        )
    if not visits and not is_designation:
        raise NotUsable(_("Isi sedikitnya satu kunjungan, atau usulan penetapan."), field="visits")
    opened = _opened(plan, version)
    if opened.lines.filter(place=place).exists():
        raise NotUsable(_("Desa ini sudah ada dalam rencana. Ubah barisnya."), field="place")
    last = opened.lines.aggregate(last=Max("position"))["last"] or 0
    line = PlanLine.objects.create(
        plan=opened, place=place, position=last + 1, visits=visits, is_designation=is_designation, officer=officer,
        hours=_hours_to(place, opened.origin), computed_visits=0, computed_designation=False, edited_by=by.ref,
        edited_at=at, edited_why=said,
    )  # fmt: skip
    facts = {"place": place.code, "visits": visits, "designation": is_designation}
    trail.record(Trail.PLAN_EDITED, by=by, at=at, on=opened.ref, why=said, facts=facts)
    return line


@transaction.atomic
def propose_plan(*, plan: Plan, version: int, by: Actor, at: datetime) -> Plan:
    """The draft waits for the leader's word. A line with visits names who goes."""
    demand_office(by, plan.owner_id)
    _demand_whole(plan)
    now = _stepped(plan, version, DRAFT, state=PROPOSED, proposed_by=by.ref, proposed_at=at)
    trail.record(Trail.PLAN_PROPOSED, by=by, at=at, on=plan.ref)
    return now


@transaction.atomic
def approve_plan(*, plan: Plan, version: int, by: Actor, at: datetime) -> Plan:
    """The plan holds: its visits stand in the officers' rounds, its designations as proposals. By the leader, another than who proposed."""
    demand_office(by, plan.owner_id)
    if by.role != APPROVES:
        raise RoleMayNotAct(_("Rencana bulanan disetujui oleh pimpinan kantor."))
    if plan.proposed_by == by.ref:
        raise StepNotAllowed(_("Yang mengajukan rencana tidak menyetujuinya sendiri. Mintalah pimpinan yang lain."))
    _demand_whole(plan)
    now = _stepped(plan, version, PROPOSED, state=APPROVED, approved_by=by.ref, approved_at=at)
    visits, proposed = _carry_out(now, by, at)
    facts = {"visits": visits, "designations": proposed}
    trail.record(Trail.PLAN_APPROVED, by=by, at=at, on=plan.ref, facts=facts)
    return now


@transaction.atomic
def withdraw_plan(*, plan: Plan, version: int, why: str, by: Actor, at: datetime) -> Plan:
    """The plan is not followed, and the month may have another. What an approved plan already planned is cancelled visit by visit."""
    demand_office(by, plan.owner_id)
    said = reason(why, _("Tuliskan mengapa rencana ini ditarik."))
    if plan.state == APPROVED:
        raise StepNotAllowed(
            _("Rencana ini sudah disetujui. Batalkan kunjungannya satu per satu di rencana bulan petugas.")
        )
    now = _stepped(
        plan, version, plan.state, among=MAY_EDIT, state=WITHDRAWN, withdrawn_by=by.ref, withdrawn_at=at, withdrawn_why=said
    )  # fmt: skip
    trail.record(Trail.PLAN_WITHDRAWN, by=by, at=at, on=plan.ref, why=said)
    return now


def _stored(
    found: Computed, month: Month, index: str, origin: Place, hours: float, designations: int, by: Actor, at: datetime
) -> Plan:
    plan = found.placement
    try:
        with transaction.atomic():
            made: Plan = Plan.objects.create(
                owner=Agency.objects.get(pk=by.agency), month=month.first, index=index, run=found.run.pk,
                run_as_of=found.run.as_of, origin=origin, hours=hours, designations=designations,
                assumptions={code: one.value for code, one in assumptions().items()}, villages=len(found.places),
                without_point=found.without_point, value=plan.value, upper_bound=plan.upper_bound,
                warned_before=float(plan.warned_before.sum()),
                warned_after=float(plan.warned.sum()), made_by=by.ref, made_at=at,
                retain_until=retention_end(timezone.localdate(at)),
            )  # fmt: skip
    except IntegrityError:  # another officer was quicker
        raise _plan_stands() from None
    return made


def _write_lines(plan: Plan, found: Computed, by: Actor) -> None:
    places = Place.objects.in_bulk([int(key) for key in found.places])
    keepers = _keepers(list(places), by)
    PlanLine.objects.bulk_create(
        PlanLine(
            plan=plan, place=places[int(found.places[one.village])], position=number, visits=one.visits,
            is_designation=one.is_designated, officer_id=keepers.get(int(found.places[one.village])),
            hours=float(found.hours[one.village]), computed_visits=one.visits, computed_designation=one.is_designated,
            warnings=one.warnings, coverage=one.coverage, near=one.near, loss=one.loss_without,
        )
        for number, one in enumerate(found.placement.chosen, start=1)
    )  # fmt: skip
    missed, gain = found.placement.missed, found.placement.visit_gain
    PlanGap.objects.bulk_create(
        PlanGap(
            plan=plan, place=places[int(found.places[row])], missed=float(missed[row]), gain=float(gain[row]),
            hours=float(found.hours[row]),
        )
        for row in left_out(found, MOST_GAPS)
    )  # fmt: skip


def _keepers(places: Sequence[int], by: Actor) -> dict[int, UUID]:
    """Return who looks after each partner village of the office now: the one who has done so the longest."""
    serving = PartnerOfficer.objects.filter(
        village__owner=by.agency, village__place__in=places, served_to__isnull=True
    ).order_by("-served_from", "-id")
    return {
        place: officer for place, officer in serving.values_list("village__place_id", "officer_id") if place is not None
    }


def _demand_line(visits: int, officer: Officer | None, by: Actor) -> None:
    if not 0 <= visits <= MOST_VISITS:
        raise NotUsable(_("Isi antara 0 dan %(most)s kunjungan.") % {"most": MOST_VISITS}, field="visits")
    if officer is not None:
        demand_staff(officer, by)


def _demand_whole(plan: Plan) -> None:
    """Raise where the plan wants nothing, or a visit that nobody is to make."""
    lines = list(plan.lines.select_related("place"))
    if all(line.is_struck for line in lines):
        raise StepNotAllowed(
            _("Rencana ini tidak memuat kunjungan atau usulan satu pun. Tambahkan desa, atau tarik rencananya.")
        )
    lacking = [line.place.name for line in lines if line.visits and line.officer_id is None]
    if lacking:
        raise StepNotAllowed(
            _("Belum ditentukan siapa yang mengunjungi: %(places)s. Isi petugasnya pada baris itu.")
            % {"places": ", ".join(lacking)}
        )


def _opened(plan: Plan, version: int) -> Plan:
    """Return the plan one version on, back in draft: what was proposed was another plan."""
    return _stepped(plan, version, plan.state, among=MAY_EDIT, state=DRAFT, proposed_by="", proposed_at=None)


def _stepped(plan: Plan, version: int, was: str, *, among: Sequence[str] = (), **to: object) -> Plan:
    now = Plan.objects.values_list("state", "version").get(pk=plan.pk)
    if now[1] != version:
        raise changed_meanwhile()
    if now[0] not in (among or (was,)):
        raise StepNotAllowed(_("Keadaan rencana ini tidak mengizinkan langkah itu. Muat ulang halamannya."))
    won = Plan.objects.filter(pk=plan.pk, version=version, state=now[0]).update(version=F("version") + 1, **to)
    if not won:
        raise changed_meanwhile()
    found: Plan = Plan.objects.select_related("owner", "origin").get(pk=plan.pk)
    return found


def _carry_out(plan: Plan, by: Actor, at: datetime) -> tuple[int, int]:
    """Propose the designations, and plan the visits on days spread over the month; return how many visits and proposals."""
    month = month_of(plan.month)
    lines = list(plan.lines.select_related("place", "officer"))
    wanted = [(line, turn) for turn in range(MOST_VISITS) for line in lines if turn < line.visits]
    days = visit_days(month, timezone.localdate(at), len(wanted)) if wanted else []
    if wanted and not days:
        raise StepNotAllowed(_("Bulan rencana ini sudah lewat. Tarik rencananya dan buat yang baru."))
    why = _("rencana bulan %(month)s") % {"month": month.code}
    designations = [line for line in lines if line.is_designation]
    for line in designations:  # first: a visit belongs to the partner village that stands when it is planned
        propose_village(place=line.place, why=why, by=by, at=at)
    for day, (line, turn) in zip(days, wanted, strict=True):
        assert line.officer is not None  # noqa: S101 - the plan was found whole
        plan_visit(
            place=line.place, planned_on=day, kind=Visit.Kind.VISIT, officer=line.officer, why=why,
            key=uuid5(plan.pk, f"{line.place.code} {turn}"), by=by, at=at,
        )  # fmt: skip
    return len(wanted), len(designations)


def _hours_to(place: Place, origin: Place) -> float:
    """Return the hours of a visit with its way; those of the stay alone where nobody knows where the place lies."""
    if place.lat is None or place.lon is None or origin.lat is None or origin.lon is None:
        return assumptions()["hours_there"].value
    return float(hours_of_visits(distance_m(place.lat, place.lon, origin.lat, origin.lon).reshape(1))[0])


def _plan_stands() -> PlanStands:
    return PlanStands(
        _("Bulan ini sudah mempunyai rencana. Sunting rencana itu, atau tarik lebih dahulu dengan alasannya.")
    )
