import re

import pytest

from evaluations.markup.directions import estimate_direction
from evaluations.markup.parser import convert_markdown

ARABIC, HEBREW = "مرحبا بالعالم", "שלום עולם"


def read_directions(html):
    """Tag and direction of all that says its own, in order."""
    return re.findall(r'<(\w+)[^>]* dir="(\w+)"', html)


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("Hello", "ltr"),
        (ARABIC, "rtl"),
        (f"Python {ARABIC}", "rtl"),
        (f"{HEBREW} means hello world, as they say", "ltr"),
        ("123 + 456", ""),
        ("", ""),
    ],
)
def test_words_decide_and_not_the_first_one(text, direction):
    assert estimate_direction(text) == direction


def test_a_text_without_such_letters_says_nothing():
    assert "dir=" not in convert_markdown("# A\n\nb\n\n- c\n\n> d\n\n| e |\n|---|\n| f |")


def test_each_block_says_its_own():
    html = convert_markdown(f"# {ARABIC}\n\nAn English paragraph.\n\n{HEBREW}\n\n> {ARABIC}")

    assert read_directions(html) == [("h3", "rtl"), ("p", "ltr"), ("p", "rtl"), ("blockquote", "rtl")]


def test_a_list_keeps_its_marks_on_one_side():
    html = convert_markdown(f"- {ARABIC}\n- An item\n- {ARABIC} {ARABIC}")

    assert read_directions(html) == [("ul", "rtl"), ("span", "ltr")]
    assert html.count("<li>") == 3


def test_a_loose_list_and_one_in_another():
    html = convert_markdown(f"1. An item\n\n   - {HEBREW} {HEBREW}\n\n2. Another item of some words")

    assert read_directions(html) == [("ol", "ltr"), ("ul", "rtl")]


def test_the_columns_of_a_table_stand_its_way():
    html = convert_markdown(f"| {ARABIC} | Word |\n|---|--:|\n| {ARABIC} | 5 |")

    assert read_directions(html) == [("table", "rtl"), ("th", "ltr")]


def test_code_and_formulas_do_not_count():
    html = convert_markdown(f"`{ARABIC}` is a word\n\n```\n{ARABIC}\n```\n\n$x$ {HEBREW}")

    assert read_directions(html) == [("p", "ltr"), ("pre", "ltr"), ("p", "rtl")]


def test_what_has_no_words_follows_the_text():
    assert read_directions(convert_markdown(f"{ARABIC}\n\n1 + 1\n\nWord")) == [
        ("p", "rtl"),
        ("p", "rtl"),
        ("p", "ltr"),
    ]
