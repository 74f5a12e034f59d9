import pytest

from evaluations.studies.practice import complete_practice, list_missing

WHOLE = {"prompt": "P", "left": "L", "right": "R", "better": "left", "explanation": "E"}


def test_a_whole_one_is_kept_with_our_line_ends():
    assert complete_practice(given={**WHOLE, "left": " one\r\ntwo\r\n"}) == {**WHOLE, "left": "one\ntwo"}


@pytest.mark.parametrize("given", [{}, {"better": "left"}, {"prompt": " \r\n", "better": "right"}])
def test_without_a_text_there_is_none(given):
    assert complete_practice(given=given) == {}


@pytest.mark.parametrize("name", WHOLE)
def test_what_it_lacks(name):
    assert list_missing(practice=complete_practice(given={**WHOLE, name: ""})) == [name]


def test_none_lacks_nothing():
    assert list_missing(practice={}) == []
    assert list_missing(practice=WHOLE) == []
