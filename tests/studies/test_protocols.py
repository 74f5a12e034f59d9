"""The protocol: the same study gives the same bytes, and nothing that changes what votes mean leaves the hash alone."""

import hashlib
import json

import pytest

from evaluations.canonical import encode_canonical, hash_canonical
from evaluations.models import KnownAnswer, LanguageModel, LedgerEntry, PromptSet, Response
from evaluations.studies import open_study
from evaluations.studies.drafts import ClaimPlan, choose_models, edit_draft, register_claims, write_texts
from evaluations.studies.protocols import describe_protocol, fetch_protocol
from tests.factories import NOW, make_models, make_prompt_set, make_study

pytestmark = pytest.mark.django_db

PRACTICE = {"prompt": "P", "left": "L", "right": "R", "better": "left", "explanation": "E"}
QUESTIONS = [{"question": "What counts?", "choices": ["Longer", "Better"], "correct": 1}]
GOLDEN = "60625c0574c7042042fe32f7094c7051ae1d3179bfe8943a3d7104ea99da39f4"


@pytest.fixture
def draft():
    models = make_models("alpha", "beta", "gamma")
    study = make_study(slug="letters", opened=False, prompts=2, check_rate=0.1)
    PromptSet.objects.filter(pk=study.prompt_set_id).update(slug="letters", content_hash="c0ffee")
    study.prompt_set.refresh_from_db()
    write_texts(study=study, texts={"consent": "I **agree**.", "instructions": ""}, now=NOW)
    claim = ClaimPlan(kind="superior", model=models[0], rival=models[1], margin=10.0, alpha=0.05)
    register_claims(study=study, claims=[claim], now=NOW)
    add_check(study)
    return study


def add_check(study, better="alpha", worse="gamma", salt="00" * 16):
    prompt = study.prompt_set.prompts.first()
    answers = {answer.model.slug: answer for answer in prompt.responses.select_related("model")}
    return KnownAnswer.objects.create(
        study=study, prompt=prompt, better=answers[better], worse=answers[worse], salt=salt
    )


def test_same_study_same_bytes(draft):
    assert hash_canonical(describe_protocol(study=draft)) == GOLDEN


def change(**values):
    return lambda study: edit_draft(study=study, changes=values)


def retire(study):
    study.entries.filter(model__slug="gamma").update(retired_at=NOW)


def drop_model(study):
    choose_models(study=study, models=LanguageModel.objects.exclude(slug="gamma"), now=NOW)


def license_model(study):
    LanguageModel.objects.filter(slug="alpha").update(licence="MIT")


def answer_more(study):
    (delta,) = make_models("delta")
    study.entries.create(model=delta, entered_at=NOW)


def remove_answer(study):
    KnownAnswer.objects.all().delete()
    Response.objects.filter(prompt__prompt_set=study.prompt_set, model__slug="beta").last().delete()


def change_prompt_set(study):
    other = make_prompt_set(models=make_models("alpha", "beta", "gamma"))
    edit_draft(study=study, changes={"prompt_set": other})


def claim_less(study):
    register_claims(study=study, claims=[], now=NOW)


def agree_otherwise(study):
    write_texts(study=study, texts={"consent": "I agree, on Sundays."}, now=NOW)


def instruct(study):
    write_texts(study=study, texts={"instructions": "Read *both*."}, now=NOW)


