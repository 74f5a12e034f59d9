"""Claims are in the ledger before the first vote, under the hash of their protocol, and nothing comes to them after."""

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from evaluations.canonical import hash_canonical
from evaluations.errors import StudyError
from evaluations.ledger import seal_all
from evaluations.models import Claim, LedgerEntry
from evaluations.registrations import fetch_registrations
from evaluations.studies.amendments import amend_study
from evaluations.studies.drafts import register_claims
from tests.factories import NOW, make_study
from tests.raters import LATER
from tests.test_claims import cast_all, make_claiming_study, plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def study():
    study = make_claiming_study({}, {"kind": "equivalent", "margin": 30.0, "rival": "gamma"})
    cast_all(study)
    seal_all(now=LATER)
    return study


def test_every_claim_is_registered_with_the_entry_that_opens_the_study(study):
    found = fetch_registrations(study=study)
    assert sorted(found) == [1, 2]
    entry = LedgerEntry.objects.get(study=study, kind="study_opened")
    for registered in found.values():
        assert (registered.first.position, registered.first.at) == (entry.position, NOW)
        assert (registered.first.amendment, registered.repeated) == (0, ())
        assert registered.first.protocol_hash == study.protocol_hash


def test_its_hash_is_of_the_protocol_that_says_the_claims_and_all_votes_come_after(study):
    record = json.loads(LedgerEntry.objects.get(study=study, kind="study_opened").record)
    assert hash_canonical(record["protocol"]) == record["protocol_hash"]
    assert record["protocol"]["claims"] == [
        {"number": 1, "kind": "superior", "model": "alpha", "rival": "beta", "margin": 0.0, "alpha": 0.05},
        {
            "number": 2,
            "kind": "equivalent",
            "model": "alpha",
            "rival": "gamma",
            "margin": 30.0,
            "alpha": 0.05,
        },
    ]
    altered = {**record["protocol"], "claims": record["protocol"]["claims"][:1]}
    assert hash_canonical(altered) != record["protocol_hash"]
    first = fetch_registrations(study=study)[1].first.position
    votes = LedgerEntry.objects.filter(study=study, kind="vote").values_list("position", flat=True)
    assert min(votes) > first


def test_an_amendment_repeats_them_word_for_word(study):
    amend_study(study=study, changes={"minimum_votes": 7}, reason="Fewer will do.", now=LATER)
    registered = fetch_registrations(study=study)[2]
    amended = LedgerEntry.objects.get(study=study, kind="study_amended")
    assert registered.first.amendment == 0
    assert [(again.amendment, again.position) for again in registered.repeated] == [(1, amended.position)]


def test_a_claim_that_a_later_protocol_says_otherwise_is_registered_with_that_one(study, monkeypatch):
    """No code does that; where a ledger holds it, the page says it."""
    protocol = {**study.protocol, "amendment": 1}
    protocol["claims"] = [{**protocol["claims"][0], "margin": 5.0}, protocol["claims"][1]]
    last = LedgerEntry.objects.order_by("-position").first()
    record = {"at": LATER.isoformat(), "protocol": protocol, "protocol_hash": hash_canonical(protocol)}
    LedgerEntry.objects.create(
        position=last.position + 1,
        previous=last,
        kind="study_amended",
        study=study,
        record=json.dumps(record),
        leaf_hash=b"0" * 32,
        sealed_at=LATER,
    )
    found = fetch_registrations(study=study)
    assert (found[1].first.amendment, found[1].first.position) == (1, last.position + 1)
    assert found[1].repeated == ()
    assert found[2].first.amendment == 0


def test_nothing_can_be_added_changed_or_dropped_once_the_study_is_open(study):
    with pytest.raises(StudyError):
        register_claims(study=study, claims=[plan(margin=10.0)], now=NOW)
    with pytest.raises(StudyError):
        amend_study(study=study, changes={"claims": []}, reason="We know better now.", now=LATER)
    claim = study.claims.first()
    extra = Claim(
        **{"study": study, "number": 3, "kind": "superior", "margin": 0.0, "alpha": 0.05},
        **{"model": claim.rival, "rival": claim.model, "created_at": LATER},
    )
    for act in (
        extra.save,
        lambda: Claim.objects.filter(pk=claim.pk).update(margin=50.0),
        lambda: Claim.objects.filter(pk=claim.pk).delete(),
    ):
        with pytest.raises(DatabaseError, match="claims_frozen"), transaction.atomic():
            act()
    assert len(fetch_registrations(study=study)) == 2


def test_before_the_study_opens_nothing_is_registered():
    draft = register_claims(study=make_study(opened=False), claims=[plan()], now=NOW)
    assert fetch_registrations(study=draft) == {}
    assert fetch_registrations(study=make_study()) == {}


def test_it_costs_one_query(study, django_assert_num_queries):
    amend_study(study=study, changes={"minimum_votes": 7}, reason="Fewer will do.", now=LATER)
    amend_study(study=study, changes={"minimum_votes": 8}, reason="One more.", now=LATER + timedelta(hours=1))
    with django_assert_num_queries(1):
        assert len(fetch_registrations(study=study)[1].repeated) == 2
