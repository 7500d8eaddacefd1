"""Milestones of the process, and what is alleged: written side by side, withdrawn with a reason, never overwritten."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from kentongan.agreements.facts import Actor
from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.events.models import Event
from kentongan.intake.models import Report
from kentongan.vocabulary.models import Kind

from .. import milestones, offences
from ..models import Case, CaseClassification, CaseMilestone, OffenceElement
from .common import Unusable, changed_meanwhile, demand_lead, reason, today

EVIDENCE: dict[str, type[Event] | type[Report]] = {"event": Event, "report": Report}


@dataclass(frozen=True, slots=True)
class ElementStated:
    """An element as an officer states it: its form, why it is there, and the records that this rests on."""

    element: str
    form: str
    why: str
    evidence: tuple[str, ...] = ()


@transaction.atomic
def record_milestone(
    *, case: Case, code: str, on: date, document: str, by: Actor, at: datetime, note: str = ""
) -> CaseMilestone:
    """The case has reached the milestone on that day. What is unusual about the order is shown, not refused."""
    demand_lead(case, by)
    if code not in milestones.codes():
        raise Unusable(_("Tahapan %(code)s tidak dikenal. Pilih dari daftar.") % {"code": code})
    if on > today(at):
        raise Unusable(_("Tanggal tahapan ini belum tiba. Catat sesudah terjadi, dengan tanggal suratnya."))
    try:
        with transaction.atomic():
            made = CaseMilestone.objects.create(
                case=case,
                code=code,
                on=on,
                document=reason(document, _("Sebutkan nomor suratnya."), most=120),
                note=note.strip()[:300],
                agency=by.agency,
                recorded_at=at,
                recorded_by=by.ref,
            )
    except IntegrityError:
        raise Unusable(_("Tahapan dengan nomor surat ini sudah tercatat.")) from None
    facts = {"code": code, "on": on.isoformat(), "document": made.document}
    trail.record(Trail.MILESTONE_RECORDED, by=by, at=at, on=case.ref, facts=facts)
    return made


@transaction.atomic
def withdraw_milestone(*, milestone: CaseMilestone, why: str, by: Actor, at: datetime) -> None:
    """The milestone was recorded by mistake and does not count; its row, and why, stay."""
    demand_lead(milestone.case, by)
    why = reason(why, _("Tuliskan mengapa catatan ini keliru."), most=300)
    standing = CaseMilestone.objects.filter(pk=milestone.pk, withdrawn_at__isnull=True)
    if not standing.update(withdrawn_at=at, withdrawn_by=by.ref, withdrawn_why=why):
        raise changed_meanwhile()
    facts = {"code": milestone.code, "document": milestone.document}
    trail.record(Trail.MILESTONE_WITHDRAWN, by=by, at=at, on=milestone.case.ref, why=why, facts=facts)


@transaction.atomic
def classify_case(
    *, case: Case, offence: Kind, act_on: date, why: str, elements: Sequence[ElementStated], by: Actor, at: datetime
) -> CaseClassification:
    """The allegation stands beside the others, under the law of the day of the act, with what speaks for each element.

    It may be incomplete: which elements nobody has spoken to is shown. Nothing follows from it by itself.
    """
    demand_lead(case, by)
    why = reason(why, _("Tuliskan mengapa dugaan ini diajukan."))
    if offence.kind_class not in (Kind.Class.OFFENCE, Kind.Class.ISSUE) or offence.is_protected or offence.is_election:
        raise Unusable(_("Jenis %(kind)s bukan tindak pidana yang dapat diduga.") % {"kind": offence})
    if act_on > today(at):
        raise Unusable(_("Tanggal perbuatan belum tiba. Periksa tanggalnya."))
    law = offences.law_on(offence.pk, act_on)
    made = CaseClassification.objects.create(
        case=case,
        offence=offence,
        act_on=act_on,
        basis=law.basis if law else "",
        of_child=Case.objects.values_list("has_child_victims", flat=True).get(pk=case.pk),
        why=why,
        agency=by.agency,
        alleged_by=by.ref,
        alleged_at=at,
    )
    for stated in elements:
        _state(made, stated, by=by, at=at)
    facts = {"offence": offence.pk, "elements": sorted({one.element for one in elements}), "basis": made.basis}
    trail.record(Trail.CASE_CLASSIFIED, by=by, at=at, on=case.ref, why=why, facts=facts)
    return made


@transaction.atomic
def withdraw_case_classification(*, classification: CaseClassification, why: str, by: Actor, at: datetime) -> None:
    """The allegation no longer stands; its row, its elements, and why it fell, stay."""
    demand_lead(classification.case, by)
    why = reason(why, _("Tuliskan mengapa dugaan ini dicabut."))
    standing = CaseClassification.objects.filter(pk=classification.pk, withdrawn_at__isnull=True)
    if not standing.update(withdrawn_at=at, withdrawn_by=by.ref, withdrawn_why=why):
        raise changed_meanwhile()
    facts = {"offence": classification.offence_id}
    trail.record(Trail.CASE_CLASSIFICATION_WITHDRAWN, by=by, at=at, on=classification.case.ref, why=why, facts=facts)


def _state(classification: CaseClassification, stated: ElementStated, *, by: Actor, at: datetime) -> None:
    known = {(form.element, form.code) for form in offences.forms_of(classification.offence_id)}
    if (stated.element, stated.form) not in known:
        raise Unusable(_("Unsur ini tidak termasuk tindak pidana yang dipilih."))
    OffenceElement.objects.create(
        classification=classification,
        element=stated.element,
        form=stated.form,
        why=reason(stated.why, _("Tuliskan bagi setiap unsur apa yang menunjukkannya.")),
        evidence=[_evidence(ref, by, at) for ref in dict.fromkeys(stated.evidence)],
    )


def _evidence(ref: str, by: Actor, at: datetime) -> str:
    """Return the reference as it is kept; raise where it names nothing that the officer may see."""
    kind, _colon, key = ref.strip().partition(":")
    refusal = Unusable(
        _("Rujukan bukti “%(ref)s” tidak menunjuk laporan atau kejadian yang terbuka bagi Anda.") % {"ref": ref[:80]}
    )
    try:
        model, pk = EVIDENCE[kind], UUID(key)
    except (KeyError, ValueError):
        raise refusal from None
    if not model.objects.visible_to(by, at=at).filter(pk=pk).exists():
        raise refusal
    return f"{kind}:{pk}"
