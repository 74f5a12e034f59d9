"""What a snapshot says: parameters, counts, ranked and unplaced models, the table of pairs. Same input, same bytes."""

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluations.columns import ORIGINS, Columns
from evaluations.models import Entry, Leaderboard, Snapshot
from evaluations.quality.exclusions import Exclusions, find_exclusions
from evaluations.ranking import Ranking, Votes, rank
from evaluations.ranking.reports.records import list_effects, list_rows

# Named in every snapshot; raised whenever the same votes could give other figures.
CODE_VERSION = "arena-4"
FORMAT = "arena-snapshot/1"


def list_counted(
    *, columns: Columns, study_id: int, size: int, rule: str = Snapshot.Exclusions.APPLIED
) -> tuple[NDArray[np.int64], Exclusions]:
    """The positions of the study's votes in this prefix that no exclusion leaves out, and the exclusions.

    By the rule "none" nobody's decision leaves out any. Who withdrew with the votes is left out by either.
    """
    exclusions = find_exclusions(columns=columns, study_id=study_id, size=size)
    if rule == Snapshot.Exclusions.NONE:
        exclusions = Exclusions(withdrawn=exclusions.withdrawn)
    received = list_received(columns=columns, study_id=study_id, size=size)
    return received[~np.isin(columns.rater[received], exclusions.left_out)], exclusions


def list_received(*, columns: Columns, study_id: int, size: int) -> NDArray[np.int64]:
    """The positions of all votes of the study in this prefix, without repeats and checks."""
    return np.flatnonzero((columns.study[:size] == study_id) & (columns.outcome[:size] >= 0))


def compute_document(
    *,
    leaderboard: Leaderboard,
    columns: Columns,
    size: int,
    exclusions: str = Snapshot.Exclusions.APPLIED,
) -> dict[str, Any]:
    """What is published: parameters, counts of votes, ranked and unplaced models, the table of pairs."""
    ids = _list_models(leaderboard=leaderboard)
    received = list_received(columns=columns, study_id=leaderboard.study_id, size=size)
    chosen, left_out = list_counted(
        columns=columns, study_id=leaderboard.study_id, size=size, rule=exclusions
    )
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
        "votes": {**count_votes(columns=columns, chosen=chosen), "received": len(received)},
        "exclusions": {
            "rule": str(exclusions),
            **_count_votes_of(left_out.raters, columns=columns, received=received),
            # Where in the ledger the decisions that hold stand, each with its reason.
            "positions": left_out.positions.tolist(),
            "withdrawn": _count_votes_of(left_out.withdrawn, columns=columns, received=received),
        },
    }
    if not len(chosen):
        return {**head, **describe_nothing(models=list(ids))}
    return {**head, **rank_models(votes=votes, models=list(ids), parameters=leaderboard.parameters)}


def describe_nothing(*, models: list[str]) -> dict[str, Any]:
    """The part that is computed, where every vote is left out."""
    waiting = [{"model": model, "reason": "has no votes", "votes": 0} for model in models]
    nothing: dict[str, list[Any]] = {
        name: [] for name in ("ranking", "effects", "cautions", "pairs", "components")
    }
    return {**nothing, "unplaced": waiting, "iterations": 0}


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
    """Of the votes that are counted: how many, from where, what they say."""
    outcome, origin = columns.outcome[chosen], columns.origin[chosen]
    by_origin = {str(name): int((origin == code).sum()) for name, code in ORIGINS.items()}
    return {
        "counted": len(chosen),
        **by_origin,
        "ties": int((outcome == 2).sum()),
        "both_bad": int((outcome == 3).sum()),
        "raters": len(np.unique(columns.rater[chosen])),
        "prompts": len(np.unique(columns.prompt[chosen])),
    }


def _count_votes_of(
    raters: NDArray[np.int64], *, columns: Columns, received: NDArray[np.int64]
) -> dict[str, int]:
    return {"raters": len(raters), "votes": int(np.isin(columns.rater[received], raters).sum())}


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
