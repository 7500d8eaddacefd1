"""The factories that the rooms' own tests use."""

from kentongan.conftest import actor_of, agency_of, gazetteer_rows, kinds, now, officer_of

__all__ = ["actor_of", "agency_of", "gazetteer_rows", "kinds", "now", "officer_of"]
