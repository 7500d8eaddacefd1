"""Deeds on agencies: create, rename, close, say who holds a position."""

from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.kit.errors import KentonganError
from kentongan.kit.periods import civil_day
from kentongan.places.models import Place

from . import queries
from .labels import COUNTRIES, KINDS, word
from .loading import add_competence, competences_by_kind
from .models import Agency, AgencyName, AgencyParent, Position, PositionHeld
from .rules import OPERATOR_KIND, Administering, may_administer, passes_kind_on, reaches_all


class NotYoursToAdminister(KentonganError):
    """The agency lies outside what this administrator looks after."""

    code = "agencies.not_yours_to_administer"


class AgencyExists(KentonganError):
    """The id is taken."""

    code = "agencies.agency_exists"


class AgencyClosed(KentonganError):
    """The agency has ended."""

    code = "agencies.agency_closed"


class AgencyInUse(KentonganError):
    """The agency cannot end while somebody serves in it."""

    code = "agencies.agency_in_use"


class WrongDay(KentonganError):
    """A dated row would end before it starts."""

    code = "agencies.wrong_day"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyDraft:
    """What an administrator says about a new agency."""

    id: str
    name: str
    kind: str
    country: str
    level: str
    name_en: str = ""
    abbrev: str = ""
    parent_id: str = ""
    seat_id: int | None = None
    valid_from: date | None = None


def demand_administration(by: Administering, agency: str, *, at: datetime) -> None:
    """Raise NotYoursToAdminister unless this administrator looks after the agency on that day."""
    if not may_administer(by, agency, below=queries.descendants_on(by.agency, civil_day(at))):
        raise NotYoursToAdminister(
            _(
                "Instansi ini di luar wewenang administrasi Anda. Anda mengurus instansi sendiri dan instansi di bawahnya; "
                "mintalah administrator instansi itu atau pengelola pemasangan ini."
            )
        )


@transaction.atomic
def create_agency(*, draft: AgencyDraft, by: Administering, at: datetime) -> Agency:
    """The agency exists with its name, parent and the competences of its kind over its seat.

    Only the operator makes one that the firewalls judge otherwise than its parent: of another country, or of an open kind
    below a closed or foreign one.
    """
    demand_administration(by, draft.parent_id or draft.id, at=at)
    if draft.kind == OPERATOR_KIND and not reaches_all(by):
        raise NotYoursToAdminister(_("Pengelola pemasangan hanya dibuat oleh pengelola pemasangan."))
    if draft.parent_id:
        _demand_like_parent(draft.kind, draft.country, Agency.objects.get(pk=draft.parent_id), by=by)
    seat = Place.objects.get(pk=draft.seat_id) if draft.seat_id else None
    agency, is_new = Agency.objects.get_or_create(
        id=draft.id,
        defaults={
            "name": draft.name,
            "name_en": draft.name_en,
            "abbrev": draft.abbrev,
            "kind": draft.kind,
            "country": draft.country,
            "level": draft.level,
            "seat": seat,
            "is_forum": draft.kind == "forum",
            "valid_from": draft.valid_from,
        },
    )
    if not is_new:
        raise AgencyExists(
            _("Kode instansi %(id)s sudah dipakai. Pilih kode lain atau ubah instansi yang ada.") % {"id": draft.id}
        )
    AgencyName.objects.create(agency=agency, name=draft.name, valid_from=draft.valid_from)
    if draft.parent_id:
        AgencyParent.objects.create(agency=agency, parent_id=draft.parent_id, valid_from=draft.valid_from)
    if seat:
        for row in competences_by_kind(agency):
            add_competence(agency, row, [seat], [], is_by_kind=False)
    trail.record(
        Trail.AGENCY_CREATED, by=by, at=at, on=agency.ref, facts={"kind": agency.kind, "parent": draft.parent_id}
    )
    return agency


@transaction.atomic
def rename_agency(*, agency: Agency, name: str, abbrev: str, on: date, by: Administering, at: datetime) -> None:
    """The agency carries the new name from that day; the old one stays as the name until then."""
    demand_administration(by, agency.pk, at=at)
    _demand_open(agency)
    old = AgencyName.objects.filter(agency=agency, kind="official", valid_to__isnull=True)
    if old.filter(valid_from__gte=on).exists():
        raise WrongDay(_("Nama sekarang baru berlaku sesudah hari itu. Pilih hari yang lebih akhir."))
    old.update(valid_to=on)
    AgencyName.objects.create(agency=agency, name=name, valid_from=on)
    Agency.objects.filter(pk=agency.pk).update(name=name, abbrev=abbrev)
    agency.refresh_from_db()
    trail.record(Trail.AGENCY_RENAMED, by=by, at=at, on=agency.ref, facts={"on": on.isoformat()})


