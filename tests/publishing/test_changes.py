"""What changed between two documents, of any version: counted, moved, decided, and never more than they say."""

from itertools import product

import pytest

from evaluations.publishing.changes import Place, compare_documents, judge_move

RULE = {"rule": "applied", "raters": 0, "votes": 0, "positions": []}


def make_row(model, *, score=1000.0, half=20.0, ranks=(1, 2), votes=100):
    return {
        "model": model,
        **{"rank_low": ranks[0], "rank_high": ranks[1], "strength": 0.0, "score": score},
        **{"lower": score - half, "upper": score + half, "votes": votes, "win_rate": 0.5},
    }


def make_document(*rows, **said):
    return {
        "format": "arena-snapshot/2",
        "code_version": "arena-5",
        "input_digest": "aa",
        "parameters": {"method": "bradley-terry", "level": 0.95},
        "models": ["alpha", "beta"],
        "votes": {"received": 100, "counted": 100, "shown": 100, "raters": 9},
        "exclusions": {**RULE, "withdrawn": {"raters": 0, "votes": 0}},
        "claims": [],
        "ranking": list(rows or (make_row("alpha"), make_row("beta", score=980.0))),
        **said,
    }


def make_old_document(*rows, **said):
    """As arena-2 wrote it: no exclusions, no claims."""
    document = make_document(
        *rows, **{"format": "arena-snapshot/1", "code_version": "arena-2", "input_digest": "bb", **said}
    )
    return {name: value for name, value in document.items() if name not in {"exclusions", "claims"}}


def judge(number, verdict):
    return {"number": number, "kind": "superior", "model": "alpha", "rival": "beta", "verdict": verdict}


def test_same_document_changes_nothing():
    found = compare_documents(make_document(), make_document())
    assert found.is_nothing
    assert {move.kind for move in found.moves} == {"within"}


@pytest.mark.parametrize(
    "said",
    [
        {"input_digest": "cc"},
        {"votes": {"received": 101, "counted": 100, "shown": 100, "raters": 9}},
        {"exclusions": {**RULE, "rule": "none", "withdrawn": {"raters": 0, "votes": 0}}},
        {"exclusions": {**RULE, "raters": 1, "withdrawn": {"raters": 0, "votes": 0}}},
        {"exclusions": {**RULE, "positions": [7], "withdrawn": {"raters": 0, "votes": 0}}},
        {"exclusions": {**RULE, "withdrawn": {"raters": 1, "votes": 3}}},
        {"parameters": {"method": "bradley-terry", "level": 0.9}},
        {"ranking": [make_row("alpha", score=1000.1), make_row("beta", score=980.0)]},
        {"ranking": [make_row("alpha")]},
    ],
    ids=lambda said: next(iter(said)),
)
def test_whatever_differs_is_a_change(said):
    assert not compare_documents(make_document(), make_document(**said)).is_nothing
    assert not compare_documents(make_document(**said), make_document()).is_nothing


def test_another_verdict_is_a_change_and_a_claim_that_one_does_not_judge_is_none():
    before, after = (make_document(claims=[judge(1, word)]) for word in ("undecided", "supported"))
    found = compare_documents(before, after)
    (change,) = found.claims
    assert (change.number, change.before["verdict"], change.after["verdict"]) == (1, "undecided", "supported")
    assert not found.is_nothing
    assert compare_documents(after, after).claims == []
    assert compare_documents(make_old_document(), after).claims == []
    assert compare_documents(make_old_document(), after).judged == (False, True)


def test_another_version_of_the_code_alone_changes_nothing():
    found = compare_documents(make_document(), make_document(code_version="arena-6"))
    assert found.is_nothing
    assert (found.code.before, found.code.after) == ("arena-5", "arena-6")


def test_two_formats_digest_in_two_ways_and_are_compared_by_what_they_say():
    assert compare_documents(make_old_document(), make_document()).is_nothing
    more = make_document(votes={"received": 120, "counted": 120, "shown": 120, "raters": 9})
    assert not compare_documents(make_old_document(), more).is_nothing


def test_counts_say_none_where_a_document_does_not_count():
    found = {
        change.name: (change.before, change.after)
        for change in compare_documents(
            make_document(votes={"counted": 5}), make_document(votes={"counted": 7, "simulated": 7})
        ).votes
    }
    assert found["counted"] == (5, 7)
    assert found["simulated"] == (None, 7)


def test_models_entered_since_are_named():
    found = compare_documents(make_document(), make_document(models=["alpha", "beta", "gamma"]))
    assert found.entered == ["gamma"]
    assert not found.is_nothing


def test_decisions_that_hold_in_one_only():
    before, after = (
        make_document(exclusions={**RULE, "positions": held, "withdrawn": {"raters": 0, "votes": 0}})
        for held in ([3, 9], [9, 12, 15])
    )
    found = compare_documents(before, after)
    assert (found.decided, found.taken_back) == ([12, 15], [3])


def test_parameters_that_differ_are_named_with_both_values():
    before = make_document(parameters={"level": 0.95, "prior": 0.0})
    after = make_document(parameters={"level": 0.95, "prior": 1.0, "style": ["length"]})
    found = compare_documents(before, after).parameters
    assert [(change.name, change.before, change.after) for change in found] == [
        ("prior", 0.0, 1.0),
        ("style", None, ["length"]),
    ]


def test_places_come_and_go():
    before, after = make_document(make_row("alpha"), make_row("old")), make_document(make_row("new"))
    found = compare_documents(before, after)
    assert {move.model: move.kind for move in found.moves} == {
        "new": "placed",
        "alpha": "lost",
        "old": "lost",
    }
    assert not found.same_models
    assert compare_documents(before, before).same_models


def make_place(*, score, half, ranks):
    row = make_row("alpha", score=score, half=half, ranks=ranks)
    return Place(**{name: row[name] for name in Place.__dataclass_fields__})


def test_moved_only_where_nothing_is_in_common():
    """Against the definition, spelt out over every rank and every tenth of a point."""
    ranges = [(1, 1), (1, 3), (2, 2), (3, 5), (4, 4)]
    scores = [(1000.0, 5.0), (1010.0, 5.0), (1010.1, 5.0), (990.0, 30.0)]
    for (before_ranks, before_score), (after_ranks, after_score) in product(
        product(ranges, scores), repeat=2
    ):
        before = make_place(score=before_score[0], half=before_score[1], ranks=before_ranks)
        after = make_place(score=after_score[0], half=after_score[1], ranks=after_ranks)
        ranks = set(range(before.rank_low, before.rank_high + 1)) & set(
            range(after.rank_low, after.rank_high + 1)
        )
        tenths = set(range(round(10 * before.lower), round(10 * before.upper) + 1)) & set(
            range(round(10 * after.lower), round(10 * after.upper) + 1)
        )
        assert judge_move(before, after) == ("within" if ranks and tenths else "moved")
        assert judge_move(before, after) == judge_move(after, before)
