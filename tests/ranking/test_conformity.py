"""How often a rater votes as the others: against a count by hand, and where there is nobody to compare with."""

import numpy as np
import pytest

from evaluations.errors import BadVotes
from evaluations.ranking import measure_conformity
from evaluations.ranking.agreement import wilson_intervals


def measure(rows, **options):
    columns = np.array(rows, dtype=np.int64).reshape(-1, 3)
    return measure_conformity(item=columns[:, 0], rater=columns[:, 1], value=columns[:, 2], **options)


def count_by_hand(rows, others):
    """Pairwise, by loops."""
    shares = {}
    for item, rater, value in rows:
        met = [
            v for (i, r, v), counts in zip(rows, others, strict=True) if i == item and r != rater and counts
        ]
        if met:
            shares.setdefault(rater, []).append(sum(v == value for v in met) / len(met))
    return {rater: (len(each), sum(each) / len(each)) for rater, each in shares.items()}


@pytest.mark.parametrize("seed", range(5))
def test_shares_are_those_counted_by_hand(seed):
    draw = np.random.default_rng(seed)
    chosen = draw.choice(40 * 9, size=150, replace=False)
    rows = [(int(code) // 9, int(code) % 9, int(draw.integers(4))) for code in chosen]
    others = [rater != 3 for _, rater, _ in rows]
    shares = measure(rows, others=np.array(others))

    found = {share.rater: (share.trials, share.share.value) for share in shares.by_rater}
    assert found == {rater: pytest.approx(each) for rater, each in count_by_hand(rows, others).items()}
    for share in shares.by_rater:
        lower, upper = wilson_intervals(
            share=np.array([share.share.value]), trials=np.array([float(share.trials)]), level=0.95
        )
        assert (share.share.lower, share.share.upper) == (lower[0], upper[0])


def test_the_first_vote_of_a_rater_on_an_item_counts():
    shares = measure([(0, 0, 1), (0, 0, 2), (0, 1, 1)])

    assert [(share.rater, share.trials, share.share.value) for share in shares.by_rater] == [
        (0, 1, 1.0),
        (1, 1, 1.0),
    ]


@pytest.mark.parametrize("rows", [[], [(0, 0, 1), (1, 1, 1)]])
def test_without_a_shared_item_nothing_is_said(rows):
    shares = measure(rows)

    assert shares.by_rater == ()
    assert shares.overall.value is None
    assert shares.overall.reason


def test_columns_have_one_length():
    with pytest.raises(BadVotes):
        measure([(0, 0, 1)], others=np.ones(2, dtype=np.bool_))
