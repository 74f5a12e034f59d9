"""Each invariant of the tables, by trying to break it past the domain functions."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError

from evaluations.models import Battle, Consent, Entry, Import, Response, Skip, Study, Vote, VoteEnding
from tests.factories import NOW, make_battle, make_models, make_prompt_set, make_rater, make_study, make_vote

pytestmark = pytest.mark.django_db


def refuses(name):
    return pytest.raises(IntegrityError, match=name)


@pytest.fixture
def study(db):
    return make_study()


@pytest.fixture
def battle(study):
    return make_battle(study=study)


def test_battle_responses_differ(study):
    response = Response.objects.first()
    with refuses("battle_responses_differ"), transaction.atomic():
        make_battle(study=study, left=response, right=response)


@pytest.mark.parametrize("side", ["left", "right"])
def test_battle_responses_answer_its_prompt(study, side):
    first, second = study.prompt_set.prompts.all()[:2]
    stranger = second.responses.last()
    with refuses(f"battle_{side}_answers_the_prompt"), transaction.atomic():
        make_battle(study=study, prompt=first, **{side: stranger})


def test_battle_number_unique_for_rater(study, battle):
    with refuses("battle_number_unique_for_rater"), transaction.atomic():
        make_battle(study=study, rater=battle.rater, number=battle.number)


@pytest.mark.parametrize("probability", [0, -0.1, 1.1])
def test_battle_probability_is_one(study, probability):
    with refuses("battle_probability_is_one"), transaction.atomic():
        make_battle(study=study, probability=probability)


def test_battle_token_is_unique(study, battle):
    with refuses("token"), transaction.atomic():
        make_battle(study=study, token=battle.token)


def test_vote_revision_unique_in_battle(battle):
    make_vote(battle=battle)
    with refuses("vote_revision_unique_in_battle"), transaction.atomic():
        make_vote(battle=battle)


def test_vote_revision_follows_undo(battle):
    make_vote(battle=battle)
    with refuses("vote_revision_follows_undo"), transaction.atomic():
        make_vote(battle=battle, revision=1)


def test_vote_outcome_is_known(battle):
    with refuses("vote_outcome_is_known"), transaction.atomic():
        make_vote(battle=battle, outcome="maybe")


def test_vote_has_one_ending(battle):
    vote = make_vote(battle=battle)
    VoteEnding.objects.create(vote=vote, ending="undone", made_at=NOW)
    with refuses("voteending_pkey"), transaction.atomic():
        VoteEnding.objects.create(vote=vote, ending="revealed", made_at=NOW)


@pytest.mark.parametrize("table", ["vote", "voteending", "skip", "consent"])
@pytest.mark.parametrize("operation", ["UPDATE evaluations_{0} SET {1} = {1}", "DELETE FROM evaluations_{0}"])
def test_insert_only(study, battle, table, operation):
    vote = make_vote(battle=battle)
    VoteEnding.objects.create(vote=vote, ending="sealed", made_at=NOW)
    Skip.objects.create(battle=battle, made_at=NOW)
    Consent.objects.create(rater=battle.rater, study=study, protocol_hash="x", agreed_at=NOW)
    column = {"voteending": "ending", "vote": "outcome", "skip": "made_at", "consent": "agreed_at"}[table]
    with refuses("insert-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(operation.format(table, column))


@pytest.mark.parametrize("model", [Entry, Battle, Study])
def test_never_deleted(battle, model):
    with refuses("never-deleted"), transaction.atomic():
        model.objects.all()._raw_delete("default")


def test_entry_once_per_study(study):
    entry = study.entries.first()
    with refuses("entry_once_per_study"), transaction.atomic():
        Entry.objects.create(study=study, model=entry.model, entered_at=NOW)


@pytest.mark.parametrize(
    "changes",
    [
        *(
            {"reveal": "after_vote"},
            {"undo_seconds": 0},
            {"protocol": {}},
            {"state": "draft"},
            {"title": "Other"},
        ),
        *({"withdrawal": "remove"}, {"shows_others": True}, {"practice": {"prompt": "P"}}),
        {"comprehension": {"salt": "00", "questions": []}},
    ],
)
def test_study_protocol_frozen(study, changes):
    with refuses("study_protocol_frozen"), transaction.atomic():
        Study.objects.filter(pk=study.pk).update(**changes)


def test_study_closed_stays_closed(study):
    Study.objects.filter(pk=study.pk).update(state="closed", closed_at=NOW)
    with refuses("study_protocol_frozen"), transaction.atomic():
        Study.objects.filter(pk=study.pk).update(state="open", closed_at=None)


def test_study_opened_has_protocol():
    draft = make_study(opened=False)
    with refuses("study_opened_has_protocol"), transaction.atomic():
        Study.objects.filter(pk=draft.pk).update(state="open")


@pytest.mark.parametrize(("table", "column"), [("prompt", "key"), ("response", "text")])
def test_content_frozen(study, table, column):
    with refuses("content_frozen"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE evaluations_{table} SET {column} = 'other'")


def test_html_may_be_made_again(study):
    assert Response.objects.update(html="<p>again</p>") > 0


def test_response_unique_for_prompt_and_model():
    draft = make_study(opened=False)
    response = Response.objects.filter(prompt__prompt_set=draft.prompt_set).first()
    with refuses("response_unique_for_prompt_and_model"), transaction.atomic():
        Response.objects.create(prompt=response.prompt, model=response.model, text="", digest="", html="")


def test_prompt_set_version_unique():
    first = make_prompt_set(models=make_models("alpha"))
    with refuses("prompt_set_version_unique"), transaction.atomic():
        make_prompt_set(models=[], slug=first.slug)


def test_prompt_has_a_message(study):
    with refuses("prompt_has_a_message"), transaction.atomic():
        study.prompt_set.prompts.create(key="empty", messages=[], html="")


def test_model_with_answers_is_not_deleted(study):
    with pytest.raises(ProtectedError):
        study.entries.first().model.delete()


def test_import_that_made_nothing_is_not_imported():
    with refuses("imported_made_something"), transaction.atomic():
        Import.objects.create(token="t", kind="prompts", state="imported", target="x", created_at=NOW)


def test_receipt_is_unique(study):
    vote = make_vote(battle=make_battle(study=study))
    other = make_battle(study=study, rater=make_rater())
    with refuses("receipt"), transaction.atomic():
        Vote.objects.create(battle=other, outcome="tie", receipt=vote.receipt, cast_at=NOW)
