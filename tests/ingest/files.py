"""Small files and what the check says of them."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from evaluations.ingest.coverage import PromptSetSummary
from evaluations.ingest.faults import Fault, FaultTally, SourceFile
from evaluations.ingest.kept_files import Upload
from evaluations.ingest.prompt_checks import check_prompt_files

PROMPTS = 'id,prompt,category,language\np1,"What is 2 + 2?",reason,en\np2,Écris un haïku.,write,fr\n'
RESPONSES = "prompt_id,model,response\np1,Alpha,Four.\np1,Beta,5\np2,Alpha,Un vieil étang\np2,Beta,\n"
MODELS = "id,name,maker\na,Alpha,Ant\nb,Beta,Bee\n"
VOTES = """prompt_id,model_left,model_right,winner,rater
p1,Alpha,Beta,left,r1
p1,Beta,Alpha,tie,r2
p2,Alpha,Beta,both_bad,r1
"""


@dataclass(frozen=True)
class Checked:
    faults: list[Fault]
    summary: PromptSetSummary

    @property
    def messages(self) -> list[str]:
        return [fault.message for fault in self.faults]

    @property
    def errors(self) -> list[Fault]:
        return [fault for fault in self.faults if fault.severity == "error"]

    def find(self, message: str) -> Fault:
        assert message in self.messages, self.messages
        return next(fault for fault in self.faults if fault.message == message)


def write_file(folder: Path, content: bytes | str, name: str = "file.csv") -> SourceFile:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return SourceFile(name=name, path=path)


def write_jsonl(folder: Path, *objects: Any, name: str = "file.jsonl") -> SourceFile:
    return write_file(folder, "".join(json.dumps(value) + "\n" for value in objects), name)


def check(*sources: SourceFile, max_mb: int = 40, limit: int = 10_000, **options: Any) -> Checked:
    faults: list[Fault] = []
    tally = FaultTally(report=faults.append, limit=limit)
    _sheets, summary = check_prompt_files(sources=sources, max_mb=max_mb, report=tally, **options)
    return Checked(faults, summary)


def check_mapped(source: SourceFile, mapping: dict[str, str], **options: Any) -> Checked:
    return check(replace(source, digest="d"), mappings={"d": mapping}, **options)


def upload(content: bytes | str, name: str = "file.csv") -> Upload:
    data = content if isinstance(content, bytes) else content.encode()
    return Upload(name=name, chunks=[data])
