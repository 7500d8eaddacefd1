"""Scan statistics in space and time: which circles and windows hold more cases than chance explains."""
