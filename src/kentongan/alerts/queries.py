"""Reads over alerts: who should be addressed, and what waits for whom."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, DateTimeField, Exists, F, Max, OuterRef, Q, QuerySet, When
from django.utils.translation import gettext as _

from kentongan.agencies.models import Agency, Competence, Officer, Posting
from kentongan.agencies.queries import ancestors_on, has_officers, holds_on
from kentongan.agencies.rules import OPERATOR_KIND
from kentongan.agreements.facts import Actor
from kentongan.events.models import Event
from kentongan.messages.models import Message
from kentongan.places.models import Place, PlaceAncestor
from kentongan.watch.models import Finding

from .ladder_rules import limits
from .matters import MatterRow, competences_for, matters_of_kinds, matters_of_stream, may_be_asked
from .models import Alert, AlertNote, LadderStep, ReporterWord

MARK_LENGTH = 24  # hexadecimal digits: no two states of one desk meet by chance


@dataclass(frozen=True, slots=True)
class Proposal:
    """Whom to address, by which competence, and why; `agency` is None when nobody at home is competent there."""

    agency: Agency | None
    matter: str
    why: str


@dataclass(frozen=True, slots=True)
class _Holder:
    """An agency that is competent at a place, with what ranks it."""

    agency: Agency
    group: int  # LOCAL, BY_KIND or NATIONAL
    distance: int  # levels between the place and the root of the competence: the nearest root is the most specific
    stand_in: int  # 0 for the proper competence of the matter
    note: str  # what the shipped row says of itself, doubts included


LOCAL, BY_KIND, NATIONAL = range(3)
"""A row about the agency itself, over less than a country; a competence by its kind; a row over a whole country."""

LEVELS = ("village", "district", "city", "regency", "province", "national")
"""Agencies from the most local level up: a crime in a city goes to its Polres, not to the Polda above it."""


def proposed_addressee(*, finding: Finding | None = None, event: Event | None = None, on: date) -> Proposal:
    """Return the agency that is competent for the matter at the place on the day, in the country of the raising agency."""
    return proposals(finding=finding, event=event, on=on)[0]


def proposals(*, finding: Finding | None = None, event: Event | None = None, on: date) -> list[Proposal]:
    """Return the proposed addressee and, after it, the others that have a say in it."""
    about = finding or event
    if about is None:
        raise ValueError("an alert is about a finding or an event")
    rows = matters_of_stream(finding.stream) if finding else matters_of_kinds(_kinds_of(about))
    wanted = list(dict.fromkeys([r.matter for r in rows] + [r.instead for r in rows if r.instead]))
    notes: dict[str, MatterRow] = {row.matter: row for row in rows}
    country = about.owner.country
    found: list[Proposal] = []
    for matter in wanted or ["crime"]:
        if about.place is None:
            break
        holders = _holders(about.place, matter, country=country, on=on)
        note = notes[matter].note if matter in notes else _("juga berwenang di tempat itu")
        said = [(holder, note) for holder in _competent(holders, on=on)]
        said += [(holder, _("membina desa itu, jadi ikut mengetahui")) for holder in _coaching(holders)]
        for holder, why in said:
            if holder.agency.pk not in {p.agency.pk for p in found if p.agency}:
                found.append(Proposal(holder.agency, matter, _why(holder, about.place, why)))
    return found or [_nobody(about.place, wanted[0] if wanted else "crime")]


def addressable_agencies(*, country: str) -> QuerySet[Agency]:
    """Return the agencies of the country that an alert may go to."""
    found = Agency.objects.filter(country=country, is_active=True, is_forum=False)
    return found.exclude(kind__in=("media", OPERATOR_KIND)).annotate(is_staffed=Exists(_on_duty())).order_by("name")


def labelled(agency: Agency) -> str:
    """Return how an agency stands in a list of addressees: one without officers will not answer."""
    is_staffed = agency.is_staffed if hasattr(agency, "is_staffed") else has_officers(agency.pk)
    return agency.name if is_staffed else _("%(agency)s (belum ada petugas)") % {"agency": agency.name}


def alerts_listed(
    actor: Actor,
    *,
    at: datetime,
    side: str = "",
    state: str = "",
    overdue: bool = False,
    finding: UUID | None = None,
    event: UUID | None = None,
) -> QuerySet[Any]:
    """Return the alerts that the actor sees by the filters that are set: open ones first, by what is due next."""
    found = with_next_due(Alert.objects.visible_to(actor, at=at))
    if side == "to":
        found = found.filter(addressee_id=actor.agency)
    elif side == "from":
        found = found.filter(owner_id=actor.agency)
    chosen = {name: value for name, value in (("state", state), ("finding", finding), ("event", event)) if value}
    found = found.filter(**chosen)
    if overdue:
        found = found.filter(next_due__lte=at)
    return found.select_related("owner", "addressee", "place").order_by(
        F("next_due").asc(nulls_last=True), "-raised_at", "id"
    )


def names_of_actors(refs: Iterable[str]) -> dict[str, str]:
    """Return who stands behind the references of officers, also where it is not shared who; the system stands for itself."""
    keys = {ref: ref.partition(":")[2] for ref in refs if ref.startswith("officer:")}
    names = {str(officer.pk): str(officer) for officer in Officer.objects.filter(pk__in=filter(None, keys.values()))}
    names[""] = _("Petugas")
    return {ref: names.get(pk, ref) for ref, pk in keys.items()}


def names_of_agencies(keys: Iterable[str]) -> dict[str, str]:
    """Return the short names of agencies by their ids."""
    return {agency.pk: str(agency) for agency in Agency.objects.filter(pk__in=set(keys))}


def queue_for(actor: Actor, *, at: datetime) -> QuerySet[Any]:
    """Return the open alerts that wait for the actor's agency, the next due first."""
    waiting = Alert.objects.visible_to(actor, at=at).filter(addressee_id=actor.agency).exclude(state=Alert.State.CLOSED)
    return with_next_due(waiting).order_by("next_due", "id")


