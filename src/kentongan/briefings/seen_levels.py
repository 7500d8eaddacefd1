"""The levels of one village that an officer may see: out of the runs, or out of what was told to the own village (R36)."""

from dataclasses import dataclass
from datetime import datetime

from kentongan.agencies.models import Agency
from kentongan.agreements.facts import Actor
from kentongan.places.models import Place
from kentongan.vulnerability.index_rules import INDICES
from kentongan.vulnerability.index_telling import level_told
from kentongan.vulnerability.queries import VillageLevel, latest_run, level_of
from kentongan.vulnerability.sheets import latest_sheet


@dataclass(frozen=True, slots=True)
class SeenLevels:
    """One level an index, whose they are, and the references of the rows that they came from."""

    levels: tuple[VillageLevel, ...]
    told_by: Agency
    refs: tuple[str, ...]


def levels_seen(place: Place, actor: Actor, *, at: datetime) -> SeenLevels | None:
    """Return the latest level of each index that the actor sees whole; None when there is none."""
    levels: list[VillageLevel] = []
    owners: list[Agency] = []
    refs: list[str] = []
    for index in INDICES:
        run = latest_run(actor, index, at)
        level = level_of(place, actor, index=index, at=at, run=run) if run is not None else None
        if run is not None and level is not None:
            levels.append(level)
            owners.append(run.owner)
            refs.append(run.ref)
        elif (sheet := latest_sheet(actor, place, index, at=at)) is not None and sheet.content:
            levels.append(level_told(sheet))
            owners.append(sheet.told_by)
            refs.append(sheet.ref)
    return SeenLevels(tuple(levels), owners[0], tuple(refs)) if levels else None
