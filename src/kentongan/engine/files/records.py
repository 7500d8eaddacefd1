"""What case, control, population and place files say, whichever format they came in, with the rows they stand in."""

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from kentongan.engine.files.moments import COARSENESS, Moment, Unit, generic_moment_of, moment_of

Stratum = tuple[str, ...]
"""The values of the covariates."""

EVERYWHERE = "all"
"""What an adjustment file writes for every place."""


class Counted(NamedTuple):
    """Cases or controls of one row; no moment where time plays no part."""

    row: int
    place: str
    counted: int
    moment: int | None
    stratum: Stratum


class Populated(NamedTuple):
    """A population of one row, with its census date."""

    row: int
    place: str
    moment: Moment
    population: float
    stratum: Stratum


class Adjustment(NamedTuple):
    """A known relative risk of one row: of a place (None: of all) from one moment until before another (None: always)."""

    row: int
    place: str | None
    risk: float
    first: int | None
    after: int | None


@dataclass(slots=True)
class Counts:
    """The rows of a case or control file."""

    path: Path
    rows: list[Counted] = field(default_factory=list)


@dataclass(slots=True)
class Populations:
    """The rows of a population file."""

    path: Path
    rows: list[Populated] = field(default_factory=list)


@dataclass(slots=True)
class Places:
    """The places of a file in their order: coordinates, or for lists of neighbours each one's list."""

    path: Path
    ids: list[str] = field(default_factory=list)
    coordinates: list[tuple[float, float]] = field(default_factory=list)
    neighbours: dict[str, list[str]] | None = None


class Sized(NamedTuple):
    """How large a place of one row counts, where circles hold at most a share of such sizes."""

    row: int
    place: str
    size: float


@dataclass(slots=True)
class Sizes:
    """The rows of a file of sizes, and the largest share of them that a circle holds."""

    path: Path
    most: float
    rows: list[Sized] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Clock:
    """How the study tells time: how precise case dates must be (None: there are none), and what it is near to."""

    precision: Unit | None
    near: int

    @property
    def is_generic(self) -> bool:
        """Whether time is counted in whole numbers without a calendar."""
        return self.precision is Unit.GENERIC

    def moment(self, text: str) -> Moment | None:
        """Return what a text tells in this study's kind of time."""
        return generic_moment_of(text) if self.is_generic else moment_of(text, near=self.near)

    def fault_of(self, text: str, moment: Moment | None) -> str | None:
        """Return what is wrong with the date of a case, if anything."""
        if moment is None:
            if self.is_generic:
                return f"waktu “{text}” bukan bilangan bulat."
            return f"tanggal “{text}” tidak dikenal; tulis tahun dahulu, mis. 2026/3/31."
        if self.precision is None or self.is_generic or COARSENESS[moment.unit] <= COARSENESS[self.precision]:
            return None
        return f"tanggal “{text}” kurang teliti; ketelitian yang dinyatakan: {self.precision.value}."


def count_of(text: str) -> int | str:
    """Return a count, or what is wrong with it.

    Shapes:  scalars.
    Units:   cases or controls.
    Errors:  none; the fault is returned as text.
    Source:  docs/methods/scan-files.md, section "Faults".
    """
    number = number_of(text)
    if number is None:
        return f"jumlah “{text}” bukan bilangan."
    if number < 0:
        return f"jumlah “{text}” negatif."
    if number != math.floor(number):
        return f"jumlah “{text}” bukan bilangan bulat."
    return int(number)


def number_of(text: str) -> float | None:
    """Return a finite number with a decimal point, or None.

    Shapes:  scalars.
    Units:   of the text.
    Errors:  none; None says that the text is no finite number.
    Source:  docs/methods/scan-files.md, section "Faults".
    """
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and "_" not in text else None


def measure_of(text: str, what: str) -> float | str:
    """Return a number that is not negative, or what is wrong with it.

    Shapes:  scalars.
    Units:   of the text.
    Errors:  none; the fault is returned as text.
    Source:  docs/methods/scan-files.md, section "Faults".
    """
    number = number_of(text)
    if number is None:
        return f"{what} “{text}” bukan bilangan."
    return number if number >= 0 else f"{what} “{text}” negatif."


def position_of(words: tuple[str, str], *, on_earth: bool) -> tuple[float, float] | str:
    """Return a position, or what is wrong with it.

    Shapes:  two coordinates: latitude and longitude, or x and y.
    Units:   degrees WGS 84, or those of the plane.
    Errors:  none; the fault is returned as text.
    Source:  docs/methods/scan-files.md, section "Faults".
    """
    first, second = number_of(words[0]), number_of(words[1])
    if first is None or second is None:
        return f"koordinat “{words[0]} {words[1]}” bukan dua bilangan."
    if on_earth and (abs(first) > 90 or abs(second) > 180):
        return f"koordinat “{words[0]} {words[1]}” di luar bumi; lintang -90..90 dahulu, lalu bujur -180..180."
    return first, second
