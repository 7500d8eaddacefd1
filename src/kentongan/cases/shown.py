"""What the pages of this room show, prepared: templates run no query."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.forms import Form
from django.utils import timezone
from django.utils.translation import gettext as _

from kentongan.agencies.models import Agency
from kentongan.agreements.facts import Actor
from kentongan.agreements.modules import is_on
from kentongan.alerts.models import Alert
from kentongan.events.models import Event

from . import forms, labels, milestones, offences, queries
from .models import Case, CaseMilestone, CaseTask, Referral
from .rules import (
    BY_THE_OTHER_SIDE,
    CASE_STEPS,
    CLOSED,
    LEADER,
    MODULE,
    REFERRAL_STEPS,
    REFERRALS,
    REVOKED,
    TASK_STEPS,
    WITHDRAWN,
    has_ended,
    is_referral_overdue,
    is_task_overdue,
    referral_due,
)
from .timeline import timeline


@dataclass(frozen=True, slots=True)
class TaskShown:
    """A task as a page shows it, with the form of the steps that this officer may take."""

    task: CaseTask
    state: str
    chip: str
    is_overdue: bool
    answer: Form | None


def task_shown(task: CaseTask, actor: Actor, *, at: datetime, may_act: bool, faulty: Form | None = None) -> TaskShown:
    """Return a task as a page shows it."""
    choices = [
        (to, labels.TASK_STATES[to])
        for to in TASK_STEPS[task.state]
        if actor.agency == (task.agency_id if to in BY_THE_OTHER_SIDE else task.giver_id)
    ]
    order = list(labels.TASK_STATES)
    choices.sort(key=lambda one: (one[0] == WITHDRAWN, order.index(one[0])))
    answer = (
        forms.AnswerForm(initial={"version": task.version}, choices=choices, auto_id=f"tugas-{task.pk}-%s")
        if may_act and choices
        else None
    )
    return TaskShown(
        task,
        str(labels.TASK_STATES[task.state]),
        labels.TASK_CHIPS[task.state],
        is_task_overdue(task.state, task.due, at=at),
        faulty if faulty is not None and answer is not None else answer,
    )


def case_page(
    case: Case, actor: Actor, *, at: datetime, faulty: tuple[str, Form] | None = None, refusal: str = ""
) -> dict[str, Any]:
    """Return all that the page of a case shows to this officer."""
    space = queries.workspace(case, actor, at=at)
    leads = space.is_lead and space.may_act
    is_open = case.state != CLOSED
    given = {faulty[0]: faulty[1]} if faulty else {}
    entries = timeline(space)
    return {
        "case": case,
        "space": space,
        "leads": leads,
        "is_open": is_open,
        "has_people": is_on(MODULE, at=at),
        "state": labels.CASE_STATES[case.state],
        "chip": labels.CASE_CHIPS[case.state],
        "result": labels.RESULTS.get(case.result, ""),
        "waited_days": (at - case.waiting_since).days if case.waiting_since else None,
        "sees_alert": bool(case.alert_id) and Alert.objects.visible_to(actor, at=at).filter(pk=case.alert_id).exists(),
        "events": _events(case, actor, at),
        "tasks": [task_shown(task, actor, at=at, may_act=space.may_act) for task in space.tasks],
        "agencies": [
            (joined, _group_words(joined.groups), _share_form(joined, given) if leads and is_open and joined.left_at is None else None)
            for joined in space.agencies
        ],
        "milestones": _milestones(space.milestones),
        "deadlines": _deadlines(space.milestones, at),
        "oddities": _oddities(space.milestones),
        "allegations": _allegations(space),
        "persons": [(one, labels.ROLES[one.role], labels.AGES[one.age]) for one in space.persons],
        "awaited": _awaited(space, actor),
        "goods": [_thing(thing, space, actor, given) for thing in space.goods],
        "referrals": [(one, labels.REFERRAL_STATES[one.state], labels.REFERRAL_CHIPS[one.state]) for one in space.referrals],
        "entries": [one for one in entries if not one.is_look],
        "looks": [one for one in entries if one.is_look],
        "forms": _forms(space, actor, is_open=is_open) | given,
        "opened": {faulty[0]: True} if faulty else {},
        "refusal": refusal,
    }  # fmt: skip


def _forms(space: queries.Workspace, actor: Actor, *, is_open: bool) -> dict[str, Form | None]:
    """Return the forms of the deeds that the officer may do now."""
    case, leads = space.case, space.is_lead and space.may_act
    country = case.owner.country
    inside = _members(space) if space.may_act else []
    version = {"version": case.version}
    wanted: dict[str, tuple[bool, Any]] = {
        "move": (leads, lambda: forms.MoveForm(initial=version, auto_id="langkah-%s")),
        "close": (leads and CLOSED in CASE_STEPS[case.state], lambda: forms.CloseCaseForm(initial=version, auto_id="tutup-%s")),
        "child": (
            leads and is_open,
            lambda: forms.ChildFactForm(initial=version | {"has_child_victims": case.has_child_victims}, auto_id="anak-%s"),
        ),
        "event": (leads and is_open, lambda: forms.EventForm(auto_id="kejadian-%s")),
        "join": (
            leads and is_open,
            lambda: forms.JoinForm(
                agencies=forms.agency_choices(queries.askable_agencies(country=country, but=case.owner_id)), auto_id="ikut-%s"
            ),
        ),
        "leave": (space.may_act and space.joined is not None, lambda: forms.WhyForm(auto_id="keluar-%s")),
        "note": (space.may_act, lambda: forms.NoteForm(auto_id="catatan-%s")),
        "task": (
            space.may_act and is_open,
            lambda: forms.TaskForm(
                agencies=inside if space.is_lead else [one for one in inside if one[0] == actor.agency], auto_id="tugas-%s"
            ),
        ),
        "milestone": (leads and is_open, lambda: forms.MilestoneForm(auto_id="tahapan-%s")),
        "classification": (leads and is_open, lambda: forms.ClassificationForm(auto_id="dugaan-%s")),
        "persons": (leads and is_open, lambda: forms.PersonsForm(auto_id="orang-%s")),
        "object": (leads and is_open, lambda: forms.ObjectForm(agencies=inside, auto_id="barang-%s")),
        "why": (leads and is_open, lambda: forms.WhyForm(auto_id=False)),
    }  # fmt: skip
    return {name: make() if may else None for name, (may, make) in wanted.items()}


def member_choices(case: Case, actor: Actor, *, at: datetime) -> list[tuple[str, str]]:
    """Return the lead and the supporting agencies that this officer knows of, to choose from."""
    return _members(queries.workspace(case, actor, at=at))


def _members(space: queries.Workspace) -> list[tuple[str, str]]:
    known = [space.case.owner, *(one.agency for one in space.agencies if one.left_at is None)]
    if space.joined is not None:
        known.append(space.joined.agency)
    return list({one.pk: one.name for one in known}.items())


def _events(case: Case, actor: Actor, at: datetime) -> list[Any]:
    return list(Event.objects.visible_to(actor, at=at).filter(pk__in=queries.events_of(case)))


def _group_words(groups: list[str]) -> list[str]:
    """Return what the groups are called, in the order in which the form offers them."""
    return [word for name, word in forms.group_choices("cases") if name in groups]


def share_name(joined: object) -> str:
    """Return by which name the page knows the form that changes what this agency is shown."""
    return f"share-{joined}"


def _share_form(joined: Any, given: dict[str, Form]) -> Form:
    return given.get(share_name(joined.pk)) or forms.ShareForm(
        initial={"version": joined.version, "groups": joined.groups}, auto_id=f"bagi-{joined.pk}-%s"
    )  # fmt: skip


def _milestone_word(code: str) -> str:
    return labels.in_tongue(milestones.label_of(code), milestones.label_of(code, english=True))


def _milestones(rows: list[CaseMilestone]) -> list[dict[str, Any]]:
    return [
        {"row": row, "word": _milestone_word(row.code), "law": milestones.kind_on(row.code, row.on)} for row in rows
    ]


def _deadlines(rows: list[CaseMilestone], at: datetime) -> list[dict[str, Any]]:
    today = timezone.localdate(at)
    return [
        {"word": _milestone_word(one.kind.code), "deadline": one, "is_late": one.is_late(today)}
        for one in milestones.deadlines(queries.reached(rows))
    ]


def _oddities(rows: list[CaseMilestone]) -> list[str]:
    found = []
    for odd in milestones.oddities(queries.reached(rows)):
        others = " / ".join(_milestone_word(code) for code in odd.others)
        found.append(f"{_milestone_word(odd.code)}: {str(labels.ODDITIES[odd.why]) % {'others': others}}")
    return found


def _allegations(space: queries.Workspace) -> list[dict[str, Any]]:
    people = queries.names_of_actors([one.alleged_by for one in space.classifications])
    return [
        {
            "row": one,
            "offence": labels.in_tongue(one.offence.label_id, one.offence.label_en),
            "by": people.get(one.alleged_by, one.alleged_by),
            "elements": [(labels.ELEMENTS[row.element], _form_word(one.offence_id, row), row) for row in one.elements.all()],
            "open": [
                labels.ELEMENTS[element]
                for element in queries.elements_open_in(one, has_child_victims=space.case.has_child_victims)
            ],
        }
        for one in space.classifications
    ]  # fmt: skip


def _form_word(offence: str, row: Any) -> str:
    forms_known = (form for form in offences.forms_of(offence) if (form.element, form.code) == (row.element, row.form))
    form = next(forms_known, None)
    return labels.in_tongue(form.label_id, form.label_en) if form else str(row.form)


def _awaited(space: queries.Workspace, actor: Actor) -> list[tuple[Any, Form | None]]:
    """Return the role changes that wait for a second word, with the form for whoever may give it."""
    may = space.is_lead and actor.role == LEADER
    return [
        (change, forms.SecondWordForm(auto_id=f"putusan-{change.pk}-%s") if may and change.asked_by != actor.ref else None)
        for change in space.role_changes
        if change.state == change.State.AWAITED
    ]  # fmt: skip


def _thing(thing: Any, space: queries.Workspace, actor: Actor, given: dict[str, Form]) -> dict[str, Any]:
    made, gaps, holder = queries.chain_of(thing)
    rows = [
        {
            "row": one,
            "giver": queries.holder_name(one.giver, one.giver_body),
            "receiver": queries.holder_name(one.receiver, one.receiver_body),
            "confirmed": sides,
            "may_confirm": any(
                agency == actor.agency and side not in sides
                for side, agency in (("giver", one.giver_id), ("receiver", one.receiver_id))
            ),
            "gaps": [str(labels.GAPS[gap.what]) % {"expected": gap.expected, "found": gap.found} for gap in gaps if gap.number == number],
        }
        for number, (one, sides) in enumerate(made, start=1)
    ]  # fmt: skip
    name = f"hand_over-{thing.pk}"
    form = (
        given.get(name)
        or forms.HandOverForm(agencies=[("", _("badan di luar")), *_members(space)], auto_id=f"serah-{thing.pk}-%s")
        if space.may_act and space.case.state != CLOSED
        else None
    )
    return {
        "row": thing,
        "rows": rows,
        "holder": holder,
        "has_gaps": bool(gaps),
        "form": form,
        "is_opened": name in given,
    }


def referral_listed(referral: Referral, *, at: datetime) -> dict[str, Any]:
    """Return a referral as the list shows it."""
    answer_by, finish_by = referral.answer_by, referral.finish_by
    return {
        "referral": referral,
        "state": labels.REFERRAL_STATES[referral.state],
        "chip": labels.REFERRAL_CHIPS[referral.state],
        "service": labels.SERVICES.get(referral.service, referral.service),
        "due": referral_due(referral.state, answer_by=answer_by, finish_by=finish_by),
        "is_overdue": is_referral_overdue(referral.state, answer_by=answer_by, finish_by=finish_by, at=at),
    }


def referral_page(
    referral: Referral, actor: Actor, *, at: datetime, faulty: tuple[str, Form] | None = None, refusal: str = ""
) -> dict[str, Any]:
    """Return all that the page of a referral shows to this side."""
    is_sender, is_receiver = actor.agency == referral.owner_id, actor.agency == referral.receiver_id
    may_act = REFERRALS in actor.acts
    has_people = is_on(MODULE, at=at)
    steps = list(referral.steps.all()) if has_people else []
    people = queries.names_of_actors([step.by for step in steps])
    bodies = queries.names_of_agencies({step.agency for step in steps})
    choices = [
        (to, labels.REFERRAL_STATES[to])
        for to in labels.REFERRAL_STATES
        if to in REFERRAL_STEPS[referral.state] and to in BY_THE_OTHER_SIDE
    ]
    may_end = is_sender and may_act
    found: dict[str, Form | None] = {
        "answer": forms.AnswerForm(initial={"version": referral.version}, choices=choices, auto_id="jawab-%s")
        if is_receiver and may_act and choices and has_people
        else None,
        "revoke": forms.RevokeForm(initial={"version": referral.version}, auto_id="cabut-%s")
        if may_end and REVOKED in REFERRAL_STEPS[referral.state]
        else None,
        "withdraw": forms.WhyForm(auto_id="tarik-%s")
        if may_end and referral.consent is not None and referral.consent.valid_to is None
        else None,
    }
    if faulty and found.get(faulty[0]) is not None:
        found[faulty[0]] = faulty[1]
    return {
        **referral_listed(referral, at=at),
        "has_people": has_people,
        "is_sender": is_sender,
        "age": labels.AGES.get(referral.age, ""),
        "consent_by": labels.CONSENT_BY.get(referral.consent_by, ""),
        "scope": [word for name, word in forms.group_choices(REFERRALS) if name in referral.scope],
        "has_ended": has_ended(REFERRAL_STEPS, referral.state),
        "steps": [(step, labels.REFERRAL_STATES[step.state], people.get(step.by, step.by), bodies.get(step.agency, step.agency)) for step in steps],
        "sees_case": is_sender and referral.case_id is not None,
        "forms": found,
        "opened": {faulty[0]: True} if faulty else {},
        "refusal": refusal,
    }  # fmt: skip


def directory(rows: list[Any]) -> list[dict[str, Any]]:
    """Return the rows of the directory with the agencies' names."""
    names = dict(Agency.objects.filter(pk__in={row.agency for row in rows}).values_list("pk", "name"))
    return [
        {"row": row, "agency": names.get(row.agency, row.agency), "service": labels.SERVICES[row.service]}
        for row in rows
    ]
