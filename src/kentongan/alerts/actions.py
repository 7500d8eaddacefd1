"""Deeds on alerts: raise, acknowledge, verify, close. Each changes the row only where its state and version still hold."""

import re
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from kentongan.agencies.models import Agency
from kentongan.agreements.access import NotVisible, demand_act, demand_person
from kentongan.agreements.facts import Actor, ClauseFacts
from kentongan.agreements.models import Grant
from kentongan.agreements.onward import Came, came_with, held_back
from kentongan.agreements.sending import clauses_that_carry, groups_carried
from kentongan.audit import outbox, trail
from kentongan.audit.catalogue import Trail
from kentongan.events.models import Event
from kentongan.intake.actions import retention_end
from kentongan.intake.legal_bases import legal_basis_for
from kentongan.kit.errors import KentonganError
from kentongan.watch import actions as watch
from kentongan.watch.models import Finding
from kentongan.watch.streams import label_of

from . import news, queries, reporters, steps
from .labels import MATTERS, OUTCOMES, word
from .ladder_rules import class_of, limits
from .matters import may_be_asked
from .models import Alert, AlertNote, AlertSeries, AlertStep, ReporterWord
from .rules import due_times, may_close_as, may_follow

ALERT_RAISED = "alert.raised"
HANDLING, PUBLIC = "restricted", "open"


CLOSED_TO_THE_PUBLIC = frozenset({"personal", "protected"})
LONG_NUMBER = re.compile(r"(?<!\w)(?:\d{12,}|[A-Z]{1,2} ?\d{7}|(?:\+\d|0)\d{1,3}(?:[ -]?\d{2,5}){2,4})(?!\w)")
"""What has the form of an identity number, a passport or a telephone; dates, sums and codes of places have not."""


class AlertChangedMeanwhile(KentonganError):
    """Another officer changed the alert first."""

    code = "alerts.changed_meanwhile"


class StepNotAllowed(KentonganError):
    """The alert's state does not allow the step."""

    code = "alerts.step_not_allowed"


class NotTheAddressee(KentonganError):
    """The step belongs to the addressed agency."""

    code = "alerts.not_the_addressee"


class ProtectedStaysWithOwner(KentonganError):
    """Rows on refugees and asylum-seekers are not sent to anybody."""

    code = "alerts.protected_stays_with_owner"


class NoInstrument(KentonganError):
    """No agreement in force covers an agency of another state."""

    code = "alerts.no_instrument"


class MayNotBeGivenOn(KentonganError):
    """What others gave under a clause that does not let it go on is not sent to a third agency."""

    code = "alerts.may_not_be_given_on"


class NotAddressable(KentonganError):
    """A forum, a closed agency or none can be asked to act."""

    code = "alerts.not_addressable"


class ReasonMissing(KentonganError):
    """The step needs its reason."""

    code = "alerts.reason_missing"


class NotTheirPower(KentonganError):
    """The agency has no power in the matter: it informs and hands over."""

    code = "alerts.not_their_power"


class ClosedLately(KentonganError):
    """The same turned out to be false or benign a short time ago."""

    code = "alerts.closed_lately"


class SnoozeNotAllowed(KentonganError):
    """The alert cannot rest until then."""

    code = "alerts.snooze_not_allowed"


class MayNotBePublic(KentonganError):
    """What the alert is about, or what it says, is not for everybody."""

    code = "alerts.may_not_be_public"


class NothingToRaise(KentonganError):
    """An alert is raised on what stands: a confirmed event or a finding that was not dismissed."""

    code = "alerts.nothing_to_raise"


