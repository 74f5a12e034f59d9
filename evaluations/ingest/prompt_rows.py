"""The rows of a prompt set's files, each against those before it. Pure: no Django.

Memory holds ids, places and digests, never a text, so that it stays flat whatever the texts' size.
"""

import hashlib
from collections.abc import Collection, Container, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import NamedTuple

from evaluations.ingest.coverage import Coverage
from evaluations.ingest.faults import Report
from evaluations.ingest.found_responses import ResponseExaminer
from evaluations.ingest.layouts import Role
from evaluations.ingest.references import Place, Suggester
from evaluations.ingest.rows import Row


@dataclass(frozen=True, kw_only=True)
class KnownPrompts:
    """A version that is there, to which responses are added.

    prompts: key to category. models: what a file may call a model that is there (its name, its short name, the id of
    an earlier file) to its name. responses: the pairs (key, name) that are answered. frozen: names of models that get
    no more responses, since a study was opened with what they had answered.
    """

    prompts: Mapping[str, str]
    models: Mapping[str, str] = field(default_factory=dict)
    responses: Collection[tuple[str, str]] = frozenset()
    frozen: Collection[str] = frozenset()


class _Prompt(NamedTuple):
    place: Place
    digest: bytes
    category: str
    language: str


class PromptSetCheck:
    """What was seen so far; each method takes a row and reports what contradicts the rows before it."""

    def __init__(self, *, report: Report, examiner: ResponseExaminer, known: KnownPrompts | None) -> None:
        self.report, self.examiner, self.known = report, examiner, known
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
        if known:
            self._count_known(known)

    def _count_known(self, known: KnownPrompts) -> None:
        for key, category in known.prompts.items():
            self.coverage.count_prompt(key, category=category)
        for key, model in known.responses:
            self.coverage.add_model(model, name=model)
            self.coverage.add_existing(prompt=key, category=known.prompts[key], model=model)

    def check_row(self, row: Row) -> None:
        match row.layout.role:
            case Role.MODELS:
                self.check_model(row)
            case Role.PROMPTS:
                self.check_prompt(row)
            case Role.LONG:
                self.check_long(row)
            case Role.RESPONSES:
                self.check_response(row)

    def check_model(self, row: Row) -> None:
        place = Place(row.file, row.line)
        if row.has("key"):
            if first := self.model_places.get(row.get("key")):
                free = suggest_key(row.get("key"), self.model_places)
                self.report(row.fault("duplicate_id", field="key", **first._asdict(), free=free))
            else:
                self.model_places[row.get("key")] = place
                self._add_model(row)
        if row.has("name"):
            if first := self.name_places.get(row.get("name")):
                self.report(row.fault("duplicate_name", field="name", **first._asdict()))
            self.name_places.setdefault(row.get("name"), place)
            self.models.setdefault(row.get("name"), self.models.get(row.get("key"), row.get("key")))

    def _add_model(self, row: Row) -> None:
        key, name = row.get("key"), row.get("name") or row.get("key")
        # Where responses are added, a model that is there goes by its name.
        self.models[key] = self.known.models.get(name, key) if self.known else key
        self.coverage.add_model(self.models[key], name=name)
        for called in (key, name):
            self.examiner.makers[called] = row.get("maker")

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
        known = self.known.prompts if self.known else self.prompts
        if row.has("prompt") and row.get("prompt") not in known:
            self.report(self.suggester.describe(row=row, field="prompt", noun="prompt", known=known))
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
        if self.known and (prompt, model) in self.known.responses:
            self.report(row.fault("already_answered", field="model"))
            return
        if self.known and model in self.known.frozen:
            self.report(row.fault("frozen_model", field="model"))
        place = self.responses[prompt, model] = Place(row.file, row.line)
        category = self.known.prompts[prompt] if self.known else self.prompts[prompt].category
        self.coverage.add_response(prompt=prompt, category=category, model=model)
        if self.known:
            self.coverage.add_preview(prompt, text=row.get("text"), category=category, language="")
        if row.has("text"):
            name = self.coverage.names.get(model, model)
            self.examiner.examine(row, prompt=prompt, place=place, model=name)

    def _find_model(self, row: Row) -> str | None:
        """The id of the row's model. Without a file of models, whatever the rows name is one."""
        name = row.get("model")
        if name in self.models or not row.has("model"):
            return self.models.get(name)
        if self.known and name in self.known.models:
            self.models[name] = self.known.models[name]
            self.coverage.add_model(self.models[name], name=self.models[name])
            return self.models[name]
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
