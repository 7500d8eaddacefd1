"""Words on the screen for the codes of agencies."""

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
