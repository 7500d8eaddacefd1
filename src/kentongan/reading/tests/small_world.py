"""A small body of knowledge for tests: real units and offices, few enough to be read at a glance."""

from functools import cache

from kentongan.reading.agencies import AgencyFinder
from kentongan.reading.kinds import KindFinder
from kentongan.reading.knowledge import AgencyRow, FacilityRow, KindRow, PlaceRow
from kentongan.reading.places import PlaceFinder

_UNITS = """
ID|Indonesia|country|||NKRI,RI
TL|Timor-Leste|country|||Timor Leste,RDTL
MY|Malaysia|country|||
BD|Bangladesh|country|||
CN|Tiongkok|country|||Cina
MM|Myanmar|country|||
53|Nusa Tenggara Timur|province|ID|-9.4,123.5|NTT
53.01|Kupang|regency|53|-10.1,123.9|
53.01.06|Kupang Timur|district|53.01|-10.1,123.8|
53.01.06.2002|Tanah Putih|village|53.01.06|-10.1,123.8|
53.71|Kupang|city|53|-10.17,123.59|
53.71.02|Maulafa|district|53.71|-10.18,123.62|
53.71.02.1003|Penfui|village|53.71.02|-10.17,123.65|
53.04|Belu|regency|53|-9.1,124.9|
53.04.12|Kota Atambua|district|53.04|-9.1,124.89|Atambua
53.04.12.1003|Atambua|village|53.04.12|-9.1,124.89|
53.04.02|Tasifeto Timur|district|53.04|-9.0,124.95|Tastim
53.04.02.2001|Silawan|village|53.04.02|-8.99,124.93|
53.04.02.2005|Manleten|village|53.04.02|-9.03,124.93|
53.03|Timor Tengah Utara|regency|53|-9.4,124.5|TTU
53.03.05|Kota Kefamenanu|district|53.03|-9.44,124.48|Kefamenanu
53.03.05.1002|Aplasi|village|53.03.05|-9.44,124.49|
53.03.13|Mutis|district|53.03|-9.5,124.2|
53.03.13.2001|Tasinifu|village|53.03.13|-9.46,124.24|
53.21|Malaka|regency|53|-9.5,124.9|
53.09|Ngada|regency|53|-8.8,121.0|
53.07|Sikka|regency|53|-8.6,122.2|
36|Banten|province|ID|-6.4,106.1|
36.04|Serang|regency|36|-6.1,106.2|
36.04.05|Ciruas|district|36.04|-6.1,106.2|
36.04.05.2001|Sukamaju|village|36.04.05|-6.1,106.2|
36.73|Serang|city|36|-6.12,106.15|
65|Kalimantan Utara|province|ID|3.0,116.9|Kaltara
65.03|Nunukan|regency|65|4.1,117.3|
65.03.02|Nunukan|district|65.03|4.1,117.6|
65.03.12|Sebatik Tengah|district|65.03|4.15,117.8|
65.03.12.2001|Sungai Limau|village|65.03.12|4.15,117.8|
73|Sulawesi Selatan|province|ID|-4.0,120.0|Sulsel
73.72|Parepare|city|73|-4.0,119.6|
32|Jawa Barat|province|ID|-6.9,107.6|Jabar
32.03|Cianjur|regency|32|-6.8,107.1|
32.03.01|Sukaresmi|district|32.03|-6.7,107.0|
32.03.01.2001|Sukamaju|village|32.03.01|-6.7,107.0|
32.03.01.2002|Kantor|village|32.03.01|-6.7,107.0|
32.03.01.2003|Dalam|village|32.03.01|-6.7,107.0|
32.03.01.2004|Pada|village|32.03.01|-6.7,107.0|
32.03.01.2005|Sumber|village|32.03.01|-6.7,107.0|
32.03.01.2006|Jumat|village|32.03.01|-6.7,107.0|
32.03.01.2007|Myanmar|village|32.03.01|-6.7,107.0|
32.03.01.2008|Sei|village|32.03.01|-6.7,107.0|
32.03.01.2009|Bangun|village|32.03.01|-6.7,107.0|
TL-05|Bobonaro|municipality|TL|-8.95,125.2|
TL-0506|Maliana|post|TL-05|-8.98,125.2|
TL-050601|Holsa|suco|TL-0506|-8.99,125.2|
TL-07|Dili|municipality|TL|-8.55,125.57|
"""

