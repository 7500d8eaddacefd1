"""How a stored row is made to read differently, for walks that compare two versions of one world."""

from collections.abc import Callable
from typing import Any

Change = Callable[[dict[str, Any]], None]


def update(name: str, **values: Any) -> Change:
    """Return the change that writes these values into the row of that name."""
    return lambda rows: written(type(rows[name])._base_manager.filter(pk=rows[name].pk), values)


def hang(model: Any, name: str, key: str, **values: Any) -> Change:
    """Return the change that writes these values into the rows of the model that hang on the row of that name by the key."""
    return lambda rows: written(model._base_manager.filter(**{key: rows[name]}), values)


def each(*changes: Change) -> Change:
    """Return the change that makes all of these."""

    def change(rows: dict[str, Any]) -> None:
        for one in changes:
            one(rows)

    return change


def written(rows: Any, values: dict[str, Any]) -> None:
    """The values stand in the rows, of which there is at least one."""
    assert rows.update(**values) > 0
