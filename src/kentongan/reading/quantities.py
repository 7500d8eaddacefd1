"""Find counts with their units: persons, goods, money, cases, vehicles, documents.

A number counts only with the noun that it counts, so that years, article and unit numbers, clock times, ages and
distances never become quantities. A figure of this happening ("live") is told from a yearly total ("background") and
from the headline, which may say something else than the body.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from kentongan.reading.dates import clock_spans
from kentongan.reading.model import DateMention, Quantity
from kentongan.reading.numbers import (
    DIGITS,
    FOREIGN,
    HAS_DIGIT,
    INDONESIAN_WORDS,
    MULTIPLIERS,
    NUMBER,
    NUMBER_WORDS,
    SCALE,
    VAGUE,
    VAGUE_REACH,
    Number,
    alternatives,
    digits_value,
    number_of,
    word_value,
)
from kentongan.reading.text import Document, matches_at, words_present
from kentongan.reading.words import HYPHEN, SPACE, PhraseIndex, key_of, lines_of, words_of

Family = Literal["persons", "goods", "money", "cases", "vehicles", "documents", "other"]
Scope = Literal["live", "background", "headline"]

_BARE_PERSONS = frozenset({"orang", "org", "orng", "ema", "people", "persons", "pessoas"})


def _noun_lists() -> dict[str, tuple[str, ...]]:
    lists: dict[str, tuple[str, ...]] = {}
    for line in lines_of("counted_nouns.txt"):
        name, _, words = line.partition(":")
        lists[name] = (*lists.get(name, ()), *(word.strip() for word in words.split("|")))
    return lists


_LISTS = _noun_lists()
_LIVESTOCK, _PIECES = frozenset(_LISTS["livestock"]), frozenset(_LISTS["pieces"])
_UNIT_SPELLINGS = {
    spelling: name.removeprefix("as ") for name, words in _LISTS.items() if name.startswith("as ") for spelling in words
}
# A noun of two lists belongs to the later family.
_FAMILIES: tuple[Family, ...] = ("other", "cases", "documents", "vehicles", "goods", "persons")
_FAMILY_OF: dict[str, Family] = {noun: family for family in _FAMILIES for noun in _LISTS[family]}
_FAMILY_OF.update(dict.fromkeys(_LIVESTOCK, "goods"))

_NOUNS: PhraseIndex[str] = PhraseIndex({key_of(noun): noun for noun in _FAMILY_OF})
_BETWEEN_WORDS = frozenset({SPACE, HYPHEN})

_NUMBER_HERE = re.compile(
    rf"(?<![\w/.,:%-]){NUMBER}\b(?![.,/:]\d)"
    rf"(?:\s*(?:-|–|hingga|sampai|s/d)\s*(?P<upper>\d[\d.]*)\b)?(?:\s*\((?P<again>[^()\d]{{2,40}}|\d[\d.]*)\))?\s*",
    re.IGNORECASE,
)
_COUNTERS = frozenset({"unit", "lembar", "buah", "orang", "org", "orng", "ekor", "bidang", "nain", "nama", "buku"})
_SKIPPED = frozenset({"lagi", "lainnya", "nama"})
_HEDGE_BEFORE = re.compile(
    r"(?P<approx>sekitar|kurang lebih|kira-kira|lebih dari|hampir|hingga|mencapai|maksimal|±|cerca de|about|besik)\s+$",
    re.IGNORECASE,
)
_SIZE_BEFORE = re.compile(
    r"(?:\b(?:(?:ber)?ukuran|berkapasitas|kapasitas|(?:ber)?isi)|@)\s*(?:masing-masing\s+)?$", re.IGNORECASE
)
_COLLECTIVES = frozenset(
    f"ke{word}"
    for word in ("dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh", "sebelas")
)
_COLLECTIVE = re.compile(
    rf"\bke-(?P<digits>\d{{1,3}})\s+|\b(?P<words>(?:{'|'.join(sorted(_COLLECTIVES))})(?:\s+(?:belas|puluh)(?:\s+(?:satu|dua|tiga|empat|lima|enam|tujuh|delapan|sembilan))?)?)\s+",
    re.IGNORECASE,
)
_SE_WORDS = (
    "seorang",
    "sebuah",
    "seekor",
    "sebatang",
    "sekarung",
    "sejeriken",
    "sepucuk",
    "selembar",
    "sebungkus",
    "seunit",
)
_SE = re.compile(
    rf"\b(?P<word>{'|'.join(_SE_WORDS)})\s+(?P<what>(?:calon|warga|anak|ibu|pekerja|tenaga|terduga|unit)\s+[\w-]+|[\w-]+)",
    re.IGNORECASE,
)
_NAIN = re.compile(
    rf"\b(?P<noun>ema|sidadaun\s+\w+|suspeitu|vítima|labarik|mane|feto)?\s*na[i']*in[\s-]+(?P<number>\d+|{alternatives(list(FOREIGN))})\b",
    re.IGNORECASE,
)
_TETUM_UNITS = frozenset({"kaixa", "litru", "kilograma", "pakote", "botir", "karreta"})
_TETUM_GOODS = re.compile(
    rf"\b(?P<noun>kaixa|litru|kilograma|pakote|botir|karreta)\s+(?P<number>\d+|{alternatives(list(FOREIGN))})\b",
    re.IGNORECASE,
)
_MONEY = re.compile(
    rf"\b(?P<currency>Rp\.?|IDR|USD|US\$|RM|AUD|SGD|A\$|dolar|EUR)\s*(?P<digits>{DIGITS})(?:,-|,00\b)?(?P<scale>{SCALE})?"
    rf"|(?<![\w.,])(?P<dollar>\$)\s*(?P<digits3>{DIGITS})"
    rf"|(?<![\w.,])(?:(?P<digits2>{DIGITS})(?P<scale2>{SCALE})?|(?P<words2>{INDONESIAN_WORDS})|(?P<vague2>{alternatives(list(VAGUE))})(?:\s+(?P<vague_scale2>ribu|juta|miliar))?)\s*(?P<currency2>rupiah|dolar(?:\s+(?:AS|Amerika(?: Serikat)?|Australia))?|ringgit|dólares|dolares)\b",
    re.IGNORECASE,
)
_CURRENCIES = {
    "rp": "rupiah", "idr": "rupiah", "rupiah": "rupiah", "usd": "USD", "us$": "USD", "$": "USD", "dolar": "USD", "dolar as": "USD", "dólares": "USD", "dolares": "USD",
    "dolar amerika": "USD", "dolar amerika serikat": "USD", "rm": "MYR", "ringgit": "MYR", "aud": "AUD", "a$": "AUD", "dolar australia": "AUD", "sgd": "SGD", "eur": "EUR",
}  # fmt: skip
_PARTS = re.compile(
    rf"(?<![\w/.,-]){NUMBER}\s+(?:(?:orang|org)\s+)?(?:di\s?antaranya|diantaranya|lainnya|sisanya)\b(?:\s+(?:adalah|merupakan|masih))?(?:\s+(?P<what>[\w-]+))?",
    re.IGNORECASE,
)

_PART_WORDS = re.compile(r"antaranya|lainnya|sisanya", re.IGNORECASE)
_CURRENCY_SIGNS = frozenset({"rp", "idr", "usd", "us", "rm", "aud", "sgd", "a", "dolar", "eur"})
_SIGN_AND_DIGITS = re.compile(r"(?:rp|idr|usd|us|rm|aud|sgd|eur)\d")
_CURRENCY_WORDS = frozenset({"rupiah", "dolar", "ringgit", "dolares"})

_TRAP_BEFORE = re.compile(
    r"\b(?:kodim|korem|kodam|koramil|yonif|yonarmed|yon|batalyon|kompi|pasal|ayat|huruf|butir|nomor|no\.?|uu|rt|rw|km|blok|kelas|tipe|gelombang|tahap|jalan|jl\.?|pos|lantamal"
    r"|kavling|lp|ke|subdit|unit|gang|gg\.?|lantai|kamar|nik|telp\.?|hp|wa|versi|seri|tahun|pilkada|pemilu|pilpres|pileg|hut|piala|liga|zona|divisi|regu|tim|antrean)[\s/-]*$",
    re.IGNORECASE,
)
_YEAR_LIKE = re.compile(r"(?:19|20)\d\d$")
_AMOUNT_BEFORE = re.compile(
    r"\b(?:sebanyak|sejumlah|ada|total|jumlah|berjumlah|mencapai|sekitar|terdapat|tercatat|lebih dari|hampir|menyita|mengamankan|membawa|dari|oleh|kepada)\s*$",
    re.IGNORECASE,
)
_SEORANG_SAYS = re.compile(
    r"\b(?:kata|ujar|menurut|ungkap|tutur|jelas|sebagai|bukan|menjadi|merupakan|adalah)\s+$", re.IGNORECASE
)
_COUNTED_ONE = re.compile(
    r"(?:wn[ai]?|warga|tersangka|terduga|pelaku|korban|perempuan|wanita|pria|laki-laki|lelaki|anak|bayi|balita|remaja|pemuda|perekrut|calo|sopir|pengungsi|deteni|nelayan|abk|pmi|cpmi|tki|pekerja"
    r"|calon|penumpang|kurir|anggota|ibu|nahkoda|nakhoda|siswi|mahasiswi|saksi|buruh|imigran|pelintas)\b",
    re.IGNORECASE,
)

_BACKGROUND = re.compile(
    r"\b(?:sepanjang|selama (?:tahun|kurun|periode|\w+ (?:bulan|tahun))|(?:total|sepanjang|pada|selama|dalam|untuk|jumlah)\s+(?:\w+\s+){0,2}(?:tahun (?:ini|lalu|sebelumnya)|setahun)|tahun lalu"
    r"|sejak (?:awal )?(?:tahun|bulan|januari|februari|maret|april|mei|juni|juli|agustus|september|oktober|november|desember|20\d\d)"
    r"|hingga (?:akhir |awal |pertengahan )?(?:januari|februari|maret|april|mei|juni|juli|agustus|september|oktober|november|desember|tahun)|sampai (?:dengan )?(?:januari|februari|maret|april|mei|juni|juli|agustus|september|oktober|november|desember)"
    r"|(?:januari|februari|maret|april|mei|juni|juli|agustus|september|oktober|november)\s*(?:-|–|hingga|sampai)\s*(?:februari|maret|april|mei|juni|juli|agustus|september|oktober|november|desember)"
    r"|(?:pada|tahun|di|selama|data|periode) (?:tahun )?(?:19|20)\d\d|tahun (?:19|20)\d\d|rata-rata|per (?:hari|bulan|tahun|minggu)|setiap (?:hari|bulan|tahun)|secara nasional|data (?:\w+\s){0,3}(?:mencatat|menunjukkan|menyebut)"
    r"|(?:bulan|tahun|dekade|semester|triwulan|kuartal) (?:terakhir|pertama|kedua|ketiga|i{1,3}\b)|tahun-tahun sebelumnya|kapasitas|jumlah penduduk|berpenduduk|target(?:nya)?|ditargetkan|menargetkan|kuota"
    r"|selama (?:masa )?(?:penugasan|bertugas|menjabat|\w+ bulan bertugas)|total sudah|(?:sampai(?: dengan)?|hingga) (?:hari|saat) ini (?:total|sudah|telah|tercatat|kami (?:sudah|telah))"
    r"|tahun ini\b[^.]{0,40}\b(?:sudah|telah|tercatat|total|sampai|hingga)|(?:sudah|telah|tercatat|total)\b[^.]{0,40}\btahun ini"
    r"|kabar bahwa|(?:kabar|isu|rumor|hoaks|pesan (?:suara|berantai))\b[^.]{0,60}\b(?:bahwa|menyebut)"
    r"|durante o ano|ao longo de|desde (?:janeiro|20\d\d)|em 20\d\d|durante tinan|iha tinan|hahú|so far this year|since january|last year)",
    re.IGNORECASE,
)
_POPULATION = re.compile(r"\bjiwa\b", re.IGNORECASE)  # inhabitants, or lives that a seizure is said to save
_VICTIMS_BEFORE = re.compile(r"\b(?:korban|tewas|meninggal|menewaskan|merenggut|menumpang|membawa)\b", re.IGNORECASE)
_CLAIMED_BEFORE = re.compile(r"\b(?:menyelamatkan|stok|persediaan)\b[^.;]{0,25}$", re.IGNORECASE)
_UNTIL_BEFORE = re.compile(r"\b(?:sampai|hingga)(?: dengan)?\s+$", re.IGNORECASE)
_RATE = re.compile(r"(?:per|setiap|rata-rata)\b", re.IGNORECASE)
_NEW_CLAUSE = re.compile(r"[;\n]|, (?:sedangkan|sementara|namun|tetapi|adapun) ", re.IGNORECASE)
_GOES_ON = re.compile(
    r"^\W*(?:jumlah|angka|total|data|dari (?:jumlah|total|angka|\d)|rincian|sebagian|mayoritas|sisanya|adapun rincian)\b[^.]{0,60}\b(?:itu|tersebut|ini)\b"
    r"|^\W*(?:dari (?:jumlah|total|angka) (?:itu|tersebut)|rinciannya|dengan rincian|sisanya)\b|^\W*\d+ \w+(?: \w+)? di ?antaranya\b",
    re.IGNORECASE,
)
_SENTENCED = re.compile(r"\b(?:denda|pidana|ancaman|diancam|terancam|hukuman|penjara|dipidana|multa)\b", re.IGNORECASE)
# Parts of words without which no word for a period can stand there: most clauses need no search.
_BACKGROUND_HINTS = (
    *(
        "sepanjang",
        "selama",
        "tahun",
        "sejak",
        "hingga",
        "sampai",
        "periode",
        "data ",
        "rata-rata",
        "per ",
        "setiap",
        "nasional",
        "terakhir",
        "pertama",
    ),
    *(
        "kedua",
        "ketiga",
        "semester",
        "triwulan",
        "kuartal",
        "bulan",
        "dekade",
        "kapasitas",
        "penduduk",
        "target",
        "kuota",
        "total sudah",
        "kabar",
        "isu",
        "rumor",
    ),
    *(
        "hoaks",
        "pesan",
        "durante",
        "ao longo",
        "desde",
        "em 20",
        "tinan",
        "hahú",
        "so far",
        "since",
        "last year",
        "pada 19",
        "pada 20",
        "di 20",
        "total",
    ),
    *("januari", "februari", "maret", "april", "mei", "juni", "juli", "agustus", "september", "oktober", "november"),
)
_THIS_HAPPENING = re.compile(
    r"\b(?:hari ini|tadi malam|semalam|kemarin|dalam (?:operasi|penangkapan|penggerebekan|kasus|peristiwa) (?:ini|itu|tersebut)|saat ini|tersebut)\b",
    re.IGNORECASE,
)
_WHAT = re.compile(r"[ \t]+(?!(?:dari|di|ke|yang|dan|untuk|dengan|pada|serta|oleh|saat|dalam|asal|karena|akan|telah|sudah|tersebut|itu|ini|lalu|melalui|ukuran|berukuran|berisi|isi|jenis|lebih|kurang|per|setiap|mengenakan|sebagai|tanpa|atau|milik|ditangkap|diamankan|disita|tiba|masuk|iha|ho|no|de|da|do|em|by|in|of|and|from)\b)([^\W\d_][\w'-]*)")  # fmt: skip


def find_quantities(document: Document, dates: Sequence[DateMention] = ()) -> tuple[Quantity, ...]:
    """Return the quantities of the text in order; none of them is a date, a time, a law, a unit's number or an age."""
    taken = [*clock_spans(document), *((mention.evidence.start, mention.evidence.end) for mention in dates)]
    found = list(_money(document))
    taken += [(quantity.evidence.start, quantity.evidence.end) for quantity in found]
    for finder in (_persons_by_nain, _tetum_goods, _parts, _counted, _single, _collective):
        for quantity in finder(document):
            if _free(quantity, taken):
                found.append(quantity)
                taken.append((quantity.evidence.start, quantity.evidence.end))
    found.sort(key=lambda quantity: quantity.evidence.start)
    return tuple(_with_shares(document, [_unless_exact_elsewhere(quantity, found) for quantity in found]))


