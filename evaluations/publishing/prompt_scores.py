"""On which prompts a model does better or worse than it does on average: what is more than chance, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtri, ndtri

from evaluations.publishing.comparisons import Score, score_votes
from evaluations.publishing.votes import CountedVotes
from evaluations.ranking.votes import BOTH_BAD, Floats

# Votes on the model that a prompt has to have before anything is said of it.
FEWEST_VOTES: Final = 5


@dataclass(frozen=True, kw_only=True)
class PromptScore:
    """A prompt, as the votes number it; votes on the model there, the share that it won, and the estimate from it."""

    prompt: int
    votes: int
    won: float
    estimate: Score


@dataclass(frozen=True, kw_only=True)
class PromptScores:
    """mean: share won over all prompts. examined: prompts with FEWEST_VOTES. differ: whether they differ by more than
    chance. strongest, weakest: those whose interval leaves the mean out, the farthest first."""

    mean: float
    examined: int
    differ: bool
    strongest: tuple[PromptScore, ...]
    weakest: tuple[PromptScore, ...]


def score_prompts(
    votes: CountedVotes, *, model: str, level: float, both_bad: str = "tie", most: int = 5
) -> PromptScores | None:
    """The model's strongest and weakest prompts, `most` of each; None where fewer than two can be examined.

    The share won on a prompt is taken as the mean over all prompts, plus what is the prompt's own (variance τ²), plus
    chance (variance s²/n). τ² is DerSimonian & Laird's (1986, Controlled Clinical Trials 7), and nothing is listed
    unless Cochran's Q says that prompts differ. Each estimate is drawn towards the mean by what is known of it
    (empirical Bayes: Efron & Morris 1975, JASA 70), so that the farthest of many are not simply the luckiest.
    """
    place = votes.models.index(model)
    on_left = votes.left == place
    mine = on_left | (votes.right == place)
    if both_bad == "out":
        mine &= votes.outcome != BOTH_BAD
    score = score_votes(votes.outcome[mine], on_left=on_left[mine])
    prompts, number, count = np.unique(votes.prompt[mine], return_inverse=True, return_counts=True)
    kept = np.flatnonzero(count >= FEWEST_VOTES)
    if len(kept) < 2:
        return None
    share = np.bincount(number, score) / count
    chance = _measure_chance(score, share=share, number=number, count=count)
    found = _shrink(share[kept], count[kept], chance=chance, level=level)
    rows = [
        PromptScore(prompt=int(prompts[at]), votes=int(count[at]), won=float(share[at]), estimate=estimate)
        for at, estimate in zip(kept.tolist(), found.estimates, strict=True)
    ]
    above = sorted((row for row in rows if row.estimate.lower > found.mean), key=_by_estimate, reverse=True)
    below = sorted((row for row in rows if row.estimate.upper < found.mean), key=_by_estimate)
    return PromptScores(
        mean=found.mean,
        examined=len(kept),
        differ=found.differ,
        strongest=tuple(above[:most]) if found.differ else (),
        weakest=tuple(below[:most]) if found.differ else (),
    )


@dataclass(frozen=True, kw_only=True)
class _Shrunk:
    mean: float
    differ: bool
    estimates: tuple[Score, ...]


def _measure_chance(
    score: Floats, *, share: Floats, number: NDArray[np.int64], count: NDArray[np.int64]
) -> float:
    """s²: the variance of a vote about the share of its prompt, pooled over prompts; of a coin where none is seen."""
    freedom = len(score) - len(count)
    pooled = float(((score - share[number]) ** 2).sum()) / freedom
    return pooled or 0.25


def _shrink(share: Floats, count: NDArray[np.int64], *, chance: float, level: float) -> _Shrunk:
    weight = count / chance
    plain = float(weight @ share / weight.sum())
    spread = float(weight @ (share - plain) ** 2)
    freedom = len(share) - 1
    own = max(0.0, (spread - freedom) / float(weight.sum() - (weight**2).sum() / weight.sum()))
    mixed = 1 / (own + 1 / weight)
    mean = float(mixed @ share / mixed.sum())
    trust = own * mixed
    centre = mean + trust * (share - mean)
    reach = -float(ndtri((1 - level) / 2)) * np.sqrt(own * (1 - trust))
    ends = np.clip([centre, centre - reach, centre + reach], 0.0, 1.0)
    return _Shrunk(
        mean=mean,
        differ=spread > float(chdtri(freedom, 1 - level)),
        estimates=tuple(
            Score(score=middle, lower=lower, upper=upper) for middle, lower, upper in ends.T.tolist()
        ),
    )


def _by_estimate(row: PromptScore) -> tuple[float, int]:
    return row.estimate.score, row.prompt
