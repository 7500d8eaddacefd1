"""Clean a text without losing a single offset.

Everything that is cut (leads, captions, footers, outlet names) becomes spaces in `Document.body`, so that a position
in the body is the same position in the original. What was cut is kept as a `Lead`: a related headline may be followed
later, but it must never be read as part of this text.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from kentongan.reading.model import Evidence, Lead
from kentongan.reading.words import lines_of, words_of

LeadKind = Literal["related", "caption", "footer", "boilerplate"]
Lettering = Literal["mixed", "upper", "lower"]


def words_in(name: str) -> frozenset[str]:
    """Return the words of a list of this room as they are written, several on a line."""
    return frozenset(word for line in lines_of(name) for word in line.split())


# One character for one character, so that offsets survive. Asterisks and underscores are the bold and italics of chats.
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»″＂", '"'),
        **dict.fromkeys("‘’‚‛′`´ʼ", "'"),
        **dict.fromkeys("‐‑‒−", "-"),
        **dict.fromkeys(
            "\u00a0\u2007\u202f\u2002\u2003\u2009\u200a\u3000\t\f\v\u200b\u200c\u200d\ufeff\u00ad\u2060*_", " "
        ),
        **dict.fromkeys("\r\u0085\u2028\u2029", "\n"),
        "\x00": " ",
    }
)

_DOMAIN = re.compile(
    r"(?:https?://\S+|\b[\w.+-]+@[\w-]+\.[\w.]+|\b(?:www\.)?[A-Za-z0-9-]{2,}(?:\.[A-Za-z0-9-]+)?"
    r"\.(?:com|co\.id|go\.id|my\.id|or\.id|id|net|org|tl|news|tv|COM|CO\.ID|GO\.ID|ID|NET|ORG|TL|NEWS|TV)\b(?!\.\w)(?:/\S*)?)"
)
_DOMAIN_ENDINGS = (".com", ".id", ".net", ".org", ".tl", ".news", ".tv", "http", "@", "www.")
# Newspapers that carry a place in their name: the place is not where anything happened.
_OUTLET_NAME = re.compile(
    r"\b(?:Pos Kupang|Pos Belitung|Pos Kota|Tribun [A-Z][a-z]+|Radar [A-Z][a-z]+|Kabar Banten|Banten Pos|Banten Raya"
    r"|Timor Express|Victory News|Suara Timor Lorosae|Timor Post|Tempo Timor|Bali Post|Jawa Pos|Media Indonesia"
    r"|Suara Pembaruan|CNN Indonesia|CNBC Indonesia|ANTARA|Antaranews|Antara News|Kompas TV|Metro TV|TVOne|RRI|TATOLI)\b"
    r"(?=\s*(?:[,)/.\-–—:]|$))"
)
_RELATED = re.compile(
    r"(?:baca|simak|lihat|tonton|cek) (?:juga|pula|selengkapnya|artikel|berita)\b\s*[:\-–]?"
    r"|(?:baca|simak|video|tonton)\s*:"
    r"|(?:berita|artikel|topik) (?:terkait|lainnya|lain|populer|pilihan)\s*[:\-–]"
    r"|pilihan editor\s*[:\-–]?|le[e]?\s+mos\s*:|leia (?:mais|também|tambem)\s*:?|read (?:also|more)\s*:?|see also\s*:?|also read\s*:?",
    re.IGNORECASE,
)
_RELATED_INLINE = re.compile(
    r"(?:(?<=[\s.!?\"')])|^)(?:baca juga|simak juga|lihat juga|tonton juga|leia também|read also|also read)\b\s*[:\-–]",
    re.IGNORECASE | re.MULTILINE,
)
_INLINE_STOP = re.compile(r"[.!?](?=\s+[A-Z\"])|\s(?=(?:Ia|Dia|Menurut|Selain|Sementara|Sebelumnya|Kepala|\")\s)")
_FOOTER_BLOCK = re.compile(
    r"(?:komentar|comments?|berita terkini|berita terbaru|berita populer|terpopuler|berita terkait|artikel terkait"
    r"|rekomendasi(?: untuk anda)?|terkini|trending|most popular|baca selengkapnya|tags?)\s*:?\s*$",
    re.IGNORECASE,
)
_FOOTER_LINE = re.compile(
    r"(?:berita|artikel|tulisan) ini (?:telah |sudah )?(?:tayang|dimuat|terbit|pernah)"
    r"|(?:pewarta|penulis|editor|reporter|wartawan|jurnalis|kontributor|redaktur|uploader|fotografer|penyunting|publisher)"
    r"(?:\s*(?:/|&|dan)\s*(?:pewarta|penulis|editor|reporter|redaktur))?\s*[:|]"
    r"|laporan (?:reporter|wartawan|kontributor|jurnalis)\b|oleh\s*:\s*\S.{2,40}$|[\w-]+\.(?:jpe?g|png|webp)$"
    r"|copyright\b|©|\(c\) ?\d{4}|hak cipta\b|all rights? reserved|dilarang (?:keras )?(?:mengambil|menyalin|mengutip)"
    r"|[•\-\s]*ikuti (?:kami|saluran|berita|channel|kanal)|(?:cek|dapatkan|update|simak) (?:berita|update|informasi)\b.{0,60}"
    r"(?:google news|whatsapp|telegram|channel|saluran|di sini)"
    r"|(?:tags?|label|kategori|topik|share|bagikan|sebarkan)\s*:|sumber\s*:\s*\S.{0,60}$|follow us\b|subscribe\b|advertisement$|iklan$"
    r"|scroll (?:to|untuk)\b|lanjut(?:kan)? (?:membaca|ke konten)",
    re.IGNORECASE,
)
_BYLINE_START = re.compile(r"(?:pewarta|penulis|editor|reporter|redaktur|penyunting|copyright|©)\b", re.IGNORECASE)
_CAPITALS_AND_DASH = re.compile(r"[A-Z][A-Z .,'/]{2,30}\s*(?:-{2,}|—|–{1,})\s*(?=[A-Z\"])")
_LATER_DATELINE = re.compile(r"^[ \t]*[A-Z][\w .,'()/|]{2,60}?\s*(?:-{1,3}|–|—)\s+[A-Z\"“]", re.MULTILINE)
_CAPTION = re.compile(
    r"[A-Z][A-Z .'/]{2,30}\s*(?:-{2,}|—|–{2,})\s*(?=[A-Z\"])"
    r"|(?i:(?:ket(?:erangan)?\.?\s*)?foto(?:\s*ist)?\s*[:/]|keterangan gambar|caption\s*:|gambar\s*:|dok(?:umentasi)?\.?\s*:|ilustrasi\b.{0,80}$)"
)
_CREDIT_LINE = re.compile(
    r"[A-Z0-9.\-]{3,30}(?: [A-Z]+)?/[A-Z][A-Za-z .'\-]{2,40}$|\(?(?:ANTARA|Antara)(?: FOTO| Foto)?/.{3,60}$"
)
_CAPTION_CREDIT_END = re.compile(
    r"\((?:foto|ANTARA|Antara|dok|ist)\b[^()\n]{0,60}\)\s*\.?$|\b[Ff]oto:\s*\S.{0,50}$|/[Hh]o\)?\.?$"
)
_SECTION_LABEL = re.compile(
    r"(?:Berita|Kabar|News|Regional|Nasional|Daerah|Kriminal|Hukrim|Hukum|Internasional|NTT|Home)(?:\s*[>»|/].*|(?:\s+[A-Z][\w-]*){0,3})$"
    r"|Breaking News$|(?:[A-Z][\w-]+\s+){1,3}(?:Terkini|Terbaru|Hari Ini)$|[A-ZÀ-Ý][A-ZÀ-Ý ,]{3,80}$(?<=[A-ZÀ-Ý])|iklan$"
)
_BULLET = re.compile(r"(?:[-•●▪◦–·>]|\(?\d{1,2}[.)]|\(?[a-z][.)])\s+")
_DASH = re.compile(r"\s*(?:-{1,2}|–|—|\|)(?=\s)|(?<=[)\w])--(?=[A-Z])|(?<=\))\s*[-–—](?=[A-Z])")
_DAY_IN_HEAD = re.compile(
    r"\b\d{1,2}\s+(?:de\s+)?[^\W\d]+\s+(?:de\s+)?\d{4}\b|\b(?:Senin|Selasa|Rabu|Kamis|Jumat|Sabtu|Minggu)\b",
    re.IGNORECASE,
)
_BARE_DATELINE = re.compile(r"[A-Z][\w' -]{2,30},\s*[A-Z0-9][\w-]*\.(?:[A-Za-z]{2,4})(?:\.[a-z]{2})?$")
_PARENTHESISED = re.compile(r"\(([^()\n]{2,40})\)")
_HAS_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[^\W\d_]+")
_TITLE_IN_FOOTER = re.compile(
    r"dengan judul\s*:?\s*[\"']?(.+?)[\"']?\s*(?:,\s*(?:klik|selengkapnya|https?:).*)?$", re.IGNORECASE
)
_REPORT_HEADING = re.compile(
    r"(?:laporan|lapsus|lapinfo|kepada|dari|perihal|hal|yth|izin|ijin|mohon|selamat)\b", re.IGNORECASE
)

_ABBREVIATIONS = words_in("abbreviations.txt")
_ENDING = re.compile(r"[.!?…]+[\"')\]]*(?=\s|$)|[.!?](?=[\"'][A-Z])|[!?.]\"(?=\s*[A-Z])")
_LAST_WORD = re.compile(r"([A-Za-z][A-Za-z.]*)$")

_RANK_NEXT = re.compile(
    r"(?:Brigjen|Irjen|Komjen|Kombes|AKBP|Kompol|AKP|Iptu|Ipda|Kolonel|Letkol|Mayor|Kapten|Lettu|Letda)\b[^,.]{3,50}?\s(?:di|dalam|kepada|saat|pada|usai)\s"
)
_OPEN_ATTRIBUTION = re.compile(
    r"\"\s*,?\s*(?:ujar|kata|ucap|tutur|jelas|ungkap|terang|tegas|sebut|papar)(?:nya)?\s+[A-Z]\w+(?:\s+[A-Z]\w*){0,4}$"
)

_STOP_WORDS: dict[str, frozenset[str]] = {
    language: frozenset(words.split())
    for language, words in (line.split(":", 1) for line in lines_of("stop_words.txt"))
}
_LANGUAGES_OF: dict[str, tuple[str, ...]] = {
    word: tuple(language for language, words in _STOP_WORDS.items() if word in words)
    for word in frozenset().union(*_STOP_WORDS.values())
}
_LANGUAGE_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A stretch of the original text; `paragraph` counts the lines and blocks that the layout sets apart."""

    start: int
    end: int
    paragraph: int