CHANGES = {
    "title": change(title="Other"),
    "description": change(description="Other"),
    "question": change(question="Which is kinder?"),
    "prompt set": change_prompt_set,
    "model leaves": drop_model,
    "model retires": retire,
    "model enters": answer_more,
    "facts of a model": license_model,
    "responses": remove_answer,
    "outcomes": change(outcomes=["left", "right"]),
    "reason tags": change(reason_tags=["clear"]),
    "reveal": change(reveal="after_vote"),
    "others' votes": change(shows_others=True),
    "withdrawal": change(withdrawal="remove"),
    "practice": change(practice={**PRACTICE}),
    "questions": change(comprehension={"salt": "00", "questions": QUESTIONS}),
    "sampling": change(sampling="adaptive"),
    "votes per item": change(sampling="designed", votes_per_item=3),
    "session length": change(session_length=7),
    "undo": change(undo_seconds=3),
    "repeats": change(repeat_rate=0.05),
    "check rate": change(check_rate=0.2),
    "known answers": lambda study: add_check(study, "alpha", "beta"),
    "instructions": instruct,
    "consent": agree_otherwise,
    "access": change(access="invitation"),
    "limits": change(limits={"one_side": 0.9}),
    "target": change(target_votes=7),
    "minimum": change(minimum_votes=7),
    "stopping": change(stopping={"votes": True}),
    "claims": claim_less,
    "source": change(source="Elsewhere"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_each_change_changes_the_hash(draft, name):
    CHANGES[name](draft)
    draft.refresh_from_db()

    assert hash_canonical(describe_protocol(study=draft)) != GOLDEN


def test_public_protocol_gives_no_check_away(draft):
    known = draft.known_answers.get()
    first = describe_protocol(study=draft)["checks"]["known_answers"]
    guess = [known.prompt.key, known.better.digest, known.worse.digest]
    KnownAnswer.objects.filter(pk=known.pk).update(salt="11" * 16)

    assert first == [hash_canonical(["00" * 16, *guess])]
    assert describe_protocol(study=draft)["checks"]["known_answers"] != first
    assert known.better.digest not in json.dumps(first)
    assert hash_canonical(guess) not in first


def test_public_protocol_gives_no_right_choice_away(draft):
    edit_draft(study=draft, changes={"comprehension": {"salt": "00" * 16, "questions": QUESTIONS}})
    draft.refresh_from_db()
    said = describe_protocol(study=draft)["comprehension"]
    draft.comprehension["questions"][0]["correct"] = 0
    guess = describe_protocol(study=draft)["comprehension"]

    assert (said["questions"], said["attempts"], len(said["digest"])) == (1, 2, 64)
    assert "Longer" not in json.dumps(describe_protocol(study=draft))
    assert hash_canonical(QUESTIONS) != said["digest"] != hash_canonical({"questions": QUESTIONS})
    assert guess["digest"] != said["digest"]


def test_salts_differ(draft):
    first, second = (
        KnownAnswer.objects.create(study=draft, prompt=known.prompt, better=known.worse, worse=known.better)
        if number
        else known
        for number, known in enumerate([draft.known_answers.get()] * 2)
    )

    assert len(second.salt) == 32
    assert first.salt != second.salt


def test_texts_are_named_by_version_and_digest(draft):
    texts = describe_protocol(study=draft)["texts"]

    assert texts["consent"] == {"version": 1, "sha256": hashlib.sha256(b"I **agree**.").hexdigest()}
    assert texts["instructions"] is None


def test_responses_are_digested_by_prompt_and_model(draft):
    rows = sorted(list(row) for row in Response.objects.values_list("prompt__key", "model__slug", "digest"))
    said = describe_protocol(study=draft)["responses"]

    assert said == {"count": 6, "digest": hashlib.sha256(encode_canonical(rows)).hexdigest()}


def test_what_was_opened_stays_readable(draft):
    study = open_study(study=draft, now=NOW)
    record = json.loads(LedgerEntry.objects.get(kind="study_opened").record)

    assert hash_canonical(fetch_protocol(study=study, number=0)) == study.protocol_hash
    assert record["protocol_hash"] == study.protocol_hash
    assert fetch_protocol(study=study, number=1) is None


def test_database_gives_back_the_bytes_that_were_hashed(draft):
    study = open_study(study=draft, now=NOW)
    study.refresh_from_db()

    assert hash_canonical(study.protocol) == study.protocol_hash
