"""Kentongan: from reports to early warnings that somebody must answer."""

__version__ = "0.1.0"
