"""What may be quoted of a board is true under its analysis, and names the votes that it is about."""

from dataclasses import replace

import pytest
from django.utils import translation

from evaluations.boards import UnplacedModel
from evaluations.models import LanguageModel
from evaluations.publishing.analyses import Analysis
from evaluations.sentences import (
    count_left_out,
    describe_board_leaders,
    describe_method,
    describe_reason,
    name_board_votes,
    name_kind,
    name_language,
    summarise_board,
)
from evaluations.studies.protocols import PRIMARY_ANALYSIS
from tests.board_rows import make_board

NARROW = "\u202f"
CLEAR = [(1, 1), (2, 3), (2, 3)]
TIE_OF_THREE = [(1, 3), (1, 3), (1, 3), (4, 4)]
INSEPARABLE = [(1, 3), (1, 3), (1, 3)]
ELO = {"method": "elo", "both_bad": "tie", "level": 0.95, "seed": 0, "interval": "orderings", "cluster": None}


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def french():
    with translation.override("fr"):
        yield


@pytest.mark.parametrize(
    ("ranges", "analysis", "options", "sentence"),
    [
        (CLEAR, Analysis(), {}, "A leads: 18,420 blind votes place it ahead of every other model."),
        (
            CLEAR,
            Analysis(language="fr"),
            {"counted": 900},
            "On prompts in French, A leads: 900 blind votes place it ahead of every other model.",
        ),
        (
            TIE_OF_THREE,
            Analysis(category="code"),
            {},
            "On prompts of the category “code”, A, B and C lead, and 18,420 blind votes cannot separate them.",
        ),
        (
            INSEPARABLE,
            Analysis(category="100% code", language="en", style=True),
            {},
            "On prompts in English of the category “100% code”, with style held equal, no model leads: "
            "after 18,420 blind votes, any of the 3 models could be first.",
        ),
        (
            CLEAR,
            Analysis(ties="out"),
            {},
            "A leads: 16,000 blind votes place it ahead of every other model.",
        ),
        (
            CLEAR,
            Analysis(),
            {"rule": "none"},
            "Without exclusions, A leads: 18,420 blind votes place it ahead of every other model.",
        ),
        (
            CLEAR,
            Analysis(),
            {"counted": 399},
            "Provisionally, A leads: 399 blind votes place it ahead of every other model.",
        ),
        (
            INSEPARABLE,
            Analysis(language="fr"),
            {"counted": 60, "all_votes": {"counted": 300}},
            "Provisionally, on prompts in French, no model leads: after 60 blind votes, any of the 3 models could be "
            "first.",
        ),
        (
            [(1, 1)],
            Analysis(),
            {},
            "A is the only model with a place so far, so there is nothing to compare it with.",
        ),
        ([], Analysis(), {"counted": 0}, "No result yet: 0 of 400 votes."),
        (
            [],
            Analysis(language="fr"),
            {"counted": 80},
            "On prompts in French, no result yet: 80 blind votes do not place any model.",
        ),
    ],
)
def test_sentence_names_its_votes_and_its_terms(ranges, analysis, options, sentence):
    assert summarise_board(make_board(*ranges, analysis=analysis, **options)) == sentence


def test_a_part_of_a_settled_study_is_not_provisional():
    board = make_board(*CLEAR, analysis=Analysis(language="fr"), counted=60, all_votes={"counted": 4000})
    assert summarise_board(board).startswith("On prompts in French, A leads")


@pytest.mark.parametrize(
    ("ranges", "sentence"),
    [
        (CLEAR, "By Elo, A comes first, averaged over random orders of 18,420 blind votes."),
        (
            TIE_OF_THREE,
            "By Elo, A, B and C can each come first, depending on the order in which 18,420 blind votes are taken.",
        ),
        (
            [(1, 4)] * 4,
            "By Elo, any of 4 models can come first, depending on the order in which 18,420 blind votes are taken.",
        ),
    ],
)
def test_elo_says_nothing_of_what_the_votes_can_separate(ranges, sentence):
    board = make_board(*ranges, analysis=Analysis(method="elo"))
    assert summarise_board(board) == sentence
    assert "not a confidence interval" in describe_board_leaders(board)
    assert "points" not in describe_board_leaders(board)


