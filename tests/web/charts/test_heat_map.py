"""The numbers in the cells are those of the pairs, from either side, and the title is a fact of them."""

import re

import pytest

from evaluations.publishing.analyses import Analysis
from evaluations.web.charts.heat_map import (
    MOST_NUMBERED,
    build_heat_map,
    find_winner,
    name_steps,
)
from evaluations.web.charts.pairs import Rule, choose_step, list_leads, list_shares
from tests.web.charts.boards import make_board, make_row, make_rows

HALF = Rule(ties=True, both_bad=True)


def read_cells(figure):
    return [int(cell) for cell in re.findall(r'class="on-cell[^"]*"[^>]*>(\d+)<', figure.picture)]


def test_cells_in_the_order_of_the_board():
    rows = make_rows(3)
    pairs = [["m1", "m2", 6, 3, 1, 0], ["m1", "m3", 9, 1, 0, 0], ["m2", "m3", 1, 1, 1, 1]]
    figure = build_heat_map(make_board(rows, pairs=pairs))

    assert read_cells(figure) == [65, 90, 35, 50, 10, 50]
    assert figure.table.rows == [
        ["Model 1", None, 65, 90],
        ["Model 2", 35, None, 50],
        ["Model 3", 10, 50, None],
    ]
    assert figure.data().rows[0] == ["Model 1", "Model 2", 6, 3, 1, 0, 65]


@pytest.mark.parametrize(
    ("rule", "share"),
    [
        (Rule(ties=True, both_bad=True), 59),  # 6 + 3.5 of 16
        (Rule(ties=True, both_bad=False), 62),  # 7.5 of 12
        (Rule(ties=False, both_bad=False), 67),  # 6 of 9
    ],
)
def test_what_counts_half(rule, share):
    shares = list_shares([["a", "b", 6, 3, 3, 4]], rule=rule)
    assert shares["a", "b"] == share
    assert shares["b", "a"] == 100 - share


def test_the_analysis_says_what_counts():
    pairs = [["m1", "m2", 6, 2, 2, 10]]
    rows = make_rows(2)
    tie, out = (make_board(rows, pairs=pairs, both_bad=both_bad) for both_bad in ("tie", "out"))
    without = make_board(rows, pairs=pairs, both_bad="out", analysis=Analysis(ties="out"))

    assert [read_cells(build_heat_map(board))[0] for board in (tie, out, without)] == [60, 70, 75]
    assert "“both bad” is left out" in build_heat_map(out).note


def test_the_seven_steps_are_mirrored_around_fifty():
    assert [choose_step(share) for share in (0, 24, 25, 34, 35, 44, 45, 50, 55, 56, 65, 66, 75, 76, 100)] == [
        *(1, 1, 2, 2, 3, 3, 4, 4, 4, 5, 5, 6, 6, 7, 7)
    ]
    assert all(choose_step(share) + choose_step(100 - share) == 8 for share in range(101))
    assert name_steps() == [
        *("under 25", "25–34", "35–44", "45–55, about equal", "56–65", "66–75", "76 and over")
    ]


def test_models_that_never_met_have_no_cell():
    figure = build_heat_map(make_board(make_rows(3), pairs=[["m1", "m2", 1, 0, 0, 0]]))
    assert read_cells(figure) == [100, 0]


@pytest.mark.parametrize(
    ("pairs", "title"),
    [
        (
            [["m1", "m2", 6, 4, 0, 0], ["m1", "m3", 6, 4, 0, 0], ["m2", "m3", 6, 4, 0, 0]],
            "Model 1 won more battles than it lost against every other model",
        ),
        (
            [["m1", "m2", 4, 6, 0, 0], ["m1", "m3", 6, 4, 0, 0], ["m2", "m3", 6, 4, 0, 0]],
            "Model 2 won more battles than it lost against every other model",
        ),
        (
            [["m1", "m2", 5, 5, 0, 0], ["m1", "m3", 6, 4, 0, 0], ["m2", "m3", 6, 4, 0, 0]],
            "No model won more battles than it lost against every other model",
        ),
        (  # 50.2 and 50.4 of 100, which the cells round to 50
            [["m1", "m2", 251, 249, 0, 0], ["m1", "m3", 126, 124, 0, 0], ["m2", "m3", 6, 4, 0, 0]],
            "Model 1 won more battles than it lost against every other model",
        ),
        (  # 49.8 of 100
            [["m1", "m2", 249, 251, 0, 0], ["m1", "m3", 6, 4, 0, 0], ["m2", "m3", 4, 6, 0, 0]],
            "No model won more battles than it lost against every other model",
        ),
        (
            [["m1", "m2", 2, 1, 97, 0], ["m1", "m3", 2, 1, 0, 97], ["m2", "m3", 4, 6, 0, 0]],
            "Model 1 won more battles than it lost against every other model",
        ),
    ],
)
def test_title(pairs, title):
    assert (
        find_winner(make_rows(3), list_leads(pairs, shares=list_shares(pairs, rule=HALF)), entered=3) == title
    )


def test_title_of_a_model_that_did_not_meet_all():
    pairs = [["m1", "m2", 6, 4, 0, 0], ["m1", "m3", 6, 4, 0, 0], ["m2", "m4", 1, 1, 0, 0]]
    title = find_winner(make_rows(4), list_leads(pairs, shares=list_shares(pairs, rule=HALF)), entered=4)
    assert title == "Model 1 won more battles than it lost against every model it met"


def test_title_takes_models_without_a_place_too():
    """One that won every battle has no place, and has beaten the first of those that have one."""
    pairs = [["m1", "m2", 6, 4, 0, 0], ["m1", "m3", 6, 4, 0, 0], ["unbeaten", "m1", 9, 0, 0, 0]]
    title = find_winner(make_rows(3), list_leads(pairs, shares=list_shares(pairs, rule=HALF)), entered=4)
    assert title == "No model won more battles than it lost against every other model"


def test_many_models_have_colours_and_no_numbers():
    rows = make_rows(100)
    figure = build_heat_map(make_board(rows))

    assert read_cells(figure) == []
    areas = re.findall(r"h(\d+)v1h-\d+z", figure.picture)
    assert sum(map(int, areas)) == 100 * 99
    assert figure.picture.count("<path") == 2
    assert len(figure.table.rows) == MOST_NUMBERED
    assert len(figure.data().rows) == 100 * 99 / 2
    assert "The first 30 of 100 models" in figure.shown


def test_part_of_the_votes_is_said_not_to_be_shown():
    board = make_board(make_rows(2), analysis=Analysis(language="fr"))
    assert "All votes, whatever category or language" in build_heat_map(board).note
    assert "All votes, whatever" not in build_heat_map(make_board(make_rows(2))).note


def test_long_and_hostile_names_are_cut_and_escaped():
    name = "<script>alert(1)</script>" + "x" * 95
    rows = [make_row(name, score=1010, slug="m1"), make_row("B", score=990, ranks=(2, 2), slug="m2")]
    figure = build_heat_map(make_board(rows))

    assert "<script" not in figure.picture
    assert "<script" not in figure.table.body
    assert f"<title>{name.replace('<', '&lt;').replace('>', '&gt;')}</title>" in figure.picture
    assert max(map(len, re.findall(r"</title>([^<]*)<", figure.picture))) <= 40
