"""Recorded votes: all into one study, in one transaction, or none."""

import pytest
from django.db import connection

from evaluations import imports, ledger
from evaluations.errors import IngestError
from evaluations.models import (
    Battle,
    Entry,
    Import,
    LedgerEntry,
    Prompt,
    Rater,
    RaterIdentity,
    Response,
    Study,
    Vote,
)
from evaluations.studies import close_study
from tests.factories import NOW, make_study
from tests.ingest.files import MODELS, PROMPTS, RESPONSES, VOTES, upload

pytestmark = pytest.mark.django_db
HEADER = VOTES.splitlines()[0] + "\n"


@pytest.fixture
def prompt_set():
    files = [upload(PROMPTS), upload(RESPONSES), upload(MODELS)]
    taken = imports.take_prompts(uploads=files, slug="tasks", title="Tasks", now=NOW)
    return imports.confirm_import(upload=taken, now=NOW).prompt_set


def take(content, *, study="study", prompt_set="tasks"):
    return imports.take_votes(
        uploads=[upload(content)], study_slug=study, prompt_set_slug=prompt_set, title="A study", now=NOW
    )


def bring(content, **names):
    return imports.confirm_import(upload=take(content, **names), source="a file", now=NOW).study


def list_faults(taken):
    assert taken.state == Import.State.REFUSED
    assert not Study.objects.exists()
    assert not Vote.objects.exists()
    return [(fault.line, fault.column, fault.problem) for fault in taken.faults.all()]


