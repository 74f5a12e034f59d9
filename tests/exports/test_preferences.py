"""Preference pairs: what was preferred comes first, and what says nothing is left out."""

from datetime import timedelta

import pytest

from evaluations.exports import ExportOptions, open_export
from evaluations.ledger import seal_all
from tests.exports.studies import make_full_study, make_study_about, read_jsonl, read_parquet
from tests.factories import NOW, make_battle, make_study, make_vote

pytestmark = pytest.mark.django_db
ANSWERS = ["Answer **0** to question 0.", "Answer **1** to question 0."]


def make_judged_study(*outcomes, sides=None):
    """Votes on one pair; where `sides` says so, the pair is shown the other way round."""
    study = make_study(slug="pairs")
    answers = list(study.prompt_set.prompts.first().responses.order_by("model__slug"))
    for place, outcome in enumerate(outcomes):
        left, right = (answers[1], answers[0]) if sides and sides[place] == "swapped" else answers[:2]
        make_vote(
            battle=make_battle(study=study, left=left, right=right),
            outcome=outcome,
            now=NOW + timedelta(seconds=place),
        )
    seal_all(now=NOW + timedelta(hours=1))
    return study


def test_a_row_is_a_conversation_as_trl_takes_it():
    assert read_jsonl(make_judged_study("right"), "dpo") == [
        {
            "prompt": [{"role": "user", "content": "Question 0?"}],
            "chosen": [{"role": "assistant", "content": ANSWERS[1]}],
            "rejected": [{"role": "assistant", "content": ANSWERS[0]}],
            "chosen_model": "beta",
            "rejected_model": "alpha",
            "prompt_id": "p0",
            "category": "explain",
            "language": "en",
            "votes_for": 1,
            "votes_against": 0,
        }
    ]


def test_only_votes_that_prefer_and_count_are_there():
    # Of five votes one is a repeat, one a check, one a tie, one of an excluded rater.
    assert [row["chosen_model"] for row in read_jsonl(make_full_study(), "dpo")] == ["alpha"]
    assert read_jsonl(make_judged_study("tie", "both_bad"), "dpo") == []


def test_two_responses_with_one_text_are_no_preference():
    messages = [{"role": "user", "content": "Say yes."}]
    study, prompt = make_study_about(messages=messages, texts=["Yes.", "Yes."])
    make_vote(battle=make_battle(study=study, prompt=prompt))
    seal_all(now=NOW + timedelta(minutes=1))

    assert read_jsonl(study, "dpo") == []
    assert read_jsonl(study, "dpo", by_pair=True, minimum_votes=1) == []


def test_the_majority_of_a_pair_whichever_way_round_it_was_shown():
    study = make_judged_study("left", "right", "right", "tie", sides=["as is", "swapped", "as is", "as is"])
    rows = read_jsonl(study, "dpo", by_pair=True)

    assert [(row["chosen_model"], row["votes_for"], row["votes_against"]) for row in rows] == [
        ("alpha", 2, 1)
    ]
    assert rows[0]["chosen"] == [{"role": "assistant", "content": ANSWERS[0]}]


def test_the_majority_may_be_for_the_second():
    rows = read_jsonl(make_judged_study("right", "right", "left"), "dpo", by_pair=True)

    assert [(row["chosen_model"], row["rejected_model"], row["votes_for"]) for row in rows] == [
        ("beta", "alpha", 2)
    ]


def test_a_pair_needs_its_votes_and_a_majority():
    study = make_judged_study("left", "left")
    assert read_jsonl(study, "dpo", by_pair=True) == []
    assert len(read_jsonl(study, "dpo", by_pair=True, minimum_votes=2)) == 1

    make_vote(battle=make_battle(study=study), outcome="right")
    make_vote(battle=make_battle(study=study), outcome="right")
    seal_all(now=NOW + timedelta(hours=2))
    assert read_jsonl(study, "dpo", by_pair=True) == []


@pytest.mark.parametrize("by_pair", [False, True])
def test_rows_are_counted_before_they_are_written(by_pair):
    study = make_judged_study("left", "left", "right", "tie")
    options = ExportOptions(by_pair=by_pair, minimum_votes=2)
    export = open_export(study=study, name="dpo", options=options)

    assert export.rows == len(b"".join(export.chunks).splitlines()) == (1 if by_pair else 3)
    assert export.filename == f"preferences-pairs-ledger-5{'-pairs-of-2' if by_pair else ''}.jsonl"


def test_parquet_tells_the_same():
    study = make_judged_study("left", "right")

    assert read_parquet(study, "dpo-parquet").to_pylist() == read_jsonl(study, "dpo")