@dataclass(frozen=True, slots=True)
class Document:
    """A text made ready for finders. `body` is as long as `original`; what was cut is spaces there."""

    original: str
    body: str
    sentences: tuple[Sentence, ...]
    title: str
    outlet: str
    leads: tuple[Lead, ...]
    language: str
    lettering: Lettering = "mixed"
    title_span: tuple[int, int] | None = None
    dateline: tuple[int, int] | None = None  # "Kupang (ANTARA) -": where the text was filed, not where it happened

    def evidence(self, start: int, end: int, confidence: float, why: str) -> Evidence:
        """Return evidence whose text is the original between the offsets, without outer white space."""
        while start < end and self.original[start].isspace():
            start += 1
        while end > start and self.original[end - 1].isspace():
            end -= 1
        return Evidence(start, end, self.original[start:end], max(0.0, min(1.0, confidence)), why)

    def sentence_index_at(self, offset: int) -> int:
        """Return the index of the sentence that holds the offset, or of the last one before it (-1 when none is)."""
        low, high = 0, len(self.sentences)
        while low < high:
            middle = (low + high) // 2
            if self.sentences[middle].start <= offset:
                low = middle + 1
            else:
                high = middle
        return low - 1

    def sentence_text(self, index: int) -> str:
        """Return the body text of one sentence."""
        sentence = self.sentences[index]
        return self.body[sentence.start : sentence.end]


