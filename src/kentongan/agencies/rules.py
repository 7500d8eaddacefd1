"""Who may administer what. No Django models here.

An administrator looks after the own agency and those that answer to it; the agency that operates the installation
looks after all. Administrators see configuration, never content: the gate gives their role no category.
"""

from dataclasses import dataclass
from typing import Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ADMINISTRATOR = "administrator"
OPERATOR_KIND = "operator"
"""The kind of the agency that runs the installation itself."""
CLOSED_KINDS = frozenset({"military", "foreign_military", "intelligence"})
"""The kinds for which the gate closes others' rows (R27)."""

ROLE_LABELS: dict[str, str | Promise] = {
    "reporter": _("Pelapor"),
    "village_official": _("Perangkat desa"),
    "post_officer": _("Petugas pos lintas batas"),
    "analyst": _("Analis"),
    "case_officer": _("Petugas perkara"),
    "protection_officer": _("Petugas pelindungan (Rudenim)"),
    "social_worker": _("Pekerja sosial"),
    "un_officer": _("Petugas IOM atau UNHCR"),
    "coordinator": _("Koordinator"),
    "leader": _("Pimpinan"),
    "liaison": _("Petugas penghubung"),
    "overseer": _("Pengawas"),
    "administrator": _("Administrator"),
}


class Administering(Protocol):
    """Whoever administers, as plain references."""

    @property
    def ref(self) -> str: ...
    @property
    def agency(self) -> str: ...
    @property
    def agency_kind(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def purpose(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Console:
    """Whoever sits at the machine itself: loads reference data and appoints the first administrator."""

    ref: str = "system:command"
    agency: str = ""
    agency_kind: str = OPERATOR_KIND
    role: str = ADMINISTRATOR
    purpose: str = "coordination"


def reaches_all(by: Administering) -> bool:
    """Tell whether this administrator looks after the whole installation."""
    return by.role == ADMINISTRATOR and by.agency_kind == OPERATOR_KIND


def may_administer(by: Administering, agency: str, *, below: frozenset[str]) -> bool:
    """Tell whether this administrator may change the agency; `below` are the agencies that answer to the own one."""
    return by.role == ADMINISTRATOR and (by.agency_kind == OPERATOR_KIND or agency == by.agency or agency in below)


def passes_kind_on(kind: str, country: str, *, home: str) -> bool:
    """Tell whether agencies below one of this kind and country are of its kind: closed kinds, and whoever is not of this state."""
    return kind in CLOSED_KINDS or country != home
