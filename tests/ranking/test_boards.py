"""From a file of votes to what is written down of it: covariates of style, both boards, slices, influence."""

import io
import json
import weakref

import numpy as np
import pytest

from evaluations.errors import BadVotes, NothingToRank, UnsupportedParameter
from evaluations.ranking import rank
from evaluations.ranking.files import boards, styles
from evaluations.ranking.files.boards import build_report, take_votes
from evaluations.ranking.files.reading import read_votes
from evaluations.ranking.files.styles import measure_table
from evaluations.ranking.parameters import Parameters
from evaluations.ranking.reports.records import list_rows
from evaluations.ranking.style import (
    NEVER_DIFFERS,
    STYLE_FEATURES,
    measure_styles,
    standardise_differences,
    style_differences,
)
from tests.ranking.vote_files import as_csv, as_jsonl, as_parquet, draw_rows, run_rank, votes_of

ROWS = draw_rows(votes=120)
PLAIN = Parameters()


def table_of(rows, write=as_csv, **options):
    return read_votes(io.BytesIO(write(rows)), **options)


def style_of(rows, names=("response_a", "response_b")):
    a, b = (measure_styles(texts=[row[name] for row in rows]) for name in names)
    return standardise_differences(differences=style_differences(a=a, b=b))


def read_with_style(table):
    return take_votes(table, style=measure_table(table))


@pytest.mark.parametrize("write", [as_csv, as_jsonl, as_parquet])
def test_style_is_that_of_the_texts_of_the_responses(write):
    votes = read_with_style(table_of(ROWS, write, style=True))
    expected = style_of(ROWS)
    assert tuple(votes.covariates) == expected.names == ("length", "headings", "bold", "lists")
    assert np.column_stack(list(votes.covariates.values())).tolist() == expected.values.tolist()


def test_without_style_the_covariates_are_those_of_the_file_alone():
    assert not take_votes(table_of(ROWS)).covariates
    votes = take_votes(table_of(ROWS, covariates=["length"]))
    assert {name: values.tolist() for name, values in votes.covariates.items()} == {
        "length": [row["length"] for row in ROWS]
    }


def test_swapped_sides_have_the_opposite_style():
    other = {"response_a": "response_b", "response_b": "response_a"}
    swapped = [{other.get(name, name): value for name, value in row.items()} for row in ROWS]
    found = measure_table(table_of(swapped, style=True))
    assert found.values.tolist() == (-style_of(ROWS).values).tolist()


def test_counts_of_the_file_go_before_its_texts():
    generator = np.random.default_rng(5)
    names = ("tokens", "header_count", "bold_count", "list_count")
    counts = generator.integers(0, 9, (2, len(ROWS), 4))
    rows = []
    for number, row in enumerate(ROWS):
        kept = {"sum_assistant_a_tokens": 0, "sum_assistant_b_tokens": 0}
        for side, letter in enumerate("ab"):
            length, headings, bold, lists = counts[side, number].tolist()
            kept[f"sum_assistant_{letter}_{names[0]}"] = length
            kept[f"{names[1]}_{letter}"] = {"h1": headings, "h2": 0}
            kept[f"{names[2]}_{letter}"] = {"**": 0, "__": bold}
            kept[f"{names[3]}_{letter}"] = {"ordered": lists, "unordered": 0}
        rows.append(row | {"conv_metadata": kept})
    found = measure_table(table_of(rows, as_jsonl, style=True))
    expected = standardise_differences(differences=style_differences(a=counts[0], b=counts[1]))
    assert found.values.tolist() == expected.values.tolist()


