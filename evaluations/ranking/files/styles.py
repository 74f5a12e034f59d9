"""The covariates of style of recorded votes, from counts in the file or from the texts of the responses."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from evaluations.errors import BadVotes
from evaluations.ranking.files.vote_tables import VoteTable
from evaluations.ranking.labels import encode_column
from evaluations.ranking.style import (
    StyleCovariates,
    measure_styles,
    standardise_differences,
    style_differences,
)

SEVERAL_TURNS: Final = (
    "LMArena 55k",
)  # layouts in which a text is a JSON list of the turns of a conversation


def measure_table(table: VoteTable) -> StyleCovariates:
    """Standardised differences of length, headings, bold and lists; of the texts of the responses, 1 ms each.

    table: read with style=True. Raises BadVotes where it was not, NothingToRank where there are no votes.
    """
    counts: Sequence[NDArray[Any]]
    if table.style is not None:
        counts = table.style
    elif table.responses is not None:
        counts = [_measure(column, table.layout) for column in table.responses]
    else:
        raise BadVotes("The votes were read without what style is taken from: read them with style=True.")
    return standardise_differences(differences=style_differences(a=counts[0], b=counts[1]))


def _measure(column: Any, layout: str) -> NDArray[np.int64]:
    """(N, 4) counts; a text that many votes share is measured once."""
    texts, codes = encode_column(column)
    read = _join_turns if layout in SEVERAL_TURNS else str
    return measure_styles(texts=["" if text is None else read(text) for text in texts])[codes]


def _join_turns(text: str) -> str:
    """The turns of one side as one text; a text that is no JSON list stands for itself."""
    try:
        turns = json.loads(text)
    except (ValueError, RecursionError):
        return text
    if not isinstance(turns, list):
        return text
    return "\n\n".join(turn for turn in turns if isinstance(turn, str))
