"""The columns of a file of votes put together: checked vote by vote, and told where the first fault is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from evaluations.errors import UnknownOutcome, UnsupportedParameter
from evaluations.ranking.files.columns import NO_VALUE, Columns, Labels, Mask, encode_labels, read_numbers
from evaluations.ranking.files.layouts import Layout
from evaluations.ranking.files.outcomes import (
    Fault,
    decode_outcomes,
    decode_sides,
    equal_labels,
    refuse_first,
)
from evaluations.ranking.files.uncounted import find_uncounted
from evaluations.ranking.votes import Floats

Incomplete: TypeAlias = Literal["refuse", "leave out"]

DO_WITHOUT: Final = "take votes as independent to do without."
NO_RATER: Final = f"does not say who voted; {DO_WITHOUT}"
MOST_SLICES: Final = 1000  # of one column: each has a fit of its own


@dataclass(frozen=True, eq=False, kw_only=True)
class VoteTable:
    """N votes as columns of labels, ready for `Votes.from_labels(**table.columns())`.

    model_a, model_b, outcome, rater, prompt: (N,) dictionary-encoded; rater, prompt None where not read.
    side: 1 where a was on the left in every vote, or (N,) of +1, -1 and 0, which is not known; None: not known.
    probability: (N,) in (0, 1], or None. covariates: (N,) numbers by column. slices: (N,) dictionary-encoded
    values by column, "(none)" where there is none. style: what `read_votes` says, or None. responses: (N,) texts
    of a and of b, or None. layout: the layout that was recognised. rater_column: where rater was found.
    left_out: votes of the file that are not here, because they do not say who met, who won or who voted.
    uncounted: those that are not here because Arena's leaderboards do not count them, by reason, where it was asked.
    """

    model_a: pa.DictionaryArray
    model_b: pa.DictionaryArray
    outcome: pa.DictionaryArray
    rater: pa.DictionaryArray | None
    prompt: pa.DictionaryArray | None
    side: Literal[1] | NDArray[np.int8] | None
    probability: Floats | None
    covariates: Mapping[str, Floats]
    slices: Mapping[str, pa.DictionaryArray]
    style: tuple[Floats, Floats] | None
    responses: tuple[Any, Any] | None
    layout: str
    rater_column: str | None
    left_out: int
    uncounted: Mapping[str, int] | None

    def __len__(self) -> int:
        return len(self.outcome)

    def columns(self) -> dict[str, Any]:
        """The arguments of `Votes.from_labels`."""
        names = ("model_a", "model_b", "outcome", "rater", "prompt", "side", "probability")
        return {**{name: getattr(self, name) for name in names}, "covariates": self.covariates or None}


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is read: the layout, the columns of rater and prompt, and what else was asked for."""

    layout: Layout
    rater: str | None
    prompt: str | None
    covariates: tuple[str, ...]
    slices: tuple[str, ...]
    counts: tuple[tuple[str, ...], ...]
    responses: tuple[str, ...]
    uncounted: tuple[str, ...]

    @property
    def labels(self) -> list[str]:
        """The columns that hold labels, each once."""
        several = (self.rater, self.prompt, self.layout.side_column)
        named = [name for name in several if name is not None]
        return list(dict.fromkeys([*self.layout.needed, *named, *self.slices, *self.uncounted]))

    @property
    def numbers(self) -> list[str]:
        """The columns that hold a number for each vote, each once."""
        drawn = [self.layout.probability] if self.layout.probability else []
        return list(dict.fromkeys([*drawn, *self.covariates]))

    @property
    def names(self) -> list[str]:
        """The columns to read, but for texts, each once."""
        counts = [name for side in self.counts for name in side]
        return list(dict.fromkeys([*self.labels, *self.numbers, *counts]))


