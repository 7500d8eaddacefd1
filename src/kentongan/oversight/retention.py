"""Retention (R22): what is due is anonymised or deleted, each record in a transaction of its own with its row in the trail.

The registry of how each model is treated stands here and not in the rooms below, because a deed of retention reaches
across them (an event's versions, an alert's steps), needs the holds of this room, and lower rooms cannot import it. What a
model loses is read off here in one place by whoever has to answer for it.

Which day is due: the record's own `retain_until`, which it was given when it came. Where the table gives a category a
number of years, or a clause under which the record was received gives the receiver a number of days, the earlier day
counts; nothing is ever kept longer than it was promised.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from kentongan.agencies.models import Agency
from kentongan.agreements.access import category_of, protected_models
from kentongan.agreements.models import Clause
from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.audit.models import TrailRow
from kentongan.cases.retention import anonymise_case, anonymise_referral
from kentongan.kit.errors import KentonganError
from kentongan.kit.shipped_tables import TableLine
from kentongan.messages.models import Message
from kentongan.programme.retention import anonymise_partner, anonymise_plan, anonymise_visit
from kentongan.programme.rules import CATEGORY as PROGRAMME
from kentongan.vault import actions as vault
from kentongan.vulnerability.index_models import IndexRun
from kentongan.vulnerability.index_one import forget_older

from .matters import held_by_a_merge
from .models import HeldRecord, LegalHold, Release, RetentionRun, Treated
from .rules import PROTECTED
from .tables import day_of, table_in_use

log = logging.getLogger(__name__)

ANONYMISE, DELETE = "anonymise", "delete"
ERASED = "dihapus menurut retensi"
"""What stands where a reason must stand; in the data, so in the language of the data."""

BATCH = 500


class NotTreatable(KentonganError):
    """The table asks for a treatment that a category does not have."""

    code = "oversight.not_treatable"


@dataclass(frozen=True, slots=True)
class Rule:
    """How long a category is kept and what happens then."""

    category: str
    years: int | None  # null: as each record was promised
    treatment: str
    origin: str  # "ours", or the law
    since: date
    note: str

    @property
    def ref(self) -> str:
        return f"{self.category}@{self.since}"


EVERY_ROW = Q()


@dataclass(frozen=True, slots=True)
class Treating:
    """How one model is treated: when its records began, and what anonymising or deleting one does to it."""

    model: str
    began: str  # the column from which the table's years and a clause's days count
    anonymise: Callable[[Any, datetime], tuple[str, ...]] | None = None
    delete: Callable[[Any, datetime], tuple[str, ...]] | None = None
    still: Q = EVERY_ROW  # which rows have something to lose: those erased by a right have not
    outside: str = ""  # of a model outside the gate, the category whose rule holds; no clause ever gave such a row

    def treatments(self) -> frozenset[str]:
        """Return what can be done with such a record."""
        return frozenset(name for name, way in ((ANONYMISE, self.anonymise), (DELETE, self.delete)) if way)


def _report(report: Any, at: datetime) -> tuple[str, ...]:
    changed = {"text": None, "original": None, "title": "", "filename": "", "author": "", "address": "", "source": ""}
    _update(report, **changed, erased_at=at, erased_why=ERASED)
    return tuple(changed)


def _reading(reading: Any, _at: datetime) -> tuple[str, ...]:
    _update(reading, content=emptied(reading.content), corrections=[])
    return ("content", "corrections")


def _event(event: Any, _at: datetime) -> tuple[str, ...]:
    _update(event, title=ERASED, details={})
    event.versions.update(title=ERASED, reason="")
    event.classifications.exclude(why="").update(why=ERASED)
    event.classifications.exclude(withdrawn_why="").update(withdrawn_why=ERASED)
    event.evidence.update(why="")
    _erase_why("JoinDoubt", event, "one", "other", why=[])
    _erase_why("Merge", event, "absorbed", "into", why=ERASED)
    return ("title", "details", "versions", "classifications.why", "evidence.why", "merges.why", "doubts.why")


def _erase_why(model: str, event: Any, one: str, other: str, *, why: object) -> None:
    """Nothing says any more why the event and another were held for one, unless the other is held."""
    held_events = apps.get_model("events", "Event")._default_manager.filter(held("events"))
    pairs = apps.get_model("events", model)._default_manager
    for this, that in ((one, other), (other, one)):
        pairs.filter(~Q(**{f"{that}__in": held_events}), **{this: event}).update(why=why)


def _finding(finding: Any, _at: datetime) -> tuple[str, ...]:
    _update(finding, outcome_why=ERASED if finding.outcome_why else "")
    return ("outcome_why",)


def _alert(alert: Any, _at: datetime) -> tuple[str, ...]:
    left = {"outcome_why": ERASED if alert.outcome_why else "", "changed_why": ERASED if alert.changed_why else ""}
    _update(alert, title=ERASED, message=ERASED, **left)
    alert.steps.exclude(note="").update(note=ERASED)
    alert.notes.exclude(note="").update(note=ERASED)
    alert.reporter_words.update(text=ERASED)
    alert.reporter_words.exclude(answer="").update(answer=ERASED)
    return ("title", "message", "outcome_why", "changed_why", "steps.note", "notes.note")


def _index_run(run: Any, _at: datetime) -> tuple[str, ...]:
    run.arrays.all().delete()
    _update(run, villages=0, error="")
    return ("arrays", "villages", "error")


def _village_sheet(sheet: Any, _at: datetime) -> tuple[str, ...]:
    _update(sheet, content={})
    return ("content",)


def _objection(objection: Any, _at: datetime) -> tuple[str, ...]:
    _update(objection, text=ERASED, answer=ERASED if objection.answer else "")
    return ("text", "answer")


def _identity(identity: Any, at: datetime) -> tuple[str, ...]:
    return vault.forget(identity, at=at, why=ERASED)


def _notices(ref: str) -> tuple[str, ...]:
    """Take the words out of what people were told of the record; that they were told, when and how, stays."""
    told = Message.objects.filter(about=ref).exclude(subject="", body="")
    return ("notices",) if told.update(subject="", body="") else ()


NOT_ERASED = Q(erased_at__isnull=True)
TREATINGS: tuple[Treating, ...] = (
    Treating("cases.Case", "opened_at", anonymise=anonymise_case),
    Treating("cases.Referral", "sent_at", anonymise=anonymise_referral),
    Treating("intake.Report", "received_at", anonymise=_report, still=NOT_ERASED),
    Treating("events.ReadingRow", "read_at", anonymise=_reading),
    Treating("events.Event", "known_at", anonymise=_event),
    Treating("watch.Finding", "first_as_of", anonymise=_finding),
    Treating("alerts.Alert", "raised_at", anonymise=_alert),
    Treating("programme.PartnerVillage", "changed_at", anonymise=anonymise_partner),
    Treating("programme.Visit", "planned_at", anonymise=anonymise_visit),
    Treating("programme.Plan", "made_at", anonymise=anonymise_plan, outside=PROGRAMME),
    Treating("vulnerability.IndexRun", "requested_at", anonymise=_index_run),
    Treating("vulnerability.VillageSheet", "told_at", anonymise=_village_sheet),
    Treating("vulnerability.Objection", "objected_at", anonymise=_objection),
    Treating(
        "vault.Identity",
        "recorded_at",
        delete=_identity,
        still=NOT_ERASED,
    ),
)


def rules_in_use() -> dict[str, Rule]:
    """Return the rule of each category; NotTreatable when one asks for what its models cannot do."""
    return table_in_use("retention.csv", _rule, lambda rule: rule.category)


def _rule(line: TableLine) -> Rule:
    years = line.text("years")
    if years and not 0 < int(years) <= 100:
        raise ValueError("jumlah tahun di luar 1 sampai 100")
    return Rule(
        line.required("category"),
        int(years) if years else None,
        line.one_of("treatment", frozenset({ANONYMISE, DELETE})),
        line.required("origin"),
        day_of(line, "since"),
        line.text("note"),
    )


def treated_models() -> dict[type[Any], Treating]:
    """Return how each model that retention knows is treated."""
    return {apps.get_model(treating.model): treating for treating in TREATINGS}


def _category(model: type[Any], treating: Treating) -> str:
    return treating.outside or category_of(model)


def untreated_models() -> list[type[Any]]:
    """Return the protected models that retention does not know: a new one must say what happens to it."""
    return [model for model in protected_models() if model not in treated_models()]


@dataclass(frozen=True, slots=True)
class Due:
    """A record that is due, since when, and by which rule."""

    row: Any
    treating: Treating
    rule: Rule
    due_on: date


def due_records(*, as_of: date) -> Iterator[Due]:
    """Yield the records that are due, not held and not treated yet, in the order of the rules and oldest first."""
    rules = rules_in_use()
    _demand_treatable(rules)
    for model, treating in treated_models().items():
        rule = rules[_category(model, treating)]
        last: tuple[date, UUID] | None = None
        while True:
            found = _due_of(model, treating, rule, as_of=as_of, after=last)
            for row in found:
                yield Due(row, treating, rule, due_on(row, treating, rule))
            if len(found) < BATCH:
                break
            last = (found[-1].retain_until, found[-1].pk)


def _demand_treatable(rules: Mapping[str, Rule]) -> None:
    wrong = [
        _("%(category)s: %(treatment)s") % {"category": rule.category, "treatment": rule.treatment}
        for model, treating in treated_models().items()
        if (rule := rules[_category(model, treating)]).treatment not in treating.treatments()
    ]
    if wrong:
        raise NotTreatable(
            _("Tabel retensi meminta perlakuan yang tidak ada untuk jenis data ini. Perbaiki baris yang disebut."),
            details=wrong,
        )


def due_on(row: Any, treating: Treating, rule: Rule) -> date:
    """Return the day from which a record may not be kept any more: the earliest that anything says."""
    days: list[date] = [row.retain_until]
    began = _day_of(getattr(row, treating.began))
    if rule.years is not None:
        days.append(_years_after(began, rule.years))
    if not treating.outside and (kept := _days_of_clause(row.agreement_ref)) is not None:
        days.append(began + timedelta(days=kept))
    return min(days)


def _due_of(
    model: type[Any], treating: Treating, rule: Rule, *, as_of: date, after: tuple[date, UUID] | None
) -> list[Any]:
    is_due = Q(retain_until__lte=as_of)
    if rule.years is not None:
        is_due |= Q(**{f"{treating.began}__lt": _bound(model, treating, _years_after(as_of, -rule.years))})
    for ref, days in (_days_of_clauses() if not treating.outside else {}).items():
        began = _bound(model, treating, as_of - timedelta(days=days))
        is_due |= Q(agreement_ref=ref, **{f"{treating.began}__lt": began})
    treated = Treated.objects.filter(record=OuterRef("pk"), category=rule.category)
    rows = model._default_manager.filter(is_due).filter(treating.still, ~Exists(treated), ~held(rule.category))
    if after is not None:
        rows = rows.filter(Q(retain_until__gt=after[0]) | Q(retain_until=after[0], pk__gt=after[1]))
    return list(rows.order_by("retain_until", "pk")[:BATCH])


STANDS_BEHIND_EVENTS = {"reports": "pk", "readings": "report"}
"""Categories whose rows a held event keeps, and the column that says of which report a row is."""


def held(category: str) -> Q:
    """Return the filter for rows of a protected model that a standing hold keeps, itself or with an event that it is behind.

    Events that were merged are kept together. Which these are is read now: the filter is used at once.
    """
    standing = LegalHold.objects.filter(lifted_at__isnull=True, owner=OuterRef("owner"))
    of_category = standing.filter(category=category)
    single = HeldRecord.objects.filter(
        record=OuterRef("pk"), hold__lifted_at__isnull=True, hold__owner=OuterRef("owner")
    )
    keeps = Q(Exists(of_category)) | Q(Exists(single))
    if category == "events":
        keeps |= Q(pk__in=held_by_a_merge())
    return keeps | _behind_held_event(STANDS_BEHIND_EVENTS[category]) if category in STANDS_BEHIND_EVENTS else keeps


def _behind_held_event(report: str) -> Q:
    """Return the filter for rows of a report that stands behind a held event of the same owner, whenever it came there."""
    owner = OuterRef(OuterRef("owner"))
    all_events = LegalHold.objects.filter(lifted_at__isnull=True, category="events", owner=owner)
    single = HeldRecord.objects.filter(record=OuterRef("event"), hold__lifted_at__isnull=True, hold__owner=owner)
    links = apps.get_model("events", "EventReport")._default_manager.filter(
        report=OuterRef(report), event__owner=OuterRef("owner")
    )
    keeps = Q(Exists(all_events)) | Q(Exists(single)) | Q(event__in=held_by_a_merge())
    return Q(Exists(links.filter(keeps)))


def held_number(*, as_of: date) -> int:
    """Return how many records are due and kept by a hold."""
    number = 0
    rules = rules_in_use()
    for model, treating in treated_models().items():
        category = _category(model, treating)
        treated = Treated.objects.filter(record=OuterRef("pk"), category=category)
        due = model._default_manager.filter(~Exists(treated), held(category), retain_until__lte=as_of)
        number += due.count() if category in rules else 0
    return number


@dataclass(frozen=True, slots=True)
class Keeper:
    """Retention itself, acting for the agency whose record it is."""

    agency: str
    ref: str = "system:retention"
    purpose: str = "oversight"
    role: str = "system"


@transaction.atomic
def treat(due: Due, *, run: RetentionRun, at: datetime) -> bool:
    """The record is anonymised or deleted, with its row in the trail; False when another worker or a hold was quicker."""
    model = type(due.row)
    Agency.objects.select_for_update(no_key=True).get(
        pk=due.row.owner_id
    )  # who places a hold meanwhile waits, or came first
    row = model._default_manager.select_for_update().filter(pk=due.row.pk).first()
    # asked once the row stands still: who merges it with what is held waits, or came first
    if row is None or not model._default_manager.filter(~held(due.rule.category), pk=row.pk).exists():
        return False
    ref, owner = row.ref, row.owner_id
    was_protected = not due.treating.outside and row.handling == PROTECTED
    try:
        with transaction.atomic():
            Treated.objects.create(
                category=due.rule.category,
                record=row.pk,
                ref=ref,
                owner_id=owner,
                was_protected=was_protected,
                treatment=due.rule.treatment,
                due_on=due.due_on,
                run=run,
                at=at,
            )
    except IntegrityError:
        return False
    way = due.treating.anonymise if due.rule.treatment == ANONYMISE else due.treating.delete
    assert way is not None  # noqa: S101 - due_records refuses a table that asks for another
    lost = way(row, at) + _notices(ref)
    facts = {
        "rule": due.rule.ref,
        "due": due.due_on.isoformat(),
        "lost": list(lost),
        "receivers": receivers_of(ref, owner),
    }
    event = Trail.RECORD_ANONYMISED if due.rule.treatment == ANONYMISE else Trail.RECORD_DELETED
    trail.record(event, by=Keeper(owner), at=at, on=ref, why=due.rule.ref, facts=facts)
    return True


@transaction.atomic
def forget_replaced(run: IndexRun) -> None:
    """The runs of the index before this one keep no more than they are read by, unless they are held."""
    Agency.objects.select_for_update(no_key=True).get(
        pk=run.owner_id
    )  # who places a hold meanwhile waits, or came first
    forget_older(run, keeping=held(category_of(IndexRun)))


def receivers_of(ref: str, owner: str) -> dict[str, int | None]:
    """Return the other agencies that read the record, each with the days that its clause lets it keep what it was given."""
    looks = TrailRow.objects.filter(subject=ref, event=Trail.RECORD_READ).exclude(agency=owner)
    days = _days_of_clauses()
    receivers: dict[str, int | None] = {}
    for agency, clause in looks.values_list("agency", "clause").distinct().order_by("agency", "clause"):
        known = [kept for kept in (receivers.get(agency), days.get(clause)) if kept is not None]
        receivers[agency] = min(known) if known else None
    return receivers


def run_for(as_of: date, *, at: datetime) -> RetentionRun:
    """Return the run of the day, begun now or earlier by one that was killed."""
    return RetentionRun.objects.get_or_create(as_of=as_of, defaults={"started_at": at})[0]


def run(*, as_of: date, at: datetime, progress: Callable[[int], None] = lambda _number: None) -> RetentionRun:
    """Everything that is due on the day is treated; what a killed run has left is done, what it did is not done again."""
    night = run_for(as_of, at=at)
    for number, due in enumerate(due_records(as_of=as_of), start=1):
        try:
            treat(due, run=night, at=at)
        except KentonganError as refusal:  # it stays due, and stands in nobody else's way
            log.error("oversight.record_not_treated", extra={"ref": due.row.ref, "code": refusal.code})
        progress(number)
    erase_files(as_of=as_of, at=at)
    return _finish(night, as_of=as_of, at=at)


def number_due(*, as_of: date) -> dict[str, Counter[str]]:
    """Return category -> treatment -> how many records are due and not held."""
    counts: dict[str, Counter[str]] = {}
    for due in due_records(as_of=as_of):
        counts.setdefault(due.rule.category, Counter())[due.rule.treatment] += 1
    return counts


@transaction.atomic
def _finish(night: RetentionRun, *, as_of: date, at: datetime) -> RetentionRun:
    counts: dict[str, dict[str, int]] = {}
    for category, treatment in night.treated.order_by("pk").values_list("category", "treatment"):
        counts.setdefault(category, Counter())[treatment] += 1
    counts = {category: dict(of) for category, of in counts.items()}
    kept = held_number(as_of=as_of)
    ended = RetentionRun.objects.filter(pk=night.pk, finished_at__isnull=True)
    if ended.update(finished_at=at, counts=counts, held=kept):
        facts = {"as_of": as_of.isoformat(), "treated": counts, "held": kept}
        trail.record(Trail.RETENTION_RUN, by=Keeper(""), at=at, on=f"retentionrun:{night.pk}", facts=facts)
    else:
        RetentionRun.objects.filter(pk=night.pk).update(counts=counts, held=kept)
    night.refresh_from_db()
    return night


def erase_files(*, as_of: date, at: datetime) -> int:
    """The files of releases whose time is over are gone; their checksums and counts stay. Return how many went now."""
    gone = 0
    for release in Release.objects.filter(content__isnull=False, keep_until__lte=as_of).select_related("request"):
        with transaction.atomic():
            still = Release.objects.filter(pk=release.pk, content__isnull=False)
            if still.update(content=None, erased_at=at):
                by, facts = Keeper(release.request.desk_id), {"checksum": release.checksum}
                trail.record(Trail.RELEASE_ERASED, by=by, at=at, on=release.request.ref, facts=facts)
                gone += 1
    return gone


def emptied(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return a reading that tells nothing of its text: the same keys, lists and texts empty; its versions and grade stay."""
    stays = ("schema", "reader_version", "grade")
    return {name: value if name in stays else _empty(value) for name, value in content.items()} | (
        {"grade": {**content["grade"], "why": ""}} if "grade" in content else {}
    )


def _empty(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _empty(inner) for name, inner in value.items()}
    return [] if isinstance(value, list) else "" if isinstance(value, str) else None


def _update(row: Any, **changed: Any) -> None:
    type(row)._default_manager.filter(pk=row.pk).update(**changed)


def _day_of(began: date | datetime) -> date:
    return timezone.localdate(began) if isinstance(began, datetime) else began


def _bound(model: type[Any], treating: Treating, day: date) -> date | datetime:
    """Return the first moment after the day, as the column holds moments: what began before it began by that day."""
    after = day + timedelta(days=1)
    if model._meta.get_field(treating.began).get_internal_type() != "DateTimeField":
        return after
    return datetime(after.year, after.month, after.day, tzinfo=timezone.get_default_timezone())


def _years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return date(day.year + years, 3, 1)


def _days_of_clause(ref: str) -> int | None:
    return _days_of_clauses().get(ref) if ref else None


def _days_of_clauses() -> dict[str, int]:
    """Return the days for which a receiver may keep what came under a clause, by the clause's reference."""
    limited = Clause.objects.filter(retention_days__isnull=False).values_list("pk", "retention_days")
    return {f"clause:{pk}": days for pk, days in limited if days is not None}
