"""The real villages in which the simulation lets things happen."""

from kentongan.places.gazetteer import load_gazetteer

from .scenario import Village, regions


def simulated_villages() -> tuple[Village, ...]:
    """Return every village of the simulated regencies that has coordinates, by code."""
    gazetteer = load_gazetteer()
    found = []
    for code, region in regions().items():
        for unit in gazetteer.descendants(code):
            if unit.level == "village" and unit.lat is not None and unit.lon is not None:
                district = gazetteer.at(unit.code[:8]).name
                regency = gazetteer.at(region.code).name
                found.append(Village(unit.id, unit.code, unit.name, district, regency, code, unit.lat, unit.lon))
    return tuple(sorted(found, key=lambda village: village.code))
