"""How often each model won against each other, from a snapshot's table of pairs."""

from bisect import bisect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from evaluations.boards import Board

# Wins in 100 from which each of the seven steps begins, after the first; mirrored around 50.
EDGES = (25, 35, 45, 56, 66, 76)

# Wins in 100 battles, ties half, by (model, rival), in both directions; nothing for two that never met.
Shares: TypeAlias = Mapping[tuple[str, str], int]
# Wins less losses of the same: above zero is more than half, which a share of 50 or 51, rounded, is not sure to say.
Leads: TypeAlias = Mapping[tuple[str, str], int]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What counts half a win for either side; what does not is left out."""

    ties: bool
    both_bad: bool


def read_rule(board: Board) -> Rule:
    """As the analysis on the board takes them."""
    return Rule(ties=board.analysis.ties != "out", both_bad=board.parameters.get("both_bad") == "tie")


def list_shares(pairs: Sequence[Sequence[Any]], *, rule: Rule) -> Shares:
    """pairs: [model, rival, wins, losses, ties, both bad], as a snapshot has them."""
    found: dict[tuple[str, str], int] = {}
    for model, rival, *counts in pairs:
        share = compute_share(*counts, rule=rule)
        if share is not None:
            found[model, rival] = share
            found[rival, model] = 100 - share
    return found


def list_leads(pairs: Sequence[Sequence[Any]], *, rule: Rule) -> Leads:
    """Of the pairs that `list_shares` has a share of, exactly: halves go to both sides, and change no lead."""
    found: dict[tuple[str, str], int] = {}
    for model, rival, *counts in pairs:
        if compute_share(*counts, rule=rule) is not None:
            wins, losses, *_halves = counts
            found[model, rival], found[rival, model] = wins - losses, losses - wins
    return found


def compute_share(wins: int, losses: int, ties: int, both_bad: int, *, rule: Rule) -> int | None:
    """Wins in 100, rounded half to even, so that the two sides add up to 100; None where nothing counts."""
    halves = ties * rule.ties + both_bad * rule.both_bad
    votes = wins + losses + halves
    return round(100 * (wins + halves / 2) / votes) if votes else None


def choose_step(share: int) -> int:
    """1, rarely wins, to 7, often wins."""
    return bisect(EDGES, share) + 1