@transaction.atomic
def raise_alert(
    *,
    to: Agency,
    matter: str,
    message: str,
    by: Actor,
    at: datetime,
    finding: Finding | None = None,
    event: Event | None = None,
    is_urgent: bool = False,
    changed_why: str = "",
    again_why: str = "",
    is_public: bool = False,
) -> Alert:
    """The addressed agency is asked to act, may see what it is about, and its ladder stands.

    A public one is open from its first row: anybody may read its class, its place and its message (handling is only ever
    raised, so that an alert becomes public by no later deed).

    What is raised on the same to the same while that alert is open joins it. What turned out to be false or benign a short
    time ago is raised again only with a reason.
    """
    demand_act(by, "alerts")
    about = _about(finding, event)
    under = _demand_may_be_sent(about, to, by=by, at=at)
    if not may_be_asked(to.kind, matter):
        raise NotTheirPower(
            _(
                "%(agency)s tidak berwenang menyidik: ia memberi tahu dan menyerahkan. Kirimlah kepada instansi yang berwenang."
            )
            % {"agency": to}
        )
    proposal = queries.proposed_addressee(finding=finding, event=event, on=_today(at))
    if (proposal.agency is None or proposal.agency.pk != to.pk) and not changed_why.strip():
        raise ReasonMissing(_("Anda memilih instansi lain daripada yang diusulkan. Tuliskan alasannya."))
    if not message.strip():
        raise ReasonMissing(_("Tuliskan apa yang diminta dari instansi yang dituju."))
    if is_public:
        _demand_may_be_public(about, message, by=by)
    present: Alert | None = queries.open_alerts_of(finding=finding, event=event).filter(addressee=to).first()
    if present is not None and is_public and present.handling != PUBLIC:
        raise MayNotBePublic(
            _("Peringatan %(number)s tentang hal ini masih berjalan dan tidak terbuka untuk umum. Tutuplah dahulu.")
            % {"number": present.number}
        )
    if present is not None:
        return _join(present, message=message, is_urgent=is_urgent, by=by, at=at)
    if not again_why.strip() and (ended := queries.closed_lately(by, finding=finding, event=event, at=at)):
        raise ClosedLately(_closed_lately_words(ended))
    try:
        with transaction.atomic():
            alert = _insert(
                about, to=to, matter=matter, title=_title(about, matter, under, is_public=is_public), message=message,
                is_urgent=is_urgent, proposed_why=proposal.why, changed_why=changed_why,
                handling=PUBLIC if is_public else HANDLING, by=by, at=at,
            )  # fmt: skip
    except IntegrityError:  # somebody raised the same one between the look and the insert: theirs stands
        theirs: Alert = queries.open_alerts_of(finding=finding, event=event).get(addressee=to)
        return _join(theirs, message=message, is_urgent=is_urgent, by=by, at=at)
    AlertStep.objects.create(
        alert=alert, state=alert.state, at=at, by=by.ref, agency=by.agency, note=again_why.strip()[:500]
    )
    _grant(alert, about, to, under=under, by=by, at=at)
    if finding is not None:
        watch.mark_alerted(finding=finding, by=by, at=at)
    steps.start(alert, at=at)
    news.desks_changed(alert, at=at)
    facts = {"to": to.pk, "matter": matter, "on": about.ref, "is_urgent": is_urgent, "is_public": is_public}
    why = " · ".join(said for said in (changed_why.strip(), again_why.strip()) if said)
    trail.record(Trail.ALERT_RAISED, by=by, at=at, on=alert.ref, why=why, facts=facts)
    outbox.put(ALERT_RAISED, ref=alert.ref, at=at, facts={"to": to.pk})
    return alert


@transaction.atomic
def acknowledge(*, alert: Alert, version: int, by: Actor, at: datetime, note: str = "") -> None:
    """The addressed agency has seen the alert and taken it on."""
    demand_addressee(alert, by)
    _step(alert, version, Alert.State.ACKNOWLEDGED, by=by, at=at, note=note, acknowledged_at=at)
    trail.record(Trail.ALERT_ACKNOWLEDGED, by=by, at=at, on=alert.ref)


