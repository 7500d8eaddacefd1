"""Deeds on instruments and their clauses. Each changes the row only where its version still holds; status follows from dates."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from kentongan.agencies.models import Officer
from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.kit.checksums import sha256_hex
from kentongan.kit.errors import KentonganError
from kentongan.kit.periods import WIB, start_of_day

from . import judging, telling
from .access import RoleMayNotAct, demand_act, demand_person
from .bodies import Hierarchy
from .drafts import ClauseDraft, InstrumentDraft, canonical, checksum_of, draft_of
from .facts import Actor, Side
from .in_force import dates_of
from .models import Approval, Clause, Instrument, InstrumentChange, InstrumentParty, RenewalWord, Signatory
from .parties import (
    LEADER,
    parties_awaited,
    party_of,
    party_spoken_for,
    party_to_approve,
    side_of,
    sides_of,
    stands_on_a_side,
)
from .standing import ends_on, status_at, withdrawn_at

CATEGORY = "instruments"
What = InstrumentChange.What


class DraftRefused(KentonganError):
    """A draft cannot stand as it is; `faults` names every fault by its field."""

    code = "agreements.draft_refused"

    def __init__(self, message: str, faults: judging.Faults) -> None:
        super().__init__(message, details=[text for texts in faults.values() for text in texts])
        self.faults = faults


class ChangedMeanwhile(KentonganError):
    """Another officer changed the instrument or the clause first."""

    code = "agreements.changed_meanwhile"


class NotASide(KentonganError):
    """The officer's agency neither is nor stands with the party that the deed belongs to."""

    code = "agreements.not_a_side"


class AlreadyApproved(KentonganError):
    """What is approved is not changed any more."""

    code = "agreements.already_approved"


class MayNotApprove(KentonganError):
    """Only a signatory or a leader gives a party's word, each for one party."""

    code = "agreements.may_not_approve"


class StatusForbids(KentonganError):
    """The instrument's status on that day does not allow the deed."""

    code = "agreements.status_forbids"


class NeverEarlier(KentonganError):
    """A deed takes effect at once or later, never in the past."""

    code = "agreements.never_earlier"


class ReasonMissing(KentonganError):
    """The deed needs its reason."""

    code = "agreements.reason_missing"


class DocumentRefused(KentonganError):
    """The document is empty or too large."""

    code = "agreements.document_refused"


# --- instruments ---


@transaction.atomic
def record_instrument(*, draft: InstrumentDraft, parties: Sequence[Side], by: Actor, at: datetime) -> Instrument:
    """A signed paper is recorded with its parties, one of which is the officer's own side. Nothing is shared by that."""
    demand_act(by, CATEGORY)
    faults = judging.faults_of_instrument(draft, on=_today(at)) | _faults_of_parent(draft.parent, None, by, at)
    if texts := judging.faults_of_parties(parties) or _faults_of_own_side(parties, by, at):
        faults["parties"] = texts
    _refuse(faults)
    instrument = Instrument.objects.create(**_stated(draft), recorded_by_id=by.agency, recorded_at=at)
    InstrumentParty.objects.bulk_create(
        InstrumentParty(instrument=instrument, agency_id=p.agency or None, state=p.state)
        for p in dict.fromkeys(Side(p.agency, state="" if p.agency else p.state) for p in parties)
    )
    facts = {"kind": draft.kind, "parties": [p.agency or p.state for p in parties]}
    trail.record(Trail.INSTRUMENT_RECORDED, by=by, at=at, on=instrument.ref, facts=facts)
    return instrument


