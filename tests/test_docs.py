"""The commands in the documents are run, and the files they link to are there."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from django.core.management import call_command, get_commands

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
DATA = Path(os.environ.get("ARENA_DATA") or ROOT.parent / "shared" / "data") / "llmfao"


def list_commands(document):
    blocks = re.findall(r"^```[a-z]*\n(.*?)^```", document.read_text(), flags=re.S | re.M)
    return [line.strip() for block in blocks for line in block.splitlines() if line.strip()]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(document):
    for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text()):
        assert (document.parent / target).exists(), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_targets_and_commands_exist(document):
    text = document.read_text()
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"`(?:[A-Z_]+=\S+ )*make ([a-z-]+)", text):
        assert re.search(rf"^{target}:", makefile, flags=re.M), target
    for name in re.findall(r"manage\.py ([a-z_]+)", text):
        assert name in get_commands(), name


def test_make_knows_the_readme_s_targets():
    for line in list_commands(ROOT / "README.md"):
        if line.startswith("make "):
            subprocess.run(
                ["make", "--dry-run", *shlex.split(line)[1:]], cwd=ROOT, check=True, capture_output=True
            )


def test_the_method_s_example_runs_as_written():
    blocks = re.findall(r"^```python\n(.*?)^```", (ROOT / "docs/ranking.md").read_text(), flags=re.S | re.M)
    assert blocks
    for block in blocks:
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", block], cwd=ROOT, check=True, capture_output=True, text=True
        )
        assert len(done.stdout.splitlines()) >= 7


def test_the_method_names_functions_that_are_there():
    headings = re.findall(r"^##.* · (.*)$", (ROOT / "docs/ranking.md").read_text(), flags=re.M)
    named = [name for heading in headings for name in re.findall(r"`([a-z_.A-Z]+)`", heading)]
    assert len(named) > 30
    module = ""
    for name in named:
        parts = name.split(".")
        owners = parts[:-1] if len(parts) > 1 else module.split(".")
        module = ".".join(owners)
        while owners and owners[-1][0].isupper():  # a method, of a class
            parts, owners = [owners[-1], parts[-1]], owners[:-1]
        found = import_module(f"evaluations.ranking.{'.'.join(owners)}")
        for part in parts[-1:] if parts[0][0].islower() else parts:
            found = getattr(found, part)


@pytest.mark.django_db
def test_the_readme_s_example_runs_as_written(tmp_path, monkeypatch, client):
    if not DATA.is_dir():
        pytest.skip(f"the LLMFAO data are not at {DATA}; set ARENA_DATA to the folder that holds llmfao/")
    for file in DATA.iterdir():
        shutil.copy(file, tmp_path)
    monkeypatch.chdir(tmp_path)
    lines = [line for line in list_commands(ROOT / "README.md") if "llmfao" in line or " rank " in line]
    assert len(lines) == 4
    for line in lines:
        words = shlex.split(line)
        if words[0] == "curl":
            board = client.get(re.sub(r"^https?://[^/]+", "", words[1])).json()
        else:
            call_command(*words[2:])

    assert len(board["ranking"]) == 59
    assert board["ranking"][0]["model"] == "GPT 4"
    assert len(board["unplaced"]) == 11
    assert board["votes"] | {"ties": 0} == {
        **{"received": 8931, "counted": 8931, "recorded": 8931, "shown": 0, "simulated": 0},
        **{"ties": 0, "both_bad": 0, "raters": 124, "prompts": 13},
    }
