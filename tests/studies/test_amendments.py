"""Amendments: in the ledger with their reason before they hold, and never about what a vote means."""

import json
import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from evaluations.canonical import hash_canonical
from evaluations.errors import ProtocolFrozen, StudyError
from evaluations.ledger import seal_all
from evaluations.models import Amendment, AuditEvent, LedgerEntry, Response, Slot, Study, StudyText
from evaluations.raters import find_text_version
from evaluations.studies import close_study, start_pilot
from evaluations.studies.amendments import amend_study, list_newcomers
from evaluations.studies.drafts import ClaimPlan, register_claims
from evaluations.studies.protocols import fetch_protocol
from evaluations.study_plans import build_plan, fetch_plan
from tests.factories import NOW, make_battle, make_models, make_study, make_vote

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)


def amend(study, reason="Too few raters came.", **changes):
    amend_study(study=study, changes=changes, reason=reason, now=LATER)
    study.refresh_from_db()
    return study


def answer(study, name):
    """Every prompt of the study answered by another model."""
    (model,) = make_models(name)
    for prompt in study.prompt_set.prompts.all():
        Response.objects.create(prompt=prompt, model=model, text=name, digest=f"{name}{prompt.pk}")
    return model


def test_an_amendment_is_written_down_and_holds():
    study = make_study()
    before = study.protocol_hash
    study = amend(study, target_votes=700)
    record = json.loads(LedgerEntry.objects.last().record)
    amendment = study.amendments.get()

    assert study.target_votes == study.protocol["target_votes"] == 700
    assert study.protocol_hash == amendment.protocol_hash == hash_canonical(study.protocol) != before
    assert (record["kind"], record["number"], record["reason"]) == (
        "study_amended",
        1,
        "Too few raters came.",
    )
    assert (record["before"], record["protocol_hash"]) == (before, study.protocol_hash)
    assert hash_canonical(record["protocol"]) == study.protocol_hash
    assert AuditEvent.objects.filter(kind="study_amended", study=study).count() == 1


def test_every_version_can_be_read():
    study = make_study(target_votes=500)
    amend(study, target_votes=700)
    amend(study, target_votes=900)

    assert [fetch_protocol(study=study, number=n)["target_votes"] for n in range(3)] == [500, 700, 900]


def test_going_back_is_a_version_of_its_own():
    study = make_study(target_votes=500)
    first = study.protocol_hash
    amend(study, target_votes=700)
    study = amend(study, target_votes=500)

    assert study.target_votes == 500
    assert study.protocol_hash != first


@pytest.mark.parametrize(
    "changes",
    [
        {"minimum_votes": 7},
        {"stopping": {"votes": True, "ends_on": "2026-12-01", "half_width": None}},
        {"session_length": 7},
        {"limits": {"one_side": 0.95}},
        {"practice": {"prompt": "P", "left": "L", "right": "R", "better": "left", "explanation": "E"}},
        {
            "comprehension": {
                "salt": "00",
                "questions": [{"question": "Q", "choices": ["a", "b"], "correct": 1}],
            }
        },
    ],
)
def test_what_may_be_amended(changes):
    study = amend(make_study(), **changes)
    name, value = next(iter(changes.items()))

    assert getattr(study, name) == value


def test_texts_get_a_version_and_consent_is_asked_again():
    study = amend(make_study(), consent="I agree.", instructions="Read both.")

    assert StudyText.objects.filter(study=study, version=1).count() == 2
    assert find_text_version(study=study) == 1
    assert study.protocol["texts"]["consent"]["version"] == 1


def test_a_model_is_added_with_all_its_responses_and_drawn():
    study = make_study(names=("alpha", "beta"), prompts=2)
    fetch_plan(study=study)
    delta = answer(study, "delta")
    assert list(list_newcomers(study=study)) == [delta]
    study = amend(study, enter=[delta])

    assert [model["slug"] for model in study.protocol["models"]] == ["alpha", "beta", "delta"]
    assert study.protocol["responses"]["count"] == 6
    assert delta.pk in fetch_plan(study=study).models
    assert not list_newcomers(study=study)


def test_a_model_retires_and_stays_on_the_record():
    study = make_study()
    gamma = study.entries.get(model__slug="gamma").model
    study = amend(study, retire=[gamma])

    assert study.entries.get(model=gamma).retired_at == LATER
    assert [model["retired"] for model in study.protocol["models"]] == [False, False, True]
    assert gamma.pk not in build_plan(study=study).models


def test_designed_study_asks_about_who_is_in_it():
    study = make_study(prompts=2, sampling="designed", votes_per_item=2)
    gamma = study.entries.get(model__slug="gamma").model
    delta = answer(study, "delta")
    study = amend(study, enter=[delta], retire=[gamma])

    # alpha, beta and delta against each other on two prompts, two votes each.
    free = Slot.objects.filter(item__study=study, battle__isnull=True)
    assert free.count() == 3 * 2 * 2
    assert not free.filter(item__first__model=gamma).exists()
    assert not free.filter(item__second__model=gamma).exists()


