"""How simulated offices word their reports: terse field reports, short news, and "nothing to report"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from .scenario import Happening, Village

DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip

FIELD = {
    "PMI.NP": (
        "{n} orang calon pekerja migran nonprosedural asal {tempat} hendak diberangkatkan ke Malaysia tanpa dokumen penempatan. Seorang perekrut dari luar desa menjanjikan pekerjaan di kebun sawit.",
        "warga {tempat} menyampaikan bahwa {n} orang warga setempat direkrut sebagai PMI nonprosedural. Keluarga menerima uang muka dari perekrut.",
    ),
    "TPPO": (
        "keluarga di {tempat} melaporkan dugaan perdagangan orang. {n} orang warga direkrut dengan janji gaji tinggi, lalu paspor mereka ditahan di tempat penampungan.",
        "ditemukan dugaan TPPO di {tempat}. {n} orang korban ditampung di sebuah rumah dan tidak diizinkan menghubungi keluarga.",
    ),
    "PMI.AKAD_NP": (
        "{n} orang calon tenaga kerja antardaerah dari {tempat} akan diberangkatkan ke Balikpapan, Kalimantan Timur, tanpa SPP AKAD. Perekrut tidak dapat menunjukkan surat persetujuan penempatan.",
    ),
    "IM.CROSSER": (
        "{n} orang pelintas batas ilegal terlihat melewati jalan tikus di {tempat}. Mereka tidak membawa dokumen perjalanan.",
        "warga {tempat} melihat {n} orang melintas secara ilegal pada malam hari. Rombongan berjalan kaki melalui jalan tikus.",
    ),
    "TPPM": (
        "diduga terjadi penyelundupan manusia di {tempat}. {n} orang asing tanpa dokumen diantar dengan perahu oleh dua orang warga.",
        "petugas menerima informasi penyelundupan orang di {tempat}. {n} orang warga negara asing ditampung di dekat pantai untuk diseberangkan.",
    ),
    "GDS.BBM": (
        "ditemukan penyelundupan BBM di {tempat}. Sebanyak {jumlah} liter minyak tanah dalam jeriken disembunyikan di semak.",
        "{jumlah} liter solar diduga akan diselundupkan dari {tempat}. Kendaraan pengangkut ditinggalkan pengemudinya.",
    ),
    "GDS.ROKOK": ("ditemukan {jumlah} karton rokok ilegal tanpa pita cukai di sebuah gudang di {tempat}.",),
    "GDS.PAKAIAN": ("ditemukan {jumlah} bal pakaian bekas impor di {tempat}. Barang diturunkan pada malam hari.",),
    "GDS.TERNAK": ("{n} ekor sapi diduga akan diselundupkan dari {tempat} tanpa dokumen karantina.",),
    "NARK.SABU": (
        "diduga terjadi peredaran sabu di {tempat}. {n} orang terlihat menerima paket kiriman dan pergi dengan sepeda motor.",
    ),
    "NARK.GANJA": ("ditemukan ganja dalam paket kiriman untuk alamat di {tempat}. Penerima tidak dikenal warga.",),
}

NEWS_LEAD = {
    "PMI.NP": "{n} orang calon pekerja migran nonprosedural",
    "TPPO": "{n} orang korban dugaan perdagangan orang",
    "PMI.AKAD_NP": "{n} orang calon tenaga kerja tanpa SPP AKAD",
    "IM.CROSSER": "{n} orang pelintas batas ilegal",
    "TPPM": "{n} orang asing korban penyelundupan manusia",
    "GDS.BBM": "{jumlah} liter BBM selundupan",
    "GDS.ROKOK": "{jumlah} karton rokok ilegal",
    "GDS.PAKAIAN": "{jumlah} bal pakaian bekas impor",
    "GDS.TERNAK": "{n} ekor sapi selundupan",
    "NARK.SABU": "paket berisi sabu",
    "NARK.GANJA": "paket berisi ganja",
}


@dataclass(frozen=True, slots=True)
class Told:
    """One simulated text with its heading and source."""

    title: str
    text: str
    source: str


def field_report(happening: Happening, at: datetime, rng: np.random.Generator) -> Told:
    """Return a short report as a village officer would send it."""
    variants = FIELD[happening.kind]
    sentence = variants[int(rng.integers(len(variants)))].format(**_slots(happening))
    zone = at.strftime("%Z")
    text = f"Laporan informasi. Pada hari {written_day(at.date())} sekitar pukul {at:%H.%M} {zone}, {sentence} Informasi diteruskan untuk pendalaman."
    return Told(f"Laporan informasi {happening.village.name}", text, "Petugas lapangan (simulasi)")


def news_report(happening: Happening, at: datetime, rng: np.random.Generator) -> Told:
    """Return the same happening as a newspaper would tell it, in other words."""
    lead = NEWS_LEAD[happening.kind].format(**_slots(happening))
    place = _slots(happening)["tempat"]
    verb = ("ditemukan", "terungkap")[int(rng.integers(2))]
    opening = lead[0].upper() + lead[1:]
    text = (
        f"{happening.village.regency} - {opening} {verb} di {place}, {written_day(at.date())}. "
        "Keterangan itu disampaikan warga kepada petugas setempat. "
        "Petugas menyatakan masih mendalami kejadian tersebut dan meminta warga melapor bila melihat hal serupa."
    )
    return Told(f"{opening} {verb} di {happening.village.regency}", text, "Kabar Simulasi")


def nil_report(village: Village, monday: date) -> Told:
    """Return the weekly report that there is nothing to report."""
    sunday = monday + timedelta(days=6)
    text = f"Laporan nihil {_unit(village)} untuk {written_date(monday)} sampai {written_date(sunday)}: tidak ada keberangkatan, tidak ada orang asing."
    return Told(f"Nihil {village.name}", text, "Petugas desa (simulasi)")


def written_day(day: date) -> str:
    """Return the day as Indonesian texts write it: "Senin, 3 Maret 2025"."""
    return f"{DAYS[day.weekday()]}, {written_date(day)}"


def written_date(day: date) -> str:
    """Return the date as Indonesian texts write it: "3 Maret 2025"."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _unit(village: Village) -> str:
    word = "Kelurahan" if village.code.split(".")[-1].startswith("1") else "Desa"
    return f"{word} {village.name}"


def _slots(happening: Happening) -> dict[str, object]:
    village = happening.village
    is_city = village.regency_code.split(".")[1] >= "71"
    where = f"{_unit(village)}, Kecamatan {village.district}, {'Kota' if is_city else 'Kabupaten'} {village.regency}"
    return {"n": happening.persons, "jumlah": happening.persons * 15, "tempat": where}
