"""The file of votes: one row a sealed vote, the same in each format, by the newest decisions of its prefix."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest

from evaluations.canonical import hash_leaf
from evaluations.errors import ExportError
from evaluations.exports import ExportOptions, measure_ledger, open_export
from evaluations.exports.vote_columns import VOTES
from evaluations.ledger import seal_all
from evaluations.models import Battle, Consent, LedgerEntry, Rater
from tests.exports.studies import (
    FORMULA,
    exclude,
    export_bytes,
    make_full_study,
    read_csv,
    read_jsonl,
    read_parquet,
)
from tests.factories import NOW, make_battle, make_study, make_vote

pytestmark = pytest.mark.django_db
ALWAYS = [column.name for column in VOTES if not column.with_texts]


def test_a_row_a_vote_with_what_the_ledger_says():
    study = make_full_study()
    rows = read_jsonl(study)

    assert [row["ledger_position"] for row in rows] == [1, 2, 3, 4, 5]
    entry = LedgerEntry.objects.get(position=1)
    assert rows[0]["leaf_hash"] == bytes(entry.leaf_hash).hex() == hash_leaf(entry.record.encode()).hex()
    assert rows[0]["receipt_hash"] == hash_leaf(entry.vote.receipt.encode()).hex()
    assert {
        key: rows[0][key]
        for key in ("study", "protocol_hash", "prompt", "category", "language", "left", "right", "winner")
    } == {
        "study": "tasks",
        "protocol_hash": study.protocol_hash,
        "prompt": "p0",
        "category": "explain",
        "language": "en",
        "left": "alpha",
        "right": "beta",
        "winner": "left",
    }
    assert rows[0]["winning_model"] == "alpha"
    assert rows[0]["probability"] == 0.5
    assert rows[0]["reasons_left"] == ["clear", "short"]
    assert rows[0]["active_ms"] == 4200
    assert rows[0]["origin"] == "shown"


def test_times_are_cut_to_the_minute():
    assert {row["cast_at"] for row in read_jsonl(make_full_study())} == {"2026-03-01T12:00:00+00:00"}


def test_kinds_of_battles_are_told_apart():
    rows = read_jsonl(make_full_study())

    assert [row["battle_kind"] for row in rows] == ["normal", "repeat", "check", "normal", "normal"]
    assert [row["repeats_number"] for row in rows] == [None, 1, None, None, None]
    assert [row["expected"] for row in rows] == [None, None, "left", None, None]
    assert [row["winning_model"] for row in rows] == ["alpha", "alpha", "alpha", None, "beta"]
    assert (rows[1]["left"], rows[1]["right"]) == ("beta", "alpha")


def test_only_those_who_agreed_have_their_comments_told():
    rows = read_jsonl(make_full_study())

    assert [row["comment"] for row in rows] == [FORMULA, None, None, None, None]
    assert [row["may_publish"] for row in rows] == [True, True, True, False, True]


def test_the_newest_consent_holds():
    study = make_full_study()
    rater = Battle.objects.filter(study=study).order_by("pk").first().rater
    Consent.objects.create(rater=rater, study=study, text_version=1, may_publish=False, agreed_at=NOW)

    assert [row["comment"] for row in read_jsonl(study)] == [None] * 5


def test_nobody_was_asked_about_votes_that_were_recorded_elsewhere():
    study = make_study(slug="old", recorded=True)
    make_vote(battle=make_battle(study=study, origin="recorded"))
    seal_all(now=NOW + timedelta(minutes=1))

    assert [row["may_publish"] for row in read_jsonl(study)] == [None]
    assert len(read_jsonl(study, publishable_only=True)) == 1


def test_the_newest_decision_of_the_prefix_holds():
    study = make_full_study()
    assert [row["excluded"] for row in read_jsonl(study)] == [False] * 4 + [True]
    assert read_jsonl(study)[4]["exclusion_reason"] == "Too fast to have read"

    excluded = Rater.objects.order_by("-pk").first()
    exclude(study, excluded, decision="restore", reason="Read after all")
    assert [row["excluded"] for row in read_jsonl(study)] == [False] * 5
    early = open_export(study=study, name="jsonl", ledger_size=7)
    assert [json.loads(line)["excluded"] for line in b"".join(early.chunks).splitlines()][4]


def test_a_decision_in_another_study_is_no_matter():
    study, other = make_full_study(), make_study(slug="other")
    exclude(other, Battle.objects.filter(study=study).order_by("pk").first().rater)

    assert [row["excluded"] for row in read_jsonl(study)] == [False] * 4 + [True]


@pytest.mark.parametrize(
    ("options", "positions"),
    [
        ({"normal_only": True}, [1, 4, 5]),
        ({"kept_only": True}, [1, 2, 3, 4]),
        ({"publishable_only": True}, [1, 2, 3, 5]),
        ({"normal_only": True, "kept_only": True, "publishable_only": True}, [1]),
    ],
)
def test_options_leave_out_and_rows_are_counted(options, positions):
    study = make_full_study()
    rows = read_jsonl(study, **options)

    assert [row["ledger_position"] for row in rows] == positions
    assert open_export(study=study, name="csv", options=ExportOptions(**options)).rows == len(positions)


def test_each_format_tells_the_same():
    study = make_full_study()
    rows, table, cells = read_jsonl(study), read_parquet(study), read_csv(study)

    exact = table.to_pylist()
    for row in exact:
        row["cast_at"] = row["cast_at"].isoformat()
    assert exact == rows
    assert list(cells[0]) == ALWAYS == list(rows[0]) == table.column_names
    assert [line["winner"] for line in cells] == [row["winner"] for row in rows]
    assert [line["excluded"] for line in cells] == ["false"] * 4 + ["true"]
    assert json.loads(cells[0]["reasons_left"]) == ["clear", "short"]
    assert [line["comment"] for line in cells] == [f"'{FORMULA}", "", "", "", ""]


def test_the_schema_is_that_of_the_columns():
    table = read_parquet(make_full_study(), texts=True)

    assert [(field.name, field.type) for field in table.schema] == [(c.name, c.type) for c in VOTES]
    assert table.column("cast_at")[0].as_py() == datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def test_texts_come_on_demand():
    row = read_jsonl(make_full_study(), texts=True)[1]

    assert row["prompt_messages"] == [{"role": "user", "content": "Question 0?"}]
    assert (row["left_text"], row["right_text"]) == (
        "Answer **1** to question 0.",
        "Answer **0** to question 0.",
    )
    assert len(row["left_digest"]) == 64


def test_csv_has_its_mark_and_line_ends():
    data = export_bytes(make_full_study(), "csv")

    assert data.startswith(b"\xef\xbb\xbfledger_position,")
    lines = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert len(lines) == 6
    assert data.endswith(b"\r\n")


def test_the_name_and_the_parquet_file_say_the_ledger_s_size():
    study = make_full_study()
    export = open_export(study=study, name="parquet")

    assert export.ledger_size == measure_ledger() == 7
    assert export.filename == "votes-tasks-ledger-7.parquet"
    assert read_parquet(study).schema.metadata[b"ledger_size"] == b"7"


def test_votes_sealed_after_the_file_was_opened_are_not_in_it():
    study = make_full_study()
    export = open_export(study=study, name="jsonl")
    make_vote(battle=make_battle(study=study))
    seal_all(now=NOW + timedelta(minutes=5))

    assert len(b"".join(export.chunks).splitlines()) == export.rows == 5
    assert len(read_jsonl(study)) == 6


def test_a_study_without_votes_has_a_header():
    study = make_study(slug="empty")

    assert export_bytes(study, "csv").decode("utf-8-sig") == ",".join(ALWAYS) + "\r\n"
    assert export_bytes(study, "jsonl") == b""
    assert read_parquet(study).num_rows == 0


def test_the_pages_join_without_a_seam(monkeypatch):
    study = make_full_study()
    whole = export_bytes(study, "csv")
    monkeypatch.setattr("evaluations.exports.pages.PAGE", 2)

    assert export_bytes(study, "csv") == whole


def test_what_there_is_not_is_said():
    study = make_study(slug="empty")

    with pytest.raises(ExportError, match="no export “xls”"):
        open_export(study=study, name="xls")
    with pytest.raises(ExportError, match="1 entries, not 9"):
        open_export(study=study, name="csv", ledger_size=9)