@pytest.mark.parametrize(
    ("turns", "text"),
    [
        (["# One\n\n- a", "**two**"], "# One\n\n- a\n\n**two**"),
        (["# One", None, "- a"], "# One\n\n- a"),
        ([], ""),
        ("# no list", "# no list"),
        ('"# text in quotes"', '"# text in quotes"'),
        ("[**not** JSON", "[**not** JSON"),
        ("[" * 100_000, "[" * 100_000),
    ],
)
def test_turns_of_lmarena_55k_are_measured_together(turns, text):
    said = turns if isinstance(turns, str) else json.dumps(turns)
    flags = {"winner_model_a": 1, "winner_model_b": 0, "winner_tie": 0}
    models = {"model_a": "x", "model_b": "y"}
    # The second vote makes every feature differ, so that none is left out.
    other = {"response_a": json.dumps(["# H\n\n**b**\n\n- i"]), "response_b": "[]"}
    rows = [{**models, **flags, "response_a": said, "response_b": "one word"}, {**models, **flags, **other}]
    found = measure_table(table_of(rows, style=True))
    texts = [
        {"response_a": text, "response_b": "one word"},
        {"response_a": "# H\n\n**b**\n\n- i", "response_b": ""},
    ]
    assert found.values.tolist() == style_of(texts).values.tolist()


def test_a_response_that_many_votes_share_is_measured_once(monkeypatch):
    measured = []
    monkeypatch.setattr(
        styles, "measure_styles", lambda *, texts: measured.extend(texts) or measure_styles(texts=texts)
    )
    rows = [row | {"response_a": "# the same", "response_b": f"- {n % 3}"} for n, row in enumerate(ROWS)]
    found = measure_table(table_of(rows, style=True))
    assert sorted(measured) == ["# the same", "- 0", "- 1", "- 2"]
    assert found.values.tolist() == style_of(rows).values.tolist()


def test_a_response_that_is_missing_is_one_without_style():
    rows = [row | {"response_b": None if n % 2 else "word"} for n, row in enumerate(ROWS)]
    expected = style_of([row | {"response_b": row["response_b"] or ""} for row in rows])
    for write in (as_csv, as_jsonl, as_parquet):
        assert measure_table(table_of(rows, write, style=True)).values.tolist() == expected.values.tolist()


def test_style_that_was_not_read_or_of_no_votes_or_named_twice_is_an_error():
    with pytest.raises(BadVotes, match="read them with style=True"):
        read_with_style(table_of(ROWS))
    with pytest.raises(NothingToRank, match="There are no votes"):
        read_with_style(read_votes(io.BytesIO(as_csv(ROWS).split(b"\n")[0] + b"\n"), style=True))
    rows = [row | {"lists": 1.5} for row in ROWS]
    with pytest.raises(UnsupportedParameter, match=r"^length, lists are covariates of the file and of style"):
        read_with_style(table_of(rows, style=True, covariates=["lists", "length"]))
    with pytest.raises(UnsupportedParameter, match=r"^lists is a covariate of the file and of style"):
        read_with_style(table_of(rows, style=True, covariates=["lists"]))


@pytest.mark.parametrize(
    ("endings", "kept"), [(("", " word"), ("length",)), (("",), ())], ids=["one is left", "none is left"]
)
def test_a_feature_of_style_that_never_differs_is_said_to_be_left_out(tmp_path, endings, kept):
    text, path = "# H\n\nword", tmp_path / "votes.csv"
    rows = [
        row | {"response_a": text, "response_b": text + endings[n % len(endings)]}
        for n, row in enumerate(ROWS)
    ]
    path.write_bytes(as_csv(rows))
    gone = [name for name in STYLE_FEATURES if name not in kept]
    out, err = run_rank(path, "--style", "--format", "json")
    assert err.splitlines() == [f"Left out of style: {name} {NEVER_DIFFERS}." for name in gone]
    record = json.loads(out)
    assert record["left_out"] == [{"effect": name, "reason": NEVER_DIFFERS} for name in gone]
    assert tuple(effect["name"] for effect in record["effects"]) == kept
    assert record["without_style"] == list_rows(rank(votes_of(rows)))
    assert "Rank without it" in run_rank(path, "--style")[0]


