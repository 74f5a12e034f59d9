"""Claims: judged as the ranking package judges them, on the votes that count and on no other one."""

from dataclasses import replace
from datetime import timedelta

import pytest

from evaluations import claims as module
from evaluations.claims import fetch_board_claims, fetch_claims, fetch_published_claims, judge_claims
from evaluations.leaderboards import fetch_board
from evaluations.models import Battle, Claim, LanguageModel
from evaluations.quality.decisions import decide_rater
from evaluations.ranking import judge_claim
from evaluations.studies import open_study, start_pilot
from evaluations.studies.drafts import ClaimPlan, register_claims
from tests.factories import NOW, make_battle, make_rater, make_study, make_vote
from tests.raters import LATER, seal
from tests.refreshing import refresh_all

pytestmark = pytest.mark.django_db

# (shown on the left, outcome) of battles of alpha and beta, and what alpha scores by them.
VOTES = (
    ("alpha", "left", 1.0),
    ("beta", "left", 0.0),
    ("alpha", "right", 0.0),
    ("beta", "right", 1.0),
    ("alpha", "tie", 0.5),
    ("beta", "both_bad", 0.5),
)
SCORES = [score for _left, _outcome, score in VOTES]


def plan(*, kind=Claim.Kind.SUPERIOR, model="alpha", rival="beta", margin=0.0, alpha=0.05):
    models = LanguageModel.objects.in_bulk([model, rival], field_name="slug")
    return ClaimPlan(kind=kind, model=models[model], rival=models[rival], margin=margin, alpha=alpha)


def make_claiming_study(*plans, **options):
    study = make_study(opened=False, **options)
    study = register_claims(study=study, claims=[plan(**given) for given in plans], now=NOW)
    return open_study(study=study, now=NOW)


def cast(study, *, left="alpha", right="beta", outcome="left", rater=None, **battle):
    answers = study.prompt_set.prompts.first().responses
    shown = make_battle(
        study=study,
        rater=rater,
        left=answers.get(model__slug=left),
        right=answers.get(model__slug=right),
        **battle,
    )
    make_vote(battle=shown, outcome=outcome, now=NOW + timedelta(seconds=shown.pk))
    return shown


def cast_all(study, votes=VOTES):
    for left, outcome, _score in votes:
        cast(study, left=left, right="beta" if left == "alpha" else "alpha", outcome=outcome)


def judge(study, settings):
    return judge_claims(study=study, columns=seal(settings))


def test_verdict_and_interval_are_those_of_the_ranking(settings):
    study = make_claiming_study(
        {"kind": "non_inferior", "margin": 20.0, "alpha": 0.1}, {"model": "beta", "rival": "alpha"}
    )
    cast_all(study, VOTES * 3)
    first, second = judge(study, settings)
    scores, raters = SCORES * 3, list(range(18))
    for judged, expected in (
        (first, judge_claim(kind="non-inferior", margin=20.0, score=scores, rater=raters, level=0.9)),
        (
            second,
            judge_claim(kind="superior", margin=0.0, score=[1 - score for score in scores], rater=raters),
        ),
    ):
        for name in (
            *("verdict", "lower", "upper", "lower_points", "upper_points"),
            *("mean", "votes", "observations", "still_needed", "level"),
        ):
            # Published figures have the digits that all processors agree on.
            assert getattr(judged, name) == pytest.approx(getattr(expected, name), abs=1e-6), name
    assert (first.number, first.model, first.rival, first.votes) == (1, "Alpha", "Beta", 18)
    assert (second.number, second.model, second.rival) == (2, "Beta", "Alpha")


@pytest.mark.parametrize(
    ("outcome", "verdict"), [("left", "supported"), ("right", "refuted"), ("tie", "undecided")]
)
def test_one_sided_votes_decide_and_ties_do_not(settings, outcome, verdict):
    study = make_claiming_study({})
    for _ in range(25):
        cast(study, outcome=outcome)
    (judged,) = judge(study, settings)
    assert judged.verdict == verdict
    assert judged.still_needed == (0 if verdict != "undecided" else None)


def test_order_is_that_of_the_ledger(settings):
    """A rater's first vote is the one that is judged, however the database returns them."""
    study = make_claiming_study({})
    rater = make_rater()
    cast(study, rater=rater, outcome="right")
    for _ in range(5):
        cast(study, rater=rater, outcome="left")
    (judged,) = judge(study, settings)
    assert (judged.votes, judged.observations, judged.mean) == (6, 1, 0.0)


def test_only_battles_of_the_two_models_are_judged(settings):
    study = make_claiming_study({})
    cast_all(study)
    for left, right in (("alpha", "gamma"), ("gamma", "alpha"), ("beta", "gamma"), ("gamma", "beta")):
        cast(study, left=left, right=right)
    elsewhere = make_study()
    cast(elsewhere)
    (judged,) = judge(study, settings)
    assert (judged.votes, judged.mean) == (len(VOTES), 0.5)


