"""The invariants of what is published and of who calls, each broken on purpose."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction

from evaluations.ledger import seal_all
from evaluations.models import KeptAnalysis, Rater, RequestCount, Response, ResponseStyle
from evaluations.snapshots import refresh_leaderboard
from tests.factories import NOW, make_battle, make_study, make_vote

pytestmark = pytest.mark.django_db


def refuses(name):
    return pytest.raises(IntegrityError, match=name)


def test_kept_analysis_once_per_snapshot():
    study = make_study()
    make_vote(battle=make_battle(study=study))
    seal_all(now=NOW + timedelta(minutes=1))
    board = study.leaderboards.get()
    snapshot = refresh_leaderboard(leaderboard=board, columns_root=settings.COLUMNS_ROOT, now=NOW)
    KeptAnalysis.objects.create(snapshot=snapshot, key="style=maybe", digest="", document="")
    with refuses("kept_analysis_once_per_snapshot"), transaction.atomic():
        KeptAnalysis.objects.create(snapshot=snapshot, key="style=maybe", digest="", document="")


def test_request_count_once_per_window():
    place = {"scope": "public", "caller": "c", "starts_at": NOW}
    RequestCount.objects.create(count=1, **place)
    with refuses("request_count_once_per_window"), transaction.atomic():
        RequestCount.objects.create(count=1, **place)


def test_request_count_counts_something():
    with refuses("request_count_counts_something"), transaction.atomic():
        RequestCount.objects.create(scope="public", caller="c", starts_at=NOW, count=0)


@pytest.mark.parametrize("name", ["length", "headings", "bold", "lists"])
def test_response_style_is_counted(name):
    make_study()
    counts = {"length": 0, "headings": 0, "bold": 0, "lists": 0, name: -1}
    with refuses("response_style_is_counted"), transaction.atomic():
        ResponseStyle.objects.create(response=Response.objects.first(), **counts)


@pytest.mark.parametrize(("kind", "somebodys"), [("headless", False), ("visitor", True)])
def test_rater_headless_is_run_by_someone(kind, somebodys):
    user = get_user_model().objects.create_user("someone") if somebodys else None
    with refuses("rater_headless_is_run_by_someone"), transaction.atomic():
        Rater.objects.create(code="code", salt=b"s", kind=kind, run_by=user, created_at=NOW)
