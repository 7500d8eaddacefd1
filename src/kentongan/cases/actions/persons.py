"""People in a case: a pseudonym by an officer's deed, an identity only in the vault, and what is never done to victims and children.

All of it is off until the impact assessment of the module is recorded (R18). Nothing reads a text here: a name that stands in
a report makes nobody a person of a case (R06).
"""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max, Q
from django.db.models.functions import Length
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kentongan.agreements.access import demand_person, not_visible
from kentongan.agreements.facts import Actor
from kentongan.agreements.modules import demand_module
from kentongan.audit import outbox, trail
from kentongan.audit.catalogue import Trail
from kentongan.kit.errors import KentonganError
from kentongan.kit.ids import new_id
from kentongan.vault.actions import Keeping, store_identity
from kentongan.vault.models import Identity
from kentongan.vault.rules import IdentityFields

from .. import people
from ..models import BestInterest, Case, CasePerson, RoleChange
from ..rules import CASES, MODULE
from ..telling import tell
from .common import Unusable, changed_meanwhile, demand_lead, demand_open, reason
from .opening import raise_handling

ROLE_CHANGE_ASKED = "case.role_change_asked"
MOST_AT_ONCE = 200


class VictimsAreNotPunished(KentonganError):
    """A victim does not become a suspect by this deed (R13)."""

    code = "cases.victims_are_not_punished"


class SecondWordRefused(KentonganError):
    """Whoever speaks here cannot give the second word."""

    code = "cases.second_word_refused"


@transaction.atomic
def add_persons(
    *, case: Case, role: str, legal_basis: str, by: Actor, at: datetime, number: int = 1, age: str = people.UNKNOWN
) -> list[CasePerson]:
    """So many people stand in the case in this role, each under a pseudonym of its own and with nothing else of them."""
    demand_module(MODULE, at=at)
    demand_lead(case, by)
    if role not in people.ROLES or age not in people.AGES:
        raise Unusable(_("Peran atau umur ini tidak dikenal. Pilih dari daftar."))
    if not 1 <= number <= MOST_AT_ONCE:
        raise Unusable(_("Jumlahnya 1 sampai %(most)s orang sekali catat.") % {"most": MOST_AT_ONCE})
    legal_basis = reason(legal_basis, _("Sebutkan dasar hukum pencatatan orang ini."), most=160)
    first = _last_mark(case, role) + 1
    try:
        with transaction.atomic():
            made = [
                CasePerson.objects.create(
                    case=case,
                    role=role,
                    first_role=role,
                    mark=people.letters(first + n),
                    age=age,
                    purpose=by.purpose,
                    legal_basis=legal_basis,
                    added_at=at,
                    added_by=by.ref,
                )
                for n in range(number)
            ]
    except IntegrityError:  # somebody else took these letters in the same moment
        raise changed_meanwhile() from None
    raise_handling(case, "personal")
    facts = {"role": role, "age": age, "marks": [one.mark for one in made]}
    trail.record(Trail.CASE_PERSON_ADDED, by=by, at=at, on=case.ref, why=legal_basis, facts=facts)
    return made


@transaction.atomic
def identify(
    *, person: CasePerson, revision: object, fields: IdentityFields, keeping: Keeping, by: Actor, at: datetime, consents: bool = False
) -> Identity:  # fmt: skip
    """Who stands behind the pseudonym is in the vault of the lead agency, and nowhere else."""
    demand_module(MODULE, at=at)
    demand_lead(person.case, by)
    reason(keeping.legal_basis, _("Sebutkan dasar hukum penyimpanan identitas ini."))
    if person.identity_id is not None:
        raise Unusable(_("Identitasnya sudah ada di brankas. Perbaiki di sana."))
    kind = people.VAULT_KINDS[people.VICTIM if was_victim(person) else person.role]
    identity = store_identity(
        kind=kind, fields=fields, left_with=person.case.ref, keeping=keeping, by=by, at=at, consents=consents,
        is_simulated=person.case.is_simulated,
    )  # fmt: skip
    _change(person, revision, identity=identity)
    facts = {"person": str(person.pk), "identity": identity.ref}
    trail.record(Trail.CASE_PERSON_IDENTIFIED, by=by, at=at, on=person.case.ref, why=keeping.legal_basis, facts=facts)
    return identity


@transaction.atomic
def link_identity(
    *, person: CasePerson, revision: object, identity: Identity, why: str, by: Actor, at: datetime
) -> CasePerson:
    """The pseudonym stands for somebody whom the vault knows already.

    Whom any case of the agency knows as a victim does not come into this one as a suspect by a new pseudonym.
    """
    demand_module(MODULE, at=at)
    demand_lead(person.case, by)
    why = reason(why, _("Tuliskan dari mana diketahui bahwa ini orang yang sama, tanpa nama."))
    if identity.owner_id != by.agency:
        raise not_visible()
    if person.identity_id is not None:
        raise Unusable(_("Samaran ini sudah terhubung dengan sebuah identitas."))
    if person.role == people.SUSPECT and _is_victim_elsewhere(identity):
        raise VictimsAreNotPunished(
            _(
                "Orang ini tercatat sebagai korban. Ia tidak menjadi tersangka lewat samaran baru: "
                "ajukan perubahan peran pada samaran korbannya, dengan alasan hukum dan persetujuan atasan."
            )
        )
    try:
        with transaction.atomic():
            _change(person, revision, identity=identity)
    except IntegrityError:
        raise Unusable(_("Orang ini sudah ada dalam perkara dengan samaran lain.")) from None
    facts = {"person": str(person.pk), "identity": identity.ref}
    trail.record(Trail.CASE_PERSON_IDENTIFIED, by=by, at=at, on=person.case.ref, why=why, facts=facts)
    return person


