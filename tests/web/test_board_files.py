"""A leaderboard's files: the board's own numbers, and of its votes what may be public and nothing else."""

import csv
import io
import json

import pyarrow as pa
import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from pyarrow import parquet

from evaluations.exports.public import PUBLISHED
from evaluations.models import Consent, LanguageModel, RaterIdentity, Vote
from evaluations.personal.withdrawals import withdraw_rater
from evaluations.quality.decisions import RaterDecision
from evaluations.studies import close_study
from tests.exports.studies import FORMULA, exclude, make_full_study
from tests.exports.test_lmarena import COLUMNS as LMARENA_COLUMNS
from tests.factories import make_battle, make_rater, make_vote
from tests.web.boards import make_ranked_study, publish

pytestmark = pytest.mark.django_db
VOTES = ("votes.csv", "votes.jsonl", "votes.parquet")
LMARENA = ("lmarena.jsonl", "lmarena.parquet")
NOT_PUBLIC = {"votes": "published when it closes", "lmarena": "once no study asks about them any more"}
PERSONAL = {"comment", "active_ms", "receipt_hash", "may_publish", "expected", "exclusion_reason"}


@pytest.fixture
def ranked():
    return make_ranked_study(columns_root=settings.COLUMNS_ROOT, slug="tasks")


@pytest.fixture
def published():
    """A closed study, whose votes are public."""
    study = close_study(study=make_full_study(), now=timezone.now())
    publish(columns_root=settings.COLUMNS_ROOT)
    return study


def get(client, file, **query):
    response = client.get(
        reverse("leaderboard-file", args=["tasks", file]), query, headers={"accept-language": "en"}
    )
    assert response.status_code == 200, response.content
    return response


