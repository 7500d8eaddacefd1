"""A reading as rows of plain strings, for a terminal or a page: what, value, detail, and where in the text it stands."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from kentongan.reading.model import DateMention, EventProposal, Evidence, PlaceMention, Quantity, Reading

_ROLES = {
    "scene": "tempat kejadian", "in_org_name": "dalam nama instansi", "dateline": "asal berita", "origin": "asal", "destination": "tujuan",
    "court_seat": "kedudukan pengadilan", "home": "alamat", "nationality": "kewarganegaraan", "mention": "disebut",
}  # fmt: skip
_DATE_ROLES = {
    "event": "kejadian", "publication": "terbit", "statement": "keterangan", "instrument": "instrumen", "background": "latar", "deadline": "tenggat",
}  # fmt: skip
_FOLLOW_UPS = {
    "plan": "rencana", "request": "permintaan", "commitment": "komitmen", "in_progress": "sedang berjalan", "agreed": "disepakati", "proposal": "usulan",
}  # fmt: skip
_SPEAKERS = {"speaker": "penyampai", "reporter": "pewarta", "editor": "penyunting", "mentioned": "disebut"}
_WEEKDAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
_POLARITIES = {
    "asserted": "",
    "negated": "disangkal",
    "planned": "rencana",
    "hypothetical": "andaian",
    "background": "latar",
}


@dataclass(frozen=True, slots=True)
class TableRow:
    """One line of the table; `position` is "start-end" in the original text, empty for what the whole text gives."""

    section: str
    value: str
    detail: str
    position: str
    confidence: str


class Evidenced(Protocol):
    """Anything of a reading that rests on words of the text."""

    @property
    def evidence(self) -> Evidence: ...


def reading_as_rows(reading: Reading) -> tuple[TableRow, ...]:
    """Return the reading as table rows in reading order: the text itself, events, then each list of finds."""
    return tuple(_rows(reading))


def _rows(reading: Reading) -> Iterator[TableRow]:
    yield TableRow("Teks", reading.title or "(tanpa judul)", f"bahasa {reading.language}", "", "")
    if reading.outlet:
        yield TableRow("Sumber", reading.outlet, "", "", "")
    yield TableRow("Nilai sumber", f"{reading.grade.reliability}{reading.grade.credibility}", reading.grade.why, "", "")
    if reading.published:
        yield _row("Terbit", _day(reading.published), reading.published.evidence.why, reading.published)
    for number, event in enumerate(reading.events, start=1):
        yield _event_row(reading, number, event)
    for mention in reading.dates:
        yield _row(
            "Tanggal",
            _day(mention),
            " · ".join(
                part for part in (_DATE_ROLES[mention.role], mention.time_of_day, mention.contradiction) if part
            ),
            mention,
        )
    for place in reading.places:
        yield _row("Wilayah", place.evidence.text, f"{_place_code(place)} · {_ROLES[place.role]}", place)
    for agency in reading.agencies:
        yield _row("Instansi", agency.evidence.text, agency.agency_id or f"{agency.name} (tidak terdaftar)", agency)
    for kind in reading.kinds:
        marks = " · ".join(part for part in (_POLARITIES[kind.polarity], "kutipan" if kind.quoted else "") if part)
        yield _row("Jenis", kind.code, f"'{kind.evidence.text}'" + (f" · {marks}" if marks else ""), kind)
    for quantity in reading.quantities:
        yield _row("Jumlah", f"{_number(quantity)} {quantity.unit}", _quantity_detail(quantity), quantity)
    for instrument in reading.instruments:
        when = instrument.day.isoformat() if instrument.day else "tanggal belum diketahui"
        yield _row(
            "Instrumen",
            instrument.type,
            f"{instrument.title} · {', '.join(instrument.parties) or 'pihak tidak disebut'} · {when}",
            instrument,
        )
    for follow_up in reading.follow_ups:
        detail = " · ".join(
            part
            for part in (
                _FOLLOW_UPS[follow_up.kind],
                ", ".join(follow_up.by),
                follow_up.due.isoformat() if follow_up.due else "",
            )
            if part
        )
        yield _row("Tindak lanjut", follow_up.action, detail, follow_up)
    for speaker in reading.speakers:
        detail = " · ".join(
            part
            for part in (
                _SPEAKERS[speaker.role],
                speaker.rank,
                speaker.position if speaker.role in ("speaker", "mentioned") else "",
                speaker.agency_id or "",
            )
            if part
        )
        yield _row("Orang", speaker.name, detail, speaker)
    for lead in reading.leads:
        if lead.kind == "related":
            yield _row("Berita terkait", lead.evidence.text, "dipisahkan dari teks", lead)
    for warning in reading.warnings:
        yield TableRow("Perhatian", warning, "", "", "")


def _row(section: str, value: str, detail: str, item: Evidenced) -> TableRow:
    evidence = item.evidence
    return TableRow(
        section,
        " ".join(value.split()),
        " ".join(detail.split()),
        f"{evidence.start}-{evidence.end}",
        f"{evidence.confidence:.2f}",
    )


def _event_row(reading: Reading, number: int, event: EventProposal) -> TableRow:
    places = (
        ", ".join(dict.fromkeys(_place_code(reading.places[index]) for index in event.places)) or "tempat tidak disebut"
    )
    counts = ", ".join(
        f"{_number(reading.quantities[index])} {reading.quantities[index].unit}" for index in event.quantities
    )
    when = _day(event.happened) if event.happened else "hari tidak disebut"
    label = f"Kejadian {number}" + (" (latar)" if event.background else "")
    return _row(
        label, " ".join(event.kinds), " · ".join(part for part in (when, places, counts, event.summary) if part), event
    )


def _day(mention: DateMention) -> str:
    if mention.day:
        return mention.day.isoformat()
    name = _WEEKDAYS[mention.weekday] if mention.weekday is not None else mention.evidence.text
    bounds = [
        f"sejak {mention.not_before.isoformat()}" if mention.not_before else "",
        f"sampai {mention.not_after.isoformat()}" if mention.not_after else "",
    ]
    return " ".join([name, *(part for part in bounds if part)]) + " (terbuka)"


def _place_code(mention: PlaceMention) -> str:
    if mention.code:
        return mention.code
    return " atau ".join(candidate.code for candidate in mention.candidates[:3]) or "?"


def _number(quantity: Quantity) -> str:
    value = quantity.value
    text = (
        f"{value:,.0f}".replace(",", ".")
        if value == int(value)
        else f"{value:,.2f}".replace(",", "\0").replace(".", ",").replace("\0", ".")
    )
    return f"±{text}" if quantity.approximate else text


def _quantity_detail(quantity: Quantity) -> str:
    scope = {"live": "", "background": "angka latar", "headline": "angka judul"}[quantity.scope]
    return " · ".join(part for part in (quantity.what, scope, "bagian dari jumlah" if quantity.part else "") if part)
