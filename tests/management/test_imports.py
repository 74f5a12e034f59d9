"""`import_prompts` and `import_votes`, as typed: what they print, what they leave, how they end."""

import os
import time
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from evaluations.leaderboards import fetch_board
from evaluations.models import (
    Import,
    LanguageModel,
    LedgerEntry,
    Prompt,
    PromptSet,
    Rater,
    Response,
    Study,
    Vote,
)
from tests.ingest.files import MODELS, PROMPTS, RESPONSES, VOTES

pytestmark = pytest.mark.django_db
LLMFAO = Path(os.environ.get("ARENA_DATA") or Path(__file__).parents[3] / "shared" / "data") / "llmfao"
needs_llmfao = pytest.mark.skipif(
    not LLMFAO.is_dir(),
    reason=f"the LLMFAO data set is not at {LLMFAO}; set ARENA_DATA to the folder that holds it",
)


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    contents = {"prompts.csv": PROMPTS, "responses.csv": RESPONSES, "models.csv": MODELS, "votes.csv": VOTES}
    for name, content in contents.items():
        (tmp_path / name).write_text(content)
    return tmp_path


def run(command, *arguments):
    out = StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue()


def import_prompts(*arguments):
    return run("import_prompts", *arguments, "--prompt-set", "tasks")


def import_votes(*arguments):
    return run("import_votes", *arguments, "--study", "study", "--prompt-set", "tasks")


def test_prompts_responses_and_models(files):
    printed = import_prompts("responses.csv", "models.csv", "prompts.csv", "--title", "Everyday tasks")
    assert "Imported as Everyday tasks (version 1): 2 prompts, 4 responses, 2 models." in printed
    assert "warning responses.csv:5 response — The response is empty." in printed
    assert PromptSet.objects.get().title == "Everyday tasks"


def test_second_time_there_is_nothing_to_do(files):
    import_prompts("prompts.csv")
    assert "Already imported as tasks (version 1): nothing to do." in import_prompts("prompts.csv")
    assert PromptSet.objects.count() == 1


def test_check_only_checks(files):
    printed = import_prompts("prompts.csv", "responses.csv", "--check")
    assert "Checked: 2 prompts, 4 responses, 2 models. Nothing was imported." in printed
    assert not PromptSet.objects.exists()
    assert not Import.objects.exists()


def test_each_fault_is_on_a_line_and_the_command_fails(files, capsys):
    (files / "bad.csv").write_text("id,prompt,language\np1,Why?,french\np1,How?,\n")
    out = StringIO()
    with pytest.raises(CommandError, match=r"2 errors\. Nothing was imported\.") as failed:
        call_command("import_prompts", "bad.csv", "--prompt-set", "tasks", stdout=out)
    assert failed.value.returncode == 1
    first, second = out.getvalue().splitlines()
    assert first == "error bad.csv:2 language — “french” — Expected a language code. — Use fr."
    assert second.startswith(
        "error bad.csv:3 id — “p1” — The same id is on line 2 of bad.csv. — Give this row"
    )
    assert Import.objects.get().state == Import.State.REFUSED
    assert not Prompt.objects.exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "This file is empty."),
        (b"id,prompt\na,caf\xe9\n", "byte 15 (0xe9) starts no character."),
        (b'id,prompt\na,"b\n', "A quotation mark that opens in this row is never closed."),
        (b"id,prompt\na,b,c\n", "This row has 3 fields; the header has 2."),
        (b'{"id": "a", "prompt": "b"}\n{"id": \n', "This is not JSON"),
        (b'{"id": "a", "prompt": "b"}\n[]\n', "This is JSON, but not an object."),
        (b"id,promt\na,b\n", "“prompt” is the nearest."),
        (b"id,category\na,b\n", "The column is missing."),
        (b"id,prompt,id\na,b,c\n", "Two columns have this name."),
        (b"id,prompt\na,b\x00c\n", "The text holds a NUL character."),
        (b"id,prompt\na," + b"x" * 1_000_001 + b"\n", "This line is longer than 1 MB."),
    ],
)
def test_bad_files_end_in_a_sentence(files, content, sentence):
    (files / "bad").write_bytes(content)
    out = StringIO()
    with pytest.raises(CommandError, match="Nothing was imported"):
        call_command("import_prompts", "bad", "--prompt-set", "tasks", stdout=out)
    assert sentence in out.getvalue()
    assert not PromptSet.objects.exists()


