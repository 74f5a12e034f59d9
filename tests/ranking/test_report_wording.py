"""The sentences of the table: counts, shares, and how the ranking was made."""

from dataclasses import replace

import numpy as np
import pytest

from evaluations.ranking import rank
from evaluations.ranking.reports.records import Report
from evaluations.ranking.reports.tables import as_table
from evaluations.ranking.slices import Slice
from tests.ranking.test_reports import VOTES, board_of, turn_of


@pytest.fixture(scope="module")
def ranking():
    return rank(VOTES)


@pytest.mark.parametrize(
    ("removed", "of", "share"),
    [
        (
            1,
            240,
            "Without 1 of the 240 votes (0.42 %) bob would be above ada, which now leads by 31.2 points.",
        ),
        (399, 400, "Without 399 of the 400 votes (99.8 %) "),
        (49_999, 50_000, "Without 49,999 of the 50,000 votes (99.9 %) "),
        (1, 5_000_000, "Without 1 of the 5,000,000 votes (less than 0.01 %) "),
        (3, 25, "Without 3 of the 25 votes (12.0 %) "),
    ],
)
def test_shares_are_told_whether_few_or_nearly_all(ranking, removed, of, share):
    turn = turn_of(removed=removed, of=of)
    assert f"  {share}" in as_table(Report(ranking=ranking, turns=(turn,)))


def test_one_vote_is_no_votes(ranking):
    one = Slice(name="br", votes=1, ranking=None, reason="none")
    text = as_table(Report(ranking=replace(ranking, total=1, raters=1), slices=(("lang", one),)))
    assert "lang = br: 1 vote\n" in text
    assert "\n1 vote by 1 rater.\n" in text


def test_both_bad_has_a_column_where_there_are_such_votes(ranking):
    head, *rows = board_of(Report(ranking=ranking))
    assert head.split()[-5:] == ["Votes", "Both", "bad", "Win", "rate"]
    assert [int(row.split()[-3]) for row in rows] == ranking.both_bad.tolist()
    none = replace(ranking, both_bad=np.zeros_like(ranking.both_bad))
    assert "Both bad" not in as_table(Report(ranking=none))


def test_how_it_was_made_stands_below_the_table(ranking):
    votes, fit, meaning = as_table(Report(ranking=ranking)).splitlines()[-3:]
    assert votes == "240 votes by 25 raters."
    assert fit == (
        "Bradley–Terry, ties half; 95 % sandwich intervals, votes of a rater taken together; seed 0."
    )
    assert meaning == "Intervals are of each model on its own; all rank ranges hold together."


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        ({"ties": "davidson"}, "ties davidson"),
        ({"both_bad": "out"}, ", both bad out"),
        ({"position": True, "style": ("length",)}, ", length, position held equal;"),
        ({"weights": "inverse-probability"}, ", inverse-probability weights;"),
        ({"prior": 0.5}, ", prior 0.5;"),
        ({"anchor": "bob"}, ", bob at 1000;"),
        ({"level": 0.8}, "; 80 % sandwich intervals,"),
        ({"cluster": None}, ", votes taken as independent;"),
        ({"cluster": "prompt"}, ", votes on a prompt taken together;"),
        ({"cluster": "both"}, ", votes of a rater, and those on a prompt, taken together;"),
        ({"interval": "bootstrap", "rounds": 40}, "; 95 % bootstrap intervals, "),
        ({"interval": "bootstrap", "rounds": 40}, "; 40 samples, seed 0."),
        ({"rounds": 200}, "; rank ranges from 200 draws, seed 0."),
        ({"seed": 7}, "; seed 7."),
    ],
    ids=str,
)
def test_a_parameter_that_is_not_the_default_is_told(ranking, parameters, told):
    usual, chosen = ranking, replace(ranking, parameters=replace(ranking.parameters, **parameters))
    assert told in as_table(Report(ranking=chosen)).splitlines()[-2]
    assert told not in as_table(Report(ranking=usual)).splitlines()[-2]
