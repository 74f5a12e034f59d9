import re
import unicodedata

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from evaluations.errors import BadVotes, NothingToRank
from evaluations.ranking.style import (
    STYLE_FEATURES,
    StyleCounts,
    measure_style,
    measure_styles,
    standardise_differences,
    style_differences,
)
from evaluations.rendering import render_markdown

COUNTED = [
    ("", 0, 0, 0, 0),
    (" \n\t\n", 0, 0, 0, 0),
    ("Two words.", 2, 0, 0, 0),
    ("# One\n\n## Two ##\n\n###### Six\n\n####### seven", 4, 3, 0, 0),
    ("#hashtag and 3 # more", 4, 0, 0, 0),
    ("Top\n===\n\nunder\n---\n\ntext\n\n---", 3, 2, 0, 0),
    ("# A **bold** heading\n\nand __more__ of it", 7, 1, 2, 0),
    ("***both*** and *only emphasis* and **a **b** c**", 8, 0, 3, 0),
    ("snake__case__name, 2 ** 3 ** 4, \\**escaped\\**, **open", 6, 0, 0, 0),
    ("**over\ntwo lines** but **not\n\nover two paragraphs**", 8, 0, 1, 0),
    ("- a\n- b\n  - c\n    1. d\n    2. e\n* f", 8, 0, 0, 6),
    ("1. a\n2) b\n+ c\n\n2024. It was\n-no list", 10, 0, 0, 4),
    ("A year:\n2024. no list inside a paragraph", 8, 0, 0, 0),
    ("> # q\n> - **i**\n>\n> | a | b |\n> |---|---|\n> | **c** | d |", 6, 1, 2, 1),
    ("```python\n# not a heading\n- no item\n**no bold**\n```", 8, 0, 0, 0),
    ("~~~\n# open to the end\n- x", 5, 0, 0, 0),
    ("para\n\n    # indented code\n    - x", 4, 0, 0, 0),
    ("`**no**` and ``- `__no__` `` but **yes**", 5, 0, 1, 0),
    ("- item\n  ```\n  - no\n  ```\n- item", 3, 0, 0, 2),
    ("[**linked**](https://example.org/a_b) <b>not bold</b>", 3, 0, 1, 0),
    ("So:\n\\[\na\n- b\n+ c\n\\]\n- one", 5, 0, 0, 1),
    ("$$\nx\n- y\n$$\n\n$$z$$\n\n# H", 4, 1, 0, 0),
    ("$$x$$ is **bold**\n\n\\[ never closed\n- one", 6, 0, 1, 1),
    ("text\n    $$\n- one\n$$", 2, 0, 0, 1),
    ("| **a | b** |\n|---|---|\n| c | **d** |", 4, 0, 1, 0),
    ("- a\n  - b\n  - c\n- d", 4, 0, 0, 4),
    ("L’élève a reçu 3,5 points d'avance : « bravo » !", 7, 0, 0, 0),
    ("**Réponse**\n\n1. Où ?\n2. Là-bas", 5, 0, 1, 2),
    ("# 标题\n\n**你好**，world。\n\n- 第一", 7, 1, 1, 1),
    ("カレーを2杯", 6, 0, 0, 0),
    ("สวัสดี", 6, 0, 0, 0),
    ("안녕하세요 세계", 2, 0, 0, 0),
    ("हिन्दी में लिखा", 3, 0, 0, 0),
    ("## مرحبا بالعالم\n\n- **واحد**\n- اثنان", 4, 1, 1, 2),
    ("שלום **עולם**", 2, 0, 1, 0),
    ("👍 -- !!! ***", 0, 0, 0, 0),
]


@pytest.mark.parametrize(("text", "length", "headings", "bold", "lists"), COUNTED)
def test_counts_by_hand(text, length, headings, bold, lists):
    assert measure_style(text) == StyleCounts(length=length, headings=headings, bold=bold, lists=lists)


@pytest.mark.parametrize("text", [text for text, *_ in COUNTED])
def test_what_is_counted_is_what_the_page_shows(text):
    html, style = render_markdown(text), measure_style(text)
    shown = [len(re.findall(tag, html)) for tag in ("<h[1-6][ >]", "<strong>", "<li>")]
    assert shown == [style.headings, style.bold, style.lists]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_word_is_one_however_its_accents_are_encoded(form):
    text = unicodedata.normalize(form, "élève où déjà été naïve")
    assert measure_style(text).length == 5


