import time

import pytest

from evaluations.markup.formulas import LONGEST_FORMULA, convert_formula


def write(source, display=False):
    mathml = convert_formula(source, display=display)
    assert mathml is not None, source
    return mathml.partition(">")[2].removesuffix("</math>")


def test_a_formula_has_its_source_for_who_cannot_be_told_mathml():
    mathml = convert_formula(r" a < \text{\"b\"} ", display=False)

    assert mathml is None or 'alttext="a &lt; ' in mathml
    assert convert_formula(" x ", display=True).startswith('<math display="block" alttext="x">')


@pytest.mark.parametrize(
    ("source", "drawn"),
    [
        (r"\mathbb{R}", "<mi>ℝ</mi>"),
        (r"\text{if } x", "<mtext>if\xa0</mtext>"),
        (r"\text{<b>&amp;}", "<mtext>&lt;b&gt;&amp;amp;</mtext>"),
        (r"\unicode{x3c}b", "<mi>&lt;</mi>"),
        (r"\binom{n}{k}", '<mfrac linethickness="0">'),
        (r"\dfrac{a}{b}", '<mstyle displaystyle="true" scriptlevel="0">'),
        (r"\boxed{42}", '<mrow class="math-box">'),
        (r"\cancel{x}", '<mrow class="math-strike">'),
        (r"\boldsymbol{\alpha}", '<mi class="math-bold">'),
        (r"\lim_{x \to 0}", '<munder><mo movablelimits="true">lim</mo>'),
        (r"a \quad b", '<mspace width="1em">'),
        (r"\begin{cases} a & b \\ c & d \end{cases}", '<mtd class="math-left">'),
    ],
)
def test_what_browsers_draw(source, drawn):
    assert drawn in write(source)


@pytest.mark.parametrize("name", ["align", "align*", "aligned", "alignedat", "eqnarray", "split"])
def test_lines_that_are_aligned(name):
    columns = "{2}" if name == "alignedat" else ""
    mathml = write(rf"\begin{{{name}}}{columns} a &= b \\ &= c \end{{{name}}}", display=True)

    assert 'class="math-aligned"' in mathml
    assert mathml.count("<mtr>") == 2
    assert '<mtd class="math-right"><mi>a</mi></mtd><mtd class="math-left">' in mathml


@pytest.mark.parametrize(
    "source", [r"\begin{gather} a \\ b \end{gather}", r"a \\ b", r"\begin{gathered}[t] a \\ b \end{gathered}"]
)
def test_lines_under_each_other(source):
    assert write(source, display=True).count("<mtr>") == 2


def test_an_equation_is_its_content():
    assert write(r"\begin{equation} a \end{equation}") == write("a")


@pytest.mark.parametrize("source", [r"a\hspace{-9999em}b", r"a\hspace{9999em}b", r"a\hskip 9999pt b"])
def test_nothing_is_pushed_out_of_its_place(source):
    assert "9999" not in write(source)


@pytest.mark.parametrize(
    "source",
    [
        r"\frac{",
        r"\ce{H2O}",
        r"\require{html}",
        r"\def\a{\a\a}\a",
        r"\newcommand{\a}{x}\a",
        r"\DeclareMathOperator{\a}{x}\a",
        "x" * (LONGEST_FORMULA + 1),
        "{" * 2_000 + "}" * 1_999,
        "x" + "^{x" * 40 + "}" * 40,
    ],
)
def test_what_cannot_be_read_is_not_guessed(source):
    assert convert_formula(source, display=False) is None


@pytest.mark.parametrize(
    "piece",
    [r"\frac{", "x^", r"\sqrt", r"\left(", "{", "&", r"\\", "a'", "x_1", r"\over ", r"\text{", r"\sum_"],
)
def test_hostile_formulas_take_no_time(piece):
    started = time.process_time()
    convert_formula((piece * LONGEST_FORMULA)[: LONGEST_FORMULA - 1], display=True)

    assert time.process_time() - started < 2
