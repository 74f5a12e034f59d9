"""What a snapshot says: parameters, counts, ranked and unplaced models, claims, pairs. Same input, same bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from evaluations.canonical import encode_canonical
from evaluations.errors import NotConverged, NothingToRank, UnsupportedParameter
from evaluations.publishing.analyses import Analysis, adapt_parameters, list_part_analyses
from evaluations.publishing.claims import judge_claims
from evaluations.publishing.votes import CountedVotes, count_outcomes
from evaluations.ranking import Ranking, Votes, rank
from evaluations.ranking.fits.components import NO_VOTES
from evaluations.ranking.pairs import count_pairs
from evaluations.ranking.reports.records import list_effects, list_rows
from evaluations.ranking.votes import TIE

# Named in every snapshot; raised whenever the same votes could give other figures.
CODE_VERSION: Final = "arena-6"
FORMAT: Final = "arena-snapshot/2"
ANALYSIS_FORMAT: Final = "arena-analysis/1"
# Votes that a part has to have before it is ranked by itself, and parts that a snapshot has at most.
FEWEST: Final = 50
MOST_PARTS: Final = 60
NOTHING_RANKED: Final[Mapping[str, Any]] = {
    **{name: [] for name in ("ranking", "effects", "cautions", "components")},
    "iterations": 0,
}
REFUSED: Final = "is not ranked, because this analysis of these votes was refused"


@dataclass(frozen=True, eq=False, kw_only=True)
class Published:
    """A snapshot's canonical bytes, and by key those of the primary analysis of each part of its votes."""

    document: bytes
    analyses: Mapping[str, bytes]


def publish_votes(
    votes: CountedVotes,
    *,
    head: Mapping[str, Any],
    parameters: Mapping[str, Any],
    claims: Sequence[Mapping[str, Any]],
) -> Published:
    """What is published of these votes: the primary analysis of all of them and of each part. The other analyses follow
    from the same votes and parameters (`describe_analysis`), so that no snapshot waits for them.

    head: what the document says besides, of the leaderboard, the ledger and the exclusions. parameters: arguments of
    `rank`. claims: as the protocol has them.
    """
    parts = list_parts(votes)
    analyses = {
        analysis.key: encode_canonical(describe_analysis(votes, analysis=analysis, parameters=parameters))
        for analysis in list_part_analyses(list_ranked(parts))
    }
    document = {
        **head,
        "format": FORMAT,
        "code_version": CODE_VERSION,
        "parameters": dict(parameters),
        "models": list(votes.models),
        "input_digest": votes.digest(),
        "parts": parts,
        "fewest": FEWEST,
        "claims": judge_claims(votes, claims=claims),
        **rank_all(votes, parameters=parameters),
        "analyses": {key: hashlib.sha256(data).hexdigest() for key, data in analyses.items()},
    }
    return Published(document=encode_canonical(document), analyses=analyses)


def list_ranked(parts: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Category and language of the parts with enough votes to be ranked, of a document's list."""
    return [(part["category"], part["language"]) for part in parts if part["votes"] >= FEWEST]


def list_parts(votes: CountedVotes) -> list[dict[str, Any]]:
    """Every category, every language and every pair of them that has a vote, the largest first, MOST_PARTS of them;
    before all others, all votes."""
    parts: list[dict[str, Any]] = [
        {"category": category, "language": language, "votes": int(np.count_nonzero(mask))}
        for category, language, mask in _mask_parts(votes)
    ]
    found = sorted(
        (part for part in parts[1:] if part["votes"]),
        key=lambda part: (-part["votes"], part["category"], part["language"]),
    )
    return [*parts[:1], *found[: MOST_PARTS - 1]]


def _mask_parts(votes: CountedVotes) -> Iterator[tuple[str, str, NDArray[np.bool_]]]:
    for category in ("", *votes.categories):
        for language in ("", *votes.languages):
            yield category, language, votes.mask_part(category=category, language=language)


def describe_analysis(
    votes: CountedVotes, *, analysis: Analysis, parameters: Mapping[str, Any]
) -> dict[str, Any]:
    """One analysis: its votes, its parameters, and the ranking, or the reason why there is none.

    Raises ValueError for a category or a language that the votes do not have.
    """
    part = votes.mask_part(category=analysis.category, language=analysis.language)
    style = list_differing(votes, mask=part) if analysis.style else ()
    adapted = adapt_parameters(parameters, analysis=analysis, style=style)
    mask = part & (votes.outcome != TIE) if analysis.ties == "out" else part
    said = {
        "format": ANALYSIS_FORMAT,
        "analysis": analysis.as_query(),
        "votes": count_outcomes(votes, mask=part),
        "parameters": adapted,
    }
    ballots = votes.ballots.select(mask)
    if analysis.style and not style:
        return {**said, **_describe_refused(ballots), "refused": "style never differs in these votes"}
    try:
        ranking = rank(ballots, **adapted)
    except (NothingToRank, NotConverged, UnsupportedParameter) as error:
        return {**said, **_describe_refused(ballots), "refused": str(error)}
    return {**said, **describe_ranking(ranking), "refused": None}


def list_differing(votes: CountedVotes, *, mask: NDArray[np.bool_]) -> tuple[str, ...]:
    """The features of style that differ somewhere in these votes: the others have no effect to be estimated."""
    if not len(votes):
        return ()
    differs = (votes.style.values[mask] != 0).any(axis=0)
    return tuple(name for name, kept in zip(votes.style.names, differs, strict=True) if kept)


def rank_all(votes: CountedVotes, *, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The primary analysis of all votes, with the table of pairs. Raises RankingError."""
    if not len(votes):
        waiting = [{"model": model, "reason": NO_VOTES, "votes": 0} for model in votes.models]
        return {**NOTHING_RANKED, "unplaced": waiting, "pairs": []}
    return rank_votes(votes.ballots, parameters=parameters)


def rank_votes(votes: Votes, *, parameters: Mapping[str, Any]) -> dict[str, Any]:
    ranking = rank(votes, **parameters)
    return {**describe_ranking(ranking), "pairs": _describe_pairs(ranking)}


def _describe_refused(votes: Votes) -> dict[str, Any]:
    """The part that is computed, where the analysis has no result: the votes are there all the same."""
    counts = count_pairs(votes).battles.sum(axis=1).tolist()
    waiting = [
        {"model": model, "reason": REFUSED if count else NO_VOTES, "votes": count}
        for model, count in zip(votes.models, counts, strict=True)
    ]
    return {**NOTHING_RANKED, "unplaced": waiting}


def describe_ranking(ranking: Ranking) -> dict[str, Any]:
    """A ranking in plain types, rounded to digits that every processor agrees on."""
    return {
        "ranking": _describe_ranked(ranking),
        "unplaced": _describe_unplaced(ranking),
        "effects": list_effects(ranking),
        "cautions": [{"model": model, "caution": caution} for model, caution in ranking.cautions],
        "components": [list(component) for component in ranking.components],
        "iterations": ranking.iterations,
    }


def _describe_ranked(ranking: Ranking) -> list[dict[str, Any]]:
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


def _describe_unplaced(ranking: Ranking) -> list[dict[str, Any]]:
    votes = dict(zip(ranking.pairs.models, ranking.pairs.battles.sum(axis=1).tolist(), strict=True))
    return [{"model": model, "reason": reason, "votes": votes[model]} for model, reason in ranking.unplaced]


def _describe_pairs(ranking: Ranking) -> list[list[int | str]]:
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
