"""Files of a study whose raters withdrew: votes that stay, votes that went, and what is told of them."""

import json
from datetime import timedelta

import pytest

from evaluations.exports import open_export
from evaluations.models import Battle, LedgerEntry
from evaluations.personal.withdrawals import withdraw_rater
from tests.exports.studies import FORMULA, export_bytes, make_full_study, read_jsonl
from tests.factories import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=5)
OWN = ("reasons_left", "reasons_right", "comment", "active_ms")


def withdraw_first(study):
    """The one who agreed to be published, with a comment, a repeat and a check."""
    withdraw_rater(rater=Battle.objects.filter(study=study).order_by("pk").first().rater, now=LATER)


def test_votes_that_went_are_marked_and_tell_what_the_ledger_says():
    study = make_full_study(withdrawal="remove")
    before = read_jsonl(study)
    withdraw_first(study)
    rows = read_jsonl(study)

    assert [row["excluded"] for row in rows] == [True, True, True, False, True]
    reasons = [row["exclusion_reason"] for row in rows]
    assert reasons == ["withdrew", "withdrew", "withdrew", None, "Too fast to have read"]
    assert [row["may_publish"] for row in rows] == [False, False, False, False, True]
    assert [rows[0][name] for name in OWN] == [[], [], None, None]
    assert before[0]["active_ms"] == 4200
    for name in ("leaf_hash", "winner", "left", "right", "receipt_hash"):
        assert rows[0][name] == before[0][name]


@pytest.mark.parametrize("option", ["kept_only", "publishable_only"])
def test_files_of_votes_to_publish_leave_them_out(option):
    study = make_full_study(withdrawal="remove")
    withdraw_first(study)

    assert not {1, 2, 3} & {row["ledger_position"] for row in read_jsonl(study, **{option: True})}


@pytest.mark.parametrize("name", ["lmarena", "dpo"])
def test_other_files_leave_them_out(name):
    study = make_full_study(withdrawal="remove")
    before = len(read_jsonl(study, name))
    withdraw_first(study)

    assert len(read_jsonl(study, name)) == before - 1


def test_votes_that_stay_are_told_without_the_comment():
    study = make_full_study(withdrawal="keep")
    assert FORMULA in read_jsonl(study)[0]["comment"]
    before = read_jsonl(study)
    withdraw_first(study)
    rows = read_jsonl(study)

    assert [row["excluded"] for row in rows] == [False, False, False, False, True]
    assert rows[0]["comment"] is None
    assert rows[0]["active_ms"] == 4200
    assert rows[0]["rater"] != before[0]["rater"]
    assert rows[0]["rater"] == rows[2]["rater"]


def test_a_file_of_an_earlier_size_does_not_know_of_it():
    study = make_full_study(withdrawal="remove")
    size = LedgerEntry.objects.count()
    withdraw_first(study)

    assert b"withdrew" in export_bytes(study, "jsonl")
    assert [row["excluded"] for row in read_jsonl_of(study, size)] == [False] * 4 + [True]


def read_jsonl_of(study, size):
    chunks = open_export(study=study, name="jsonl", ledger_size=size).chunks
    return [json.loads(line) for line in b"".join(chunks).splitlines()]
