"""`manage.py rank`: each fault is one sentence, and no database is touched."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from evaluations.management.commands.rank import Command
from tests.ranking.vote_files import ARENA, LINES, as_csv, draw_rows, run_rank

ROOT = Path(__file__).parents[2]
NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"


@pytest.mark.parametrize(
    ("options", "rows", "message"),
    [
        ([], ["x,y,model_a,r", "x,y,left,r"], "Line 3 has the winner 'left'"),
        ([], [], "The file has a header and no votes."),
        (["--incomplete", "leave-out"], ["x,,tie,r"], "Every vote is incomplete and left out."),
        (["--anchor", "nobody"], LINES, "anchor 'nobody' is not one of the models"),
        (["--anchor", "champion"], LINES, "anchor 'champion' cannot be placed: it has won every battle"),
        (["--method", "glicko"], LINES, "method is 'glicko'"),
        (["--ties", "bradley"], LINES, "ties is 'bradley'"),
        (["--level", "95"], LINES, "level is a probability"),
        (["--method", "elo", "--cluster", "rater"], LINES, "cluster=None"),
        (["--interval", "bootstrap"], LINES, "bootstrap samples"),
        (["--interval", "orderings"], LINES, "goes with"),
        (["--elo", "--interval", "sandwich"], LINES, "goes with"),
        (["--elo", "--influence"], LINES, "influence of a vote on Elo depends on the order"),
        (["--elo", "--k", "0"], LINES, "k is a number of points above 0"),
        (["--k", "8"], LINES, "k is of"),
        (["--elo", "--rounds", "99"], LINES, "at least 100 orderings"),
        (["--rounds", "3"], LINES, "rounds is a whole number from 20"),
        (["--prior", "nan"], LINES, "prior is a precision"),
        (["--weights", "equal"], LINES, "weights is 'equal'"),
        (["--weights", "inverse-probability"], LINES, "these votes do not say it"),
        (["--cluster", "prompt"], LINES, "no column of prompts"),
        (["--style"], LINES, "names nothing to take style from"),
        (["--slice", "lang"], LINES, "no column 'lang'; it has model_a, model_b, winner, rater"),
        (["--covariate", "rater"], LINES, "Line 2 has 'r1' in rater, and no finite number"),
        (["--column", "rater"], LINES, "--column takes ROLE=COLUMN; it was 'rater'"),
        (["--column", "=rater"], LINES, "--column takes ROLE=COLUMN; it was '=rater'"),
        (["--column", "voter=rater"], LINES, "No column is read for 'voter'"),
        (["--outcome", "tie="], LINES, "--outcome takes OUTCOME=LABEL; it was 'tie='"),
        (["--outcome", "draw=tie"], LINES, "There is no outcome 'draw'"),
        (["--outcome", "a=x", "--outcome", "a=y"], LINES, "--outcome names 'a' twice: 'x' and 'y'."),
        (
            ["--column", "rater=rater", "--column", "rater=winner"],
            LINES,
            "--column names 'rater' twice: 'rater' and 'winner'.",
        ),
        (["--column", "model_a=rater", "--column", "model_b=x"], LINES, "no column 'x'"),
        ([], ["x,y,tie,"], "Line 2 does not say who voted; --cluster none does without."),
        (["--cluster", "worker"], LINES, "--cluster is 'worker'; it can be rater, prompt, both or none."),
        (["--cluster", ""], LINES, "--cluster is ''; it can be"),
        (["--format", "xml"], LINES, "--format is 'xml'; it can be table, json or csv."),
        (["--incomplete", "drop"], LINES, "--incomplete is 'drop'; it can be refuse or leave-out."),
        (["--rounds", "ten"], LINES, "argument --rounds: invalid int value: 'ten'"),
        (["--speed"], LINES, "unrecognized arguments: --speed"),
    ],
)
def test_a_fault_is_one_sentence(ranked, options, rows, message):
    with pytest.raises(CommandError) as caught:
        ranked(*options, rows=rows)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.returncode == 1


@pytest.mark.parametrize(
    ("header", "options"),
    [
        ("\x1b[2J,b", []),
        ("model_a,model_b,winner,\x1b[2J", ["--slice", "no"]),
        ("model_a,model_b,winner,\x1b[2J", ["--covariate", "\x1b[2J"]),
    ],
)
def test_control_characters_of_a_header_do_not_reach_the_terminal_in_an_error(ranked, header, options):
    with pytest.raises(CommandError) as caught:
        ranked(*options, header=header)
    assert str(caught.value).isprintable()
    assert "\\x1b[2J" in str(caught.value)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "The file is empty."),
        (b"\n\n", "The file is empty."),
        (b"Dear reader,\nthis is a letter.\n", "Say which column holds what: --column model_a=COLUMN …"),
        (bytes(range(256)), "The file is not text in UTF-8: it begins with bytes of another kind."),
        (b"\x7fELF" + b"\0" * 4000, "names no known columns"),
        (b"[1, 2]\n", "one JSON list"),
    ],
    ids=["nothing", "empty lines", "a letter", "every byte", "a program", "a list"],
)
def test_files_that_are_no_votes(tmp_path, data, message):
    path = tmp_path / "votes.csv"
    path.write_bytes(data)
    with pytest.raises(CommandError) as caught:
        run_rank(path)
    assert message in str(caught.value)
    assert str(caught.value).isprintable()


def test_columns_that_the_options_leave_unsaid_are_asked_for_in_the_words_of_the_shell(ranked):
    named = ("--column", "model_a=p", "--column", "model_b=q")
    with pytest.raises(
        CommandError, match=r"outcomes: say which one is, by --column winner=COLUMN, or chosen"
    ):
        ranked(*named, header="p,q,w,r")
    with pytest.raises(CommandError, match="this layout has none; name one by --column"):
        ranked("--cluster", "rater", *named, "--column", "winner=w", header="p,q,w,r")


def test_a_file_has_a_name():
    with pytest.raises(CommandError, match=r"^Name a file of votes\.$"):
        run_rank("")


def test_files_that_cannot_be_read(tmp_path):
    for path in (tmp_path / "missing.csv", tmp_path):
        with pytest.raises(CommandError, match="cannot be read"):
            call_command(Command(), str(path))


def test_cluster_rater_needs_the_column(ranked):
    with pytest.raises(CommandError, match="no column of raters"):
        ranked("--cluster", "rater", header="model_a,model_b,winner,prompt")


def run_manage(*arguments, home, **environment):
    """The command in a process of its own, as a person runs it."""
    kept = {name: os.environ[name] for name in ("PATH", "NUMBA_CACHE_DIR") if name in os.environ}
    return subprocess.run(
        [sys.executable, ROOT / "manage.py", "rank", *arguments],
        env={**kept, "ARENA_HOME": str(home), **environment},
        capture_output=True,
        check=False,
    )


def test_a_ranking_needs_no_database(tmp_path):
    path = tmp_path / "votes.csv"
    path.write_bytes(as_csv(draw_rows()))
    done = run_manage(path, home=tmp_path, DATABASE_URL=NOWHERE)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode() == run_rank(path)[0]


def test_an_error_is_one_line_beside_and_no_database_is_started_for_it(tmp_path):
    path, home = tmp_path / "votes.csv", tmp_path / "home"
    path.write_bytes(as_csv([*ARENA, ARENA[0] | {"winner": "left"}]))
    done = run_manage(path, home=home)
    assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (1, b"", 1)
    assert done.stderr.startswith(b"CommandError: Line 6 has the winner 'left'; it can be model_a")
    assert {made.name for made in home.glob("*")} <= {"secret_key", "provider_key_secret"}


@pytest.mark.parametrize("arguments", [["votes.csv", "--\x1b[2J"], []], ids=["unknown option", "no file"])
def test_options_that_cannot_be_read_are_one_line_beside_too(tmp_path, arguments):
    done = run_manage(*arguments, home=tmp_path)
    assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (1, b"", 1)
    assert done.stderr.startswith((b"CommandError: unrecognized", b"CommandError: the following arguments"))
    assert b"\x1b" not in done.stderr
