"""Decisions about raters: taken once, with a reason, on the record, and by who saw what held."""

import threading

import pytest
from django.contrib.auth import get_user_model
from django.db import connection

from evaluations.errors import DecisionRefused
from evaluations.models import AuditEvent, LedgerEntry, RaterDecision
from evaluations.quality.decisions import decide_rater, fetch_newest, list_waiting
from evaluations.quality.flags import Flag
from evaluations.quality.raters import measure_quality
from evaluations.raters import commit_to_rater
from tests.factories import make_battle, make_rater, make_study, make_vote
from tests.raters import LATER, seal, vote_often

pytestmark = pytest.mark.django_db
FAST = Flag(kind="fast", value=3.0, limit=8.0, trials=30)


@pytest.fixture
def study():
    return make_study(names=("alpha", "beta"))


@pytest.fixture
def rater(study):
    return vote_often(study=study, outcomes=["left"] * 3)


def decide(study, rater, decision, **values):
    given = {"number": 1, "reason": "Too fast.", "flags": [FAST], "after": 0, "user": None, "now": LATER}
    return decide_rater(study=study, rater=rater, decision=decision, **{**given, **values})


def test_an_exclusion_is_in_the_table_the_ledger_and_the_audit_log(study, rater):
    user = get_user_model().objects.create_user("decider", is_staff=True)
    made = decide(study, rater, "exclude", user=user, reason="  Too \n fast. ")
    entry = LedgerEntry.objects.get(kind="rater_excluded")
    event = AuditEvent.objects.get(kind="rater_exclude")

    assert made.entry == entry
    assert entry.study == study
    assert commit_to_rater(study=study.slug, salt=bytes(rater.salt), code=rater.code) in entry.record
    assert '"reason":"Too fast."' in entry.record
    assert "decider" not in entry.record
    assert made.flags == [{"kind": "fast", "value": 3.0, "limit": 8.0, "trials": 30}]
    assert (event.user_name, event.study, event.subject) == ("decider", study, "rater R-001")
    assert event.details == {"reason": "Too fast.", "flags": ["fast"]}


def test_keeping_changes_no_count_and_is_no_entry(study, rater):
    made = decide(study, rater, "keep")

    assert made.entry is None
    assert not LedgerEntry.objects.filter(kind__startswith="rater_").exists()
    assert AuditEvent.objects.filter(kind="rater_keep").exists()


def test_the_newest_decision_holds_and_the_others_stay(study, rater):
    first = decide(study, rater, "exclude")
    second = decide(study, rater, "restore", after=first.pk)
    third = decide(study, rater, "exclude", after=second.pk)

    assert fetch_newest(study=study) == {rater.pk: third}
    assert RaterDecision.objects.count() == 3
    kinds = LedgerEntry.objects.filter(kind__startswith="rater_").order_by("position")
    assert list(kinds.values_list("kind", flat=True)) == [
        "rater_excluded",
        "rater_restored",
        "rater_excluded",
    ]


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_a_decision_needs_a_reason_of_readable_length(study, rater, reason):
    with pytest.raises(DecisionRefused, match="reason"):
        decide(study, rater, "exclude", reason=reason)
    assert not RaterDecision.objects.exists()


def test_an_unknown_decision_is_refused(study, rater):
    with pytest.raises(DecisionRefused):
        decide(study, rater, "delete")


@pytest.mark.parametrize("decision", ["exclude", "keep"])
def test_an_excluded_rater_can_only_be_taken_back(study, rater, decision):
    first = decide(study, rater, "exclude")
    with pytest.raises(DecisionRefused, match="left out already"):
        decide(study, rater, decision, after=first.pk)


def test_who_is_counted_cannot_be_taken_back(study, rater):
    with pytest.raises(DecisionRefused, match="counted already"):
        decide(study, rater, "restore")


def test_who_did_not_see_the_last_decision_decides_nothing(study, rater):
    decide(study, rater, "keep")
    with pytest.raises(DecisionRefused, match="meanwhile"):
        decide(study, rater, "exclude")
    assert RaterDecision.objects.count() == 1


def test_nothing_is_decided_in_a_pilot():
    draft = make_study(opened=False)
    with pytest.raises(DecisionRefused, match="pilot"):
        decide(draft, make_rater(), "exclude")


def test_a_form_sent_twice_is_one_decision(study, rater):
    assert decide(study, rater, "exclude") == decide(study, rater, "exclude")
    assert LedgerEntry.objects.filter(kind="rater_excluded").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_double_click_at_once_is_one_decision(study, rater):
    barrier = threading.Barrier(4)
    made = []

    def click():
        try:
            barrier.wait()
            made.append(decide(study, rater, "exclude").pk)
        finally:
            connection.close()

    clicks = [threading.Thread(target=click) for _ in range(4)]
    for thread in clicks:
        thread.start()
    for thread in clicks:
        thread.join()

    assert len(made) == 4
    assert len(set(made)) == 1
    assert RaterDecision.objects.count() == LedgerEntry.objects.filter(kind="rater_excluded").count() == 1


@pytest.mark.django_db(transaction=True)
def test_votes_do_not_wait_for_a_decision(study, rater, second_connection):
    """A vote refers to its rater's row; the decision holds that row until it is committed."""
    second_connection.set_autocommit(False)
    with second_connection.cursor() as cursor:
        cursor.execute("SELECT id FROM evaluations_rater WHERE id = %s FOR NO KEY UPDATE", [rater.pk])
        with connection.cursor() as own:
            own.execute("SET lock_timeout = '2s'")
        make_vote(battle=make_battle(study=study, rater=rater), outcome="left")
    second_connection.rollback()


def test_who_is_flagged_waits_until_someone_decides_and_again_for_what_is_new(study, settings):
    rater = vote_often(study=study, outcomes=["left"] * 30, seconds=2)
    columns = seal(settings)
    (measured,) = measure_quality(study=study, columns=columns).raters
    kinds = [flag.kind for flag in measured.flags]
    assert kinds == ["fast", "one_side", "pattern"]

    def wait():
        waiting = list_waiting(raters=[measured], newest=fetch_newest(study=study))
        return [(item.rater_id, [flag.kind for flag in flags]) for item, flags in waiting]

    assert wait() == [(rater.pk, kinds)]
    kept = decide(study, rater, "keep", flags=measured.flags[:1])
    assert wait() == [(rater.pk, ["one_side", "pattern"])]
    decide(study, rater, "keep", flags=measured.flags, after=kept.pk, reason="Seen both.")
    assert wait() == []