@transaction.atomic
def correct_instrument(
    *, instrument: Instrument, version: int, draft: InstrumentDraft, why: str, by: Actor, at: datetime
) -> None:
    """What was recorded wrongly is right. Only while no clause was approved; approvals given so far fall away."""
    _demand_keeper(instrument, by, at)
    _demand_reason(why)
    _demand_nothing_approved(instrument)
    faults = judging.faults_of_instrument(draft, on=_today(at))
    _refuse(faults | _faults_of_parent(draft.parent, instrument, by, at))
    stated = _stated(draft)
    changed = sorted(name for name, value in stated.items() if getattr(instrument, name) != value)
    _bump(instrument, version, **stated)
    _drop_approvals(_below(instrument))
    trail.record(
        Trail.INSTRUMENT_CORRECTED, by=by, at=at, on=instrument.ref, why=why.strip(), facts={"changed": changed}
    )


@transaction.atomic
def add_party(*, instrument: Instrument, version: int, party: Side, by: Actor, at: datetime) -> InstrumentParty:
    """The instrument has one party more; approvals given so far fall away."""
    _demand_keeper(instrument, by, at)
    _demand_nothing_approved(instrument)
    texts = judging.faults_of_parties([party])
    if instrument.parties.filter(agency=party.agency or None, state="" if party.agency else party.state).exists():
        texts = [_("Pihak ini sudah tercatat.")]
    _refuse({"party": texts} if texts else {})
    _bump(instrument, version)
    _drop_approvals([instrument.pk])
    made = InstrumentParty.objects.create(
        instrument=instrument, agency_id=party.agency or None, state="" if party.agency else party.state
    )
    trail.record(Trail.PARTY_ADDED, by=by, at=at, on=instrument.ref, facts={"party": party.agency or party.state})
    return made


@transaction.atomic
def remove_party(*, party: InstrumentParty, version: int, by: Actor, at: datetime) -> None:
    """The instrument has one party less. A party under which a clause stands stays, and so does the last one."""
    instrument = party.instrument
    _demand_keeper(instrument, by, at)
    _demand_nothing_approved(instrument)
    others = [p for p in instrument.parties.all() if p.pk != party.pk]
    if not others:
        raise StatusForbids(_("Instrumen harus mempunyai sedikitnya satu pihak. Tambahkan pihak yang benar dahulu."))
    hierarchy = Hierarchy(_today(at))
    open_clauses = instrument.clauses.filter(ended_at__isnull=True)
    if any(party_of(side, others, hierarchy) is None for clause in open_clauses for side in sides_of(clause)):
        raise StatusForbids(_("Ada klausul yang menyebut pihak ini. Ubah atau akhiri klausul itu dahulu."))
    _bump(instrument, version)
    _drop_approvals([instrument.pk])
    name = party.agency_id or party.state
    party.delete()
    trail.record(Trail.PARTY_REMOVED, by=by, at=at, on=instrument.ref, facts={"party": name})


@transaction.atomic
def add_signatory(
    *,
    party: InstrumentParty,
    version: int,
    name: str,
    position: str,
    by: Actor,
    at: datetime,
    rank: str = "",
    officer: Officer | None = None,
) -> Signatory:
    """It is recorded who signed for the party, with the post held then.

    An account is linked only by the party itself, to an officer who serves in it, and by somebody else than that officer:
    whoever is linked may approve for the party.
    """
    _demand_keeper(party.instrument, by, at)
    if not position.strip():
        raise ReasonMissing(_("Tuliskan jabatan penanda tangan pada hari penandatanganan."))
    if officer is not None:
        _demand_may_link(officer, party, by, at)
    _bump(party.instrument, version)
    made = Signatory.objects.create(
        party=party, name=name.strip(), position=position.strip(), rank=rank.strip(), officer=officer
    )
    facts = {"party": party.agency_id or party.state, "account": officer.ref if officer else ""}
    trail.record(Trail.SIGNATORY_ADDED, by=by, at=at, on=party.instrument.ref, facts=facts)
    return made


@transaction.atomic
def remove_signatory(*, signatory: Signatory, version: int, by: Actor, at: datetime) -> None:
    """The signatory is no longer recorded; approvals that the account gave stand."""
    instrument = signatory.party.instrument
    _demand_keeper(instrument, by, at)
    if signatory.officer_id and party_spoken_for(by, instrument, at=at) != signatory.party:
        raise NotASide(_("Akun penanda tangan dilepas oleh pihaknya sendiri. Mintalah pihak itu."))
    _bump(instrument, version)
    facts = {"party": signatory.party.agency_id or signatory.party.state}
    signatory.delete()
    trail.record(Trail.SIGNATORY_REMOVED, by=by, at=at, on=instrument.ref, facts=facts)


