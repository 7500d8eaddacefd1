"""The fields that are compared, their levels of agreement, and how often each level is seen: dated data, or learnt."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from kentongan.engine.errors import EngineInputError
from kentongan.kit.shipped_tables import TableLine, table_entries

SAME, SIMILAR, PART, NEAR, DIFFERENT = "same", "similar", "part", "near", "different"
SWAPPED, ONE_OFF, SAME_YEAR, SHARED = "swapped", "one_off", "same_year", "shared"
UNKNOWN = "unknown"
"""The level of a field that one of the two records does not tell: no evidence for or against."""

SIMILAR_NAME, NEAR_NAME, SIMILAR_PARENT = 0.93, 0.85, 0.90
"""Jaro-Winkler similarities of keys, from which on names count as similar or near."""


@dataclass(frozen=True, slots=True)
class Level:
    """One level of agreement in a field: the condition in SQL, tried in order; the last has none."""

    code: str
    condition: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """A field that is compared: when it says nothing, and its levels from the closest to none."""

    name: str
    unknown: str
    levels: tuple[Level, ...]


FIELDS: tuple[Field, ...] = (
    Field(
        "nik",
        "nik_l IS NULL OR nik_r IS NULL",
        (Level(SAME, "nik_l = nik_r"), Level(ONE_OFF, "damerau_levenshtein(nik_l, nik_r) <= 1"), Level(DIFFERENT)),
    ),
    Field(
        "name",
        "name_l IS NULL OR name_r IS NULL",
        (
            Level(SAME, "name_l = name_r"),
            Level(SIMILAR, f"jaro_winkler_similarity(name_l, name_r) >= {SIMILAR_NAME}"),
            Level(PART, "list_has_all(words_l, words_r) OR list_has_all(words_r, words_l)"),
            Level(NEAR, f"jaro_winkler_similarity(name_l, name_r) >= {NEAR_NAME}"),
            Level(DIFFERENT),
        ),
    ),
    Field(
        "alias",
        "len(aliases_l) + len(aliases_r) = 0",
        (Level(SHARED, "list_has_any(aliases_l, also_r) OR list_has_any(aliases_r, also_l)"), Level(DIFFERENT)),
    ),
    Field(
        "born",
        "born_l IS NULL OR born_r IS NULL",
        (
            Level(SAME, "born_l = born_r"),
            Level(SWAPPED, "born_either_l = born_either_r"),
            Level(ONE_OFF, "damerau_levenshtein(born_l, born_r) <= 1"),
            Level(SAME_YEAR, "born_year_l = born_year_r"),
            Level(DIFFERENT),
        ),
    ),
    Field("sex", "sex_l IS NULL OR sex_r IS NULL", (Level(SAME, "sex_l = sex_r"), Level(DIFFERENT))),
    Field(
        "village",
        "village_l IS NULL OR village_r IS NULL",
        (Level(SAME, "village_l = village_r"), Level(DIFFERENT)),
    ),
    Field(
        "parent",
        "parent_l IS NULL OR parent_r IS NULL",
        (
            Level(SAME, "parent_l = parent_r"),
            Level(SIMILAR, f"jaro_winkler_similarity(parent_l, parent_r) >= {SIMILAR_PARENT}"),
            Level(DIFFERENT),
        ),
    ),
    Field(
        "phone",
        "len(phones_l) = 0 OR len(phones_r) = 0",
        (Level(SHARED, "list_has_any(phones_l, phones_r)"), Level(DIFFERENT)),
    ),
)

PAIRED_BY: tuple[tuple[str, ...], ...] = (
    ("nik",),
    ("born_either",),
    ("name", "village"),
    ("name", "born_year"),
    ("parent", "village", "born_year"),
)
"""Two records are compared when they agree in all the columns of one of these lines, or share a telephone or an alias."""

PAIRED_BY_SHARED = ("phones", "also")


@dataclass(frozen=True, slots=True)
class Weights:
    """How often a level is seen in pairs of one person (m) and in pairs of two (u)."""

    m: float
    u: float


@dataclass(frozen=True, slots=True)
class Parameters:
    """The weights of every level, and since when and from where they are."""

    as_of: date
    source: str
    weights: dict[tuple[str, str], Weights]


@cache
def shipped_parameters() -> Parameters:
    """Return the weights that ship with the engine, for runs over too few records to learn from.

    Shapes:  one pair (m, u) for each field and level.
    Units:   probabilities between 0 and 1, not 0.
    Errors:  EngineInputError when a level has none; ShippedTableError lists all faulty lines.
    Source:  docs/methods/record-linkage.md, section "Parameters".
    """
    table = table_entries("kentongan.engine.linkage", "data/parameters.csv", read_weights)
    weights = {(name, level): found for name, level, found, _as_of, _source in table}
    missing = sorted({(one.name, level.code) for one in FIELDS for level in one.levels} - set(weights))
    if missing:
        raise EngineInputError(f"Tidak ada bobot untuk {missing}. Lengkapi data/parameters.csv.")
    return Parameters(max(line[3] for line in table), table[0][4], weights)


def read_weights(line: TableLine) -> tuple[str, str, Weights, date, str]:
    """Return a line of weights: field, level, weights, since when, from where.

    Shapes:  one line of a table.
    Units:   probabilities.
    Errors:  ValueError where a number is no probability or a cell is empty.
    Source:  docs/methods/record-linkage.md, section "Parameters".
    """
    m, u = float(line.required("m")), float(line.required("u"))
    if not (0 < m <= 1 and 0 < u <= 1):
        raise ValueError("m dan u harus di antara 0 dan 1")
    as_of = line.day("as_of")
    if as_of is None:
        raise ValueError("kolom as_of kosong")
    return line.required("field"), line.required("level"), Weights(m, u), as_of, line.required("source")
