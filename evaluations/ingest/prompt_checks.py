"""A prompt set's files, checked as a whole: what must be unique, what must exist. Pure: no Django.

Memory holds ids, places and digests, never a text, so that it stays flat whatever the texts' size.
"""

import hashlib
from collections.abc import Container, Iterable, Sequence
from itertools import count
from typing import NamedTuple

from evaluations.ingest.coverage import Coverage, PromptSetSummary
from evaluations.ingest.faults import CheckStoppedError, Fault, FaultTally, Report, SourceFile
from evaluations.ingest.layouts import Role
from evaluations.ingest.references import Place, Suggester
from evaluations.ingest.rows import Row, Sheet, open_sheet, read_rows

MOST_ROWS = 250_000
# The order in which files are read: each names only what came before.
ROLES = (Role.MODELS, Role.PROMPTS, Role.LONG, Role.RESPONSES)


class _Prompt(NamedTuple):
    place: Place
    digest: bytes
    category: str
    language: str


def check_prompt_files(
    *, sources: Sequence[SourceFile], max_mb: int, report: FaultTally
) -> tuple[list[Sheet], PromptSetSummary]:
    """Check every row of every file. The sheets come back in the order in which they are to be stored."""
    check = _PromptSetCheck(report=report)
    sheets: list[Sheet] = []
    try:
        sheets = open_sheets(
            sources=sources, max_mb=max_mb, roles=ROLES, stranger="votes_here", report=report
        )
        with_prompts = {Role.PROMPTS, Role.LONG} & {sheet.layout.role for sheet in sheets}
        if sheets and not with_prompts:
            report(Fault(message="no_prompts", file=sheets[0].source.name))
        for sheet in sheets if with_prompts else []:
            check.check_sheet(sheet)
    except CheckStoppedError:
        pass
    return sheets, check.coverage.summarise()


def open_sheets(
    *, sources: Iterable[SourceFile], max_mb: int, roles: Sequence[Role], stranger: str, report: Report
) -> list[Sheet]:
    """The files recognised, in the order of `roles`; `stranger` is the fault of a file with another role."""
    opened = (open_sheet(source=source, max_mb=max_mb, report=report) for source in sources)
    sheets = [sheet for sheet in opened if sheet]
    for sheet in sheets:
        if sheet.layout.role not in roles:
            report(Fault(message=stranger, file=sheet.source.name, values={"layout": sheet.layout.name}))
    fitting = [sheet for sheet in sheets if sheet.layout.role in roles]
    return sorted(fitting, key=lambda sheet: roles.index(sheet.layout.role))


