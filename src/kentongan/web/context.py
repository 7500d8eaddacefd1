"""What every page's frame shows."""

from dataclasses import dataclass
from importlib.metadata import version

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from kentongan.agencies.models import Agency
from kentongan.agencies.rules import ROLE_LABELS
from kentongan.agreements.facts import Actor
from kentongan.agreements.need import waiting_for
from kentongan.vocabulary.purposes import PURPOSE_LABELS

VERSION = version("kentongan")

# name of the address, label, the gate's category that the role must read ("" for everybody, "*" for administrators,
# "role:…" for these roles alone)
NAVIGATION: tuple[tuple[str, Promise, str], ...] = (
    ("home", pgettext_lazy("menu", "Beranda"), ""),
    ("report_list", pgettext_lazy("menu", "Laporan"), "reports"),
    ("event_list", pgettext_lazy("menu", "Kejadian"), "events"),
    ("finding_list", pgettext_lazy("menu", "Temuan"), "findings"),
    ("alert_list", pgettext_lazy("menu", "Peringatan"), "alerts"),
    ("watch_list", pgettext_lazy("menu", "Pemantauan"), "findings"),
    ("place_search", pgettext_lazy("menu", "Wilayah"), ""),
    ("instrument_list", pgettext_lazy("menu", "Perjanjian"), "instruments"),
    ("count_table", pgettext_lazy("menu", "Jumlah"), "statistics"),
    ("identity_list", pgettext_lazy("menu", "Brankas"), "persons"),
    ("trail_list", pgettext_lazy("menu", "Jejak"), "role:overseer"),
    ("request_list", pgettext_lazy("menu", "Permintaan"), "role:coordinator|leader"),
    ("retention", pgettext_lazy("menu", "Retensi"), "role:coordinator|leader|overseer"),
    ("module_list", pgettext_lazy("menu", "Modul"), "role:overseer"),
    ("agency_list", pgettext_lazy("menu", "Instansi"), "*"),
    ("officer_list", pgettext_lazy("menu", "Petugas"), "*"),
)


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """One entry of the main navigation."""

    address: str
    label: Promise
    is_current: bool


def frame(request: HttpRequest) -> dict[str, object]:
    """Return what the frame shows: who acts for whom in which role and why, and where one may go."""
    actor: Actor | None = getattr(request, "actor", None)
    shown: dict[str, object] = {
        "actor": actor,
        "version": VERSION,
        "languages": settings.LANGUAGES,
    }
    if actor is not None:
        shown |= {
            "acting_agency": Agency.objects.filter(pk=actor.agency).first(),
            "role_label": ROLE_LABELS.get(actor.role, actor.role),
            "purpose_label": PURPOSE_LABELS[actor.purpose],
            "purposes": PURPOSE_LABELS.items(),
            "navigation": _navigation(actor, request.path),
            "broken_glass": waiting_for(actor, at=timezone.now()),
        }
    return shown


def _navigation(actor: Actor, path: str) -> list[NavigationItem]:
    items = []
    for name, label, needs in NAVIGATION:
        if needs == "*" and actor.role != "administrator":
            continue
        if needs.startswith("role:"):
            if actor.role not in needs.removeprefix("role:").split("|"):
                continue
        elif needs not in ("", "*") and needs not in actor.reads:
            continue
        try:
            address = reverse(name)
        except NoReverseMatch:
            continue
        is_current = path == address if address == "/" else path.startswith(address)
        items.append(NavigationItem(address, label, is_current))
    return items
