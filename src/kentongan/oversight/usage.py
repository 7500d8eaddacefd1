"""How officers in an overseer's reach used the system in a week, counted from the trail, and the rows behind each hint."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet
from django.db.models.functions import TruncHour
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kentongan.agencies.models import Agency
from kentongan.agreements.facts import Actor
from kentongan.agreements.models import BreakGlass
from kentongan.audit.catalogue import Trail
from kentongan.audit.models import TrailRow
from kentongan.kit.periods import DILI, WIB, end_of_day
from kentongan.kit.shipped_tables import TableLine
from kentongan.places.gazetteer import ZONES

from .anomalies import Hint, Threshold, WeekOfUse, hints_of, is_night
from .queries import reach_of, trail_for
from .tables import table_in_use

WEEK = timedelta(days=7)
WEEKS_BEFORE = 8
DEED_WITHIN = timedelta(days=14)
MOST_ROWS = 200

LOOKS = (Trail.RECORD_READ, Trail.RECORDS_LISTED, Trail.RECORDS_SEARCHED, Trail.VAULT_OPENED)
NO_DEEDS = (*LOOKS, Trail.RECORDS_EXPORTED, Trail.ACCESS_REFUSED, Trail.RECORD_ANONYMISED, Trail.RECORD_DELETED)
"""Rows that tell of no work with a record."""

LABELS: dict[str, str | Promise] = {
    "night_exports": _("Ekspor pada malam hari"),
    "night_looks": _("Banyak pembukaan data pada malam hari"),
    "empty_searches": _("Banyak pencarian tanpa hasil"),
    "refusals": _("Banyak penolakan"),
    "above_own_past": _("Jauh di atas kebiasaannya sendiri"),
    "above_peers": _("Jauh di atas rekan seperannya"),
    "break_glass_overdue": _("Peninjauan pembukaan darurat terlambat"),
    "unrelated_looks": _("Catatan dibaca tanpa pekerjaan yang berkaitan"),
}


UNITS: dict[str, str | Promise] = {
    "night_exports": _("ekspor sepekan"),
    "night_looks": _("pembukaan sepekan"),
    "empty_searches": _("pencarian sepekan, dan setengah dari semuanya"),
    "refusals": _("penolakan sepekan"),
    "above_own_past": _("simpangan di atas delapan pekan sebelumnya"),
    "above_peers": _("simpangan di atas rekan seperan di instansi yang sama"),
    "break_glass_overdue": _("peninjauan"),
    "unrelated_looks": _("catatan sepekan"),
}


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days until the end of one."""

    last: date
    until: datetime

    @classmethod
    def ending(cls, last: date) -> "Week":
        """Return the week whose last civil day this is, where the installation counts days."""
        return cls(last, end_of_day(last, timezone.get_default_timezone()))  # type: ignore[arg-type]  # a ZoneInfo

    @property
    def since(self) -> datetime:
        return self.until - WEEK


def thresholds() -> dict[str, Threshold]:
    """Return the thresholds in use: ours, or the installation's own where it has set any."""

    def built(line: TableLine) -> Threshold:
        value = float(line.required("threshold"))
        if not value > 0:
            raise ValueError("ambang harus lebih dari nol")
        return Threshold(
            line.one_of("hint", frozenset(LABELS)), value, line.text("unit"), line.text("origin"), line.text("note")
        )

    return table_in_use("anomalies.csv", built, lambda threshold: threshold.hint)


def hints(actor: Actor, *, week: Week, at: datetime) -> list[Hint]:
    """Return what in this week's use an overseer may want to look into."""
    known = thresholds()
    return hints_of(weeks_of_use(actor, week=week, at=at), known) + _overdue_hints(actor, known, at=at)


def weeks_of_use(actor: Actor, *, week: Week, at: datetime) -> list[WeekOfUse]:
    """Return each officer's week; officers only, for what the system does on its own is no use."""
    reach = reach_of(actor, at=at)
    rows = trail_for(actor, at=at).filter(agency__in=reach, actor__startswith="officer:", at__lt=week.until)
    this_week = rows.filter(at__gte=week.since)
    use = _by_hour(this_week, reach)
    for who, counts in _past(rows, week).items():
        if who in use:
            use[who] = replace(use[who], past_looks=counts)
    for who, number in _unrelated(this_week).items():
        if who in use:
            use[who] = replace(use[who], unrelated_looks=number)
    return [use[who] for who in sorted(use)]


def _by_hour(rows: QuerySet[TrailRow], reach: frozenset[str]) -> dict[tuple[str, str], WeekOfUse]:
    """Return the counts by officer and agency. The database counts by hours of UTC, which are hours of every zone here."""
    zones = zones_of(reach)
    told: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    roles: dict[tuple[str, str], str] = {}
    empty = Count("pk", filter=Q(event=Trail.RECORDS_SEARCHED, facts__found=0))
    counted = (
        rows.order_by().annotate(hour=TruncHour("at", tzinfo=UTC)).values("actor", "agency", "role", "event", "hour")
    )
    for row in counted.annotate(number=Count("pk"), empty=empty):
        who = (row["actor"], row["agency"])
        roles[who] = row["role"] or roles.get(who, "")
        at_night = is_night(row["hour"].astimezone(zones[row["agency"]]).hour)
        for name in _names_of(row["event"], is_at_night=at_night):
            told[who][name] += row["number"]
        told[who]["empty_searches"] += row["empty"]
    return {
        who: WeekOfUse(who[0], who[1], roles[who], **counts)  # type: ignore[arg-type]  # counts by name
        for who, counts in told.items()
    }


