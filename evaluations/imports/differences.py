"""What an upload changes against the version that is there, said before anything is imported."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from evaluations.ingest.language_models import find_model
from evaluations.ingest.layouts import Role
from evaluations.ingest.prompt_sets import read_checked, read_messages
from evaluations.ingest.rows import Row, Sheet
from evaluations.models import PromptSet
from evaluations.versions import (
    MOST_SHOWN,
    VersionFacts,
    describe_difference,
    read_texts,
    read_version,
    write_messages,
)

# A sign of life for every so many rows.
ROWS = 500


def describe_changes(*, slug: str, sheets: Sequence[Sheet], pulse: Callable[[], None]) -> dict[str, Any]:
    """The difference to the newest version of this prompt set; empty where this is the first."""
    newest = PromptSet.objects.filter(slug=slug).order_by("-version").first()
    if newest is None:
        return {}
    old = read_version(prompt_set=newest, as_uploaded=True)
    reader = _SheetReader(sheets=sheets, old=old, pulse=pulse)
    new = reader.read()
    return describe_difference(
        old=old,
        new=new,
        against=newest.version,
        read_old=lambda keys: read_texts(prompt_set=newest, keys=keys),
        read_new=lambda keys: {key: reader.texts[key] for key in keys},
    )


class _SheetReader:
    """Reads files into facts; keeps the first texts that differ from what is stored."""

    def __init__(self, *, sheets: Sequence[Sheet], old: VersionFacts, pulse: Callable[[], None]) -> None:
        self.sheets, self.old, self.pulse = sheets, old, pulse
        self.facts = VersionFacts()
        self.texts: dict[str, str] = {}
        self.names: dict[str, str] = {}

    def read(self) -> VersionFacts:
        for row in read_checked(sheets=self.sheets, roles=(Role.MODELS,)):
            self.names |= dict.fromkeys((row.get("key"), row.get("name")), row.get("name"))
        self._read_rows((Role.PROMPTS, Role.LONG), self._add_prompt)
        self._read_rows((Role.LONG, Role.RESPONSES), self._add_response)
        return self.facts

    def _read_rows(self, roles: Sequence[Role], add: Callable[[Row], None]) -> None:
        for number, row in enumerate(read_checked(sheets=self.sheets, roles=roles)):
            add(row)
            if number % ROWS == 0:
                self.pulse()

    def _add_prompt(self, row: Row) -> None:
        key = row.get("key")
        if key in self.facts.prompts:
            return
        text = write_messages(read_messages(row))
        self.facts.add_prompt(key=key, text=text, category=row.get("category"), language=row.get("language"))
        earlier = self.old.prompts.get(key)
        if earlier and earlier.digest != self.facts.prompts[key].digest and len(self.texts) < MOST_SHOWN:
            self.texts[key] = text

    def _add_response(self, row: Row) -> None:
        if not row.has("model"):
            return
        key, text = row.get("key") or row.get("prompt"), row.get("text")
        self.facts.responses[key, self._find_name(row.get("model"))] = hashlib.sha256(text.encode()).digest()

    def _find_name(self, named: str) -> str:
        """The name of the model that this will be, so that it is found again in the version before."""
        if named not in self.names:
            model = find_model(name=named)
            self.names[named] = model.name if model else named
        return self.names[named]
