"""What the deeds of this room share: who may, which reason, what is refused, and what the village itself is shown."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from kentongan.agencies.models import Agency, Officer
from kentongan.agreements.access import category_of, demand_act, demand_person
from kentongan.agreements.facts import Actor
from kentongan.agreements.fields import what_is_always_told
from kentongan.agreements.models import Grant, ProtectedRow
from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.intake.claims import warning_of
from kentongan.intake.legal_bases import legal_basis_for
from kentongan.kit.errors import KentonganError
from kentongan.places.models import Place

from .. import queries
from ..rules import CATEGORY
from ..vocabulary import unknown

PURPOSE = "prevention"
VILLAGE_KIND = "village"
WORDS_MOST = 300


class ChangedMeanwhile(KentonganError):
    """Another officer was quicker."""

    code = "programme.changed_meanwhile"


class StepNotAllowed(KentonganError):
    """The state does not lead there."""

    code = "programme.step_not_allowed"


class ReasonMissing(KentonganError):
    """The deed needs its reason."""

    code = "programme.reason_missing"


class NotOurs(KentonganError):
    """The deed belongs to the office that looks after the village."""

    code = "programme.not_ours"


class NotUsable(KentonganError):
    """What was given cannot be recorded; `field` says where it was written."""

    code = "programme.unusable"

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


def demand_office(by: Actor, owner: str | None = None) -> None:
    """Raise unless a person acts, in a role that acts in the programme, for the office that owns the row."""
    demand_person(by)
    demand_act(by, CATEGORY)
    if owner is not None and owner != by.agency:
        raise NotOurs(
            _(
                "Desa dan kunjungan ini milik kantor lain. Mintalah kantor itu, atau catat kunjungan kantor Anda sendiri."
            )
        )


def reason(written: str, ask: str) -> str:
    """Return what was written, stripped; ReasonMissing, with what is asked for, where it is empty."""
    if not (said := written.strip()):
        raise ReasonMissing(ask)
    return said[:WORDS_MOST]


def changed_meanwhile() -> ChangedMeanwhile:
    """Return the refusal for whoever comes second."""
    return ChangedMeanwhile(
        _(
            "Petugas lain sudah mengubahnya sejak halaman ini dibuka, jadi isian Anda belum disimpan. Muat ulang halamannya, lihat keadaan terbaru, lalu ulangi bila masih perlu."
        )
    )


def demand_codes(name: str, codes: Iterable[str], field: str) -> None:
    """Raise NotUsable where the list of this name does not have a code."""
    if wrong := unknown(name, codes):
        raise NotUsable(_("Pilihan ini tidak ada dalam daftar: %(codes)s.") % {"codes": ", ".join(wrong)}, field=field)


def demand_not_future(day: date | None, at: datetime, field: str) -> None:
    """Raise NotUsable where the day has not come yet."""
    if day is not None and day > timezone.localdate(at):
        raise NotUsable(_("Tanggal ini belum tiba. Periksa tanggal dan tahunnya."), field=field)


def demand_words(text: str, field: str, *, most: int = WORDS_MOST) -> str:
    """Return the text, stripped, if it is short enough."""
    said = text.strip()
    if len(said) > most:
        raise NotUsable(
            _("Teks ini %(length)s karakter, paling banyak %(most)s. Persingkat.")
            % {"length": len(said), "most": most},
            field=field,
        )
    return said


def demand_no_claims(text: str, field: str) -> None:
    """Raise NotUsable for notes that tell of groups that somebody on the run claims to be of (R12): a visit is no place for them."""
    if warning := warning_of(text):
        raise NotUsable(warning, field=field)


def demand_staff(officer: Officer, by: Actor) -> None:
    """Raise NotUsable unless the officer serves in the own office, in a role that acts in the programme."""
    if not queries.office_staff(by.agency).filter(pk=officer.pk).exists():
        raise NotUsable(
            _(
                "Petugas ini tidak sedang bertugas di kantor Anda dengan peran yang menjalankan program. Pilih petugas lain."
            ),
            field="officer",
        )


def protection(place: Place, by: Actor, *, handling: str, retain_until: date) -> dict[str, Any]:
    """Return the columns that every protected row of this room carries."""
    return {
        "owner_id": by.agency,
        "place": place,
        "handling": handling,
        "purpose": PURPOSE,
        "legal_basis": legal_basis_for(PURPOSE),
        "retain_until": retain_until,
    }


def let_village_see(row: ProtectedRow, groups: Iterable[str], *, by: trail.Acting, at: datetime) -> None:
    """The government of the village that the row is about sees these groups of it from now on, if it is in the register."""
    owner = Agency.objects.get(pk=row.owner_id)
    village = (
        Agency.objects.filter(kind=VILLAGE_KIND, seat=row.place_id, is_active=True, country=owner.country)
        .exclude(pk=row.owner_id)
        .order_by("pk")
        .first()
    )
    if village is None:
        return
    category = category_of(type(row))
    fields = sorted(set(groups) | what_is_always_told(category))
    _grant, is_new = Grant.objects.get_or_create(
        record=row.pk, agency=village, because=row.ref,
        defaults={"category": category, "fields": fields, "valid_from": at, "cause": Grant.Cause.ADDRESS},
    )  # fmt: skip
    if is_new:
        trail.record(
            Trail.GRANT_GIVEN, by=by, at=at, on=row.ref, facts={"to": village.pk, "because": row.ref, "fields": fields}
        )
