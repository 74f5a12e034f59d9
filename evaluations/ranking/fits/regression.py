"""Bradley–Terry with more in it: a tie parameter, the side, covariates of style; one likelihood for all.

    η_t = θ_a − θ_b + γ side_t + βᵀx_t
    ties as halves:  P(a wins) = σ(η_t), a tie being half a win for either             (Bradley & Terry 1952)
    Davidson:        P(a) : P(b) : P(tie) = e^(η/2) : e^(−η/2) : ν                      (Davidson 1970, JASA 65)

Both are log-linear, so that the likelihood is concave in (θ, γ, β, log ν) and Newton's method finds its top.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from evaluations.errors import NotConverged, UnsupportedParameter
from evaluations.ranking.fits.bradley_terry import FULL, ITERATIONS, laplacian
from evaluations.ranking.fits.likelihood import add_derivatives
from evaluations.ranking.fits.rows import Rows
from evaluations.ranking.fits.scores import score_rows
from evaluations.ranking.fits.threads import map_parts
from evaluations.ranking.votes import Floats

TIES: Final = "ties"  # the name of log ν among the effects
STEP: Final = 3e-6  # log-odds; what is left after such a step is of the size of its square
SINGULAR: Final = 1e-10  # share of an effect's information: with less of its own it is a mixture of others


@dataclass(frozen=True, eq=False, kw_only=True)
class Regression:
    """strength: (K,) log-odds, sum zero. effects: (p,) by `names`, log ν last where ties have a parameter.

    iterations: Newton steps. converged: always true, or the fit raises.
    """

    strength: Floats
    effects: Floats
    names: tuple[str, ...]
    iterations: int
    converged: bool = True

    @property
    def davidson(self) -> bool:
        return bool(self.names) and self.names[-1] == TIES

    @property
    def slopes(self) -> Floats:
        """(q,) the effects that multiply the columns of x."""
        return self.effects[:-1] if self.davidson else self.effects

    @property
    def nu(self) -> float:
        return float(np.exp(self.effects[-1])) if self.davidson else 0.0


@dataclass(frozen=True, eq=False, kw_only=True)
class Derivatives:
    """gradient: (K + p,). information: (K + p, K + p). pairs: (K, K) its weights by pair.

    squares: (K + p, K + p) Σ s sᵀ over votes, where it was asked for.
    """

    gradient: Floats
    information: Floats
    pairs: Floats
    squares: Floats | None


def fit_regression(
    *,
    rows: Rows,
    models: int,
    davidson: bool,
    prior: float = 0.0,
    strength: Floats | None = None,
    start: Regression | None = None,
) -> Regression:
    """Maximise the likelihood of the rows over θ of sum zero, the effects of x, and log ν.

    models: K, all tied together by the rows, unless prior > 0. davidson: ties have a parameter.
    prior: precision of a normal prior on θ. start: where to begin; by default no effects, and log ν that of
    the share of ties, at the (K,) strength given, or at nought.
    The step is damped as in `bradley_terry.fit_strengths`, d now bounding the change of any row's predictor.

    Raises NotConverged where there is no finite answer; UnsupportedParameter where an effect is constant, or
    a mixture of the models and the other effects.
    """
    names = (*rows.names, *([TIES] if davidson else []))
    now = start or Regression(
        strength=np.zeros(models) if strength is None else strength,
        effects=_first_effects(rows, davidson),
        names=names,
        iterations=0,
    )
    scale = rows.largest
    for iteration in range(1, ITERATIONS + 1):
        found = differentiate_rows(rows=rows, at=now)
        gradient, matrix = found.gradient.copy(), found.information.copy()
        gradient[:models] -= prior * now.strength
        matrix[:models, :models] += prior * np.eye(models)
        matrix = ground(matrix, models=models)
        if start is None and iteration == 1:
            _check_distinct(matrix, names, models)
        step = _solve(matrix, gradient)
        reach = float(np.ptp(step[:models]) + np.abs(step[models : models + len(scale)]) @ scale)
        reach += float(np.abs(step[models + len(scale) :]).sum())
        if reach > FULL:
            step *= np.log1p(reach) / reach
        moved = now.strength + step[:models]
        now = Regression(
            strength=moved - moved.mean(),
            effects=now.effects + step[models:],
            names=names,
            iterations=iteration,
        )
        if reach <= STEP:
            return now
    raise NotConverged(
        f"The fit still moves by {reach:.1e} after {ITERATIONS} steps; it gives no number. "
        f"An effect may have no finite value: {', '.join(names)}."
    )


def differentiate_rows(*, rows: Rows, at: Regression, squared: bool = False) -> Derivatives:
    """Gradient and information of the log-likelihood; with `squared` also the sum of s sᵀ over votes."""
    models, many, layers = len(at.strength), rows.x.shape[1], 1 + squared
    shapes = [
        (models + many + 1,),
        (layers, models, models),
        (layers, models, many + 1),
        (layers, many + 1, many + 1),
    ]

    def add(start: int, stop: int) -> list[Floats]:
        sums = [np.zeros(shape) for shape in shapes]
        columns = (rows.a, rows.b, rows.outcome, rows.weight, rows.square, rows.x)
        add_derivatives(start, stop, *columns, at.strength, at.slopes, at.nu, at.davidson, *sums)
        return sums

    parts = map_parts(add, size=len(rows.a))
    gradient, pairs, cross, inner = (sum(part) for part in zip(*parts, strict=True))
    size = models + len(at.effects)
    tables = [_join(pairs[layer], cross[layer], inner[layer], size) for layer in range(layers)]
    return Derivatives(
        gradient=gradient[:size],
        information=tables[0],
        pairs=pairs[0] + pairs[0].T,
        squares=tables[1] if squared else None,
    )


def _join(pairs: Floats, cross: Floats, inner: Floats, size: int) -> Floats:
    """(size, size) one symmetric table of the models, the effects and, if it is in, log ν."""
    inner = np.triu(inner) + np.triu(inner, 1).T
    return np.block([[laplacian(pairs + pairs.T), cross], [cross.T, inner]])[:size, :size]


def score_votes(*, rows: Rows, at: Regression) -> tuple[Floats, Floats]:
    """(n,) each row's weighted derivative by η, and by log ν (noughts without a tie parameter)."""
    eta, tie = np.empty(len(rows.a)), np.empty(len(rows.a))
    place = (at.strength, at.slopes, at.nu, at.davidson)

    def score(start: int, stop: int) -> None:
        score_rows(start, stop, rows.a, rows.b, rows.outcome, rows.weight, rows.x, *place, eta, tie)

    map_parts(score, size=len(rows.a))
    return eta, tie


