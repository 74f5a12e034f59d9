"""`manage.py rank`: what it prints, and what it says beside."""

import csv
import io
import json
import sys

import pytest
from django.core.management import call_command

from evaluations.management.commands.rank import Command
from tests.ranking.test_llmfao import FILE
from tests.ranking.vote_files import FORMS, LINES, draw_rows, run_rank


def test_json_has_parameters_ranking_and_unplaced(ranked):
    out, err = ranked("--format", "json")
    document = json.loads(out)
    assert err == ""
    assert document["parameters"]["cluster"] == "rater"
    assert document["unplaced"] == [{"model": "champion", "reason": "has won every battle"}]
    assert {row["model"] for row in document["ranking"]} == {"x", "y", "z"}
    assert set(document["ranking"][0]) == {
        *("model", "rank_low", "rank_high", "strength", "standard_error", "score", "lower", "upper"),
        *("votes", "both_bad", "win_rate"),
    }
    scores = [row["score"] for row in document["ranking"]]
    assert scores == sorted(scores, reverse=True)


def test_options_reach_the_ranking(ranked):
    options = ["--both-bad", "out", "--level", "0.8", "--prior", "0.5", "--anchor", "y", "--seed", "3"]
    out, _ = ranked(
        "--format", "json", "--cluster", "none", "--rounds", "50", "--interval", "bootstrap", *options
    )
    document = json.loads(out)
    assert document["parameters"] == {
        "method": "bradley-terry",
        "ties": "half",
        "both_bad": "out",
        "interval": "bootstrap",
        "cluster": None,
        "level": 0.8,
        "prior": 0.5,
        "anchor": "y",
        "rounds": 50,
        "seed": 3,
        "style": [],
        "position": False,
        "weights": None,
        "k": 4.0,
    }
    assert {row["model"]: row["score"] for row in document["ranking"]}["y"] == 1000
    assert document["unplaced"] == []


def test_elo_brings_its_own_interval_and_no_clusters(ranked):
    parameters = json.loads(ranked("--format", "json", "--method", "elo")[0])["parameters"]
    assert (parameters["method"], parameters["interval"], parameters["cluster"]) == ("elo", "orderings", None)


def test_votes_without_raters_are_independent_and_it_says_so(ranked):
    rows = [row.rsplit(",", 1)[0] for row in LINES]
    out, err = ranked("--format", "json", header="model_a,model_b,winner", rows=rows)
    assert json.loads(out)["parameters"]["cluster"] is None
    assert err == "The file does not say who voted: votes are taken as independent.\n"
    _, quiet = ranked("--cluster", "none", header="model_a,model_b,winner", rows=rows)
    assert quiet == ""


def test_table_is_aligned_and_says_all(ranked):
    out, _ = ranked(rows=[row.replace("x", "模型") for row in LINES])
    head, *rows = out.split("\n\n")[0].splitlines()
    assert head.split() == ["Rank", "Model", "Score", "95", "%", "interval", "Votes", "Win", "rate"]
    assert {row.split()[1] for row in rows} == {"模型", "y", "z"}
    assert {len(row) + row.count("模") + row.count("型") for row in rows} == {len(head)}
    assert "Not placed:\n  champion has won every battle.\n" in out
    assert "6 votes by 3 raters.\nBradley–Terry, ties half; " in out


def test_table_of_nobody(ranked):
    out, _ = ranked(rows=["x,y,model_a,r1"])
    assert out.startswith("No model can be ranked yet.\n\nNot placed:\n  x has won every battle.")


def test_control_characters_do_not_reach_the_terminal(ranked):
    out, _ = ranked(rows=[row.replace("x", "x\x1b[2J") for row in LINES])
    assert "\x1b" not in out
    assert "x\\x1b[2J" in out


def test_csv_runs_in_no_spreadsheet(ranked):
    out, _ = ranked("--format", "csv", rows=[row.replace("x", "=1+1") for row in LINES])
    rows = list(csv.DictReader(io.StringIO(out)))
    assert {row["model"] for row in rows} == {"'=1+1", "y", "z", "champion"}
    assert (rows[-1]["model"], rows[-1]["score"], rows[-1]["note"]) == (
        "champion",
        "",
        "not placed: has won every battle",
    )
    assert float(rows[0]["score"]) > 1000


@pytest.mark.parametrize("separator", [";", "\t"])
def test_csv_runs_in_no_spreadsheet_that_parts_cells_elsewhere(ranked, separator):
    out, _ = ranked("--format", "csv", rows=[row.replace("x", f"x{separator}=1+1") for row in LINES])
    cells = [cell for row in csv.reader(io.StringIO(out), delimiter=separator) for cell in row]
    assert [cell for cell in cells if cell.lstrip('"').startswith("=")] == []


