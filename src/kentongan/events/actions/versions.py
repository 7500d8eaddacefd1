"""What every deed on an event shares: whose it is, compare-and-set, the version row, the number."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F
from django.utils.translation import gettext as _

from kentongan.agreements.access import demand_act, demand_person
from kentongan.agreements.facts import Actor
from kentongan.events.models import Event, EventVersion, NumberSeries, ReadingRow
from kentongan.intake.actions import raise_handling
from kentongan.intake.drafts import Fault, latest_civil_day
from kentongan.intake.models import Report
from kentongan.kit.errors import KentonganError
from kentongan.places.models import Place

OPEN_STATES = (Event.State.PROPOSED, Event.State.CONFIRMED)


class ChangedMeanwhile(KentonganError):
    """The event is no longer as the officer saw it."""

    code = "events.changed_meanwhile"

    def __init__(self) -> None:
        super().__init__(
            _(
                "Sudah diubah oleh petugas lain sejak halaman ini dibuka, jadi keputusan Anda belum disimpan. Muat ulang, periksa, lalu putuskan lagi."
            )
        )


class NotOwner(KentonganError):
    """Only the agency that owns an event decides about it."""

    code = "events.not_owner"


class ReasonMissing(KentonganError):
    """A decision that others must be able to understand needs words."""

    code = "events.reason_missing"


class FactsRefused(KentonganError):
    """The corrected facts contradict themselves or the calendar; `faults` has every reason."""

    code = "events.facts_refused"

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(faults[0].message, details=[fault.message for fault in faults])
        self.faults = faults


@dataclass(frozen=True, slots=True)
class EventFacts:
    """What is held of an event, all of it: change one with `dataclasses.replace(facts_of(event), persons=5)`."""

    title: str
    place_id: int | None
    happened_from: date | None
    happened_to: date | None  # excluded
    precision: str
    persons: int | None


def facts_of(event: Event) -> EventFacts:
    """Return what is held of the event now."""
    return EventFacts(
        event.title, event.place_id, event.happened_from, event.happened_to, event.precision, event.persons
    )


def demand_decision(event: Event, by: Actor) -> None:
    """Raise unless the actor is an officer whose role decides on events and whose agency decides on this one."""
    demand_act(by, "events")
    demand_person(by)
    if not by.decides_on(event):
        raise NotOwner(
            _("Kejadian ini milik %(agency)s. Mintalah petugasnya yang memutuskan.") % {"agency": event.owner}
        )


def demand_reason(reason: str) -> str:
    """Return the reason without outer space, cut to what a version row holds; ReasonMissing when there is none."""
    if not reason.strip():
        raise ReasonMissing(_("Keputusan ini memerlukan alasan. Tuliskan satu kalimat."))
    return reason.strip()[:300]


def demand_facts(facts: EventFacts, *, at: datetime) -> None:
    """Raise FactsRefused unless the facts hold together and are not of the future."""
    faults: list[Fault] = []
    if not facts.title.strip() or len(facts.title) > 300:
        faults.append(Fault("title", "length", _("Judul kejadian harus terisi, paling banyak 300 karakter.")))
    if facts.precision not in Event.Precision.values:
        faults.append(Fault("precision", "unknown", _("Ketelitian waktu tidak dikenal. Pilih dari daftar.")))
    if (facts.happened_from is None) != (facts.precision == Event.Precision.UNKNOWN):
        faults.append(
            Fault("happened_from", "precision", _("Isi tanggalnya, atau pilih “tidak diketahui” sebagai ketelitian."))
        )
    if facts.happened_to and (facts.happened_from is None or facts.happened_to <= facts.happened_from):
        faults.append(
            Fault("happened_to", "ends_before_start", _("Kejadian berakhir sebelum dimulai. Periksa kedua tanggalnya."))
        )
    if facts.happened_from and facts.happened_from > latest_civil_day(at):
        faults.append(Fault("happened_from", "future", _("Tanggal kejadian belum tiba. Periksa tanggal dan tahunnya.")))
    if facts.persons is not None and not 0 <= facts.persons < 2**31:
        faults.append(Fault("persons", "range", _("Jumlah orang harus bilangan bulat, nol atau lebih.")))
    if facts.place_id is not None and not Place.objects.filter(pk=facts.place_id).exists():
        faults.append(Fault("place", "unknown", _("Wilayah ini tidak ada di daftar. Cari lagi namanya.")))
    if faults:
        raise FactsRefused(tuple(faults))


def carried_from(report: Report) -> dict[str, object]:
    """Return what every row made from a report has of it."""
    return {
        "owner_id": report.owner_id,
        "place_id": report.place_id,
        "origins": report.origins,
        "purpose": report.purpose,
        "legal_basis": report.legal_basis,
        "agreement_ref": report.agreement_ref,
        "retain_until": report.retain_until,
    }


def protect_source(report: Report, *, by: Actor, at: datetime) -> None:
    """Raise the report and every reading of it to protected: all of them tell of what one event is protected for."""
    raise_handling(report=report, to="protected", by=by, at=at)
    ReadingRow.objects.filter(report=report).update(handling="protected")


def standing_kinds(event: Event) -> list[str]:
    """Return the codes that somebody alleges and nobody of them withdrew, each once."""
    standing = event.classifications.filter(withdrawn_at__isnull=True)
    return sorted(set(standing.values_list("kind_id", flat=True)))


def change(
    event: Event, *, version: int, states: Collection[str], by: Actor, at: datetime, reason: str, **columns: object
) -> None:
    """Set the columns and write the next version row if the event is still at this version in one of these states."""
    held = Event.objects.filter(pk=event.pk, version=version, state__in=states)
    if not held.update(version=F("version") + 1, decided_at=at, **columns):
        raise ChangedMeanwhile
    event.refresh_from_db()
    write_version(event, by=by, at=at, reason=reason)


def write_version(event: Event, *, by: Actor, at: datetime, reason: str) -> None:
    """Keep what is held of the event from now on: a watch as of a day reads only these rows."""
    EventVersion.objects.create(
        event=event,
        number=event.version,
        state=event.state,
        title=event.title,
        place_id=event.place_id,
        happened_from=event.happened_from,
        happened_to=event.happened_to,
        precision=event.precision,
        persons=event.persons,
        kinds=standing_kinds(event),
        decided_at=at,
        decided_by=by.ref,
        reason=reason,
    )


def next_number(owner: str, *, at: datetime) -> str:
    """Return the agency's next label of the year; two processes never get the same, for the row is locked until commit."""
    year = latest_civil_day(at).year
    series, _is_new = NumberSeries.objects.get_or_create(owner_id=owner, year=year)
    NumberSeries.objects.filter(pk=series.pk).update(last=F("last") + 1)
    series.refresh_from_db()
    return f"KJD/{owner}/{year}/{series.last:04d}"
