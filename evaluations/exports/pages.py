"""Sealed votes page by page, in the ledger's order.

Each page is looked up table by table, by key: one query with all the joins would have the database read whole tables
for every page, and an export of a million votes has hundreds.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Model, QuerySet

from evaluations.exports.ledger_votes import LedgerVote, Texts
from evaluations.exports.sources import Source
from evaluations.models import Battle, LedgerEntry, Prompt, Rater, Response, Vote

PAGE = 5_000
# With texts, which may be long.
SMALL_PAGE = 500

OF_VOTE = ("reasons", "comment", "active_ms", "battle_id")
OF_BATTLE = ("number", "expected", "rater_id", "prompt_id", "left_id", "right_id", "repeats_id")


def read_votes(
    *, source: Source, votes: QuerySet[LedgerEntry], with_texts: bool
) -> Iterator[list[LedgerVote]]:
    """Only one page is in memory at a time, and no transaction is held open."""
    size = SMALL_PAGE if with_texts else PAGE
    found = votes.order_by("position").values("position", "leaf_hash", "record", "vote_id")
    last, left = -1, source.limit
    while left is None or left > 0:
        page = found.filter(position__gt=last)
        entries = list(page[: size if left is None else min(size, left)])
        if not entries:
            return
        beside = look_up(vote_ids=[entry["vote_id"] for entry in entries])
        texts = fetch_texts(rows=beside.values()) if with_texts else Texts()
        yield [_build_vote(source, entry, beside, texts) for entry in entries]
        last = entries[-1]["position"]
        left = None if left is None else left - len(entries)


def _build_vote(source: Source, entry: Any, beside: dict[int, dict[str, Any]], texts: Texts) -> LedgerVote:
    return LedgerVote(
        source=source,
        position=entry["position"],
        leaf_hash=bytes(entry["leaf_hash"]),
        said=json.loads(entry["record"]),
        beside=beside[entry["vote_id"]],
        texts=texts,
    )


def look_up(*, vote_ids: list[int]) -> dict[int, dict[str, Any]]:
    """What the tables hold of these votes, by vote: OF_VOTE, OF_BATTLE, the number of the comparison that was
    repeated, the rater's salt, the prompt's category and language."""
    votes = _fetch(Vote, vote_ids, *OF_VOTE)
    battles = _fetch(Battle, (vote["battle_id"] for vote in votes.values()), *OF_BATTLE)
    rows = {pk: {**vote, **battles[vote["battle_id"]]} for pk, vote in votes.items()}
    repeated = _fetch(Battle, (row["repeats_id"] for row in rows.values() if row["repeats_id"]), "number")
    salts = _fetch(Rater, (row["rater_id"] for row in rows.values()), "salt")
    prompts = _fetch(Prompt, (row["prompt_id"] for row in rows.values()), "category", "language")
    for row in rows.values():
        row["repeated"] = repeated[row["repeats_id"]]["number"] if row["repeats_id"] else None
        row.update(salts[row["rater_id"]], **prompts[row["prompt_id"]])
    return rows


def fetch_texts(*, rows: Iterable[dict[str, Any]]) -> Texts:
    """The texts that these rows name by prompt_id, left_id and right_id."""
    named = list(rows)
    prompts = _fetch(Prompt, (row["prompt_id"] for row in named), "messages")
    responses = _fetch(Response, (row[side] for row in named for side in ("left_id", "right_id")), "text")
    return Texts(
        messages={pk: row["messages"] for pk, row in prompts.items()},
        responses={pk: row["text"] for pk, row in responses.items()},
    )


def _fetch(table: type[Model], keys: Iterable[int], *names: str) -> dict[int, dict[str, Any]]:
    """These fields, by key."""
    rows = table._default_manager.filter(pk__in=set(keys)).values_list("pk", *names)
    return {row[0]: dict(zip(names, row[1:], strict=True)) for row in rows}
