"""The monthly and the quarterly report of an office on its partner villages, in the form in which offices write them.

People stand by function and number, never by name. The number of the letter, the place and day of signing and the names of
who signs are written by hand, under the office's own rules of correspondence.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.utils import timezone, translation

from kentongan.agencies.models import Agency
from kentongan.agreements.facts import Actor
from kentongan.kit.shipped_tables import table_entries
from kentongan.programme.models import Visit
from kentongan.programme.monthly import VillageLine, VisitLine
from kentongan.programme.queries import MonthlyReport, VillageStanding, monthly_report, quarterly_report
from kentongan.programme.rules import Month

from . import figures
from .naming import letterhead, short_place, superior_of, titled
from .papers import paper

MOST_RESULT = 240
PROGRAMME = "Program Desa Binaan Imigrasi"


@dataclass(frozen=True, slots=True)
class Period:
    """What a report is about: its whole, what its columns compare, and what is planned after it."""

    heading: str
    words: str
    code: str
    whole: MonthlyReport
    columns: tuple[tuple[str, MonthlyReport], ...]
    coming: tuple[MonthlyReport, ...]  # the months of the next period
    coming_words: str

    @property
    def is_over(self) -> bool:
        """Whether nothing more can happen in it."""
        return timezone.localdate(self.whole.made_at) >= self.whole.after

    @property
    def due_until(self) -> date:
        """The day before which what was planned should have been done: of a running period the day of the report."""
        return self.whole.after if self.is_over else self.whole.as_of

    @property
    def to_come(self) -> list[VisitLine]:
        """What is planned from the day of the report on: the rest of a running period, then the next one, done since or not."""
        rest = [line for line in self.whole.open_visits if line.visit.planned_on >= self.due_until]
        next_ones = [line for report in self.coming for line in (*report.visits, *report.open_visits)]
        return rest + sorted(
            (line for line in next_ones if line.visit.planned_on), key=lambda line: line.visit.planned_on
        )  # fmt: skip

    @property
    def rows(self) -> int:
        """How many rows of the programme leave with the paper."""
        return len(self.whole.lines) + len(self.whole.visits) + len(self.to_come)


def period_of_month(office: str, month: Month, actor: Actor, *, at: datetime) -> Period:
    """Return the month of the office beside the month before, as far as the actor may see it."""
    whole = monthly_report(office, month, actor, at)
    before = monthly_report(office, month.before, actor, at)
    return Period(
        heading="Laporan Bulanan",
        words=figures.month(month.first),
        code=month.code,
        whole=whole,
        columns=((figures.month(month.before.first), before), (figures.month(month.first), whole)),
        coming=(monthly_report(office, month.following, actor, at),),
        coming_words="Rencana bulan depan",
    )


def period_of_quarter(office: str, year: int, quarter: int, actor: Actor, *, at: datetime) -> Period:
    """Return the quarter (1 to 4) of the office beside its months, as far as the actor may see it."""
    found = quarterly_report(office, year, quarter, actor, at)
    coming, month = [], found.months[-1].month
    for _number in range(3):
        month = month.following
        coming.append(monthly_report(office, month, actor, at))
    months = tuple((figures.MONTHS[one.first.month - 1], one) for one in found.months)
    return Period(
        heading="Laporan Triwulan",
        words=figures.quarter(year, quarter),
        code=f"{year}-tw{quarter}",
        whole=found.whole,
        columns=(*months, ("Triwulan", found.whole)),
        coming=tuple(coming),
        coming_words="Rencana triwulan depan",
    )


def programme_report_pdf(period: Period, office: Agency, *, at: datetime) -> bytes:
    """Return the report as a PDF, in Indonesian."""
    with translation.override("id"):
        return paper("programme_report", facts_of(period, office, at=at), at=at)


def facts_of(period: Period, office: Agency, *, at: datetime) -> dict[str, Any]:
    """Return what the template prints."""
    report, today = period.whole, timezone.localdate(at)
    return {
        "title": f"{period.heading} {PROGRAMME}, {office.name}, {period.words}",
        "keywords": ["desa binaan", office.pk, period.code],
        "is_simulated": settings.IS_DEMONSTRATION,
        "office": letterhead(office, on=today),
        "foot": f"{period.heading} · {period.words} · dibuat {figures.instant(at)}",
        "heading": period.heading,
        "subheading": PROGRAMME,
        "period": _period_words(period),
        "addressee": _addressee(office, on=today),
        "sender": _head_of(office.name),
        "area": _area(report),
        "grounds": _grounds(report),
        "summary": _summary(period),
        "activities": [_activity(line) for line in report.visits],
        "no_activities": "Nihil: tidak ada kegiatan yang tercatat terlaksana dalam periode ini.",
        "activities_note": "Orang yang ditemui ditulis menurut unsur dan jumlahnya, tanpa nama.",
        "nil": _nil(report),
        "no_nil": "Tidak ada kunjungan dengan laporan nihil dalam periode ini.",
        "nil_note": "Laporan nihil: desa didatangi dan menyatakan tidak ada yang perlu dilaporkan.",
        "villages": [_village(line) for line in report.lines],
        "no_villages": "Belum ada desa binaan yang ditetapkan dalam periode ini.",
        "obstacles": _obstacles(period),
        "next_heading": period.coming_words if period.is_over else "Rencana selanjutnya",
        "next": [_planned(line) for line in period.to_come],
        "no_next": "Belum ada rencana yang dicatat.",
        "closing": "Demikian laporan ini disampaikan sebagai bahan pertimbangan lebih lanjut.",
        "signatures": {
            "place_and_day": f"{'.' * 28}, {'.' * 22} {today.year}",
            "left": {"heading": "Mengetahui", "function": _head_of(office.name)},
            "right": {"heading": "Yang melaporkan", "function": "Petugas Imigrasi Pembina Desa"},
        },
        "source": (
            f"Angka dihitung oleh sistem Kentongan pada {figures.instant(report.made_at)} dari catatan {office.name}; "
            "yang dicatat sesudahnya belum termasuk. Terlambat dan senyap dinilai per "
            f"{figures.day(report.as_of)}. Laporan, kejadian, dan peringatan dihitung sejauh terbuka bagi pembuat laporan."
        ),
    }


def _period_words(period: Period) -> str:
    last = period.whole.as_of
    return period.words if period.is_over else f"{period.words} (sementara, sampai {figures.day(last)})"


def _addressee(office: Agency, *, on: date) -> str:
    superior = superior_of(office, on=on)
    return f"Yth. {_head_of(superior)}" if superior else "Yth. " + "." * 60


def _head_of(office: str) -> str:
    """Return who heads an office, by function."""
    general = "Direktorat Jenderal"
    return f"Direktur Jenderal{office.removeprefix(general)}" if office.startswith(general) else f"Kepala {office}"


def _area(report: MonthlyReport) -> str:
    """Return the regencies in which the partner villages lie."""
    regencies: dict[str, None] = {}
    for line in report.lines:
        place = line.standing.village.place
        while place is not None and place.level not in ("regency", "city", "municipality"):
            place = place.parent
        if place is not None:
            regencies[titled(place)] = None
    number = f"{figures.number(report.partners)} desa binaan"
    return f"{number} di {figures.listed(list(regencies))}" if regencies else number


@cache
def _shipped_grounds() -> tuple[str, ...]:
    return table_entries("kentongan.briefings", "data/grounds.csv", lambda line: line.required("text"))


def _grounds(report: MonthlyReport) -> list[str]:
    villages = [line.standing.village for line in report.lines]
    decrees = sorted({(one.decree_on or date.min, one.decree_number) for one in villages if one.decree_number})
    said = [
        f"Keputusan tentang penetapan desa binaan: {number}" + (f", {figures.day(on)}" if on != date.min else "")
        for on, number in decrees
    ]
    unknown = sum(not one.decree_number for one in villages)
    if unknown:
        said.append(f"Keputusan penetapan {unknown} desa binaan yang nomornya belum dicatat: {'.' * 50}")
    return [*_shipped_grounds(), *said]


PLANNED = "Kegiatan yang direncanakan"
SUMMARY: tuple[tuple[str, Callable[[MonthlyReport], int | None]], ...] = (
    ("Desa binaan pada akhir periode", lambda report: report.partners),
    (PLANNED, lambda report: report.planned),
    ("Kegiatan yang terlaksana", lambda report: report.done),
    ("  kunjungan", lambda report: _of_kind(report, Visit.Kind.VISIT)),
    ("  penyuluhan", lambda report: _of_kind(report, Visit.Kind.OUTREACH)),
    ("  pelatihan", lambda report: _of_kind(report, Visit.Kind.TRAINING)),
    ("Kegiatan yang dibatalkan", lambda report: report.cancelled),
    ("Peserta seluruhnya (orang)", lambda report: report.heads),
    ("Kunjungan dengan laporan nihil", lambda report: report.nil),
    ("Laporan masuk dari desa binaan", lambda report: report.reports),
    ("Laporan nihil masuk dari desa binaan", lambda report: report.nil_reports),
    ("Kejadian yang diketahui di desa binaan", lambda report: report.events),
    ("Peringatan tentang desa binaan", lambda report: report.alerts),
    ("Peringatan yang selesai", lambda report: report.alerts_closed),
    ("  di antaranya benar", lambda report: report.alerts_true),
)


def _summary(period: Period) -> dict[str, Any]:
    rows = [
        [words, *(_counted(words, count, report) for _head, report in period.columns)]
        for words, count in SUMMARY
    ]  # fmt: skip
    note = (
        "Tanda –: belum berjalan, atau tidak terbuka bagi peran pembuat laporan."
        if any("–" in row for row in rows)
        else ""
    )
    if period.whole.uncounted:
        note = f"Peserta {period.whole.uncounted} kegiatan tidak dihitung di tempat. {note}".rstrip()
    return {"heads": ["Uraian", *(head for head, _report in period.columns)], "rows": rows, "note": note}


def _counted(words: str, count: Callable[[MonthlyReport], int | None], report: MonthlyReport) -> str:
    """Return the figure; of a month that has not begun only what is planned is known."""
    return figures.number(count(report) if report.has_begun or words == PLANNED else None)


def _of_kind(report: MonthlyReport, kind: str) -> int:
    return next((number for code, _label, number in report.by_kind if code == kind), 0)


def _activity(line: VisitLine) -> dict[str, str]:
    visit = line.visit
    return {
        "day": figures.short_day(visit.done_on),
        "village": short_place(visit.place),
        "kind": visit.get_kind_display(),
        "met": ", ".join(f"{function} {heads}" for function, heads in line.met) or "–",
        "topics": "; ".join(line.topics) or "–",
        "heads": figures.number(visit.heads),
        "result": _result(visit),
    }


def _result(visit: Visit) -> str:
    said = " ".join((visit.notes or "").split())
    if len(said) > MOST_RESULT:
        said = f"{said[:MOST_RESULT].rsplit(' ', 1)[0]} … (lengkap di sistem)"
    if visit.is_nil:
        return f"Nihil. {said}".rstrip()
    return said or "–"


def _nil(report: MonthlyReport) -> list[dict[str, str]]:
    days: dict[str, list[date]] = {}
    for line in report.visits:
        if line.visit.is_nil:
            days.setdefault(short_place(line.visit.place), []).append(line.visit.done_on)
    return [
        {"village": village, "times": str(len(found)), "days": ", ".join(figures.short_day(one) for one in found)}
        for village, found in sorted(days.items())
    ]


def _village(line: VillageLine) -> dict[str, str]:
    standing: VillageStanding = line.standing
    return {
        "village": short_place(standing.village.place),
        "status": standing.village.get_status_display(),
        "visits": str(line.done),
        "last_visit": figures.short_day(standing.last_visit),
        "last_heard": figures.short_day(standing.last_heard),
        "remark": _remark(standing),
    }


def _remark(standing: VillageStanding) -> str:
    said = []
    if standing.is_overdue:
        said.append(f"terlambat {standing.days_late} hari" if standing.days_late else "kunjungan belum tercatat")
    if standing.is_silent:
        said.append("senyap")
    return ", ".join(said) or "–"


def _obstacles(period: Period) -> list[str]:
    report, said = period.whole, []
    if report.overdue:
        said.append(f"{len(report.overdue)} desa binaan terlambat dikunjungi: {_names(report.overdue)}.")
    if report.silent:
        weeks = report.silent[0].pace.silent_after_weeks
        said.append(f"{len(report.silent)} desa binaan tanpa kabar lebih dari {weeks} pekan: {_names(report.silent)}.")
    late = [line for line in report.open_visits if line.visit.planned_on and line.visit.planned_on < period.due_until]
    if late:
        said.append(f"{len(late)} kegiatan yang direncanakan belum dicatat terlaksana sampai akhir periode.")
    if report.cancelled:
        said.append(f"{report.cancelled} kegiatan dibatalkan.")
    return said


def _names(standings: Sequence[VillageStanding]) -> str:
    return figures.listed([one.village.place.name for one in standings if one.village.place])


def _planned(line: VisitLine) -> dict[str, str]:
    visit = line.visit
    return {
        "day": figures.short_day(visit.planned_on),
        "village": short_place(visit.place),
        "kind": visit.get_kind_display(),
        "why": visit.why or "–",
    }
