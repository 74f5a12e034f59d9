"""The codebook: each column of each file, from the very definitions that write the files."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evaluations.exports.columns import Column, Row, name_type, read_row


@dataclass(frozen=True, kw_only=True)
class CodebookLine:
    """A column, and the file that it is of."""

    file: str
    column: Column


CODEBOOK = (
    Column(
        name="file", type=pa.string(), read=lambda line: line.file, means=gettext_lazy("The file’s name.")
    ),
    Column(
        name="column",
        type=pa.string(),
        read=lambda line: line.column.name,
        means=gettext_lazy("The column’s name."),
    ),
    Column(
        name="type",
        type=pa.string(),
        read=lambda line: name_type(line.column.type),
        means=gettext_lazy("What kind of value it holds."),
    ),
    Column(
        name="unit",
        type=pa.string(),
        read=lambda line: str(line.column.unit),
        means=gettext_lazy("What its numbers count."),
    ),
    Column(
        name="values",
        type=pa.string(),
        read=lambda line: str(line.column.values),
        means=gettext_lazy("The values that it may have, where they are few."),
    ),
    Column(
        name="means",
        type=pa.string(),
        read=lambda line: str(line.column.means),
        means=gettext_lazy("What it says."),
    ),
    Column(
        name="made",
        type=pa.string(),
        read=lambda line: str(line.column.made),
        means=gettext_lazy("How its value is made, where that is not plain."),
    ),
    Column(
        name="when",
        type=pa.string(),
        read=lambda line: _("only in files with texts") if line.column.with_texts else "",
        means=gettext_lazy("When the column is there, where it is not always."),
    ),
)


def list_lines(
    *, files: Sequence[tuple[str, Sequence[Column]]], columns: Sequence[Column]
) -> Iterator[list[Row]]:
    """One page a file, of a name and its columns."""
    for file, described in files:
        lines = [CodebookLine(file=file, column=column) for column in described]
        yield [read_row(columns=columns, source=line) for line in lines]


def list_rules() -> list[str]:
    """What holds for all files."""
    return [
        _("Every file of one ledger size tells of the same votes. The size is in the file’s name."),
        _("Rows of votes are in the ledger’s order. Votes of a pilot, and practice, are in no file."),
        _(
            "CSV is UTF-8 with a byte order mark, which spreadsheets need; pandas reads it with utf-8-sig. Lists and "
            "messages are JSON in their cell. An empty cell is no value."
        ),
        _(
            "In CSV, a text that a spreadsheet would run as a formula has an apostrophe before it. Take it off, or "
            "use JSON lines or Parquet: there every text is exact. Numbers are never changed."
        ),
        _(
            "No file holds a receipt, a cookie, an account’s name or a panel’s id of a person. A place in the ledger "
            "leads to the vote’s entry, which names the rater by a commitment, another one in each study."
        ),
    ]
