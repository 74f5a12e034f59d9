"""What was made already, in the memory of this process, by all that it was made of: it can't have changed."""

from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

Made = TypeVar("Made")


class Kept(Generic[Made]):
    """The `most` that were made last; the oldest goes first."""

    def __init__(self, *, most: int) -> None:
        self.most = most
        self._found: dict[Hashable, Made] = {}
        self._lock = Lock()

    def find(self, version: Hashable) -> Made | None:
        return self._found.get(version)

    def keep(self, version: Hashable, made: Made) -> None:
        # Threads that made the same at once keep the same.
        with self._lock:
            while len(self._found) >= self.most:
                del self._found[next(iter(self._found))]
            self._found[version] = made

    def forget(self) -> None:
        """All of it; what is asked for next is made anew."""
        with self._lock:
            self._found.clear()
