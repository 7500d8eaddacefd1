"""Who is told in the application that a clause waits for its party's word, stands or ended, and what became of an instrument.

A message names the instrument, which its sides may read, and the clause by its number; never a reason.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kentongan.agencies.models import Agency, Membership, Officer
from kentongan.agencies.queries import holds_on
from kentongan.kit.periods import civil_day
from kentongan.messages.actions import put
from kentongan.messages.rules import Channel

from .access import role_table
from .bodies import Hierarchy
from .facts import Actor
from .models import Clause, Instrument, InstrumentChange, InstrumentParty, Signatory
from .parties import CHAIRING, parties_awaited, party_of, sides_of

CATEGORY = "instruments"
WAITS, STANDS, ENDED = "clause.waiting", "clause.in_force", "clause.ended"
TAKEN_BACK = "instrument.change_taken_back"
What = InstrumentChange.What

TOPICS: dict[str, str] = {
    What.RENEWED: "instrument.renewed",
    What.SUSPENDED: "instrument.suspended",
    What.RESUMED: "instrument.resumed",
    What.WITHDRAWN: "instrument.withdrawn",
}
SAID: dict[str, Promise] = {
    What.RENEWED: _("Diperpanjang: %(title)s"),
    What.SUSPENDED: _("Ditangguhkan mulai %(since)s: %(title)s"),
    What.RESUMED: _("Penangguhan dicabut mulai %(since)s: %(title)s"),
    What.WITHDRAWN: _("Dicabut mulai %(since)s: %(title)s"),
}
SAID_BELOW: dict[str, Promise] = {
    What.SUSPENDED: _("Instrumen induknya ditangguhkan mulai %(since)s: %(title)s"),
    What.RESUMED: _("Penangguhan instrumen induknya dicabut mulai %(since)s: %(title)s"),
    What.WITHDRAWN: _("Instrumen induknya dicabut mulai %(since)s: %(title)s"),
}
SAID_TAKEN_BACK: dict[str, Promise] = {
    What.SUSPENDED: _("Tidak jadi ditangguhkan mulai %(since)s: %(title)s"),
    What.RESUMED: _("Penangguhan tidak jadi dicabut mulai %(since)s: %(title)s"),
    What.WITHDRAWN: _("Tidak jadi dicabut mulai %(since)s: %(title)s"),
}
SAID_TAKEN_BACK_BELOW = _("Yang diumumkan mulai %(since)s untuk instrumen induknya tidak jadi: %(title)s")
TITLE_LENGTH = 110
"""How much of an instrument's title a subject has room for."""


def tell_waiting(clause: Clause, *, by: Actor, at: datetime) -> None:
    """Whoever acts on instruments at a party whose word the clause waits for, or signed for it, finds the message."""
    parties, hierarchy = list(clause.instrument.parties.all()), Hierarchy(civil_day(at))
    awaited = parties_awaited(clause, parties, list(clause.approvals.all()), hierarchy)
    sides = {side.agency for side in sides_of(clause) if party_of(side, parties, hierarchy) in awaited}
    _tell(
        clause.instrument, _agencies(awaited, at) | sides, topic=WAITS, said=_("Klausul %(number)s menunggu persetujuan pihak Anda: %(title)s"),
        number=clause.number, key=f"{WAITS}:{clause.pk}:{clause.version}", signing=awaited, by=by, at=at,
    )  # fmt: skip


def tell_stands(clause: Clause, *, by: Actor, at: datetime) -> None:
    """The other sides of a clause hear that every party has approved it."""
    said = _("Klausul %(number)s sudah disetujui semua pihak: %(title)s")
    _tell(
        clause.instrument, _concerned(clause, at) - {by.agency}, topic=STANDS, said=said, number=clause.number,
        key=f"{STANDS}:{clause.pk}", by=by, at=at,
    )  # fmt: skip


def tell_ended(clause: Clause, since: datetime, *, by: Actor, at: datetime) -> None:
    """The other sides of a clause hear since when it opens nothing any more, or that its draft was put away."""
    said = _("Klausul %(number)s diakhiri mulai %(since)s: %(title)s")
    if clause.approved_at is None:
        said = _("Rancangan klausul %(number)s tidak jadi disetujui dan disingkirkan: %(title)s")
    _tell(
        clause.instrument, _concerned(clause, at) - {by.agency}, topic=ENDED, said=said, number=clause.number, since=since,
        key=f"{ENDED}:{clause.pk}:{clause.version}", by=by, at=at,
    )  # fmt: skip