def test_display_mathematics_ends_a_quote_no_sooner_than_the_quote_ends():
    assert measure_style("> $$\n> - a\n\n- b\n$$").lists == 2  # it is not closed within the quote
    assert measure_style("> $$\n> - a\n> $$\n\n- b").lists == 1


def test_line_ends_do_not_matter():
    text = "# A\n\n- **b**\n- c\n\n$$\n- d\n$$\n"
    assert measure_style(text.replace("\n", "\r\n")) == measure_style(text)


@given(st.text(alphabet="ab 你\n\t#*_-+`>1.)$\\[]|=é\u0301\u0e31", max_size=80))
@example("$$\n")
@example("> \\[\n\\]")
@example("\x00 \ud800")
def test_any_text_has_counts(text):
    style = measure_style(text)
    assert min(style.length, style.headings, style.bold, style.lists) >= 0
    assert style.length <= len(text)
    assert style.headings + style.lists <= text.count("\n") + 1 + len(re.findall(r"[-+*>]|\d[.)]", text))
    assert style.bold <= len(re.findall(r"\*\*|__", text.replace("***", "** ").replace("___", "__ ")))
    fence = "`" * 81  # longer than any within
    fenced = measure_style(f"{fence}\n{text}\n{fence}")
    assert (fenced.length, fenced.headings, fenced.bold, fenced.lists) == (style.length, 0, 0, 0)


@given(st.lists(st.sampled_from([text for text, *_ in COUNTED]), max_size=6))
def test_blocks_apart_add_up(texts):
    # A paragraph between them ends lists and quotes; what a text leaves open on purpose would go on.
    texts = [text for text in texts if not re.search(r"to the end|never closed| {4}\$\$", text)]
    joined = measure_style("\n\n…\n\n".join(texts))
    rows = measure_styles(texts=texts)
    assert rows.shape == (len(texts), 4)
    assert [joined.length, joined.headings, joined.bold, joined.lists] == rows.sum(axis=0).tolist()


def test_rows_are_in_the_order_of_the_features():
    assert STYLE_FEATURES == ("length", "headings", "bold", "lists")
    assert measure_styles(texts=["# a b\n\n**c** **d** **e**\n\n- f\n- g"]).tolist() == [[7, 1, 3, 2]]
    assert measure_styles(texts=[]).shape == (0, 4)


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("> " * 10_000 + "# x", (1, 0, 0, 0)),  # deeper than the 20 levels that the parser follows
        (">" * 100_000, (0, 0, 0, 0)),
        ("- " * 10_000 + "x", (1, 0, 0, 10)),  # a list and an item take two levels
        ("word " * 100_000, (100_000, 0, 0, 0)),
        ("a" * 1_000_000, (1, 0, 0, 0)),
        ("!" * 100_000, (0, 0, 0, 0)),
        ("你" * 50_000, (50_000, 0, 0, 0)),
        ("# a\n" * 5_000, (5_000, 5_000, 0, 0)),
        ("*" * 50_000, (0, 0, 0, 0)),
        ("**a** " * 3_000, (3_000, 0, 3_000, 0)),
        ("**a " * 5_000, (5_000, 0, 0, 0)),
        ("__a " * 5_000, (5_000, 0, 0, 0)),
        ("[" * 10_000, (0, 0, 0, 0)),
        ("`" * 50_000, (0, 0, 0, 0)),
        ("$$a\n" * 10_000 + "- b", (10_001, 0, 0, 1)),
        ("\\[a\n" * 10_000 + "- b", (10_001, 0, 0, 1)),
        ("\\(" * 20_000, (0, 0, 0, 0)),
        ("$" * 20_000, (0, 0, 0, 0)),
        ("|" * 10_000 + "\n" + "|-" * 10_000, (0, 0, 0, 0)),
        ("\n" * 100_000, (0, 0, 0, 0)),
    ],
    ids=lambda value: f"{value[:4]!r} x {len(value)}" if isinstance(value, str) else "",
)
def test_hostile_text_is_counted_and_ends(text, counts):
    # Each takes well under a second. With work that grows as the square, some would take minutes.
    style = measure_style(text)
    assert (style.length, style.headings, style.bold, style.lists) == counts


def test_differences_by_hand():
    a = np.array([[500, 2, 0, 3], [20, 0, 0, 0], [0, 1, 7, 5]])
    b = np.array([[520, 0, 0, 1], [40, 0, 4, 0], [0, 1, 1, 5]])
    expected = [[-20 / 1020, 1, 0, 0.5], [-1 / 3, 0, -1, 0], [0, 0, 0.75, 0]]
    assert style_differences(a=a, b=b) == pytest.approx(np.array(expected), abs=1e-15)