@pytest.mark.parametrize(
    ("refused", "document", "sentence"),
    [
        ("too few votes", {}, "On prompts in French, too few votes: 12 of 50 needed."),
        (
            "too few votes",
            {"parts": [{"category": str(place), "language": "", "votes": 90} for place in range(60)]},
            "On prompts in French, no ranking: a snapshot ranks its 60 largest parts, and this is none of them.",
        ),
        (
            "style never differs in these votes",
            {},
            "On prompts in French, no ranking: the two responses of a vote never differ in style.",
        ),
        (
            "no convergence: 100%",
            {},
            "On prompts in French, no ranking: these votes cannot be ranked in this way. The computation says: "
            "“no convergence: 100%”",
        ),
        (
            "The effects of length, bold cannot be told apart from each other or from the models: one of them is a "
            "mixture of the rest.",
            {},
            "On prompts in French, no ranking: in these votes, the effects of length and bold text cannot be told "
            "apart from each other or from the models.",
        ),
    ],
)
def test_a_refusal_is_a_sentence(refused, document, sentence):
    board = make_board(analysis=Analysis(language="fr"), counted=12, refused=refused, document=document)
    assert summarise_board(board) == sentence
    assert describe_board_leaders(board) == ""


def test_a_snapshot_of_an_earlier_code_has_one_analysis():
    board = make_board(analysis=Analysis(style=True), refused="too few votes")
    board = make_board(
        analysis=Analysis(style=True),
        refused="too few votes",
        document={**board.document, "code_version": "arena-4"},
    )
    del board.document["analyses"]
    assert summarise_board(board) == (
        "With style held equal, no ranking: the code arena-4, which made this snapshot, ranked all votes in one way."
    )


@pytest.mark.parametrize("kind", ["simulated", "recorded"])
def test_votes_of_a_part_are_called_what_all_of_them_are(kind):
    """Where votes come from is counted over all of them only."""
    board = make_board(*CLEAR, analysis=Analysis(language="fr"), all_votes={kind: 3})
    assert name_kind(board) == kind
    assert f"{kind} votes" in summarise_board(board)


MIXED = {"simulated": 1800, "recorded": 0, "shown": 1}


@pytest.mark.parametrize(
    ("counted", "all_votes", "said"),
    [
        (1801, MIXED, "1,800 simulated votes and 1 blind vote"),
        (650, {"counted": 1801, **MIXED}, "650 simulated or blind votes"),
        (1801, {**MIXED, "shown": 0, "recorded": 1}, "1,800 simulated votes and 1 recorded vote"),
        (650, {**MIXED, "shown": 0, "recorded": 1}, "650 simulated or recorded votes"),
        (69, {"recorded": 60, "shown": 9}, "60 recorded votes and 9 blind votes"),
        (50, {"recorded": 60, "shown": 9}, "50 recorded or blind votes"),
        (1803, {**MIXED, "recorded": 2}, "1,800 simulated votes, 2 recorded votes and 1 blind vote"),
        (650, {**MIXED, "recorded": 2}, "650 simulated, recorded or blind votes"),
    ],
)
def test_votes_of_several_kinds_are_called_what_each_is(counted, all_votes, said):
    board = make_board(*CLEAR, counted=counted, all_votes=all_votes)
    assert f"A leads: {said} place it ahead" in summarise_board(board)


@pytest.mark.parametrize(
    ("counted", "all_votes", "said"),
    [
        (1801, MIXED, "1,800 simulated votes and 1 visitor’s vote"),
        (1803, {**MIXED, "shown": 3}, "1,800 simulated votes and 3 visitors’ votes"),
        (650, {"counted": 1801, **MIXED}, "650 votes, simulated or visitors’"),
    ],
)
def test_visitors_to_a_demonstration_cast_no_blind_votes(counted, all_votes, said):
    """It shows who wrote what from its first day."""
    board = make_board(*CLEAR, counted=counted, all_votes=all_votes, study={"simulated": True})
    assert said in summarise_board(board)


def test_a_model_that_none_with_a_place_ever_beat_is_named_before_those_that_lead():
    """It has no place, and no other can be first."""
    ahead, last = (
        UnplacedModel(model=LanguageModel(slug=name, name=name), reason=reason, votes=9)
        for name, reason in (("Z", "has won every battle"), ("Y", "has lost every battle"))
    )
    board = replace(make_board(*CLEAR), unplaced=(last, ahead))
    assert summarise_board(board).startswith("Behind Z, which lost to no model with a place, A leads: ")
    assert "Y" not in summarise_board(board)
    french = replace(make_board(*CLEAR, analysis=Analysis(language="fr")), unplaced=(ahead,))
    assert summarise_board(french).startswith("On prompts in French, behind Z, which lost to no model")


