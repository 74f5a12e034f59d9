"""What is installed for `arena verify`: neither Django nor a database, and just what it imports."""

import ast
import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

from arena.embedded.environment import write_launcher
from evaluations.publishing.bundles import MANIFEST
from evaluations.publishing.command import main
from evaluations.publishing.readmes import PACKAGES
from tests.publishing.vote_samples import (
    GOLDEN,
    read_files,
)

ROOT = Path(__file__).resolve().parents[2]
HOOK = """
import sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"django", "psycopg", "celery", "rest_framework", "arena"}:
            raise ImportError("refused: " + name)
sys.meta_path.insert(0, Refuse())
from evaluations.publishing.command import main
sys.exit(main(sys.argv[1:]))
"""


def test_it_runs_without_django_and_without_a_database(tmp_path):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", HOOK, "verify", str(GOLDEN)],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("Every figure is the same, byte for byte.\n")


def test_the_launcher_of_the_environment_runs_it_from_anywhere(tmp_path):
    python = tmp_path / "a folder's bin" / "python"
    python.parent.mkdir()
    python.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n')
    python.chmod(0o755)
    write_launcher(python=python)
    # Whoever made the bundle may have packed more than a bundle: nothing beside it is ever imported.
    (tmp_path / "re.py").write_text("raise SystemExit('imported')")
    done = subprocess.run(
        [python.with_name("arena"), "verify", "nowhere.zip"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
    )

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "nowhere.zip cannot be read: No such file or directory.\n"


def follow_imports():
    """Modules of ours that the command imports, and packages that they do."""
    ours, others, waiting = (
        set(),
        set(),
        ["evaluations.publishing.command", "evaluations.publishing.__main__"],
    )
    while waiting:
        module = waiting.pop()
        path = ROOT.joinpath(*module.split("."))
        path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        if module in ours or not path.exists():
            continue
        ours.add(module)
        waiting.append(module.rpartition(".")[0])
        for node in ast.walk(ast.parse(path.read_text())):
            named = [alias.name for alias in getattr(node, "names", [])]
            if isinstance(node, ast.ImportFrom):
                named = [node.module, *(f"{node.module}.{name}" for name in named)]
            elif not isinstance(node, ast.Import):
                continue
            waiting += [name for name in named if name.startswith("evaluations")]
            others |= {name.partition(".")[0] for name in named if not name.startswith("evaluations")}
    return ours, others - sys.stdlib_module_names


def test_what_is_installed_is_what_the_command_imports():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages, modules = (project["tool"]["setuptools"][name] for name in ("packages", "py-modules"))
    ours, others = follow_imports()
    rooms = {
        module if ROOT.joinpath(*module.split(".")).is_dir() else module.rpartition(".")[0] for module in ours
    }

    assert project["project"]["scripts"]["arena"] == "evaluations.publishing.command:main"
    assert rooms - {"evaluations"} == set(packages)
    assert {module for module in ours if module.count(".") == 1} - set(packages) == {*modules} - {
        "evaluations.__init__"
    }
    assert {name.replace("-", "_").removesuffix("_py") for name in PACKAGES} == others


def test_the_document_s_commands_are_those_that_there_are(capsys, tmp_path, monkeypatch):
    text = (ROOT / "docs/verify.md").read_text()
    blocks = re.findall(r"^```\n(.*?)^```", text, flags=re.S | re.M)
    commands = [shlex.split(line) for block in blocks for line in block.splitlines() if "verify " in line]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bundle.zip").write_bytes(GOLDEN.read_bytes())
    digest = json.loads(read_files(GOLDEN)[MANIFEST])["snapshot"]

    assert f"pip install {' '.join(PACKAGES)}" in text
    assert len(commands) >= 3
    for words in commands:
        arguments = [word.replace("DIGEST", digest) for word in words[words.index("verify") :]]
        if not any(word.startswith("http") for word in arguments):
            assert main(arguments) == 0, words
