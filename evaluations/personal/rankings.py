"""A rater's own ranking: the house's fit on one person's votes, with how little these can say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from django.db.models import Q, QuerySet

from evaluations.boards import BoardRow, UnplacedModel
from evaluations.columns import OUTCOMES
from evaluations.models import Battle, LanguageModel, Outcome, Rater, Study, Vote, VoteEnding
from evaluations.personal.votes import has_closed
from evaluations.publishing.documents import rank_votes
from evaluations.ranking import Votes

# One person's votes: there is no other to take them together with.
PARAMETERS: Final[Mapping[str, Any]] = {"cluster": None, "level": 0.95}


@dataclass(frozen=True, kw_only=True)
class OwnRanking:
    """votes: how many it is of. Without a row the votes place no model, and `unplaced` says why."""

    votes: int
    level: float
    rows: tuple[BoardRow, ...]
    unplaced: tuple[UnplacedModel, ...]
    cautions: tuple[tuple[str, str], ...]


def rank_own_votes(*, study: Study, rater: Rater) -> OwnRanking | None:
    """The ranking of this rater's final votes. None while there is none whose names may be told.

    Of a closed study, its normal votes. Before, the votes whose names the rater asked for, of whatever kind: a count
    without repeats and checks would say which they were. Reads this rater's votes and no others.
    """
    votes = _read_votes(study=study, rater=rater)
    if not votes:
        return None
    models = _find_models(votes)
    slugs = sorted(models)
    place = {models[slug].pk: number for number, slug in enumerate(slugs)}
    codes: dict[str, Any] = {
        "a": np.array([place[vote["battle__left__model"]] for vote in votes]),
        "b": np.array([place[vote["battle__right__model"]] for vote in votes]),
        "outcome": np.array([OUTCOMES[Outcome(vote["outcome"])] for vote in votes]),
    }
    found = rank_votes(Votes.from_codes(models=slugs, **codes), parameters=PARAMETERS)
    return OwnRanking(
        votes=len(votes),
        level=PARAMETERS["level"],
        rows=tuple(BoardRow(**{**row, "model": models[row["model"]]}) for row in found["ranking"]),
        unplaced=tuple(UnplacedModel(**{**row, "model": models[row["model"]]}) for row in found["unplaced"]),
        cautions=tuple((models[row["model"]].name, row["caution"]) for row in found["cautions"]),
    )


def _read_votes(*, study: Study, rater: Rater) -> list[dict[str, Any]]:
    votes = Vote.objects.filter(battle__study=study, battle__rater=rater, battle__pilot=False)
    votes = votes.exclude(battle__kind=Battle.Kind.PRACTICE)
    if has_closed(study=study):
        final = votes.filter(battle__kind=Battle.Kind.NORMAL, ledger_entry__isnull=False)
    else:
        asked = Q(ending__ending=VoteEnding.Ending.REVEALED) | Q(names_shown__isnull=False)
        final = votes.filter(asked)
    rows: QuerySet[Vote, Any] = final.values("outcome", "battle__left__model", "battle__right__model")
    return list(rows.order_by("pk"))


def _find_models(votes: Sequence[Mapping[str, Any]]) -> dict[str, LanguageModel]:
    ids = {vote[f"battle__{side}__model"] for vote in votes for side in ("left", "right")}
    return {model.slug: model for model in LanguageModel.objects.filter(pk__in=ids)}
