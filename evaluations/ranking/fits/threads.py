"""Work on votes in parts, on every core, with sums that do not depend on how many cores there are."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from threading import Lock
from typing import Final, TypeVar

import numpy as np
import scipy.linalg  # noqa: F401 - loaded, so that its BLAS is among those found
from threadpoolctl import ThreadpoolController

Result = TypeVar("Result")

PARTS: Final = 8  # always as many, so that floating-point sums are added up in one order on every machine
SMALL: Final = 1 << 15  # below it one part: starting threads would take longer than the work

# The linear algebra here is of a few hundred rows: a second BLAS thread makes it slower, and moves last digits.
_blas = ThreadpoolController()


class _Limit:
    """One limit for the whole process while anyone is within, lifted when the last one leaves."""

    def __init__(self) -> None:
        self.lock, self.within, self.stack = Lock(), 0, ExitStack()

    @contextmanager
    def hold(self) -> Iterator[None]:
        with self.lock:
            if not self.within:
                self.stack.enter_context(_blas.limit(limits=1, user_api="blas"))
            self.within += 1
        try:
            yield
        finally:
            with self.lock:
                self.within -= 1
                if not self.within:
                    self.stack.close()


_limit = _Limit()
# A process forked while another thread is within would wait for a lock that nobody there will open.
os.register_at_fork(after_in_child=lambda: _limit.__init__())  # type: ignore[misc]


def one_blas_thread() -> AbstractContextManager[None]:
    """A context in which numpy and scipy use one BLAS thread; many threads may be within at once."""
    return _limit.hold()


def map_parts(work: Callable[[int, int], Result], *, size: int, small: int = SMALL) -> list[Result]:
    """The results of work(start, stop) on consecutive parts of range(size), in their order.

    work releases the GIL where it takes long. Its exceptions are raised here.
    """
    if size <= small:
        return [work(0, size)]
    bounds = np.linspace(0, size, PARTS + 1).astype(int).tolist()
    with ThreadPoolExecutor(max_workers=min(PARTS, len(os.sched_getaffinity(0)))) as pool:
        return list(pool.map(work, bounds[:-1], bounds[1:]))
