"""`arena verify` as people run it: what it prints, how it ends, and that it needs neither Django nor a database."""

import ast
import json
import os
import re
import shlex
import subprocess
import sys
import threading
import tomllib
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from arena.embedded.environment import write_launcher
from evaluations.canonical import encode_canonical
from evaluations.publishing import downloads
from evaluations.publishing.bundles import MANIFEST, MEMBERS
from evaluations.publishing.command import main
from evaluations.publishing.readmes import PACKAGES
from tests.publishing.vote_samples import (
    CLAIMS,
    GOLDEN,
    draw_counted,
    forge,
    make_bundle,
    read_files,
    write_files,
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


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    votes = draw_counted(votes=80, categories=("code",))
    return make_bundle(tmp_path_factory.mktemp("bundle") / "b.zip", votes, claims=CLAIMS[:1])


def run(capsys, *arguments):
    code = main(["verify", *map(str, arguments)])
    return code, *capsys.readouterr()


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


def test_it_runs_as_a_module():
    done = subprocess.run(
        [sys.executable, "-m", "evaluations.publishing", "verify", "nowhere.zip"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "nowhere.zip cannot be read: No such file or directory.\n"


def test_the_launcher_of_the_environment_runs_it_from_anywhere(tmp_path):
    python = tmp_path / "a folder's bin" / "python"
    python.parent.mkdir()
    python.symlink_to(sys.executable)
    write_launcher(python=python)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [python.with_name("arena"), "verify", "--help"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0 or "No module named 'numpy'" in done.stderr
    assert "usage: arena verify" in done.stdout or "evaluations/publishing" in done.stderr


def test_it_says_what_was_computed_and_what_was_not(capsys, path):
    code, out, err = run(capsys, path)

    assert code == 0
    assert re.search(r"^Snapshot [0-9a-f]{64}$", out, flags=re.M)
    assert "Computed again: 80 votes, " in out
    assert "Taken from the snapshot, and not computed:" in out
    assert "how many votes were received" in out
    assert err.startswith("Reading 80 votes …\nComputing ")
    assert run(capsys, "--quiet", path)[2] == ""


def test_as_json(capsys, path):
    code, out, _err = run(capsys, "--json", path)
    said = json.loads(out)

    assert (code, said["verdict"], said["differences"]) == (0, "same", [])
    assert said["computed"]["votes"] == 80


def forge_score(path, tmp_path, **changes):
    files = read_files(path)
    document = json.loads(files["snapshot.json"]) | changes
    document["ranking"][0]["score"] = 2_000
    return forge(tmp_path / "forged.zip", {**files, "snapshot.json": encode_canonical(document)})


def test_a_difference_ends_it_with_1(capsys, path, tmp_path):
    forged = forge_score(path, tmp_path)
    code, out, _err = run(capsys, forged)
    said = json.loads(run(capsys, "--json", forged)[1])

    assert code == 1
    assert "DIFFERS  ranking[0].score: the snapshot says 2000, the votes give " in out
    assert out.endswith("NOT the same: 1 difference.\n")
    assert said["differences"][0]["path"] == "ranking[0].score"
    assert said["differences"][0]["said"] == 2_000


def test_another_version_ends_it_with_3(capsys, path, tmp_path):
    code, out, _err = run(capsys, forge_score(path, tmp_path, code_version="arena-99"))

    assert code == 3
    assert out.endswith(": 1 difference.\n")
    assert "made by the code arena-99" in out


def test_names_bring_nothing_to_the_terminal(capsys, path, tmp_path):
    _code, out, _err = run(capsys, forge_score(path, tmp_path, leaderboard="\x1b[2Jgone"))

    assert "\x1b" not in out
    assert "\\x1b[2Jgone" in out


def test_a_digest_is_checked_before_anything_is_read(capsys, path):
    with pytest.raises(SystemExit) as ended:
        main(["verify", str(path), "--snapshot", "12"])

    assert ended.value.code == 2
    assert "a digest is 16 to 64 digits" in capsys.readouterr().err


def deepen(_files):
    return b'{"models":' + b"[" * 100_000 + b"]" * 100_000 + b"}"


HOSTILE = {
    "no JSON": ("snapshot.json", lambda files: b"{"),
    "no object": ("snapshot.json", lambda files: b"[]"),
    "NaN": ("snapshot.json", lambda files: files["snapshot.json"].replace(b'"fewest":50', b'"fewest":NaN')),
    "a number too large": ("snapshot.json", lambda files: b'{"ledger_size":' + b"9" * 5_000 + b"}"),
    "infinity": ("snapshot.json", lambda files: b'{"ledger_size":1e999}'),
    "too deep": ("snapshot.json", deepen),
    "not canonical": ("snapshot.json", lambda files: files["snapshot.json"] + b" "),
    "no UTF-8": ("snapshot.json", lambda files: b'"\xff"'),
    "models are no list": ("snapshot.json", lambda files: change(files, models="alpha")),
    "an unknown parameter": (
        "snapshot.json",
        lambda files: change(files, parameters={"file": "/etc/passwd"}),
    ),
    "a claim about nobody": (
        "snapshot.json",
        lambda files: change(files, claims=[{**CLAIMS[0], "model": "x"}]),
    ),
    "a claim of no kind": (
        "snapshot.json",
        lambda files: change(files, claims=[{**CLAIMS[0], "kind": ["x"]}]),
    ),
    "exclusions are a text": ("snapshot.json", lambda files: change(files, exclusions="none")),
    "analyses by number": ("snapshot.json", lambda files: change(files, analyses={"": 1})),
    "a lone surrogate": ("snapshot.json", lambda files: b'{"leaderboard":"\\ud800"}'),
    "an analysis that is none": ("analyses.jsonl", lambda files: b"{}\n"),
    "an analysis by another name": ("analyses.jsonl", lambda files: b'{"analysis":{"file":"x"}}\n'),
    "an analysis twice": ("analyses.jsonl", lambda files: b'{"analysis":{}}\n' * 2),
    "votes that are none": ("votes.csv", lambda files: b"a\n1\n"),
    "another manifest": (MANIFEST, lambda files: b"{}"),
}


def change(files, **changes):
    return encode_canonical(json.loads(files["snapshot.json"]) | changes)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_ends_in_a_sentence(capsys, path, tmp_path, name):
    member, make = HOSTILE[name]
    files = read_files(path)
    hostile = write_files(tmp_path / "hostile.zip", {**files, member: make(files)})
    code, out, err = run(capsys, "--quiet", hostile)

    assert (code, out) == (2, "")
    assert err.endswith(".\n")
    assert err.count("\n") == 1


PARAMETERS = {
    "level": 2,
    "rounds": 10**6,
    "method": ["elo"],
    "style": "length",
    "anchor": "nobody",
    "seed": -1,
}


@pytest.mark.parametrize("name", PARAMETERS)
def test_parameters_that_rank_nothing_are_a_difference(capsys, path, tmp_path, name):
    files = read_files(path)
    document = change(
        files, parameters={**json.loads(files["snapshot.json"])["parameters"], name: PARAMETERS[name]}
    )
    code, out, _err = run(capsys, forge(tmp_path / "b.zip", {**files, "snapshot.json": document}))

    assert code == 1
    assert "DIFFERS  ranking: the snapshot says [" in out


def write_zip(path, *names, **options):
    with zipfile.ZipFile(path, "w", **options) as archive:
        for name in names:
            archive.writestr(name, b"")
    return path


def test_what_is_no_bundle_is_told(capsys, tmp_path, path):
    whole = path.read_bytes()
    (tmp_path / "text.zip").write_bytes(b"no zip at all")
    (tmp_path / "cut.zip").write_bytes(whole[: len(whole) // 2])
    at = whole.find(b"votes.csv") + 40
    (tmp_path / "bytes.zip").write_bytes(
        whole[:at] + bytes(byte ^ 255 for byte in whole[at : at + 9]) + whole[at + 9 :]
    )
    write_zip(tmp_path / "little.zip", "snapshot.json")
    write_zip(tmp_path / "climbing.zip", *MEMBERS, "../../escaped")
    write_zip(tmp_path / "packed.zip", *MEMBERS, compression=zipfile.ZIP_BZIP2)
    said = {place.name: run(capsys, "--quiet", place) for place in sorted(tmp_path.glob("*.zip"))}

    assert {(code, out) for code, out, _err in said.values()} == {(2, "")}
    assert "is not a zip" in said["text.zip"][2]
    assert "it has no README.txt" in said["little.zip"][2]
    assert "it holds ../../escaped besides" in said["climbing.zip"][2]
    assert "packed in a way that bundles are not" in said["packed.zip"][2]
    assert run(capsys, tmp_path)[0] == 2


def test_a_bomb_is_not_unpacked(capsys, path, tmp_path):
    files = {**read_files(path), "README.txt": b"0" * (MEMBERS["README.txt"] + 1)}
    code, _out, err = run(capsys, write_files(tmp_path / "bomb.zip", files))

    assert code == 2
    assert err == "README.txt would be 1,048,577 bytes; 1,048,576 are the most.\n"


@pytest.fixture
def address(tmp_path):
    """Where this folder is served; closed at the end."""

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, *arguments):
            """Not among the tests' output."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=tmp_path))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_an_address_brings_the_digest_along(capsys, path, tmp_path, address):
    files = read_files(path)
    digest = json.loads(files[MANIFEST])["snapshot"]
    for name in (digest, "0" * 16):
        (tmp_path / "snapshots" / name).mkdir(parents=True)
        (tmp_path / "snapshots" / name / "bundle.zip").write_bytes(path.read_bytes())

    assert run(capsys, f"{address}/snapshots/{digest}/bundle.zip")[0] == 0
    code, out, _err = run(capsys, f"{address}/snapshots/{'0' * 16}/bundle.zip")
    assert code == 1
    assert f'asked for was "{"0" * 16}", the bundle has "{digest}"' in out


def test_an_address_without_a_bundle_is_told(capsys, path, tmp_path, address, monkeypatch):
    assert "answers 404" in run(capsys, f"{address}/nothing.zip")[2]
    assert "does not answer" in run(capsys, "http://127.0.0.1:1/bundle.zip")[2]
    (tmp_path / "large.zip").write_bytes(path.read_bytes())
    monkeypatch.setattr(downloads.fetch_bundle.__wrapped__, "__kwdefaults__", {"most": 100})
    code, _out, err = run(capsys, f"{address}/large.zip")
    assert code == 2
    assert "sends more than any bundle has" in err


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
