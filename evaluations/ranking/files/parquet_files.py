"""Columns of a Parquet file: only those that are asked for are read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from evaluations.errors import BadVotes
from evaluations.ranking.files.columns import Columns, follow_field
from evaluations.ranking.files.json_files import Path
from evaluations.ranking.files.sources import Source
from evaluations.ranking.reports.texts import make_printable


class ParquetFile:
    """A Parquet file with its schema read. Raises BadVotes where that cannot be read."""

    head = "The schema of the Parquet file"

    def __init__(self, source: Source) -> None:
        self._source = source
        try:
            self._schema = parquet.read_schema(source.rewound())
        except (pa.ArrowException, OSError) as error:
            raise _unreadable(error) from error
        self.names = tuple(self._schema.names)

    def has(self, name: str) -> bool:
        """Whether there is this column, or a field of an object at this path, as a.b."""
        return _find_path(name, self._schema) is not None

    def read(self, names: Sequence[str], texts: Sequence[str] = ()) -> Columns:
        """These columns of every row; labels come dictionary-encoded, without a text in memory for each row."""
        paths = {name: _find_path(name, self._schema) or (name,) for name in (*names, *texts)}
        labels = [name for name in names if pa.types.is_string(self._type(paths[name]))]
        try:
            file = parquet.ParquetFile(self._source.rewound(), read_dictionary=labels)
            table = file.read(columns=list(dict.fromkeys(".".join(path) for path in paths.values())))
        except (pa.ArrowException, OSError) as error:
            raise _unreadable(error) from error
        arrays = {
            name: follow_field(column=table.column(path[0]), path=path[1:]) for name, path in paths.items()
        }
        return Columns(arrays=arrays, place=self.place)

    def place(self, row: int) -> str:
        """Where the row with this number, from 0, is: "Row 7", from 1."""
        return f"Row {row + 1}"

    def _type(self, path: Path) -> pa.DataType:
        return self._schema.field(path[0]).type if len(path) == 1 else pa.null()


def _find_path(name: str, fields: Any) -> Path | None:
    """The names of fields that lead to a.b.c, where names may themselves have dots; None if none do."""
    for field in fields:
        if name == field.name:
            return (name,)
    for field in fields:
        if name.startswith(f"{field.name}.") and pa.types.is_struct(field.type):
            rest = _find_path(name.removeprefix(f"{field.name}."), field.type)
            if rest:
                return (field.name, *rest)
    return None


def _unreadable(error: Exception) -> BadVotes:
    return BadVotes(f"The Parquet file cannot be read: {make_printable(str(error)).removesuffix('.')}.")
