"""Columns of a CSV file (commas, semicolons or tabs). The csv module says what is right; pyarrow is the fast way."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from evaluations.errors import BadVotes
from evaluations.ranking.files.columns import Columns
from evaluations.ranking.files.sources import BLOCK, Source

LONGEST_FIELD: Final = 1 << 30
TEXT: Final = pa.dictionary(pa.int32(), pa.string())


class CsvFile:
    """A CSV file with its header read. Raises BadVotes when that is not CSV, or not UTF-8."""

    head = "Line 1"

    def __init__(self, source: Source) -> None:
        self._source = source
        self._delimiter = self._find_delimiter()
        header = next(self._rows(), (1, []))[1]
        self.names = tuple(name.strip() for name in header)

    def has(self, name: str) -> bool:
        """Whether the header names this column."""
        return name in self.names

    def read(self, names: Sequence[str], texts: Sequence[str] = ()) -> Columns:
        """These columns of every row, as text; faults of the file come after the rows before them."""
        if twice := [name for name in (*names, *texts) if self.names.count(name) > 1]:
            raise BadVotes(f"Line 1 names the column {twice[0]!r} twice.")
        places = {name: self.names.index(name) for name in (*names, *texts)}
        fast = self._read_fast(places, set(texts)) if self._is_plain() else None
        return fast or self._read_slowly(places)

    def place(self, row: int) -> str:
        """Where the row with this number, from 0, is: "Line 7", the line on which it ends."""
        return f"Line {next(islice(self._records(), row, None))[0]}"

    def _find_delimiter(self) -> str:
        first = self._source.rewound().readline()
        return max((",", "\t", ";"), key=lambda delimiter: first.count(delimiter.encode()))

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        """Each row, and the line on which it ends."""
        text = io.TextIOWrapper(self._source.rewound(), encoding="utf-8-sig", newline="")
        limit = csv.field_size_limit(LONGEST_FIELD)  # a conversation may be longer than the module's limit
        reader = csv.reader(text, delimiter=self._delimiter, strict=True)
        try:
            for row in reader:
                yield reader.line_num, row
        except csv.Error as error:
            raise BadVotes(f"Line {reader.line_num} is not CSV: {error}.") from error
        except UnicodeDecodeError as error:
            raise self._source.find_bytes_that_are_no_text() from error
        finally:
            csv.field_size_limit(limit)
            text.detach()  # else the wrapper closes the file below when it goes

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        """The rows below the header, without empty lines. Raises BadVotes at the first that is not one."""
        width = len(self.names)
        for line, row in islice(self._rows(), 1, None):
            if row and len(row) != width:
                raise BadVotes(f"Line {line} has {len(row)} fields, and the header has {width}.")
            if row:
                yield line, row

    def _read_slowly(self, places: Mapping[str, int]) -> Columns:
        picked: dict[str, list[str]] = {name: [] for name in places}
        fault = None
        try:
            for _, row in self._records():
                for name, place in places.items():
                    picked[name].append(row[place])
        except BadVotes as error:
            fault = error
        arrays = {name: pa.array(values, pa.string()) for name, values in picked.items()}
        return Columns(arrays=arrays, place=self.place, fault=fault)

    def _read_fast(self, places: Mapping[str, int], texts: set[str]) -> Columns | None:
        """None where pyarrow finds a fault: the slow way then says which."""
        wanted = {str(place): pa.string() if name in texts else TEXT for name, place in places.items()}
        try:
            table = arrow_csv.open_csv(
                self._source.rewound(),
                read_options=arrow_csv.ReadOptions(
                    block_size=BLOCK,
                    skip_rows_after_names=1,
                    column_names=[str(place) for place in range(len(self.names))],
                ),
                parse_options=arrow_csv.ParseOptions(delimiter=self._delimiter, newlines_in_values=True),
                convert_options=arrow_csv.ConvertOptions(
                    include_columns=list(wanted), column_types=wanted, strings_can_be_null=False
                ),
            ).read_all()
        except pa.ArrowInvalid:
            return None
        arrays = {name: table.column(str(place)) for name, place in places.items()}
        return Columns(arrays=arrays, place=self.place)

    def _is_plain(self) -> bool:
        """Whether the two ways cannot differ: it is UTF-8 and each quote opens, closes or is doubled."""
        quotes = _Quotes(self._delimiter)
        try:
            return all(map(quotes.are_plain, self._source.blocks())) and quotes.are_closed
        except UnicodeDecodeError:
            return False


class _Quotes:
    """Looks at the quotes of a CSV file block by block, without a loop over them."""

    def __init__(self, delimiter: str) -> None:
        self._beside = np.zeros(256, dtype=np.bool_)
        self._beside[np.frombuffer(f'{delimiter}\r\n"'.encode(), np.uint8)] = True
        self._open = False
        self._last = ord("\n")

    @property
    def are_closed(self) -> bool:
        return not self._open

    def are_plain(self, block: bytes) -> bool:
        """A quote that opens comes after a delimiter, one that closes before a delimiter or another quote."""
        if not block:
            return True
        if b"\0" in block:
            return False
        # The last byte of the block before goes first: a quote there is looked at now, by what follows it.
        joined = np.frombuffer(bytes([self._last]) + block, np.uint8)
        places = np.flatnonzero(joined == ord('"'))
        carried = bool(places.size) and places[0] == 0
        opens = (np.arange(len(places)) + (self._open != carried)) % 2 == 0
        after = places[~opens & (places < len(joined) - 1)] + 1
        before = places[opens & (places > 0)] - 1
        self._open = bool((len(places) - carried + self._open) % 2)
        self._last = block[-1]
        return bool(self._beside[joined[after]].all() and self._beside[joined[before]].all())
