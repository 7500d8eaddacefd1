"""Pure numbers: arrays in, frozen results out. No Django, no clock, no chance that does not come from a given seed.

`scan` finds clusters in space and time, `iterative_scan` one after the other, and with `adjusted_for` it passes over
those already known; `temporal` finds unusual weeks of single series, `silence` places that stopped reporting,
`calibration` turns a yearly budget of false alarms into thresholds. Formulas, assumptions and limits stand in
`docs/methods/`.
"""

from kentongan.engine.scanning.adjusting import KnownCluster, adjusted_for
from kentongan.engine.scanning.clusters import Overlap
from kentongan.engine.scanning.doubts import Doubt
from kentongan.engine.scanning.hypotheses import (
    Baseline,
    Bernoulli,
    Clumps,
    Expectation,
    Permutation,
    Poisson,
    expectation_of,
    indirectly_standardised,
)
from kentongan.engine.scanning.inference import Inference
from kentongan.engine.scanning.iteration import iterative_scan
from kentongan.engine.scanning.scan import Cluster, Scan, ScanOptions, scan
from kentongan.engine.scanning.windows import Prospective, Retrospective, Spatial
from kentongan.engine.scanning.zones import NeighbourLists, Plane, ShareOf, Sphere, ZoneLimits

__all__ = [
    "Baseline",
    "Bernoulli",
    "Clumps",
    "Cluster",
    "Doubt",
    "Expectation",
    "Inference",
    "KnownCluster",
    "NeighbourLists",
    "Overlap",
    "Permutation",
    "Plane",
    "Poisson",
    "Prospective",
    "Retrospective",
    "Scan",
    "ScanOptions",
    "ShareOf",
    "Spatial",
    "Sphere",
    "ZoneLimits",
    "adjusted_for",
    "expectation_of",
    "indirectly_standardised",
    "iterative_scan",
    "scan",
]
