"""Each reason that the ranking has for giving no answer is a sentence; the reasons are the ranking's own."""

import re

import numpy as np
import pytest
from django.utils import translation

from evaluations.errors import NotConverged, NothingToRank, UnsupportedParameter
from evaluations.ranking import Votes, rank
from evaluations.sentences.refusals import SENTENCES, describe_reason_of_refusal

CYCLE = [("x", "y", "a"), ("y", "z", "a"), ("z", "x", "a")]
TIE, WIN = [("x", "y", "tie")], [("x", "y", "a")]
FIRST = np.array([1.0, 0.0, -1.0, 1.0, 0.0, -1.0])  # of x less that of the other: the models themselves


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def find_reason(rows, *, columns=None, **parameters):
    """Why these votes are not ranked."""
    a, b, outcome = zip(*rows, strict=True)
    votes = Votes.from_labels(model_a=a, model_b=b, outcome=outcome, **(columns or {}))
    with pytest.raises((NothingToRank, NotConverged, UnsupportedParameter)) as caught:
        rank(votes, **{"cluster": None, **parameters})
    return str(caught.value)


def decide(name):
    """Style that decides every vote."""
    return {"covariates": {name: [1.0, 1.0, 1.0, 1.0, 1.0, 1.0]}}


@pytest.mark.parametrize(
    ("rows", "options", "said"),
    [
        (
            CYCLE * 2,
            {"columns": {"covariates": {"lists": [0.0] * 6}}, "style": ["lists"]},
            "the two responses of a vote never differ in lists.",
        ),
        (
            CYCLE * 2,
            {"columns": {"covariates": {"bold": FIRST}}, "style": ["bold"]},
            "in these votes, the effect of bold text cannot be told apart from the models.",
        ),
        (
            CYCLE * 2,
            {"columns": decide("length"), "style": ["length"]},
            "the fit comes to no answer on these votes. They may set no bound to an effect of style (length).",
        ),
        (TIE, {"ties": "davidson"}, "every vote is a tie, so that a parameter of ties has no finite value."),
        (
            TIE + WIN,
            {"ties": "davidson"},
            "the wins all go one way, so that a parameter of ties has no finite value.",
        ),
        (
            CYCLE,
            {"columns": {"rater": ["r"] * 3}, "cluster": "rater", "interval": "bootstrap"},
            "all these votes are of one rater, and an interval needs two raters or more.",
        ),
        (
            CYCLE,
            {"columns": {"prompt": ["p"] * 3}, "cluster": "prompt", "interval": "bootstrap"},
            "all these votes are on one prompt, and an interval needs two prompts or more.",
        ),
        (
            [*CYCLE, ("w", "x", "a")],
            {"anchor": "w"},
            "the model that sets the scale has no place in these votes.",
        ),
        (
            CYCLE,
            {"interval": "bootstrap"},
            "these votes are too few, or too much alike, for an interval from resamples.",
        ),
    ],
)
def test_the_ranking_s_reason_is_a_sentence(rows, options, said):
    reason = find_reason(rows, **options)
    assert describe_reason_of_refusal(reason) == f"No ranking: {said}", reason


def test_what_has_no_sentence_is_quoted():
    reason = find_reason(CYCLE, level=2.0)
    assert describe_reason_of_refusal(reason) == (
        f"No ranking: these votes cannot be ranked in this way. The computation says: “{reason}”"
    )


@pytest.mark.parametrize(
    "reason",
    [
        "The fit has no finite answer: the votes do not tie these models together.",
        "The fit still moves by 1.0e+00 after 50 steps; it gives no number.",
        "The fit still moves by 1.0e+00 after 50 steps; it gives no number. An effect may have no finite value: .",
        "The fit has no answer: the votes are too uneven.",
        "A ranking needs votes on at least two models; there are 0 votes on 0 models.",
        "'x' has only ties, and a resample of ties varies nothing. Use interval=\"sandwich\".",
    ],
)
def test_no_reason_of_a_fit_is_quoted(reason):
    said = describe_reason_of_refusal(reason)
    assert said.startswith("No ranking: ")
    assert "computation" not in said
    assert "%" not in said


def test_every_pattern_is_one():
    assert all(re.compile(pattern) and sentence.startswith("No ranking: ") for pattern, sentence in SENTENCES)
