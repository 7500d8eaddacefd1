"""Reads over plans: an office's own and those of the offices below it, and what each line says in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kentongan.agreements.access import NotVisible
from kentongan.agreements.facts import Actor
from kentongan.agreements.rules import CLOSED_KINDS
from kentongan.vulnerability.index_rules import looks_at_all
from kentongan.vulnerability.queries import runs_in_view

from .planning_models import Plan, PlanGap, PlanLine
from .planning_rules import assumptions
from .rules import CATEGORY

MOSTLY = 0.5
PARTLY = 0.2


@dataclass(frozen=True, slots=True)
class LineInWords:
    """A line of a plan with why it is there, and who changed what was computed."""

    line: PlanLine
    why: tuple[str, ...]
    was: str  # what had been computed, where somebody changed it


@dataclass(frozen=True, slots=True)
class GapInWords:
    """A village that is left out, and why."""

    gap: PlanGap
    why: str


def sees_plans(actor: Actor) -> bool:
    """Return whether the role sees plans: one that reads the programme and every village's level, which plans rest on."""
    return CATEGORY in actor.reads and looks_at_all(actor.reads)


def plans_in_view(actor: Actor, *, at: datetime) -> QuerySet[Plan]:
    """Return the plans that the actor sees, the latest month first: the own, and unless military or intelligence those below.

    Of a plan below the actor sees the run whole too, for it tells how vulnerable villages are: what another agency shared
    with the office alone goes no higher in a plan.
    """
    if not sees_plans(actor):
        return Plan.objects.none()
    below = {agency for agency, category in actor.supervises if category == CATEGORY}
    seen = Q(owner=actor.agency)
    if below and actor.agency_kind not in CLOSED_KINDS:
        theirs = Plan.objects.filter(owner__in=below)
        runs = runs_in_view(actor, at=at).filter(pk__in=theirs.order_by().values("run"))
        seen |= Q(owner__in=below, run__in=[run.pk for run in runs if run.release is None])
    return Plan.objects.filter(seen).select_related("owner", "origin").order_by("-month", "-made_at", "-id")


def plan_in_view(actor: Actor, pk: UUID, *, at: datetime) -> Plan:
    """Return the plan, or raise NotVisible."""
    plan = plans_in_view(actor, at=at).filter(pk=pk).first()
    if plan is None:
        raise NotVisible(_("Rencana ini tidak ada atau tidak terbuka bagi Anda."))
    return plan


def line_in_view(actor: Actor, pk: int, *, at: datetime) -> PlanLine:
    """Return the line of a plan in view, or raise NotVisible."""
    line = PlanLine.objects.filter(pk=pk, plan__in=plans_in_view(actor, at=at).order_by().values("pk")).select_related(
        "plan", "place"
    )
    found = line.first()
    if found is None:
        raise NotVisible(_("Rencana ini tidak ada atau tidak terbuka bagi Anda."))
    return found


def lines_in_words(plan: Plan) -> list[LineInWords]:
    """Return the lines of a plan in the order in which they were chosen, those that somebody added last."""
    lines = plan.lines.select_related("place__parent", "officer")
    return [LineInWords(line, tuple(_why(line, plan)), _was(line)) for line in lines]


def gaps_in_words(plan: Plan, lines: Sequence[LineInWords]) -> list[GapInWords]:
    """Return the villages that are left out and in which most is missed, each with why."""
    per_hour = [
        ((one.line.warnings or 0) + (one.line.coverage or 0)) / (one.line.hours * one.line.computed_visits)
        for one in lines
        if one.line.warnings is not None and one.line.computed_visits and not one.line.computed_designation
    ]
    least = min(per_hour, default=0.0)
    now_planned = {one.line.place_id for one in lines if not one.line.is_struck}
    gaps = plan.gaps.select_related("place__parent")
    return [GapInWords(gap, _why_not(gap, least)) for gap in gaps if gap.place_id not in now_planned]


def hours_of(plan: Plan, lines: Sequence[LineInWords]) -> float:
    """Return the hours that the lines take as they stand now, by what the plan assumed."""
    designation: float = plan.assumptions["designation_hours"]
    return sum(one.line.visits * one.line.hours + one.line.is_designation * designation for one in lines)


def assumptions_of(plan: Plan) -> list[tuple[str, float, str, str]]:
    """Return the assumptions that the plan was computed with: label, value, unit, source."""
    known, in_english = assumptions(), (get_language() or "id").startswith("en")
    return [
        (known[code].label_en if in_english else known[code].label_id, value, known[code].unit, known[code].source)
        for code, value in plan.assumptions.items()
        if code in known
    ]


def _why(line: PlanLine, plan: Plan) -> list[str]:
    if line.warnings is None or line.coverage is None:
        return []
    total = line.warnings + line.coverage
    if line.computed_designation:
        told = {"n": _number(line.warnings), "m": _number(plan.assumptions.get("designation_periods", 1), 0)}
        said = [
            _(
                "Menambah %(n)s kejadian yang didengar dini dari 100 sebulan, dijumlahkan selama %(m)s bulan karena penetapan berlaku terus."
            )
            % told
        ]
    else:
        said = [
            _("Menambah %(n)s kejadian yang didengar dini dari setiap 100 di wilayah ini.")
            % {"n": _number(line.warnings)}
        ]
    if total and line.coverage / total > PARTLY:
        said.append(_("Juga untuk mencari tahu: tingkat kerawanannya belum pasti dan lama tidak dikunjungi."))
    if total and (line.near or 0) / total > PARTLY:
        said.append(
            _("%(n)s%% darinya terdengar tentang desa di sekitarnya.") % {"n": round(100 * (line.near or 0) / total)}
        )
    if line.computed_visits > 1:
        said.append(_("Kunjungan kedua pun menambah lebih banyak tiap jam daripada desa berikutnya."))
    return said


def _was(line: PlanLine) -> str:
    if (line.visits, line.is_designation) == (line.computed_visits, line.computed_designation):
        return ""
    if not line.computed_visits and not line.computed_designation:
        return _("tidak ada dalam perhitungan")
    if line.computed_designation:
        return _("dihitung: %(n)s kunjungan dan penetapan") % {"n": line.computed_visits}
    return _("dihitung: %(n)s kunjungan") % {"n": line.computed_visits}


def _why_not(gap: PlanGap, least: float) -> str:
    each = gap.gain / gap.hours
    told = {"hours": _number(gap.hours), "each": _number(each, 3), "least": _number(least, 3)}
    if each < least:
        return (
            _(
                "Satu kunjungan memakan %(hours)s jam dan tiap jamnya menambah %(each)s, kurang daripada desa dalam rencana (%(least)s atau lebih)."
            )
            % told
        )
    return _("Satu kunjungan memakan %(hours)s jam dan tidak muat lagi dalam jam yang tersedia.") % told


def _number(value: float, places: int = 2) -> str:
    return str(number_format(value, places))
