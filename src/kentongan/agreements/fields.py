"""Which attributes of a protected row belong to which group of fields, as data/fields.csv says. No Django."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources

ALWAYS_SHOWN = frozenset(
    {"id", "owner", "handling", "purpose", "legal_basis", "agreement_ref", "retain_until", "is_simulated"}
)
"""What every released row tells: whose it is, how it is handled, and that it is synthetic."""


UNGROUPED = ""
"""Stands for what belongs to no group: no clause gives it, only a row that is shown whole."""


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """Fields that a clause releases together, with the word for them that both sides read."""

    category: str
    name: str
    label: str
    attributes: frozenset[str]
    related: frozenset[str]
    related_columns: frozenset[str]  # "classifications.why": columns of related rows that come with this group only
    is_always_released: bool
    may_blur: bool
    may_be_pseudonym: bool


@cache
def field_groups() -> dict[str, dict[str, FieldGroup]]:
    """Return category -> name -> group, in the order of the table."""
    table: dict[str, dict[str, FieldGroup]] = {}
    with resources.files("kentongan.agreements").joinpath("data", "fields.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            table.setdefault(row["category"], {})[row["group"]] = FieldGroup(
                category=row["category"],
                name=row["group"],
                label=row["label"],
                attributes=frozenset(filter(None, row["attributes"].split("|"))),
                related=frozenset(filter(None, row["related"].split("|"))),
                related_columns=frozenset(filter(None, row["related_columns"].split("|"))),
                is_always_released=row["always"] == "yes",
                may_blur=row["blurs"] == "yes",
                may_be_pseudonym=row["pseudonym"] == "yes",
            )
    return table


@cache
def group_of(category: str, name: str) -> str | None:
    """Return the group of an attribute or a related name; None when it belongs to none."""
    for group in field_groups().get(category, {}).values():
        if name in group.attributes or name in group.related:
            return group.name
    return None


def groups_of_column(category: str, related: str, column: str) -> frozenset[str]:
    """Return the groups that a column of the rows behind a related name is released with, besides the group of the name."""
    groups = field_groups().get(category, {}).values()
    return frozenset(group.name for group in groups if f"{related}.{column}" in group.related_columns)


def every_group(category: str) -> frozenset[str]:
    """Return the names of all groups of a category."""
    return frozenset(field_groups().get(category, {}))


def everything(category: str) -> frozenset[str]:
    """Return the names of all groups, and what stands for the fields without a group."""
    return every_group(category) | {UNGROUPED}


def what_is_always_told(category: str) -> frozenset[str]:
    """Return the names of the groups that come with every release."""
    return frozenset(g.name for g in field_groups().get(category, {}).values() if g.is_always_released)


def with_what_is_always_told(category: str, named: Iterable[str]) -> frozenset[str]:
    """Return the named groups with those that come with every release; no name stays no name, which is every group."""
    groups = frozenset(named)
    return groups | what_is_always_told(category) if groups else groups
