"""Checked files to rows: everything or nothing, and the same files once."""

import hashlib
import json

import pytest
from django.conf import settings
from django.db import connection
from django.utils import translation

from evaluations import imports
from evaluations.errors import IngestError
from evaluations.imports import checks, recorders
from evaluations.ingest.faults import Fault
from evaluations.ingest.kept_files import find_folder
from evaluations.ingest.language_models import choose_slug
from evaluations.models import Import, ImportFault, LanguageModel, Prompt, PromptSet, Response
from evaluations.rendered import ensure_rendered
from tests.factories import NOW
from tests.ingest.files import MODELS, PROMPTS, RESPONSES, upload

pytestmark = pytest.mark.django_db
BAD = PROMPTS + "p1,Again,,french\n"


def take(*contents, slug="tasks", title="Tasks"):
    files = [upload(content, f"file{number}.csv") for number, content in enumerate(contents)]
    return imports.take_prompts(uploads=files, slug=slug, title=title, now=NOW)


def bring(*contents, **names):
    return imports.confirm_import(upload=take(*contents, **names), now=NOW)


def count_rows():
    return {model: model.objects.count() for model in (PromptSet, Prompt, Response, LanguageModel)}


def test_checked_files_make_nothing_before_they_are_confirmed():
    taken = take(PROMPTS, RESPONSES, MODELS)
    assert taken.state == Import.State.CHECKED
    assert not any(count_rows().values())
    assert find_folder(token=taken.token).is_dir()


def test_confirmed_files_make_a_prompt_set():
    done = bring(RESPONSES, MODELS, PROMPTS)
    assert done.state == Import.State.IMPORTED
    assert done.prompt_set.version == 1
    assert [prompt.key for prompt in done.prompt_set.prompts.all()] == ["p1", "p2"]
    prompt = Prompt.objects.get(key="p1")
    assert prompt.messages == [{"role": "user", "content": "What is 2 + 2?"}]
    assert (prompt.category, prompt.language) == ("reason", "en")
    assert prompt.html.endswith("--><p>What is 2 + 2?</p>\n")
    response = Response.objects.get(prompt=prompt, model__name="Alpha")
    assert response.digest == hashlib.sha256(b"Four.").hexdigest()
    assert response.html == ""
    assert set(LanguageModel.objects.values_list("slug", "name", "maker")) == {
        ("a", "Alpha", "Ant"),
        ("b", "Beta", "Bee"),
    }
    assert not find_folder(token=done.token).exists()


def test_content_hash_can_be_made_again_from_the_rows():
    done = bring(PROMPTS, RESPONSES)
    lines = [
        json.dumps(
            {
                "category": prompt.category,
                "key": prompt.key,
                "language": prompt.language,
                "messages": [{"content": m["content"], "role": m["role"]} for m in prompt.messages],
                "metadata": prompt.metadata,
            },
            separators=(",", ":"),
            ensure_ascii=False,
        )
        for prompt in Prompt.objects.order_by("pk")
    ]
    lines += [
        f'{{"digest":"{response.digest}","model":"{response.model.slug}","prompt":"{response.prompt.key}"}}'
        for response in Response.objects.order_by("pk")
    ]
    expected = hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()
    assert done.prompt_set.content_hash == expected


def test_bad_file_leaves_the_record_and_its_faults_only():
    taken = take(BAD, RESPONSES)
    assert taken.state == Import.State.REFUSED
    assert not any(count_rows().values())
    assert [(fault.line, fault.column) for fault in taken.faults.filter(severity="error")] == [
        (4, "language"),
        (4, "id"),
    ]
    assert taken.counts["errors"] == 2
    assert not find_folder(token=taken.token).exists()


def test_refused_import_cannot_be_confirmed():
    taken = take(BAD)
    with pytest.raises(IngestError, match="has errors"):
        imports.confirm_import(upload=taken, now=NOW)
    assert not any(count_rows().values())


def test_nothing_is_stored_when_the_last_row_fails():
    taken = take(PROMPTS, RESPONSES, MODELS)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE evaluations_response ADD CONSTRAINT broken CHECK (text <> '')")
    with pytest.raises(Exception, match="broken"):
        imports.confirm_import(upload=taken, now=NOW)
    assert not any(count_rows().values())
    taken.refresh_from_db()
    assert taken.state == Import.State.CHECKED
    # Nothing is lost either: once the cause is gone, the same import goes through.
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE evaluations_response DROP CONSTRAINT broken")
    assert imports.confirm_import(upload=taken, now=NOW).state == Import.State.IMPORTED


