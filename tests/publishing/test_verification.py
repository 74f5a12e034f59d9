"""Verification: an honest bundle is the same, and whatever is altered in one is found, by path."""

import csv
import io
import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evaluations.canonical import encode_canonical
from evaluations.errors import BundleUnreadable
from evaluations.publishing.differences import list_differences
from evaluations.publishing.verification import verify_bundle
from evaluations.publishing.vote_files import COLUMNS, OUTCOMES, SIDES
from tests.publishing.vote_samples import (
    CLAIMS,
    GOLDEN,
    MODELS,
    PARAMETERS,
    draw_counted,
    forge,
    leave_out_all,
    make_bundle,
    read_files,
    write_files,
)

SLOWLY = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
# What no vote gives, and nothing else in a bundle says: only the digest in the address tells.
TAKEN = (
    *("leaderboard", "study", "ledger_size", "claims[0].number"),
    *("exclusions.rule", "exclusions.positions", "exclusions.withdrawn.raters"),
)


@pytest.fixture(scope="module")
def honest(tmp_path_factory):
    """A small one, so that it can be altered in many ways."""
    path = tmp_path_factory.mktemp("honest") / "b.zip"
    return read_files(make_bundle(path, draw_counted(votes=80, categories=("code",)), claims=CLAIMS[:1]))


def find(files, tmp_path, **options):
    return verify_bundle(forge(tmp_path / "forged.zip", files), **options)


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


@SLOWLY
@given(data=st.data())
def test_any_altered_vote_is_found(honest, tmp_path, data):
    rows = list(csv.reader(io.StringIO(honest["votes.csv"].decode())))
    row = data.draw(st.integers(1, len(rows) - 1))
    name = data.draw(st.sampled_from(COLUMNS))
    cell = rows[row][COLUMNS.index(name)]
    if name in SIDES:
        new = data.draw(st.sampled_from(MODELS))
    elif name == "outcome":
        new = data.draw(st.sampled_from(OUTCOMES))
    elif name in ("category", "language", "origin"):
        new = data.draw(st.sampled_from(("code", "prose", "en", "fr", "recorded", "simulated", "")))
    elif name == "probability":
        new = data.draw(st.sampled_from(("", "0.5", repr(np.nextafter(float(cell), 1)))))
    else:
        new = str(data.draw(st.integers(0, 400)))
    if new == cell:
        return
    rows[row][COLUMNS.index(name)] = new
    altered = "".join(",".join(row) + "\n" for row in rows).encode()

    try:
        found = find({**honest, "votes.csv": altered}, tmp_path)
    except BundleUnreadable:
        return
    assert found.verdict == "differs"
    assert "input_digest" in list_paths(found)


@pytest.mark.parametrize("change", ["dropped", "doubled", "swapped"])
def test_rows_are_not_dropped_doubled_or_swapped(honest, tmp_path, change):
    lines = honest["votes.csv"].splitlines(keepends=True)
    changed = {
        "dropped": [*lines[:-1]],
        "doubled": [*lines, lines[-1]],
        "swapped": [*lines[:5], lines[6], lines[5], *lines[7:]],
    }[change]

    altered = {**honest, "votes.csv": b"".join(changed)}
    if change == "dropped":
        assert find(altered, tmp_path).verdict == "differs"
    else:
        with pytest.raises(BundleUnreadable, match="not behind the vote before it"):
            find(altered, tmp_path)


def list_leaves(value, path=()):
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from list_leaves(inner, (*path, name))
    elif isinstance(value, list) and value:
        for place, inner in enumerate(value):
            yield from list_leaves(inner, (*path, place))
    else:
        yield path, value


def alter(record, path, value):
    *outer, last = path
    for part in outer:
        record = record[part]
    record[last] = value


def make_other(value, draw):
    match value:
        case bool():
            return not value
        case int():
            return value + draw(st.sampled_from((1, -1, 10)))
        case float():
            return value + draw(st.sampled_from((1e-6, -0.5, 3.0)))
        case str():
            return draw(st.sampled_from((value + "x", value[:-1], "alpha", "half")))
        case _:
            return draw(st.sampled_from((0, "x", [1], {"x": 1})))


def name_path(path):
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")


