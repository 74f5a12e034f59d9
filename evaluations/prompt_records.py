"""A model on single prompts: where it does better or worse than chance allows, and what it answered on a few."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
from django.db.models import BinaryField, Count, F, Func, OuterRef, Subquery, Value

from evaluations.boards import Board
from evaluations.models import LanguageModel, Prompt, Response, Study
from evaluations.prefixes import open_prefix
from evaluations.publicity import shows_texts
from evaluations.publishing.prompt_scores import PromptScore, PromptScores, score_prompts

MOST_SAMPLES: Final = 3


@dataclass(frozen=True, kw_only=True)
class PromptRecord:
    """A prompt's figures, with the prompt, and its place in the prompt set, from 1: a name that tells nothing of it."""

    score: PromptScore
    prompt: Prompt
    place: int


@dataclass(frozen=True, kw_only=True)
class PromptRecords:
    scores: PromptScores
    strongest: list[PromptRecord]
    weakest: list[PromptRecord]


def fetch_prompt_records(*, board: Board, model: LanguageModel, columns_root: Path) -> PromptRecords | None:
    """None where too few prompts have enough votes on the model. Whether texts may be shown is for the caller."""
    if board.snapshot is None:
        return None
    scores, ids = _score_once(
        board.snapshot.pk,
        model,
        board.parameters.get("level", 0.95),
        board.parameters.get("both_bad", "tie"),
        columns_root,
    )
    if scores is None:
        return None
    listed = [*scores.strongest, *scores.weakest]
    prompts = _fetch_prompts({ids[row.prompt] for row in listed})

    def name(rows: tuple[PromptScore, ...]) -> list[PromptRecord]:
        found = [(row, prompts[ids[row.prompt]]) for row in rows]
        return [PromptRecord(score=row, prompt=prompt, place=place) for row, (prompt, place) in found]

    return PromptRecords(scores=scores, strongest=name(scores.strongest), weakest=name(scores.weakest))


def list_samples(*, study: Study, model: LanguageModel, most: int = MOST_SAMPLES) -> list[Response]:
    """The model's responses to the prompts whose keys have the lowest SHA-256: the same prompts for every model, which
    nobody chose. None while raters must not know them."""
    if not shows_texts(study=study):
        return []
    encoded = Func(F("prompt__key"), Value("UTF8"), function="convert_to", output_field=BinaryField())
    digest = Func(encoded, function="sha256", output_field=BinaryField())
    answered = Response.objects.filter(prompt__prompt_set=study.prompt_set_id, model=model)
    return list(answered.select_related("prompt").annotate(place=digest).order_by("place")[:most])


def _fetch_prompts(ids: set[int]) -> Mapping[int, tuple[Prompt, int]]:
    earlier = Prompt.objects.filter(prompt_set=OuterRef("prompt_set"), pk__lte=OuterRef("pk")).order_by()
    counted = earlier.values("prompt_set").annotate(many=Count("pk")).values("many")
    rows = Prompt.objects.filter(pk__in=ids).annotate(place=Subquery(counted))
    return {prompt.pk: (prompt, prompt.place) for prompt in rows}


@lru_cache(maxsize=512)
def _score_once(
    snapshot_id: int, model: LanguageModel, level: float, both_bad: str, columns_root: Path
) -> tuple[PromptScores | None, Mapping[int, int]]:
    """The scores, and the id of each prompt that they number. A snapshot never changes, so that neither do these."""
    prefix = open_prefix(snapshot_id=snapshot_id, columns_root=columns_root)
    positions = prefix.find_votes_on(model.pk)
    votes = prefix.read(positions)
    scores = score_prompts(votes, model=model.slug, level=level, both_bad=both_bad)
    numbers, first = np.unique(votes.prompt, return_index=True)
    ids = prefix.columns.prompt[positions[first]]
    return scores, dict(zip(numbers.tolist(), ids.tolist(), strict=True))
