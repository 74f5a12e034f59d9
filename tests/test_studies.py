import json

import pytest
from django.utils import timezone

from evaluations.canonical import hash_canonical
from evaluations.errors import ProtocolFrozen, StudyError
from evaluations.models import LedgerEntry
from evaluations.studies import close_study, open_study
from tests.factories import NOW, make_study

pytestmark = pytest.mark.django_db


def test_opening_freezes_the_protocol_and_hashes_it():
    study = make_study(reveal="after_vote")

    assert study.state == "open"
    assert study.protocol["reveal"] == "after_vote"
    assert [model["slug"] for model in study.protocol["models"]] == ["alpha", "beta", "gamma"]
    assert study.protocol_hash == hash_canonical(study.protocol)


def test_opening_makes_the_leaderboard():
    board = make_study().leaderboards.get()

    assert board.parameters["method"] == "bradley-terry"
    assert board.parameters["cluster"] == "rater"


def test_opening_twice_is_refused():
    study = make_study()

    with pytest.raises(ProtocolFrozen):
        open_study(study=study, now=NOW)


def test_a_study_of_one_model_is_not_opened():
    draft = make_study(names=("alpha",), opened=False)

    with pytest.raises(StudyError, match="at least two models"):
        open_study(study=draft, now=NOW)
    assert not LedgerEntry.objects.exists()


def test_closing_is_an_entry_and_final():
    study = close_study(study=make_study(), now=timezone.now())

    assert not study.takes_votes
    assert json.loads(LedgerEntry.objects.last().record)["kind"] == "study_closed"
    with pytest.raises(StudyError):
        close_study(study=study, now=timezone.now())