def test_nothing_is_stored_when_the_record_of_it_fails():
    taken = take(PROMPTS, RESPONSES)
    with connection.cursor() as cursor:
        # Deferred foreign keys are checked now: PostgreSQL alters no table with checks to come.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        # The row of the import waits for its deferred keys, and a table is not altered meanwhile.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE evaluations_import ADD CONSTRAINT broken CHECK (state <> 'imported')")
    with pytest.raises(Exception, match="broken"):
        imports.confirm_import(upload=taken, now=NOW)
    assert not any(count_rows().values())


def test_no_fault_is_kept_of_a_check_that_broke(monkeypatch):
    def fail(*, report, **_arguments):
        for _ in range(recorders.BATCH + 1):
            report(Fault(message="prompt_missing", file="file.csv", line=2))
        raise OSError("the disk is gone")

    monkeypatch.setattr(checks, "check_prompt_files", fail)
    with pytest.raises(OSError, match="gone"):
        take(BAD)
    broken = Import.objects.get()
    assert broken.state == Import.State.RECEIVED
    assert broken.trouble.startswith("The check broke off.")
    assert find_folder(token=broken.token).is_dir()
    assert not ImportFault.objects.exists()


def test_llmfao_shape():
    prompts = '{"id": 8, "text": "Why?", "type": "code", "slug": "k8s", "stop": null, "note": "Because."}\n'
    models = (
        '{"id": 97, "api_id": "a/b", "name": "Airoboros L2 70B", "api": "x", "type": "chat", "org": "Jon"}\n'
    )
    results = (
        '{"id": 0, "model": 97, "result": "So.", "duration": 1.5, "rate": 2.0, "prompt": 8, "slug": "k8s"}\n'
    )
    files = [upload(content, "file.jsonl") for content in (results, models, prompts)]
    taken = imports.take_prompts(uploads=files, slug="tasks", title="", now=NOW)
    done = imports.confirm_import(upload=taken, now=NOW)
    prompt = done.prompt_set.prompts.get()
    assert (prompt.key, prompt.category) == ("8", "code")
    assert prompt.metadata == {"slug": "k8s", "note": "Because."}
    model = prompt.responses.get().model
    assert (model.slug, model.maker) == ("airoboros-l2-70b", "Jon")
    assert done.counts["model_ids"] == {"97": "airoboros-l2-70b", "Airoboros L2 70B": "airoboros-l2-70b"}


def test_same_files_for_the_same_name_do_nothing():
    first = bring(PROMPTS, RESPONSES)
    rows = count_rows()
    again = take(RESPONSES, PROMPTS)
    assert again == first
    assert count_rows() == rows
    assert Import.objects.count() == 1


def test_two_uploads_of_the_same_files_are_imported_once():
    first, second = take(PROMPTS), take(PROMPTS)
    assert first != second
    done = imports.confirm_import(upload=first, now=NOW)
    assert imports.confirm_import(upload=second, now=NOW) == done
    assert imports.confirm_import(upload=first, now=NOW) == done
    assert PromptSet.objects.count() == 1


def test_same_files_for_another_name_make_another_set():
    bring(PROMPTS, RESPONSES)
    bring(PROMPTS, RESPONSES, slug="others")
    assert PromptSet.objects.count() == 2
    assert LanguageModel.objects.count() == 2


def test_changed_file_makes_the_next_version():
    bring(PROMPTS)
    done = bring(PROMPTS + "p3,And this?,,\n")
    assert done.prompt_set.version == 2
    assert Prompt.objects.count() == 5


def test_file_changed_after_its_check_is_not_imported():
    taken = take(PROMPTS)
    path = find_folder(token=taken.token) / "0"
    path.write_text(PROMPTS.replace("haïku", "sonnet"))
    with pytest.raises(IngestError, match="no longer what was checked"):
        imports.confirm_import(upload=taken, now=NOW)
    path.unlink()
    with pytest.raises(IngestError, match="no longer what was checked"):
        imports.confirm_import(upload=taken, now=NOW)
    assert not any(count_rows().values())