@settings(SLOWLY, max_examples=40)
@given(data=st.data())
def test_any_altered_figure_or_parameter_is_found(honest, tmp_path, data):
    document = json.loads(honest["snapshot.json"])
    path, value = data.draw(st.sampled_from(list(list_leaves(document))))
    new = make_other(value, data.draw)
    if new == value:
        return
    alter(document, path, new)

    try:
        found = find({**honest, "snapshot.json": encode_canonical(document)}, tmp_path)
    except BundleUnreadable:
        return
    named = name_path(path)
    if named.startswith(TAKEN):
        digest = json.loads(honest["manifest.json"])["snapshot"]
        found = verify_bundle(tmp_path / "forged.zip", snapshot=digest)
    assert found.verdict != "same", named


@SLOWLY
@given(data=st.data())
def test_any_altered_analysis_is_found(honest, tmp_path, data):
    lines = honest["analyses.jsonl"].splitlines()
    number = data.draw(st.integers(0, len(lines) - 1))
    record = json.loads(lines[number])
    path, value = data.draw(st.sampled_from(list(list_leaves(record))))
    new = make_other(value, data.draw)
    if new == value:
        return
    alter(record, path, new)
    lines[number] = encode_canonical(record)

    try:
        found = find({**honest, "analyses.jsonl": b"\n".join([*lines, b""])}, tmp_path)
    except BundleUnreadable:
        return
    assert found.verdict == "differs", name_path(path)


def test_a_dropped_analysis_is_found(honest, tmp_path):
    lines = honest["analyses.jsonl"].splitlines(keepends=True)

    assert find({**honest, "analyses.jsonl": b"".join(lines[:-1])}, tmp_path).verdict == "differs"


def test_a_difference_is_told_by_path_with_both_values(honest, tmp_path):
    document = json.loads(honest["snapshot.json"])
    was = document["ranking"][2]["score"]
    document["ranking"][2]["score"] = 1012.3
    found = find({**honest, "snapshot.json": encode_canonical(document)}, tmp_path)

    assert [difference.sentence for difference in found.differences] == [
        f"ranking[2].score: the snapshot says 1012.3, the votes give {was}"
    ]


def test_an_altered_vote_shows_in_the_figures(honest, tmp_path):
    head, end, rows = honest["votes.csv"].partition(b"\n")
    found = find({**honest, "votes.csv": head + end + rows.replace(b",left,", b",right,", 1)}, tmp_path)

    assert any(path.startswith(("ranking[", "pairs[")) for path in list_paths(found))
    assert found.more > 0
    assert len(found.differences) == 20


def test_bytes_that_are_not_those_of_the_manifest_are_told(honest, tmp_path):
    path = write_files(tmp_path / "b.zip", {**honest, "README.txt": b"another"})

    assert list_paths(verify_bundle(path)) == [
        "manifest.json: files.README.txt.bytes",
        "manifest.json: files.README.txt.sha256",
    ]


def test_the_digest_that_was_asked_for_is_compared(honest, tmp_path):
    path = write_files(tmp_path / "b.zip", honest)
    digest = json.loads(honest["manifest.json"])["snapshot"]

    assert verify_bundle(path, snapshot=digest[:16]).verdict == "same"
    assert verify_bundle(path, snapshot="0" * 16).verdict == "differs"


def test_another_version_s_snapshot_is_compared_and_called_so(honest, tmp_path):
    document = {**json.loads(honest["snapshot.json"]), "code_version": "arena-6"}
    found = find({**honest, "snapshot.json": encode_canonical(document)}, tmp_path)

    assert (found.verdict, found.differences, found.recomputed) == ("other-version", (), True)


def test_another_format_s_snapshot_is_called_so(honest, tmp_path):
    old = json.loads(honest["snapshot.json"])
    for name in ("analyses", "claims", "parts", "fewest"):
        del old[name]
    old |= {"format": "arena-snapshot/1", "code_version": "arena-4"}
    found = find({**honest, "snapshot.json": encode_canonical(old), "analyses.jsonl": b""}, tmp_path)

    assert (found.verdict, found.recomputed) == ("other-version", False)
    assert (
        find({**honest, "snapshot.json": encode_canonical(old)}, tmp_path, snapshot="0" * 16).verdict
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
