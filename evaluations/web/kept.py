"""What was made already, in the memory of this process, by all that it was made of: it can't have changed."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

Made = TypeVar("Made")


def count_one(_made: object) -> int:
    return 1


class Kept(Generic[Made]):
    """What was asked for last, `most` of it as `weigh` weighs; what was not asked for longest goes first. Safe from
    many threads."""

    def __init__(self, *, most: int, weigh: Callable[[Made], int] = count_one) -> None:
        self.most, self.weigh = most, weigh
        self.weight = 0
        self._found: OrderedDict[Hashable, Made] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._found)

    def find(self, version: Hashable) -> Made | None:
        with self._lock:
            if version in self._found:
                self._found.move_to_end(version)
            return self._found.get(version)

    def keep(self, version: Hashable, made: Made) -> None:
        """Threads that made the same at once keep the first of it."""
        with self._lock:
            if version not in self._found:
                self._found[version] = made
                self.weight += self.weigh(made)
            while self.weight > self.most:
                _version, oldest = self._found.popitem(last=False)
                self.weight -= self.weigh(oldest)

    def forget(self) -> None:
        """All of it; what is asked for next is made anew."""
        with self._lock:
            self._found.clear()
            self.weight = 0