@transaction.atomic
def attach_document(
    *, instrument: Instrument, version: int, content: bytes, name: str, by: Actor, at: datetime
) -> None:
    """The instrument's document is kept with its SHA-256; approvals given so far fall away, they were of another paper.

    Once a clause was approved by all it is not replaced any more.
    """
    _demand_keeper(instrument, by, at)
    if not content:
        raise DocumentRefused(_("Berkas ini kosong. Periksa apakah berkas yang dipilih sudah benar."))
    if len(content) > settings.MAX_UPLOAD_BYTES:
        most = settings.MAX_UPLOAD_BYTES // 1_000_000
        raise DocumentRefused(
            _("Berkas ini lebih dari %(most)s MB. Kirim hasil pindai yang lebih kecil.") % {"most": most}
        )
    if instrument.document_checksum:
        _demand_nothing_approved(instrument)
    checksum, before = sha256_hex(content), instrument.document_checksum
    _bump(
        instrument, version, document=content, document_name=name.strip()[:200] or "dokumen", document_checksum=checksum
    )
    _drop_approvals(_below(instrument))
    facts = {"checksum": checksum, "instead_of": before, "bytes": len(content)}
    trail.record(Trail.INSTRUMENT_DOCUMENT_ATTACHED, by=by, at=at, on=instrument.ref, facts=facts)


# --- clauses ---


@transaction.atomic
def draft_clause(*, instrument: Instrument, draft: ClauseDraft, by: Actor, at: datetime) -> Clause:
    """A clause is drafted. It opens nothing before every party that it names has approved it."""
    _demand_side(instrument, by, at)
    _demand_not_withdrawn(instrument, at)
    _refuse(judging.faults_of_clause(draft, list(instrument.parties.all()), on=_today(at)))
    Instrument.objects.select_for_update().get(pk=instrument.pk)  # two drafts at once get two numbers
    last = instrument.clauses.aggregate(last=Max("number"))["last"] or 0
    clause = Clause.objects.create(
        instrument=instrument, number=last + 1, drafted_by=by.ref, drafted_at=at, **_columns(draft)
    )
    _set_places(clause, draft)
    facts = {"instrument": instrument.ref, "checksum": checksum_of(draft)}
    trail.record(Trail.CLAUSE_DRAFTED, by=by, at=at, on=clause.ref, facts=facts)
    telling.tell_waiting(clause, by=by, at=at)
    return clause


@transaction.atomic
def change_draft(*, clause: Clause, version: int, draft: ClauseDraft, by: Actor, at: datetime) -> None:
    """The draft reads otherwise, and whoever had approved it has to do so again."""
    _demand_side(clause.instrument, by, at)
    _demand_draft(clause)
    _refuse(judging.faults_of_clause(draft, list(clause.instrument.parties.all()), on=_today(at)))
    before, after = canonical(draft_of(clause)), canonical(draft)
    _bump_clause(clause, version, **_columns(draft), is_reconstructed=False)
    _set_places(clause, draft)
    dropped, _models = clause.approvals.all().delete()
    facts = {
        "changed": sorted(name for name in after if after[name] != before[name]),
        "checksum": checksum_of(draft),
        "approvals_dropped": dropped,
    }
    trail.record(Trail.CLAUSE_CHANGED, by=by, at=at, on=clause.ref, facts=facts)
    if dropped:
        telling.tell_waiting(clause, by=by, at=at)


