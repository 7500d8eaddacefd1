"""Opening a case, moving it on, closing it, and who takes part in it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kentongan.agencies.models import Agency
from kentongan.agreements.access import demand_act, demand_person
from kentongan.agreements.facts import Actor
from kentongan.agreements.models import Grant
from kentongan.agreements.rules import raised_handling
from kentongan.alerts.models import Alert
from kentongan.audit import outbox, trail
from kentongan.audit.catalogue import Trail
from kentongan.events.models import Event
from kentongan.intake.actions import retention_end
from kentongan.intake.legal_bases import legal_basis_for

from ..models import Case, CaseAgency, CaseEvent, CaseNote, CaseStep
from ..rules import CASE_STEPS, CASES, CLOSED, WAITING, WORKING, needs_reason
from ..telling import tell
from .common import (
    NotTheLead,
    StaysWithOwner,
    StepNotAllowed,
    Unusable,
    changed_meanwhile,
    demand_lead,
    demand_member,
    end_grants,
    is_supporting,
    label,
    reason,
    show_part,
    step,
    today,
)

CASE_OPENED, CASE_JOINED = "case.opened", "case.agency_joined"
HANDLING = "restricted"


@transaction.atomic
def open_case(
    *, title: str, by: Actor, at: datetime, summary: str = "", alert: Alert | None = None, events: Sequence[Event] = ()
) -> Case:
    """The actor's agency leads a new case on what it was warned of; the alert and the events came through the gate."""
    demand_person(by)
    demand_act(by, CASES)
    if not title.strip():
        raise Unusable(_("Beri perkara ini judul, tanpa nama orang."))
    about: list[Any] = [row for row in (alert, *events) if row is not None]
    place = next((row.place for row in about if row.place_id), None)
    case = Case.objects.create(
        owner_id=by.agency,
        place=place,
        handling=_handling(about),
        origins=_origins(about),
        purpose=by.purpose,
        legal_basis=legal_basis_for(by.purpose),
        retain_until=retention_end(today(at)),
        number=label("PKR", by.agency, at, what=CASES),
        title=title.strip()[:200],
        summary=summary.strip(),
        alert=alert,
        event=events[0] if events else None,
        opened_at=at,
        opened_by=by.ref,
        is_simulated=any(row.is_simulated for row in about),
    )
    CaseStep.objects.create(case=case, state=case.state, at=at, by=by.ref, agency=by.agency)
    with translation.override("id"):  # it is kept, so it is written in the language of the data
        why = _("saat perkara dibuka")
    for event in events[1:]:
        CaseEvent.objects.create(case=case, event=event, added_at=at, added_by=by.ref, why=why)
    trail.record(Trail.CASE_OPENED, by=by, at=at, on=case.ref, facts={"about": [row.ref for row in about]})
    outbox.put(CASE_OPENED, ref=case.ref, at=at, facts={"about": [row.ref for row in about]})
    return case


@transaction.atomic
def add_event(*, case: Case, event: Event, why: str, by: Actor, at: datetime) -> None:
    """The case is about this event too; where the event is protected, so is the case from now on."""
    demand_lead(case, by)
    why = reason(why, _("Tuliskan mengapa kejadian ini termasuk perkara."), most=300)
    if event.handling == "protected" and case.agencies.filter(left_at__isnull=True).exists():
        raise StaysWithOwner(
            _(
                "Kejadian ini tentang pengungsi atau pencari suaka dan perkara ini dibagi dengan instansi lain. "
                "Akhiri dahulu keikutsertaan mereka, atau buka perkara tersendiri."
            )
        )
    already = case.event_id == event.pk
    if already or not CaseEvent.objects.get_or_create(case=case, event=event, defaults={"added_at": at, "added_by": by.ref, "why": why})[1]:  # fmt: skip
        raise Unusable(_("Kejadian ini sudah termasuk perkara."))
    raise_handling(case, event.handling, origins=event.origins)
    trail.record(Trail.CASE_EVENT_ADDED, by=by, at=at, on=case.ref, why=why, facts={"event": event.ref})


