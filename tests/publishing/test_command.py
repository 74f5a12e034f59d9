"""`arena verify` as people run it: what it prints, and how it ends."""

import json
import re
import subprocess
import sys
import threading
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from evaluations.canonical import encode_canonical
from evaluations.publishing import downloads
from evaluations.publishing.bundles import MANIFEST
from evaluations.publishing.command import main
from tests.publishing.vote_samples import (
    draw_counted,
    forge,
    make_bundle,
    read_files,
)

ROOT = Path(__file__).resolve().parents[2]


def test_it_runs_as_a_module():
    done = subprocess.run(
        [sys.executable, "-m", "evaluations.publishing", "verify", "nowhere.zip"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "nowhere.zip cannot be read: No such file or directory.\n"


def test_it_says_what_was_computed_and_what_was_not(verify, path):
    code, out, err = verify(path)

    assert code == 0
    assert re.search(r"^Snapshot [0-9a-f]{64}$", out, flags=re.M)
    assert "Computed again: 80 votes, " in out
    assert "Taken from the snapshot, and not computed:" in out
    assert "how many votes were received" in out
    assert err.startswith("Reading 80 votes …\nComputing ")
    assert verify("--quiet", path)[2] == ""


def test_as_json(verify, path):
    code, out, _err = verify("--json", path)
    said = json.loads(out)

    assert (code, said["verdict"], said["differences"]) == (0, "same", [])
    assert said["computed"]["votes"] == 80


def forge_score(path, tmp_path, **changes):
    files = read_files(path)
    document = json.loads(files["snapshot.json"]) | changes
    document["ranking"][0]["score"] = 2_000
    return forge(tmp_path / "forged.zip", {**files, "snapshot.json": encode_canonical(document)})


def test_a_difference_ends_it_with_1(verify, path, tmp_path):
    forged = forge_score(path, tmp_path)
    code, out, _err = verify(forged)
    said = json.loads(verify("--json", forged)[1])

    assert code == 1
    assert "DIFFERS  ranking[0].score: the snapshot says 2000, the votes give " in out
    assert out.endswith("NOT the same: 1 difference.\n")
    assert said["differences"][0]["path"] == "ranking[0].score"
    assert said["differences"][0]["said"] == 2_000


def test_another_version_ends_it_with_3(verify, path, tmp_path):
    code, out, _err = verify(forge_score(path, tmp_path, code_version="arena-99"))

    assert code == 3
    assert out.endswith(": 1 difference.\n")
    assert "made by the code arena-99" in out


def test_names_bring_nothing_to_the_terminal(verify, path, tmp_path):
    _code, out, _err = verify(forge_score(path, tmp_path, leaderboard="\x1b[2Jgone"))

    assert "\x1b" not in out
    assert "\\x1b[2Jgone" in out


def test_a_digest_is_checked_before_anything_is_read(capsys, path):
    with pytest.raises(SystemExit) as ended:
        main(["verify", str(path), "--snapshot", "12"])

    assert ended.value.code == 2
    assert "a digest is 16 to 64 digits" in capsys.readouterr().err


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


def test_an_address_brings_the_digest_along(verify, path, tmp_path, address):
    files = read_files(path)
    digest = json.loads(files[MANIFEST])["snapshot"]
    for name in (digest, "0" * 16):
        (tmp_path / "snapshots" / name).mkdir(parents=True)
        (tmp_path / "snapshots" / name / "bundle.zip").write_bytes(path.read_bytes())

    assert verify(f"{address}/snapshots/{digest}/bundle.zip")[0] == 0
    code, out, _err = verify(f"{address}/snapshots/{'0' * 16}/bundle.zip")
    assert code == 1
    assert f'asked for was "{"0" * 16}", the bundle has "{digest}"' in out


def test_an_address_without_a_bundle_is_told(verify, path, tmp_path, address, monkeypatch):
    assert "answers 404" in verify(f"{address}/nothing.zip")[2]
    assert "does not answer" in verify("http://127.0.0.1:1/bundle.zip")[2]
    (tmp_path / "large.zip").write_bytes(path.read_bytes())
    monkeypatch.setattr(downloads.fetch_bundle.__wrapped__, "__kwdefaults__", {"most": 100})
    code, _out, err = verify(f"{address}/large.zip")
    assert code == 2
    assert "sends more than any bundle has" in err


@pytest.mark.parametrize(
    ("simulated", "said"),
    [
        (80, "These votes are simulated: nobody cast them."),
        (79, "Of these 80 votes 79 are simulated: nobody cast them."),
    ],
)
def test_simulated_votes_are_called_so_and_no_others(verify, tmp_path, simulated, said):
    origin = np.where(np.arange(80) < simulated, 2, 0)
    votes = replace(draw_counted(votes=80), origin=origin)
    code, out, _err = verify(make_bundle(tmp_path / "simulated.zip", votes))

    assert code == 0
    assert said in out.splitlines()
