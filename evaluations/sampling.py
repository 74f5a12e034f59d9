"""Which battle comes next: a pair that has few votes, or on which a vote narrows most; a prompt new to this rater.

Which pairs a rater may still be shown is counted, not listed: no array here is as large as prompts × pairs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from evaluations.columns import OUTCOMES
from evaluations.errors import NoEligiblePair
from evaluations.models import Battle, Outcome, Study
from evaluations.ranking import choose_pair, choose_pair_adaptively
from evaluations.ranking.pairs import PairCounts
from evaluations.study_plans import Seen, StudyPlan, count_together, read_ids

NONE: Final = np.zeros(0, dtype=np.int64)


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


def draw_battle(
    *, plan: StudyPlan, seen: Sequence[Seen], generator: np.random.Generator, once: bool = False
) -> Draw:
    """A pair, on a prompt least seen by this rater and least used for the pair; sides by a coin.

    once: no response comes twice, because the rater may know by then who wrote it. Raises NoEligiblePair when this
    rater has seen every pair on every prompt, or every response but one.
    """
    ids = read_ids(seen)
    known = ids[np.isin(ids[:, 0], plan.prompts)]
    times = np.bincount(np.searchsorted(plan.prompts, known[:, 0]), minlength=len(plan.prompts))
    places = _locate_all(plan=plan, seen=seen)
    # A repeat shows the same prompt and pair again.
    _codes, first = np.unique(plan.code(*places.T), return_index=True)
    shown = places[first]
    for level in np.unique(times):
        prompts = times == level
        # On a prompt that was never shown, no response was.
        spent = known[:, 1:].ravel() if once and level else NONE
        eligible = _find_eligible(plan=plan, prompts=prompts, shown=shown, spent=spent)
        if eligible.any():
            i, j, probability = _choose_pair(plan=plan, eligible=eligible, generator=generator)
            free = _list_free(plan=plan, prompts=prompts, shown=shown, spent=spent, pair=(i, j))
            return _draw_on(plan=plan, free=free, pair=(i, j), probability=probability, generator=generator)
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
    *, plan: StudyPlan, prompts: NDArray[np.bool_], shown: NDArray[np.int64], spent: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """(K, K): whether the pair can be shown for the first time on one of these prompts. spent: responses that can't."""
    if len(spent):
        responses = plan.responses[prompts]
        left = count_together((responses > 0) & ~np.isin(responses, spent))
    else:
        left = _count_answered(plan=plan, prompts=prompts)
        mine = shown[prompts[shown[:, 0]]]
        np.subtract.at(left, (mine[:, 1], mine[:, 2]), 1)
        np.subtract.at(left, (mine[:, 2], mine[:, 1]), 1)
    np.fill_diagonal(left, 0)
    return np.asarray(left > 0, dtype=np.bool_)


def _count_answered(*, plan: StudyPlan, prompts: NDArray[np.bool_]) -> NDArray[np.int64]:
    """(K, K) on how many of these prompts both models have a response, counted over the fewer of these and the rest."""
    others = ~prompts
    if others.sum() < prompts.sum():
        return plan.together - count_together(plan.responses[others] > 0)
    return count_together(plan.responses[prompts] > 0)


def _list_free(
    *,
    plan: StudyPlan,
    prompts: NDArray[np.bool_],
    shown: NDArray[np.int64],
    spent: NDArray[np.int64],
    pair: tuple[int, int],
) -> NDArray[np.intp]:
    """Rows of these prompts on which the pair can be shown for the first time."""
    i, j = pair
    free = prompts & (plan.responses[:, i] > 0) & (plan.responses[:, j] > 0)
    free[shown[(shown[:, 1] == min(pair)) & (shown[:, 2] == max(pair)), 0]] = False
    rows = np.flatnonzero(free)
    return rows[~np.isin(plan.responses[rows][:, pair], spent).any(axis=1)] if len(spent) else rows


def _draw_on(
    *,
    plan: StudyPlan,
    free: NDArray[np.intp],
    pair: tuple[int, int],
    probability: float,
    generator: np.random.Generator,
) -> Draw:
    """On the prompt that the pair had the fewest votes on."""
    used = np.array([plan.prompt_counts.get(code, 0) for code in plan.code(free, *pair).tolist()])
    prompt = int(generator.choice(free[used == used.min()]))
    left, right = pair if generator.random() < 0.5 else pair[::-1]
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