@dataclass(frozen=True, slots=True)
class Composed:
    """A text in NFC and, for each of its characters, the offset in the text as received."""

    text: str
    starts: tuple[int, ...]  # one longer than `text`; empty when nothing changed

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Return the offsets in the text as received of a span of the composed text."""
        if not self.starts:
            return start, end
        return self.starts[start], self.starts[end]


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    text: str


def composed(text: str) -> Composed:
    """Return the text in NFC with a way back to the offsets of the text as received."""
    if unicodedata.is_normalized("NFC", text):
        return Composed(text, ())
    pieces: list[str] = []
    starts: list[int] = []
    position = 0
    while position < len(text):
        end = position + 1
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
        piece = unicodedata.normalize("NFC", text[position:end])
        pieces.append(piece)
        starts.extend([position] * len(piece))
        position = end
    return Composed("".join(pieces), (*starts, len(text)))


def document(text: str, *, title: str = "") -> Document:
    """Return the text cleaned, cut into sentences, with title, outlet, dateline, leads and language.

    `text` should be in NFC (see `composed`). Offsets of everything in the result are offsets into `text`.
    """
    plain = text.translate(_PLAIN)
    lines = list(_lines(plain))
    cuts = _cut_lines(plain, lines)
    cuts += _cut_inline_leads(plain, cuts)
    body = _blank(plain, [(start, end) for start, end, _ in cuts])
    kept = [
        line
        for line in (_Line(line.start, line.end, body[line.start : line.end]) for line in lines)
        if line.text.strip()
    ]
    kept, label_cut = _without_section_label(kept)
    cuts += label_cut
    title_line = _title_line(kept)
    dateline = _dateline(kept, title_line)
    outlet, outlet_cuts = _outlets(body, dateline, plain, cuts)
    body = _blank(body, [(start, end) for start, end, _ in label_cut] + outlet_cuts)
    body = _soften(body, kept)
    lettering = _lettering(body)
    title_span = _trimmed(body, title_line.start, title_line.end) if title_line else None
    found_title = text[title_span[0] : title_span[1]] if title_span else _title_from_footer(plain, cuts)
    return Document(
        original=text,
        body=body,
        sentences=tuple(_sentences(body, lettering)),
        title=title.strip() or found_title,
        outlet=outlet,
        leads=tuple(_leads(text, plain, cuts)),
        language=guess_language(body),
        lettering=lettering,
        title_span=title_span,
        dateline=dateline,
    )


def guess_language(text: str) -> str:
    """Return "id", "tet", "pt" or "en" by counting stop words; Indonesian when nothing speaks for another."""
    counts = dict.fromkeys(_STOP_WORDS, 0)
    for word in _LANGUAGE_WORD.findall(text[:3000].lower()):
        for language in _LANGUAGES_OF.get(word, ()):
            counts[language] += 1
    best = max(counts, key=lambda language: counts[language])
    return best if counts[best] > counts["id"] else "id"


def matches_at(pattern: re.Pattern[str], body: str, starts: Iterable[int]) -> Iterator[re.Match[str]]:
    """Yield the matches that begin at one of the given ascending offsets and do not overlap: many times faster than a search."""
    free_from = 0
    for start in starts:
        if start >= free_from and (match := pattern.match(body, start)):
            free_from = match.end()
            yield match


@lru_cache(maxsize=8)
def words_present(body: str) -> frozenset[str]:
    """Return the different words of a text as names are compared: to ask at once whether a costly search can succeed."""
    return frozenset(words_of(body).folded)


def capital_starts(body: str) -> list[int]:
    """Return where the words with a capital begin."""
    words = words_of(body)
    return [start for start, capital in zip(words.starts, words.capital, strict=True) if capital]


def _lines(plain: str) -> Iterator[_Line]:
    start = 0
    for piece in plain.split("\n"):
        yield _Line(start, start + len(piece), piece)
        start += len(piece) + 1


def _cut_lines(plain: str, lines: list[_Line]) -> list[tuple[int, int, LeadKind]]:
    """Return the spans of whole lines that are not the text itself."""
    cuts: list[tuple[int, int, LeadKind]] = []
    block: LeadKind | None = None
    expects_headline = after_credit = False
    seen_body = 0
    for line in lines:
        stripped = line.text.strip()
        if not stripped:
            continue
        kind: LeadKind | None = None
        if _RELATED.match(stripped.lstrip("-•> ([")):
            match = _RELATED.match(stripped.lstrip("-•> (["))
            kind = "related"
            expects_headline = match is not None and match.end() >= len(stripped.lstrip("-•> ([").rstrip(" :]"))
        elif expects_headline:
            kind, expects_headline = "related", False
        elif _FOOTER_BLOCK.match(stripped) and seen_body > 150:
            kind, block = "footer", "footer"
        elif block and not _is_prose(stripped):
            kind = block
        elif _FOOTER_LINE.match(stripped):
            kind = "footer"
            block = "footer" if seen_body > 400 and _BYLINE_START.match(stripped) else None
        elif (_is_caption(stripped) and not _is_dateline(plain, line)) or (after_credit and _is_repeated(plain, line)):
            kind = "caption"
        elif _is_lone_link(stripped, seen_body):
            kind = "related"
        if kind is None:
            block, after_credit = None, False
            seen_body += len(stripped)
            continue
        after_credit = kind == "caption" and _CREDIT_LINE.match(stripped) is not None
        cuts.append((*_trimmed(plain, line.start, line.end), kind))
    return cuts


def _is_dateline(plain: str, line: _Line) -> bool:
    """Say whether "KUPANG — ..." opens the story rather than a caption: no line after it has a dateline of its own."""
    return _CAPITALS_AND_DASH.match(line.text.strip()) is not None and not _LATER_DATELINE.search(plain, line.end)


def _is_repeated(plain: str, line: _Line) -> bool:
    """Say whether the line's beginning comes again further on: the caption under a photograph often is the lede."""
    head = line.text.strip()[:50]
    return len(head) == 50 and plain.find(head, line.end) >= 0


