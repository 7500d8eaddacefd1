"""What pages show of readings and events: prepared values and whole words, so that templates decide nothing."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from kentongan.agencies.models import Agency, Officer
from kentongan.intake.models import Report
from kentongan.intake.where import written
from kentongan.places.models import Place
from kentongan.vocabulary.models import Kind

from .highlighting import Segment, Span, anchor_of, segments
from .models import Classification, Event, EventReport, EventVersion
from .queries import each_said_once, places_by_code

Json = Mapping[str, Any]

_PLACE_ROLES: Mapping[str, str | Promise] = {
    "scene": gettext_lazy("tempat kejadian"),
    "in_org_name": gettext_lazy("dalam nama instansi"),
    "dateline": gettext_lazy("asal berita"),
    "origin": gettext_lazy("asal"),
    "destination": gettext_lazy("tujuan"),
    "court_seat": gettext_lazy("kedudukan pengadilan"),
    "home": gettext_lazy("alamat"),
    "nationality": gettext_lazy("kewarganegaraan"),
    "mention": gettext_lazy("disebut"),
}
_DATE_ROLES: Mapping[str, str | Promise] = {
    "event": gettext_lazy("kejadian"),
    "publication": gettext_lazy("terbit"),
    "statement": gettext_lazy("keterangan"),
    "instrument": gettext_lazy("instrumen"),
    "background": gettext_lazy("latar"),
    "deadline": gettext_lazy("tenggat"),
}
_POLARITIES: Mapping[str, str | Promise] = {
    "negated": gettext_lazy("disangkal"),
    "planned": gettext_lazy("rencana"),
    "hypothetical": gettext_lazy("andaian"),
    "background": gettext_lazy("latar"),
}
_SCOPES: Mapping[str, str | Promise] = {
    "background": gettext_lazy("angka latar"),
    "headline": gettext_lazy("angka judul"),
}
_REASONS: Mapping[str, str | Promise] = {
    "kinds:equal": gettext_lazy("jenisnya sama"),
    "kinds:narrower": gettext_lazy("jenis yang satu lebih khusus"),
    "kinds:both_people": gettext_lazy("sama-sama tentang pergerakan orang"),
    "place:same": gettext_lazy("wilayahnya sama"),
    "place:inside": gettext_lazy("wilayah yang satu di dalam yang lain"),
    "place:near": gettext_lazy("desanya berdekatan"),
    "place:candidate": gettext_lazy("wilayahnya salah satu calon"),
    "place:unknown": gettext_lazy("wilayahnya belum diketahui"),
    "time:same_day": gettext_lazy("harinya sama"),
    "time:overlaps": gettext_lazy("masanya beririsan"),
    "time:next_day": gettext_lazy("selisih satu hari"),
    "time:days_apart": gettext_lazy("selisih dua atau tiga hari"),
    "time:week_apart": gettext_lazy("selisih kurang lebih sepekan"),
    "time:unknown": gettext_lazy("harinya belum diketahui"),
    "numbers:equal": gettext_lazy("jumlahnya sama"),
    "numbers:close": gettext_lazy("jumlahnya hampir sama"),
    "numbers:contradict": gettext_lazy("jumlahnya berbeda"),
    "numbers:silent": gettext_lazy("jumlahnya tidak disebut di salah satu"),
}
_QUESTIONS: Mapping[str, str | Promise] = {
    "day_not_told": gettext_lazy("Hari kejadian tidak disebut."),
    "day_open": gettext_lazy("Hari kejadian belum pasti."),
    "day_to_come": gettext_lazy("Tanggal yang terbaca belum tiba; mungkin rencana atau salah tulis."),
    "day_contradicts": gettext_lazy("Hari dan tanggal di teks bertentangan."),
    "several_counts": gettext_lazy("Teks menyebut beberapa jumlah orang; yang terbesar dipakai."),
}
_MARKED = ("dates", "places", "agencies", "kinds", "quantities", "instruments", "speakers")
_FIELD_OF = {"dates": "date", "places": "place", "agencies": "agency", "kinds": "kind", "quantities": "quantity", "instruments": "instrument", "speakers": "speaker"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that was read, once however often it stands there: what, of what sort, how sure, why, and where."""

    value: str
    detail: str
    confidence: str
    why: str
    anchors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One list of a reading."""

    title: str
    field: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class ShownReading:
    """A reading as a page shows it beside its text."""

    title: str
    segments: tuple[Segment, ...]
    sections: tuple[Section, ...]
    warnings: tuple[str, ...]
    grade: str
    grade_why: str
    version: str


def shown_reading(content: Json, text: str) -> ShownReading:
    """Return a stored reading with its text cut at the evidence."""
    names = _Names.of(content)
    spans = [_span(item, field, names) for field in _MARKED for item in content.get(field, ())]
    grade = content["grade"]
    return ShownReading(
        title=content.get("title", ""),
        segments=tuple(segments(text, spans)),
        sections=tuple(section for section in _sections(content, names) if section.items),
        warnings=tuple(content.get("warnings", ())),
        grade=f"{grade['reliability']}{grade['credibility']}",
        grade_why=grade["why"],
        version=content["reader_version"],
    )


@dataclass(frozen=True, slots=True)
class _Names:
    """The names behind the codes of one reading, fetched at once."""

    places: Mapping[str, str]
    agencies: Mapping[str, str]
    kinds: Mapping[str, str]

    @classmethod
    def of(cls, content: Json) -> "_Names":
        codes = {c for m in content.get("places", ()) for c in (m["code"], *(x["code"] for x in m["candidates"])) if c}
        ids = {m["agency_id"] for m in content.get("agencies", ()) if m["agency_id"]}
        kinds = {m["code"] for m in content.get("kinds", ())}
        return cls(
            dict(Place.objects.filter(code__in=codes).values_list("code", "name")),
            dict(Agency.objects.filter(pk__in=ids).values_list("pk", "name")),
            {kind.code: kind_label(kind) for kind in Kind.objects.filter(code__in=kinds)},
        )

    def place(self, code: str) -> str:
        return f"{self.places[code]} ({code})" if code in self.places else code


def _sections(content: Json, names: _Names) -> list[Section]:
    def section(title: str, key: str, tell: Callable[[Json], tuple[str, str]]) -> Section:
        alike: dict[tuple[str, str], list[Json]] = {}
        for found in content.get(key, ()):
            alike.setdefault(tell(found), []).append(found)
        items = tuple(_item(founds, *told) for told, founds in alike.items())
        return Section(title, _FIELD_OF.get(key, key), items)

    return [
        section(_("Tanggal"), "dates", _date),
        section(_("Wilayah"), "places", lambda m: _place(m, names)),
        section(_("Jenis"), "kinds", lambda m: _kind(m, names)),
        section(_("Jumlah"), "quantities", _quantity),
        section(_("Instansi"), "agencies", lambda m: _agency(m, names)),
        section(
            _("Instrumen"),
            "instruments",
            lambda m: (m["title"], _joined(m["type"], ", ".join(m["parties"]), _day(m["day"]))),
        ),
        section(_("Tindak lanjut"), "follow_ups", lambda m: (m["action"], _joined(", ".join(m["by"]), _day(m["due"])))),
        section(_("Orang yang disebut"), "speakers", lambda m: (m["name"], _joined(m["rank"], m["position"]))),
        section(_("Berita terkait"), "leads", lambda m: (m["evidence"]["text"], "")),
    ]


def _item(founds: Sequence[Json], value: str, detail: str) -> Item:
    evidence = [found["evidence"] for found in founds]
    surest = max(evidence, key=lambda one: one["confidence"])
    anchors = dict.fromkeys(anchor_of(one["start"], one["end"]) for one in evidence)
    return Item(value, detail, f"{round(100 * surest['confidence'])} %", surest["why"], tuple(anchors))


def _span(found: Json, key: str, names: _Names) -> Span:
    tell: Mapping[str, Callable[[Json], str]] = {
        "places": lambda m: _joined(*_place(m, names)),
        "kinds": lambda m: _joined(*_kind(m, names)),
        "dates": lambda m: _joined(*_date(m)),
        "agencies": lambda m: _agency(m, names)[0],
        "quantities": lambda m: _joined(*_quantity(m)),
        "instruments": lambda m: m["title"],
        "speakers": lambda m: _joined(m["name"], m["position"]),
    }
    evidence = found["evidence"]
    return Span(evidence["start"], evidence["end"], _FIELD_OF[key], tell[key](found))


def _date(m: Json) -> tuple[str, str]:
    value = _day(m["day"]) or m["evidence"]["text"]
    is_open = _("belum pasti") if m["day"] is None else ""
    return value, _joined(str(_DATE_ROLES.get(m["role"], m["role"])), m["time_of_day"], is_open, m["contradiction"])


def _place(m: Json, names: _Names) -> tuple[str, str]:
    role = str(_PLACE_ROLES.get(m["role"], m["role"]))
    if m["code"]:
        return names.place(m["code"]), role
    candidates = _(" atau ").join(names.place(c["code"]) for c in m["candidates"][:4])
    return candidates or m["evidence"]["text"], _joined(role, _("belum pasti"))


def _kind(m: Json, names: _Names) -> tuple[str, str]:
    quoted = _("kutipan") if m["quoted"] else ""
    return names.kinds.get(m["code"], m["code"]), _joined(str(_POLARITIES.get(m["polarity"], "")), quoted)


def _agency(m: Json, names: _Names) -> tuple[str, str]:
    if m["agency_id"]:
        return names.agencies.get(m["agency_id"], m["agency_id"]), ""
    return m["name"], _("tidak terdaftar")


def _quantity(m: Json) -> tuple[str, str]:
    value = number_format(m["value"], decimal_pos=0 if m["value"] == int(m["value"]) else 2, force_grouping=True)
    about = _("kira-kira") if m["approximate"] else ""
    part = _("bagian dari jumlah") if m["part"] else ""
    return f"{value} {m['unit']}", _joined(about, m["what"], str(_SCOPES.get(m["scope"], "")), part)


def _day(written: str | None) -> str:
    return date_format(date.fromisoformat(written), "j M Y") if written else ""


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


# --- events ---


def kind_label(kind: Kind) -> str:
    """Return what a kind is called in the language of the page, Indonesian where that has no word."""
    language = (get_language() or "id")[:2]
    written = {"en": kind.label_en, "tet": kind.label_tet, "pt": kind.label_pt}.get(language, "")
    return written or kind.label_id


@dataclass(frozen=True, slots=True)
class Allegation:
    """One alleged kind beside the others."""

    pk: int
    code: str
    label: str
    by: str
    at: datetime
    why: str
    confidence: str
    withdrawn: str
    is_withdrawable: bool


def allegations(event: Event, *, by: str) -> list[Allegation]:
    """Return every allegation, those that stand first; an officer may withdraw the own ones and the machine's."""
    rows = each_said_once(event.classifications.select_related("kind").order_by("withdrawn_at", "alleged_at", "id"))
    names = actor_names(row.alleged_by for row in rows) | actor_names(row.withdrawn_by for row in rows)
    return [_allegation(row, names, by) for row in sorted(rows, key=lambda row: row.withdrawn_at is not None)]


