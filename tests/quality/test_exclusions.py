"""Exclusions: a ranking leaves out whom a prefix of the ledger says, and nobody else; both boards are published."""

import json

import pytest
from django.conf import settings

from evaluations.canonical import encode_canonical
from evaluations.columns import refresh_columns
from evaluations.documents import compute_published
from evaluations.leaderboards import fetch_board, list_exclusions
from evaluations.models import LedgerEntry, Snapshot
from evaluations.quality.decisions import decide_rater
from evaluations.quality.exclusions import find_exclusions, name_rater, number_raters, read_number
from evaluations.snapshots import measure_prefix, read_document, refresh_leaderboard
from tests.factories import make_study
from tests.raters import LATER, seal, turn_by_model, vote_often

pytestmark = pytest.mark.django_db


@pytest.fixture
def study():
    return make_study(names=("alpha", "beta"), prompts=4)


@pytest.fixture
def raters(study, settings):
    """Three who prefer alpha most of the time, and one who always votes beta."""
    honest = ["left", "left", "left", "right", "left", "right"]
    made = [vote_often(study=study, outcomes=honest) for _ in range(3)]
    made.append(vote_often(study=study, outcomes=turn_by_model(10, first_wins=False)))
    seal(settings)
    return made


def decide(
    study, rater, decision="exclude", *, after=0, reason="Votes beta, whatever the answers are.", number=4
):
    return decide_rater(
        study=study,
        rater=rater,
        number=number,
        decision=decision,
        reason=reason,
        flags=[],
        after=after,
        user=None,
        now=LATER,
    )


def refresh(study):
    return refresh_leaderboard(
        leaderboard=study.leaderboards.get(), columns_root=settings.COLUMNS_ROOT, now=LATER
    )


def read(study):
    return read_document(snapshot=refresh(study))


def test_an_exclusion_leaves_out_the_raters_votes_and_no_other(study, raters):
    before = read(study)
    decide(study, raters[3])
    after = read(study)

    assert (before["votes"]["counted"], before["exclusions"]["votes"]) == (28, 0)
    assert after["votes"]["received"] == 28
    assert (after["votes"]["counted"], after["votes"]["raters"]) == (18, 3)
    assert after["exclusions"] == {
        "rule": "applied",
        "raters": 1,
        "votes": 10,
        "positions": [29],
        "withdrawn": {"raters": 0, "votes": 0},
    }
    assert after["input_digest"] != before["input_digest"]
    assert sum(row[2] + row[3] + row[4] + row[5] for row in after["pairs"]) == 18


def test_the_raw_board_counts_all_and_is_published_beside_the_other(study, raters):
    before = read(study)
    assert not Snapshot.objects.filter(exclusions="none").exists()
    decide(study, raters[3])
    refresh(study)
    raw = fetch_board(slug=study.slug, query={"exclusions": "none"})

    assert raw.is_raw
    assert raw.votes["counted"] == 28
    assert read_document(snapshot=raw.snapshot)["input_digest"] == before["input_digest"]
    assert fetch_board(slug=study.slug).votes["counted"] == 18
    assert {snapshot.ledger_size for snapshot in Snapshot.objects.all()} == {29, 30}


def test_without_any_decision_the_raw_board_is_the_board(study, raters):
    refresh(study)

    assert fetch_board(slug=study.slug, query={"exclusions": "none"}) == fetch_board(slug=study.slug)


def test_a_restoration_brings_back_the_same_figures(study, raters):
    before = read(study)
    first = decide(study, raters[3])
    refresh(study)
    decide(study, raters[3], "restore", after=first.pk)
    after = read(study)

    assert after["ranking"] == before["ranking"]
    assert after["input_digest"] == before["input_digest"]
    assert after["exclusions"]["positions"] == []
    assert (
        fetch_board(slug=study.slug, query={"exclusions": "none"}).snapshot.ledger_size
        == after["ledger_size"]
    )


def test_votes_that_come_after_the_exclusion_are_left_out_too(study, raters, settings):
    decide(study, raters[3])
    vote_often(study=study, rater=raters[3], outcomes=["left", "left"])
    seal(settings)

    assert read(study)["exclusions"]["votes"] == 12


