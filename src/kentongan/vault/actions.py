"""Deeds of the vault: store, open, correct, erase, and the consent of the person.

What is opened is returned once and kept nowhere. The trail says who, when, why and on which ground, by reference.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from kentongan.agreements import access
from kentongan.agreements.access import demand_act, demand_person, not_visible
from kentongan.agreements.facts import Actor
from kentongan.agreements.models import ConditionMet
from kentongan.agreements.modules import demand_module, is_on
from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.kit.errors import KentonganError
from kentongan.kit.ids import new_id

from . import keys
from .binding import bound_to
from .models import Identity, Opening, SealedIdentity
from .rules import (
    CATEGORY,
    CONSENT,
    DOCUMENT_LENGTH,
    FIELD_NAMES,
    MODULE,
    Asked,
    IdentityFields,
    IdentityRefused,
    kinds,
    purposes_of,
    read_fields,
    tells_of,
    why_not,
)
from .sealing import CannotOpen, Sealed, opened, seal

MARK_LENGTH, LONG_MARK_LENGTH = 4, 8
DRAWS = 20
TELLING = "reason or reference tells of the person"


class OpeningRefused(KentonganError):
    """The identity stays closed; the refusal is in the trail."""

    code = "vault.opening_refused"


class ChangedMeanwhile(KentonganError):
    """Another officer was quicker."""

    code = "vault.changed_meanwhile"


class DeedRefused(KentonganError):
    """What is asked cannot be done with this identity."""

    code = "vault.deed_refused"


@dataclass(frozen=True, slots=True)
class Keeping:
    """Why, on which basis and until when an identity is kept."""

    purpose: str
    legal_basis: str
    retain_until: date


@dataclass(frozen=True, slots=True)
class Opened:
    """An identity in clear, for this one answer."""

    identity: Identity
    fields: IdentityFields = field(repr=False)
    opening: Opening


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """That a consent ended: who was shown the identity on it, and whether the officer's own words are the reason kept."""

    receivers: tuple[Opening, ...]
    is_reason_kept: bool


@transaction.atomic
def store_identity(
    *,
    kind: str,
    fields: IdentityFields,
    left_with: str,
    keeping: Keeping,
    by: Actor,
    at: datetime,
    consents: bool = False,
    is_simulated: bool = False,
) -> Identity:
    """The identity is in the vault of the actor's agency under a pseudonym; with consent, it may be opened on consent."""
    demand_module(MODULE, at=at)
    known = kinds()[kind]
    demand_act(by, known.stored_under)
    if faults := fields.faults:
        raise IdentityRefused(faults[0], details=faults)
    identity = _with_mark(
        {
            "owner_id": by.agency,
            "kind": kind,
            "handling": known.handling,
            "purpose": keeping.purpose,
            "legal_basis": keeping.legal_basis,
            "retain_until": keeping.retain_until,
            "about": left_with,
            "recorded_at": at,
            "recorded_by": by.ref,
            "is_simulated": is_simulated,
        }
    )
    _seal(identity, fields, at=at)
    trail.record(Trail.VAULT_STORED, by=by, at=at, on=identity.ref, facts={"kind": kind, "with": left_with})
    if consents:
        _record_consent(identity, left_with, by, at)
    return identity


def open_identity(
    *, identity: Identity, ground: str, reason: str, by: Actor, at: datetime, document: str = ""
) -> Opened:
    """Return the identity in clear, with its row in the trail; a refusal is a row of the trail too.

    On consent the reference is the standing consent's; for a court order `document` names it. Call it outside a
    transaction of your own: rolled back, the row of a refusal would be lost.
    """
    asked = Asked(identity.kind, by.purpose, ground, reason.strip(), document.strip())
    with transaction.atomic():
        answer = _open(identity, asked, by, at)
    if isinstance(answer, KentonganError):
        raise answer
    return answer


def correct(
    *, identity: Identity, revision: UUID, changes: Mapping[str, str], reason: str, by: Actor, at: datetime
) -> Identity:
    """The fields that are given hold what is given, a blank takes one away; the others stay unseen as they were.

    A reason that tells of the person is refused, with a row in the trail: call it outside a transaction of your own.
    """
    with transaction.atomic():
        answer = _correct(identity, revision, changes, reason.strip(), by, at)
    if isinstance(answer, KentonganError):
        raise answer
    return answer


