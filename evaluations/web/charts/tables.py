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
        """Written here and not by a template: a table of a hundred models has a thousand cells."""
        return format_html_join("", "<tr>{}</tr>", ((self._write_row(row),) for row in self.rows))

    def _write_row(self, row: Sequence[Any]) -> SafeString:
        named = format_html('<th scope="row">{}</th>', _show(self.columns[0], row[0]))
        rest = (
            (marked, _show(column, value))
            for marked, column, value in zip(self._marks, self.columns[1:], row[1:], strict=True)
        )
        return format_html("{}{}", named, format_html_join("", "<td{}>{}</td>", rest))

    @cached_property
    def _marks(self) -> list[SafeString | str]:
        return [_mark_number(column) for column in self.columns[1:]]

    def list_lines(self) -> Iterator[str]:
        """CSV, safe to open in a spreadsheet."""
        yield MARK + write_line(column.key for column in self.columns)
        for row in self.rows:
            yield write_line("" if value is None else str(value) for value in row)


def _show(column: Column, value: Any) -> str:
    if value is None:
        return ""
    return column.write(value) if column.write is not None else str(value)


def _mark_number(column: Column) -> SafeString | str:
    return format_html(' class="{}"', "number") if column.write is not None else ""
