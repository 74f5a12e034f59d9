"""From a file of votes to what is written down of it: the board, its slices, what it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from evaluations.errors import UnsupportedParameter
from evaluations.ranking.files.vote_tables import VoteTable
from evaluations.ranking.fits.threads import one_blas_thread
from evaluations.ranking.influence import Unit, turn_order
from evaluations.ranking.parameters import Parameters
from evaluations.ranking.rankings import rank_with
from evaluations.ranking.reports.records import Report
from evaluations.ranking.slices import Slice, rank_slices
from evaluations.ranking.style import STYLE_FEATURES, StyleCovariates
from evaluations.ranking.votes import Votes


def take_votes(table: VoteTable, *, style: StyleCovariates | None = None) -> Votes:
    """The votes of a file, with its own covariates and those of `style`, from `measure_table`.

    Raises UnsupportedParameter where a covariate of the file has the name of one of style.
    """
    columns: dict[str, Any] = table.columns()
    if style is not None:
        shared = sorted(set(table.covariates) & set(STYLE_FEATURES))
        if shared:
            verb = "is a covariate" if len(shared) == 1 else "are covariates"
            raise UnsupportedParameter(f"{', '.join(shared)} {verb} of the file and of style.")
        columns["covariates"] = {**dict(zip(style.names, style.values.T, strict=True)), **table.covariates}
    return Votes.from_labels(**columns)


def build_report(
    table: VoteTable,
    *,
    votes: Votes,
    parameters: Parameters,
    style: StyleCovariates | None = None,
    influence: bool = False,
) -> Report:
    """Rank the votes, and each slice of the table; with style control, the board without it too.

    style: what the covariates of the votes were taken from.
    influence: find the smallest sets of votes, and of raters where they are known, that turn the order at the top.
    Raises what `rank` and `turn_order` raise.
    """
    with one_blas_thread():
        ranking = rank_with(votes, parameters=parameters)
        plain = None if style is None else ranking  # all of style may have been left out
        if parameters.style:
            plain = rank_with(votes, parameters=replace(parameters, style=()))
    units: tuple[Unit, ...] = ("vote", "rater") if votes.rater is not None else ("vote",)
    return Report(
        ranking=ranking,
        plain=plain,
        left_out=() if style is None else style.constant,
        slices=tuple(_list_slices(table, votes, parameters)),
        turns=tuple(turn_order(votes, unit=unit, parameters=parameters) for unit in units)
        if influence
        else (),
        uncounted=table.uncounted,
    )


def _list_slices(table: VoteTable, votes: Votes, parameters: Parameters) -> list[tuple[str, Slice]]:
    """By column, the values with the most votes first."""
    found = []
    for column, values in table.slices.items():
        ranked = rank_slices(votes, slices=_Masks(values), parameters=parameters)
        found += [(column, part) for part in ranked]
    return found


class _Masks(Mapping[str, NDArray[np.bool_]]):
    """The votes of each value, the most first; a mask is made when it is asked for, so that there is one at a time."""

    def __init__(self, values: pa.DictionaryArray) -> None:
        names, self._codes = values.dictionary.to_pylist(), np.asarray(values.indices)
        counts = np.bincount(self._codes, minlength=len(names)).tolist()
        order = sorted(range(len(names)), key=lambda code: (-counts[code], names[code]))
        self._code_of = {names[code]: code for code in order}

    def __getitem__(self, name: str) -> NDArray[np.bool_]:
        return np.asarray(self._codes == self._code_of[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._code_of)

    def __len__(self) -> int:
        return len(self._code_of)
