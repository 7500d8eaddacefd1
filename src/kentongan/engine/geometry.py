"""Places on the sphere as points between which straight distances can be measured."""

import numpy as np
from numpy.typing import NDArray

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius of the Earth (IUGG)."""


def unit_vectors(latitude: NDArray[np.float64], longitude: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the places as points on a sphere of radius one.

    Shapes:  latitude (places,), longitude the same; result (places, 3).
    Units:   degrees WGS 84; result without unit.
    Errors:  none; coordinates were checked by the caller.
    Source:  docs/methods/scan-statistics.md, section "Zones".
    """
    phi, lam = np.radians(latitude), np.radians(longitude)
    return np.stack((np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)), axis=1)
