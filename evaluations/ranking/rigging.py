"""Which raters, or groups of raters, vote as no honest taste would: an e-value each, and flags for a person to review.

The null hypothesis of a group: whatever it voted before, whenever it decides between a and b (no tie, not both
bad), its log-odds for a lie within `taste` of the fitted θ_a − θ_b + offset. So a group is free to tie as often
as it likes, to stop when it likes, to let one vote depend on the last, and to have tastes of its own, another
on each pair, up to `taste`. Only beyond that does the guarantee end: a group with a stronger taste, honest or
not, can be flagged, which is why a flag is a question to a person, and nothing is left out here.

An e-value has a mean of at most 1 under the null. Ours is an average of likelihood ratios, one for each way of
voting that we look for. Flags are set by e-BH: of the groups flagged, an expected share of at most `level`
keeps to the null, however the groups depend on each other.
Wang & Ramdas (2022), False discovery rate control with e-values, JRSS-B 84; Vovk & Wang (2021), Annals of
Statistics 49, for averages; Huber (1965), Annals of Mathematical Statistics 36, for ratios against a band.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from evaluations.errors import BadVotes, NothingToRank, UnsupportedParameter
from evaluations.ranking import arrays
from evaluations.ranking.arrays import Floats, Integers
from evaluations.ranking.evidence import Decided, Family, check_level, flag_discoveries, weigh_groups
from evaluations.ranking.votes import A, B

GROUPS: Final = 1 << 24  # a larger code is no number of a group, and no table could hold it
EXPECTED: Final = "as the model expects"


@dataclass(frozen=True, kw_only=True)
class Suspect:
    """One group. votes: all of its votes; decided: those that were tested. log_e: ln of its e-value.

    alternative: the way of voting that its votes fit best, in words.
    """

    group: int
    votes: int
    decided: int
    log_e: float
    alternative: str
    flagged: bool


@dataclass(frozen=True, eq=False, kw_only=True)
class Suspicion:
    """What is suspected of each of G groups; all arrays are (G,), in the order of the group codes.

    votes, decided, log_e, flagged: as in Suspect; a code without votes has log_e 0 and is no hypothesis.
    alternative: codes into `alternatives`, whose first says that nothing fits better than the model.
    level, taste: those that were asked for.
    """

    votes: NDArray[np.int64]
    decided: NDArray[np.int64]
    log_e: Floats
    alternative: NDArray[np.int64]
    flagged: NDArray[np.bool_]
    alternatives: tuple[str, ...]
    level: float
    taste: float

    def suspect(self, group: int) -> Suspect:
        """The group with this code."""
        return Suspect(
            group=group,
            votes=int(self.votes[group]),
            decided=int(self.decided[group]),
            log_e=float(self.log_e[group]),
            alternative=self.alternatives[self.alternative[group]],
            flagged=bool(self.flagged[group]),
        )

    def flags(self) -> tuple[Suspect, ...]:
        """The flagged groups, the strongest evidence first."""
        found = np.flatnonzero(self.flagged)
        strongest = found[np.argsort(-self.log_e[found], kind="stable")]
        return tuple(self.suspect(int(group)) for group in strongest)


def suspect_raters(
    *,
    models: Sequence[str],
    a: Integers,
    b: Integers,
    outcome: Integers,
    group: Integers,
    strength: Floats,
    side: Integers | None = None,
    offset: Floats | None = None,
    makers: Sequence[str] | None = None,
    taste: float = 0.5,
    level: float = 0.05,
) -> Suspicion:
    """An e-value for each group of votes against the fitted model, and the e-BH flags at `level`.

    models: K names. a, b: (N,) codes into models. outcome: (N,) 0 a, 1 b, 2 tie, 3 both bad. group: (N,) codes
    from 0: a rater, or any grouping of raters. strength: (K,) log-odds of decided votes (ties left out of the
    fit, or Davidson's), or (G, K), row g fitted without the votes of group g; NaN for a model without a place,
    whose votes are then not tested. side: (N,) 1 where a was on the left, -1 on the right, 0 unknown; without
    it, sides are not tested. offset: (N,) what the fit adds to θ_a − θ_b (side, covariates). makers: K names,
    to test for a maker's models together. taste: the largest honest departure, log-odds. level: the false
    discovery rate.

    The e-value is the plain average over families (models, makers, sides, at random, against the order), each
    the average over its alternatives, each Π q(y)/p(y) over the group's votes: q the alternative, p the
    probability within the band of the null that is nearest to q. The fitted strengths are taken as known: an
    error in θ_a − θ_b uses up as much of `taste`, and no more. Only with (G, K) strengths is the band
    independent of the votes that it judges; with (K,), a group has pulled the fit towards itself.
    Raises BadVotes, UnknownOutcome, UnsupportedParameter, NothingToRank (no votes).
    """
    _check_parameters(models, makers, taste=taste, level=level)
    votes = _count_votes(models, a=a, b=b, outcome=outcome, group=group, side=side, offset=offset)
    if strength.shape not in ((len(models),), (len(votes), len(models))) or np.isinf(strength).any():
        raise BadVotes(
            f"The strengths are finite (or NaN), one for each of {len(models)} models, or a row of them for "
            f"each of {len(votes)} groups; here they are {strength.shape}."
        )
    decided = _orient_votes(a, b, outcome, group, strength, side, offset, makers)
    log_e, alternative = weigh_groups(decided=decided, groups=len(votes), taste=taste)
    flagged = np.zeros(len(votes), dtype=np.bool_)
    flagged[votes > 0] = flag_discoveries(log_e=log_e[votes > 0], level=level)
    return Suspicion(
        votes=votes,
        decided=np.bincount(decided.group, minlength=len(votes)).astype(np.int64),
        log_e=log_e,
        alternative=alternative,
        flagged=flagged,
        alternatives=_name_alternatives(models, makers, sided=side is not None),
        level=level,
        taste=taste,
    )


def _orient_votes(
    a: Integers,
    b: Integers,
    outcome: Integers,
    group: Integers,
    strength: Floats,
    side: Integers | None,
    offset: Floats | None,
    makers: Sequence[str] | None,
) -> Decided:
    """Leave the votes that decided between models with strengths, sort them by group, turn each to its winner."""
    own = strength.ndim == 2
    odds = strength[group, a] - strength[group, b] if own else strength[a] - strength[b]
    odds = odds if offset is None else odds + offset
    tested = np.flatnonzero(((outcome == A) | (outcome == B)) & ~np.isnan(odds))
    order = tested[np.argsort(group[tested], kind="stable")]
    won = outcome[order] == A
    raised, lowered = np.where(won, a[order], b[order]), np.where(won, b[order], a[order])
    families = [Family(raised=raised, lowered=lowered, targets=strength.shape[-1])]
    if makers is not None:
        names, maker = np.unique(np.asarray(makers), return_inverse=True)
        families.append(Family(raised=maker[raised], lowered=maker[lowered], targets=len(names)))
    if side is not None:
        place = np.where(won, 1, -1) * side[order]  # of the model voted for: 1 left, -1 right, 0 unknown
        right, left = (place < 0).astype(np.int8), (place > 0).astype(np.int8)
        families.append(Family(raised=right, lowered=left, targets=2))
    return Decided(
        group=group[order].astype(np.intp, copy=False),
        odds=np.where(won, 1, -1) * odds[order],
        families=tuple(families),
    )


def _name_alternatives(
    models: Sequence[str], makers: Sequence[str] | None, *, sided: bool
) -> tuple[str, ...]:
    """The words of the alternatives, in the order of the columns of `weigh_groups`."""
    targets = [list(models)]
    if makers is not None:
        targets.append([f"the models of {maker}" for maker in np.unique(np.asarray(makers))])
    words = [f"{verb} {name}" for names in targets for verb in ("favours", "against") for name in names]
    if sided:  # to work against a side is to favour the other: each has the same words, and the same ratios
        left, right = "always the left side", "always the right side"
        words += [left, right, right, left]
    return (EXPECTED, *words, "at random", "against the order")


def _count_votes(
    models: Sequence[str],
    *,
    a: Integers,
    b: Integers,
    outcome: Integers,
    group: Integers,
    side: Integers | None,
    offset: Floats | None,
) -> NDArray[np.int64]:
    """(G,) votes of each group, once the columns are known to be votes."""
    columns = {"a": a, "b": b, "outcome": outcome, "group": group, "side": side}
    for name, column in columns.items():
        if column is not None:
            arrays.check_codes(column, name=name)
    if offset is not None:
        arrays.check_numbers(offset, name="offset")
    arrays.check_lengths({**columns, "offset": offset})
    arrays.check_models(a, b, len(models))
    arrays.check_outcomes(outcome)
    if side is not None:
        arrays.check_side(side, size=len(outcome))
    if not len(outcome):
        raise NothingToRank("There are no votes, so there is no group to suspect.")
    if not (int(group.min()) >= 0 and int(group.max()) < GROUPS):
        raise BadVotes(f"Groups are numbered from 0, below {GROUPS}; renumber them without gaps.")
    return np.bincount(group.astype(np.intp, copy=False)).astype(np.int64)


def _check_parameters(
    models: Sequence[str], makers: Sequence[str] | None, *, taste: float, level: float
) -> None:
    check_level(level)
    if not 0 <= taste < np.inf:
        raise UnsupportedParameter(f"taste is a number of log-odds from 0, not {taste}.")
    if makers is not None and len(makers) != len(models):
        raise UnsupportedParameter(f"makers names one for each of {len(models)} models; here {len(makers)}.")
