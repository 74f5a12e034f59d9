"""Stopping: the rule that the protocol holds, and nothing else, closes a study; the ledger says why."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from evaluations.columns import refresh_columns
from evaluations.ledger import seal_all
from evaluations.models import LedgerEntry
from evaluations.quality.decisions import decide_rater
from evaluations.studies import close_study, pause_study
from evaluations.studies.amendments import amend_study
from evaluations.studies.stopping import count_votes, find_reason_to_stop, find_widest, stop_studies
from evaluations.tasks import stop_studies as task
from tests.factories import NOW, make_battle, make_rater, make_study, make_vote
from tests.web.boards import make_ranked_study

pytestmark = pytest.mark.django_db
VOTES = {"votes": True, "ends_on": None, "half_width": None}


def vote(study, number, **options):
    for _ in range(number):
        make_vote(battle=make_battle(study=study, rater=make_rater(), **options))
    seal_all(now=NOW + timedelta(hours=1))


def stop(settings, now=NOW):
    return stop_studies(columns_root=settings.COLUMNS_ROOT, now=now)


def test_ends_at_the_vote_that_was_announced(settings):
    study = make_study(target_votes=3, stopping=VOTES)
    vote(study, 2)
    assert stop(settings) == []
    vote(study, 1)

    assert stop(settings) == [study]
    study.refresh_from_db()
    assert study.closed_at == NOW
    record = json.loads(LedgerEntry.objects.last().record)
    assert (record["kind"], record["reason"]) == ("study_closed", "Stopping rule: 3 of 3 votes.")
    assert stop(settings) == []


def test_repeats_and_votes_of_other_studies_do_not_count(settings):
    study = make_study(target_votes=3, stopping=VOTES)
    vote(study, 2)
    vote(study, 2, kind="check", expected="left")
    vote(make_study(), 2)

    assert count_votes(study=study, columns=refresh_columns(root=settings.COLUMNS_ROOT)) == 2
    assert stop(settings) == []


def test_no_rule_no_end(settings):
    study = make_study(target_votes=1)
    vote(study, 2)
    other = make_study(target_votes=1, stopping={**VOTES, "votes": False})
    vote(other, 2)

    assert stop(settings) == []


def test_the_last_day_is_one_of_the_study(settings):
    study = make_study(stopping={"votes": False, "ends_on": "2026-03-10", "half_width": None})

    assert stop(settings, now=datetime(2026, 3, 10, 23, 59, tzinfo=UTC)) == []
    assert stop(settings, now=datetime(2026, 3, 11, 0, 0, tzinfo=UTC)) == [study]
    assert json.loads(LedgerEntry.objects.last().record)["reason"].endswith("2026-03-10.")


def test_a_pause_does_not_keep_the_last_day_away(settings):
    study = make_study(stopping={"votes": False, "ends_on": "2026-03-10", "half_width": None})
    pause_study(study=study, now=NOW)

    assert stop(settings, now=NOW + timedelta(days=30)) == [study]


def test_ends_once_every_interval_is_narrow_enough(settings):
    study = make_ranked_study(columns_root=settings.COLUMNS_ROOT, minimum_votes=10)
    widest = find_widest(study=study)
    for half_width, ends in [(widest + 1, True), (widest - 1, False)]:
        study.protocol["stopping"] = {"votes": False, "ends_on": None, "half_width": half_width}
        assert bool(find_reason_to_stop(study=study, counted=30, now=NOW)) is ends
    study.protocol["stopping"]["half_width"] = widest + 1
    assert not find_reason_to_stop(study=study, counted=9, now=NOW), "not before a result is one"


def test_a_model_without_a_place_has_no_narrow_interval(settings):
    results = ((0, 1, 6, 4), (0, 2, 8, 0), (1, 2, 7, 0))
    study = make_ranked_study(columns_root=settings.COLUMNS_ROOT, results=results)

    assert find_widest(study=study) is None


def test_rule_is_read_from_the_protocol():
    study = make_study(target_votes=3, stopping=VOTES)
    study.target_votes = 1
    study.stopping = {"votes": True, "ends_on": "2020-01-01", "half_width": None}

    assert not find_reason_to_stop(study=study, counted=2, now=NOW)


def test_an_amended_rule_is_followed(settings):
    study = make_study(target_votes=3, stopping=VOTES)
    vote(study, 2)
    amend_study(study=study, changes={"target_votes": 2}, reason="The money is spent.", now=NOW)

    assert stop(settings) == [study]


def test_closed_and_recorded_studies_are_left_alone(settings):
    close_study(study=make_study(target_votes=1, stopping=VOTES), now=NOW)
    vote(make_study(target_votes=1, stopping=VOTES, recorded=True), 1)
    entries = LedgerEntry.objects.count()

    assert stop(settings) == []
    assert LedgerEntry.objects.count() == entries


def test_task_stops_by_the_clock(settings):
    yesterday = timezone.now().date() - timedelta(days=1)
    study = make_study(stopping={"votes": False, "ends_on": yesterday.isoformat(), "half_width": None})
    task()
    study.refresh_from_db()

    assert study.state == "closed"
    assert "stop studies" in settings.CELERY_BEAT_SCHEDULE
    assert isinstance(yesterday, date)


def test_votes_that_are_left_out_do_not_reach_the_target(settings):
    study = make_study(target_votes=2, stopping={"votes": True})
    rater = make_rater()
    make_vote(battle=make_battle(study=study, rater=rater))
    make_vote(battle=make_battle(study=study))
    seal_all(now=NOW + timedelta(minutes=1))
    decision = {"number": 1, "decision": "exclude", "reason": "A script.", "flags": [], "after": 0}
    decide_rater(study=study, rater=rater, user=None, now=NOW, **decision)

    assert stop(settings) == []
    make_vote(battle=make_battle(study=study))
    seal_all(now=NOW + timedelta(minutes=1))
    assert stop(settings) == [study]
