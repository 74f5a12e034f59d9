"""Votes as arrays: the one thing that a ranking is computed from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, NoReturn, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from evaluations.errors import BadVotes, UnknownOutcome, UnsupportedParameter

Outcome: TypeAlias = Literal["a", "b", "tie", "both_bad"]
OUTCOMES: Final[tuple[Outcome, ...]] = get_args(Outcome)  # an outcome's code is its place here
A, B, TIE, BOTH_BAD = range(4)

Integers: TypeAlias = NDArray[np.integer[Any]]


@dataclass(frozen=True, eq=False, kw_only=True)
class Votes:
    """N votes on K models. Build it with `from_labels` or `from_codes`, which check what they are given.

    models: K different names. a, b: (N,) codes into models, never equal in one vote. outcome: (N,) codes
    into OUTCOMES. rater: (N,) codes 0..raters-1, each used at least once, or None where it is unknown.
    The arrays are read-only views: memory-mapped columns are not copied.
    """

    models: tuple[str, ...]
    a: Integers
    b: Integers
    outcome: Integers
    rater: Integers | None
    raters: int

    def __len__(self) -> int:
        return len(self.outcome)

    @property
    def known_rater(self) -> Integers:
        """(N,) rater codes. Raises UnsupportedParameter where the votes do not say who cast them."""
        if self.rater is None:
            raise UnsupportedParameter(
                'cluster="rater" needs to know who cast each vote, and these votes do not say. '
                "Pass cluster=None to take votes as independent."
            )
        return self.rater

    @classmethod
    def from_labels(
        cls,
        *,
        model_a: Iterable[str],
        model_b: Iterable[str],
        outcome: Iterable[str],
        rater: Iterable[object] | None = None,
        side: None = None,
        covariates: None = None,
    ) -> Votes:
        """Votes from columns of text, each of length N; models are kept in the order of their names.

        Raises BadVotes (lengths, names, a model against itself), UnknownOutcome (with the vote's number,
        from 1), UnsupportedParameter (side, covariates).
        """
        names_a, names_b, outcomes = _listed(model_a), _listed(model_b), _listed(outcome)
        models = _sorted_names({*names_a, *names_b})
        code = {name: number for number, name in enumerate(models)}
        return cls.from_codes(
            models=models,
            a=_encode(names_a, code),
            b=_encode(names_b, code),
            outcome=_encode_outcomes(outcomes),
            rater=None if rater is None else _encode_raters(_listed(rater)),
            side=side,
            covariates=covariates,
        )

    @classmethod
    def from_codes(
        cls,
        *,
        models: Sequence[str],
        a: Integers,
        b: Integers,
        outcome: Integers,
        rater: Integers | None = None,
        side: None = None,
        covariates: None = None,
    ) -> Votes:
        """Votes from columns of integers, each (N,): a and b into models, outcome 0 a, 1 b, 2 tie, 3 both.

        rater may be any whole numbers from 0; they are renumbered without gaps, in their order.
        Raises BadVotes, UnknownOutcome, UnsupportedParameter (side, covariates).
        """
        for name, value in (("side", side), ("covariates", covariates)):
            if value is not None:
                raise UnsupportedParameter(f"{name} is not offered: the fit has no term for it.")
        names = tuple(models)
        if len(_sorted_names(set(names))) < len(names):
            raise BadVotes("A model is named twice.")
        codes_a, codes_b = _codes(a, name="a"), _codes(b, name="b")
        outcomes = _codes(outcome, name="outcome")
        raters = None if rater is None else _codes(rater, name="rater")
        _check_lengths(a=codes_a, b=codes_b, outcome=outcomes, rater=raters)
        _check_models(codes_a, codes_b, len(names))
        _check_outcomes(outcomes)
        compact, count = (None, 0) if raters is None else _renumbered(raters)
        return cls(models=names, a=codes_a, b=codes_b, outcome=outcomes, rater=compact, raters=count)


def _listed(column: Iterable[Any]) -> list[Any]:
    if isinstance(column, np.ndarray):
        if column.ndim != 1:
            raise BadVotes(f"A column of votes has one dimension, not {column.ndim}.")
        return list(column.tolist())
    return list(column)


def _sorted_names(names: set[Any]) -> list[str]:
    for name in names:
        if not isinstance(name, str) or not name.strip():
            raise BadVotes(f"A model's name is text and is not empty; found {name!r}.")
    return sorted(names)


def _encode(labels: list[Any], code: Mapping[Any, int]) -> Integers:
    return np.fromiter(map(code.__getitem__, labels), np.int32, count=len(labels))


def _encode_outcomes(labels: list[Any]) -> Integers:
    code = {label: number for number, label in enumerate(OUTCOMES)}
    if not all(map(OUTCOMES.__contains__, labels)):
        number, label = next((n, label) for n, label in enumerate(labels, 1) if label not in OUTCOMES)
        _refuse_outcome(number, label)
    return _encode(labels, code).astype(np.int8)


def _encode_raters(labels: list[Any]) -> Integers:
    distinct = set(labels)
    if any(label is None or label == "" or label != label for label in distinct):
        raise BadVotes("A vote has no rater: name one for every vote, or pass rater=None.")
    # Types are part of the order, so that 1 and "1" stay two raters and sort the same way every time.
    ordered = sorted(distinct, key=lambda label: (type(label).__name__, str(label)))
    return _encode(labels, {label: number for number, label in enumerate(ordered)})


def _codes(column: Any, *, name: str) -> Integers:
    codes = np.asarray(column)
    if codes.ndim != 1:
        raise BadVotes(f"The column {name} has one dimension, not {codes.ndim}.")
    if not codes.size:
        codes = codes.astype(np.int64)
    if not np.issubdtype(codes.dtype, np.integer):
        raise BadVotes(f"The column {name} holds whole numbers, not {codes.dtype}.")
    view = codes.view()
    view.flags.writeable = False
    return view


def _check_lengths(**columns: Integers | None) -> None:
    lengths = {name: len(column) for name, column in columns.items() if column is not None}
    if len(set(lengths.values())) > 1:
        said = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise BadVotes(f"The columns of votes differ in length: {said}.")


def _check_models(a: Integers, b: Integers, models: int) -> None:
    for codes in (a, b):
        if codes.size and not (int(codes.min()) >= 0 and int(codes.max()) < models):
            number = int(np.flatnonzero((codes < 0) | (codes >= models))[0])
            raise BadVotes(f"Vote {number + 1} names model {codes[number]}; there are {models} models.")
    same = a == b
    if same.any():
        raise BadVotes(f"Vote {int(same.argmax()) + 1} compares a model with itself.")


def _check_outcomes(outcome: Integers) -> None:
    if outcome.size and not (int(outcome.min()) >= 0 and int(outcome.max()) < len(OUTCOMES)):
        number = int(np.flatnonzero((outcome < 0) | (outcome >= len(OUTCOMES)))[0])
        _refuse_outcome(number + 1, int(outcome[number]))


def _refuse_outcome(number: int, label: object) -> NoReturn:
    raise UnknownOutcome(
        f"Vote {number} has the outcome {label!r}; an outcome is one of {', '.join(OUTCOMES)}."
    )


def _renumbered(rater: Integers) -> tuple[Integers, int]:
    """The same raters without gaps, and how many there are; no copy where there is no gap."""
    if not rater.size:
        return rater, 0
    if int(rater.min()) < 0:
        raise BadVotes("A rater's number is negative.")
    if int(rater.max()) > 4 * len(rater):  # too sparse for a table: sort instead
        distinct, compact = np.unique(rater, return_inverse=True)
        return compact, len(distinct)
    present = np.bincount(rater) > 0
    count = int(present.sum())
    return (rater, count) if count == len(present) else ((np.cumsum(present) - 1)[rater], count)
