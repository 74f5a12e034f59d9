"""The finding is true to the intervals, the line joins what no cheaper model beats, and names do not collide."""

from dataclasses import replace
from itertools import combinations

import pytest

from evaluations.models import PromptSet
from evaluations.publishing.analyses import Analysis
from evaluations.response_costs import ResponseCost, choose_currency
from evaluations.web.charts.bargains import can_separate, describe_front, find_bargain, price_rows
from evaluations.web.charts.cost import build_cost, fit_axes, trace_front
from evaluations.web.charts.labels import Line, Point, _box_line, _box_text, place_labels
from evaluations.web.charts.words import write_money
from tests.web.charts.boards import make_board, make_row, make_rows


def make_cost(row, cost, *, currency="EUR"):
    return ResponseCost(
        model=row.model, cost=cost, currency=currency, tokens_in=10, tokens_out=100, counted=False
    )


def price(*rows_with_costs):
    rows = [row for row, _cost in rows_with_costs]
    return price_rows(rows, costs=[make_cost(row, cost) for row, cost in rows_with_costs])


def test_the_line_joins_what_no_cheaper_model_beats():
    best, middle, beaten, cheap = make_rows(4)
    priced = price((best, 10), (middle, 3), (beaten, 5), (cheap, 1))

    assert [item.row.model.name for item in priced] == ["Model 4", "Model 2", "Model 3", "Model 1"]
    assert [item.best for item in priced] == [True, True, False, True]


def test_a_little_worse_is_beaten_all_the_same():
    good, worse = make_row("Good", score=1001), make_row("Worse", score=1000)
    assert [item.best for item in price((good, 1), (worse, 2))] == [True, False]


def test_of_equally_cheap_models_the_better_one_counts():
    first, second = make_rows(2)
    assert [item.best for item in price((second, 1), (first, 1))] == [True, False]


@pytest.mark.parametrize(
    ("cost", "title"),
    [
        (9.0, ""),
        (7.9, "Boreal costs less than four fifths of Delphi, and the votes cannot separate them"),
        (4.9, "Boreal costs less than half of Delphi, and the votes cannot separate them"),
        (5.0, "Boreal costs less than four fifths of Delphi, and the votes cannot separate them"),
        (2.4, "Boreal costs less than a quarter of Delphi, and the votes cannot separate them"),
        (0.9, "Boreal costs less than a tenth of Delphi, and the votes cannot separate them"),
    ],
)
def test_two_that_the_votes_can_not_separate(cost, title):
    delphi = make_row("Delphi", score=1010, ranks=(1, 2))
    boreal = make_row("Boreal", score=1005, ranks=(1, 2))
    assert find_bargain(price((delphi, 10), (boreal, cost))) == title


@pytest.mark.parametrize(("ranks", "score"), [((2, 2), 1005), ((1, 2), 980)])
def test_no_bargain_where_ranks_or_intervals_differ(ranks, score):
    delphi = make_row("Delphi", score=1010, ranks=(1, 2))
    boreal = make_row("Boreal", score=score, ranks=ranks)
    priced = price((delphi, 10), (boreal, 1))
    assert find_bargain(priced) == ""
    assert describe_front(priced) == "2 of 2 models have the best score for their cost"


def test_no_bargain_where_a_model_without_a_price_is_better():
    """Ranks of both begin at 2, and the second of them may be what the first is better than."""
    delphi = make_row("Delphi", score=1010, ranks=(2, 3))
    boreal = make_row("Boreal", score=1005, ranks=(2, 3))
    assert find_bargain(price((delphi, 10), (boreal, 1))) == ""


@pytest.mark.parametrize(
    ("analysis", "counted", "all_votes", "expected"),
    [
        (Analysis(), 100, 100, True),
        (Analysis(), 99, 99, False),
        (Analysis(category="code"), 99, 500, False),
        (Analysis(category="code"), 100, 500, True),
        (Analysis(ties="out"), 500, 500, False),
        (Analysis(method="elo"), 500, 500, False),
    ],
)
def test_few_votes_and_orders_of_votes_say_nothing_of_what_they_do_not_separate(
    analysis, counted, all_votes, expected
):
    made = make_board(make_rows(2), analysis=analysis, minimum_votes=100)
    votes = {"counted": counted, "ties": 401, "both_bad": 0}
    document = {**made.document, "votes": {"counted": all_votes}}
    assert can_separate(replace(made, votes=votes, document=document)) == expected


