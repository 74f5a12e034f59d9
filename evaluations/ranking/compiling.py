"""Compiled loops: numba compiles each at its first call with given types, and keeps it on disk.

In NUMBA_CACHE_DIR if that is set, else in `__pycache__` beside the source, else (a source tree that cannot be written
to) in the user's cache directory. Where none of the three can be written to, each process compiles them anew.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """The function as machine code that releases the GIL; no fast-math, so that sums are added up as written."""
    try:
        ready: Any = njit(cache=True, nogil=True)(function)
    except RuntimeError:  # numba found no directory that it may write to; an import must not fail for that
        ready = njit(nogil=True)(function)
    return cast(Function, ready)  # what it is called with and returns is as before