def with_next_due(alerts: QuerySet[Any]) -> QuerySet[Any]:
    """Annotate alerts with the instant by which the awaited step is due; null when closed."""
    annotated: QuerySet[Any] = alerts.annotate(
        next_due=Case(
            When(state=Alert.State.RAISED, then=F("acknowledge_by")),
            When(state=Alert.State.ACKNOWLEDGED, then=F("verify_by")),
            When(state=Alert.State.VERIFIED, then=F("decide_by")),
            default=None,
            output_field=DateTimeField(),
        )
    )
    return annotated


def overdue(alerts: QuerySet[Any], *, at: datetime) -> QuerySet[Any]:
    """Return those of the alerts whose awaited step should have been done by now."""
    return with_next_due(alerts).filter(next_due__lte=at)


def open_alerts_of(*, finding: Finding | None = None, event: Event | None = None) -> QuerySet[Any]:
    """Return the alerts on a finding or an event that are not closed. Callers show them through the gate only."""
    about = Q(finding=finding) if finding else Q(event=event)
    found: QuerySet[Any] = Alert.objects.filter(about).exclude(state=Alert.State.CLOSED)
    return found


def absorbed_by(alert: Alert) -> list[Alert]:
    """Return the alerts that were merged into this one, and into those. Callers show them through the gate only."""
    found: list[Alert] = []
    last = [alert]
    while last := list(Alert.objects.filter(merged_into__in=last).order_by("raised_at", "id")):
        found += last
    return found


def merge_candidates(alert: Alert, actor: Actor, *, at: datetime) -> QuerySet[Any]:
    """Return the open alerts of the same matter to the same agency into which the actor may merge this one."""
    others = Alert.objects.visible_to(actor, at=at).filter(addressee=alert.addressee_id, matter=alert.matter)
    if actor.agency != alert.addressee_id:
        others = others.filter(owner=actor.agency)
    found: QuerySet[Any] = with_next_due(others.exclude(state=Alert.State.CLOSED).exclude(pk=alert.pk))
    return found.select_related("owner", "place").order_by("next_due", "id")


def closed_lately(
    actor: Actor, *, finding: Finding | None = None, event: Event | None = None, at: datetime
) -> Alert | None:
    """Return the last alert on it, of those that the actor sees, that was closed as false or benign so lately that another
    one needs a reason."""
    about = Q(finding=finding) if finding else Q(event=event)
    outcomes = (Alert.Outcome.FALSE, Alert.Outcome.BENIGN)
    since = at - limits().quiet_after_false
    seen = Alert.objects.visible_to(actor, at=at).filter(about, outcome__in=outcomes, closed_at__gt=since)
    found: Alert | None = seen.order_by("-closed_at").first()
    return found


