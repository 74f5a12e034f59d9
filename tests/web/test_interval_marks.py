"""Where the bars lie: inside the axis, on round ticks, in text that no language changes."""

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from evaluations.web.interval_marks import MOST_PARTS, fit_axis

# Scores are published with six decimals.
bounds = st.integers(-5_000_000_000, 5_000_000_000).map(lambda millionths: millionths / 1_000_000)


@given(st.lists(st.tuples(bounds, bounds).map(sorted), min_size=1, max_size=8))
def test_axis_holds_every_interval_in_few_round_parts(intervals):
    axis = fit_axis(intervals)
    assert 1 <= axis.parts <= MOST_PARTS
    assert axis.start % axis.step == 0
    assert axis.start <= min(low for low, _ in intervals)
    assert axis.start + axis.parts * axis.step >= max(high for _, high in intervals)
    assert str(axis.step).strip("0.")[0] in "125"


def test_scores_of_the_mock_up_get_its_axis():
    axis = fit_axis([(867, 892), (1073, 1095)])
    assert (axis.start, axis.step, axis.parts) == (850, 50, 5)
    assert [tick.value for tick in axis.ticks] == [900, 1000, 1100]
    assert [tick.at for tick in axis.ticks] == ["20.00%", "60.00%", "100.00%"]
    assert [tick.anchor for tick in axis.ticks] == ["middle", "middle", "end"]


def test_mark_lies_where_its_numbers_are():
    axis = fit_axis([(867, 892), (1073, 1095)])
    mark = axis.mark(lower=1075, score=1087.5, upper=1100)
    assert (mark.low, mark.point, mark.high) == ("90.00%", "95.00%", "100.00%")


def test_places_are_the_same_in_every_language():
    with translation.override("fr"):
        assert fit_axis([(867, 892), (1073, 1095)]).place(851) == "0.40%"


@pytest.mark.parametrize("intervals", [[], [(1000, 1000)]])
def test_nothing_to_spread_is_no_division_by_zero(intervals):
    axis = fit_axis(intervals)
    assert axis.parts >= 1
    assert axis.place(1000) in {"0.00%", "100.00%"}


def test_first_label_starts_at_the_edge():
    axis = fit_axis([(810, 990), (815, 1180)])
    assert axis.ticks[0].anchor == "start"
    assert axis.ticks[0].at == "0.00%"
