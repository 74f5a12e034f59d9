import hashlib
import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse

from evaluations.analyses import keep_analyses
from evaluations.ledger import seal_all
from evaluations.models import Snapshot
from evaluations.snapshots import refresh_leaderboard
from evaluations.studies import close_study
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


def test_a_snapshot_is_found_by_the_first_digits_that_pages_have(client, study):
    digest = Snapshot.objects.get().result_digest
    for name in ("api-snapshot", "api-analyses", "api-analysis"):
        whole, short = (get(client, name, given) for given in (digest, digest[:16]))
        assert short.status_code == 200
        assert short.content == whole.content
    assert get(client, "api-snapshot", digest[:15]).status_code == 404
    assert get(client, "api-snapshot", "0" * 16).status_code == 404


def test_first_digits_that_two_snapshots_have_are_no_name(client, study):
    first = Snapshot.objects.get()
    named = {"result_digest": first.result_digest[:20] + "0" * 44, "ledger_size": first.ledger_size + 1}
    Snapshot.objects.create(
        **{each.attname: getattr(first, each.attname) for each in Snapshot._meta.fields if each.name != "id"}
        | named
    )
    assert get(client, "api-snapshot", first.result_digest[:16]).status_code == 404
    assert get(client, "api-snapshot", first.result_digest).status_code == 200


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


class TestFilters:
    def test_each_analysis_has_its_address(self, client, study):
        snapshot = Snapshot.objects.get()
        for query in ({"ties": "davidson"}, {"method": "elo"}, {"category": "explain", "language": "en"}):
            data = client.get(reverse("api-leaderboard", args=[study.slug]), query).json()
            assert {name: data["analysis"][name] for name in query} == query
            assert data["refused"] == ""
            assert len(data["ranking"]) == 3
            again = client.get(data["links"]["permanent"]).json()
            assert again["ranking"] == data["ranking"]
            assert again["snapshot"]["result_digest"] == snapshot.result_digest
        assert client.get(reverse("api-leaderboard", args=[study.slug])).json()["analysis"]["key"] == ""

    def test_what_is_not_offered_is_said(self, client, study):
        address = reverse("api-leaderboard", args=[study.slug])
        assert client.get(address, {"ties": "none"}).status_code == 422
        assert client.get(address, {"category": "nothing"}).status_code == 404
        assert client.get(address, {"snapshot": "abc"}).status_code == 422
        assert client.get(address, {"snapshot": "0" * 64}).status_code == 404

    def test_a_snapshot_s_board_stays_when_there_is_a_newer_one(self, client, study):
        address = reverse("api-leaderboard", args=[study.slug])
        before = client.get(address).json()
        make_vote(battle=make_battle(study=study))
        refresh(study)
        assert client.get(address).json()["votes"]["counted"] == 76
        short = before["snapshot"]["result_digest"][:16]
        assert client.get(address, {"snapshot": short}).json()["votes"]["counted"] == 75
        assert client.get(before["links"]["permanent"]).json()["ranking"] == before["ranking"]

    def test_sorting(self, client, study):
        def order(sort):
            data = client.get(reverse("api-leaderboard", args=[study.slug]), {"sort": sort}).json()
            return [row["slug"] for row in data["ranking"]], data["ranking"]

        ranked, _rows = order("rank")
        assert order("-rank")[0] == ranked[::-1]
        assert order("model")[0] == ["alpha", "beta", "gamma"]
        votes = [row["votes"] for row in order("votes")[1]]
        assert votes == sorted(votes, reverse=True)

    def test_lists_by_state_and_kind_of_votes(self, client, study):
        address = reverse("api-leaderboards")
        assert client.get(address, {"state": "open"}).json()["count"] == 1
        assert client.get(address, {"state": "closed"}).json()["count"] == 0
        assert client.get(address, {"recorded": "true"}).json()["count"] == 0


