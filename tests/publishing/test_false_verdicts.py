"""A false verdict comes no more often than its risk, however often snapshots look, however often raters vote."""

import numpy as np

from evaluations.publishing.claims import judge_claims
from evaluations.publishing.votes import CountedVotes

RUNS, RATERS, VOTES_EACH = 150, 120, 4
LOOKS = (10, 20, 40, 80, 120)
MARGIN, ALPHA, TIES = 30.0, 0.1, 0.2
# The expected score at the very edge of the claim, where either verdict is false.
EXPECTED = 1 / (1 + 10 ** (-MARGIN / 400))
CLAIM = {"number": 1, "kind": "superior", "model": "alpha", "rival": "beta", "margin": MARGIN, "alpha": ALPHA}
# Three standard errors of the share that is allowed.
MOST = ALPHA + 3 * np.sqrt(ALPHA * (1 - ALPHA) / RUNS)


def test_false_verdicts_under_repeated_looks():
    """Each rater votes four times alike. A test of fixed size on first votes, looked at as often, would be wrong more
    than twice as often as it says."""
    draw = np.random.default_rng(20261201)
    runs = [draw_outcomes(draw) for _ in range(RUNS)]
    wrong = np.mean([any(judge(outcome[:size]) != "undecided" for size in LOOKS) for outcome in runs])
    naive = np.mean([any(reject_once(outcome[:size]) for size in LOOKS) for outcome in runs])
    assert wrong <= MOST
    assert naive > 2 * ALPHA


def draw_outcomes(draw):
    """(RATERS,) what each finds: 0 alpha, which is shown on the left, 1 beta, 2 a tie."""
    wins = (EXPECTED - TIES / 2) / (1 - TIES)
    won = np.where(draw.random(RATERS) < wins, 0, 1)
    return np.where(draw.random(RATERS) < TIES, 2, won)


def judge(outcome):
    """The verdict of a snapshot that counts all votes of these raters."""
    rater = np.repeat(np.arange(len(outcome)), VOTES_EACH)
    zeros = np.zeros(len(rater), dtype=np.int64)
    style = np.ones((len(rater), 4), dtype=np.int64)
    votes = CountedVotes(
        models=("alpha", "beta"),
        categories=("explain",),
        languages=("en",),
        position=np.arange(len(rater)),
        right=zeros + 1,
        outcome=outcome[rater],
        rater=rater,
        probability=np.full(len(rater), 0.5),
        left_style=style,
        right_style=style,
        **dict.fromkeys(("left", "prompt", "category", "language", "origin"), zeros),
    )
    (judged,) = judge_claims(votes, claims=[CLAIM])
    return judged["verdict"]


def reject_once(outcome):
    score = np.choose(outcome, [1.0, 0.0, 0.5])
    return abs(score.mean() - EXPECTED) > 1.645 * score.std() / np.sqrt(len(score))