@transaction.atomic
def set_age(*, person: CasePerson, revision: object, age: str, why: str, by: Actor, at: datetime) -> CasePerson:
    """Whether the person is a child is known as stated; of a victim who is one, the case knows that a child is among them."""
    demand_module(MODULE, at=at)
    demand_lead(person.case, by)
    if age not in people.AGES:
        raise Unusable(_("Umur ini tidak dikenal. Pilih dari daftar."))
    why = reason(why, _("Tuliskan dari mana umur itu diketahui."))
    _change(person, revision, age=age)
    if age == people.CHILD and was_victim(person):
        Case.objects.filter(pk=person.case_id).update(has_child_victims=True)
    facts = {"person": str(person.pk), "age": age}
    trail.record(Trail.CASE_PERSON_AGE_CHANGED, by=by, at=at, on=person.case.ref, why=why, facts=facts)
    return person


@transaction.atomic
def change_role(
    *, person: CasePerson, revision: object, to: str, reason_given: str, by: Actor, at: datetime,
    offence: str = "", legal_reason: str = "",
) -> RoleChange:  # fmt: skip
    """The role has changed, or, of whoever is or was a victim into a suspect, waits for a supervisor's word (R13)."""
    demand_module(MODULE, at=at)
    demand_lead(person.case, by)
    person.refresh_from_db()
    is_victim = was_victim(person)
    _demand_may_change(person, to, is_victim=is_victim, offence=offence, said=reason_given, legal=legal_reason)
    awaits = people.needs_second_word(person.role, to, was_victim=is_victim)
    try:
        with transaction.atomic():
            change = RoleChange.objects.create(
                person=person,
                from_role=person.role,
                to_role=to,
                offence=offence if to == people.SUSPECT else "",
                reason=reason_given.strip()[:500],
                legal_reason=legal_reason.strip()[:500],
                needs_second_word=awaits,
                state=RoleChange.State.AWAITED if awaits else RoleChange.State.DONE,
                agency=by.agency,
                asked_at=at,
                asked_by=by.ref,
            )
    except IntegrityError:
        raise Unusable(_("Sudah ada usulan perubahan peran yang menunggu persetujuan.")) from None
    facts = _facts(change)
    if awaits:
        _demand_revision(person, revision)
        trail.record(Trail.ROLE_CHANGE_ASKED, by=by, at=at, on=person.case.ref, why=change.reason, facts=facts)
        outbox.put(ROLE_CHANGE_ASKED, ref=person.case.ref, at=at, facts=facts)
        _tell_leaders(change, at)
        return change
    _change(person, revision, role=to)
    trail.record(Trail.ROLE_CHANGED, by=by, at=at, on=person.case.ref, why=change.reason, facts=facts)
    return change


@transaction.atomic
def give_second_word(*, change: RoleChange, approves: bool, why: str, by: Actor, at: datetime) -> RoleChange:
    """A supervisor of the lead agency, who is not the one who asked, has decided on turning a victim into a suspect."""
    demand_module(MODULE, at=at)
    demand_person(by)
    case = change.person.case
    if CASES not in by.reads or case.owner_id != by.agency:
        raise not_visible()
    demand_open(case)
    if not people.may_give_second_word(
        asked_by=change.asked_by, by=by.ref, role=by.role, is_same_agency=change.agency == by.agency
    ):
        raise SecondWordRefused(
            _("Persetujuan ini diberikan oleh pimpinan instansi utama, dan bukan oleh orang yang mengusulkannya.")
        )
    why = reason(why, _("Tuliskan alasan keputusan Anda."))
    to = RoleChange.State.DONE if approves else RoleChange.State.REFUSED
    won = RoleChange.objects.filter(pk=change.pk, state=RoleChange.State.AWAITED).update(
        state=to, decided_at=at, decided_by=by.ref, decided_why=why
    )
    if not won:
        raise changed_meanwhile()
    if approves:
        moved = CasePerson.objects.filter(pk=change.person_id, role=change.from_role)
        if not moved.update(role=change.to_role, revision=new_id()):
            raise changed_meanwhile()
    event = Trail.ROLE_CHANGED if approves else Trail.ROLE_CHANGE_REFUSED
    trail.record(event, by=by, at=at, on=case.ref, why=why, facts=_facts(change) | {"asked_by": change.asked_by})
    change.refresh_from_db()
    return change


