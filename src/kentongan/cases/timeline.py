"""The timeline of a case: everything that happened in it, from its rows and from the trail, as far as the reader sees them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kentongan.agreements.models import ProtectedRow
from kentongan.audit.catalogue import Trail
from kentongan.audit.models import TrailRow

from . import labels, milestones
from .models import Case, CaseObject, CasePerson, CaseStep
from .people import number_of
from .queries import Workspace, holder_name, names_of_actors, names_of_agencies

LOOKS = (Trail.RECORD_READ.value, Trail.GRANT_GIVEN.value, Trail.ACCESS_REFUSED.value, Trail.GLASS_BROKEN.value)
"""What the trail knows of a case that no row of the case says: who looked, to whom it was opened, who was refused."""
MOST_LOOKS = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened: when, what, by whom, with what was written about it."""

    at: datetime
    what: str
    by: str
    agency: str
    note: str = ""
    is_look: bool = False


def timeline(space: Workspace) -> list[Entry]:
    """Return the entries that the reader of the workspace sees, the latest first."""
    found = [*_of_case(space), *_of_process(space), *_of_work(space), *_of_people(space), *_of_goods(space)]
    if space.is_lead:
        found += _of_trail(space.case)
    people = names_of_actors({entry.by for entry in found})
    bodies = names_of_agencies({entry.agency for entry in found})
    named = [
        Entry(
            one.at,
            one.what,
            people.get(one.by, _spoken(one.by)),
            bodies.get(one.agency, one.agency),
            one.note,
            one.is_look,
        )
        for one in found
    ]
    return sorted(named, key=lambda entry: entry.at)[::-1]  # of one instant, what was written later stands above


def _who(ref: str, space: Workspace) -> str:
    """Return who acted; where that is not shared, only what kind of actor it was."""
    return ref if space.shows("source") else "".join(ref.partition(":")[:2])


def _spoken(ref: str) -> str:
    return _("sistem") if ref.startswith("system:") else ref


def _of_case(space: Workspace) -> Iterator[Entry]:
    steps = CaseStep.objects.filter(case=space.case.pk) if space.case.release is None else CaseStep.objects.none()
    for number, step in enumerate(steps):
        what = (
            _("perkara dibuka") if number == 0 else _("keadaan: %(state)s") % {"state": labels.CASE_STATES[step.state]}
        )
        yield Entry(step.at, what, step.by, step.agency, step.note)
    lead = space.case.owner_id
    for joined in space.agencies:
        yield Entry(joined.joined_at, _("%(agency)s ikut serta") % {"agency": joined.agency}, joined.joined_by, lead, joined.why)  # fmt: skip
        if joined.left_at:
            yield Entry(joined.left_at, _("%(agency)s tidak lagi ikut serta") % {"agency": joined.agency}, joined.left_by, lead, joined.left_why)  # fmt: skip


def _of_process(space: Workspace) -> Iterator[Entry]:
    for one in space.milestones:
        name = labels.in_tongue(milestones.label_of(one.code), milestones.label_of(one.code, english=True))
        what = _("%(milestone)s bertanggal %(day)s") % {"milestone": name, "day": date_format(one.on, "j M Y")}
        yield Entry(one.recorded_at, what, one.recorded_by, one.agency, f"{one.document} {one.note}".strip())
        if one.withdrawn_at:
            yield Entry(one.withdrawn_at, _("catatan dicabut: %(what)s") % {"what": name}, one.withdrawn_by, one.agency, one.withdrawn_why)  # fmt: skip
    for alleged in space.classifications:
        offence = labels.in_tongue(alleged.offence.label_id, alleged.offence.label_en)
        what = _("dugaan: %(offence)s") % {"offence": offence}
        yield Entry(alleged.alleged_at, what, alleged.alleged_by, alleged.agency, alleged.why)
        if alleged.withdrawn_at:
            gone = _("dugaan dicabut: %(offence)s") % {"offence": offence}
            yield Entry(alleged.withdrawn_at, gone, alleged.withdrawn_by, alleged.agency, alleged.withdrawn_why)


