"""The draw of a battle, as studies grow: balanced and adaptive by arrays in the process, designed by the database.

Prints the median time of a draw for a study of 5,000 prompts and 100 models by a rater who saw a hundred battles, with
the memory that the draw takes at most; and that of a lease in a designed study with 100,000 slots, at the start and
when half of them are taken. Targets: draws under 20 ms, far from a table of prompts × pairs; leases of constant cost.
"""

import tracemalloc
from collections import Counter
from typing import Any

import numpy as np
from _arena import print_table, run_arena, time_median

PROMPTS, MODELS, SEEN = 5_000, 100, 100
SLOTS, VOTES_PER_ITEM = 100_000, 5


def make_plan(*, sampling: str) -> Any:
    from evaluations.study_plans import StudyPlan, count_together

    generator = np.random.default_rng(1)
    # One response in twenty is missing.
    answered = generator.random((PROMPTS, MODELS)) > 0.05
    ids = np.arange(1, PROMPTS * MODELS + 1).reshape(PROMPTS, MODELS)
    outcomes = generator.integers(0, 40, (4, MODELS, MODELS))
    for table in outcomes:
        np.fill_diagonal(table, 0)
    return StudyPlan(
        study_id=1,
        sampling=sampling,
        prompts=np.arange(PROMPTS),
        models=np.arange(MODELS),
        responses=np.where(answered, ids, 0),
        together=count_together(answered),
        pair_counts=outcomes.sum(axis=0) + outcomes.sum(axis=0).T,
        outcome_counts=outcomes,
        checks=np.zeros((0, 3), dtype=np.int64),
        prompt_counts=Counter(),
    )


def time_draws(*, sampling: str) -> tuple[str, ...]:
    from evaluations.sampling import draw_battle
    from evaluations.study_plans import Seen

    plan, generator = make_plan(sampling=sampling), np.random.default_rng(2)
    seen: list[Seen] = []

    def draw() -> None:
        battle = draw_battle(plan=plan, seen=seen, generator=generator)
        if len(seen) < SEEN:
            seen.append(Seen(prompt_id=battle.prompt_id, left_id=battle.left_id, right_id=battle.right_id))

    for _ in range(SEEN):
        draw()
    seconds = time_median(draw, rounds=50)
    tracemalloc.start()
    draw()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return f"{sampling}, {PROMPTS:,} × {MODELS}", f"{seconds * 1000:.1f} ms", f"{most / 1e6:.1f} MB"


# What half of the raters would have done, in the order of the leases, without a commit for each.
TAKE_HALF = """
WITH taken AS (
  SELECT s.id, (%(raters)s::bigint[])[s.number] AS rater_id, i.prompt_id, i.first_id, i.second_id,
    row_number() OVER (ORDER BY s.number, s.lot) AS number
  FROM evaluations_slot s JOIN evaluations_item i ON i.id = s.item_id WHERE s.battle_id IS NULL
  ORDER BY s.number, s.lot LIMIT %(half)s
), made AS (
  INSERT INTO evaluations_battle (token, study_id, rater_id, number, prompt_id, left_id, right_id, origin, kind,
    pilot, expected, created_at, expires_at)
  SELECT 'h' || id, %(study)s, rater_id, number, prompt_id, first_id, second_id, 'shown', 'normal', false, '',
    now(), now() + interval '2 hours' FROM taken RETURNING id, token, rater_id
)
UPDATE evaluations_slot s SET battle_id = made.id, rater_id = made.rater_id, leased_until = now() + interval '2 hours'
FROM made WHERE made.token = 'h' || s.id
"""


class Lessee:
    """Raters who take one item after the other, forty each."""

    def __init__(self, *, study: Any) -> None:
        self.study, self.number = study, 0

    def lease(self) -> None:
        from django.utils import timezone

        from evaluations.items import lease_slot
        from evaluations.raters import create_rater

        now = timezone.now()
        if self.number % 40 == 0:
            self.rater = create_rater(now=now)
        self.number += 1
        number = (self.number - 1) % 40 + 1
        values = {"study": self.study, "rater": self.rater, "number": number, "swapped": False, "now": now}
        assert lease_slot(**values, token=f"t{self.number}")

    def take(self, slots: int) -> None:
        from django.db import connection
        from django.utils import timezone

        from evaluations.raters import create_rater

        raters = [create_rater(now=timezone.now()).pk for _ in range(VOTES_PER_ITEM)]
        with connection.cursor() as cursor:
            cursor.execute(TAKE_HALF, {"half": slots, "study": self.study.pk, "raters": raters})


def time_leases() -> list[tuple[str, ...]]:
    from _study import make_study

    study = make_study(
        models=5, prompts=SLOTS // VOTES_PER_ITEM // 10, sampling="designed", votes_per_item=VOTES_PER_ITEM
    )
    lessee = Lessee(study=study)
    first = time_median(lessee.lease, rounds=200)
    lessee.take(SLOTS // 2)
    later = time_median(lessee.lease, rounds=200)
    return [
        (f"designed, {SLOTS:,} slots free", f"{first * 1000:.1f} ms", "–"),
        ("designed, half of them taken", f"{later * 1000:.1f} ms", "–"),
    ]


def main() -> None:
    with run_arena():
        rows = [("study", "draw, median", "memory, most")]
        rows += [time_draws(sampling="balanced"), time_draws(sampling="adaptive"), *time_leases()]
        print_table(rows)


if __name__ == "__main__":
    main()
