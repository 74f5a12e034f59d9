"""Questions as staff write them: what is written is what is read, and each fault is told by its line."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluations.studies.questions import (
    LONGEST_CHOICE,
    LONGEST_QUESTION,
    clean_words,
    commit_questions,
    format_questions,
    parse_questions,
)

TEXT = """
? What counts most?
* Whether the answer helps
- Its length

? And if neither helps?
- Choose the shorter one
– Choose A
* Choose “Both bad”
"""
QUESTIONS = [
    {"question": "What counts most?", "choices": ["Whether the answer helps", "Its length"], "correct": 0},
    {
        "question": "And if neither helps?",
        "choices": ["Choose the shorter one", "Choose A", "Choose “Both bad”"],
        "correct": 2,
    },
]

words = st.text(max_size=60).map(clean_words).filter(bool)


@st.composite
def sound_questions(draw):
    choices = draw(st.lists(words, min_size=2, max_size=6, unique=True))
    correct = draw(st.integers(0, len(choices) - 1))
    return {"question": draw(words), "choices": choices, "correct": correct}


def test_a_text_is_read():
    assert parse_questions(text=TEXT) == (QUESTIONS, [])


@settings(deadline=None)
@given(st.lists(sound_questions(), max_size=10))
def test_what_is_written_is_read_again(questions):
    assert parse_questions(text=format_questions(questions=questions)) == (questions, [])


@settings(deadline=None)
@given(st.text(alphabet="?*-–−ab \t\n\r\u2028\u202f", max_size=80))
def test_any_text_is_read_or_told_why_not(text):
    questions, faults = parse_questions(text=text)
    lines = text.splitlines()

    assert not (questions and faults)
    assert all(1 <= fault.line <= len(lines) and fault.sentence for fault in faults)
    if not faults:
        assert bool(questions) is bool(text.strip())
        assert parse_questions(text=format_questions(questions=questions)) == (questions, [])


def test_windows_lines_and_marks_without_a_space():
    assert parse_questions(text="?One?\r\n*yes\r\n-  no  way\r\n") == (
        [{"question": "One?", "choices": ["yes", "no way"], "correct": 0}],
        [],
    )


def test_spaces_that_do_not_break_are_kept():
    """French writes them before a question mark."""
    questions, _faults = parse_questions(text="? Que juger\u202f?\n* Tout\n- Rien")

    assert questions[0]["question"] == "Que juger\u202f?"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("What counts?", 1, "begin with ?"),
        ("\n\n? One\n* a\nb", 5, "begin with ?"),
        ("* a\n? One\n* a\n- b", 1, "below its question"),
        ("?\n* a\n- b", 1, "write something"),
        ("? One\n* a\n- ", 3, "write something"),
        ("? One\n* a", 1, "from 2 to 6 choices"),
        ("? One\n* a\n" + "".join(f"- b{n}\n" for n in range(6)), 1, "from 2 to 6 choices"),
        ("? One\n- a\n- b", 1, "now 0 are"),
        ("? One\n* a\n* b", 1, "now 2 are"),
        ("? One\n* a\n- b\n\n? Two\n* a\n- b\n- a", 8, "there already"),
        (f"? {'x' * (LONGEST_QUESTION + 1)}\n* a\n- b", 1, f"to {LONGEST_QUESTION}"),
        (f"? One\n* {'x' * (LONGEST_CHOICE + 1)}\n- b", 2, f"to {LONGEST_CHOICE}"),
        ("? One\n* a\n- b\n" * 11, 31, "10 questions at most"),
    ],
)
def test_a_fault_is_told_by_its_line(text, line, words):
    questions, faults = parse_questions(text=text)

    assert questions == []
    assert [fault.line for fault in faults] == [line]
    assert words in faults[0].sentence


def test_every_fault_is_told():
    _questions, faults = parse_questions(text="? One\n* a\n\n? Two\n- a\n- a\n- b")

    assert [fault.line for fault in faults] == [1, 4, 6]


def test_the_longest_is_taken():
    text = f"? {'x' * LONGEST_QUESTION}\n* {'x' * LONGEST_CHOICE}\n- b\n\n" + "? One\n* a\n- b\n\n" * 9

    assert len(parse_questions(text=text)[0]) == 10


def test_salt_is_new_where_the_questions_are():
    first = commit_questions(questions=QUESTIONS, before={})
    same = commit_questions(questions=QUESTIONS, before=first)
    other = commit_questions(questions=QUESTIONS[:1], before=first)

    assert first["questions"] == QUESTIONS
    assert len(first["salt"]) == 32
    assert same == first
    assert len({first["salt"], other["salt"]}) == 2
    assert commit_questions(questions=[], before=first) == {}
