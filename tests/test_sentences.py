"""The sentence says no more than the rank ranges allow, and says it in both languages."""

import pytest
from django.utils import translation

from evaluations.ranking.fits import components, sandwich
from evaluations.sentences import (
    CAUTIONS,
    REASONS,
    describe_leaders,
    describe_method,
    describe_reason,
    summarise,
    write_number,
    write_percent,
)
from evaluations.studies.protocols import PRIMARY_ANALYSIS
from tests.board_rows import make_rows

NARROW = "\u202f"


@pytest.fixture(autouse=True)
def _english():
    """A test before may have left its visitor's language."""
    with translation.override("en"):
        yield


@pytest.fixture
def french():
    with translation.override("fr"):
        yield


@pytest.mark.parametrize(
    ("ranges", "sentence"),
    [
        ([(1, 1), (2, 3), (2, 3)], "A leads: 18,420 blind votes place it ahead of every other model."),
        ([(1, 2), (2, 3), (2, 3)], "A leads: on 18,420 blind votes, no other model can be first."),
        ([(1, 2), (1, 2), (3, 3)], "A and B lead, and 18,420 blind votes cannot separate them."),
        ([(1, 3), (1, 3), (1, 3), (4, 4)], "A, B and C lead, and 18,420 blind votes cannot separate them."),
        (
            [(1, 7)] * 7 + [(8, 8)],
            "Seven models share the lead, and 18,420 blind votes cannot separate them.",
        ),
        (
            [(1, 13)] * 13 + [(14, 14)],
            "13 models share the lead, and 18,420 blind votes cannot separate them.",
        ),
        ([(1, 2), (1, 2)], "A and B are level: 18,420 blind votes cannot separate them."),
        (
            [(1, 3), (1, 3), (1, 3)],
            "No model leads: after 18,420 blind votes, any of the 3 models could be first.",
        ),
        (
            [(1, 1)],
            "A is the only model with a place so far, so there is nothing to compare it with.",
        ),
    ],
)
def test_sentence_follows_from_the_ranges(ranges, sentence):
    assert summarise(rows=make_rows(*ranges), counted=18420) == sentence


def test_order_of_the_rows_does_not_make_a_leader():
    second_first = make_rows((2, 3), (1, 1), (2, 3))
    assert summarise(rows=second_first, counted=50).startswith("B leads")


@pytest.mark.parametrize(
    ("kind", "words"), [("blind", "blind"), ("simulated", "simulated"), ("recorded", "recorded")]
)
def test_votes_are_called_what_they_are(kind, words):
    sentence = summarise(rows=make_rows((1, 1), (2, 2)), counted=1200, kinds={kind: 1200})
    assert f"1,200 {words} votes" in sentence


def test_without_a_ranking_the_progress_is_said():
    assert summarise(rows=[], counted=138, minimum=400) == "No result yet: 138 of 400 votes."


def test_without_a_ranking_after_enough_votes_the_progress_is_not_blamed():
    sentence = summarise(rows=[], counted=400, minimum=400)
    assert sentence == "No result yet: 400 blind votes do not place any model."


@pytest.mark.usefixtures("french")
@pytest.mark.parametrize(
    ("rows", "counted", "sentence"),
    [
        (
            make_rows((1, 2), (1, 2), (3, 3)),
            18420,
            f"A et B sont en tête, et 18{NARROW}420 votes à l’aveugle ne suffisent pas à les départager.",
        ),
        (
            make_rows((1, 2), (1, 2)),
            1,
            f"A et B sont à égalité{NARROW}: 1 vote à l’aveugle ne suffit pas à les départager.",
        ),
        (
            make_rows((1, 1), (2, 2)),
            90,
            f"A est en tête{NARROW}: 90 votes à l’aveugle le placent devant tous les autres modèles.",
        ),
        ([], 138, f"Pas encore de résultat{NARROW}: 138 votes sur 400."),
        (
            make_rows(*[(1, 5)] * 5, (6, 6)),
            500,
            "Cinq modèles se partagent la tête, et 500 votes à l’aveugle ne suffisent pas à les départager.",
        ),
    ],
)
def test_french_sentence(rows, counted, sentence):
    assert summarise(rows=rows, counted=counted, minimum=400) == sentence


@pytest.mark.parametrize(
    ("rates", "expected"),
    [
        ([0.61, 0.4], "It wins about 61 of 100"),
        ([0.613, 0.607, 0.4], "Each wins about 61 of 100"),
        ([0.61, 0.59, 0.4], "They win about 61 and 59 of 100"),
    ],
)
def test_leaders_are_described_by_their_wins(rates, expected):
    leaders = len(rates) - 1
    rows = make_rows(*[(1, leaders)] * leaders, (len(rates), len(rates)), win_rates=rates)
    assert describe_leaders(rows=rows).startswith(expected)


@pytest.mark.parametrize("rows", [[], make_rows((1, 2), (1, 2)), make_rows(*[(1, 4)] * 4, (5, 5))])
def test_no_list_of_numbers_where_nobody_leads_or_too_many_do(rows):
    assert describe_leaders(rows=rows) == ""


@pytest.mark.parametrize(
    ("value", "decimals", "english", "french"),
    [
        (18420, 0, "18,420", f"18{NARROW}420"),
        (1083.6, 0, "1,084", f"1{NARROW}084"),
        (61.04, 1, "61.0", "61,0"),
        (-0.2, 0, "0", "0"),
        (-12, 0, "−12", "−12"),
    ],
)
def test_numbers_as_each_language_writes_them(value, decimals, english, french):
    with translation.override("en"):
        assert write_number(value, decimals=decimals) == english
    with translation.override("fr"):
        assert write_number(value, decimals=decimals) == french


def test_percents_as_each_language_writes_them():
    with translation.override("en"):
        assert write_percent(0.61, decimals=1) == "61.0%"
    with translation.override("fr"):
        assert write_percent(0.61, decimals=1) == f"61,0{NARROW}%"


def test_every_reason_of_the_ranking_has_its_translation():
    for module, known in ((components, REASONS), (sandwich, CAUTIONS)):
        said = {value for name, value in vars(module).items() if name.isupper() and isinstance(value, str)}
        assert said, "the ranking keeps its sentences elsewhere now"
        assert said <= set(known)
    with translation.override("fr"):
        assert all(describe_reason(reason) != reason for reason in (*REASONS, *CAUTIONS))


def test_method_says_what_the_parameters_say():
    text = " ".join(describe_method(PRIMARY_ANALYSIS))
    for words in (
        "Bradley–Terry",
        "half a win",
        "“Both bad” counts as a tie",
        "95%",
        "sandwich",
        "one rater",
    ):
        assert words in text
    assert "average of the ranked models" in text


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"method": "elo", "interval": "orderings", "cluster": None}, "1,000 random orders"),
        ({"both_bad": "out"}, "the fit leaves them out"),
        ({"cluster": None}, "every vote taken as independent"),
        ({"interval": "bootstrap"}, "1,000 resamples of the raters"),
        ({"interval": "bootstrap", "cluster": None}, "1,000 resamples of the votes"),
        ({"level": 0.9}, "Intervals at 90%"),
        ({"prior": 0.5}, "precision 0.50"),
        ({"anchor": "gpt"}, "The model gpt is set at 1,000 points"),
    ],
)
def test_each_parameter_that_changes_a_figure_is_said(changed, words):
    assert words in " ".join(describe_method({**PRIMARY_ANALYSIS, **changed}))
