"""Places: inside the picture, at round numbers, as SVG reads them; and names that fit into theirs."""

import pytest
from django.utils import translation

from evaluations.web.charts.scales import fit_logarithmic_scale, fit_scale
from evaluations.web.charts.words import clean_text, shorten_name, write_change


def test_what_lies_beyond_is_drawn_at_the_edge():
    scale = fit_scale([(900, 1100)], start=300, end=20)
    assert (scale.down(-1e6), scale.down(1e6)) == ("300.0", "20.0")
    assert scale.place(1000) == 160


@pytest.mark.parametrize(
    ("values", "ticks"),
    [
        ([0.05, 8], [0.1, 1, 10]),
        ([0.2, 3], [0.3, 1, 3]),
        ([1, 2], [0.7, 1, 2, 3]),
        ([0.4], [0.3, 0.5]),
        ([0.00012, 0.05], [0.0001, 0.001, 0.01]),
    ],
)
def test_round_costs(values, ticks):
    scale = fit_logarithmic_scale(values, start=0, end=100)
    assert list(scale.ticks) == ticks
    assert all(0 < scale.place(value) < 100 for value in values)


def test_ten_times_is_the_same_step_anywhere():
    scale = fit_logarithmic_scale([0.01, 100], start=0, end=100)
    assert scale.place(10) - scale.place(1) == pytest.approx(scale.place(0.1) - scale.place(0.01))


def test_places_are_the_same_in_every_language():
    with translation.override("fr"):
        assert fit_scale([(0, 1000)], start=0, end=100).across(123.4) == "12.34%"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Short", "Short"),
        ("A name of twenty-five signs", "A name of twenty-…"),
        ("a\x01b\u202ec\u200fd", "a b c d"),
        ("two\nlines\u00a0of  it", "two lines of it"),
    ],
)
def test_names_fit_and_have_nothing_unseen(name, shown):
    assert shorten_name(name) == shown
    assert clean_text(shown) == shown


def test_changes_have_their_sign():
    assert [write_change(change) for change in (12.4, -24.1, 0.3, -0.3)] == ["+12", "−24", "0", "0"]
