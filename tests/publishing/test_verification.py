"""Verification: an honest bundle is the same, and whatever is altered in one is found, by path."""

import json
from dataclasses import replace

import numpy as np
import pytest

from evaluations.canonical import encode_canonical
from evaluations.publishing.differences import list_differences
from evaluations.publishing.verification import verify_bundle
from tests.publishing.vote_samples import (
    GOLDEN,
    PARAMETERS,
    draw_counted,
    leave_out_all,
    make_bundle,
    verify_forged,
    write_files,
)


def list_paths(found):
    return [difference.path for difference in found.differences]


HONEST = {
    "plain": {},
    "without exclusions": {"rule": "none"},
    "recorded elsewhere": {"votes": draw_counted(recorded=True)},
    "no vote": {"votes": leave_out_all(draw_counted())},
    "one vote": {"votes": draw_counted(votes=1, seed=4), "claims": ()},
    "no category, no claim": {"votes": draw_counted(categories=()), "claims": ()},
    "simulated": {"votes": replace(draw_counted(), origin=np.full(240, 2))},
    "two models": {"votes": draw_counted(models=("alpha", "beta")), "claims": ()},
    "position, prior": {"parameters": {**PARAMETERS, "position": True, "prior": 0.5}},
    "weighted": {"parameters": {**PARAMETERS, "weights": "inverse-probability"}},
}


@pytest.mark.parametrize("options", HONEST.values(), ids=HONEST)
def test_an_honest_bundle_is_the_same(tmp_path, options):
    found = verify_bundle(make_bundle(tmp_path / "b.zip", **options))

    assert [difference.sentence for difference in found.differences] == []
    assert found.verdict == "same"


def test_the_committed_bundle_is_the_same_on_every_machine():
    """Where this fails, the same votes give other figures than before: raise CODE_VERSION, and make it anew with
    `python -m tests.publishing.vote_samples`."""
    found = verify_bundle(GOLDEN)

    assert [difference.sentence for difference in found.differences] == []
    assert found.verdict == "same"
    assert (found.votes, found.claims, found.analyses > 20) == (240, 2, True)


def test_it_says_what_it_is_doing(tmp_path):
    said = []
    verify_bundle(make_bundle(tmp_path / "b.zip"), tell=said.append)

    assert said[0] == "Reading 240 votes …"
    assert said[1].startswith("Computing ")


def test_a_dropped_analysis_is_found(honest, tmp_path):
    lines = honest["analyses.jsonl"].splitlines(keepends=True)

    assert verify_forged({**honest, "analyses.jsonl": b"".join(lines[:-1])}, tmp_path).verdict == "differs"


def test_a_difference_is_told_by_path_with_both_values(honest, tmp_path):
    document = json.loads(honest["snapshot.json"])
    was = document["ranking"][2]["score"]
    document["ranking"][2]["score"] = 1012.3
    found = verify_forged({**honest, "snapshot.json": encode_canonical(document)}, tmp_path)

    assert [difference.sentence for difference in found.differences] == [
        f"ranking[2].score: the snapshot says 1012.3, the votes give {was}"
    ]


def test_an_altered_vote_shows_in_the_figures(honest, tmp_path):
    head, end, rows = honest["votes.csv"].partition(b"\n")
    found = verify_forged(
        {**honest, "votes.csv": head + end + rows.replace(b",left,", b",right,", 1)}, tmp_path
    )

    assert any(path.startswith(("ranking[", "pairs[")) for path in list_paths(found))
    assert found.more > 0
    assert len(found.differences) == 20


def test_bytes_that_are_not_those_of_the_manifest_are_told(honest, tmp_path):
    path = write_files(tmp_path / "b.zip", {**honest, "README.txt": b"another"})

    assert list_paths(verify_bundle(path)) == [
        "manifest.json: files.README.txt.bytes",
        "manifest.json: files.README.txt.sha256",
        "README.txt: line 1",
    ]


def test_the_digest_that_was_asked_for_is_compared(honest, tmp_path):
    path = write_files(tmp_path / "b.zip", honest)
    digest = json.loads(honest["manifest.json"])["snapshot"]

    assert verify_bundle(path, snapshot=digest[:16]).verdict == "same"
    assert verify_bundle(path, snapshot="0" * 16).verdict == "differs"


def test_another_version_s_snapshot_is_compared_and_called_so(honest, tmp_path):
    document = {**json.loads(honest["snapshot.json"]), "code_version": "arena-0"}
    found = verify_forged({**honest, "snapshot.json": encode_canonical(document)}, tmp_path)

    assert (found.verdict, found.differences, found.recomputed) == ("other-version", (), True)


def test_another_format_s_snapshot_is_called_so(honest, tmp_path):
    old = json.loads(honest["snapshot.json"])
    for name in ("analyses", "claims", "parts", "fewest"):
        del old[name]
    old |= {"format": "arena-snapshot/1", "code_version": "arena-4"}
    found = verify_forged({**honest, "snapshot.json": encode_canonical(old), "analyses.jsonl": b""}, tmp_path)

    assert (found.verdict, found.recomputed) == ("other-version", False)
    assert (
        verify_forged({**honest, "snapshot.json": encode_canonical(old)}, tmp_path, snapshot="0" * 16).verdict
        == "differs"
    )


def test_true_is_not_one_and_a_whole_double_is_the_whole_number():
    assert list(list_differences({"a": True}, {"a": 1}))
    assert not list(list_differences({"a": 1.0}, {"a": 1}))
    assert [found.path for found in list_differences([1, {"b": [2]}], [1, {"b": [3, 4]}, 5])] == [
        "[1].b[0]",
        "[1].b[1]",
        "[2]",
    ]
