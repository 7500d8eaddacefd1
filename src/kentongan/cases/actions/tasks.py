"""Tasks: given by the lead or by an agency to itself, answered by whom they were given to."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kentongan.agencies.models import Agency, Officer, Posting
from kentongan.agreements.access import not_visible
from kentongan.agreements.facts import Actor
from kentongan.audit import outbox, trail
from kentongan.audit.catalogue import Trail

from ..models import Case, CaseTask, TaskStep
from ..rules import ACCEPTED, BY_THE_OTHER_SIDE, CASES, DECLINED, DONE, TASK_STEPS, WITHDRAWN, has_ended
from ..telling import tell
from .common import NotAsked, Unusable, demand_member, demand_not_protected, demand_open, is_supporting, reason, step

TASK_GIVEN, TASK_ANSWERED = "task.given", "task.state_changed"


@transaction.atomic
def give_task(
    *, case: Case, agency: Agency, what: str, by: Actor, at: datetime, due: datetime | None = None, officer: Officer | None = None
) -> CaseTask:  # fmt: skip
    """The agency has a task in the case: the lead gives one to itself or a supporting agency, others only to themselves."""
    demand_member(case, by)
    demand_open(case)
    if by.agency not in (case.owner_id, agency.pk):
        raise NotAsked(_("Tugas bagi instansi lain diberikan oleh instansi utama. Tulis catatan bersama kepadanya."))
    if agency.pk != case.owner_id:
        if not is_supporting(case, agency.pk):
            raise Unusable(_("%(agency)s belum ikut serta dalam perkara ini.") % {"agency": agency})
        demand_not_protected(case)
    if due is not None and due <= at:
        raise Unusable(_("Tenggatnya sudah lewat. Pilih waktu yang akan datang."))
    _demand_serves(officer, agency)
    task = CaseTask.objects.create(
        case_id=case.pk,
        giver_id=by.agency,
        agency=agency,
        officer=officer,
        what=reason(what, _("Tuliskan apa yang harus dikerjakan, tanpa nama orang."), most=300),
        due=due,
        given_at=at,
        given_by=by.ref,
    )
    TaskStep.objects.create(task=task, state=task.state, at=at, by=by.ref, agency=by.agency)
    facts = {"task": str(task.pk), "to": agency.pk, "due": due.isoformat() if due else None}
    trail.record(Trail.TASK_GIVEN, by=by, at=at, on=case.ref, facts=facts)
    outbox.put(TASK_GIVEN, ref=case.ref, at=at, facts=facts)
    if agency.pk != by.agency:
        said = gettext_lazy("Tugas baru dalam perkara %(number)s.")
        key = f"{TASK_GIVEN}:{task.pk}"
        tell(agency.pk, category=CASES, topic=TASK_GIVEN, said=said, page="task_list", about=case, key=key, at=at)
    return task


@transaction.atomic
def answer_task(*, task: CaseTask, version: int, to: str, by: Actor, at: datetime, note: str = "") -> CaseTask:
    """The task is accepted, done or declined by its agency, or withdrawn by who gave it; an ending says how or why."""
    demand_member(task.case, by)
    if by.agency not in (task.agency_id, task.giver_id):
        raise not_visible()
    side = task.agency_id if to in BY_THE_OTHER_SIDE else task.giver_id
    if by.agency != side:
        raise NotAsked(_("Langkah ini dilakukan oleh pihak yang lain dari tugas ini."))
    asked = {
        DONE: _("Tuliskan apa yang sudah dikerjakan."),
        DECLINED: _("Tuliskan mengapa tugas ini ditolak."),
        WITHDRAWN: _("Tuliskan mengapa tugas ini ditarik."),
    }
    note = reason(note, asked[to]) if to in asked else note.strip()
    ends = {"ended_at": at, "ended_why": note} if to != ACCEPTED and has_ended(TASK_STEPS, to) else {}
    step(task, TASK_STEPS, version, to, by=by, at=at, note=note, **ends)
    facts = {"task": str(task.pk), "to": to}
    trail.record(Trail.TASK_STATE_CHANGED, by=by, at=at, on=task.case.ref, why=note, facts=facts)
    outbox.put(TASK_ANSWERED, ref=task.case.ref, at=at, facts=facts)
    task.refresh_from_db()
    return task


def _demand_serves(officer: Officer | None, agency: Agency) -> None:
    if officer is None:
        return
    serves = Posting.objects.filter(officer=officer, agency=agency, ended_at__isnull=True, officer__is_active=True)
    if not serves.exists():
        raise Unusable(_("Petugas itu tidak bertugas di %(agency)s.") % {"agency": agency})
