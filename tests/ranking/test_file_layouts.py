"""Files of votes: what each layout says."""

import io

import pytest

from evaluations.errors import BadVotes, UnknownOutcome
from evaluations.ranking.files.reading import read_votes
from evaluations.ranking.votes import OUTCOMES, Votes
from tests.ranking.vote_files import ARENA, ARENA_ROWS, FORMS, as_jsonl, as_parquet, lines, told


def votes_of(source, **options):
    return Votes.from_labels(**read_votes(source, **options).columns())


def rows_of(votes):
    names = [(votes.models[a], votes.models[b]) for a, b in zip(votes.a, votes.b, strict=True)]
    return [(*pair, OUTCOMES[outcome]) for pair, outcome in zip(names, votes.outcome, strict=True)]


def test_arena_columns_in_any_order_with_others_beside():
    votes = votes_of(
        lines(
            "question,winner,model_b,judge,model_a",
            '"two\nlines, quoted",model_a,x,j2,z',
            "q,model_b,x,j1,y",
            "q,tie,y,j2,x",
            "",
            "q,tie (bothbad),z,j1,x",
            "q,both_bad, z ,j1,x",
        )
    )
    assert votes.models == ("x", "y", "z")
    assert rows_of(votes) == [
        ("z", "x", "a"),
        ("y", "x", "b"),
        ("x", "y", "tie"),
        ("x", "z", "both_bad"),
        ("x", "z", "both_bad"),
    ]
    assert (votes.rater.tolist(), votes.raters) == ([1, 0, 1, 0, 0], 2)


def test_llmfao_columns():
    votes = votes_of(lines("id,worker,winner,left,right", "0,58,left,x,y", "1,7,right,x,y", "2,58,tie,y,x"))
    assert rows_of(votes) == [("x", "y", "a"), ("x", "y", "b"), ("y", "x", "tie")]
    assert votes.rater.tolist() == [0, 1, 0]


def test_the_rater_column_goes_before_the_judge_column_and_may_be_left_unread():
    rows = ("model_a,model_b,winner,judge,rater", "x,y,tie,j,r1", "x,y,tie,j,r2")
    assert votes_of(lines(*rows)).raters == 2
    assert read_votes(lines(*rows), raters=False).rater is None
    assert read_votes(lines("model_a,model_b,winner", "x,y,tie")).rater is None


def test_a_header_alone_is_no_votes():
    votes = votes_of(lines("model_a,model_b,winner,rater"))
    assert (len(votes), votes.models, votes.raters) == (0, (), 0)


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_lmarena_55k_has_a_column_for_each_outcome(form):
    flags = ("winner_model_a", "winner_model_b", "winner_tie")
    rows = [
        {
            "id": n,
            "model_a": "x",
            "model_b": "y",
            "prompt": f"p{n % 2}",
            **{flag: int(flag == said) for flag in flags},
        }
        for n, said in enumerate(flags)
    ]
    table = read_votes(io.BytesIO(FORMS[form](rows)), prompts=True)
    assert (table.layout, table.outcome.to_pylist()) == ("LMArena 55k", ["a", "b", "tie"])
    assert (table.prompt.to_pylist(), table.rater) == (["p0", "p1", "p0"], None)
    rows[1]["winner_tie"] = 1
    with pytest.raises(UnknownOutcome, match=r"(Line 3|Line 2|Row 2) has '0', '1', '1' in winner_model_a"):
        read_votes(io.BytesIO(FORMS[form](rows)))
    with pytest.raises(BadVotes, match="no column of raters: this layout has none"):
        read_votes(io.BytesIO(FORMS[form](rows)), raters=True)


@pytest.mark.parametrize("voter", ["judge_hash", "evaluation_session_id"])
def test_lmarena_100k_and_140k_have_arenas_columns_and_say_who_voted_in_their_own(voter):
    rows = [{**row, voter: row["judge"]} for row in ARENA]
    for row in rows:
        del row["judge"]
    table = read_votes(io.BytesIO(as_parquet(rows)))
    assert (table.rater_column, told(table)) == (voter, ARENA_ROWS)


COMPARIA = [
    {
        "model_a_name": "x",
        "model_b_name": "y",
        "chosen_model_name": "x",
        "both_equal": False,
        "visitor_id": "v1",
    },
    {
        "model_a_name": "y",
        "model_b_name": "z",
        "chosen_model_name": "z",
        "both_equal": False,
        "visitor_id": "v2",
    },
    {
        "model_a_name": "z",
        "model_b_name": "x",
        "chosen_model_name": None,
        "both_equal": True,
        "visitor_id": "v1",
    },
]


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_comparia_names_the_chosen_model_or_says_that_both_are_equal(form):
    table = read_votes(io.BytesIO(FORMS[form](COMPARIA)))
    assert told(table) == [("x", "y", "a", "v1"), ("y", "z", "b", "v2"), ("z", "x", "tie", "v1")]
    assert (table.layout, table.side) == ("compar:IA", 1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"chosen_model_name": "y", "both_equal": False},
            "has 'y' in chosen_model_name; it can be 'z', 'x'.",
        ),
        (
            {"both_equal": True, "chosen_model_name": "z"},
            "has 'true' in both_equal and 'z' in chosen_model_name",
        ),
        ({"both_equal": False}, "has '' in chosen_model_name; it can be 'z', 'x'."),
        ({"both_equal": None}, "has '' in chosen_model_name"),
    ],
)
def test_comparia_answers_that_are_none_or_two(change, message):
    rows = [*COMPARIA[:2], COMPARIA[2] | change]
    with pytest.raises(UnknownOutcome) as caught:
        read_votes(io.BytesIO(as_jsonl(rows)))
    assert str(caught.value).startswith("Line 3 ")
    assert message in str(caught.value)
