"""What there is to draw from in a study: prompts, models, responses, and how many votes each pair has.

They change only by an amendment once the study is open, so each process keeps them as arrays under the protocol's hash;
the counts of votes come from the columns and are seconds old, which balance can afford.
"""

import threading
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from evaluations.columns import OUTCOMES, Columns, map_columns
from evaluations.models import Response, Study

COUNTS_LIVE_SECONDS = 3.0
COLUMNS_LIVE_SECONDS = 60.0
# A draft's pilot may change at any time, and nothing in it says that it did.
PILOT_PLAN_LIVES_SECONDS = 10.0
MOST_PLANS = 32


class Seen(NamedTuple):
    """A battle this rater was shown: the prompt's id and the ids of the two responses."""

    prompt_id: int
    left_id: int
    right_id: int


@dataclass(kw_only=True)
class StudyPlan:
    """prompts (P,) and models (K,) are ids, responses (P, K) ids of responses or 0; counts are those of votes.

    together (K, K): prompts that both models answered. pair_counts (K, K): votes on each pair, whatever they said;
    outcome_counts (4, K, K): votes by outcome, by left and right model. checks (C, 3): ids of the prompt, the better
    and the worse response.
    """

    study_id: int
    sampling: str
    prompts: NDArray[np.int64]
    models: NDArray[np.int64]
    responses: NDArray[np.int64]
    together: NDArray[np.int64]
    pair_counts: NDArray[np.int64]
    outcome_counts: NDArray[np.int64]
    checks: NDArray[np.int64]
    # Votes on (prompt, i, j) with i < j, coded as one number; sparse, since most are never drawn.
    prompt_counts: Counter[int] = field(default_factory=Counter)
    counted: int = 0
    made_at: float = field(default_factory=time.monotonic)
    checked_at: float = -1e9
    lock: threading.Lock = field(default_factory=threading.Lock)

    def code(self, prompt: Any, i: Any, j: Any) -> Any:
        return (prompt * len(self.models) + np.minimum(i, j)) * len(self.models) + np.maximum(i, j)

    def locate(self, seen: Seen) -> tuple[int, int, int] | None:
        """Row of the prompt and columns of the two models; None where one of them has retired since."""
        prompt = int(np.searchsorted(self.prompts, seen.prompt_id))
        known = prompt < len(self.prompts) and self.prompts[prompt] == seen.prompt_id
        row = self.responses[prompt].tolist() if known else []
        if seen.left_id not in row or seen.right_id not in row:
            return None
        return prompt, row.index(seen.left_id), row.index(seen.right_id)


_plans: dict[tuple[int, str], StudyPlan] = {}


def fetch_plan(*, study: Study) -> StudyPlan:
    """The study's plan, from this process's memory after the first time."""
    key = (study.pk, study.protocol_hash)
    plan = _plans.get(key)
    oldest = time.monotonic() - PILOT_PLAN_LIVES_SECONDS
    if plan is None or (not study.protocol_hash and plan.made_at < oldest):
        while len(_plans) >= MOST_PLANS:
            _plans.pop(next(iter(_plans)))
        plan = _plans[key] = build_plan(study=study)
    return plan


def build_plan(*, study: Study) -> StudyPlan:
    answers = Response.objects.filter(
        prompt__prompt_set_id=study.prompt_set_id,
        model__entries__study=study,
        model__entries__retired_at__isnull=True,
    )
    table = read_ids(answers.values_list("prompt_id", "model_id", "pk"))
    prompts, rows = np.unique(table[:, 0], return_inverse=True)
    models, columns = np.unique(table[:, 1], return_inverse=True)
    responses = np.zeros((len(prompts), len(models)), dtype=np.int64)
    responses[rows, columns] = table[:, 2]
    return StudyPlan(
        study_id=study.pk,
        sampling=study.sampling,
        prompts=prompts,
        models=models,
        responses=responses,
        together=count_together(responses > 0),
        pair_counts=np.zeros(2 * models.shape, dtype=np.int64),
        outcome_counts=np.zeros((len(OUTCOMES), *2 * models.shape), dtype=np.int64),
        checks=read_ids(study.known_answers.order_by("pk").values_list("prompt_id", "better_id", "worse_id")),
    )


def update_counts(*, plan: StudyPlan, root: Path) -> None:
    """Add the votes sealed since the last time. One thread does it; the others draw from what is there."""
    if time.monotonic() - plan.checked_at < COUNTS_LIVE_SECONDS or not plan.lock.acquire(blocking=False):
        return
    try:
        columns = map_columns(root=root, oldest=time.time() - COLUMNS_LIVE_SECONDS)
        if columns.size < plan.counted:
            plan.counted, plan.prompt_counts = 0, Counter()
            plan.outcome_counts = np.zeros_like(plan.outcome_counts)
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
    outcomes = plan.outcome_counts.copy()
    np.add.at(outcomes, (columns.outcome[new][mine][known], left, right), 1)
    # New tables in place of the old ones: a thread that draws meanwhile sees whole counts, never half of a vote.
    plan.outcome_counts = outcomes
    plan.pair_counts = outcomes.sum(axis=0) + outcomes.sum(axis=0).T
    plan.prompt_counts.update(plan.code(prompt, left, right).tolist())
    plan.counted = columns.size


def read_ids(rows: Iterable[tuple[int, int, int]]) -> NDArray[np.int64]:
    """(N, 3), also without a row."""
    return np.array(list(rows), dtype=np.int64).reshape(-1, 3)


def count_together(answered: NDArray[np.bool_]) -> NDArray[np.int64]:
    """(K, K) on how many of these prompts (rows) both models have a response."""
    # As floats, which count exactly up to 2^24 prompts: the product of matrices of integers is many times slower.
    table = answered.astype(np.float32)
    return np.asarray(np.rint(table.T @ table), dtype=np.int64)