def erase(*, identity: Identity, revision: UUID, reason: str, by: Actor, at: datetime) -> Identity:
    """Nobody can open the identity any more, by the person's right: its only key is destroyed.

    Works also while the module is off or the key away: neither must stand in the way of a person's right. A reason that
    nobody may then hold against the content is kept nowhere; one that is found to tell of the person is refused, with a row
    in the trail: call it outside a transaction of your own.
    """
    with transaction.atomic():
        answer = _erase(identity, revision, reason.strip(), by, at)
    if isinstance(answer, KentonganError):
        raise answer
    return answer


def forget(identity: Identity, *, at: datetime, why: str) -> tuple[str, ...]:
    """Destroy the key and the ciphertext and end the consents; return what is gone. The caller writes the trail.

    For `erase`, and for the run of retention, which has its own row.
    """
    SealedIdentity.objects.filter(pk=identity.pk).delete()
    Identity.objects.filter(pk=identity.pk).update(erased_at=at, erased_why=why)
    _standing_consents(identity, at).update(valid_to=at, ended_why=_("identitas dihapus"))
    return ("wrapped_key", "ciphertext")


def record_consent(*, identity: Identity, document: str, by: Actor, at: datetime) -> None:
    """The person's consent, given in the paper that is named, stands from now on.

    A reference that tells of the person is refused, with a row in the trail: call it outside a transaction of your own.
    """
    with transaction.atomic():
        refusal = _consent(identity, document.strip()[:DOCUMENT_LENGTH], by, at)
    if refusal is not None:
        raise refusal


@transaction.atomic
def withdraw_consent(*, identity: Identity, reason: str, by: Actor, at: datetime) -> Withdrawn:
    """No consent stands from this instant; return whoever was shown the identity on consent and must be told.

    Works also while the module is off or the key away, and whatever the reason says: words that tell of the person, or that
    nobody may hold against the content now, are kept nowhere, and a fixed sentence stands for them.
    """
    _demand_own(identity, by, at)
    _demand_reason(reason)
    Identity.objects.select_for_update().get(pk=identity.pk)
    standing = _standing_consents(identity, at)
    if not standing.exists():
        raise DeedRefused(_("Tidak ada persetujuan yang berlaku untuk identitas ini."))
    sealed = SealedIdentity.objects.filter(pk=identity.pk).first()
    is_kept = _telling(reason, identity, sealed, by, at) is False
    why = reason.strip() if is_kept else _not_kept()
    standing.update(valid_to=at, ended_why=why[:300])
    receivers = tuple(identity.openings.filter(ground=CONSENT))
    facts = {"receivers": sorted({one.officer for one in receivers})}
    trail.record(Trail.VAULT_CONSENT_WITHDRAWN, by=by, at=at, on=identity.ref, why=why, facts=facts)
    return Withdrawn(receivers, is_kept)


def standing_consent(identity: Identity, *, at: datetime) -> ConditionMet | None:
    """Return the consent that stands for the identity at the instant."""
    return _standing_consents(identity, at).order_by("-valid_from").first()


def _correct(
    identity: Identity, revision: UUID, changes: Mapping[str, str], reason: str, by: Actor, at: datetime
) -> "Identity | KentonganError":
    """Correct, or return the refusal of the words after writing it down; nothing that can refuse unread comes after it."""
    demand_module(MODULE, at=at)
    _demand_own(identity, by, at)
    demand_person(by)
    _demand_reason(reason)
    _demand_purpose(identity, by)
    sealed = SealedIdentity.objects.select_for_update().filter(pk=identity.pk).first()
    if sealed is None:
        raise DeedRefused(_("Identitas ini sudah dihapus; tidak ada yang dapat diperbaiki."))
    if not changes or set(changes) - set(FIELD_NAMES):
        raise DeedRefused(_("Tidak ada yang diubah. Isi sedikitnya satu isian."))
    _demand_revision(identity, revision)
    held = unsealed(identity, sealed)
    fields = held.changed(changes)
    if faults := fields.faults:
        raise IdentityRefused(faults[0], details=faults)
    if tells_of(reason, held) or tells_of(reason, fields):
        return _noted(_tells(), identity, by, at, (TELLING,), deed="correct")
    _step(identity, revision, corrected_at=at)
    sealed.delete()
    _seal(identity, fields, at=at)
    trail.record(Trail.VAULT_CORRECTED, by=by, at=at, on=identity.ref, why=reason, facts={"fields": sorted(changes)})
    return identity


