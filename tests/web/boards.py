"""Studies with votes that were sealed and ranked, as the pages show them."""

from datetime import timedelta
from pathlib import Path

from evaluations.ledger import seal_all
from evaluations.models import Rater, Study
from evaluations.quality.decisions import decide_rater
from tests.factories import NOW, make_battle, make_rater, make_study, make_vote
from tests.refreshing import refresh_all

# Pairs of models by place in the study, and who won how often: the first model leads, the third trails.
BALANCED = ((0, 1, 6, 4), (0, 2, 8, 2), (1, 2, 7, 3))


def make_ranked_study(
    *, columns_root: Path, results=BALANCED, raters: int = 4, origin="shown", **options
) -> Study:
    """A study whose leaderboard has a snapshot. results: (model, other, wins, losses)."""
    study = make_study(**options)
    add_votes(study=study, results=results, raters=raters, origin=origin)
    publish(columns_root=columns_root)
    return study


def add_votes(
    *,
    study: Study,
    results=BALANCED,
    raters: int = 4,
    origin="shown",
    outcome: str | None = None,
    prompt=None,
) -> None:
    people = [make_rater() for _ in range(raters)]
    prompt = prompt or study.prompt_set.prompts.first()
    answers = list(prompt.responses.order_by("model__slug"))
    turns = 0
    for first, second, wins, losses in results:
        for won in [True] * wins + [False] * losses:
            battle = make_battle(
                study=study,
                rater=people[turns % raters],
                prompt=prompt,
                left=answers[first],
                right=answers[second],
                origin=origin,
            )
            make_vote(battle=battle, outcome=outcome or ("left" if won else "right"))
            turns += 1


def exclude_first(study: Study) -> None:
    """Leave out the votes of whoever voted first."""
    rater = Rater.objects.filter(battles__study=study).order_by("battles__pk").first()
    decide_rater(
        study=study,
        rater=rater,
        number=1,
        decision="exclude",
        reason="Too fast to have read.",
        flags=(),
        after=0,
        user=None,
        now=NOW + timedelta(hours=1),
    )


def publish(*, columns_root: Path) -> None:
    now = NOW + timedelta(days=1)
    seal_all(now=now)
    refresh_all(columns_root=columns_root, now=now)
