"""Everything that is wrong with the input, gathered by file and row and said at once."""

from dataclasses import dataclass, field
from pathlib import Path

from kentongan.engine.errors import EngineInputError

MOST_SHOWN = 50


@dataclass(slots=True)
class Faults:
    """What was found wrong so far. Nothing is computed while there is a fault."""

    found: list[str] = field(default_factory=list)

    def at(self, path: Path, row: int, text: str) -> None:
        """Note a fault of one row of a file; rows are counted as an editor shows them."""
        self.found.append(f"{path.name}, baris {row}: {text}")

    def about(self, path: Path, text: str) -> None:
        """Note a fault of a file as a whole."""
        self.found.append(f"{path.name}: {text}")

    def say(self, text: str) -> None:
        """Note a fault that belongs to no single file."""
        self.found.append(text)

    def refuse(self) -> None:
        """Raise all faults as one error, if there are any."""
        if not self.found:
            return
        details = self.found[:MOST_SHOWN]
        if len(self.found) > MOST_SHOWN:
            details = [*details, f"… dan {len(self.found) - MOST_SHOWN} kesalahan lagi."]
        raise EngineInputError(
            f"Masukan pemindaian memuat {len(self.found)} kesalahan; tidak ada yang dihitung. "
            "Perbaiki yang tertulis di bawah ini, lalu jalankan kembali.",
            details=details,
        )