def test_known_model_stays_as_it_is():
    LanguageModel.objects.create(slug="alpha-one", name="Alpha", maker="Ours", created_at=NOW)
    bring(PROMPTS, RESPONSES, MODELS)
    assert set(LanguageModel.objects.values_list("slug", "maker")) == {("alpha-one", "Ours"), ("b", "Bee")}


def test_model_may_be_named_by_its_slug_without_a_file_of_models():
    LanguageModel.objects.create(slug="alpha", name="Alpha One", created_at=NOW)
    bring(PROMPTS, "prompt_id,model,response\np1,alpha,x\np1,Beta,y\n")
    assert set(LanguageModel.objects.values_list("slug", flat=True)) == {"alpha", "beta"}


def test_long_form():
    bring("id,prompt,model,response\na,Why?,Alpha,Because.\na,,Beta,So.\nb,How?,Alpha,Thus.\n")
    assert set(Response.objects.values_list("prompt__key", "model__name", "text")) == {
        ("a", "Alpha", "Because."),
        ("a", "Beta", "So."),
        ("b", "Alpha", "Thus."),
    }


def test_text_is_stored_to_the_letter():
    text = "  líne\twith  spaces \n\n```\ncode\n```\n\u200b😀 "
    quoted = text.replace('"', '""')
    bring(PROMPTS, f'prompt_id,model,response\np1,Alpha,"{quoted}"\n')
    assert Response.objects.get().text == text


def test_model_text_becomes_safe_html():
    bring(PROMPTS, 'prompt_id,model,response\np1,Alpha,"<script>alert(1)</script>"\n')
    ensure_rendered(Response.objects.get())
    assert "&lt;script&gt;" in Response.objects.get().html


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "..\\..\\windows\\x.csv", "a/b/c.csv", "x\x00y.csv", "é" * 500]
)
def test_name_of_a_file_is_never_a_path(name):
    taken = imports.take_prompts(uploads=[upload(PROMPTS, name)], slug="tasks", title="", now=NOW)
    assert taken.state == Import.State.CHECKED
    shown = taken.files[0]["name"]
    assert "/" not in shown
    assert "\\" not in shown
    assert len(shown) <= 120
    media = settings.MEDIA_ROOT
    assert [path.name for path in media.rglob("*") if path.is_file()] == ["0"]


@pytest.mark.parametrize("slug", ["", "a b", "é", "a/b", "x" * 81])
def test_bad_short_name(slug):
    with pytest.raises(IngestError):
        take(PROMPTS, slug=slug)
    assert not Import.objects.exists()


def test_no_file_and_too_many():
    with pytest.raises(IngestError, match="No file"):
        take()
    with pytest.raises(IngestError, match="at most"):
        take(*[PROMPTS] * 21)


def test_faults_are_kept_for_every_row():
    taken = take("id,prompt,language\n" + "".join(f"p{n},Why?,french\n" for n in range(2_500)))
    assert ImportFault.objects.filter(upload=taken).count() == taken.counts["errors"] == 2_500


def test_faults_speak_the_language_of_the_importer():
    with translation.override("fr"):
        taken = take(BAD)
    template = "The same id is on line %(line)s of %(file)s."
    with translation.override("fr"):
        expected = translation.gettext(template) % {"line": 2, "file": "file0.csv"}
    assert taken.faults.get(column="id").problem == expected


def test_discarded_import_leaves_nothing():
    taken = take(PROMPTS)
    imports.discard_import(upload=taken)
    assert not Import.objects.exists()
    assert not any(settings.MEDIA_ROOT.rglob("0"))


def test_imported_stays_on_the_record():
    done = bring(PROMPTS)
    with pytest.raises(IngestError):
        imports.discard_import(upload=done)


@pytest.mark.parametrize(
    ("name", "key", "taken", "slug"),
    [
        ("Boreal 2", "boreal-2", [], "boreal-2"),
        ("GPT 4", "97", [], "gpt-4"),
        ("GPT 4", "GPT_4!", [], "gpt-4"),
        ("GPT 4", "", ["gpt-4", "gpt-4-2"], "gpt-4-3"),
        ("x" * 120, "", [], "x" * 72),
    ],
)
def test_slugs_of_models(name, key, taken, slug):
    assert choose_slug(name=name, key=key, taken=taken) == slug


def test_slug_of_a_name_in_another_alphabet():
    slug = choose_slug(name="模型", key="1", taken=[])
    assert slug.startswith("model-")
    assert slug != choose_slug(name="另一个", key="1", taken=[])
