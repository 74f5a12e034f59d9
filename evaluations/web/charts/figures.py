"""What a picture is on a page and in a file: its finding, what it measures, its marks, its table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from evaluations.web.charts.tables import Table


@dataclass(frozen=True, kw_only=True)
class Key:
    """One entry of a legend: what the mark stands for."""

    mark: SafeString
    label: str


@dataclass(frozen=True, kw_only=True)
class Figure:
    """name: in its address. title: the finding, a sentence without a full stop. note: what is measured.

    label: the picture as a screen reader says it. picture: its marks, "" where there is nothing to draw, and then
    the note says why. height: in pixels. scroll: the class of a picture that keeps a width of its own, "" for none.
    table: what the page shows of it; data: makes what the file holds, where that is more.
    """

    name: str
    title: str
    note: str
    label: str = ""
    picture: SafeString | str = ""
    height: int = 0
    css: str = ""
    scroll: str = ""
    wide: bool = False
    legend: Sequence[Key] = ()
    table: Table | None = None
    data: Callable[[], Table] | None = None
    # The rest of the address of its files: the snapshot and what is chosen on the page.
    query: str = ""
    # Where the page's table is a part of what the file has, a sentence that says so.
    shown: str = ""

    @property
    def file_table(self) -> Table | None:
        return self.data() if self.data is not None else self.table
