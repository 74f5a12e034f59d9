"""What columns of votes must be, and the sentence that says what is wrong where they are not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evaluations.errors import BadVotes, UnknownOutcome
from evaluations.ranking.labels import OUTCOMES

Integers: TypeAlias = NDArray[np.integer[Any]]
Floats: TypeAlias = NDArray[np.float64]
TAKEN = ("position", "ties")
LARGEST = 1e50  # of a covariate: beyond it, or below its inverse, products leave the range of doubles
Scalar = TypeVar("Scalar", bound=np.generic)


def unmask(column: ArrayLike, *, name: str) -> NDArray[Any]:
    """The column as an array. Raises BadVotes where numpy's mask hides a value: what is hidden is not a vote."""
    if isinstance(column, np.ma.MaskedArray) and np.ma.getmaskarray(column).any():
        vote = int(np.ma.getmaskarray(column).ravel().argmax())
        raise BadVotes(f"Vote {vote + 1} has no {name}: it is masked. Leave such votes out before.")
    return np.asarray(column)


def check_codes(column: ArrayLike, *, name: str) -> Integers:
    """A read-only (N,) view of whole numbers."""
    codes = _flat(unmask(column, name=name), name)
    if not codes.size:
        codes = codes.astype(np.int64)
    if not np.issubdtype(codes.dtype, np.integer):
        raise BadVotes(f"The column {name} holds whole numbers, not {codes.dtype}.")
    return seal(codes)


def check_numbers(column: ArrayLike, *, name: str) -> Floats:
    """A read-only (N,) view of finite numbers."""
    numbers = _flat(unmask(column, name=name), name)
    if numbers.size and numbers.dtype.kind not in "fiub":
        raise BadVotes(f"The column {name} holds numbers, not {numbers.dtype}.")
    floats = np.ascontiguousarray(numbers, dtype=np.float64)
    if not np.isfinite(floats).all():
        vote = int((~np.isfinite(floats)).argmax())
        raise BadVotes(f"Vote {vote + 1} has the {name} {floats[vote]}: name a finite number for every vote.")
    return seal(floats)


def check_covariate(column: ArrayLike, *, name: str) -> Floats:
    """A read-only (N,) view of finite numbers of a size that products of them do not leave."""
    if name in TAKEN:
        raise BadVotes(f"A covariate cannot be called {name!r}: an effect of the fit has this name.")
    numbers = check_numbers(column, name=name)
    largest = max(abs(float(numbers.max(initial=0.0))), abs(float(numbers.min(initial=0.0))))
    if largest and not 1 / LARGEST < largest < LARGEST:
        raise BadVotes(f"The largest {name} is {largest:g}: give it in a unit in which it is nearer to 1.")
    return numbers


def check_side(column: ArrayLike, *, size: int) -> Integers:
    """(N,) of +1 (a left), -1 (b left), 0 (unknown); one number stands for all, and takes no memory."""
    side = unmask(column, name="side")
    if side.ndim == 0:
        side = np.broadcast_to(side, (size,))
    side = check_codes(side, name="side")
    if len(side) != size:
        raise BadVotes(f"The columns of votes differ in length: side {len(side)}, outcome {size}.")
    if size and not (int(side.min()) >= -1 and int(side.max()) <= 1):
        vote = int(np.flatnonzero((side < -1) | (side > 1))[0])
        raise BadVotes(f"Vote {vote + 1} has the side {side[vote]}: 1 is a left, -1 is b left, 0 is unknown.")
    return side if side.dtype == np.int8 else seal(_narrow(side))


def check_mask(mask: ArrayLike, *, size: int) -> NDArray[np.bool_]:
    chosen = unmask(mask, name="selection")
    if chosen.dtype != np.bool_ or chosen.shape != (size,):
        raise BadVotes(
            f"Votes are selected by {size} booleans, one a vote; these are {chosen.shape} of {chosen.dtype}."
        )
    return seal(chosen)


def check_lengths(columns: Mapping[str, NDArray[Any] | None]) -> None:
    lengths = {name: len(column) for name, column in columns.items() if column is not None}
    if len(set(lengths.values())) > 1:
        said = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise BadVotes(f"The columns of votes differ in length: {said}.")


def check_models(a: Integers, b: Integers, models: int) -> None:
    for codes in (a, b):
        if codes.size and not (int(codes.min()) >= 0 and int(codes.max()) < models):
            vote = int(np.flatnonzero((codes < 0) | (codes >= models))[0])
            raise BadVotes(f"Vote {vote + 1} names model {codes[vote]}; there are {models} models.")
    same = a == b
    if same.any():
        raise BadVotes(f"Vote {int(same.argmax()) + 1} compares a model with itself.")


def check_outcomes(outcome: Integers) -> None:
    if outcome.size and not (int(outcome.min()) >= 0 and int(outcome.max()) < len(OUTCOMES)):
        vote = int(np.flatnonzero((outcome < 0) | (outcome >= len(OUTCOMES)))[0])
        raise UnknownOutcome(
            f"Vote {vote + 1} has the outcome {int(outcome[vote])!r}; "
            f"an outcome is one of {', '.join(OUTCOMES)}."
        )


def check_probabilities(probability: Floats | None) -> None:
    if probability is not None and len(probability):
        outside = (probability <= 0) | (probability > 1)
        if outside.any():
            vote = int(outside.argmax())
            raise BadVotes(
                f"Vote {vote + 1} has the probability {probability[vote]}: it is above 0 and at most 1."
            )


def compact_groups(column: ArrayLike | None, *, name: str) -> tuple[Integers | None, int]:
    """The same groups without gaps in their numbers, and how many there are; no copy where there is no gap."""
    if column is None:
        return None, 0
    groups = check_codes(column, name=name)
    if not groups.size:
        return groups, 0
    if int(groups.min()) < 0:
        raise BadVotes(f"A {name}'s number is negative.")
    if int(groups.max()) > 4 * len(groups):  # too sparse for a table: sort instead
        distinct, compact = np.unique(groups, return_inverse=True)
        return seal(compact), len(distinct)
    present = np.bincount(groups) > 0
    count = int(present.sum())
    if count == len(present):
        return groups, count
    return seal((np.cumsum(present) - 1)[groups]), count


def seal(values: NDArray[Scalar]) -> NDArray[Scalar]:
    """A read-only view."""
    view = values.view(np.ndarray)
    view.flags.writeable = False
    return view


def _narrow(side: Integers) -> NDArray[np.int8]:
    """One byte a vote, or one for all."""
    if side.size and side.strides == (0,):
        return np.broadcast_to(np.int8(side[0]), side.shape)
    return side.astype(np.int8)


def _flat(column: NDArray[Any], name: str) -> NDArray[Any]:
    if column.ndim != 1:
        raise BadVotes(f"The column {name} has one dimension, not {column.ndim}.")
    return column
