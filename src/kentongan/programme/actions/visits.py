"""Deeds on visits: plan, record, cancel. A visit that heard nothing to report files a nil report in the same transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kentongan.agencies.models import Officer
from kentongan.agreements.access import RoleMayNotAct
from kentongan.agreements.facts import Actor
from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.intake.actions import receive, retention_end
from kentongan.intake.drafts import ReportDraft
from kentongan.intake.models import Report
from kentongan.intake.where import written
from kentongan.places.gazetteer import SMALLEST
from kentongan.places.models import Place

from .. import queries
from ..models import Visit
from ..rules import CANCELLED, DONE, NIL_LOOKS_BACK_DAYS, PLANNED
from ..vocabulary import FUNCTIONS, TOPICS
from .common import (
    NotUsable,
    StepNotAllowed,
    changed_meanwhile,
    demand_codes,
    demand_no_claims,
    demand_not_future,
    demand_office,
    demand_staff,
    demand_words,
    let_village_see,
    protection,
    reason,
)

VILLAGE_SEES = ("place", "content")
PLANNED_AHEAD_DAYS = 366
MOST_HEADS = 100_000
NIL_SOURCE = "kunjungan desa binaan"


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitDone:
    """What a visit was: when, whom it met by function and number, on what, how many attended, what was heard."""

    done_on: date
    topics: Sequence[str]
    met: Mapping[str, int] = field(default_factory=dict)
    heads: int | None = None
    notes: str = ""
    is_nil: bool = False
    nil_from: date | None = None  # of a nil visit: since when there was nothing


@transaction.atomic
def plan_visit(
    *, place: Place, planned_on: date, kind: str, officer: Officer, key: UUID, by: Actor, at: datetime,
    why: str = "", is_simulated: bool = False,
) -> Visit:  # fmt: skip
    """The officer has a visit in that month's round. The same form sent again plans once."""
    demand_office(by)
    _demand_kind(kind)
    demand_staff(officer, by)
    today = timezone.localdate(at)
    if not today <= planned_on <= today + timedelta(days=PLANNED_AHEAD_DAYS):
        raise NotUsable(
            _("Rencanakan hari ini atau sesudahnya, paling jauh setahun. Kunjungan yang sudah terjadi dicatat, bukan direncanakan."),
            field="planned_on",
        )  # fmt: skip
    said = demand_words(why, "why")
    if (there := _with_plan_key(key, by)) is not None:
        return there
    visit, is_new = _made(
        place, by, at, kind=kind, officer=officer, key=key, is_simulated=is_simulated, planned_on=planned_on, why=said
    )
    if is_new:
        facts = {"place": place.code, "on": str(planned_on), "kind": kind, "officer": officer.ref}
        trail.record(Trail.VISIT_PLANNED, by=by, at=at, on=visit.ref, facts=facts)
    return visit


@transaction.atomic
def record_visit(*, visit: Visit, version: int, done: VisitDone, key: UUID, by: Actor, at: datetime) -> Visit:
    """The planned visit is done, with what it was; if there was nothing to report, a nil report stands beside it.

    It belongs to the partner village also where that became one after the visit was planned. The same form sent again records
    once; whoever comes with an older version is refused and nothing is stored.
    """
    demand_office(by, visit.owner_id)
    now = Visit.objects.filter(pk=visit.pk).values_list("state", "version", "record_key").get()
    if now[0] == DONE and now[2] == key:
        return _fresh(visit)
    if now[1] != version:
        raise changed_meanwhile()
    if now[0] != PLANNED:
        raise StepNotAllowed(_("Kunjungan ini sudah dicatat atau dibatalkan. Muat ulang halamannya."))
    told = _told(done, visit.place, at)
    report = _nil_report(visit, done, by, at) if done.is_nil else None
    standing = queries.standing_partner_of(visit.place, by.agency) if visit.place else None
    won = Visit.objects.filter(pk=visit.pk, state=PLANNED, version=version).update(
        state=DONE, version=F("version") + 1, record_key=key, report=report, changed_at=at, changed_by=by.ref,
        village=standing or visit.village, **told,
    )  # fmt: skip
    if not won:  # with it the nil report is undone
        raise changed_meanwhile()
    return _recorded(visit, told, report, by, at)


