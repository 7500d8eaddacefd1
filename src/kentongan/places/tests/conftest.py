"""The shipped gazetteer, and a small part of it for tests that write to a database."""

from collections.abc import Iterable

import pytest

from kentongan.places.facilities import load_facilities
from kentongan.places.gazetteer import Columns, Gazetteer, load_gazetteer


@pytest.fixture(scope="session")
def gazetteer() -> Gazetteer:
    return load_gazetteer()


@pytest.fixture(scope="session")
def small_gazetteer(gazetteer: Gazetteer) -> Gazetteer:
    """Belu with all its villages, the municipality Bobonaro, and whatever the shipped facilities lie in."""
    wanted = {unit.code for root in ("53.04", "TL-05", "53.03.09") for unit in gazetteer.descendants(root)}
    wanted |= {"53.04", "TL-05", "53.03.09", "SEA-TIMOR"}
    wanted |= {gazetteer.at(code).code for facility in load_facilities() for code in facility.candidates}
    wanted |= {above.code for code in wanted for above in gazetteer.ancestors(code)}
    return part_of(gazetteer, wanted)


def part_of(gazetteer: Gazetteer, codes: Iterable[str]) -> Gazetteer:
    """Return a gazetteer of these units alone."""
    rows = sorted(gazetteer.row(code) for code in codes)
    return Gazetteer(Columns(*(tuple(column[row] for row in rows) for column in gazetteer.columns)))