@transaction.atomic
def move_agency(*, agency: Agency, parent: Agency, on: date, by: Administering, at: datetime) -> None:
    """The agency answers to the new parent from that day; both ends of the move lie in this administrator's reach.

    Only the operator moves it below one that the firewalls judge otherwise, as in `create_agency`.
    """
    demand_administration(by, agency.pk, at=at)
    demand_administration(by, parent.pk, at=at)
    _demand_like_parent(agency.kind, agency.country, parent, by=by)
    _demand_open(agency)
    if parent.pk == agency.pk or parent.pk in queries.descendants_on(agency.pk, on):
        raise WrongDay(_("Instansi tidak dapat berada di bawah dirinya sendiri. Pilih induk lain."))
    present = AgencyParent.objects.filter(agency=agency, valid_to__isnull=True)
    if present.filter(valid_from__gte=on).exists():
        raise WrongDay(_("Induk sekarang baru berlaku sesudah hari itu. Pilih hari yang lebih akhir."))
    present.update(valid_to=on)
    AgencyParent.objects.create(agency=agency, parent=parent, valid_from=on)
    trail.record(Trail.AGENCY_CHANGED, by=by, at=at, on=agency.ref, facts={"parent": parent.pk, "on": on.isoformat()})


@transaction.atomic
def close_agency(*, agency: Agency, on: date, by: Administering, at: datetime) -> None:
    """The agency ends on that day and nobody acts for it any more; whoever it answered to still sees its rows."""
    demand_administration(by, agency.pk, at=at)
    _demand_open(agency)
    if agency.postings.filter(ended_at__isnull=True).exists():
        raise AgencyInUse(
            _("Masih ada petugas yang bertugas di instansi ini. Pindahkan atau berhentikan mereka dahulu.")
        )
    if agency.valid_from and on <= agency.valid_from:
        raise WrongDay(_("Hari penutupan mendahului hari berdirinya instansi. Pilih hari yang lebih akhir."))
    Agency.objects.filter(pk=agency.pk).update(valid_to=on, is_active=False)
    AgencyName.objects.filter(agency=agency, valid_to__isnull=True).update(valid_to=on)
    agency.competences.filter(valid_to__isnull=True).update(valid_to=on)
    agency.refresh_from_db()
    trail.record(Trail.AGENCY_CLOSED, by=by, at=at, on=agency.ref, facts={"on": on.isoformat()})


@transaction.atomic
def fill_position(
    *, agency: Agency, title: str, holder_name: str, rank: str, on: date, by: Administering, at: datetime
) -> PositionHeld:
    """The position is held by this person from that day; whoever held it before, held it until then."""
    demand_administration(by, agency.pk, at=at)
    _demand_open(agency)
    position, _made = Position.objects.get_or_create(agency=agency, title=title)
    present = PositionHeld.objects.filter(position=position, valid_to__isnull=True)
    if present.filter(valid_from__gte=on).exists():
        raise WrongDay(_("Pejabat sekarang baru mulai sesudah hari itu. Pilih hari yang lebih akhir."))
    present.update(valid_to=on)
    held = PositionHeld.objects.create(position=position, holder_name=holder_name, rank=rank, valid_from=on)
    trail.record(
        Trail.POSITION_FILLED, by=by, at=at, on=agency.ref, facts={"position": position.pk, "on": on.isoformat()}
    )
    return held


def operator_agency(*, by: Administering, at: datetime) -> Agency:
    """Return the agency that runs this installation, made if there is none yet."""
    if present := Agency.objects.filter(kind=OPERATOR_KIND, is_active=True).first():
        return present
    draft = AgencyDraft(
        id="pengelola",
        name="Pengelola pemasangan",
        abbrev="Pengelola",
        kind=OPERATOR_KIND,
        country="ID",
        level="national",
    )
    return create_agency(draft=draft, by=by, at=at)


def _demand_open(agency: Agency) -> None:
    if not agency.is_active:
        raise AgencyClosed(_("Instansi ini sudah ditutup; catatannya tidak diubah lagi."))


def _demand_like_parent(kind: str, country: str, parent: Agency, *, by: Administering) -> None:
    """Raise NotYoursToAdminister where an agency below this parent would stand elsewhere before the firewalls (R11, R21, R27)."""
    if reaches_all(by):
        return
    if country != parent.country:
        raise NotYoursToAdminister(
            _("Instansi senegara dengan induknya (%(country)s). Yang lain hanya diatur oleh pengelola pemasangan.")
            % {"country": word(COUNTRIES, parent.country)}
        )
    if kind != parent.kind and passes_kind_on(parent.kind, parent.country, home=settings.HOME_STATE):
        raise NotYoursToAdminister(
            _(
                "Di bawah instansi jenis %(kind)s hanya ada yang sejenis. Yang lain hanya diatur oleh pengelola pemasangan."
            )
            % {"kind": word(KINDS, parent.kind)}
        )
