"""Raters' figures against counts by hand, and flags: at the limits of the plan, and never on a few votes."""

from dataclasses import asdict
from datetime import timedelta

import pytest

from evaluations.models import Battle, Reminder, Vote
from evaluations.quality.decisions import decide_rater
from evaluations.quality.flags import FEWEST_TRIALS, FEWEST_VOTES, find_flags
from evaluations.quality.raters import fetch_quality, measure_quality
from evaluations.quality.shares import UNKNOWN
from evaluations.ranking import Figure, RaterShare
from evaluations.raters import create_rater
from evaluations.studies.limits import LIMITS
from tests.factories import NOW, make_battle, make_rater, make_study, make_vote
from tests.raters import LATER, remind, seal, turn_by_model, vote_often

pytestmark = pytest.mark.django_db
NO_SHARE = RaterShare(rater=0, trials=0, share=UNKNOWN)


@pytest.fixture
def study():
    return make_study(names=("alpha", "beta"), prompts=30)


def share(value, trials, *, upper=None):
    return RaterShare(
        rater=0, trials=trials, share=Figure(value=value, lower=0.0, upper=upper if upper else value)
    )


def flag(**figures):
    given = {
        "votes": 100,
        "seconds": 30.0,
        "left": Figure(value=0.5, lower=0.4, upper=0.6),
        "agreement": NO_SHARE,
        "checks": NO_SHARE,
        "repeats": NO_SHARE,
        "pattern": None,
        "others": Figure(value=0.6, lower=0.5, upper=0.7),
        "limits": LIMITS,
        "reminded": 2,
    }
    return [found.kind for found in find_flags(**{**given, **figures})]


@pytest.mark.parametrize(
    ("figures", "kinds"),
    [
        ({}, []),
        ({"seconds": 7.9}, ["fast"]),
        ({"seconds": 8.0}, []),
        ({"seconds": None}, []),
        ({"left": Figure(value=0.81, lower=0.7, upper=0.9)}, ["one_side"]),
        ({"left": Figure(value=0.19, lower=0.1, upper=0.3)}, ["one_side"]),
        ({"left": Figure(value=0.8, lower=0.7, upper=0.9)}, []),
        ({"left": UNKNOWN}, []),
        ({"checks": share(0.59, FEWEST_TRIALS)}, ["checks"]),
        ({"checks": share(0.6, FEWEST_TRIALS)}, []),
        ({"checks": share(0.0, FEWEST_TRIALS - 1)}, []),
        ({"repeats": share(0.4, FEWEST_TRIALS)}, ["repeats"]),
        ({"repeats": share(0.0, FEWEST_TRIALS - 1)}, []),
        ({"agreement": share(0.39, FEWEST_VOTES, upper=0.59)}, ["agreement"]),
        # Below the limit, but so may the others be: its interval reaches them.
        ({"agreement": share(0.39, FEWEST_VOTES, upper=0.6)}, []),
        ({"agreement": share(0.1, FEWEST_VOTES - 1, upper=0.2)}, []),
        ({"limits": {**LIMITS, "fastest_seconds": 31.0}}, ["fast"]),
    ],
)
def test_flags_are_raised_at_the_limits(figures, kinds):
    assert flag(**figures) == kinds


def test_few_votes_never_raise_a_flag():
    worst = {"seconds": 0.1, "left": Figure(value=1.0, lower=0.9, upper=1.0), "checks": share(0.0, 10)}

    assert flag(votes=FEWEST_VOTES - 1, **worst) == []
    assert flag(votes=FEWEST_VOTES, **worst) == ["fast", "one_side", "checks"]


@pytest.mark.parametrize(("reminded", "flagged"), [(0, False), (1, False), (2, True), (None, True)])
def test_no_flag_before_the_second_reminder_where_there_is_someone_to_remind(reminded, flagged):
    assert bool(flag(seconds=1.0, reminded=reminded)) == flagged