@transaction.atomic
def move_case(
    *, case: Case, version: int, to: str, by: Actor, at: datetime, note: str = "", awaited_body: str = ""
) -> Case:
    """The case is being worked on, or waits for a body that is named; a closed one is taken up again with a reason."""
    demand_lead(case, by, even_closed=True)
    if to not in (WORKING, WAITING):
        raise StepNotAllowed(_("Langkah ini tidak dikenal. Pilih dari daftar."))
    if to == WAITING:
        note = reason(note, _("Tuliskan apa yang ditunggu."))
        awaited_body = reason(awaited_body, _("Sebutkan siapa yang ditunggu."), most=200)
    elif needs_reason(case.state, to):
        note = reason(note, _("Tuliskan mengapa perkara dibuka kembali."))
    waits = to == WAITING
    step(
        case, CASE_STEPS, version, to, by=by, at=at, note=note,
        awaited_body=awaited_body if waits else "", waiting_since=at if waits else None,
        closed_at=None, result="", result_why="",
    )  # fmt: skip
    facts = {"to": to, **({"awaits": awaited_body} if waits else {})}
    trail.record(Trail.CASE_STATE_CHANGED, by=by, at=at, on=case.ref, why=note.strip(), facts=facts)
    case.refresh_from_db()
    return case


@transaction.atomic
def close_case(*, case: Case, version: int, result: str, why: str, by: Actor, at: datetime) -> Case:
    """The case has ended with a result and its reason. Tasks that were open are for their agencies to end."""
    demand_lead(case, by, even_closed=True)
    if result not in Case.Result.values:
        raise Unusable(_("Hasil %(result)s tidak dikenal. Pilih salah satu dari daftar.") % {"result": result})
    why = reason(why, _("Tuliskan mengapa perkara ini berakhir dengan hasil itu."))
    step(
        case, CASE_STEPS, version, CLOSED, by=by, at=at, note=why,
        closed_at=at, result=result, result_why=why, awaited_body="", waiting_since=None,
    )  # fmt: skip
    trail.record(Trail.CASE_CLOSED, by=by, at=at, on=case.ref, why=why, facts={"result": result})
    case.refresh_from_db()
    return case


@transaction.atomic
def say_child_among_victims(
    *, case: Case, version: int, has_child_victims: bool, why: str, by: Actor, at: datetime
) -> Case:
    """Whether a child is among the victims is a fact of the case from now on; it says of nobody who that is."""
    demand_lead(case, by)
    why = reason(why, _("Tuliskan dari mana hal itu diketahui, tanpa nama."))
    won = Case.objects.filter(pk=case.pk, version=version).update(
        has_child_victims=has_child_victims, version=F("version") + 1
    )
    if not won:
        raise changed_meanwhile()
    facts = {"has_child_victims": has_child_victims}
    trail.record(Trail.CASE_CHILD_FACT_CHANGED, by=by, at=at, on=case.ref, why=why, facts=facts)
    case.refresh_from_db()
    return case


@transaction.atomic
def add_agency(
    *, case: Case, agency: Agency, groups: Iterable[str], why: str, by: Actor, at: datetime
) -> CaseAgency:  # fmt: skip
    """The agency supports the case: it sees these groups of its fields and has a workspace of its own."""
    demand_lead(case, by)
    why = reason(why, _("Tuliskan mengapa instansi ini diikutsertakan."), most=300)
    if agency.pk == case.owner_id:
        raise Unusable(_("Instansi ini sudah memimpin perkara."))
    try:
        with transaction.atomic():
            joined = CaseAgency.objects.create(
                case=case, agency=agency, groups=[], why=why, joined_at=at, joined_by=by.ref
            )
    except IntegrityError:
        raise Unusable(_("Instansi ini sudah ikut serta dalam perkara.")) from None
    joined.groups = _show(case, joined, groups, by=by, at=at)
    joined.save()
    facts = {"agency": agency.pk, "groups": joined.groups}
    trail.record(Trail.CASE_AGENCY_JOINED, by=by, at=at, on=case.ref, why=why, facts=facts)
    outbox.put(CASE_JOINED, ref=case.ref, at=at, facts={"to": agency.pk})
    said = gettext_lazy("Instansi Anda diikutsertakan dalam perkara %(number)s.")
    key = f"{CASE_JOINED}:{joined.pk}"
    tell(agency.pk, category=CASES, topic=CASE_JOINED, said=said, page="case_detail", about=case, key=key, at=at)
    return joined