_AGENCIES = """
polri|Kepolisian Negara Republik Indonesia|Polri|Kapolri|police|ID||national|
tni|Tentara Nasional Indonesia|TNI||military|ID||national|
polda-ntt|Kepolisian Daerah Nusa Tenggara Timur|Polda NTT|Mapolda NTT|police|ID|polri|province|53
polda-banten|Kepolisian Daerah Banten|Polda Banten||police|ID|polri|province|36
polres-kupang|Kepolisian Resor Kupang|Polres Kupang||police|ID|polda-ntt|regency|53.01
polres-kupangkota|Kepolisian Resor Kota Kupang Kota|Polresta Kupang Kota||police|ID|polda-ntt|city|53.71
polres-belu|Kepolisian Resor Belu|Polres Belu||police|ID|polda-ntt|regency|53.04
intelkam-belu|Satuan Intelkam Polres Belu|Intelkam Polres Belu||police|ID|polres-belu|regency|53.04
polres-ngada|Kepolisian Resor Ngada|Polres Ngada||police|ID|polda-ntt|regency|53.09
polres-malaka|Kepolisian Resor Malaka|Polres Malaka||police|ID|polda-ntt|regency|53.21
polres-ttu|Kepolisian Resor Timor Tengah Utara|Polres Timor Tengah Utara|Polres TTU|police|ID|polda-ntt|regency|53.03
ditjenim|Direktorat Jenderal Imigrasi|Ditjen Imigrasi|Imigrasi|immigration|ID||national|
kanim-atambua|Kantor Imigrasi Kelas II TPI Atambua|Kanim Atambua|Imigrasi Atambua|immigration|ID|ditjenim|regency|53.04
kanim-kupang|Kantor Imigrasi Kelas I TPI Kupang|Kanim Kupang|Imigrasi Kupang|immigration|ID|ditjenim|city|53.71
rudenim-kupang|Rumah Detensi Imigrasi Kupang|Rudenim Kupang|Rudenim|immigration|ID|ditjenim|city|53.71
djbc|Direktorat Jenderal Bea dan Cukai|DJBC|Bea Cukai,Bea dan Cukai|customs|ID||national|
bc-kupang|KPPBC Kupang|Bea Cukai Kupang||customs|ID|djbc|city|53.71
pemkab-belu|Pemerintah Kabupaten Belu|Pemkab Belu|Bupati Belu|local_government|ID||regency|53.04
kominda-kotakupang|Komunitas Intelijen Daerah Kota Kupang|Kominda Kota Kupang|Kominda|forum|ID||city|53.71
kodim-1605|Komando Distrik Militer 1605/Belu|Kodim 1605/Belu|Kodim 1605|military|ID|tni|regency|53.04
pamtas-timur|Satgas Pamtas RI-RDTL Sektor Timur|Satgas Pamtas Sektor Timur|Satgas Pamtas RI-RDTL|military|ID|tni|regency|53.04
pamtas-barat|Satgas Pamtas RI-RDTL Sektor Barat|Satgas Pamtas Sektor Barat||military|ID|tni|regency|53.03
bc-soetta|KPU Bea dan Cukai Soekarno-Hatta|Bea Cukai Soetta||customs|ID|djbc|city|
bin|Badan Intelijen Negara|BIN||intelligence|ID||national|
iom|Organisasi Internasional untuk Migrasi|IOM||international|XX||national|
pntl|Kepolisian Nasional Timor-Leste|PNTL|Kepolisian Timor Leste|foreign_police|TL||national|
plbn-motaain|Pengelola Pos Lintas Batas Negara Terpadu Mota'ain|PLBN Mota'ain||border_management|ID||village|53.04.02.2001
desa-silawan|Pemerintah Desa Silawan|Desa Silawan|Kades Silawan|village|ID|kanim-atambua|village|53.04.02.2001
antara|Kantor Berita ANTARA||ANTARA|media|ID||national|
"""

