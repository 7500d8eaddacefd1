"""Words on the screen for the codes of agencies."""

import re
from collections.abc import Collection
from typing import Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LEVELS: dict[str, str | Promise] = {
    "national": _("nasional"),
    "province": _("provinsi"),
    "regency": _("kabupaten"),
    "city": _("kota"),
    "district": _("kecamatan"),
    "village": _("desa"),
}
KINDS: dict[str, str | Promise] = {
    "immigration": _("imigrasi"),
    "police": _("kepolisian"),
    "military": _("militer"),
    "intelligence": _("intelijen"),
    "customs": _("bea cukai"),
    "narcotics": _("narkotika"),
    "labour": _("tenaga kerja"),
    "social": _("sosial"),
    "prosecution": _("kejaksaan"),
    "quarantine": _("karantina"),
    "election": _("pengawas pemilihan"),
    "local_government": _("pemerintah daerah"),
    "border_management": _("pengelola perbatasan"),
    "village": _("desa atau kelurahan"),
    "forum": _("forum"),
    "international": _("organisasi internasional"),
    "media": _("media"),
    "religious": _("lembaga keagamaan"),
    "religious_affairs": _("urusan agama"),
    "tourism": _("pariwisata"),
    "port_authority": _("kesyahbandaran"),
    "foreign_affairs": _("luar negeri"),
    "foreign_government": _("pemerintah asing"),
    "foreign_police": _("kepolisian asing"),
    "foreign_immigration": _("imigrasi asing"),
    "foreign_customs": _("bea cukai asing"),
    "foreign_military": _("militer asing"),
    "foreign_border": _("penjaga perbatasan asing"),
    "operator": _("pengelola pemasangan"),
}
COUNTRIES: dict[str, str | Promise] = {
    "ID": "Indonesia",
    "TL": "Timor-Leste",
    "AU": "Australia",
    "XX": _("antarnegara"),
}
NAME_KINDS: dict[str, str | Promise] = {
    "official": _("nama resmi"),
    "abbreviation": _("singkatan"),
    "alias": _("nama lain"),
    "position": _("sebutan jabatan"),
    "former": _("nama lama"),
}
FUNCTIONS: dict[str, str | Promise] = {
    "chair": _("ketua"),
    "daily_chair": _("ketua harian"),
    "secretariat": _("sekretariat"),
    "member": _("anggota"),
    "supporter": _("pendukung"),
}
ATTRIBUTES: dict[str, str | Promise] = {
    "class": _("Kelas"),
    "checkpoint": _("Tempat pemeriksaan imigrasi"),
    "programme": _("Program"),
}
MATTERS: dict[str, str | Promise] = {
    "foreigners": _("orang asing dan lintas batas"),
    "crime": _("tindak pidana"),
    "trafficking_investigation": _("penyidikan perdagangan orang"),
    "trafficking_policy": _("kebijakan perdagangan orang"),
    "goods": _("barang"),
    "narcotics": _("narkotika"),
    "migrant_workers": _("pekerja migran"),
    "victims": _("korban"),
    "prosecution": _("penuntutan"),
    "sea_policing": _("perairan"),
    "border_guard": _("pengamanan perbatasan"),
    "border_posts": _("pos lintas batas"),
    "quarantine": _("karantina"),
    "election": _("pemilihan"),
    "public_order": _("ketertiban umum"),
    "partner_villages": _("desa binaan"),
    "refugees": _("pengungsi"),
    "refugee_status": _("status pengungsi"),
    "return_and_reintegration_support": _("pemulangan dan reintegrasi"),
}


def word(labels: dict[str, str | Promise], code: str) -> str:
    """Return the label of a code, or the code itself where there is none yet."""
    return str(labels.get(code, code))


CATEGORIES: dict[str, str | Promise] = {
    "reports": _("laporan"),
    "readings": _("pembacaan"),
    "events": _("kejadian"),
    "findings": _("temuan"),
    "alerts": _("peringatan"),
    "cases": _("perkara"),
    "referrals": _("rujukan"),
    "persons": _("orang"),
    "crossings": _("perlintasan"),
    "protected_register": _("daftar terlindung"),
    "programme": _("desa binaan"),
    "vulnerability": _("kerawanan"),
    "coordination": _("koordinasi"),
    "instruments": _("instrumen"),
    "issues": _("isu"),
    "statistics": _("statistik"),
}


class Reaching(Protocol):
    """Whoever acts, as far as categories go."""

    @property
    def reads(self) -> Collection[str]: ...
    @property
    def acts(self) -> Collection[str]: ...


def scope_choices(actor: Reaching | None) -> list[tuple[str, str]]:
    """Return what a key of this actor can be narrowed to, in the order of the categories."""
    if actor is None:
        return []
    reads = [f"{category}:read" for category in CATEGORIES if category in actor.reads]
    acts = [f"{category}:write" for category in CATEGORIES if category in actor.acts]
    return [(scope, scope_words(scope)) for scope in (*reads, *acts)]


def scope_words(scope: str) -> str:
    """Return "membaca laporan" for "reports:read"."""
    category, _colon, verb = scope.partition(":")
    of = word(CATEGORIES, category)
    return str(_("mengubah %(what)s") if verb == "write" else _("membaca %(what)s")) % {"what": of}


BROWSERS = (
    ("Edge", r"Edg(?:e|A|iOS)?/"),
    ("Opera", r"OPR/|Opera"),
    ("Samsung Internet", r"SamsungBrowser/"),
    ("Firefox", r"Firefox/|FxiOS/"),
    ("Chrome", r"Chrome/|CriOS/"),
    ("Safari", r"Safari/"),
)
SYSTEMS = (
    ("Android", r"Android"),
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("Windows", r"Windows"),
    ("macOS", r"Mac OS X|Macintosh"),
    ("Linux", r"Linux|X11"),
)
"""The first that is found counts: browsers name their forerunners too."""


def device_words(user_agent: str) -> str:
    """Return "Chrome, Windows" for what a browser says of itself, or that it is not known."""
    found = [next((name for name, sign in table if re.search(sign, user_agent)), "") for table in (BROWSERS, SYSTEMS)]
    return ", ".join(filter(None, found)) or str(_("peramban tidak dikenal"))
