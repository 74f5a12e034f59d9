"""Packed files: read as they are unpacked, no further than the limit, and told as damaged where they are."""

import gzip
import itertools
import json
import random
import tracemalloc

import pytest

from evaluations.ingest.faults import SourceFile
from evaluations.ingest.formats import read_records
from evaluations.ingest.streams import PROGRESS_STEP
from tests.ingest.files import PROMPTS, RESPONSES, check, write_file


@pytest.mark.parametrize("name", ["file.csv.gz", "file.gz", "file.csv"])
def test_gzip_is_known_by_its_content(tmp_path, name):
    checked = check(write_file(tmp_path, gzip.compress(PROMPTS.encode()), name))
    assert (checked.faults, checked.summary.prompts) == ([], 2)


def test_jsonl_inside_gzip(tmp_path):
    line = json.dumps({"id": "a", "prompt": "b"})
    assert check(write_file(tmp_path, gzip.compress(line.encode()), "file.jsonl.gz")).faults == []


def test_gzip_cut_short(tmp_path):
    content = "id,prompt\n" + "".join(f"p{n},{random.Random(n).random()}\n" for n in range(5_000))
    checked = check(write_file(tmp_path, gzip.compress(content.encode())[:-3_000], "file.csv.gz"))
    assert checked.messages[-1] == "broken_gzip"
    assert checked.summary.prompts > 10


def test_gzip_with_a_changed_byte(tmp_path):
    packed = bytearray(gzip.compress(PROMPTS.encode()))
    packed[-6] ^= 1
    assert check(write_file(tmp_path, bytes(packed), "file.csv.gz")).errors[0].message == "broken_gzip"


def test_gzip_in_gzip(tmp_path):
    fault = check(write_file(tmp_path, gzip.compress(gzip.compress(PROMPTS.encode())), "file.gz")).find(
        "not_text"
    )
    assert "gzip" in fault.describe_problem()


def test_bomb_is_not_unpacked(tmp_path):
    """A megabyte of zeros packs into a kilobyte: five hundred of them stop at the limit."""
    path = tmp_path / "file.csv.gz"
    with gzip.open(path, "wb") as out:
        out.write(b"id,prompt\n")
        for n in range(500_000):
            out.write(b"p%d," % n + b"x" * 1_000 + b"\n")
    assert path.stat().st_size < 3 * 1_048_576
    tracemalloc.start()
    checked = check(SourceFile(name="file.csv.gz", path=path), max_mb=5)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    fault = checked.find("too_large_unpacked")
    assert "5 MB" in fault.describe_problem()
    assert checked.summary.prompts < 6_000
    assert peak < 12 * 1_048_576


@pytest.mark.parametrize("packed", [False, True])
def test_progress_is_told_every_half_megabyte_and_at_the_end(tmp_path, packed):
    source = random.Random(1)
    rows = "".join(f"p{n},{source.randbytes(200).hex()}\n" for n in range(6_000))
    content = f"id,prompt\n{rows}".encode()
    file = write_file(tmp_path, gzip.compress(content) if packed else content, "prompts.csv")
    other = write_file(tmp_path, RESPONSES.replace("p2,Beta,\n", ""), "responses.csv")
    told = []
    check(other, file, progress=told.append)
    size = file.path.stat().st_size
    assert told == sorted(told)
    assert told[-1] == size + other.path.stat().st_size
    assert max(after - before for before, after in itertools.pairwise(told)) <= PROGRESS_STEP * 1.2
    assert len(told) > size / PROGRESS_STEP


def test_reading_on_a_broken_file_never_raises(tmp_path):
    faults = []
    source = write_file(tmp_path, b"\x1f\x8b\x08broken", "file.gz")
    assert list(read_records(source=source, report=faults.append)) == []
    assert [fault.message for fault in faults] == ["broken_gzip"]