FACILITIES = (
    FacilityRow("motaain", "PLBN Mota'ain", "PLBN", ("Motaain", "Mota Ain"), ("53.04.02.2001",)),
    FacilityRow(
        "aplasi", "Pos Imigrasi Aplasi", "pos imigrasi", ("Pos Imigrasi di Aplasi",), ("53.03.05.1002", "53.03.13.2001")
    ),
)

KINDS = (
    KindRow("TPPO", "Perdagangan orang", "offence", ("TPPO", "perdagangan orang", "human trafficking")),
    KindRow("TPPO.ACT.HARBOUR", "Penampungan", "modus", ("menampung", "penampungan")),
    KindRow("TPPM", "Penyelundupan manusia", "offence", ("TPPM", "penyelundupan manusia")),
    KindRow("PMI.NP", "Pekerja migran nonprosedural", "issue", ("PMI ilegal", "calon pekerja migran")),
    KindRow("GDS", "Penyelundupan barang", "offence", ("penyelundupan", "penyelundupan barang")),
    KindRow("GDS.BBM", "Penyelundupan BBM", "offence", ("BBM", "minyak tanah")),
    KindRow("NARK", "Narkotika", "offence", ("narkotika", "narkoba")),
    KindRow("IM.CROSSER", "Pelintas batas ilegal", "movement", ("pelintas batas", "pelintas batas ilegal")),
    KindRow("IM.PLB", "Pas lintas batas", "movement", ("pas lintas batas", "PLB")),
    KindRow("IM.REFUGEE", "Pengungsi", "status", ("pengungsi",)),
    KindRow("RESP.ARREST", "Penangkapan", "response", ("ditangkap", "diamankan", "ditahan", "penangkapan")),
    KindRow("RESP.RESCUE", "Penyelamatan", "response", ("diselamatkan", "diamankan", "digagalkan")),
    KindRow("RESP.PATROL", "Patroli", "response", ("patroli", "patrullamentu")),
    KindRow("RESP.BAN", "Pencegahan dan penangkalan", "response", ("cekal", "penangkalan")),
    KindRow("RESP.SOSIALISASI", "Sosialisasi", "response", ("sosialisasi", "penyuluhan")),
    KindRow("PILK.HOAKS", "Hoaks", "issue", ("hoaks", "tráfiku falsu")),
)  # fmt: skip


@cache
def places() -> tuple[PlaceRow, ...]:
    """Return the units; the same object every time, so that the finders share their index."""
    rows = []
    for line in _UNITS.strip().splitlines():
        code, name, level, parent, point, others = line.split("|")
        lat, lon = (float(part) for part in point.split(",")) if point else (None, None)
        rows.append(PlaceRow(code, name, level, parent or None, lat, lon, tuple(filter(None, others.split(",")))))
    return tuple(rows)


@cache
def agencies() -> tuple[AgencyRow, ...]:
    """Return the agencies."""
    rows = []
    for line in _AGENCIES.strip().splitlines():
        key, name, abbrev, aliases, kind, country, parent, level, area = line.split("|")
        rows.append(
            AgencyRow(
                key,
                name,
                abbrev,
                tuple(filter(None, aliases.split(","))),
                kind,
                country,
                parent or None,
                level,
                area or None,
            )
        )
    return tuple(rows)


@cache
def place_finder() -> PlaceFinder:
    """Return a finder over the small gazetteer."""
    return PlaceFinder(places(), FACILITIES)


@cache
def agency_finder() -> AgencyFinder:
    """Return a finder over the small list."""
    return AgencyFinder(agencies(), places())


@cache
def kind_finder() -> KindFinder:
    """Return a finder over the small vocabulary."""
    return KindFinder(KINDS)
