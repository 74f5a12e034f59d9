"""What a reader gives: one row as its file has it. Pure: no Django."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Record:
    """One row: column to text, or to any JSON value where the format knows more than text.

    `line` is the physical line (CSV, JSONL), the row (XLSX, Parquet) or the element (JSON list), from 1.
    """

    line: int
    values: Mapping[str, Any]


@dataclass(frozen=True)
class BadCell:
    """A cell that its format tells and the house doesn't take: a date of a spreadsheet, bytes of a Parquet file."""

    message: str
    says: str
    values: Mapping[str, object] = field(default_factory=dict)


class BrokenFileError(Exception):
    """The file can't be read, or no further: the name of the message, its values. Never leaves the package."""

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message)
        self.message, self.values = message, values
