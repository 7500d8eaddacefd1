"""Rows of the trail as a table that leaves: the words of the page, and the references behind them."""

import csv
from collections.abc import Iterable
from io import StringIO

from django.utils import timezone

from kentongan.kit.spreadsheets import as_text

from .queries import Told

MOST = 10_000
"""Rows of one file, the newest; farther back one narrows by days."""

COLUMNS = (
    "baris", "saat", "siapa", "rujukan_siapa", "instansi", "peran", "apa", "perbuatan", "catatan", "rujukan_catatan",
    "tujuan", "alasan", "keputusan_gerbang", "ruang_lingkup",
)  # fmt: skip


def written(rows: Iterable[Told]) -> str:
    """Return the rows as CSV, with nothing of a row that its page does not show this reader."""
    table = StringIO(newline="")
    writer = csv.writer(table)
    writer.writerow(COLUMNS)
    for row in rows:
        reasons, clauses = "; ".join(row.reasons), "; ".join(clause.words for clause in row.clauses)
        cells = (
            row.who, row.who_ref, row.agency, row.role, row.what, row.event, row.subject_words, row.subject,
            row.purpose, row.why, reasons, clauses,
        )  # fmt: skip
        writer.writerow([row.key, timezone.localtime(row.at).isoformat(timespec="seconds"), *map(as_text, cells)])
    return table.getvalue()
