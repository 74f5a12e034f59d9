"""An analysis that gives no ranking says why, and of how many votes all the same."""

from dataclasses import replace

import numpy as np
import pytest

from evaluations.publishing.analyses import Analysis
from evaluations.publishing.documents import REFUSED, describe_analysis
from evaluations.ranking.votes import TIE
from tests.publishing.vote_samples import MODELS, PARAMETERS, draw_counted


def refuse(votes, **asked):
    record = describe_analysis(votes, analysis=Analysis(**asked), parameters=PARAMETERS)
    assert record["refused"]
    assert record["ranking"] == []
    return {row["model"]: (row["reason"], row["votes"]) for row in record["unplaced"]}


def count_votes(votes, mask):
    both = np.concatenate([votes.left[mask], votes.right[mask]])
    return np.bincount(both, minlength=len(MODELS)).tolist()


@pytest.mark.parametrize("language", ["", "en"])
def test_style_that_never_differs(language):
    votes = draw_counted()
    votes = replace(votes, right_style=votes.left_style)
    mask = votes.mask_part(category="", language=language)
    assert refuse(votes, style=True, language=language) == {
        model: (REFUSED, count) for model, count in zip(MODELS, count_votes(votes, mask), strict=True)
    }


def test_votes_that_are_all_ties():
    """Where ties are left out, none of these votes is asked, and none is said to be there."""
    votes = draw_counted()
    votes = replace(votes, outcome=np.full_like(votes.outcome, TIE))
    assert refuse(votes, ties="out") == dict.fromkeys(MODELS, ("has no votes", 0))


def test_a_model_without_a_vote_has_none():
    votes = draw_counted(models=MODELS[:3])
    votes = replace(votes, models=MODELS, right_style=votes.left_style)
    found = refuse(votes, style=True)
    assert found["gamma"] == ("has no votes", 0)
    assert all(reason == REFUSED and count for reason, count in list(found.values())[:3])
