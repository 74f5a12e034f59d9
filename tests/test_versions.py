"""What a new version changes is said before it is imported, and can be looked up between any two."""

import pytest

from evaluations import findings, imports
from evaluations.models import Finding, PromptSet
from evaluations.versions import LONGEST_BY_WORD, compare_versions, show_changes
from tests.factories import NOW
from tests.ingest.files import PROMPTS, RESPONSES, upload

pytestmark = pytest.mark.django_db
NEXT = 'id,prompt,category,language\np1,"What is 2 + 3?",count,en\np3,And this?,write,fr\n'
NEXT_RESPONSES = "prompt_id,model,response\np1,alpha,Five.\np1,Beta,5\np3,Gamma,Oui\n"


def take(*contents):
    return imports.take_prompts(uploads=[upload(text) for text in contents], slug="tasks", now=NOW)


def bring(*contents):
    return imports.confirm_import(upload=take(*contents), now=NOW).prompt_set


def test_first_version_differs_from_nothing():
    assert take(PROMPTS).difference == {}


def test_difference_is_there_before_the_import():
    bring(PROMPTS, RESPONSES)
    difference = take(NEXT, NEXT_RESPONSES).difference
    assert difference["against"] == 1
    assert difference["counts"] == {
        "added": 1,
        "removed": 1,
        "changed": 1,
        "category": 1,
        "language": 0,
        "unchanged": 0,
    }
    assert (difference["added"], difference["removed"]) == (["p3"], ["p2"])
    assert difference["category"] == [{"key": "p1", "from": "reason", "to": "count"}]
    (change,) = difference["changed"]
    assert change == {
        "key": "p1",
        "parts": [["same", "What is 2 + "], ["removed", "2"], ["added", "3"], ["same", "?"]],
    }
    # “alpha” is the short name of Alpha: the same model.
    assert difference["responses"] == [
        {"model": "Alpha", "added": 0, "changed": 1, "removed": 1, "unchanged": 0},
        {"model": "Beta", "added": 0, "changed": 0, "removed": 1, "unchanged": 1},
        {"model": "Gamma", "added": 1, "changed": 0, "removed": 0, "unchanged": 0},
    ]
    assert PromptSet.objects.count() == 1


def test_stored_versions_compare_as_the_upload_did():
    old = bring(PROMPTS, RESPONSES)
    said = take(NEXT, NEXT_RESPONSES)
    new = imports.confirm_import(upload=said, now=NOW).prompt_set
    assert compare_versions(old=old, new=new) == said.difference


def test_masked_answer_uploaded_again_is_no_change():
    telling = 'prompt_id,model,response\np1,Quartz,"I am Quartz, a language model."\n'
    first = take(PROMPTS, telling)
    ids = Finding.objects.values_list("pk", flat=True)
    findings.decide(finding_ids=ids, decision="mask", user=None, now=NOW)
    imports.confirm_import(upload=first, now=NOW)
    assert take(PROMPTS + "p3,New,,\n", telling).difference["responses"] == []


def test_long_texts_are_compared_by_line():
    line = "word " * 20 + "\n"
    old = line * (LONGEST_BY_WORD // len(line) + 1)
    assert show_changes(old, old + "one more\n")[-1] == ["added", "one more\n"]


def test_what_stays_is_shortened():
    same = "x" * 500
    parts = show_changes(same + " a", same + " b")
    assert len(parts[0][1]) < 200
    assert parts[1:] == [["removed", "a"], ["added", "b"]]
