"""Between two snapshots nobody reads what became of a single vote."""

from datetime import timedelta

import pytest

from evaluations.ledger import seal_all
from evaluations.models import Snapshot
from evaluations.pacing import FEWEST_VOTES
from evaluations.quality.decisions import decide_rater
from evaluations.snapshots import refresh_leaderboards
from evaluations.studies import close_study
from tests.factories import NOW, make_battle, make_rater, make_study, make_vote
from tests.raters import LATER

pytestmark = pytest.mark.django_db


def vote(study, *, number, rater=None):
    rater = rater or make_rater()
    for place in range(1, number + 1):
        make_vote(battle=make_battle(study=study, rater=rater, number=place))
    seal_all(now=LATER)


def refresh(root):
    """How many snapshots there are then."""
    refresh_leaderboards(columns_root=root, now=LATER)
    return Snapshot.objects.count()


def test_votes_wait_for_others(tmp_path):
    study = make_study(prompts=20)
    vote(study, number=FEWEST_VOTES - 1)
    assert refresh(tmp_path) == 0
    vote(study, number=1)
    assert refresh(tmp_path) == 1
    vote(study, number=FEWEST_VOTES - 1)
    assert refresh(tmp_path) == 1
    vote(study, number=1)
    assert refresh(tmp_path) == 2


def test_the_close_publishes_what_waits(tmp_path):
    study = make_study()
    vote(study, number=1)
    assert refresh(tmp_path) == 0
    close_study(study=study, now=LATER + timedelta(hours=1))
    assert refresh(tmp_path) == 1


@pytest.mark.parametrize("options", [{"reveal": "after_vote"}, {"simulated": True}])
def test_nothing_waits_where_nothing_is_hidden(tmp_path, options):
    vote(make_study(**options), number=1)
    assert refresh(tmp_path) == 1


def test_a_pause_publishes_nothing(tmp_path):
    study = make_study()
    vote(study, number=1)
    study.paused_at = NOW
    study.save()
    assert refresh(tmp_path) == 0


def test_another_study_s_votes_make_up_for_none(tmp_path):
    vote(make_study(names=("alpha", "beta")), number=1)
    vote(make_study(names=("gamma", "delta"), prompts=20), number=FEWEST_VOTES)
    assert refresh(tmp_path) == 1


def test_a_decision_about_a_rater_does_not_wait(tmp_path):
    study, rater = make_study(prompts=20), make_rater()
    vote(study, number=FEWEST_VOTES, rater=rater)
    assert refresh(tmp_path) == 1
    vote(study, number=1)
    said = {"decision": "exclude", "reason": "Votes left, whatever it says.", "flags": [], "after": 0}
    decide_rater(study=study, rater=rater, number=1, user=None, now=LATER, **said)
    refresh_leaderboards(columns_root=tmp_path, now=LATER)
    applied = Snapshot.objects.filter(exclusions=Snapshot.Exclusions.APPLIED)
    assert applied.count() == 2