def tell_changed(change: InstrumentChange, below: Iterable[Instrument] = (), *, by: Actor, at: datetime) -> None:
    """The other parties hear what became of the instrument; those of instruments below it that it shuts or reopens them."""
    topic = TOPICS[change.what]
    _tell_parties(change, change.instrument, topic=topic, said=SAID[change.what], by=by, at=at)
    for instrument in below:
        _tell_parties(change, instrument, topic=topic, said=SAID_BELOW[change.what], by=by, at=at)


def tell_taken_back(change: InstrumentChange, below: Iterable[Instrument], *, by: Actor, at: datetime) -> None:
    """Whoever heard that something was announced for a later day hears that it does not happen."""
    _tell_parties(change, change.instrument, topic=TAKEN_BACK, said=SAID_TAKEN_BACK[change.what], by=by, at=at)
    for instrument in below:
        _tell_parties(change, instrument, topic=TAKEN_BACK, said=SAID_TAKEN_BACK_BELOW, by=by, at=at)


def _tell_parties(
    change: InstrumentChange, instrument: Instrument, *, topic: str, said: Promise, by: Actor, at: datetime
) -> None:
    """The parties of the instrument and the sides of its clauses hear what the change means for it, but for who made it."""
    concerned = _agencies(instrument.parties.all(), at)
    for clause in instrument.clauses.filter(approved_at__isnull=False).exclude(ended_at__lte=at):
        concerned |= {side.agency for side in sides_of(clause)}
    _tell(
        instrument, concerned - {by.agency}, topic=topic, said=said, since=change.effective_at,
        key=f"{topic}:{change.pk}:{instrument.pk}", by=by, at=at,
    )  # fmt: skip


def _tell(
    instrument: Instrument,
    agencies: Collection[str],
    *,
    topic: str,
    said: Promise,
    key: str,
    by: Actor,
    at: datetime,
    number: int = 0,
    since: datetime | None = None,
    signing: Collection[InstrumentParty] = (),
) -> None:
    """Put the message once a key, in the language of the country, for all of the agencies and signatories but who acts."""
    with translation.override("id"):
        day = date_format(timezone.localtime(since), "j M Y H.i") if since else ""
        subject = str(said) % {"number": number, "since": day, "title": instrument.title[:TITLE_LENGTH]}
    acting = [role for role, table in role_table().items() if table.get(CATEGORY, (False, False))[1]]
    serving = Q(postings__agency__in=agencies, postings__role__in=acting, postings__ended_at__isnull=True)
    signed = Signatory.objects.filter(party__in=[party.pk for party in signing], officer__isnull=False)
    told = Officer.objects.filter(serving | Q(pk__in=signed.values("officer")), is_active=True).distinct()
    for officer in told.order_by("pk"):
        if officer.ref != by.ref:
            put(
                to=officer, channels=[Channel.INAPP], topic=topic, subject=subject, body="", about=instrument.ref,
                link=reverse("instrument_detail", args=[instrument.pk]), key=f"{key}:{officer.pk}", handling="restricted", at=at,
            )  # fmt: skip


def _concerned(clause: Clause, at: datetime) -> set[str]:
    """Return the agencies that speak for the parties that a clause names, and those that it names itself."""
    parties, hierarchy = list(clause.instrument.parties.all()), Hierarchy(civil_day(at))
    named = [party for side in sides_of(clause) if (party := party_of(side, parties, hierarchy)) is not None]
    return _agencies(named, at) | {side.agency for side in sides_of(clause)}


def _agencies(parties: Iterable[InstrumentParty], at: datetime) -> set[str]:
    """Return the agencies that speak for the parties: the party itself, who chairs the forum, the national ones of the state."""
    named = list(parties)
    agencies, states = {p.agency_id for p in named if p.agency_id}, {p.state for p in named if p.state}
    chairs = Membership.objects.filter(holds_on(civil_day(at)), forum__in=agencies, function__in=CHAIRING)
    national = Agency.objects.filter(country__in=states, level="national", is_active=True)
    return {*agencies, *chairs.values_list("agency_id", flat=True), *national.values_list("pk", flat=True)}
