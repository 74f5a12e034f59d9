"""Work on votes in parts, on every core, with sums that do not depend on how many cores there are."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import Final, TypeVar

import numpy as np
import scipy.linalg  # noqa: F401 - loaded, so that its BLAS is among those found
from threadpoolctl import ThreadpoolController

Result = TypeVar("Result")

PARTS: Final = 8  # always as many, so that floating-point sums are added up in one order on every machine
SMALL: Final = 1 << 15  # below it one part: starting threads would take longer than the work

# The linear algebra here is of a few hundred rows: a second BLAS thread makes it slower, and moves last digits.
_blas = ThreadpoolController()


def one_blas_thread() -> AbstractContextManager[None]:
    """A context in which numpy and scipy use one BLAS thread."""
    limited: AbstractContextManager[None] = _blas.limit(limits=1, user_api="blas")
    return limited


def map_parts(work: Callable[[int, int], Result], *, size: int, small: int = SMALL) -> list[Result]:
    """The results of work(start, stop) on consecutive parts of range(size), in their order.

    work releases the GIL where it takes long. Its exceptions are raised here.
    """
    if size <= small:
        return [work(0, size)]
    bounds = np.linspace(0, size, PARTS + 1).astype(int).tolist()
    with ThreadPoolExecutor(max_workers=min(PARTS, len(os.sched_getaffinity(0)))) as pool:
        return list(pool.map(work, bounds[:-1], bounds[1:]))