@transaction.atomic
def share(
    *, case: Case, joined: CaseAgency, version: int, groups: Iterable[str], why: str, by: Actor, at: datetime
) -> CaseAgency:
    """The supporting agency sees these groups and no others, at once."""
    demand_lead(case, by)
    why = reason(why, _("Tuliskan mengapa yang dibagikan berubah."), most=300)
    won = CaseAgency.objects.filter(pk=joined.pk, case=case, version=version, left_at__isnull=True).update(
        version=F("version") + 1
    )
    if not won:
        raise changed_meanwhile()
    end_grants(_because(joined), at=at)
    joined.refresh_from_db()
    joined.groups = _show(case, joined, groups, by=by, at=at)
    joined.save()
    facts = {"agency": joined.agency_id, "groups": joined.groups}
    trail.record(Trail.CASE_SHARE_CHANGED, by=by, at=at, on=case.ref, why=why, facts=facts)
    return joined


@transaction.atomic
def leave(*, case: Case, joined: CaseAgency, why: str, by: Actor, at: datetime) -> None:
    """The agency supports the case no longer and sees nothing of it any more, from this instant.

    The lead ends it, or the agency itself. What the agency wrote stays with the case.
    """
    demand_person(by)
    demand_act(by, CASES)
    if by.agency not in (case.owner_id, joined.agency_id):
        raise NotTheLead(_("Keikutsertaan diakhiri oleh instansi utama atau oleh instansi itu sendiri."))
    why = reason(why, _("Tuliskan mengapa keikutsertaan ini berakhir."), most=300)
    won = CaseAgency.objects.filter(pk=joined.pk, case=case.pk, left_at__isnull=True).update(
        left_at=at, left_by=by.ref, left_why=why, version=F("version") + 1
    )
    if not won:
        raise changed_meanwhile()
    end_grants(_because(joined), at=at)
    trail.record(Trail.CASE_AGENCY_LEFT, by=by, at=at, on=case.ref, why=why, facts={"agency": joined.agency_id})


@transaction.atomic
def write_note(*, case: Case, text: str, is_shared: bool, by: Actor, at: datetime) -> CaseNote:
    """The note stands in the workspace of the actor's agency; a shared one of the lead is read by all, one of a
    supporting agency by the lead."""
    demand_member(case, by)
    text = reason(text, _("Catatan ini kosong."), most=4000)
    note = CaseNote.objects.create(
        case_id=case.pk, agency_id=by.agency, text=text, is_shared=is_shared, at=at, by=by.ref
    )
    trail.record(Trail.CASE_NOTED, by=by, at=at, on=case.ref, facts={"note": note.pk, "is_shared": is_shared})
    return note


def raise_handling(case: Case, handling: str, *, origins: Iterable[str] = ()) -> None:
    """The case is handled at least as strictly as what was put into it; handling is never lowered."""
    stored = Case.objects.select_for_update().get(pk=case.pk)
    stored.handling = raised_handling(stored.handling, handling)
    stored.origins = sorted({*stored.origins, *origins})
    Case.objects.filter(pk=case.pk).update(handling=stored.handling, origins=stored.origins)
    case.handling, case.origins = stored.handling, stored.origins


def supports(case: Case, agency: str) -> bool:
    """Tell whether the agency supports the case now."""
    return is_supporting(case, agency)


def _show(case: Case, joined: CaseAgency, groups: Iterable[str], *, by: Actor, at: datetime) -> list[str]:
    return show_part(
        case, joined.agency, groups, cause=Grant.Cause.CASE, because=_because(joined), by=by, at=at
    )  # fmt: skip


def _because(joined: CaseAgency) -> str:
    return f"case_agency:{joined.pk}:{joined.version}"


def _handling(about: Iterable[Any]) -> str:
    found = HANDLING
    for row in about:
        found = raised_handling(found, row.handling)
    return found


def _origins(about: Iterable[Any]) -> list[str]:
    return sorted({origin for row in about for origin in row.origins})
