"""Modules with personal data are off until their impact assessment is recorded, and off again the moment it ends (R18).

Who records: an overseer of the agency that `HOME_AGENCY` names, or, where none is named, of any agency of this
installation's own state. That is our own rule: the law read (UU 27/2022 art. 34) asks the controller for the
assessment and does not say which officer records it. Administrators cannot: who runs the machine does not decide what it may hold.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.kit.errors import KentonganError
from kentongan.kit.periods import WIB
from kentongan.kit.shipped_tables import TableLine, table_entries

from .access import RoleMayNotAct
from .facts import Actor
from .models import ImpactAssessment

RECORDING_ROLE = "overseer"


class ModuleOff(KentonganError):
    """The module holds personal data and has no impact assessment in force."""

    code = "modules.off"


class UnknownModule(KentonganError):
    """No module of this name needs an assessment."""

    code = "modules.unknown"


class AssessmentRefused(KentonganError):
    """What is said about the assessment cannot be recorded."""

    code = "modules.assessment_refused"


@dataclass(frozen=True, slots=True)
class Module:
    """A part of the installation that holds data about persons, and which."""

    name: str
    labels: tuple[str, str]
    holdings: tuple[str, str]

    @property
    def label(self) -> str:
        return self.labels[_tongue()]

    @property
    def holds(self) -> str:
        return self.holdings[_tongue()]


@dataclass(frozen=True, slots=True)
class AssessmentDraft:
    """What an overseer states about an assessment; the paper itself is kept elsewhere, its fingerprint here."""

    title: str
    document_name: str
    document_checksum: str
    assessed_on: date
    approved_by: str  # the post that signed, not a name
    valid_to: date | None = None  # excluded


@cache
def modules() -> dict[str, Module]:
    """Return the modules that need an assessment, by name, as data/modules.csv lists them."""
    return {one.name: one for one in table_entries("kentongan.agreements", "data/modules.csv", _module)}


def assessments_in_force(at: datetime) -> dict[str, ImpactAssessment]:
    """Return for each module that is on the assessment that it stands on."""
    return {one.module: one for one in _in_force(at).order_by("assessed_on", "pk") if one.module in modules()}


def is_on(name: str, *, at: datetime) -> bool:
    """Return whether the module may be used at the instant."""
    return _in_force(at).filter(module=_known(name).name).exists()


def demand_module(name: str, *, at: datetime) -> None:
    """Raise ModuleOff unless an assessment of the module is in force at the instant."""
    if not is_on(name, at=at):
        raise ModuleOff(
            _(
                "Modul “%(module)s” mati: penilaian dampak pelindungan data pribadinya belum dicatat atau sudah berakhir. Pengawas instansi mencatatnya di halaman Modul."
            )
            % {"module": _known(name).label}
        )


def may_record(actor: Actor) -> bool:
    """Return whether this officer may switch modules on and off by recording and ending assessments."""
    home_agency = settings.HOME_AGENCY
    is_home = actor.agency == home_agency if home_agency else actor.state == actor.home
    return actor.role == RECORDING_ROLE and is_home


@transaction.atomic
def record_assessment(*, module: str, draft: AssessmentDraft, by: Actor, at: datetime) -> ImpactAssessment:
    """The module stands on this assessment from its day on; one that stood before it ends."""
    _demand_overseer(by)
    name = _known(module).name
    if faults := _faults(draft, at):
        raise AssessmentRefused(faults[0], details=faults)
    if _end_all(name, why=_("digantikan penilaian baru"), at=at):
        trail.record(Trail.ASSESSMENT_ENDED, by=by, at=at, on=f"module:{name}", why="replaced")
    made = ImpactAssessment.objects.create(
        module=name,
        title=draft.title.strip(),
        document_name=draft.document_name.strip(),
        document_checksum=draft.document_checksum,
        assessed_on=draft.assessed_on,
        valid_to=draft.valid_to,
        approved_by=draft.approved_by.strip(),
        recorded_by=by.ref,
        recorded_at=at,
    )
    facts = {
        "assessment": made.pk,
        "checksum": made.document_checksum,
        "assessed_on": made.assessed_on.isoformat(),
        "valid_to": made.valid_to.isoformat() if made.valid_to else None,
    }
    trail.record(Trail.ASSESSMENT_RECORDED, by=by, at=at, on=f"module:{name}", facts=facts)
    return made


@transaction.atomic
def end_assessment(*, module: str, why: str, by: Actor, at: datetime) -> int:
    """The module is off from this instant, whatever it stood on; return how many assessments ended."""
    _demand_overseer(by)
    name = _known(module).name
    if not why.strip():
        raise AssessmentRefused(_("Mematikan modul memerlukan alasan. Tuliskan alasannya."))
    ended = _end_all(name, why=why.strip()[:300], at=at)
    if ended:
        trail.record(Trail.ASSESSMENT_ENDED, by=by, at=at, on=f"module:{name}", why=why.strip()[:300])
    return ended


def _end_all(name: str, *, why: str, at: datetime) -> int:
    return ImpactAssessment.objects.filter(module=name, ended_at__isnull=True).update(ended_at=at, ended_why=why)


def _in_force(at: datetime) -> QuerySet[ImpactAssessment]:
    """Days begin at midnight in Jakarta, as for instruments."""
    day = at.astimezone(WIB).date()
    return ImpactAssessment.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=day),
        Q(ended_at__isnull=True) | Q(ended_at__gt=at),
        recorded_at__lte=at,
        assessed_on__lte=day,
    )


def _demand_overseer(by: Actor) -> None:
    if not may_record(by):
        raise RoleMayNotAct(
            _("Hanya pengawas instansi pengelola yang mencatat atau mengakhiri penilaian dampak. Mintalah kepadanya.")
        )


def _faults(draft: AssessmentDraft, at: datetime) -> list[str]:
    faults = []
    if not (draft.title.strip() and draft.document_name.strip() and draft.approved_by.strip()):
        faults.append(_("Judul, nama dokumen, dan jabatan yang mengesahkan wajib diisi."))
    if len(draft.document_checksum) != 64 or set(draft.document_checksum) - set("0123456789abcdef"):
        faults.append(_("Sidik dokumen harus SHA-256 dalam 64 angka heksadesimal. Unggah dokumennya lagi."))
    if draft.assessed_on > at.astimezone(WIB).date():
        faults.append(_("Penilaian ini bertanggal sesudah hari ini. Periksa tanggalnya."))
    if draft.valid_to is not None and draft.valid_to <= max(draft.assessed_on, at.astimezone(WIB).date()):
        faults.append(_("Masa berlakunya sudah lewat. Isi hari yang akan datang, atau kosongkan."))
    return faults


def _known(name: str) -> Module:
    try:
        return modules()[name]
    except KeyError:
        raise UnknownModule(_("Modul “%(module)s” tidak ada di daftar modul.") % {"module": name}) from None


def _module(line: TableLine) -> Module:
    return Module(
        line.required("module"),
        (line.required("label_id"), line.required("label_en")),
        (line.required("holds_id"), line.required("holds_en")),
    )


def _tongue() -> int:
    return 1 if (get_language() or "id").startswith("en") else 0