@pytest.mark.parametrize("minimum", [100, 501])
def test_the_title_and_its_caution(monkeypatch, minimum):
    rows = [make_row("Delphi", score=1010, ranks=(1, 2)), make_row("Boreal", score=1005, ranks=(1, 2))]
    costs = [make_cost(rows[0], 10), make_cost(rows[1], 1)]
    monkeypatch.setattr("evaluations.web.charts.cost.measure_costs", lambda **_options: costs)
    board = make_board(rows, minimum_votes=minimum)
    monkeypatch.setattr("evaluations.web.charts.cost.shows_texts", lambda **_options: True)
    board.study.prompt_set = PromptSet()
    figure = build_cost(board)
    settled = minimum == 100
    assert ("the votes cannot separate them" in figure.title) == settled
    assert ("do not show that the two are equal" in figure.note) == settled
    assert "matches" not in figure.title + figure.note


def test_the_best_that_is_also_the_cheapest():
    first, second = make_rows(2)
    priced = price((first, 1), (second, 2))
    assert find_bargain(priced) == ""
    assert describe_front(priced) == "Model 1 costs least and has the highest score"


def test_points_lie_inside_and_in_order():
    priced = price(*((row, 0.01 * 3**place) for place, row in enumerate(reversed(make_rows(8)))))
    scores, prices = fit_axes(priced)
    across = [prices.place(item.cost.cost) for item in priced]
    down = [scores.place(item.row.score) for item in priced]

    assert across == sorted(across)
    assert down == sorted(down, reverse=True)
    assert all(0 < place < 100 for place in across)
    assert all(scores.end <= place <= scores.start for place in down)
    assert all(scores.end <= scores.place(item.row.upper) for item in priced)


def test_names_lie_on_nothing_at_any_width():
    points = [
        Point(
            x=5 + 37 * place % 90, y=30 + 53 * place % 290, text=f"Name {place} of it", first=place % 3 == 0
        )
        for place in range(60)
    ]
    lines = trace_front(points[:4])
    spots = place_labels(points, height=350, lines=lines)
    shown = [(point, spot) for point, spot in zip(points, spots, strict=True) if spot is not None]

    assert 5 < len(shown) < 60
    first = [pair for pair in shown if pair[0].first]
    for width in (288, 358, 432, 540, 1100):
        some = shown if width >= 432 else first
        boxes = [_box_text(point, spot, width) for point, spot in some]
        assert not any(one.meets(other) for one, other in combinations(boxes, 2))
        assert not any(box.meets(_box_line(line, width)) for box in boxes for line in lines)
        assert all(box.left >= 0 and box.right <= width for box in boxes)


def test_a_point_alone_has_its_name_beside_it():
    (spot,) = place_labels([Point(x=50, y=100, text="Alone", first=True)], height=350)
    assert (spot.dx, spot.end) == (-7, True)


def test_most_models_choose_the_currency():
    rows = make_rows(3)
    costs = [make_cost(row, 1, currency=name) for row, name in zip(rows, ("USD", "EUR", "EUR"), strict=True)]
    assert choose_currency(costs) == "EUR"
    assert choose_currency([]) == ""


def test_money():
    amounts = [123.4, 12.34, 0.3, 0.0123]
    assert [write_money(amount, currency="EUR") for amount in amounts] == [
        "€123",
        "€12.34",
        "€0.30",
        "€0.012",
    ]
    assert write_money(2, currency="CHF", decimals=0) == "CHF\u00a02"


def test_two_on_one_height_both_have_their_names():
    """The left one, placed first, would take the right one's only room on a phone."""
    points = [Point(x=69, y=100, text="Boreal 2", first=True), Point(x=89, y=99, text="Delphi L", first=True)]
    lines = [Line(x1=69, x2=69, y1=100, y2=240), Line(x1=69, x2=89, y1=100, y2=100)]
    assert None not in place_labels(points, height=350, lines=lines)