def test_the_planner_knows_at_once_how_many_rows_there_are(prompt_set):
    """Else sealing, which comes next, may read whole tables once for each vote."""
    bring(VOTES)
    tables = [model._meta.db_table for model in (Rater, Battle, Vote, Prompt, Response)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, reltuples FROM pg_class WHERE relname = ANY(%s)", [tables])
        known = dict(cursor.fetchall())
    assert known == {
        model._meta.db_table: model.objects.count() for model in (Rater, Battle, Vote, Prompt, Response)
    }


def test_votes_make_an_open_study_of_recorded_votes(prompt_set):
    study = bring(VOTES)
    assert (study.slug, study.title, study.source, study.recorded, study.state) == (
        "study",
        "A study",
        "a file",
        True,
        "open",
    )
    assert Entry.objects.filter(study=study).count() == 2
    assert [vote.outcome for vote in Vote.objects.order_by("pk")] == ["left", "tie", "both_bad"]
    battles = list(Battle.objects.order_by("pk").select_related("left__model", "right__model", "prompt"))
    assert [(b.prompt.key, b.left.model.name, b.right.model.name) for b in battles] == [
        ("p1", "Alpha", "Beta"),
        ("p1", "Beta", "Alpha"),
        ("p2", "Alpha", "Beta"),
    ]
    assert {(battle.origin, battle.probability) for battle in battles} == {("recorded", None)}
    assert [battle.number for battle in battles] == [1, 1, 2]


def test_raters_are_pseudonyms_with_their_name_kept_apart(prompt_set):
    bring(VOTES)
    assert Rater.objects.filter(kind=Rater.Kind.RECORDED).count() == 2
    assert set(RaterIdentity.objects.values_list("source", "external_id")) == {
        ("study", "r1"),
        ("study", "r2"),
    }


def test_votes_can_be_sealed_at_once(prompt_set):
    bring(VOTES)
    assert ledger.seal_all(now=NOW) == 3
    assert LedgerEntry.objects.filter(kind="vote").count() == 3


def test_more_votes_go_on_with_the_same_raters(prompt_set):
    bring(VOTES)
    study = bring(HEADER + "p2,Beta,Alpha,right,r1\n")
    assert Study.objects.get() == study
    assert Rater.objects.count() == 2
    assert Battle.objects.get(number=3).rater.identity.external_id == "r1"


def test_models_by_name_by_slug_and_by_the_id_of_their_file():
    models = "id,name\n97,Alpha\n98,Beta\n"
    taken = imports.take_prompts(
        uploads=[upload(PROMPTS), upload(RESPONSES), upload(models)], slug="tasks", title="", now=NOW
    )
    imports.confirm_import(upload=taken, now=NOW)
    bring(HEADER + "p1,Alpha,Beta,left,r1\np1,alpha,beta,left,r1\np1,97,98,left,r1\n")
    assert set(Battle.objects.values_list("left__model__name", "right__model__name")) == {("Alpha", "Beta")}
    assert Vote.objects.count() == 3


@pytest.mark.parametrize(
    ("row", "column", "problem"),
    [
        ("p1,Alpha,Beta,alpha,r1", "winner", "This is not one of the four answers."),
        ("p1,Alpha,Beta,,r1", "winner", "It is empty, and it is needed."),
        ("p1,Alpha,Beta,left,", "rater", "It is empty, and it is needed."),
        ("p9,Alpha,Beta,left,r1", "prompt_id", "No prompt has this id."),
        ("p1,Omega,Beta,left,r1", "model_left", "No model has this id or name."),
        ("p1,Alpha,Betta,left,r1", "model_right", "No model has this id or name. “Beta” is the nearest."),
        ("p1,Alpha,Alpha,left,r1", "model_right", "A model is compared with itself."),
        ("p1,a,Alpha,left,r1", "model_right", "A model is compared with itself."),
    ],
)
def test_bad_vote_refuses_the_file(prompt_set, row, column, problem):
    faults = list_faults(take(VOTES + row + "\n"))
    assert [(line, name) for line, name, _problem in faults] == [(5, column)]
    assert faults[0][2].startswith(problem)


def test_model_without_a_response_to_the_prompt():
    short = RESPONSES.replace("p2,Beta,\n", "")
    taken = imports.take_prompts(uploads=[upload(PROMPTS), upload(short)], slug="tasks", title="", now=NOW)
    imports.confirm_import(upload=taken, now=NOW)
    faults = list_faults(take(HEADER + "p2,Alpha,Beta,left,r1\n"))
    assert faults == [(2, "model_right", "The prompt set has no response of this model to prompt p2.")]


def test_prompts_are_no_votes(prompt_set):
    taken = take(PROMPTS)
    assert taken.state == Import.State.REFUSED
    assert taken.faults.get().problem == "This is a file of prompts, not of votes."


def test_same_votes_again_do_nothing(prompt_set):
    bring(VOTES)
    again = take(VOTES)
    assert again.state == Import.State.IMPORTED
    assert Vote.objects.count() == 3
    assert Import.objects.filter(kind="votes").count() == 1


def test_nothing_is_stored_when_the_last_vote_fails(prompt_set):
    taken = take(VOTES)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE evaluations_vote ADD CONSTRAINT broken CHECK (outcome <> 'both_bad')")
    with pytest.raises(Exception, match="broken"):
        imports.confirm_import(upload=taken, now=NOW)
    taken.refresh_from_db()
    assert taken.state == Import.State.CHECKED
    for model in (Study, Battle, Vote, Rater, RaterIdentity, LedgerEntry):
        assert not model.objects.exists(), model


def test_prompt_set_must_be_there():
    with pytest.raises(IngestError, match="no prompt set “tasks”"):
        take(VOTES)


def test_study_where_people_rate_takes_no_recorded_votes(prompt_set):
    make_study(slug="live", names=("x", "y"))
    with pytest.raises(IngestError, match="takes no recorded votes"):
        take(VOTES, study="live")


def test_closed_study_takes_none(prompt_set):
    close_study(study=bring(VOTES), now=NOW)
    with pytest.raises(IngestError, match="takes no recorded votes"):
        take(HEADER + "p1,Alpha,Beta,right,r9\n")


def test_study_is_about_one_prompt_set(prompt_set):
    bring(VOTES)
    with pytest.raises(IngestError, match="about the prompt set “tasks”"):
        take(VOTES, prompt_set="others")
