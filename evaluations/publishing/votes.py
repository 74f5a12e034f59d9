"""The votes that a snapshot counts, as columns: all that its figures are computed from."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from evaluations.ranking import Votes, standardise_differences, style_differences
from evaluations.ranking.style import StyleCovariates
from evaluations.ranking.votes import BOTH_BAD, TIE

# The code of a vote on a prompt without a category, or without a language.
NONE: Final = -1


@dataclass(frozen=True, eq=False, kw_only=True)
class CountedVotes:
    """N votes in the ledger's order. models, categories, languages: names, which the codes count from 0.

    position: in the ledger. left, right: models shown on each side. outcome: 0 left, 1 right, 2 tie, 3 both bad.
    rater, prompt: numbered from 0 by first vote. category, language: of the prompt, -1 for none. origin: 0 shown,
    1 recorded, 2 simulated. probability: of the draw, NaN where it was not drawn here. left_style, right_style:
    (N, 4) counts of the response on each side, columns in the order of STYLE_FEATURES.
    """

    models: Sequence[str]
    categories: Sequence[str]
    languages: Sequence[str]
    position: NDArray[np.int64]
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    outcome: NDArray[np.int64]
    rater: NDArray[np.int64]
    prompt: NDArray[np.int64]
    category: NDArray[np.int64]
    language: NDArray[np.int64]
    origin: NDArray[np.int64]
    probability: NDArray[np.float64]
    left_style: NDArray[np.int64]
    right_style: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.position)

    @cached_property
    def drawn(self) -> bool:
        """Whether all were drawn here, so that their probabilities are known."""
        return not bool(np.isnan(self.probability).any())

    @cached_property
    def style(self) -> StyleCovariates:
        """Differences of style, a column a feature, of size 1 over all of these votes."""
        return standardise_differences(differences=style_differences(a=self.left_style, b=self.right_style))

    @cached_property
    def ballots(self) -> Votes:
        """As `rank` takes them: a was shown on the left, in all of them."""
        return Votes.from_codes(
            models=self.models,
            a=self.left,
            b=self.right,
            outcome=self.outcome,
            rater=self.rater,
            prompt=self.prompt,
            side=np.ones((), dtype=np.int8),
            # Recorded votes were drawn by others: with one of them among the votes there is nothing to weigh by.
            probability=self.probability if self.drawn else None,
            covariates=dict(zip(self.style.names, self.style.values.T, strict=True)) if len(self) else None,
        )

    def mask_part(self, *, category: str = "", language: str = "") -> NDArray[np.bool_]:
        """(N,) which votes are on prompts of this category and language; "" is all of them. Raises ValueError."""
        mask = np.ones(len(self), dtype=np.bool_)
        if category:
            mask &= self.category == list(self.categories).index(category)
        if language:
            mask &= self.language == list(self.languages).index(language)
        return mask

    def digest(self) -> str:
        """SHA-256, hexadecimal, of the names, then of the columns in the order of the fields, as little-endian 64-bit
        integers and doubles. An unknown probability is the quiet NaN.

        Models are numbered by slug, raters and prompts by first vote, so that the database's own ids leave no trace.
        """
        found = hashlib.sha256()
        for field in fields(self):
            value = getattr(self, field.name)
            if not isinstance(value, np.ndarray):
                found.update("".join(f"{name}\n" for name in value).encode())
            elif field.name != "probability":
                found.update(np.ascontiguousarray(value, dtype="<i8").tobytes())
            else:
                found.update(np.where(np.isnan(value), np.nan, value).astype("<f8").tobytes())
        return found.hexdigest()


def number_by_first(values: NDArray[Any]) -> NDArray[np.int64]:
    """(N,) the same values, numbered from 0 in the order in which they come first."""
    _, first, inverse = np.unique(values, return_index=True, return_inverse=True)
    numbers = np.empty(len(first), dtype=np.int64)
    numbers[np.argsort(first)] = np.arange(len(first))
    return numbers[inverse]


def count_outcomes(votes: CountedVotes, *, mask: NDArray[np.bool_] | None = None) -> dict[str, int]:
    """Of all votes, or those under the (N,) mask: how many, what they say, of how many raters on how many prompts."""
    chosen = slice(None) if mask is None else mask
    outcome = votes.outcome[chosen]
    return {
        "counted": len(outcome),
        "ties": int((outcome == TIE).sum()),
        "both_bad": int((outcome == BOTH_BAD).sum()),
        "raters": _count_different(votes.rater[chosen]),
        "prompts": _count_different(votes.prompt[chosen]),
    }


def _count_different(numbers: NDArray[np.int64]) -> int:
    """How many different numbers from 0: one pass, no sort."""
    return int(np.count_nonzero(np.bincount(numbers))) if len(numbers) else 0
