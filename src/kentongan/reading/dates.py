"""Find the days that a text speaks of, and say of each what kind of day it is.

News gives a day by its weekday ("Kamis, (7/11)"), field reports by number ("tgl 5 sept 24"), and both leave out what
their reader knew. Whatever the text leaves open stays open: a lone weekday gets bounds, not a guess. The year of a
copyright line is when a page was drawn, so it only says which years are too late.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby
from typing import Literal

from kentongan.reading.model import DateMention
from kentongan.reading.text import Document, matches_at
from kentongan.reading.words import folded, words_of

Role = Literal["event", "publication", "statement", "instrument", "background", "deadline"]
Precision = Literal["day", "month", "year", "weekday", "unknown"]

EARLIEST_YEAR = 1945
_YEARS_AFTER_NAMED = (
    2  # a text whose day of arrival nobody knows is told at most so long after the newest year it names
)
_DAYS_TOLD_TOGETHER = 31
_LONGEST_SEARCH = 28  # years: after 28 every date has had every weekday

_MONTHS: dict[str, int] = {}
for _number, _names in enumerate(
    (
        "januari january janeiro janeiru jan",
        "februari february pebruari fevereiro fevereiru feb peb",
        "maret march março marco marsu mar",
        "april abril apr",
        "mei may maio maiu",
        "juni june junho juñu juñhu junu jun",
        "juli july julho jullu jul",
        "agustus august agosto agostu agt agu ags aug",
        "september setembro setembru sept sep",
        "oktober october outubro outubru okt oct",
        "november nopember novembro novembru nov nop",
        "desember december dezembro dezembru des dec",
    ),
    start=1,
):
    _MONTHS.update(dict.fromkeys(_names.split(), _number))

_WEEKDAYS: dict[str, int] = {}
for _number, _names in enumerate(
    (
        "senin monday segunda-feira segunda",
        "selasa tuesday terça-feira terca-feira tersa-feira tersa",
        "rabu wednesday quarta-feira kuarta-feira kuarta",
        "kamis thursday quinta-feira kinta-feira kinta",
        "jumat jum'at friday sexta-feira sesta-feira sesta",
        "sabtu saturday sábado sabado sábadu sabadu",
        "minggu ahad sunday domingo domingu",
    )
):
    _WEEKDAYS.update(dict.fromkeys(_names.split(), _number))
WEEKDAY_NAMES = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")


def _alternatives(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_MONTH = rf"(?:{_alternatives(_MONTHS)})\b\.?"
_LONG_MONTH = rf"(?:{_alternatives(word for word in _MONTHS if len(word) > 3 or word == 'mei')})\b"
_WEEKDAY = rf"(?<![\w-])(?:{_alternatives(_WEEKDAYS)})\b(?!-)"
_YEAR = r"(?:19|20)\d\d(?!\d|[.,]\d)"
_PART_OF_DAY = r"(?:dini hari|subuh|pagi|siang|sore|petang|malam)"
_YEAR_AFTER_NAME = rf"(?:[\s,]*(?:tahun|tinan|thn|th\.?|de)?\s*(?P<{{0}}>{_YEAR}|'\d\d\b|(?<=\s)[12]\d\b(?![.,:]\d|\s*(?:orang|wn|pmi|cpmi|kg|liter|unit|warga|korban|%|persen))))?"
_TO = r"\s*(?:-|–|—|s\.?/?d\.?|sampai dengan|sampai|hingga|to'o|até|to)\s*"

_DATE = re.compile(
    rf"(?P<lead>(?P<weekday>{_WEEKDAY})(?:\s*(?:-|–|dan|hingga|sampai)\s*(?P<weekday2>{_WEEKDAY}))?"
    rf"(?:\s+{_PART_OF_DAY})?\s*[,.|]?\s*(?:tanggal|tgl\.?|loron|dia|,)?\s*\(?\s*)?"
    r"(?<![\w/.,-])(?:"
    rf"(?P<iso_year>{_YEAR})-(?P<iso_month>[01]\d)-(?P<iso_day>[0-3]\d)"
    rf"|(?P<name_day>[0-3]?\d)(?:(?P<name_link>{_TO}|\s*(?:dan|&|,)\s*)(?P<name_day2>[0-3]?\d))?\s*(?:-\s*)?(?:de\s+|bulan\s+|fulan[-\s]+)?(?P<name_month>{_MONTH})"
    + _YEAR_AFTER_NAME.format("name_year")
    + rf"|(?P<en_month>{_LONG_MONTH})\s+(?P<en_day>[0-3]?\d)(?:st|nd|rd|th)?,?\s+(?P<en_year>{_YEAR})"
    rf"|(?P<num_day>[0-3]?\d)(?:\s?[-–]\s?(?P<num_day2>[0-3]?\d))?(?P<sep>[/.-])(?P<num_month>[01]?\d)(?P=sep)(?P<num_year>{_YEAR}|\d\d)(?![\d/])"
    r"|(?P<short_day>[0-3]?\d)(?:\s?[-–]\s?(?P<short_day2>[0-3]?\d))?/(?P<short_month>[01]?\d)(?![\d/])"
    r")\s*\)?",
    re.IGNORECASE,
)
_LONE_WEEKDAY = re.compile(
    rf"(?P<weekday>{_WEEKDAY})(?:\s+(?P<part>{_PART_OF_DAY}))?(?:\s+(?P<shift>(?:pekan |minggu )?(?:lalu|depan|mendatang|besok|kemarin|ini))\b)?",
    re.IGNORECASE,
)
_MONTH_ONLY = re.compile(
    rf"\b(?P<month>{_LONG_MONTH})(?:\s+(?:tahun\s+|tinan\s+|de\s+)?(?P<year>{_YEAR}))?(?:\s+(?P<relative>tahun ini|tahun lalu|lalu|mendatang|ini))?",
    re.IGNORECASE,
)
_YEAR_ALONE = re.compile(rf"{_YEAR}\b")
_YEAR_WORD_BEFORE = re.compile(
    r"\b(?:sepanjang|selama|sejak|pada|hingga|sampai|awal|akhir|pertengahan|periode|tahun|thn|tinan|iha|em|in|since)\s+(?:tahun\s+|tinan\s+)?$",
    re.IGNORECASE,
)
_LAW_BEFORE = re.compile(
    r"(?:nomor|no\.?|uu|undang-undang|perpres|pp|permen\w*|perda|kuhp|kuhap|perkap|inpres|/)\s*[\w./-]*\s*$",
    re.IGNORECASE,
)
_RELATIVE = re.compile(
    r"\b(?P<word>hari ini|kemarin lusa|kemarin|tadi malam|semalam|malam tadi|(?:pagi|siang|sore|dini hari|subuh) tadi|tadi (?:pagi|siang|sore|subuh)"
    r"|besok|lusa|ohin loron|ohin|horiseik|aban|hoje|ontem|amanhã|today|yesterday|tomorrow"
    r"|(?:(?:sekitar|kira-kira)\s+)?(?P<count>satu|dua|tiga|empat|lima|enam|tujuh|\d{1,2}|se)\s*(?P<unit>hari|minggu|pekan|bulan|tahun)\s+(?:yang\s+)?lalu"
    r"|(?:pekan|minggu|bulan|tahun) (?:lalu|depan|ini))\b",
    re.IGNORECASE,
)
_AFTER_A_DATE = re.compile(r"(?:\d\)|\d\d) $")  # "Senin (13/3/2023) kemarin" is one date
_WEEKDAY_WORDS = frozenset(folded(word.split("-")[0]) for word in _WEEKDAYS)
_MONTH_WORDS = frozenset(folded(word) for word in _MONTHS)
_RELATIVE_WORDS = frozenset(
    {
        *(
            "hari",
            "kemarin",
            "tadi",
            "malam",
            "pagi",
            "siang",
            "sore",
            "dini",
            "subuh",
            "besok",
            "lusa",
            "pekan",
            "minggu",
            "bulan",
            "tahun",
            "sekitar",
            "kira",
        ),
        *(
            "satu",
            "dua",
            "tiga",
            "empat",
            "lima",
            "enam",
            "tujuh",
            "sehari",
            "seminggu",
            "sepekan",
            "sebulan",
            "setahun",
            "semalam",
        ),
        *("ohin", "horiseik", "aban", "hoje", "ontem", "amanha", "today", "yesterday", "tomorrow"),
    }
)
_CLOCK = re.compile(
    r"\b(?:pukul|pkl\.?|jam|tuku|às|at)\s*(?P<hour>[0-2]?\d)(?:[.:](?P<minute>[0-5]\d))?(?:\s*(?P<zone>WITA|WIB|WIT|OTL|TLT)\b)?"
    r"|\b(?P<hour2>[0-2]?\d)[.:](?P<minute2>[0-5]\d)\s*(?P<zone2>WITA|WIB|WIT)\b",
    re.IGNORECASE,
)
_CLOCK_TO_END = re.compile(
    r"\s*[|,•-]?\s*(?:(?:pukul|pkl\.?|jam)\s*)?[0-2]?\d[.:][0-5]\d(?:\s*(?:WITA|WIB|WIT))?\s*(?=\n|$|\Z)", re.IGNORECASE
)
_COPYRIGHT_YEAR = re.compile(rf"(?:copyright|©|\(c\)|hak cipta)[^\n\d]{{0,30}}(?P<year>{_YEAR})", re.IGNORECASE)

_RECURRING = re.compile(r"\b(?:setiap|tiap(?:-tiap)?|saban|cada|every|loro-loron)\s+(?:hari\s+)?$", re.IGNORECASE)
_WEEKDAY_NAME_OF_DAY = re.compile(
    r"\s+(?:Berkah|Curhat|Agung|Bersih|Palma|Putih|Abu|Suci|Kliwon|Legi|Pahing|Pon|Wage)\b"
)
_SUNDAY_OR_WEEK = re.compile(
    r"(?:\d|\b(?:se|satu|dua|tiga|empat|lima|enam|beberapa|per|tiap|setiap|akhir|awal|seminggu|dalam|selama|kali))\s*$",
    re.IGNORECASE,
)
_NOT_A_DATE_BEFORE = re.compile(
    r"\b(?:jalan|jl\.?|jln\.?|blok|rt|rw|no\.?|nomor|pasal|ayat|skor|lampiran|lp|kodim|yonif|universitas|stadion|monumen)\s*$",
    re.IGNORECASE,
)

_INSTRUMENT_BEFORE = re.compile(
    r"(?:\b(?:tertanggal|bertanggal|dated)|yang\s+(?:telah\s+|sudah\s+)?(?:diteken|ditandatangani|disepakati|diterbitkan|dikeluarkan|diundangkan)"
    r"(?:\s+[\w. ]{0,60}?)?(?:\s+(?:pada|tanggal|di))?|\b(?:sk|surat|nomor|no\.)\s[^.,]{0,50}\btanggal)\s*(?:pada\s+|tanggal\s+|hari\s+)*$",
    re.IGNORECASE,
)
_BACKGROUND_BEFORE = re.compile(
    r"\b(?:sejak|semenjak|desde|since|sepanjang|selama|dari tahun|pernah|terakhir kali|sebelumnya|berdasarkan data|periode|dulu|lahir|kelahiran"
    r"|diundangkan|berlaku|dibentuk|terbentuk|didirikan|berdiri|beroperasi|diresmikan sejak|hingga|sampai(?: dengan)?|per|mulai)\s*,?\s*(?:pada|tanggal|hari|bulan|awal|akhir|pertengahan|tahun|tgl\.?|\s)*$",
    re.IGNORECASE,
)
_FUTURE_BEFORE = re.compile(
    r"\b(?:akan(?! tetapi)|rencananya|direncanakan|dijadwalkan|berencana|paling lambat|selambat-lambatnya|batas waktu|tenggat|jatuh tempo|deadline|dijadualkan"
    r"|mulai berlaku|nanti|mendatang|will|sei|será)\b[^.!?\"]{0,90}$|\b(?:menjelang|jelang)\s+(?:hari\s+|tanggal\s+)*$",
    re.IGNORECASE,
)
_AT = re.compile(r"\b(?:pada|iha|em|on)\s+(?:hari\s+)?$", re.IGNORECASE)
_THAT = re.compile(r"\b(?:bahwa|katak|que|that)\b", re.IGNORECASE)
# "menuturkan paket itu dicurigai di kargo, Senin": what follows an active verb of saying, with a verb of its own, is told.
_ACTIVE_SPEECH = re.compile(
    r"(?:mengatakan|menyatakan|menjelaskan|mengungkapkan|menyampaikan|menuturkan|menerangkan|menyebut)", re.IGNORECASE
)
_TOLD_DEED = re.compile(
    r"\b(?!diterima|dikonfirmasi|ditemui|dihubungi|dikutip|diwawancara|terkait|terhadap|tertulis|tersebut|terus|terutama|termasuk|dirinya|dimana)(?:di|ter)[a-z]{4,}\b",
    re.IGNORECASE,
)
_SPEECH = re.compile(
    r"\b(?:kata|ujar|ucap|tutur|jelas|ungkap|terang|tegas|sebut|papar|imbuh|tambah|beber|lanjut|urai|cetus|tandas|pungkas)(?:nya)?\b"
    r"|\b(?:mengatakan|menyatakan|menjelaskan|mengungkapkan|menyampaikan|menuturkan|menerangkan|menegaskan|menyebut(?:kan)?|membenarkan|memaparkan|mengaku)\b"
    r"|\b(?:di(?:kata|sampai|ungkap|jelas|tegas|sebut|tutur|utara|papar|terang|benar)kan(?:nya)?)\b"
    r"|\b(?:dikonfirmasi|dihubungi|ditemui|keterangan(?:nya)?(?: tertulis| pers| resmi)?|siaran pers|konferensi pers|jumpa pers|rilis|kepada (?:wartawan|awak media|media))\b"
    r"|\b(?:hatete|haktuir|disse|afirmou|declarou|said|told)\b",
    re.IGNORECASE,
)
_HAPPENING = re.compile(
    r"\b(?:terjadi|ditangkap|menangkap|diamankan|mengamankan|ditemukan|menemukan|menggagalkan|digagalkan|digelar|menggelar|dilaksanakan|melaksanakan|berlangsung"
    r"|berkunjung|mengunjungi|kunjungan|menandatangani|penandatanganan|ditandatangani|penangkapan|penggerebekan|menggerebek|digerebek|menyita|disita|bertemu|pertemuan"
    r"|dilakukan|penggagalan|terungkap|diungkap|dimulai|bermula|berawal|dievakuasi|dijemput|diberangkatkan|dicegat|dihentikan|penyitaan|disepakati|dikukuhkan|dilantik"
    r"|rapat|dipulangkan|dideportasi|mendeportasi|memulangkan|tiba|terdampar|diserahkan|menyerahkan|meninggal|tewas|melintas|masuk|memusnahkan|dimusnahkan|kegiatan|peristiwa|kejadian"
    r"|kaptura|kaer|akontese|realiza|ocorreu|deteve|detido|apreend\w+)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Found:
    """A date as written, before the text around it fills in what it leaves out."""

    start: int
    end: int
    day: int | None
    month: int | None
    year: int | None
    weekday: int | None
    last_day: int | None = None
    shape: Literal["full", "no_year", "weekday", "month", "year", "relative"] = "full"
    word: str = ""  # of a relative date or of what follows a lone weekday


def find_dates(document: Document, *, received: date | None = None) -> tuple[DateMention, ...]:
    """Return every date mention of the text in order, each with role, precision, bounds and why.

    `received` is the day on which the text arrived: no day of publication can be later. Without it the years that
    the text itself names are the bound, and in a text that names none a day without a year stays open.
    """
    found = _without_overlaps(_raw(document))
    known_years = frozenset(item.year for item in found if item.year and item.shape in ("full", "month", "year"))
    latest = _latest(document, received, known_years)
    mentions = [_by_itself(document, item, latest, known_years, received) for item in found]
    anchors = _anchors(found, mentions, latest)
    mentions = _happened_after_all(document, mentions)
    resolved = [
        _against_anchor(document, item, mention, anchors, mentions, received)
        for item, mention in zip(found, mentions, strict=True)
    ]
    clocks = [match for match in _CLOCK.finditer(document.body) if _clock_text(match)]
    return tuple(_with_clocks(document, resolved, clocks))


def publication(dates: Sequence[DateMention]) -> DateMention | None:
    """Return the day of publication: printed in the head, or inferred from the newest day that somebody is quoted on."""
    printed = [mention for mention in dates if mention.role == "publication"]
    if printed:
        return printed[0]
    settled = [
        mention
        for mention in dates
        if mention.day and mention.precision == "day" and mention.role in ("statement", "event")
    ]
    near = [mention for mention in settled if mention.weekday is not None or mention.role == "statement"]
    if not near:
        return None
    newest = max(near, key=lambda mention: (mention.day or date.min, -mention.evidence.start))
    why = "disimpulkan dari hari terbaru yang diberitakan atau dikutip; hari terbit tidak tertulis"
    evidence = replace(newest.evidence, why=why, confidence=min(0.7, newest.evidence.confidence))
    return replace(newest, evidence=evidence, role="publication", inferred=True)


def infer_year(
    day: int, month: int, weekday: int | None, *, latest: date, known_years: frozenset[int]
) -> tuple[int | None, str]:
    """Return the most likely year of a day without one, and the contradiction when its weekday fits none nearby.

    The latest year not after `latest` in which the weekday fits is taken. A year that the text itself names wins over
    a fitting one that lies more than two years further back: then the weekday is the error, and is reported.
    """
    candidates = [year for year in range(latest.year, latest.year - _LONGEST_SEARCH, -1) if _day(year, month, day)]
    candidates = [year for year in candidates if date(year, month, day) <= latest]
    if not candidates:
        return None, ""
    named = [year for year in candidates if year in known_years]
    if weekday is None:
        return (max(named) if named else None), ""
    fitting = [year for year in candidates if date(year, month, day).weekday() == weekday]
    both = [year for year in fitting if year in known_years]
    if both:
        return max(both), ""
    newest, best = candidates[0], max(fitting, default=None)
    if best is not None and newest - best <= 2:
        return best, ""
    doubted = max(named) if named else newest if (latest - date(newest, month, day)).days <= 14 else None
    if doubted is not None and (best is None or doubted - best > 2):
        return doubted, _disagreement(date(doubted, month, day), weekday)
    return best, ""


def clock_spans(document: Document) -> tuple[tuple[int, int], ...]:
    """Return the spans of clock times, which are no quantities."""
    return tuple(match.span() for match in _CLOCK.finditer(document.body) if _clock_text(match))


def _latest(document: Document, received: date | None, known_years: frozenset[int]) -> date | None:
    """Return the last day that the text can be from, None where nothing says so."""
    drawn = [int(match["year"]) for match in _COPYRIGHT_YEAR.finditer(document.original)]
    bounds = [date(year, 12, 31) for year in drawn if year >= EARLIEST_YEAR]
    if received:
        bounds.append(received)
    if not bounds and known_years:
        bounds.append(date(min(9999, max(known_years) + _YEARS_AFTER_NAMED), 12, 31))
    return min(bounds, default=None)


def _raw(document: Document) -> list[_Found]:
    body = document.body
    starts = _starts(body)
    found = [item for match in matches_at(_DATE, body, starts.dates) for item in _numbered(body, match)]
    found += [item for match in matches_at(_LONE_WEEKDAY, body, starts.weekdays) if (item := _weekday(document, match))]
    found += [
        _Found(*match.span(), None, None, None, None, shape="relative", word=match["word"].lower())
        for match in matches_at(_RELATIVE, body, starts.relative)
    ]
    found += [item for match in matches_at(_MONTH_ONLY, body, starts.months) if (item := _month(body, match))]
    for match in matches_at(_YEAR_ALONE, body, starts.years):
        before = body[max(0, match.start() - 30) : match.start()]
        word = _YEAR_WORD_BEFORE.search(before)
        if word and not _LAW_BEFORE.search(before[: word.start()] + " "):
            found.append(_Found(*match.span(), None, None, int(match.group()), None, shape="year"))
    return found


@dataclass(frozen=True, slots=True)
class _Starts:
    """Offsets of the words at which a date of each shape can begin."""

    dates: list[int]
    weekdays: list[int]
    months: list[int]
    years: list[int]
    relative: list[int]


def _starts(body: str) -> _Starts:
    words = words_of(body)
    starts = _Starts([], [], [], [], [])
    for start, word in zip(words.starts, words.folded, strict=True):
        first = word[0]
        if first.isdigit():
            starts.dates.append(start)
            if len(word) == 4:
                starts.years.append(start)
            if len(word) <= 2:
                starts.relative.append(start)
            continue
        if word in _WEEKDAY_WORDS:
            starts.dates.append(start)
            starts.weekdays.append(start)
        if word in _MONTH_WORDS:
            starts.dates.append(start)
            starts.months.append(start)
        if word in _RELATIVE_WORDS and not _AFTER_A_DATE.search(body, max(0, start - 4), start):
            starts.relative.append(start)
    return starts


def _without_overlaps(found: list[_Found]) -> list[_Found]:
    """Keep the longer of two overlapping finds, a numbered date before anything else; order by position."""
    rank = {"full": 0, "no_year": 0, "relative": 1, "weekday": 2, "month": 3, "year": 4}
    written = [item.start for item in found if item.shape in ("full", "no_year")]
    found = [
        item for item in found if item.shape != "relative" or not any(0 <= start - item.end <= 3 for start in written)
    ]
    kept: list[_Found] = []
    for item in sorted(found, key=lambda item: (rank[item.shape], item.start)):
        if all(
            item.end <= other.start
            or item.start >= other.end
            or ((item.start, item.end) == (other.start, other.end) and item.day != other.day)
            for other in kept
        ):
            kept.append(item)
    return sorted(kept, key=lambda item: (item.start, item.day or 0))


def _numbered(body: str, match: re.Match[str]) -> list[_Found]:
    groups = match.groupdict()
    before = body[max(0, match.start() - 24) : match.start()]
    weekday = _WEEKDAYS.get((groups["weekday"] or "").lower())
    if _NOT_A_DATE_BEFORE.search(before) and weekday is None:
        return []
    year: int | None = None
    second: int | None = None
    if groups["iso_year"]:
        day, month, year = int(groups["iso_day"]), int(groups["iso_month"]), int(groups["iso_year"])
    elif groups["name_day"]:
        day, month = int(groups["name_day"]), _MONTHS[groups["name_month"].lower().rstrip(".")]
        second = int(groups["name_day2"]) if groups["name_day2"] else None
        year = _whole_year(groups["name_year"])
    elif groups["en_month"]:
        day, month, year = int(groups["en_day"]), _MONTHS[groups["en_month"].lower()], int(groups["en_year"])
    elif groups["num_day"]:
        day, month, year = int(groups["num_day"]), int(groups["num_month"]), _whole_year(groups["num_year"])
        second = int(groups["num_day2"]) if groups["num_day2"] else None
        if groups["sep"] == "." and weekday is None and len(groups["num_year"]) == 2:
            return []  # "14.30.15" or a section number
    else:
        bracketed = before.rstrip()[-1:] == "(" and match.group().rstrip()[-1:] == ")"
        if weekday is None and not bracketed and not re.search(r"(?i)\b(?:tanggal|tgl\.?|hari)\s*$", before):
            return []
        day, month = int(groups["short_day"]), int(groups["short_month"])
        second = int(groups["short_day2"]) if groups["short_day2"] else None
    if not _day(year or 2024, month, day) or (year and year < EARLIEST_YEAR):
        return []
    start, end = _tight(body, match)
    shape: Literal["full", "no_year"] = "full" if year else "no_year"
    if (
        second
        and groups["name_link"]
        and re.fullmatch(r"\s*(?:dan|&|,)\s*", groups["name_link"])
        and _day(year or 2024, month, second)
    ):
        first = _Found(start, end, day, month, year, weekday, shape=shape)
        return [first, replace(first, day=second, weekday=_WEEKDAYS.get((groups["weekday2"] or "").lower()))]
    last = second if second and second > day and _day(year or 2024, month, second) else None
    return [_Found(start, end, day, month, year, weekday, last_day=last, shape=shape)]


def _tight(body: str, match: re.Match[str]) -> tuple[int, int]:
    """Return the match without outer space, and with its closing bracket only when the opening one is inside."""
    start, end = match.span()
    while end > start and body[end - 1].isspace():
        end -= 1
    if body[end - 1] == ")" and "(" not in body[start : end - 1]:
        end -= 1
    return start, end


def _whole_year(text: str | None) -> int | None:
    if not text:
        return None
    digits = text.lstrip("'")
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def _weekday(document: Document, match: re.Match[str]) -> _Found | None:
    body = document.body
    word, after = match["weekday"], body[match.end("weekday") : match.end("weekday") + 20]
    before = body[max(0, match.start() - 24) : match.start()]
    if _RECURRING.search(before) or _WEEKDAY_NAME_OF_DAY.match(after):
        return None
    lower = word.lower()
    if lower in ("minggu", "segunda", "tersa", "kuarta", "kinta", "sesta"):  # also "week", and ordinals
        capital = word[0].isupper() and document.lettering == "mixed"
        marked = re.search(r"(?i)\bhari\s*$", before) is not None or match["part"] is not None
        if not (capital or marked) or _SUNDAY_OR_WEEK.search(before):
            return None
    elif word[0].islower() and document.lettering == "mixed" and not re.search(r"(?i)\bhari\s*$", before):
        return None
    start, end = match.span()
    return _Found(start, end, None, None, None, _WEEKDAYS[lower], shape="weekday", word=(match["shift"] or "").lower())


def _month(body: str, match: re.Match[str]) -> _Found | None:
    before = body[max(0, match.start() - 26) : match.start()]
    if not match["year"] and not match["relative"]:
        if not re.search(
            r"(?i)\b(?:bulan|pada|hingga|sampai|sejak|awal|akhir|pertengahan|selama|fulan|per|dari|-)\s*$", before
        ):
            return None
        if match["month"][0].islower() and not re.search(r"(?i)\bbulan\s*$", before):
            return None
    if _LAW_BEFORE.search(before):
        return None
    year = int(match["year"]) if match["year"] else None
    return _Found(
        *match.span(),
        None,
        _MONTHS[match["month"].lower()],
        year,
        None,
        shape="month",
        word=(match["relative"] or "").lower(),
    )


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _disagreement(day: date, weekday: int) -> str:
    return f"{WEEKDAY_NAMES[weekday]} tertulis, tetapi {day:%d/%m/%Y} adalah {WEEKDAY_NAMES[day.weekday()]}"


def _happened_after_all(document: Document, mentions: list[DateMention]) -> list[DateMention]:
    """Correct roles by the days themselves: what lies before the newest statement has happened; what was said "pada" an
    earlier day is the day spoken of."""
    told = [mention.day for mention in mentions if mention.day and mention.role in ("statement", "publication")]
    if not told:
        return mentions
    newest = max(told)
    return [
        replace(mention, role="event")
        if mention.day
        and (
            (mention.role == "deadline" and mention.day <= newest)
            or (
                mention.role == "statement"
                and mention.day < newest
                and _AT.search(document.body, max(0, mention.evidence.start - 12), mention.evidence.start)
            )
        )
        else mention
        for mention in mentions
    ]


def _by_itself(
    document: Document, item: _Found, latest: date | None, known_years: frozenset[int], received: date | None
) -> DateMention:
    """Return the mention with all that can be known without a statement date."""
    role = _role(document, item)
    year, contradiction, inferred, why = item.year, "", False, "tanggal lengkap"
    if item.shape == "no_year" and item.day and item.month:
        years = known_years
        if not years and received and item.weekday is None:
            years = frozenset((received.year, received.year - 1))
        if latest is not None:
            ahead = latest + timedelta(days=400) if role == "deadline" and latest.year < 9998 else latest
            year, contradiction = infer_year(item.day, item.month, item.weekday, latest=ahead, known_years=years)
        inferred = year is not None
        why = (
            f"tahun terakhir ketika hari itu {_name(item.weekday)}"
            if item.weekday is not None
            else "tahun yang ditunjukkan teks atau hari diterimanya"
        )
        if year is None:
            why = "tanpa tahun, dan teks tidak menunjukkan tahunnya"
    if item.shape in ("full", "no_year") and year and item.month and item.day:
        day = _day(year, item.month, item.day)
        if day is None:
            return _open(document, item, role, "hari yang tidak ada dalam kalender")
        if item.weekday is not None and not contradiction and day.weekday() != item.weekday:
            contradiction = _disagreement(day, item.weekday)
        confidence = 0.6 if contradiction else 0.85 if inferred else 0.97
        last = _day(year, item.month, item.last_day) if item.last_day else None
        evidence = document.evidence(item.start, item.end, confidence, "rentang hari" if last else why)
        return DateMention(
            evidence, day, "day", role, inferred, item.weekday, day if last else None, last, contradiction
        )
    if item.shape == "month" and item.month:
        month = _month_mention(document, item, latest, known_years)
        return replace(month, role="deadline") if role == "deadline" else month
    if item.shape == "year" and item.year:
        evidence = document.evidence(item.start, item.end, 0.8, "tahun saja")
        return DateMention(
            evidence, None, "year", "background", not_before=date(item.year, 1, 1), not_after=date(item.year, 12, 31)
        )
    return _open(document, item, role, why)


def _open(document: Document, item: _Found, role: Role, why: str) -> DateMention:
    precision: Precision = "weekday" if item.weekday is not None and item.shape == "weekday" else "unknown"
    if item.shape == "weekday":
        why = "nama hari saja"
    elif item.shape == "relative":
        why = "hari yang disebut menurut jaraknya dari hari keterangan"
    return DateMention(document.evidence(item.start, item.end, 0.5, why), None, precision, role, weekday=item.weekday)


def _month_mention(document: Document, item: _Found, latest: date | None, known_years: frozenset[int]) -> DateMention:
    year = item.year
    inferred = False
    if year is None and known_years:
        year, inferred = max(known_years), True
        if latest is not None and date(year, item.month or 1, 1) > latest:
            year -= 1
    role: Role = "deadline" if "mendatang" in item.word else "background"
    if year is None:
        return DateMention(document.evidence(item.start, item.end, 0.5, "bulan tanpa tahun"), None, "month", role)
    first = date(year, item.month or 1, 1)
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    evidence = document.evidence(item.start, item.end, 0.6 if inferred else 0.85, "bulan saja")
    return DateMention(evidence, None, "month", role, inferred, None, first, last)


def _name(weekday: int | None) -> str:
    return WEEKDAY_NAMES[weekday] if weekday is not None else ""


def _role(document: Document, item: _Found) -> Role:
    body = document.body
    index = document.sentence_index_at(item.start)
    sentence = document.sentences[index] if index >= 0 else None
    start = sentence.start if sentence and sentence.start <= item.start < sentence.end else max(0, item.start - 120)
    end = sentence.end if sentence and item.end <= sentence.end else min(len(body), item.end + 80)
    before, after = body[start : item.start], body[item.end : end]
    if _is_stamp(document, item, before):
        return "publication"
    if document.dateline and document.dateline[0] <= item.start < document.dateline[1]:
        return "publication"
    near = before[-70:]
    if _INSTRUMENT_BEFORE.search(near):
        return "instrument"
    if item.word and re.search(r"depan|mendatang|besok|lusa|aban|amanhã|tomorrow", item.word):
        return "deadline"
    if item.shape != "weekday" and _BACKGROUND_BEFORE.search(near):
        return "background"
    newspaper_style = item.weekday is not None and item.day is not None and before.rstrip()[-1:] == ","
    if (_FUTURE_BEFORE.search(before) and not newspaper_style) or re.match(r"\)?\s*(?:mendatang|nanti|depan)\b", after):
        return "deadline"
    if re.match(r"\)?\s*(?:tahun )?(?:silam|lalu)\b", after) and item.shape == "month":
        return "background"
    return _told_or_happened(before, after)


def _told_or_happened(before: str, after: str) -> Role:
    """Tell the day of a statement from the day of what it is about, by the nearest verb before the date."""
    outside = re.sub(r"\"[^\"]*\"", lambda match: " " * len(match.group()), before)
    speech = max((match.start() for match in _SPEECH.finditer(outside)), default=-1)
    happening = max((match.start() for match in _HAPPENING.finditer(outside)), default=-1)
    if speech >= 0 and speech > happening:
        reported = (_THAT.search(outside, speech) and _AT.search(outside)) or (
            _ACTIVE_SPEECH.match(outside, speech) and _TOLD_DEED.search(outside, speech)
        )
        return "event" if reported else "statement"
    if (
        speech < 0
        and happening < 0
        and re.match(r"[^.]{0,60}?\b(?:mengatakan|menjelaskan|menyatakan|mengungkapkan|hatete|disse)\b", after)
        and len(before) < 60
    ):
        return "statement"
    return "event"


def _is_stamp(document: Document, item: _Found, before: str) -> bool:
    """Say whether the date stands alone on a line near the head or after "Terbit": a time stamp."""
    body = document.body
    line_start = body.rfind("\n", 0, item.start) + 1
    line_end = body.find("\n", item.end)
    line_end = len(body) if line_end < 0 else line_end
    if (
        line_end - line_start < 80
        and _CLOCK_TO_END.match(body, item.end, line_end)
        and "," not in body[line_start : item.start]
    ):
        return True
    rest = body[line_start : item.start] + body[item.end : line_end]
    if re.search(
        r"(?i)\b(?:terbit|diterbitkan|dipublikasi\w*|published|posted|diperbarui|update[d]?)\s*:?\s*$", before
    ):
        return True
    letters = re.sub(
        r"(?i)\b(?:WIB|WITA|WIT|pukul|pkl|jam|oleh|by|admin|redaksi|tanggal|kupang|dili)\b|[\W\d_]", "", rest
    )
    return (
        len(letters) <= 12
        and line_end - line_start < 80
        and line_start < max(400, len(body) // 3)
        and len(body) > line_end + 40
    )


def _anchors(found: list[_Found], mentions: list[DateMention], latest: date | None) -> list[tuple[int, date]]:
    """Return the days that relative words are told from, with their positions: stamps, and dates in newspaper style."""
    anchors = [
        (mention.evidence.start, mention.day)
        for item, mention in zip(found, mentions, strict=True)
        if mention.day
        and (latest is None or mention.day.toordinal() <= latest.toordinal() + 1)
        and mention.role in ("publication", "statement", "event")
        and (item.weekday is not None or mention.role in ("publication", "statement"))
    ]
    if anchors:
        return anchors
    events = [
        (mention.evidence.start, mention.day)
        for mention in mentions
        if mention.day and mention.role == "event" and (latest is None or mention.day <= latest)
    ]
    if len({day for _, day in events}) == 1:
        return events
    return []


def _against_anchor(
    document: Document,
    item: _Found,
    mention: DateMention,
    anchors: list[tuple[int, date]],
    mentions: list[DateMention],
    received: date | None,
) -> DateMention:
    """Settle a lone weekday or a relative word against the nearest anchor; otherwise give it the bounds that the text allows."""
    if item.shape == "relative":
        return _relative(document, item, mention, _anchor_for(item, anchors), received)
    if item.shape == "month" and mention.not_before is None and anchors and item.month:
        newest = max(day for _, day in anchors)
        year = newest.year if item.month <= newest.month else newest.year - 1
        if "tahun lalu" in item.word:
            year = newest.year - 1
        return _month_mention(document, replace(item, year=year), newest, frozenset())
    if item.shape == "no_year" and mention.day is None and anchors and item.day and item.month:
        return _near_anchor(document, item, mention, _anchor_for(item, anchors))
    if item.shape != "weekday" or item.weekday is None:
        return mention
    anchor = _anchor_for(item, anchors)
    if anchor:
        told = _told_after(item, mention, anchor, mentions, received)
        return _weekday_near(document, item, mention, told or anchor)
    past = [other.day for other in mentions if other.day and other.role in ("instrument", "background", "event")]
    not_before = _first_weekday(max(past) + timedelta(days=1), item.weekday) if past else None
    if mention.role == "deadline":
        return replace(mention, not_before=not_before)
    return replace(mention, not_before=not_before, not_after=received)


def _told_after(
    item: _Found, mention: DateMention, anchor: date, mentions: list[DateMention], received: date | None
) -> date | None:
    """Return the day to count a statement's weekday back from when the nearest day is the happening's, before it."""
    if mention.role != "statement" or item.weekday is None or item.word:
        return None
    if any(other.day == anchor and other.role == "statement" for other in mentions):
        return None
    printed = [other.day for other in mentions if other.role == "publication" and other.day]
    if printed:
        return min((day for day in printed if 0 <= (day - anchor).days <= 6), default=None)
    known = [
        other.day
        for other in mentions
        if other.day and other.role in ("event", "background") and other.weekday is not None
    ]
    newest = max((day for day in known if 0 <= (day - anchor).days <= _DAYS_TOLD_TOGETHER), default=anchor)
    after = _first_weekday(newest, item.weekday)
    return after if received is None or after <= received else None


def _anchor_for(item: _Found, anchors: list[tuple[int, date]]) -> date | None:
    if not anchors:
        return None
    return min(anchors, key=lambda anchor: (abs(anchor[0] - item.start), -anchor[1].toordinal()))[1]


def _first_weekday(day: date, weekday: int) -> date:
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def _weekday_near(document: Document, item: _Found, mention: DateMention, anchor: date) -> DateMention:
    """Return the last such weekday up to the anchor, or the next one for what is still to come."""
    weekday = item.weekday or 0
    if mention.role == "deadline":
        day = _first_weekday(anchor + timedelta(days=1), weekday)
        why = f"{_name(weekday)} berikutnya sesudah {anchor:%d/%m/%Y}"
    else:
        strictly = 1 if "lalu" in item.word else 0
        day = anchor - timedelta(days=strictly + (anchor.weekday() - strictly - weekday) % 7)
        if "pekan lalu" in item.word or "minggu lalu" in item.word:
            day = anchor - timedelta(days=anchor.weekday() + 7 - weekday)
        why = f"{_name(weekday)} terakhir sampai {anchor:%d/%m/%Y}, tanggal terdekat dalam teks"
    evidence = document.evidence(item.start, item.end, 0.75, why)
    return replace(mention, evidence=evidence, day=day, precision="day", inferred=True)


def _near_anchor(document: Document, item: _Found, mention: DateMention, anchor: date | None) -> DateMention:
    if anchor is None or not item.day or not item.month:
        return mention
    options = [
        day for year in (anchor.year - 1, anchor.year, anchor.year + 1) if (day := _day(year, item.month, item.day))
    ]
    if mention.role != "deadline":
        options = [day for day in options if day <= anchor + timedelta(days=3)] or options
    day = min(options, key=lambda option: abs((option - anchor).days))
    why = f"tanpa tahun; diambil di dekat {anchor:%d/%m/%Y}, tanggal terdekat dalam teks"
    return replace(
        mention, evidence=document.evidence(item.start, item.end, 0.8, why), day=day, precision="day", inferred=True
    )


_COUNTS = {"se": 1, "satu": 1, "dua": 2, "tiga": 3, "empat": 4, "lima": 5, "enam": 6, "tujuh": 7}
_SHIFTS = {
    "hari ini": 0, "ohin loron": 0, "ohin": 0, "hoje": 0, "today": 0,
    "kemarin": -1, "tadi malam": -1, "semalam": -1, "malam tadi": -1, "horiseik": -1, "ontem": -1, "yesterday": -1,
    "kemarin lusa": -2, "besok": 1, "aban": 1, "amanhã": 1, "tomorrow": 1, "lusa": 2,
}  # fmt: skip


def _relative(
    document: Document, item: _Found, mention: DateMention, anchor: date | None, received: date | None
) -> DateMention:
    word = item.word
    shift = _SHIFTS.get(word, 0 if "tadi" in word else None)
    counted = re.search(
        r"(\d{1,2}|se|satu|dua|tiga|empat|lima|enam|tujuh)\s*(hari|minggu|pekan|bulan|tahun)\s+(?:yang\s+)?lalu", word
    )
    if counted and counted[2] == "hari":
        shift = -(_COUNTS[counted[1]] if counted[1] in _COUNTS else int(counted[1]))
    if anchor is None:
        return replace(mention, not_after=received if mention.role != "deadline" else None)
    if shift is not None:
        evidence = document.evidence(
            item.start, item.end, 0.8, f"dihitung dari {anchor:%d/%m/%Y}, tanggal terdekat dalam teks"
        )
        role: Role = "deadline" if shift > 0 else mention.role
        return replace(
            mention, evidence=evidence, day=anchor + timedelta(days=shift), precision="day", role=role, inferred=True
        )
    first, last, precision = _span_of(word, counted, anchor)
    background: Role = "deadline" if "depan" in word else "background" if precision != "unknown" else mention.role
    return replace(mention, precision=precision, role=background, inferred=True, not_before=first, not_after=last)


def _span_of(word: str, counted: re.Match[str] | None, anchor: date) -> tuple[date, date, Precision]:
    monday = anchor - timedelta(days=anchor.weekday())
    count = 1
    if counted:
        count = _COUNTS[counted[1]] if counted[1] in _COUNTS else int(counted[1])
    ahead = 1 if "depan" in word else 0 if word.endswith("ini") else -count
    if "tahun" in word:
        year = max(EARLIEST_YEAR, anchor.year + ahead)
        return date(year, 1, 1), date(year, 12, 31), "year"
    if "bulan" in word:
        months = anchor.year * 12 + anchor.month - 1 + ahead
        first = date(months // 12, months % 12 + 1, 1)
        return first, (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1), "month"
    start = monday + timedelta(weeks=ahead)
    return start, start + timedelta(days=6), "unknown"


def _clock_text(match: re.Match[str]) -> str:
    hour, minute, zone = (
        match["hour"] or match["hour2"],
        match["minute"] or match["minute2"],
        match["zone"] or match["zone2"],
    )
    if int(hour) > 24 or (match["hour"] and not minute and not zone and not re.match(r"(?i)pukul|pkl", match.group())):
        return ""
    return f"{int(hour):02d}:{minute or '00'}" + (f" {zone.upper()}" if zone else "")


def _with_clocks(document: Document, mentions: list[DateMention], clocks: list[re.Match[str]]) -> list[DateMention]:
    """Give each date the first clock time of its own sentence that stands nearest to it."""
    by_sentence: dict[int, list[re.Match[str]]] = {
        index: list(group)
        for index, group in groupby(clocks, key=lambda match: document.sentence_index_at(match.start()))
    }
    result: list[DateMention] = []
    for mention in mentions:
        near = by_sentence.get(document.sentence_index_at(mention.evidence.start), [])
        near = [match for match in near if abs(match.start() - mention.evidence.end) < 60]
        if near and mention.precision in ("day", "weekday"):
            nearest = min(near, key=lambda match: abs(match.start() - mention.evidence.end))
            result.append(replace(mention, time_of_day=_clock_text(nearest)))
        else:
            result.append(mention)
    return result
