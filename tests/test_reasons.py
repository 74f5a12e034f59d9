import pytest

from evaluations.reasons import check_active_ms, choose_reasons, clean_comment

OFFERED = ["clear", "wrong", "long"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"left": ["clear"], "right": []}, {"left": ["clear"], "right": []}),
        ({"right": ["wrong"]}, {"left": [], "right": ["wrong"]}),
        ({"left": ["long", "clear", "long"]}, {"left": ["clear", "long"], "right": []}),
        ({"left": ["kind", "clear", "CLEAR", ""]}, {"left": ["clear"], "right": []}),
        ({"left": ["kind"], "right": ["Clear"]}, None),
        ({"middle": ["clear"]}, None),
        ({}, None),
        (None, None),
    ],
)
def test_only_words_that_are_offered_are_kept_in_their_order(given, kept):
    assert choose_reasons(given=given, offered=OFFERED) == kept


def test_a_study_that_offers_no_words_keeps_none():
    assert choose_reasons(given={"left": ["clear"]}, offered=[]) is None


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("  B is wrong.  ", "B is wrong."),
        ("one\r\ntwo\rthree\nfour", "one\ntwo\nthree\nfour"),
        ("a\x00b\x1b[31mc\x7f\x9bd", "ab[31mcd"),
        ("a\tb", "a b"),
        ("\x00 \x07\r\n ", ""),
        ("a\ud800b", "ab"),
        ("élève 👩\u200d🔬 مرحبا", "élève 👩\u200d🔬 مرحبا"),
        ("é" * 1001, "é" * 1000),
        ("", ""),
    ],
)
def test_a_comment_is_cleaned_and_cut(text, kept):
    assert clean_comment(text) == kept


@pytest.mark.parametrize(
    ("said", "kept"),
    [(0, 0), (4200, 4200), (3_600_000, 3_600_000), (3_600_001, None), (-1, None), (None, None)],
)
def test_a_time_that_cannot_be_is_no_time(said, kept):
    assert check_active_ms(said) == kept
