"""Reminders: two at most, never before enough votes, none to who reads; and none that tells a check from the rest."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.errors import BattleForeign
from evaluations.models import Reminder, VoteEnding
from evaluations.quality.reminders import ROUND, find_reminder, make_reminders, remind_rater, see_reminder
from evaluations.sessions import Session, SessionBattle, SessionReminder, fetch_session
from evaluations.studies import open_study
from evaluations.studies.limits import LIMITS
from evaluations.study_plans import Seen
from tests.factories import NOW, make_battle, make_rater, make_study, make_vote

OUTCOMES = ["left", "right", "tie", "both_bad"]
SWAPPED = {"left": "right", "right": "left", "tie": "tie", "both_bad": "both_bad"}


def make_row(number, outcome="left", *, seconds=30.0, active=None, kind="normal", expected="", repeats=None):
    """A battle of a session with its vote; a repeat is that battle with its sides swapped."""
    began = NOW + timedelta(hours=number)
    seen = repeats.seen if repeats else Seen(prompt_id=number, left_id=2 * number, right_id=2 * number + 1)
    if repeats:
        seen = Seen(prompt_id=seen.prompt_id, left_id=seen.right_id, right_id=seen.left_id)
    return SessionBattle(
        pk=number,
        number=number,
        token=f"token-{number}",
        kind=kind,
        seen=seen,
        repeats_id=repeats.pk if repeats else None,
        expected=expected,
        created_at=began,
        expires_at=began + timedelta(days=1),
        outcome=outcome,
        cast_at=began + timedelta(seconds=seconds) if outcome else None,
        active_ms=None if active is None else int(1000 * active),
        revision=0,
        revealed=False,
        skipped=False,
    )


def find(rows, reminders=(), **limits):
    session = Session(
        battles=tuple(rows), elsewhere=(), reminders=tuple(reminders), next_number=99, length=99
    )
    return find_reminder(session=session, limits={**LIMITS, **limits})


def play(rows):
    """Kinds of the reminders in a session of these votes, each seen at once, with the votes before it."""
    reminders, told = [], []
    for count in range(1, len(rows) + 1):
        if kind := find(rows[:count], reminders):
            seen_at = rows[count - 1].cast_at + timedelta(seconds=1)
            reminders.append(SessionReminder(number=len(reminders) + 1, kind=kind, seen_at=seen_at))
            told.append((count, kind))
    return told


def count_rows(count, outcomes="lr", **values):
    words = {"l": "left", "r": "right", "t": "tie"}
    return [
        make_row(number, words[outcomes[number % len(outcomes)]], **values) for number in range(1, count + 1)
    ]


ANY_VOTE = st.fixed_dictionaries(
    {
        "outcome": st.sampled_from(OUTCOMES),
        "seconds": st.floats(min_value=0, max_value=3000),
        "active": st.none() | st.floats(min_value=0, max_value=3000),
        "check": st.booleans(),
    }
)


@given(votes=st.lists(ANY_VOTE, max_size=60))
def test_whatever_the_votes_there_are_two_reminders_at_most_and_some_votes_before_each(votes):
    rows = [
        make_row(
            number,
            vote["outcome"],
            seconds=vote["seconds"],
            active=vote["active"],
            kind="check" if vote["check"] else "normal",
            expected="left" if vote["check"] else "",
        )
        for number, vote in enumerate(votes, start=1)
    ]
    told = [count for count, _kind in play(rows)]

    assert len(told) <= 2
    # Always at the end of a round, so that the moment names no battle.
    for before, after in zip([0, *told], told, strict=False):
        assert after - before >= ROUND
        assert (after - before) % ROUND == 0


@given(
    turns=st.lists(
        st.tuples(st.permutations(["left", "right"]), st.floats(min_value=8, max_value=3000), st.booleans()),
        max_size=25,
    )
)
def test_who_reads_and_judges_by_the_answers_is_never_reminded(turns):
    """Slow enough, no side always, checks right, repeats as before."""
    rows = []
    for sides, seconds, checked in turns:
        for outcome in sides:
            row = make_row(len(rows) + 1, outcome, seconds=seconds)
            rows.append(row)
            rows.append(
                make_row(len(rows) + 1, outcome, seconds=seconds, kind="check", expected=outcome)
                if checked
                else make_row(len(rows) + 1, SWAPPED[outcome], seconds=seconds, kind="repeat", repeats=row)
            )

    assert play(rows) == []


def test_five_quick_votes_are_enough_and_four_are_not():
    assert find(count_rows(4, seconds=2)) is None
    assert find(count_rows(5, seconds=2)) == "fast"
    assert find(count_rows(5, seconds=8)) is None
    assert find(count_rows(5, seconds=2), fastest_seconds=2) is None


def test_the_time_at_work_counts_and_is_never_more_than_what_passed():
    assert find(count_rows(5, seconds=600, active=3)) == "fast"
    assert find(count_rows(5, seconds=3, active=600)) == "fast"


def test_some_quick_votes_among_slow_ones_are_nothing():
    assert find([*count_rows(5), *(make_row(number, "tie", seconds=1) for number in range(6, 11))]) is None


def test_a_second_reminder_looks_at_what_came_after_the_first():
    quick = count_rows(40, seconds=2)
    slow_after = [*quick[:5], *(make_row(number, "tie") for number in range(6, 41))]

    assert play(quick) == [(5, "fast"), (10, "fast")]
    assert play(slow_after) == [(5, "fast")]


def test_nothing_more_while_one_waits_to_be_seen():
    unseen = SessionReminder(number=1, kind="fast", seen_at=None)
    assert find(count_rows(20, seconds=2), [unseen]) is None


def test_one_side_is_nearly_always_chosen_among_ten_at_least():
    assert find(count_rows(9, "l")) is None
    assert find(count_rows(10, "l")) == "one_side"
    assert find(count_rows(10, "r")) == "one_side"
    assert find(count_rows(10, "t")) is None
    # Four of five are at the limit, not above it.
    assert find(count_rows(20, "llllr")) is None


def test_sides_of_checks_and_repeats_are_no_habit():
    checks = [make_row(number, "left", kind="check", expected="left") for number in range(1, 21)]
    assert find(checks) is None


@pytest.mark.parametrize(
    ("hits", "reminded"), [([True, False], True), ([False], False), ([True, True], False)]
)
def test_two_checks_are_needed(hits, reminded):
    checks = [
        make_row(number, "left" if hit else "tie", kind="check", expected="left")
        for number, hit in enumerate(hits, start=1)
    ]
    rows = [*checks, *(make_row(number, OUTCOMES[number % 2]) for number in range(10, 18))][:5]

    assert (find(rows) == "checks") == reminded
    assert find(rows[:-1]) is None


def test_a_missed_check_is_told_at_the_end_of_the_round_only():
    rows = count_rows(25)
    for place in (10, 11):
        rows[place] = make_row(place + 1, "left", kind="check", expected="right")

    assert play(rows) == [(15, "checks")]


@pytest.mark.parametrize(
    ("first", "again", "alike"),
    [
        ("left", "right", True),
        ("right", "left", True),
        ("tie", "tie", True),
        ("left", "left", False),
        ("tie", "both_bad", False),
        ("left", "tie", False),
    ],
)
def test_repeats_are_alike_where_the_same_response_was_chosen(first, again, alike):
    rows = [make_row(number, first) for number in (1, 2)]
    rows += [make_row(number + 2, again, kind="repeat", repeats=rows[number - 1]) for number in (1, 2)]
    rows += [make_row(5, "right" if first == "left" else "left")]

    assert find(rows) == (None if alike else "repeats")


@pytest.fixture
def study(db):
    return make_study(prompts=8)


def vote_fast(study, rater, count, **options):
    for number in range(count):
        battle = make_battle(study=study, rater=rater, **options)
        make_vote(battle=battle, outcome=OUTCOMES[number % 2], now=NOW + timedelta(seconds=2))


def remind(study, rater, *, now=NOW + timedelta(minutes=1)):
    session = fetch_session(study=study, rater=rater)
    return remind_rater(study=study, rater=rater, session=session, now=now)


def test_a_reminder_is_a_row_and_stays_the_same_until_it_is_seen(study, django_assert_num_queries):
    rater = make_rater()
    vote_fast(study, rater, 5)
    made = remind(study, rater)
    row = Reminder.objects.get()
    vote_fast(study, rater, 7)
    session = fetch_session(study=study, rater=rater)
    with django_assert_num_queries(0):
        again = remind_rater(study=study, rater=rater, session=session, now=NOW)

    assert (row.number, row.kind, row.seen_at) == (1, "fast", None)
    assert made == again
    see_reminder(study=study, rater=rater, number=1, now=NOW + timedelta(minutes=2))
    assert remind(study, rater) is None


def test_the_session_takes_one_query_with_reminders_too(study, django_assert_num_queries):
    rater = make_rater()
    vote_fast(study, rater, 5)
    make_reminders(study=study, reminders=[(rater.pk, 1, "fast"), (rater.pk, 2, "checks")], now=NOW)
    make_reminders(study=study, reminders=[(make_rater().pk, 1, "pattern")], now=NOW)
    see_reminder(study=study, rater=rater, number=1, now=NOW)
    with django_assert_num_queries(1):
        session = fetch_session(study=study, rater=rater)

    assert [(found.number, found.kind, found.seen_at) for found in session.reminders] == [
        (1, "fast", NOW),
        (2, "checks", None),
    ]


def test_limits_are_the_studys_own(db):
    study = make_study(prompts=8, limits={"fastest_seconds": 1.0})
    rater = make_rater()
    vote_fast(study, rater, 5)

    assert remind(study, rater) is None


def test_undone_votes_count_for_nothing(study):
    rater = make_rater()
    vote_fast(study, rater, 5)
    last = study.battles.order_by("-number").first().votes.get()
    VoteEnding.objects.create(vote=last, ending="undone", made_at=NOW)

    assert remind(study, rater) is None


def test_a_number_that_is_taken_keeps_its_reminder(study):
    rater = make_rater()
    make_reminders(study=study, reminders=[(rater.pk, 1, "fast")], now=NOW)
    make_reminders(study=study, reminders=[(rater.pk, 1, "checks")], now=NOW + timedelta(hours=1))

    assert Reminder.objects.get().kind == "fast"


def test_seeing_it_twice_is_seeing_it_once(study):
    rater = make_rater()
    make_reminders(study=study, reminders=[(rater.pk, 1, "fast")], now=NOW)
    for minutes in (1, 2):
        see_reminder(study=study, rater=rater, number=1, now=NOW + timedelta(minutes=minutes))

    assert Reminder.objects.get().seen_at == NOW + timedelta(minutes=1)


def test_a_clock_that_is_behind_breaks_nothing(study):
    rater = make_rater()
    make_reminders(study=study, reminders=[(rater.pk, 1, "fast")], now=NOW)
    see_reminder(study=study, rater=rater, number=1, now=NOW - timedelta(seconds=1))

    assert Reminder.objects.get().seen_at == NOW


def test_nobody_sees_anothers_reminder(study):
    rater = make_rater()
    make_reminders(study=study, reminders=[(rater.pk, 1, "fast")], now=NOW)
    for other in (make_rater(), None):
        with pytest.raises(BattleForeign):
            see_reminder(study=study, rater=other, number=1, now=NOW)
    with pytest.raises(BattleForeign):
        see_reminder(study=study, rater=rater, number=2, now=NOW)

    assert Reminder.objects.get().seen_at is None


def test_what_a_pilot_reminded_of_is_over_when_the_study_opens(db):
    study = make_study(opened=False, prompts=8)
    study.state, study.piloted_at = "pilot", NOW
    study.save()
    rater = make_rater()
    vote_fast(study, rater, 5, pilot=True)
    assert remind(study, rater).kind == "fast"
    opened = open_study(study=study, now=NOW)

    assert remind(opened, rater) is None
    assert not Reminder.objects.exists()
