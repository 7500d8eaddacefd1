"""Deeds on requests from outside: registered, answered by every owner in writing, then released or refused (R17).

    open --every part approved, the desk releases--> released
    open --an owner refuses--> refused
    open --the desk withdraws--> withdrawn

Each word of an owner raises the request's version, and the release is a compare-and-set on it: what is released is
exactly what stood approved when the desk looked.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from kentongan.agencies.models import Agency
from kentongan.agreements.access import RoleMayNotAct, demand_person, not_visible
from kentongan.agreements.facts import Actor
from kentongan.agreements.fields import every_group
from kentongan.agreements.rules import PURPOSES
from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.kit.checksums import sha256_hex
from kentongan.kit.errors import KentonganError

from . import releasing
from .models import OutsideRequest, Release, RequestedPart
from .rules import HANDLES_REQUESTS

PICKED_UP_WITHIN = timedelta(days=14)
"""How long the file of a release is kept. Our own default."""

WHY_ENDED_LENGTH = 500

WRITTEN_AT_LEAST = 10
"""Letters of an owner's word: a full stop is no approval in writing."""


class RequestRefused(KentonganError):
    """What was registered is not a request that anybody could answer; all its faults are listed."""

    code = "oversight.request_refused"


class NotAllowedNow(KentonganError):
    """The request is past this step, or not there yet."""

    code = "oversight.not_allowed_now"


class ChangedMeanwhile(KentonganError):
    """Somebody answered or ended the request after the page was shown."""

    code = "oversight.changed_meanwhile"


@dataclass(frozen=True, slots=True)
class AskedPart:
    """What is asked of one owner in one category: single records, or all of a place and a period."""

    owner: str
    category: str
    groups: frozenset[str]
    records: tuple[str, ...] = ()
    place_id: int | None = None
    first: date | None = None
    after: date | None = None


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, on what ground, for what purpose, until when."""

    asker: str
    letter: str
    legal_basis: str
    purpose: str
    why: str
    due_on: date
    asker_state: str = ""
    transfer_basis: str = ""


def demand_handling(actor: Actor) -> None:
    """Raise RoleMayNotAct unless the officer handles requests from outside."""
    demand_person(actor)
    if actor.role not in HANDLES_REQUESTS:
        raise RoleMayNotAct(_("Permintaan dari luar ditangani koordinator atau pimpinan. Mintalah kepada mereka."))


def requests_in_view(actor: Actor) -> QuerySet[OutsideRequest]:
    """Return the requests that the agency received, and those that ask for its records."""
    if actor.role not in HANDLES_REQUESTS:
        return OutsideRequest.objects.none()
    return OutsideRequest.objects.filter(Q(desk=actor.agency) | Q(parts__owner=actor.agency)).distinct()


def request_in_view(actor: Actor, pk: UUID) -> OutsideRequest:
    """Return the request; what is not there and what is not the agency's look the same."""
    demand_handling(actor)
    found = requests_in_view(actor).select_related("desk", "release").filter(pk=pk).first()
    if found is None:
        raise not_visible()
    return found


def parts_in_view(request: OutsideRequest, actor: Actor) -> QuerySet[RequestedPart]:
    """Return what the agency may read of a request: the desk all parts, an owner its own."""
    parts = request.parts.select_related("owner", "place")
    return parts if request.desk_id == actor.agency else parts.filter(owner=actor.agency)


@transaction.atomic
def register(*, asking: Asking, parts: Sequence[AskedPart], by: Actor, at: datetime) -> OutsideRequest:
    """The request is a ticket that waits for the word of every owner; RequestRefused lists what is wrong with it."""
    demand_handling(by)
    if faults := [*_faults_of(asking, at), *_faults_of_parts(parts)]:
        raise RequestRefused(_("Permintaan ini belum lengkap. Perbaiki yang disebut, lalu catat lagi."), details=faults)
    request = OutsideRequest.objects.create(
        desk_id=by.agency,
        asker=asking.asker,
        asker_state=asking.asker_state or _home(),
        transfer_basis=asking.transfer_basis,
        letter=asking.letter,
        legal_basis=asking.legal_basis,
        purpose=asking.purpose,
        why=asking.why,
        due_on=asking.due_on,
        registered_by=by.ref,
        registered_at=at,
    )
    for part in parts:
        RequestedPart.objects.create(
            request=request,
            owner_id=part.owner,
            category=part.category,
            records=list(part.records),
            place_id=part.place_id,
            first=part.first,
            after=part.after,
            groups=sorted(part.groups),
        )
    owners = sorted({part.owner for part in parts})
    trail.record(Trail.REQUEST_REGISTERED, by=by, at=at, on=request.ref, facts={"owners": owners, "parts": len(parts)})
    return request


