"""How often intervals, rank ranges and verdicts are right, in simulated votes of raters with tastes of their own.

Run: python bench/coverage.py [repetitions]. Prints two tables, the same on every run, and ends with an error if a
figure breaks its promise by more than simulation error.

A vote of rater r on models a and b, shown prompt q, has the log-odds

    η = θ_a − θ_b + u_ra − u_rb  (+ v_qa − v_qb)  (+ (γ + g_r) side + (β + h_r) x)      u, v, g, h normal, mean nought

and models, prompts, side and x are drawn evenly and independently. Raters do not agree with the θ that their tastes
are centred on: σ is not linear, so that votes averaged over raters are less decided than those of the mean rater. What
a fit of many raters tends to, and what an interval must hold, is the solution of the score equation of the population,
E[score(θ, …)] = 0 under this design. It is found without simulation: the expected shares of the outcomes by
Gauss-Hermite quadrature over the normal η, and the fit to a census in which they are the
weights.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from itertools import combinations, product
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit

if __name__ == "coverage":
    # numba looks for the package of this name, and in a bench it finds this file first.
    raise ImportError("This is a bench, and not the package coverage.")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from evaluations.ranking import Ranking, Votes, rank, warm_kernels
from evaluations.ranking.claims import KINDS, Kind, claim_edges, judge_claim
from evaluations.ranking.scales import PER_LOGIT
from evaluations.ranking.votes import Floats

Work: TypeAlias = Callable[[int, int], list[float]]
MODELS = 8
NAMES = [f"model {number}" for number in range(MODELS)]
EVEN = np.linspace(0.5, -0.5, MODELS) / PER_LOGIT  # strengths, for a spread of one point
VOTES = 40  # of each rater
TASTE = 0.5  # log-odds: spread of the raters', and of the prompts', u and v
TIES = 0.25  # share of the votes, where ties have no parameter of their own
NU = 0.8  # Davidson's ν, which makes about as many
EFFECTS = (0.2, 0.3)  # log-odds: γ and β
EFFECT_TASTE = 0.3  # of the raters' g and h
SIDES, STYLES = (-1.0, 1.0), (-1.0, 0.0, 1.0)
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(60)

COLUMNS = ("intervals", "all ranges", "position", "style", "ties")
PROMISED = dict.fromkeys(COLUMNS, (0.94, 0.96)) | {"all ranges": (0.95, 1.0)}
BEYOND = 3  # standard errors of the simulation beyond the promise are an error
ALPHA, MARGIN = 0.05, 30.0  # the margin in points
CLAIM_RATERS, CLAIM_VOTES = 300, 16


@dataclass(frozen=True, kw_only=True)
class Case:
    """Raters, how they vote, and the options of the ranking. spread: points from the best model to the worst.

    every: of so many repetitions one is run. promised: whether its figures are, or show what goes wrong.
    """

    title: str
    raters: int = 100
    spread: float = 400.0
    prompts: int = 0
    options: dict[str, Any] = field(default_factory=dict)
    every: int = 1
    promised: bool = True


BOOTSTRAP: dict[str, Any] = {"interval": "bootstrap"}
EFFECTIVE: dict[str, Any] = {"position": True, "style": ["style"]}
CASES = (
    Case(title="100 raters"),
    Case(title="100 raters, taken as independent votes", options={"cluster": None}, promised=False),
    Case(title="100 raters, bootstrap", options=BOOTSTRAP, every=4),
    Case(title="100 raters, equal models", spread=0),
    Case(title="100 raters, equal models, bootstrap", spread=0, options=BOOTSTRAP, every=4),
    Case(title="30 raters", raters=30),
    Case(title="30 raters, taken as independent votes", raters=30, options={"cluster": None}, promised=False),
    Case(title="30 raters, equal models", raters=30, spread=0),
    Case(title="30 raters, bootstrap", raters=30, options=BOOTSTRAP, every=4),
    Case(title="30 raters, equal models, bootstrap", raters=30, spread=0, options=BOOTSTRAP, every=4),
    Case(title="position and style", options=EFFECTIVE),
    Case(title="position and style, Davidson", options={**EFFECTIVE, "ties": "davidson"}),
    Case(title="100 prompts, by both", prompts=100, options={"cluster": "both"}),
    Case(title="100 prompts, by both, equal models", prompts=100, spread=0, options={"cluster": "both"}),
    Case(title="100 prompts, by rater alone", prompts=100, promised=False),
)
CLAIMS = (*product(KINDS, (1, 4)), ("superior", None))  # kind, and block; None takes votes as independent


def main(repetitions: int = 2000) -> None:
    warm_kernels()
    with ProcessPoolExecutor(max_workers=2) as pool:
        broken = [*print_cases(pool, repetitions), *print_claims(pool, max(repetitions // 2, 2))]
    if broken:
        raise SystemExit("Not as promised, by more than simulation error: " + "; ".join(broken) + ".")


def print_cases(pool: Executor, repetitions: int) -> Iterator[str]:
    print(f"{MODELS} models, {VOTES} votes a rater, 100 raters unless said; {repetitions:,} repetitions")
    print("percent of 95 % intervals that hold the truth, and of repetitions in which all rank ranges do")
    print(f"{'':40}" + "".join(f"{name:>13}" for name in COLUMNS))
    for number, case in enumerate(CASES):
        shares, errors = repeat(pool, measure, number, max(repetitions // case.every, 2))
        print(f"{case.title:40}" + "".join(map(show, shares, errors)), flush=True)
        for name, share, error in zip(COLUMNS, shares, errors, strict=True):
            low, high = PROMISED[name]
            if case.promised and (share + BEYOND * error < low or share - BEYOND * error > high):
                yield f"{case.title}, {name}"


def print_claims(pool: Executor, runs: int) -> Iterator[str]:
    print(f"\nclaims at their edge, {CLAIM_RATERS} raters with {CLAIM_VOTES} votes each; {runs:,} runs")
    print("percent of runs in which one who looks after every vote ever sees")
    print(f"{'':40}{'a wrong verdict':>18}{'the score ruled out':>21}")
    for number, (kind, block) in enumerate(CLAIMS):
        shares, errors = repeat(pool, judge, number, runs)
        title = f"{kind}, " + (f"block {block}" if block else "taken as independent votes")
        print(f"{title:40}{show(shares[0], errors[0]):>18}{show(shares[1], errors[1]):>21}", flush=True)
        if block and (shares - BEYOND * errors > ALPHA).any():
            yield title


def repeat(pool: Executor, work: Work, number: int, times: int) -> tuple[Floats, Floats]:
    """Means of what the work returns, and the standard errors of the simulation, 1/times at least."""
    found = np.array(list(pool.map(work, [number] * times, range(times), chunksize=20)))
    return found.mean(axis=0), np.maximum(found.std(axis=0, ddof=1) / np.sqrt(times), 1 / times)


def measure(number: int, repetition: int) -> list[float]:
    """Which share of the intervals holds the truth, by COLUMNS, in one repetition; NaN where there is none."""
    case, truth = CASES[number], find_truth(number)
    # Cases with as many raters draw the same tastes and pairs: what differs is how they are ranked.
    ranking = rank(draw_votes(case, np.random.default_rng([case.raters, repetition])), **case.options)
    order, right = np.argsort(ranking.models), np.argsort(truth.models)
    score, strength = truth.score[right], np.round(truth.strength[right], 9)
    best = 1 + (strength[:, None] > strength).sum(axis=0)
    worst = MODELS - (strength[:, None] < strength).sum(axis=0)
    held = {
        "intervals": np.mean((ranking.lower[order] <= score) & (score <= ranking.upper[order])),
        "all ranges": np.all((ranking.rank_low[order] <= best) & (worst <= ranking.rank_high[order])),
    }
    for found, true in zip(ranking.effects, truth.effects, strict=True):
        held[found.name] = found.lower <= true.value <= found.upper
    return [float(held.get(name, np.nan)) for name in COLUMNS]


def draw_votes(case: Case, generator: np.random.Generator) -> Votes:
    size = case.raters * VOTES
    rater = np.repeat(np.arange(case.raters), VOTES)
    a = generator.integers(MODELS, size=size)
    b = (a + generator.integers(1, MODELS, size=size)) % MODELS
    view = EVEN * case.spread + generator.normal(0, TASTE, (case.raters, MODELS))
    eta = view[rater, a] - view[rater, b]
    luck, prompt, shown = generator.random(size), None, {}
    if "style" in case.options:
        side, style = generator.choice(SIDES, size), generator.choice(STYLES, size)
        slope = EFFECTS + generator.normal(0, EFFECT_TASTE, (case.raters, 2))
        eta += slope[rater, 0] * side + slope[rater, 1] * style
        shown = {"side": side.astype(int), "covariates": {"style": style}}
    if case.prompts:
        prompt = generator.integers(case.prompts, size=size)
        turn = generator.normal(0, TASTE, (case.prompts, MODELS))
        eta += turn[prompt, a] - turn[prompt, b]
    wins, losses, _ = outcome_chances(eta, davidson="ties" in case.options)
    outcome = np.where(luck < wins, 0, np.where(luck < wins + losses, 1, 2))
    return Votes.from_codes(models=NAMES, a=a, b=b, outcome=outcome, rater=rater, prompt=prompt, **shown)


def outcome_chances(eta: Floats, *, davidson: bool = False) -> tuple[Floats, Floats, Floats]:
    """Of a win of a, a win of b and a tie, at the log-odds eta."""
    if davidson:
        ahead, behind = np.exp(eta / 2), np.exp(-eta / 2)
        total = ahead + behind + NU
        return ahead / total, behind / total, NU / total
    return (1 - TIES) * expit(eta), (1 - TIES) * expit(-eta), np.full_like(eta, TIES)


def mean_chances(mean: Floats, spread: Floats, *, davidson: bool = False) -> Floats:
    """(3, n) chances of the outcomes over normal log-odds of mean and spread (n,)."""
    eta = mean[:, None] + spread[:, None] * NODES
    return np.array(outcome_chances(eta, davidson=davidson)) @ WEIGHTS / WEIGHTS.sum()


@cache
def find_truth(number: int) -> Ranking:
    """The strengths and effects that solve the score equation of the population, as the top says."""
    case = CASES[number]
    shown = list(product(SIDES, STYLES)) if "style" in case.options else [(0.0, 0.0)]
    cells = list(product(combinations(range(MODELS), 2), shown))
    a, b = np.array([pair for pair, _ in cells]).T
    x = np.array([effects for _, effects in cells])
    variance = 2 * TASTE**2 * (2 if case.prompts else 1) + EFFECT_TASTE**2 * (x**2).sum(axis=1)
    mean = case.spread * (EVEN[a] - EVEN[b]) + x @ EFFECTS
    share = mean_chances(mean, np.sqrt(variance), davidson="ties" in case.options).ravel()
    census = Votes.from_codes(
        models=NAMES,
        a=np.tile(a, 3),
        b=np.tile(b, 3),
        outcome=np.repeat([0, 1, 2], len(cells)),
        side=np.tile(x[:, 0], 3).astype(int),
        covariates={"style": np.tile(x[:, 1], 3)},
        probability=share.min() / share,
    )
    given = {name: value for name, value in case.options.items() if name not in ("interval", "cluster")}
    return rank(census, cluster=None, weights="inverse-probability", **given)


def judge(number: int, run: int) -> list[float]:
    """Whether the verdict ever was "supported", and whether the true score was ever ruled out, in one run."""
    kind, block = CLAIMS[number]
    score, mean = edge_of(kind)
    generator = np.random.default_rng(run)
    taste = mean + generator.normal(0, TASTE * np.sqrt(2), CLAIM_RATERS)
    rater = generator.permutation(np.repeat(np.arange(CLAIM_RATERS), CLAIM_VOTES))
    wins, losses, _ = outcome_chances(taste[rater])
    luck = generator.random(len(rater))
    votes = np.where(luck < wins, 1.0, np.where(luck < wins + losses, 0.0, 0.5))
    grouping = {"rater": rater, "block": block} if block else {}
    judgement = judge_claim(kind=kind, margin=MARGIN, score=votes, level=1 - ALPHA, **grouping)
    # The interval never widens and a verdict never changes, so that the last look knows of all before it.
    return [judgement.verdict == "supported", not judgement.lower < score < judgement.upper]


@cache
def edge_of(kind: Kind) -> tuple[float, float]:
    """The expected score at the edge of the claim, where it is false, and the mean taste that makes it."""
    low, high = claim_edges(kind=kind, margin=MARGIN)
    score, spread = high if kind == "equivalent" else low, np.array([TASTE * np.sqrt(2)])
    return score, brentq(lambda x: mean_chances(np.array([x]), spread)[0, 0] + TIES / 2 - score, -5, 5)


def show(share: float, error: float) -> str:
    return f"{'' if np.isnan(share) else f'{100 * share:.1f} ± {100 * error:.1f}':>13}"


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
