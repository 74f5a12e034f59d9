"""The invariants of names shown after the ledger had the vote, broken on purpose."""

import pytest
from django.db import IntegrityError, transaction

from evaluations.models import NamesShown, VoteEnding
from evaluations.votes import end_vote
from tests.factories import NOW, make_battle, make_study, make_vote

pytestmark = pytest.mark.django_db


@pytest.fixture
def vote():
    return make_vote(battle=make_battle(study=make_study(reveal="after_vote")))


def refuses(name):
    return pytest.raises(IntegrityError, match=name)


@pytest.mark.parametrize("ending", [None, "undone", "revealed"])
def test_names_are_shown_so_late_only_of_a_sealed_vote(vote, ending):
    if ending:
        end_vote(vote=vote, ending=ending, now=NOW)
    with refuses("names_shown_of_a_sealed_vote"), transaction.atomic():
        NamesShown.objects.create(vote=vote, made_at=NOW)


def test_that_they_were_shown_stays(vote):
    end_vote(vote=vote, ending=VoteEnding.Ending.SEALED, now=NOW)
    shown = NamesShown.objects.create(vote=vote, made_at=NOW)
    for change in (shown.delete, lambda: NamesShown.objects.update(made_at=NOW.replace(year=2027))):
        with refuses("evaluations_namesshown_insert_only|insert-only"), transaction.atomic():
            change()