def _allegation(row: Classification, names: Mapping[str, str], by: str) -> Allegation:
    return Allegation(
        pk=row.pk,
        code=row.kind_id,
        label=kind_label(row.kind),
        by=names.get(row.alleged_by, row.alleged_by),
        at=row.alleged_at,
        why="" if row.is_machine else row.why,
        confidence=f"{round(100 * row.confidence)} %" if row.is_machine else "",
        withdrawn=_("dicabut: %(why)s") % {"why": row.withdrawn_why} if row.withdrawn_at else "",
        is_withdrawable=row.withdrawn_at is None and (row.is_machine or row.alleged_by == by),
    )


def actor_names(refs: Iterable[str]) -> dict[str, str]:
    """Return what the references of actors are called on the screen."""
    wanted = {ref for ref in refs if ref}
    officers = {ref.partition(":")[2] for ref in wanted if ref.startswith("officer:")}
    known = {f"officer:{officer.pk}": str(officer) for officer in Officer.objects.filter(pk__in=_uuids(officers))}
    machine = {ref: _("pembacaan mesin") for ref in wanted if ref.startswith("reading:") or ref == "system:reader"}
    system = {ref: _("sistem") for ref in wanted if ref.startswith("system:") and ref not in machine}
    return known | machine | system


def _uuids(written: Iterable[str]) -> list[UUID]:
    found = []
    for text in written:
        try:
            found.append(UUID(text))
        except ValueError:
            continue  # an actor that is no officer of this installation keeps its reference as its name
    return found


