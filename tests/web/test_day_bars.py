"""Bars for days: to scale, on round numbers, in places that SVG can read."""

from datetime import date, timedelta

from evaluations.web.day_bars import GROUND, TOP, draw_bars

FIRST = date(2026, 3, 1)


def draw(*votes, today=FIRST + timedelta(days=365), target=None):
    days = [(FIRST + timedelta(days=place), count) for place, count in enumerate(votes)]
    return draw_bars(days=days, today=today, target=target)


def test_bars_are_to_scale_and_below_the_highest_line():
    chart = draw(0, 150, 300, 290)

    assert [line.value for line in chart.lines] == [100, 200, 300]
    assert [float(bar.height) for bar in chart.bars] == [0, (GROUND - TOP) / 2, GROUND - TOP, 153.7]
    for bar in chart.bars:
        assert float(bar.y) + float(bar.height) == GROUND


def test_the_target_is_on_the_same_scale_and_always_inside():
    chart = draw(10, target=55.5)

    assert [line.value for line in chart.lines] == [20, 40, 60]
    assert TOP <= float(chart.target.y) < GROUND
    assert draw(10).target is None


def test_bars_stand_side_by_side_within_the_width():
    chart = draw(*range(30))
    ends = [float(bar.x[:-1]) + float(bar.width[:-1]) for bar in chart.bars]

    assert all(end < float(bar.x[:-1]) for end, bar in zip(ends, chart.bars[1:], strict=False))
    assert ends[-1] <= 100
    assert sum(bar.labelled for bar in chart.bars) == 3


def test_a_day_that_is_not_over_is_quiet():
    assert [bar.quiet for bar in draw(1, 2, today=FIRST + timedelta(days=1)).bars] == [False, True]


def test_without_a_day_there_is_a_chart_all_the_same():
    chart = draw()

    assert list(chart.bars) == []
    assert [line.value for line in chart.lines] == [1, 2, 3]
