"""The sample study: what a newcomer sees first is all there."""

import pytest
from django.utils import timezone

from evaluations.analyses import keep_analyses
from evaluations.leaderboards import fetch_board
from evaluations.models import Snapshot, Study, Vote
from evaluations.samples import SLUG, load_sample


@pytest.mark.django_db
def test_the_sample_is_whole_and_loaded_once(tmp_path):
    now = timezone.now()
    study = load_sample(columns_root=tmp_path, now=now)
    made = (Vote.objects.count(), Snapshot.objects.count())
    board = fetch_board(slug=SLUG, columns_root=tmp_path)

    assert study.simulated
    assert len(board.rows) == 5
    assert board.votes["simulated"] == board.votes["counted"] == made[0]
    # Nobody who opens its pages waits for a computation.
    assert keep_analyses(leaderboard=study.leaderboards.get(), columns_root=tmp_path) == 0
    load_sample(columns_root=tmp_path, now=now)
    assert (Vote.objects.count(), Snapshot.objects.count()) == made
    assert Study.objects.count() == 1
