"""The file with LMArena's columns: names and types of its data card, and our own ranking reads it."""

import json
from datetime import datetime, timedelta
from io import StringIO

import pyarrow as pa
import pytest
from django.conf import settings
from django.core.management import call_command

from evaluations.exports import open_export
from evaluations.exports.lmarena import LMARENA
from evaluations.ledger import seal_all
from evaluations.models import Snapshot
from evaluations.ranking.files.reading import read_votes
from evaluations.ranking.style import count_markup, measure_style
from tests.exports.studies import exclude, make_full_study, make_study_about, read_jsonl, read_parquet
from tests.factories import NOW, make_battle, make_rater, make_vote
from tests.web.boards import make_ranked_study, publish

pytestmark = pytest.mark.django_db
COLUMNS = (
    *("id", "model_a", "model_b", "winner", "evaluation_session_id", "evaluation_order"),
    *("conversation_a", "conversation_b", "full_conversation", "conv_metadata", "category_tag"),
    *("language", "is_code", "timestamp"),
)


def test_the_columns_are_those_of_the_data_card():
    assert tuple(column.name for column in LMARENA) == COLUMNS


def test_types_are_those_of_the_data_card():
    schema = read_parquet(make_full_study(), "lmarena-parquet").schema
    part = pa.struct([(name, pa.string()) for name in ("type", "text", "image", "mimeType")])
    message = [("role", pa.string()), ("content", pa.list_(part))]

    assert schema.field("conversation_a").type == pa.list_(pa.struct(message))
    assert schema.field("conversation_b").type == pa.list_(pa.struct([*message, ("num_tokens", pa.int32())]))
    assert schema.field("evaluation_order").type == pa.int32()
    metadata = schema.field("conv_metadata").type
    assert metadata.field("sum_assistant_a_tokens").type == pa.int32()
    assert metadata.field("header_count_b").type == pa.struct([(f"h{n}", pa.int64()) for n in range(1, 7)])
    assert metadata.field("bold_count_a").type == pa.struct([("**", pa.int64()), ("__", pa.int64())])
    assert schema.field("category_tag").type.field("if_v0.1").type.field("score").type == pa.int64()
    assert schema.field("timestamp").type == pa.timestamp("us")


def test_a_row_holds_the_conversation_and_its_counts():
    rows = read_jsonl(make_full_study(), "lmarena")
    row = rows[0]

    assert [each["winner"] for each in rows] == ["model_a", "tie"]  # no repeat, no check, nobody excluded
    assert row["conversation_a"] == [
        {"role": "user", "content": [part("Question 0?")]},
        {"role": "assistant", "content": [part("Answer **0** to question 0.")]},
    ]
    assert row["conversation_b"][1]["content"] == [part("Answer **1** to question 0.")]
    assert row["full_conversation"] == [
        {
            "user": {"role": "user", "content": [part("Question 0?")]},
            "model_side_a": {"role": "assistant", "content": [part("Answer **0** to question 0.")]},
            "model_side_b": {"role": "assistant", "content": [part("Answer **1** to question 0.")]},
        }
    ]
    counts = row["conv_metadata"]
    assert (counts["sum_assistant_a_tokens"], counts["sum_user_tokens"], counts["turns"]) == (5, 2, 1)
    assert counts["bold_count_a"] == {"**": 1, "__": 0}
    assert (row["language"], row["is_code"], row["timestamp"]) == ("en", False, "2026-03-01T12:00:00")


def part(text):
    return {"type": "text", "text": text, "image": None, "mimeType": None}


def test_earlier_answers_of_a_prompt_are_on_both_sides():
    messages = [
        {"role": "system", "content": "Be short."},
        {"role": "user", "content": "One?"},
        {"role": "assistant", "content": "1"},
        {"role": "user", "content": "Two?\n\n```\ncode\n```"},
    ]
    study, prompt = make_study_about(messages=messages, texts=["First.", "Second."])
    make_vote(battle=make_battle(study=study, prompt=prompt))
    seal_all(now=NOW + timedelta(minutes=1))
    row = read_jsonl(study, "lmarena")[0]

    assert [message["role"] for message in row["conversation_a"]] == [
        *("system", "user", "assistant", "user", "assistant")
    ]
    first, second = row["full_conversation"]
    assert first["model_side_a"] == first["model_side_b"] == {"role": "assistant", "content": [part("1")]}
    assert second["model_side_a"] != second["model_side_b"]
    assert row["conv_metadata"]["turns"] == 2
    assert row["is_code"]


