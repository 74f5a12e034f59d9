"""Checked files to rows of the database: a prompt set, its prompts, models and responses. All or nothing."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from django.db import connection, transaction
from django.db.models import Max

from evaluations.canonical import encode_canonical
from evaluations.copying import copy_rows, update_statistics
from evaluations.findings import Decisions
from evaluations.ingest.language_models import ModelRoll
from evaluations.ingest.layouts import Role
from evaluations.ingest.rows import Row, Sheet, read_rows
from evaluations.models import Prompt, PromptSet, Response
from evaluations.rendering import make_conversation_html

# One import at a time gives prompt sets their versions and models their slugs.
IMPORT_LOCK = 0x4152454E42
BATCH_ROWS = 1_000
# Texts are up to a megabyte each: a batch is also full at so many characters.
BATCH_CHARACTERS = 2_000_000

RowOf = TypeVar("RowOf", Prompt, Response)
Progress = Callable[[int], None]


class StoredPromptSet(NamedTuple):
    """What was made; models says which model each id and name of the files is, by slug."""

    prompt_set: PromptSet
    models: dict[str, str]


class _Writer:
    """One import's responses on their way into the table: decided, hashed, counted."""

    def __init__(
        self, *, sheets: Sequence[Sheet], decisions: Decisions, progress: Progress, now: datetime
    ) -> None:
        self.sheets, self.decisions, self.progress = sheets, decisions, progress
        self.models = ModelRoll(sheets=sheets, now=now)
        self.hasher = hashlib.sha256()
        self.done = 0

    def copy(self, rows: Iterable[RowOf]) -> Iterator[list[RowOf]]:
        for batch in _batches(rows):
            yield copy_rows(rows=batch)
            self.done += len(batch)
            self.progress(self.done)

    def add(self, record: Mapping[str, Any]) -> None:
        self.hasher.update(encode_canonical(record) + b"\n")

    def store_responses(self, *, prompts: Mapping[str, int]) -> None:
        for _batch in self.copy(self.build_responses(prompts=prompts)):
            pass
        update_statistics(Prompt, Response)

    def build_responses(self, *, prompts: Mapping[str, int]) -> Iterator[Response]:
        """HTML is made when it is first wanted: that takes longer than all the rest."""
        for row in read_checked(sheets=self.sheets, roles=(Role.LONG, Role.RESPONSES)):
            # In a table with a column a model, a prompt may stand there without an answer.
            if not row.has("model"):
                continue
            key, named = row.get("key") or row.get("prompt"), row.get("model")
            model, maker = self.models[named], self.models.makers.get(named, "")
            treated = self.decisions.treat(
                prompt_key=key, named=named, model=model, maker=maker, text=row.get("text")
            )
            if treated is None:
                continue
            digest = hashlib.sha256(treated.text.encode()).hexdigest()
            self.add({"prompt": key, "model": model.slug, "digest": digest})
            yield Response(
                prompt_id=prompts[key],
                model=model,
                text=treated.text,
                digest=digest,
                original_digest=treated.original_digest,
                html="",
            )


@transaction.atomic
def store_prompt_set(
    *,
    slug: str,
    title: str,
    sheets: Sequence[Sheet],
    decisions: Decisions,
    progress: Progress,
    now: datetime,
) -> StoredPromptSet:
    """Make the next version of this prompt set from files that were checked and have no error."""
    lock_imports()
    newest = PromptSet.objects.filter(slug=slug).aggregate(version=Max("version"))["version"] or 0
    prompt_set = PromptSet.objects.create(slug=slug, version=newest + 1, title=title, created_at=now)
    writer = _Writer(sheets=sheets, decisions=decisions, progress=progress, now=now)
    prompts: dict[str, int] = {}
    for batch in writer.copy(_build_prompts(prompt_set=prompt_set, writer=writer)):
        prompts |= {prompt.key: prompt.pk for prompt in batch}
    writer.store_responses(prompts=prompts)
    prompt_set.content_hash = writer.hasher.hexdigest()
    prompt_set.save(update_fields=["content_hash"])
    return StoredPromptSet(prompt_set, writer.models.slugs())


@transaction.atomic
def store_responses(
    *,
    prompt_set: PromptSet,
    sheets: Sequence[Sheet],
    decisions: Decisions,
    progress: Progress,
    now: datetime,
) -> dict[str, str]:
    """Add responses to a version that is there: its prompts, and the responses it has, stay as they are.

    Returns which model each id and name of the files is, by slug.
    """
    lock_imports()
    writer = _Writer(sheets=sheets, decisions=decisions, progress=progress, now=now)
    writer.store_responses(prompts=dict(prompt_set.prompts.values_list("key", "pk")))
    return writer.models.slugs()


def lock_imports() -> None:
    """Wait until no other import writes; held to the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [IMPORT_LOCK])


def _build_prompts(*, prompt_set: PromptSet, writer: _Writer) -> Iterator[Prompt]:
    seen: set[str] = set()
    for row in read_checked(sheets=writer.sheets, roles=(Role.PROMPTS, Role.LONG)):
        # In the long form the first row of an id has its prompt.
        if row.get("key") in seen:
            continue
        seen.add(row.get("key"))
        prompt = _build_prompt(prompt_set=prompt_set, row=row)
        record = ("key", "messages", "category", "language", "metadata")
        writer.add({name: getattr(prompt, name) for name in record})
        yield prompt


def read_messages(row: Row) -> list[dict[str, str]]:
    """The prompt of a row, as it is stored."""
    messages: list[dict[str, str]] = row.get("messages") or [{"role": "user", "content": row.get("prompt")}]
    return messages


def _build_prompt(*, prompt_set: PromptSet, row: Row) -> Prompt:
    messages = read_messages(row)
    return Prompt(
        prompt_set=prompt_set,
        key=row.get("key"),
        messages=messages,
        category=row.get("category"),
        language=row.get("language"),
        metadata=row.get("metadata") or {},
        html=make_conversation_html(messages, language=row.get("language")),
    )


def read_checked(*, sheets: Iterable[Sheet], roles: Sequence[Role]) -> Iterator[Row]:
    """The rows of files that were checked: their faults are warnings, and were reported."""
    for sheet in sheets:
        if sheet.layout.role in roles:
            yield from read_rows(sheet=sheet, report=lambda fault: None)


def _batches(rows: Iterable[RowOf]) -> Iterator[list[RowOf]]:
    batch: list[RowOf] = []
    characters = 0
    for row in rows:
        batch.append(row)
        characters += len(row.text) if isinstance(row, Response) else len(row.html)
        if len(batch) >= BATCH_ROWS or characters >= BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch
