"""A board is read once for each version of it, and anew when anything that it says has changed."""

import pytest
from django.test import RequestFactory

from evaluations.board_versions import read_version
from evaluations.models import LanguageModel
from evaluations.web import shown_boards
from evaluations.web.kept import Kept
from evaluations.web.shown_boards import fetch_shown_board
from tests.part_studies import cast_votes, make_part_study, publish

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def study(monkeypatch):
    monkeypatch.setattr(shown_boards, "KEPT", Kept(most=4))
    study = make_part_study(simulated=True)
    cast_votes(study, 60)
    publish(study)
    return study


def fetch(**query):
    request = RequestFactory().get("/", query)
    request.version = read_version(slug="parts")
    return fetch_shown_board(request, slug="parts")


def test_once_for_each_version(study):
    first = fetch()
    assert fetch() is first
    assert fetch(sort="votes") is first
    assert fetch(ties="out") is not first
    LanguageModel.objects.filter(slug="alpha").update(name="Aleph")
    renamed = fetch()
    assert "Aleph" in {row.model.name for row in renamed.rows}
    cast_votes(study, 4, start=60)
    publish(study)
    assert fetch().votes["counted"] == first.votes["counted"] + 4


def test_another_digest_is_another_board(study):
    cast_votes(study, 4, start=60)
    publish(study)
    request = RequestFactory().get("/")
    request.version = read_version(slug="parts")
    digests = list(study.leaderboards.get().snapshots.values_list("result_digest", flat=True))
    shown = {fetch_shown_board(request, slug="parts", digest=digest).votes["counted"] for digest in digests}
    assert shown == {60, 64}