@pytest.mark.parametrize("kind", ["visitor", "invited", "panel", "recorded", "simulated"])
def test_who_votes_here_is_flagged_after_two_reminders_seen(study, settings, kind):
    rater = create_rater(now=NOW, kind=kind)
    vote_often(study=study, outcomes=turn_by_model(30), seconds=2, rater=rater, reminded=1)
    Reminder.objects.create(study=study, rater=rater, number=2, kind="fast", made_at=NOW)
    remind(study=make_study(), rater=rater)
    columns = seal(settings)
    before = fetch_quality(study=study, columns=columns).raters[0]
    Reminder.objects.filter(study=study, number=2).update(seen_at=LATER)
    after = fetch_quality(study=study, columns=columns).raters[0]

    flagged_as_ever = kind in {"recorded", "simulated"}
    assert (before.reminded, after.reminded) == ((None, None) if flagged_as_ever else (1, 2))
    assert [found.kind for found in before.flags] == (["fast"] if flagged_as_ever else [])
    assert [found.kind for found in after.flags] == ["fast"]


def test_figures_of_one_rater(study, settings):
    vote_often(study=study, outcomes=["left", "left", "left", "right", "tie", "both_bad"], seconds=12)
    quality = measure_quality(study=study, columns=seal(settings))
    (rater,) = quality.raters

    assert (rater.code, rater.votes, rater.seconds, rater.excluded) == ("R-001", 6, 12.0, False)
    assert rater.left.value == 0.75
    assert rater.left.lower < 0.75 < rater.left.upper
    assert rater.is_early
    assert rater.last_at == NOW + timedelta(minutes=5, seconds=12)
    assert (quality.received, quality.counted, quality.measured.seconds) == (6, 6, 12.0)


def test_active_time_counts_before_the_time_on_the_page(study, settings):
    rater = make_rater()
    for number in range(3):
        make_vote(battle=make_battle(study=study, rater=rater), now=NOW + timedelta(hours=1))
        Vote.objects.create(
            battle=make_battle(study=study, rater=rater),
            outcome="left",
            receipt=f"active-{number}",
            cast_at=NOW + timedelta(hours=1),
            active_ms=9_000,
        )
    quality = measure_quality(study=study, columns=seal(settings))

    # Three votes of an hour, three of nine seconds.
    assert quality.raters[0].seconds == pytest.approx((3600 + 9) / 2)


def test_time_of_recorded_votes_is_unknown(study, settings):
    vote_often(study=study, outcomes=["left"], seconds=1, origin="recorded")
    quality = measure_quality(study=study, columns=seal(settings))

    assert quality.raters[0].seconds is None
    assert quality.measured.seconds is None


def test_agreement_is_with_the_model_chosen_not_the_side(study, settings):
    """Two who choose the same model each time, with sides swapped between them; a third who chooses the other."""
    first, second, third = (make_rater() for _ in range(3))
    remind(study=study, rater=third)
    for prompt in study.prompt_set.prompts.all():
        left, right = prompt.responses.order_by("model__slug")
        shown = {"study": study, "prompt": prompt}
        make_vote(battle=make_battle(rater=first, left=left, right=right, **shown), outcome="left")
        make_vote(battle=make_battle(rater=second, left=right, right=left, **shown), outcome="right")
        make_vote(battle=make_battle(rater=third, left=left, right=right, **shown), outcome="right")
    quality = measure_quality(study=study, columns=seal(settings))

    assert [rater.agreement.share.value for rater in quality.raters] == [0.5, 0.5, 0.0]
    assert [rater.agreement.trials for rater in quality.raters] == [30, 30, 30]
    assert quality.agreement.raw.value == pytest.approx(1 / 3)
    assert quality.agreement.items == 30
    assert "agreement" in [flag.kind for flag in quality.raters[2].flags]


def test_checks_are_right_where_the_known_answer_was_given(study, settings):
    rater = make_rater()
    for outcome, expected in [("left", "left"), ("right", "left"), ("tie", "right"), ("right", "right")]:
        battle = make_battle(study=study, rater=rater, kind=Battle.Kind.CHECK, expected=expected)
        make_vote(battle=battle, outcome=outcome)
    quality = measure_quality(study=study, columns=seal(settings))
    (measured,) = quality.raters

    assert (measured.checks.trials, measured.checks.share.value) == (4, 0.5)
    assert quality.checks.value == 0.5
    assert measured.votes == quality.counted == 0


def test_repeats_are_alike_where_the_same_response_was_chosen(study, settings):
    rater = make_rater()
    alike = {("left", "right"), ("right", "left"), ("tie", "tie"), ("both_bad", "both_bad")}
    tried = [*sorted(alike), ("left", "left"), ("tie", "left"), ("right", "both_bad"), ("tie", "both_bad")]
    for before, again in tried:
        first = make_battle(study=study, rater=rater)
        make_vote(battle=first, outcome=before)
        swapped = make_battle(
            study=study, rater=rater, left=first.right, right=first.left, kind="repeat", repeats=first
        )
        make_vote(battle=swapped, outcome=again)
    (measured,) = measure_quality(study=study, columns=seal(settings)).raters

    assert (measured.repeats.trials, measured.repeats.share.value) == (8, 0.5)
    assert measured.votes == 8


