"""Every option of `manage.py rank` reaches the ranking: its parameters and its figures."""

import csv
import io
import json
from dataclasses import asdict

import pytest

from evaluations.ranking import rank
from evaluations.ranking.influence import turn_order
from evaluations.ranking.parameters import Parameters
from evaluations.ranking.reports.records import list_rows
from tests.ranking.vote_files import FORMS, as_jsonl, draw_rows, run_rank, votes_of

ROWS = draw_rows()
ELO = {"method": "elo", "interval": "orderings", "cluster": None}
CHANCES = ["--column", "probability=chance"]


@pytest.mark.parametrize(
    ("options", "parameters"),
    [
        (["--cluster", "none"], {"cluster": None}),
        (["--cluster", "prompt"], {"cluster": "prompt"}),
        (["--cluster", "both"], {"cluster": "both"}),
        (["--ties", "davidson"], {"ties": "davidson"}),
        (["--both-bad", "out"], {"both_bad": "out"}),
        (["--position"], {"position": True}),
        (["--covariate", "length"], {"style": ("length",)}),
        (["--weights", "inverse-probability", *CHANCES], {"weights": "inverse-probability"}),
        (["--prior", "0.5"], {"prior": 0.5}),
        (["--anchor", "cyd"], {"anchor": "cyd"}),
        (["--level", "0.8"], {"level": 0.8}),
        (["--interval", "bootstrap", "--rounds", "40"], {"interval": "bootstrap", "rounds": 40}),
        (
            ["--interval", "bootstrap", "--rounds", "40", "--seed", "7"],
            {"interval": "bootstrap", "rounds": 40, "seed": 7},
        ),
        (["--method", "elo"], ELO),
        (
            ["--elo", "--k", "16", "--rounds", "120", "--seed", "2"],
            ELO | {"k": 16.0, "rounds": 120, "seed": 2},
        ),
    ],
    ids=str,
)
def test_an_option_changes_the_ranking_as_its_parameter_does(document, options, parameters):
    found, plain = document(*options), document()
    expected = rank(votes_of(ROWS), **parameters)
    assert found["parameters"] == json.loads(json.dumps(asdict(Parameters(**parameters))))
    assert found["ranking"] == list_rows(expected)
    assert found["ranking"] != plain["ranking"]
    assert [(effect["name"], effect["value"], effect["lower"]) for effect in found["effects"]] == [
        (effect.name, round(effect.value, 9), round(effect.lower, 9)) for effect in expected.effects
    ]


def test_without_an_option_the_raters_of_the_file_are_clusters(document):
    found = document()
    assert found["parameters"] == json.loads(json.dumps(asdict(Parameters())))
    assert found["ranking"] == list_rows(rank(votes_of(ROWS)))
    assert (found["votes"], found["raters"]) == (240, 25)


def test_the_side_that_a_column_says_is_the_one_whose_effect_is_estimated(document):
    sides = [1 if row["shown"] == "left" else -1 for row in ROWS]
    found = document("--position", "--column", "side=shown")
    assert found["ranking"] == list_rows(rank(votes_of(ROWS, side=sides), position=True))
    assert found["effects"] != document("--position")["effects"]


def test_effects_are_told_in_their_order_with_intervals(document, ranked_rows):
    options = ("--ties", "davidson", "--position", "--covariate", "length")
    effects = document(*options)["effects"]
    assert [effect["name"] for effect in effects] == ["position", "length", "ties"]
    assert all(effect["lower"] < effect["value"] < effect["upper"] for effect in effects)
    table = ranked_rows(*options)[0].split("Other effects, in log-odds:\n")[1].split("\n\n")[0].splitlines()
    assert table[0].split() == ["Effect", "Value", "95", "%", "interval"]
    for effect, line in zip(effects, table[1:], strict=True):
        interval = f"{effect['lower']:+.3f} to {effect['upper']:+.3f}"
        assert line.split(maxsplit=2) == [effect["name"], f"{effect['value']:+.3f}", interval]


def test_style_shows_both_boards_and_the_coefficients(document, ranked_rows):
    found = document("--style")
    features = ["length", "headings", "bold", "lists"]
    assert found["parameters"]["style"] == features
    assert [effect["name"] for effect in found["effects"]] == features
    assert found["without_style"] == document()["ranking"]
    assert found["without_style"] != found["ranking"]
    out, _ = ranked_rows("--style")
    head, *rows = out.split("\n\n")[0].splitlines()
    assert head.startswith("Rank   Model")
    assert head.endswith("Rank without it   Score without it")
    plain = {row["model"]: row for row in found["without_style"]}
    for line, row in zip(rows, found["ranking"], strict=True):
        assert line.split()[1:3] == [row["model"], f"{row['score']:.0f}"]
        assert line.split()[-1] == f"{plain[row['model']]['score']:.0f}"


def test_a_covariate_of_the_file_stands_beside_those_of_style(document):
    rows = [row | {"speed": row["length"]} for row in ROWS]
    found = document("--style", "--covariate", "speed", rows=rows)
    assert found["parameters"]["style"] == ["length", "headings", "bold", "lists", "speed"]


