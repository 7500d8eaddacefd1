"""Find agreements, letters of support and decrees that exist or are being signed, with parties and day.

"Kerja sama" in general is no instrument, and neither is one that is only planned, wished for or being drafted.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Literal

from kentongan.reading.model import AgencyMention, DateMention, Instrument
from kentongan.reading.text import Document, matches_at, words_in
from kentongan.reading.words import words_of

InstrumentType = Literal["PKS", "MoU", "surat_dukungan", "SK", "other"]

_SIGNED = (
    r"(?:men(?:anda)?tandatangani|tanda ?tangani|menandatangani|ditandatangani(?:nya)?|penandatanganan|tanda tangan|meneken|diteken(?:nya)?|teken|menyepakati|disepakati(?:nya)?|menyerahkan|diserahkan|penyerahan"
    r"|diterbitkan|menerbitkan|dikeluarkan|mengeluarkan|asina|asinatura|assin\w+|sign(?:ed|ing))"
)
_TYPES: tuple[tuple[InstrumentType, re.Pattern[str]], ...] = (
    ("PKS", re.compile(r"\b(?:(?:surat |naskah |dokumen )*perjanjian ker ?ja ?sama(?:\s*\(PKS\))?|PKS(?!\s+(?:dan|,)?\s*(?:PDIP|Golkar|PKB|Gerindra|Demokrat|Nasdem))|akordu kooperasaun|acordo de cooperação|cooperation agreement)\b", re.IGNORECASE)),
    ("PKS", re.compile(rf"\b{_SIGNED}\s+(?:(?:dokumen|naskah|surat|kesepakatan|nota)\s+)?ker ?ja ?sama\b", re.IGNORECASE)),
    ("MoU", re.compile(r"\b(?:nota kesepahaman|nota kesepakatan|nota kerja ?sama|kesepakatan bersama|memorandum of understanding|memorandum saling pengertian|MoU|memorando de entendimento|memorandu entendimentu|memorandum kesepahaman)\b(?:\s*(?:atau|/)?\s*\(?(?:MoU|memorandum of understanding)\)?)?", re.IGNORECASE)),
    ("surat_dukungan", re.compile(r"\b(?:surat (?:pernyataan )?dukungan|carta de apoio|letter of support)\b", re.IGNORECASE)),
    ("SK", re.compile(r"\b(?:SK\b(?=\s+(?:Nomor|No\.?|Bupati|Wali ?[Kk]ota|Gubernur|Menteri|Kepala|Kakanim|Kakanwil|Kapolri|Kapolda|Direktur|Dirjen|penetapan|pembentukan|pengangkatan|Desa|tentang|tersebut|itu))|Surat Keputusan\b(?:\s*\(SK\))?|Keputusan (?:Bupati|Wali ?[Kk]ota|Gubernur|Menteri|Presiden|Kepala Kantor Imigrasi|Direktur Jenderal) (?:[\w ]{0,30}?)?(?=Nomor|No\.|tentang))", re.IGNORECASE)),
    ("other", re.compile(r"\b(?:perjanjian ekstradisi|deklarasi bersama|komunike bersama|pakta integritas|berita acara serah terima|joint statement|piagam kerja ?sama)\b", re.IGNORECASE)),
)  # fmt: skip
# The words that a name of an instrument, or a verb of signing one, begins with.
_FIRST_WORDS = words_in("instrument_words.txt")
_FIRST_PARTS = ("assin", "sign", "tandatangan")
_SIGNED_NEAR = re.compile(rf"\b{_SIGNED}\b", re.IGNORECASE)
_EXISTING = re.compile(
    r"\b(?:tindak lanjut(?:i| dari)?|menindaklanjuti|berdasarkan|sesuai|merujuk|mengacu|sebagaimana|implementasi|pelaksanaan|dasar|melalui|lewat|dengan adanya|tertuang dalam|diatur dalam|pedoman"
    r"|adendum|telah|sudah|ini|tersebut|itu|berlaku|nomor|no\.|tentang|ruang lingkup|masa berlaku)\b",
    re.IGNORECASE,
)
_NOT_YET = re.compile(
    r"\b(?:akan|rencana(?:nya)?|berencana|direncanakan|segera|perlu(?:nya)?|diperlukan|butuh|harus ada|diharapkan|berharap|mengusulkan|usul(?:an)?|mendorong|membahas|pembahasan|draf(?:t)?|rancangan|menyusun|penyusunan"
    r"|merumuskan|menyiapkan|persiapan|penjajakan|menjajaki|belum (?:ada|memiliki|menandatangani)|tidak (?:ada|memiliki)|tanpa|calon|kemungkinan|sedang (?:disusun|dibahas)|sei|será|will|plan)\b[^.;\"]{0,60}$",
    re.IGNORECASE,
)
_PARTY = re.compile(
    r"\bPKS\b(?=[^.]{0,60}\b(?:partai|fraksi|kader|caleg|DPW|DPD|DPP)\b)|\b(?:partai|fraksi|kader|DPW|DPD|DPP|politikus|politisi)\s+PKS\b",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"\s*(?:\([^)]{1,20}\)\s*)?(?:(?:ini|itu|tersebut)\s+)?(?P<subject>(?:tentang|terkait|mengenai|soal|dalam rangka|dalam|untuk|guna|terhadap|bidang|di bidang|kona-ba|sobre|on)\s+.{6,200}?)(?=[,.;\"\n]|\s+(?:yang (?:diteken|ditandatangani|disepakati)|dilakukan|digelar|pada (?:hari|tanggal)|antara|di (?:aula|ruang|kantor|markas|mako|hotel))\b|$)",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\bantara\b", re.IGNORECASE)
_BETWEEN_END = re.compile(r"\byang\b|[.;\n]|\b(?:tentang|terkait|mengenai|untuk|dalam rangka)\b", re.IGNORECASE)
_NUMBERED = re.compile(r"[\w ]{0,40}\b(?:nomor|no\.)", re.IGNORECASE)
_WITH = re.compile(r"\b(?:dengan|bersama|ho|com|with)\b")
_CLAUSE_START = re.compile(r"[,;]|\bsebagai tindak lanjut\b|\bmerupakan\b")
_SAME_OCCASION = re.compile(
    r"\b(?:pada |dalam )?(?:kesempatan|saat|momen|waktu|acara|kegiatan)(?: yang)? (?:sama|itu|tersebut)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Found:
    type: InstrumentType
    start: int
    end: int
    sentence: int
    signed: bool
    strong: bool  # signed, dated or numbered here: not merely named


@dataclass(frozen=True, slots=True)
class _Named:
    """A place where words name an instrument, whether it exists or not."""

    type: InstrumentType
    start: int
    end: int


def find_instruments(
    document: Document, dates: Sequence[DateMention], agencies: Sequence[AgencyMention]
) -> tuple[Instrument, ...]:
    """Return each signed or existing instrument once, with the parties and the day that its sentences give."""
    named = _named(document)
    if not named:
        return ()
    agencies = _by_full_names(document, agencies)
    instruments: list[tuple[_Found, Instrument]] = []
    for item in (found for mention in named if (found := _found(document, mention))):
        _add(instruments, item, _instrument(document, item, named, dates, agencies))
    return tuple(
        _with_fallback_parties(document, item, instrument, agencies)
        for item, instrument in instruments
        if item.strong or instrument.parties or instrument.day
    )


def _add(instruments: list[tuple[_Found, Instrument]], item: _Found, instrument: Instrument) -> None:
    """Add an instrument, or join it with the one that it names again."""
    for index, (first, other) in enumerate(instruments):
        if _is_same(other, instrument):
            stronger = item.strong and not first.strong
            instruments[index] = (item if stronger else first, _merged(other, instrument, prefer_second=stronger))
            return
    instruments.append((item, instrument))


def _named(document: Document) -> list[_Named]:
    body = document.body
    words = words_of(body)
    starts = [
        start
        for start, word in zip(words.starts, words.folded, strict=True)
        if word in _FIRST_WORDS or word.startswith(_FIRST_PARTS)
    ]
    named: list[_Named] = []
    for kind, pattern in _TYPES if starts else ():
        for match in matches_at(pattern, body, starts):
            if not any(other.start < match.end() and match.start() < other.end for other in named):
                named.append(_Named(kind, match.start(), match.end()))
    return sorted(named, key=lambda mention: mention.start)


def _found(document: Document, named: _Named) -> _Found | None:
    """Return the mention when it is of a signed or existing instrument, else None."""
    index = document.sentence_index_at(named.start)
    if index < 0:
        return None
    sentence = document.sentences[index]
    text = document.body[sentence.start : max(sentence.end, named.end)]
    before, after = text[: named.start - sentence.start], text[named.end - sentence.start :]
    if named.type == "PKS" and _PARTY.search(text):
        return None
    if _NOT_YET.search(before[-100:]) and not _already_signed(before, after):
        return None
    own = document.body[named.start : named.end]
    signed = any(_SIGNED_NEAR.search(part) for part in (own, before[-90:], after[:110]))
    numbered = _NUMBERED.match(after) is not None
    clause = _CLAUSE_START.split(before)[-1]
    if not (signed or numbered or _EXISTING.search(clause[-60:]) or _EXISTING.match(after.lstrip()[:20])):
        return None
    return _Found(named.type, named.start, named.end, index, signed, signed or numbered)


def _by_full_names(document: Document, agencies: Sequence[AgencyMention]) -> list[AgencyMention]:
    """Return the agencies with the abbreviations that the text itself explains ("Kementerian Contoh (Kemencon)") written out."""
    full: dict[str, str] = {}
    for first, second in pairwise(agencies):
        bracketed = document.body[first.evidence.end : second.evidence.start].strip() == "("
        if bracketed and first.agency_id is None and second.agency_id is None:
            full[second.name] = first.name
    return [replace(mention, name=full.get(mention.name, mention.name)) for mention in agencies]


def _already_signed(before: str, after: str) -> bool:
    """Say whether the sentence says outright that the instrument was signed, whatever else it plans."""
    return (
        re.match(r"[^.,]{0,80}\byang (?:telah |sudah )?(?:diteken|ditandatangani|disepakati)\b", after) is not None
        or re.search(
            r"\b(?:telah|sudah|resmi|hari ini)\s+(?:dilakukan\s+)?(?:menandatangani|penandatanganan|meneken)[^.]{0,40}$",
            before,
        )
        is not None
    )


def _instrument(
    document: Document,
    item: _Found,
    named: Sequence[_Named],
    dates: Sequence[DateMention],
    agencies: Sequence[AgencyMention],
) -> Instrument:
    body = document.body
    sentence = document.sentences[item.sentence]
    subject = _SUBJECT.match(body, item.end)
    end = subject.end("subject") if subject and subject.end("subject") <= sentence.end else item.end
    title = re.sub(r"\s+", " ", document.original[item.start : end]).strip(" ,.")
    confidence = 0.85 if item.signed else 0.6
    why = "ditandatangani menurut kalimatnya" if item.signed else "instrumen yang sudah ada dan dirujuk teks"
    return Instrument(
        evidence=document.evidence(item.start, end, confidence, why),
        type=item.type,
        title=title,
        parties=_parties(document, item, named, agencies),
        day=_day(document, item, named, dates),
    )


def _parties(
    document: Document, item: _Found, named: Sequence[_Named], agencies: Sequence[AgencyMention]
) -> tuple[str, ...]:
    """Return the agencies between "antara" and the end of its phrase, or the subjects before the verb of signing."""
    sentence = document.sentences[item.sentence]
    body = document.body
    inside = [mention for mention in agencies if sentence.start <= mention.evidence.start < sentence.end]
    others = [other.start for other in named if sentence.start <= other.start < sentence.end]
    reach = min([sentence.end, *(start for start in others if start > item.end)])
    between = _BETWEEN.search(body, item.end, min(reach, item.end + 120))
    if between:
        stop = _BETWEEN_END.search(body, between.end(), sentence.end)
        limit = stop.start() if stop else sentence.end
        return _names([mention for mention in inside if between.end() <= mention.evidence.start < limit])
    if not item.signed:
        return ()
    floor = max([sentence.start, *(start for start in others if start < item.start)])
    subjects = [
        mention
        for mention in inside
        if floor <= mention.evidence.start < item.start and not _is_place_of_signing(body, mention)
    ]
    partner = _WITH.search(body, item.end, min(reach, item.end + 80))
    if partner:
        subjects += [
            mention for mention in inside if partner.end() <= mention.evidence.start <= min(reach, partner.end() + 40)
        ]
    return _names(subjects)


def _is_place_of_signing(body: str, mention: AgencyMention) -> bool:
    before = body[max(0, mention.evidence.start - 26) : mention.evidence.start]
    return (
        re.search(
            r"\b(?:di|bertempat di)\s+(?:aula|ruang(?:an)?|gedung|kantor|markas|mako|lobi|halaman)?\s*$",
            before,
            re.IGNORECASE,
        )
        is not None
    )


def _names(mentions: Sequence[AgencyMention]) -> tuple[str, ...]:
    """Return ids, and the names of agencies that no list has, each once."""
    return tuple(dict.fromkeys(mention.agency_id or mention.name for mention in mentions))


def _day(document: Document, item: _Found, named: Sequence[_Named], dates: Sequence[DateMention]) -> date | None:
    """Return the day in the instrument's own sentence that stands nearest to it, another instrument's day excepted."""
    sentence = document.sentences[item.sentence]
    inside = [
        mention
        for mention in dates
        if sentence.start <= mention.evidence.start < sentence.end
        and mention.role != "deadline"
        and (mention.role != "background" or mention.precision == "day")
    ]
    after = [mention for mention in inside if mention.role == "instrument" and mention.evidence.start > item.start]
    if after and not any(item.end <= other.start < after[0].evidence.start for other in named):
        return after[0].day
    if not item.signed:
        return None
    own = [mention for mention in inside if mention.role != "instrument"]
    if own:
        nearest = min(own, key=lambda mention: abs(mention.evidence.start - item.start))
        return nearest.day
    return None


def _is_same(first: Instrument, second: Instrument) -> bool:
    if first.type != second.type:
        return False
    if first.day and second.day and first.day != second.day:
        return False
    return not (first.parties and second.parties) or bool(set(first.parties) & set(second.parties))


def _merged(first: Instrument, second: Instrument, *, prefer_second: bool) -> Instrument:
    base, other = (second, first) if prefer_second else (first, second)
    title = base.title if len(base.title) >= 30 or len(base.title) >= len(other.title) else other.title
    parties = base.parties if len(base.parties) >= len(other.parties) else other.parties
    return replace(base, title=title, parties=parties, day=base.day or other.day)


def _with_fallback_parties(
    document: Document, item: _Found, instrument: Instrument, agencies: Sequence[AgencyMention]
) -> Instrument:
    """Take parties from the opening where the instrument's own sentence names too few: both of an agreement signed here,
    the issuer of a decree."""
    opening = _opening(document, agencies)
    names: tuple[str, ...] = ()
    if instrument.type == "SK" and not instrument.parties:
        names = next((found[:1] for found in opening if found), ())
    elif (
        instrument.type in ("PKS", "MoU")
        and item.signed
        and len(instrument.parties) < 2
        and (not instrument.parties or item.sentence <= 1)
    ):
        names = next((found[:2] for found in opening if len(found) >= 2), ())
    if not names:
        return instrument
    why = instrument.evidence.why + "; pihaknya menurut pembukaan teks"
    evidence = replace(instrument.evidence, confidence=min(0.6, instrument.evidence.confidence), why=why)
    return replace(instrument, parties=tuple(dict.fromkeys((*instrument.parties, *names))), evidence=evidence)


def _opening(document: Document, agencies: Sequence[AgencyMention]) -> list[tuple[str, ...]]:
    """Return the agencies of each of the first three sentences."""
    return [
        _names([mention for mention in agencies if sentence.start <= mention.evidence.start < sentence.end])
        for sentence in document.sentences[:3]
    ]


def on_the_same_occasion(document: Document, instrument: Instrument) -> bool:
    """Say whether the instrument's sentence begins with "pada kesempatan yang sama": its day is then the event's."""
    index = document.sentence_index_at(instrument.evidence.start)
    return index >= 0 and _SAME_OCCASION.search(document.sentence_text(index)[:60]) is not None