@pytest.mark.parametrize("form", ["json", "csv", "table"])
@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_what_the_output_cannot_encode_is_escaped(ranked, tmp_path, form, encoding):
    whole, _ = ranked("--format", form, rows=[row.replace("x", "modèle 模型") for row in LINES])
    shell = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    call_command(Command(stdout=shell), str(tmp_path / "votes.csv"), "--format", form)
    shell.flush()
    said = shell.buffer.getvalue().decode(encoding)
    assert "\\u6a21\\u578b" in said
    if form == "json":
        assert json.loads(said) == json.loads(whole)
    assert len(said.splitlines()) == len(whole.splitlines())
    assert "\\u2013" not in said  # a range in the table


def lmarena_55k(row):
    flags = {"winner_model_a": "model_a", "winner_model_b": "model_b", "winner_tie": "tie"}
    named = {name: row[name] for name in ("model_a", "model_b")}
    return {"id": 1, **named, **{flag: int(row["winner"] == said) for flag, said in flags.items()}}


def comparia(row):
    return {
        "model_a_name": row["model_a"],
        "model_b_name": row["model_b"],
        "chosen_model_name": row.get(row["winner"]),
        "both_equal": row["winner"] == "tie",
        "visitor_id": row["judge"],
        "opening_msg": row["prompt_id"],
    }


def llmfao(row):
    winner = {"model_a": "left", "model_b": "right"}.get(row["winner"], row["winner"])
    names = {"left": row["model_a"], "right": row["model_b"], "worker": row["judge"]}
    return {**names, "winner": winner, "prompt": row["prompt_id"]}


def renamed(**names):
    return lambda row: {names.get(name, name): value for name, value in row.items()}


@pytest.mark.parametrize(
    ("layout", "cluster"),
    [
        (lmarena_55k, "none"),
        (renamed(judge="judge", prompt_id="question_id"), "both"),  # FastChat
        (renamed(judge="judge_hash", prompt_id="prompt"), "both"),  # LMArena 100k
        (renamed(judge="evaluation_session_id"), "rater"),  # LMArena 140k
        (comparia, "both"),
        (llmfao, "both"),
    ],
    ids=["55k", "FastChat", "100k", "140k", "compar:IA", "LLMFAO"],
)
@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_every_public_layout_gives_the_ranking_of_the_same_votes(tmp_path, layout, cluster, form):
    rows = [row for row in draw_rows(votes=150) if row["winner"] != "both_bad"]
    options = ("--format", "json", "--cluster", cluster)
    said = []
    for name, written in (("arena", rows), ("other", [layout(row) for row in rows])):
        path = tmp_path / name
        path.write_bytes(FORMS[form](written))
        said.append(run_rank(path, *options))
    assert said[0] == said[1]
    assert json.loads(said[0][0])["votes"] == len(rows)


def test_the_same_votes_give_the_same_bytes_in_every_form_and_from_standard_input(tmp_path, monkeypatch):
    said = set()
    for form, write in FORMS.items():
        path = tmp_path / form
        path.write_bytes(write(draw_rows(votes=60)))
        said.add(run_rank(path, "--format", "json", "--slice", "lang", "--style", "--influence"))
        if form in ("csv", "jsonl.gz", "parquet"):
            monkeypatch.setattr("sys.stdin", io.TextIOWrapper(path.open("rb"), encoding="ascii"))
            said.add(run_rank("-", "--format", "json", "--slice", "lang", "--style", "--influence"))
            sys.stdin.close()
    assert len(said) == 1


@pytest.mark.skipif(
    not FILE.exists(), reason=f"{FILE} is not there: set ARENA_DATA to the folder that holds llmfao/"
)
def test_the_table_of_real_votes():
    out, err = run_rank(FILE, "--position", "--influence")
    board, effects, influence, made = out.split("\n\n")
    head, *rows = board.splitlines()
    assert (len(rows), {len(row) for row in rows}, err) == (59, {len(head)}, "")
    assert rows[0].split("   ")[1].strip() == "GPT 4"
    assert effects.splitlines()[-1].split()[0] == "position"
    assert [line.split(" (")[0].split(" of the ")[1] for line in influence.splitlines()[1:]] == [
        "8,931 votes",
        "124 raters",
    ]
    assert made.splitlines()[:2] == [
        "8,931 votes by 124 raters.",
        "Bradley–Terry, ties half, position held equal; "
        "95 % sandwich intervals, votes of a rater taken together; seed 0.",
    ]
