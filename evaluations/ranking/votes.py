"""Votes as arrays: the one thing that a ranking is computed from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evaluations.errors import BadVotes, UnsupportedParameter
from evaluations.ranking import arrays
from evaluations.ranking.labels import (
    OUTCOMES,
    Column,
    Outcome,
    encode_groups,
    encode_models,
    encode_outcomes,
    sort_names,
)

__all__ = ["BOTH_BAD", "OUTCOMES", "TIE", "A", "B", "Outcome", "Part", "Votes"]

A, B, TIE, BOTH_BAD = range(len(OUTCOMES))

Integers: TypeAlias = NDArray[np.integer[Any]]
Floats: TypeAlias = NDArray[np.float64]
Part: TypeAlias = slice | NDArray[np.intp]

BLOCK = 1 << 18  # votes read at a time: what is made of a block stays in the cache


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Votes:
    """N votes on K models. Build it with `from_labels` or `from_codes`, which check what they are given.

    models: K different names. a, b: (N,) codes into models, never equal in one vote. outcome: (N,) codes
    into OUTCOMES. rater, prompt: (N,) codes below `raters` and `prompts`, or None where unknown.
    side: (N,) +1 where a was shown left, -1 where b was, 0 where that is unknown; or None.
    probability: (N,) in (0, 1], of the draw of the two models, or None. covariates: (N,) numbers by name, each
    the difference of a from b. chosen: (N,) which votes count, or None for all; see `select`.
    The arrays are read-only views: memory-mapped columns are not copied.
    """

    models: tuple[str, ...]
    a: Integers
    b: Integers
    outcome: Integers
    rater: Integers | None
    raters: int
    prompt: Integers | None = None
    prompts: int = 0
    side: Integers | None = None
    probability: Floats | None = None
    covariates: Mapping[str, Floats] = field(default_factory=dict)
    chosen: NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        return len(self.outcome) if self.chosen is None else int(np.count_nonzero(self.chosen))

    def __repr__(self) -> str:
        return f"{len(self):,} votes on {len(self.models)} models"

    def select(self, mask: NDArray[np.bool_]) -> Votes:
        """The same votes, of which only those under the mask count: a view, no column is copied.

        mask: (N,) booleans over all N votes, also where some were left out before. Raises BadVotes.
        """
        wanted = arrays.check_mask(mask, size=len(self.outcome))
        return replace(self, chosen=wanted if self.chosen is None else self.chosen & wanted)

    def parts(self) -> Iterator[Part]:
        """The chosen votes, a block at a time, as indices into the columns."""
        for start in range(0, len(self.outcome), BLOCK):
            part = slice(start, min(start + BLOCK, len(self.outcome)))
            yield part if self.chosen is None else start + np.flatnonzero(self.chosen[part])

    def groups(self, noun: str) -> tuple[Integers, int]:
        """(N,) codes of the raters or prompts, and how many codes there are.

        noun: "rater" or "prompt". Raises UnsupportedParameter where the votes do not say.
        """
        codes, count = (self.rater, self.raters) if noun == "rater" else (self.prompt, self.prompts)
        if codes is None:
            said = "who cast each vote" if noun == "rater" else "which prompt each vote was on"
            raise UnsupportedParameter(
                f'cluster="{noun}" needs to know {said}, and these votes do not say. '
                "Pass cluster=None to take votes as independent."
            )
        return codes, count

    def count_groups(self, noun: str) -> int:
        """How many raters or prompts the chosen votes have; 0 where that is unknown."""
        codes, count = (self.rater, self.raters) if noun == "rater" else (self.prompt, self.prompts)
        if codes is None or self.chosen is None:
            return count
        present = np.zeros(count, dtype=np.bool_)
        for part in self.parts():
            present[codes[part]] = True
        return int(present.sum())

    @classmethod
    def from_labels(
        cls,
        *,
        model_a: Column,
        model_b: Column,
        outcome: Column,
        rater: Column | None = None,
        prompt: Column | None = None,
        side: ArrayLike | None = None,
        probability: ArrayLike | None = None,
        covariates: Mapping[str, ArrayLike] | None = None,
    ) -> Votes:
        """Votes from columns of text, each of length N: lists, numpy, pandas or Arrow columns.

        Models, raters and prompts are numbered in the order of their names; the other columns are as in
        `from_codes`. Raises BadVotes (lengths, names, a model against itself), UnknownOutcome (with the
        vote's number, from 1).
        """
        models, a, b = encode_models(model_a, model_b)
        return cls.from_codes(
            models=models,
            a=a,
            b=b,
            outcome=encode_outcomes(outcome),
            rater=None if rater is None else encode_groups(rater, noun="rater"),
            prompt=None if prompt is None else encode_groups(prompt, noun="prompt"),
            side=side,
            probability=probability,
            covariates=covariates,
        )

    @classmethod
    def from_codes(
        cls,
        *,
        models: Sequence[str],
        a: ArrayLike,
        b: ArrayLike,
        outcome: ArrayLike,
        rater: ArrayLike | None = None,
        prompt: ArrayLike | None = None,
        side: ArrayLike | None = None,
        probability: ArrayLike | None = None,
        covariates: Mapping[str, ArrayLike] | None = None,
    ) -> Votes:
        """Votes from columns of integers, each (N,): a and b into models, outcome 0 a, 1 b, 2 tie, 3 both.

        rater, prompt: any whole numbers from 0; they are renumbered without gaps, in their order.
        side: +1 a was left, -1 b was, 0 unknown; one number stands for all votes. probability: in (0, 1].
        covariates: finite numbers by name. Raises BadVotes, UnknownOutcome.
        """
        names = tuple(models)
        if len(sort_names(set(names))) < len(names):
            raise BadVotes("A model is named twice.")
        codes = {name: arrays.check_codes(given, name=name) for name, given in (("a", a), ("b", b))}
        outcomes = arrays.check_codes(outcome, name="outcome")
        size = len(outcomes)
        raters, many_raters = arrays.compact_groups(rater, name="rater")
        prompts, many_prompts = arrays.compact_groups(prompt, name="prompt")
        measured = {
            name: arrays.check_covariate(given, name=name) for name, given in (covariates or {}).items()
        }
        chance = None if probability is None else arrays.check_numbers(probability, name="probability")
        columns = {
            **codes,
            "outcome": outcomes,
            "rater": raters,
            "prompt": prompts,
            "probability": chance,
            **measured,
        }
        arrays.check_lengths(columns)
        arrays.check_models(codes["a"], codes["b"], len(names))
        arrays.check_outcomes(outcomes)
        arrays.check_probabilities(chance)
        return cls(
            models=names,
            a=codes["a"],
            b=codes["b"],
            outcome=outcomes,
            rater=raters,
            raters=many_raters,
            prompt=prompts,
            prompts=many_prompts,
            side=None if side is None else arrays.check_side(side, size=size),
            probability=chance,
            covariates=measured,
        )