def test_the_report_of_a_table_has_what_was_asked_for_and_no_more():
    table = table_of(ROWS)
    votes = take_votes(table)
    report = build_report(table, votes=votes, parameters=PLAIN)
    assert list_rows(report.ranking) == list_rows(rank(votes_of(ROWS)))
    assert (report.plain, report.slices, report.turns) == (None, (), ())


def test_with_style_the_board_without_it_stands_beside_and_keeps_all_other_parameters():
    table = table_of(ROWS, style=True)
    votes = read_with_style(table)
    chosen = Parameters(style=tuple(votes.covariates), position=True, ties="davidson", level=0.8, seed=4)
    report = build_report(table, votes=votes, parameters=chosen)
    expected = rank(votes_of(ROWS), position=True, ties="davidson", level=0.8, seed=4)
    assert list_rows(report.plain) == list_rows(expected)
    assert report.ranking.parameters == chosen
    assert [effect.name for effect in report.ranking.effects] == ["position", *votes.covariates, "ties"]


def test_slices_come_by_column_the_largest_first_and_equal_ones_by_name():
    languages = ["b"] * 40 + ["a"] * 40 + ["c"] * 38 + [""] * 2
    rows = [
        row | {"lang": lang, "half": n % 2} for n, (row, lang) in enumerate(zip(ROWS, languages, strict=True))
    ]
    table = table_of(rows, slices=["lang", "half"])
    report = build_report(table, votes=take_votes(table), parameters=PLAIN)
    told = [(column, part.name, part.votes) for column, part in report.slices]
    assert told[:4] == [("lang", "a", 40), ("lang", "b", 40), ("lang", "c", 38), ("lang", "(none)", 2)]
    assert told[4:] == [("half", "0", 60), ("half", "1", 60)]
    alone = [row for row in rows if row["lang"] == "c"]
    assert list_rows(report.slices[2][1].ranking) == list_rows(rank(votes_of(alone)))


def test_no_vote_is_lost_from_the_slices():
    rows = [row | {"lang": ("(none)", "", "fr")[n % 3]} for n, row in enumerate(ROWS)]
    table = table_of(rows, slices=["lang"])
    report = build_report(table, votes=take_votes(table), parameters=PLAIN)
    assert [(part.name, part.votes) for _, part in report.slices] == [("(none)", 80), ("fr", 40)]


def test_the_votes_of_many_slices_are_chosen_one_slice_at_a_time(monkeypatch):
    rows = [row | {"n": n} for n, row in enumerate(ROWS * 5)]
    table = table_of(rows, slices=["n"])
    votes, at_once, made = take_votes(table), [], []
    monkeypatch.setattr(boards, "rank_slices", lambda votes, *, slices, parameters: look_at(slices))

    def look_at(slices):
        for _, mask in slices.items():
            made.append(weakref.ref(mask))
            assert mask.sum() == 1
            at_once.append(sum(mask() is not None for mask in made))
        return ()

    build_report(table, votes=votes, parameters=PLAIN)
    assert (len(at_once), max(at_once)) == (len(rows), 1)


@pytest.mark.parametrize("write", [as_csv, as_jsonl, as_parquet])
def test_a_column_of_too_many_values_is_no_column_of_slices(write):
    rows = [ROWS[0] | {"n": n} for n in range(1001)]
    assert len(table_of(rows[:1000], write, slices=["n"]).slices["n"].dictionary) == 1000
    with pytest.raises(UnsupportedParameter, match=r"column n has 1,001 different values.*1,000 at the most"):
        table_of(rows, write, slices=["n"])


def test_influence_is_of_raters_only_where_they_are_known():
    for raters, units in ((True, ["vote", "rater"]), (False, ["vote"])):
        table = table_of(ROWS, raters=raters)
        report = build_report(
            table, votes=take_votes(table), parameters=Parameters(cluster=None), influence=True
        )
        assert [turn.unit for turn in report.turns] == units
