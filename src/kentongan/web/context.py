"""What every page's frame shows."""

from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import cast

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from kentongan.agencies.models import Agency, Officer
from kentongan.agencies.rules import ROLE_LABELS
from kentongan.agreements.facts import Actor
from kentongan.agreements.need import waiting_for
from kentongan.messages.queries import unread
from kentongan.vocabulary.purposes import PURPOSE_LABELS

VERSION = version("kentongan")

# name of the address, label, the gate's category that the role must read ("" for everybody, "*" for administrators,
# "role:…" for these roles alone, "one+other" for roles that read both)
Entry = tuple[str, Promise, str]

NAVIGATION: tuple[tuple[Entry, ...], ...] = (
    (("home", pgettext_lazy("menu", "Beranda"), ""),),
    (("report_list", pgettext_lazy("menu", "Laporan"), "reports"),),
    (("event_list", pgettext_lazy("menu", "Kejadian"), "events"),),
    (
        ("finding_list", pgettext_lazy("menu", "Temuan"), "findings"),
        ("watch_list", pgettext_lazy("menu", "Pemantauan"), "findings"),
        ("count_table", pgettext_lazy("menu", "Jumlah"), "statistics"),
    ),
    (
        ("index_list", pgettext_lazy("menu", "Kerawanan"), "vulnerability"),
        ("vulnerability_map", pgettext_lazy("menu", "Peta kerawanan"), "vulnerability+findings"),
        ("route_list", pgettext_lazy("menu", "Jalur"), "findings"),
        ("factor_list", pgettext_lazy("menu", "Faktor"), "vulnerability+findings"),
        ("weighting_list", pgettext_lazy("menu", "Bobot"), "vulnerability+findings"),
        ("objection_list", pgettext_lazy("menu", "Keberatan"), "vulnerability"),
    ),
    (
        ("partner_list", pgettext_lazy("menu", "Program desa"), "programme"),
        ("programme_now", pgettext_lazy("menu", "Bulan ini"), "programme"),
    ),
    (
        ("alert_list", pgettext_lazy("menu", "Peringatan"), "alerts"),
        ("duty_desk", pgettext_lazy("menu", "Meja piket"), "alerts"),
        ("duty_list", pgettext_lazy("menu", "Piket"), "alerts"),
    ),
    (
        ("case_list", pgettext_lazy("menu", "Perkara"), "cases"),
        ("task_list", pgettext_lazy("menu", "Tugas"), "cases"),
        ("referral_list", pgettext_lazy("menu", "Rujukan"), "referrals"),
        ("identity_list", pgettext_lazy("menu", "Brankas"), "persons"),
        ("link_list", pgettext_lazy("menu", "Penautan"), "persons"),
    ),
    (("place_search", pgettext_lazy("menu", "Wilayah"), ""),),
    (
        ("instrument_list", pgettext_lazy("menu", "Perjanjian"), "instruments"),
        ("request_list", pgettext_lazy("menu", "Permintaan"), "role:coordinator|leader"),
        ("retention", pgettext_lazy("menu", "Retensi"), "role:coordinator|leader|overseer"),
        ("module_list", pgettext_lazy("menu", "Modul"), "role:overseer"),
    ),
    (("trail_list", pgettext_lazy("menu", "Jejak"), "role:overseer"),),
    (
        ("agency_list", pgettext_lazy("menu", "Instansi"), "*"),
        ("officer_list", pgettext_lazy("menu", "Petugas"), "*"),
    ),
    (
        ("outgoing_list", pgettext_lazy("menu", "Pesan keluar"), "*"),
        ("webhook_list", pgettext_lazy("menu", "Webhook"), "*"),
        ("ladder_policy", pgettext_lazy("menu", "Kebijakan peringatan"), "*"),
    ),
)
"""Each group is one entry, the first in it that the role may open; the others stand below it while one is open."""

ANSWERING = frozenset({"alerts", "cases", "referrals"})
"""Whoever acts on these sees the number of notices change; a reporter's telephone is not made to ask every second."""


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """One entry of the navigation; of a group, with the entries that stand below it."""

    address: str
    label: Promise
    is_current: bool
    group: tuple["NavigationItem", ...] = ()


def frame(request: HttpRequest) -> dict[str, object]:
    """Return what the frame shows: who acts for whom in which role and why, and where one may go."""
    actor: Actor | None = getattr(request, "actor", None)
    shown: dict[str, object] = {
        "actor": actor,
        "version": VERSION,
        "languages": settings.LANGUAGES,
    }
    if actor is not None:
        navigation = _navigation(actor, request.path)
        shown |= {
            "acting_agency": Agency.objects.filter(pk=actor.agency).first(),
            "role_label": ROLE_LABELS.get(actor.role, actor.role),
            "purpose_label": PURPOSE_LABELS[actor.purpose],
            "purposes": PURPOSE_LABELS.items(),
            "navigation": navigation,
            "inside": next((item.group for item in navigation if item.is_current and len(item.group) > 1), ()),
            "is_live": bool(ANSWERING & actor.acts),
            "unread_notices": unread(cast(Officer, request.user), agency=actor.agency).number,
            "broken_glass": waiting_for(actor, at=timezone.now()),
        }
    return shown


def _navigation(actor: Actor, path: str) -> list[NavigationItem]:
    groups = [_nearest([item for entry in group if (item := _item(entry, actor, path))]) for group in NAVIGATION]
    return [
        replace(group[0], is_current=any(item.is_current for item in group), group=tuple(group))
        for group in groups
        if group
    ]


def _nearest(group: list[NavigationItem]) -> list[NavigationItem]:
    """Return the group with one current entry at most: of addresses that lie in each other, the longest."""
    here = max((item.address for item in group if item.is_current), key=len, default="")
    return [replace(item, is_current=item.is_current and item.address == here) for item in group]


def _item(entry: Entry, actor: Actor, path: str) -> NavigationItem | None:
    name, label, needs = entry
    if not _may_open(needs, actor):
        return None
    try:
        address = reverse(name)
    except NoReverseMatch:
        return None
    return NavigationItem(address, label, path == address if address == "/" else path.startswith(address))


def _may_open(needs: str, actor: Actor) -> bool:
    if needs == "*":
        return actor.role == "administrator"
    if needs.startswith("role:"):
        return actor.role in needs.removeprefix("role:").split("|")
    return needs == "" or actor.reads.issuperset(needs.split("+"))