def test_what_all_raters_come_to_is_without_the_excluded(study, settings):
    good = vote_often(study=study, outcomes=turn_by_model(30), seconds=40)
    vote_often(study=study, outcomes=turn_by_model(30), seconds=40)
    bad = vote_often(study=study, outcomes=turn_by_model(30, first_wins=False), seconds=2)
    make_vote(battle=make_battle(study=study, rater=bad, kind="check", expected="left"), outcome="right")
    make_vote(battle=make_battle(study=study, rater=good, kind="check", expected="left"), outcome="left")
    before = measure_quality(study=study, columns=seal(settings))
    number = next(rater.number for rater in before.raters if rater.rater_id == bad.pk)
    decide_rater(
        study=study,
        rater=bad,
        number=number,
        decision="exclude",
        reason="So.",
        flags=[],
        after=0,
        user=None,
        now=LATER,
    )
    after = measure_quality(study=study, columns=seal(settings))

    assert (before.counted, after.counted, after.received) == (90, 60, 90)
    assert before.agreement.raw.value < after.agreement.raw.value == 1.0
    assert (before.checks.value, after.checks.value) == (0.5, 1.0)
    assert sum(after.measured.days.values()) == 60
    assert after.measured.seconds == 40.0
    excluded = after.raters[number - 1]
    assert excluded.excluded
    assert excluded.votes == 30
    assert excluded.agreement.share.value == 0.0
    assert [rater.agreement.share.value for rater in after.raters if not rater.excluded] == [1.0, 1.0]


def test_pilots_and_undone_votes_are_in_no_figure(settings):
    study = make_study(names=("alpha", "beta"))
    make_vote(battle=make_battle(study=study, pilot=True))
    quality = measure_quality(study=study, columns=seal(settings))

    assert quality.raters == ()
    assert quality.measured.seconds is None
    assert quality.agreement.alpha.value is None


def test_a_rater_who_votes_against_everyone_is_suspected_and_honest_ones_are_not(study, settings):
    for _ in range(6):
        vote_often(study=study, outcomes=turn_by_model(30)[:24] + turn_by_model(6, first_wins=False))
    rigger = vote_often(study=study, outcomes=turn_by_model(30, first_wins=False))
    quality = measure_quality(study=study, columns=seal(settings))
    patterns = {rater.rater_id: rater.pattern for rater in quality.raters if rater.pattern}

    assert list(patterns) == [rigger.pk]
    assert patterns[rigger.pk].decided == 30
    assert "pattern" in [flag.kind for rater in quality.raters for flag in rater.flags]


def test_measuring_again_reads_nothing_until_the_ledger_grows(study, settings, django_assert_num_queries):
    vote_often(study=study, outcomes=["left", "right"])
    columns = seal(settings)
    first = fetch_quality(study=study, columns=columns)
    with django_assert_num_queries(1):
        assert fetch_quality(study=study, columns=columns) is first
    study.limits = {"fastest_seconds": 60}
    assert asdict(fetch_quality(study=study, columns=columns))["limits"]["fastest_seconds"] == 60
    vote_often(study=study, outcomes=["left"])
    assert fetch_quality(study=study, columns=seal(settings)).counted == 3


def test_queries_do_not_grow_with_raters(study, settings, django_assert_num_queries):
    for _ in range(12):
        vote_often(study=study, outcomes=["left", "right"])
    columns = seal(settings)
    # Times, checks and days; repeats; reminders; names of the models.
    with django_assert_num_queries(4):
        measure_quality(study=study, columns=columns)


@pytest.mark.parametrize("first_wins", [True, False])
def test_agreement_beyond_chance_does_not_depend_on_the_order_of_the_models(study, settings, first_wins):
    """Where everybody prefers the same model all the time, sides drawn at random tell that from chance."""
    for _ in range(3):
        vote_often(study=study, outcomes=turn_by_model(30, first_wins=first_wins))
    quality = measure_quality(study=study, columns=seal(settings))

    assert quality.agreement.raw.value == 1.0
    assert quality.agreement.alpha.value == 1.0