@dataclass(frozen=True, slots=True)
class ShownVersion:
    """One line of an event's history."""

    version: EventVersion
    by: str
    kinds: str


def history(event: Event) -> list[ShownVersion]:
    """Return the versions of an event, the latest first."""
    versions = list(event.versions.select_related("place").order_by("-number"))
    names = actor_names(version.decided_by for version in versions)
    return [ShownVersion(v, names.get(v.decided_by, v.decided_by), ", ".join(v.kinds)) for v in versions]


@dataclass(frozen=True, slots=True)
class Source:
    """A report behind an event, as far as the officer sees it."""

    link: EventReport
    report: Report | None
    heading: str
    why: tuple[str, ...]


def sources(evidence: Iterable[tuple[EventReport, Report | None]]) -> list[Source]:
    """Return the reports behind an event; of those that the officer may not open only that they exist."""
    return [Source(link, report, _heading(report), reasons(link.why)) for link, report in evidence]


def _heading(report: Report | None) -> str:
    if report is None:
        return _("laporan yang tidak terbuka bagi Anda")
    return report.title or " ".join((report.text or "").split())[:120] or _("teks dihapus")


def reasons(why: str | Iterable[Json]) -> tuple[str, ...]:
    """Return the words for reasons of joining, kept as "kinds:equal, place:same" or as rows of a doubt."""
    codes = (
        [part.strip() for part in why.split(",")]
        if isinstance(why, str)
        else [f"{r['about']}:{r['code']}" for r in why]
    )
    return tuple(str(_REASONS[code]) for code in codes if code in _REASONS)


def open_questions(event: Event) -> list[str]:
    """Return what a reading left open about an event and no officer has settled."""
    questions = [code for code in event.details.get("open", ()) if code in _QUESTIONS]
    if event.precision != Event.Precision.UNKNOWN:
        questions = [code for code in questions if code not in ("day_not_told", "day_open", "day_to_come")]
    return [str(_QUESTIONS[code]) for code in questions]


def quantities(event: Event) -> list[str]:
    """Return the figures that the first reading gave for the event."""
    return [_joined(*_quantity(one)) for one in event.details.get("quantities", ())]


def words_of_shared_event(event: Event) -> dict[str, Any]:
    """Return the words for an event of which a part is shared; what is not shared is not in the event any more."""
    standing = [one for one in event.classifications.all() if one.withdrawn_at is None]
    return {
        "classifications": list(dict.fromkeys(kind_label(one.kind) for one in standing)),
        "place_open": [written(place) for place in places_by_code(event.place_open)],
        "details": quantities(event),
    }


def words_of_shared_report(report: Report) -> dict[str, Any]:
    """Return the words for a report of which a part is shared."""
    return {"received_by": actor_names([report.received_by]).get(report.received_by, report.received_by)}