def read(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


def read_csv(client, file="board.csv", **query):
    text = read(get(client, file, **query)).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_every_format_of_the_board_has_the_numbers_of_the_snapshot(client, ranked):
    snapshot = ranked.leaderboards.get().snapshots.get()
    expected = json.loads(snapshot.document)["ranking"]
    table = parquet.read_table(io.BytesIO(read(get(client, "board.parquet"))))
    document = json.loads(read(get(client, "board.json")))
    rows = read_csv(client)

    assert document["rows"] == table.to_pylist()
    for row, written, published in zip(document["rows"], rows, expected, strict=True):
        for figure in (
            "score",
            "lower",
            "upper",
            "strength",
            "win_rate",
            "rank_low",
            "rank_high",
            "votes",
            "wins",
        ):
            assert row[figure] == published[figure], figure
            assert float(written[figure]) == published[figure], figure
        assert row["level"] == 0.95
        assert row["vote_kind"] == "blind"


def test_json_and_parquet_say_what_the_rows_rest_on(client, ranked):
    snapshot = ranked.leaderboards.get().snapshots.get()
    document = json.loads(read(get(client, "board.json")))
    metadata = parquet.read_schema(io.BytesIO(read(get(client, "board.parquet")))).metadata

    assert document["snapshot"] == metadata[b"snapshot"].decode() == snapshot.result_digest
    assert document["ledger_size"] == json.loads(metadata[b"ledger_size"]) == snapshot.ledger_size
    assert document["parameters"] == json.loads(metadata[b"parameters"])
    assert document["parameters"]["level"] == 0.95
    assert document["votes"]["counted"] == json.loads(metadata[b"votes"])["counted"] == 30


def test_types_of_the_parquet_file(client, ranked):
    schema = parquet.read_schema(io.BytesIO(read(get(client, "board.parquet"))))

    assert schema.field("rank_low").type == pa.int32()
    assert schema.field("lower").type == pa.float64()
    assert schema.field("model").type == pa.string()


def test_a_file_is_named_by_what_it_is_of(client, ranked):
    size = ranked.leaderboards.get().snapshots.get().ledger_size

    assert f'filename="board-tasks-ledger-{size}.csv"' in get(client, "board.csv")["Content-Disposition"]
    elo = get(client, "board.json", method="elo")
    assert f'filename="board-tasks-ledger-{size}-method-elo.json"' in elo["Content-Disposition"]


def test_filters_of_the_address_are_those_of_the_file(client):
    study = make_ranked_study(
        columns_root=settings.COLUMNS_ROOT,
        slug="tasks",
        results=((0, 1, 30, 20), (0, 2, 40, 10), (1, 2, 35, 15)),
    )
    assert study.leaderboards.get().snapshots.exists()
    usual, elo = (json.loads(read(get(client, "board.json", **query))) for query in ({}, {"method": "elo"}))

    assert elo["analysis"]["method"] == elo["parameters"]["method"] == "elo"
    assert usual["analysis"]["method"] == "bradley-terry"
    assert [row["score"] for row in elo["rows"]] != [row["score"] for row in usual["rows"]]
    address = reverse("leaderboard-file", args=["tasks", "board.csv"])
    assert client.get(address, {"category": "poetry"}).status_code == 404


def test_an_earlier_snapshot_keeps_its_file(client, ranked):
    first = ranked.leaderboards.get().snapshots.get()
    before = read(get(client, "board.csv"))
    make_vote(battle=make_battle(study=ranked, rater=make_rater()), outcome="right")
    publish(columns_root=settings.COLUMNS_ROOT)

    assert read(get(client, "board.csv")) != before
    assert read(get(client, "board.csv", snapshot=first.result_digest[:16])) == before
    address = reverse("leaderboard-file", args=["tasks", "board.csv"])
    assert client.get(address, {"snapshot": "0" * 16}).status_code == 404


def test_models_without_a_place_have_a_row_and_no_score(client):
    make_ranked_study(columns_root=settings.COLUMNS_ROOT, slug="tasks", results=((0, 1, 3, 2),))
    rows = read_csv(client)

    assert [row["model"] for row in rows] == ["alpha", "beta", "gamma"]
    assert (rows[2]["score"], rows[2]["rank_low"], rows[2]["level"]) == ("", "", "")
    assert rows[2]["unplaced"] == "has no votes"


def test_elo_s_spread_passes_for_no_interval_of_confidence(client, ranked):
    assert {row["interval"] for row in read_csv(client)} == {"sandwich"}
    assert {row["interval"] for row in read_csv(client, method="elo")} == {"orderings"}


def test_a_model_s_name_runs_in_no_spreadsheet(client, ranked):
    LanguageModel.objects.filter(slug="alpha").update(name="=1+1", maker="@SUM(A1)")
    row = next(row for row in read_csv(client) if row["model"] == "alpha")

    assert (row["name"], row["maker"]) == ("'=1+1", "'@SUM(A1)")
    exact = json.loads(read(get(client, "board.json")))["rows"]
    assert "=1+1" in [each["name"] for each in exact]


@pytest.mark.parametrize("origin", ["simulated", "recorded"])
def test_files_say_that_votes_are_simulated_or_recorded(client, origin):
    make_ranked_study(columns_root=settings.COLUMNS_ROOT, slug="tasks", origin=origin)

    assert f"-{origin}.csv" in get(client, "board.csv")["Content-Disposition"]
    assert {row["vote_kind"] for row in read_csv(client)} == {origin}


@pytest.mark.parametrize("file", [*VOTES, *LMARENA])
def test_votes_of_an_open_study_that_reveals_at_its_close_are_not_public(client, ranked, file):
    address = reverse("leaderboard-file", args=["tasks", file])
    response = client.get(address, headers={"accept-language": "en"})

    assert response.status_code == 403
    assert NOT_PUBLIC[file.partition(".")[0]] in response.content.decode()
    assert not response.streaming
    close_study(study=ranked, now=timezone.now())
    assert client.get(address).status_code == 200


def test_public_votes_are_those_of_raters_who_agreed_and_name_nobody(client, published):
    table = parquet.read_table(io.BytesIO(read(get(client, "votes.parquet"))))
    rows = read_csv(client, "votes.csv")
    lines = [json.loads(line) for line in read(get(client, "votes.jsonl")).decode().splitlines()]

    assert tuple(table.column_names) == tuple(rows[0]) == tuple(lines[0]) == PUBLISHED
    assert not PERSONAL & set(table.column_names)
    assert (
        len(rows) == len(lines) == len(table) == 1
    )  # of five: no repeat, no check, none excluded, none silent
    identity = RaterIdentity.objects.get()
    secrets = [identity.rater.code, identity.external_id, identity.panel_session, FORMULA, "Not for others"]
    text = " ".join(read(get(client, file)).decode("utf-8-sig") for file in ("votes.csv", "votes.jsonl"))
    for secret in [*secrets, *Vote.objects.values_list("receipt", flat=True)]:
        assert secret not in text


def test_without_exclusions_their_votes_are_there(client, published):
    rows = read_csv(client, "votes.csv", exclusions="none")

    assert [row["excluded"] for row in rows] == ["false", "true"]
    name = get(client, "votes.csv", exclusions="none")["Content-Disposition"]
    assert 'filename="public-votes-tasks-ledger-7-normal-publishable.csv"' in name


@pytest.mark.parametrize("file", ["votes.csv", "lmarena.jsonl"])
def test_who_withdraws_with_the_votes_is_in_no_file_from_then_on(client, file):
    """Before there is another snapshot, which leaves them out, too."""
    study = close_study(study=make_full_study(withdrawal="remove"), now=timezone.now())
    publish(columns_root=settings.COLUMNS_ROOT)
    rater = Consent.objects.filter(study=study, may_publish=True).order_by("pk").first().rater
    before = len(read(get(client, file)).splitlines())
    withdraw_rater(rater=rater, now=timezone.now())

    assert len(read(get(client, file)).splitlines()) == before - 1


def test_who_takes_consent_back_is_in_no_file_any_more(client, published):
    given = Consent.objects.filter(may_publish=True).order_by("pk").first()
    assert len(read_csv(client, "votes.csv")) == 1
    again = {"text_version": given.text_version + 1, "agreed_at": timezone.now()}
    Consent.objects.create(study=published, rater=given.rater, may_publish=False, **again)

    assert read_csv(client, "votes.csv") == []


def test_votes_are_of_the_newest_snapshot_only(client, published):
    """Who withdrew since an earlier one is out of all of them."""
    digest = published.leaderboards.get().snapshots.first().result_digest
    address = reverse("leaderboard-file", args=["tasks", "votes.csv"])

    assert client.get(address, {"snapshot": digest}).status_code == 404


def test_the_file_with_lmarena_s_columns(client, published):
    table = parquet.read_table(io.BytesIO(read(get(client, "lmarena.parquet"))))

    assert tuple(table.column_names) == LMARENA_COLUMNS
    assert [row["winner"] for row in table.to_pylist()] == ["model_a"]
    assert len(read(get(client, "lmarena.jsonl")).splitlines()) == 1


def test_the_codebook_tells_every_public_column_and_no_other(client, published):
    rows = read_csv(client, "codebook.csv")
    votes = [row["column"] for row in rows if row["file"] == "votes"]

    assert tuple(votes) == PUBLISHED
    assert {row["file"] for row in rows} == {"board", "votes", "lmarena"}
    assert all(row["means"] and row["type"] for row in rows)
    assert b"| board | rank_low |" in read(get(client, "codebook.md"))


@pytest.mark.parametrize("file", ["board.xlsx", "votes.json", "preferences.jsonl", "responses.csv", "board"])
def test_there_is_no_other_file(client, published, file):
    assert client.get(reverse("leaderboard-file", args=["tasks", file])).status_code == 404


def show(client, language="en", **query):
    response = client.get(
        reverse("leaderboard-data", args=["tasks"]), query, headers={"accept-language": language}
    )
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_the_page_says_what_there_is_and_what_is_not_public_yet(client, ranked):
    page = show(client)

    assert "3 rows." in page
    assert page.count("Not public yet") == 2
    assert "are published when it closes" in page
    assert reverse("leaderboard-file", args=["tasks", "votes.csv"]) not in page
    close_study(study=ranked, now=timezone.now())
    page = show(client)
    assert "Not public yet" not in page
    assert page.count("30 rows.") == 0  # nobody was asked, so nobody agreed
    assert "0 rows." in page


def test_the_page_keeps_the_filters(client, ranked):
    assert f"{reverse('leaderboard-file', args=['tasks', 'board.csv'])}?method=elo" in show(
        client, method="elo"
    )


def test_the_page_names_the_licence_or_says_that_there_is_none(client, ranked, settings):
    assert "has stated no licence" in show(client)
    settings.DATA_LICENCE, settings.DATA_LICENCE_URL = "CC BY 4.0", "https://example.org/by"
    page = show(client, exclusions="applied")
    assert "CC BY 4.0</a>" in page
    assert 'href="https://example.org/by"' in page


def test_a_study_without_votes_says_so(client):
    study = make_full_study()
    assert not study.leaderboards.get().snapshots.exists()

    assert "No result yet." in show(client)
    assert [row["rank_low"] for row in read_csv(client)] == ["", "", ""]


def test_simulated_votes_are_named(client):
    make_ranked_study(columns_root=settings.COLUMNS_ROOT, slug="tasks", origin="simulated", simulated=True)

    assert "Simulated votes." in show(client)


def test_a_browser_that_has_it_is_told_so(client, ranked):
    for name, args in [("leaderboard-data", ["tasks"]), ("leaderboard-file", ["tasks", "board.csv"])]:
        address = reverse(name, args=args)
        client.get(address)  # with the cookie of its forms
        tag = client.get(address)["ETag"]
        assert client.get(address, headers={"if-none-match": tag}).status_code == 304


def test_the_page_of_all_data_links_to_each_leaderboard(client, ranked):
    page = client.get(reverse("data"), headers={"accept-language": "en"}).content.decode()

    assert reverse("leaderboard-data", args=["tasks"]) in page
    assert reverse("leaderboard-file", args=["tasks", "board.parquet"]) in page
    assert "Figures; votes when the study closes." in page


def test_the_page_of_all_data_without_any(client):
    page = client.get(reverse("data"), headers={"accept-language": "en"}).content.decode()
    assert "No leaderboard yet." in page


def test_exclusion_of_a_rater_is_told_apart(client, published):
    assert RaterDecision.objects.filter(study=published).count() == 1
    exclude(published, RaterDecision.objects.get().rater, decision="restore", reason="Looked at again")
    publish(columns_root=settings.COLUMNS_ROOT)
    assert len(read_csv(client, "votes.csv")) == 2
