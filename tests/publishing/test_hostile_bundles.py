"""Bundles made by whoever wishes ill: each ends in a sentence, never in a trace, and unpacks nothing."""

import json
import zipfile

import pytest

from evaluations.canonical import encode_canonical
from evaluations.publishing.bundles import MANIFEST, MEMBERS
from tests.publishing.vote_samples import (
    CLAIMS,
    forge,
    read_files,
    write_files,
)


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
def test_a_hostile_file_ends_in_a_sentence(verify, path, tmp_path, name):
    member, make = HOSTILE[name]
    files = read_files(path)
    hostile = write_files(tmp_path / "hostile.zip", {**files, member: make(files)})
    code, out, err = verify("--quiet", hostile)

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
def test_parameters_that_rank_nothing_are_a_difference(verify, path, tmp_path, name):
    files = read_files(path)
    document = change(
        files, parameters={**json.loads(files["snapshot.json"])["parameters"], name: PARAMETERS[name]}
    )
    code, out, _err = verify(forge(tmp_path / "b.zip", {**files, "snapshot.json": document}))

    assert code == 1
    assert "DIFFERS  ranking: the snapshot says [" in out


def write_zip(path, *names, **options):
    with zipfile.ZipFile(path, "w", **options) as archive:
        for name in names:
            archive.writestr(name, b"")
    return path


def test_what_is_no_bundle_is_told(verify, tmp_path, path):
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
    said = {place.name: verify("--quiet", place) for place in sorted(tmp_path.glob("*.zip"))}

    assert {(code, out) for code, out, _err in said.values()} == {(2, "")}
    assert "is not a zip" in said["text.zip"][2]
    assert "it has no README.txt" in said["little.zip"][2]
    assert "it holds ../../escaped besides" in said["climbing.zip"][2]
    assert "packed in a way that bundles are not" in said["packed.zip"][2]
    assert verify(tmp_path)[0] == 2


def test_a_bomb_is_not_unpacked(verify, path, tmp_path):
    files = {**read_files(path), "README.txt": b"0" * (MEMBERS["README.txt"] + 1)}
    code, _out, err = verify(write_files(tmp_path / "bomb.zip", files))

    assert code == 2
    assert err == "README.txt would be 1,048,577 bytes; 1,048,576 are the most.\n"
