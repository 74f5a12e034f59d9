"""Which battle comes next: a pair that has few votes, or on which a vote narrows most; a prompt new to this rater.

Which pairs a rater may still be shown is counted, not listed: no array here is as large as prompts × pairs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluations.columns import OUTCOMES
from evaluations.errors import NoEligiblePair
from evaluations.models import Battle, Outcome, Study
from evaluations.ranking import choose_pair, choose_pair_adaptively
from evaluations.ranking.pairs import PairCounts
from evaluations.study_plans import Seen, StudyPlan, count_together, read_ids


@dataclass(frozen=True, kw_only=True)
class Draw:
    """A drawn battle: ids, and the probability of the pair's draw; None where no pair was drawn by sampling."""

    prompt_id: int
    left_id: int
    right_id: int
    probability: float | None = None
    kind: str = Battle.Kind.NORMAL
    repeats_id: int | None = None
    expected: str = ""


def draw_battle(*, plan: StudyPlan, seen: Sequence[Seen], generator: np.random.Generator) -> Draw:
    """A pair, on a prompt least seen by this rater and least used for the pair; sides by a coin.

    Raises NoEligiblePair when this rater has seen every pair on every prompt.
    """
    places = _locate_all(plan=plan, seen=seen)
    times = np.bincount(places[:, 0], minlength=len(plan.prompts))
    # A repeat shows the same prompt and pair again.
    _codes, first = np.unique(plan.code(*places.T), return_index=True)
    shown = places[first]
    for level in np.unique(times):
        prompts = times == level
        eligible = _find_eligible(plan=plan, prompts=prompts, shown=shown)
        if eligible.any():
            return _draw_from(plan=plan, prompts=prompts, shown=shown, eligible=eligible, generator=generator)
    raise NoEligiblePair("This rater has seen every pair on every prompt.")


def _locate_all(*, plan: StudyPlan, seen: Sequence[Seen]) -> NDArray[np.int64]:
    """(S, 3): row of the prompt and columns i < j of the two models, as `StudyPlan.locate`, less what has retired."""
    ids = read_ids(seen if len(plan.prompts) else ())
    rows = np.searchsorted(plan.prompts, ids[:, 0]).clip(max=max(0, len(plan.prompts) - 1))
    answers = plan.responses[rows]
    left, right = answers == ids[:, 1:2], answers == ids[:, 2:3]
    known = (plan.prompts[rows] == ids[:, 0]) & left.any(axis=1) & right.any(axis=1)
    pairs = np.sort(np.stack([left.argmax(axis=1), right.argmax(axis=1)], axis=1), axis=1)
    return np.asarray(np.column_stack([rows, pairs])[known])


def _find_eligible(
    *, plan: StudyPlan, prompts: NDArray[np.bool_], shown: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """(K, K): whether the pair can be shown for the first time on one of these prompts."""
    others = ~prompts
    if others.sum() < prompts.sum():
        left = plan.together - count_together(plan.responses[others] > 0)
    else:
        left = count_together(plan.responses[prompts] > 0)
    mine = shown[prompts[shown[:, 0]]]
    np.subtract.at(left, (mine[:, 1], mine[:, 2]), 1)
    np.subtract.at(left, (mine[:, 2], mine[:, 1]), 1)
    np.fill_diagonal(left, 0)
    return np.asarray(left > 0, dtype=np.bool_)


def _draw_from(
    *,
    plan: StudyPlan,
    prompts: NDArray[np.bool_],
    shown: NDArray[np.int64],
    eligible: NDArray[np.bool_],
    generator: np.random.Generator,
) -> Draw:
    i, j, probability = _choose_pair(plan=plan, eligible=eligible, generator=generator)
    free = prompts & (plan.responses[:, i] > 0) & (plan.responses[:, j] > 0)
    free[shown[(shown[:, 1] == i) & (shown[:, 2] == j), 0]] = False
    rows = np.flatnonzero(free)
    codes = plan.code(rows, i, j).tolist()
    used = np.array([plan.prompt_counts.get(code, 0) for code in codes])
    prompt = int(generator.choice(rows[used == used.min()]))
    left, right = (i, j) if generator.random() < 0.5 else (j, i)
    return Draw(
        prompt_id=int(plan.prompts[prompt]),
        left_id=int(plan.responses[prompt, left]),
        right_id=int(plan.responses[prompt, right]),
        probability=probability,
    )


def _choose_pair(
    *, plan: StudyPlan, eligible: NDArray[np.bool_], generator: np.random.Generator
) -> tuple[int, int, float]:
    if plan.sampling == Study.Sampling.ADAPTIVE:
        return choose_pair_adaptively(pairs=_read_outcomes(plan=plan), eligible=eligible, generator=generator)
    # Also where a designed study is piloted: it has no items yet.
    return choose_pair(counts=plan.pair_counts, eligible=eligible, generator=generator)


def _read_outcomes(*, plan: StudyPlan) -> PairCounts:
    counts = plan.outcome_counts
    ties, both_bad = counts[OUTCOMES[Outcome.TIE]], counts[OUTCOMES[Outcome.BOTH_BAD]]
    return PairCounts(
        models=tuple(str(model) for model in plan.models.tolist()),
        wins=counts[OUTCOMES[Outcome.LEFT]] + counts[OUTCOMES[Outcome.RIGHT]].T,
        ties=ties + ties.T,
        both_bad=both_bad + both_bad.T,
    )
