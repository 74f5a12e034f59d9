"""How sure the strengths are: the sandwich covariance C = H⁻¹ B H⁻¹ of a Bradley–Terry fit.

H, the bread, is what the model expects of the votes; B, the meat, is how much they did vary. It stays right
where the model is not: ties vary less than wins and losses, and the votes of one rater are alike.
White (1982), Econometrica 50; Liang & Zeger (1986), Biometrika 73, for the votes of one rater taken together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import inv

from evaluations.ranking.bradley_terry import expected_variance, information, laplacian, win_probabilities
from evaluations.ranking.pairs import BothBad, Floats, PairCounts, cell_keys, rater_blocks
from evaluations.ranking.votes import Votes

CELLS: Final = 1 << 24  # of a (raters, models) table of doubles: 128 MB

ONLY_TIES: Final = (
    "has only ties, so its interval is the one that the model expects, not one seen in the votes"
)
ONE_RATER: Final = "was judged by one rater, so its interval takes that rater's votes as independent"


@dataclass(frozen=True, eq=False, kw_only=True)
class Covariance:
    """matrix: (K, K) covariance of the strengths under sum zero, log-odds squared.

    freedom: degrees of freedom of its estimate, raters less one; None where it is that of many single votes.
    bare: (K,) models whose votes show no variation of their own, so that B takes in what the model expects.
    why: what is said of them.
    """

    matrix: Floats
    freedom: int | None
    bare: NDArray[np.bool_]
    why: str


@dataclass(frozen=True, eq=False, kw_only=True)
class _RaterScores:
    """meat: (K, K) Σ g gᵀ over raters. judges: (K,) raters of each model. raters: those with a vote in it."""

    meat: Floats
    judges: NDArray[np.int64]
    raters: int


def independent_covariance(
    *, pairs: PairCounts, strength: Floats, both_bad: BothBad, prior: float
) -> Covariance:
    """The covariance with every vote on its own, from the pair counts alone (White 1982).

    A vote's score is (y − p)(e_a − e_b), so B is the Laplacian of Σ (y − p)² by pair.
    """
    probabilities = win_probabilities(strength)
    wins = pairs.half_ties(both_bad=both_bad)
    ties = wins - pairs.wins  # half of the ties, in either direction
    decided = pairs.wins * probabilities.T**2
    squares = decided + decided.T + 2 * ties * (0.5 - probabilities) ** 2
    bare = (pairs.wins + pairs.wins.T).sum(axis=1) == 0
    return _covariance(
        laplacian(squares), wins, probabilities, prior=prior, bare=bare, freedom=None, why=ONLY_TIES
    )


def clustered_covariance(
    *,
    votes: Votes,
    placed: Sequence[int],
    pairs: PairCounts,
    strength: Floats,
    both_bad: BothBad,
    prior: float,
) -> Covariance:
    """The covariance with the votes of one rater taken together (Liang & Zeger 1986), times R/(R − 1).

    votes: all of them, with raters; placed: codes of the K models of `pairs` and `strength`, in their order.
    Where one rater cast every vote, nothing is known of how raters differ: each model is then a bare one.
    """
    probabilities = win_probabilities(strength)
    scores = _score_raters(votes, _residuals(votes, placed, probabilities, both_bad), placed)
    freedom = scores.raters - 1
    return _covariance(
        scores.meat * (scores.raters / max(freedom, 1)),
        pairs.half_ties(both_bad=both_bad),
        probabilities,
        prior=prior,
        bare=scores.judges == 1,
        freedom=freedom or None,
        why=ONE_RATER,
    )


def _covariance(
    meat: Floats,
    wins: Floats,
    probabilities: Floats,
    *,
    prior: float,
    bare: NDArray[np.bool_],
    freedom: int | None,
    why: str,
) -> Covariance:
    """Close the sandwich. A prior is one more observation that may be wrong: it enters the meat too."""
    # Scores sum to zero over a model's votes. If one rater cast them all, or all are ties, B would call the
    # model certain for lack of votes; the variance that the model expects of them is added instead.
    touched = bare[:, None] | bare[None, :]
    expected = np.where(touched, expected_variance(wins, probabilities), 0.0)
    filling = meat + laplacian(expected) + prior * np.eye(len(wins))
    bread = inv(information(wins, probabilities, prior=prior))
    matrix = bread @ filling @ bread
    matrix -= matrix.mean(axis=0)
    matrix -= matrix.mean(axis=1)[:, None]
    return Covariance(matrix=(matrix + matrix.T) / 2, freedom=freedom, bare=bare, why=why)


def _residuals(votes: Votes, placed: Sequence[int], probabilities: Floats, both_bad: BothBad) -> Floats:
    """(4, M, M) y − p by outcome, a, b over all M models; NaN where such a vote is not in the fit."""
    table = np.full((4, len(votes.models), len(votes.models)), np.nan)
    for outcome, result in enumerate((1.0, 0.0, 0.5, 0.5)[: 4 if both_bad == "tie" else 3]):
        table[outcome][np.ix_(placed, placed)] = result - probabilities
    return table


def _score_raters(votes: Votes, residuals: Floats, placed: Sequence[int]) -> _RaterScores:
    """Sum the scores of each rater's votes, one block of raters at a time."""
    rater = votes.known_rater
    models, flat = len(votes.models), residuals.ravel()
    meat, judges, raters = np.zeros((models, models)), np.zeros(models, dtype=np.int64), 0
    for part, first, size in rater_blocks(votes, width=models, limit=CELLS):
        residual, cells = flat[cell_keys(votes, part)], size * models
        row = (rater[part].astype(np.intp) - first) * models
        places = [row + votes.a[part], row + votes.b[part]]
        fitted = ~np.isnan(residual)
        if not fitted.all():
            residual, places = residual[fitted], [place[fitted] for place in places]
        gained, given = (np.bincount(place, residual, cells) for place in places)
        judged = np.zeros(cells, dtype=np.bool_)
        for place in places:
            judged[place] = True
        score = (gained - given).reshape(size, models)
        meat += score.T @ score
        judges += judged.reshape(size, models).sum(axis=0)
        raters += int(judged.reshape(size, models).any(axis=1).sum())
    grid = np.ix_(placed, placed)
    return _RaterScores(meat=meat[grid], judges=judges[list(placed)], raters=raters)
