"""WhatsApp exports: who wrote what when, grouped into reports; system lines dropped, telephone numbers masked."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .contents import Document
from .errors import EmptyFile

SOURCE = "obrolan WhatsApp"
BURST = timedelta(minutes=5)

_MOMENT = r"(?P<day>\d{1,4}[/.\-]\d{1,2}[/.\-]\d{2,4}),?[ \u00a0\u202f]+(?P<clock>\d{1,2}[.:]\d{2}(?:[.:]\d{2})?)(?:[ \u00a0\u202f]*(?P<half>[AaPp])\.?[Mm]\.?)?"
_MARKS = "\u200e\u200f\u202a\u202c\ufeff"
_HEAD_IOS = re.compile(rf"^[{_MARKS}]*\[{_MOMENT}\] (?P<rest>.*)$")
_HEAD_ANDROID = re.compile(rf"^[{_MARKS}]*{_MOMENT} [-–] (?P<rest>.*)$")
_AUTHOR = re.compile(r"^(?P<author>[^:\"“”]{1,80}):(?: (?P<body>.*))?$")

_SYSTEM = re.compile(
    r"^(pesan dan panggilan terenkripsi|messages and calls are end-to-end|as mensagens e (as )?(chamadas|ligações)"
    r"|<?media (tidak disertakan|omitted)>?$|<?(m[ií]dia|ficheiro) (oculto|omitid[oa]|não revelado)>?$"
    r"|(gambar|video|audio|stiker|gif|dokumen|kartu kontak|image|sticker|document|contact card) (tidak disertakan|omitted)$"
    r"|pesan ini (telah )?dihapus|anda (telah )?menghapus pesan ini|this message was deleted|you deleted this message"
    r"|(panggilan (suara|video) tak terjawab|missed (voice|video) call)|null$|menunggu pesan ini)",
    re.IGNORECASE,
)
_ATTACHED = re.compile(
    r"\s*\u200e?<(terlampir|attached|anexado): [^>]*>\s*$|^\u200e?\S+\.\w{3,4} \((file terlampir|file attached|ficheiro anexado)\)$",
    re.IGNORECASE,
)
_EDITED = re.compile(r"\s*<(pesan ini diedit|this message was edited)>$", re.IGNORECASE)
_COURTESY = re.compile(
    r"^(siap+|ok(e|ay)?|baik|ya|iya|terima ?kasih|makasih|trims|mantap|mantab|monitor|86|amin|selamat (pagi|siang|sore|malam))"
    r"([ ,]*(pak|bu|ibu|bapak|kak|bang|ndan|komandan|semua(nya)?|banyak))*[ .,!]*$",
    re.IGNORECASE,
)
_PHONE = re.compile(r"(?<![\w.,])(?:\+\d[\d \u00a0().\-]{7,18}\d|(?:62|0)8\d[\d \-]{6,12}\d)(?!\w)")


@dataclass(frozen=True, slots=True)
class _Message:
    sent: datetime
    author: str
    body: str


@dataclass(frozen=True, slots=True)
class _Raw:
    day: str
    clock: str
    half: str
    rest: str


def is_chat(text: str) -> bool:
    """Tell whether the text is an export: its first line is a message's head, and so is another one."""
    lines = [line for line in text.split("\n")[:400] if line.strip()]
    return bool(lines) and _head(lines[0]) is not None and sum(_head(line) is not None for line in lines) > 1


def reports(text: str) -> tuple[tuple[Document, ...], tuple[str, ...]]:
    """Return one document per burst of an author, in order, and notes on what was left out or assumed."""
    raws = list(_raws(text))
    day_first, is_assumed = _day_comes_first([raw.day for raw in raws])
    messages = [message for raw in raws if (message := _message(raw, day_first)) is not None]
    said = [message for message in messages if not _COURTESY.match(_bare(message.body))]
    if not said:
        raise EmptyFile(_("Ekspor obrolan ini tidak memuat pesan berisi laporan."))
    return tuple(_documents(_bursts(said))), tuple(
        _notes(len(raws) - len(messages), len(messages) - len(said), is_assumed)
    )


def masked(text: str) -> str:
    """Return the text with each telephone number reduced to its last three digits."""
    return _PHONE.sub(lambda found: _("[nomor …%(end)s]") % {"end": re.sub(r"\D", "", found[0])[-3:]}, text)


