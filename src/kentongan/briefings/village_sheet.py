"""The sheet of a village on one page: its levels and how sure they are, why, what the programme did, what it may say."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone, translation

from kentongan.agencies.models import Agency
from kentongan.agreements.facts import Actor
from kentongan.places.models import Place
from kentongan.places.queries import ancestors
from kentongan.programme.models import PartnerVillage, Visit
from kentongan.programme.queries import partner_at, visits_at
from kentongan.programme.rules import STANDING
from kentongan.vulnerability.explain import LEVEL_LABELS, explain, value_in_words
from kentongan.vulnerability.index_rules import INDICES
from kentongan.vulnerability.queries import FactorLine, VillageLevel
from kentongan.vulnerability.services import complaints_in, offices_for

from . import figures
from .naming import inside_of, letterhead, titled
from .papers import paper
from .sketch import is_on_land
from .surroundings import surroundings_of

SHORT = {"tppo": "TPPO", "tppm": "TPPM"}
HEADINGS = {"tppo": "Perdagangan orang (TPPO)", "tppm": "Penyelundupan manusia (TPPM)"}
MOST_FACTORS = 16
LOOKS_BACK = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What a sheet is made of: all of it came through the gate of who reads it."""

    place: Place
    levels: Sequence[VillageLevel]  # one an index, those that may be seen
    told_by: Agency  # whose run it is, or who looks after the village
    partner: PartnerVillage | None
    area_partner: PartnerVillage | None  # of the district that it lies in, where the source names no village
    visits: Sequence[Visit]
    reads_programme: bool

    @property
    def rows(self) -> int:
        """How many rows leave with the paper: levels, the partnership, visits."""
        return len(self.levels) + (self.partner is not None) + len(self.visits)


def sheet_of(place: Place, seen: Sequence[VillageLevel], told_by: Agency, actor: Actor, *, at: datetime) -> Sheet:
    """Return the sheet of a village with these levels, and what of the programme the actor sees, as much of it as is open."""
    reads = "programme" in actor.reads
    above = [partner_at(one, actor, at=at) for one in ancestors(place)] if reads else []
    return Sheet(
        place=place,
        levels=seen,
        told_by=told_by,
        partner=partner_at(place, actor, at=at) if reads else None,
        area_partner=next((one for one in above if one is not None and one.status in STANDING), None),
        visits=list(visits_at(place, actor, at=at)) if reads else [],
        reads_programme=reads,
    )


def village_sheet_pdf(sheet: Sheet, *, at: datetime) -> bytes:
    """Return the sheet as a PDF of exactly one page, in Indonesian."""
    with translation.override("id"):
        return paper("village_sheet", facts_of(sheet, at=at), at=at)


def facts_of(sheet: Sheet, *, at: datetime) -> dict[str, Any]:
    """Return what the template prints."""
    today = timezone.localdate(at)
    by_index = {level.index: level for level in sheet.levels}
    shown = [index for index in INDICES if index in by_index]
    around = surroundings_of(sheet.place, on=today)
    rows, rest = _factors([by_index[index] for index in shown])
    points = [abs(p["value"]) for row in rows for p in row["points"] if p]
    office = _office(sheet, today)
    return {
        "title": f"Lembar kerawanan {titled(sheet.place)}",
        "keywords": ["kerawanan", sheet.place.code],
        "is_simulated": settings.IS_DEMONSTRATION,
        "office": letterhead(sheet.told_by, on=today),
        "foot": f"Dibuat {figures.instant(at)} · perhitungan {', '.join(str(by_index[i].run)[:8] for i in shown) or '–'}",
        "village": {"name": titled(sheet.place), "inside": inside_of(sheet.place), "code": sheet.place.code},
        "as_of": figures.day(max((level.as_of for level in sheet.levels), default=today)),
        "indices": [_index(index, by_index.get(index)) for index in INDICES],
        "sketch": {
            "svg": around.svg if around else "",
            "alt": around.alt if around else "",
            "legend": [list(one) for one in around.legend] if around else [],
            "has_border": around.has_border if around else False,
            "note": _sketch_note(sheet.place),
        },
        "indices_shown": [SHORT[index] for index in shown],
        "most_points": max(points, default=1.0) or 1.0,
        "factors": rows,
        "no_factors": "Belum ada perhitungan yang terbuka bagi Anda, jadi rincian faktor tidak dapat ditampilkan.",
        "factors_note": rest,
        "changed": [_changed(by_index[index]) for index in shown if by_index[index].changed is not None],
        "programme": _programme(sheet, today),
        "programme_none": _no_programme(sheet),
        "notes": _notes(sheet, office, [by_index[index] for index in shown]),
    }


