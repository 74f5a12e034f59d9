import hashlib
import json
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from evaluations.columns import refresh_columns
from evaluations.errors import UnsupportedParameter
from evaluations.leaderboards import fetch_board
from evaluations.ledger import seal_all
from evaluations.models import Snapshot
from evaluations.ranking import Votes, rank
from evaluations.snapshots import (
    compute_published,
    read_document,
    refresh_leaderboard,
    refresh_leaderboards,
)
from evaluations.studies.protocols import PRIMARY_ANALYSIS
from tests.factories import NOW, make_battle, make_rater, make_study, make_vote


def compute(board, columns):
    computed = compute_published(leaderboard=board, columns=columns, size=columns.size)
    return json.loads(computed.document)


pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=1)


def seal_cycle(study, *, rounds=3):
    """Each model beats each other one, not equally often: everything can be placed."""
    raters = [make_rater() for _ in range(4)]
    for number in range(rounds):
        for prompt in study.prompt_set.prompts.all():
            answers = list(prompt.responses.order_by("model__slug"))
            for i, left in enumerate(answers):
                for right in answers[i + 1 :]:
                    outcome = ["left", "left", "right", "tie"][(number + i + left.pk) % 4]
                    battle = make_battle(
                        study=study, rater=raters[number % 4], prompt=prompt, left=left, right=right
                    )
                    make_vote(battle=battle, outcome=outcome)
    seal_all(now=LATER)


def refresh(study, root=None):
    return refresh_leaderboard(
        leaderboard=study.leaderboards.get(), columns_root=root or settings.COLUMNS_ROOT, now=LATER
    )


def test_without_votes_there_is_no_snapshot():
    study = make_study()

    assert refresh(study) is None
    assert fetch_board(slug=study.slug).snapshot is None


def test_snapshot_says_prefix_parameters_and_digests():
    study = make_study()
    seal_cycle(study)
    snapshot = refresh(study)
    document = read_document(snapshot=snapshot)

    assert snapshot.ledger_size == document["ledger_size"] == 28
    assert document["parameters"]["cluster"] == "rater"
    assert hashlib.sha256(snapshot.document.encode()).hexdigest() == snapshot.result_digest
    assert document["votes"]["counted"] == 27


def test_figures_are_those_of_rank():
    study = make_study()
    seal_cycle(study)
    document = read_document(snapshot=refresh(study))
    columns = refresh_columns(root=settings.COLUMNS_ROOT)
    ids = dict(study.entries.values_list("model_id", "model__slug"))
    counted = columns.outcome >= 0
    ranking = rank(
        Votes.from_labels(
            model_a=[ids[pk] for pk in columns.left[counted].tolist()],
            model_b=[ids[pk] for pk in columns.right[counted].tolist()],
            outcome=[["a", "b", "tie", "both_bad"][code] for code in columns.outcome[counted].tolist()],
            rater=columns.rater[counted].tolist(),
        )
    )

    assert [row["model"] for row in document["ranking"]] == list(ranking.models)
    assert [row["strength"] for row in document["ranking"]] == pytest.approx(
        ranking.strength.tolist(), abs=1e-9
    )
    assert [row["lower"] for row in document["ranking"]] == pytest.approx(ranking.lower.tolist(), abs=1e-6)


def test_same_prefix_same_bytes_from_another_cache(tmp_path):
    study = make_study()
    seal_cycle(study)
    first = compute_published(
        leaderboard=study.leaderboards.get(), columns=refresh_columns(root=tmp_path / "one"), size=28
    )
    seal_cycle(study)
    second = compute_published(
        leaderboard=study.leaderboards.get(), columns=refresh_columns(root=tmp_path / "two"), size=28
    )

    assert first.document == second.document
    assert first.analyses == second.analyses


def test_refreshing_again_publishes_nothing_new():
    study = make_study()
    seal_cycle(study)

    assert refresh(study) == refresh(study)
    assert Snapshot.objects.count() == 1


