"""What style control is said to change is true to the ranges of ranks."""

import pytest

from evaluations.web.charts.style_effect import Pair, describe_effects, find_moves
from tests.web.charts.boards import make_row


def pair(name, on, off, *, change=0.0):
    return Pair(on=make_row(name, score=1000 + change, ranks=on), off=make_row(name, score=1000, ranks=off))


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