def test_votes_that_the_ranking_leaves_out_are_not_behind_it():
    board = make_board(*CLEAR, analysis=Analysis(ties="out"))
    assert count_left_out(board) == {"ties": 2000, "both_bad": 420}
    assert name_board_votes(board) == "16,000 blind votes"
    board = replace(make_board(*CLEAR), parameters={"both_bad": "out"})
    assert count_left_out(board) == {"ties": 0, "both_bad": 420}
    assert name_board_votes(board) == "18,000 blind votes"
    assert name_board_votes(make_board(*CLEAR)) == "18,420 blind votes"


def test_a_rate_of_the_votes_as_they_came_is_not_said_of_styles_held_equal():
    plain, style = (make_board(*CLEAR, analysis=Analysis(style=style)) for style in (False, True))
    assert describe_board_leaders(
        plain
    ) == "It wins about 50 of 100 comparisons, a tie counting as half a win. " + (
        describe_board_leaders(style)
    )
    assert describe_board_leaders(style) == "B and C follow, about 10 points or more behind."


def test_win_rates_without_ties_are_called_so():
    board = make_board(*CLEAR, analysis=Analysis(ties="out"))
    assert describe_board_leaders(board).startswith("It wins about 50 of 100 comparisons that are no tie.")


@pytest.mark.parametrize(
    ("changed", "analysis", "words"),
    [
        ({"ties": "davidson"}, Analysis(ties="davidson"), "a parameter of its own (Davidson)"),
        ({"both_bad": "out"}, Analysis(ties="out"), "Ties and “both bad” votes are counted"),
        ({"style": ["length", "bold"]}, Analysis(style=True), "of a vote: length and bold text."),
    ],
)
def test_method_says_what_an_analysis_changes(changed, analysis, words):
    assert words in " ".join(describe_method({**PRIMARY_ANALYSIS, **changed}, analysis=analysis))


def test_method_of_elo_claims_no_level_for_its_ranks():
    said = " ".join(describe_method({**ELO, "rounds": 100}, analysis=Analysis(method="elo")))
    assert "averaged over 100 random orders" in said
    assert "hold over these orders alone" in said
    assert "hold for all models together at" not in said


@pytest.mark.parametrize(
    ("code", "english", "french_name"),
    [
        ("fr", "French", "français"),
        ("pt-BR", "Portuguese (Brazil)", "portugais (Brésil)"),
        ("q9", "q9", "q9"),
    ],
)
def test_languages_by_their_name(code, english, french_name):
    assert name_language(code) == english
    with translation.override("fr"):
        assert name_language(code) == french_name


@pytest.mark.usefixtures("french")
@pytest.mark.parametrize(
    ("ranges", "options", "sentence"),
    [
        (
            TIE_OF_THREE,
            {"analysis": Analysis(language="fr", style=True)},
            f"Sur les consignes en français, à style égal, A, B et C sont en tête, et 18{NARROW}420 votes à l’aveugle "
            "ne suffisent pas à les départager.",
        ),
        (
            INSEPARABLE,
            {"counted": 90},
            f"Provisoirement, aucun modèle n’est en tête{NARROW}: après 90 votes à l’aveugle, chacun des "
            "3 modèles peut être premier.",
        ),
        (
            CLEAR,
            {"analysis": Analysis(method="elo")},
            f"Selon Elo, A arrive premier, en moyenne sur des ordres aléatoires de 18{NARROW}420 votes à l’aveugle.",
        ),
        (
            [],
            {"analysis": Analysis(category="code"), "counted": 12, "refused": "too few votes"},
            f"Sur les consignes de la catégorie «{NARROW}code{NARROW}», trop peu de votes{NARROW}: 12 sur les 50 "
            "nécessaires.",
        ),
    ],
)
def test_french(ranges, options, sentence):
    assert summarise_board(make_board(*ranges, **options)) == sentence


def test_only_ties_are_said_of_the_models_with_a_place():
    """A person's own ranking places few models: of the others there may be votes that decide."""
    said = "has only ties, so its interval is the one that the model expects, not one seen in the votes"
    assert describe_reason(said).startswith(
        "has only ties with the models that have a place, so its interval"
    )