@transaction.atomic
def approve_clause(*, clause: Clause, version: int, position: str, by: Actor, at: datetime) -> Approval:
    """The party for which the officer may speak has approved the clause as it reads now. With the last word it is in force."""
    demand_person(by)
    _demand_draft(clause)
    _demand_not_withdrawn(clause.instrument, at)
    if not position.strip():
        raise ReasonMissing(_("Tuliskan jabatan Anda: persetujuan diberikan karena jabatan."))
    _hold_what_it_rests_on(clause.instrument_id)
    if not Clause.objects.filter(pk=clause.pk, version=version, approved_at__isnull=True).update(version=version):
        raise _changed_meanwhile()  # the update holds the row: of two parties at once, the second counts the first
    parties = list(clause.instrument.parties.all())
    draft = draft_of(clause)
    _refuse(judging.faults_of_clause(draft, parties, on=_today(at)))
    party = _party_to_approve(clause, parties, by, at)
    approval = Approval.objects.create(
        clause=clause,
        party=party,
        officer=by.ref,
        position=position.strip()[:200],
        checksum=checksum_of(draft),
        at=at,
    )
    left = parties_awaited(clause, parties, _approvals(clause), Hierarchy(_today(at)))
    facts = {"party": party.agency_id or party.state, "checksum": approval.checksum, "awaited": len(left)}
    trail.record(Trail.CLAUSE_APPROVED, by=by, at=at, on=clause.ref, facts=facts)
    if not left:
        Clause.objects.filter(pk=clause.pk).update(approved_at=at)
        clause.approved_at = at
        trail.record(
            Trail.CLAUSE_IN_FORCE, by=by, at=at, on=clause.ref, clause=clause.ref, facts={"checksum": approval.checksum}
        )
        telling.tell_stands(clause, by=by, at=at)
    return approval


@transaction.atomic
def end_clause(
    *, clause: Clause, version: int, why: str, by: Actor, at: datetime, effective_at: datetime | None = None
) -> None:
    """The clause opens nothing from then on, at once unless a later instant is given. A draft is put away."""
    demand_act(by, CATEGORY)
    _demand_reason(why)
    ends = _from_when(effective_at, at)
    if clause.ended_at is not None and clause.ended_at <= ends:
        raise StatusForbids(_("Klausul ini sudah diakhiri."))
    if clause.approved_at is None:
        _demand_side(clause.instrument, by, at)
    elif by.agency not in (clause.giver_id, clause.receiver_id):
        _demand_speaker(clause.instrument, by, at)
    _bump_clause(clause, version, ended_at=ends, ended_why=why.strip()[:500])
    facts = {"effective_at": ends.isoformat(), "was_draft": clause.approved_at is None}
    trail.record(Trail.CLAUSE_ENDED, by=by, at=at, on=clause.ref, clause=clause.ref, why=why.strip(), facts=facts)
    telling.tell_ended(clause, ends, by=by, at=at)


# --- what happens to an instrument after signing ---


@transaction.atomic
def renew(
    *, instrument: Instrument, version: int, until: date | None, why: str, by: Actor, at: datetime
) -> InstrumentChange | None:
    """The party's word for a longer term is recorded. Once every party gave the same, the instrument lasts until that day
    (excluded; None is without an end) and the change is returned."""
    party = _demand_speaker(instrument, by, at)
    _demand_reason(why)
    _demand_longer(instrument, until, at)
    _bump(instrument, version)
    RenewalWord.objects.update_or_create(
        instrument=instrument,
        party=party,
        change=None,
        defaults={"until": until, "why": why.strip()[:500], "agency_id": by.agency, "by": by.ref, "at": at},
    )
    facts = {"party": party.agency_id or party.state, "until": until.isoformat() if until else ""}
    trail.record(Trail.RENEWAL_AGREED, by=by, at=at, on=instrument.ref, why=why.strip(), facts=facts)
    words = RenewalWord.objects.filter(instrument=instrument, change=None)
    agreed = {word.party_id for word in words if word.until == until}
    if agreed != {p.pk for p in instrument.parties.all()}:
        return None
    change = _change(instrument, What.RENEWED, at, why, by, at, until=until)
    words.update(change=change)
    trail.record(
        Trail.INSTRUMENT_RENEWED, by=by, at=at, on=instrument.ref, why=why.strip(), facts={"until": facts["until"]}
    )
    telling.tell_changed(change, by=by, at=at)
    return change