def test_file_over_the_limit_is_refused(files):
    with (files / "large.csv").open("wb") as handle:
        handle.truncate(501 * 1_048_576)
    out = StringIO()
    with pytest.raises(CommandError, match="1 error"):
        call_command("import_prompts", "large.csv", "--prompt-set", "tasks", stdout=out)
    assert "This file is larger than 500 MB." in out.getvalue()


def test_file_that_is_not_there(files):
    with pytest.raises(CommandError, match=r"none\.csv can't be read"):
        import_prompts("none.csv")


def test_bad_short_name(files):
    with pytest.raises(CommandError, match="letters, digits"):
        run("import_prompts", "prompts.csv", "--prompt-set", "a b")


def test_votes_are_ranked_at_once(files):
    import_prompts("prompts.csv", "responses.csv")
    printed = import_votes("votes.csv", "--title", "Recorded", "--source", "a file")
    assert "Imported into the study “Recorded”: 3 votes by 2 raters." in printed
    assert "3 votes sealed. The ranking is at /leaderboards/study/" in printed
    assert fetch_board(slug="study").votes["counted"] == 3
    assert Study.objects.get().source == "a file"


def test_votes_again_do_nothing(files):
    import_prompts("prompts.csv", "responses.csv")
    import_votes("votes.csv")
    assert "nothing to do" in import_votes("votes.csv")
    assert Vote.objects.count() == 3


def test_votes_only_checked(files):
    import_prompts("prompts.csv", "responses.csv")
    assert "Checked: 3 votes by 2 raters. Nothing was imported." in import_votes("votes.csv", "--check")
    assert not Study.objects.exists()


def test_bad_votes_fail(files):
    import_prompts("prompts.csv", "responses.csv")
    (files / "votes.csv").write_text(VOTES.replace("tie", "draw"))
    with pytest.raises(CommandError, match="1 error"):
        import_votes("votes.csv")
    assert not Study.objects.exists()


def test_votes_without_their_prompts(files):
    with pytest.raises(CommandError, match="no prompt set “tasks”"):
        import_votes("votes.csv")


@needs_llmfao
def test_llmfao_as_it_is():
    names = [str(LLMFAO / f"{name}.jsonl") for name in ("prompts", "models", "results")]
    run("import_prompts", *names, "--prompt-set", "llmfao", "--title", "LLMFAO")
    assert (Prompt.objects.count(), LanguageModel.objects.count(), Response.objects.count()) == (
        19,
        70,
        1_133,
    )
    assert Prompt.objects.get(key="8").category == "reflexion"
    assert Prompt.objects.get(key="8").metadata == {"slug": "k8s"}
    assert LanguageModel.objects.get(name="GPT 4").maker == "OpenAI"

    # Processor time: what else runs on the machine is not the import's doing.
    started = time.process_time()
    printed = run(
        "import_votes", str(LLMFAO / "crowd-comparisons.csv"), "--study", "llmfao", "--prompt-set", "llmfao"
    )
    assert "8,931 votes by 124 raters" in printed
    assert time.process_time() - started < 8
    assert (Vote.objects.count(), Rater.objects.count()) == (8_931, 124)
    assert LedgerEntry.objects.filter(kind="vote").count() == 8_931

    board = fetch_board(slug="llmfao")
    assert board.votes["counted"] == board.votes["recorded"] == 8_931
    assert board.votes["raters"] == 124
    assert len(board.rows) + len(board.unplaced) == 70
    assert board.rows[0].model.name in {"GPT 4", "Claude v2", "Claude v1", "GPT 3.5 Turbo", "Claude v1.2"}
