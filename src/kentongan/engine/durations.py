"""How long something takes when some of it is still going on. What has not ended is counted as far as it was seen."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kentongan.engine.errors import EngineInputError

ROUNDING = 1e-12
"""Below this, two shares differ by rounding only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Which share waits longer than a time, by the product-limit estimate.

    `times` (ends,) are the distinct lengths at which something ended, rising; `longer` (ends,) the share that takes
    longer than each. `ended` and `open` are how many had ended and how many were seen without their end.
    """

    times: NDArray[np.float64]
    longer: NDArray[np.float64]
    ended: int
    open: int

    def quantile(self, share: float) -> float | None:
        """Return the shortest time within which at least this share ends; None where so many were not seen to end."""
        reached = np.flatnonzero(self.longer <= 1 - share + ROUNDING)
        return float(self.times[reached[0]]) if reached.size else None


def waiting(durations: ArrayLike, has_ended: ArrayLike) -> Waiting:
    """Return how long it takes, from lengths of which some were cut off before the end was seen (Kaplan and Meier).

    Who ends at a time was still waiting at it; who is cut off at the same time too.

    Shapes:  durations (items,), has_ended (items,); result: one entry for each distinct length at which something ended.
    Units:   any one unit of time, not negative; shares in [0, 1].
    Errors:  EngineInputError when the arrays differ in length, or a length is negative or no number.
    Source:  docs/methods/outcomes.md, equation 2.
    """
    lengths = np.asarray(durations, dtype=np.float64).ravel()
    ends = np.asarray(has_ended, dtype=np.bool_).ravel()
    if lengths.shape != ends.shape or not (np.isfinite(lengths) & (lengths >= 0)).all():
        raise EngineInputError(
            "Lama tidak dapat dihitung: setiap lama harus bilangan yang tidak negatif, dan untuk masing-masing harus "
            "diketahui apakah sudah berakhir. Perbaiki masukan lalu jalankan kembali."
        )
    times, ending = np.unique(lengths[ends], return_counts=True)
    at_risk = lengths.size - np.searchsorted(np.sort(lengths), times, side="left")
    longer = np.cumprod(1.0 - ending / at_risk, dtype=np.float64)
    return Waiting(
        times=times,
        longer=longer,
        ended=int(ends.sum()),
        open=int((~ends).sum()),
    )
