"""Kentongan: from reports to early warnings that somebody must answer."""

import os

__version__ = "0.1.0"

# Before NumPy is loaded: sums that several threads share differ with the number of processors, and waiting threads burn one.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