def test_votes_of_another_study_change_nothing():
    study, other = make_study(), make_study()
    seal_cycle(study)
    before = refresh(study)
    seal_cycle(other)

    assert refresh(study) == before
    assert refresh(other).ledger_size > before.ledger_size


def test_a_model_without_votes_is_named_with_its_reason():
    study = make_study(names=("alpha", "beta", "gamma"))
    prompt = study.prompt_set.prompts.first()
    left, right, _ = prompt.responses.order_by("model__slug")
    for outcome in ["left", "right", "left"]:
        make_vote(battle=make_battle(study=study, prompt=prompt, left=left, right=right), outcome=outcome)
    seal_all(now=LATER)
    refresh(study)
    board = fetch_board(slug=study.slug)

    assert [row.model.slug for row in board.rows] == ["alpha", "beta"]
    assert [(model.model.slug, model.votes) for model in board.unplaced] == [("gamma", 0)]
    assert "no vote" in board.unplaced[0].reason


def test_votes_that_place_nobody_are_shown_as_such():
    study = make_study(names=("alpha", "beta"))
    make_vote(battle=make_battle(study=study))
    seal_all(now=LATER)
    document = read_document(snapshot=refresh(study))

    assert document["ranking"] == []
    assert {row["model"] for row in document["unplaced"]} == {"alpha", "beta"}


def test_a_board_that_cannot_be_computed_keeps_no_other_one_back(caplog):
    broken, sound = make_study(), make_study()
    for study in (broken, sound):
        seal_cycle(study)
    broken.leaderboards.update(parameters={**PRIMARY_ANALYSIS, "method": "tea leaves"})

    assert refresh_leaderboards(columns_root=settings.COLUMNS_ROOT, now=LATER) == 1
    assert fetch_board(slug=sound.slug).snapshot is not None
    assert broken.slug in caplog.text


def test_snapshots_are_insert_only():
    study = make_study()
    seal_cycle(study)
    refresh(study)

    with pytest.raises(IntegrityError, match="insert-only"), transaction.atomic():
        Snapshot.objects.update(document="{}")


@pytest.mark.parametrize(
    "parameters",
    [{"cluster": "both"}, {"cluster": "prompt"}, {"position": True}, {"ties": "davidson"}],
    ids=str,
)
def test_a_board_can_ask_for_every_analysis_that_the_ledger_has_the_votes_for(parameters):
    study = make_study()
    seal_cycle(study, rounds=4)
    board = study.leaderboards.get()
    board.parameters = {**board.parameters, **parameters}
    board.save()
    document = read_document(snapshot=refresh(study))

    assert document["parameters"] == board.parameters
    assert [effect["name"] for effect in document["effects"]] == (
        ["position"] if "position" in parameters else ["ties"] if "ties" in parameters else []
    )
    assert all(effect["lower"] < effect["value"] < effect["upper"] for effect in document["effects"])
    assert fetch_board(slug=study.slug).rows


def test_votes_can_be_weighted_where_every_draw_has_its_probability():
    study = make_study()
    seal_cycle(study)
    board = study.leaderboards.get()
    board.parameters = {**board.parameters, "weights": "inverse-probability"}
    columns = refresh_columns(root=settings.COLUMNS_ROOT)
    weighted = compute(board, columns)
    plain = compute(study.leaderboards.get(), columns)
    assert [row["score"] for row in weighted["ranking"]] == [row["score"] for row in plain["ranking"]]

    # One vote that was recorded elsewhere: nobody knows how its pair was drawn.
    probability = np.array(columns.probability)
    probability[columns.outcome >= 0] = [np.nan, *probability[columns.outcome >= 0][1:]]
    recorded = replace(columns, probability=probability)
    with pytest.raises(UnsupportedParameter, match="probability of each draw"):
        compute(board, recorded)
    other = compute(study.leaderboards.get(), recorded)
    assert other["input_digest"] != plain["input_digest"]
    assert other["ranking"] == plain["ranking"]
