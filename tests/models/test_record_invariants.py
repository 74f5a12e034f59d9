"""The invariants of what is kept for good: battles of every kind, the ledger, snapshots, and what they rest on."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from evaluations.models import (
    Consent,
    Entry,
    Import,
    KnownAnswer,
    LedgerEntry,
    PromptSet,
    RaterIdentity,
    Snapshot,
    Study,
    VoteEnding,
)
from tests.factories import NOW, make_battle, make_rater, make_study, make_vote

pytestmark = pytest.mark.django_db


def refuses(name):
    return pytest.raises(IntegrityError, match=name)


@pytest.fixture
def study():
    return make_study()


@pytest.fixture
def battle(study):
    return make_battle(study=study)


def append_entry(*, study, position, **values):
    given = {"kind": "study_paused", "record": "{}", "leaf_hash": b"x" * 32, "sealed_at": NOW, **values}
    return LedgerEntry.objects.create(study=study, position=position, **given)


def publish(*, study, size=1):
    return Snapshot.objects.create(
        leaderboard=study.leaderboards.get(),
        ledger_size=size,
        parameters_digest="p",
        code_version="c",
        document="{}",
        created_at=NOW,
    )


@pytest.mark.parametrize(
    "values",
    [{"kind": "check"}, {"kind": "check", "expected": "tie"}, {"kind": "practice"}, {"expected": "left"}],
)
def test_battle_check_has_its_answer(study, values):
    with refuses("battle_check_has_its_answer"), transaction.atomic():
        make_battle(study=study, **values)


def test_battle_repeat_names_the_first(study, battle):
    for values in ({"kind": "repeat"}, {"repeats": battle}):
        with refuses("battle_repeat_names_the_first"), transaction.atomic():
            make_battle(study=study, **values)


def test_battle_number_counts_from_one(study):
    with refuses("battle_number_counts_from_one"), transaction.atomic():
        make_battle(study=study, number=0)


def test_consent_once_per_version(study):
    place = {"study": study, "rater": make_rater(), "agreed_at": NOW}
    Consent.objects.create(**place)
    with refuses("consent_once_per_version"), transaction.atomic():
        Consent.objects.create(protocol_hash="another", **place)


def test_entry_retires_after_entering(study):
    with refuses("entry_retires_after_entering"), transaction.atomic():
        Entry.objects.update(retired_at=NOW - timedelta(seconds=1))


def test_import_of_the_same_content_once(study):
    place = {"kind": "prompts", "target": "t", "content_hash": "h", "state": "imported", "created_at": NOW}
    Import.objects.create(token="one", prompt_set=study.prompt_set, **place)
    with refuses("import_of_the_same_content_once"), transaction.atomic():
        Import.objects.create(token="two", prompt_set=study.prompt_set, **place)


def test_known_answers(study):
    prompt, other = study.prompt_set.prompts.all()[:2]
    better, worse = prompt.responses.all()[:2]
    place = {"study": study, "prompt": prompt}
    KnownAnswer.objects.create(better=better, worse=worse, **place)
    with refuses("known_answer_once_per_study"), transaction.atomic():
        KnownAnswer.objects.create(better=better, worse=worse, **place)
    with refuses("known_answer_responses_differ"), transaction.atomic():
        KnownAnswer.objects.create(better=better, worse=better, **place)
    with refuses("known_answer_better_answers_the_prompt"), transaction.atomic():
        KnownAnswer.objects.create(better=other.responses.first(), worse=worse, **place)
    with refuses("known_answer_worse_answers_the_prompt"), transaction.atomic():
        KnownAnswer.objects.create(better=worse, worse=other.responses.first(), **place)


def test_ledger_entry_follows_the_one_before(study):
    """Opening the study wrote position 0."""
    for position, previous in ((1, None), (2, 0), (0, 0)):
        with refuses("ledger_entry_follows_the_one_before"), transaction.atomic():
            append_entry(study=study, position=position, previous_id=previous)


def test_ledger_entry_of_a_vote_names_it(study, battle):
    vote = make_vote(battle=battle)
    VoteEnding.objects.create(vote=vote, ending="sealed", made_at=NOW)
    for values in ({"kind": "vote"}, {"vote": vote}):
        with refuses("ledger_entry_of_a_vote_names_it"), transaction.atomic():
            append_entry(study=study, position=1, previous_id=0, **values)


@pytest.mark.parametrize(
    "values", [{"pilot": True}, {"kind": "practice", "expected": "left"}, {"undone": True}]
)
def test_ledger_takes_final_votes(study, values):
    ending = "undone" if values.pop("undone", False) else "sealed"
    vote = make_vote(battle=make_battle(study=study, **values))
    VoteEnding.objects.create(vote=vote, ending=ending, made_at=NOW)
    with refuses("ledger_takes_final_votes"), transaction.atomic():
        append_entry(study=study, position=1, previous_id=0, kind="vote", vote=vote)


def test_prompt_key_unique_in_set(study):
    with refuses("prompt_key_unique_in_set"), transaction.atomic():
        study.prompt_set.prompts.create(key="p0", messages=[{"role": "user", "content": "?"}], html="")


def test_prompt_set_version_counts_from_one():
    with refuses("prompt_set_version_counts_from_one"), transaction.atomic():
        PromptSet.objects.create(slug="s", title="S", version=0, content_hash="h", created_at=NOW)


def test_rater_identity_once_per_source():
    place = {"source": "panel", "external_id": "p1"}
    RaterIdentity.objects.create(rater=make_rater(), **place)
    with refuses("rater_identity_once_per_source"), transaction.atomic():
        RaterIdentity.objects.create(rater=make_rater(), **place)


def test_snapshots(study):
    publish(study=study)
    with refuses("snapshot_once_per_prefix_and_parameters"), transaction.atomic():
        publish(study=study)
    with refuses("snapshot_reads_something"), transaction.atomic():
        publish(study=study, size=0)


def test_study_closed_has_closing_date(study):
    for values in ({"state": "closed"}, {"closed_at": NOW}):
        with refuses("study_closed_has_closing_date"), transaction.atomic():
            Study.objects.filter(pk=study.pk).update(**values)


def test_vote_ending_is_known(battle):
    with refuses("vote_ending_is_known"), transaction.atomic():
        VoteEnding.objects.create(vote=make_vote(battle=battle), ending="lost", made_at=NOW)


def test_entry_never_deleted(study):
    with refuses("entry_never_deleted"), transaction.atomic():
        study.entries.all()._raw_delete("default")
