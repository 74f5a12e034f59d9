"""What an import is at each moment, whoever is killed, comes twice, or comes late."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from evaluations import imports
from evaluations.errors import IngestError
from evaluations.imports import checks, leases, recorders, stores
from evaluations.imports.leases import LeaseLost, take_check
from evaluations.ingest.kept_files import find_folder
from evaluations.models import Import, ImportFault, LanguageModel, Prompt, PromptSet, Response
from evaluations.tasks import sweep_imports
from tests.factories import NOW, make_study
from tests.ingest.files import PROMPTS, RESPONSES, VOTES, upload

pytestmark = pytest.mark.django_db


def receive(*contents, slug="tasks", **options):
    files = [upload(content, f"file{number}.csv") for number, content in enumerate(contents)]
    return imports.receive_files(uploads=files, slug=slug, title="Tasks", now=NOW, **options)


def bring(*contents, **options):
    checked = imports.check_import(upload=receive(*contents, **options))
    return imports.confirm_import(upload=checked, now=NOW)


def silence(taken, **distance):
    Import.objects.filter(pk=taken.pk).update(seen_at=timezone.now() - timedelta(**distance))


def test_received_is_kept_and_not_checked():
    taken = receive(PROMPTS)
    assert taken.state == Import.State.RECEIVED
    assert find_folder(token=taken.token).is_dir()


def test_second_worker_leaves_a_check_alone_that_a_living_one_is_at():
    taken = receive(PROMPTS)
    assert take_check(upload=taken, total=1) is not None
    assert take_check(upload=taken, total=1) is None
    assert imports.check_import(upload=taken).state == Import.State.CHECKING


def test_check_of_a_dead_worker_is_taken_over():
    taken = receive(PROMPTS)
    first = take_check(upload=taken, total=1)
    silence(taken, seconds=61)
    assert imports.check_import(upload=taken).state == Import.State.CHECKED
    # The first one was not dead after all: it finds that out before it writes anything.
    with pytest.raises(LeaseLost), first.hold():
        pass


def test_of_two_that_check_the_one_taken_for_dead_stops():
    taken = receive(PROMPTS)
    first = take_check(upload=taken, total=1)
    silence(taken, seconds=61)
    second = take_check(upload=taken, total=1)
    with pytest.raises(LeaseLost), first.hold():
        pass
    with second.hold() as held:
        assert held == taken


def test_worker_whose_lease_is_lost_writes_no_fault(monkeypatch):
    taken = receive("id,prompt,language\np1,Why?,french\n")
    lease = take_check(upload=taken, total=1)
    recorder = recorders.Recorder(lease=lease, limit=10)
    recorder.faults = [ImportFault(upload=taken, file="x", problem="p", remedy="r")]
    silence(taken, seconds=61)
    imports.check_import(upload=taken)
    with pytest.raises(LeaseLost):
        recorder.flush()
    assert taken.faults.count() == 1


def test_progress_of_a_check_that_lost_its_lease_stops_it(monkeypatch):
    monkeypatch.setattr(leases, "PULSE", 0)
    taken = receive(PROMPTS)
    lease = take_check(upload=taken, total=100)
    lease.note(40)
    assert Import.objects.get().done == 40
    taken.delete()
    with pytest.raises(LeaseLost):
        lease.note(50)


@pytest.mark.django_db(transaction=True)
def test_progress_of_a_check_is_seen_from_another_connection(second_connection, monkeypatch):
    monkeypatch.setattr(leases, "PULSE", 0)
    taken = receive(PROMPTS)
    seen = []
    renew = leases.CheckLease.note

    def note(self, done):
        renew(self, done)
        with second_connection.cursor() as cursor:
            cursor.execute("SELECT state, done FROM evaluations_import")
            seen.append(cursor.fetchone())

    monkeypatch.setattr(leases.CheckLease, "note", note)
    imports.check_import(upload=taken)
    assert ("checking", len(PROMPTS.encode())) in seen


@pytest.mark.django_db(transaction=True)
def test_progress_of_a_store_is_seen_before_anything_else_of_it(second_connection, monkeypatch):
    monkeypatch.setattr(leases, "PULSE", 0)
    taken = imports.check_import(upload=receive(PROMPTS, RESPONSES))
    seen = []
    write = leases.StoreProgress.note

    def note(self, done):
        write(self, done)
        with second_connection.cursor() as cursor:
            cursor.execute("SELECT state, done, total FROM evaluations_import")
            row = cursor.fetchone()
            cursor.execute("SELECT count(*) FROM evaluations_prompt")
            seen.append((*row, *cursor.fetchone()))

    monkeypatch.setattr(leases.StoreProgress, "note", note)
    imports.confirm_import(upload=taken, now=NOW)
    assert seen == [("importing", 2, 6, 0), ("importing", 6, 6, 0)]
    assert Import.objects.get().done == 6


@pytest.mark.django_db(transaction=True)
def test_two_that_confirm_at_once_import_once():
    taken = imports.check_import(upload=receive(PROMPTS, RESPONSES))
    start, states = threading.Barrier(2), []

    def confirm():
        start.wait()
        states.append(imports.confirm_import(upload=taken, now=NOW).state)
        connection.close()

    threads = [threading.Thread(target=confirm) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert states == ["imported", "imported"]
    assert (PromptSet.objects.count(), Prompt.objects.count(), Response.objects.count()) == (1, 2, 4)


@pytest.mark.django_db(transaction=True)
def test_second_worker_leaves_a_store_alone_that_is_under_way(second_connection):
    taken = imports.check_import(upload=receive(PROMPTS))
    imports.request_import(upload=taken, now=NOW)
    second_connection.set_autocommit(False)
    with second_connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [stores.STORE_LOCK, taken.pk])
    assert imports.store_import(upload=taken, now=NOW).state == Import.State.IMPORTING
    second_connection.rollback()
    assert imports.store_import(upload=taken, now=NOW).state == Import.State.IMPORTED
    assert imports.store_import(upload=taken, now=NOW).state == Import.State.IMPORTED
    assert PromptSet.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_stopped_while_it_is_stored_nothing_stays(monkeypatch, second_connection):
    taken = imports.check_import(upload=receive(PROMPTS))
    imports.request_import(upload=taken, now=NOW)

    def stop(*_arguments):
        with second_connection.cursor() as cursor:
            cursor.execute("DELETE FROM evaluations_import")

    monkeypatch.setattr(leases.StoreProgress, "note", stop)
    imports.store_import(upload=taken, now=NOW)
    assert not PromptSet.objects.exists()
    assert not Prompt.objects.exists()


def test_what_dropped_work_is_asked_for_again(monkeypatch):
    asked = []
    for name in ("check_import", "store_import"):
        monkeypatch.setattr(
            f"evaluations.tasks.importing.{name}.delay",
            lambda import_id, name=name: asked.append((name, import_id)),
        )
    waiting, dead, alive, storing = (receive(PROMPTS, slug=f"s{n}") for n in range(4))
    for one in (dead, alive):
        take_check(upload=one, total=1)
    silence(dead, seconds=61)
    imports.check_import(upload=storing)
    imports.request_import(upload=storing, now=NOW)
    silence(storing, seconds=61)
    Import.objects.update(created_at=timezone.now() - timedelta(minutes=1))
    sweep_imports()
    assert sorted(asked) == sorted(
        [("check_import", waiting.pk), ("check_import", dead.pk), ("store_import", storing.pk)]
    )


def test_broken_check_is_not_asked_for_again_and_again():
    taken = receive(PROMPTS)
    Import.objects.filter(pk=taken.pk).update(trouble="It broke.")
    assert imports.list_waiting(now=timezone.now()) == []


def test_failed_store_says_so_and_can_be_confirmed_again():
    taken = imports.check_import(upload=receive(PROMPTS))
    path = find_folder(token=taken.token) / "0"
    path.write_text("other")
    with pytest.raises(IngestError):
        imports.confirm_import(upload=taken, now=NOW)
    taken.refresh_from_db()
    assert taken.state == Import.State.CHECKED
    assert "no longer what was checked" in taken.trouble
    path.write_text(PROMPTS)
    assert imports.confirm_import(upload=taken, now=NOW).state == Import.State.IMPORTED


def test_unchecked_import_cannot_be_confirmed():
    with pytest.raises(IngestError, match="not checked yet"):
        imports.request_import(upload=receive(PROMPTS), now=NOW)


def test_old_files_go_and_new_ones_stay():
    old = imports.check_import(upload=receive(PROMPTS, slug="old"))
    new = imports.check_import(upload=receive(PROMPTS, slug="new"))
    unread = imports.check_import(upload=receive("a,b\n1,2\n", slug="unread"))
    assert unread.state == Import.State.REFUSED
    assert find_folder(token=unread.token).is_dir()
    imports.sweep_files(now=NOW + timedelta(days=2))
    assert not find_folder(token=unread.token).exists()
    assert find_folder(token=old.token).exists()
    Import.objects.filter(pk=new.pk).update(created_at=NOW + timedelta(days=5))
    imports.sweep_files(now=NOW + timedelta(days=31))
    old.refresh_from_db()
    assert (old.state, old.trouble[:15]) == (Import.State.REFUSED, "Nobody imported")
    assert not find_folder(token=old.token).exists()
    assert find_folder(token=new.token).exists()


def test_responses_are_added_to_a_version_and_nothing_else_changes():
    prompt_set = bring(PROMPTS, "prompt_id,model,response\np1,Alpha,Four.\n").prompt_set
    before = (prompt_set.content_hash, list(Prompt.objects.values_list("pk", "html")))
    done = bring(
        "prompt_id,model,response\np2,alpha,Un étang\np2,Gamma,Lune\n", slug="", prompt_set=prompt_set
    )
    assert (done.kind, done.prompt_set, done.target) == ("responses", prompt_set, "tasks")
    prompt_set.refresh_from_db()
    assert before == (prompt_set.content_hash, list(Prompt.objects.values_list("pk", "html")))
    assert LanguageModel.objects.count() == 2
    assert Response.objects.filter(prompt__key="p2").count() == 2
    assert PromptSet.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("prompt_id,model,response\np9,Alpha,x\n", "No prompt has this id."),
        ("prompt_id,model,response\np1,Alpha,x\n", "lready"),
        (PROMPTS, ""),
    ],
)
def test_responses_that_cannot_be_added(content, problem):
    prompt_set = bring(PROMPTS, "prompt_id,model,response\np1,Alpha,Four.\n").prompt_set
    taken = imports.check_import(upload=receive(content, slug="", prompt_set=prompt_set))
    assert taken.state == Import.State.REFUSED
    assert problem in taken.faults.filter(severity="error").first().problem


def test_models_of_an_opened_study_get_no_more_responses():
    study = make_study(names=("alpha", "beta"))
    Response.objects.none()
    prompt = Prompt.objects.create(
        prompt_set=study.prompt_set, key="late", messages=[{"role": "user", "content": "x"}], html="x"
    )
    text = f"prompt_id,model,response\n{prompt.key},Alpha,x\n{prompt.key},Newcomer,y\n"
    taken = imports.check_import(upload=receive(text, slug="", prompt_set=study.prompt_set))
    fault = taken.faults.get(severity="error")
    assert (fault.line, fault.says) == (2, "Alpha")
    assert "A study was opened with what this model had answered" in fault.problem
    fine = f"prompt_id,model,response\n{prompt.key},Newcomer,y\n"
    assert bring(fine, slug="", prompt_set=study.prompt_set).state == Import.State.IMPORTED


def test_same_responses_for_another_version_are_another_import():
    first = bring(PROMPTS).prompt_set
    second = bring(PROMPTS + "p3,And this?,,\n").prompt_set
    one = bring(RESPONSES, slug="", prompt_set=first)
    assert bring(RESPONSES, slug="", prompt_set=first).pk == one.pk
    assert bring(RESPONSES, slug="", prompt_set=second).pk != one.pk
    assert Response.objects.count() == 8


def test_votes_are_told_from_responses_by_their_columns():
    prompt_set = bring(PROMPTS, RESPONSES).prompt_set
    assert receive(VOTES, slug="votes", prompt_set=prompt_set).kind == Import.Kind.VOTES


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("work", ["check", "store"])
def test_files_that_a_discard_took_away_are_no_fault(monkeypatch, second_connection, work):
    taken = receive(PROMPTS)
    if work == "store":
        imports.check_import(upload=taken)
        imports.request_import(upload=taken, now=NOW)

    def lose(*_arguments, **_options):
        with second_connection.cursor() as cursor:
            cursor.execute("DELETE FROM evaluations_import")
        (find_folder(token=taken.token) / "0").unlink()
        (find_folder(token=taken.token) / "0").stat()

    module, name = (checks, "check_prompt_files") if work == "check" else (stores, "open_sheets")
    monkeypatch.setattr(module, name, lose)
    monkeypatch.setattr(checks, "_note_trouble", None)
    monkeypatch.setattr(stores, "_note_trouble", None)
    if work == "check":
        imports.check_import(upload=taken)
    else:
        imports.store_import(upload=taken, now=NOW)
    assert not PromptSet.objects.exists()


def test_files_that_are_gone_by_themselves_are_a_fault(monkeypatch):
    taken = imports.check_import(upload=receive(PROMPTS))
    monkeypatch.setattr(stores, "open_sheets", lambda **_options: open(taken.token))  # noqa: PTH123, SIM115
    with pytest.raises(FileNotFoundError):
        imports.confirm_import(upload=taken, now=NOW)
    assert "broke off" in Import.objects.get().trouble
