"""The check's memory does not grow with the file: the peak of what Python allocates, measured."""

import tracemalloc
from pathlib import Path

import pytest

from evaluations.ingest.faults import SourceFile
from tests.ingest.files import Checked, check

# The longest line, decoded and split, is a few megabytes; ids and digests of 4,000 rows are two more.
LIMIT = 12 * 1_048_576


def measure(*paths: Path) -> tuple[int, Checked]:
    tracemalloc.start()
    try:
        checked = check(*[SourceFile(name=path.name, path=path) for path in paths])
        return tracemalloc.get_traced_memory()[1], checked
    finally:
        tracemalloc.stop()


def write_responses(folder: Path, *, megabytes: int, suffix: str) -> list[Path]:
    """Answers of ten kilobytes, each on ten lines, and their prompts."""
    prompts, responses = folder / "prompts.csv", folder / f"responses{suffix}"
    count = megabytes * 1_048_576 // 10_200
    prompts.write_text("id,prompt\n" + "".join(f"p{n},Why {n}?\n" for n in range(count)))
    paragraph = "word " * 200
    with responses.open("w") as out:
        if suffix == ".csv":
            out.write("prompt_id,model,response\n")
        for n in range(count):
            if suffix == ".csv":
                out.write(f'p{n},Model,"{n} ' + "\n".join([paragraph] * 10) + '"\n')
            else:
                text = f"{n} " + r"\n".join([paragraph] * 10)
                out.write(f'{{"prompt_id": "p{n}", "model": "Model", "response": "{text}"}}\n')
    return [prompts, responses]


@pytest.mark.parametrize("suffix", [".csv", ".jsonl"])
def test_memory_is_flat_for_the_largest_file(tmp_path, suffix):
    files = write_responses(tmp_path, megabytes=39, suffix=suffix)
    assert 36 < files[1].stat().st_size / 1_048_576 < 40
    peak, checked = measure(*files)
    assert checked.faults == []
    assert checked.summary.responses > 3_900
    assert peak < LIMIT


def test_larger_file_is_refused_unread(tmp_path):
    peak, checked = measure(*write_responses(tmp_path, megabytes=50, suffix=".csv"))
    assert checked.messages == ["too_large"]
    assert checked.summary.responses == 0
    assert peak < LIMIT


def test_one_endless_line_is_not_held(tmp_path):
    path = tmp_path / "file.jsonl"
    with path.open("wb") as out:
        out.write(b'{"id": "a", "prompt": "')
        for _ in range(39):
            out.write(b"x" * 1_000_000)
    peak, checked = measure(path)
    assert "line_too_long" in checked.messages
    assert peak < LIMIT
