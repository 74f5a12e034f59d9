"""Snapshots: rankings as published. A pure function of a ledger prefix and parameters: same input, same bytes."""

import hashlib
import json
import logging
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluations.canonical import encode_canonical, hash_canonical
from evaluations.columns import ORIGINS, Columns, refresh_columns
from evaluations.errors import RankingError
from evaluations.models import Entry, Leaderboard, Snapshot
from evaluations.ranking import Ranking, Votes, rank
from evaluations.ranking.reports.records import list_effects, list_rows

logger = logging.getLogger(__name__)

# Named in every snapshot; raised whenever the same votes could give other figures.
CODE_VERSION = "arena-2"
FORMAT = "arena-snapshot/1"


def refresh_leaderboard(*, leaderboard: Leaderboard, columns_root: Path, now: datetime) -> Snapshot | None:
    """Publish a snapshot of the votes sealed so far; return the newest one, None while there is no vote.

    Reads from the database only the ledger entries that are new. Doing it twice, or at once, is doing it once.
    """
    columns = refresh_columns(root=columns_root)
    size = measure_prefix(columns=columns, study_id=leaderboard.study_id)
    if size == 0:
        return None
    parameters_digest = hash_canonical(leaderboard.parameters)
    place = {"ledger_size": size, "parameters_digest": parameters_digest, "code_version": CODE_VERSION}
    published = leaderboard.snapshots.filter(**place).first()
    if published is None:
        document = compute_document(leaderboard=leaderboard, columns=columns, size=size)
        snapshot = build_snapshot(leaderboard=leaderboard, document=document, place=place, now=now)
        Snapshot.objects.bulk_create([snapshot], ignore_conflicts=True)
        published = leaderboard.snapshots.get(**place)
    return published


def refresh_leaderboards(*, columns_root: Path, now: datetime) -> int:
    """Refresh every leaderboard. Returns how many of them have a snapshot.

    One that can't be computed keeps its last snapshot, is named in the log, and keeps no other one back.
    """
    refreshed = 0
    for board in Leaderboard.objects.select_related("study"):
        try:
            snapshot = refresh_leaderboard(leaderboard=board, columns_root=columns_root, now=now)
        except RankingError:
            logger.exception("The leaderboard “%s” was not refreshed.", board.slug)
        else:
            refreshed += snapshot is not None
    return refreshed


def measure_prefix(*, columns: Columns, study_id: int) -> int:
    """The ledger's size just after this study's last vote: the shortest prefix that holds all its votes."""
    mine = np.flatnonzero((columns.study == study_id) & (columns.outcome >= 0))
    return int(mine[-1]) + 1 if len(mine) else 0


def compute_document(*, leaderboard: Leaderboard, columns: Columns, size: int) -> dict[str, Any]:
    """What is published: parameters, counts of votes, ranked and unplaced models, the table of pairs."""
    ids = _list_models(leaderboard=leaderboard)
    chosen = np.flatnonzero((columns.study[:size] == leaderboard.study_id) & (columns.outcome[:size] >= 0))
    votes = _encode_votes(columns=columns, chosen=chosen, ids=list(ids.values()))
    head = {
        "format": FORMAT,
        "leaderboard": leaderboard.slug,
        "study": leaderboard.study.slug,
        "ledger_size": size,
        "code_version": CODE_VERSION,
        "parameters": leaderboard.parameters,
        "models": list(ids),
        "input_digest": digest_votes(votes=votes, positions=chosen),
        "votes": count_votes(columns=columns, chosen=chosen),
    }
    return {**head, **rank_models(votes=votes, models=list(ids), parameters=leaderboard.parameters)}


def rank_models(
    *, votes: Mapping[str, Any], models: list[str], parameters: Mapping[str, Any]
) -> dict[str, Any]:
    """The part of the document that is computed from votes alone: the columns of `Votes.from_codes`."""
    ranking = rank(Votes.from_codes(models=models, **votes), **parameters)
    return {
        "ranking": _describe_ranked(ranking=ranking),
        "unplaced": _describe_unplaced(ranking=ranking),
        "effects": list_effects(ranking),
        "cautions": [{"model": model, "caution": caution} for model, caution in ranking.cautions],
        "pairs": _describe_pairs(ranking=ranking),
        "components": [list(component) for component in ranking.components],
        "iterations": ranking.iterations,
    }


def build_snapshot(
    *, leaderboard: Leaderboard, document: dict[str, Any], place: Mapping[str, Any], now: datetime
) -> Snapshot:
    data = encode_canonical(document)
    return Snapshot(
        leaderboard=leaderboard,
        input_digest=document["input_digest"],
        result_digest=hashlib.sha256(data).hexdigest(),
        document=data.decode(),
        created_at=now,
        **place,
    )