def _is_lone_link(stripped: str, seen_body: int) -> bool:
    """Say whether a bulleted line without a full stop, in the middle of prose, is a link to another article."""
    return (
        seen_body > 200
        and stripped[0] in "•"
        and 25 < len(stripped) < 150
        and stripped[-1] not in ".;,:"
        and stripped[2:3].isupper()
    )


def _is_prose(stripped: str) -> bool:
    return len(stripped) > 120 and stripped.rstrip("\"')*( ")[-1:] in ".!?"


def _is_caption(stripped: str) -> bool:
    if len(stripped) > 420:
        return False
    if _CREDIT_LINE.match(stripped):
        return True
    if _CAPTION.match(stripped):
        return True
    return len(stripped) < 320 and _CAPTION_CREDIT_END.search(stripped) is not None


def _cut_inline_leads(plain: str, cuts: list[tuple[int, int, LeadKind]]) -> list[tuple[int, int, LeadKind]]:
    """Return leads glued into a paragraph: they end with the line, or with a sentence of the paragraph in a one-line text."""
    taken = [(start, end) for start, end, _ in cuts]
    found: list[tuple[int, int, LeadKind]] = []
    lowered = plain.lower()
    if not any(word in lowered for word in ("juga", "leia", "also")):
        return found
    for match in _RELATED_INLINE.finditer(plain):
        if any(start <= match.start() < end for start, end in taken):
            continue
        line_end = plain.find("\n", match.end())
        line_end = len(plain) if line_end < 0 else line_end
        stop = _INLINE_STOP.search(plain, match.end() + 10, line_end)
        if stop and stop.start() - match.end() < 160:
            end = stop.end()
        else:
            end = line_end if line_end - match.end() < 160 else match.end() + 110
        found.append((match.start(), end, "related"))
    return found


