"""JSONL: one JSON object a line. Pure: no Django."""

from collections.abc import Iterator

from evaluations.ingest.lines import Lines
from evaluations.ingest.readers.json_values import read_object
from evaluations.ingest.records import Record


def read_records(lines: Lines) -> Iterator[Record]:
    for text in lines:
        if not text.strip():
            continue
        record = read_object(source=lines.source, text=text, line=lines.number, report=lines.report)
        if record:
            yield record