def test_influence_is_told_in_words_and_as_figures(document, ranked_rows):
    influence = document("--influence")["influence"]
    votes = votes_of(ROWS)
    for entry, unit in zip(influence, ("vote", "rater"), strict=True):
        turn = turn_order(votes, unit=unit, parameters=Parameters())
        assert entry == {
            "unit": unit,
            "above": turn.above,
            "below": turn.below,
            "removed": len(turn.removed),
            "of": turn.of,
            "gap": round(turn.gap, 6),
            "gap_after": round(turn.gap_after, 6),
            "reason": None,
        }
        assert entry["gap_after"] < 0 < entry["gap"]
    words = ranked_rows("--influence")[0].split("What the order rests on:\n")[1].split("\n\n")[0].splitlines()
    for line, entry in zip(words, influence, strict=True):
        assert f"{entry['removed']} of the {entry['of']} {entry['unit']}s" in line
        assert f"{entry['below']} would be above {entry['above']}" in line
        assert f"{entry['gap']:.1f} points" in line


def test_influence_of_raters_is_told_even_where_votes_are_taken_as_independent(document, ranked_rows):
    assert [turn["unit"] for turn in document("--influence", "--cluster", "none")["influence"]] == [
        "vote",
        "rater",
    ]
    nobody = [{name: value for name, value in row.items() if name != "judge"} for row in ROWS]
    assert [turn["unit"] for turn in document("--influence", rows=nobody)["influence"]] == ["vote"]
    assert "influence" not in document()
    assert "rests on" not in ranked_rows()[0]


def test_elo_tells_the_spread_of_the_orders_and_not_an_interval(document, ranked_rows):
    out, err = ranked_rows("--elo", "--k", "8")
    assert (out.split("\n")[0].count("95 % of orders"), err) == (1, "")
    assert "The spread is that of the order in which votes are read" in out
    assert out.splitlines()[-2] == "Elo, k 8, mean of 1,000 orders; seed 0."
    assert " k " not in ranked_rows()[0].splitlines()[-2]
    slow, quick = document("--elo", "--k", "1"), document("--elo", "--k", "16")
    spreads = [[row["upper"] - row["lower"] for row in found["ranking"]] for found in (slow, quick)]
    assert 0 < max(spreads[0]) < min(spreads[1])


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_columns_and_labels_of_other_names_are_mapped(tmp_path, form):
    names = {"model_a": "first", "model_b": "second", "winner": "answer", "judge": "who", "prompt_id": "task"}
    answers = {"model_a": "1st", "model_b": "2nd", "tie": "=", "both_bad": "none"}
    rows = [{names.get(name, name): answers.get(value, value) for name, value in row.items()} for row in ROWS]
    path = tmp_path / "votes"
    path.write_bytes(FORMS[form](rows))
    roles = {"model_a": "first", "model_b": "second", "winner": "answer", "rater": "who", "prompt": "task"}
    outcomes = {"a": "1st", "b": "2nd", "tie": "=", "both_bad": "none"}
    options = [text for role, name in roles.items() for text in ("--column", f"{role}={name}")]
    options += [f"--outcome={outcome}={label}" for outcome, label in outcomes.items()]
    found = json.loads(run_rank(path, "--format", "json", "--cluster", "both", *options)[0])
    assert found["ranking"] == list_rows(rank(votes_of(ROWS), cluster="both"))


def test_the_model_that_was_chosen_and_a_flag_for_ties_are_mapped(tmp_path):
    rows = [row for row in ROWS if row["winner"] != "both_bad"]
    path = tmp_path / "votes.jsonl"
    path.write_bytes(
        as_jsonl(
            [
                row | {"won": row.get(row["winner"]), "same": row["winner"] == "tie", "winner": "?"}
                for row in rows
            ]
        )
    )
    out, _ = run_rank(path, "--format", "json", "--column", "chosen=won", "--column", "tie=same")
    assert json.loads(out)["ranking"] == list_rows(rank(votes_of(rows)))


def test_votes_that_are_left_out_are_counted_beside_the_table(ranked_rows):
    rows = [*ROWS, ROWS[0] | {"winner": ""}, ROWS[1] | {"model_b": ""}, ROWS[2] | {"judge": ""}]
    for spelling in ("leave-out", "leave out"):
        out, err = ranked_rows("--incomplete", spelling, rows=rows)
        assert out == ranked_rows()[0]
        assert err == "3 votes are left out, as they do not say all that is needed.\n"
    _, two = ranked_rows("--incomplete", "leave-out", "--cluster", "none", rows=rows)
    assert two.startswith("2 votes are left out")  # who voted is not needed then
    _, one = ranked_rows("--incomplete", "leave-out", rows=rows[:-2])
    assert one == "1 vote is left out, as it does not say all that is needed.\n"


def test_style_in_csv_has_the_places_without_it_beside_those_of_the_board(document, ranked_rows):
    written = list(
        csv.DictReader(io.StringIO(ranked_rows("--style", "--slice", "lang", "--format", "csv")[0]))
    )
    plain = {row["model"]: row for row in document()["ranking"]}
    assert list(written[0])[-3:] == [
        "score_without_style",
        "rank_low_without_style",
        "rank_high_without_style",
    ]
    for row in written:
        old = (
            plain[row["model"]]
            if row["slice"] == ""
            else dict.fromkeys(("score", "rank_low", "rank_high"), "")
        )
        assert row["score_without_style"] == str(old["score"])
        assert row["rank_low_without_style"] == str(old["rank_low"])
        assert row["rank_high_without_style"] == str(old["rank_high"])
    assert "without_style" not in ranked_rows("--format", "csv")[0]


def test_csv_says_what_it_has_no_room_for(ranked_rows):
    plain, said = ranked_rows("--format", "csv")
    _, told = ranked_rows("--format", "csv", "--position", "--influence")
    assert "no room" not in said
    assert told.startswith("CSV has no room for effects and for what the order rests on")
    assert plain.splitlines()[0].endswith('"note"')
