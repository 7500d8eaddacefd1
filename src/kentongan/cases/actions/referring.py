"""Referrals: somebody under a pseudonym is sent to an agency for a service, on consent, and each side answers in its turn.

All of it is off until the impact assessment of the module is recorded (R18), but revoking: a person's right waits for no switch.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kentongan.agencies.models import Agency
from kentongan.agreements import conditions
from kentongan.agreements.access import demand_act, demand_person, system_actor
from kentongan.agreements.facts import Actor
from kentongan.agreements.fields import every_group, what_is_always_told
from kentongan.agreements.models import Grant
from kentongan.agreements.modules import demand_module
from kentongan.agreements.rules import raised_handling
from kentongan.audit import outbox, trail
from kentongan.audit.catalogue import Trail
from kentongan.audit.models import TrailRow
from kentongan.intake.actions import retention_end
from kentongan.intake.legal_bases import legal_basis_for
from kentongan.kit.errors import KentonganError
from kentongan.kit.ids import new_id

from .. import people
from ..models import CasePerson, Referral, ReferralStep
from ..rules import (
    ACCEPTED,
    ANSWER_WITHIN,
    BY_THE_OTHER_SIDE,
    DECLINED,
    DONE,
    MODULE,
    REFERRAL_STEPS,
    REFERRALS,
    REVOKED,
    has_ended,
)
from ..services import SERVICES
from ..telling import tell
from .common import NotAsked, StepNotAllowed, Unusable, demand_lead, end_grants, label, reason, show_part, step, today
from .persons import guardian_of

REFERRAL_SENT, REFERRAL_ANSWERED, REFERRAL_REVOKED = "referral.sent", "referral.state_changed", "referral.revoked"
HANDLING = "personal"


class ConsentMissing(KentonganError):
    """Nobody who may has consented to the referral (R14, R15)."""

    code = "cases.consent_missing"


@dataclass(frozen=True, slots=True)
class Consent:
    """Who consented, in which paper, to showing which groups of fields; or why help does not wait for consent."""

    by: str
    scope: frozenset[str]
    document: str = ""
    vital_why: str = ""


@transaction.atomic
def refer(
    *, person: CasePerson, receiver: Agency, service: str, needs: str, consent: Consent, by: Actor, at: datetime,
    answer_by: datetime | None = None, finish_by: datetime | None = None,
) -> Referral:  # fmt: skip
    """The receiver is asked to help, and sees of the referral what the consent covers and nothing else of the case."""
    demand_module(MODULE, at=at)
    demand_person(by)
    demand_act(by, REFERRALS)
    case = person.case
    demand_lead(case, by)
    if receiver.pk == by.agency:
        raise Unusable(_("Rujukan menuju instansi lain. Untuk instansi sendiri, buat tugas."))
    if service not in SERVICES:
        raise Unusable(_("Layanan ini tidak dikenal. Pilih dari daftar."))
    answer_by = answer_by or at + ANSWER_WITHIN
    if answer_by <= at or (finish_by is not None and finish_by <= at):
        raise Unusable(_("Tenggatnya sudah lewat. Pilih waktu yang akan datang."))
    if unknown := consent.scope - every_group(REFERRALS):
        raise Unusable(_("Kelompok isian ini tidak dikenal: %(names)s.") % {"names": ", ".join(sorted(unknown))})
    _demand_consent(person, consent)
    key = new_id()
    consent_met = None
    with translation.override("id"):  # it is kept, so it is written in the language of the data
        subject = person.pseudonym
    row = Referral(
        id=key,
        owner_id=by.agency,
        place=case.place,
        handling=raised_handling(HANDLING, case.handling),
        origins=case.origins,
        purpose=by.purpose,
        legal_basis=legal_basis_for(by.purpose),
        retain_until=retention_end(today(at)),
        number=label("RJK", by.agency, at, what=REFERRALS),
        case=case,
        person=person,
        subject=subject,
        age=person.age,
        receiver=receiver,
        service=service,
        needs=reason(needs, _("Tuliskan yang dibutuhkan, tanpa nama atau kontak."), most=4000),
        scope=sorted(consent.scope | what_is_always_told(REFERRALS)),
        consent_by=consent.by,
        vital_why=consent.vital_why.strip()[:300] if consent.by == people.VITAL else "",
        sent_at=at,
        sent_by=by.ref,
        answer_by=answer_by,
        finish_by=finish_by,
        is_simulated=case.is_simulated,
    )
    if consent.by != people.VITAL:
        consent_met = conditions.record_consent(row=row, document=consent.document, receiver=receiver, by=by, at=at)
    row.consent = consent_met
    row.save(force_insert=True)
    ReferralStep.objects.create(referral=row, state=row.state, at=at, by=by.ref, agency=by.agency)
    show_part(row, receiver, row.scope, cause=Grant.Cause.REFERRAL, because=row.ref, by=by, at=at)
    facts = {"to": receiver.pk, "service": service, "scope": row.scope, "consent_by": consent.by, "case": case.ref}
    why = row.vital_why
    trail.record(Trail.REFERRAL_SENT, by=by, at=at, on=row.ref, why=why, facts=facts)
    outbox.put(REFERRAL_SENT, ref=row.ref, at=at, facts={"to": receiver.pk})
    said = gettext_lazy("Rujukan %(number)s menunggu jawaban Anda.")
    _tell(row, receiver.pk, REFERRAL_SENT, said, "referral_detail", at=at)
    return row


@transaction.atomic
def answer_referral(*, referral: Referral, version: int, to: str, by: Actor, at: datetime, note: str = "") -> Referral:
    """The receiver has accepted, declined, begun or finished; declining and finishing say why and what was done."""
    demand_module(MODULE, at=at)
    demand_person(by)
    demand_act(by, REFERRALS)
    if to not in BY_THE_OTHER_SIDE:
        raise StepNotAllowed(_("Langkah ini tidak dikenal. Pilih dari daftar."))
    if by.agency != referral.receiver_id:
        raise NotAsked(_("Rujukan dijawab oleh instansi penerimanya."))
    asked = {DECLINED: _("Tuliskan mengapa rujukan ini ditolak."), DONE: _("Tuliskan apa yang sudah diberikan.")}
    note = reason(note, asked[to]) if to in asked else note.strip()
    ends = {"ended_at": at, "outcome": note} if has_ended(REFERRAL_STEPS, to) else {}
    taken = {"accepted_at": at} if to == ACCEPTED else {}
    step(referral, REFERRAL_STEPS, version, to, by=by, at=at, note=note, **ends, **taken)
    trail.record(Trail.REFERRAL_STATE_CHANGED, by=by, at=at, on=referral.ref, why=note, facts={"to": to})
    outbox.put(REFERRAL_ANSWERED, ref=referral.ref, at=at, facts={"to": to})
    said = gettext_lazy("Rujukan %(number)s dijawab penerimanya.")
    _tell(referral, referral.owner_id, f"{REFERRAL_ANSWERED}:{to}", said, "referral_detail", at=at)
    if to == DECLINED:
        end_grants(referral.ref, at=at)
    return _anew(referral)


@transaction.atomic
def revoke_referral(*, referral: Referral, version: int, why: str, by: Actor, at: datetime) -> Referral:
    """The referral holds no longer and the receiver sees nothing of it; the consent behind it stands no longer either."""
    _demand_sender(referral, by)
    why = reason(why, _("Tuliskan mengapa rujukan ini dicabut."))
    _revoke(referral, version, why, by=by, at=at)
    return _anew(referral)


@transaction.atomic
def withdraw_referral_consent(*, referral: Referral, why: str, by: Actor, at: datetime) -> Referral:
    """The person's consent stands no longer: the referral is revoked at once and the receiver is told.

    Of a referral that has ended there is nothing to revoke; what the receiver still saw of it ends.
    """
    _demand_sender(referral, by)
    why = reason(why, _("Tuliskan mengapa persetujuan ditarik."))
    if referral.consent is None:
        raise Unusable(_("Rujukan ini dikirim tanpa persetujuan karena keadaan mendesak. Cabut rujukannya."))
    conditions.withdraw(row=referral, condition=referral.consent, why=why, by=by, at=at)
    _after_withdrawal(referral, why, by=by, at=at, since=at)
    return _anew(referral)


def revoke_where_consent_fell(key: UUID, *, at: datetime) -> bool:
    """A referral whose consent was withdrawn, by whichever page, holds no longer; tell whether there was anything to do.

    The system carries out what the person decided: it decides nothing itself.
    """
    referral = Referral.objects.filter(pk=key).select_related("owner", "consent").first()
    if referral is None or referral.consent is None:
        return False
    if referral.consent.valid_to is None or referral.consent.valid_to > at:
        return False
    by = system_actor(referral.owner, name="referrals", purpose=referral.purpose, at=at)
    with transaction.atomic():
        return _after_withdrawal(referral, referral.consent.ended_why, by=by, at=at, since=referral.consent.valid_to)


def _after_withdrawal(referral: Referral, why: str, *, by: Actor, at: datetime, since: datetime) -> bool:
    """End what the consent carried, as of the instant at which it fell; tell whether there was anything to end."""
    stored = Referral.objects.select_for_update().get(pk=referral.pk)
    if not has_ended(REFERRAL_STEPS, stored.state):
        _revoke(stored, stored.version, why, by=by, at=at, fell_at=since)
        return True
    still_shown = Grant.objects.filter(because=stored.ref, valid_to__isnull=True).exists()
    end_grants(stored.ref, at=since)
    return still_shown


def _revoke(
    referral: Referral, version: int, why: str, *, by: Actor, at: datetime, fell_at: datetime | None = None
) -> None:
    step(referral, REFERRAL_STEPS, version, REVOKED, by=by, at=at, note=why, ended_at=at, outcome=why)
    if referral.consent is not None and fell_at is None:
        conditions.withdraw(row=referral, condition=referral.consent, why=why, by=by, at=at)
    end_grants(referral.ref, at=fell_at or at)
    facts = {
        "to": referral.receiver_id,
        "consent_withdrawn": fell_at is not None,
        "opened": _last_opened(referral),
    }
    trail.record(Trail.REFERRAL_REVOKED, by=by, at=at, on=referral.ref, why=why, facts=facts)
    outbox.put(REFERRAL_REVOKED, ref=referral.ref, at=at, facts={"to": referral.receiver_id})
    said = gettext_lazy("Rujukan %(number)s dicabut. Hentikan pemakaian data yang sudah Anda terima.")
    _tell(referral, referral.receiver_id, REFERRAL_REVOKED, said, "referral_list", at=at)


def _tell(referral: Referral, agency: str, what: str, said: Promise, page: str, *, at: datetime) -> None:
    topic, key = what.partition(":")[0], f"{what}:{referral.pk}"
    tell(agency, category=REFERRALS, topic=topic, said=said, page=page, about=referral, key=key, at=at)


def _last_opened(referral: Referral) -> str:
    """Return when an officer of the receiver last opened the referral, blank where none did: whoever did must be told."""
    looks = TrailRow.objects.filter(
        subject=referral.ref, event=Trail.RECORD_READ.value, agency=referral.receiver_id
    ).order_by("-id")
    last = looks.values_list("at", flat=True).first()
    return last.isoformat() if last else ""


def _demand_sender(referral: Referral, by: Actor) -> None:
    demand_person(by)
    demand_act(by, REFERRALS)
    if by.agency != referral.owner_id:
        raise NotAsked(_("Rujukan dicabut oleh instansi yang mengirimnya. Tolaklah dengan alasan bila perlu."))


def _demand_consent(person: CasePerson, consent: Consent) -> None:
    why = people.why_consent_does_not_stand(
        consent.by, age=person.age, guardian=guardian_of(person), reason=consent.vital_why
    )
    if not why and consent.by != people.VITAL and not consent.document.strip():
        why = "no_document"
    if why:
        raise ConsentMissing(_consent_texts()[why])


def _consent_texts() -> dict[str, str]:
    return {
        "no_giver": _("Pilih siapa yang menyetujui rujukan."),
        "no_reason": _("Tuliskan mengapa pertolongan tidak dapat menunggu persetujuan."),
        "no_document": _("Sebutkan rujukan surat persetujuannya; isinya tidak dicatat di sini."),
        "adult_speaks": _("Orang dewasa menyetujui sendiri. Wali hanya mewakili anak."),
        "child_needs_guardian": _(
            "Yang dirujuk anak: pendapatnya didengar, tetapi persetujuan diberikan walinya. Isi dahulu lembar kepentingan terbaik anak."
        ),
        "no_best_interest": _("Isi dahulu lembar kepentingan terbaik anak pada halaman perkara."),
        "no_guardian": _("Anak ini belum mempunyai wali. Mintalah instansi sosial mendampinginya, lalu perbarui lembarnya."),
        "guardian_in_conflict": _(
            "Walinya berkepentingan dalam perkara ini dan tidak dapat menyetujui. Mintalah instansi sosial mendampingi anak ini."
        ),
    }  # fmt: skip


def _anew(referral: Referral) -> Referral:
    """Return the row with what the deed changed; of one that the gate masked, no more than before is in it."""
    referral.refresh_from_db()
    return referral