@transaction.atomic
def record_best_interest(
    *, person: CasePerson, considered: str, childs_view: str, guardian: str, guardian_in_conflict: bool, by: Actor, at: datetime,
    guardian_note: str = "",
) -> BestInterest:  # fmt: skip
    """What is best for the child is written down, with what the child says and who speaks for it (R15)."""
    demand_module(MODULE, at=at)
    demand_lead(person.case, by)
    if person.age == people.ADULT:
        raise Unusable(_("Orang ini tercatat dewasa. Ubah dahulu umurnya bila keliru."))
    if guardian not in people.GUARDIANS:
        raise Unusable(_("Pilih siapa yang mewakili anak ini."))
    made = BestInterest.objects.create(
        person=person,
        considered=reason(considered, _("Tuliskan pertimbangan kepentingan terbaik anak."), most=4000),
        childs_view=reason(childs_view, _("Tuliskan pendapat anak, atau mengapa belum dapat didengar."), most=2000),
        guardian=guardian,
        guardian_in_conflict=guardian_in_conflict,
        guardian_note=guardian_note.strip()[:200],
        at=at,
        by=by.ref,
        agency=by.agency,
    )
    facts = {"person": str(person.pk), "guardian": guardian, "in_conflict": guardian_in_conflict}
    trail.record(Trail.BEST_INTEREST_RECORDED, by=by, at=at, on=person.case.ref, facts=facts)
    return made


def was_victim(person: CasePerson) -> bool:
    """Tell whether the person is a victim in this case, or ever was one, or is one elsewhere by the same identity."""
    if people.VICTIM in (person.role, person.first_role):
        return True
    if person.role_changes.filter(state=RoleChange.State.DONE, from_role=people.VICTIM).exists():
        return True
    return person.identity is not None and _is_victim_elsewhere(person.identity)


def guardian_of(person: CasePerson) -> people.GuardianFacts | None:
    """Return what is known of who speaks for the child; None while no best-interest form was filled in."""
    latest = person.best_interests.order_by("at", "id").last()
    if latest is None:
        return None
    return people.GuardianFacts(latest.guardian, latest.guardian_in_conflict, best_interest_recorded=True)


def _is_victim_elsewhere(identity: Identity) -> bool:
    same = CasePerson.objects.filter(identity=identity)
    return identity.kind == Identity.Kind.VICTIM or same.filter(
        Q(role=people.VICTIM) | Q(first_role=people.VICTIM) | Q(role_changes__from_role=people.VICTIM)
    ).exists()  # fmt: skip


def _demand_may_change(person: CasePerson, to: str, *, is_victim: bool, offence: str, said: str, legal: str) -> None:
    why = people.why_role_may_not_change(
        person.role, to, was_victim=is_victim, offence=offence, reason=said, legal_reason=legal
    )
    if not why:
        return
    texts = {
        "no_change": _("Peran yang dipilih tidak dikenal atau sama dengan yang sekarang."),
        "no_reason": _("Tuliskan alasan perubahan peran."),
        "no_offence": _("Pilih perbuatan yang disangkakan."),
        "no_legal_reason": _(
            "Orang ini korban. Korban tidak dipidana atas perbuatan yang timbul karena ia menjadi korban (UU 21/2007 Pasal 18). "
            "Tuliskan alasan hukum mengapa asas itu tidak berlaku di sini; atasan memutuskan."
        ),
    }
    raise (VictimsAreNotPunished if why == "no_legal_reason" else Unusable)(texts[why])


def _tell_leaders(change: RoleChange, at: datetime) -> None:
    case = change.person.case
    said = gettext_lazy("Perkara %(number)s: sebuah usulan perubahan peran menunggu keputusan Anda.")
    tell(
        change.agency, category=CASES, topic=ROLE_CHANGE_ASKED, said=said, page="case_detail", about=case,
        key=f"{ROLE_CHANGE_ASKED}:{change.pk}", at=at, only_leaders=True,
    )  # fmt: skip


def _facts(change: RoleChange) -> dict[str, object]:
    alleged = people.offences_alleged().get(change.offence)
    return {
        "person": str(change.person_id), "from": change.from_role, "to": change.to_role, "offence": change.offence,
        "is_status_offence": bool(alleged and alleged.is_status), "change": str(change.pk),
    }  # fmt: skip


def _last_mark(case: Case, role: str) -> int:
    """Return the number of the last pseudonym of this role in the case: marks of one length are in order as texts."""
    given = CasePerson.objects.filter(case=case, first_role=role).annotate(long=Length("mark"))
    longest = given.aggregate(most=Max("long"))["most"]
    last = given.filter(long=longest).aggregate(last=Max("mark"))["last"] if longest else None
    return people.number_of(last) if last else 0


def _demand_revision(person: CasePerson, revision: object) -> None:
    if str(person.revision) != str(revision):
        raise changed_meanwhile()


def _change(person: CasePerson, revision: object, **changes: object) -> None:
    won = CasePerson.objects.filter(pk=person.pk, revision=str(revision)).update(revision=new_id(), **changes)
    if not won:
        raise changed_meanwhile()
    person.refresh_from_db()
