"""What a verification finds wrong. No Django."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: a stable code, and in words which row, leaf or head it is."""

    code: str
    text: str
    row: int | None = None
    leaf: int | None = None
    head: int | None = None


class Faults:
    """Faults in the order in which they were found."""

    def __init__(self) -> None:
        self._found: list[Fault] = []

    def say(
        self, code: str, text: str, *, row: int | None = None, leaf: int | None = None, head: int | None = None
    ) -> None:
        self._found.append(Fault(code, text, row, leaf, head))

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._found)