def _blank(body: str, spans: list[tuple[int, int]]) -> str:
    if not spans:
        return body
    pieces: list[str] = []
    position = 0
    for span_start, end in sorted(spans):
        start = max(span_start, position)
        if end <= start:
            continue
        pieces.append(body[position:start])
        pieces.append("".join("\n" if character == "\n" else " " for character in body[start:end]))
        position = end
    pieces.append(body[position:])
    return "".join(pieces)


def _without_section_label(kept: list[_Line]) -> tuple[list[_Line], list[tuple[int, int, LeadKind]]]:
    """Return the lines without the section labels at the head ("Breaking News", "Berita Belu"), and those labels' spans."""
    cuts: list[tuple[int, int, LeadKind]] = []
    while (
        len(kept) > 2 - (not cuts) and len(cuts) < 3 and _is_section_label(kept[0].text.strip(), kept[1].text.strip())
    ):
        cuts.append((*_trimmed_line(kept[0]), "boilerplate"))
        kept = kept[1:]
    return kept, cuts


def _is_section_label(line: str, after: str) -> bool:
    """Say whether a line is a label: short, of a known form; in capitals only when prose in small letters follows."""
    if not _SECTION_LABEL.match(line):
        return False
    return not line.isupper() or ("," in line and not after.isupper())


