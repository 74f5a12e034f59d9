"""What a column is: its name, its type, how it is read from a row, and what the codebook says of it.

One list of columns is the header of the CSV, the schema of the Parquet file, the keys of the JSON lines and the
lines of the codebook.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import pyarrow as pa
from django.utils.functional import Promise
from django.utils.translation import gettext as _

Words: TypeAlias = str | Promise
Row: TypeAlias = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Column:
    """read: its value, from what a row is made of. with_texts: only in files that were asked for with texts."""

    name: str
    type: pa.DataType
    read: Callable[[Any], Any]
    means: Words
    values: Words = ""
    unit: Words = ""
    made: Words = ""
    with_texts: bool = False


def read_row(*, columns: Sequence[Column], source: Any) -> Row:
    return {column.name: column.read(source) for column in columns}


def build_schema(*, columns: Sequence[Column], metadata: Mapping[str, str]) -> pa.Schema:
    """The Parquet schema; metadata is kept in the file."""
    return pa.schema([pa.field(column.name, column.type) for column in columns], metadata=dict(metadata))


def name_type(kind: pa.DataType) -> str:
    """A type in words: “text”, “list of {role: text, content: text}”."""
    if pa.types.is_list(kind):
        return _("list of %(items)s") % {"items": name_type(kind.value_type)}
    if pa.types.is_struct(kind):
        inner = ", ".join(
            f"{kind.field(place).name}: {name_type(kind.field(place).type)}"
            for place in range(kind.num_fields)
        )
        return f"{{{inner}}}"
    if pa.types.is_timestamp(kind):
        return _("time")
    if pa.types.is_boolean(kind):
        return _("true or false")
    if pa.types.is_integer(kind):
        return _("whole number")
    return _("number") if pa.types.is_floating(kind) else _("text")