def _unless_exact_elsewhere(quantity: Quantity, found: Sequence[Quantity]) -> Quantity:
    """Set a vague figure ("puluhan orang") apart as headline when the text gives the exact one that it stands for."""
    reach = (
        VAGUE_REACH.get(int(quantity.value))
        if quantity.approximate and not HAS_DIGIT.search(quantity.evidence.text)
        else None
    )
    if reach is None or quantity.scope != "live":
        return quantity
    exact = any(
        not other.approximate
        and other.scope == "live"
        and (other.family, other.unit) == (quantity.family, quantity.unit)
        and quantity.value <= other.value <= reach
        for other in found
    )
    return replace(quantity, scope="headline") if exact else quantity


def _free(quantity: Quantity, taken: list[tuple[int, int]]) -> bool:
    start, end = quantity.evidence.start, quantity.evidence.end
    return all(end <= other_start or start >= other_end for other_start, other_end in taken)


@dataclass(frozen=True, slots=True)
class _Count:
    """A number with what it counts: "2 unit mobil" has the counter "unit" and the noun "mobil"."""

    start: int
    end: int
    match: re.Match[str]
    counter: str
    noun: str  # as the vocabulary writes it; empty when only a counter stands there
    written: str


def _counted(document: Document) -> Iterator[Quantity]:
    body = document.body
    for match in matches_at(_NUMBER_HERE, body, _number_starts(body)):
        count = _count_at(body, match)
        if count is None or (count.noun == "unit" and not _what_follows(body, count.end)):
            continue
        if match["foreign"] and (document.language == "id" or not count.noun):
            continue
        number = number_of(match)
        if (
            _SIZE_BEFORE.search(body, max(0, match.start() - 24), match.start())
            and _FAMILY_OF.get(count.noun) == "goods"
        ):
            continue  # "4 jeriken berukuran 30 liter": how large each is, not how much there is
        hedge = _HEDGE_BEFORE.search(body, max(0, match.start() - 20), match.start())
        if number is not None and not _is_trap(body, match, hedged=hedge is not None):
            yield _quantity(document, count, number, hedge)


def _count_at(body: str, match: re.Match[str]) -> _Count | None:
    """Return the counter and the noun that directly follow a number, or None when nothing countable does."""
    words = words_of(body)
    index = words.index_at(match.end())
    if index >= len(words) or words.starts[index] != match.end():
        return None
    if words.folded[index] in _SKIPPED and index + 1 < len(words) and words.gaps[index + 1] == SPACE:
        index += 1
    found = _NOUNS.longest_at(words, index, _BETWEEN_WORDS)
    counter, counter_end = "", 0
    if words.folded[index] in _COUNTERS and (found is None or found[0] == index + 1):
        counter, counter_end = words.folded[index], words.ends[index]
        if index + 1 < len(words) and words.gaps[index + 1] == SPACE:
            after = _NOUNS.longest_at(words, index + 1, _BETWEEN_WORDS)
            if after and after[1] not in ("orang", "org", "unit"):
                return _Count(
                    match.start(),
                    words.ends[after[0] - 1],
                    match,
                    counter,
                    after[1],
                    words.written(index + 1, after[0]),
                )
    if found:
        return _Count(match.start(), words.ends[found[0] - 1], match, "", found[1], words.written(index, found[0]))
    if counter in ("unit", "lembar", "buah", "buku", "ekor"):
        return _Count(match.start(), counter_end, match, counter, counter, counter)
    return None


@lru_cache(maxsize=8)
def _number_starts(body: str) -> list[int]:
    words = words_of(body)
    return [
        start
        for start, word in zip(words.starts, words.folded, strict=True)
        if word[0].isdigit() or word in NUMBER_WORDS
    ]


def _is_trap(body: str, match: re.Match[str], *, hedged: bool) -> bool:
    """Say whether the number names something (a unit, an article, a year, a telephone) instead of counting."""
    before = body[max(0, match.start() - 30) : match.start()]
    if _TRAP_BEFORE.search(before):
        return True
    digits = match["digits"]
    if not digits:
        return False
    if _YEAR_LIKE.fullmatch(digits) and not hedged:
        return not _AMOUNT_BEFORE.search(before)
    if len(digits) > 1 and digits.startswith("0") and not digits.startswith("0,"):
        return len(digits) > 2  # "03 orang" is a field report's three; "081..." is a telephone
    return len(digits) >= 7 and "." not in digits


_VERB_AFTER = re.compile(r"(?:di|me|ter)[a-z]{4,}$")


def _what_follows(body: str, position: int) -> str:
    words: list[str] = []
    for _ in range(2):
        match = _WHAT.match(body, position)
        if not match or (
            len(words) == 1 and match.group(1)[0].isupper() and words[0][0].islower() and len(words[0]) < 3
        ):
            break
        if _VERB_AFTER.match(match.group(1)):
            break
        words.append(match.group(1))
        position = match.end()
    return " ".join(words)


def _quantity(document: Document, count: _Count, number: Number, hedge: re.Match[str] | None) -> Quantity:
    start = hedge.start("approx") if hedge else count.start
    family, unit, what = _counted_thing(document.body, count)
    hedged = hedge is not None and hedge["approx"].lower() not in ("mencapai", "hingga", "maksimal")
    upper = count.match["upper"]
    approximate = number.approximate or hedged or upper is not None
    why = f"bilangan dengan kata '{count.noun}'" + (f", rentang sampai {upper}" if upper else "")
    evidence = document.evidence(start, count.end, 0.75 if approximate else 0.9, why)
    return Quantity(evidence, number.value, unit, what, family, _scope(document, start, count.end), approximate)


def _counted_thing(body: str, count: _Count) -> tuple[Family, str, str]:
    """Return the family, the unit and what is counted: "12 ekor sapi" is goods, "ekor", "sapi"."""
    noun = count.noun
    family = _FAMILY_OF.get(noun, "goods")
    follows = _what_follows(body, count.end)
    named = " ".join((count.written + " " + follows).split())
    if family == "persons":
        return family, "orang", follows if noun in _BARE_PERSONS else named
    if noun in ("unit", "buah", "lembar", "buku", "ekor"):
        return _family_of_counted(noun, follows), noun, follows
    if family in ("vehicles", "documents"):
        return family, count.counter or _UNIT_SPELLINGS.get(noun, noun), named
    if family == "cases":
        return family, "kasus", named
    if noun in _PIECES or noun in _LIVESTOCK:
        return family, "ekor" if noun in _LIVESTOCK else "unit", named
    return family, _UNIT_SPELLINGS.get(noun, noun), follows


def _family_of_counted(noun: str, follows: str) -> Family:
    words = follows.lower()
    for family in ("vehicles", "documents"):
        if any(re.match(rf"{re.escape(name)}\b", words) for name in _LISTS[family]):
            return "vehicles" if family == "vehicles" else "documents"
    return "goods" if noun != "lembar" else "documents"


def _scope(document: Document, start: int, end: int, *, family: Family = "other") -> Scope:
    """Return whether a figure is this happening's, a total of a period or a claim, or the headline's."""
    body = document.body
    if _POPULATION.search(body, start, min(len(body), end + 1)) and not _VICTIMS_BEFORE.search(
        body[max(0, start - 20) : start]
    ):
        return "background"
    if document.title_span and document.title_span[0] <= start < document.title_span[1]:
        return "headline"
    index = document.sentence_index_at(start)
    if index < 0:
        return "live"
    sentence = document.sentences[index]
    text = body[sentence.start : max(sentence.end, end)]
    position = start - sentence.start
    if _CLAIMED_BEFORE.search(text[:position]) or _SENTENCED.search(text[max(0, position - 60) : position]):
        return "background"
    clause_start = max((match.end() for match in _NEW_CLAUSE.finditer(text[:position])), default=0)
    return _scope_in_clause(document, index, text[clause_start:], position - clause_start, family)


def _scope_in_clause(document: Document, index: int, clause: str, position: int, family: Family) -> Scope:
    """Return the scope by the nearest word for a period or for this very happening."""
    background = [
        match for match in _BACKGROUND.finditer(clause) if family != "money" or not _RATE.match(match.group())
    ]
    if not background:
        goes_on = _GOES_ON.search(document.sentence_text(index)) and _in_background_paragraph(document, index)
        return "background" if goes_on else "live"
    this = [match for match in _THIS_HAPPENING.finditer(clause) if not _UNTIL_BEFORE.search(clause[: match.start()])]
    distance = min(abs(match.start() - position) for match in background)
    return "live" if any(abs(match.start() - position) < distance for match in this) else "background"


def _in_background_paragraph(document: Document, index: int) -> bool:
    """Say whether the sentence before, of the same paragraph, gives the totals of a period."""
    before = document.sentences[index - 1] if index else None
    if before is None or before.paragraph != document.sentences[index].paragraph:
        return False
    text = document.body[before.start : before.end]
    return bool(_BACKGROUND.search(text)) or (
        bool(_GOES_ON.search(text)) and _in_background_paragraph(document, index - 1)
    )


def _collective(document: Document) -> Iterator[Quantity]:
    """Yield "ketiga tersangka", "keenam pemuda", "ke-11 orang": all of them, a figure that is repeated rather than added."""
    words = words_of(document.body)
    starts = [
        start for start, word in zip(words.starts, words.folded, strict=True) if word == "ke" or word in _COLLECTIVES
    ]
    for match in matches_at(_COLLECTIVE, document.body, starts):
        value = (
            float(match["digits"]) if match["digits"] else word_value(re.sub(r"\s+", " ", match["words"].lower())[2:])
        )
        count = _count_at(document.body, match)
        if value is None or count is None or _FAMILY_OF.get(count.noun) != "persons":
            continue
        evidence = document.evidence(match.start(), count.end, 0.6, "semuanya, disebut lagi")
        scope = _scope(document, match.start(), count.end)
        yield Quantity(evidence, value, "orang", count.written, "persons", scope)


def _single(document: Document) -> Iterator[Quantity]:
    """Yield "seorang tersangka", "seekor sapi": one, where it counts and does not merely introduce a speaker."""
    body = document.body
    words = words_of(body)
    starts = [start for start, word in zip(words.starts, words.folded, strict=True) if word in _SE_WORDS]
    for match in matches_at(_SE, body, starts):
        word, what = match["word"].lower(), match["what"]
        before = body[max(0, match.start() - 16) : match.start()]
        if word == "seorang":
            if _SEORANG_SAYS.search(before) or not _COUNTED_ONE.match(what):
                continue
            evidence = document.evidence(match.start(), match.end("what"), 0.6, "'seorang' berarti satu orang")
            yield Quantity(evidence, 1, "orang", what, "persons", _scope(document, match.start(), match.end()))
            continue
        if word == "sebuah":
            family = _family_of_counted("buah", what)
            if family != "vehicles":
                continue
            unit = "unit"
        else:
            unit, family = (
                word[2:],
                "goods" if word not in ("selembar", "seunit") else _family_of_counted(word[2:], what),
            )
        evidence = document.evidence(match.start(), match.end("what"), 0.6, f"'{word}' berarti satu")
        yield Quantity(evidence, 1, unit, what, family, _scope(document, match.start(), match.end()))


def _tetum_goods(document: Document) -> Iterator[Quantity]:
    """Yield Tetum counts of goods, where the number follows the noun: "kaixa 12"."""
    if _TETUM_UNITS.isdisjoint(words_present(document.body)):
        return
    for match in _TETUM_GOODS.finditer(document.body):
        number = match["number"].lower()
        value = float(number) if number.isdigit() else float(FOREIGN[number])
        unit = _UNIT_SPELLINGS.get(match["noun"].lower(), match["noun"].lower())
        evidence = document.evidence(match.start(), match.end(), 0.8, "kata benda dengan bilangan menurut urutan Tetum")
        yield Quantity(evidence, value, unit, "", "goods", _scope(document, match.start(), match.end()))


def _persons_by_nain(document: Document) -> Iterator[Quantity]:
    """Yield Tetum counts of persons: "ema na'in lima"."""
    if document.language != "tet" and "na'in" not in document.body.lower() and "nain" not in document.body.lower():
        return
    for match in _NAIN.finditer(document.body):
        number = match["number"].lower()
        value = float(number) if number.isdigit() else float(FOREIGN[number])
        evidence = document.evidence(match.start(), match.end(), 0.85, "na'in menghitung orang dalam bahasa Tetum")
        yield Quantity(
            evidence,
            value,
            "orang",
            (match["noun"] or "").strip(),
            "persons",
            _scope(document, match.start(), match.end()),
        )


