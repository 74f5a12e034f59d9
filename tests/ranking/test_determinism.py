"""The same votes and parameters give the same bytes, whatever the number of threads."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from evaluations.ranking import Votes, rank
from tests.ranking import reference

PROGRAM = """
import hashlib
from evaluations.ranking import rank
from tests.ranking.reference import draw_votes
votes = draw_votes(seed=41, theta=[n / 40 for n in range(120)], votes=60_000, raters=900, spread=0.3)
ranking = rank(votes, rounds=200)
names = ("strength", "standard_error", "score", "lower", "upper", "rank_low", "rank_high", "win_rate")
data = repr(ranking.models).encode() + b"".join(getattr(ranking, name).tobytes() for name in names)
print(hashlib.sha256(data).hexdigest())
"""


def run(**environment):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=Path(__file__).parents[2],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_threads_do_not_change_a_byte():
    digests = {run(OPENBLAS_NUM_THREADS=threads, OMP_NUM_THREADS=threads) for threads in ("1", "2", "4")}
    assert len(digests) == 1


@pytest.mark.parametrize("interval", ["sandwich", "bootstrap"])
def test_names_given_in_another_order_do_not_change_a_byte(interval):
    votes = reference.draw_votes(seed=42, theta=[0.4, 0.1, -0.1, -0.4], votes=800, raters=30)
    shuffled = [2, 0, 3, 1]
    place = [shuffled.index(number) for number in range(4)]
    other = Votes.from_codes(
        models=[votes.models[number] for number in shuffled],
        a=[place[number] for number in votes.a],
        b=[place[number] for number in votes.b],
        outcome=votes.outcome,
        rater=votes.rater,
    )
    one, two = (rank(given, interval=interval, rounds=50) for given in (votes, other))
    assert one.models == two.models
    assert one.lower.tobytes() == two.lower.tobytes()
    assert one.rank_high.tobytes() == two.rank_high.tobytes()


def test_the_result_cannot_be_changed_by_its_reader():
    ranking = rank(reference.draw_votes(seed=43, theta=[0.4, -0.4], votes=100), cluster=None)
    for name in ("strength", "score", "lower", "upper", "rank_low", "rank_high", "votes", "win_rate"):
        with pytest.raises(ValueError, match="read-only"):
            getattr(ranking, name)[0] = 0
