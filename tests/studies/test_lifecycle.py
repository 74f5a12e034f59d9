"""A study's life: what each state allows, that it is in the ledger and in the audit log, and that it happens once."""

import json
import threading
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection, transaction

from evaluations.canonical import hash_canonical
from evaluations.errors import ProtocolFrozen, StudyError
from evaluations.ledger import seal_all
from evaluations.models import (
    AuditEvent,
    Item,
    KnownAnswer,
    Leaderboard,
    LedgerEntry,
    Membership,
    Response,
    Study,
)
from evaluations.studies import close_study, open_study, pause_study, resume_study, start_pilot, start_study
from evaluations.studies.drafts import edit_draft, find_gaps, write_texts
from evaluations.study_plans import fetch_plan
from tests.factories import NOW, make_battle, make_models, make_prompt_set, make_study, make_vote

pytestmark = pytest.mark.django_db


def read_last():
    return json.loads(LedgerEntry.objects.last().record)


def test_opening_freezes_the_protocol_and_hashes_it():
    study = make_study(reveal="after_vote")

    assert study.state == "open"
    assert study.protocol["reveal"] == "after_vote"
    assert [model["slug"] for model in study.protocol["models"]] == ["alpha", "beta", "gamma"]
    assert study.protocol_hash == hash_canonical(study.protocol) == read_last()["protocol_hash"]


def test_opening_makes_the_leaderboard():
    board = make_study().leaderboards.get()

    assert board.parameters["method"] == "bradley-terry"
    assert board.parameters["cluster"] == "rater"


