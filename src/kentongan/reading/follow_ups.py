"""Find what is still to be done: plans, requests, commitments, proposals, what is agreed and what is under way."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Literal

from kentongan.reading.model import AgencyMention, DateMention, FollowUp, Speaker
from kentongan.reading.text import Document, Sentence

FollowUpKind = Literal["plan", "request", "commitment", "in_progress", "agreed", "proposal"]

_VERB = r"(?:me[a-z]+|ber[a-z]+|di[a-z]+|ter[a-z]+|ikut|turun|datang|hadir|ada|terus|selalu|segera|tetap|kembali|lebih|dapat|bisa|menjadi)"
_RULES: tuple[tuple[FollowUpKind, re.Pattern[str]], ...] = (
    ("agreed", re.compile(r"\b(?:(?:ber)?sepakat(?:i)?|menyepakati|disepakati|konkorda|concordaram|agreed to)\b\s*(?:untuk|bahwa|bahwasanya|to)?", re.IGNORECASE)),
    ("proposal", re.compile(r"\b(?:mengusulkan|diusulkan|usulan|mengajukan usul\w*|upaya peningkatan status|merekomendasikan|rekomendasi(?:nya)?|propoin|propôs)\b", re.IGNORECASE)),
    ("request", re.compile(r"\b(?:meminta|minta|diminta|mengimbau|menghimbau|diimbau|mengajak|memerintahkan|menginstruksikan|mendesak|husu|apela|pediu|apelou|urged)\b", re.IGNORECASE)),
    ("commitment", re.compile(rf"\b(?:berkomitmen|komitmen untuk|siap (?:untuk )?(?={_VERB})|akan terus|akan selalu|akan tetap|berjanji|bertekad|harus terus|terus (?:mendukung|bersinergi|memperkuat)|komprometidu|kompromisu)\b", re.IGNORECASE)),
    ("in_progress", re.compile(r"\b(?:(?:masih|sedang|tengah)\s+(?:dalam (?:proses )?)?(?:verifikasi|penyelidikan|pendalaman|pemeriksaan|menyelidiki|mendalami|memeriksa|memburu|mengejar|menunggu|diperiksa|didalami|diselidiki|dikembangkan|diburu|dilakukan|menangani|memproses|diproses)|dalam proses (?:verifikasi|penyelidikan|hukum|pemulangan|pendalaman)|iha prosesu|em investigação|hela investigasaun)\b", re.IGNORECASE)),
    ("plan", re.compile(rf"\b(?:berencana|rencananya|direncanakan|dijadwalkan|menargetkan|ditargetkan|akan segera|segera(?= (?:me|di))|selanjutnya akan|sei|will|planeia|(?<!tidak )akan)\b(?=\s+(?:{_VERB}|\w+))", re.IGNORECASE)),
    ("plan", re.compile(r"\bbertujuan (?:untuk )?", re.IGNORECASE)),
)  # fmt: skip
# Parts of words without which a rule cannot hold: most sentences are passed over without any search.
_PARTS: dict[FollowUpKind, tuple[str, ...]] = {
    "agreed": ("epakat", "konkord", "concord", "agreed"),
    "proposal": ("usul", "peningkatan status", "rekomend", "propo", "prop\u00f4s"),
    "request": ("minta", "imbau", "ajak", "perintah", "instruksi", "desak", "husu", "apel", "pediu", "urged"),
    "commitment": ("komit", "siap", "akan te", "akan selalu", "janji", "tekad", "harus terus", "terus", "komprom"),
    "in_progress": ("masih", "sedang", "tengah", "proses", "investiga"),
    "plan": ("rencana", "jadwal", "target", "segera", "sei", "will", "planeia", "akan", "tujuan"),
}
_NOT_A_PLAN = re.compile(
    r"\bakan\s+(?:tetapi|hal|adanya|kebutuhan|pentingnya|bahaya|masuk ke|terjadi|datang)\b|\b(?:hendak|yang akan)\s+\w+|tidak akan\b|\bakan (?:dibawa|dikirim|diberangkatkan|dipekerjakan|diselundupkan|dijual|menyeberang|bekerja|berangkat|diperjualbelikan|diseberangkan|ada|dijemput|dipekerjakan|meningkat|menjadi)\b",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(
    r"[.;\"\n]|, (?:kata|ujar|jelas|tutur|ungkap|tegas|imbuh|terang)\b|\s(?:kata|ujar|jelas|ungkap|tegas) [A-Z]"
)


def find_follow_ups(
    document: Document, agencies: Sequence[AgencyMention], dates: Sequence[DateMention], speakers: Sequence[Speaker]
) -> tuple[FollowUp, ...]:
    """Return what is still to be done, with who is to do it, by when, and whether it is a plan, a request or more."""
    return tuple(
        follow_up
        for sentence in document.sentences
        if not (document.title_span and sentence.start == document.title_span[0])
        for follow_up in _in_sentence(document, sentence, agencies, dates, speakers)
    )


def _in_sentence(
    document: Document,
    sentence: Sentence,
    agencies: Sequence[AgencyMention],
    dates: Sequence[DateMention],
    speakers: Sequence[Speaker],
) -> Iterator[FollowUp]:
    body = document.body
    lowered = body[sentence.start : sentence.end].lower()
    taken: list[tuple[int, int]] = []
    for kind, pattern in _RULES:
        if not any(part in lowered for part in _PARTS[kind]):
            continue
        match = pattern.search(body, sentence.start, sentence.end)
        if not match or any(start < match.end() and match.start() < end for start, end in taken):
            continue
        if match.group().strip().lower() in ("sei", "will") and document.language == "id":
            continue
        if kind == "plan" and _NOT_A_PLAN.search(
            body, max(sentence.start, match.start() - 14), min(sentence.end, match.end() + 20)
        ):
            continue
        stop = _CLAUSE_END.search(body, match.end(), sentence.end)
        end = stop.start() if stop else sentence.end
        if end - match.end() < 6 and kind != "in_progress":
            continue
        taken.append((match.start(), end))
        evidence = document.evidence(match.start(), end, 0.65, f"kata '{match.group().strip()}'")
        yield FollowUp(
            evidence=evidence,
            action=" ".join(evidence.text.split()),
            by=_by(document, sentence, match.start(), end, kind, agencies, speakers),
            due=_due(sentence, dates),
            kind=kind,
        )


def _by(
    document: Document,
    sentence: Sentence,
    start: int,
    end: int,
    kind: FollowUpKind,
    agencies: Sequence[AgencyMention],
    speakers: Sequence[Speaker],
) -> tuple[str, ...]:
    """Return who is to act: whom a request is put to, else the subject before the verb, else whom the sentence names."""
    inside = [mention for mention in agencies if sentence.start <= mention.evidence.start < sentence.end]
    before = [mention for mention in inside if mention.evidence.start < start]
    after = [mention for mention in inside if start <= mention.evidence.start < end]
    chosen = (
        after
        if kind == "request"
        else [mention for mention in after if _is_agent(document, mention)] or before[-2:] or after
    )
    if chosen:
        return tuple(dict.fromkeys(mention.agency_id or mention.name for mention in chosen))
    if kind == "request":
        return ()
    speaking = [
        speaker
        for speaker in speakers
        if speaker.agency_id and any(quote.start <= start < quote.end for quote in speaker.quotes)
    ]
    return tuple(speaker.agency_id for speaker in speaking[:1] if speaker.agency_id)


def _is_agent(document: Document, mention: AgencyMention) -> bool:
    return (
        re.search(
            r"\b(?:oleh|husi|pela|pelo|by)\s+(?:pihak\s+)?$",
            document.body[max(0, mention.evidence.start - 16) : mention.evidence.start],
            re.IGNORECASE,
        )
        is not None
    )


def _due(sentence: Sentence, dates: Sequence[DateMention]) -> date | None:
    inside = [
        mention
        for mention in dates
        if sentence.start <= mention.evidence.start < sentence.end and mention.role == "deadline"
    ]
    return next((mention.day or mention.not_after for mention in inside if mention.day or mention.not_after), None)