def build_table(*, read: Columns, plan: Plan, incomplete: Incomplete) -> VoteTable:
    """The table of the votes that were read.

    Raises BadVotes, UnknownOutcome: the first fault, with its place; UnsupportedParameter on too many slices.
    """
    labels = {name: encode_labels(column=read.arrays[name], name=name) for name in plan.labels}
    numbers = {name: read_numbers(column=read.arrays[name]) for name in plan.numbers}
    style = tuple(_add_counts(read.arrays, side) for side in plan.counts)
    a, b = labels[plan.layout.model_a], labels[plan.layout.model_b]
    outcomes = decode_outcomes(layout=plan.layout.outcome, a=a, b=b, columns=labels)
    side, strange = _sides(plan, labels)
    nameless = (a.codes < 0) | (b.codes < 0)
    unsaid = np.zeros_like(nameless) if plan.rater is None else labels[plan.rater].codes < 0
    whole = ~(nameless | unsaid | outcomes.missing) if incomplete == "leave out" else np.ones_like(nameless)
    beside = find_uncounted(labels=labels) if plan.uncounted else None
    rows = whole if beside is None else whole & ~beside.rows

    faults = [
        Fault(rows=nameless, say=lambda row: "does not name both models."),
        Fault(rows=equal_labels(a, b), say=lambda row: f"compares {a.text(row)!r} with itself."),
        Fault(rows=outcomes.codes < 0, say=outcomes.say, error=UnknownOutcome),
        Fault(rows=unsaid, say=lambda row: NO_RATER),
        *_side_faults(plan, labels, strange),
        *_number_faults(plan, numbers, read.arrays),
        *(_count_fault(counts) for counts in style),
        *([] if beside is None else [beside.fault]),
    ]
    refuse_first(faults=[replace(fault, rows=fault.rows & rows) for fault in faults], place=read.place)
    if read.fault is not None:
        raise read.fault
    return VoteTable(
        model_a=a.kept(rows).encoded(),
        model_b=b.kept(rows).encoded(),
        outcome=outcomes.encoded(rows),
        rater=None if plan.rater is None else labels[plan.rater].kept(rows).encoded(),
        prompt=None if plan.prompt is None else labels[plan.prompt].kept(rows).encoded(),
        side=plan.layout.side if side is None else side[rows],
        probability=None if plan.layout.probability is None else numbers[plan.layout.probability][rows],
        covariates={name: numbers[name][rows] for name in plan.covariates},
        slices={name: _named_slices(labels[name].kept(rows), name) for name in plan.slices},
        style=(style[0][rows], style[1][rows]) if style else None,
        responses=_responses(read.arrays, plan, rows),
        layout=plan.layout.name,
        rater_column=plan.rater,
        left_out=int(np.count_nonzero(~whole if beside is None else ~whole & ~beside.rows)),
        uncounted=None if beside is None else beside.counts,
    )


def _sides(plan: Plan, labels: Mapping[str, Labels]) -> tuple[NDArray[np.int8], Mask] | tuple[None, None]:
    column = plan.layout.side_column
    return (None, None) if column is None else decode_sides(labels=labels[column])


def _side_faults(plan: Plan, labels: Mapping[str, Labels], strange: Mask | None) -> list[Fault]:
    column = plan.layout.side_column
    if column is None or strange is None:
        return []
    said = labels[column]
    return [
        Fault(
            rows=strange,
            say=lambda row: f"has {said.text(row)!r} in {column}: that is left or 1, right or -1, or 0.",
        )
    ]


def _number_faults(plan: Plan, numbers: Mapping[str, Floats], arrays: Mapping[str, Any]) -> list[Fault]:
    faults = [_number_fault(name, numbers[name], arrays[name]) for name in plan.covariates]
    if (name := plan.layout.probability) is not None:
        drawn = numbers[name]
        faults.append(
            Fault(
                rows=~((drawn > 0) & (drawn <= 1)),
                say=lambda row: (
                    f"has {_said(arrays[name], row)} in {name}: a chance is above 0 and at most 1."
                ),
            )
        )
    return faults


def _number_fault(name: str, values: Floats, column: Any) -> Fault:
    return Fault(
        rows=np.isnan(values), say=lambda row: f"has {_said(column, row)} in {name}, and no finite number."
    )


def _said(column: Any, row: int) -> str:
    value = column[row].as_py()
    return "nothing" if value is None or value == "" else repr(value)


def _count_fault(counts: Floats) -> Fault:
    return Fault(
        rows=np.asarray(~(counts >= 0).all(axis=1), dtype=np.bool_),
        say=lambda row: "lacks counts for style, or has ones below 0: tokens, headings, bold, lists.",
    )


def _add_counts(arrays: Mapping[str, Any], names: tuple[str, ...]) -> Floats:
    """(N, 4) counts; one that is kept by kind (h1, h2 ...) is the sum of its kinds, where none is 0."""
    return np.column_stack([_add_kinds(arrays[name]) for name in names])


def _add_kinds(column: Any) -> Floats:
    if not pa.types.is_struct(column.type):
        return read_numbers(column=column)
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    kinds = [np.nan_to_num(read_numbers(column=kind)) for kind in whole.flatten()]
    total = np.sum(kinds, axis=0) if kinds else np.zeros(len(whole))
    return np.where(whole.is_null().to_numpy(zero_copy_only=False), np.nan, total)


def _named_slices(labels: Labels, column: str) -> pa.DictionaryArray:
    """Values of a slice; those without one are a slice too, so that no vote is lost from sight."""
    if len(labels.names) > MOST_SLICES:
        raise UnsupportedParameter(
            f"The column {column} has {len(labels.names):,} different values: "
            f"slices are of a column with {MOST_SLICES:,} at the most."
        )
    if (labels.codes >= 0).all():
        return labels.encoded()
    names, place = labels.names, labels.names.index(NO_VALUE).as_py()
    if place < 0:
        place, names = len(names), pa.concat_arrays([names, pa.array([NO_VALUE], names.type)])
    filled = np.where(labels.codes < 0, place, labels.codes)
    return pa.DictionaryArray.from_arrays(pa.array(filled), names)


def _responses(arrays: Mapping[str, Any], plan: Plan, rows: Mask) -> tuple[Any, Any] | None:
    if not plan.responses:
        return None
    a, b = (arrays[name] if rows.all() else arrays[name].filter(pa.array(rows)) for name in plan.responses)
    return a, b
