"""Rights and protection as tests: one file per requirement, named by its number in docs/rights.md."""