def _erase(identity: Identity, revision: UUID, reason: str, by: Actor, at: datetime) -> "Identity | KentonganError":
    """Erase, or return the refusal of the words after writing it down; nothing that can refuse unread comes after it."""
    _demand_own(identity, by, at)
    demand_person(by)
    _demand_reason(reason)
    sealed = SealedIdentity.objects.select_for_update().filter(pk=identity.pk).first()
    if sealed is None:
        raise DeedRefused(_("Identitas ini sudah dihapus."))
    _demand_revision(identity, revision)
    is_telling = _telling(reason, identity, sealed, by, at)
    if is_telling:
        return _noted(_tells(), identity, by, at, (TELLING,), deed="erase")
    _step(identity, revision)
    why = _not_kept() if is_telling is None else reason
    forget(identity, at=at, why=why[:300])
    trail.record(Trail.VAULT_ERASED, by=by, at=at, on=identity.ref, why=why)
    identity.refresh_from_db()
    return identity


def _consent(identity: Identity, document: str, by: Actor, at: datetime) -> "KentonganError | None":
    """Record the consent, or return the refusal of the words after writing it down."""
    demand_module(MODULE, at=at)
    _demand_own(identity, by, at)
    demand_person(by)
    _demand_purpose(identity, by)
    sealed = SealedIdentity.objects.select_for_update().filter(pk=identity.pk).first()
    if sealed is None or not document:
        raise DeedRefused(_("Sebutkan rujukan surat persetujuannya; identitas yang sudah dihapus tidak menerimanya."))
    if tells_of(document, unsealed(identity, sealed)):
        return _noted(_tells(), identity, by, at, (TELLING,), deed="consent")
    _record_consent(identity, document, by, at)
    return None


def _open(identity: Identity, asked: Asked, by: Actor, at: datetime) -> "Opened | KentonganError":
    """Open, or return the refusal after writing it down; the row lock orders it against withdrawal and erasure."""
    held = Identity.objects.select_for_update().filter(pk=identity.pk).first()
    decision = access.judge(by, held, at=at) if held is not None else None
    if held is None or decision is None or not decision.allowed:
        return _noted(not_visible(), identity, by, at, ("absent",) if decision is None else decision.reasons)
    try:
        demand_module(MODULE, at=at)
        demand_person(by)
    except KentonganError as refusal:
        return _noted(refusal, identity, by, at, (refusal.code,))
    consent = standing_consent(held, at=at)
    sealed = SealedIdentity.objects.filter(pk=held.pk).first()
    if why := why_not(asked, is_erased=sealed is None, has_consent=consent is not None):
        return _noted(OpeningRefused(_refusal_text(why)), held, by, at, (why,))
    assert sealed is not None  # noqa: S101 - an erased identity was refused above; for the type checker
    document = consent.document if asked.ground == CONSENT and consent is not None else asked.document
    fields = unsealed(held, sealed)
    if tells_of(f"{asked.reason} {document}", fields):
        return _noted(_tells(), held, by, at, (TELLING,))
    opening = Opening.objects.create(
        identity=held,
        officer=by.ref,
        agency=by.agency,
        role=by.role,
        purpose=by.purpose,
        ground=asked.ground,
        document=document,
        reason=asked.reason,
        at=at,
    )
    facts = {"ground": asked.ground, "document": document, "opening": opening.pk}
    trail.record(Trail.VAULT_OPENED, by=by, at=at, on=held.ref, why=asked.reason, reasons=decision.reasons, facts=facts)
    return Opened(held, fields, opening)


def _noted(
    refusal: KentonganError,
    identity: Identity,
    by: Actor,
    at: datetime,
    reasons: tuple[str, ...],
    *,
    deed: str = "open",
) -> KentonganError:
    trail.note_look(Trail.ACCESS_REFUSED, by=by, at=at, on=identity.ref, reasons=reasons, facts={"deed": deed})
    return refusal


def _refusal_text(why: str) -> str:
    if why == "erased":
        return _("Identitas ini sudah dihapus dan tidak dapat dibuka lagi oleh siapa pun.")
    if why.startswith("purpose"):
        return _(
            "Tujuan yang Anda nyatakan tidak membuka identitas. Nyatakan tujuan pelindungan korban atau penyelidikan di kepala halaman, bila memang itu tujuannya."
        )
    if why == "no consent stands":
        return _(
            "Tidak ada persetujuan yang berlaku. Mintalah persetujuan yang bersangkutan, atau sebutkan dasar lain."
        )
    if why == "no document":
        return _("Sebutkan nomor penetapan pengadilannya.")
    if why == "no reason":
        return _("Tuliskan alasan membuka, 10 sampai 300 karakter.")
    return _("Pilih dasar pembukaan: persetujuan, penetapan pengadilan, atau bahaya yang mendesak.")