def test_repeats_checks_and_the_pilot_do_not_count(settings):
    study = make_study(opened=False)
    study = register_claims(study=study, claims=[plan()], now=NOW)
    study = start_pilot(study=study, now=NOW)
    cast(study, pilot=True)
    assert judge(study, settings) == []
    study = open_study(study=study, now=NOW)
    original = cast(study, outcome="right")
    cast(
        study,
        left="beta",
        right="alpha",
        kind=Battle.Kind.REPEAT,
        repeats=original,
        prompt=original.prompt,
        rater=original.rater,
    )
    cast(study, kind=Battle.Kind.CHECK, expected="left")
    (judged,) = judge(study, settings)
    assert (judged.votes, judged.mean) == (1, 0.0)


def test_votes_of_excluded_raters_do_not_count_until_they_are_taken_back(settings):
    study = make_claiming_study({})
    cast_all(study)
    rater = cast(study).rater
    assert judge(study, settings)[0].votes == len(VOTES) + 1
    decision = {"study": study, "rater": rater, "number": 7, "reason": "Votes left.", "flags": []}
    first = decide_rater(**decision, decision="exclude", after=0, user=None, now=LATER)
    assert judge(study, settings)[0].votes == len(VOTES)
    decide_rater(**decision, decision="restore", after=first.pk, user=None, now=LATER)
    assert judge(study, settings)[0].votes == len(VOTES) + 1


def test_draft_has_no_claims_and_a_study_without_any_costs_no_query(settings, django_assert_num_queries):
    draft = register_claims(study=make_study(opened=False), claims=[plan()], now=NOW)
    opened = make_study()
    columns = seal(settings)
    with django_assert_num_queries(0):
        for study in (draft, opened):
            assert judge_claims(study=study, columns=columns) == []
            assert fetch_published_claims(study=study, columns_root=settings.COLUMNS_ROOT) == []


def test_without_votes_all_is_open(settings):
    (judged,) = judge(make_claiming_study({}), settings)
    assert (judged.verdict, judged.lower, judged.upper, judged.mean) == ("undecided", 0.0, 1.0, None)


def test_a_prefix_is_judged_once_and_newer_votes_are_not_in_it(settings, monkeypatch):
    study = make_claiming_study({})
    cast_all(study)
    size = seal(settings).size
    root = settings.COLUMNS_ROOT
    assert fetch_claims(study=study, size=size, columns_root=root)[0].votes == len(VOTES)
    cast(study)
    newer = seal(settings).size
    with monkeypatch.context() as patched:
        patched.setattr(module, "judge_claims", None)
        assert fetch_claims(study=study, size=size, columns_root=root)[0].votes == len(VOTES)
    assert fetch_claims(study=study, size=newer, columns_root=root)[0].votes == len(VOTES) + 1
    monkeypatch.setattr(module, "_judged", module.OrderedDict())
    assert fetch_claims(study=study, size=size, columns_root=root)[0].votes == len(VOTES)


def test_published_claims_are_those_of_the_newest_snapshot(settings):
    study = make_claiming_study({})
    cast_all(study)
    seal(settings)
    refresh_all(columns_root=settings.COLUMNS_ROOT, now=LATER)
    cast(study)
    seal(settings)
    (published,) = fetch_published_claims(study=study, columns_root=settings.COLUMNS_ROOT)
    assert published.votes == len(VOTES)


def test_board_shows_claims_as_its_snapshot_judged_them(settings):
    study = make_claiming_study({})
    cast_all(study)
    seal(settings)
    refresh_all(columns_root=settings.COLUMNS_ROOT, now=LATER)
    cast(study)
    seal(settings)
    (shown,) = fetch_board_claims(board=fetch_board(slug=study.slug), columns_root=settings.COLUMNS_ROOT)
    assert shown.votes == len(VOTES)
    assert shown == judge_claims(study=study, columns=seal(settings), size=1 + len(VOTES))[0]


def test_board_without_a_snapshot_shows_the_protocol_s_claims_open(settings):
    study = make_claiming_study({})
    (shown,) = fetch_board_claims(board=fetch_board(slug=study.slug), columns_root=settings.COLUMNS_ROOT)
    assert (shown.verdict, shown.votes) == ("undecided", 0)


def test_snapshot_that_judged_no_claims_shows_none(settings):
    study = make_claiming_study({})
    cast_all(study)
    seal(settings)
    refresh_all(columns_root=settings.COLUMNS_ROOT, now=LATER)
    board = fetch_board(slug=study.slug)
    old = replace(board, document={name: said for name, said in board.document.items() if name != "claims"})
    assert fetch_board_claims(board=old, columns_root=settings.COLUMNS_ROOT) == []
