"""What style control is said to change is true to the ranges of ranks."""

import pytest
from django.utils import translation

from evaluations.web.charts.style_words import Pair, describe_effects, find_moves, say_what_is_measured
from tests.web.charts.boards import make_row


def pair(name, on, off, *, change=0.0, half=10.0):
    return Pair(
        on=make_row(name, score=1000 + change, half=half, ranks=on), off=make_row(name, score=1000, ranks=off)
    )


@pytest.mark.parametrize(
    ("pairs", "title"),
    [
        ([pair("A", (1, 1), (1, 1)), pair("B", (2, 2), (2, 2))], "Style changes no rank"),
        (
            [pair("A", (1, 2), (1, 1)), pair("B", (1, 2), (2, 2))],
            "Style changes no rank for certain",
        ),
        ([pair("A", (2, 2), (1, 1)), pair("B", (1, 3), (2, 2))], "Style changes the rank of A"),
        ([pair("A", (2, 2), (1, 1)), pair("B", (1, 1), (2, 2))], "Style changes the ranks of A and B"),
        ([pair(name, (5, 6), (1, 4)) for name in "ABCD"], "Style changes the ranks of 4 models"),
    ],
)
def test_title(pairs, title):
    assert find_moves(pairs) == title


def effect(name, lower, upper):
    return {"name": name, "value": (lower + upper) / 2, "lower": lower, "upper": upper}


@pytest.mark.parametrize(
    ("effects", "said"),
    [
        ([effect("length", 0.1, 0.3), effect("bold", -0.1, 0.2)], "What gains votes: length."),
        ([effect("lists", -0.3, -0.1)], "What costs votes: lists."),
        ([effect("length", -0.1, 0.3)], "None of these is certain to gain or to cost votes."),
        ([effect("position", 0.1, 0.3)], ""),
        (
            [effect("length", 0.1, 0.3), effect("headings", 0.1, 0.3), effect("bold", -2, -1)],
            "What gains votes: length and headings. What costs votes: bold.",
        ),
    ],
)
def test_an_effect_is_named_where_its_whole_interval_is_on_one_side(effects, said):
    assert describe_effects(effects) == said


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        (
            [pair("A", (1, 2), (1, 2), change=9), pair("B", (1, 2), (1, 2), change=-9)],
            "No model’s score leaves its interval.",
        ),
        (
            [pair("A", (1, 2), (1, 2), change=300, half=400), pair("B", (1, 2), (1, 2), change=-11)],
            "The largest change is that of B, −11 points, to 989 (979–999).",
        ),
        (
            [pair("A", (1, 1), (1, 1), change=987, half=1650)],
            "No model’s score leaves its interval. The intervals are so wide that these scores say next to nothing: so "
            "few votes do not tell style and the models apart.",
        ),
    ],
)
def test_a_change_is_said_where_it_is_more_than_its_interval_allows_for(pairs, said):
    with translation.override("en"):
        assert say_what_is_measured(pairs, effects=[], elo=False) == (
            f"Scores with length, headings, bold and lists held equal, and without. {said}"
        )


def test_beside_elo_it_says_by_what_it_is():
    with translation.override("en"):
        said = say_what_is_measured([pair("A", (1, 1), (1, 1))], effects=[], elo=True)
    assert "By Bradley–Terry, which the board above is not: Elo has no style control." in said