def read_document(*, snapshot: Snapshot) -> dict[str, Any]:
    return _parse_document(snapshot.document)


@lru_cache(maxsize=64)
def _parse_document(document: str) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(document)
    return parsed


def digest_votes(*, votes: Mapping[str, NDArray[Any]], positions: NDArray[np.int64]) -> str:
    """SHA-256 of what was read: positions, a, b, outcome, rater, prompt as little-endian 64-bit integers, in this
    order; then, if every vote has one, the probabilities of their draws as little-endian doubles.

    Models are numbered by slug, raters and prompts by first vote, so the database's own ids leave no trace.
    """
    whole = [positions, *(votes[name] for name in ("a", "b", "outcome", "rater", "prompt"))]
    parts = [array.astype("<i8").tobytes() for array in whole]
    if "probability" in votes:
        parts.append(votes["probability"].astype("<f8").tobytes())
    return hashlib.sha256(b"".join(parts)).hexdigest()


def count_votes(*, columns: Columns, chosen: NDArray[np.int64]) -> dict[str, int]:
    outcome, origin = columns.outcome[chosen], columns.origin[chosen]
    by_origin = {str(name): int((origin == code).sum()) for name, code in ORIGINS.items()}
    return {
        "received": len(chosen),
        "counted": len(chosen),
        **by_origin,
        "ties": int((outcome == 2).sum()),
        "both_bad": int((outcome == 3).sum()),
        "raters": len(np.unique(columns.rater[chosen])),
        "prompts": len(np.unique(columns.prompt[chosen])),
    }


def _list_models(*, leaderboard: Leaderboard) -> dict[str, int]:
    """Slugs in order with the database's ids, of all models ever entered."""
    entries = Entry.objects.filter(study_id=leaderboard.study_id).order_by("model__slug")
    return dict(entries.values_list("model__slug", "model_id"))


def _encode_votes(*, columns: Columns, chosen: NDArray[np.int64], ids: list[int]) -> dict[str, NDArray[Any]]:
    """The study's votes as `Votes.from_codes` takes them: a was shown on the left, in all of them."""
    lookup = np.full(max(ids) + 1, -1, dtype=np.int64)
    lookup[ids] = np.arange(len(ids))
    votes: dict[str, NDArray[Any]] = {
        "a": lookup[columns.left[chosen]],
        "b": lookup[columns.right[chosen]],
        "outcome": columns.outcome[chosen].astype(np.int64),
        "rater": _number_by_first_vote(columns.rater[chosen]),
        "prompt": _number_by_first_vote(columns.prompt[chosen]),
        "side": np.ones((), dtype=np.int8),
    }
    probability = np.array(columns.probability[chosen])
    # Recorded votes were drawn by others: with one of them among the votes there is nothing to weigh by.
    return votes if np.isnan(probability).any() else {**votes, "probability": probability}


def _number_by_first_vote(ids: NDArray[np.int64]) -> NDArray[np.int64]:
    _, first, inverse = np.unique(ids, return_index=True, return_inverse=True)
    numbers = np.empty(len(first), dtype=np.int64)
    numbers[np.argsort(first)] = np.arange(len(first))
    return numbers[inverse]


def _describe_ranked(*, ranking: Ranking) -> list[dict[str, Any]]:
    wins, losses = ranking.pairs.wins.sum(axis=1), ranking.pairs.wins.sum(axis=0)
    ties = ranking.pairs.ties.sum(axis=1)
    return [
        {
            **{name: value for name, value in row.items() if name != "standard_error"},
            "wins": int(wins[place]),
            "losses": int(losses[place]),
            "ties": int(ties[place]),
        }
        for place, row in enumerate(list_rows(ranking))
    ]


def _describe_unplaced(*, ranking: Ranking) -> list[dict[str, Any]]:
    votes = dict(zip(ranking.pairs.models, ranking.pairs.battles.sum(axis=1).tolist(), strict=True))
    return [{"model": model, "reason": reason, "votes": votes[model]} for model, reason in ranking.unplaced]


def _describe_pairs(*, ranking: Ranking) -> list[list[int | str]]:
    """Rows [model, other, wins, losses, ties, both bad], one for each pair that met."""
    pairs = ranking.pairs
    met = np.argwhere(np.triu(pairs.battles, 1))
    return [
        [
            pairs.models[i],
            pairs.models[j],
            int(pairs.wins[i, j]),
            int(pairs.wins[j, i]),
            int(pairs.ties[i, j]),
            int(pairs.both_bad[i, j]),
        ]
        for i, j in met.tolist()
    ]
