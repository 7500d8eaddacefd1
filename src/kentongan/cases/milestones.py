"""The milestones of the Indonesian criminal process, as dated data: which law they rest on, what comes before, what is late.

Nothing here forbids: a milestone out of order is recorded and shown with what is unusual about it, because papers arrive out
of order, and because the rows marked unsure have not been compared with the text of the law.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from kentongan.kit.shipped_tables import TableLine, table_entries

YES_OR_NO = frozenset({"yes", "no"})


@dataclass(frozen=True, slots=True)
class MilestoneKind:
    """One step of the process under the law of one period; `valid_to` is excluded."""

    code: str
    step: int
    label_id: str
    label_en: str
    after: tuple[str, ...]  # one of these is usual before it
    ends: bool
    due_days: int | None
    due_from: str
    valid_from: date | None
    valid_to: date | None
    source: str
    is_unsure: bool
    note: str

    def holds_on(self, day: date) -> bool:
        """Tell whether the row is the law on that day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True)
class Reached:
    """A milestone that a case has reached."""

    code: str
    on: date


@dataclass(frozen=True, slots=True)
class Deadline:
    """A milestone that the law awaits by the end of a day, since which other one."""

    kind: MilestoneKind
    since: date
    by: date
    reached_on: date | None = None

    def is_late(self, today: date) -> bool:
        """Tell whether it came after its day, or has not come and its day is over."""
        return (self.reached_on or today) > self.by


@dataclass(frozen=True, slots=True)
class Oddity:
    """What is unusual about a milestone: `skips` the ones before it, `precedes` one that comes before, `after_end`, `no_law`."""

    code: str
    why: str
    others: tuple[str, ...] = ()


@cache
def milestone_kinds() -> tuple[MilestoneKind, ...]:
    """Return the shipped table; ShippedTableError lists all faulty lines."""
    return table_entries("kentongan.cases", "data/milestones.csv", _kind)


def codes() -> tuple[str, ...]:
    """Return the codes of all milestones in the order of the process, each once."""
    return tuple(dict.fromkeys(kind.code for kind in sorted(milestone_kinds(), key=lambda kind: kind.step)))


def kind_on(code: str, day: date) -> MilestoneKind | None:
    """Return the row of the milestone that is the law on the day; None where the table has none."""
    return next((kind for kind in milestone_kinds() if kind.code == code and kind.holds_on(day)), None)


def label_of(code: str, *, english: bool = False) -> str:
    """Return what a milestone is called; its code where the table does not know it."""
    found = next((kind for kind in milestone_kinds() if kind.code == code), None)
    return code if found is None else found.label_en if english else found.label_id


def deadlines(reached: Iterable[Reached]) -> list[Deadline]:
    """Return what the reached milestones make due, each with the day on which it came; the law is that of the day it runs from."""
    first = _first_days(reached)
    found = []
    for code in codes():
        for since in sorted({day for other, day in first.items() if _is_due_from(code, other, day)}):
            kind = kind_on(code, since)
            if kind is not None and kind.due_days is not None:
                found.append(Deadline(kind, since, since + timedelta(days=kind.due_days), _awaited(kind, first)))
    return found


def oddities(reached: Iterable[Reached]) -> list[Oddity]:
    """Return what is unusual about the order of the milestones, in the order of the process."""
    first = _first_days(reached)
    ended = {code: day for code, day in first.items() if (kind := _known(code, day)) is not None and kind.ends}
    found = []
    for code in (one for one in codes() if one in first):
        day = first[code]
        kind = kind_on(code, day)
        if kind is None:
            found.append(Oddity(code, "no_law"))
            continue
        if kind.after and not any(other in first for other in kind.after):
            found.append(Oddity(code, "skips", kind.after))
        if later := tuple(o for o in kind.after if o in first and first[o] > day and not _any_before(kind, first, day)):
            found.append(Oddity(code, "precedes", later))
        if before := tuple(end for end, over in ended.items() if end != code and over < day):
            found.append(Oddity(code, "after_end", before))
    return found


def _any_before(kind: MilestoneKind, first: dict[str, date], day: date) -> bool:
    return any(other in first and first[other] <= day for other in kind.after)


def _awaited(kind: MilestoneKind, first: dict[str, date]) -> date | None:
    """Return when what was awaited came: of the prosecutor's answers, P-21 answers as P-18 does."""
    answers = ("P18", "P21") if kind.code == "P18" else (kind.code,)
    return min((first[code] for code in answers if code in first), default=None)


def _is_due_from(code: str, other: str, day: date) -> bool:
    kind = kind_on(code, day)
    return kind is not None and kind.due_from == other


def _known(code: str, day: date) -> MilestoneKind | None:
    return kind_on(code, day)


def _first_days(reached: Iterable[Reached]) -> dict[str, date]:
    first: dict[str, date] = {}
    for one in reached:
        first[one.code] = min(one.on, first.get(one.code, one.on))
    return first


def _kind(line: TableLine) -> MilestoneKind:
    due_days = line.text("due_days")
    if bool(due_days) != bool(line.text("due_from")):
        raise ValueError("due_days dan due_from diisi bersama")
    return MilestoneKind(
        code=line.required("code"),
        step=int(line.required("step")),
        label_id=line.required("label_id"),
        label_en=line.required("label_en"),
        after=line.parts("after"),
        ends=line.one_of("ends", YES_OR_NO) == "yes",
        due_days=int(due_days) if due_days else None,
        due_from=line.text("due_from"),
        valid_from=line.day("valid_from"),
        valid_to=line.day("valid_to"),
        source=line.required("source"),
        is_unsure=line.one_of("unsure", YES_OR_NO) == "yes",
        note=line.text("note"),
    )
