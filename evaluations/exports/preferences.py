"""Pairs of responses, the better one first: what models are trained on (DPO), as TRL takes them.

`prompt`, `chosen` and `rejected` are lists of messages: the conversational preference format of TRL.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeAlias

import pyarrow as pa
from django.db.models import Case, Count, F, Min, Q, QuerySet, When
from django.db.models.functions import Greatest, Least
from django.utils.translation import gettext_lazy as _

from evaluations.exports.columns import Column, Row, read_row
from evaluations.exports.messages import MESSAGES, answer
from evaluations.exports.pages import SMALL_PAGE, read_votes
from evaluations.exports.sources import Source
from evaluations.models import LedgerEntry, Outcome, Prompt, Response

LEFT, RIGHT = "vote__battle__left", "vote__battle__right"
Ids: TypeAlias = tuple[int, int, int, int, int]  # prompt, chosen, rejected; votes for and against


@dataclass(frozen=True, kw_only=True)
class Preference:
    """One response preferred to another, by so many votes against so many."""

    prompt: dict[str, Any]
    chosen: dict[str, Any]
    rejected: dict[str, Any]
    votes_for: int
    votes_against: int


PREFERENCES = (
    Column(
        name="prompt",
        type=MESSAGES,
        read=lambda pair: pair.prompt["messages"],
        means=_("The prompt: its messages, in their order."),
    ),
    Column(
        name="chosen",
        type=MESSAGES,
        read=lambda pair: [answer(pair.chosen["text"])],
        means=_("The response that was preferred, as one message."),
    ),
    Column(
        name="rejected",
        type=MESSAGES,
        read=lambda pair: [answer(pair.rejected["text"])],
        means=_("The other response, as one message."),
    ),
    Column(
        name="chosen_model",
        type=pa.string(),
        read=lambda pair: pair.chosen["model"],
        means=_("The model that gave the chosen response."),
    ),
    Column(
        name="rejected_model",
        type=pa.string(),
        read=lambda pair: pair.rejected["model"],
        means=_("The model that gave the rejected response."),
    ),
    Column(
        name="prompt_id", type=pa.string(), read=lambda pair: pair.prompt["key"], means=_("The prompt’s id.")
    ),
    Column(
        name="category",
        type=pa.string(),
        read=lambda pair: pair.prompt["category"] or None,
        means=_("The prompt’s category."),
    ),
    Column(
        name="language",
        type=pa.string(),
        read=lambda pair: pair.prompt["language"] or None,
        means=_("The prompt’s language."),
    ),
    Column(
        name="votes_for",
        type=pa.int32(),
        read=lambda pair: pair.votes_for,
        means=_("Votes that preferred the chosen response. 1 where each vote is a row."),
        unit=_("votes"),
    ),
    Column(
        name="votes_against",
        type=pa.int32(),
        read=lambda pair: pair.votes_against,
        means=_("Votes that preferred the other one. 0 where each vote is a row."),
        unit=_("votes"),
        made=_("Ties, votes that found both bad, repeats, checks and excluded raters are left out."),
    ),
)


def count_preferences(source: Source) -> int:
    return (_find_pairs(source) if source.options.by_pair else _find_votes(source)).count()


def list_preferences(source: Source, columns: Sequence[Column]) -> Iterator[list[Row]]:
    for page in _list_pairs(source) if source.options.by_pair else _list_votes(source):
        yield [read_row(columns=columns, source=preference) for preference in _fill_page(page)]


def _find_votes(source: Source) -> QuerySet[LedgerEntry]:
    """Votes that prefer one of two different texts."""
    counted = source.find_votes(normal_only=True, kept_only=True)
    decided = counted.filter(vote__outcome__in=[Outcome.LEFT, Outcome.RIGHT])
    return decided.exclude(**{f"{LEFT}__digest": F(f"{RIGHT}__digest")})


def _list_votes(source: Source) -> Iterator[list[Ids]]:
    for page in read_votes(source=source, votes=_find_votes(source), with_texts=False):
        rows = [
            (vote.beside["prompt_id"], *_order_sides(vote.said["outcome"], vote.beside), 1, 0)
            for vote in page
        ]
        # The votes of a page are short, the texts that they name are not.
        for start in range(0, len(rows), SMALL_PAGE):
            yield rows[start : start + SMALL_PAGE]


def _order_sides(outcome: str, beside: dict[str, Any]) -> tuple[int, int]:
    left, right = beside["left_id"], beside["right_id"]
    return (left, right) if outcome == Outcome.LEFT else (right, left)


def _find_pairs(source: Source) -> QuerySet[LedgerEntry, dict[str, Any]]:
    """Pairs of responses with enough votes, and more of them for one than for the other, by their first vote."""
    first, second = Least(f"{LEFT}_id", f"{RIGHT}_id"), Greatest(f"{LEFT}_id", f"{RIGHT}_id")
    won = Case(When(vote__outcome=Outcome.LEFT, then=F(f"{LEFT}_id")), default=F(f"{RIGHT}_id"))
    votes = _find_votes(source).annotate(first=first, second=second, won=won)
    pairs: QuerySet[LedgerEntry, Any] = (
        votes.values("first", "second", prompt=F("vote__battle__prompt_id"))
        .annotate(place=Min("position"), total=Count("pk"), for_first=Count("pk", filter=Q(won=F("first"))))
        .filter(total__gte=source.options.minimum_votes)
        .exclude(total=F("for_first") * 2)
        .order_by("place")
    )
    return pairs


def _list_pairs(source: Source) -> Iterator[list[Ids]]:
    """From a cursor of the server's, a page at a time."""
    pairs = _find_pairs(source)[: source.limit].iterator(chunk_size=SMALL_PAGE)
    while page := list(islice(pairs, SMALL_PAGE)):
        yield [_order_pair(pair) for pair in page]


def _order_pair(pair: dict[str, Any]) -> Ids:
    won, lost = pair["for_first"], pair["total"] - pair["for_first"]
    if won > lost:
        return pair["prompt"], pair["first"], pair["second"], won, lost
    return pair["prompt"], pair["second"], pair["first"], lost, won


def _fill_page(page: list[Ids]) -> Iterator[Preference]:
    prompts: QuerySet[Prompt, Any] = Prompt.objects.values("pk", "key", "category", "language", "messages")
    prompt_by_id = {row["pk"]: row for row in prompts.filter(pk__in={ids[0] for ids in page})}
    responses = Response.objects.values("pk", "text", model_slug=F("model__slug"))
    named = responses.filter(pk__in={pk for ids in page for pk in ids[1:3]})
    response_by_id = {row["pk"]: {"text": row["text"], "model": row["model_slug"]} for row in named}
    for prompt, chosen, rejected, votes_for, votes_against in page:
        yield Preference(
            prompt=prompt_by_id[prompt],
            chosen=response_by_id[chosen],
            rejected=response_by_id[rejected],
            votes_for=votes_for,
            votes_against=votes_against,
        )
