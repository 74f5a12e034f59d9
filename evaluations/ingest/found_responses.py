"""Responses that a person should look at: those that name their author, say nothing, or equal another's. Pure."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from evaluations.ingest.faults import Report
from evaluations.ingest.references import Place
from evaluations.ingest.rows import Row
from evaluations.ingest.self_identification import Rules, find_self_identification

SELF_IDENTIFICATION = "self_identification"
EMPTY = "empty"
IDENTICAL = "identical"
LONGEST_EXCERPT = 160


@dataclass(frozen=True, kw_only=True)
class FoundResponse:
    """One such response, by its prompt and by its model as the file names it.

    `says` are the words, `excerpt` the text around them, `rule` what found them; `other_model` gave the same answer.
    """

    kind: str
    file: str
    line: int
    prompt_key: str
    model_name: str
    excerpt: str = ""
    says: str = ""
    rule: str = ""
    other_model: str = ""


class _Seen(NamedTuple):
    place: Place
    model_name: str


class ResponseExaminer:
    """Looks at the text of each response; keeps digests, never a text."""

    def __init__(
        self,
        *,
        report: Report,
        found: Callable[[FoundResponse], None] | None,
        rules: Rules | None,
        makers: Mapping[str, str],
    ) -> None:
        self.report, self.found, self.rules = report, found, rules
        self.makers = dict(makers)
        self.texts: dict[bytes, _Seen] = {}

    def examine(self, row: Row, *, prompt: str, place: Place, model: str) -> None:
        """`model` is the name of the model that the row means."""
        text = row.get("text")
        if not text.strip():
            self.report(row.fault("empty_response", field="text"))
            self._tell(row, EMPTY, prompt=prompt)
            return
        if "\ufffd" in text:
            self.report(row.fault("lost_character", field="text"))
        self._look_for_same(row, prompt=prompt, place=place)
        if self.rules and self.found:
            self._look_for_names(row, self.rules, prompt=prompt, model=model)

    def _look_for_same(self, row: Row, *, prompt: str, place: Place) -> None:
        text = row.get("text")
        key = hashlib.blake2b(f"{prompt}\0{text}".encode(), digest_size=16).digest()
        first = self.texts.setdefault(key, _Seen(place, row.get("model")))
        if first.place is not place:
            self.report(row.fault("same_response", field="text", **first.place._asdict()))
            excerpt = text.strip()[:LONGEST_EXCERPT]
            self._tell(row, IDENTICAL, prompt=prompt, excerpt=excerpt, other_model=first.model_name)

    def _look_for_names(self, row: Row, rules: Rules, *, prompt: str, model: str) -> None:
        named = row.get("model")
        maker = self.makers.get(named) or self.makers.get(model, "")
        names = tuple(dict.fromkeys(name for name in (model, named, maker) if name))
        for match in find_self_identification(text=row.get("text"), rules=rules, names=names):
            self._tell(
                row,
                SELF_IDENTIFICATION,
                prompt=prompt,
                excerpt=match.excerpt,
                says=match.says,
                rule=match.rule,
            )

    def _tell(self, row: Row, kind: str, *, prompt: str, **what: str) -> None:
        if self.found:
            named = row.get("model")
            self.found(
                FoundResponse(
                    kind=kind, file=row.file, line=row.line, prompt_key=prompt, model_name=named, **what
                )
            )
