"""Journeys of officers through a running installation, in a real browser."""
