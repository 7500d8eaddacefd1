"""Doors of papers and tables: each hands out what its page shows to the same officer, and the trail knows that it left."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kentongan.agencies.models import Agency
from kentongan.agreements.access import RoleMayNotAct, not_visible
from kentongan.agreements.doors import acting, actor_of
from kentongan.agreements.facts import Actor
from kentongan.audit import trail
from kentongan.places.gazetteer import SMALLEST
from kentongan.places.queries import place_by_code
from kentongan.programme.queries import offices_in_view, sees_whole
from kentongan.programme.rules import CATEGORY as PROGRAMME
from kentongan.programme.rules import month_from, months_of_quarter
from kentongan.vulnerability.index_forms import ViewForm
from kentongan.vulnerability.index_rules import TPPO, VULNERABILITY
from kentongan.vulnerability.queries import latest_run

from .forms import OfficeForm
from .index_table import index_table
from .papers import PaperNotMade
from .partner_table import partner_table
from .programme_report import Period, period_of_month, period_of_quarter, programme_report_pdf
from .report_list import reports_of
from .seen_levels import levels_seen
from .tables import Table, csv_lines, xlsx_bytes
from .village_sheet import sheet_of, village_sheet_pdf

PDF = "application/pdf"
KINDS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


@require_safe
@acting
def village_sheet_door(request: HttpRequest, code: str) -> HttpResponse:
    """Hand out the sheet of a village as a PDF of one page; of a village of which nothing may be seen, as if it were none."""
    actor, at = actor_of(request), timezone.now()
    place = place_by_code(code)
    if place is None or place.level not in SMALLEST:
        raise not_visible()
    seen = levels_seen(place, actor, at=at)
    if seen is None:
        raise not_visible()
    sheet = sheet_of(place, seen.levels, seen.told_by, actor, at=at)
    try:
        content = village_sheet_pdf(sheet, at=at)
    except PaperNotMade as fault:
        return _not_made(request, fault)
    trail.note_file(
        by=actor, at=at, rows=sheet.rows, category=VULNERABILITY, form="village_sheet", written_as="pdf",
        place=place.code, on=seen.refs[0], **{"from": list(seen.refs)},
    )  # fmt: skip
    return _file(content, f"lembar-{place.code}.pdf", PDF)


@require_safe
@acting
def programme_report_list(request: HttpRequest) -> HttpResponse:
    """Show the months and quarters of which a report can be printed, of the chosen office."""
    actor, at = actor_of(request), timezone.now()
    offices = _reported_offices(actor, at)
    if not offices:
        return render(request, "briefings/programme_report_list.html", {"office": None})
    office = _office(request, offices, where_none_is_named=offices[0].pk)
    found = reports_of(office, actor, at=at)
    context = {"office": office, "offices": offices, "months": found.months, "quarters": found.quarters}
    return render(request, "briefings/programme_report_list.html", context)


@require_safe
@acting
def programme_month_pdf(request: HttpRequest, code: str) -> HttpResponse:
    """Hand out the report of a month; the running one says that it is provisional, and one to come is none."""
    actor, at = actor_of(request), timezone.now()
    month = month_from(code)
    if month is None or month.first > timezone.localdate(at):
        raise not_visible()
    office = _office(request, _reported_offices(actor, at), where_none_is_named=actor.agency)
    with translation.override("id"):
        period = period_of_month(office.pk, month, actor, at=at)
    return _report(request, period, office, at)


@require_safe
@acting
def programme_quarter_pdf(request: HttpRequest, year: int, quarter: int) -> HttpResponse:
    """Hand out the report of a quarter; the running one says that it is provisional, and one to come is none."""
    actor, at = actor_of(request), timezone.now()
    if not (1900 <= year <= 2999 and 1 <= quarter <= 4):
        raise not_visible()
    if months_of_quarter(year, quarter)[0].first > timezone.localdate(at):
        raise not_visible()
    office = _office(request, _reported_offices(actor, at), where_none_is_named=actor.agency)
    with translation.override("id"):
        period = period_of_quarter(office.pk, year, quarter, actor, at=at)
    return _report(request, period, office, at)


@require_safe
@acting
def index_xlsx(request: HttpRequest) -> HttpResponse:
    """Hand out the latest run that the officer sees as an Excel file."""
    return _index_table(request, "xlsx")


@require_safe
@acting
def index_csv(request: HttpRequest) -> HttpResponse:
    """Hand out the same as CSV with a row of HXL tags."""
    return _index_table(request, "csv")


@require_safe
@acting
def partner_xlsx(request: HttpRequest) -> HttpResponse:
    """Hand out the partner villages as an Excel file."""
    return _partner_table(request, "xlsx")


@require_safe
@acting
def partner_csv(request: HttpRequest) -> HttpResponse:
    """Hand out the same as CSV with a row of HXL tags."""
    return _partner_table(request, "csv")


def _offices(actor: Actor, at: datetime) -> list[Agency]:
    """Return the offices of whose programme something may be seen; a role that reads none of it is refused, as by its pages."""
    if PROGRAMME not in actor.reads:
        raise RoleMayNotAct(_("Peran Anda tidak membuka program desa binaan."))
    return offices_in_view(actor, at=at)


def _reported_offices(actor: Actor, at: datetime) -> list[Agency]:
    """Return the offices whose report the actor may print: the own one and those below, whose programme is seen whole."""
    return [one for one in _offices(actor, at) if sees_whole(one.pk, actor)]


def _office(request: HttpRequest, offices: list[Agency], *, where_none_is_named: str) -> Agency:
    """Return the office that is asked for; without any of that name there is no such page."""
    form = OfficeForm(request.GET, offices=[(one.pk, one.name) for one in offices])
    if not form.is_valid():
        raise not_visible()
    wanted = form.cleaned_data["kantor"] or where_none_is_named
    office = next((one for one in offices if one.pk == wanted), None)
    if office is None:
        raise not_visible()
    return office


def _report(request: HttpRequest, period: Period, office: Agency, at: datetime) -> HttpResponse:
    try:
        content = programme_report_pdf(period, office, at=at)
    except PaperNotMade as fault:
        return _not_made(request, fault)
    trail.note_file(
        by=actor_of(request), at=at, rows=period.rows, category=PROGRAMME, form="programme_report", written_as="pdf",
        place="", on=office.ref, office=office.pk, period=period.code,
    )  # fmt: skip
    return _file(content, f"laporan-{office.pk}-{period.code}.pdf", PDF)


def _index_table(request: HttpRequest, written_as: str) -> HttpResponse:
    """Hand out the latest run of the index, noted in the trail; what the officer may not see is as if it were not."""
    actor, at, form = actor_of(request), timezone.now(), ViewForm(request.GET)
    if not form.is_valid():
        raise not_visible()
    area = form.cleaned_data["wilayah"]
    within = place_by_code(area) if area else None
    run = latest_run(actor, form.cleaned_data["indeks"] or TPPO, at)
    if run is None or (area and within is None):
        raise not_visible()
    with translation.override("id"):
        table, rows = index_table(run, actor, within=within, at=at)
        content = _written(table, written_as, at)
    trail.note_file(
        by=actor, at=at, rows=rows, category=VULNERABILITY, form="index_table", written_as=written_as,
        place=within.code if within else "", on=run.ref, index=run.index,
    )  # fmt: skip
    return _file(content, f"indeks-{run.index}-{run.as_of}.{written_as}", KINDS[written_as])


def _partner_table(request: HttpRequest, written_as: str) -> HttpResponse:
    actor, at = actor_of(request), timezone.now()
    form = OfficeForm(request.GET, offices=[(one.pk, one.name) for one in _offices(actor, at)])
    if not form.is_valid():
        raise not_visible()
    office = form.cleaned_data["kantor"]
    with translation.override("id"):
        table, rows = partner_table(actor, office=office, at=at)
        content = _written(table, written_as, at)
    trail.note_file(
        by=actor, at=at, rows=rows, category=PROGRAMME, form="partner_table", written_as=written_as, place="", office=office
    )  # fmt: skip
    return _file(content, f"desa-binaan-{timezone.localdate(at)}.{written_as}", KINDS[written_as])


def _written(table: Table, written_as: str, at: datetime) -> bytes:
    return xlsx_bytes(table, at=at) if written_as == "xlsx" else "".join(csv_lines(table)).encode()


def _not_made(request: HttpRequest, fault: PaperNotMade) -> HttpResponse:
    return render(request, "briefings/not_made.html", {"message": fault.message}, status=500)


def _file(content: bytes, name: str, kind: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