@transaction.atomic
def record_unplanned_visit(
    *, place: Place, kind: str, officer: Officer, done: VisitDone, key: UUID, by: Actor, at: datetime,
    is_simulated: bool = False,
) -> Visit:  # fmt: skip
    """A visit that nobody had planned is done, with what it was. The same form sent again records once."""
    demand_office(by)
    _demand_kind(kind)
    demand_staff(officer, by)
    told = _told(done, place, at)
    if (there := _with_plan_key(key, by)) is not None:
        return there
    visit, is_new = _made(
        place, by, at, kind=kind, officer=officer, key=key, is_simulated=is_simulated, planned_on=done.done_on
    )
    if not is_new:
        return visit
    report = _nil_report(visit, done, by, at) if done.is_nil else None
    Visit.objects.filter(pk=visit.pk).update(state=DONE, planned_on=None, record_key=key, report=report, **told)
    return _recorded(visit, told, report, by, at)


@transaction.atomic
def cancel_visit(*, visit: Visit, version: int, why: str, by: Actor, at: datetime) -> Visit:
    """The planned visit does not take place, for a reason."""
    demand_office(by, visit.owner_id)
    now = Visit.objects.filter(pk=visit.pk).values_list("state", "version").get()
    if now[1] != version:
        raise changed_meanwhile()
    if now[0] != PLANNED:
        raise StepNotAllowed(_("Kunjungan ini sudah dicatat atau dibatalkan. Muat ulang halamannya."))
    said = reason(why, _("Tuliskan mengapa kunjungan dibatalkan."))
    won = Visit.objects.filter(pk=visit.pk, state=PLANNED, version=version).update(
        state=CANCELLED, version=F("version") + 1, cancelled_why=said, changed_at=at, changed_by=by.ref
    )
    if not won:
        raise changed_meanwhile()
    trail.record(Trail.VISIT_CANCELLED, by=by, at=at, on=visit.ref, why=said)
    return _fresh(visit)


def _told(done: VisitDone, place: Place | None, at: datetime) -> dict[str, Any]:
    """Return the columns of what was done; NotUsable where something cannot be recorded."""
    demand_not_future(done.done_on, at, "done_on")
    demand_codes(TOPICS, done.topics, "topics")
    demand_codes(FUNCTIONS, done.met, "met")
    if not done.topics:
        raise NotUsable(_("Pilih sedikitnya satu topik yang dibicarakan."), field="topics")
    if any(not 1 <= heads <= MOST_HEADS for heads in done.met.values()):
        raise NotUsable(_("Jumlah orang yang ditemui sedikitnya 1 bagi setiap fungsi yang diisi."), field="met")
    if done.heads is not None and not 0 <= done.heads <= MOST_HEADS:
        raise NotUsable(_("Jumlah peserta tidak masuk akal. Hitung ulang."), field="heads")
    notes = demand_words(done.notes, "notes", most=2000)
    demand_no_claims(notes, "notes")
    if done.is_nil:
        _demand_nil(done, place)
    return {
        "done_on": done.done_on,
        "topics": sorted(set(done.topics)),
        "met": sorted([code, heads] for code, heads in done.met.items()),
        "heads": done.heads,
        "notes": notes,
        "is_nil": done.is_nil,
    }


