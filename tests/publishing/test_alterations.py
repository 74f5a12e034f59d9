"""Whatever is altered in a bundle is found, though its manifest was made to match: any vote, figure, parameter."""

import csv
import io
import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evaluations.canonical import encode_canonical
from evaluations.errors import BundleUnreadable
from evaluations.publishing.verification import verify_bundle
from evaluations.publishing.vote_files import COLUMNS, OUTCOMES, SIDES
from tests.publishing.vote_samples import (
    MODELS,
    verify_forged,
    write_files,
)

SLOWLY = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
# What no vote gives, and nothing else in a bundle says: only the digest in the address tells.
TAKEN = (
    *("leaderboard", "study", "ledger_size", "claims[0].number"),
    *("exclusions.rule", "exclusions.positions", "exclusions.withdrawn.raters"),
)


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
        found = verify_forged({**honest, "votes.csv": altered}, tmp_path)
    except BundleUnreadable:
        return
    assert found.verdict == "differs"
    assert "input_digest" in [difference.path for difference in found.differences]


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
        assert verify_forged(altered, tmp_path).verdict == "differs"
    else:
        with pytest.raises(BundleUnreadable, match="not behind the vote before it"):
            verify_forged(altered, tmp_path)


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
        found = verify_forged({**honest, "snapshot.json": encode_canonical(document)}, tmp_path)
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
        found = verify_forged({**honest, "analyses.jsonl": b"\n".join([*lines, b""])}, tmp_path)
    except BundleUnreadable:
        return
    assert found.verdict == "differs", name_path(path)


@pytest.mark.parametrize(
    ("altered", "place"),
    [
        (lambda text: text.replace("ARENA: A SNAPSHOT", "REAL VOTES: A SNAPSHOT"), "README.txt: line 1"),
        (
            lambda text: text.replace("Licence of the data: none was stated", "Licence of the data: CC0"),
            "README.txt: line",
        ),
        (lambda text: text + "\n", "README.txt: line"),
        (lambda text: text[:-10], "README.txt: line"),
    ],
)
def test_what_a_reader_sees_first_is_compared_too(honest, tmp_path, altered, place):
    text = honest["README.txt"].decode()
    assert altered(text) != text
    found = verify_forged({**honest, "README.txt": altered(text).encode()}, tmp_path)
    assert found.verdict == "differs"
    assert [difference.path.startswith(place) for difference in found.differences] == [True]


@pytest.mark.parametrize("licence", [None, "CC0", {"name": "CC0"}, {"name": 1, "url": ""}])
def test_a_manifest_without_a_licence_is_no_bundle(honest, tmp_path, licence):
    manifest = {**json.loads(honest["manifest.json"]), "licence": licence}
    with pytest.raises(BundleUnreadable, match="says no licence"):
        verify_bundle(
            write_files(tmp_path / "b.zip", {**honest, "manifest.json": encode_canonical(manifest)})
        )
