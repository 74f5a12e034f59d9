"""From a file of votes to what is written down of it: the board, its slices, what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from evaluations.errors import UnsupportedParameter
from evaluations.ranking.files.styles import measure_table
from evaluations.ranking.files.vote_tables import VoteTable
from evaluations.ranking.fits.threads import one_blas_thread
from evaluations.ranking.influence import Unit, turn_order
from evaluations.ranking.parameters import Parameters
from evaluations.ranking.rankings import rank_with
from evaluations.ranking.reports.records import Report
from evaluations.ranking.slices import Slice, rank_slices
from evaluations.ranking.votes import Votes


def take_votes(table: VoteTable, *, style: bool) -> Votes:
    """The votes of a file, with its own covariates and, if `style`, those taken from the responses.

    Raises BadVotes, NothingToRank as `measure_table`; UnsupportedParameter where a covariate has one of its names.
    """
    columns: dict[str, Any] = table.columns()
    if style:
        measured = measure_table(table)
        own: Mapping[str, Any] = table.covariates
        shared = sorted(set(own) & set(measured.names))
        if shared:
            raise UnsupportedParameter(f"{', '.join(shared)} is a covariate of the file and one of style.")
        taken = dict(zip(measured.names, measured.values.T, strict=True))
        columns["covariates"] = {**taken, **own}
    return Votes.from_labels(**columns)


def build_report(
    table: VoteTable, *, votes: Votes, parameters: Parameters, influence: bool = False
) -> Report:
    """Rank the votes, and each slice of the table; with style control, the board without it too.

    influence: find the smallest sets of votes, and of raters where they are known, that turn the order at the top.
    Raises what `rank` and `turn_order` raise.
    """
    with one_blas_thread():
        ranking = rank_with(votes, parameters=parameters)
        plain = rank_with(votes, parameters=replace(parameters, style=())) if parameters.style else None
    units: tuple[Unit, ...] = ("vote", "rater") if votes.rater is not None else ("vote",)
    return Report(
        ranking=ranking,
        plain=plain,
        slices=tuple(_list_slices(table, votes, parameters)),
        turns=tuple(turn_order(votes, unit=unit, parameters=parameters) for unit in units)
        if influence
        else (),
    )


def _list_slices(table: VoteTable, votes: Votes, parameters: Parameters) -> list[tuple[str, Slice]]:
    """By column, the values with the most votes first."""
    found = []
    for column, values in table.slices.items():
        ranked = rank_slices(votes, slices=_mask_values(values), parameters=parameters)
        found += [(column, part) for part in ranked]
    return found


def _mask_values(values: pa.DictionaryArray) -> dict[str, NDArray[np.bool_]]:
    names, codes = values.dictionary.to_pylist(), np.asarray(values.indices)
    order = sorted(range(len(names)), key=lambda code: (-int((codes == code).sum()), names[code]))
    return {names[code]: codes == code for code in order}
