"""The file of prompts and responses: one row a response of a model of the study."""

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from evaluations.exports.columns import Column, Row, read_row
from evaluations.exports.messages import MESSAGES
from evaluations.exports.pages import SMALL_PAGE
from evaluations.exports.sources import Source
from evaluations.models import Response

READ = {
    "key": "prompt__key",
    "category": "prompt__category",
    "language": "prompt__language",
    "messages": "prompt__messages",
    "model_slug": "model__slug",
}

RESPONSES = (
    Column(name="prompt", type=pa.string(), read=lambda row: row["key"], means=_("The prompt’s id.")),
    Column(
        name="category",
        type=pa.string(),
        read=lambda row: row["category"] or None,
        means=_("The prompt’s category."),
    ),
    Column(
        name="language",
        type=pa.string(),
        read=lambda row: row["language"] or None,
        means=_("The prompt’s language."),
    ),
    Column(
        name="messages",
        type=MESSAGES,
        read=lambda row: row["messages"],
        means=_("The prompt: its messages, in their order."),
    ),
    Column(
        name="model", type=pa.string(), read=lambda row: row["model_slug"], means=_("The model’s short name.")
    ),
    Column(
        name="response",
        type=pa.string(),
        read=lambda row: row["text"],
        means=_("The response’s text, as shown."),
    ),
    Column(
        name="digest",
        type=pa.string(),
        read=lambda row: row["digest"],
        means=_("The digest of the response, as the ledger names it."),
        made=_("SHA-256 of its text in UTF-8."),
    ),
    Column(
        name="original_digest",
        type=pa.string(),
        read=lambda row: row["original_digest"] or None,
        means=_("Of a response that was masked: the digest of its text before."),
    ),
)


def count_responses(source: Source) -> int:
    return _find_responses(source).count()


def list_responses(source: Source, columns: Sequence[Column]) -> Iterator[list[Row]]:
    """By prompt, then by model, page by page."""
    last, left = (0, 0), source.limit
    found = _find_responses(source).order_by("prompt_id", "pk")
    names: dict[str, Any] = {name: F(path) for name, path in READ.items()}
    while left is None or left > 0:
        after = Q(prompt_id__gt=last[0]) | Q(prompt_id=last[0], pk__gt=last[1])
        page = found.filter(after, prompt_id__gte=last[0]).values(
            "pk", "prompt_id", "text", "digest", "original_digest", **names
        )
        rows = list(page[: SMALL_PAGE if left is None else min(SMALL_PAGE, left)])
        if not rows:
            return
        yield [read_row(columns=columns, source=row) for row in rows]
        last = (rows[-1]["prompt_id"], rows[-1]["pk"])
        left = None if left is None else left - len(rows)


def _find_responses(source: Source) -> QuerySet[Response]:
    study = source.study
    return Response.objects.filter(prompt__prompt_set_id=study.prompt_set_id, model__entries__study=study)
