"""Find counts with their units: persons, goods, money, cases, vehicles, documents.

A number counts only with the noun that it counts, so that years, article and unit numbers, clock times, ages and
distances never become quantities. A figure of this happening ("live") is told from a yearly total ("background") and
from the headline, which may say something else than the body.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from kentongan.reading.dates import clock_spans
from kentongan.reading.model import DateMention, Quantity
from kentongan.reading.text import Document, matches_at
from kentongan.reading.words import HYPHEN, SPACE, PhraseIndex, folded, key_of, words_of

Family = Literal["persons", "goods", "money", "cases", "vehicles", "documents", "other"]
Scope = Literal["live", "background", "headline"]

_ONES = {
    "satu": 1, "dua": 2, "tiga": 3, "empat": 4, "lima": 5, "enam": 6, "tujuh": 7, "delapan": 8, "sembilan": 9,
    "sepuluh": 10, "sebelas": 11, "seratus": 100, "seribu": 1000, "sejuta": 1_000_000, "semiliar": 1_000_000_000, "setengah": 0.5,
}  # fmt: skip
_MULTIPLIERS = {
    "belas": 0, "puluh": 10, "ratus": 100, "ribu": 1_000, "rb": 1_000, "juta": 1_000_000, "jt": 1_000_000,
    "miliar": 1_000_000_000, "milyar": 1_000_000_000, "triliun": 1_000_000_000_000,
}  # fmt: skip
_VAGUE = {"belasan": 11, "puluhan": 20, "ratusan": 100, "ribuan": 1_000, "jutaan": 1_000_000, "miliaran": 1_000_000_000}
_VAGUE_REACH = {11: 19, 20: 99, 100: 999, 1_000: 9_999}
_HAS_DIGIT = re.compile(r"\d")
_FOREIGN = {
    "um": 1, "uma": 1, "dois": 2, "duas": 2, "três": 3, "quatro": 4, "cinco": 5, "seis": 6, "sete": 7, "oito": 8, "nove": 9,
    "dez": 10, "onze": 11, "doze": 12, "treze": 13, "catorze": 14, "quinze": 15, "vinte": 20, "trinta": 30,
    "ida": 1, "rua": 2, "tolu": 3, "haat": 4, "hat": 4, "lima": 5, "neen": 6, "hitu": 7, "ualu": 8, "sia": 9, "sanulu": 10,
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
}  # fmt: skip


def _alternatives(words: Sequence[str]) -> str:
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in sorted(words, key=len, reverse=True))


_PERSONS: tuple[str, ...] = (
    "org", "orng", "gadis", "pemudi", "tekong", "nakhoda", "nahkoda", "keluarga korban", "relawan", "polisi", "tentara", "penyelundup", "bandar", "kades", "ibu",
    "warga negara asing", "warga negara indonesia", "warga negara", "warga asing", "warga binaan", "warga", "wna", "wni", "wn",
    "calon pekerja migran indonesia", "calon pekerja migran", "calon pekerja", "calon pmi", "calon tki", "calon tenaga kerja",
    "calon penumpang", "calon jemaah", "cpmi", "ctki", "terlapor", "tenaga kerja indonesia", "tenaga kerja asing", "pmi", "tki", "tkw", "tka", "pekerja migran indonesia", "pekerja migran", "pekerja", "tenaga kerja",
    "korban", "tersangka", "terduga pelaku", "terduga", "terdakwa", "pelaku", "imigran gelap", "imigran", "migran", "pengungsi", "deteni",
    "pencari suaka", "orang asing", "orang", "jiwa", "anak buah kapal", "anak", "balita", "bayi", "laki-laki", "lelaki", "pria", "perempuan", "wanita",
    "personel", "personil", "anggota", "petugas", "prajurit", "aparat", "pegawai", "abk", "awak kapal", "awak", "nelayan", "penumpang",
    "pemuda", "remaja", "saksi", "peserta", "siswa", "pelajar", "mahasiswa", "santri", "pelintas batas", "pelintas ilegal", "pelintas", "peziarah",
    "jemaah", "jamaah", "pasien", "jenazah", "mayat", "pendatang", "perekrut", "calo", "sopir", "pengemudi", "guru", "kepala desa", "tamu",
    "penumpang gelap", "buruh", "penyelam", "wisatawan", "turis", "tahanan", "narapidana", "napi", "kurir", "pengedar", "perantau", "janda", "lansia", "penduduk",
    "ema", "sidadaun", "sidadaun indonéziu", "suspeitu", "vítima", "labarik", "feto", "mane",
    "pessoas", "cidadãos", "suspeitos", "vítimas", "crianças", "mulheres", "homens", "migrantes", "detidos",
    "people", "persons", "victims", "suspects", "migrants", "refugees", "workers", "foreigners", "citizens", "men", "women", "children",
)  # fmt: skip
_BARE_PERSONS = frozenset({"orang", "org", "orng", "ema", "people", "persons", "pessoas"})
_LIVESTOCK = ("sapi", "babi", "kerbau", "kambing", "kuda", "ayam", "anjing", "domba", "penyu")
_COUNTED_BY_THE_PIECE = frozenset({"handphone", "hp", "ponsel", "telepon genggam", "laptop", "mesin", "mesin tempel"})
_GOODS: tuple[str, ...] = (
    "slot", "mesin", "mesin tempel", "ikat", "ret", "dos",
    "karton", "dus", "kardus", "slof", "slop", "batang", "bungkus", "liter", "ltr", "jeriken", "jerigen", "jirigen", "jeriken plastik", "drum", "karung", "sak",
    "ekor", "bal", "ball", "balpres", "ballpress", "koli", "kg", "kilogram", "kilo", "kuintal", "gram", "gr", "mg", "ton", "paket", "buah", "bilah", "pucuk",
    "butir", "botol", "kaleng", "krat", "tabung", "lembar", "potong", "pasang", "pak", "pack", "bks", "keping", "peti", "kantong", "plastik", "linting",
    "pohon", "batang pohon", "meter kubik", "kubik", "m3", "peluru", "amunisi", "handphone", "hp", "ponsel", "telepon genggam", "laptop", "pil", "tablet",
    "sachet", "ikat", "rim", "set", "poket", "kartus", "roll", "gulung", "patok", "pilar",
    "litru", "litros", "kilograma", "quilos", "quilogramas", "caixas", "kaixa", "sacos", "saku", "pacotes", "jerry cans", "litres", "cartons", "kilograms", "grams", "bags", "boxes", "packs", "cigarettes",
)  # fmt: skip
_UNIT_SPELLINGS = {
    "slop": "slof",
    "kpl": "kapal",
    "slot": "slof", "ltr": "liter", "jerigen": "jeriken", "jirigen": "jeriken", "jeriken plastik": "jeriken",
    "ball": "bal", "balpres": "bal", "ballpress": "bal", "kilogram": "kg", "kilo": "kg", "gr": "gram", "pack": "pak",
    "bks": "bungkus", "litru": "liter", "litros": "liter", "litres": "liter", "kilograma": "kg", "quilos": "kg", "quilogramas": "kg", "kilograms": "kg", "grams": "gram",
    "caixas": "karton", "kaixa": "karton",
    "pakote": "paket", "cartons": "karton", "boxes": "karton", "sacos": "karung", "saku": "karung", "bags": "karung", "pacotes": "paket", "packs": "bungkus",
    "jerry cans": "jeriken", "cigarettes": "batang",
}  # fmt: skip
_VEHICLES: tuple[str, ...] = (
    "kpl",
    "sepeda motor", "motor", "mobil", "kendaraan", "truk", "truck", "dump truk", "pikap", "pick up", "pickup", "bus", "minibus", "perahu", "kapal", "kapal motor", "kapal kayu",
    "kapal nelayan", "speedboat", "speed boat", "boat", "sampan", "pesawat", "kontainer", "peti kemas", "rakit", "barcos", "barco", "viaturas", "vehicles", "boats", "kareta", "ró",
)  # fmt: skip
_DOCUMENTS: tuple[str, ...] = ("paspor", "visa", "ktp", "dokumen", "berkas", "surat", "kartu keluarga", "kartu identitas", "izin tinggal", "kitas", "permohonan paspor", "permohonan", "tiket", "boarding pass", "passaportes", "passports", "pas lintas batas", "plb", "sertifikat")  # fmt: skip
_CASES: tuple[str, ...] = ("kasus", "perkara", "laporan polisi", "laporan", "kejadian", "peristiwa", "insiden", "lokasi penindakan", "penindakan", "pelanggaran", "kazu", "casos", "cases", "incidents")  # fmt: skip
_OTHERS: tuple[str, ...] = ("kepala keluarga", "kk", "keluarga", "rumah", "perusahaan")

_FAMILY_OF: dict[str, Family] = {}
for _family, _words in (
    ("other", _OTHERS), ("cases", _CASES), ("documents", _DOCUMENTS), ("vehicles", _VEHICLES), ("goods", _GOODS), ("persons", _PERSONS),
):  # fmt: skip
    _FAMILY_OF.update(dict.fromkeys(_words, _family))  # type: ignore[arg-type]

_NOUNS: PhraseIndex[str] = PhraseIndex({key_of(noun): noun for noun in _FAMILY_OF})
_BETWEEN_WORDS = frozenset({SPACE, HYPHEN})

_DIGITS = r"\d{1,3}(?:[.,]\d{3})+(?:,\d{1,2})?(?!\d)|\d+(?:[.,]\d{1,2})?(?!\d)"
_SCALE = r"(?:\s*(?:ribu|rb|juta|jt|miliar|milyar|triliun)\b)"
_ONE_WORD = rf"(?:{_alternatives([word for word in _ONES if word != 'setengah'])}|{_alternatives(list(_MULTIPLIERS))})"
_INDONESIAN_WORDS = rf"(?:setengah|{_ONE_WORD}(?:[\s-]+{_ONE_WORD})*)(?:\s+setengah)?"
_NUMBER = (
    rf"(?:(?P<digits>{_DIGITS})(?P<scale>{_SCALE})?|(?P<words>{_INDONESIAN_WORDS})|(?P<vague>{_alternatives(list(_VAGUE))})(?:\s+(?P<vague_scale>ribu|juta|miliar))?"
    rf"|(?P<foreign>{_alternatives(list(_FOREIGN))}))"
)
_NUMBER_HERE = re.compile(
    rf"(?<![\w/.,:%-]){_NUMBER}\b(?![.,/:]\d)"
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
_NUMBER_WORDS = frozenset(folded(word) for word in (*_ONES, *_VAGUE, *_FOREIGN))
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
    rf"\b(?P<noun>ema|sidadaun\s+\w+|suspeitu|vítima|labarik|mane|feto)?\s*na[i']*in[\s-]+(?P<number>\d+|{_alternatives(list(_FOREIGN))})\b",
    re.IGNORECASE,
)
_TETUM_GOODS = re.compile(
    rf"\b(?P<noun>kaixa|litru|kilograma|pakote|botir|karreta)\s+(?P<number>\d+|{_alternatives(list(_FOREIGN))})\b",
    re.IGNORECASE,
)
_MONEY = re.compile(
    rf"\b(?P<currency>Rp\.?|IDR|USD|US\$|RM|AUD|SGD|A\$|dolar|EUR)\s*(?P<digits>{_DIGITS})(?:,-|,00\b)?(?P<scale>{_SCALE})?"
    rf"|(?<![\w.,])(?P<dollar>\$)\s*(?P<digits3>{_DIGITS})"
    rf"|(?<![\w.,])(?:(?P<digits2>{_DIGITS})(?P<scale2>{_SCALE})?|(?P<words2>{_INDONESIAN_WORDS})|(?P<vague2>{_alternatives(list(_VAGUE))})(?:\s+(?P<vague_scale2>ribu|juta|miliar))?)\s*(?P<currency2>rupiah|dolar(?:\s+(?:AS|Amerika(?: Serikat)?|Australia))?|ringgit|dólares|dolares)\b",
    re.IGNORECASE,
)
_CURRENCIES = {
    "rp": "rupiah", "idr": "rupiah", "rupiah": "rupiah", "usd": "USD", "us$": "USD", "$": "USD", "dolar": "USD", "dolar as": "USD", "dólares": "USD", "dolares": "USD",
    "dolar amerika": "USD", "dolar amerika serikat": "USD", "rm": "MYR", "ringgit": "MYR", "aud": "AUD", "a$": "AUD", "dolar australia": "AUD", "sgd": "SGD", "eur": "EUR",
}  # fmt: skip
_PARTS = re.compile(
    rf"(?<![\w/.,-]){_NUMBER}\s+(?:(?:orang|org)\s+)?(?:di\s?antaranya|diantaranya|lainnya|sisanya)\b(?:\s+(?:adalah|merupakan|masih))?(?:\s+(?P<what>[\w-]+))?",
    re.IGNORECASE,
)

_PART_WORDS = re.compile(r"antaranya|lainnya|sisanya", re.IGNORECASE)
_MONEY_WORDS = re.compile(r"rp|idr|usd|us\$|rm|aud|sgd|a\$|\$|eur|rupiah|dolar|ringgit|dólares", re.IGNORECASE)
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
_THIS_HAPPENING = re.compile(
    r"\b(?:hari ini|tadi malam|semalam|kemarin|dalam (?:operasi|penangkapan|penggerebekan|kasus|peristiwa) (?:ini|itu|tersebut)|saat ini|tersebut)\b",
    re.IGNORECASE,
)
_WHAT = re.compile(r"[ \t]+(?!(?:dari|di|ke|yang|dan|untuk|dengan|pada|serta|oleh|saat|dalam|asal|karena|akan|telah|sudah|tersebut|itu|ini|lalu|melalui|ukuran|berukuran|berisi|isi|jenis|lebih|kurang|per|setiap|mengenakan|sebagai|tanpa|atau|milik|ditangkap|diamankan|disita|tiba|masuk|iha|ho|no|de|da|do|em|by|in|of|and|from)\b)([^\W\d_][\w'-]*)")  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Number:
    value: float
    approximate: bool


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


def parse_number(text: str) -> float | None:
    """Return the value of a number as Indonesian texts write it: "1.500", "2,5", "dua puluh lima", "1,5 juta"; None if it is none."""
    match = re.fullmatch(_NUMBER, text.strip(), re.IGNORECASE)
    number = _number(match) if match else None
    return number.value if number else None


def _unless_exact_elsewhere(quantity: Quantity, found: Sequence[Quantity]) -> Quantity:
    """Set a vague figure ("puluhan orang") apart as headline when the text gives the exact one that it stands for."""
    reach = (
        _VAGUE_REACH.get(int(quantity.value))
        if quantity.approximate and not _HAS_DIGIT.search(quantity.evidence.text)
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


def _digits(text: str) -> float:
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", text):
        return float(text.replace(".", "").replace(",", "."))
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+", text):
        return float(text.replace(",", ""))
    return float(text.replace(".", "").replace(",", ".")) if text.count(".") > 1 else float(text.replace(",", "."))


def _word_value(text: str) -> float | None:
    """Return the value of Indonesian number words, or None when they do not form a number ("puluh" alone)."""
    total, group, current = 0.0, 0.0, 0.0
    seen = False
    for word in re.split(r"[\s-]+", text.lower().strip()):
        if word == "setengah" and seen:
            current += 0.5
        elif word in _ONES:
            value = _ONES[word]
            if value >= 1000:
                total += value
            elif value == 100:
                group += 100
            else:
                current += value
            seen = True
        elif word == "belas" and current:
            current += 10
        elif word in ("puluh", "ratus") and current:
            group += current * _MULTIPLIERS[word]
            current = 0
        elif word in _MULTIPLIERS and _MULTIPLIERS[word] >= 1000 and (current or group):
            total += (group + current) * _MULTIPLIERS[word]
            group = current = 0
        else:
            return None
    return total + group + current if seen else None


def _number(match: re.Match[str]) -> _Number | None:
    groups = match.groupdict()
    scale = _MULTIPLIERS.get((groups.get("scale") or "").strip().lower(), 1)
    if groups.get("digits"):
        return _Number(_digits(groups["digits"]) * scale, False)
    if groups.get("words"):
        value = _word_value(groups["words"])
        return None if value is None else _Number(value, False)
    if groups.get("vague"):
        times = _MULTIPLIERS.get((groups.get("vague_scale") or "").lower(), 1)
        return _Number(_VAGUE[groups["vague"].lower()] * times, True)
    if groups.get("foreign"):
        return _Number(_FOREIGN[groups["foreign"].lower()], False)
    return None


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
        number = _number(match)
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


def _number_starts(body: str) -> list[int]:
    words = words_of(body)
    return [
        start
        for start, word in zip(words.starts, words.folded, strict=True)
        if word[0].isdigit() or word in _NUMBER_WORDS
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


def _quantity(document: Document, count: _Count, number: _Number, hedge: re.Match[str] | None) -> Quantity:
    start = hedge.start("approx") if hedge else count.start
    family, unit, what = _counted_thing(document.body, count)
    hedged = hedge is not None and hedge["approx"].lower() not in ("mencapai", "hingga", "maksimal")
    upper = count.match["upper"]
    approximate = number.approximate or hedged or upper is not None
    why = f"a number with the noun '{count.noun}'" + (f", a range up to {upper}" if upper else "")
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
    if noun in _COUNTED_BY_THE_PIECE or noun in _LIVESTOCK:
        return family, "ekor" if noun in _LIVESTOCK else "unit", named
    return family, _UNIT_SPELLINGS.get(noun, noun), follows


def _family_of_counted(noun: str, follows: str) -> Family:
    words = follows.lower()
    for family, names in (("vehicles", _VEHICLES), ("documents", _DOCUMENTS)):
        if any(re.match(rf"{re.escape(name)}\b", words) for name in names):
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
            float(match["digits"]) if match["digits"] else _word_value(re.sub(r"\s+", " ", match["words"].lower())[2:])
        )
        count = _count_at(document.body, match)
        if value is None or count is None or _FAMILY_OF.get(count.noun) != "persons":
            continue
        evidence = document.evidence(match.start(), count.end, 0.6, "all of them, counted again")
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
            evidence = document.evidence(match.start(), match.end("what"), 0.6, "'seorang' counts one person")
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
        evidence = document.evidence(match.start(), match.end("what"), 0.6, f"'{word}' counts one")
        yield Quantity(evidence, 1, unit, what, family, _scope(document, match.start(), match.end()))


def _tetum_goods(document: Document) -> Iterator[Quantity]:
    """Yield Tetum counts of goods, where the number follows the noun: "kaixa 12"."""
    for match in _TETUM_GOODS.finditer(document.body):
        number = match["number"].lower()
        value = float(number) if number.isdigit() else float(_FOREIGN[number])
        unit = _UNIT_SPELLINGS.get(match["noun"].lower(), match["noun"].lower())
        evidence = document.evidence(match.start(), match.end(), 0.8, "a noun with its number, in Tetum order")
        yield Quantity(evidence, value, unit, "", "goods", _scope(document, match.start(), match.end()))


def _persons_by_nain(document: Document) -> Iterator[Quantity]:
    """Yield Tetum counts of persons: "ema na'in lima"."""
    if document.language != "tet" and "na'in" not in document.body.lower() and "nain" not in document.body.lower():
        return
    for match in _NAIN.finditer(document.body):
        number = match["number"].lower()
        value = float(number) if number.isdigit() else float(_FOREIGN[number])
        evidence = document.evidence(match.start(), match.end(), 0.85, "na'in counts persons in Tetum")
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
    for match in _PARTS.finditer(document.body):
        number = _number(match)
        if number is None or _TRAP_BEFORE.search(document.body[max(0, match.start() - 30) : match.start()]):
            continue
        what = match["what"] or ""
        if _FAMILY_OF.get(what.lower(), "persons") not in ("persons", "other"):
            continue
        known = what.lower() in _FAMILY_OF
        end = match.end() if known else match.start("what") if what else match.end()
        evidence = document.evidence(match.start(), end, 0.7, "a share of a total named before")
        scope = _scope(document, match.start(), end)
        yield Quantity(evidence, number.value, "orang", what if known else "", "persons", scope, part=True)


def _money(document: Document) -> Iterator[Quantity]:
    body = document.body
    for match in _MONEY.finditer(body):
        groups = match.groupdict()
        digits = groups["digits"] or groups["digits2"] or groups["digits3"]
        approximate = False
        if digits:
            scale = (groups["scale"] or groups["scale2"] or "").strip().lower()
            value = _digits(digits) * _MULTIPLIERS.get(scale, 1)
        elif groups["words2"]:
            words = _word_value(groups["words2"])
            if words is None:
                continue
            value = words
        else:
            value = float(
                _VAGUE[groups["vague2"].lower()] * _MULTIPLIERS.get((groups["vague_scale2"] or "").lower(), 1)
            )
            approximate = True
        currency = (groups["currency"] or groups["currency2"] or groups["dollar"] or "").lower().rstrip(".")
        before = body[max(0, match.start() - 24) : match.start()]
        approximate = (
            approximate or re.search(r"(?i)\b(?:sekitar|hampir|lebih dari|kurang lebih|±)\s*$", before) is not None
        )
        after = re.match(r"\s+per\s+\w+", body[match.end() : match.end() + 24])
        evidence = document.evidence(match.start(), match.end(), 0.95, "an amount with its currency")
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