@transaction.atomic
def approve(
    *, part: RequestedPart, version: int, groups: Iterable[str], why: str, by: Actor, at: datetime
) -> OutsideRequest:
    """The owner gives these groups of fields of what is asked of it, in writing."""
    given = sorted(set(groups))
    if not given or not set(given) <= set(part.groups):
        raise NotAllowedNow(_("Setujui sedikitnya satu kelompok isian, dan tidak lebih dari yang diminta."))
    request = _answered(part, version, RequestedPart.Word.APPROVED, given, why, by, at)
    facts = {"category": part.category, "groups": given}
    trail.record(Trail.REQUEST_APPROVED, by=by, at=at, on=request.ref, why=why, facts=facts)
    return request


@transaction.atomic
def refuse(*, part: RequestedPart, version: int, why: str, by: Actor, at: datetime) -> OutsideRequest:
    """The owner refuses in writing, before or after it approved; then nothing of the whole request is released.

    The whole word stands with the part, and its beginning with the request.
    """
    request = _answered(part, version, RequestedPart.Word.REFUSED, [], why, by, at)
    _end(request, request.version, OutsideRequest.State.REFUSED, why[:WHY_ENDED_LENGTH].strip(), by, at)
    trail.record(Trail.REQUEST_DENIED, by=by, at=at, on=request.ref, why=why, facts={"category": part.category})
    return request


@transaction.atomic
def withdraw(*, request: OutsideRequest, version: int, why: str, by: Actor, at: datetime) -> None:
    """The desk has ended the request: the asker took it back, or it lapsed."""
    _demand_desk(request, by)
    _demand_written(why)
    _end(request, version, OutsideRequest.State.WITHDRAWN, why, by, at)
    trail.record(Trail.REQUEST_WITHDRAWN, by=by, at=at, on=request.ref, why=why)


@transaction.atomic
def release(*, request: OutsideRequest, version: int, by: Actor, at: datetime) -> Release:
    """The approved groups of the approved records are in a file for the asker; nothing else is, and only once."""
    _demand_desk(request, by)
    _end(request, version, OutsideRequest.State.RELEASED, "", by, at)
    parts = list(request.parts.order_by("owner_id", "category"))
    if not parts or any(part.word != RequestedPart.Word.APPROVED for part in parts):
        raise NotAllowedNow(_("Belum semua pemilik data menyetujui secara tertulis. Tunggu jawaban mereka."))
    file = releasing.file_of(request, parts, at=at)
    released = Release.objects.create(
        request=request,
        at=at,
        by=by.ref,
        filename=f"permintaan-{str(request.pk)[-12:]}.json",
        checksum=sha256_hex(file.content),
        rows=file.rows,
        content=file.content,
        keep_until=timezone.localdate(at) + PICKED_UP_WITHIN,
    )
    to = {"asker": request.asker, "state": request.asker_state, "letter": request.letter}
    facts = {**to, "checksum": released.checksum, "released": file.told, "rows": file.number}
    trail.record(Trail.REQUEST_RELEASED, by=by, at=at, on=request.ref, why=request.legal_basis, facts=facts)
    trail.note_export(by=by, at=at, rows=file.number, on=request.ref, facts={"checksum": released.checksum})
    return released


@transaction.atomic
def fetched(*, release: Release, by: Actor, at: datetime) -> bytes:
    """The desk has the file, and the trail knows it; NotAllowedNow once it is erased, or a record in it became protected."""
    _demand_desk(release.request, by)
    if release.content is None:
        raise NotAllowedNow(
            _("Berkas ini sudah dihapus sesudah masa pengambilannya. Sidik dan jumlahnya tetap tercatat.")
        )
    if releasing.holds_protected(bytes(release.content)):
        raise NotAllowedNow(_("Berkas ini memuat catatan yang sejak itu dilindungi, dan tidak diserahkan lagi."))
    trail.record(Trail.RELEASE_FETCHED, by=by, at=at, on=release.request.ref, facts={"checksum": release.checksum})
    return bytes(release.content)


