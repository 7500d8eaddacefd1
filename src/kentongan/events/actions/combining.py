"""Two events that are one, one event that is two, and taking either back."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from kentongan.agreements.facts import Actor
from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.events.models import Classification, Event, EventReport, JoinDoubt, Merge
from kentongan.kit.errors import KentonganError

from .protecting import unite_origins
from .versions import OPEN_STATES, ChangedMeanwhile, change, demand_decision, demand_reason, next_number, write_version


class SplitRefused(KentonganError):
    """The parts of a split must each have a report of the event."""

    code = "events.split_refused"


class MergeRefused(KentonganError):
    """The two events cannot be one."""

    code = "events.merge_refused"


class MergeNotUndone(KentonganError):
    """What the merge moved has moved on, so it cannot be put back as it was."""

    code = "events.merge_not_undone"


@transaction.atomic
def split(*, event: Event, version: int, evidence: Sequence[UUID], by: Actor, at: datetime, reason: str) -> Event:
    """Give some of the reports their own event, proposed anew; the two are on record as different."""
    demand_decision(event, by)
    reason = demand_reason(reason)
    links = list(event.evidence.filter(unlinked_at__isnull=True).select_related("reading"))
    moving = [link for link in links if link.pk in set(evidence)]
    if len(moving) != len(set(evidence)):
        raise SplitRefused(_("Salah satu laporan yang dipilih bukan lagi bukti kejadian ini. Muat ulang halamannya."))
    if not moving or len(moving) == len(links):
        raise SplitRefused(
            _(
                "Pilih sebagian laporan: setiap bagian harus mempunyai laporan. Pisahkan paling sedikit satu, sisakan paling sedikit satu."
            )
        )
    part = _part_of(event, at)
    for link in moving:
        _move_by_split(link, part, by, at, reason)
    _divide_allegations(event, part, moving, links, by, at, reason)
    change(event, version=version, states=OPEN_STATES, by=by, at=at, reason=reason)
    write_version(part, by=by, at=at, reason=reason)
    JoinDoubt.objects.create(
        one=event, other=part, score=0, noticed_at=at, answer="different", answered_by=by.ref, answered_at=at
    )
    trail.record(
        Trail.EVENT_SPLIT, by=by, at=at, on=event.ref, why=reason, facts={"part": part.ref, "reports": len(moving)}
    )
    return part


@transaction.atomic
def merge(*, absorbed: Event, into: Event, by: Actor, at: datetime, why: str) -> Merge:
    """Let one event hold the reports, allegations and origins of both; the other stays as a tombstone that says where it went.

    The versions are those of the two objects: they must be as the officer saw them.
    """
    for event in (absorbed, into):
        demand_decision(event, by)
    why = demand_reason(why)
    if absorbed.pk == into.pk:
        raise MergeRefused(_("Kejadian tidak dapat digabung dengan dirinya sendiri. Pilih kejadian lain."))
    if absorbed.owner_id != into.owner_id:
        raise MergeRefused(
            _(
                "Kedua kejadian milik instansi yang berbeda. Nyatakan keduanya sama; masing-masing tetap pada pemiliknya."
            )
        )
    if (absorbed.handling == "protected") != (into.handling == "protected"):
        raise MergeRefused(_("Kejadian yang dilindungi tidak digabung dengan yang tidak. Biarkan keduanya terpisah."))
    state_before = absorbed.state
    moved = list(absorbed.evidence.filter(unlinked_at__isnull=True).values_list("pk", flat=True))
    EventReport.objects.filter(pk__in=moved).update(event=into)
    done = Merge.objects.create(
        absorbed=absorbed,
        into=into,
        moved_links=[str(pk) for pk in moved],
        copied_classifications=_copy_allegations(absorbed, into),
        state_before=state_before,
        merged_at=at,
        merged_by=by.ref,
        why=why,
    )
    gone = {"state": Event.State.MERGED, "merged_into": into}
    change(absorbed, version=absorbed.version, states=OPEN_STATES, by=by, at=at, reason=why, **gone)
    change(
        into,
        version=into.version,
        states=OPEN_STATES,
        by=by,
        at=at,
        reason=why,
        known_at=min(into.known_at, absorbed.known_at),
    )
    unite_origins(into, absorbed.handling, absorbed.origins, at=at)
    JoinDoubt.objects.filter(one__in=(absorbed, into), other__in=(absorbed, into), answer="").update(
        answer="same", answered_by=by.ref, answered_at=at
    )
    trail.record(
        Trail.EVENTS_MERGED, by=by, at=at, on=into.ref, why=why, facts={"absorbed": absorbed.ref, "reports": len(moved)}
    )
    return done


@transaction.atomic
def undo_merge(*, merge: Merge, by: Actor, at: datetime, why: str = "") -> Event:
    """Give the absorbed event back its reports, its state and its allegations, and take from the other what it was given."""
    absorbed, into = merge.absorbed, merge.into
    for event in (absorbed, into):
        demand_decision(event, by)
    if not Merge.objects.filter(pk=merge.pk, undone_at__isnull=True).update(undone_at=at, undone_by=by.ref):
        raise ChangedMeanwhile
    if into.state == Event.State.MERGED:
        raise MergeNotUndone(
            _("Kejadian gabungan ini kemudian digabung lagi. Urungkan dulu penggabungan yang lebih baru.")
        )
    moved = EventReport.objects.filter(
        pk__in=[UUID(pk) for pk in merge.moved_links], event=into, unlinked_at__isnull=True
    )
    if moved.update(event=absorbed) != len(merge.moved_links):
        raise MergeNotUndone(
            _("Sebagian laporannya sudah dipindahkan ke kejadian lain. Gabungkan kembali bagian itu, lalu urungkan.")
        )
    Classification.objects.filter(pk__in=merge.copied_classifications, withdrawn_at__isnull=True).update(
        withdrawn_at=at, withdrawn_by=by.ref, withdrawn_why=_("Penggabungan diurungkan")
    )
    reason = why.strip()[:300] or _("Penggabungan diurungkan")
    states = (*OPEN_STATES, Event.State.DISMISSED)
    # first this one, as the deed does that protects it with what was merged into it: neither waits for the other's row
    change(into, version=into.version, states=states, by=by, at=at, reason=reason, known_at=_first_known(into))
    back = {"state": merge.state_before, "merged_into": None}
    change(absorbed, version=absorbed.version, states=(Event.State.MERGED,), by=by, at=at, reason=reason, **back)
    JoinDoubt.objects.filter(one__in=(absorbed, into), other__in=(absorbed, into)).update(
        answer="different", answered_by=by.ref, answered_at=at
    )
    trail.record(Trail.MERGE_UNDONE, by=by, at=at, on=into.ref, why=reason, facts={"restored": absorbed.ref})
    merge.refresh_from_db()
    return absorbed


@transaction.atomic
def answer_doubt(*, doubt: JoinDoubt, answer: str, by: Actor, at: datetime, why: str = "") -> JoinDoubt:
    """Hold the two events as one or as two. Those of one agency that are one are merged, the later into the earlier.

    Across agencies "same" is only a link: their events are never merged.
    """
    demand_decision(doubt.one if by.decides_on(doubt.one) else doubt.other, by)
    if answer not in ("same", "different"):
        raise MergeRefused(_("Jawab “sama” atau “berbeda”."))
    if not JoinDoubt.objects.filter(pk=doubt.pk, answer="").update(answer=answer, answered_by=by.ref, answered_at=at):
        raise ChangedMeanwhile
    doubt.refresh_from_db()
    facts = {"answer": answer, "other": doubt.other.ref}
    trail.record(Trail.JOIN_DOUBT_ANSWERED, by=by, at=at, on=doubt.one.ref, why=why, facts=facts)
    if answer == "same" and doubt.one.owner_id == doubt.other.owner_id:
        into, absorbed = sorted((doubt.one, doubt.other), key=lambda event: (event.known_at, event.pk))
        if absorbed.state == Event.State.CONFIRMED and into.state != Event.State.CONFIRMED:
            into, absorbed = absorbed, into  # what an officer confirmed is not swallowed by a proposal
        merge(absorbed=absorbed, into=into, by=by, at=at, why=why.strip() or _("Kejadian yang sama"))
    return doubt


def _part_of(event: Event, at: datetime) -> Event:
    return Event.objects.create(
        owner_id=event.owner_id,
        place_id=event.place_id,
        handling=event.handling,
        origins=event.origins,
        purpose=event.purpose,
        legal_basis=event.legal_basis,
        agreement_ref=event.agreement_ref,
        retain_until=event.retain_until,
        number=next_number(event.owner_id, at=at),
        title=event.title,
        happened_from=event.happened_from,
        happened_to=event.happened_to,
        precision=event.precision,
        known_at=event.known_at,
        persons=event.persons,
        details={**event.details, "split_from": str(event.pk)},
        source_grade=event.source_grade,
        place_open=event.place_open,
        is_simulated=event.is_simulated,
    )


def _move_by_split(link: EventReport, part: Event, by: Actor, at: datetime, reason: str) -> None:
    EventReport.objects.filter(pk=link.pk).update(unlinked_at=at)
    EventReport.objects.create(
        event=part,
        report_id=link.report_id,
        reading_id=link.reading_id,
        proposal=link.proposal,
        linked_at=at,
        linked_by=by.ref,
        why=reason,
    )


def _divide_allegations(
    event: Event,
    part: Event,
    moving: Sequence[EventReport],
    links: Sequence[EventReport],
    by: Actor,
    at: datetime,
    reason: str,
) -> None:
    """Copy the standing allegations to the part: those of officers all, those of a reading where its report goes.

    What only a leaving report alleged no longer stands on the event, unless nothing else would.
    """
    gone_readings = {f"{Classification.MACHINE}{link.reading_id}" for link in moving}
    staying = {f"{Classification.MACHINE}{link.reading_id}" for link in links if link not in moving}
    for one in event.classifications.filter(withdrawn_at__isnull=True):
        if not one.is_machine or one.alleged_by in gone_readings:
            _copied(one, part)
        if one.is_machine and one.alleged_by in gone_readings - staying and _others_stand(event, one):
            one.withdrawn_at, one.withdrawn_by, one.withdrawn_why = at, by.ref, reason
            one.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_why"])
    if not part.classifications.exists():
        for one in event.classifications.filter(withdrawn_at__isnull=True):
            _copied(one, part)


def _others_stand(event: Event, one: Classification) -> bool:
    return event.classifications.filter(withdrawn_at__isnull=True).exclude(pk=one.pk).exists()


def _copy_allegations(absorbed: Event, into: Event) -> list[int]:
    """Let `into` have the standing allegations that it lacks; return the rows made."""
    there = set(into.classifications.filter(withdrawn_at__isnull=True).values_list("kind_id", "alleged_by"))
    lacking = [
        one
        for one in absorbed.classifications.filter(withdrawn_at__isnull=True)
        if (one.kind_id, one.alleged_by) not in there
    ]
    return [_copied(one, into).pk for one in lacking]


def _copied(one: Classification, event: Event) -> Classification:
    return Classification.objects.create(
        event=event,
        kind_id=one.kind_id,
        alleged_by=one.alleged_by,
        alleged_at=one.alleged_at,
        why=one.why,
        confidence=one.confidence,
    )


def _first_known(event: Event) -> datetime:
    """Return when the first report that now stands behind the event was received."""
    standing = event.evidence.filter(unlinked_at__isnull=True).select_related("report")
    return min((link.report.received_at for link in standing), default=event.known_at)