def _parts(document: Document) -> Iterator[Quantity]:
    """Yield "4 di antaranya perempuan", "2 orang lainnya": a share of a total named before."""
    if not _PART_WORDS.search(document.body):
        return
    for match in matches_at(_PARTS, document.body, _number_starts(document.body)):
        number = number_of(match)
        if number is None or _TRAP_BEFORE.search(document.body[max(0, match.start() - 30) : match.start()]):
            continue
        what = match["what"] or ""
        if _FAMILY_OF.get(what.lower(), "persons") not in ("persons", "other"):
            continue
        known = what.lower() in _FAMILY_OF
        end = match.end() if known else match.start("what") if what else match.end()
        evidence = document.evidence(match.start(), end, 0.7, "bagian dari jumlah yang disebut sebelumnya")
        scope = _scope(document, match.start(), end)
        yield Quantity(evidence, number.value, "orang", what if known else "", "persons", scope, part=True)


def _money_starts(body: str) -> list[int]:
    """Return where an amount can begin: at a currency, or at a number when a currency's word is anywhere in the text."""
    words = words_of(body)
    named = not _CURRENCY_WORDS.isdisjoint(words_present(body))
    starts = [
        start
        for start, word in zip(words.starts, words.folded, strict=True)
        if word in _CURRENCY_SIGNS
        or (word[0] in "riuase" and _SIGN_AND_DIGITS.match(word) is not None)
        or (named and (word[0].isdigit() or word in NUMBER_WORDS))
    ]
    if "$" in body:
        starts = sorted({*starts, *(match.start() for match in re.finditer(r"\$", body))})
    return starts


def _money(document: Document) -> Iterator[Quantity]:
    body = document.body
    for match in matches_at(_MONEY, body, _money_starts(body)):
        groups = match.groupdict()
        digits = groups["digits"] or groups["digits2"] or groups["digits3"]
        approximate = False
        if digits:
            scale = (groups["scale"] or groups["scale2"] or "").strip().lower()
            value = digits_value(digits) * MULTIPLIERS.get(scale, 1)
        elif groups["words2"]:
            words = word_value(groups["words2"])
            if words is None:
                continue
            value = words
        else:
            value = float(VAGUE[groups["vague2"].lower()] * MULTIPLIERS.get((groups["vague_scale2"] or "").lower(), 1))
            approximate = True
        currency = (groups["currency"] or groups["currency2"] or groups["dollar"] or "").lower().rstrip(".")
        before = body[max(0, match.start() - 24) : match.start()]
        approximate = (
            approximate or re.search(r"(?i)\b(?:sekitar|hampir|lebih dari|kurang lebih|±)\s*$", before) is not None
        )
        after = re.match(r"\s+per\s+\w+", body[match.end() : match.end() + 24])
        evidence = document.evidence(match.start(), match.end(), 0.95, "jumlah uang dengan mata uangnya")
        yield Quantity(
            evidence, value, _CURRENCIES.get(re.sub(r"\s+", " ", currency), currency), after.group().strip() if after else "", "money",
            _scope(document, match.start(), match.end(), family="money"), approximate,
        )  # fmt: skip


_SHARES = re.compile(
    r"\b(?:terdiri (?:dari|atas)|dengan rincian|rinciannya|yakni|yaitu|masing-masing|meliputi|di antaranya|diantaranya|antara lain|consisting of)\b",
    re.IGNORECASE,
)


_OPENS_WITH_SHARES = re.compile(
    r"\s*(?:mereka |rinciannya |masing-masing )?(?:terdiri (?:dari|atas)|yakni|yaitu|rinciannya|dengan rincian)\b",
    re.IGNORECASE,
)


def _with_shares(document: Document, found: list[Quantity]) -> Iterator[Quantity]:
    """Mark the persons listed after a total of their own sentence as parts of it, when they do not exceed it."""
    total: Quantity | None = None
    listed = 0.0
    for quantity in found:
        if quantity.family != "persons" or quantity.part:
            yield quantity
            continue
        if total is not None and _near_sentences(document, total, quantity):
            between = document.body[total.evidence.end : quantity.evidence.start]
            if _SHARES.search(between) and listed + quantity.value <= total.value:
                listed += quantity.value
                yield replace(quantity, part=True)
                continue
        total, listed = quantity, 0.0
        yield quantity


def _near_sentences(document: Document, first: Quantity, second: Quantity) -> bool:
    distance = document.sentence_index_at(second.evidence.start) - document.sentence_index_at(first.evidence.start)
    return distance == 0 or (
        distance == 1
        and _OPENS_WITH_SHARES.match(document.body[second.evidence.start - 40 : second.evidence.start].split(".")[-1])
        is not None
    )
