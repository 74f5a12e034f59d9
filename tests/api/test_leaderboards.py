import hashlib
import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse

from evaluations.ledger import seal_all
from evaluations.models import Snapshot
from evaluations.snapshots import refresh_leaderboard
from tests.factories import NOW, make_battle, make_study, make_vote

pytestmark = pytest.mark.django_db


@pytest.fixture
def study():
    """A study whose three models can all be placed, with its first snapshot."""
    study = make_study()
    for prompt in study.prompt_set.prompts.all():
        alpha, beta, gamma = prompt.responses.order_by("model__slug")
        for left, right in [(alpha, beta), (beta, gamma), (gamma, alpha), (alpha, gamma), (alpha, beta)]:
            for outcome in ["left", "left", "tie", "right", "both_bad"]:
                make_vote(
                    battle=make_battle(study=study, prompt=prompt, left=left, right=right), outcome=outcome
                )
    refresh(study)
    return study


def refresh(study):
    seal_all(now=NOW + timedelta(minutes=1))
    return refresh_leaderboard(
        leaderboard=study.leaderboards.get(), columns_root=settings.COLUMNS_ROOT, now=NOW
    )


def get(client, name, *args, **headers):
    return client.get(reverse(name, args=args), headers=headers)


def test_leaderboard_has_every_figure_with_its_interval(client, study):
    data = get(client, "api-leaderboard", study.slug).json()

    assert data["ranking"][0]["slug"] == "alpha"
    for row in data["ranking"]:
        assert row["lower"] < row["score"] < row["upper"]
        assert 1 <= row["rank_low"] <= row["rank_high"] <= 3
        assert row["wins"] + row["losses"] + row["ties"] + row["both_bad"] == row["votes"]
    assert data["votes"]["counted"] == 75
    assert data["parameters"]["level"] == 0.95
    assert data["snapshot"]["ledger_size"] == 76


def test_page_and_api_show_the_same_snapshot(client, study):
    data = get(client, "api-leaderboard", study.slug).json()
    page = get(client, "leaderboard", study.slug).content.decode()
    shown = re.findall(r'<td role="cell" class="score">\s*(?:<[^>]+>)?([\d,]+)', page)

    assert [f"{round(row['score']):,}" for row in data["ranking"]] == shown
    assert data["snapshot"]["result_digest"] in re.sub(r"[\s\u00a0\u202f]|<[^>]+>", "", page)


def test_new_votes_change_nothing_until_the_refresh(client, study):
    before = get(client, "api-leaderboard", study.slug).json()
    make_vote(battle=make_battle(study=study))
    assert get(client, "api-leaderboard", study.slug).json() == before
    refresh(study)
    assert get(client, "api-leaderboard", study.slug).json()["votes"]["counted"] == 76


def test_etag_answers_not_modified_until_the_next_snapshot(client, study):
    tag = get(client, "api-leaderboard", study.slug)["ETag"]

    assert get(client, "api-leaderboard", study.slug, **{"If-None-Match": tag}).status_code == 304
    make_vote(battle=make_battle(study=study))
    refresh(study)
    assert get(client, "api-leaderboard", study.slug, **{"If-None-Match": tag}).status_code == 200


def test_before_the_first_vote_nothing_is_made_up(client):
    data = get(client, "api-leaderboard", make_study().slug).json()

    assert data["snapshot"] is None
    assert data["ranking"] == []
    assert [row["reason"] for row in data["unplaced"]] == ["has no vote yet"] * 3


def test_snapshot_is_served_byte_for_byte(client, study):
    snapshot = Snapshot.objects.get()
    response = get(client, "api-snapshot", snapshot.result_digest)

    assert hashlib.sha256(response.content).hexdigest() == snapshot.result_digest
    assert "immutable" in response["Cache-Control"]


def test_an_unknown_board_is_a_problem_document(client):
    response = get(client, "api-leaderboard", "nowhere")

    assert response.status_code == 404
    assert response["Content-Type"].startswith("application/problem+json")
    assert response.json()["status"] == 404


def test_a_wrong_method_is_a_problem_document(client, study):
    response = client.post(reverse("api-leaderboard", args=[study.slug]))

    assert response.status_code == 405
    assert response.json()["status"] == 405


def test_list_names_every_board(client, study):
    data = get(client, "api-leaderboards").json()

    assert data["count"] == 1
    assert data["results"][0]["slug"] == study.slug


def test_schema_describes_the_addresses(client):
    schema = get(client, "api-schema", **{"Accept": "application/json"}).content.decode()

    assert "/api/v1/leaderboards/{slug}/" in schema
    assert "rank_low" in schema
