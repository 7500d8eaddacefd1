"""The page of outcomes: what alerts turned out to be, how long they took, and what that proposes to the watch."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kentongan.agreements.cells import PARTNER_CELL
from kentongan.agreements.doors import acting, actor_of
from kentongan.agreements.facts import Actor
from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.kit.periods import end_of_day, start_of_day
from kentongan.watch.queries import watches_in_view
from kentongan.watch.shares import shares_in_force
from kentongan.watch.streams import label_of
from kentongan.watch.threshold_queries import Period, advice_for
from kentongan.watch.threshold_words import percent, words_for

from .clocks import length
from .forms import OutcomeForm
from .outcome_queries import Line, Outcomes, kind_word, outcomes_of, shown_cells
from .outcomes import LEAST_TOLD, Span, Summary

YEAR_DAYS = 365
WITHHELD = "ditahan"


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the page is asked for: alerts raised from a day to a day, as of a day's end, summed up to a level."""

    dari: date
    sampai: date
    per: date
    wilayah: str

    @property
    def query(self) -> str:
        return urlencode({"dari": self.dari, "sampai": self.sampai, "per": self.per, "wilayah": self.wilayah})


@require_safe
@acting
def outcome_table(request: HttpRequest) -> HttpResponse:
    """Show the share of true alerts and the times by kind and place, and what they propose."""
    actor, at = actor_of(request), timezone.now()
    form, asked = _form(request, at)
    found = _outcomes(actor, asked, at)
    trail.note_look(
        Trail.RECORDS_LISTED,
        by=actor,
        at=at,
        facts={"category": "alerts", "found": found.whole.total, "as": "outcomes"},
    )
    context = {
        "form": form,
        "as_of": found.as_of,
        "by_kind": [_row(line) for line in (*found.by_kind, Line("", None, found.whole))],
        "lines": [_row(line) for line in found.lines],
        "partly": found.partly,
        "least": LEAST_TOLD,
        "proposals": _proposals(actor, asked, at),
        "export": f"{reverse('outcome_export')}?{asked.query}",
    }
    return render(request, "alerts/outcome_table.html", context, status=200 if form.is_valid() else 422)


@require_safe
@acting
def outcome_export(request: HttpRequest) -> HttpResponse:
    """Hand out the lines as CSV; counts below the least cell are withheld, and so is what would betray them."""
    actor, at = actor_of(request), timezone.now()
    asked = _form(request, at)[1]
    found = _outcomes(actor, asked, at)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="hasil-peringatan.csv"'
    rows = csv.writer(answer)
    rows.writerow(
        ["keadaan_per", "dari", "sampai", "aliran", "kode_wilayah", "wilayah", "benar", "tidak_benar", "wajar", "lain",
         "terbuka", "jumlah", "bagian_benar", "selang_bawah", "selang_atas",
         *(f"{step}_{figure}" for step in ("diterima", "diverifikasi", "selesai") for figure in ("median_menit", "p90_menit"))]
    )  # fmt: skip
    shown = shown_cells(found)
    for line, cells, total in zip(found.lines, shown.cells, shown.rows, strict=True):
        place = (line.area.code, line.area.name) if line.area else ("", "")
        counts = [WITHHELD if count is None else count for count in (*cells, total)]
        rows.writerow(
            [asked.per, asked.dari, asked.sampai, kind_word(line.kind, _language()), *place, *counts,
             *_share_cells(line.summary, cells), *_span_cells(line.summary, total)]
        )  # fmt: skip
    facts = {"category": "alerts", "form": "outcomes", "as_of": asked.per.isoformat()}
    trail.note_export(by=actor, at=at, rows=len(found.lines), facts=facts)
    return answer


def _share_cells(summary: Summary, cells: tuple[int | None, ...]) -> list[str]:
    """Return the share with its interval: it tells the counts, so it is withheld with any of them."""
    if None in cells[:3] or not summary.is_told:
        return [""] * 3
    return [f"{figure:.4f}" for figure in (summary.share.value or 0.0, summary.share.low, summary.share.high)]


def _span_cells(summary: Summary, total: int | None) -> list[str]:
    figures: list[str] = []
    for span in summary.spans:
        is_told = total is not None and span.done >= PARTNER_CELL
        figures += [
            f"{time.total_seconds() / 60:.0f}" if is_told and time is not None else ""
            for time in (span.median, span.ninth_tenth)
        ]
    return figures


def _outcomes(actor: Actor, asked: _Asked, at: datetime) -> Outcomes:
    zone = timezone.get_default_timezone()
    return outcomes_of(
        actor,
        first=start_of_day(asked.dari, zone),
        end=end_of_day(asked.sampai, zone),
        as_of=min(end_of_day(asked.per, zone) - timedelta.resolution, at),
        area=asked.wilayah,
        at=at,
    )


def _form(request: HttpRequest, at: datetime) -> tuple[OutcomeForm, _Asked]:
    today = timezone.localdate(at)
    usual = _Asked(today - timedelta(days=YEAR_DAYS - 1), today, today, "regency")
    values: Mapping[str, Any] = request.GET or {name: getattr(usual, name) for name in _Asked.__slots__}
    form = OutcomeForm(values, today=today)
    if not form.is_valid():
        return form, usual
    return form, _Asked(**{name: form.cleaned_data[name] for name in _Asked.__slots__})


def _row(line: Line) -> dict[str, Any]:
    summary = line.summary
    return {
        "kind": kind_word(line.kind, _language()) if line.kind else "",
        "area": line.area,
        "summary": summary,
        "share": _share_words(summary),
        "spans": [_span_words(span) for span in summary.spans],
    }


def _share_words(summary: Summary) -> str:
    if not summary.is_told:
        return _("terlalu sedikit untuk dinilai")
    return _("%(value)s (%(low)d–%(high)d)") % {
        "value": percent(summary.share.value or 0.0),
        "low": round(100 * summary.share.low),
        "high": round(100 * summary.share.high),
    }


def _span_words(span: Span) -> dict[str, Any]:
    if not span.is_told:
        return {"span": span, "median": _("terlalu sedikit"), "ninth_tenth": ""}
    return {
        "span": span,
        "median": length(span.median) if span.median is not None else _("belum tercapai"),
        "ninth_tenth": length(span.ninth_tenth) if span.ninth_tenth is not None else _("belum tercapai"),
    }


def _proposals(actor: Actor, asked: _Asked, at: datetime) -> list[dict[str, Any]]:
    """Return, for each own watch and stream, what the outcomes of the period say about its threshold."""
    said = []
    period = Period(asked.dari, asked.sampai + timedelta(days=1))
    for watch in watches_in_view(actor).filter(owner=actor.agency, is_active=True):
        shares = shares_in_force(watch, at=at)
        advice = advice_for(watch, actor, period, at=at)
        address = reverse("watch_thresholds", args=[watch.pk])
        said.append(
            {
                "watch": watch,
                "address": f"{address}?{urlencode({'dari': asked.dari, 'sampai': asked.sampai})}",
                "streams": [
                    (label_of(code, _language()), words_for(one, watch, stream=code, shares=shares).what)
                    for code, one in advice.items()
                ],
            }
        )
    return said


def _language() -> str:
    return get_language() or "id"
