"""Reason tags: one way to write a sign, no tag twice, and the usual ones pass."""

import pytest

from evaluations.studies.reason_tags import USUAL_TAGS, clean_tags, find_tag_faults, split_tag


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("+Clear", "+Clear"),
        ("  + Clear ", "+Clear"),
        ("−Too long", "-Too long"),
        ("– Too   long", "-Too long"),
        ("—Too\tlong", "-Too long"),
        ("- \u202fToo long", "-Too long"),
        ("Well-made", "Well-made"),
        ("clear", "clear"),
    ],
)
def test_a_sign_is_written_one_way(written, kept):
    assert clean_tags([written]) == [kept]


def test_empty_lines_are_no_tags():
    assert clean_tags(["", "  ", "clear", "\t"]) == ["clear"]


@pytest.mark.parametrize(
    ("tag", "parts"),
    [("+Clear", ("+", "Clear")), ("-Too long", ("-", "Too long")), ("clear", ("", "clear")), ("", ("", ""))],
)
def test_sign_and_words(tag, parts):
    assert split_tag(tag) == parts


@pytest.mark.parametrize(
    ("tags", "words"),
    [
        (["clear", "clear"], ["“clear” is there twice."]),
        (["+Clear", "wrong", "+clear"], ["“+Clear” is there twice."]),
        (["+"], ["Write a word after each sign."]),
        (["x" * 41], ["Give 12 at most, of 40 letters each at most."]),
        ([str(n) for n in range(13)], ["Give 12 at most, of 40 letters each at most."]),
        (["+clear", "-clear", "clear"], []),
        ([str(n) for n in range(11)] + ["x" * 40], []),
        ([], []),
    ],
)
def test_what_is_wrong_is_said(tags, words):
    assert find_tag_faults(tags=tags) == words


def test_the_usual_ones_are_sound_and_speak_for_and_against():
    tags = [str(tag) for tag in USUAL_TAGS]

    assert clean_tags(tags) == tags
    assert not find_tag_faults(tags=tags)
    assert {split_tag(tag)[0] for tag in tags} == {"+", "-"}