def _answered(
    part: RequestedPart, version: int, word: str, groups: list[str], why: str, by: Actor, at: datetime
) -> OutsideRequest:
    demand_handling(by)
    if part.owner_id != by.agency:
        raise not_visible()
    _demand_written(why)
    request = OutsideRequest.objects.get(pk=part.request_id)
    if request.registered_by == by.ref:
        raise RoleMayNotAct(
            _("Yang mencatat permintaan tidak menyetujuinya sendiri. Mintalah petugas lain instansi Anda.")
        )
    open_now = OutsideRequest.objects.filter(pk=request.pk, state=OutsideRequest.State.OPEN, version=version)
    if not open_now.update(version=F("version") + 1):
        raise _changed(request)
    RequestedPart.objects.filter(pk=part.pk).update(
        word=word, approved_groups=groups, answered_by=by.ref, answered_at=at, answer_why=why
    )
    request.refresh_from_db()
    return request


def _end(request: OutsideRequest, version: int, state: str, why: str, by: Actor, at: datetime) -> None:
    open_now = OutsideRequest.objects.filter(pk=request.pk, state=OutsideRequest.State.OPEN, version=version)
    if not open_now.update(state=state, version=version + 1, ended_at=at, ended_by=by.ref, ended_why=why):
        raise _changed(request)
    request.refresh_from_db()


def _changed(request: OutsideRequest) -> KentonganError:
    if OutsideRequest.objects.filter(pk=request.pk, state=OutsideRequest.State.OPEN).exists():
        return ChangedMeanwhile(
            _("Permintaan ini sudah diubah oleh petugas lain. Lihat keadaannya sekarang, lalu ulangi.")
        )
    return NotAllowedNow(_("Permintaan ini sudah berakhir. Catat permintaan baru bila masih diperlukan."))


def _demand_desk(request: OutsideRequest, by: Actor) -> None:
    demand_handling(by)
    if request.desk_id != by.agency:
        raise not_visible()


def _demand_written(why: str) -> None:
    if len(why.strip()) < WRITTEN_AT_LEAST:
        raise NotAllowedNow(_("Tulis alasannya dengan sedikitnya %(least)s huruf.") % {"least": WRITTEN_AT_LEAST})


def _faults_of(asking: Asking, at: datetime) -> Iterable[str]:
    named = (
        (asking.asker, _("peminta")),
        (asking.letter, _("surat permintaan")),
        (asking.legal_basis, _("dasar hukum")),
    )
    for text, label in (*named, (asking.why, _("kegunaannya"))):
        if not text.strip():
            yield _("%(what)s belum diisi") % {"what": label}
    if asking.purpose not in PURPOSES:
        yield _("tujuan “%(purpose)s” tidak dikenal") % {"purpose": asking.purpose}
    if asking.due_on < timezone.localdate(at):
        yield _("tenggatnya sudah lewat")
    if (asking.asker_state or _home()) != _home() and not asking.transfer_basis:
        yield _("peminta dari negara lain memerlukan dasar transfer (UU 27/2022 Pasal 56)")


def _faults_of_parts(parts: Sequence[AskedPart]) -> Iterable[str]:
    if not parts:
        yield _("belum disebut catatan mana yang diminta")
    if len({(part.owner, part.category) for part in parts}) != len(parts):
        yield _("pemilik dan jenis data yang sama disebut dua kali")
    known = set(
        Agency.objects.filter(pk__in={part.owner for part in parts}, is_forum=False).values_list("pk", flat=True)
    )
    for part in parts:
        if part.owner not in known:
            yield _("instansi %(agency)s tidak dikenal") % {"agency": part.owner}
        if part.category not in releasing.RELEASABLE:
            yield _("data berjenis %(category)s tidak dapat diserahkan keluar") % {"category": part.category}
            continue
        if not part.groups or not part.groups <= every_group(part.category):
            yield _("kelompok isian untuk %(category)s belum dipilih atau tidak dikenal") % {"category": part.category}
        is_period = part.first is not None and part.after is not None and part.first < part.after
        if not part.records and not is_period:
            yield _("sebut rujukan catatannya, atau masanya")
        if bad := [ref for ref in part.records if releasing.key_of(part.category, ref) is None]:
            yield _("rujukan %(refs)s bukan catatan jenis itu") % {"refs": ", ".join(bad)}


def _home() -> str:
    return str(settings.HOME_STATE)