def _notes(system: int, courtesies: int, is_assumed: bool) -> Iterator[str]:
    if system:
        yield ngettext("%(n)s baris sistem atau media dilewati.", "%(n)s baris sistem atau media dilewati.", system) % {
            "n": system
        }
    if courtesies:
        yield ngettext("%(n)s pesan sapaan dilewati.", "%(n)s pesan sapaan dilewati.", courtesies) % {"n": courtesies}
    yield _("Nama dan nomor penulis pesan tidak disimpan: pelapor tetap anonim.")
    if is_assumed:
        yield _("Tanggal dibaca sebagai hari/bulan/tahun; berkas ini tidak memberi bukti sebaliknya.")


def _head(line: str) -> re.Match[str] | None:
    return _HEAD_IOS.match(line) or _HEAD_ANDROID.match(line)


def _raws(text: str) -> Iterator[_Raw]:
    """Yield the messages with the lines that follow their heads."""
    current: _Raw | None = None
    for line in text.split("\n"):
        if head := _head(line):
            if current:
                yield current
            current = _Raw(head["day"], head["clock"], (head["half"] or "").lower(), head["rest"])
        elif current:
            current = _Raw(current.day, current.clock, current.half, f"{current.rest}\n{line}")
    if current:
        yield current


def _day_comes_first(days: Sequence[str]) -> tuple[bool, bool]:
    """Return whether 3/4/26 is the third of April, and whether that is only assumed: one number above 12 settles it."""
    parts = [[int(part) for part in re.split(r"[/.\-]", day)] for day in days]
    two = [(a, b) for a, b, _year in parts if a <= 31]
    if any(a > 12 for a, _b in two):
        return True, False
    if any(b > 12 for _a, b in two):
        return False, False
    return True, bool(two)


def _message(raw: _Raw, day_first: bool) -> _Message | None:
    first, *more = raw.rest.split("\n")
    found = _AUTHOR.match(first.lstrip(_MARKS))
    sent = _instant(raw, day_first)
    if found is None or sent is None:
        return None
    written = found["body"] or ""
    if written.startswith("\u200e"):  # so iOS marks what the application wrote, not the author
        written = ""
    lines = [_EDITED.sub("", _ATTACHED.sub("", line)) for line in (written, *more)]
    body = "\n".join(line.strip(_MARKS + " ") for line in lines).strip()
    if not body or _SYSTEM.match(_bare(body)):
        return None
    return _Message(sent, masked(found["author"].strip(_MARKS + " ~\u00a0\u202f")), masked(body))


def _bare(line: str) -> str:
    """Return the line without marks of direction, emoji and outer space."""
    return re.sub(
        r"[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufe0f\u200d]|[\U0001F300-\U0001FAFF\u2600-\u27BF]", "", line
    ).strip()


def _instant(raw: _Raw, day_first: bool) -> datetime | None:
    a, b, c = (int(part) for part in re.split(r"[/.\-]", raw.day))
    year, month, day = (a, b, c) if a > 31 else ((c, b, a) if day_first else (c, a, b))
    hour, minute, *_seconds = (int(part) for part in re.split(r"[.:]", raw.clock))
    if raw.half:
        hour = hour % 12 + (12 if raw.half == "p" else 0)
    try:
        return datetime(year + 2000 if year < 100 else year, month, day, hour, minute)  # noqa: DTZ001 - the phone's own clock, only compared with itself
    except ValueError:
        return None


def _bursts(messages: Sequence[_Message]) -> Iterator[list[_Message]]:
    """Yield runs of one author in which each message follows the last within BURST; others may write in between."""
    open_by: dict[str, list[_Message]] = {}
    bursts: list[list[_Message]] = []
    for message in messages:
        burst = open_by.get(message.author)
        if burst and timedelta(0) <= message.sent - burst[-1].sent <= BURST:
            burst.append(message)
        else:
            open_by[message.author] = burst = [message]
            bursts.append(burst)
    yield from bursts


def _documents(bursts: Iterable[Sequence[_Message]]) -> Iterator[Document]:
    """Yield a report for each burst, without its writer: who writes in a chat is a reporter (R28).

    Equal texts of one minute ("nihil" from two villages) are told apart by their order within it.
    """
    of_minute: Counter[str] = Counter()
    for burst in bursts:
        minute = f"{burst[0].sent:%Y-%m-%dT%H:%M}"
        of_minute[minute] += 1
        sent_on: date = burst[0].sent.date()
        yield Document(
            text="\n".join(message.body for message in burst),
            source=SOURCE,
            published_on=sent_on,
            occasion=f"{minute} {of_minute[minute]}",
        )
