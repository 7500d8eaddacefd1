"""The one way in which the engine compiles its inner loops."""

from collections.abc import Callable
from typing import ParamSpec, Protocol, TypeVar, cast

import numba

P = ParamSpec("P")
R = TypeVar("R", covariant=True)


class Compiled(Protocol[P, R]):
    """A compiled function; `py_func` is the same function, interpreted."""

    @property
    def py_func(self) -> Callable[P, R]: ...

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R: ...


def compiled(function: Callable[P, R]) -> Compiled[P, R]:
    """Return the function compiled to machine code at its first call and kept in `NUMBA_CACHE_DIR` for the next process.

    Shapes:  those of the function.
    Units:   those of the function.
    Errors:  none of its own; the loops are given arrays that were already checked.
    Source:  docs/methods/space-time-permutation.md, section "How it is computed".
    """
    return cast("Compiled[P, R]", numba.njit(cache=True, nogil=True)(function))
