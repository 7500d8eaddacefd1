"""An officer tells a happening that the reader missed in a report, or that stands there beside the one it proposed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from kentongan.agencies.models import Agency
from kentongan.agreements.access import demand_act, demand_person
from kentongan.agreements.facts import Actor
from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.events.joining import compare_kinds
from kentongan.events.models import Classification, Event, EventReport, ReadingRow
from kentongan.events.proposing import KindFacts, PlaceFacts, tells_what_happened, title_of
from kentongan.intake.drafts import Fault
from kentongan.intake.models import Report
from kentongan.intake.where import titled
from kentongan.kit.errors import KentonganError
from kentongan.places.models import Place
from kentongan.vocabulary.models import Kind

from .classifying import demand_saved
from .comparing import Telling, likely_same, note_doubt
from .versions import (
    EventFacts,
    FactsRefused,
    NotOwner,
    carried_from,
    demand_facts,
    demand_reason,
    next_number,
    protect_source,
    standing_kinds,
    write_version,
)


class AddRefused(KentonganError):
    """The report cannot have events: it says that nothing happened, or its text is gone."""

    code = "events.add_refused"


class AlreadyAdded(KentonganError):
    """The report already stands behind an event of the same kind, place and day: `existing`."""

    code = "events.already_added"

    def __init__(self, existing: Event) -> None:
        super().__init__(
            _(
                "Laporan ini sudah memuat kejadian dengan jenis, tempat, dan waktu yang sama: %(number)s, “%(title)s” (%(state)s). Buka dan perbaiki kejadian itu, atau ubah isian di sini."
            )
            % {"number": existing.number, "title": existing.title, "state": existing.get_state_display()}
        )
        self.existing = existing


@transaction.atomic
def add_event(
    *, report: Report, facts: EventFacts, kinds: Sequence[Kind], by: Actor, at: datetime, reason: str
) -> Event:
    """Propose an event that no reading of the report proposed, alleged by the officer; a facts' empty title is made.

    Events of other reports that may be the same happening are doubted, never joined. Those of this report are others, for
    the officer has them in view; one with the same kind, place and day is refused, so that a form sent twice adds once.
    """
    demand_act(by, "events")
    demand_person(by)
    _demand_report(report, by)
    reason = demand_reason(reason)
    _demand_kinds(kinds)
    facts = _titled(facts, kinds)
    demand_facts(facts, at=at)
    # the lock under which reports are read too: of two who add at once, the second sees the first
    Agency.objects.select_for_update().get(pk=report.owner_id)
    _demand_new(report, facts, kinds)
    event = _made(report, facts, kinds, at)
    Classification.objects.bulk_create(
        Classification(event=event, kind=kind, alleged_by=by.ref, alleged_at=at, why=reason) for kind in kinds
    )
    write_version(event, by=by, at=at, reason=reason)
    EventReport.objects.create(event=event, report=report, linked_at=at, linked_by=by.ref, why=reason)
    told = {"report": report.ref, "kinds": sorted(kind.pk for kind in kinds)}
    trail.record(Trail.EVENT_ADDED, by=by, at=at, on=event.ref, why=reason, facts=told)
    if event.handling == "protected":
        protect_source(report, by=by, at=at)
    for match in likely_same(
        report, _telling(event, kinds), by=by, at=at, apart_from=EventReport.objects.filter(report=report)
    ):
        note_doubt(event, match, at=at)
    return event


def _demand_report(report: Report, by: Actor) -> None:
    if not by.decides_on(report):
        raise NotOwner(
            _("Laporan ini milik %(agency)s. Mintalah petugasnya yang menambahkan kejadian.") % {"agency": report.owner}
        )
    if report.is_nil:
        raise AddRefused(
            _("Laporan nihil mengabarkan bahwa tidak ada apa-apa. Kirim laporan baru untuk kejadian yang diketahui.")
        )
    if report.text is None:
        raise AddRefused(
            _("Teks laporan ini sudah dihapus, jadi kejadian tidak dapat lagi dibaca darinya. Kirim laporan baru.")
        )


def _demand_kinds(kinds: Sequence[Kind]) -> None:
    for kind in kinds:
        demand_saved(kind)
    if not any(tells_what_happened(_kind_facts(kind)) for kind in kinds):
        raise FactsRefused(
            (Fault("kinds", "missing", _("Pilih paling sedikit satu jenis yang mengatakan apa yang terjadi.")),)
        )
    if len({kind.pk for kind in kinds}) < len(kinds):
        raise FactsRefused((Fault("kinds", "twice", _("Jenis yang sama dipilih dua kali. Kosongkan salah satunya.")),))


def _titled(facts: EventFacts, kinds: Sequence[Kind]) -> EventFacts:
    if facts.title.strip():
        return replace(facts, title=facts.title.strip())
    place = Place.objects.filter(pk=facts.place_id).first() if facts.place_id is not None else None
    where = PlaceFacts(place.pk, place.code, titled(place)) if place is not None else None
    return replace(facts, title=title_of([_kind_facts(kind) for kind in kinds], where, facts.persons))


def _kind_facts(kind: Kind) -> KindFacts:
    return KindFacts(kind.code, kind.kind_class, kind.label_id, kind.is_protected, kind.is_election)


def _demand_new(report: Report, facts: EventFacts, kinds: Sequence[Kind]) -> None:
    """Raise AlreadyAdded where the report stands behind such an event, be it dismissed: that one is taken up again."""
    here_and_then = Event.objects.filter(
        pk__in=EventReport.objects.filter(report=report, unlinked_at__isnull=True).values("event"),
        place_id=facts.place_id,
        happened_from=facts.happened_from,
        happened_to=facts.happened_to,
    )
    told = frozenset(kind.pk for kind in kinds)
    for event in here_and_then.order_by("known_at", "id"):
        if compare_kinds(told, frozenset(standing_kinds(event))).code == "equal":
            raise AlreadyAdded(event)


def _made(report: Report, facts: EventFacts, kinds: Sequence[Kind], at: datetime) -> Event:
    is_protected = any(kind.is_protected for kind in kinds)
    return Event.objects.create(
        **{
            **carried_from(report),
            "place_id": facts.place_id,
            # of refugees whom the officer adds nobody said where they come from, and unknown protects most
            "origins": [] if is_protected else report.origins,
        },
        handling="protected" if is_protected or report.handling == "protected" else "restricted",
        number=next_number(report.owner_id, at=at),
        title=facts.title,
        happened_from=facts.happened_from,
        happened_to=facts.happened_to,
        precision=facts.precision,
        known_at=report.received_at,
        persons=facts.persons,
        source_grade=_grade(report),
        is_simulated=report.is_simulated,
    )


def _grade(report: Report) -> str:
    """Return how the newest reading grades the source; empty before there is one."""
    reading = ReadingRow.objects.filter(report=report).first()
    return f"{reading.content['grade']['reliability']}{reading.content['grade']['credibility']}" if reading else ""


def _telling(event: Event, kinds: Sequence[Kind]) -> Telling:
    return Telling(
        kinds=frozenset(kind.pk for kind in kinds),
        place_id=event.place_id,
        happened_from=event.happened_from,
        happened_to=event.happened_to,
        persons=event.persons,
        is_protected=event.handling == "protected",
    )
