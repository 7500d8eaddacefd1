"""Cells that a spreadsheet program must take for text."""

FORMULA_STARTS = ("=", "+", "-", "@")
"""What makes a spreadsheet take a text for a formula at its beginning, blanks and line ends before it looked past."""


def as_text(cell: str) -> str:
    """Return the cell so that a spreadsheet shows it and does not calculate it: behind an apostrophe where it would."""
    return f"'{cell}" if _begins_a_formula(cell) else cell


def as_written(cell: str) -> str:
    """Return the cell as its sender wrote it, without the mark that `as_text` put on it."""
    return cell[1:] if cell.startswith("'") and _begins_a_formula(cell[1:]) else cell


def _begins_a_formula(cell: str) -> bool:
    return cell.lstrip().startswith(FORMULA_STARTS)
