"""Repeats and checks: battles that measure the rater, among those that compare the models.

A repeat is an earlier battle with its sides swapped, a check a pair of which one response is known to be better. Both
look like any other to the rater, and neither is in a ranking.
"""

from collections.abc import Sequence

import numpy as np

from evaluations.models import Battle, Study
from evaluations.sampling import Draw
from evaluations.sessions import SessionBattle
from evaluations.study_plans import Seen, StudyPlan

# A repeat comes no sooner than this many battles later, when the first is no longer before the rater's eyes.
APART = 5
# How quickly a share that fell behind catches up: over about so many battles.
SPREAD = 10


def choose_extra(
    *,
    study: Study,
    plan: StudyPlan,
    past: Sequence[SessionBattle],
    seen: Sequence[Seen],
    generator: np.random.Generator,
) -> Draw | None:
    """A repeat or a check in place of the next battle, so that their shares tend to the study's rates; mostly None.

    past: the rater's battles in the session; seen: all that a check must not show again.
    """
    lot = generator.random()
    check = _find_chance(rate=study.check_rate, kind=Battle.Kind.CHECK, past=past)
    repeat = _find_chance(rate=study.repeat_rate, kind=Battle.Kind.REPEAT, past=past)
    if lot < check:
        return _choose_check(plan=plan, seen=seen, generator=generator, once=study.reveals_after_vote)
    if lot < check + repeat:
        return _choose_repeat(plan=plan, past=past, generator=generator)
    return None


def _find_chance(*, rate: float, kind: str, past: Sequence[SessionBattle]) -> float:
    """The rate, more where the share so far is below it, less where it is above; 0 stays 0."""
    if not rate:
        return 0.0
    behind = rate * len(past) - sum(battle.kind == kind for battle in past)
    return min(1.0, max(0.0, rate + behind / SPREAD))


def _choose_repeat(
    *, plan: StudyPlan, past: Sequence[SessionBattle], generator: np.random.Generator
) -> Draw | None:
    repeated = {battle.repeats_id for battle in past}
    old = [
        battle
        for battle in past[: max(0, len(past) - APART)]
        if battle.kind == Battle.Kind.NORMAL
        and battle.voted
        # Whoever knows the names no longer judges blind.
        and not battle.revealed
        and battle.pk not in repeated
        and plan.locate(battle.seen) is not None
    ]
    if not old:
        return None
    first = old[int(generator.integers(len(old)))]
    return Draw(
        prompt_id=first.seen.prompt_id,
        left_id=first.seen.right_id,
        right_id=first.seen.left_id,
        kind=Battle.Kind.REPEAT,
        repeats_id=first.pk,
    )


def _choose_check(
    *, plan: StudyPlan, seen: Sequence[Seen], generator: np.random.Generator, once: bool
) -> Draw | None:
    """A pair that is new to this rater; once: of which neither response was shown, since they may know who wrote it."""
    shown = [{pair.left_id, pair.right_id} for pair in seen]
    most = 0 if once else 1
    new = [row for row in plan.checks.tolist() if all(len(pair & set(row[1:])) <= most for pair in shown)]
    if not new:
        return None
    prompt, better, worse = new[int(generator.integers(len(new)))]
    is_left = generator.random() < 0.5
    return Draw(
        prompt_id=prompt,
        left_id=better if is_left else worse,
        right_id=worse if is_left else better,
        kind=Battle.Kind.CHECK,
        expected="left" if is_left else "right",
    )
