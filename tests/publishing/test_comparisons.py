"""Two models against each other: what the fit expects, and what their own votes say, each with its interval."""

import numpy as np
import pytest
from scipy.stats import norm, t

from evaluations.publishing.comparisons import list_parts, measure_differences, measure_score, record_pair
from evaluations.ranking import rank
from tests.publishing.counted import draw_rows, make_counted

MODELS = ("ada", "bea", "cleo", "dot")
PARAMETERS = {"rounds": 200, "seed": 0}


@pytest.fixture(scope="module")
def votes():
    return make_counted(draw_rows(models=MODELS), models=MODELS)


def expit(points):
    return 1 / (1 + 10 ** (-points / 400))


def test_expected_score_is_that_of_a_fit_with_the_rival_as_its_anchor(votes):
    """An anchored fit takes another way to the same interval: of the model's own score, the rival's being fixed."""
    found = measure_differences(votes, parameters=PARAMETERS)
    for rival in MODELS:
        anchored = rank(votes.ballots, anchor=rival, **PARAMETERS)
        for place, model in enumerate(anchored.models):
            if model == rival:
                continue
            expected = found.expect(model, rival)
            ends = (anchored.score[place], anchored.lower[place], anchored.upper[place])
            wanted = [expit(value - 1000) for value in ends]
            assert [expected.score, expected.lower, expected.upper] == pytest.approx(wanted, abs=1e-9)


def test_the_two_are_seen_from_either_side(votes):
    found = measure_differences(votes, parameters=PARAMETERS)
    one, other = found.expect("ada", "dot"), found.expect("dot", "ada")
    assert one.score > 0.5 > other.score
    assert one.separated
    assert other.separated
    assert (one.score, one.lower, one.upper) == pytest.approx(
        (1 - other.score, 1 - other.upper, 1 - other.lower)
    )


@pytest.mark.parametrize("ties", ["half", "davidson"])
def test_of_two_models_the_fit_expects_what_was_seen(ties):
    rows = [row for row in draw_rows(models=MODELS) if set(row[:2]) == {"ada", "bea"}]
    votes = make_counted(rows, models=("ada", "bea"))
    expected = measure_differences(votes, parameters={**PARAMETERS, "ties": ties}).expect("ada", "bea")
    seen = record_pair(votes, model="ada", rival="bea", level=0.95)
    assert expected.score == pytest.approx(seen.won.score, abs=1e-6)


def test_every_vote_by_itself_has_the_normal_interval(votes):
    clustered = measure_differences(votes, parameters=PARAMETERS)
    single = measure_differences(votes, parameters={**PARAMETERS, "cluster": None})
    assert clustered.reach == pytest.approx(t.ppf(0.975, 11))
    assert single.reach == pytest.approx(norm.ppf(0.975))
    assert measure_differences(votes, parameters={**PARAMETERS, "level": 0.8}).reach < clustered.reach


def test_a_model_that_is_not_ranked_is_expected_nothing_of():
    votes = make_counted(draw_rows(models=MODELS), models=(*MODELS, "eve"))
    found = measure_differences(votes, parameters=PARAMETERS)
    assert found.expect("ada", "eve") is None
    assert found.expect("eve", "ada") is None


def test_record_is_counted_vote_by_vote(votes):
    rows = draw_rows(models=MODELS)
    for model, rival in [("ada", "bea"), ("dot", "ada")]:
        found = record_pair(votes, model=model, rival=rival, level=0.95)
        met = [row for row in rows if set(row[:2]) == {model, rival}]
        said = [row[row[2] == "right"] if row[2] in {"left", "right"} else row[2] for row in met]
        counts = [said.count(word) for word in (model, rival, "tie", "both_bad")]
        assert [found.wins, found.losses, found.ties, found.both_bad] == counts
        assert found.votes == len(met)
        assert found.raters == len({row[3] for row in met})
        share = (counts[0] + (counts[2] + counts[3]) / 2) / len(met)
        assert found.won.score == pytest.approx(share)
        left_out = record_pair(votes, model=model, rival=rival, level=0.95, both_bad="out")
        assert left_out.won.score == pytest.approx((counts[0] + counts[2] / 2) / (len(met) - counts[3]))


def test_parts_add_up_to_the_whole(votes):
    parts = list_parts(votes)
    assert parts == [("code", ""), ("write", ""), ("", "en"), ("", "fr")]
    whole = record_pair(votes, model="ada", rival="bea", level=0.95).votes
    found = [
        record_pair(
            votes,
            model="ada",
            rival="bea",
            level=0.95,
            part=votes.mask_part(category=category, language=language),
        ).votes
        for category, language in parts
    ]
    assert found[0] + found[1] == found[2] + found[3] == whole
    assert 0 < found[0] < whole


def test_no_vote_has_no_share():
    votes = make_counted([("ada", "bea", "both_bad", 0, 0)], models=("ada", "bea", "cleo"))
    assert record_pair(votes, model="ada", rival="cleo", level=0.95).won is None
    assert record_pair(votes, model="ada", rival="bea", level=0.95, both_bad="out").won is None


def test_votes_of_one_rater_are_worth_one():
    score = np.array([1.0] * 30)
    alone = measure_score(score, clusters=np.zeros(30, dtype=np.int64), level=0.95)
    apart = measure_score(score, clusters=np.arange(30), level=0.95)
    assert alone.score == apart.score == 1.0
    assert not alone.separated
    assert apart.lower > 0.85


def test_interval_covers_where_raters_differ():
    """A rater's taste is shared by that rater's votes: who takes them as independent is wrong far too often."""
    generator, truth, held, naive = np.random.default_rng(5), 0.6, 0, 0
    true = np.clip(np.random.default_rng(0).normal(truth, 0.25, size=100_000), 0, 1).mean()
    for _trial in range(400):
        taste = np.clip(generator.normal(truth, 0.25, size=20), 0, 1)
        clusters = np.repeat(np.arange(20), 15)
        score = (generator.random(300) < taste[clusters]).astype(np.float64)
        found = measure_score(score, clusters=clusters, level=0.95)
        single = measure_score(score, clusters=np.arange(300), level=0.95)
        held += found.lower <= true <= found.upper
        naive += single.lower <= true <= single.upper
    assert 0.92 <= held / 400 <= 0.985
    assert naive / 400 < 0.85
