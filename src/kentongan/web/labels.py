"""Words on the screen for codes of lower rooms: purposes and roles."""

from django.utils.translation import gettext_lazy as _

PURPOSE_LABELS = {
    "prevention": _("Pencegahan"),
    "border_management": _("Pengelolaan perbatasan"),
    "investigation": _("Penyelidikan dan penyidikan"),
    "victim_protection": _("Pelindungan korban"),
    "oversight": _("Pengawasan"),
    "coordination": _("Koordinasi"),
}

ROLE_LABELS = {
    "reporter": _("Pelapor"),
    "village_official": _("Perangkat desa"),
    "post_officer": _("Petugas pos lintas batas"),
    "analyst": _("Analis"),
    "case_officer": _("Petugas perkara"),
    "coordinator": _("Koordinator"),
    "leader": _("Pimpinan"),
    "liaison": _("Petugas penghubung"),
    "overseer": _("Pengawas"),
    "administrator": _("Administrator"),
}

LEVEL_LABELS = {
    "country": _("negara"),
    "province": _("provinsi"),
    "regency": _("kabupaten"),
    "city": _("kota"),
    "district": _("kecamatan"),
    "village": _("desa atau kelurahan"),
    "municipality": _("munisipio"),
    "post": _("posto administrativo"),
    "suco": _("suco"),
    "aldeia": _("aldeia"),
    "sea": _("wilayah laut"),
}

SCHEME_LABELS = {
    "kemendagri": "Kemendagri",
    "bps": "BPS",
    "tl-intl-2024": "Timor-Leste 2024",
    "tl-pnds": "PNDS",
    "iso-3166-1": "ISO 3166-1",
    "kentongan": "Kentongan",
}