class TestSnapshots:
    def test_list_by_size_and_time(self, client, study):
        make_vote(battle=make_battle(study=study))
        refresh(study)
        address = reverse("api-board-snapshots", args=[study.slug])
        assert [row["ledger_size"] for row in client.get(address).json()["results"]] == [77, 76]
        for query, found in [
            ({"smallest": 77}, [77]),
            ({"largest": 76}, [76]),
            ({"until": NOW.isoformat()}, []),
            ({"since": NOW.isoformat(), "limit": 1}, [77]),
            ({"exclusions": "none"}, []),
        ]:
            rows = client.get(address, query).json()["results"]
            assert [row["ledger_size"] for row in rows] == found, query
        document = client.get(client.get(address).json()["results"][1]["document"])
        assert document.json()["ledger_size"] == 76

    def test_each_analysis_is_the_bytes_that_the_document_names(self, client, study):
        digest = Snapshot.objects.get().result_digest
        before = client.get(reverse("api-analyses", args=[digest])).json()
        assert None in {row["digest"] for row in before["results"]}
        board = study.leaderboards.select_related("study").get()
        keep_analyses(leaderboard=board, columns_root=settings.COLUMNS_ROOT)
        page = client.get(reverse("api-analyses", args=[digest])).json()
        assert page["count"] > 5
        for row in page["results"]:
            sent = client.get(row["document"])
            assert hashlib.sha256(sent.content).hexdigest() == row["digest"], row["key"]
        primary = client.get(reverse("api-analysis", args=[digest]))
        assert hashlib.sha256(primary.content).hexdigest() == digest

    def test_bundle_only_once_single_votes_are_public(self, client, study):
        digest = Snapshot.objects.get().result_digest
        assert client.get(reverse("api-bundle", args=[digest])).status_code == 403
        close_study(study=study, now=NOW + timedelta(hours=1))
        sent = client.get(reverse("api-bundle", args=[digest]))
        assert sent.status_code == 200
        assert b"".join(sent).startswith(b"PK")
        again = client.get(reverse("api-bundle", args=[digest]), headers={"If-None-Match": sent["ETag"]})
        assert again.status_code == 304

    def test_files_say_whether_they_are_public(self, client, study):
        address = reverse("api-board-files", args=[study.slug])

        def read():
            return {row["file"]: row["is_public"] for row in client.get(address).json()["results"]}

        hidden = {name for name, is_public in read().items() if not is_public}
        assert {"votes.csv", "lmarena.jsonl"} <= hidden
        assert not {"board.csv", "codebook.md"} & hidden
        for row in client.get(address).json()["results"]:
            assert client.get(row["address"]).status_code == (200 if row["is_public"] else 403)
        close_study(study=study, now=NOW + timedelta(hours=1))
        assert all(read().values())


class TestProblems:
    @pytest.mark.parametrize("path", ["/api/v1/nothing/", "/api/v1/leaderboards/a/b/c/", "/api/v1/é"])
    def test_an_unknown_address_is_a_problem_document(self, client, path):
        response = client.get(path)
        assert (response.status_code, response.json()["status"]) == (404, 404)
        assert response["Content-Type"] == "application/problem+json"
        page = client.get("/nothing/")
        assert (page.status_code, page["Content-Type"].partition(";")[0]) == (404, "text/html")

    def test_an_address_without_its_slash_is_led_on(self, client):
        assert client.get("/api/v1/leaderboards").status_code == 301

    def test_what_no_program_reads_is_a_problem_document(self, client, study):
        response = get(client, "api-leaderboard", study.slug, Accept="text/html")
        assert (response.status_code, response.json()["status"]) == (406, 406)

    def test_a_fault_of_ours_is_a_problem_document_that_tells_nothing(self, client, study, monkeypatch):
        def fail(**_given):
            raise KeyError("a secret")

        monkeypatch.setattr("evaluations.api.leaderboards.fetch_board", fail)
        client.raise_request_exception = False
        response = get(client, "api-leaderboard", study.slug)
        assert (response.status_code, response.json()["status"]) == (500, 500)
        assert response["Content-Type"] == "application/problem+json"
        assert "secret" not in response.content.decode()