def _demand_nil(done: VisitDone, place: Place | None) -> None:
    if place is None or place.level not in SMALLEST:
        raise NotUsable(
            _("Laporan nihil hanya dapat dibuat untuk satu desa, bukan untuk seluruh kecamatan."), field="is_nil"
        )
    if done.nil_from is None:
        raise NotUsable(_("Isi sejak hari apa tidak ada yang dilaporkan."), field="nil_from")
    if not done.done_on - timedelta(days=NIL_LOOKS_BACK_DAYS) <= done.nil_from <= done.done_on:
        raise NotUsable(
            _("Laporan nihil dari satu kunjungan meliputi paling lama %(most)s hari sampai hari kunjungan.")
            % {"most": NIL_LOOKS_BACK_DAYS},
            field="nil_from",
        )


def _nil_report(visit: Visit, done: VisitDone, by: Actor, at: datetime) -> Report:
    """File what the visit heard, nothing, as a nil report of the village; who may not file reports may not record it."""
    if "reports" not in by.acts:
        raise RoleMayNotAct(
            _(
                "Peran Anda tidak membuat laporan, jadi tidak dapat mencatat kunjungan nihil. Mintalah petugas pos atau analis kantor Anda mencatatnya."
            )
        )
    assert visit.place is not None  # noqa: S101 - asked before, for the type checker
    assert done.nil_from is not None  # noqa: S101 - the same
    with translation.override("id"):
        period = f"{date_format(done.nil_from, 'j F Y')} sampai {date_format(done.done_on, 'j F Y')}"
        day = date_format(done.done_on, "j F Y")
    draft = ReportDraft(
        channel=Report.Channel.NIL_FORM,
        text=f"Nihil. {written(visit.place)}, {period}: tidak ada yang dilaporkan. Didengar pada kunjungan {day}.",
        source=NIL_SOURCE,
        idempotency_key=f"visit-{visit.pk}",
        place_id=visit.place_id,
        is_nil=True,
        covers_from=done.nil_from,
        covers_to=done.done_on + timedelta(days=1),
        is_simulated=visit.is_simulated,
        occasion=str(visit.pk),
    )
    return receive(draft=draft, by=by, at=at).report


def _recorded(visit: Visit, told: Mapping[str, Any], report: Report | None, by: Actor, at: datetime) -> Visit:
    fresh = _fresh(visit)
    let_village_see(fresh, VILLAGE_SEES, by=by, at=at)
    facts = {"on": str(told["done_on"]), "heads": told["heads"], "is_nil": told["is_nil"]}
    if report is not None:
        facts["report"] = report.ref
    trail.record(Trail.VISIT_RECORDED, by=by, at=at, on=visit.ref, facts=facts)
    return fresh


def _made(
    place: Place, by: Actor, at: datetime, *, kind: str, officer: Officer, key: UUID, is_simulated: bool, planned_on: date,
    why: str = "",
) -> tuple[Visit, bool]:  # fmt: skip
    """Return the visit of this form, and whether this sending made it."""
    held = protection(place, by, handling="shared", retain_until=retention_end(timezone.localdate(at)))
    partner = queries.standing_partner_of(place, by.agency)
    try:
        with transaction.atomic():
            made: Visit = Visit.objects.create(
                village=partner, kind=kind, state=PLANNED, planned_on=planned_on, officer=officer, why=why, plan_key=key,
                planned_by=by.ref, planned_at=at, changed_by=by.ref, changed_at=at, is_simulated=is_simulated, **held,
            )  # fmt: skip
    except IntegrityError:  # the same form came twice at once; anything else is a fault of ours and goes on
        there = _with_plan_key(key, by)
        if there is None:
            raise
        return there, False
    return made, True


def _with_plan_key(key: UUID, by: Actor) -> Visit | None:
    found: Visit | None = Visit.objects.filter(owner=by.agency, plan_key=key).select_related("place").first()
    return found


def _demand_kind(kind: str) -> None:
    if kind not in Visit.Kind.values:
        raise NotUsable(_("Jenis kegiatan ini tidak dikenal. Pilih salah satu dari daftar."), field="kind")


def _fresh(visit: Visit) -> Visit:
    found: Visit = Visit.objects.select_related("place", "owner", "officer", "village", "report").get(pk=visit.pk)
    return found