COUNTS = arrays(np.int64, (7, 4), elements=st.one_of(st.just(0), st.integers(0, 20), st.integers(0, 2**53)))


@given(COUNTS, COUNTS)
def test_differences_are_bounded_and_change_sign_with_the_sides(a, b):
    differences = style_differences(a=a, b=b)
    assert (np.abs(differences) <= 1).all()
    assert (differences == -style_differences(a=b, b=a)).all()
    assert (np.sign(differences) == np.sign(a - b)).all()
    assert (style_differences(a=a, b=a) == 0).all()


@given(COUNTS, COUNTS)
def test_standardised_differences_keep_their_zero_and_their_sign(a, b):
    differences = style_differences(a=a, b=b)
    style = standardise_differences(differences=differences)
    swapped = standardise_differences(differences=-differences)
    assert (swapped.values == -style.values).all()
    assert (swapped.scale == style.scale).all()
    assert np.sqrt(np.mean(style.values**2, axis=0)) == pytest.approx(np.ones(len(style.names)))
    columns = [STYLE_FEATURES.index(name) for name in style.names]
    assert style.values * style.scale == pytest.approx(differences[:, columns], abs=1e-12)
    left_out = [name for name, _ in style.constant]
    assert sorted([*style.names, *left_out]) == sorted(STYLE_FEATURES)
    assert all((differences[:, STYLE_FEATURES.index(name)] == 0).all() for name in left_out)


def test_swapping_the_sides_of_one_vote_changes_that_vote_alone():
    a = np.array([[10, 1, 2, 3], [30, 0, 1, 0], [5, 2, 2, 2]])
    b = np.array([[20, 4, 0, 1], [10, 1, 0, 5], [9, 0, 1, 7]])
    plain = standardise_differences(differences=style_differences(a=a, b=b)).values
    a[1], b[1] = b[1].copy(), a[1].copy()
    turned = standardise_differences(differences=style_differences(a=a, b=b)).values
    assert turned.tolist() == (plain * np.array([[1], [-1], [1]])).tolist()


def test_a_feature_that_never_differs_is_left_out_and_said():
    differences = np.array([[0.5, 0.0, -1.0, 0.0], [0.5, 0.0, 1.0, 0.0]])
    style = standardise_differences(differences=differences)
    assert style.names == ("length", "bold")
    assert style.values.tolist() == [[1.0, -1.0], [1.0, 1.0]]
    assert style.scale.tolist() == [0.5, 1.0]
    reason = "is the same on both sides of every vote, so it has no effect that could be estimated"
    assert style.constant == (("headings", reason), ("lists", reason))


GOOD = np.ones((2, 4))


@pytest.mark.parametrize(
    ("a", "b", "said"),
    [
        (np.ones((2, 3)), GOOD, "side a"),
        (GOOD, np.ones(4), "side b"),
        (GOOD, np.ones((2, 4), bool), "of bool"),
        (GOOD, np.full((2, 4), "1"), "side b"),
        (np.ones((3, 4)), GOOD, "3 votes, and side b of 2"),
        (np.array([[1, 1, 1, 1], [1, 1, -1, 1]]), GOOD, "Vote 2 has -1 as bold of side a"),
        (GOOD, np.array([[1, 1, 1, np.nan], [1, 1, 1, 1]]), "Vote 1 has nan as lists of side b"),
        (np.array([[1, 1, 1, 1], [np.inf, 1, 1, 1]]), GOOD, "Vote 2 has inf as length of side a"),
    ],
)
def test_counts_that_are_none_are_refused(a, b, said):
    with pytest.raises(BadVotes, match=said):
        style_differences(a=a, b=b)


@pytest.mark.parametrize(
    ("differences", "error"),
    [
        (np.zeros((0, 4)), NothingToRank),
        (np.zeros((2, 3)), BadVotes),
        (np.zeros(4), BadVotes),
        (np.array([[0, 0, 0, np.nan]]), BadVotes),
        (np.array([[np.inf, 0, 0, 0]]), BadVotes),
    ],
)
def test_differences_that_have_no_size_are_refused(differences, error):
    with pytest.raises(error):
        standardise_differences(differences=differences)


def test_no_votes_have_no_differences():
    assert style_differences(a=np.zeros((0, 4), int), b=np.zeros((0, 4), int)).shape == (0, 4)