def _title_line(kept: list[_Line]) -> _Line | None:
    """Return the first line when it looks like a headline: short, no full stop, no dateline, and prose follows."""
    if len(kept) < 2:
        return None
    first, text = kept[0], kept[0].text.strip()
    if not 12 <= len(text) <= 180 or text[-1] in ".,;:-–—" or _BULLET.match(text) or _REPORT_HEADING.match(text):
        return None
    if (
        _dateline_end(text) is not None
        or len(_WORD.findall(text)) < 3
        or (text[0].islower() and kept[1].text.strip()[:1].islower() is False)
    ):
        return None
    follows = kept[1].text.strip()
    if follows[:1].islower() and len(text) > 60:  # a wrapped line, not a headline
        return None
    rest = max(len(line.text.strip()) for line in kept[1:])
    return first if rest > len(text) * 0.8 or len(kept) > 3 else None


def _dateline_end(text: str) -> int | None:
    """Return where the dateline of a paragraph ends ("Kupang (ANTARA) -"), or None when it has none."""
    dash = _DASH.search(text, 0, 90)
    if _BARE_DATELINE.match(text):
        return len(text)
    if dash is None and re.match(r".{3,80}(?:-|–|—)\s*$", text):
        dash = re.compile(r"\s*(?:-{1,2}|–|—)\s*$").search(text)
    if dash is None or dash.start() < 3 or dash.start() > 80:
        return None
    head = text[: dash.start()]
    if "|" in dash.group() and not _DOMAIN.search(head):
        return None
    if head[:1] in "\"'(" or _BULLET.match(head):
        return None
    bare = _DAY_IN_HEAD.sub(" ", _DOMAIN.sub(" ", _PARENTHESISED.sub(" ", head)))
    words = _WORD.findall(bare)
    if len(words) > 7 or re.search(r"[.!?;:]\s", bare):
        return None
    if not words and not _DOMAIN.search(head):
        return None
    if any(word[0].islower() for word in words) and not head.isupper():
        return None
    has_mark = bool(_DOMAIN.search(head) or _PARENTHESISED.search(head) or "," in head)
    if not has_mark and len(words) > 4:
        return None
    return dash.end()


def _dateline(kept: list[_Line], title_line: _Line | None) -> tuple[int, int] | None:
    candidates = [line for line in kept if title_line is None or line.start != title_line.start]
    for line in candidates[:8]:
        lead_space = len(line.text) - len(line.text.lstrip())
        end = _dateline_end(line.text.strip())
        if end is not None:
            return line.start + lead_space, line.start + lead_space + end
    return None


def _outlets(
    body: str, dateline: tuple[int, int] | None, plain: str, cuts: list[tuple[int, int, LeadKind]]
) -> tuple[str, list[tuple[int, int]]]:
    """Return the outlet's name as written and the spans of outlet names in the body, which are blanked."""
    lowered = body.lower()
    has_domain = any(ending in lowered for ending in _DOMAIN_ENDINGS)
    spans = [match.span() for match in _DOMAIN.finditer(body)] if has_domain else []
    outlet = ""
    if dateline:
        head = body[dateline[0] : dateline[1]]
        domain = _DOMAIN.search(head)
        bracket = next(
            (m for m in _PARENTHESISED.finditer(head) if m.group(1).isupper() and not _HAS_DIGIT.search(m.group(1))),
            None,
        )
        if domain:
            outlet = domain.group()
        elif bracket:
            outlet = bracket.group(1)
            spans.append((dateline[0] + bracket.start(), dateline[0] + bracket.end()))
        elif named := _OUTLET_NAME.search(head + " "):
            outlet = named.group()
    spans += [
        match.span()
        for match in _OUTLET_NAME.finditer(body)
        if not match.group().startswith("Pos ") or body[match.start()].isupper()
    ]
    if not outlet:
        for start, end, kind in cuts:
            if kind != "footer":
                continue
            found = re.search(
                r"(?i:sumber)\s*:\s*(.+)|©\s*(?:\d{4}\s*)?([A-Za-z][\w .]+)|tayang di ([\w.-]+)", plain[start:end]
            )
            if found:
                outlet = re.sub(r"[\s,]+(?:19|20)\d\d$", "", next(group for group in found.groups() if group).strip())
                break
    return outlet, spans


