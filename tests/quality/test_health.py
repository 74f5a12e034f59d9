"""A study's pace, days and pairs, against numbers by hand; and what works behind the pages."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from evaluations.background import DOWN, IDLE, SLOW, WORKING, list_work
from evaluations.models import Heartbeat, Import
from evaluations.quality.health import count_pairs, list_days, measure_pace
from evaluations.tasks import refresh_leaderboards, seal_votes
from evaluations.tasks.workers import say_alive
from evaluations.workers import GENERATOR, WORKER, note_worker
from tests.factories import NOW, make_battle, make_rater, make_study, make_vote
from tests.raters import seal

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
WEEK = {TODAY + timedelta(days=place): 100 for place in range(8)}


def pace(*, counted=700, target=1000, ends_on=None, days=WEEK, after=7):
    stopping = {"ends_on": (TODAY + timedelta(days=ends_on)).isoformat()} if ends_on is not None else {}
    study = make_study(target_votes=target, stopping=stopping)
    return measure_pace(study=study, days=days, counted=counted, now=NOW + timedelta(days=after))


def test_pace_is_that_of_whole_days_and_leads_to_the_end():
    found = pace()

    assert found.per_day == 100
    assert found.ends_on == TODAY + timedelta(days=10)
    assert (found.early, found.is_late, found.needed) == (False, False, None)


def test_only_the_last_week_counts():
    days = {TODAY: 5000, TODAY + timedelta(days=5): 70}

    assert pace(days=days, after=10).per_day == 10


@pytest.mark.parametrize(
    ("ends_on", "late", "needed", "expected"),
    [(9, False, 100, 1000), (10, False, 75, 1100), (8, True, 150, 900)],
)
def test_a_study_with_a_last_day_is_late_if_it_will_lack_votes(ends_on, late, needed, expected):
    found = pace(ends_on=ends_on)

    assert found.deadline == TODAY + timedelta(days=ends_on)
    assert (found.needed, found.expected) == (needed, expected)
    assert found.is_late == (found.ends_on > found.deadline)
    if ends_on != 9:
        assert found.is_late == late


def test_in_the_first_two_days_nothing_is_said_of_the_end():
    found = pace(after=1, ends_on=20)

    assert found.early
    assert found.ends_on is None
    assert not found.is_late


def test_without_votes_there_is_no_end_and_a_last_day_is_missed():
    assert pace(days={}).ends_on is None
    assert pace(days={}, ends_on=20).is_late


def test_days_without_a_vote_are_shown_and_no_more_than_a_month():
    study = make_study()
    days = {TODAY: 3, TODAY + timedelta(days=2): 4}
    shown = list_days(study=study, days=days, now=NOW + timedelta(days=3))

    assert [votes for _, votes in shown] == [3, 0, 4, 0]
    assert shown[-1][0] == TODAY + timedelta(days=3)
    assert len(list_days(study=study, days=days, now=NOW + timedelta(days=90))) == 30


def test_days_of_a_recorded_study_end_with_its_last_vote():
    study = make_study(recorded=True)
    shown = list_days(study=study, days={date(2024, 5, 1): 3, date(2024, 5, 3): 1}, now=NOW)

    assert shown == [(date(2024, 5, 1), 3), (date(2024, 5, 2), 0), (date(2024, 5, 3), 1)]


def add_pair(study, first, second, votes):
    prompt = study.prompt_set.prompts.first()
    answers = {response.model.slug: response for response in prompt.responses.select_related("model")}
    for place in range(votes):
        left, right = (first, second) if place % 2 else (second, first)
        battle = make_battle(
            study=study, rater=make_rater(), prompt=prompt, left=answers[left], right=answers[right]
        )
        make_vote(battle=battle)


def test_pairs_are_counted_whichever_way_round_against_their_share(settings):
    study = make_study(names=("alpha", "beta", "gamma"), target_votes=30)
    for pair, votes in {("alpha", "beta"): 10, ("alpha", "gamma"): 8, ("beta", "gamma"): 3}.items():
        add_pair(study, *pair, votes)
    table = count_pairs(study=study, columns=seal(settings))

    # A share of 7 votes so far: under three quarters of it is too few.
    assert (table.needed, table.low, table.lacking) == (10, 6, 1)
    assert list(table.names) == ["Alpha", "Beta"]
    cells = {(pair.one, pair.other): (pair.votes, pair.level) for _, row in table.rows for pair in row}
    assert cells == {
        ("Beta", "Alpha"): (10, "full"),
        ("Gamma", "Alpha"): (8, "most"),
        ("Gamma", "Beta"): (3, "low"),
    }


def test_nothing_is_asked_of_a_model_that_retired(settings):
    study = make_study(names=("alpha", "beta", "gamma"), target_votes=10)
    add_pair(study, "alpha", "beta", 4)
    study.entries.filter(model__slug="gamma").update(retired_at=NOW)
    table = count_pairs(study=study, columns=seal(settings))

    assert (table.needed, table.lacking) == (10, 0)
    assert [pair.level for _, row in table.rows for pair in row] == ["most", "none", "none"]


def test_where_pairs_differ_on_purpose_only_an_empty_one_lacks_votes(settings):
    study = make_study(names=("alpha", "beta", "gamma"), target_votes=30, sampling="adaptive")
    add_pair(study, "alpha", "beta", 20)
    add_pair(study, "alpha", "gamma", 1)
    table = count_pairs(study=study, columns=seal(settings))

    assert (table.low, table.lacking) == (1, 1)


def test_a_table_too_large_to_read_lists_the_pairs_with_the_fewest(settings):
    names = tuple(f"model-{number:02}" for number in range(31))
    study = make_study(names=names, prompts=1)
    add_pair(study, "model-00", "model-01", 1)
    table = count_pairs(study=study, columns=seal(settings))

    assert table.rows == []
    assert len(table.fewest) == 20
    assert {pair.votes for pair in table.fewest} == {0}


def states(now=NOW):
    return {work.kind: work.state for work in list_work(now=now)}


def test_without_a_worker_everything_is_down():
    assert set(states().values()) == {DOWN}


def test_a_worker_that_has_nothing_to_do_is_idle():
    for kind in (WORKER, GENERATOR):
        note_worker(now=NOW, kind=kind)

    assert set(states().values()) == {IDLE}


@pytest.mark.parametrize(
    ("queues", "down"),
    [
        ({"celery"}, {"responses"}),
        ({"generate"}, {"imports", "scores", "sealing"}),
        ({"celery", "generate"}, set()),
    ],
)
def test_a_worker_says_that_it_lives_for_the_queues_it_reads(monkeypatch, queues, down):
    monkeypatch.setattr("evaluations.tasks.workers.close_old_connections", lambda: None)
    amqp = SimpleNamespace(queues=SimpleNamespace(consume_from=dict.fromkeys(queues)))
    say_alive(sender=SimpleNamespace(eventer=SimpleNamespace(app=SimpleNamespace(amqp=amqp))))

    found = {work.kind: work.state for work in list_work(now=timezone.now())}
    assert {kind for kind, state in found.items() if state == DOWN} == down


def test_imports_work_wait_and_are_slow():
    note_worker(now=NOW)
    given = {"kind": "prompts", "target": "x", "content_hash": "h", "created_at": NOW}
    Import.objects.create(token="a", state="checking", **given)
    assert states()["imports"] == WORKING
    Import.objects.create(token="b", state="received", **{**given, "created_at": NOW - timedelta(minutes=5)})
    (imports,) = [work for work in list_work(now=NOW) if work.kind == "imports"]

    assert (imports.state, imports.running, imports.waiting) == (SLOW, 1, 1)


@pytest.mark.parametrize(
    ("beat", "state"),
    [
        ({"seen_at": NOW, "finished_at": NOW, "seconds": 0.2}, IDLE),
        ({"seen_at": NOW, "finished_at": NOW - timedelta(seconds=30), "seconds": 0.2}, WORKING),
        ({"seen_at": NOW - timedelta(minutes=5), "finished_at": NOW - timedelta(minutes=5)}, SLOW),
        ({"seen_at": NOW, "finished_at": NOW, "seconds": 200.0}, SLOW),
        ({"seen_at": NOW, "failed_at": NOW, "problem": "NotConverged"}, SLOW),
    ],
)
def test_scores_are_told_by_their_last_run(beat, state):
    note_worker(now=NOW)
    Heartbeat.objects.create(name="scores", **beat)

    assert states()["scores"] == state


def test_tasks_say_that_they_ran():
    seal_votes()
    refresh_leaderboards()

    assert set(Heartbeat.objects.filter(finished_at__isnull=False).values_list("name", flat=True)) == {
        "scores",
        "sealing",
    }