def test_an_exclusion_is_of_one_study(study, raters, settings):
    other = make_study(names=("alpha", "beta"), prompts=4)
    vote_often(study=other, rater=raters[3], outcomes=["left", "right", "left"])
    seal(settings)
    decide(study, raters[3])

    assert read(other)["votes"]["counted"] == 3


def test_with_everyone_excluded_nothing_is_ranked_and_that_is_published(study, settings):
    rater = vote_often(study=study, outcomes=["left", "right"])
    seal(settings)
    refresh(study)
    decide(study, rater, number=1)
    document = read(study)

    assert document["ranking"] == []
    assert [row["votes"] for row in document["unplaced"]] == [0, 0]
    assert document["votes"]["counted"] == 0
    assert fetch_board(slug=study.slug).votes["received"] == 2


def test_the_same_prefix_gives_the_same_bytes_from_a_fresh_cache(study, raters, tmp_path):
    """Also of a prefix that ends before a decision, read after it."""
    early = read(study)
    first = decide(study, raters[3])
    middle = read(study)
    decide(study, raters[3], "restore", after=first.pk)
    columns = refresh_columns(root=tmp_path / "fresh")
    board = study.leaderboards.get()

    for document in (early, middle, read(study)):
        again = compute_published(leaderboard=board, columns=columns, size=document["ledger_size"])
        assert again.document == encode_canonical(document)


def test_the_prefix_ends_with_the_last_decision(study, raters):
    columns = refresh_columns(root=settings.COLUMNS_ROOT)
    assert measure_prefix(columns=columns, study_id=study.pk) == 29
    decide(study, raters[3])
    other = make_study()
    columns = refresh_columns(root=settings.COLUMNS_ROOT)

    assert measure_prefix(columns=columns, study_id=study.pk) == 30
    assert measure_prefix(columns=columns, study_id=other.pk) == 0


def test_columns_say_whom_a_decision_is_about(study, raters):
    first = decide(study, raters[3])
    decide(study, raters[3], "restore", after=first.pk)
    columns = refresh_columns(root=settings.COLUMNS_ROOT)

    assert columns.decision[-2:].tolist() == [1, 2]
    assert columns.rater[-2:].tolist() == [raters[3].pk] * 2
    assert columns.outcome[-2:].tolist() == [-1, -1]
    assert find_exclusions(columns=columns, study_id=study.pk, size=30).raters.tolist() == [raters[3].pk]
    assert find_exclusions(columns=columns, study_id=study.pk, size=31).raters.tolist() == []


def test_raters_are_named_by_their_first_vote_for_good(study, raters, settings):
    columns = refresh_columns(root=settings.COLUMNS_ROOT)
    before = number_raters(columns=columns, study_id=study.pk).tolist()
    decide(study, raters[3])
    newcomer = vote_often(study=study, outcomes=["left"])
    columns = seal(settings)

    assert sorted(before) == sorted(rater.pk for rater in raters)
    assert number_raters(columns=columns, study_id=study.pk).tolist() == [*before, newcomer.pk]
    assert number_raters(columns=columns, study_id=study.pk + 1).tolist() == []


CODES = {"R-001": 1, "R-1000": 1000, "R-1": None, "R-000": None, "x": None, "R-": None, "R-²": None}


@pytest.mark.parametrize(("code", "number"), CODES.items())
def test_codes_are_read_as_they_are_written(code, number):
    assert read_number(code) == number
    assert number is None or name_rater(number) == code


def test_public_reasons_come_from_the_ledger_and_name_nobody(study, raters):
    decide(study, raters[3])
    refresh(study)
    (said,) = list_exclusions(board=fetch_board(slug=study.slug))
    record = json.loads(LedgerEntry.objects.get(kind="rater_excluded").record)

    assert (said.code, said.reason, said.position) == ("R-004", "Votes beta, whatever the answers are.", 29)
    assert set(record) == {"kind", "position", "study", "rater", "code", "reason", "at"}
    assert raters[3].code not in json.dumps(record)