def test_opening_twice_is_refused():
    study = make_study()

    with pytest.raises(ProtocolFrozen):
        open_study(study=study, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_two_who_open_at_once_open_it_once():
    draft = make_study(opened=False)
    start, outcomes = threading.Barrier(2), []

    def work():
        start.wait()
        try:
            outcomes.append(open_study(study=draft, now=NOW).state)
        except ProtocolFrozen:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["open", "refused"]
    assert LedgerEntry.objects.count() == Leaderboard.objects.count() == 1


def test_a_study_of_one_model_is_not_opened():
    draft = make_study(names=("alpha",), opened=False)

    with pytest.raises(StudyError, match="at least two models"):
        open_study(study=draft, now=NOW)
    assert not LedgerEntry.objects.exists()


def test_models_without_a_common_prompt_are_not_opened():
    draft = make_study(names=("alpha", "beta"), prompts=2, opened=False)
    first, second = draft.prompt_set.prompts.all()
    Response.objects.filter(prompt=first, model__slug="beta").delete()
    Response.objects.filter(prompt=second, model__slug="alpha").delete()

    with pytest.raises(StudyError, match="nothing to compare"):
        open_study(study=draft, now=NOW)


def test_checks_are_chosen_before_they_are_asked():
    draft = make_study(opened=False, check_rate=0.1)
    with pytest.raises(StudyError, match="asks checks, and has none"):
        open_study(study=draft, now=NOW)

    better, worse = draft.prompt_set.prompts.first().responses.all()[:2]
    KnownAnswer.objects.create(study=draft, prompt=better.prompt, better=better, worse=worse)

    assert open_study(study=draft, now=NOW).state == "open"


def test_others_votes_need_the_names():
    draft = make_study(opened=False, reveal="at_close", shows_others=True)
    [gap] = [gap for gap in find_gaps(study=draft) if gap.blocking]
    assert gap.step == "raters"
    for act in (start_pilot, open_study):
        with pytest.raises(StudyError, match="shown after the names"):
            act(study=draft, now=NOW)

    edit_draft(study=draft, changes={"reveal": "after_vote"})
    assert open_study(study=draft, now=NOW).state == "open"


def test_questions_without_own_instructions_are_a_warning():
    questions = [{"question": "What counts?", "choices": ["Longer", "Better"], "correct": 1}]
    draft = make_study(opened=False, comprehension={"salt": "00", "questions": questions})
    assert "texts" in {gap.step for gap in find_gaps(study=draft) if not gap.blocking}

    write_texts(study=draft, texts={"instructions": "Read both."}, now=NOW)
    assert "texts" not in {gap.step for gap in find_gaps(study=draft)}


def test_gaps_that_block_none_are_said():
    draft = make_study(opened=False, access="panel")
    Response.objects.filter(model__slug="gamma").first().delete()
    gaps = find_gaps(study=draft)

    assert not any(gap.blocking for gap in gaps)
    assert {gap.step for gap in gaps} == {"models", "stopping", "sampling"}


def test_designed_study_has_its_items_once_opened():
    draft = make_study(opened=False, prompts=2, sampling="designed", votes_per_item=3)
    start_pilot(study=draft, now=NOW)
    assert not Item.objects.exists()

    study = open_study(study=draft, now=NOW)

    assert study.items.count() == 2 * 3


def test_pilot_is_tried_and_leaves_no_trace_in_the_ledger():
    study = start_pilot(study=make_study(opened=False), now=NOW)
    vote = make_vote(battle=make_battle(study=study, pilot=True))

    assert study.takes_votes
    assert seal_all(now=NOW + timedelta(days=1)) == 0
    open_study(study=study, now=NOW)
    assert seal_all(now=NOW + timedelta(days=1)) == 0
    assert not hasattr(vote, "ledger_entry")
    assert [entry.kind for entry in LedgerEntry.objects.all()] == ["study_opened"]


def test_pilot_follows_what_is_changed():
    study = start_pilot(study=make_study(opened=False), now=NOW)
    before = fetch_plan(study=study)
    edited = edit_draft(study=study, changes={"question": "Which is kinder?"})

    assert edited.state == "pilot"
    assert edited.protocol_hash == hash_canonical(edited.protocol) != study.protocol_hash
    assert fetch_plan(study=edited) is not before


def test_pilot_starts_once_and_from_a_draft():
    study = start_pilot(study=make_study(opened=False), now=NOW)
    with pytest.raises(StudyError, match="runs already"):
        start_pilot(study=study, now=NOW)
    with pytest.raises(ProtocolFrozen):
        start_pilot(study=make_study(), now=NOW)


def test_state_never_goes_back():
    study = make_study()
    for state in ("draft", "pilot"):
        with pytest.raises(IntegrityError, match="study_protocol_frozen"), transaction.atomic():
            Study.objects.filter(pk=study.pk).update(state=state)


def test_draft_that_was_opened_is_not_edited():
    with pytest.raises(ProtocolFrozen):
        edit_draft(study=make_study(), changes={"title": "Other"})


def test_pause_and_resume_are_entries():
    study = pause_study(study=make_study(), now=NOW)
    assert not study.takes_votes
    assert read_last()["kind"] == "study_paused"
    with pytest.raises(StudyError, match="paused already"):
        pause_study(study=study, now=NOW)

    study = resume_study(study=study, now=NOW)
    assert study.takes_votes
    assert read_last()["kind"] == "study_resumed"
    with pytest.raises(StudyError, match="is not paused"):
        resume_study(study=study, now=NOW)


def test_closing_is_an_entry_and_final():
    study = close_study(study=make_study(), now=NOW)

    assert not study.takes_votes
    assert read_last()["kind"] == "study_closed"
    for act in (close_study, pause_study, resume_study):
        with pytest.raises(StudyError):
            act(study=study, now=NOW)


def test_a_draft_is_neither_closed_nor_paused():
    draft = make_study(opened=False)
    for act in (close_study, pause_study, resume_study):
        with pytest.raises(StudyError, match="is not open"):
            act(study=draft, now=NOW)


def test_each_act_is_in_the_audit_log_and_not_by_name_in_the_ledger():
    user = get_user_model().objects.create_user("responsible-person", is_staff=True)
    study = start_study(
        prompt_set=make_prompt_set(models=make_models("alpha", "beta")),
        slug="s",
        title="S",
        now=NOW,
        user=user,
    )
    for act in (pause_study, resume_study, close_study):
        act(study=study, now=NOW, user=user)

    events = AuditEvent.objects.filter(study=study, user=user).order_by("pk")
    assert Membership.objects.get().role == "owner"
    assert study.created_by == user
    assert [event.kind for event in events] == [
        *("study_created", "study_opened", "study_paused", "study_resumed", "study_closed")
    ]
    assert not LedgerEntry.objects.filter(record__contains="responsible-person").exists()


def test_a_rater_who_votes_does_not_wait_for_who_decides(second_connection):
    """The lock on a study lets battles in that refer to it."""
    study = make_study()
    with transaction.atomic():
        pause_study(study=study, now=NOW)
        with second_connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '500ms'")
            cursor.execute("SELECT 1 FROM evaluations_study WHERE id = %s FOR KEY SHARE", [study.pk])
            assert cursor.fetchone() == (1,)


def list_warnings(study):
    return " ".join(
        gap.sentence for gap in find_gaps(study=study) if gap.step == "raters" and not gap.blocking
    )


@pytest.mark.parametrize(
    ("here", "there", "warns"),
    [
        ("after_vote", "at_close", True),
        ("at_close", "after_vote", True),
        ("at_close", "at_close", False),
    ],
)
def test_names_shown_while_the_same_prompts_are_asked_elsewhere_are_a_warning(here, there, warns):
    other = make_study(reveal=there)
    draft = make_study(opened=False, reveal=here, session_length=1)
    assert "same prompts" not in list_warnings(draft)
    draft = edit_draft(study=draft, changes={"prompt_set": other.prompt_set})
    assert (f"“{other.title}”" in list_warnings(draft)) is warns

    close_study(study=other, now=NOW)
    assert "same prompts" not in list_warnings(draft)


def test_a_session_that_names_cut_short_is_a_warning():
    draft = make_study(opened=False, prompts=3, reveal="after_vote", session_length=4)
    assert "after 3 comparisons, before the 4 that" in list_warnings(draft)
    for changes in ({"session_length": 3}, {"session_length": 4, "reveal": "at_close"}):
        draft = edit_draft(study=draft, changes=changes)
        assert "comes twice" not in list_warnings(draft)
