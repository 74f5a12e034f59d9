"""A time that people plan with, never shorter than what is reckoned."""

import pytest

from evaluations.briefings.duration import SECONDS_PER_COMPARISON, tell_duration


@pytest.mark.parametrize(
    ("comparisons", "words"),
    [
        (1, "about 1 minute"),
        (2, "about 2 minutes"),
        (13, "about 10 minutes"),
        (14, "about 15 minutes"),
        (40, "about 30 minutes"),
        (41, "about 35 minutes"),
        (120, "about 90 minutes"),
        (121, "about 2 hours"),
        (320, "about 4 hours"),
    ],
)
def test_words(comparisons, words):
    assert tell_duration(comparisons=comparisons) == words


def test_nobody_is_held_longer_than_told():
    for comparisons in range(1, 500):
        said = int(tell_duration(comparisons=comparisons).split()[1])
        seconds = said * (3600 if "hour" in tell_duration(comparisons=comparisons) else 60)
        assert seconds >= comparisons * SECONDS_PER_COMPARISON