@transaction.atomic
def suspend(
    *, instrument: Instrument, version: int, why: str, by: Actor, at: datetime, effective_at: datetime | None = None
) -> InstrumentChange:
    """The instrument and all below it open nothing from then on, until the suspension is lifted."""
    _demand_speaker(instrument, by, at)
    _demand_reason(why)
    since = _from_when(effective_at, at)
    if status_at(dates_of(instrument), since) != "in_force":
        raise StatusForbids(
            _("Hanya instrumen yang berlaku yang dapat ditangguhkan. Periksa keadaannya pada hari itu.")
        )
    return _changed(instrument, version, What.SUSPENDED, Trail.INSTRUMENT_SUSPENDED, since, why, by, at)


@transaction.atomic
def resume(
    *, instrument: Instrument, version: int, why: str, by: Actor, at: datetime, effective_at: datetime | None = None
) -> InstrumentChange:
    """The suspension is lifted from then on, by the agency that ordered it."""
    _demand_speaker(instrument, by, at)
    _demand_reason(why)
    since = _from_when(effective_at, at)
    if status_at(dates_of(instrument), since) != "suspended":
        raise StatusForbids(_("Instrumen ini tidak sedang ditangguhkan pada hari itu."))
    ordered = suspension_at(instrument, since)
    if ordered is not None and ordered.agency_id != by.agency:
        raise NotASide(
            _("Penangguhan dicabut oleh instansi yang memutuskannya: %(agency)s.") % {"agency": ordered.agency}
        )
    return _changed(instrument, version, What.RESUMED, Trail.INSTRUMENT_RESUMED, since, why, by, at)


@transaction.atomic
def withdraw(
    *, instrument: Instrument, version: int, why: str, by: Actor, at: datetime, effective_at: datetime | None = None
) -> InstrumentChange:
    """The instrument and all below it open nothing from then on, for good."""
    _demand_speaker(instrument, by, at)
    _demand_reason(why)
    since = _from_when(effective_at, at)
    withdrawn = instrument.changes.filter(what=What.WITHDRAWN, effective_at__lte=since, taken_back_at__isnull=True)
    if withdrawn.exists():
        raise StatusForbids(_("Instrumen ini sudah dicabut."))
    return _changed(instrument, version, What.WITHDRAWN, Trail.INSTRUMENT_WITHDRAWN, since, why, by, at)


@transaction.atomic
def take_back(*, change: InstrumentChange, version: int, why: str, by: Actor, at: datetime) -> None:
    """What was announced for a later day does not happen: the agency that announced it took it back before that day."""
    instrument = change.instrument
    _demand_speaker(instrument, by, at)
    _demand_reason(why)
    if change.agency_id != by.agency:
        raise NotASide(
            _("Yang diumumkan ditarik kembali oleh instansi yang mengumumkannya: %(agency)s.")
            % {"agency": change.agency}
        )
    if change.what == What.SUSPENDED and _lifting_announced(change).exists():
        raise StatusForbids(
            _("Sudah diumumkan kapan instrumen ini diberlakukan lagi. Tarik kembali pengumuman itu dahulu.")
        )
    coming = InstrumentChange.objects.filter(pk=change.pk, effective_at__gt=at, taken_back_at__isnull=True)
    if not coming.update(taken_back_at=at, taken_back_by=by.ref, taken_back_why=why.strip()[:500]):
        raise StatusForbids(_("Ini sudah mulai berlaku atau sudah ditarik kembali, jadi tidak dapat ditarik kembali."))
    _bump(instrument, version)
    facts = {"what": change.what, "effective_at": change.effective_at.isoformat()}
    trail.record(Trail.INSTRUMENT_CHANGE_TAKEN_BACK, by=by, at=at, on=instrument.ref, why=why.strip(), facts=facts)
    telling.tell_taken_back(change, _others_below(instrument), by=by, at=at)


