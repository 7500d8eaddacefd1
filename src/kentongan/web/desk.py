"""The duty desk: what waits for the officer's agency, from several rooms, as one queue by severity and clock."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from hashlib import sha256
from typing import Any, Protocol

from django.db.models import Count, Max, Q, QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from kentongan.agreements.facts import Actor
from kentongan.agreements.models import Handling
from kentongan.alerts import labels as alert_labels
from kentongan.alerts import news, rules
from kentongan.alerts.clocks import clock_of, length
from kentongan.alerts.models import Alert, LadderStep, StepTold
from kentongan.alerts.queries import MARK_LENGTH, names_of_actors, names_of_agencies, queue_for, with_next_due
from kentongan.alerts.showing import audience_words
from kentongan.alerts.steps import PENDING
from kentongan.events.models import Event
from kentongan.intake.models import Report
from kentongan.watch.labels import FINDING_TYPES
from kentongan.watch.models import Finding
from kentongan.watch.streams import label_of

from .queries import events_to_confirm, findings_to_judge, reports_without_event

ROWS = 40
"""Lines of each kind on the desk; the number beside them leads to all."""

NAMED = 2
"""People who are named on a line as told; the others are counted."""

MOST_FINDINGS = 200

KEYS: dict[str, str] = {
    rules.ACKNOWLEDGE: "t", rules.VERIFY: "v", rules.ASSIGN: "p", rules.ESCALATE: "n", rules.ASK: "b", rules.MERGE: "g",
    rules.SNOOZE: "d", rules.CLOSE: "x",
}  # fmt: skip
"""The key of each deed; it works on the line that is chosen."""

ANCHORS: dict[str, str] = {
    rules.VERIFY: "verifikasi", rules.ASSIGN: "tugaskan", rules.ESCALATE: "naikkan", rules.ASK: "tanya",
    rules.MERGE: "gabung", rules.SNOOZE: "tunda", rules.CLOSE: "tutup",
}  # fmt: skip
"""Where on the alert's page a deed asks for its words; a deed without one needs none and is done from the desk."""


class Severity(IntEnum):
    """What comes first, whatever the clock says."""

    URGENT = 0
    ALERT = 1
    FINDING = 2
    EVENT = 3
    REPORT = 4


@dataclass(frozen=True, slots=True)
class Deed:
    """What the officer may do with a line: by key, by link, or at once."""

    code: str
    label: str
    key: str
    address: str
    is_at_once: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that waits: what, where, due when, who was told and will be, and what is to be done next."""

    key: str
    severity: Severity
    kind: str
    title: str
    address: str
    detail: tuple[str, ...]
    state: str = ""
    chip: str = ""
    due: datetime | None = None
    clock: str = ""
    is_overdue: bool = False
    version: int = 0
    told: str = ""
    then: str = ""
    next_deed: Deed | None = None
    other_deeds: tuple[Deed, ...] = ()

    @property
    def is_urgent(self) -> bool:
        """Tell whether it is an urgent alert."""
        return self.severity is Severity.URGENT


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of a kind wait, and where all of them are listed."""

    label: str
    number: int
    address: str


@dataclass(frozen=True, slots=True)
class Queue:
    """The lines in their order, and how many of each kind there are in all."""

    lines: tuple[Line, ...]
    tallies: tuple[Tally, ...]

    @property
    def number(self) -> int:
        return sum(tally.number for tally in self.tallies)

    @property
    def overdue(self) -> int:
        return sum(line.is_overdue for line in self.lines)