@transaction.atomic
def verify(*, alert: Alert, version: int, note: str, by: Actor, at: datetime) -> None:
    """The addressed agency has looked into it and said what it saw."""
    demand_addressee(alert, by)
    if not note.strip():
        raise ReasonMissing(_("Tuliskan apa yang ditemukan dalam verifikasi."))
    _step(alert, version, Alert.State.VERIFIED, by=by, at=at, note=note, verified_at=at)
    trail.record(Trail.ALERT_VERIFIED, by=by, at=at, on=alert.ref, why=note)


@transaction.atomic
def close(
    *, alert: Alert, version: int, outcome: str, why: str, by: Actor, at: datetime, to_reporter: str = ""
) -> None:
    """The alert has ended with an outcome, the grants it gave with it, and the finding behind it has learnt it.

    What the officer chose to say goes to those whose reports stand behind it, or is kept as not deliverable.
    """
    demand_side(alert, by)
    if outcome not in Alert.Outcome.values:
        raise StepNotAllowed(_("Hasil %(outcome)s tidak dikenal. Pilih salah satu dari daftar.") % {"outcome": outcome})
    if not why.strip():
        raise ReasonMissing(_("Tuliskan mengapa peringatan ini berakhir dengan hasil itu."))
    if alert.version == version and alert.state != Alert.State.CLOSED and not may_close_as(alert.state, outcome):
        raise StepNotAllowed(
            _("Hasil itu baru dapat dicatat sesudah verifikasi. Verifikasi dahulu, atau pilih hasil lain.")
        )
    end(alert, version, outcome=outcome, why=why, by=by, at=at)
    _end_grants(alert, at=at)
    trail.record(Trail.ALERT_CLOSED, by=by, at=at, on=alert.ref, why=why, facts={"outcome": outcome})
    if to_reporter.strip():
        reporters.tell(alert, ReporterWord.What.RESULT, to_reporter, by=by, at=at)


