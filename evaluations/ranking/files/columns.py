"""Columns of a file of votes as arrays: labels as codes into their names, numbers as doubles."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from evaluations.errors import BadVotes, RankingError
from evaluations.ranking.reports.texts import make_printable
from evaluations.ranking.votes import Floats

Codes: TypeAlias = NDArray[np.int32]
Mask: TypeAlias = NDArray[np.bool_]

NUMBER: Final = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"
LARGEST: Final = 2.0**62  # whole numbers up to here are exact as 64-bit integers
NO_VALUE: Final = "(none)"  # the slice of votes that have no value in the column


@dataclass(frozen=True, eq=False, kw_only=True)
class Columns:
    """Columns of one length, of the rows before the first that cannot be read; fault says what that one is.

    place: says where a row is, by its number from 0, to begin a sentence.
    """

    arrays: Mapping[str, Any]
    place: Callable[[int], str]
    fault: RankingError | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Labels:
    """A column of labels. names: different texts, trimmed, none empty. codes: (N,) into names, -1 for none."""

    names: pa.Array
    codes: Codes

    def look_up(self, table: NDArray[Any]) -> NDArray[Any]:
        """(N,) the entry of each label in a table by code, whose last entry is that of no label."""
        return table[self.codes]

    def codes_in(self, other: Labels) -> Codes:
        """(N,) the code that each label has among the names of another column, -1 where it is not there."""
        found = pc.index_in(self.names, value_set=other.names).fill_null(-1)
        return self.look_up(np.append(found.to_numpy(zero_copy_only=False), np.int32(-1)).astype(np.int32))

    def text(self, row: int) -> str:
        """The label of a row; empty where there is none."""
        return str(self.names[int(self.codes[row])].as_py()) if self.codes[row] >= 0 else ""

    def kept(self, rows: Mask) -> Labels:
        """The labels of some rows, with only the names that are used in them."""
        codes = self.codes[rows]
        used = np.zeros(len(self.names) + 1, dtype=np.bool_)
        used[codes] = True
        numbers = (np.cumsum(used) - 1).astype(np.int32)
        numbers[-1] = -1
        return Labels(names=self.names.filter(pa.array(used[:-1])), codes=numbers[codes])

    def encoded(self) -> pa.DictionaryArray:
        """The column as pyarrow has it, dictionary-encoded; no label is null."""
        return pa.DictionaryArray.from_arrays(pa.array(self.codes, mask=self.codes < 0), self.names)


def encode_labels(*, column: Any, name: str) -> Labels:
    """Labels from a column of text, whole numbers, true and false, or dates; 58.0 is the label 58.

    Raises BadVotes where the column holds objects or lists.
    """
    if pa.types.is_nested(column.type):
        raise BadVotes(
            f"The column {name} holds {make_printable(str(column.type))}, and no labels. "
            f"Name a field inside an object as {name}.FIELD; a list cannot be read."
        )
    try:
        encoded = column if pa.types.is_dictionary(column.type) else _as_text(column).dictionary_encode()
        if isinstance(encoded, pa.ChunkedArray):
            encoded = encoded.unify_dictionaries().combine_chunks()
        trimmed = pc.utf8_trim_whitespace(encoded.dictionary.cast(pa.string()))
    except pa.ArrowInvalid as error:
        raise BadVotes(f"The column {name} cannot be read as text: {make_printable(str(error))}.") from error
    # Trimming may make two labels one, so the names are numbered again.
    names = pc.if_else(pc.equal(trimmed, ""), None, trimmed).dictionary_encode()
    table = np.append(_codes(names.indices), np.int32(-1))
    return Labels(names=names.dictionary, codes=table[_codes(encoded.indices)])


def read_numbers(*, column: Any) -> Floats:
    """(N,) numbers of a column of numbers, or of text that holds them; NaN where there is no finite number."""
    kind = column.type
    if pa.types.is_nested(kind):
        return np.full(len(column), np.nan)
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind):
        values = column.cast(pa.float64(), safe=False)
    else:
        labels = encode_labels(column=column, name="")
        numeric = pc.match_substring_regex(labels.names, NUMBER)
        parsed = pc.if_else(numeric, labels.names, None).cast(pa.float64())
        values = parsed.take(pa.array(labels.codes, mask=labels.codes < 0))
    numbers = pc.fill_null(values, np.nan).to_numpy()
    return np.where(np.isfinite(numbers), numbers, np.nan)


def follow_field(*, column: Any, path: tuple[str, ...]) -> Any:
    """The field of an object at this path of names; the column itself where the path is empty."""
    return pc.struct_field(column, list(path)) if path else column


def spell_number(value: float) -> str | None:
    """A number as a label, as a column of them is spelt: 58 for 58.0; None where it is not finite."""
    return cast(str | None, _as_text(pa.array([value], pa.float64()))[0].as_py())


def _as_text(column: Any) -> Any:
    if not pa.types.is_floating(column.type):
        return column.cast(pa.string())
    finite = pc.if_else(pc.is_finite(column), column, None)
    is_whole = pc.and_(pc.equal(finite, pc.trunc(finite)), pc.less(pc.abs(finite), LARGEST))
    # Whole ones are written as integers: pyarrow would write 1e+15 for what is 1000000000000000 elsewhere.
    whole = pc.if_else(is_whole, finite, 0.0).cast(pa.int64())
    return pc.if_else(is_whole, whole.cast(pa.string()), finite.cast(pa.string()))


def _codes(indices: Any) -> Codes:
    return np.asarray(indices.fill_null(-1), dtype=np.int32)
