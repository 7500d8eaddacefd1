"""The one way in which the engine compiles its inner loops."""

from collections.abc import Callable
from typing import ParamSpec, Protocol, TypeVar, cast

import numba

P = ParamSpec("P")
R_co = TypeVar("R_co", covariant=True)


class Compiled(Protocol[P, R_co]):
    """A compiled function; `py_func` is the same function, interpreted."""

    @property
    def py_func(self) -> Callable[P, R_co]: ...

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R_co: ...


def compiled(function: Callable[P, R_co]) -> Compiled[P, R_co]:
    """Return the function compiled to machine code at its first call and kept in `NUMBA_CACHE_DIR` for the next process.

    Shapes:  those of the function.
    Units:   those of the function.
    Errors:  none of its own; the loops are given arrays that were already checked.
    Source:  docs/methods/scan-statistics.md, section "How it is computed".
    """
    return cast("Compiled[P, R_co]", numba.njit(cache=True, nogil=True)(function))
