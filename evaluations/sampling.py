"""Which battle comes next: a pair that has few votes, on a prompt this rater has not seen.

A study's prompts, models and responses never change once it is open, so each process keeps them as arrays; the
counts of votes come from the columns and are seconds old, which balance can afford.
"""

import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evaluations.columns import Columns, map_columns
from evaluations.errors import NoEligiblePair
from evaluations.models import Response, Study
from evaluations.ranking import choose_pair

COUNTS_LIVE_SECONDS = 3.0
COLUMNS_LIVE_SECONDS = 60.0
MOST_PLANS = 32


@dataclass(frozen=True, kw_only=True)
class Draw:
    """A drawn battle: ids, and the probability of the pair's draw."""

    prompt_id: int
    left_id: int
    right_id: int
    probability: float


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A battle this rater was shown: the prompt's id and the ids of the two responses."""

    prompt_id: int
    left_id: int
    right_id: int


@dataclass(kw_only=True)
class StudyPlan:
    """prompts (P,) and models (K,) are ids, responses (P, K) ids of responses or 0; counts are those of votes."""

    study_id: int
    prompts: NDArray[np.int64]
    models: NDArray[np.int64]
    responses: NDArray[np.int64]
    pair_counts: NDArray[np.int64]
    # Votes on (prompt, i, j) with i < j, coded as one number; sparse, since most are never drawn.
    prompt_counts: Counter[int] = field(default_factory=Counter)
    counted: int = 0
    checked_at: float = -1e9
    lock: threading.Lock = field(default_factory=threading.Lock)

    def code(self, prompt: int, i: int, j: int) -> int:
        return (prompt * len(self.models) + min(i, j)) * len(self.models) + max(i, j)

    def locate(self, seen: Seen) -> tuple[int, int, int] | None:
        """Row of the prompt and columns of the two models; None where one of them has retired since."""
        prompt = int(np.searchsorted(self.prompts, seen.prompt_id))
        if prompt == len(self.prompts) or self.prompts[prompt] != seen.prompt_id:
            return None
        row = self.responses[prompt].tolist()
        if seen.left_id not in row or seen.right_id not in row:
            return None
        return prompt, row.index(seen.left_id), row.index(seen.right_id)


_plans: dict[tuple[int, str], StudyPlan] = {}


def fetch_plan(*, study: Study) -> StudyPlan:
    """The study's plan, from this process's memory after the first time."""
    key = (study.pk, study.protocol_hash)
    if key not in _plans:
        while len(_plans) >= MOST_PLANS:
            _plans.pop(next(iter(_plans)))
        _plans[key] = build_plan(study=study)
    return _plans[key]


def build_plan(*, study: Study) -> StudyPlan:
    answers = Response.objects.filter(
        prompt__prompt_set_id=study.prompt_set_id,
        model__entries__study=study,
        model__entries__retired_at__isnull=True,
    )
    table = np.array(list(answers.values_list("prompt_id", "model_id", "pk")), dtype=np.int64).reshape(-1, 3)
    prompts, rows = np.unique(table[:, 0], return_inverse=True)
    models, columns = np.unique(table[:, 1], return_inverse=True)
    responses = np.zeros((len(prompts), len(models)), dtype=np.int64)
    responses[rows, columns] = table[:, 2]
    counts = np.zeros((len(models), len(models)), dtype=np.int64)
    return StudyPlan(
        study_id=study.pk, prompts=prompts, models=models, responses=responses, pair_counts=counts
    )


def update_counts(*, plan: StudyPlan, root: Path) -> None:
    """Add the votes sealed since the last time. One thread does it; the others draw from what is there."""
    if time.monotonic() - plan.checked_at < COUNTS_LIVE_SECONDS or not plan.lock.acquire(blocking=False):
        return
    try:
        columns = map_columns(root=root, oldest=time.time() - COLUMNS_LIVE_SECONDS)
        if columns.size < plan.counted:
            plan.counted = 0
            plan.pair_counts = np.zeros_like(plan.pair_counts)
            plan.prompt_counts = Counter()
        add_counts(plan=plan, columns=columns)
        plan.checked_at = time.monotonic()
    finally:
        plan.lock.release()


def add_counts(*, plan: StudyPlan, columns: Columns) -> None:
    """Count the columns' rows from `plan.counted` on."""
    new = slice(plan.counted, columns.size)
    mine = (columns.study[new] == plan.study_id) & (columns.outcome[new] >= 0)
    ids = (columns.prompt[new][mine], columns.left[new][mine], columns.right[new][mine])
    # A model retired or a prompt left out since is no longer in the plan; its votes balance nothing.
    known = np.isin(ids[0], plan.prompts) & np.isin(ids[1], plan.models) & np.isin(ids[2], plan.models)
    prompt = np.searchsorted(plan.prompts, ids[0][known])
    left, right = (np.searchsorted(plan.models, column[known]) for column in ids[1:])
    # A new table in place of the old one: a thread that draws meanwhile sees whole counts, never half of a vote.
    counts = plan.pair_counts.copy()
    np.add.at(counts, (left, right), 1)
    np.add.at(counts, (right, left), 1)
    plan.pair_counts = counts
    size = len(plan.models)
    codes = (prompt * size + np.minimum(left, right)) * size + np.maximum(left, right)
    plan.prompt_counts.update(codes.tolist())
    plan.counted = columns.size


def draw_battle(*, plan: StudyPlan, seen: Sequence[Seen], generator: np.random.Generator) -> Draw:
    """A pair with few votes, on a prompt least seen by this rater and least used for the pair; sides by a coin.

    Raises NoEligiblePair when this rater has seen every pair on every prompt.
    """
    located = [place for battle in seen if (place := plan.locate(battle)) is not None]
    shown = np.array(located, dtype=np.int64).reshape(-1, 3)
    times = np.bincount(shown[:, 0], minlength=len(plan.prompts))
    for level in np.unique(times):
        unseen = _list_unseen(plan=plan, prompts=times == level, shown=shown)
        if unseen.any():
            return _draw_from(plan=plan, unseen=unseen, generator=generator)
    raise NoEligiblePair("This rater has seen every pair on every prompt.")


def _list_unseen(
    *, plan: StudyPlan, prompts: NDArray[np.bool_], shown: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """(P, K, K): whether the pair can be shown on the prompt, among these prompts, for the first time."""
    answered = (plan.responses > 0) & prompts[:, None]
    unseen = answered[:, :, None] & answered[:, None, :]
    unseen[shown[:, 0], shown[:, 1], shown[:, 2]] = False
    unseen[shown[:, 0], shown[:, 2], shown[:, 1]] = False
    diagonal = np.arange(len(plan.models))
    unseen[:, diagonal, diagonal] = False
    return unseen


def _draw_from(*, plan: StudyPlan, unseen: NDArray[np.bool_], generator: np.random.Generator) -> Draw:
    eligible: NDArray[np.bool_] = np.any(unseen, axis=0)
    i, j, probability = choose_pair(counts=plan.pair_counts, eligible=eligible, generator=generator)
    prompts = np.flatnonzero(unseen[:, i, j])
    used = np.array([plan.prompt_counts[plan.code(prompt, i, j)] for prompt in prompts.tolist()])
    prompt = int(generator.choice(prompts[used == used.min()]))
    left, right = (i, j) if generator.random() < 0.5 else (j, i)
    return Draw(
        prompt_id=int(plan.prompts[prompt]),
        left_id=int(plan.responses[prompt, left]),
        right_id=int(plan.responses[prompt, right]),
        probability=probability,
    )
