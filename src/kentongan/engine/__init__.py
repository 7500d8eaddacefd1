"""Pure numbers: arrays in, frozen results out. No Django, no clock, no chance that does not come from a given seed.

`scan` finds clusters in space and time, `temporal` finds unusual weeks of single series, `silence` finds places that
stopped reporting, `calibration` turns a yearly budget of false alarms into thresholds. Formulas, assumptions and limits
stand in `docs/methods/`.
"""

from kentongan.engine.scanning.clusters import Overlap
from kentongan.engine.scanning.hypotheses import Baseline, Bernoulli, Permutation, Poisson, indirectly_standardised
from kentongan.engine.scanning.inference import Inference
from kentongan.engine.scanning.scan import Cluster, Scan, ScanOptions, scan
from kentongan.engine.scanning.windows import Prospective, Retrospective, Spatial
from kentongan.engine.scanning.zones import NeighbourLists, Plane, Sphere, ZoneLimits

__all__ = [
    "Baseline",
    "Bernoulli",
    "Cluster",
    "Inference",
    "NeighbourLists",
    "Overlap",
    "Permutation",
    "Plane",
    "Poisson",
    "Prospective",
    "Retrospective",
    "Scan",
    "ScanOptions",
    "Spatial",
    "Sphere",
    "ZoneLimits",
    "indirectly_standardised",
    "scan",
]