def _of_work(space: Workspace) -> Iterator[Entry]:
    for task in space.tasks:
        for number, step in enumerate(task.steps.all()):
            what = _("tugas bagi %(agency)s: %(what)s") if number == 0 else _("tugas %(state)s: %(what)s")
            said = {"agency": task.agency, "what": task.what, "state": labels.TASK_STATES[step.state]}
            yield Entry(step.at, what % said, step.by, step.agency, step.note)
    for note in space.notes:
        yield Entry(
            note.at, _("catatan bersama") if note.is_shared else _("catatan"), note.by, note.agency_id, note.text
        )
    for referral in space.referrals:
        for number, step in enumerate(referral.steps.all()):
            what = _("rujukan %(number)s ke %(agency)s") if number == 0 else _("rujukan %(number)s %(state)s")
            said = {"number": referral.number, "agency": referral.receiver, "state": labels.REFERRAL_STATES[step.state]}
            yield Entry(step.at, what % said, step.by, step.agency, step.note)


def _of_people(space: Workspace) -> Iterator[Entry]:
    yield from _added(space)
    for person in space.persons:
        for form in person.best_interests.all() if space.is_lead else ():
            yield Entry(form.at, _("kepentingan terbaik anak dicatat: %(person)s") % {"person": person}, _who(form.by, space), form.agency)  # fmt: skip
    for change in space.role_changes:
        said = {"person": change.person, "role": labels.ROLES[change.to_role]}
        asked = _("diusulkan: %(person)s menjadi %(role)s") if change.needs_second_word else _("%(person)s menjadi %(role)s")  # fmt: skip
        yield Entry(change.asked_at, asked % said, _who(change.asked_by, space), change.agency, change.reason)
        if change.decided_at:
            done = change.state == change.State.DONE
            decided = _("disetujui: %(person)s menjadi %(role)s") if done else _("tidak disetujui: %(person)s menjadi %(role)s")  # fmt: skip
            yield Entry(
                change.decided_at, decided % said, _who(change.decided_by, space), change.agency, change.decided_why
            )


def _added(space: Workspace) -> Iterator[Entry]:
    """Whoever came into the case by one deed stands in one entry, however many they are."""

    def deed(person: CasePerson) -> tuple[datetime, str, str, str]:
        return person.added_at, person.added_by, person.first_role, person.legal_basis

    for (at, by, _role, basis), group in groupby(sorted(space.persons, key=deed), key=deed):
        people = sorted(group, key=lambda person: number_of(person.mark))
        said = {"number": len(people), "first": people[0], "last": people[-1], "person": people[0]}
        many = _("%(number)d orang dicatat: %(first)s sampai %(last)s")
        yield Entry(at, (many if len(people) > 1 else _("%(person)s dicatat")) % said, _who(by, space), space.case.owner_id, basis)  # fmt: skip


def _of_goods(space: Workspace) -> Iterator[Entry]:
    for thing in space.goods:
        if space.shows("objects"):
            yield Entry(thing.recorded_at, _("barang dicatat: %(what)s") % {"what": thing.what}, thing.recorded_by, space.case.owner_id)  # fmt: skip
        yield from _hand_overs(thing, space)


def _hand_overs(thing: CaseObject, space: Workspace) -> Iterator[Entry]:
    for one in thing.hand_overs.all():
        said = {
            "what": thing.what,
            "giver": holder_name(one.giver, one.giver_body),
            "receiver": holder_name(one.receiver, one.receiver_body),
        }
        what = _("serah terima %(what)s: %(giver)s → %(receiver)s") % said
        yield Entry(one.recorded_at, what, _who(one.recorded_by, space), one.agency, one.document)


def _of_trail(case: Case | ProtectedRow) -> list[Entry]:
    """Return who looked and to whom it was opened; of the lead's own officers only what the trail keeps of personal rows."""
    rows = TrailRow.objects.filter(subject=case.ref, event__in=LOOKS).order_by("-id")[:MOST_LOOKS]
    words = {
        Trail.RECORD_READ.value: _("dibaca"),
        Trail.GRANT_GIVEN.value: _("dibuka bagi instansi lain"),
        Trail.ACCESS_REFUSED.value: _("ditolak oleh gerbang"),
        Trail.GLASS_BROKEN.value: _("dibuka dalam keadaan darurat"),
    }
    return [Entry(row.at, words[row.event], row.actor, row.agency, is_look=True) for row in reversed(rows)]
