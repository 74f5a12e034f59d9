"""Formulas in markdown: each is shown once, where it stands."""

import pytest

from evaluations.markup.parser import convert_markdown


@pytest.mark.parametrize(("begin", "end"), [("$$", "$$"), ("\\[", "\\]")])
def test_a_formula_right_under_a_line_is_shown_once_and_behind_it(begin, end):
    html = convert_markdown(
        f"# Title\nThe sum is:\n{begin}a + b{end}\n- an item\n\n> quoted\n> {begin}c{end}"
    )

    assert html.count("<math") == 2
    assert html.index("The sum is") < html.index("<math") < html.index("an item")


@pytest.mark.parametrize("text", ["$P$ costs €12,000", "- $P$ costs 5", "$P$ \\"])
def test_a_formula_may_begin_a_text_that_ends_with_anything(text):
    assert 'alttext="P"' in convert_markdown(text)


def test_brackets_hold_mathematics_too():
    assert convert_markdown("Take \\(a\\):\n\\[\n b \n\\]\nthen c").count("<math") == 2


def test_a_formula_may_have_a_number():
    assert "</math> (7)</span>" in convert_markdown("$$a$$ (7)")
    assert "</math></span>" in convert_markdown("\\[a\\]")


def test_what_cannot_be_read_is_shown_as_written():
    assert "<code>\\frac{</code>" in convert_markdown("$\\frac{$")
