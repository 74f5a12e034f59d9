"""Answers that name their author wait for a decision; what is decided is what is stored."""

import hashlib

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command

from evaluations import findings, imports
from evaluations.errors import IngestError
from evaluations.ingest.found_responses import FoundResponse
from evaluations.models import AuditEvent, Finding, Response
from tests.factories import NOW, make_models
from tests.ingest.files import PROMPTS, upload

pytestmark = pytest.mark.django_db
TELLING = "As Quartz, made by Mineral Labs, I say four."
RESPONSES = f'prompt_id,model,response\np1,Quartz,"{TELLING}"\np1,Beta,Five\np2,Quartz,\np2,Beta,Five\np1,Gamma,Five\n'
MODELS = "id,name,maker\nQuartz,Quartz,Mineral Labs\nBeta,Beta,\nGamma,Gamma,\n"


@pytest.fixture
def checked():
    files = [upload(PROMPTS), upload(RESPONSES), upload(MODELS)]
    return imports.take_prompts(uploads=files, slug="tasks", now=NOW)


@pytest.fixture
def person():
    return get_user_model().objects.create_user("decider", is_staff=True)


def decide(checked, decision, user=None, **which):
    ids = Finding.objects.filter(upload=checked, **which).values_list("pk", flat=True)
    return findings.decide(finding_ids=ids, decision=decision, user=user, now=NOW)


def confirm(checked):
    return imports.confirm_import(upload=checked, now=NOW)


def find_text():
    return Response.objects.filter(model__name="Quartz", prompt__key="p1").first()


def test_check_keeps_what_a_person_should_look_at(checked):
    found = set(checked.findings.values_list("kind", "prompt_key", "model_name", "other_model"))
    assert ("self_identification", "p1", "Quartz", "") in found
    assert ("empty", "p2", "Quartz", "") in found
    assert ("identical", "p1", "Gamma", "Beta") in found
    named = checked.findings.filter(kind="self_identification").first()
    assert named.says in named.excerpt
    assert named.rule
    assert named.line == 2


def test_nothing_is_imported_before_the_decision(checked):
    assert findings.count_undecided(upload=checked) >= 1
    with pytest.raises(IngestError, match="wait"):
        confirm(checked)
    assert not Response.objects.exists()


def test_empty_and_identical_ones_need_no_decision(checked):
    decide(checked, "keep", kind="self_identification")
    assert confirm(checked).state == "imported"
    assert Response.objects.count() == 5
    assert find_text().text == TELLING
    assert find_text().original_digest == ""


def test_masked_answer_tells_nothing_and_says_what_it_was(checked):
    decide(checked, "mask", kind="self_identification")
    confirm(checked)
    kept = find_text()
    assert "Quartz" not in kept.text
    assert "Mineral" not in kept.text
    assert kept.original_digest == hashlib.sha256(TELLING.encode()).hexdigest()
    assert kept.digest == hashlib.sha256(kept.text.encode()).hexdigest()


def test_left_out_answer_is_not_stored_but_its_prompt_is(checked):
    decide(checked, "leave_out", kind="self_identification")
    assert findings.count_left_out(upload=checked) == 1
    done = confirm(checked)
    assert find_text() is None
    assert done.prompt_set.prompts.count() == 2
    assert Response.objects.count() == 4


def test_strongest_decision_about_an_answer_holds(checked):
    decide(checked, "keep", kind="self_identification")
    first = checked.findings.filter(kind="self_identification").first()
    Finding.objects.create(
        upload=checked,
        kind="identical",
        prompt_key=first.prompt_key,
        model_name=first.model_name,
        decision="leave_out",
        decided_at=NOW,
    )
    confirm(checked)
    assert find_text() is None


def test_decision_says_who_and_when_and_is_an_audit_event(checked, person):
    number = decide(checked, "mask", person, kind="self_identification")
    one = checked.findings.filter(kind="self_identification").first()
    assert (one.decided_by, one.decided_at) == (person, NOW)
    event = AuditEvent.objects.get(kind="findings_decided")
    assert (event.user_name, event.subject) == ("decider", f"import {checked.token}")
    assert event.details == {"decision": "mask", "findings": number}


def test_only_what_names_its_author_is_masked(checked):
    decide(checked, "mask")
    assert not checked.findings.filter(kind="empty").exclude(decision="").exists()
    assert findings.count_undecided(upload=checked) == 0


@pytest.mark.parametrize("decision", ["", "burn"])
def test_unknown_decision(checked, decision):
    with pytest.raises(IngestError):
        decide(checked, decision)


def test_nothing_is_decided_about_what_is_stored(checked):
    decide(checked, "keep", kind="self_identification")
    confirm(checked)
    with pytest.raises(IngestError, match="stored already"):
        decide(checked, "leave_out")


def test_decisions_survive_another_check(checked, person):
    decide(checked, "mask", person, kind="self_identification")
    again = imports.check_import(upload=imports.request_check(upload=checked))
    kept = set(again.findings.filter(kind="self_identification").values_list("decision", "decided_by"))
    assert kept == {("mask", person.pk)}
    assert findings.count_undecided(upload=again) == 0


def test_generated_answers_are_found_and_kept_too(checked):
    (model,) = make_models("quartz")
    assert findings.find_in_text(text="I am Quartz.", model=model)
    assert not findings.find_in_text(text="Four.", model=model)
    one = FoundResponse(kind="empty", file="", line=None, prompt_key="p1", model_name="Quartz")
    assert findings.record_findings(upload=checked, found=[one]) == 1


def test_command_prints_and_decides(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name, content in {"p.csv": PROMPTS, "r.csv": RESPONSES, "m.csv": MODELS}.items():
        (tmp_path / name).write_text(content)
    call_command("import_prompts", "p.csv", "r.csv", "m.csv", "--prompt-set", "tasks", "--named", "leave-out")
    printed = capsys.readouterr().out
    assert "names its author: r.csv:2 Quartz" in printed
    assert find_text() is None