@pytest.mark.parametrize("name", ["lmarena", "lmarena-parquet", "csv", "jsonl", "parquet"])
def test_our_own_ranking_of_the_file_is_the_board(name, tmp_path):
    study = make_ranked_study(columns_root=settings.COLUMNS_ROOT, slug="tasks")
    make_vote(battle=make_battle(study=study, rater=make_rater()), outcome="tie")
    make_vote(battle=make_battle(study=study, rater=make_rater()), outcome="both_bad")
    publish(columns_root=settings.COLUMNS_ROOT)
    board = json.loads(Snapshot.objects.filter(leaderboard__study=study).first().document)

    ranked = rank(open_export(study=study, name=name), tmp_path)

    assert [row["model"] for row in ranked] == [row["model"] for row in board["ranking"]]
    for row, published in zip(ranked, board["ranking"], strict=True):
        for figure in ("score", "lower", "upper", "rank_low", "rank_high", "votes"):
            assert row[figure] == pytest.approx(published[figure], rel=1e-9), figure


def rank(export, folder):
    return rank_whole(export, folder)["ranking"]


def rank_whole(export, folder, **options):
    path = folder / export.filename
    path.write_bytes(b"".join(export.chunks))
    out = StringIO()
    call_command("rank", str(path), format="json", stdout=out, **options)
    return json.loads(out.getvalue())


def test_style_control_finds_its_counts(tmp_path):
    study = make_full_study()
    export = open_export(study=study, name="lmarena-parquet")
    path = tmp_path / export.filename
    path.write_bytes(b"".join(export.chunks))
    table = read_votes(path, style=True)
    style = measure_style("Answer **0** to question 0.")

    assert table.layout == "Arena"
    assert table.style[0][0].tolist() == [style.length, style.headings, style.bold, style.lists]


@pytest.mark.parametrize(
    "text",
    [
        "# One\n\n### Three\n\nTwo\n---\n\n1. a\n2) b\n   - c\n\n**x** __y__ ***z***",
        "    # in code\n\n```\n## fenced\n```\n\n\\# no\n\n* a\n+ b",
    ],
)
def test_markup_by_kind_adds_up_to_the_style(text):
    style, markup = measure_style(text), count_markup(text)

    assert sum(markup.headings.values()) == style.headings
    assert sum(markup.lists.values()) == style.lists
    assert sum(markup.bold.values()) == style.bold


def test_markup_is_told_by_kind():
    markup = count_markup("# One\n\n### Three\n\n1. a\n2. b\n   - c\n\n**x** __y__\n\n```\ncode\n```")

    assert markup.headings == {"h1": 1, "h2": 0, "h3": 1, "h4": 0, "h5": 0, "h6": 0}
    assert markup.lists == {"ordered": 2, "unordered": 1}
    assert markup.bold == {"**": 1, "__": 1}
    assert markup.code == 1


def test_times_are_in_utc_and_have_no_zone():
    times = read_parquet(make_full_study(), "lmarena-parquet").column("timestamp")

    assert times[0].as_py() == datetime(2026, 3, 1, 12, 0)


def make_uneven_study():
    """A ranked study with repeats and checks, one of whose raters is excluded."""
    study = make_ranked_study(columns_root=settings.COLUMNS_ROOT, slug="tasks")
    excluded = make_rater()
    for _ in range(3):
        first = make_battle(study=study, rater=excluded)
        make_vote(battle=first, outcome="right")
    for kind in ({"kind": "repeat", "repeats": first}, {"kind": "check", "expected": "left"}):
        make_vote(battle=make_battle(study=study, rater=excluded, **kind), outcome="right")
    seal_all(now=NOW + timedelta(minutes=1))
    exclude(study, excluded)
    publish(columns_root=settings.COLUMNS_ROOT)
    return study


@pytest.mark.parametrize("name", ["csv", "jsonl", "parquet"])
def test_our_own_ranking_leaves_out_what_the_board_leaves_out(name, tmp_path):
    study = make_uneven_study()
    applied = Snapshot.objects.filter(leaderboard__study=study, exclusions=Snapshot.Exclusions.APPLIED)
    board = json.loads(applied.order_by("ledger_size").last().document)
    said = rank_whole(open_export(study=study, name=name), tmp_path)

    assert said["uncounted"] == {"repeats_and_checks": 2, "excluded": 3}
    assert said["votes"] == board["votes"]["counted"]
    assert [row["model"] for row in said["ranking"]] == [row["model"] for row in board["ranking"]]
    for row, published in zip(said["ranking"], board["ranking"], strict=True):
        for figure in ("score", "lower", "upper", "rank_low", "rank_high", "votes"):
            assert row[figure] == pytest.approx(published[figure], rel=1e-9), figure

    whole = rank_whole(open_export(study=study, name=name), tmp_path, everything=True)
    assert whole["votes"] == said["votes"] + 5
    assert "uncounted" not in whole


@pytest.mark.parametrize("form", ["table", "csv"])
def test_what_is_left_out_is_said_where_there_is_no_json(form, tmp_path):
    path, out, beside = tmp_path / "votes.csv", StringIO(), StringIO()
    path.write_bytes(b"".join(open_export(study=make_uneven_study(), name="csv").chunks))
    call_command("rank", str(path), format=form, stdout=out, stderr=beside)
    said = out if form == "table" else beside
    assert "2 votes on repeats and checks, 3 of excluded raters. --everything keeps them." in said.getvalue()