@transaction.atomic
def snooze(*, alert: Alert, version: int, until: datetime, why: str, by: Actor, at: datetime) -> None:
    """The ladder of the alert rests until then, for a reason that the sender reads; the clocks go on."""
    demand_addressee(alert, by)
    if not why.strip():
        raise ReasonMissing(_("Tuliskan mengapa ditunda; pengirim membacanya."))
    if alert.state == Alert.State.CLOSED:
        raise StepNotAllowed(_("Peringatan ini sudah selesai."))
    rests_from = max(at, alert.snoozed_until or at)
    longest = limits().longest_snooze(class_of(is_urgent=alert.is_urgent))
    if not rests_from < until <= min(at + longest, alert.decide_by):
        raise SnoozeNotAllowed(
            _(
                "Tundalah paling lama %(minutes)d menit, tidak melewati tenggat keputusan, dan lebih lama dari penundaan sekarang."
            )
            % {"minutes": longest.total_seconds() // 60}
        )
    won = Alert.objects.filter(pk=alert.pk, state=alert.state, version=version).update(
        snoozed_until=until, version=F("version") + 1
    )
    if not won:
        raise changed_meanwhile()
    steps.move(alert, by=until - rests_from)
    AlertNote.objects.create(
        alert=alert,
        what=AlertNote.What.SNOOZED,
        at=at,
        by=by.ref,
        agency=by.agency,
        note=why.strip()[:500],
        until=until,
    )
    trail.record(Trail.ALERT_SNOOZED, by=by, at=at, on=alert.ref, why=why.strip(), facts={"until": until.isoformat()})
    news.desks_changed(alert, at=at)
    alert.refresh_from_db()


def end(
    alert: Alert, version: int, *, outcome: str, why: str, by: Actor, at: datetime, merged_into: Alert | None = None
) -> None:
    """The alert is closed, its ladder is down, and the finding behind it has learnt the outcome."""
    _step(
        alert, version, Alert.State.CLOSED, by=by, at=at, note=why,
        closed_at=at, outcome=outcome, outcome_why=why.strip()[:500], merged_into=merged_into,
    )  # fmt: skip
    finding = Finding.objects.filter(alerts=alert.pk).first()  # the addressee may see less of it than it learns
    if finding is not None:
        is_last = not queries.open_alerts_of(finding=finding).exists()
        watch.record_outcome(finding=finding, outcome=outcome, why=why, by=by, at=at, is_final=is_last)


def demand_owner(about: Finding | Event, *, by: Actor) -> None:
    """Raise NotVisible unless the actor's agency owns the finding, or decides on the event: nobody else alerts on it."""
    if about.owner_id != by.agency and not (isinstance(about, Event) and by.decides_on(about)):
        raise NotVisible(_("Peringatan dikirim oleh instansi pemilik catatan ini. Mintalah instansi itu mengirimnya."))


def _about(finding: Finding | None, event: Event | None) -> Finding | Event:
    if finding is not None and event is None:
        if finding.state == Finding.State.DISMISSED:
            raise NothingToRaise(
                _("Temuan ini sudah dikesampingkan. Peringatan hanya dikirim atas temuan yang masih berlaku.")
            )
        return finding
    if event is not None and finding is None:
        if event.state != Event.State.CONFIRMED:
            raise NothingToRaise(
                _("Kejadian ini belum dikonfirmasi. Konfirmasikan dahulu sebelum mengirim peringatan.")
            )
        return event
    raise ValueError("an alert is about one finding or one event")


def _demand_may_be_sent(about: Finding | Event, to: Agency, *, by: Actor, at: datetime) -> tuple[ClauseFacts, ...]:
    """Return the clauses that carry the alert to another state; none are needed within one's own."""
    demand_owner(about, by=by)
    if about.handling == "protected" or about.origins:
        raise ProtectedStaysWithOwner(
            _(
                "Catatan tentang pengungsi atau pencari suaka hanya terbuka bagi instansi pemiliknya dan tidak dikirim ke mana pun."
            )
        )
    counted = about.counted_under if isinstance(about, Finding) else ()
    if to.pk != about.owner_id and (held := held_back(came_with(about, counted), to=to.pk, at=at)):
        raise _may_not_be_given_on(held, to)
    is_abroad = to.country != about.owner.country
    under = clauses_that_carry(about, "alerts", to=to, by=by, at=at) if is_abroad else ()
    if is_abroad and "message" not in groups_carried(under, "alerts"):
        raise NoInstrument(
            _(
                "%(agency)s bukan instansi negara Anda dan belum ada instrumen yang berlaku untuk itu. "
                "Kirimlah lewat petugas penghubung sesudah instrumennya dicatat."
            )
            % {"agency": to}
        )
    if not to.is_active or to.is_forum:
        raise NotAddressable(
            _("%(agency)s tidak dapat dituju: forum atau instansi yang sudah ditutup.") % {"agency": to}
        )
    return under


def _may_not_be_given_on(held: Collection[Came], to: Agency) -> MayNotBeGivenOn:
    givers = sorted(str(agency) for agency in Agency.objects.filter(pk__in={owner for _under, owner in held}))
    return MayNotBeGivenOn(
        _(
            "Catatan ini memuat data yang diterima dari %(givers)s dengan ketentuan tidak diteruskan, jadi tidak dapat "
            "dikirim kepada %(agency)s. Kirimlah kepada pemberi datanya supaya ia yang meneruskan, atau sepakati dahulu "
            "klausul yang mengizinkan penerusan."
        )
        % {"givers": ", ".join(givers) or _("instansi lain"), "agency": to}
    )


def _insert(
    about: Finding | Event,
    *,
    to: Agency,
    matter: str,
    title: str,
    message: str,
    is_urgent: bool,
    proposed_why: str,
    changed_why: str,
    handling: str,
    by: Actor,
    at: datetime,
) -> Alert:
    due = due_times(at, is_urgent=is_urgent)
    return Alert.objects.create(
        owner_id=by.agency,
        place=about.place,
        handling=handling,
        purpose=by.purpose,
        legal_basis=legal_basis_for(by.purpose),
        agreement_ref=about.agreement_ref,
        retain_until=retention_end(_today(at)),
        number=_number(by.agency, at),
        finding=about if isinstance(about, Finding) else None,
        event=about if isinstance(about, Event) else None,
        addressee=to,
        matter=matter,
        proposed_why=proposed_why[:300],
        changed_why=changed_why.strip()[:300],
        title=title[:200],
        message=message.strip(),
        is_urgent=is_urgent,
        raised_at=at,
        raised_by=by.ref,
        acknowledge_by=due.acknowledge_by,
        verify_by=due.verify_by,
        decide_by=due.decide_by,
        is_simulated=about.is_simulated,
    )


def _demand_may_be_public(about: Finding | Event, message: str, *, by: Actor) -> None:
    """Raise MayNotBePublic for what is personal, what others gave, and a message with the number of somebody."""
    demand_person(by)
    counted = about.counted_under if isinstance(about, Finding) else ()
    if about.handling in CLOSED_TO_THE_PUBLIC or came_with(about, counted):
        raise MayNotBePublic(
            _(
                "Catatan ini memuat data pribadi atau data instansi lain, jadi peringatannya tidak dapat dibuka untuk umum."
            )
        )
    if numbers := LONG_NUMBER.findall(message):
        raise MayNotBePublic(
            _("Pesan untuk umum memuat nomor %(numbers)s, yang dapat menunjuk kepada seseorang. Hapus nomornya.")
            % {"numbers": ", ".join(numbers)}
        )


def _title(about: Finding | Event, matter: str, under: tuple[ClauseFacts, ...], *, is_public: bool = False) -> str:
    """Return what the alert is called: to another state the name of its matter, unless the clauses carry the place too.

    A public one has the name of its matter and its place: an event's title was written for officers.
    """
    if is_public:
        return _("%(matter)s: %(place)s") % {"matter": word(MATTERS, matter), "place": about.place or "–"}
    if under and "place" not in groups_carried(under, "alerts"):
        return str(word(MATTERS, matter))
    if isinstance(about, Event):
        return about.title
    return _("%(stream)s: %(place)s") % {"stream": label_of(about.stream), "place": about.place}


def _number(agency: str, at: datetime) -> str:
    """Return the agency's next label of the year; no two alerts get the same, for the row is locked until commit."""
    year = _today(at).year
    series, _is_new = AlertSeries.objects.get_or_create(owner_id=agency, year=year)
    AlertSeries.objects.filter(pk=series.pk).update(last=F("last") + 1)
    series.refresh_from_db()
    return f"P/{series.last}/{year}"


def _grant(
    alert: Alert, about: Finding | Event, to: Agency, *, under: tuple[ClauseFacts, ...], by: Actor, at: datetime
) -> None:
    """Show the addressed agency the alert and what it is about; never the reports behind it.

    An agency of another state is shown what the clauses carry, and of what it is about nothing if they do not name it.
    """
    if to.pk == alert.owner_id:
        return
    refs = [clause.ref for clause in under]
    clauses = {"clauses": refs} if refs else {}
    for row, category in ((alert, "alerts"), (about, "findings" if isinstance(about, Finding) else "events")):
        fields = groups_carried(under, category)
        if under and not fields:
            continue
        Grant.objects.create(
            category=category,
            record=row.pk,
            agency=to,
            fields=fields,
            valid_from=at,
            cause=Grant.Cause.ADDRESS,
            because=alert.ref,
            under=refs,
        )
        facts = {"to": to.pk, "because": alert.ref, **clauses}
        trail.record(Trail.GRANT_GIVEN, by=by, at=at, on=row.ref, facts=facts)


def _end_grants(alert: Alert, *, at: datetime) -> None:
    """The addressed agency keeps the alerts that it answered and no longer sees what they were about."""
    ended = [alert, *queries.absorbed_by(alert)]
    about = Grant.objects.filter(because__in=[one.ref for one in ended], valid_to__isnull=True)
    about.exclude(record__in=[one.pk for one in ended]).filter(valid_from__lt=at).update(valid_to=at)


def demand_addressee(alert: Alert, by: Actor) -> None:
    """Raise NotTheAddressee unless the actor acts on alerts for the addressed agency."""
    demand_act(by, "alerts")
    if by.agency != alert.addressee_id:
        raise NotTheAddressee(_("Langkah ini hanya dapat dilakukan oleh petugas instansi yang dituju."))


def demand_side(alert: Alert, by: Actor) -> None:
    """Raise NotTheAddressee unless the actor acts on alerts for the addressed agency or for the sender."""
    demand_act(by, "alerts")
    if by.agency not in (alert.addressee_id, alert.owner_id):
        raise NotTheAddressee(
            _("Langkah ini hanya dapat dilakukan oleh instansi yang dituju atau oleh instansi yang mengirimnya.")
        )


def _step(alert: Alert, version: int, to: str, *, by: Actor, at: datetime, note: str, **changes: Any) -> None:
    """Set the state if the alert is still as the officer saw it."""
    if alert.version == version and not may_follow(alert.state, to):
        raise StepNotAllowed(_("Keadaan peringatan ini tidak mengizinkan langkah itu. Muat ulang halamannya."))
    won = Alert.objects.filter(pk=alert.pk, state=alert.state, version=version).update(
        state=to, version=F("version") + 1, **changes
    )
    if not won:
        raise changed_meanwhile()
    AlertStep.objects.create(alert=alert, state=to, at=at, by=by.ref, agency=by.agency, note=note.strip()[:500])
    alert.refresh_from_db()
    steps.cancel(alert, at=at)
    news.desks_changed(alert, at=at)


def changed_meanwhile() -> AlertChangedMeanwhile:
    """Return the refusal of whoever came second."""
    return AlertChangedMeanwhile(
        _("Peringatan ini sudah diubah oleh petugas lain. Muat ulang halamannya dan lihat keadaan terbaru.")
    )


def _join(alert: Alert, *, message: str, is_urgent: bool, by: Actor, at: datetime) -> Alert:
    """What was raised again stands with the open alert, and whoever deals with it is told; urgency it brings counts."""
    what, facts = AlertNote.What.AGAIN, {"is_urgent": is_urgent}
    if is_urgent and not alert.is_urgent:
        due = due_times(at, is_urgent=True)
        earlier = {
            "acknowledge_by": min(alert.acknowledge_by, due.acknowledge_by),
            "verify_by": min(alert.verify_by, due.verify_by),
            "decide_by": min(alert.decide_by, due.decide_by),
        }
        if not Alert.objects.filter(pk=alert.pk, state=alert.state, version=alert.version).update(
            is_urgent=True, snoozed_until=None, version=F("version") + 1, **earlier
        ):
            raise changed_meanwhile()
        alert.refresh_from_db()
        steps.start(alert, at=at)
        steps.again(alert, at=at)  # who has acknowledged it already hears of the urgency too
        what = AlertNote.What.MADE_URGENT
    else:
        steps.again(alert, at=at)
    AlertNote.objects.create(alert=alert, what=what, at=at, by=by.ref, agency=by.agency, note=message.strip()[:500])
    trail.record(Trail.ALERT_RAISED_AGAIN, by=by, at=at, on=alert.ref, facts=facts)
    news.desks_changed(alert, at=at)
    return alert


def _closed_lately_words(ended: Alert) -> str:
    return _(
        "Ini sudah ditutup pada %(day)s sebagai %(outcome)s: “%(why)s”. Dalam %(days)d hari sesudahnya peringatan baru "
        "hanya dikirim dengan alasan. Tuliskan apa yang berbeda sekarang."
    ) % {
        "day": timezone.localdate(ended.closed_at),
        "outcome": word(OUTCOMES, ended.outcome),
        "why": ended.outcome_why,
        "days": limits().quiet_after_false.days,
    }


def _today(at: datetime) -> Any:
    return timezone.localdate(at)