@pytest.mark.parametrize(
    ("changes", "reason", "words"),
    [
        ({"target_votes": 7}, " ", "needs a reason"),
        ({}, "Why not.", "changes nothing"),
        ({"target_votes": 1000}, "Why not.", "changes nothing"),
        ({"reveal": "after_vote"}, "Why not.", "can not be changed: reveal"),
        ({"outcomes": ["left", "right"]}, "Why not.", "can not be changed: outcomes"),
        ({"question": "Which is kinder?"}, "Why not.", "can not be changed: question"),
        ({"withdrawal": "remove"}, "Why not.", "can not be changed: withdrawal"),
        ({"shows_others": True}, "Why not.", "can not be changed: shows_others"),
    ],
)
def test_what_is_refused(changes, reason, words):
    study = make_study()
    with pytest.raises(StudyError, match=words):
        amend(study, reason, **changes)

    assert not Amendment.objects.exists()
    assert LedgerEntry.objects.count() == 1


def test_models_that_can_not_enter_or_leave():
    study = make_study(names=("alpha", "beta"))
    alpha, silent = make_models("alpha", "silent")
    for changes, words in [
        ({"enter": [silent]}, "no response"),
        ({"enter": [alpha]}, "entered before"),
        ({"retire": [silent]}, "not among"),
        ({"retire": [alpha]}, "Two models at least"),
    ]:
        with pytest.raises(StudyError, match=words):
            amend(study, **changes)
    assert study.entries.filter(retired_at__isnull=True).count() == 2


def test_only_an_open_study_is_amended():
    draft = make_study(opened=False)
    for study in (draft, start_pilot(study=draft, now=NOW), close_study(study=make_study(), now=NOW)):
        with pytest.raises(StudyError, match="is not open"):
            amend(study, target_votes=7)


def test_claims_are_not_added_later():
    study = make_study()
    alpha, beta = make_models("alpha", "beta")
    claim = ClaimPlan(kind="superior", model=alpha, rival=beta, margin=0.0, alpha=0.05)

    with pytest.raises(ProtocolFrozen):
        register_claims(study=study, claims=[claim], now=NOW)


@pytest.mark.django_db(transaction=True)
def test_two_amendments_at_once_follow_each_other():
    study = make_study()
    start = threading.Barrier(2)

    def work(values):
        start.wait()
        amend_study(study=study, changes=values, reason="At once.", now=LATER)
        connection.close()

    threads = [
        threading.Thread(target=work, args=[values])
        for values in ({"target_votes": 7}, {"session_length": 7})
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    study.refresh_from_db()

    assert (study.target_votes, study.session_length) == (7, 7)
    assert [amendment.number for amendment in study.amendments.all()] == [1, 2]
    assert study.protocol["amendment"] == 2


def update(study, **values):
    with pytest.raises(IntegrityError, match="study_protocol_frozen"), transaction.atomic():
        Study.objects.filter(pk=study.pk).update(**values)


def test_database_takes_no_change_without_an_amendment():
    update(make_study(), target_votes=7)


def test_database_takes_no_older_amendment_back():
    study = make_study()
    first = amend(study, target_votes=700).protocol_hash
    amend(study, target_votes=900)
    old = Amendment.objects.get(number=1)

    update(study, protocol=old.protocol, protocol_hash=first, target_votes=700)


@pytest.mark.parametrize(
    "values",
    [
        {"outcomes": ["left", "right"]},
        {"reveal": "after_vote"},
        {"question": "Which is kinder?"},
        {"sampling": "adaptive"},
        {"check_rate": 0.1},
        {"access": "panel"},
        {"slug": "other"},
        {"withdrawal": "remove"},
        {"shows_others": True},
    ],
)
def test_database_keeps_what_votes_mean_even_with_one(values):
    study = make_study()
    protocol = {**study.protocol, "amendment": 1}
    amendment = Amendment.objects.create(
        study=study,
        number=1,
        reason="Forged.",
        protocol=protocol,
        protocol_hash=hash_canonical(protocol),
        made_at=NOW,
    )

    update(study, protocol=amendment.protocol, protocol_hash=amendment.protocol_hash, **values)


def test_entries_of_an_opened_study_stay_and_of_a_draft_may_go():
    study, draft = make_study(), make_study(opened=False)
    with pytest.raises(IntegrityError, match="entry_never_deleted"), transaction.atomic():
        study.entries.first().delete()

    draft.entries.first().delete()
    assert draft.entries.count() == 2


def test_a_vote_names_the_protocol_under_which_it_was_shown():
    """It was cast before the amendment and sealed after it."""
    study = make_study()
    first = study.protocol_hash
    battle = make_battle(study=study)
    make_vote(battle=battle)
    amend(study, target_votes=7)
    make_vote(battle=make_battle(study=study))
    seal_all(now=NOW + timedelta(minutes=1))

    entries = LedgerEntry.objects.filter(kind="vote").order_by("position")
    assert [json.loads(entry.record)["protocol"] for entry in entries] == [first, study.protocol_hash]
