"""Columns of text as codes: lists, numpy, pandas and Arrow columns, without a Python loop over votes."""

from __future__ import annotations

import sys
from collections.abc import Hashable, Iterable, Sequence
from typing import Any, Final, Literal, TypeAlias, get_args

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from evaluations.errors import BadVotes, UnknownOutcome

Outcome: TypeAlias = Literal["a", "b", "tie", "both_bad"]
OUTCOMES: Final[tuple[Outcome, ...]] = get_args(Outcome)  # an outcome's code is its place here
NO_SIGNS: Final = range(0xD800, 0xE000)  # code points that are halves of characters, and no characters
MOST_LABELS: Final = sys.maxunicode + 1 - len(NO_SIGNS)
Codes: TypeAlias = NDArray[np.int32]
Column: TypeAlias = Iterable[Any]


def encode_column(column: Column) -> tuple[list[Any], Codes]:
    """The distinct labels of a column in the order of their first vote, and the (N,) code of each vote's label.

    An Arrow or pandas column is encoded where it lies; of anything else each label is looked up once. A
    missing label is None. Raises BadVotes on an array of more than one dimension.
    """
    if isinstance(column, np.ndarray) and column.ndim != 1:
        raise BadVotes(f"A column of votes has one dimension, not {column.ndim}.")
    if hasattr(column, "__arrow_c_array__") or hasattr(column, "__arrow_c_stream__"):
        return _encode_arrow(column)
    labels = column.tolist() if isinstance(column, np.ndarray) else column
    labels = labels if isinstance(labels, list | tuple) else list(labels)
    signs = _Signs()
    try:
        # One character a label, joined: the interpreter's fastest way from a list of objects to numbers.
        text = "".join(map(signs.__getitem__, labels))
    except TypeError:  # a list or the like among them: what it says counts, and is no known label
        return encode_column([label if isinstance(label, Hashable) else repr(label) for label in labels])
    codes = np.frombuffer(text.encode("utf-32-le"), dtype=np.int32)
    if len(signs) > NO_SIGNS.start:
        codes = np.where(codes < NO_SIGNS.start, codes, codes - len(NO_SIGNS))
    return list(signs), codes


def encode_models(column_a: Column, column_b: Column) -> tuple[list[str], Codes, Codes]:
    """Names of the models in their order, and the (N,) codes of either column. Raises BadVotes on a bad name."""
    (names_a, a), (names_b, b) = encode_column(column_a), encode_column(column_b)
    models = sort_names({*names_a, *names_b})
    code = {name: number for number, name in enumerate(models)}
    return (
        models,
        _renumber(a, [code[name] for name in names_a]),
        _renumber(b, [code[name] for name in names_b]),
    )


def sort_names(names: set[Any]) -> list[str]:
    """Model names in order. Raises BadVotes where one is empty or no text."""
    for name in names:
        if not isinstance(name, str) or not name.strip():
            raise BadVotes(f"A model's name is text and is not empty; found {name!r}.")
    return sorted(names)


def encode_outcomes(column: Column) -> NDArray[np.int8]:
    """(N,) codes into OUTCOMES. Raises UnknownOutcome with the number of the vote, from 1."""
    labels, codes = encode_column(column)
    place = [OUTCOMES.index(label) if label in OUTCOMES else -1 for label in labels]
    if -1 in place:
        stranger = place.index(-1)
        raise UnknownOutcome(
            f"Vote {int((codes == stranger).argmax()) + 1} has the outcome {labels[stranger]!r}; "
            f"an outcome is one of {', '.join(OUTCOMES)}."
        )
    return _renumber(codes, place).astype(np.int8)


def encode_groups(column: Column, *, noun: str) -> Codes:
    """(N,) codes of raters or prompts, whose labels may be of any type. Raises BadVotes on a missing one."""
    labels, codes = encode_column(column)
    if any(label is None or label == "" or label != label for label in labels):
        raise BadVotes(f"A vote has no {noun}: name one for every vote, or pass {noun}=None.")
    # Types are part of the order, so that 1 and "1" stay two and sort the same way every time.
    order = sorted(range(len(labels)), key=lambda place: (type(labels[place]).__name__, str(labels[place])))
    ranks = np.empty(len(labels), dtype=np.int32)
    ranks[order] = np.arange(len(labels), dtype=np.int32)
    return ranks[codes]


class _Signs(dict[Any, str]):
    """Numbers labels in the order in which they come, by the characters in their order."""

    def __missing__(self, label: Any) -> str:
        number = len(self)
        if number >= MOST_LABELS:
            raise BadVotes(
                f"A column has more than {MOST_LABELS:,} different labels: give codes, by from_codes."
            )
        self[label] = sign = chr(number if number < NO_SIGNS.start else number + len(NO_SIGNS))
        return sign


class _Numbers(dict[Any, int]):
    """Numbers labels in the order in which they come."""

    def __missing__(self, label: Any) -> int:
        self[label] = number = len(self)
        return number


def _encode_arrow(column: Any) -> tuple[list[Any], Codes]:
    array = column if isinstance(column, pa.Array | pa.ChunkedArray) else pa.array(column)
    if isinstance(array, pa.ChunkedArray):
        array = array.unify_dictionaries().combine_chunks()
    if isinstance(array, pa.ChunkedArray):  # without any chunk it stays one
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.array([], array.type)
    encoded = array if pa.types.is_dictionary(array.type) else array.dictionary_encode()
    labels, indices = encoded.dictionary.to_pylist(), encoded.indices
    if indices.null_count:
        labels, indices = [*labels, None], indices.fill_null(len(labels))
    codes = np.asarray(indices).astype(np.int32, copy=False)
    # A dictionary may hold labels that no vote has, or one label twice: only what votes say counts.
    used = np.flatnonzero(np.bincount(codes, minlength=len(labels)))
    numbers = _Numbers()
    place = np.zeros(len(labels), dtype=np.int32)
    place[used] = [numbers[labels[code]] for code in used.tolist()]
    return list(numbers), place[codes] if len(labels) else codes


def _renumber(codes: Codes, numbers: Sequence[int]) -> Codes:
    return np.asarray(numbers, dtype=np.int32)[codes] if numbers else codes
