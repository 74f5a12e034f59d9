import csv
import io
import json

import pytest
from django.core.management import CommandError, call_command

from evaluations.management.commands.rank import Command

ROWS = [
    "x,y,model_a,r1",
    "y,x,model_a,r2",
    "x,y,model_a,r3",
    "y,z,model_b,r1",
    "y,z,tie,r2",
    "champion,x,model_a,r3",
]


@pytest.fixture
def ranked(tmp_path):
    """Run the command on rows of a file; returns what it printed and what it said beside."""

    def run(*options, header="model_a,model_b,winner,rater", rows=ROWS):
        path = tmp_path / "votes.csv"
        path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        out, err = io.StringIO(), io.StringIO()
        call_command(Command(stdout=out, stderr=err), str(path), *options)
        return out.getvalue(), err.getvalue()

    return run


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
    rows = [row.rsplit(",", 1)[0] for row in ROWS]
    out, err = ranked("--format", "json", header="model_a,model_b,winner", rows=rows)
    assert json.loads(out)["parameters"]["cluster"] is None
    assert err == "The file does not say who voted: votes are taken as independent.\n"
    _, quiet = ranked("--cluster", "none", header="model_a,model_b,winner", rows=rows)
    assert quiet == ""


def test_table_is_aligned_and_says_all(ranked):
    out, _ = ranked(rows=[row.replace("x", "模型") for row in ROWS])
    head, *rows = out.split("\n\n")[0].splitlines()
    assert head.split() == ["Rank", "Model", "Score", "95", "%", "interval", "Votes", "Win", "rate"]
    assert {row.split()[1] for row in rows} == {"模型", "y", "z"}
    assert {len(row) + row.count("模") + row.count("型") for row in rows} == {len(head)}
    assert "Not placed:\n  champion has won every battle.\n" in out
    assert "6 votes by 3 raters; method bradley-terry" in out


def test_table_of_nobody(ranked):
    out, _ = ranked(rows=["x,y,model_a,r1"])
    assert out.startswith("No model can be ranked yet.\n\nNot placed:\n  x has won every battle.")


def test_control_characters_do_not_reach_the_terminal(ranked):
    out, _ = ranked(rows=[row.replace("x", "x\x1b[2J") for row in ROWS])
    assert "\x1b" not in out
    assert "x\\x1b[2J" in out


def test_csv_runs_in_no_spreadsheet(ranked):
    out, _ = ranked("--format", "csv", rows=[row.replace("x", "=1+1") for row in ROWS])
    rows = list(csv.DictReader(io.StringIO(out)))
    assert {row["model"] for row in rows} == {"'=1+1", "y", "z"}
    assert float(rows[0]["score"]) > 1000


def test_the_same_file_gives_the_same_bytes(ranked):
    assert ranked("--format", "json") == ranked("--format", "json")


@pytest.mark.parametrize(
    ("options", "rows", "message"),
    [
        ([], ["x,y,model_a,r", "x,y,left,r"], "Line 3 has the winner 'left'"),
        ([], [], "there are 0 votes"),
        (["--anchor", "nobody"], ROWS, "anchor 'nobody' is not one of the models"),
        (["--anchor", "champion"], ROWS, "anchor 'champion' cannot be placed: it has won every battle"),
        (["--method", "glicko"], ROWS, "method is 'glicko'"),
        (["--ties", "bradley"], ROWS, "ties is 'bradley'"),
        (["--level", "95"], ROWS, "level is a probability"),
        (["--method", "elo", "--cluster", "rater"], ROWS, "cluster=None"),
        (["--interval", "bootstrap"], ROWS, "bootstrap samples"),
    ],
)
def test_a_fault_is_one_sentence(ranked, options, rows, message):
    with pytest.raises(CommandError) as caught:
        ranked(*options, rows=rows)
    assert message in str(caught.value)
    assert caught.value.returncode == 1


def test_files_that_cannot_be_read(tmp_path):
    for path in (tmp_path / "missing.csv", tmp_path):
        with pytest.raises(CommandError, match="cannot be read"):
            call_command(Command(), str(path))


def test_cluster_rater_needs_the_column(ranked):
    with pytest.raises(CommandError, match="no column of raters"):
        ranked("--cluster", "rater", header="model_a,model_b,winner,prompt")
