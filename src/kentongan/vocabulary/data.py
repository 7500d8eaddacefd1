"""The shipped vocabulary of events: kinds with their words in four languages, and the dated law behind them."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from kentongan.kit.shipped_tables import TableLine, table_entries
from kentongan.reading.knowledge import KindRow

PACKAGE = "kentongan.vocabulary"
KINDS_TABLE = "data/kinds.csv"
LAWS_TABLE = "data/laws.csv"

KIND_CLASSES = frozenset({"offence", "modus", "movement", "issue", "response", "status"})
LAW_ROLES = frozenset({"offence", "penalty", "definition", "procedure", "agreement", "policy"})
VERIFICATIONS = frozenset({"read", "general", "check"})
"""`read`: the text was read; `general`: common knowledge of the field; `check`: to be looked up before it is printed."""


@dataclass(frozen=True, slots=True)
class KindEntry:
    """One code of the vocabulary; `review` names the languages whose words no speaker has reviewed yet."""

    code: str
    label_id: str
    label_en: str
    label_tet: str
    label_pt: str
    kind_class: str
    terms_id: tuple[str, ...]
    terms_tet: tuple[str, ...]
    terms_pt: tuple[str, ...]
    iccs_code: str
    iccs_verified: str
    valid_from: date | None
    valid_to: date | None
    review: tuple[str, ...]
    note: str

    @property
    def parent(self) -> str | None:
        """The code one step up ("TPPO" of "TPPO.ZERO"), None for a root; the step itself need not be a row."""
        return self.code.rpartition(".")[0] or None

    def row(self) -> KindRow:
        """Return what the reader needs of this kind."""
        return KindRow(self.code, self.label_id, self.kind_class, self.terms_id + self.terms_tet + self.terms_pt)


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """One provision behind a kind, in force from `valid_from` until before `valid_to`."""

    kind_code: str
    country: str
    instrument: str
    articles: str
    role: str
    valid_from: date | None
    valid_to: date | None
    verified: str
    note: str

    def is_in_force(self, on: date) -> bool:
        """Tell whether the provision counts for something that happened on this day."""
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on < self.valid_to)


@cache
def kind_entries() -> tuple[KindEntry, ...]:
    """Return every shipped kind in the order of the table; ShippedTableError lists all faulty lines."""
    seen: set[str] = set()
    return table_entries(PACKAGE, KINDS_TABLE, lambda line: _kind(line, seen))


@cache
def legal_bases() -> tuple[LegalBasis, ...]:
    """Return every shipped provision in the order of the table; ShippedTableError lists all faulty lines."""
    known = frozenset(entry.code for entry in kind_entries())
    return table_entries(PACKAGE, LAWS_TABLE, lambda line: _law(line, known))


def kind_rows() -> tuple[KindRow, ...]:
    """Return the kinds as the reader takes them."""
    return tuple(entry.row() for entry in kind_entries())


def laws_in_force(kind_code: str, on: date) -> tuple[LegalBasis, ...]:
    """Return the provisions that counted for a kind on a day."""
    return tuple(law for law in legal_bases() if law.kind_code == kind_code and law.is_in_force(on))


def _kind(line: TableLine, seen: set[str]) -> KindEntry:
    code = line.required("code")
    if code in seen:
        raise ValueError(f"kode {code} sudah ada di baris sebelumnya")
    seen.add(code)
    return KindEntry(
        code=code,
        label_id=line.required("label_id"),
        label_en=line.required("label_en"),
        label_tet=line.text("label_tet"),
        label_pt=line.text("label_pt"),
        kind_class=line.one_of("class", KIND_CLASSES),
        terms_id=line.parts("terms_id"),
        terms_tet=line.parts("terms_tet"),
        terms_pt=line.parts("terms_pt"),
        iccs_code=line.text("iccs_code"),
        iccs_verified=line.text("iccs_verified"),
        valid_from=line.day("valid_from"),
        valid_to=line.day("valid_to"),
        review=line.parts("review"),
        note=line.text("note"),
    )


def _law(line: TableLine, known: frozenset[str]) -> LegalBasis:
    return LegalBasis(
        kind_code=line.one_of("kind_code", known),
        country=line.required("country"),
        instrument=line.required("instrument"),
        articles=line.text("articles"),
        role=line.one_of("role", LAW_ROLES),
        valid_from=line.day("valid_from"),
        valid_to=line.day("valid_to"),
        verified=line.one_of("verified", VERIFICATIONS),
        note=line.text("note"),
    )