def _lifting_announced(suspension: InstrumentChange) -> QuerySet[InstrumentChange]:
    """Return what lifts a suspension later on: left alone, it would lift another one."""
    return suspension.instrument.changes.filter(
        what=What.RESUMED, effective_at__gt=suspension.effective_at, taken_back_at__isnull=True
    )


def suspension_at(instrument: Instrument, at: datetime) -> InstrumentChange | None:
    """Return the latest suspension that had begun by then, lifted or not."""
    begun = instrument.changes.filter(what=What.SUSPENDED, effective_at__lte=at, taken_back_at__isnull=True)
    return begun.select_related("agency").last()


# --- who may ---


def _demand_side(instrument: Instrument, by: Actor, at: datetime) -> None:
    demand_act(by, CATEGORY)
    if not stands_on_a_side(by, instrument, at=at):
        raise NotASide(_("Instansi Anda bukan pihak instrumen ini dan tidak berada di bawah salah satu pihaknya."))


def _demand_keeper(instrument: Instrument, by: Actor, at: datetime) -> None:
    demand_act(by, CATEGORY)
    if instrument.recorded_by_id != by.agency and party_spoken_for(by, instrument, at=at) is None:
        raise NotASide(_("Catatan ini dijaga oleh pencatatnya dan oleh pihak instrumen. Mintalah salah satunya."))


def _demand_speaker(instrument: Instrument, by: Actor, at: datetime) -> InstrumentParty:
    demand_act(by, CATEGORY)
    demand_person(by)
    party = party_spoken_for(by, instrument, at=at)
    if party is None:
        raise NotASide(_("Langkah ini diambil oleh koordinator atau pimpinan instansi yang menjadi pihak instrumen."))
    return party


def _demand_may_link(officer: Officer, party: InstrumentParty, by: Actor, at: datetime) -> None:
    if officer.ref == by.ref:
        raise NotASide(_("Akun sendiri tidak dapat dihubungkan sendiri. Mintalah petugas lain dari instansi Anda."))
    if party_spoken_for(by, party.instrument, at=at) != party:
        raise NotASide(_("Akun penanda tangan dihubungkan oleh pihaknya sendiri. Kosongkan, atau mintalah pihak itu."))
    posting = officer.postings.filter(ended_at__isnull=True).first()
    serves = posting is not None and side_of(party).covers(Hierarchy(_today(at)).body_of(posting.agency_id))
    if not serves:
        raise NotASide(_("Petugas itu tidak bertugas di pihak ini. Pilih akun petugas dari pihak yang menandatangani."))


def _party_to_approve(clause: Clause, parties: Sequence[InstrumentParty], by: Actor, at: datetime) -> InstrumentParty:
    if clause.approvals.filter(officer=by.ref).exists():
        raise MayNotApprove(_("Anda sudah menyetujui klausul ini. Satu orang tidak menyetujui untuk dua pihak."))
    party = party_to_approve(clause, parties, _approvals(clause), by, Hierarchy(_today(at)))
    if party is not None:
        return party
    if by.role != LEADER:
        raise RoleMayNotAct(
            _("Klausul disetujui oleh penanda tangan instrumen atau oleh pimpinan pihak yang disebutnya.")
        )
    raise MayNotApprove(
        _("Klausul ini tidak menunggu persetujuan instansi Anda, atau mengikat instansi di luar wewenang Anda.")
    )


def _approvals(clause: Clause) -> list[Approval]:
    return list(Approval.objects.filter(clause=clause))


# --- what must hold ---


def _demand_reason(why: str) -> None:
    if not why.strip():
        raise ReasonMissing(_("Tuliskan alasannya. Alasan ikut tercatat."))


