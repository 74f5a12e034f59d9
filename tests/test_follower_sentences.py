"""Who comes behind the leaders: a distance is said only where the ranges of ranks leave no doubt of the order."""

import pytest
from django.utils import translation

from evaluations.sentences import describe_followers
from tests.board_rows import make_rows


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("ranges", "scores", "sentence"),
    [
        (
            [(1, 2), (1, 2), (3, 4), (3, 5), (4, 5), (6, 7), (6, 7)],
            [1084, 1079, 1055, 1040, 1035, 1009, 1004],
            "C and D follow, about 20 points or more behind; from sixth place down, every model is about 70 points "
            "or more behind the lead.",
        ),
        (
            [(1, 1), (2, 2), (3, 3)],
            [1100, 1058, 1000],
            "B follows, about 40 points behind; C is about 100 points behind the lead.",
        ),
        (
            [(1, 2), (1, 3), (2, 3), (4, 4)],
            [1050, 1040, 1030, 900],
            "C follows; D is about 140 points behind the lead.",
        ),
        (
            [(1, 1), (2, 5), (2, 5), (2, 5), (2, 5)],
            [1100, 1059, 1058, 1057, 1056],
            "Every other model is about 40 points or more behind.",
        ),
        ([(1, 2), (1, 4), (2, 4), (2, 4)], [1100, 1059, 1058, 1057], "C and D follow."),
        ([(1, 2), (1, 6), (2, 6), (2, 6), (2, 6), (2, 6)], None, ""),
        ([(1, 3), (1, 3), (1, 3)], None, ""),
        # The last one's range is wider: it could be second, and stands below the one before it.
        ([(1, 2), (1, 3), (3, 4), (2, 4)], [1100, 1050, 907, 886], ""),
        ([(1, 1)], None, ""),
        ([(1, 1), (2, 2)], [1004, 1000], "B follows."),
    ],
)
def test_followers_have_a_distance_only_where_the_ranges_leave_no_doubt(ranges, scores, sentence):
    rows = make_rows(*ranges, scores=scores)
    assert describe_followers(rows=rows) == sentence
    assert describe_followers(rows=rows[::-1]) == sentence


def test_places_beyond_twelfth_are_numbers():
    ranges = [(1, 1), *[(2, 14)] * 2, *[(3, 14)] * 11, (15, 16), (15, 16)]
    rows = make_rows(*ranges, scores=[1200, *[1150 - place for place in range(13)], 1000, 990])
    assert "from place 15 down, every model is about 200 points or more" in describe_followers(rows=rows)
