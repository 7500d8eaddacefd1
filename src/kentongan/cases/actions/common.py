"""What the deeds of this room share: who may, what a number is, how a state changes, how a part is shown to another agency."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from kentongan.agencies.models import Agency
from kentongan.agreements.access import category_of, demand_act, demand_person, not_visible
from kentongan.agreements.facts import Actor
from kentongan.agreements.fields import every_group, what_is_always_told
from kentongan.agreements.models import Grant, ProtectedRow
from kentongan.agreements.registry import handling_of
from kentongan.agreements.rules import CLOSED_KINDS
from kentongan.agreements.sending import clauses_that_carry, groups_carried
from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.kit.errors import KentonganError

from ..models import Case, CaseAgency, CaseSeries
from ..rules import CASES, may_step

WORD_MOST = 500


class ChangedMeanwhile(KentonganError):
    """Another officer was quicker."""

    code = "cases.changed_meanwhile"


class StepNotAllowed(KentonganError):
    """The state does not lead there."""

    code = "cases.step_not_allowed"


class ReasonMissing(KentonganError):
    """The deed needs its reason."""

    code = "cases.reason_missing"


class NotTheLead(KentonganError):
    """The deed belongs to the lead agency."""

    code = "cases.not_the_lead"


class NotAsked(KentonganError):
    """The step belongs to the other side."""

    code = "cases.not_asked"


class NotAddressable(KentonganError):
    """This agency cannot take part."""

    code = "cases.not_addressable"


class NoInstrument(KentonganError):
    """No agreement in force carries this to an agency of another state or organisation (R21)."""

    code = "cases.no_instrument"


class StaysWithOwner(KentonganError):
    """Records on refugees and asylum-seekers are not shown to anybody else (R11)."""

    code = "cases.protected_stays_with_owner"


class CaseClosed(KentonganError):
    """Nothing is added to a closed case."""

    code = "cases.closed"


class Unusable(KentonganError):
    """What was given cannot be recorded."""

    code = "cases.unusable"


def today(at: datetime) -> date:
    """Return the civil day of the installation."""
    return timezone.localdate(at)


def demand_lead(case: Case, by: Actor, *, even_closed: bool = False) -> None:
    """Raise unless an officer of the lead agency acts, in a role that changes cases, on a case that is not closed."""
    demand_person(by)
    demand_act(by, CASES)
    if case.owner_id != by.agency:
        raise NotTheLead(_("Langkah ini dilakukan oleh instansi utama perkara. Mintalah lewat catatan bersama."))
    if not even_closed:
        demand_open(case)


def demand_open(case: Case) -> None:
    """Raise CaseClosed where the case is closed as it is stored now."""
    if Case.objects.filter(pk=case.pk, state=Case.State.CLOSED).exists():
        raise CaseClosed(_("Perkara ini sudah ditutup. Buka kembali dengan alasan sebelum menambah sesuatu."))


def is_supporting(case: Case, agency: str) -> bool:
    """Tell whether the agency supports the case now."""
    return CaseAgency.objects.filter(case=case.pk, agency=agency, left_at__isnull=True).exists()


def demand_member(case: Case, by: Actor) -> None:
    """Raise NotVisible unless an officer of the lead or of a supporting agency acts, in a role that changes cases.

    A case that became protected is its owner's alone: who supports it takes no part in it any more.
    """
    demand_person(by)
    demand_act(by, CASES)
    if case.owner_id == by.agency:
        return
    if not is_supporting(case, by.agency) or handling_of(case) == "protected":
        raise not_visible()


def reason(written: str, ask: str, *, most: int = WORD_MOST) -> str:
    """Return what was written, stripped; raise ReasonMissing, with what is asked for, where it is empty."""
    if not (said := written.strip()):
        raise ReasonMissing(ask)
    return said[:most]


def changed_meanwhile() -> ChangedMeanwhile:
    """Return the refusal for whoever comes second."""
    return ChangedMeanwhile(_("Sudah diubah oleh petugas lain. Muat ulang halamannya dan lihat keadaan terbaru."))


def step(
    row: Any, steps: Mapping[str, frozenset[str]], version: int, to: str, *, by: Actor, at: datetime, note: str, **changes: Any
) -> None:  # fmt: skip
    """Set the state if the row is still as the officer saw it, and write the step down."""
    now = type(row)._base_manager.values_list("state", "version").get(pk=row.pk)
    if now[1] != version:
        raise changed_meanwhile()
    if to not in steps or not may_step(steps, now[0], to):
        raise StepNotAllowed(_("Keadaan sekarang tidak mengizinkan langkah itu. Muat ulang halamannya."))
    won = type(row)._base_manager.filter(pk=row.pk, state=now[0], version=version).update(
        state=to, version=F("version") + 1, **changes
    )  # fmt: skip
    if not won:
        raise changed_meanwhile()
    link = row._meta.get_field("steps")
    link.related_model._base_manager.create(
        **{link.field.name: row}, state=to, at=at, by=by.ref, agency=by.agency, note=note.strip()[:WORD_MOST]
    )


def label(letter: str, agency: str, at: datetime, *, what: str) -> str:
    """Return the agency's next label of the year; no two rows get the same, for the series is locked until commit."""
    year = today(at).year
    series, _is_new = CaseSeries.objects.get_or_create(owner_id=agency, what=what, year=year)
    CaseSeries.objects.filter(pk=series.pk).update(last=F("last") + 1)
    series.refresh_from_db()
    return f"{letter}/{series.last}/{year}"


