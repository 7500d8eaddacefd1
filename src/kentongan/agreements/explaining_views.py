"""Pages that explain: a partly released record, and counts of what an agency may count and not see."""

import csv
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.dates import MONTHS_3
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.vocabulary.purposes import PURPOSE_LABELS

from . import counting
from .doors import acting, actor_of
from .explaining import part_of
from .field_labels import values_of, written_place
from .fields import group_of
from .models import ProtectedRow
from .need import may_break_glass
from .need_forms import CountForm
from .registry import category_of

PAGE = 40


def shared_record(
    request: HttpRequest, row: ProtectedRow, *, heading: str = "", words: Mapping[str, Any] | None = None
) -> HttpResponse:
    """Show a partly released record: what is shared, what is not, by which clauses, and what they oblige to.

    Called by a detail page for a row that has a `release`. `words` holds the room's own words for codes and relations.
    """
    actor, at = actor_of(request), timezone.now()
    category, name = category_of(type(row)), row._meta.model_name
    part = part_of(row, actor, at=at)
    context = {
        "row": row,
        "heading": heading or _heading(row, category),
        "category": capfirst(counting.category_word(category)),
        "list_address": address_of(f"{name}_list"),
        "groups": [(one.group, one.how, values_of(row, one.group, words or {})) for one in part.released],
        "withheld": part.withheld,
        "clauses": [
            (clause, until, [PURPOSE_LABELS.get(purpose, purpose) for purpose in clause.purposes])
            for clause, until in part.clauses
        ],
        "grants": part.grants,
        "glass_address": address_of("glass_break", name, row.pk) if may_break_glass(actor, category) else "",
    }
    return render(request, "agreements/shared_record.html", context)


@require_safe
@acting
def count_table(request: HttpRequest) -> HttpResponse:
    """Show the counts of a category and year, a line for each district and kind."""
    actor, at = actor_of(request), timezone.now()
    counting.demand_statistics(actor)
    form, table = _asked(request, at)
    lines = table.lines if table else ()
    page = Paginator(lines, PAGE).get_page(request.GET.get("page"))
    if table is not None:
        _note(request, table, at)
    context = {
        "form": form,
        "table": table,
        "page": page,
        "lines": _written(list(page)),
        "months": list(MONTHS_3.values()),
        "category": counting.category_word(table.category) if table else "",
        "purpose": PURPOSE_LABELS[actor.purpose],
    }
    return render(request, "agreements/counts.html", context)


@require_safe
@acting
def count_export(request: HttpRequest) -> HttpResponse:
    """Hand out the same table as CSV, a row for each district, kind and month; what is withheld there is withheld here."""
    actor, at = actor_of(request), timezone.now()
    counting.demand_statistics(actor)
    _form, table = _asked(request, at)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="jumlah.csv"'
    rows = csv.writer(answer)
    rows.writerow(["kode_wilayah", "wilayah", "jenis", "bulan", "jumlah", "orang"])
    written = 0
    for line in table.lines if table else ():
        for month, number in enumerate(line.rows, start=1):
            if number and table is not None:
                heads = line.persons[month - 1] if table.has_persons else ""
                place = (line.district.code, line.district.name) if line.district else ("", "")
                withheld = "ditahan" if heads is None else heads
                rows.writerow([*place, line.kind, f"{table.year}-{month:02}", number, withheld])
                written += 1
    clauses = table.clauses if table else ()
    facts = {"category": table.category if table else "", "form": "counts", "year": table.year if table else 0}
    trail.note_export(by=actor, at=at, rows=written, reasons=clauses, facts=facts, clause=next(iter(clauses), ""))
    return answer


def address_of(name: str, *args: object) -> str:
    """Return the address, or nothing where this installation has no such page."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def _heading(row: Any, category: str) -> str:
    """Return the title where it is shared, else the category with the number where there is one."""
    group = group_of(category, "title")
    if group and row.release is not None and row.release.release_of(group) and row.title:
        return str(row.title)
    return f"{capfirst(counting.category_word(category))} {getattr(row, 'number', '')}".strip()


def _asked(request: HttpRequest, at: datetime) -> tuple[CountForm, counting.Table | None]:
    actor = actor_of(request)
    categories = counting.countable_categories(actor, at=at)
    this_year = timezone.localdate(at).year
    form = CountForm(
        request.GET if "tahun" in request.GET or "kategori" in request.GET else None,
        categories=[(category, counting.category_word(category)) for category in categories],
        initial={"tahun": this_year},
    )
    if not categories:
        return form, None
    said: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    category = said.get("kategori") or categories[0]
    model = counting.model_of(category)
    return form, counting.counts_by(model, actor, year=said.get("tahun") or this_year, at=at)


def _note(request: HttpRequest, table: counting.Table, at: datetime) -> None:
    facts = {"category": table.category, "form": "counts", "year": table.year, "lines": len(table.lines)}
    clause = next(iter(table.clauses), "")
    trail.note_look(
        Trail.RECORDS_LISTED, by=actor_of(request), at=at, reasons=table.clauses, facts=facts, clause=clause
    )


def _written(lines: list[counting.Line]) -> list[dict[str, Any]]:
    words = counting.kind_words({line.kind for line in lines}, (get_language() or "id")[:2])
    return [
        {
            "line": line,
            "district": written_place(line.district) if line.district else _("tempat tidak diketahui"),
            "kind": words.get(line.kind, line.kind) or _("tanpa jenis"),
            "months": list(zip(MONTHS_3.values(), line.rows, line.persons or [None] * len(line.rows), strict=True)),
        }
        for line in lines
    ]
