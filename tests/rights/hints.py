"""What the dataclasses of a module have room for, by the types that their fields say."""

import dataclasses
import inspect
from types import ModuleType, UnionType
from typing import Any, Union, get_args, get_origin


def dataclasses_in(module: ModuleType) -> list[type]:
    """Return the dataclasses that the module itself defines."""
    return [c for _n, c in inspect.getmembers(module, dataclasses.is_dataclass) if c.__module__ == module.__name__]


def atoms_of(hint: Any) -> set[Any]:
    """Return the plain types that a type is made of."""
    if get_origin(hint) in (UnionType, Union):
        return set().union(*(atoms_of(part) for part in get_args(hint)))
    if get_origin(hint) is tuple:
        return set().union(*(atoms_of(part) for part in get_args(hint) if part is not Ellipsis))
    return {hint}
