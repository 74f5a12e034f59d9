"""From the columns to what is published: which votes count, by what names, and what a snapshot says of them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluations.columns import ORIGINS, Columns
from evaluations.models import Entry, Leaderboard, Prompt, Snapshot, Study
from evaluations.publishing.documents import CODE_VERSION, Published, publish_votes
from evaluations.publishing.votes import NONE, CountedVotes, count_outcomes, number_by_first
from evaluations.quality.exclusions import Exclusions, find_exclusions

__all__ = [
    "CODE_VERSION",
    "compute_published",
    "count_votes",
    "list_claims",
    "list_counted",
    "list_received",
    "read_votes",
]


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


def compute_published(
    *,
    leaderboard: Leaderboard,
    columns: Columns,
    size: int,
    exclusions: str = Snapshot.Exclusions.APPLIED,
) -> Published:
    """What is published of the ledger's first `size` entries: the document, and its analyses. Raises RankingError."""
    study = leaderboard.study
    received = list_received(columns=columns, study_id=study.pk, size=size)
    chosen, left_out = list_counted(columns=columns, study_id=study.pk, size=size, rule=exclusions)
    votes = read_votes(study=study, columns=columns, positions=chosen)
    head = {
        "leaderboard": leaderboard.slug,
        "study": study.slug,
        "ledger_size": size,
        "votes": {**count_votes(votes), "received": len(received)},
        "exclusions": {
            "rule": str(exclusions),
            **_count_votes_of(left_out.raters, columns=columns, received=received),
            # Where in the ledger the decisions that hold stand, each with its reason.
            "positions": left_out.positions.tolist(),
            "withdrawn": _count_votes_of(left_out.withdrawn, columns=columns, received=received),
        },
    }
    return publish_votes(votes, head=head, parameters=leaderboard.parameters, claims=list_claims(study=study))


def list_claims(*, study: Study) -> list[dict[str, Any]]:
    """The claims in the protocol of an opened study: those of a draft or a pilot are not registered yet."""
    return (study.protocol or {}).get("claims", []) if study.opened_at is not None else []


def read_votes(
    *, study: Study, columns: Columns, positions: NDArray[np.int64], slugs: Sequence[str] | None = None
) -> CountedVotes:
    """The votes at these positions. Reads the study's entries and the prompts that were voted on, and no vote.

    slugs: of the models that had been entered by then; None is all that there are now.
    """
    entered = _list_models(study_id=study.pk)
    models = entered if slugs is None else {slug: entered[slug] for slug in slugs}
    category, categories, language, languages = _name_prompts(columns.prompt[positions])
    return CountedVotes(
        models=tuple(models),
        categories=categories,
        languages=languages,
        position=positions.astype(np.int64),
        left=_look_up(columns.left[positions], ids=list(models.values())),
        right=_look_up(columns.right[positions], ids=list(models.values())),
        outcome=columns.outcome[positions].astype(np.int64),
        rater=number_by_first(columns.rater[positions]),
        prompt=number_by_first(columns.prompt[positions]),
        category=category,
        language=language,
        origin=columns.origin[positions].astype(np.int64),
        probability=np.array(columns.probability[positions]),
        left_style=columns.read_style("left", positions=positions),
        right_style=columns.read_style("right", positions=positions),
    )


def count_votes(votes: CountedVotes) -> dict[str, int]:
    """Of the votes that are counted: how many, from where, what they say."""
    by_origin = {str(name): int((votes.origin == code).sum()) for name, code in ORIGINS.items()}
    return {**count_outcomes(votes), **by_origin}


def _name_prompts(
    prompts: NDArray[np.int64],
) -> tuple[NDArray[np.int64], tuple[str, ...], NDArray[np.int64], tuple[str, ...]]:
    """Categories and languages of the votes' prompts, as codes and names."""
    ids, inverse = np.unique(prompts, return_inverse=True)
    rows = Prompt.objects.filter(pk__in=ids.tolist()).order_by("pk").values_list("category", "language")
    said = list(rows)
    category, categories = _encode([row[0] for row in said])
    language, languages = _encode([row[1] for row in said])
    return category[inverse], categories, language[inverse], languages


def _encode(names: Sequence[str]) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Codes into the names in order; -1 for the empty one."""
    known = tuple(sorted({name for name in names if name}))
    codes = {name: number for number, name in enumerate(known)}
    return np.array([codes.get(name, NONE) for name in names], dtype=np.int64), known


def _look_up(values: NDArray[np.int32], *, ids: Sequence[int]) -> NDArray[np.int64]:
    """Each model's place among the ids."""
    lookup = np.full(max(ids, default=0) + 1, -1, dtype=np.int64)
    lookup[list(ids)] = np.arange(len(ids))
    return lookup[values]


def _count_votes_of(
    raters: NDArray[np.int64], *, columns: Columns, received: NDArray[np.int64]
) -> dict[str, int]:
    return {"raters": len(raters), "votes": int(np.isin(columns.rater[received], raters).sum())}


def _list_models(*, study_id: int) -> dict[str, int]:
    """Slugs in order with the database's ids, of all models ever entered."""
    entries = Entry.objects.filter(study_id=study_id).order_by("model__slug")
    return dict(entries.values_list("model__slug", "model_id"))
