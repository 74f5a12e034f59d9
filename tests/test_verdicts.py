"""How a verdict went: from what was published, every turn of it, and honest about snapshots that judged nothing."""

import json
from datetime import timedelta

import pytest

from evaluations.ledger import seal_all
from evaluations.models import Leaderboard, Snapshot
from evaluations.quality.decisions import decide_rater
from evaluations.verdicts import fetch_history
from tests.factories import NOW
from tests.refreshing import refresh_all
from tests.test_claims import cast, cast_all, make_claiming_study

pytestmark = pytest.mark.django_db


def publish_at(hours, *, settings):
    now = NOW + timedelta(days=1, hours=hours)
    seal_all(now=now)
    refresh_all(columns_root=settings.COLUMNS_ROOT, now=now)


def read(study, *, number=1, **options):
    snapshot = Snapshot.objects.filter(leaderboard__study=study, exclusions="applied").first()
    return fetch_history(snapshot=snapshot, number=number, **options)


@pytest.fixture
def study(settings):
    """Undecided for three hours, then supported from the fourth snapshot on."""
    study = make_claiming_study({})
    cast_all(study)
    for hour in range(6):
        for _ in range(2 if hour < 3 else 15):
            cast(study)
        publish_at(hour, settings=settings)
    return study


def test_history_says_what_each_snapshot_said(study):
    history = read(study)
    assert [past.verdict for past in history.past] == ["undecided"] * 3 + ["supported"] * 3
    documents = Snapshot.objects.filter(leaderboard__study=study).order_by("ledger_size")
    for past, snapshot in zip(history.past, documents, strict=True):
        (claim,) = json.loads(snapshot.document)["claims"]
        assert (past.at, past.ledger_size) == (snapshot.created_at, snapshot.ledger_size)
        for name in ("verdict", "lower", "upper", "mean", "observations"):
            assert getattr(past, name) == claim[name], name
    assert not history.unjudged


def test_since_is_the_first_snapshot_of_the_verdict(study):
    history = read(study)
    assert (history.since.at, history.since.verdict) == (NOW + timedelta(days=1, hours=3), "supported")
    assert history.since.observations == history.past[3].observations


def test_since_is_found_between_points_that_a_history_leaves_out(study, settings):
    """Of one hour only the last snapshot is a point; the verdict may have fallen before it."""
    other = make_claiming_study({})
    cast_all(other)
    for minute in range(4):
        for _ in range(1 if minute < 2 else 30):
            cast(other)
        publish_at(minute / 60, settings=settings)
    history = read(other)
    assert {past.verdict for past in history.past} == {"supported"}
    assert history.since.at == NOW + timedelta(days=1, minutes=2)


def test_a_long_history_is_thinned_and_keeps_every_turn(study):
    history = read(study, most=2)
    assert [past.verdict for past in history.past] == ["undecided", "supported", "supported"]
    assert history.past[0].at == NOW + timedelta(days=1)
    assert history.past[1].at == history.since.at


def test_a_verdict_that_an_exclusion_turned_has_fallen_anew(study, settings):
    raters = list(study.battles.values_list("rater", flat=True).distinct())
    for number, pk in enumerate(raters[6:], 7):
        decide_rater(
            **{"study": study, "rater": study.battles.filter(rater=pk).first().rater, "number": number},
            **{"decision": "exclude", "reason": "Did not read.", "flags": [], "after": 0, "user": None},
            now=NOW + timedelta(days=2),
        )
    publish_at(48, settings=settings)
    history = read(study)
    assert history.past[-1].verdict == "undecided"
    assert history.since.at == NOW + timedelta(days=1, hours=48)


def test_snapshots_that_judged_no_claims_say_nothing_of_them(study):
    document = json.loads(Snapshot.objects.filter(leaderboard__study=study).first().document)
    old = {name: document[name] for name in document if name != "claims"}
    Snapshot.objects.create(
        leaderboard=Leaderboard.objects.get(study=study),
        **{"ledger_size": 2, "parameters_digest": "p", "code_version": "arena-4", "input_digest": "i"},
        **{"result_digest": "r", "document": json.dumps(old), "created_at": NOW},
    )
    history = read(study)
    assert history.unjudged
    assert len(history.past) == 6


def test_later_snapshots_change_nothing_of_an_earlier_one_s_history(study):
    first = Snapshot.objects.filter(leaderboard__study=study).order_by("ledger_size").first()
    history = fetch_history(snapshot=first, number=1)
    assert [past.verdict for past in history.past] == ["undecided"]
    assert history.since.at == first.created_at
    assert fetch_history(snapshot=first, number=2).past == ()


def test_cost_does_not_grow_with_snapshots(study, django_assert_num_queries):
    with django_assert_num_queries(4):
        read(study)  # the snapshot; the hours; their standings; the first of the run
