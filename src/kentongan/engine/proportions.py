"""How large a share is, and how surely, when few were counted."""

import math
from dataclasses import dataclass

from scipy import special

from kentongan.engine.errors import EngineInputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A share with its interval. `value` is None where nothing was counted; the interval is then all of [0, 1]."""

    hits: int
    of: int
    low: float
    high: float

    @property
    def value(self) -> float | None:
        """The share itself."""
        return self.hits / self.of if self.of else None


def share_of(hits: int, of: int, *, confidence: float = 0.95) -> Share:
    """Return the share with the interval of Wilson's score test: the shares that the counts do not contradict.

    Unlike the interval of textbooks it stays in [0, 1], and has a width when none or all of a few are hits.

    Shapes:  scalars.
    Units:   counts; shares and `confidence` in [0, 1].
    Errors:  EngineInputError when the counts are no part of a whole, or the confidence is not between 0 and 1.
    Source:  docs/methods/outcomes.md, equation 1.
    """
    if not 0 <= hits <= of or not 0 < confidence < 1:
        raise EngineInputError(
            "Bagian tidak dapat dihitung: yang dihitung harus antara 0 dan seluruhnya, dan tingkat keyakinan antara 0 "
            "dan 1. Perbaiki masukan lalu jalankan kembali."
        )
    if of == 0:
        return Share(hits=0, of=0, low=0.0, high=1.0)
    z2 = float(special.ndtri((1 + confidence) / 2)) ** 2
    centre = (hits + z2 / 2) / (of + z2)
    reach = math.sqrt(z2 * (hits * (of - hits) / of + z2 / 4)) / (of + z2)
    return Share(
        hits=hits,
        of=of,
        low=max(0.0, centre - reach) if hits else 0.0,  # where all or none are hits the end is exact
        high=min(1.0, centre + reach) if hits < of else 1.0,
    )
