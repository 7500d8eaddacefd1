"""How figures, days and periods are written on paper: always Indonesian, whatever the language of the page."""

import math
from collections.abc import Sequence
from datetime import date, datetime

from django.utils import timezone

MONTHS = ("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember")  # fmt: skip
WEEKDAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
QUARTERS = ("I", "II", "III", "IV")
ZONES = {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}
NOT_KNOWN = "tidak diketahui"


def number(value: float | None, decimals: int = 0) -> str:
    """Return 12345.6 as "12.346", or with one decimal as "12.345,6"; a dash where nobody knows."""
    if value is None or math.isnan(value):
        return "–"
    written = f"{value:,.{decimals}f}"
    if float(written.replace(",", "")) == 0:
        written = written.lstrip("-")
    return written.replace("-", "−").translate(str.maketrans(",.", ".,"))


def percent(share: float | None) -> str:
    """Return 0.824 as "82 %"."""
    return f"{number(100 * share)} %" if share is not None and not math.isnan(share) else "–"


def span(low: float, high: float) -> str:
    """Return "1.240–3.100", or "7" where both are the same."""
    return number(low) if low == high else f"{number(low)}–{number(high)}"


def day(value: date | None) -> str:
    """Return "5 Oktober 2026"."""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}" if value else NOT_KNOWN


def short_day(value: date | None) -> str:
    """Return "05-10-2026", for narrow columns."""
    return f"{value:%d-%m-%Y}" if value else "–"


def weekday(value: date) -> str:
    """Return "Senin"."""
    return WEEKDAYS[value.weekday()]


def instant(value: datetime) -> str:
    """Return "5 Oktober 2026 pukul 14.30 WITA", in the zone of the installation."""
    local = timezone.localtime(value)
    return f"{day(local.date())} pukul {local:%H.%M} {ZONES.get(str(local.tzinfo), '')}".rstrip()


def month(first: date) -> str:
    """Return "Oktober 2026"."""
    return f"{MONTHS[first.month - 1]} {first.year}"


def quarter(year: int, number_of: int) -> str:
    """Return "Triwulan III 2026"."""
    return f"Triwulan {QUARTERS[number_of - 1]} {year}"


def listed(words: Sequence[str]) -> str:
    """Return "a, b, dan c"."""
    if len(words) < 3:
        return " dan ".join(words)
    return f"{', '.join(words[:-1])}, dan {words[-1]}"