class _PromptSetCheck:
    """What was seen so far; each method takes a row and reports what contradicts the rows before it."""

    def __init__(self, *, report: Report) -> None:
        self.report = report
        self.coverage = Coverage()
        self.suggester = Suggester()
        self.rows = 0
        self.listed = False
        self.prompts: dict[str, _Prompt] = {}
        # What a file may call a model (its id, its name) to the id; places to say where it stands.
        self.models: dict[str, str] = {}
        self.model_places: dict[str, Place] = {}
        self.name_places: dict[str, Place] = {}
        self.numbered: set[str] = set()
        self.responses: dict[tuple[str, str], Place] = {}
        self.texts: dict[tuple[str, bytes], Place] = {}

    def check_sheet(self, sheet: Sheet) -> None:
        self.listed |= sheet.layout.role is Role.MODELS
        check_row = {
            Role.MODELS: self.check_model,
            Role.PROMPTS: self.check_prompt,
            Role.LONG: self.check_long,
            Role.RESPONSES: self.check_response,
        }[sheet.layout.role]
        for row in read_rows(sheet=sheet, report=self.report):
            self.rows += 1
            if self.rows > MOST_ROWS:
                self.report(Fault(message="too_many_rows", file=row.file, values={"limit": MOST_ROWS}))
                raise CheckStoppedError
            check_row(row)

    def check_model(self, row: Row) -> None:
        place = Place(row.file, row.line)
        if row.has("key"):
            if first := self.model_places.get(row.get("key")):
                free = suggest_key(row.get("key"), self.model_places)
                self.report(row.fault("duplicate_id", field="key", **first._asdict(), free=free))
            else:
                self.model_places[row.get("key")] = place
                self.models[row.get("key")] = row.get("key")
                self.coverage.add_model(row.get("key"), name=row.get("name") or row.get("key"))
        if row.has("name"):
            if first := self.name_places.get(row.get("name")):
                self.report(row.fault("duplicate_name", field="name", **first._asdict()))
            self.name_places.setdefault(row.get("name"), place)
            self.models.setdefault(row.get("name"), row.get("key"))

    def check_prompt(self, row: Row) -> None:
        text = describe_prompt(row)
        if row.get("prompt").strip() and row.get("messages"):
            self.report(row.fault("prompt_twice", field="prompt"))
        elif (
            not text
            and row.values.keys() & {"prompt", "messages"}
            and not row.broken & {"prompt", "messages"}
        ):
            self.report(row.fault("prompt_missing", field="prompt"))
        if first := self.prompts.get(row.get("key")):
            free = suggest_key(row.get("key"), self.prompts)
            self.report(row.fault("duplicate_id", field="key", **first.place._asdict(), free=free))
        elif row.has("key"):
            self._add_prompt(row, text)

    def check_long(self, row: Row) -> None:
        if not row.has("key"):
            return
        text = describe_prompt(row)
        if first := self.prompts.get(row.get("key")):
            self._check_repeats(row, text, first)
        else:
            if not text and "prompt" not in row.broken:
                self.report(row.fault("prompt_missing", field="prompt"))
            self._add_prompt(row, text)
        self._add_response(row, prompt=row.get("key"))

    def check_response(self, row: Row) -> None:
        if row.has("prompt") and row.get("prompt") not in self.prompts:
            fault = self.suggester.describe(row=row, field="prompt", noun="prompt", known=self.prompts)
            self.report(fault)
            self._find_model(row)
        elif row.has("prompt"):
            self._add_response(row, prompt=row.get("prompt"))

    def _add_prompt(self, row: Row, text: str) -> None:
        key, category, language = row.get("key"), row.get("category"), row.get("language")
        self.prompts[key] = _Prompt(Place(row.file, row.line), digest_text(text), category, language)
        self.coverage.add_prompt(key, text=text, category=category, language=language)

    def _check_repeats(self, row: Row, text: str, first: _Prompt) -> None:
        if text and digest_text(text) != first.digest:
            self.report(row.fault("prompt_differs", field="prompt", line=first.place.line))
        for name, expected in (("category", first.category), ("language", first.language)):
            if row.get(name) not in ("", expected):
                self.report(row.fault("prompt_differs", field=name, line=first.place.line))

    def _add_response(self, row: Row, *, prompt: str) -> None:
        model = self._find_model(row)
        if model is None:
            return
        if first := self.responses.get((prompt, model)):
            self.report(row.fault("duplicate_response", field="model", **first._asdict()))
            return
        self.responses[prompt, model] = Place(row.file, row.line)
        self.coverage.add_response(prompt=prompt, category=self.prompts[prompt].category, model=model)
        if row.has("text"):
            self._check_text(row, prompt=prompt)

    def _check_text(self, row: Row, *, prompt: str) -> None:
        if not row.get("text").strip():
            self.report(row.fault("empty_response", field="text"))
            return
        if "\ufffd" in row.get("text"):
            self.report(row.fault("lost_character", field="text"))
        key = prompt, digest_text(row.get("text"))
        if first := self.texts.get(key):
            self.report(row.fault("same_response", field="text", **first._asdict()))
        self.texts.setdefault(key, Place(row.file, row.line))

    def _find_model(self, row: Row) -> str | None:
        """The id of the row's model. Without a file of models, whatever the rows name is one."""
        name = row.get("model")
        if name in self.models or not row.has("model"):
            return self.models.get(name)
        if self.listed:
            self.report(self.suggester.describe(row=row, field="model", noun="model", known=self.models))
        elif name.isdecimal():
            if name not in self.numbered:
                self.report(row.fault("numbered_model", field="model"))
            self.numbered.add(name)
        else:
            self.models[name] = name
            self.coverage.add_model(name, name=name)
        return self.models.get(name)


def describe_prompt(row: Row) -> str:
    """The prompt as one text: to show its start, and to tell whether two rows say the same."""
    return row.get("prompt").strip() or "\n\n".join(message["content"] for message in row.get("messages"))


def digest_text(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def suggest_key(key: str, taken: Container[str]) -> str:
    return next(free for number in count(2) if (free := f"{key}-{number}") not in taken)
