"""A CAP message from outside in the words of a report, in Indonesian: the ordinary reading takes it from there. No Django."""

from .document import Info, Message
from .values import written_instant

READS_FIRST = ("id", "tet", "pt", "en")
"""Of several blocks the first of these languages becomes the report's text; the file with all of them is kept beside it."""


def block_to_read(message: Message) -> Info | None:
    """Return the block in the language that is read here first; None where the message has no block."""

    def rank(info: Info) -> int:
        language = info.language.partition("-")[0].lower()
        return READS_FIRST.index(language) if language in READS_FIRST else len(READS_FIRST)

    return min(message.infos, key=rank, default=None)


def title_of(message: Message) -> str:
    """Return what the report is called."""
    info = block_to_read(message)
    said = (info.headline or info.event) if info else message.note
    return " ".join((said or f"CAP {message.msg_type} {message.identifier}").split())[:300]


def text_of(message: Message) -> str:
    """Return what the message says, and under it who sent it, when, about which earlier one and under which restriction."""
    info = block_to_read(message)
    parts = _words(info) if info else []
    return "\n\n".join([*parts, *([message.note] if message.note else []), "\n".join(_facts(message, info))])


def _words(info: Info) -> list[str]:
    areas = "; ".join(area.description for area in info.areas)
    return [*filter(None, (info.headline or info.event, info.description, info.instruction)), *_said("Tempat", areas)]


def _facts(message: Message, info: Info | None) -> list[str]:
    follows = ", ".join(f"{one.sender} {one.identifier}" for one in message.references)
    levels = f"{info.urgency}, {info.severity}, {info.certainty}" if info else ""
    until = written_instant(info.expires) if info and info.expires else ""
    return [
        f"CAP 1.2 {message.msg_type}, {message.status}, {message.scope}",
        *_said("Pengirim", (info.sender_name if info else "") or message.sender),
        *_said("Dikirim", written_instant(message.sent)),
        *_said("Berlaku sampai", until),
        *_said("Tingkat", levels),
        *_said("Mengikuti pesan", follows),
        *_said("Pembatasan", message.restriction),
    ]


def _said(name: str, what: str) -> list[str]:
    return [f"{name}: {what}"] if what else []