def _tells() -> OpeningRefused:
    return OpeningRefused(
        _(
            "Alasan atau rujukan memuat nama atau kontak orang itu sendiri. Tulis tanpa menyebutnya: alasan tersimpan di jejak."
        )
    )


def _not_kept() -> str:
    return _("alasan petugas tidak disimpan: dapat memuat nama atau kontak orang itu sendiri")


def _telling(reason: str, identity: Identity, sealed: SealedIdentity | None, by: Actor, at: datetime) -> bool | None:
    """Tell whether a reason names the person; None where the content may not be read, or cannot be, to find that out."""
    if sealed is None or not is_on(MODULE, at=at) or by.purpose not in purposes_of(identity.kind):
        return None
    try:
        return tells_of(reason, unsealed(identity, sealed))
    except (keys.KeyNotHere, keys.KeyOpenToOthers, CannotOpen):
        return None  # a person's right does not wait for a key to come back


def _demand_own(identity: Identity, by: Actor, at: datetime) -> None:
    """Refuse whoever the gate would not show the row, and whose role may not act on it."""
    demand_act(by, CATEGORY)
    if not access.judge(by, identity, at=at).allowed:
        raise not_visible()


def _demand_reason(reason: str) -> None:
    if not reason.strip():
        raise DeedRefused(_("Tuliskan alasannya."))


def _demand_purpose(identity: Identity, by: Actor) -> None:
    if by.purpose not in purposes_of(identity.kind):
        raise OpeningRefused(_refusal_text("purpose"))


def _demand_revision(identity: Identity, revision: UUID) -> None:
    """Refuse a revision that is not the row's own, which stays locked until the deed is done."""
    stepped = Identity.objects.select_for_update().filter(pk=identity.pk, revision=revision, erased_at__isnull=True)
    if stepped.first() is None:
        raise _changed_meanwhile()


def _step(identity: Identity, revision: UUID, **changes: object) -> None:
    stepped = Identity.objects.filter(pk=identity.pk, revision=revision, erased_at__isnull=True)
    if not stepped.update(revision=new_id(), **changes):
        raise _changed_meanwhile()
    identity.refresh_from_db()


def _changed_meanwhile() -> ChangedMeanwhile:
    return ChangedMeanwhile(_("Sudah diubah oleh petugas lain. Muat ulang halamannya, lalu ulangi bila masih perlu."))


def _seal(identity: Identity, fields: IdentityFields, *, at: datetime) -> None:
    master = keys.current(at=at)
    sealed = seal(fields.to_bytes(), master, bound_to=bound_to(identity))
    SealedIdentity.objects.create(
        identity=identity, master=master.fingerprint, wrapped_key=sealed.wrapped_key, ciphertext=sealed.ciphertext
    )


def unsealed(identity: Identity, row: SealedIdentity) -> IdentityFields:
    """Return what is sealed, for this room alone: whoever calls it writes the trail."""
    sealed = Sealed(bytes(row.wrapped_key), bytes(row.ciphertext))
    return read_fields(opened(sealed, keys.secret(row.master), bound_to=bound_to(identity)))


def _with_mark(given: dict[str, object]) -> Identity:
    """Insert under a mark drawn by lot that no other identity of the owner has; where short ones run out, a longer one."""
    for draw in range(DRAWS + 1):
        length = MARK_LENGTH if draw < DRAWS else LONG_MARK_LENGTH
        try:
            with transaction.atomic():
                return Identity.objects.create(mark=secrets.token_hex(length // 2).upper(), **given)
        except IntegrityError:
            if draw == DRAWS:
                raise
    raise AssertionError  # the last draw returns or raises


def _record_consent(identity: Identity, document: str, by: Actor, at: datetime) -> None:
    ConditionMet.objects.create(
        category=CATEGORY,
        record=identity.pk,
        condition=ConditionMet.Condition.CONSENT,
        document=document,
        valid_from=at,
        recorded_by=by.ref,
    )
    trail.record(Trail.VAULT_CONSENT_RECORDED, by=by, at=at, on=identity.ref, facts={"document": document})


def _standing_consents(identity: Identity, at: datetime) -> QuerySet[ConditionMet]:
    consents = ConditionMet.objects.filter(record=identity.pk, condition=CONSENT, valid_from__lte=at)
    return consents.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=at))
