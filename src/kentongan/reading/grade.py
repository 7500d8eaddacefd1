"""Grade a text as a source, as far as the text itself shows it (after the Admiralty system: A-F, 1-6)."""

import re
from collections.abc import Sequence

from kentongan.reading.model import AgencyMention, KindMention, SourceGrade, Speaker
from kentongan.reading.text import Document

# Every pattern is for text in small letters.
_NEWS_AGENCY = re.compile(r"\b(?:antara|tatoli|lusa|reuters|afp|kompas|tempo|detik)\w*")
_OFFICIAL_RELEASE = re.compile(
    r"\b(?:siaran pers|rilis resmi|keterangan resmi|humas|tribratanews|laporan informasi|lapinfo|laporan (?:kegiatan|kejadian|khusus|harian)|nota dinas|\.go\.id)\b",
)
_FIELD_REPORT = re.compile(
    r"\b(?:izin (?:komandan|pimpinan|melaporkan)|ijin melaporkan|dilaporkan (?:pada hari|sebagai berikut)|melaporkan (?:bahwa|sebagai berikut)|yth\.?|kepada yth|pimpasa|demikian (?:dilaporkan|laporan)|dokumentasi terlampir|nihil)\b",
)
_RUMOUR = re.compile(
    r"\b(?:kabarnya|konon|katanya (?:sih|ada|orang)|kabar burung|isu(?:nya)? beredar|beredar (?:kabar|informasi|pesan)|info dari (?:teman|tetangga|grup)|dengar-dengar|denger|belum (?:bisa )?dipastikan|belum terkonfirmasi|diteruskan|forwarded|viral)\b",
)
_FIRST_HAND = re.compile(
    r"\b(?:saya (?:melihat|lihat|menyaksikan)|kami (?:melihat|menemukan|mendapati)|melihat langsung|di lokasi kami|saksi mata)\b",
)
_ALLEGED = re.compile(
    r"\b(?:diduga|dugaan|terindikasi|terduga|disebut-sebut|suspeitu|alegad\w+|alleged\w*)\b",
)
_CONFIRMED = re.compile(
    r"\b(?:membenarkan|terbukti|terkonfirmasi|hasil pulbaket|hasil pemeriksaan|ditetapkan (?:sebagai )?tersangka|barang bukti|tertangkap tangan)\b",
)


def grade_source(
    document: Document,
    *,
    source: str,
    speakers: Sequence[Speaker],
    agencies: Sequence[AgencyMention],
    kinds: Sequence[KindMention],
) -> SourceGrade:
    """Return how far the source and the statement may be trusted, and why; a start for an officer, not a verdict."""
    reliability, why_source = _reliability(document, source)
    credibility, why_statement = _credibility(document, speakers, agencies, kinds)
    return SourceGrade(reliability, credibility, f"{why_source}; {why_statement}")


def _reliability(document: Document, source: str) -> tuple[str, str]:
    named = f"{document.outlet} {source}".lower()
    text = document.original.lower()
    if _RUMOUR.search(text) and not document.outlet:
        return "E", "sumber tidak disebut dan isinya kabar beredar"
    if not document.outlet and _FIELD_REPORT.search(text):
        return "B", "laporan petugas dari lapangan"
    if _OFFICIAL_RELEASE.search(text) or _OFFICIAL_RELEASE.search(named):
        return "B", "keterangan resmi instansi"
    if _NEWS_AGENCY.search(named):
        return "B", "kantor berita yang dikenal"
    if document.outlet or source:
        return "C", "media yang menyebut namanya"
    return "F", "sumber tidak dapat dinilai dari teks"


def _credibility(
    document: Document, speakers: Sequence[Speaker], agencies: Sequence[AgencyMention], kinds: Sequence[KindMention]
) -> tuple[int, str]:
    text = document.body.lower()
    officials = [speaker for speaker in speakers if speaker.role == "speaker" and (speaker.position or speaker.rank)]
    sides = {speaker.agency_id or speaker.position for speaker in officials}
    if not officials and _RUMOUR.search(text):
        return 5, "isinya kabar yang belum dipastikan"
    if len(sides) >= 2 and not _ALLEGED.search(text):
        return 1, "pejabat dari lebih dari satu instansi menyatakannya"
    if officials and (_CONFIRMED.search(text) or not _ALLEGED.search(text)):
        return 2, "seorang pejabat yang disebut namanya menyatakannya"
    if not officials and _FIRST_HAND.search(text):
        return 2, "pelapor melihat sendiri"
    if _ALLEGED.search(text):
        return 3, "baru dugaan"
    if agencies or kinds:
        return 3, "tidak ada yang disebut sebagai penyampainya"
    return 6, "tidak cukup isi untuk dinilai"