def mark_of(pk: UUID) -> str:
    """Return a text that is another one after every change of the alert, its ladder, its messages and words to reporters."""
    words = ReporterWord.objects.filter(alert=pk)
    about = [f"alert:{pk}", *(word.ref for word in words)]
    messages = Message.objects.filter(about__in=about).aggregate(
        Count("pk"), Max("sent_at"), Max("delivered_at"), Max("read_at"), Count("read_at")
    )
    facts = (
        Alert.objects.filter(pk=pk).values_list("version", flat=True).first(),
        sorted(LadderStep.objects.filter(alert=pk).values_list("pk", "version")),
        AlertNote.objects.filter(alert=pk).count(),
        [(word.pk, word.answered_at) for word in words],
        sorted(messages.items()),
    )
    return sha256(repr(facts).encode()).hexdigest()[:MARK_LENGTH]


def _on_duty() -> QuerySet[Posting]:
    return Posting.objects.filter(agency=OuterRef("pk"), ended_at__isnull=True, officer__is_active=True)


def _kinds_of(event: Any) -> list[str]:
    return list(event.classifications.filter(withdrawn_at__isnull=True).values_list("kind_id", flat=True))


def _competent(holders: list[_Holder], *, on: date) -> list[_Holder]:
    """Return whom the matter goes to: one agency, or several that nothing ranks, by their names' order.

    A row about an agency comes before what follows from its kind, and that before a national body. Then the proper
    competence comes before one that stands in, the most specific root wins, the most local level, and an agency before
    the sections that answer to it.
    """
    if not holders:
        return []
    nearest = min((h.group, h.stand_in, h.distance) for h in holders)
    left = [h for h in holders if (h.group, h.stand_in, h.distance) == nearest]

    def rank(holder: _Holder) -> tuple[int, int]:
        level = LEVELS.index(holder.agency.level) if holder.agency.level in LEVELS else len(LEVELS)
        return level, len(ancestors_on(holder.agency.pk, on))

    ranks = {holder.agency.pk: rank(holder) for holder in left}
    best = min(ranks.values())
    return sorted((h for h in left if ranks[h.agency.pk] == best), key=lambda h: h.agency.pk)


def _coaching(holders: list[_Holder]) -> list[_Holder]:
    """Return the offices that coach the place, whichever province they belong to: they hear of it, competent or not."""
    return sorted((h for h in holders if h.stand_in), key=lambda h: (h.distance, h.agency.pk))


def _holders(place: Place, matter: str, *, country: str, on: date) -> list[_Holder]:
    competences = competences_for(matter)
    above = dict(PlaceAncestor.objects.filter(descendant=place).values_list("ancestor_id", "depth"))
    rows = (
        Competence.objects.filter(holds_on(on), matter__in=competences, agency__country=country, agency__is_active=True)
        .filter(roots__in=list(above))
        .exclude(exceptions__in=list(above))
        .select_related("agency")
        .prefetch_related("roots")
        .distinct()
    )
    holders = []
    for row in rows:
        if not may_be_asked(row.agency.kind, matter):  # who informs and hands over is no addressee of a crime
            continue
        root = min((root for root in row.roots.all() if root.pk in above), key=lambda root: above[root.pk])
        group = BY_KIND if row.is_by_kind else NATIONAL if root.level == "country" else LOCAL
        note = "" if row.is_by_kind else row.source_note
        holders.append(_Holder(row.agency, group, above[root.pk], competences.index(row.matter), note))
    return holders


def _why(holder: _Holder, place: Place, note: str) -> str:
    said = {"agency": holder.agency, "place": place, "note": note, "data": holder.note}
    if holder.note:
        return _("%(agency)s berwenang di %(place)s; %(note)s. Catatan data: %(data)s.") % said
    return _("%(agency)s berwenang di %(place)s; %(note)s.") % said


def _nobody(place: Place | None, matter: str) -> Proposal:
    if place is None:
        return Proposal(
            None, matter, _("Tempatnya belum diketahui, jadi instansi yang berwenang belum dapat diusulkan.")
        )
    return Proposal(
        None, matter, _("Tidak ada instansi dalam negeri yang tercatat berwenang di %(place)s.") % {"place": place}
    )
