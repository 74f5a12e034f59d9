"""Pictures that were made already, in the memory of this process: a snapshot never changes, so that neither do they."""

from collections.abc import Hashable
from threading import Lock

from evaluations.web.charts.figures import Figure


class KeptFigures:
    """The pictures of the last pages, by what they were made of; `most` pages at most, the oldest goes first."""

    def __init__(self, *, most: int) -> None:
        self.most = most
        self._found: dict[Hashable, list[Figure]] = {}
        self._lock = Lock()

    def find(self, version: Hashable) -> list[Figure] | None:
        return self._found.get(version)

    def keep(self, version: Hashable, figures: list[Figure]) -> None:
        # Threads that made the same at once keep the same.
        with self._lock:
            while len(self._found) >= self.most:
                del self._found[next(iter(self._found))]
            self._found[version] = figures