def _demand_draft(clause: Clause) -> None:
    if clause.approved_at is not None:
        raise AlreadyApproved(_("Klausul ini sudah disetujui semua pihak. Buat klausul baru, lalu akhiri yang lama."))
    if clause.ended_at is not None:
        raise AlreadyApproved(_("Klausul ini sudah diakhiri. Buat klausul baru."))


def _demand_nothing_approved(instrument: Instrument) -> None:
    """What both sides approved rests on the instrument as it reads: here, and in all instruments below it.

    Whoever approves meanwhile waits until the instrument reads otherwise, or came first.
    """
    Instrument.objects.select_for_update(no_key=True).get(pk=instrument.pk)
    if Clause.objects.filter(instrument__in=_below(instrument), approved_at__isnull=False).exists():
        raise AlreadyApproved(
            _(
                "Ada klausul yang sudah disetujui berdasarkan instrumen ini. Perpanjang, tangguhkan, atau cabut instrumennya."
            )
        )


def _demand_not_withdrawn(instrument: Instrument, at: datetime) -> None:
    if status_at(dates_of(instrument), at) == "withdrawn":
        raise StatusForbids(_("Instrumen ini sudah dicabut. Catat instrumen penggantinya."))


def _demand_longer(instrument: Instrument, until: date | None, at: datetime) -> None:
    dates = dates_of(instrument)
    if dates.in_force_from is None:
        raise StatusForbids(_("Belum diketahui sejak kapan instrumen ini berlaku. Lengkapi tanggalnya dahulu."))
    if withdrawn_at(dates) is not None:
        raise StatusForbids(_("Instrumen ini sudah dicabut. Catat instrumen penggantinya."))
    ends = ends_on(dates)
    if ends is None:
        raise StatusForbids(_("Instrumen ini tidak mempunyai akhir, jadi tidak perlu diperpanjang."))
    if until is not None and until <= max(ends, _today(at)):
        raise StatusForbids(_("Akhir yang baru harus sesudah akhir yang sekarang dan sesudah hari ini."))


def _from_when(effective_at: datetime | None, at: datetime) -> datetime:
    if effective_at is not None and effective_at < at:
        raise NeverEarlier(
            _("Tidak dapat berlaku surut. Kosongkan agar berlaku sekarang juga, atau pilih waktu kemudian.")
        )
    return effective_at or at


def _faults_of_own_side(parties: Sequence[Side], by: Actor, at: datetime) -> list[str]:
    body = Hierarchy(_today(at)).body_of(by.agency)
    if any(Side(p.agency, is_with_below=True, state=p.state).covers(body) for p in parties):
        return []
    return [_("Instansi Anda tidak termasuk salah satu pihak. Mintalah salah satu pihak mencatat instrumennya.")]


def _faults_of_parent(parent: UUID | None, child: Instrument | None, by: Actor, at: datetime) -> judging.Faults:
    if parent is None or (child is not None and parent == child.parent_id):
        return {}
    if not Instrument.objects.visible_to(by, at=at).filter(pk=parent).exists():
        return {"parent": [_("Instrumen induk ini tidak ada atau tidak terbuka bagi Anda.")]}
    if child is not None and parent in _below(child):
        return {"parent": [_("Instrumen tidak dapat berada di bawah dirinya sendiri.")]}
    return {}


def _refuse(faults: judging.Faults) -> None:
    if faults:
        raise DraftRefused(_("Belum disimpan. Perbaiki isian yang ditandai."), faults)


# --- how ---


def _today(at: datetime) -> date:
    return timezone.localdate(at)


def start_of(day: date) -> datetime:
    """Return the instant from which something that is to hold from a day on holds."""
    return start_of_day(day, WIB)


def _stated(draft: InstrumentDraft) -> dict[str, Any]:
    return {
        "kind": draft.kind,
        "title": draft.title.strip(),
        "number": draft.number.strip(),
        "parent_id": draft.parent,
        "signed_on": draft.signed_on,
        "signed_at_place": draft.signed_at_place.strip(),
        "in_force_from": draft.in_force_from,
        "in_force_to": draft.in_force_to,
        "scope": draft.scope.strip(),
        "programme": draft.programme.strip(),
    }