class Viewer(Protocol):
    """What of an officer decides which desk is shown."""

    @property
    def agency(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def purpose(self) -> str: ...
    @property
    def reads(self) -> frozenset[str]: ...


def mark_of(actor: Viewer) -> str:
    """Return a text that is another one after every change of what the actor's desk shows, and says nothing of it.

    It is asked for once a second by every open desk, so it rests on the agency's own rows and few of them: the role that
    reads a category sees all of those, and what others address or leave to the agency puts a change of its own there. Rows on
    refugees change no mark: some readers may not even learn that their own agency has any (R11).
    """
    own = Q(owner=actor.agency, origins=[]) & ~Q(handling=Handling.PROTECTED)
    facts: list[object] = [actor.agency, actor.role, actor.purpose, news.mark_of(actor.agency)]
    if "reports" in actor.reads:
        facts.append(Report.objects.filter(own).order_by("-received_at").values_list("pk", flat=True).first())
    if "events" in actor.reads:
        proposed = Event.objects.filter(own, state=Event.State.PROPOSED)
        facts.append(sorted(proposed.aggregate(Count("pk"), Max("known_at")).items()))
    if "findings" in actor.reads:
        judged = Finding.objects.filter(own, state=Finding.State.OPEN).order_by("pk")
        facts.append(list(judged.values_list("pk", "last_as_of")[:MOST_FINDINGS]))
    return sha256(repr(facts).encode()).hexdigest()[:MARK_LENGTH]


def queue_of(actor: Actor, *, at: datetime) -> Queue:
    """Return what waits for the officer's agency: urgent first, then by what is due next, then what has no clock."""
    alerts, tallies = _alerts(actor, at=at) if "alerts" in actor.reads else ([], [])
    lines = _alert_lines(alerts, actor, at=at)
    if "findings" in actor.acts:
        findings, number = _first(findings_to_judge(actor, at=at).select_related("place"))
        lines += [_finding_line(finding) for finding in findings]
        tallies.append(Tally(_("Temuan untuk dinilai"), number, f"{reverse('finding_list')}?state=open"))
    if "events" in actor.acts:
        events, number = _first(events_to_confirm(actor, at=at))
        lines += [_event_line(event, actor, at=at) for event in events]
        tallies.append(Tally(_("Kejadian untuk dikonfirmasi"), number, f"{reverse('event_list')}?state=proposed"))
        reports, number = _first(
            reports_without_event(actor, at=at).select_related("place", "owner").defer("original", "text")
        )
        lines += [_report_line(report, actor, at=at) for report in reports]
        tallies.append(Tally(_("Laporan tanpa kejadian"), number, reverse("report_list")))
    in_order = sorted(lines, key=lambda line: (line.severity, line.due is None, line.due or at))
    return Queue(tuple(in_order), tuple(tallies))


def _alerts(actor: Actor, *, at: datetime) -> tuple[list[Alert], list[Tally]]:
    beside = ("owner", "addressee", "place", "assignee")
    to_us, number_to = _first(queue_for(actor, at=at).select_related(*beside).order_by("-is_urgent", "next_due", "id"))
    sent = Alert.objects.visible_to(actor, at=at).filter(owner=actor.agency).exclude(addressee=actor.agency)
    waiting = with_next_due(sent.exclude(state=Alert.State.CLOSED)).select_related(*beside)
    from_us, number_from = _first(waiting.order_by("-is_urgent", "next_due", "id"))
    listed = reverse("alert_list")
    return [*to_us, *from_us], [
        Tally(_("Peringatan untuk dijawab"), number_to, f"{listed}?side=to"),
        Tally(_("Menunggu jawaban instansi lain"), number_from, f"{listed}?side=from"),
    ]


def _first(rows: QuerySet[Any]) -> tuple[Sequence[Any], int]:
    """Return the first rows and how many there are, with as many questions whatever the number."""
    return list(rows[:ROWS]), rows.count()


def _alert_lines(alerts: Sequence[Alert], actor: Actor, *, at: datetime) -> list[Line]:
    told, then = _told(alerts, actor)
    return [_alert_line(alert, actor, told.get(alert.pk, ""), then.get(alert.pk, ""), at=at) for alert in alerts]


def _alert_line(alert: Alert, actor: Actor, told: str, then: str, *, at: datetime) -> Line:
    is_addressee = alert.addressee_id == actor.agency
    sides = {"is_addressee": is_addressee, "is_sender": alert.owner_id == actor.agency}
    offered = rules.deeds_in(alert.state, **sides) if "alerts" in actor.acts else ()
    deeds = {code: _deed(code, alert) for code in offered}
    clock = clock_of(alert, at=at)
    is_late = bool(clock and clock.is_overdue)
    awaited = rules.next_deed(alert.state) if is_addressee else rules.ESCALATE if is_late else ""
    from_or_to = _("dari %(agency)s") % {"agency": alert.owner} if is_addressee else _("kepada %(agency)s") % {
        "agency": alert.addressee
    }  # fmt: skip
    in_hand = _("ditangani oleh %(officer)s") % {"officer": alert.assignee} if alert.assignee else ""
    return Line(
        key=alert.ref,
        severity=Severity.URGENT if alert.is_urgent else Severity.ALERT,
        kind=_("peringatan masuk") if is_addressee else _("peringatan terkirim"),
        title=alert.title or alert.number,
        address=f"{reverse('alert_detail', args=[alert.pk])}?dari=meja",
        detail=_said(alert.place, alert.number, from_or_to, in_hand),
        state=str(alert_labels.STATES[alert.state]),
        chip=alert_labels.CHIPS[alert.state],
        due=clock.due if clock else None,
        clock=_("harus %(step)s, %(time)s") % {"step": clock.awaited, "time": clock.words} if clock else "",
        is_overdue=is_late,
        version=alert.version,
        told=told,
        then=then,
        next_deed=deeds.get(awaited),
        other_deeds=tuple(deed for code, deed in deeds.items() if code != awaited),
    )


def _deed(code: str, alert: Alert) -> Deed:
    page, label = reverse("alert_detail", args=[alert.pk]), str(alert_labels.DEEDS[code])
    if anchor := ANCHORS.get(code):
        return Deed(code, label, KEYS[code], f"{page}?dari=meja#{anchor}", is_at_once=False)
    return Deed(code, label, KEYS[code], reverse(f"alert_{code}", args=[alert.pk]), is_at_once=True)


def _finding_line(finding: Finding) -> Line:
    figures = _("%(observed)d teramati, %(expected).1f diperkirakan") % {
        "observed": finding.observed, "expected": finding.expected,
    }  # fmt: skip
    kind = str(FINDING_TYPES.get(finding.type, finding.type))
    return Line(
        key=finding.ref, severity=Severity.FINDING, kind=pgettext("meja", "temuan"), title=f"{kind}: {label_of(finding.stream)}",
        address=reverse("finding_detail", args=[finding.pk]), detail=_said(finding.place, figures),
        clock=_("menunggu dinilai"),
    )  # fmt: skip


def _event_line(event: Event, actor: Actor, *, at: datetime) -> Line:
    return Line(
        key=event.ref, severity=Severity.EVENT, kind=pgettext("meja", "kejadian"), title=event.title,
        address=reverse("event_detail", args=[event.pk]), detail=_said(event.place, _others(event, actor)), clock=_waits(at - event.known_at),
    )  # fmt: skip


def _report_line(report: Report, actor: Actor, *, at: datetime) -> Line:
    return Line(
        key=report.ref, severity=Severity.REPORT, kind=pgettext("meja", "laporan"), title=str(report),
        address=reverse("report_detail", args=[report.pk]), detail=_said(report.place, report.source, _others(report, actor)),
        clock=_waits(at - report.received_at),
    )  # fmt: skip


def _others(row: Event | Report, actor: Actor) -> str:
    """Return whose it is, where it is not the own agency's."""
    return "" if row.owner_id == actor.agency else _("milik %(agency)s") % {"agency": row.owner}


def _waits(span: timedelta) -> str:
    return _("menunggu %(span)s") % {"span": length(max(span, timedelta()))}


def _said(*parts: object) -> tuple[str, ...]:
    return tuple(str(part) for part in parts if part)


def _told(alerts: Sequence[Alert], actor: Actor) -> tuple[Mapping[Any, str], Mapping[Any, str]]:
    """Return, by alert, who was told last and who is told next, in words. Of a part of an alert only the own people."""
    in_part = {alert.pk for alert in alerts if alert.release is not None}
    steps = list(LadderStep.objects.filter(alert__in=[alert.pk for alert in alerts]).order_by("due_at", "number"))
    rows = list(StepTold.objects.filter(step__in=[step for step in steps if step.state == LadderStep.State.DONE]))
    by_step = defaultdict(list)
    for row in rows:
        by_step[row.step_id].append(row)
    names = names_of_actors(row.officer for row in rows)
    agencies = names_of_agencies(row.agency for row in rows)
    told: dict[Any, str] = {}
    then: dict[Any, str] = {}
    for step in steps:
        if step.state in PENDING:
            then.setdefault(step.alert_id, f"{_time(step.due_at)}: {audience_words(step.whom)}")
        elif step.state == LadderStep.State.DONE:
            seen = [row for row in by_step[step.pk] if step.alert_id not in in_part or row.agency == actor.agency]
            if seen:
                told[step.alert_id] = f"{_time(step.ended_at or step.due_at)}: {_people(seen, names, agencies)}"
    return told, then


def _people(rows: Iterable[StepTold], names: Mapping[str, str], agencies: Mapping[str, str]) -> str:
    """Return who was told, agency by agency: some by name, the others by number; or that nobody was there."""
    by_agency: defaultdict[str, list[str]] = defaultdict(list)
    for row in rows:
        by_agency[row.agency] += [names.get(row.officer, row.officer)] if row.officer else []
    said = []
    for agency, people in by_agency.items():
        more = len(people) - NAMED
        others = [ngettext("%(n)d orang lagi", "%(n)d orang lagi", more) % {"n": more}] if more > 0 else []
        who = ", ".join([*people[:NAMED], *others]) or _("tidak ada petugas")
        said.append(f"{who} ({agencies.get(agency, agency)})")
    return "; ".join(said)


def _time(at: datetime) -> str:
    return date_format(localtime(at), "j M H.i")