def _index(index: str, level: VillageLevel | None) -> dict[str, Any]:
    steps = [str(LEVEL_LABELS[number]) for number in sorted(LEVEL_LABELS)]
    if level is None:
        why_not = "Belum dihitung, atau perhitungannya tidak terbuka bagi Anda."
        return {"heading": HEADINGS[index], "level": None, "why_not": why_not, "steps": steps}
    return {
        "heading": HEADINGS[index],
        "steps": steps,
        "level": {
            "number": level.level,
            "label": str(LEVEL_LABELS[level.level]),
            "score": figures.number(level.score),
            "rank": figures.number(level.rank),
            "of": figures.number(level.of),
            "range80": figures.span(level.low80, level.high80),
            "range95": figures.span(level.low95, level.high95),
            "known": figures.percent(level.known_share),
            "sureness": _sureness(level),
        },
    }


def _sureness(level: VillageLevel) -> str:
    """Return in words how far the rank may be trusted, as the page says it."""
    return " ".join(explain(level).cautions) or "Selang ini cukup sempit untuk dipakai."


def _factors(levels_shown: Sequence[VillageLevel]) -> tuple[list[dict[str, Any]], str]:
    """Return a row for each factor, what weighs most in any index first and the unknown last, and the note below them."""
    lines: dict[str, dict[str, FactorLine]] = {}
    for level in levels_shown:
        for line in level.factors:
            lines.setdefault(line.code, {})[level.index] = line
    ordered = sorted(lines.values(), key=_weight)
    rows = [
        _row(by_index, [level.index for level in levels_shown])
        for by_index in ordered[:MOST_FACTORS]
    ]  # fmt: skip
    note = (
        "Poin menunjukkan berapa dari skor berasal dari faktor itu. “Lebih rawan dari”: bagian desa lain yang keadaannya lebih "
        "baik dalam faktor itu. Kejadian dan peringatan dinilai bersama desa tetangganya: desa tanpa kejadian pun mendapat poin "
        "bila di sekitarnya ada. Yang tidak diketahui tidak menaikkan dan tidak menurunkan skor, tetapi melebarkan selangnya."
    )
    if len(ordered) > MOST_FACTORS:
        note = (
            f"{len(ordered) - MOST_FACTORS} faktor lain, yang sumbangannya lebih kecil, ada di halaman desa ini. {note}"
        )
    return rows, note


def _weight(by_index: dict[str, FactorLine]) -> tuple[bool, float, str]:
    lines = list(by_index.values())
    return not any(one.is_known for one in lines), -max(abs(one.contribution or 0.0) for one in lines), lines[0].code


def _row(by_index: dict[str, FactorLine], indices: Sequence[str]) -> dict[str, Any]:
    first = next(iter(by_index.values()))
    return {
        "label": first.label,
        "value": value_in_words(first),
        "standing": figures.percent(first.standing) if first.standing is not None else "–",
        "as_of": figures.short_day(first.as_of),
        "points": [_points(by_index.get(index)) for index in indices],
    }


def _points(line: FactorLine | None) -> dict[str, Any] | None:
    if line is None or not line.is_known or line.contribution is None:
        return None
    return {"value": max(line.contribution, 0.0), "written": figures.number(line.contribution, 1)}


def _changed(level: VillageLevel) -> list[str]:
    """Return "TPPO" and what changed since the run before, in the sentences of the page."""
    return [SHORT[level.index], " ".join(explain(level).changed)]


def _programme(sheet: Sheet, today: date) -> list[list[str]]:
    rows: list[list[str]] = []
    if (partner := sheet.partner) is not None:
        since = f" sejak {figures.day(partner.partner_from)}" if partner.partner_from else ""
        until = f" sampai {figures.day(partner.partner_to)}" if partner.partner_to else ""
        decree = f"; SK {partner.decree_number}" if partner.decree_number else ""
        rows.append(["Desa binaan", f"{partner.get_status_display()}{since}{until} oleh {partner.owner.name}{decree}"])
        if partner.doubt:
            rows.append(["Catatan sumber", f"{partner.doubt} ({partner.source}, {figures.day(partner.source_on)})"])
    if not sheet.visits and partner is None:
        return rows
    done = [one for one in sheet.visits if one.done_on is not None and today - LOOKS_BACK <= one.done_on <= today]
    rows.append(["Kunjungan setahun", _visits(done)])
    nil = [one.done_on for one in done if one.is_nil and one.done_on]
    if nil:
        rows.append(["Laporan nihil", f"{len(nil)}, terakhir {figures.day(max(nil))}"])
    if _knows_the_plan(sheet):
        rows.append(["Berikutnya", _next(sheet.visits, today)])
    return rows