def _soften(body: str, kept: list[_Line]) -> str:
    """Turn the line breaks inside a sentence (a scan, a narrow column, a dateline alone on its line) into spaces."""
    if len(kept) < 2:
        return body
    lengths = sorted(len(line.text.strip()) for line in kept)
    longest, median = lengths[-1], lengths[len(lengths) // 2]
    open_ends = sum(line.text.rstrip()[-1:] not in ".!?\"')" for line in kept[:-1])
    wrapped = len(kept) >= 4 and longest <= 110 and median >= 30 and open_ends * 2 > len(kept)
    soft: list[int] = []
    for line, after in pairwise(kept):
        if body.count("\n", line.end, after.start) != 1:
            continue
        here, there = line.text.strip(), after.text.strip()
        if _BULLET.match(there) or here[-1:] in ".!?:;":
            continue
        runs_on = there[:1].islower() and not (here.islower() and len(here) < 60)
        dangling = (here[-1:] in ",-–—" and len(here) > 2) or _dateline_end(here) == len(here)
        column = wrapped and len(here) >= 0.6 * longest
        if runs_on or dangling or column:
            soft.append(body.index("\n", line.end))
    if not soft:
        return body
    characters = list(body)
    for position in soft:
        characters[position] = " "
    return "".join(characters)


def _lettering(body: str) -> Lettering:
    sample = body[:3000]
    letters = sum(map(str.isalpha, sample))
    if not letters:
        return "mixed"
    share = sum(map(str.isupper, sample)) / letters
    if share > 0.8:
        return "upper"
    return "lower" if share < 0.004 else "mixed"


def _sentences(body: str, lettering: Lettering) -> Iterator[Sentence]:
    paragraph = -1
    for line in _lines(body):
        if not line.text.strip():
            continue
        paragraph += 1
        start = line.start
        for match in _ENDING.finditer(line.text):
            end = line.start + match.end()
            if match.group() == "." and not _ends_sentence(line.text, match, lettering):
                continue
            yield from _sentence(body, start, end, paragraph)
            start = end
        yield from _sentence(body, start, line.end, paragraph)


def _sentence(body: str, start: int, end: int, paragraph: int) -> Iterator[Sentence]:
    start, end = _trimmed(body, start, end)
    if any(character.isalnum() for character in body[start:end]):
        yield Sentence(start, end, paragraph)


def _ends_sentence(line: str, match: re.Match[str], lettering: Lettering) -> bool:
    """Say whether a single full stop ends a sentence: not in an abbreviation, not before a small letter."""
    before = (
        _LAST_WORD.search(line, 0, match.start())
        if match.start() < 30
        else _LAST_WORD.search(line[match.start() - 30 : match.start()])
    )
    after = line[match.end() :].lstrip()
    if not after:
        return True
    if lettering == "mixed" and after[0].islower():
        return False
    if _RANK_NEXT.match(after) and _OPEN_ATTRIBUTION.search(line, 0, match.start()):
        return False  # "ujar Wakapolda NTT. Brigjen Pol X di Kupang": a stray stop inside an attribution
    if before:
        word = before.group(1).lower()
        if word in _ABBREVIATIONS or ("." in word and all(len(part) <= 3 for part in word.split("."))):
            return False
    elif line[: match.start()].strip().isdigit():  # "1. ..." at the start of an item
        return False
    return True


def _trimmed(body: str, start: int, end: int) -> tuple[int, int]:
    while start < end and body[start].isspace():
        start += 1
    while end > start and body[end - 1].isspace():
        end -= 1
    return start, end


def _trimmed_line(line: _Line) -> tuple[int, int]:
    lead = len(line.text) - len(line.text.lstrip())
    return line.start + lead, line.start + len(line.text.rstrip())


def _title_from_footer(plain: str, cuts: list[tuple[int, int, LeadKind]]) -> str:
    for start, end, kind in cuts:
        if kind == "footer" and (match := _TITLE_IN_FOOTER.search(plain[start:end])):
            return match.group(1).strip()
    return ""


def _leads(text: str, plain: str, cuts: list[tuple[int, int, LeadKind]]) -> Iterator[Lead]:
    why = {
        "related": "tautan ke tulisan lain",
        "caption": "keterangan atau kredit foto",
        "footer": "nama penulis, hak cipta atau bagian halaman",
        "boilerplate": "nama rubrik",
    }
    for cut_start, cut_end, kind in sorted(cuts):
        start, end = _trimmed(plain, cut_start, cut_end)
        if start < end:
            yield Lead(Evidence(start, end, text[start:end], 0.9, why[kind]), kind)