def _names_of(event: str, *, is_at_night: bool) -> Iterable[str]:
    if event in LOOKS:
        yield "looks"
        if is_at_night:
            yield "night_looks"
    if event == Trail.RECORDS_SEARCHED:
        yield "searches"
    if event == Trail.ACCESS_REFUSED:
        yield "refusals"
    if event == Trail.RECORDS_EXPORTED and is_at_night:
        yield "night_exports"


def _past(rows: QuerySet[TrailRow], week: Week) -> dict[tuple[str, str], tuple[int, ...]]:
    """Return the looks of each week before, the latest first, as far back as there were any."""
    before = rows.filter(event__in=LOOKS, at__lt=week.since, at__gte=week.since - WEEKS_BEFORE * WEEK).order_by()
    weeks = {
        f"week_{n}": Count("pk", filter=Q(at__gte=week.since - (n + 1) * WEEK, at__lt=week.since - n * WEEK))
        for n in range(WEEKS_BEFORE)
    }
    past = {}
    counted = before.values("actor", "agency").annotate(first=Min("at"), **weeks)
    for row in cast(Iterable[dict[str, Any]], counted):
        reaching = -(-(week.since - row["first"]) // WEEK)
        past[row["actor"], row["agency"]] = tuple(row[f"week_{n}"] for n in range(min(reaching, WEEKS_BEFORE)))
    return past


def _unrelated(rows: QuerySet[TrailRow]) -> dict[tuple[str, str], int]:
    counted = (
        unrelated_reads(rows).order_by().values("actor", "agency").annotate(number=Count("subject", distinct=True))
    )
    return {(row["actor"], row["agency"]): row["number"] for row in counted}


def unrelated_reads(rows: QuerySet[TrailRow]) -> QuerySet[TrailRow]:
    """Return the reads of records with which nobody of the reader's agency did anything about that time."""
    deeds = (
        TrailRow.objects.order_by()
        .filter(subject=OuterRef("subject"), agency=OuterRef("agency"))
        .filter(at__gte=OuterRef("at") - DEED_WITHIN, at__lte=OuterRef("at") + DEED_WITHIN)
        .exclude(event__in=NO_DEEDS)
    )
    return rows.filter(~Exists(deeds), event=Trail.RECORD_READ)


def _overdue_hints(actor: Actor, known: dict[str, Threshold], *, at: datetime) -> list[Hint]:
    counted = (
        overdue_reviews(actor, at=at).order_by().values("officer", who=F("grant__agency")).annotate(number=Count("pk"))
    )
    least = known["break_glass_overdue"].value
    return [
        Hint("break_glass_overdue", row["officer"], row["who"], row["number"])
        for row in counted.order_by("officer")
        if row["number"] >= least
    ]


def overdue_reviews(actor: Actor, *, at: datetime) -> QuerySet[BreakGlass]:
    """Return the emergency openings in reach, by whoever or of whatever record, that nobody reviewed in time."""
    reach = reach_of(actor, at=at)
    ours = Q(owner__in=reach) | Q(grant__agency__in=reach)
    return BreakGlass.objects.filter(ours, reviewed_at__isnull=True, review_by__lt=at)


def rows_behind(actor: Actor, hint: str, officer: str, agency: str, *, week: Week, at: datetime) -> list[TrailRow]:
    """Return the rows that a hint was counted from, the newest first and not more than a page can show."""
    rows = trail_for(actor, at=at).filter(actor=officer, agency=agency)
    if hint == "break_glass_overdue":
        refs = [one.ref for one in overdue_reviews(actor, at=at).filter(officer=officer)]
        return list(trail_for(actor, at=at).filter(subject__in=refs).order_by("-pk")[:MOST_ROWS])
    rows = rows.filter(at__gte=week.since, at__lt=week.until).order_by("-pk")
    if hint == "unrelated_looks":
        return list(unrelated_reads(rows)[:MOST_ROWS])
    if hint == "empty_searches":
        return list(rows.filter(event=Trail.RECORDS_SEARCHED, facts__found=0)[:MOST_ROWS])
    if hint == "refusals":
        return list(rows.filter(event=Trail.ACCESS_REFUSED)[:MOST_ROWS])
    events = (Trail.RECORDS_EXPORTED,) if hint == "night_exports" else LOOKS
    found = rows.filter(event__in=events)
    if hint not in ("night_exports", "night_looks"):
        return list(found[:MOST_ROWS])
    zone = zones_of(frozenset({agency}))[agency]
    at_night = (row for row in found.iterator() if is_night(row.at.astimezone(zone).hour))
    return [row for row, _place in zip(at_night, range(MOST_ROWS), strict=False)]


def zones_of(agencies: frozenset[str]) -> dict[str, ZoneInfo]:
    """Return the zone on whose clock each agency works: that of its seat, or of its country where no seat is known."""
    found = dict.fromkeys(agencies, WIB)
    for pk, country, code in Agency.objects.filter(pk__in=agencies).values_list("pk", "country", "seat__code"):
        found[pk] = DILI if country == "TL" else _zone_of(code or "")
    return found


@cache
def _zone_of(code: str) -> ZoneInfo:
    return ZONES.get(code[:2], WIB)