def _knows_the_plan(sheet: Sheet) -> bool:
    """Return whether what is planned is open too: whom a part was told, is told of what was done only."""
    rows = [sheet.partner] if sheet.partner is not None else sheet.visits
    return all(one.release is None for one in rows)


def _next(visits: Sequence[Visit], today: date) -> str:
    coming = sorted(one.planned_on for one in visits if one.state == Visit.State.PLANNED and one.planned_on)
    later = [planned for planned in coming if planned >= today]
    late = f"; {len(coming) - len(later)} rencana lewat harinya" if len(coming) > len(later) else ""
    return (figures.day(later[0]) if later else "belum direncanakan") + late


def _visits(done: Sequence[Visit]) -> str:
    if not done:
        return "belum ada yang tercatat"
    last = max(one.done_on for one in done if one.done_on)
    kinds = [
        f"{number} {label}"
        for code, label in Visit.Kind.choices
        if (number := sum(one.kind == code for one in done))
    ]  # fmt: skip
    heads = sum(one.heads or 0 for one in done)
    attended = f"; {figures.number(heads)} peserta" if heads else ""
    return f"{figures.listed(kinds)}, terakhir {figures.day(last)}{attended}"


def _no_programme(sheet: Sheet) -> str:
    if not sheet.reads_programme:
        return "Catatan program desa tidak terbuka bagi peran Anda."
    if (area := sheet.area_partner) is not None and area.place is not None:
        return (
            f"{titled(area.place)} dibina oleh {area.owner.name}, tanpa disebut desanya; apakah desa ini termasuk, "
            "tanyakan kepada kantor itu."
        )
    return "Desa ini bukan desa binaan menurut catatan yang terbuka bagi Anda, dan belum ada kunjungan yang tercatat."


def _notes(sheet: Sheet, office: Agency, shown: Sequence[VillageLevel]) -> list[list[str]]:
    looking_after = sheet.partner or sheet.area_partner
    answering = looking_after.owner if looking_after is not None else sheet.told_by
    about = (
        "Tingkat ini tentang sebuah tempat, bukan tentang orang: tidak seorang pun di sini dinilai. Ia menunjukkan di mana "
        "pencegahan dibutuhkan; ia bukan bukti kesalahan, bukan ramalan, dan bukan dasar tindakan terhadap siapa pun."
    )
    right = (
        "Pemerintah desa boleh bertanya mengapa tingkatnya begitu dan mengajukan keberatan atas data atau tingkat ini, lewat "
        f"halaman Keberatan di sistem ini atau langsung kepada {answering.name}. Setiap keberatan dijawab secara tertulis, dan "
        "data yang keliru dikoreksi dan dihitung ulang."
    )
    notes = [["Tentang tingkat ini.", about], ["Hak desa.", right]]
    notes.append(["Hubungi:", f"{office.name}. Telepon: {'.' * 40}"])
    numbers = [
        f"{one.name} {one.number} ({one.for_what})" for one in complaints_in(sheet.place.country) if one.is_checked
    ]
    if numbers:
        notes.append(["Pengaduan:", f"{'; '.join(numbers)}."])
    if sources := _sources(shown):
        notes.append(["Sumber data:", sources])
    return notes


def _office(sheet: Sheet, today: date) -> Agency:
    """Return whom the village may ask: who looks after it, else the immigration office of its area, else whose run it is."""
    if (looking_after := sheet.partner or sheet.area_partner) is not None:
        return looking_after.owner
    serving = (one.agency for one in offices_for(sheet.place, on=today) if one.matter == "foreigners")
    return next(serving, sheet.told_by)


def _sources(shown: Sequence[VillageLevel]) -> str:
    """Return where the known values come from, each source once with the newest day that it speaks of."""
    newest: dict[str, date | None] = {}
    for level in shown:
        for line in level.factors:
            if line.is_known and line.source:
                known = newest.get(line.source)
                newest[line.source] = max((d for d in (known, line.as_of) if d is not None), default=None)
    said = [f"{source} ({figures.day(as_of)})" if as_of else source for source, as_of in sorted(newest.items())]
    return f"{'; '.join(said)}." if said else ""


def _sketch_note(place: Place) -> str:
    if place.lat is None or place.lon is None:
        return "Letak desa ini belum diketahui, jadi sketsanya tidak dapat dibuat."
    if not is_on_land(place.lon, place.lat):
        return (
            "Garis pantai sketsa ini disederhanakan: pulau atau tepi pantai tempat desa ini terletak tidak tergambar."
        )
    if place.is_approximate:
        return "Titik desa ini perkiraan: titik kecamatannya."
    return ""
