import io

import pytest

from evaluations.errors import BadVotes, UnknownOutcome
from evaluations.ranking.files import read_votes
from evaluations.ranking.votes import OUTCOMES


def lines(*rows):
    return io.StringIO("\n".join(rows) + "\n", newline="")


def rows_of(votes):
    names = [(votes.models[a], votes.models[b]) for a, b in zip(votes.a, votes.b, strict=True)]
    return [(*pair, OUTCOMES[outcome]) for pair, outcome in zip(names, votes.outcome, strict=True)]


def test_arena_columns_in_any_order_with_others_beside():
    votes = read_votes(
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
    votes = read_votes(lines("id,worker,winner,left,right", "0,58,left,x,y", "1,7,right,x,y", "2,58,tie,y,x"))
    assert rows_of(votes) == [("x", "y", "a"), ("x", "y", "b"), ("y", "x", "tie")]
    assert votes.rater.tolist() == [0, 1, 0]


def test_the_rater_column_goes_before_the_judge_column_and_may_be_left_unread():
    rows = ("model_a,model_b,winner,judge,rater", "x,y,tie,j,r1", "x,y,tie,j,r2")
    assert read_votes(lines(*rows)).raters == 2
    assert read_votes(lines(*rows), raters=False).rater is None
    assert read_votes(lines("model_a,model_b,winner", "x,y,tie")).rater is None


def test_a_header_alone_is_no_votes():
    votes = read_votes(lines("model_a,model_b,winner,rater"))
    assert (len(votes), votes.models, votes.raters) == (0, (), 0)


@pytest.mark.parametrize(
    ("rows", "error", "message"),
    [
        ([], BadVotes, "Line 1 names no known columns"),
        (["a,b,winner"], BadVotes, "Line 1 names no known columns"),
        (["model_a,model_b", "x,y"], BadVotes, "Line 1 names no known columns"),
        (
            ["model_a,model_b,winner", "x,y,tie", "x,y,left"],
            UnknownOutcome,
            "Line 3 has the winner 'left'; it can be",
        ),
        (["model_a,model_b,winner", "x,y,"], UnknownOutcome, "Line 2 has the winner ''"),
        (["left,right,winner", "x,y,model_a"], UnknownOutcome, "Line 2 has the winner 'model_a'"),
        (["model_a,model_b,winner", '"x\n\n",y,tie', "x,y,?"], UnknownOutcome, "Line 5 has the winner"),
        (["model_a,model_b,winner", "x,,tie"], BadVotes, "Line 2 does not name both models"),
        (["model_a,model_b,winner", "x, x,tie"], BadVotes, "Line 2 compares 'x' with itself"),
        (["model_a,model_b,winner", "x,y"], BadVotes, "Line 2 has 2 fields, and the header has 3"),
        (["model_a,model_b,winner", "x,y,tie,z"], BadVotes, "Line 2 has 4 fields"),
        (["model_a,model_b,winner,rater", "x,y,tie,"], BadVotes, "Line 2 does not say who voted"),
        (["model_a,model_b,winner", '"x"y,y,tie'], BadVotes, "Line 2 is not CSV"),
        (["model_a,model_b,winner", '"x,y,tie'], BadVotes, "is not CSV"),
    ],
)
def test_a_fault_is_told_with_its_line(rows, error, message):
    with pytest.raises(error) as caught:
        read_votes(lines(*rows) if rows else io.StringIO(""))
    assert message in str(caught.value)


def test_raters_asked_for_and_not_there():
    with pytest.raises(BadVotes, match="no column of raters: it would be rater or judge"):
        read_votes(lines("model_a,model_b,winner", "x,y,tie"), raters=True)


def test_bytes_that_are_no_text():
    data = io.TextIOWrapper(io.BytesIO(b"model_a,model_b,winner\nx,\xff,tie\n"), encoding="utf-8")
    with pytest.raises(BadVotes, match="not UTF-8"):
        read_votes(data)
