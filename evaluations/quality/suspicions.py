"""Raters who vote as no honest taste would, beside the models as all raters rank them: for a person to look at."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from evaluations.columns import Columns
from evaluations.errors import RankingError
from evaluations.models import LanguageModel
from evaluations.ranking import Votes, rank, suspect_raters
from evaluations.ranking.rigging import EXPECTED

# The share of those flagged here who are expected to be honest after all.
LEVEL: Final = 0.05


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """What a rater's votes look like, as `ranking.rigging` says it with the models' slugs.

    decided: votes that chose one of two models, on which it rests.
    log_e: ln of the e-value; level: the share of false flags that was asked for.
    """

    alternative: str
    decided: int
    log_e: float
    level: float = LEVEL


def find_patterns(
    *,
    columns: Columns,
    positions: NDArray[np.int64],
    rater: NDArray[np.int64],
    counts: NDArray[np.bool_],
) -> Mapping[int, Pattern]:
    """By rater, the patterns that are flagged. None where the models can't be placed.

    positions: of the study's votes; rater: (N,) who cast each; counts: (N,) by whose votes the models are placed.
    """
    if not len(positions):
        return {}
    ids, codes = np.unique(
        np.concatenate([columns.left[positions], columns.right[positions]]), return_inverse=True
    )
    left, right = np.split(codes.astype(np.int64), 2)
    outcome = columns.outcome[positions].astype(np.int64)
    found = LanguageModel.objects.in_bulk(ids.tolist())
    models = [found[pk].slug for pk in ids.tolist()]
    # Ties are left out: a rater ties as often as it likes.
    fitted = counts & (outcome < 2)
    try:
        strength = _fit(models=models, a=left[fitted], b=right[fitted], outcome=outcome[fitted])
        suspicion = suspect_raters(
            models=models,
            a=left,
            b=right,
            outcome=outcome,
            group=rater,
            strength=strength,
            side=np.ones(len(positions), dtype=np.int8),
            makers=[found[pk].maker or found[pk].slug for pk in ids.tolist()],
            level=LEVEL,
        )
    except RankingError:
        return {}
    return {
        suspect.group: Pattern(alternative=suspect.alternative, decided=suspect.decided, log_e=suspect.log_e)
        for suspect in suspicion.flags()
        if suspect.alternative != EXPECTED
    }


def _fit(
    *,
    models: list[str],
    a: NDArray[np.int64],
    b: NDArray[np.int64],
    outcome: NDArray[np.int64],
) -> NDArray[np.float64]:
    """(K,) strengths, NaN for a model without a place."""
    ranking = rank(Votes.from_codes(models=models, a=a, b=b, outcome=outcome), cluster=None)
    placed = dict(zip(ranking.models, ranking.strength.tolist(), strict=True))
    return np.array([placed.get(model, np.nan) for model in models])