def demand_addressable(to: Agency) -> None:
    """Raise NotAddressable for forums, closed agencies, and those that see of others only alerts (R27)."""
    if not to.is_active or to.is_forum:
        raise NotAddressable(
            _("%(agency)s tidak dapat dituju: forum atau instansi yang sudah ditutup.") % {"agency": to}
        )
    if to.kind in CLOSED_KINDS:
        raise NotAddressable(
            _(
                "%(agency)s hanya menerima peringatan yang ditujukan kepadanya, bukan perkara atau rujukan. "
                "Kirimlah peringatan, atau pilih instansi lain."
            )
            % {"agency": to}
        )


def demand_not_protected(row: ProtectedRow) -> None:
    """Raise StaysWithOwner where the record, or something that it is about, is protected: nobody else would see it."""
    if handling_of(row) == "protected":
        raise StaysWithOwner(
            _(
                "Catatan tentang pengungsi atau pencari suaka hanya terbuka bagi instansi pemiliknya dan tidak dibagikan. "
                "Bila instansi lain harus menolong, hubungilah langsung tanpa mengirim catatan ini."
            )
        )


def show_part(
    row: ProtectedRow, to: Agency, groups: Iterable[str], *, cause: Grant.Cause, because: str, by: Actor, at: datetime
) -> list[str]:
    """Let the agency see these groups of the row from now on, and return which they are.

    To another state or organisation no more than the clauses in force carry; without any, NoInstrument.
    """
    category = category_of(type(row))
    demand_not_protected(row)
    demand_addressable(to)
    if unknown := set(groups) - every_group(category):
        raise Unusable(_("Kelompok isian ini tidak dikenal: %(names)s.") % {"names": ", ".join(sorted(unknown))})
    shown = set(groups) | what_is_always_told(category)
    refs: list[str] = []
    if to.country != row.owner.country:
        clauses = clauses_that_carry(row, category, to=to, by=by, at=at)
        refs = [clause.ref for clause in clauses]
        shown &= set(groups_carried(clauses, category)) | (what_is_always_told(category) if clauses else set())
    if not shown:
        raise NoInstrument(
            _("%(agency)s bukan instansi negara Anda dan belum ada instrumen yang berlaku untuk itu.") % {"agency": to}
        )
    fields = sorted(shown)
    Grant.objects.create(
        category=category, record=row.pk, agency=to, fields=fields, valid_from=at, cause=cause, because=because, under=refs
    )  # fmt: skip
    facts = {"to": to.pk, "because": because, "fields": fields, **({"clauses": refs} if refs else {})}
    trail.record(Trail.GRANT_GIVEN, by=by, at=at, on=row.ref, facts=facts)
    return fields


def end_grants(because: str, *, at: datetime) -> None:
    """Nobody sees anything by these grants any more; one that began at this very instant never was."""
    standing = Grant.objects.filter(because=because, valid_to__isnull=True)
    standing.filter(valid_from__lt=at).update(valid_to=at)
    standing.filter(valid_from__gte=at).delete()
