"""The battles of two models to read: prompt, both responses, what was voted; of no rater who did not agree to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evaluations.boards import Board
from evaluations.column_rows import ORIGINS, OUTCOMES
from evaluations.exports.sources import Source
from evaluations.models import Battle, LanguageModel, Outcome, Prompt, Response
from evaluations.prefixes import Prefix, open_prefix
from evaluations.publicity import require_texts
from evaluations.quality.exclusions import find_exclusions

SHOWN = ORIGINS[Battle.Origin.SHOWN]


@dataclass(frozen=True, kw_only=True)
class PromptVotes:
    """What was voted on two models' responses to one prompt; wins are the first one's."""

    prompt_id: int
    wins: int
    losses: int
    ties: int
    both_bad: int

    @property
    def votes(self) -> int:
        return self.wins + self.losses + self.ties + self.both_bad


@dataclass(frozen=True, kw_only=True)
class PromptBattles:
    """The same, to be read."""

    votes: PromptVotes
    prompt: Prompt
    response: Response
    rival_response: Response


def list_prompt_votes(
    *, board: Board, model: LanguageModel, rival: LanguageModel, columns_root: Path
) -> list[PromptVotes]:
    """Of each prompt on which the two met, in the order of the first vote. Raises NotPublished.

    Counted are the votes that the board counts, without those of raters who did not agree that theirs be published, or
    took them along since.
    """
    require_texts(study=board.study)
    if board.snapshot is None:
        return []
    prefix = open_prefix(snapshot_id=board.snapshot.pk, columns_root=columns_root)
    positions = prefix.find_votes_between(model.pk, rival.pk)
    positions = positions[_may_be_shown(prefix, positions)]
    return _count(prefix, positions, model=model.pk)


def read_battles(
    votes: Sequence[PromptVotes], *, model: LanguageModel, rival: LanguageModel
) -> list[PromptBattles]:
    """With their texts, by two queries."""
    prompts = Prompt.objects.in_bulk([item.prompt_id for item in votes])
    written = Response.objects.filter(prompt__in=prompts, model__in=[model, rival])
    responses = {(response.prompt_id, response.model_id): response for response in written}
    return [
        PromptBattles(
            votes=item,
            prompt=prompts[item.prompt_id],
            response=responses[item.prompt_id, model.pk],
            rival_response=responses[item.prompt_id, rival.pk],
        )
        for item in votes
    ]


def _may_be_shown(prefix: Prefix, positions: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(N,) as the exports' option publishable_only has it: votes from elsewhere came without a consent to ask for."""
    columns, rater = prefix.columns, prefix.columns.rater[positions]
    elsewhere = columns.origin[positions] != SHOWN
    gone = find_exclusions(columns=columns, study_id=prefix.study.pk, size=columns.size).withdrawn
    if elsewhere.all():
        return np.asarray(~np.isin(rater, gone))
    consents = Source(study=prefix.study, ledger_size=columns.size).consents
    agreed = np.array([pk for pk, may_publish in consents.items() if may_publish], dtype=np.int64)
    return np.asarray((elsewhere | np.isin(rater, agreed)) & ~np.isin(rater, gone))


def _count(prefix: Prefix, positions: NDArray[np.int64], *, model: int) -> list[PromptVotes]:
    columns = prefix.columns
    prompts, first, number = np.unique(columns.prompt[positions], return_index=True, return_inverse=True)
    outcome, on_left = columns.outcome[positions], columns.left[positions] == model
    won_left, won_right = outcome == OUTCOMES[Outcome.LEFT], outcome == OUTCOMES[Outcome.RIGHT]
    masks = {
        "wins": np.where(on_left, won_left, won_right),
        "losses": np.where(on_left, won_right, won_left),
        "ties": outcome == OUTCOMES[Outcome.TIE],
        "both_bad": outcome == OUTCOMES[Outcome.BOTH_BAD],
    }
    counts = {name: np.bincount(number[mask], minlength=len(prompts)) for name, mask in masks.items()}
    return [
        PromptVotes(prompt_id=int(prompts[at]), **{name: int(count[at]) for name, count in counts.items()})
        for at in np.argsort(first)
    ]
