"""Checked files to rows of the database: a prompt set, its prompts, models and responses. All or nothing."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from django.db import connection, transaction
from django.db.models import Max

from evaluations.canonical import encode_canonical
from evaluations.copying import copy_rows
from evaluations.ingest.language_models import store_models
from evaluations.ingest.layouts import Role
from evaluations.ingest.rows import Row, Sheet, read_rows
from evaluations.models import LanguageModel, Prompt, PromptSet, Response
from evaluations.rendering import render_conversation, render_markdown

# One import at a time gives prompt sets their versions and models their slugs.
IMPORT_LOCK = 0x4152454E42
BATCH_ROWS = 500
# Texts are up to a megabyte each: a batch is also full at so many characters.
BATCH_CHARACTERS = 2_000_000

RowOf = TypeVar("RowOf", Prompt, Response)


class StoredPromptSet(NamedTuple):
    """What was made; models says which model each id and name of the files is, by slug."""

    prompt_set: PromptSet
    models: dict[str, str]


@transaction.atomic
def store_prompt_set(*, slug: str, title: str, sheets: Sequence[Sheet], now: datetime) -> StoredPromptSet:
    """Make the next version of this prompt set from files that were checked and have no error."""
    lock_imports()
    newest = PromptSet.objects.filter(slug=slug).aggregate(version=Max("version"))["version"] or 0
    prompt_set = PromptSet.objects.create(slug=slug, version=newest + 1, title=title, created_at=now)
    models = store_models(sheets=sheets, now=now)
    hasher = hashlib.sha256()
    prompts = _store_prompts(prompt_set=prompt_set, sheets=sheets, hasher=hasher)
    _store_responses(prompts=prompts, models=models, sheets=sheets, hasher=hasher)
    prompt_set.content_hash = hasher.hexdigest()
    prompt_set.save(update_fields=["content_hash"])
    return StoredPromptSet(prompt_set, {name: model.slug for name, model in models.items()})


def lock_imports() -> None:
    """Wait until no other import writes; held to the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [IMPORT_LOCK])


def _store_prompts(*, prompt_set: PromptSet, sheets: Sequence[Sheet], hasher: Any) -> dict[str, int]:
    """Prompt ids by key."""
    stored: dict[str, int] = {}
    for batch in _batches(_build_prompts(prompt_set=prompt_set, sheets=sheets, hasher=hasher)):
        stored |= {prompt.key: prompt.pk for prompt in copy_rows(rows=batch)}
    return stored


def _build_prompts(*, prompt_set: PromptSet, sheets: Sequence[Sheet], hasher: Any) -> Iterator[Prompt]:
    seen: set[str] = set()
    for row in read_checked(sheets=sheets, roles=(Role.PROMPTS, Role.LONG)):
        # In the long form the first row of an id has its prompt.
        if row.get("key") in seen:
            continue
        seen.add(row.get("key"))
        prompt = _build_prompt(prompt_set=prompt_set, row=row)
        record = ("key", "messages", "category", "language", "metadata")
        hasher.update(encode_canonical({name: getattr(prompt, name) for name in record}) + b"\n")
        yield prompt


def _build_prompt(*, prompt_set: PromptSet, row: Row) -> Prompt:
    messages = row.get("messages") or [{"role": "user", "content": row.get("prompt")}]
    return Prompt(
        prompt_set=prompt_set,
        key=row.get("key"),
        messages=messages,
        category=row.get("category"),
        language=row.get("language"),
        metadata=row.get("metadata") or {},
        html=render_conversation(messages, language=row.get("language")),
    )


def _store_responses(
    *, prompts: Mapping[str, int], models: Mapping[str, LanguageModel], sheets: Sequence[Sheet], hasher: Any
) -> None:
    for batch in _batches(_build_responses(prompts=prompts, models=models, sheets=sheets, hasher=hasher)):
        copy_rows(rows=batch)


def _build_responses(
    *, prompts: Mapping[str, int], models: Mapping[str, LanguageModel], sheets: Sequence[Sheet], hasher: Any
) -> Iterator[Response]:
    for row in read_checked(sheets=sheets, roles=(Role.LONG, Role.RESPONSES)):
        key = row.get("key") or row.get("prompt")
        model, text = models[row.get("model")], row.get("text")
        digest = hashlib.sha256(text.encode()).hexdigest()
        hasher.update(encode_canonical({"prompt": key, "model": model.slug, "digest": digest}) + b"\n")
        yield Response(
            prompt_id=prompts[key], model=model, text=text, digest=digest, html=render_markdown(text)
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
        characters += len(row.html)
        if len(batch) >= BATCH_ROWS or characters >= BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch
