"""The table behind a picture, for a page and as CSV."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from evaluations.spreadsheets import MARK, write_line


@dataclass(frozen=True, kw_only=True)
class Column:
    """key: its name in a file. label: its head in a page. write: how a value stands in a page, where it is a number;
    None for words."""

    key: str
    label: str
    write: Callable[[Any], str] | None = None


@dataclass(frozen=True, kw_only=True)
class Table:
    """caption: what it is of. rows: values by column, the first names the row; None is an empty cell. wide: it scrolls
    sideways in a frame of its own."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]

    @cached_property
    def head(self) -> SafeString:
        return format_html_join(
            "",
            '<th scope="col"{}>{}</th>',
            ((_mark_number(column), column.label) for column in self.columns),
        )

    @cached_property
    def body(self) -> SafeString:
        """Written here and not by a template, a row in one go: a table of a hundred models has a thousand cells."""
        first, *others = self.columns
        cells = "".join(f"<td{_mark_number(column)}>{{}}</td>" for column in others)
        line = f'<tr><th scope="row">{{}}</th>{cells}</tr>'
        writers = [column.write or str for column in (first, *others)]
        return format_html_join("", line, (list(_write_cells(writers, row)) for row in self.rows))

    def list_lines(self) -> Iterator[str]:
        """CSV, safe to open in a spreadsheet."""
        yield MARK + write_line(column.key for column in self.columns)
        for row in self.rows:
            yield write_line("" if value is None else value for value in row)


def _write_cells(writers: Sequence[Callable[[Any], str]], row: Sequence[Any]) -> Iterator[str]:
    """None is an empty cell. Raises ValueError for a row that has more or fewer values than there are columns."""
    for write, value in zip(writers, row, strict=True):
        yield "" if value is None else write(value)


def _mark_number(column: Column) -> SafeString | str:
    return format_html(' class="{}"', "number") if column.write is not None else ""