def ground(matrix: Floats, *, models: int) -> Floats:
    """The information made invertible: a constant on the models' block, which vectors of sum zero do not see."""
    grounded = matrix.copy()
    grounded[:models, :models] += matrix.diagonal()[:models].min() / models
    return grounded


def _first_effects(rows: Rows, davidson: bool) -> Floats:
    slopes = np.zeros(rows.x.shape[1])
    if not davidson:
        return slopes
    tied = float(rows.weights[rows.outcome == 2].sum())
    return np.append(slopes, np.log(2 * tied / (float(rows.weights.sum()) - tied)))


def _check_distinct(matrix: Floats, names: tuple[str, ...], models: int) -> None:
    """Of each effect some part must be left that the models and the other effects do not explain."""
    if not names:
        return
    inner, cross = matrix[models:, models:], matrix[:models, models:]
    scale = np.sqrt(inner.diagonal())
    if (scale == 0).any():
        flat = ", ".join(name for name, size in zip(names, scale, strict=True) if size == 0)
        raise UnsupportedParameter(f"There is no difference of {flat} in any vote of the fit: leave it out.")
    left = inner - cross.T @ np.linalg.solve(matrix[:models, :models], cross)
    if np.linalg.eigvalsh(left / scale / scale[:, None])[0] < SINGULAR:
        raise UnsupportedParameter(
            f"The effects of {', '.join(names)} cannot be told apart from each other or from the models: "
            "one of them is a mixture of the rest."
        )


def _solve(matrix: Floats, gradient: Floats) -> Floats:
    """Solve with every unknown scaled to one, so that a covariate's unit does not matter."""
    scale = np.sqrt(matrix.diagonal())
    if not (np.isfinite(scale).all() and (scale > 0).all()):
        raise NotConverged("The fit has no answer: the counts of votes are not numbers, or too uneven.")
    scaled = matrix / scale / scale[:, None]
    try:
        return np.asarray(cho_solve(cho_factor(scaled), gradient / scale) / scale, dtype=np.float64)
    except (LinAlgError, ValueError) as error:
        raise NotConverged("The fit has no answer: the votes are too uneven.") from error