def _columns(draft: ClauseDraft) -> dict[str, Any]:
    return {
        "giver_id": draft.giver.agency or None,
        "giver_with_below": draft.giver.is_with_below,
        "giver_state": draft.giver.state,
        "receiver_id": draft.receiver.agency or None,
        "receiver_with_below": draft.receiver.is_with_below,
        "receiver_state": draft.receiver.state,
        "releases": {category: dict(groups) for category, groups in draft.releases.items()},
        "purposes": sorted(draft.purposes),
        "is_everywhere": draft.is_everywhere,
        "kinds": sorted(draft.kinds),
        "precision": draft.precision,
        "min_cell": draft.min_cell,
        "onward": draft.onward,
        "retention_days": draft.retention_days,
        "conditions": sorted(draft.conditions),
        "transfer_basis": draft.transfer_basis,
        "note": draft.note.strip()[:500],
    }


def _set_places(clause: Clause, draft: ClauseDraft) -> None:
    clause.roots.set(draft.roots)
    clause.exceptions.set(draft.exceptions)


def _below(instrument: Instrument) -> list[UUID]:
    """Return the keys of the instrument and of all below it."""
    found = [instrument.pk]
    for above in found:
        found += [pk for pk in Instrument.objects.filter(parent=above).values_list("pk", flat=True) if pk not in found]
    return found


def _others_below(instrument: Instrument) -> QuerySet[Instrument]:
    return Instrument.objects.filter(pk__in=_below(instrument)).exclude(pk=instrument.pk)


def _hold_what_it_rests_on(instrument: UUID | None) -> None:
    """Whoever corrects the instrument, or one above it, waits until this deed is done, or came first."""
    held = Instrument.objects.select_for_update(no_key=True)
    while instrument is not None:
        instrument = held.values_list("parent_id", flat=True).get(pk=instrument)


def _drop_approvals(instruments: Sequence[UUID]) -> None:
    """The drafts below have no approvals, and who had one before the eyes approves it only after another look."""
    drafts = Clause.objects.filter(instrument__in=instruments, approved_at__isnull=True)
    drafts.update(version=F("version") + 1)
    Approval.objects.filter(clause__in=drafts).delete()


def _changed(
    instrument: Instrument, version: int, what: What, event: Trail, since: datetime, why: str, by: Actor, at: datetime
) -> InstrumentChange:
    _bump(instrument, version)
    change = _change(instrument, what, since, why, by, at)
    trail.record(event, by=by, at=at, on=instrument.ref, why=why.strip(), facts={"effective_at": since.isoformat()})
    telling.tell_changed(change, _others_below(instrument), by=by, at=at)
    return change


def _change(
    instrument: Instrument,
    what: What,
    effective_at: datetime,
    why: str,
    by: Actor,
    at: datetime,
    *,
    until: date | None = None,
) -> InstrumentChange:
    return InstrumentChange.objects.create(
        instrument=instrument,
        what=what,
        effective_at=effective_at,
        until=until,
        why=why.strip()[:500],
        agency_id=by.agency,
        by=by.ref,
        at=at,
    )


def _bump(instrument: Instrument, version: int, **changes: Any) -> None:
    """Change the instrument if it is still as the officer saw it."""
    won = Instrument.objects.filter(pk=instrument.pk, version=version).update(version=F("version") + 1, **changes)
    if not won:
        raise _changed_meanwhile()
    instrument.refresh_from_db()


def _bump_clause(clause: Clause, version: int, **changes: Any) -> None:
    won = Clause.objects.filter(pk=clause.pk, version=version).update(version=F("version") + 1, **changes)
    if not won:
        raise _changed_meanwhile()
    clause.refresh_from_db()


def _changed_meanwhile() -> ChangedMeanwhile:
    return ChangedMeanwhile(_("Sudah diubah oleh petugas lain. Muat ulang halamannya dan lihat keadaan terbaru."))
